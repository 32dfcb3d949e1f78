"""The colors of layer classes in pictures: pale below dark text, and distinct in gray."""

from __future__ import annotations

INK = "#1f2328"
FILLS = {
    "conv": "#fbd78b",
    "dense": "#b9c9f0",
    "recurrent": "#c8e6b0",
    "attention": "#e3c2ee",
    "norm": "#e6e2d6",
    "pool": "#f2a799",
    "join": "#ffffff",
    "other": "#f3f4f6",
}
STROKES = {
    "conv": "#a87612",
    "dense": "#3f5fa8",
    "recurrent": "#4f8a2b",
    "attention": "#8a4fa3",
    "norm": "#8a8472",
    "pool": "#b04a37",
    "join": "#57606a",
    "other": "#8c959f",
}
