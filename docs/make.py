"""Generates the pages and data that derive from the code and from the architecture files.

`python docs/make.py` updates those that are stale. With `--check`, it only reports them, and exits
with 1 if there are any.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from make_architecture import architecture_page
from make_architectures import architectures_page
from make_conventions import conventions_page
from make_devices import devices_page
from make_exported import EXPORTED, EXPORTED_KERAS, exported_source
from make_figure import SHOWN, figure, gray_figure, roofline_figure, sheet
from make_imported import EXAMPLES, import_page, imported_text
from make_language import language_page
from make_layers import layers_page
from make_names import names_page
from make_numbers import numbers_page
from make_picture import picture
from make_rules import rules_page

from cnncalc.catalogue import make_index
from cnncalc.schema import schema_text
from cnncalc.views.graph.figure.styles import FigureOptions

GENERATED: dict[str, Callable[[], str]] = {
    "language.md": language_page,
    "layers.md": layers_page,
    "names.md": names_page,
    "numbers.md": numbers_page,
    "architecture.md": architecture_page,
    "architectures.md": architectures_page,
    "conventions.md": conventions_page,
    "devices.md": devices_page,
    "alexnet.svg": picture,
    **{f"figures/{file}.svg": partial(figure, name) for file, name in SHOWN.items()},
    **{f"figures/{file}_gray.svg": partial(gray_figure, name) for file, name in SHOWN.items()},
    "figures/resnet50_flat.svg": lambda: figure("resnet50", FigureOptions(style="flat")),
    "figures/inception_down.svg": lambda: figure(SHOWN["inception"], FigureOptions(flow="down")),
    "figures/families.svg": sheet,
    "mobilenet_v2_roofline.svg": lambda: roofline_figure("mobilenet_v2", "raspberry-pi-4"),
    "rules.md": rules_page,
    "architecture.schema.json": schema_text,
    "../architectures/index.json": make_index,
    "import.md": import_page,
    **{
        f"examples/export/{name}.py": partial(exported_source, name, "pytorch") for name in EXPORTED
    },
    **{
        f"examples/export/keras/{name}.py": partial(exported_source, name, "keras")
        for name in EXPORTED_KERAS
    },
    **{f"examples/imported/{name}.yaml": partial(imported_text, name) for name in EXAMPLES},
}
"""The generated files, as paths relative to this folder."""


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    stale = []
    for name, make in GENERATED.items():
        path, text = Path(__file__).parent / name, make()
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(f"docs/{name}".replace("docs/../", ""))
            if not check:
                path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{name} is stale: run `python docs/make.py`" if check else f"{name} is updated")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
