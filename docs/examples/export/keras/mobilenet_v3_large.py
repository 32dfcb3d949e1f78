import keras
from keras import layers


def make_divisible(value, divisor=8, min_value=None):
    """The multiple of the divisor nearest to a value, but not less than 90 % of it."""
    if min_value is None:
        min_value = divisor
    result = max(min_value, int(value + divisor / 2) // divisor * divisor)
    return result + divisor if result < 0.9 * value else result


def conv_bn(x, out, kernel=1, stride=1, *, name):
    """3x224x224 -> 16x112x112, the first of 31."""
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


def squeeze_excite(x, *, name):
    """72x28x28 -> 72x28x28, the first of 8."""
    reduced = make_divisible(x.shape[-1] // 4)
    gate = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_global_avgpool1")(
        x
    )
    gate = layers.Conv2D(reduced, 1, name=f"{name}_conv1")(gate)
    gate = layers.ReLU(name=f"{name}_relu1")(gate)
    gate = layers.Conv2D(x.shape[-1], 1, name=f"{name}_conv2")(gate)
    gate = layers.Activation("hard_sigmoid", name=f"{name}_hardsigmoid1")(gate)
    return layers.Multiply(name=f"{name}_mul1")([x, gate])


def bneck(
    inputs,
    input_channels,
    kernel,
    exp_size,
    output_channels,
    se,
    nl,
    stride,
    *,
    name,
    width,
):
    """16x112x112 -> 16x112x112, the first of 15."""
    expanded = make_divisible(inputs.shape[-1] * exp_size / input_channels)
    out = make_divisible(width * output_channels)
    widens = expanded != inputs.shape[-1]
    residual = stride == 1 and inputs.shape[-1] == out
    x = inputs
    if widens:
        x = conv_bn(inputs, expanded, name=f"{name}_conv_bn1")
        x = layers.Activation(nl, name=f"{name}_nl1")(x)
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
    x = layers.Activation(nl, name=f"{name}_nl2")(x)
    if se:
        x = squeeze_excite(x, name=f"{name}_squeeze_excite1")
    x = conv_bn(x, out, name=f"{name}_conv_bn2")
    if residual:
        x = layers.Add(name=f"{name}_add1")([inputs, x])
    return x


def large(x, *, name, width):
    """16x112x112 -> 160x7x7."""
    x = bneck(x, 16, 3, 16, 16, False, "relu", 1, name=f"{name}_bneck1", width=width)
    x = bneck(x, 16, 3, 64, 24, False, "relu", 2, name=f"{name}_bneck2", width=width)
    x = bneck(x, 24, 3, 72, 24, False, "relu", 1, name=f"{name}_bneck3", width=width)
    x = bneck(x, 24, 5, 72, 40, True, "relu", 2, name=f"{name}_bneck4", width=width)
    x = bneck(x, 40, 5, 120, 40, True, "relu", 1, name=f"{name}_bneck5", width=width)
    x = bneck(x, 40, 5, 120, 40, True, "relu", 1, name=f"{name}_bneck6", width=width)
    x = bneck(
        x, 40, 3, 240, 80, False, "hard_silu", 2, name=f"{name}_bneck7", width=width
    )
    x = bneck(
        x, 80, 3, 200, 80, False, "hard_silu", 1, name=f"{name}_bneck8", width=width
    )
    x = bneck(
        x, 80, 3, 184, 80, False, "hard_silu", 1, name=f"{name}_bneck9", width=width
    )
    x = bneck(
        x, 80, 3, 184, 80, False, "hard_silu", 1, name=f"{name}_bneck10", width=width
    )
    x = bneck(
        x, 80, 3, 480, 112, True, "hard_silu", 1, name=f"{name}_bneck11", width=width
    )
    x = bneck(
        x, 112, 3, 672, 112, True, "hard_silu", 1, name=f"{name}_bneck12", width=width
    )
    x = bneck(
        x, 112, 5, 672, 160, True, "hard_silu", 2, name=f"{name}_bneck13", width=width
    )
    x = bneck(
        x, 160, 5, 960, 160, True, "hard_silu", 1, name=f"{name}_bneck14", width=width
    )
    return bneck(
        x, 160, 5, 960, 160, True, "hard_silu", 1, name=f"{name}_bneck15", width=width
    )


def mobilenet_v3_large(width=1.0, last=1280, classes=1000, input_shape=(224, 224, 3)):
    """MobileNetV3 (mobilenet_v3_large): 3x224x224 -> 1000.

    Howard et al., Searching for MobileNetV3, ICCV 2019, Tables 1 and 2
    (https://arxiv.org/abs/1905.02244)

    5,483,032 parameters, 216,589,760 multiply-accumulates.
    """
    inputs = keras.Input(input_shape)
    x = conv_bn(inputs, make_divisible(width * 16), 3, 2, name="stem")
    x = layers.Activation("hard_silu", name="hardswish1")(x)
    x = large(x, name="body", width=width)
    x = conv_bn(x, 6 * x.shape[-1], name="head")
    x = layers.Activation("hard_silu", name="hardswish2")(x)
    x = layers.GlobalAveragePooling2D(name="global_avgpool1")(x)
    x = layers.Dense(last, name="last")(x)
    x = layers.Activation("hard_silu", name="hardswish3")(x)
    x = layers.Dropout(0.2, name="dropout1")(x)
    x = layers.Dense(classes, name="classifier")(x)
    return keras.Model(inputs, x, name="mobilenet_v3_large")
