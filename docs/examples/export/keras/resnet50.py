import keras
from keras import layers


def conv_bn(x, out, kernel=1, stride=1, groups=1, *, name):
    """3x224x224 -> 64x112x112, the first of 53."""
    padding = "same"
    if stride > 1 and kernel > 1:
        x = layers.ZeroPadding2D(kernel // 2, name=f"{name}_conv1_pad")(x)
        padding = "valid"
    x = layers.Conv2D(
        out,
        kernel,
        strides=stride,
        padding=padding,
        groups=groups,
        use_bias=False,
        name=f"{name}_conv1",
    )(x)
    return layers.BatchNormalization(epsilon=1e-05, name=f"{name}_bn1")(x)


def bottleneck(x, planes, stride=1, *, name, groups, stride_first, base_width):
    """64x56x56 -> 256x56x56, the first of 16."""
    width = planes * base_width // 64 * groups
    out = planes * 4
    first = stride if stride_first else 1
    residual = conv_bn(x, width, stride=first, name=f"{name}_conv_bn1")
    residual = layers.ReLU(name=f"{name}_relu1")(residual)
    residual = conv_bn(
        residual, width, 3, stride // first, groups, name=f"{name}_conv_bn2"
    )
    residual = layers.ReLU(name=f"{name}_relu2")(residual)
    residual = conv_bn(residual, out, name=f"{name}_conv_bn3")
    shortcut = x
    if stride != 1 or x.shape[-1] != out:
        shortcut = conv_bn(x, out, stride=stride, name=f"{name}_conv_bn4")
    x = layers.Add(name=f"{name}_add1")([residual, shortcut])
    return layers.ReLU(name=f"{name}_relu3")(x)


def resnet50(
    depths=(3, 4, 6, 3),
    groups=1,
    base_width=64,
    stride_first=False,
    classes=1000,
    input_shape=(224, 224, 3),
):
    """ResNet (resnet50): 3x224x224 -> 1000.

    He et al., Deep Residual Learning for Image Recognition, CVPR 2016, Table 1
    (https://arxiv.org/abs/1512.03385)

    25,557,032 parameters, 4,089,184,256 multiply-accumulates.
    """
    inputs = keras.Input(input_shape)
    x = conv_bn(inputs, 64, 7, 2, name="stem")
    x = layers.ReLU(name="relu1")(x)
    x = layers.ZeroPadding2D(1, name="maxpool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="maxpool1")(x)
    for i, (planes, depth, first) in enumerate(
        zip((64, 128, 256, 512), depths, (1, 2, 2, 2))
    ):
        for j in range(depth):
            x = bottleneck(
                x,
                planes,
                first if j == 0 else 1,
                name=f"stage_{i}_block_{j}",
                groups=groups,
                stride_first=stride_first,
                base_width=base_width,
            )
    x = layers.GlobalAveragePooling2D(name="global_avgpool1")(x)
    x = layers.Dense(classes, name="classifier")(x)
    return keras.Model(inputs, x, name="resnet50")
