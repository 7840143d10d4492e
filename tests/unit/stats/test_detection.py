"""Levels that were not detected, or lost, are told with every test that rests on them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from stats import run
from stats.design import Levels
from stats.detection import detection_notes

NAMES = ("below_lod", "flagged", "quantified")


def levels(codes, matrix):
    return Levels("v", True, ("T1", "T2"), np.array(matrix, dtype=float), np.array(codes), NAMES)


def test_a_target_never_detected_says_so_even_where_it_is_tested():
    found = levels([[0, 0], [0, 2], [0, 0]], [[1, 1], [2, 2], [3, 3]])
    words = "below the limit of detection in all 3 samples"
    assert detection_notes(found, np.arange(3)) == [words, ""]
    assert detection_notes(found, np.array([0, 2, -1])) == [words.replace("3", "2")] * 2


def test_a_sample_without_a_value_does_not_make_a_target_detected():
    found = levels([[0, 2], [-1, 2], [0, 2]], [[1, 1], [np.nan, 2], [3, 3]])
    words = "below the limit of detection in all 2 samples"
    assert detection_notes(found, np.arange(3)) == [words, ""]


def test_what_most_levels_were_lost_to_is_counted():
    nan = np.nan
    found = levels([[1, 1], [1, 2], [-1, 2], [2, 2]], [[nan, nan], [nan, 2], [nan, 3], [4, 4]])
    assert detection_notes(found, np.arange(4)) == [
        "3 of 4 levels are missing: 2 flagged, 1 not measured", "",
    ]  # fmt: skip


def test_without_classes_or_samples_nothing_is_said():
    bare = Levels("v", True, ("T1",), np.array([[np.nan]]))
    assert detection_notes(bare, np.arange(1)) == [""]
    assert detection_notes(levels([[0, 0]], [[1, 1]]), np.array([], dtype=int)) == ["", ""]


def test_the_note_stands_in_the_result_table(make_study, make_contrast, as_plan):
    study = make_study(n_targets=2)
    measurements, samples, outcomes = study.tables()
    classes = ["below_lod" if m["analyte_id"] == "T1" else "quantified" for m in study.measurements]
    measurements = measurements.append_column("measurement_class", pa.array(classes))
    rows = run.test_results(
        measurements, samples, outcomes, as_plan([make_contrast("A", "C")])
    ).to_pylist()
    for r in rows:
        told = "below the limit of detection in all 14 samples" in r["reason"]
        assert told == (r["analyte_id"] == "T1")
