"""Two lots through the whole road: bridged ones give the planted shifts, unlinked ones say so."""

from __future__ import annotations

import csv
import json

import duckdb
import numpy as np
import pytest

from simulate.arrays import _LOT_TARGET_SD, _draw
from simulate.design import Design
from simulate.model import draw_model
from simulate.study import write_study

pytestmark = pytest.mark.slow
IDENTITY = ("sample_id", "patient_id", "visit", "group_code", "collected_on",
            "total_protein_mg_ml")  # fmt: skip


@pytest.fixture
def road(tmp_path, cytomart):
    """Write a study, spoil its sheet, and hand over a home to run it in."""

    def go(design, spoil=None):
        write_study(tmp_path / "study", design)
        if spoil:
            spoil(tmp_path / "study" / "samples.csv")
        return lambda *args: cytomart(tmp_path / "home", *args)

    return go


def published(tmp_path, query):
    with duckdb.connect(str(tmp_path / "home" / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def test_bridge_samples_show_the_shift_that_was_planted(road, tmp_path):
    design = Design(patients=16, controls=8, targets=40, lots=2, bridges=4)
    done = road(design)("run", str(tmp_path / "study"))
    assert done.code == 0, done.out + done.err
    assert "4 serums link it to lot SYN-LOT-1" in done.out
    panel = draw_model(design).panel
    n = len(panel.analytes)
    planted = _LOT_TARGET_SD * (_draw(7, "lot", 1, n + 1) - _draw(7, "lot", 0, n + 1))[1:]
    found = dict(published(tmp_path, "select analyte_id, shift_log2fc "
                 "from marts.fct_bridging_factors where scope = 'lot'"))  # fmt: skip
    shifts = np.array([found[t.target_id] for t in panel.analytes])
    assert np.corrcoef(planted, shifts)[0, 1] > 0.8
    assert np.std(shifts - planted) < 0.1
    assert published(tmp_path, "select max(n_numerator), max(n_denominator) "
                     "from stats.fct_test_results where method = 'welch_t'") == [(16, 8)]  # fmt: skip


def _controls_last(path):
    """Deal the same people anew: patients fill the first slides, controls the last."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    seats = [r for r in rows if r["sample_id"]]
    people = sorted(
        ({c: r[c] for c in IDENTITY} for r in seats),
        key=lambda r: (r["group_code"] == "C", r["patient_id"], r["visit"]),
    )
    for seat, person in zip(seats, people, strict=True):
        seat.update(person)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_controls_on_a_lot_of_their_own_are_held_then_accepted_and_named(road, tmp_path):
    run = road(Design(patients=14, controls=6, targets=40, lots=2), _controls_last)
    study = str(tmp_path / "study")
    held = run("run", study)
    assert held.code == 1
    assert "SYN-02 broken: groups_share_slides" in held.out
    reason = "the second lot came late"
    done = run("accept", "SYN-02", "groups_share_slides", "--reason", reason)
    assert done.code == 0, done.out + done.err
    for said in (
        "warning: group_slide_confounded",
        "lot_effect_not_estimable; no serums in common",
        "A_vs_C: can be compared within a lot only",
        "Next time measure again on a slide of lot SYN-LOT-2: ",
    ):  # fmt: skip
        assert said in done.out, said
    facts = json.loads(run("--json", "status").out)
    proposed = facts["lots"][0]["to_bridge"][0]["sample_ids"]
    assert 2 <= len(proposed) <= 4
    known = {s for (s,) in published(tmp_path, "select sample_id from marts.dim_samples "
                                     "where lot = 'SYN-LOT-1'")}  # fmt: skip
    assert set(proposed) <= known
    assert published(tmp_path, "select reason from quality.acceptances") == [(reason,)]
