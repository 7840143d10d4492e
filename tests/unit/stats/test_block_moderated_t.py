"""The block model: textbook cases, what it says where it cannot test, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.block_moderated_t import NO_CORRELATION, block_moderated_t
from stats.methods.consensus_correlation import consensus, own_correlations
from stats.methods.moderated_t import moderated_t_groups

ARMS = {"b_vs_a": ("b", "a")}


def pairs_of(n, rng, *, between, n_targets=30, effect=0.0):
    """Return levels, groups, patients of n complete pairs; rows of a first, then of b."""
    person = rng.normal(0, np.sqrt(between), (n, n_targets))
    noise = rng.normal(0, np.sqrt(1 - between), (2, n, n_targets))
    levels = np.concatenate([9 + person + noise[0], 9 + effect + person + noise[1]])
    names = [f"p{i:02d}" for i in range(n)]
    return levels, ["a"] * n + ["b"] * n, [*names, *names]


def fit(levels, groups, patients, arms=ARMS, **more):
    return block_moderated_t(levels, groups, patients, arms, covariates=None, confidence=0.95,
                             **more)  # fmt: skip


def test_the_own_correlation_of_complete_pairs_is_that_of_the_analysis_of_variance():
    levels, groups, patients = pairs_of(12, np.random.default_rng(1), between=0.5)
    design = np.array([[g == "a", g == "b"] for g in groups], dtype=float)
    a, b = levels[:12], levels[12:]
    between, within = (a + b).var(axis=0, ddof=1) / 2, (b - a).var(axis=0, ddof=1) / 2
    expected = np.clip((between - within) / (between + within), -0.99, 0.99)
    np.testing.assert_allclose(own_correlations(levels, design, patients), expected, atol=1e-9)


def test_the_consensus_is_a_trimmed_mean_on_the_atanh_scale():
    own = np.array([0.9, 0.5, np.nan, 0.1, 0.4, 0.3, 0.2, -0.9])
    kept = np.arctanh([0.1, 0.2, 0.3, 0.4, 0.5])
    assert consensus(own) == pytest.approx(np.tanh(kept.mean()))
    assert np.isnan(consensus(np.array([np.nan])))


def test_complete_pairs_estimate_the_mean_difference_whatever_the_correlation():
    levels, groups, patients = pairs_of(10, np.random.default_rng(2), between=0.6, effect=1.0)
    for correlation in (None, 0.0, 0.8):
        result = fit(levels, groups, patients, correlation=correlation)["b_vs_a"]
        np.testing.assert_allclose(
            result.estimate, (levels[10:] - levels[:10]).mean(axis=0), rtol=1e-9
        )
        assert (result.n_pairs == 10).all()


def test_without_correlation_it_is_the_moderated_t_of_independent_groups():
    levels, groups, patients = pairs_of(9, np.random.default_rng(3), between=0.0)
    ours = fit(levels, groups, patients, correlation=0.0)["b_vs_a"]
    plain = moderated_t_groups(
        levels[9:], levels[:9], covariates=None, trend=False, robust=False, confidence=0.95
    )
    for name in ("estimate", "ci_low", "statistic", "df", "p_value", "effect_size"):
        np.testing.assert_allclose(getattr(ours, name), getattr(plain, name), rtol=1e-9)


def test_a_target_far_from_the_consensus_is_told_beside_its_numbers():
    levels, groups, patients = pairs_of(15, np.random.default_rng(4), between=0.1)
    levels[15:, 0] = levels[:15, 0] + np.random.default_rng(5).normal(0, 0.1, 15)
    result = fit(levels, groups, patients)["b_vs_a"]
    assert result.reason[0].startswith("own correlation within patients 0.9")
    assert np.isfinite(result.p_value[0])
    assert result.details["own_correlation"][0] > 0.9
    shared = result.details["consensus_correlation"]
    for own, words in zip(result.details["own_correlation"], result.reason, strict=True):
        assert bool(words) == (abs(own - shared[0]) > 0.3)


def test_gaps_are_counted_and_told():
    levels, groups, patients = pairs_of(8, np.random.default_rng(6), between=0.5)
    levels[:8, 0] = np.nan
    levels[:, 1] = np.nan
    levels[3, 2] = np.nan
    levels[:, 3] = 7.5
    result = fit(levels, groups, patients)["b_vs_a"]
    assert np.isnan(result.p_value[:2]).all()
    assert "0 in the denominator" in result.reason[0]
    assert "from 0 values" in result.reason[1]
    assert (result.n_pairs[2], result.n_denominator[2], result.n_dropped[2]) == (7, 7, 1)
    assert np.isfinite(result.p_value[2])
    assert np.isnan(result.details["own_correlation"][3])
    for p, reason in zip(result.p_value, result.reason, strict=True):
        assert np.isfinite(p) or reason


def test_patients_with_one_sample_each_have_no_correlation():
    levels, groups, _ = pairs_of(6, np.random.default_rng(7), between=0.5)
    result = fit(levels, groups, [f"q{i}" for i in range(12)])["b_vs_a"]
    assert np.isnan(result.p_value).all()
    assert set(result.reason) == {NO_CORRELATION}


def test_an_arm_without_samples_is_told():
    levels, groups, patients = pairs_of(6, np.random.default_rng(8), between=0.5)
    result = fit(levels, groups, patients, {"c_vs_a": ("c", "a"), **ARMS})
    assert "from 0 values in the numerator" in result["c_vs_a"].reason[0]
    assert np.isfinite(result["b_vs_a"].p_value).all()


def test_covariates_adjust_and_a_sample_without_them_does_not_enter():
    rng = np.random.default_rng(9)
    levels, groups, patients = pairs_of(12, rng, between=0.5, effect=0.5)
    day = rng.normal(0, 1, 24)
    levels = levels + 2 * day[:, None]
    day[5] = np.nan
    plain = fit(levels, groups, patients)["b_vs_a"]
    adjusted = block_moderated_t(
        levels, groups, patients, ARMS, covariates=day[:, None], confidence=0.95
    )["b_vs_a"]
    assert (adjusted.n_denominator == 11).all()
    assert (adjusted.n_dropped == 1).all()
    assert np.median(np.abs(adjusted.estimate - 0.5)) < np.median(np.abs(plain.estimate - 0.5))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"groups": ["a"] * 3}, "rows of levels"),
        ({"correlation": 1.0}, "correlation is 1.0"),
        ({"covariates": np.ones((3, 1))}, "rows of levels"),
    ],
)
def test_what_does_not_fit_is_refused(change, words):
    levels, groups, patients = pairs_of(4, np.random.default_rng(10), between=0.5)
    given = {"groups": groups, "covariates": None, "correlation": None, **change}
    with pytest.raises(ValueError, match=words):
        block_moderated_t(
            levels, given["groups"], patients, ARMS, covariates=given["covariates"],
            confidence=0.95, correlation=given["correlation"],
        )  # fmt: skip


def test_targets_without_variance_have_no_say_in_the_consensus():
    levels, groups, patients = pairs_of(10, np.random.default_rng(11), between=0.6)
    plain = fit(levels, groups, patients)["b_vs_a"].details["consensus_correlation"][0]
    steady = np.full((20, 15), 8.1)
    steady[10:] += 0.3  # constant within each group: rounding is all that is left
    both = fit(np.column_stack([levels, steady]), groups, patients)["b_vs_a"]
    assert both.details["consensus_correlation"][0] == plain
    assert np.isnan(both.details["own_correlation"][30:]).all()
