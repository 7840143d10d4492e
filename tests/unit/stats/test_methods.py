"""What every method promises: one shape, a reason for every gap, no warning, no silent drop."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from stats.methods.anova_oneway import anova_oneway
from stats.methods.levene import levene
from stats.methods.paired_t import paired_t
from stats.methods.pearson import pearson
from stats.methods.shapiro_wilk import shapiro_wilk
from stats.methods.student_t import student_t
from stats.methods.welch_t import welch_t

pytestmark = pytest.mark.filterwarnings("error")

METHODS = {
    "student_t": lambda a, b: student_t(a, b, confidence=0.95),
    "welch_t": lambda a, b: welch_t(a, b, confidence=0.95),
    "paired_t": lambda a, b: paired_t(a, b, confidence=0.95),
    "anova_oneway": lambda a, b: anova_oneway([a, b]),
    "levene": lambda a, b: levene([a, b]),
    "shapiro_wilk": lambda a, b: shapiro_wilk(a),
    "pearson": lambda a, b: pearson(a, b[:, 0], confidence=0.95),
}
EVERY = pytest.mark.parametrize("method", sorted(METHODS))


def arms(n=6, m=8, seed=4):
    rng = np.random.default_rng(seed)
    return rng.normal(9, 1, (n, m)), rng.normal(9.5, 1, (n, m))


def awkward():
    """Targets 0–5: all missing, one value, constant, one arm constant, shifted, two values."""
    a, b = arms()
    a[:, 0] = np.nan
    a[1:, 1] = np.nan
    a[:, 2] = 8.1
    a[:, 3] = 8.1
    a[:, 4] = b[:, 4] + 0.3
    a[2:, 5] = np.nan
    return a, b


@EVERY
def test_every_array_has_one_entry_per_target(method):
    result = METHODS[method](*awkward())
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if field.name == "details":
            assert all(len(values) == 8 for values in value.values())
        elif field.name == "verdict":
            assert len(value) in (0, 8)
        elif field.name != "effect_size_kind" and value is not None:
            assert len(value) == 8, field.name


@EVERY
def test_no_gap_without_a_reason_and_no_infinity(method):
    result = METHODS[method](*awkward())
    for i, reason in enumerate(result.reason):
        assert not np.isinf([result.statistic[i], result.estimate[i], result.p_value[i]]).any()
        if np.isnan(result.p_value[i]):
            assert reason, f"target {i}"
            assert "ci_not_defined" not in reason


@EVERY
def test_sound_targets_are_computed_whatever_stands_beside_them(method):
    a, b = awkward()
    scores = b if method == "pearson" else b[:, 6:]
    whole, alone = METHODS[method](a, b), METHODS[method](a[:, 6:], scores)
    np.testing.assert_array_equal(whole.p_value[6:], alone.p_value)
    assert np.isfinite(whole.p_value[6:]).all()


@EVERY
@pytest.mark.parametrize("shape", [(0, 3), (4, 0), (0, 0), (1, 3)])
def test_empty_and_tiny_matrices_give_empty_or_reasoned_results(method, shape):
    b = np.ones((shape[0], max(shape[1], 1))) if method == "pearson" else np.ones(shape)
    result = METHODS[method](np.ones(shape), b)
    assert len(result.p_value) == shape[1]
    assert all(result.reason)


@EVERY
def test_values_present_and_dropped_add_up(method):
    a, b = awkward()
    result = METHODS[method](a, b)
    rows = {"student_t": 12, "welch_t": 12, "anova_oneway": 12, "levene": 12}.get(method, 6)
    used = result.n_numerator + (0 if method == "paired_t" else result.n_denominator)
    np.testing.assert_array_equal(used + result.n_dropped, np.full(8, rows))


@EVERY
def test_infinite_values_are_refused(method):
    a, b = arms()
    a[0, 0] = np.inf
    with pytest.raises(ValueError, match="infinite"):
        METHODS[method](a, b)


@EVERY
def test_a_vector_is_not_a_matrix(method):
    with pytest.raises(ValueError, match="dimensions"):
        METHODS[method](np.ones(4), np.ones((4, 1)))


@pytest.mark.parametrize("method", ["student_t", "welch_t", "paired_t", "anova_oneway", "levene"])
def test_other_targets_in_the_other_arm_are_refused(method):
    with pytest.raises(ValueError, match="number of targets"):
        METHODS[method](np.ones((4, 2)), np.ones((4, 3)))


def test_pairs_need_equal_rows():
    with pytest.raises(ValueError, match="pairs need"):
        paired_t(np.ones((4, 2)), np.ones((3, 2)), confidence=0.95)


def test_scores_need_one_row_per_level():
    with pytest.raises(ValueError, match="4 rows of levels but 3 scores"):
        pearson(np.ones((4, 2)), np.ones(3), confidence=0.95)


def test_a_single_group_is_no_comparison():
    with pytest.raises(ValueError, match="at least 2"):
        anova_oneway([np.ones((4, 2))])


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_confidence_is_a_share(confidence):
    with pytest.raises(ValueError, match="confidence"):
        student_t(*arms(), confidence=confidence)


@pytest.mark.parametrize(
    ("method", "target", "words"),
    [
        ("student_t", 0, "too few values: 0 in the numerator and 6 in the denominator"),
        ("welch_t", 1, "too few values: 1 in the numerator and 6 in the denominator"),
        ("paired_t", 1, "too few complete pairs: 1"),
        ("paired_t", 4, "zero variance: all differences agree"),
        ("shapiro_wilk", 2, "zero variance: all values agree"),
        ("shapiro_wilk", 5, "too few values: 2, at least 3"),
        ("pearson", 2, "zero variance: all levels agree"),
        ("pearson", 5, "too few persons with both values: 2"),
        ("anova_oneway", 1, r"too few values: \[1, 6\] in the groups"),
        ("levene", 0, r"too few values: \[0, 6\] in the groups"),
    ],
)
def test_reasons_say_what_is_lacking(method, target, words):
    assert re.match(words, METHODS[method](*awkward()).reason[target])


def test_the_estimate_is_told_even_where_it_cannot_be_tested():
    a, b = awkward()
    assert paired_t(a, b, confidence=0.95).estimate[4] == pytest.approx(0.3)
    one = student_t(a, b, confidence=0.95).estimate[1]
    assert one == pytest.approx(a[0, 1] - b[:, 1].mean())


def test_one_constant_arm_can_be_tested():
    a, b = awkward()
    result = welch_t(a, b, confidence=0.95)
    assert result.reason[3] == ""
    assert result.df[3] == pytest.approx(5)


def test_a_line_has_a_coefficient_but_no_t():
    a, _ = arms()
    result = pearson(a, 2 - 3 * a[:, 0], confidence=0.95)
    assert result.estimate[0] == pytest.approx(-1)
    assert np.isnan(result.statistic[0])
    assert "one line" in result.reason[0]


def test_three_persons_have_r_but_no_interval():
    result = pearson(np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 3.0, 2.0]), confidence=0.95)
    assert np.isfinite(result.p_value[0])
    assert np.isnan(result.ci_low[0])
    assert "interval" in result.reason[0]


def test_more_values_than_royston_covers_have_no_shapiro_p():
    result = shapiro_wilk(np.random.default_rng(1).normal(size=(5001, 1)))
    assert np.isnan(result.p_value[0])
    assert "5001 values" in result.reason[0]


def test_wider_confidence_widens_the_interval():
    narrow, wide = (student_t(*arms(), confidence=c) for c in (0.8, 0.99))
    assert (wide.ci_low < narrow.ci_low).all()
    assert (wide.ci_high > narrow.ci_high).all()


def test_effect_sizes_have_their_textbook_values():
    a, b = np.array([[1.0], [3.0], [5.0]]), np.array([[1.0], [1.0], [4.0]])
    pooled = np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    assert student_t(a, b, confidence=0.95).effect_size[0] == pytest.approx(1 / pooled)
    assert welch_t(a, b, confidence=0.95).effect_size[0] == pytest.approx(1 / pooled)
    d = (a - b).ravel()
    dz = paired_t(a, b, confidence=0.95)
    assert dz.effect_size[0] == pytest.approx(d.mean() / d.std(ddof=1))
    between = 3 * 0.5**2 * 2
    total = ((np.concatenate([a, b]) - 2.5) ** 2).sum()
    assert anova_oneway([a, b]).effect_size[0] == pytest.approx(between / total)


def test_high_levels_lose_no_precision():
    a, b = (np.round(x * 2**20) / 2**20 for x in arms())
    low = student_t(a, b, confidence=0.95)
    high = student_t(a + 2**20, b + 2**20, confidence=0.95)
    np.testing.assert_allclose(high.statistic, low.statistic, rtol=1e-13)
    np.testing.assert_allclose(high.p_value, low.p_value, rtol=1e-12)
