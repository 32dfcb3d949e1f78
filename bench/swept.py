"""The sweeps that are timed in a process of its own; each function prints its figures as JSON."""

from __future__ import annotations

import gc
import logging
from importlib import import_module
from multiprocessing import active_children
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter, process_time
from typing import Any

from .inside import print_json

FILES = {"mobilenet_v2": "architectures/mobilenet_v2.yaml", "resnet": "architectures/resnet.yaml"}
AXES = {
    "mobilenet_v2": ("width=0.25..2:0.01", "resolution=64..320:4"),
    "small": ("width=0.5..3:0.01", "kernel=1,3,5,7", "classes=1..50"),
}
SMALL = b"""
input: 3x32x32
vars: {width: 1.0, kernel: 3, classes: 10}
layers:
  - {conv: make_divisible(32 * width), kernel: kernel, padding: kernel // 2}
  - relu
  - {maxpool: 2}
  - {conv: make_divisible(64 * width), kernel: kernel, padding: kernel // 2}
  - relu
  - {maxpool: 2}
  - {conv: make_divisible(128 * width), kernel: kernel, padding: kernel // 2}
  - relu
  - flatten
  - {linear: 256}
  - relu
  - {linear: classes}
"""
QUANTITIES = ("params", "macs", "weight_bytes", "activations", "peak_bytes", "depth")
ALONE = 200
"""The variants that are calculated one by one, which takes long."""
PEER_VARIANTS = 5


def data_of(name: str) -> bytes:
    if name == "small":
        return SMALL
    with open(FILES[name], "rb") as file:
        return file.read()


def job_of(name: str) -> Any:
    from cnncalc.parser import Request
    from cnncalc.sweep.job import Job
    from cnncalc.sweep.space import parse_axes

    axes = tuple(parse_axes(AXES[name]).items())
    return Job(data_of(name), name, Request(), 1, axes, ({},), None, 0, QUANTITIES)


def plan_rates(variable: str, rounds: int) -> None:
    """Variants of resnet50 per second: parsed and analyzed, and in a plan."""
    from cnncalc.engine import analyse
    from cnncalc.parser import Request, parse, read_document
    from cnncalc.sweep.plan import Plan

    gc.disable()
    data = data_of("resnet")
    plan = Plan(read_document(data, "resnet.yaml"))
    requests = [Request("resnet50", {variable: str(64 + 8 * i)}) for i in range(rounds + 1)]
    seconds = {"parsed": 0.0, "plan": 0.0}
    for number, request in enumerate(requests):
        start = process_time()
        network = parse(data, "resnet.yaml", request).network
        assert network is not None
        analyse(network)
        middle = process_time()
        assert plan.summary(request).totals.params
        end = process_time()
        if number:  # the first one imports what it needs
            seconds["parsed"] += middle - start
            seconds["plan"] += end - middle
    print_json({name: rounds / found for name, found in seconds.items()})


def sweep_rate(name: str) -> None:
    """Variants of a sweep per second: one by one, and together."""
    from cnncalc.sweep.driver import LARGE_CHUNK
    from cnncalc.sweep.job import Sweeper

    gc.disable()
    job = job_of(name)
    together, alone = Sweeper(job), Sweeper(job)
    alone.has_lanes = False
    total = len(job.space)
    for sweeper in (together, alone):
        sweeper.chunk(0, 20)
    start = process_time()
    for first in range(0, total, LARGE_CHUNK):
        assert together.chunk(first, min(first + LARGE_CHUNK, total)).rows
    middle = process_time()
    assert alone.chunk(0, ALONE).rows
    end = process_time()
    axes = f"{name}, {', '.join(axis.partition('=')[0] for axis in AXES[name])}"
    lanes = total / (middle - start)
    print_json({"axes": axes, "lanes": lanes, "alone": ALONE / (end - middle)})


def process_rates() -> None:
    """Variants of a sweep per second as lines of CSV, in this process and in two others.

    `alone` and `others` are rates of CPU time: of this process if it calculates, and of all three.
    `share` is that of this process in the time of the three.
    """
    from cnncalc.sweep.driver import LARGE_CHUNK, bounds_of, chunks
    from cnncalc.sweep.workers import processes
    from cnncalc.views.sweep.row_lines import RowLines

    job = job_of("mobilenet_v2")
    job = job._replace(axes=(*job.axes, ("classes", tuple(map(str, range(10, 50))))))
    finish, total = RowLines(len(QUANTITIES)), len(job.space)
    wall, own, others = [], [], []
    for workers in (None, processes(2)):
        bounds = bounds_of(total, 0, LARGE_CHUNK)
        start = perf_counter(), process_time(), ended_time()
        assert sum(len(chunk.lines) for chunk in chunks(job, bounds, workers, finish))
        wall.append(perf_counter() - start[0])
        for child in active_children():
            child.join()
        own.append(process_time() - start[1])
        others.append(ended_time() - start[2])
    all_three = own[1] + others[1]
    found = {"one": total / wall[0], "two": total / wall[1]}
    found |= {"alone": total / own[0], "others": total / all_three, "share": own[1] / all_three}
    print_json({"axes": "mobilenet_v2, width, resolution, classes", **found})


def ended_time() -> float:
    """The CPU time of processes that this one started and that have ended."""
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def peer_rate(name: str) -> None:
    """Variants of mobilenet_v2 per second of CPU time with another tool."""
    torch: Any = import_module("torch")
    models: Any = import_module("torchvision.models")
    torch.set_num_threads(1)
    logging.disable()

    def run(number: int) -> None:
        model = models.mobilenet_v2(width_mult=0.5 + number / 10, num_classes=10 + number).eval()
        size = 128 + 32 * number
        PEER_TOOLS[name](model, torch.zeros(1, 3, size, size))

    run(0)
    start = process_time()
    for number in range(PEER_VARIANTS):
        run(number)
    print_json(PEER_VARIANTS / (process_time() - start))


def with_torchinfo(model: Any, image: Any) -> None:
    torchinfo: Any = import_module("torchinfo")
    torchinfo.summary(model, input_data=image, verbose=0)


def with_fvcore(model: Any, image: Any) -> None:
    fvcore: Any = import_module("fvcore.nn")
    fvcore.FlopCountAnalysis(model, image).total()


PEER_TOOLS = {"torchinfo": with_torchinfo, "fvcore": with_fvcore}
