"""A network as a picture: Mermaid, dot, and SVG figures."""
