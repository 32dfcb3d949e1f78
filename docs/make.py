"""Make what is made from the code and from the architecture files: `python docs/make.py`.

With `--check` nothing is written, and the exit code is 1 where a page is not what would be made.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from make_architectures import architectures_page
from make_conventions import conventions_page
from make_figure import figure
from make_layers import layers_page
from make_picture import picture
from make_rules import rules_page

from cnncalc.catalogue import make_index
from cnncalc.schema.text import schema_text

MADE: dict[str, Callable[[], str]] = {
    "layers.md": layers_page,
    "architectures.md": architectures_page,
    "conventions.md": conventions_page,
    "alexnet.svg": picture,
    "alexnet_figure.svg": lambda: figure("alexnet"),
    "unet_figure.svg": lambda: figure("unet"),
    "rules.md": rules_page,
    "architecture.schema.json": schema_text,
    "../architectures/index.json": make_index,
}
"""What is made, by its place from this folder."""


def main(words: list[str]) -> int:
    stale = []
    for name, make in MADE.items():
        path, text = Path(__file__).parent / name, make()
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in words:
                path.write_text(text, encoding="utf-8")
    for name in stale:
        shown = f"docs/{name}".replace("docs/../", "")
        print(
            f"{shown} is stale: run `python docs/make.py`"
            if "--check" in words
            else f"{shown} is made anew"
        )
    return int("--check" in words and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
