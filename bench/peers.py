"""Other tools on the same network, as their own pages show their use.  They are optional: `pip install -e '.[peers]'`."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .measure import once, python

QUIET = "import logging, warnings\nlogging.disable()\nwarnings.simplefilter('ignore')\n"
NETWORK = QUIET + "from torchvision.models import resnet152\nmodel = resnet152().eval()\n"
IMAGE = "import torch\nimage = torch.zeros(1, 3, 224, 224)\n"

EXPORT = NETWORK + IMAGE + "torch.onnx.export(model, (image,), {path!r}, dynamo=False)"

PROGRAMS = {
    "torchinfo": NETWORK
    + "import torchinfo\ntorchinfo.summary(model, (1, 3, 224, 224), device='cpu')",
    "fvcore": NETWORK + IMAGE + "from fvcore.nn import FlopCountAnalysis, flop_count_table\n"
    "print(flop_count_table(FlopCountAnalysis(model, image)))",
    "onnx-tool": "import onnx_tool\nonnx_tool.model_profile({path!r})",
}
NEEDED = {
    name: (name, "torch", "torchvision") for name in PROGRAMS
}  # the network is torchvision's, for onnx-tool too


def installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def missing() -> dict[str, list[str]]:
    """The peers that cannot run here, with what they lack."""
    lacking = {
        name: [package for package in needed if not installed(package)]
        for name, needed in NEEDED.items()
    }
    return {name: packages for name, packages in lacking.items() if packages}


def commands(folder: Path) -> dict[str, list[str]]:
    """The peers that can run here.  The ONNX file that onnx-tool reads is written beforehand, into the folder."""
    there = [name for name in PROGRAMS if name not in missing()]
    path = str(folder / "resnet152.onnx")
    if "onnx-tool" in there:
        once(python(EXPORT.format(path=path)))
    return {f"{name} {installed(name)}": python(PROGRAMS[name].format(path=path)) for name in there}
