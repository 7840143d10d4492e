"""Every printed figure of the founding study, for the shipped seed and another one."""

from __future__ import annotations

import statistics
from collections import Counter
from datetime import date
from fractions import Fraction

import numpy as np
import pytest


@pytest.fixture
def people(founding, read_csv):
    return read_csv(founding / "patients.csv")


@pytest.fixture
def patients(people):
    return [p for p in people if p["cohort"] == "patient"]


@pytest.fixture
def scores(founding, read_csv):
    def of(instrument: str, visit: str) -> list[Fraction]:
        rows = read_csv(founding / "assessments.csv")
        return [
            Fraction(r["score"])
            for r in rows
            if r["instrument_id"] == instrument and r["visit"] == visit
        ]

    return of


def test_ages_of_patients(patients):
    ages = [int(p["age_years"]) for p in patients]
    assert len(ages) == 30
    assert sum(ages) == 1442
    assert f"{statistics.stdev(ages):.2f}" == "11.94"
    assert (min(ages), max(ages)) == (25, 70)
    assert sum(age < 60 for age in ages) == 25


def test_ages_of_controls(people):
    ages = [int(p["age_years"]) for p in people if p["cohort"] == "control"]
    assert len(ages) == 10
    assert sum(ages) == 405
    assert f"{statistics.stdev(ages):.1f}" == "11.1"
    assert min(ages) >= 18
    assert max(ages) <= 50


def test_controls_have_no_tumour_columns(people):
    controls = [p for p in people if p["cohort"] == "control"]
    columns = ("er", "pr", "her2", "t_stage", "bone_sites")
    assert {p[c] for p in controls for c in columns} == {""}


def test_table_1_counts(patients):
    def count(column: str) -> Counter[str]:
        return Counter(p[column] for p in patients)

    assert count("er") == {"positive": 27, "negative": 3}
    assert count("pr") == {"positive": 22, "negative": 8}
    assert count("her2") == {"positive": 23, "negative": 7}
    assert count("t_stage") == {"T1": 14, "T2": 10, "T3-4": 6}


def test_bone_sites(patients):
    sites = [p["bone_sites"].split("|") for p in patients]
    assert all(sites)
    assert all(len(set(s)) == len(s) and s != [""] for s in sites)
    assert Counter(name for s in sites for name in s) == {
        "chest": 22,
        "spine": 25,
        "pelvis": 14,
        "limb": 6,
    }


@pytest.mark.parametrize(
    ("visit", "total", "printed"),
    [("baseline", "166.8", "1.34"), ("follow_up", "117.0", "2.31")],
)
def test_pain(scores, visit, total, printed):
    vas = scores("vas_pain_0_10", visit)
    assert len(vas) == 30
    assert sum(vas) == Fraction(total)
    assert f"{statistics.stdev(map(float, vas)):.2f}" == printed
    assert all(0 <= v <= 10 and v * 10 == int(v * 10) for v in vas)


@pytest.mark.parametrize(
    ("visit", "total", "squares", "printed"),
    [("baseline", 810, {22812}, "5.70"), ("follow_up", 1436, {71174, 71176}, "9.17")],
)
def test_quality_of_life(scores, visit, total, squares, printed):
    qol = scores("qol_unnamed", visit)
    assert len(qol) == 30
    assert sum(qol) == total
    assert sum(q * q for q in qol) in squares
    assert f"{statistics.stdev(map(float, qol)):.2f}" == printed
    assert all(q.denominator == 1 and 0 <= q <= 100 for q in qol)


@pytest.mark.parametrize("instrument", ["vas_pain_0_10", "qol_unnamed"])
def test_visits_of_a_patient_correlate(scores, instrument):
    before, after = scores(instrument, "baseline"), scores(instrument, "follow_up")
    correlation = np.corrcoef(np.array(before, float), np.array(after, float))[0, 1]
    assert 0.3 <= correlation <= 0.7


def test_daily_doses_rise_fall_and_stay(founding, read_csv):
    rows = read_csv(founding / "assessments.csv")
    doses = {
        visit: {
            r["patient_id"]: float(r["omed_mg"])
            for r in rows
            if r["instrument_id"] == "vas_pain_0_10" and r["visit"] == visit
        }
        for visit in ("baseline", "follow_up")
    }
    change = [doses["follow_up"][p] - doses["baseline"][p] for p in doses["baseline"]]
    assert any(d > 0 for d in change)
    assert any(d < 0 for d in change)
    assert any(d == 0 for d in change)
    assert 0.0 in doses["baseline"].values()
    assert max(doses["baseline"].values()) <= 200
    assert {r["omed_mg"] for r in rows if r["instrument_id"] == "qol_unnamed"} == {""}


def test_dates_lie_in_the_study_and_in_the_visits_window(founding, read_csv):
    rows = [r for r in read_csv(founding / "samples.csv") if r["group_code"] != "empty"]
    days = {r["sample_id"]: date.fromisoformat(r["collected_on"]) for r in rows}
    assert all(date(2017, 6, 1) <= day <= date(2021, 5, 31) for day in days.values())
    for k in range(1, 31):
        gap = (days[f"P{k:02d}-follow_up"] - days[f"P{k:02d}-baseline"]).days
        assert 1 <= gap <= 60
    for r in read_csv(founding / "assessments.csv"):
        sample = days[f"{r['patient_id']}-{r['visit']}"]
        assert date.fromisoformat(r["assessed_on"]) == sample


def test_samples_and_their_places(founding, read_csv):
    rows = read_csv(founding / "samples.csv")
    assert len(rows) == 72
    assert Counter(r["group_code"] for r in rows) == {"A": 30, "B": 30, "C": 10, "empty": 2}
    assert len({(r["slide_id"], r["block"]) for r in rows}) == 72
    assert {r["slide_id"] for r in rows} == {p.stem for p in (founding / "arrays").glob("*.gpr")}
    assert Counter(r["batch"] for r in rows) == {"SYN-01": 24, "SYN-02": 24, "SYN-03": 24}
    assert len({r["lot"] for r in rows}) == 1
    used = [r for r in rows if r["group_code"] != "empty"]
    slides = {r["sample_id"]: r["slide_id"] for r in used}
    assert len(slides) == 70
    assert all(slides[f"P{k:02d}-baseline"] == slides[f"P{k:02d}-follow_up"] for k in range(1, 31))
    per_batch = Counter(r["batch"] for r in used if r["group_code"] == "C")
    assert sorted(per_batch.values()) == [3, 3, 4]
    assert all(45 <= float(r["total_protein_mg_ml"]) <= 110 for r in used)


def test_empty_blocks_say_nothing_more(founding, read_csv):
    empty = [r for r in read_csv(founding / "samples.csv") if r["group_code"] == "empty"]
    blank = ("sample_id", "patient_id", "visit", "collected_on", "total_protein_mg_ml")
    assert {r[c] for r in empty for c in blank} == {""}
    assert all(r["slide_id"] and r["block"] and r["batch"] and r["lot"] for r in empty)
