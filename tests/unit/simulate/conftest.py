"""Synthetic studies written once, and readers that know nothing of the code under test."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from simulate.founding import write_founding_study

Rows = list[dict[str, str]]


@pytest.fixture(scope="session", params=[7, 8])
def founding(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(f"founding-{request.param}") / "study"
    write_founding_study(folder, seed=request.param)
    return folder


@pytest.fixture(scope="session")
def shipped_seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shipped") / "study"
    write_founding_study(folder)
    return folder


@pytest.fixture(scope="session")
def read_csv() -> Callable[[Path], Rows]:
    def read(path: Path) -> Rows:
        with path.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    return read


@pytest.fixture(scope="session")
def read_gpr() -> Callable[[Path], tuple[dict[str, str], Rows]]:
    """Header records and spots of a scanner file, read by its own declarations."""

    def read(path: Path) -> tuple[dict[str, str], Rows]:
        lines = path.read_bytes().decode("ascii").split("\r\n")
        assert lines[0] == "ATF\t1.0"
        assert lines[-1] == ""
        n_records, n_columns = map(int, lines[1].split("\t"))
        records = [line.strip('"').split("=", 1) for line in lines[2 : 2 + n_records]]
        titles = [title.strip('"') for title in lines[2 + n_records].split("\t")]
        assert len(titles) == n_columns
        rows = []
        for line in lines[3 + n_records : -1]:
            cells = [cell.strip('"') for cell in line.split("\t")]
            rows.append(dict(zip(titles, cells, strict=True)))
        return dict(records), rows

    return read
