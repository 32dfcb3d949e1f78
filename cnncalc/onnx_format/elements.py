"""The types of the elements of tensors, by their numbers in a file.

Source: TensorProto.DataType in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

FLOAT, INT8, INT64, BOOL = 1, 3, 7, 9
