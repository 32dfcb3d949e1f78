import math

import keras
from keras import layers


def make_divisible(value, divisor=8, min_value=None):
    """The multiple of the divisor nearest to a value, but not less than 90 % of it."""
    if min_value is None:
        min_value = divisor
    result = max(min_value, int(value + divisor / 2) // divisor * divisor)
    return result + divisor if result < 0.9 * value else result


def conv_bn(x, out, kernel=1, stride=1, *, name):
    """3x224x224 -> 32x112x112, the first of 33."""
    padding = "same"
    if stride > 1:
        x = layers.ZeroPadding2D(kernel // 2, name=f"{name}_conv1_pad")(x)
        padding = "valid"
    x = layers.Conv2D(
        out,
        kernel,
        strides=stride,
        padding=padding,
        use_bias=False,
        name=f"{name}_conv1",
    )(x)
    return layers.BatchNormalization(epsilon=1e-05, name=f"{name}_bn1")(x)


def squeeze_excite(x, reduced, *, name):
    """32x112x112 -> 32x112x112, the first of 16."""
    gate = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_global_avgpool1")(
        x
    )
    gate = layers.Conv2D(reduced, 1, name=f"{name}_conv1")(gate)
    gate = layers.Activation("silu", name=f"{name}_silu1")(gate)
    gate = layers.Conv2D(x.shape[-1], 1, name=f"{name}_conv2")(gate)
    gate = layers.Activation("sigmoid", name=f"{name}_sigmoid1")(gate)
    return layers.Multiply(name=f"{name}_mul1")([x, gate])


def mbconv(inputs, out, expand, kernel, stride, *, name):
    """32x112x112 -> 16x112x112, the first of 16."""
    expanded = expand * inputs.shape[-1]
    reduced = inputs.shape[-1] // 4
    residual = stride == 1 and inputs.shape[-1] == out
    x = inputs
    if expand != 1:
        x = conv_bn(inputs, expanded, name=f"{name}_conv_bn1")
        x = layers.Activation("silu", name=f"{name}_silu1")(x)
    padding = "same"
    if stride > 1:
        x = layers.ZeroPadding2D(kernel // 2, name=f"{name}_depthwise1_pad")(x)
        padding = "valid"
    x = layers.DepthwiseConv2D(
        kernel,
        strides=stride,
        padding=padding,
        use_bias=False,
        name=f"{name}_depthwise1",
    )(x)
    x = layers.BatchNormalization(epsilon=1e-05, name=f"{name}_bn1")(x)
    x = layers.Activation("silu", name=f"{name}_silu2")(x)
    x = squeeze_excite(x, reduced, name=f"{name}_squeeze_excite1")
    x = conv_bn(x, out, name=f"{name}_conv_bn2")
    if residual:
        x = layers.Add(name=f"{name}_add1")([inputs, x])
    return x


def stage(x, expand, kernel, stride, out, blocks, *, name, depth, width):
    """32x112x112 -> 16x112x112, the first of 7."""
    widened = make_divisible(width * out)
    for i in range(math.ceil(depth * blocks)):
        x = mbconv(
            x,
            widened,
            expand,
            kernel,
            stride if i == 0 else 1,
            name=f"{name}_block_{i}",
        )
    return x


def efficientnet_b0(
    width=1.0, depth=1.0, dropout=0.2, classes=1000, input_shape=(224, 224, 3)
):
    """EfficientNet (efficientnet_b0): 3x224x224 -> 1000.

    Tan and Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural
    Networks, ICML 2019, Table 1 (https://arxiv.org/abs/1905.11946)

    5,288,548 parameters, 385,814,752 multiply-accumulates.
    """
    inputs = keras.Input(input_shape)
    x = conv_bn(inputs, make_divisible(width * 32), 3, 2, name="stage1")
    x = layers.Activation("silu", name="silu1")(x)
    x = stage(x, 1, 3, 1, 16, 1, name="stage2", depth=depth, width=width)
    x = stage(x, 6, 3, 2, 24, 2, name="stage3", depth=depth, width=width)
    x = stage(x, 6, 5, 2, 40, 2, name="stage4", depth=depth, width=width)
    x = stage(x, 6, 3, 2, 80, 3, name="stage5", depth=depth, width=width)
    x = stage(x, 6, 5, 1, 112, 3, name="stage6", depth=depth, width=width)
    x = stage(x, 6, 5, 2, 192, 4, name="stage7", depth=depth, width=width)
    x = stage(x, 6, 3, 1, 320, 1, name="stage8", depth=depth, width=width)
    x = conv_bn(x, make_divisible(width * 1280), name="stage9")
    x = layers.Activation("silu", name="silu2")(x)
    x = layers.GlobalAveragePooling2D(name="global_avgpool1")(x)
    x = layers.Dropout(dropout, name="dropout1")(x)
    x = layers.Dense(classes, name="classifier")(x)
    return keras.Model(inputs, x, name="efficientnet_b0")
