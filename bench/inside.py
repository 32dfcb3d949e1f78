"""What is timed inside a process of its own: `python -c "from bench.inside import phases; phases('json')"` prints JSON.

It imports little itself, and late: the imports are a part of what it times.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from time import perf_counter

NETWORK, FILE = "resnet152", "architectures/resnet.yaml"
FAMILIES = (
    "convolution",
    "normalization",
    "activation",
    "pooling",
    "join",
    "dense",
)  # of the layers in it
VIEWS = {"json": ("views.show.json",), "table": ("views.show.table", "check.expect")}


class Clock:
    """Says how long each phase took: what passed since the one before it was done."""

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
        """The function as a phase of its own; what went before it belongs to another."""

        def timed(*arguments: object) -> object:
            self.done(before)
            result = function(*arguments)
            self.done(phase)
            return result

        return timed


def phases(form: str) -> None:
    """One run of `show` by its phases, in seconds; the imports that it would do on its way are done before it."""
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
    for function, phase in {"load": "reading", "parsed": "parsing", "analyse": "analysis"}.items():
        setattr(show, function, clock.around(getattr(show, function), "command line", phase))
    with open("/dev/null", "w") as nowhere, redirect_stdout(nowhere):
        main(["show", NETWORK, "--format", form], standalone_mode=False)
    clock.done("printing")
    print_json(clock.phases)
    os._exit(0)  # as the command line ends


def repeated(rounds: int) -> None:
    """Parse and analyse, once and then so many times again with nothing kept between: the seconds of both, of each time."""
    from cnncalc.engine.calculation import analyse
    from cnncalc.parser import Request
    from cnncalc.parser.parsing import parse

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


def collection() -> None:
    """Every bundled network once, parsed and analysed: the seconds of each by its name."""
    from cnncalc.engine.calculation import analyse
    from cnncalc.parser import Request
    from cnncalc.parser.parsing import parse
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
    """Empty what our modules keep from call to call: a new process has nothing."""
    for name, module in list(sys.modules.items()):
        if name.startswith("cnncalc"):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def print_json(found: object) -> None:
    import json

    print(json.dumps(found), flush=True)
