"""`cnncalc devices`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from .support.processes import cnncalc


def test_all_devices() -> None:
    found = list(csv.DictReader(io.StringIO(cnncalc("devices", "--format", "csv").stdout)))
    assert len(found) == 38
    board = next(row for row in found if row["name"] == "stm32f746")
    assert (board["ram"], board["flash"], board["macs"]) == ("327680", "1048576", "432000000")


def test_one_device() -> None:
    found = json.loads(cnncalc("devices", "stm32f746", "--format", "json").stdout)
    numbers = {one["number"]: one for one in found["numbers"]}
    assert numbers["ram"]["value"] == "327,680"
    assert numbers["ram"]["checked"] == "yes"
    assert numbers["macs.int8"]["checked"] == "yes"


def test_a_number_that_nobody_checked() -> None:
    found = json.loads(cnncalc("devices", "rp2350", "--format", "json").stdout)
    checked = {one["number"]: one["checked"] for one in found["numbers"]}
    assert (checked["ram"], checked["macs.int8"]) == ("yes", "no")


def test_a_file_with_errors(tmp_path: Path) -> None:
    (tmp_path / "board.yaml").write_text("clok: 3\n")
    ran = cnncalc("devices", "board.yaml", cwd=tmp_path)
    assert ran.returncode == 1
    assert "board.yaml:1:1: error: unknown key `clok` in a device [unknown-key]" in ran.stderr


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "board.yaml").write_text("clock: 100M\nmacs_per_cycle: {int8: 2}\n")
    ran = cnncalc("devices", "board.yaml", cwd=tmp_path)
    assert ran.returncode == 0
    assert "macs.int8  200,000,000  MACs/s" in ran.stdout


def test_no_such_device(tmp_path: Path) -> None:
    ran = cnncalc("devices", "stm32f747")
    assert ran.returncode == 2
    assert "there is no device stm32f747: did you mean `stm32f767`?" in ran.stderr
    missing = cnncalc("devices", "board.yaml", cwd=tmp_path)
    assert missing.returncode == 2
    assert "cannot read board.yaml" in missing.stderr
