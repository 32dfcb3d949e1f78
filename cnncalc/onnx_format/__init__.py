"""What ONNX files consist of: the messages, and the types of their fields and elements."""
