"""A small study, loaded once per test into a home of its own, then spoilt."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.load import LoadReport, load_study
from simulate.design import Design
from simulate.study import write_study
from store import ledger
from store.build import open_build
from store.home import Home


@pytest.fixture(scope="session")
def small_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """6 patients and 3 controls on two slides of one batch; Block 4 of slide 2 is empty."""
    folder = tmp_path_factory.mktemp("small") / "study"
    write_study(folder, Design(patients=6, controls=3, study_id="small"))
    return folder


@dataclass(frozen=True)
class Site:
    """A home with an open build file, and a study folder that a test may spoil."""

    home: Home
    con: object
    folder: Path

    def load(self, **options: object) -> LoadReport:
        return load_study(self.home, self.con, self.folder, **options)

    def count(self, relation: str, where: str = "true") -> int:
        return self.con.execute(f"select count(*) from {relation} where {where}").fetchone()[0]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self.con.execute(query).fetchall()

    def events(self) -> list[ledger.Entry]:
        return [e for e in ledger.entries(self.home) if e.event == "load"]

    def slide(self, number: int = 1) -> Path:
        return self.folder / "arrays" / f"SYN-S{number:02d}.gpr"

    def read(self, table: str) -> tuple[list[str], list[dict[str, str]]]:
        with (self.folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = list(reader)
        return list(reader.fieldnames or []), rows

    def write(self, table: str, names: list[str], rows: list[dict[str, str]]) -> None:
        with (self.folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, names, lineterminator="\n", extrasaction="raise")
            writer.writeheader()
            writer.writerows(rows)

    def edit(self, table: str, change: Callable[[list[dict[str, str]]], None]) -> None:
        names, rows = self.read(table)
        change(rows)
        self.write(table, names, rows)


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an empty build file, to be copied."""
    home = Home(tmp_path_factory.mktemp("empty") / "home")
    open_build(home).close()
    return home.root


@pytest.fixture(scope="session")
def loaded_home(
    small_study: Path, empty_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A home with the small study loaded, to be copied."""
    home = Home(tmp_path_factory.mktemp("loaded") / "home")
    shutil.copytree(empty_home, home.root)
    con = open_build(home)
    assert load_study(home, con, small_study).exit_code == 0
    con.close()
    return home.root


def _site(template: Path, study: Path, tmp_path: Path) -> Site:
    folder = tmp_path / "study"
    shutil.copytree(study, folder)
    home = Home(tmp_path / "home")
    shutil.copytree(template, home.root)
    return Site(home, open_build(home), folder)


@pytest.fixture
def site(small_study: Path, empty_home: Path, tmp_path: Path) -> Iterator[Site]:
    """An empty home and a study folder to spoil."""
    made = _site(empty_home, small_study, tmp_path)
    yield made
    made.con.close()


@pytest.fixture
def loaded(small_study: Path, loaded_home: Path, tmp_path: Path) -> Iterator[Site]:
    """A home that holds the study, and the folder it came from."""
    made = _site(loaded_home, small_study, tmp_path)
    yield made
    made.con.close()


@pytest.fixture
def balanced() -> Callable[[LoadReport], None]:
    """Demand that every row of every file is accounted for."""

    def check(report: LoadReport) -> None:
        for f in report.files:
            assert f.n_rows_in == (
                f.n_rows_loaded + f.n_rows_unchanged + f.n_rows_quarantined + f.n_rows_refused
            ), f

    return check
