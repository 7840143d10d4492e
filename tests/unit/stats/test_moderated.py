"""Moderated tests: what they return, and what they say where they cannot."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest
from scipy import stats as sps

from stats.methods.moderated_t import (
    moderated_t,
    moderated_t_contrasts,
    moderated_t_groups,
    moderated_t_pairs,
)
from stats.methods.student_t import student_t

pytestmark = pytest.mark.filterwarnings("error")
PLAIN = {"trend": False, "robust": False, "confidence": 0.95}
FULL = {"trend": True, "robust": True, "confidence": 0.95}


def groups(a, b, **options):
    return moderated_t_groups(a, b, covariates=None, **(options or PLAIN))


def pairs(a, b, **options):
    return moderated_t_pairs(a, b, **(options or PLAIN))


BOTH = pytest.mark.parametrize("method", [groups, pairs], ids=["groups", "pairs"])
EVERY_SETTING = pytest.mark.parametrize("options", [PLAIN, FULL], ids=["plain", "full"])


def arms(n=6, m=12, seed=4):
    rng = np.random.default_rng(seed)
    sd = rng.uniform(0.2, 1.5, m)
    return rng.normal(9, sd, (n, m)), rng.normal(9.5, sd, (n, m))


def awkward():
    """Targets 0–5: all missing, one value, constant, shifted by a constant, 1 v 1, two values."""
    a, b = arms()
    a[:, 0] = b[:, 0] = np.nan
    a[1:, 1] = np.nan
    a[:, 2] = b[:, 2] = 8.1
    a[:, 3] = b[:, 3] = 8.3
    a[:, 3] += 0.3
    a[1:, 4] = b[1:, 4] = np.nan
    a[2:, 5] = np.nan
    return a, b


@BOTH
@EVERY_SETTING
def test_every_array_has_one_entry_per_target(method, options):
    result = method(*awkward(), **options)
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if field.name == "details":
            assert set(value) == {
                "mean_level_log2", "residual_variance", "residual_df", "prior_variance",
                "prior_df", "posterior_variance",
            }  # fmt: skip
            assert all(len(values) == 12 for values in value.values())
        elif field.name not in ("effect_size_kind", "verdict") and value is not None:
            assert len(value) == 12, field.name


@BOTH
@EVERY_SETTING
def test_no_gap_without_a_reason_and_no_infinity(method, options):
    result = method(*awkward(), **options)
    assert not np.isinf([result.statistic, result.estimate, result.p_value, result.df]).any()
    for p, reason in zip(result.p_value, result.reason, strict=True):
        assert not np.isnan(p) or reason


@pytest.mark.parametrize(
    ("method", "target", "words"),
    [
        (groups, 0, "too few values: 0 in the numerator and 0 in the denominator"),
        (groups, 2, "zero residual variance: the prior variance of the panel alone"),
        (groups, 3, "zero residual variance"),
        (groups, 4, "no residual degrees of freedom: the prior variance of the panel alone"),
        (groups, 6, "$"),
        (pairs, 0, "too few complete pairs: 0, at least 1"),
        (pairs, 3, "zero residual variance"),
        (pairs, 4, "no residual degrees of freedom"),
    ],
)
def test_reasons_say_what_is_lacking(method, target, words):
    assert re.match(words, method(*awkward()).reason[target])


def test_a_target_without_own_df_is_tested_by_the_prior():
    result = groups(*awkward())
    d = result.details
    assert d["residual_df"][4] == 0
    assert d["posterior_variance"][4] == d["prior_variance"][4]
    assert result.df[4] == d["prior_df"][4]
    assert np.isfinite(result.p_value[4])


def test_numbers_are_those_of_the_formulas():
    a, b = arms()
    result, ordinary = groups(a, b), student_t(a, b, confidence=0.95)
    d = result.details
    pooled = ((a - a.mean(0)) ** 2 + (b - b.mean(0)) ** 2).sum(0) / 10
    np.testing.assert_allclose(d["residual_variance"], pooled)
    drawn = (10 * pooled + d["prior_df"] * d["prior_variance"]) / (10 + d["prior_df"])
    np.testing.assert_allclose(d["posterior_variance"], drawn)
    error = np.sqrt(drawn / 3)
    np.testing.assert_allclose(result.estimate, ordinary.estimate)
    np.testing.assert_allclose(result.statistic, ordinary.estimate / error)
    np.testing.assert_allclose(result.df, 10 + d["prior_df"])
    np.testing.assert_allclose(result.p_value, 2 * sps.t.sf(abs(result.statistic), result.df))
    half = sps.t.ppf(0.975, result.df) * error
    np.testing.assert_allclose(result.ci_high, result.estimate + half)
    np.testing.assert_allclose(result.effect_size, ordinary.estimate / np.sqrt(drawn))
    np.testing.assert_allclose(d["mean_level_log2"], np.vstack([a, b]).mean(0))
    assert (result.effect_size_kind, pairs(a, b).effect_size_kind) == (
        "moderated_d", "moderated_dz",
    )  # fmt: skip


def test_a_single_target_is_an_ordinary_t_test_and_says_so():
    a, b = arms(m=1)
    result, ordinary = groups(a, b), student_t(a, b, confidence=0.95)
    np.testing.assert_allclose(result.p_value, ordinary.p_value)
    np.testing.assert_allclose(result.ci_low, ordinary.ci_low)
    assert "single target" in result.reason[0]


def test_without_any_residual_variance_nothing_is_tested():
    a, b = arms(n=1, m=3)
    result = groups(a, b)
    assert np.isnan(result.p_value).all()
    assert np.isfinite(result.estimate).all()
    assert set(result.reason) == {"no prior: no target has a residual variance"}


def test_a_single_informative_target_does_not_speak_for_the_others():
    a, b = arms(m=3)
    a[1:, :2] = b[1:, :2] = np.nan
    result = groups(a, b)
    assert np.isnan(result.p_value[:2]).all()
    assert "no residual degrees of freedom; no prior from a single target" in result.reason[0]
    assert np.isfinite(result.p_value[2])


def test_a_panel_of_constants_is_not_tested():
    a, b = np.full((4, 3), 8.0), np.full((4, 3), 9.0)
    result = groups(a, b)
    assert np.isnan(result.p_value).all()
    np.testing.assert_allclose(result.estimate, -1)
    assert "half or more" in result.reason[0]


def test_an_infinite_prior_shares_one_variance():
    rng = np.random.default_rng(8)
    # Deviations of one size in every target: the variances differ less than chance makes them.
    ladder = np.array([-1.5, -0.5, 0.5, 1.5])[:, None] * rng.uniform(0.9, 1.1, 30)
    result = groups(9 + rng.permuted(ladder, axis=0), 9 + rng.permuted(ladder, axis=0))
    assert np.isinf(result.details["prior_df"]).all()
    np.testing.assert_allclose(result.df, 6 * 30)
    pooled = result.details["residual_variance"].mean()
    np.testing.assert_allclose(result.details["posterior_variance"], pooled)


def test_covariates_are_adjusted_for_and_persons_without_one_left_out():
    rng = np.random.default_rng(9)
    ages = np.linspace(45, 75, 12)[:, None], np.linspace(35, 65, 9)[:, None]
    a, b = (0.1 * age + rng.normal(0, 0.3, (len(age), 20)) for age in ages)
    raw = moderated_t_groups(a, b, covariates=None, **PLAIN)
    adjusted = moderated_t_groups(a, b, covariates=ages, **PLAIN)
    assert abs(raw.estimate.mean()) > 0.5
    assert abs(adjusted.estimate.mean()) < 0.2
    lacking = ages[0].copy()
    lacking[3] = np.nan
    dropped = moderated_t_groups(a, b, covariates=(lacking, ages[1]), **PLAIN)
    without = moderated_t_groups(
        np.delete(a, 3, 0), b, covariates=(np.delete(ages[0], 3, 0), ages[1]), **PLAIN
    )
    np.testing.assert_allclose(dropped.p_value, without.p_value, rtol=1e-9)
    assert (dropped.n_numerator == 11).all()
    assert (dropped.n_dropped == 1).all()


def test_counts_add_up():
    a, b = awkward()
    result = groups(a, b)
    np.testing.assert_array_equal(result.n_numerator + result.n_denominator + result.n_dropped, 12)
    np.testing.assert_array_equal(result.n_numerator, (~np.isnan(a)).sum(0))
    paired = pairs(a, b)
    np.testing.assert_array_equal(paired.n_pairs + paired.n_dropped, 6)
    design = np.eye(2)[np.repeat([0, 1], 6)]
    model = moderated_t(np.vstack([a, b]), design, [1, -1], **PLAIN)
    np.testing.assert_array_equal(model.n_numerator, result.n_numerator + result.n_denominator)
    np.testing.assert_allclose(model.p_value, result.p_value, rtol=1e-10)


def test_a_contrast_that_samples_do_not_carry_has_words():
    levels, group = np.vstack(arms()), np.arange(12) % 3
    levels[group == 2, 0] = np.nan
    found = moderated_t_contrasts(
        levels, np.eye(3)[group], {"kept": [1, -1, 0], "lost": [1, 0, -1]}, **PLAIN
    )
    assert np.isfinite(found["kept"].p_value).all()
    assert np.isnan(found["lost"].p_value[0])
    assert found["lost"].reason[0] == (
        "not estimable: the 8 samples with a level do not carry this contrast"
    )


@pytest.mark.parametrize("shape", [(0, 3), (4, 0), (0, 0), (1, 3)])
@BOTH
@EVERY_SETTING
def test_empty_and_tiny_matrices_give_empty_or_reasoned_results(method, shape, options):
    result = method(np.ones(shape), np.ones(shape), **options)
    assert len(result.p_value) == shape[1]
    assert all(result.reason)


@BOTH
def test_what_does_not_fit_is_refused(method):
    a, b = arms()
    with pytest.raises(ValueError, match="number of targets"):
        method(a, b[:, :3])
    with pytest.raises(ValueError, match="confidence"):
        method(a, b, trend=False, robust=False, confidence=95)
    a[0, 0] = np.inf
    with pytest.raises(ValueError, match="infinite"):
        method(a, b)


def test_pairs_need_equal_rows_and_covariates_one_row_per_person():
    a, b = arms()
    with pytest.raises(ValueError, match="pairs need equal"):
        pairs(a, b[:5])
    with pytest.raises(
        ValueError, match=re.escape("covariates have [6, 5] rows, the groups [6, 6]")
    ):
        moderated_t_groups(a, b, covariates=(np.ones((6, 1)), np.ones((5, 1))), **PLAIN)
