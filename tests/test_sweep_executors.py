"""Sweeps on any executor, and on a Dask cluster: the bytes of one process, whatever happens."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from cnncalc.parser import Request
from cnncalc.sweep.errors import WorkerFailure
from cnncalc.sweep.job import Job
from cnncalc.sweep.packed_job import PackedJob, calculate, pack, unpack
from cnncalc.sweep.space import parse_axes

from .support.paths import ROOT
from .support.processes import ENVIRONMENT, PATIENCE, cnncalc

NET = """\
input: 3x32x32
vars: {width: 8, classes: 10}
layers: [{conv: width, kernel: 3}, {conv: width, kernel: 3}, flatten, {linear: classes}]
"""
WORDS = ("sweep", "net.yaml", "--over", "classes=1..300", "--over", "width=1..10", "--quiet")
EXECUTORS = """\
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

class Silent(ThreadPoolExecutor):
    def __init__(self):
        super().__init__(2)
        del self._max_workers

    def _adjust_thread_count(self):
        self._max_workers = 2
        super()._adjust_thread_count()
        del self._max_workers

def threads():
    return ThreadPoolExecutor(3)

def processes():
    return ProcessPoolExecutor(2)

def silent():
    return Silent()

def number():
    return 3

def failing():
    raise ValueError("no such\\nqueue")
"""
JOB = Job(
    NET.encode(),
    "net.yaml",
    Request(),
    1,
    tuple(parse_axes(["classes=1..9"]).items()),
    ({},),
    None,
    0,
    ("macs", "params"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("executors")
    (folder / "net.yaml").write_text(NET)
    (folder / "mine.py").write_text(EXECUTORS)
    (folder / "broken.py").write_text("1 / 0\n")
    return folder


@pytest.fixture(scope="module")
def expected(folder: Path) -> str:
    return cnncalc(*WORDS, "--format", "csv", cwd=folder).stdout


# An executor of the user


@pytest.mark.parametrize(
    "words", [("mine:threads",), ("mine:processes",), ("mine:silent", "--jobs", "2")]
)
def test_any_executor(folder: Path, expected: str, words: tuple[str, ...]) -> None:
    ran = cnncalc(*WORDS, "--format", "csv", "--executor", *words, cwd=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == expected


def test_a_fit_on_an_executor(folder: Path) -> None:
    words = ("fit", "net.yaml", "--vary", "width=1..10", "--under", "macs=500k", "--format", "json")
    ran = cnncalc(*words, "--executor", "mine:threads", cwd=folder)
    assert ran.stdout == cnncalc(*words, cwd=folder).stdout != ""


@pytest.mark.parametrize(
    ("executor", "message"),
    [
        ("mine", "--executor takes dask:tcp://HOST:PORT or MODULE:FUNCTION"),
        ("mine.py:threads()", "--executor takes dask:tcp://HOST:PORT or MODULE:FUNCTION"),
        ("mine:missing", "mine has no function `missing`"),
        ("missing:threads", "ModuleNotFoundError: No module named 'missing'"),
        ("broken:threads", "ZeroDivisionError: division by zero"),
        ("mine:number", "returns int, not a concurrent.futures.Executor"),
        ("mine:failing", "ValueError: no such queue"),
        ("mine:silent", "does not say how many workers it has: add --jobs N"),
    ],
)
def test_executors_that_are_refused(folder: Path, executor: str, message: str) -> None:
    ran = cnncalc(*WORDS, "--format", "csv", "--executor", executor, cwd=folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert message in " ".join(ran.stderr.split())


# Workers with another installation


def test_a_worker_gets_text_and_the_same_rows() -> None:
    packed: PackedJob = pickle.loads(pickle.dumps(pack(JOB)))
    assert [row.point for row in calculate(packed, (2, 4)).rows] == [("3",), ("4",)]
    assert b"net.yaml" in packed.data and b"linear: classes" in packed.data


def test_a_worker_with_another_version_is_refused() -> None:
    packed = pack(JOB)
    with pytest.raises(WorkerFailure, match=r"a worker has cnncalc .*, and this is 9.9"):
        unpack(packed._replace(version="9.9"))
    with pytest.raises(WorkerFailure, match=r"calculates sweep .* instead of 0123"):
        unpack(packed._replace(identity="0123"))


# Dask

PRELOAD = """\
import os, time
import cnncalc
from cnncalc.sweep.job import Sweeper
calculated = getattr(Sweeper, "original", Sweeper.chunk)  # a worker loads this twice
Sweeper.original = calculated
def chunk(self, first, last):
    if first == int(os.environ.get("DEADLY", -1)):
        os._exit(1)
    time.sleep(0.2)
    return calculated(self, first, last)
Sweeper.chunk = chunk
cnncalc.__version__ = os.environ.get("OTHER_VERSION", cnncalc.__version__)
"""
needs_dask = pytest.mark.skipif(not find_spec("distributed"), reason="needs distributed")


class Cluster:
    """A scheduler, and the workers that tests add."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        (folder / "preload.py").write_text(PRELOAD)
        self.file = folder / f"scheduler-{time.monotonic_ns()}.json"
        words = ("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.scheduler = self.start(*words, "--scheduler-file", str(self.file))
        self.address = self.wait_for_address()

    def start(self, kind: str, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard", *words]
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env={**ENVIRONMENT, "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def wait_for_address(self) -> str:
        for _ in range(10 * PATIENCE):
            if self.file.exists() and (text := self.file.read_text()):
                return str(json.loads(text)["address"])
            time.sleep(0.1)
        raise AssertionError("the scheduler did not start")

    def worker(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        preload = ("--preload", str(self.folder / "preload.py"))
        return self.start(
            *("worker", self.address, "--nthreads", "1", *preload, *words), **environment
        )

    def end(self) -> None:
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    found = Cluster(folder)
    yield found
    found.end()


def started(folder: Path, cluster: Cluster, name: str) -> subprocess.Popen[bytes]:
    """A sweep into a file that has begun: its first chunk is written."""
    command = [sys.executable, "-m", "cnncalc", *WORDS, "-o", name]
    process = subprocess.Popen(
        [*command, "--executor", f"dask:{cluster.address}"],
        cwd=folder,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
    )
    for _ in range(10 * PATIENCE):
        state = folder / f"{name}.sweep"
        if process.poll() is not None or (state.exists() and '"next": 0' not in state.read_text()):
            return process
        time.sleep(0.1)
    raise AssertionError("no chunk was calculated")


@needs_dask
def test_a_worker_of_dask_that_is_killed(folder: Path, cluster: Cluster, expected: str) -> None:
    workers = [cluster.worker("--no-nanny") for _ in range(2)]
    process = started(folder, cluster, "killed.csv")
    workers[0].kill()
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, b"")
    assert (folder / "killed.csv").read_text() == expected


@needs_dask
def test_a_chunk_that_kills_the_workers_of_dask(
    folder: Path, cluster: Cluster, expected: str
) -> None:
    """The scheduler gives it to four workers, and then it runs alone before it is skipped."""
    cluster.worker("--nworkers", "2", DEADLY="1000")
    words = ("--format", "csv", "--executor", f"dask:{cluster.address}")
    ran = cnncalc(*WORDS, *words, cwd=folder)
    assert ran.stderr == "cnncalc: variants 1,000 to 1,499 ended 3 workers and were skipped\n"
    lines = expected.splitlines(keepends=True)
    assert ran.stdout == "".join([*lines[:1001], *lines[1501:]])


@needs_dask
def test_a_worker_of_dask_with_another_version(folder: Path, cluster: Cluster) -> None:
    cluster.worker("--no-nanny", OTHER_VERSION="9.9")
    ran = cnncalc(*WORDS, "--executor", f"dask:{cluster.address}", cwd=folder)
    assert ran.returncode == 2
    assert ran.stderr.startswith("cnncalc: a worker has cnncalc 9.9, and this is ")


@needs_dask
def test_a_scheduler_of_dask_that_is_killed(folder: Path, cluster: Cluster, expected: str) -> None:
    """What is written is continued elsewhere."""
    cluster.worker("--no-nanny")
    process = started(folder, cluster, "continued.csv")
    cluster.scheduler.kill()
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert errors.startswith(f"cnncalc: there is no scheduler at {cluster.address}".encode())
    assert errors.count(b"\n") == 1
    again = cnncalc(*WORDS, "-o", "continued.csv", cwd=folder)
    assert (again.returncode, (folder / "continued.csv").read_text()) == (0, expected)


@needs_dask
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("dask:tcp://127.0.0.1:1", "--jobs", "2"), "--jobs has no effect with dask"),
        (("dask:nowhere",), "there is no scheduler at nowhere"),
    ],
)
def test_clusters_that_are_refused(folder: Path, words: tuple[str, ...], message: str) -> None:
    ran = cnncalc(*WORDS, "--executor", *words, cwd=folder)
    assert ran.returncode == 2 and message in " ".join(ran.stderr.split())


@pytest.mark.skipif(bool(find_spec("distributed")), reason="distributed is installed")
def test_dask_is_an_extra(folder: Path) -> None:
    ran = cnncalc(*WORDS, "--executor", "dask:tcp://127.0.0.1:8786", cwd=folder)
    assert "pip install 'cnncalc[dask]'" in ran.stderr
