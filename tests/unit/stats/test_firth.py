"""Firth's logistic regression: against a closed form, under separation, gaps with reasons."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special
from scipy import stats as sps

from stats.methods.firth_design import DEPENDENT, firth_design
from stats.methods.firth_logistic import SEPARATED, firth_logistic

pytestmark = pytest.mark.filterwarnings("error")
NAN = float("nan")


def persons(a, b, c, d):
    """Return level 1 or 0 and event 1 or 0 of every person of a table."""
    cells = (((1, 1), a), ((1, 0), b), ((0, 1), c), ((0, 0), d))
    level, event = zip(*[pair for pair, n in cells for _ in range(n)], strict=True)
    return np.array(level, dtype=float)[:, None], np.array(event, dtype=float)


@pytest.mark.parametrize("table", [(8, 22, 17, 13), (0, 30, 24, 6), (1, 0, 0, 11), (3, 3, 3, 3)])
def test_a_table_has_half_a_person_more_in_every_cell(table):
    # Jeffreys' prior of two free proportions: the estimate has a closed form, the profile nearly.
    level, event = persons(*table)
    a, b, c, d = np.array(table) + 0.5
    r = firth_logistic(level, event, confidence=0.95)
    expected = np.log(a * d / (b * c))
    assert r.effect_size[0] / r.details["sd"][0] == pytest.approx(expected, abs=1e-9)

    def height(first, ratio):
        second = first - ratio
        return (
            a * special.log_expit(first) + b * special.log_expit(-first)
            + c * special.log_expit(second) + d * special.log_expit(-second)
        )  # fmt: skip

    grid = np.linspace(-12, 12, 480_001)
    top = height(np.log(a / b), expected)
    for bound in (r.ci_low[0], r.ci_high[0]):
        lost = 2 * (top - height(grid, np.log(bound) / r.details["sd"][0]).max())
        assert lost == pytest.approx(sps.chi2.isf(0.05, 1), abs=1e-6)
    lost = 2 * (top - height(grid, 0).max())
    assert r.p_value[0] == pytest.approx(sps.chi2.sf(lost, 1), abs=1e-7)


def test_a_level_that_separates_has_a_finite_odds_ratio_and_says_so():
    level = np.arange(12.0)[:, None]
    r = firth_logistic(level, level[:, 0] > 6, confidence=0.95)
    assert np.isfinite([r.estimate[0], r.ci_low[0], r.ci_high[0]]).all()
    assert r.reason == (SEPARATED,)
    assert r.details["is_separated"][0] == 1
    assert r.p_value[0] < 0.01


def test_the_unit_is_a_standard_deviation_of_the_persons_that_entered():
    rng = np.random.default_rng(4)
    level, event = rng.normal(9, 3, (40, 1)), rng.random(40) < 0.4
    gap = level.copy()
    gap[[1, 5]] = NAN
    unknown = event.astype(float)
    unknown[9] = NAN
    kept = np.delete(np.arange(40), [1, 5, 9])
    r = firth_logistic(gap, unknown, confidence=0.95)
    alone = firth_logistic(level[kept], event[kept], confidence=0.95)
    assert r.estimate[0] == pytest.approx(alone.estimate[0], rel=1e-12)
    assert r.details["sd"][0] == pytest.approx(level[kept].std(ddof=1))
    assert (r.n_numerator[0], r.n_denominator[0]) == (event[kept].sum(), (~event[kept]).sum())
    assert r.n_dropped[0] == 3
    design = np.column_stack([np.ones(len(kept)), level[kept]])
    model = firth_design(design, event[kept], confidence=0.95)
    per_unit = model.coefficients[1] * r.details["sd"][0]
    assert r.estimate[0] == pytest.approx(np.exp(per_unit), rel=1e-9)
    assert r.p_value[0] == pytest.approx(model.p_value[1], rel=1e-7)


@pytest.mark.parametrize(
    ("levels", "events", "words"),
    [
        ([1, 2, NAN], [1, 0, 1], "too few persons with level and outcome: 2, at least 3"),
        ([1, 2, 3, 4], [1, 1, 1, NAN], "odds need both outcomes: 3 of 3 persons have the event"),
        ([1, 2, 3, 4], [0, 0, 0, 0], "odds need both outcomes: 0 of 4 persons have the event"),
        ([5, 5, 5, NAN], [1, 0, 1, 0], "zero variance: all levels agree"),
    ],
)
def test_what_cannot_be_computed_says_why(levels, events, words):
    r = firth_logistic(np.array(levels, dtype=float)[:, None], events, confidence=0.95)
    assert r.reason[0].startswith(words)
    assert np.isnan([r.estimate[0], r.ci_low[0], r.ci_high[0], r.p_value[0]]).all()


def test_a_target_without_a_model_leaves_the_others_alone():
    rng = np.random.default_rng(5)
    levels, events = rng.normal(size=(30, 3)), rng.random(30) < 0.5
    alone = firth_logistic(levels, events, confidence=0.95)
    levels[:, 1] = 4
    beside = firth_logistic(levels, events, confidence=0.95)
    np.testing.assert_allclose(beside.ci_high[[0, 2]], alone.ci_high[[0, 2]], rtol=1e-12)


@pytest.mark.parametrize(
    ("levels", "events", "words"),
    [
        (np.zeros((3, 1)), [1, 0], "3 rows of levels but 2 events"),
        (np.zeros((3, 1)), [1, 0, 2], "an event is 1, no event 0"),
        (np.array([[1.0], [np.inf]]), [1, 0], "infinite"),
    ],
)
def test_what_is_no_data_is_refused(levels, events, words):
    with pytest.raises(ValueError, match=words):
        firth_logistic(levels, events, confidence=0.95)


def test_a_design_with_dependent_columns_or_too_few_persons_has_a_reason():
    x = np.arange(8.0)
    events = x % 2
    twice = firth_design(np.column_stack([np.ones(8), x, 2 * x + 3]), events, confidence=0.95)
    assert twice.reason == DEPENDENT
    few = firth_design(np.column_stack([np.ones(8), x])[:2], events[:2], confidence=0.95)
    assert few.reason == "too few persons with all values: 2, at least 3 are needed"
    one = firth_design(np.column_stack([np.ones(8), x]), np.ones(8), confidence=0.95)
    assert one.reason.startswith("odds need both outcomes: 8 of 8")
    for model in (twice, few, one):
        assert np.isnan(model.coefficients).all()


def test_a_plane_of_several_columns_that_separates_is_found():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(30, 2))
    design = np.column_stack([np.ones(30), x])
    leaning = firth_design(design, x.sum(axis=1) > 0.2, confidence=0.95)
    assert leaning.is_separated
    assert not firth_logistic(x, x.sum(axis=1) > 0.2, confidence=0.95).details["is_separated"].any()
    assert not firth_design(design, rng.random(30) < 0.5, confidence=0.95).is_separated
