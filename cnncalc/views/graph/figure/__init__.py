"""The SVG figure: feature maps as boxes, drawn to scale."""
