"""Odds ratios of a plan: who is counted, what is missing, which words stand beside the numbers."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from contracts import CytomartError
from contracts.odds_ratios import ODDS_RATIOS
from contracts.plans import cut_off
from stats import run
from stats.events import is_event
from stats.methods.odds_ratio import Fourfold

#: Pain before and after of ten patients; None is a missing score.
SCORES = [(5.6, 3.6), (4.0, 3.9), (6.1, 4.0), (2.0, 5.0), (3.0, 2.0),
          (7.0, 1.0), (8.0, None), (None, 2.0), (5.0, 2.0), (4.1, 0.0)]  # fmt: skip


def outcome_rows(scores=SCORES, **more):
    return [
        {
            "study_id": "s1", "patient_id": f"P{i}", "cohort": "patient", "visit": visit,
            "instrument_id": "vas", "site_id": "", "score": score, "baseline_score": pair[0],
            "is_baseline": visit == "baseline", **more,
        }
        for i, pair in enumerate(scores)
        for visit, score in zip(("baseline", "follow_up"), pair, strict=True)
    ]  # fmt: skip


def patient_rows(**columns):
    """Return ten patients and two healthy persons; columns by name, a value a patient."""
    people = [
        {"study_id": "s1", "patient_id": f"P{i}", "cohort": "patient"}
        | {name: values[i] for name, values in columns.items()}
        for i in range(len(SCORES))
    ]
    healthy = {"study_id": "s1", "cohort": "control", **dict.fromkeys(columns)}
    return [*people, *({**healthy, "patient_id": f"C{i}"} for i in range(2))]


@pytest.fixture
def computed(make_plan_row, as_plan):
    def compute(row, *, scores=SCORES, outcomes=None, **columns):
        table = pa.Table.from_pylist(outcome_rows(scores) if outcomes is None else outcomes)
        people = pa.Table.from_pylist(patient_rows(**columns))
        plan = as_plan([make_plan_row("odds", "odds_ratio", **row)])
        found = run.odds_ratios(table, people, plan)
        assert found.column_names == [c.name for c in ODDS_RATIOS.columns]
        return {r["method"]: r for r in found.to_pylist()}

    return compute


PAIRS = {"pairing": "patient", "outcome": "vas", "visit": "follow_up", "event": ">=4",
         "primary_method": "mcnemar_odds_ratio"}  # fmt: skip
ARMS = {"pairing": "independent", "outcome": "vas", "visit": "follow_up", "event": ">=3.9",
        "grouping": "sex", "numerator_group": "male", "denominator_group": "female",
        "primary_method": "exact_odds_ratio"}  # fmt: skip


def test_pairs_by_hand(computed):
    # Both scores: 8. Event before: 5.6 4.0 6.1 7.0 5.0 4.1; after: 4.0 5.0; both: 6.1 → 4.0.
    (row,) = computed(PAIRS).values()
    assert (row["n_persons"], row["n_missing"], row["n_numerator"]) == (10, 2, 8)
    assert (row["n_numerator_events"], row["n_denominator_events"]) == (2, 6)
    assert (row["n_gained"], row["n_lost"]) == (1, 5)
    assert row["odds_ratio"] == pytest.approx(1 / 5)
    assert row["p_value"] == pytest.approx(2 * 7 / 64)
    assert row["p_fisher"] is None
    assert (row["numerator_group"], row["denominator_group"]) == ("follow_up", "baseline")
    assert row["event_text"] == "vas at least 4"
    assert "nothing is added to a cell" in row["zero_cell_rule"]
    assert row["is_primary"]
    assert row["is_interval_consistent"]


def test_an_infinite_bound_is_null_and_said_in_words(computed):
    (row,) = computed(PAIRS | {"event": "<1"}).values()
    assert (row["n_gained"], row["n_lost"]) == (1, 0)
    assert (row["odds_ratio"], row["ci_high"]) == (None, None)
    assert row["ci_low"] == pytest.approx(1 / 39)
    assert row["reason"].startswith("a zero cell: the estimate is infinite")


def test_nobody_who_changes_says_nothing(computed):
    (row,) = computed(PAIRS | {"event": ">9"}).values()
    assert row["odds_ratio"] is None
    assert row["reason"].startswith("nobody gained or lost the event")


def test_two_groups_by_a_score(computed):
    sexes = ["male"] * 4 + ["female"] * 5 + [None]
    rows = computed(ARMS, sex=sexes)
    assert set(rows) == {"exact_odds_ratio", "firth_odds_ratio"}
    # Male: 3.6 no, 3.9 yes, 4.0 yes, 5.0 yes. Female: 2 no, 1 no, missing, 2 no, 2 no.
    for row in rows.values():
        assert (row["n_persons"], row["n_missing"]) == (9, 1)
        assert (row["n_numerator_events"], row["n_numerator"]) == (3, 4)
        assert (row["n_denominator_events"], row["n_denominator"]) == (0, 4)
        assert row["n_gained"] is None
        assert row["reason"].startswith("a zero cell")
    exact, firth = rows["exact_odds_ratio"], rows["firth_odds_ratio"]
    assert exact["odds_ratio"] is None
    assert firth["odds_ratio"] == pytest.approx(3.5 * 4.5 / (1.5 * 0.5))
    assert exact["p_fisher"] == pytest.approx(2 * 4 / math.comb(8, 3))
    assert exact["is_primary"]
    assert not firth["is_primary"]


def test_two_groups_by_a_class(computed):
    row = computed(
        ARMS | {"outcome": "er", "event": "positive", "visit": None},
        sex=["male"] * 5 + ["female"] * 5,
        er=["positive", "positive", "negative", "positive|negative", None] * 2,
    )["exact_odds_ratio"]
    assert (row["n_numerator_events"], row["n_numerator"]) == (2, 3)
    assert (row["n_persons"], row["n_missing"]) == (10, 4)
    assert row["odds_ratio"] == pytest.approx(1)
    assert (row["event_text"], row["visit"]) == ("er is positive", "")


def test_several_sites_have_no_single_score(computed):
    outcomes = [*outcome_rows(site_id="spine"), *outcome_rows(site_id="hip")]
    (row,) = computed(PAIRS, outcomes=outcomes).values()
    assert row["reason"].startswith("several sites per patient")
    (row,) = computed(PAIRS | {"subset": "site_id=hip"}, outcomes=outcomes).values()
    assert row["n_lost"] == 5
    arms = computed(ARMS, outcomes=outcomes, sex=["male", "female"] * 5)
    assert all(r["reason"].startswith("several sites") for r in arms.values())


def test_a_subset_restricts_the_persons(computed):
    sexes = ["male"] * 4 + ["female"] * 6
    (row,) = computed(PAIRS | {"subset": "sex=female"}, sex=sexes).values()
    assert (row["n_persons"], row["n_missing"]) == (6, 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"grouping": "eye_colour"}, "grouping names the column 'eye_colour'"),
     ({"outcome": "mood", "event": "low", "visit": None}, "outcome names the column 'mood'"),
     ({"subset": "mood=low"}, "subset names the column 'mood'")],
)  # fmt: skip
def test_an_unknown_column_is_named(computed, change, words):
    with pytest.raises(CytomartError, match=words):
        computed(ARMS | change, sex=["male"] * 10)


@pytest.mark.parametrize(
    ("event", "yes"), [(">=5.6", [5.6, 6]), (">5.6", [6]), ("<=5.6", [5.5, 5.6]), ("<5.6", [5.5])]
)
def test_a_cut_off_is_met_exactly(event, yes):
    import numpy as np

    scores = np.array([5.5, 3.6 + 2.0, 6.0, np.nan])
    expected = [s in yes for s in (5.5, 5.6, 6)] + [False]
    assert is_event(scores, cut_off(event)).tolist() == expected


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        _ = Fourfold(1, -1, 2, 2).refusal
