"""Models of other frameworks -> a Sketch: their layers as layers of the catalogue."""
