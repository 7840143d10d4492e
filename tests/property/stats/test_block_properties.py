"""Laws of the block model: symmetry, order, shift, bounds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.methods.block_moderated_t import block_moderated_t

SHORT = settings(deadline=None, max_examples=25)
CLOSE = {"rtol": 1e-7, "atol": 1e-9, "equal_nan": True}
ARMS = {"b_vs_a": ("b", "a"), "a_vs_b": ("a", "b"), "c_vs_a": ("c", "a")}


@st.composite
def studies(draw):
    """Return levels, groups and patients: a and b share some patients, c are others."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, others = draw(st.integers(3, 8)), draw(st.integers(0, 4))
    visits = [draw(st.sampled_from(["ab", "ab", "a", "b"])) for _ in range(n)]
    rows = [(g, f"p{i}") for i, gs in enumerate(visits) for g in gs]
    rows += [("c", f"q{i}") for i in range(others)]
    person = {p: rng.normal(0, 1, 4) for _, p in rows}
    levels = np.array([9 + person[p] + rng.normal(0, 0.7, 4) for _, p in rows])
    levels[rng.random(levels.shape) < 0.1] = np.nan
    return levels, [g for g, _ in rows], [p for _, p in rows]


def fit(levels, groups, patients):
    return block_moderated_t(levels, groups, patients, ARMS, covariates=None, confidence=0.95)


@SHORT
@given(study=studies())
def test_swapping_arms_flips_the_sign_and_keeps_p(study):
    found = fit(*study)
    forth, back = found["b_vs_a"], found["a_vs_b"]
    np.testing.assert_allclose(forth.estimate, -back.estimate, **CLOSE)
    np.testing.assert_allclose(forth.ci_low, -back.ci_high, **CLOSE)
    np.testing.assert_allclose(forth.p_value, back.p_value, **CLOSE)


@SHORT
@given(study=studies(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_samples_does_not_matter(study, seed):
    levels, groups, patients = study
    order = np.random.default_rng(seed).permutation(len(groups))
    plain = fit(*study)
    mixed = fit(levels[order], [groups[i] for i in order], [patients[i] for i in order])
    for name in ARMS:
        np.testing.assert_allclose(plain[name].p_value, mixed[name].p_value, **CLOSE)
        np.testing.assert_allclose(plain[name].estimate, mixed[name].estimate, **CLOSE)


@SHORT
@given(study=studies(), shift=st.integers(-64, 64))
def test_a_constant_in_log2_changes_nothing(study, shift):
    plain, moved = fit(*study), fit(study[0] + shift, *study[1:])
    for name in ARMS:
        np.testing.assert_allclose(plain[name].p_value, moved[name].p_value, **CLOSE)


@SHORT
@given(study=studies())
def test_a_gap_has_a_reason_and_p_is_a_probability(study):
    for result in fit(*study).values():
        shared = result.details["consensus_correlation"]
        assert np.all(np.isnan(shared) | (np.abs(shared) <= 0.99))
        for p, statistic, reason in zip(
            result.p_value, result.statistic, result.reason, strict=True
        ):
            assert np.isnan(p) == np.isnan(statistic)
            assert 0 <= p <= 1 or (np.isnan(p) and reason)
