"""Networks of Caffe, written layer by layer."""

from __future__ import annotations


def network(channels: int, height: int, width: int) -> str:
    sizes = " ".join(f"dim: {size}" for size in (1, channels, height, width))
    return f'name: "net"\ninput: "data"\ninput_shape {{ {sizes} }}\n'


def layer(kind: str, name: str, bottom: str, fields: str, top: str = "") -> str:
    """A layer that reads one blob, and writes one of its own name or `top`."""
    head = f'name: "{name}" type: "{kind}" bottom: "{bottom}" top: "{top or name}"'
    return f"layer {{ {head} {fields} }}\n"


def normed(name: str, bottom: str, out: int, kernel: int, stride: int, bias: str = "false") -> str:
    """A convolution `res...` with its norm and scale, in place."""
    part = name.removeprefix("res")
    window = f"num_output: {out} kernel_size: {kernel} pad: {kernel // 2} stride: {stride}"
    return (
        layer("Convolution", name, bottom, f"convolution_param {{ {window} bias_term: {bias} }}")
        + layer("BatchNorm", f"bn{part}", name, "", name)
        + layer("Scale", f"scale{part}", name, "scale_param { bias_term: true }", name)
    )


def relu(name: str) -> str:
    return layer("ReLU", f"{name}_relu", name, "", name)


def bottleneck(name: str, bottom: str, width: int, stride: int, *, is_first: bool) -> str:
    """He et al., arXiv:1512.03385: the stride is that of the first convolution."""
    text = normed(f"{name}_branch1", bottom, 4 * width, 1, stride) if is_first else ""
    text += normed(f"{name}_branch2a", bottom, width, 1, stride) + relu(f"{name}_branch2a")
    text += normed(f"{name}_branch2b", f"{name}_branch2a", width, 3, 1)
    text += relu(f"{name}_branch2b")
    text += normed(f"{name}_branch2c", f"{name}_branch2b", 4 * width, 1, 1)
    other = f"{name}_branch1" if is_first else bottom
    text += layer("Eltwise", name, other, f'bottom: "{name}_branch2c"')
    return text + relu(name)


def resnet50() -> str:
    """The network of He et al. for deployment."""
    pool = "pooling_param { pool: MAX kernel_size: 3 stride: 2 }"
    text = network(3, 224, 224) + normed("conv1", "data", 64, 7, 2, "true") + relu("conv1")
    text += layer("Pooling", "pool1", "conv1", pool)
    bottom = "pool1"
    for stage, (width, depth) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3)), 2):
        for number in range(depth):
            name = f"res{stage}{'abcdef'[number]}"
            stride = 2 if number == 0 and stage > 2 else 1
            text += bottleneck(name, bottom, width, stride, is_first=number == 0)
            bottom = name
    text += layer("Pooling", "pool5", bottom, "pooling_param { pool: AVE kernel_size: 7 }")
    text += layer("InnerProduct", "fc1000", "pool5", "inner_product_param { num_output: 1000 }")
    return text + layer("Softmax", "prob", "fc1000", "")
