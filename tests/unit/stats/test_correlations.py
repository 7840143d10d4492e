"""Rank and partial correlations and change on change: by hand, by another road, gaps with reasons."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats as sps

from stats.methods.change_on_change import change_on_change
from stats.methods.pearson import pearson
from stats.methods.spearman import spearman

pytestmark = pytest.mark.filterwarnings("error")
NAN = float("nan")


def column(*values):
    return np.array(values, dtype=float)[:, None]


def visits(n=20, m=3, seed=3):
    rng = np.random.default_rng(seed)
    before = rng.normal(9, 1, (n, m))
    x0 = rng.uniform(2, 9, n)
    x1 = x0 - rng.uniform(0, 4, n)
    after = 2 + 0.6 * before + 0.1 * x0[:, None] + 0.3 * (x1 - x0)[:, None]
    return before, after + rng.normal(0, 0.3, (n, m)), x0, x1


def test_spearman_by_hand():
    # d = rank differences 1, 0, −2, 1, 0: rho = 1 − 6 · 6 / (5 · 24).
    r = spearman(column(20, 10, 30, 50, 40)[[1, 0, 2, 4, 3]], [2, 1, 3, 5, 4], confidence=0.95)
    d = np.array([1, 2, 3, 4, 5]) - np.array([2, 1, 3, 5, 4])
    rho = 1 - 6 * (d**2).sum() / (5 * 24)
    assert r.estimate[0] == pytest.approx(rho)
    assert r.statistic[0] == pytest.approx(rho * np.sqrt(3 / (1 - rho**2)))
    z = np.arctanh(rho) + 1.959963984540054 * np.sqrt((1 + rho**2 / 2) / 2)
    assert r.ci_high[0] == pytest.approx(np.tanh(z))
    assert r.effect_size_kind == "rho"


def test_ranks_are_those_of_the_complete_persons():
    x, y = column(1, 5, NAN, 2, 8, 3), np.array([1.0, 4, 9, 3, NAN, 2])
    r = spearman(x, y, confidence=0.95)
    rho = sps.spearmanr([1, 5, 2, 3], [1, 4, 3, 2]).statistic
    assert r.estimate[0] == pytest.approx(rho)
    assert (r.n_numerator[0], r.n_dropped[0]) == (4, 2)


def test_spearman_does_not_mind_a_monotone_scale():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(15, 3)), rng.normal(size=15)
    plain, bent = (spearman(f(x), np.exp(y), confidence=0.95) for f in (np.copy, np.sinh))
    np.testing.assert_array_equal(plain.p_value, bent.p_value)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([1, 2, NAN], [1, 2, 3], "too few persons with both values: 2"),
        ([4, 4, 4, 4], [1, 2, 3, 4], "zero variance: all levels agree"),
        ([1, 2, 3, 4], [5, 5, 5, 5], "zero variance: all scores agree"),
        ([1, 2, 3, 4], [2, 4, 8, 16], "the ranks agree fully"),
        ([1, 3, 2], [1, 2, 3], "too few persons for an interval: 3, at least 4"),
    ],
)
def test_spearman_says_what_is_lacking(x, y, words):
    r = spearman(column(*x), np.array(y, dtype=float), confidence=0.95)
    assert r.reason[0].startswith(words)
    assert np.isnan(r.ci_low[0])


def test_partial_correlation_is_that_of_residuals():
    rng = np.random.default_rng(9)
    z = rng.normal(size=(25, 2))
    x, y = z @ [1, -2] + rng.normal(size=25), (z @ [0.5, 1])[:, None] + rng.normal(size=(25, 4))
    r = pearson(y, x, confidence=0.95, covariates=z)
    full = np.column_stack([np.ones(25), z])
    ex, ey = (v - full @ np.linalg.lstsq(full, v, rcond=None)[0] for v in (x, y))
    expected = (ex @ ey) / np.sqrt((ex @ ex) * (ey**2).sum(axis=0))
    np.testing.assert_allclose(r.estimate, expected, rtol=1e-10)
    np.testing.assert_array_equal(r.df, [21] * 4)
    width = np.arctanh(r.ci_high) - np.arctanh(r.estimate)
    np.testing.assert_allclose(width, 1.959963984540054 / np.sqrt(20), rtol=1e-10)


def test_no_covariates_are_pearsons_correlation():
    rng = np.random.default_rng(9)
    y, x = rng.normal(size=(25, 4)), rng.normal(size=25)
    plain = pearson(y, x, confidence=0.95)
    none = pearson(y, x, confidence=0.95, covariates=np.empty((25, 0)))
    for name in ("estimate", "p_value", "ci_low", "df"):
        np.testing.assert_allclose(getattr(plain, name), getattr(none, name), rtol=1e-12)


def test_partial_correlation_says_what_is_lacking():
    rng = np.random.default_rng(1)
    y, x, z = rng.normal(size=(8, 5)), rng.normal(size=8), rng.normal(size=(8, 1))
    y[:, 1] = 3 * z[:, 0] - 1
    y[:, 2] = 7.7
    y[3:, 3] = NAN
    y[:, 4] = x - 2 * z[:, 0]
    r = pearson(y, x, confidence=0.95, covariates=z)
    assert r.reason == (
        "",
        "the level follows from covariate 1",
        "zero variance: the level is the same for all",
        "too few persons with all values: 3, at least 4 are needed",
        "the values lie on one line: t and the interval are not finite",
    )
    assert r.estimate[4] == pytest.approx(1)
    assert np.isnan(r.statistic).tolist() == [False, True, True, True, True]
    same = pearson(y[:, :1], 2 * z[:, 0], confidence=0.95, covariates=z)
    assert same.reason == ("the score follows from covariate 1",)
    twice = pearson(y[:, :1], x, confidence=0.95, covariates=np.column_stack([z, 3 - z]))
    assert twice.reason == ("covariate 2 follows from covariate 1",)
    four = pearson(y[:4, :1], x[:4], confidence=0.95, covariates=z[:4])
    assert four.reason == ("too few persons for an interval: 4, at least 5 are needed",)


def test_change_on_change_equals_least_squares():
    before, after, x0, x1 = visits()
    r = change_on_change(before, after, x0, x1, confidence=0.95)
    for j in range(3):
        design = np.column_stack([np.ones(20), before[:, j], x0, x1 - x0])
        beta, (rss,), *_ = np.linalg.lstsq(design, after[:, j], rcond=None)
        se = np.sqrt(rss / 16 * np.linalg.inv(design.T @ design)[3, 3])
        assert r.estimate[j] == pytest.approx(beta[3])
        assert r.statistic[j] == pytest.approx(beta[3] / se)
        assert r.ci_low[j] == pytest.approx(beta[3] - sps.t.isf(0.025, 16) * se)
        t = r.statistic[j]
        assert r.effect_size[j] == pytest.approx(t / np.sqrt(t**2 + 16))
    assert r.df.tolist() == [16] * 3


def test_regression_to_the_mean_alone_correlates_changes_but_not_this():
    rng = np.random.default_rng(12)
    hidden = rng.normal(size=(4000, 1))
    before, after = (hidden + rng.normal(size=(4000, 1)) for _ in range(2))
    x0 = before[:, 0] + rng.normal(size=4000)  # a score that shares the baseline's noise
    x1 = rng.normal(size=4000)
    naive = pearson(after - before, x1 - x0, confidence=0.95)
    assert naive.estimate[0] > 0.2
    assert abs(change_on_change(before, after, x0, x1, confidence=0.95).effect_size[0]) < 0.06


def test_change_on_change_says_what_is_lacking():
    before, after, x0, x1 = visits()
    before[:, 1] = 8.1
    after[4:, 2] = NAN
    r = change_on_change(before, after, x0, x1, confidence=0.95)
    assert r.reason == (
        "",
        "zero variance: the level before is the same for all",
        "too few persons with all values: 4, at least 5 are needed",
    )
    assert r.n_dropped.tolist() == [0, 0, 16]
    fixed = change_on_change(before, after, x0, 0.5 * x0, confidence=0.95)
    assert fixed.reason[0].startswith("the change of the score follows from")
    plane = change_on_change(before[:, :1], before[:, :1] + x1[:, None], x0, x1, confidence=0.95)
    assert plane.reason[0].startswith("the values lie in one plane")
    assert plane.estimate[0] == pytest.approx(1)


def test_rows_that_do_not_fit_are_refused():
    before, after, x0, x1 = visits()
    with pytest.raises(ValueError, match="persons need all"):
        change_on_change(before, after, x0, x1[:-1], confidence=0.95)
    with pytest.raises(ValueError, match="of covariates"):
        pearson(before, x0, confidence=0.95, covariates=np.ones((3, 1)))
    with pytest.raises(ValueError, match="scores"):
        spearman(before, x0[:-1], confidence=0.95)


@pytest.mark.parametrize("shape", [(0, 3), (4, 0), (0, 0), (1, 3)])
def test_empty_and_tiny_matrices(shape):
    y, x, z = np.ones(shape), np.ones(shape[0]), np.ones((shape[0], 2))
    for r in (
        spearman(y, x, confidence=0.95),
        pearson(y, x, confidence=0.95, covariates=z),
        change_on_change(y, y, x, x, confidence=0.95),
    ):
        assert len(r.p_value) == shape[1]
        assert all(r.reason)
