"""P14: whatever happens to a file, only our errors, every row accounted for, no runaway.

300 mutations a reader by default, CYTOMART_MUTATIONS of them where that is set; `make test-full`
runs 2,000.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from contracts import CytomartError
from contracts.paths import REPO_ROOT
from ingest.declared.study_toml import read_study
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.files.tables import read_sheet
from ingest.load import check_study
from ingest.panel.gal import read_gal
from ingest.platforms import by_id
from simulate.design import Design
from simulate.study import write_study
from store.build import open_build
from store.home import Home

SECONDS = 20.0


@dataclass(frozen=True)
class Studied:
    """A small sound study folder and a home that never heard of it."""

    folder: Path
    home: Home
    con: object


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mutations") / "study"
    write_study(folder, Design(patients=6, controls=3, targets=12, study_id="spoilt"))
    home = Home(tmp_path_factory.mktemp("home") / "home")
    con = open_build(home)
    yield Studied(folder, home, con)
    con.close()


def as_workbook(table: Path) -> bytes:
    book = openpyxl.Workbook()
    for line in table.read_text("utf-8").splitlines():
        book.active.append(
            [float(c) if c.replace(".", "", 1).isdigit() else c for c in line.split(",")]
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_slide(source: SourceFile) -> int:
    reading = by_id("genepix").read(source)
    n_aside = len({f.line for f in reading.set_aside})
    assert reading.n_rows_in == reading.table.num_rows // len(reading.channels) + n_aside
    return reading.n_rows_in


READERS: dict[str, tuple[str, Callable[[SourceFile], object]]] = {
    "genepix": ("arrays/SYN-S01.gpr", read_slide),
    "gal": ("layout.gal", read_gal),
    "study": ("study.toml", read_study),
    "csv": ("assessments.csv", lambda source: read_sheet(source, "assessments")),
    "xlsx": ("assessments.xlsx", lambda source: read_sheet(source, "assessments")),
}


def shortened(data: bytes) -> bytes:
    """Leave a header and its first rows: a small file is spoilt in more interesting places."""
    return b"\n".join(data.split(b"\n")[:120])


def original(studied: Studied, name: str) -> bytes:
    if name.endswith(".xlsx"):
        return as_workbook(studied.folder / name.replace(".xlsx", ".csv"))
    return (studied.folder / name).read_bytes()


def outcome(read: Callable[[SourceFile], object], name: str, spoilt) -> str:
    """Read a spoilt file; return whether rows came or a refusal in words."""
    refusal = None
    begin = time.process_time()
    try:
        read(SourceFile.from_bytes(Path(name), spoilt.data))
    except RefusedError as refused:
        refusal = refused
    except Exception as error:
        raise AssertionError(f"{name}, {spoilt.what}: {error!r}") from error
    assert time.process_time() - begin < SECONDS, spoilt.what
    if refusal is None:
        return "read"
    assert refusal.faults, spoilt.what
    assert all(f.rule_id and f.record and f.problem.given for f in refusal.faults)
    return "refused"


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_gives_rows_or_a_refusal_in_words(reader, studied, spoil, seeds):
    name, read = READERS[reader]
    data = shortened(original(studied, name)) if reader == "genepix" else original(studied, name)
    ends = Counter(outcome(read, name, spoil(data, seed)) for seed in seeds)
    assert ends["read"] > 0
    assert ends["refused"] > len(seeds) // 20


def values_by_line(text: str, title: str) -> dict[int, float]:
    """Read one column of a GPR text with nothing but split; rows of several lines left out."""
    lines = text.split("\n")
    n = int(lines[1].split("\t")[0])
    at = [t.strip('"') for t in lines[n + 2].split("\t")].index(title)
    return {
        number: float(cells[at])
        for number, line in enumerate(lines[n + 3 :], start=n + 4)
        if len(cells := line.split("\t")) > at
        and line.count('"') % 2 == 0
        and cells[at].replace(".", "", 1).isdigit()
    }


def test_a_spoilt_slide_that_loads_loads_what_its_cells_say(studied, spoil, seeds):
    data = shortened(original(studied, "arrays/SYN-S01.gpr")).replace(b"\r", b"")
    n_compared = 0
    for seed in seeds:
        spoilt = spoil(data, seed)
        try:
            source = SourceFile.from_bytes(Path("SYN-S01.gpr"), spoilt.data)
            reading = by_id("genepix").read(source)
        except RefusedError:
            continue
        try:
            true = values_by_line(source.text, "F532 Median")
        except (ValueError, IndexError):
            continue  # quoted line ends or commas: the simple reader does not know them
        loaded = zip(reading.table["source_line"].to_pylist(),
                     reading.table["foreground_median_afu"].to_pylist(), strict=True)  # fmt: skip
        for line, value in loaded:
            if line in true and value is not None:
                assert value == true[line], (spoilt.what, line)
                n_compared += 1
    assert n_compared > 1000


FILES = ("arrays/SYN-S01.gpr", "arrays/SYN-S02.gpr", "layout.gal", "study.toml", "plan.csv",
         "patients.csv", "samples.csv", "assessments.csv", "catalog.csv")  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_load_of_a_spoilt_delivery_accounts_for_every_row(name, studied, spoil, seeds):
    """A twentieth as many as for a reader alone: each is a load of the whole folder."""
    path = studied.folder / name
    sound = path.read_bytes()
    codes: Counter[int] = Counter()
    try:
        for seed in seeds[: max(len(seeds) // 20, 1)]:
            spoilt = spoil(sound, seed)
            path.write_bytes(spoilt.data)
            begin = time.process_time()
            codes[checked(studied, spoilt.what)] += 1
            assert time.process_time() - begin < SECONDS, spoilt.what
    finally:
        path.write_bytes(sound)
    assert set(codes) <= {0, 1, 2}
    assert checked(studied, "sound again") == 0


def checked(studied: Studied, what: str) -> int:
    """Judge the folder; return the exit code a load would have."""
    refused = None
    try:
        report = check_study(studied.home, studied.con, studied.folder)
    except CytomartError as error:
        refused = error
    except Exception as error:
        raise AssertionError(f"{what}: {error!r}") from error
    if refused is not None:
        assert refused.exit_code in (1, 2), (what, str(refused))
        assert all(p.given for p in refused.problems), what
        return refused.exit_code
    for file in report.files:
        assert file.n_rows_in == (
            file.n_rows_loaded + file.n_rows_unchanged + file.n_rows_quarantined
            + file.n_rows_refused
        ), (what, file)  # fmt: skip
        assert file.status in ("loaded", "unchanged") or file.problems, (what, file)
    return report.exit_code


@pytest.mark.slow
def test_two_thousand_mutations_a_reader():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "-p", "no:randomly",
         str(Path(__file__).relative_to(REPO_ROOT))],
        cwd=REPO_ROOT, env={**os.environ, "CYTOMART_MUTATIONS": "2000"}, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
