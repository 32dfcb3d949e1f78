"""The code that is timed in a process of its own; each function prints its figures as JSON.

`python -c "from bench.inside import phases; phases('json')"`. It imports little, and late: the
imports are part of what it times.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.network import Network

NETWORK, FILE = "resnet152", "architectures/resnet.yaml"
FAMILIES = ("convolution", "normalization", "activation", "pooling", "join", "dense")  # in NETWORK
VIEWS = {"json": ("views.show.json",), "table": ("views.show.table", "check.expect")}


class Clock:
    """Times phases: each takes the time since the end of the previous one."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}
        self.since = perf_counter()

    def done(self, phase: str) -> None:
        now = perf_counter()
        self.phases[phase] = self.phases.get(phase, 0) + now - self.since
        self.since = now

    def around(
        self, function: Callable[..., object], before: str, phase: str
    ) -> Callable[..., object]:
        """A function that is a phase of its own; the time before it counts as phase `before`."""

        def timed(*arguments: object) -> object:
            self.done(before)
            result = function(*arguments)
            self.done(phase)
            return result

        return timed


def phases(form: str) -> None:
    """The seconds of one run of `show` by phase; all imports are done first, as a phase."""
    clock = Clock()
    import click  # noqa: F401

    clock.done("import click")
    gc.disable()
    import yaml  # noqa: F401

    clock.done("import yaml")
    from contextlib import redirect_stdout
    from importlib import import_module

    import cnncalc.cli.show as show
    from cnncalc.cli.main import main

    for name in (*VIEWS[form], *(f"layers.{family}" for family in FAMILIES)):
        import_module(f"cnncalc.{name}")
    clock.done("import cnncalc")
    for function, phase in {
        "load": "reading",
        "parse_source": "parsing",
        "analysed": "analysis",
    }.items():
        setattr(show, function, clock.around(getattr(show, function), "command line", phase))
    with open("/dev/null", "w") as nowhere, redirect_stdout(nowhere):
        main(["show", NETWORK, "--format", form], standalone_mode=False)
    clock.done("printing")
    print_json(clock.phases)
    os._exit(0)  # as the command line ends


def repeated(rounds: int) -> None:
    """Parse and analyse NETWORK `rounds + 1` times, without what caches keep: seconds of each."""
    from cnncalc.engine import analyse
    from cnncalc.parser import Request, parse

    gc.disable()
    with open(FILE, "rb") as file:
        data = file.read()
    runs = []
    for _ in range(rounds + 1):
        forget()
        clock = Clock()
        network = parse(data, FILE, Request(NETWORK)).network
        clock.done("parse")
        assert network is not None
        analyse(network)
        clock.done("analysis")
        runs.append(clock.phases)
    print_json(runs)


def interfaces(rounds: int) -> None:
    """Analyse NETWORK with the engine and with the Python API, alternately: the seconds of both."""
    import cnncalc
    from cnncalc import engine

    functions: dict[str, Callable[[Network], object]] = {
        "engine": engine.analyse,
        "api": cnncalc.analyse,
    }
    for function in functions.values():
        function(cnncalc.load(NETWORK))  # imports what it needs
    gc.disable()
    runs = []
    for _ in range(rounds):
        run: dict[str, float] = {}
        for name, function in functions.items():
            network = cnncalc.load(NETWORK)
            clock = Clock()
            function(network)
            clock.done(name)
            run |= clock.phases
        runs.append(run)
    print_json(runs)


def collection() -> None:
    """Parse and analyse every bundled network once: the seconds of each by its name."""
    from cnncalc.engine import analyse
    from cnncalc.parser import Request, parse
    from cnncalc.sources.bundled import bundled_files, variant_names

    gc.disable()
    seconds: dict[str, float] = {}
    for stem, path in bundled_files().items():
        with open(path, "rb") as file:
            data = file.read()
        for name in variant_names(path) or (None,):
            clock = Clock()
            network = parse(data, path, Request(name)).network
            assert network is not None
            analyse(network)
            clock.done(name or stem)
            seconds |= clock.phases
    print_json(seconds)


def forget() -> None:
    """Empty the caches of our modules: a new process has none."""
    for name, module in list(sys.modules.items()):
        if name.startswith("cnncalc"):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def print_json(found: object) -> None:
    import json

    print(json.dumps(found), flush=True)


def imports(rounds: int) -> None:
    """The seconds of importing NETWORK by phase, from what was recorded of the PyTorch model."""
    from cnncalc.folding.folding import folded_tree
    from cnncalc.importers.check import differences
    from cnncalc.importers.pytorch.lowering import lower
    from cnncalc.importers.rewrites import simplified
    from cnncalc.unparse.layout import file_text
    from tests.support.programs import program

    runs = []
    for _ in range(rounds):
        clock = Clock()
        sketch = simplified(lower(program(NETWORK), NETWORK, ""))
        clock.done("layers")
        text = file_text(folded_tree(sketch))
        clock.done("folding")
        assert not differences(text, sketch)
        clock.done("check")
        runs.append(clock.phases)
        program.cache_clear()
    print_json(runs)
