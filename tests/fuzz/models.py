"""A campaign of damaged model files.

    python -m tests.fuzz.models --seconds 300 --folder /tmp/found --format onnx

Each file must be read as a network, or refused with one message that names it, within five seconds
of CPU time and two gigabytes; the guard for content that a reader did not foresee must not act.
Files that fail are kept in the folder.  `--seeds` is a folder with more files to damage, in
folders called as in tests/data, and `pt2`.  The exit code is 1 if anything was found.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from multiprocessing import Pool
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cnncalc.importers.errors import ImportFailed, InvalidModelFile
from cnncalc.importers.file_formats import ReadOptions, naming
from cnncalc.importers.guard import UnforeseenContent
from cnncalc.importers.importing import import_sketch
from cnncalc.importers.load import sketch_of_file

from .limits import prepare, timed
from .model_inputs import DATA, EXTENSIONS, mutant

SECONDS, BYTES = 5, 2 << 30
MOST_CHARACTERS = 20_000
"""Of a message: a file may have many kinds of unsupported operators."""


class Finding(NamedTuple):
    form: str
    seed: int
    result: str
    data: bytes


def outcome(path: Path, options: ReadOptions) -> str:
    """What a file is read as: a network, or one message.  Raises if anything is wrong."""
    try:
        import_sketch(sketch_of_file(str(path), options))
    except UnforeseenContent as error:
        raise AssertionError(f"the guard acted: {error!r} of {error.__cause__!r}") from error
    except (ImportFailed, InvalidModelFile) as error:
        message = naming(str(path), str(error))
        if "cannot be stated exactly" in message or len(message) > MOST_CHARACTERS:
            raise AssertionError(f"not a message: {message[:200]}") from error
        return "message"
    return "network"


def checked(form: str, number: int, folder: Path) -> tuple[str, bytes, float]:
    """The outcome of a mutant, its content, and the seconds that it took."""
    random = Random(f"{form} {number}")
    data = mutant(random, form, folder)
    options = ReadOptions(is_custom_allowed=random.random() < 0.5)
    with TemporaryDirectory() as place:
        path = Path(place) / f"net{EXTENSIONS[form]}"
        path.write_bytes(data)
        result, took = timed(lambda: outcome(path, options), SECONDS)
    return result, data, took


def campaign(
    form: str, first: int, step: int, seconds: float, folder: Path
) -> tuple[Counter[str], float, list[Finding]]:
    """The counts of the outcomes, the slowest file, and what was found, for some seconds."""
    counts: Counter[str] = Counter()
    slowest, found = 0.0, []
    end, number = time.monotonic() + seconds, first
    while time.monotonic() < end:
        result, data, took = checked(form, number, folder)
        slowest = max(slowest, took)
        if result not in ("network", "message"):
            found.append(Finding(form, number, result, data))
            result = "found"
        counts[result] += 1
        number += step
    return counts, slowest, found


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz.models", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--seconds", type=float, default=60, help="for each format")
    parser.add_argument("--folder", type=Path, required=True, help="what was found")
    parser.add_argument("--format", choices=EXTENSIONS, action="append", dest="formats")
    parser.add_argument("--seeds", type=Path, default=DATA)
    parser.add_argument("--first", type=int, default=0, help="the number of the first mutant")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    total = 0
    with Pool(options.jobs, prepare, (BYTES,)) as pool:
        for form in options.formats or EXTENSIONS:
            starts = [options.first + job for job in range(options.jobs)]
            given = [(form, s, options.jobs, options.seconds, options.seeds) for s in starts]
            results = pool.starmap(campaign, given)
            counts = sum((entry[0] for entry in results), Counter())
            findings = [finding for entry in results for finding in entry[2]]
            total += len(findings)
            print(
                f"{form}: {counts.total():,} files, {dict(counts)}; "
                f"the slowest took {max(entry[1] for entry in results):.2f} s",
                flush=True,
            )
            for finding in findings:
                path = options.folder / f"{form}_{finding.seed}{EXTENSIONS[form]}"
                path.write_bytes(finding.data)
                print(f"  {path.name}: {finding.result[:300]}", flush=True)
    return int(total > 0)


if __name__ == "__main__":
    sys.exit(main())
