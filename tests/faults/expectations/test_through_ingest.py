"""The gates on what ingest really writes: files in, verdicts out."""

from __future__ import annotations

import csv

import pytest

import expectations
from ingest.load import load_study
from simulate.founding import write_founding_study
from store import build
from store.home import Home
from store.lock import writer_lock

ROW_FAULTS = {"assessments.csv": ("score", "14"), "patients.csv": ("age_years", "150")}


@pytest.fixture
def judged(tmp_path):
    def judge(spoil=None, seed=7):
        folder = tmp_path / "study"
        write_founding_study(folder, seed)
        if spoil:
            spoil(folder)
        home = Home(tmp_path / "home")
        with writer_lock(home):
            con = build.open_build(home)
            try:
                load_study(home, con, folder)
                pending = expectations.pending_batches(con)
                return {b: expectations.run_batch_gate(con, s, b) for s, b in pending}
            finally:
                con.close()

    return judge


def test_a_clean_delivery_is_released_without_a_warning(judged):
    runs = judged()
    assert sorted(runs) == ["SYN-01", "SYN-02", "SYN-03"]
    assert not any(run.broken for run in runs.values())


def test_row_faults_are_set_aside_and_a_waiting_slide_holds_its_batch(judged):
    def spoil(folder):
        for name, (column, value) in ROW_FAULTS.items():
            _set_cell(folder / name, 5, column, value)
        slide = folder / "arrays" / "SYN-S02.gpr"
        lines = slide.read_bytes().split(b"\r\n")
        titles = next(i for i, line in enumerate(lines) if line.startswith(b'"Block"'))
        column = lines[titles].split(b"\t").index(b'"F532 Median"')
        cells = lines[titles + 30].split(b"\t")
        cells[column] = b"70000"
        lines[titles + 30] = b"\t".join(cells)
        slide.write_bytes(b"\r\n".join(lines))
        (folder / "arrays" / "SYN-S09.gpr").unlink()

    runs = judged(spoil, seed=8)
    broken = {b: [r.rule_id for r in run.broken] for b, run in runs.items()}
    assert broken == {"SYN-01": [], "SYN-02": [], "SYN-03": ["slides_delivered"]}
    assert runs["SYN-03"].verdict == "held"
    assert "SYN-S09" in runs["SYN-03"].broken[0].message


def _set_cell(path, line, column, value):
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    rows[line][rows[0].index(column)] = value
    if column == "score":
        rows[line][rows[0].index("instrument_id")] = "vas_pain_0_10"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)
