"""`python FOLDER`: the package under a name of its own, since cnncalc may not be installed."""

import importlib.util
import os
import sys

# Scripted modules hide their functions.  torch reads this when it is imported.
os.environ.setdefault("PYTORCH_JIT", "0")

FOLDER = os.path.dirname(os.path.abspath(__file__))
NAME = "cnncalc_tracer"


def load_package() -> None:
    """Import the package from its folder."""
    start = os.path.join(FOLDER, "__init__.py")
    spec = importlib.util.spec_from_file_location(NAME, start, submodule_search_locations=[FOLDER])
    assert spec is not None and spec.loader is not None
    sys.modules[NAME] = importlib.util.module_from_spec(spec)
    sys.path.remove(FOLDER)  # it would hide modules of the user with these names


if __name__ == "__main__":
    load_package()
    sys.exit(importlib.import_module(f"{NAME}.command").main(sys.argv[1:]))
