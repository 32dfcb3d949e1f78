"""The numbers of the schema: operators, types, and the fields of their options.

Source: github.com/tensorflow/tflite-micro at 90b983c, tensorflow/compiler/mlir/lite/schema/
schema.fbs, version 3c.
"""

from __future__ import annotations

from ...named_tuple import NamedTuple
from .flatbuffer import Format

CUSTOM = 32
"""The operator whose name is a text."""

OPERATORS = {
    **dict(enumerate(("ADD", "AVERAGE_POOL_2D", "CONCATENATION", "CONV_2D", "DEPTHWISE_CONV_2D"))),
    **dict(enumerate(("DEPTH_TO_SPACE", "DEQUANTIZE", "EMBEDDING_LOOKUP", "FLOOR"), 5)),
    **dict(enumerate(("FULLY_CONNECTED", "HASHTABLE_LOOKUP", "L2_NORMALIZATION", "L2_POOL_2D"), 9)),
    **dict(enumerate(("LOCAL_RESPONSE_NORMALIZATION", "LOGISTIC", "LSH_PROJECTION", "LSTM"), 13)),
    **dict(enumerate(("MAX_POOL_2D", "MUL", "RELU", "RELU_N1_TO_1", "RELU6", "RESHAPE"), 17)),
    **dict(enumerate(("RESIZE_BILINEAR", "RNN", "SOFTMAX", "SPACE_TO_DEPTH", "SVDF", "TANH"), 23)),
    **dict(enumerate(("CONCAT_EMBEDDINGS", "SKIP_GRAM", "CALL", "CUSTOM"), 29)),
    **dict(enumerate(("EMBEDDING_LOOKUP_SPARSE", "PAD", "UNIDIRECTIONAL_SEQUENCE_RNN"), 33)),
    **dict(enumerate(("GATHER", "BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND", "TRANSPOSE"), 36)),
    **dict(enumerate(("MEAN", "SUB", "DIV", "SQUEEZE", "UNIDIRECTIONAL_SEQUENCE_LSTM"), 40)),
    **dict(enumerate(("STRIDED_SLICE", "BIDIRECTIONAL_SEQUENCE_RNN", "EXP", "TOPK_V2"), 45)),
    **dict(enumerate(("SPLIT", "LOG_SOFTMAX", "DELEGATE", "BIDIRECTIONAL_SEQUENCE_LSTM"), 49)),
    **dict(enumerate(("CAST", "PRELU", "MAXIMUM", "ARG_MAX", "MINIMUM", "LESS", "NEG"), 53)),
    **dict(enumerate(("PADV2", "GREATER", "GREATER_EQUAL", "LESS_EQUAL", "SELECT", "SLICE"), 60)),
    **dict(enumerate(("SIN", "TRANSPOSE_CONV", "SPARSE_TO_DENSE", "TILE", "EXPAND_DIMS"), 66)),
    **dict(enumerate(("EQUAL", "NOT_EQUAL", "LOG", "SUM", "SQRT", "RSQRT", "SHAPE", "POW"), 71)),
    **dict(enumerate(("ARG_MIN", "FAKE_QUANT", "REDUCE_PROD", "REDUCE_MAX", "PACK"), 79)),
    **dict(enumerate(("LOGICAL_OR", "ONE_HOT", "LOGICAL_AND", "LOGICAL_NOT", "UNPACK"), 84)),
    **dict(enumerate(("REDUCE_MIN", "FLOOR_DIV", "REDUCE_ANY", "SQUARE", "ZEROS_LIKE"), 89)),
    **dict(enumerate(("FILL", "FLOOR_MOD", "RANGE", "RESIZE_NEAREST_NEIGHBOR", "LEAKY_RELU"), 94)),
    **dict(enumerate(("SQUARED_DIFFERENCE", "MIRROR_PAD", "ABS", "SPLIT_V", "UNIQUE"), 99)),
    **dict(enumerate(("CEIL", "REVERSE_V2", "ADD_N", "GATHER_ND", "COS", "WHERE", "RANK"), 104)),
    **dict(enumerate(("ELU", "REVERSE_SEQUENCE", "MATRIX_DIAG", "QUANTIZE"), 111)),
    **dict(enumerate(("MATRIX_SET_DIAG", "ROUND", "HARD_SWISH", "IF", "WHILE"), 115)),
    **dict(enumerate(("NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5", "SCATTER_ND"), 120)),
    **dict(enumerate(("SELECT_V2", "DENSIFY", "SEGMENT_SUM", "BATCH_MATMUL"), 123)),
    **dict(enumerate(("PLACEHOLDER_FOR_GREATER_OP_CODES", "CUMSUM", "CALL_ONCE"), 127)),
    **dict(enumerate(("BROADCAST_TO", "RFFT2D", "CONV_3D", "IMAG", "REAL", "COMPLEX_ABS"), 130)),
    **dict(enumerate(("HASHTABLE", "HASHTABLE_FIND", "HASHTABLE_IMPORT", "HASHTABLE_SIZE"), 136)),
    **dict(enumerate(("REDUCE_ALL", "CONV_3D_TRANSPOSE", "VAR_HANDLE", "READ_VARIABLE"), 140)),
    **dict(enumerate(("ASSIGN_VARIABLE", "BROADCAST_ARGS", "RANDOM_STANDARD_NORMAL"), 144)),
    **dict(enumerate(("BUCKETIZE", "RANDOM_UNIFORM", "MULTINOMIAL", "GELU"), 147)),
    **dict(enumerate(("DYNAMIC_UPDATE_SLICE", "RELU_0_TO_1"), 151)),
    158: "SIGN",
}
"""The names of built-in operators, which the field of an operator code refers to."""


class TfliteType(NamedTuple):
    """A type of elements: its word, its size in bits, and its letter in the struct module."""

    word: str
    bits: int
    letter: Format | None = None


TYPES = {
    0: TfliteType("float32", 32, "f"),
    1: TfliteType("float16", 16, "e"),
    2: TfliteType("int32", 32, "i"),
    3: TfliteType("uint8", 8, "B"),
    4: TfliteType("int64", 64, "q"),
    5: TfliteType("string", 0),
    6: TfliteType("bool", 8, "?"),
    7: TfliteType("int16", 16, "h"),
    8: TfliteType("complex64", 64),
    9: TfliteType("int8", 8, "b"),
    10: TfliteType("float64", 64, "d"),
    11: TfliteType("complex128", 128),
    12: TfliteType("uint64", 64, "Q"),
    13: TfliteType("resource", 0),
    14: TfliteType("variant", 0),
    15: TfliteType("uint32", 32, "I"),
    16: TfliteType("uint16", 16, "H"),
    17: TfliteType("int4", 4),
    18: TfliteType("bfloat16", 16),
    19: TfliteType("int2", 2),
    20: TfliteType("uint4", 4),
}
"""The types of elements by their number."""

UNKNOWN_TYPE = TfliteType("unknown", 0)


class OptionField(NamedTuple):
    """A field of the options of an operator: its number, kind and default."""

    number: int
    letter: Format = "i"
    default: int = 0


PADDING = OptionField(0, "b")
STRIDES = {"stride_w": OptionField(1), "stride_h": OptionField(2)}
ACTIVATION_FIRST = {"activation": OptionField(0, "b")}

OPTIONS: dict[int, dict[str, OptionField]] = {
    1: {
        "padding": PADDING,
        **STRIDES,
        "activation": OptionField(3, "b"),
        "dilation_w": OptionField(4, "i", 1),
        "dilation_h": OptionField(5, "i", 1),
    },
    2: {
        "padding": PADDING,
        **STRIDES,
        "activation": OptionField(4, "b"),
        "dilation_w": OptionField(5, "i", 1),
        "dilation_h": OptionField(6, "i", 1),
    },
    5: {
        "padding": PADDING,
        **STRIDES,
        "activation": OptionField(5, "b"),
        "filter_w": OptionField(3),
        "filter_h": OptionField(4),
    },
    6: {"rank": OptionField(0), "activation": OptionField(1, "b")},
    7: ACTIVATION_FIRST,
    8: {**ACTIVATION_FIRST, "keep_num_dims": OptionField(2, "?")},
    9: {"beta": OptionField(0, "f")},
    10: {"axis": OptionField(0), "activation": OptionField(1, "b")},
    11: ACTIVATION_FIRST,
    12: ACTIVATION_FIRST,
    13: {"radius": OptionField(0)},
    14: ACTIVATION_FIRST,
    15: {"align_corners": OptionField(2, "?"), "half_pixel_centers": OptionField(3, "?")},
    19: {"block_size": OptionField(0)},
    21: ACTIVATION_FIRST,
    23: {"axis": OptionField(0), "batch_dims": OptionField(1)},
    27: {"keep_dims": OptionField(0, "?")},
    28: ACTIVATION_FIRST,
    29: ACTIVATION_FIRST,
    31: {"time_major": OptionField(0, "?"), "activation": OptionField(1, "b")},
    32: {
        "begin_mask": OptionField(0),
        "end_mask": OptionField(1),
        "ellipsis_mask": OptionField(2),
        "new_axis_mask": OptionField(3),
        "shrink_axis_mask": OptionField(4),
    },
    35: {"splits": OptionField(0)},
    49: {"padding": PADDING, **STRIDES, "activation": OptionField(3, "b")},
    59: {"count": OptionField(0), "axis": OptionField(1)},
    64: {"count": OptionField(0), "axis": OptionField(1)},
    71: {"activation": OptionField(0, "b"), "time_major": OptionField(3, "?")},
    74: {"align_corners": OptionField(0, "?"), "half_pixel_centers": OptionField(1, "?")},
    75: {"alpha": OptionField(0, "f")},
    77: {"mode": OptionField(0, "b")},
    79: {"splits": OptionField(0)},
    94: {"block_size": OptionField(0)},
    101: {"adjoint_x": OptionField(0, "?"), "adjoint_y": OptionField(1, "?")},
    106: {
        "padding": PADDING,
        "stride_d": OptionField(1),
        "stride_w": OptionField(2),
        "stride_h": OptionField(3),
        "activation": OptionField(4, "b"),
        "dilation_d": OptionField(5, "i", 1),
        "dilation_w": OptionField(6, "i", 1),
        "dilation_h": OptionField(7, "i", 1),
    },
    116: {"approximate": OptionField(0, "?")},
}
"""The fields of the options by the number of their type, as far as they change a layer."""
