"""Laws of the moderated tests that hold for every input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from stats.methods.moderated_t import (
    moderated_t,
    moderated_t_contrasts,
    moderated_t_groups,
    moderated_t_pairs,
)
from stats.methods.treat import treat_groups, treat_pairs

SHORT = settings(deadline=None, max_examples=15)
CLOSE = {"rtol": 1e-7, "atol": 1e-10, "equal_nan": True}
SETTINGS = [
    {"trend": trend, "robust": robust} for trend in (False, True) for robust in (False, True)
]
EVERY = pytest.mark.parametrize("setting", SETTINGS, ids=str)
QUANTITIES = ("estimate", "ci_low", "ci_high", "statistic", "df", "p_value", "effect_size")


def groups(a, b, setting):
    return moderated_t_groups(a, b, covariates=None, **setting, confidence=0.95)


def pairs(a, b, setting):
    return moderated_t_pairs(a, b, **setting, confidence=0.95)


def treated_groups(a, b, setting):
    return treat_groups(a, b, covariates=None, minimum_log2fc=0.585, **setting, confidence=0.95)


def treated_pairs(a, b, setting):
    return treat_pairs(a, b, minimum_log2fc=0.585, **setting, confidence=0.95)


PAIRED = (pairs, treated_pairs)
MODERATED = pytest.mark.parametrize("method", [groups, pairs], ids=["groups", "pairs"])
ARMS = pytest.mark.parametrize("method", [groups, pairs, treated_groups, treated_pairs])

level = st.one_of(st.integers(0, 16 * 1024).map(lambda k: k / 1024), st.just(float("nan")))


@st.composite
def matrices(draw, most_targets=14):
    """Return two arms of the same shape, levels on a grid of 2^-10, ties and gaps among them."""
    shape = (draw(st.integers(2, 8)), draw(st.integers(1, most_targets)))
    return tuple(draw(hnp.arrays(np.float64, shape, elements=level)) for _ in range(2))


def seeded(seed, n=8, m=14, share=0.1):
    """Return two arms of normal levels with gaps: the prior is then seldom on an edge."""
    rng = np.random.default_rng(seed)
    arms = rng.normal(9, rng.uniform(0.2, 1.5, m), (2, n, m))
    arms[rng.random(arms.shape) < share] = np.nan
    return np.round(arms * 1024) / 1024


def same(left, right, quantities=QUANTITIES):
    for quantity in quantities:
        np.testing.assert_allclose(
            getattr(left, quantity), getattr(right, quantity), err_msg=quantity, **CLOSE
        )
    assert left.reason == right.reason


@ARMS
@EVERY
@SHORT
@given(seed=st.integers(0, 2**32 - 1))
def test_swapping_arms_flips_the_sign_and_keeps_p(method, setting, seed):
    a, b = seeded(seed)
    forth, back = method(a, b, setting), method(b, a, setting)
    np.testing.assert_allclose(forth.statistic, -back.statistic, **CLOSE)
    np.testing.assert_allclose(forth.ci_low, -back.ci_high, **CLOSE)
    np.testing.assert_allclose(forth.p_value, back.p_value, **CLOSE)


@ARMS
@EVERY
@SHORT
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_persons_does_not_matter(method, setting, seed):
    a, b = seeded(seed)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(a))
    other = order if method in PAIRED else rng.permutation(len(b))
    same(method(a, b, setting), method(a[order], b[other], setting))


@ARMS
@EVERY
@SHORT
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_targets_does_not_matter(method, setting, seed):
    a, b = seeded(seed)
    order = np.random.default_rng(seed).permutation(a.shape[1])
    whole, mixed = method(a, b, setting), method(a[:, order], b[:, order], setting)
    for quantity in QUANTITIES:
        np.testing.assert_allclose(
            getattr(whole, quantity)[order], getattr(mixed, quantity), err_msg=quantity, **CLOSE
        )


@ARMS
@EVERY
@SHORT
@given(seed=st.integers(0, 2**32 - 1), shift=st.integers(-64, 64))
def test_a_constant_in_log2_changes_nothing(method, setting, seed, shift):
    a, b = seeded(seed)
    same(method(a, b, setting), method(a + shift, b + shift, setting))


@ARMS
@EVERY
@SHORT
@given(arms=matrices())
def test_a_gap_has_a_reason_and_p_is_a_probability(method, setting, arms):
    result = method(*arms, setting)
    for p, statistic, reason in zip(result.p_value, result.statistic, result.reason, strict=True):
        assert np.isnan(p) == np.isnan(statistic)
        assert not np.isinf(statistic)
        assert 0 <= p <= 1 or (np.isnan(p) and reason)


@ARMS
@EVERY
@SHORT
@given(arms=matrices())
def test_variances_and_degrees_of_freedom_stay_within_their_bounds(method, setting, arms):
    result = method(*arms, setting)
    d = {name: np.asarray(values) for name, values in result.details.items()}
    tested = ~np.isnan(result.p_value)
    total = d["residual_df"][d["residual_df"] > 0].sum()
    assert (result.df[tested] <= total * (1 + 1e-12)).all()
    assert (result.df[tested] >= d["residual_df"][tested] * (1 - 1e-12)).all()
    both = tested & (d["residual_df"] > 0) & (d["prior_df"] > 0)
    ends = np.sort([d["residual_variance"][both], d["prior_variance"][both]], axis=0)
    post = d["posterior_variance"][both]
    assert (post >= ends[0] * (1 - 1e-12)).all()
    assert (post <= ends[1] * (1 + 1e-12)).all()


@MODERATED
@EVERY
@SHORT
@given(seed=st.integers(0, 2**32 - 1))
def test_the_interval_excludes_zero_exactly_when_p_is_below_the_level(method, setting, seed):
    result = method(*seeded(seed), setting)
    for p, low, high in zip(result.p_value, result.ci_low, result.ci_high, strict=True):
        if not np.isnan(p) and abs(p - 0.05) > 1e-9:
            assert (p < 0.05) == (low > 0 or high < 0)


@EVERY
@SHORT
@given(seed=st.integers(0, 2**32 - 1))
def test_pairs_equal_patients_as_fixed_blocks(setting, seed):
    a, b = seeded(seed)
    lacking = np.isnan(a) | np.isnan(b)
    a[lacking] = b[lacking] = np.nan
    assume((~lacking).sum(axis=0).min() >= 2)
    n = len(a)
    design = np.column_stack([np.tile(np.eye(n), (2, 1)), np.repeat([1.0, 0.0], n)])
    contrast = np.append(np.zeros(n), 1.0)
    blocks = moderated_t(np.vstack([a, b]), design, contrast, **setting, confidence=0.95)
    paired = pairs(a, b, setting)
    same(paired, blocks, ("estimate", "ci_low", "ci_high", "statistic", "df", "p_value"))
    for name, factor in (("prior_df", 1.0), ("prior_variance", 2.0), ("posterior_variance", 2.0)):
        np.testing.assert_allclose(
            paired.details[name], factor * blocks.details[name], err_msg=name, **CLOSE
        )


@EVERY
@SHORT
@given(seed=st.integers(0, 2**32 - 1))
def test_any_parametrisation_of_the_groups_gives_the_same_test(setting, seed):
    a, b = seeded(seed)
    levels, is_a = np.vstack([a, b]), np.repeat([1.0, 0.0], [len(a), len(b)])
    mix = np.random.default_rng(seed).normal(size=(2, 2))
    assume(abs(np.linalg.det(mix)) > 0.05)
    design = np.column_stack([is_a, 1 - is_a]) @ mix
    other = moderated_t(levels, design, mix.T @ [1.0, -1.0], **setting, confidence=0.95)
    same(groups(a, b, setting), other, ("estimate", "statistic", "df", "p_value"))


@EVERY
@SHORT
@given(seed=st.integers(0, 2**32 - 1))
def test_several_contrasts_at_once_equal_one_by_one(setting, seed):
    levels = np.vstack(seeded(seed, n=9))
    design = np.eye(3)[np.arange(len(levels)) % 3]
    contrasts = {"a": [1, -1, 0], "b": [0, 1, -1], "c": [1, 0, -1]}
    together = moderated_t_contrasts(levels, design, contrasts, **setting, confidence=0.95)
    assert list(together) == list(contrasts)
    for name, weights in contrasts.items():
        same(together[name], moderated_t(levels, design, weights, **setting, confidence=0.95))
    np.testing.assert_allclose(
        together["a"].estimate + together["b"].estimate, together["c"].estimate, **CLOSE
    )
