"""ONNX files -> Sketches, with the standard library alone; weights are not read."""
