"""The real study of ../shared: 146 patients, 40 cytokines, two visits."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from contracts.paths import REPO_ROOT
from stats.methods.anova_oneway import anova_oneway
from stats.methods.levene import levene
from stats.methods.paired_t import paired_t
from stats.methods.pearson import pearson
from stats.methods.shapiro_wilk import shapiro_wilk
from stats.methods.student_t import student_t
from stats.methods.welch_t import welch_t
from stats.multiplicity import benjamini_hochberg, bonferroni

pytestmark = pytest.mark.shared
FOLDER = REPO_ROOT.parent / "shared" / "clinical" / "khan_2025"


def table(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def level(text):
    text = text.strip().removeprefix("*")
    return float("nan") if "OOR" in text or not text else float(np.log2(float(text)))


@pytest.fixture(scope="module")
def khan():
    """Return targets, levels before and after (aligned by patient), severity and grade."""
    if not FOLDER.is_dir():
        pytest.skip("../shared is absent")
    wide = table("cytokines_wide.csv")
    targets = [c for c in wide[0] if c not in ("patient_id", "timepoint")]
    visits = {"BL": {}, "6-8 wks": {}}
    for row in wide:
        visits[row["timepoint"]][row["patient_id"]] = [level(row[t]) for t in targets]
    patients = sorted(visits["BL"].keys() | visits["6-8 wks"].keys())
    none = [float("nan")] * len(targets)
    before, after = (np.array([v.get(p, none) for p in patients]) for v in visits.values())
    who = {r["patient_id"]: r for r in table("patients.csv")}
    severe = np.array([who[p]["iraE_occurrence"] == "Grade 2+" for p in patients])
    grade = np.array([float(who[p]["highest_grade_iraE"]) for p in patients])
    return targets, before, after, severe, grade


@pytest.fixture(scope="module")
def results(khan):
    _, before, after, severe, grade = khan
    bands = [before[np.minimum(grade, 3) == band] for band in range(4)]
    mild = ~severe
    return {
        ("severe_vs_mild", "student_t"): student_t(before[severe], before[mild], confidence=0.95),
        ("severe_vs_mild", "welch_t"): welch_t(before[severe], before[mild], confidence=0.95),
        ("severe_vs_mild", "levene"): levene([before[severe], before[mild]]),
        ("after_vs_before", "paired_t"): paired_t(after, before, confidence=0.95),
        ("after_vs_before", "shapiro_wilk"): shapiro_wilk(after - before),
        ("grades", "anova_oneway"): anova_oneway(bands),
        ("grades", "levene"): levene(bands),
        ("grade", "pearson"): pearson(before, grade, confidence=0.95),
    }


def test_equals_r(khan, results, read, agree_with_block):
    blocks: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in read("khan_expected.csv"):
        blocks.setdefault((row["analysis"], row["method"]), []).append(row)
    assert blocks.keys() == results.keys()
    for key, rows in blocks.items():
        assert [r["target"] for r in rows] == khan[0]
        agree_with_block(key[1], results[key], rows)


def shipped(name, targets):
    rows = {r["analyte"]: r for r in table(name)}
    assert sorted(rows) == sorted(targets)
    return lambda column: np.array([float(rows[t][column]) for t in targets])


def test_paired_t_equals_the_shipped_answers(khan, results, agree):
    answer = shipped("expected_paired_log2_post_minus_baseline.csv", khan[0])
    ours = results[("after_vs_before", "paired_t")]
    names = {"estimate": "mean_diff", "statistic": "t", "df": "df", "p_value": "p"}
    for quantity, column in {**names, "ci_low": "ci_lo", "ci_high": "ci_hi"}.items():
        agree("paired_t", quantity, getattr(ours, quantity), answer(column))
    np.testing.assert_array_equal(ours.n_pairs, answer("n"))
    agree("paired_t", "p_value", benjamini_hochberg(ours.p_value), answer("BH"))
    agree("paired_t", "p_value", bonferroni(ours.p_value), answer("bonferroni"))
    assert int((ours.p_value < 0.05).sum()) == 16
    assert int((benjamini_hochberg(ours.p_value) < 0.05).sum()) == 13


def test_two_sample_t_equals_the_shipped_answers(khan, results, agree):
    name = "expected_two_sample_log2_irae_grade2plus_vs_grade01_at_baseline.csv"
    answer = shipped(name, khan[0])
    student = results[("severe_vs_mild", "student_t")]
    welch = results[("severe_vs_mild", "welch_t")]
    np.testing.assert_array_equal(student.n_numerator, answer("n1"))
    np.testing.assert_array_equal(student.n_denominator, answer("n2"))
    agree("student_t", "statistic", student.statistic, answer("student_t"))
    agree("student_t", "p_value", student.p_value, answer("student_p"))
    agree("welch_t", "statistic", welch.statistic, answer("welch_t"))
    agree("welch_t", "df", welch.df, answer("welch_df"))
    agree("welch_t", "p_value", welch.p_value, answer("welch_p"))
    adjusted = benjamini_hochberg(student.p_value)
    agree("student_t", "p_value", adjusted, answer("BH"))
    assert (int((student.p_value < 0.05).sum()), int((adjusted < 0.05).sum())) == (4, 2)
