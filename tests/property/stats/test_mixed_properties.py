"""Laws of the mixed model that hold for every input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.methods.mixed_model import mixed_model
from stats.methods.paired_t import paired_t

SHORT = settings(deadline=None, max_examples=25)
#: The ratio of the variances is the root of a slope: it keeps half the digits of a double.
CLOSE = {"rtol": 1e-6, "atol": 1e-9, "equal_nan": True}
CONTRASTS = {"b_vs_a": ("b", "a"), "a_vs_c": ("a", "c")}
QUANTITIES = ("estimate", "ci_low", "ci_high", "statistic", "df", "df_denominator", "p_value")


@st.composite
def studies(draw):
    """Return levels, groups and patients: repeated samples, gaps, patients in any group."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(4, 24))
    patients = [f"p{k}" for k in rng.integers(0, max(2, n // 2), n)]
    groups = rng.choice(["a", "b", "c"], n).tolist()
    person = {p: rng.normal(9, draw(st.sampled_from([0.0, 0.5, 3.0])), 3) for p in patients}
    levels = np.array([person[p] for p in patients]) + rng.normal(0, 0.5, (n, 3))
    if draw(st.booleans()):
        levels = np.round(levels)
    levels[rng.random(levels.shape) < draw(st.sampled_from([0.0, 0.2]))] = np.nan
    return levels, groups, patients


def fit(levels, groups, patients, contrasts=CONTRASTS, covariates=None):
    return mixed_model(levels, groups, patients, contrasts, covariates=covariates, confidence=0.95)


def results(model):
    return {"omnibus": model.omnibus, **model.contrasts}


def assert_same(left, right, targets=slice(None)):
    for name, ours in results(left).items():
        theirs = results(right)[name]
        for quantity in QUANTITIES:
            np.testing.assert_allclose(
                getattr(ours, quantity)[targets],
                getattr(theirs, quantity),
                err_msg=f"{name} {quantity}",
                **CLOSE,
            )
        assert ours.reason[targets] == theirs.reason


def steady(levels):
    """Return whether no value is tied: with ties two maxima may be equally high."""
    seen = levels[~np.isnan(levels)]
    return len(np.unique(seen)) == len(seen)


@SHORT
@given(study=studies())
def test_swapping_arms_flips_the_sign_and_keeps_p(study):
    arms = {"forth": ("b", "a"), "back": ("a", "b")}
    forth, back = fit(*study, arms).contrasts.values()
    np.testing.assert_allclose(forth.estimate, -back.estimate, **CLOSE)
    np.testing.assert_allclose(forth.ci_low, -back.ci_high, **CLOSE)
    np.testing.assert_allclose(forth.p_value, back.p_value, **CLOSE)
    np.testing.assert_array_equal(forth.n_pairs, back.n_pairs)


@SHORT
@given(study=studies(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_samples_does_not_matter(study, seed):
    levels, groups, patients = study
    if not steady(levels):
        return
    order = np.random.default_rng(seed).permutation(len(levels))
    mixed = fit(levels[order], [groups[i] for i in order], [patients[i] for i in order])
    assert_same(fit(*study), mixed)


@SHORT
@given(study=studies())
def test_names_of_groups_and_patients_do_not_matter(study):
    levels, groups, patients = study
    if not steady(levels):
        return
    other = {"a": "z", "b": "y", "c": "x"}
    renamed = fit(
        levels,
        [other[g] for g in groups],
        [f"{9999 - int(p[1:])}" for p in patients],
        {"b_vs_a": ("y", "z"), "a_vs_c": ("z", "x")},
    )
    plain = fit(*study)
    for name in CONTRASTS:
        for quantity in QUANTITIES:
            np.testing.assert_allclose(
                getattr(plain.contrasts[name], quantity),
                getattr(renamed.contrasts[name], quantity),
                err_msg=quantity,
                **CLOSE,
            )
    np.testing.assert_allclose(plain.omnibus.p_value, renamed.omnibus.p_value, **CLOSE)


@SHORT
@given(study=studies(), shift=st.integers(-64, 64))
def test_a_constant_in_log2_changes_nothing(study, shift):
    levels, groups, patients = study
    on_a_grid = np.round(levels * 1024) / 1024
    if not steady(on_a_grid):
        return
    assert_same(fit(on_a_grid, groups, patients), fit(on_a_grid + shift, groups, patients))


@SHORT
@given(study=studies())
def test_targets_do_not_know_each_other(study):
    levels, groups, patients = study
    whole = results(fit(*study))
    for j in range(levels.shape[1]):
        for name, alone in results(fit(levels[:, j : j + 1], groups, patients)).items():
            np.testing.assert_array_equal(whole[name].p_value[j], alone.p_value[0])
            np.testing.assert_array_equal(whole[name].statistic[j], alone.statistic[0])
            assert whole[name].reason[j] == alone.reason[0]


@SHORT
@given(study=studies())
def test_a_gap_has_a_reason_and_p_is_a_probability(study):
    model = fit(*study)
    for name, result in results(model).items():
        for i, reason in enumerate(result.reason):
            p, statistic = result.p_value[i], result.statistic[i]
            assert np.isnan(p) == np.isnan(statistic)
            assert not np.isinf(statistic)
            assert 0 <= p <= 1 or (np.isnan(p) and reason)
            assert not np.isnan(p) or not reason.startswith(("singular", "ci_not")), name
            if "singular" in reason:
                assert result.details["between_patient_variance"][i] == 0
                assert not np.isnan(p)


@SHORT
@given(study=studies())
def test_a_covariate_may_be_scaled_and_shifted(study):
    levels, groups, _ = study
    if not steady(levels):
        return
    age = 30 + 50 * np.random.default_rng(len(groups)).random((len(groups), 1))
    assert_same(fit(*study, covariates=age), fit(*study, covariates=1000 - age / 12))


@SHORT
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(3, 20), between=st.floats(0.5, 5))
def test_complete_pairs_of_two_groups_give_the_paired_t(seed, n, between):
    rng = np.random.default_rng(seed)
    before, after = rng.normal(9, between, n)[:, None] + rng.normal(0, 0.3, (2, n, 1))
    patients = [f"p{i}" for i in range(n)] * 2
    mixed = fit(np.concatenate([before, after]), ["a"] * n + ["b"] * n, patients)
    pairs = paired_t(after, before, confidence=0.95)
    ours = mixed.contrasts["b_vs_a"]
    if ours.details["between_patient_variance"][0] == 0:
        return
    for quantity in ("estimate", "ci_low", "statistic", "df", "p_value"):
        assert getattr(ours, quantity)[0] == pytest.approx(getattr(pairs, quantity)[0], rel=1e-5)
    assert mixed.omnibus.statistic[0] == pytest.approx(pairs.statistic[0] ** 2, rel=1e-5)
