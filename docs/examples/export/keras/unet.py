import keras
from keras import layers


def convs(x, out, middle=None, *, name):
    """1x572x572 -> 64x568x568, the first of 9."""
    if middle is None:
        middle = out
    x = layers.Conv2D(middle, 3, name=f"{name}_conv1")(x)
    x = layers.ReLU(name=f"{name}_relu1")(x)
    x = layers.Conv2D(out, 3, name=f"{name}_conv2")(x)
    return layers.ReLU(name=f"{name}_relu2")(x)


def unet(classes=2, input_shape=(572, 572, 1)):
    """U-Net (unet): 1x572x572 -> 2x388x388.

    Ronneberger et al., U-Net: Convolutional Networks for Biomedical Image
    Segmentation, MICCAI 2015, Figure 1 (https://arxiv.org/abs/1505.04597)

    31,030,658 parameters, 150,428,424,448 multiply-accumulates.
    """
    inputs = keras.Input(input_shape)
    all_features = []
    x = inputs
    for i, out in enumerate((64, 128, 256, 512)):
        features = convs(x, out, name=f"down_{i}_features")
        x = layers.MaxPooling2D(2, name=f"down_{i}_pool")(features)
        all_features.append(features)
    x = convs(x, 1024, name="bottom")
    for i, (out, level) in enumerate(zip((512, 256, 128, 64), (3, 2, 1, 0))):
        x = layers.Conv2DTranspose(
            out, 2, strides=2, padding="same", name=f"up_{i}_upconv"
        )(x)
        branch = layers.CenterCrop(*x.shape[1:-1], name=f"up_{i}_crop1")(
            all_features[level]
        )
        x = layers.Concatenate(name=f"up_{i}_concat1")([branch, x])
        x = convs(x, out, out, name=f"up_{i}_features")
    x = layers.Conv2D(classes, 1, name="classifier")(x)
    return keras.Model(inputs, x, name="unet")
