"""The operators of ONNX in the words of a Program, in a module for each family."""
