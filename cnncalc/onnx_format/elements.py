"""The types of the elements of tensors, by their numbers in a file.

Source: TensorProto.DataType in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

FLOAT, UINT8, INT8, UINT16, INT16, INT64, BOOL = 1, 2, 3, 4, 5, 7, 9
