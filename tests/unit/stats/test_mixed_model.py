"""The mixed model: textbook values, what it refuses and in which words."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.mixed_model import NO_MOMENTS, SINGULAR, mixed_model

pytestmark = pytest.mark.filterwarnings("error")


def fit(levels, groups, patients, contrasts=None, *, covariates=None):
    return mixed_model(
        np.asarray(levels, dtype=float).reshape(len(groups), -1),
        groups,
        patients,
        contrasts or {"b_vs_a": ("b", "a")},
        covariates=covariates,
        confidence=0.95,
    )


def blocks(n=8, seed=3, between=1.0):
    """Return levels (patients × 3 groups) of complete patients."""
    rng = np.random.default_rng(seed)
    person, shift = rng.normal(9, between, (n, 1)), np.array([0, 0.4, 0.9])
    return person + shift + rng.normal(0, 0.5, (n, 3))


def as_study(table):
    """Return levels, groups and patients of a table patients × groups."""
    n, k = table.shape
    return table.ravel(), [*"abcdef"[:k]] * n, [f"p{i}" for i in range(n) for _ in range(k)]


def test_balanced_variances_are_those_of_the_analysis_of_variance():
    table = blocks()
    result = fit(*as_study(table)).omnibus
    n, k = table.shape
    rest = table - table.mean(1, keepdims=True) - table.mean(0) + table.mean()
    within = (rest**2).sum() / ((n - 1) * (k - 1))
    between = (k * ((table.mean(1) - table.mean()) ** 2).sum() / (n - 1) - within) / k
    assert result.details["residual_variance"][0] == pytest.approx(within, rel=1e-9)
    assert result.details["between_patient_variance"][0] == pytest.approx(between, rel=1e-9)
    own = between / (between + within)
    assert result.details["own_correlation"][0] == pytest.approx(own, rel=1e-9)


def test_complete_blocks_give_the_repeated_measures_f():
    table = blocks()
    result = fit(*as_study(table)).omnibus
    n, k = table.shape
    rest = table - table.mean(1, keepdims=True) - table.mean(0) + table.mean()
    groups = n * ((table.mean(0) - table.mean()) ** 2).sum() / (k - 1)
    f = groups / ((rest**2).sum() / ((n - 1) * (k - 1)))
    assert result.statistic[0] == pytest.approx(f, rel=1e-9)
    assert result.df[0] == k - 1
    assert result.df_denominator[0] == pytest.approx((n - 1) * (k - 1), rel=1e-7)


def test_d_uses_the_spread_of_a_level():
    result = fit(*as_study(blocks())).contrasts["b_vs_a"]
    variances = [result.details[n][0] for n in ("between_patient_variance", "residual_variance")]
    assert result.effect_size[0] == pytest.approx(result.estimate[0] / np.sqrt(sum(variances)))
    assert result.effect_size_kind == "cohen_d"


def test_patients_with_one_sample_count():
    levels, groups, patients = as_study(blocks())
    whole = fit(levels, groups, patients)
    gone = np.array([not (p == "p0" and g == "b") for p, g in zip(patients, groups, strict=True)])
    levels = np.where(gone, levels, np.nan)
    less = fit(levels, groups, patients).contrasts["b_vs_a"]
    assert (less.n_numerator[0], less.n_denominator[0]) == (7, 8)
    assert (less.n_pairs[0], less.n_dropped[0]) == (7, 1)
    assert less.p_value[0] != whole.contrasts["b_vs_a"].p_value[0]
    only = fit(levels[3:], groups[3:], patients[3:]).contrasts["b_vs_a"]
    assert less.estimate[0] != only.estimate[0]  # the patient's other values tell something


def test_no_variance_between_patients_is_singular_and_still_a_number():
    levels, groups, patients = as_study(blocks(between=0.0))
    levels -= 0.9 * np.repeat(levels.reshape(8, 3).mean(axis=1) - levels.mean(), 3)
    model = fit(levels, groups, patients)
    assert model.contrasts["b_vs_a"].reason[0] == SINGULAR
    assert model.omnibus.reason[0].startswith(SINGULAR + "; ci_not_defined")
    assert model.omnibus.details["between_patient_variance"][0] == 0
    assert np.isfinite([model.omnibus.p_value[0], model.contrasts["b_vs_a"].p_value[0]]).all()


def test_a_covariate_that_explains_the_levels_sharpens_the_contrast():
    levels, groups, patients = as_study(blocks())
    dose = np.random.default_rng(5).normal(size=len(levels))
    plain = fit(levels + 2 * dose, groups, patients).contrasts["b_vs_a"]
    adjusted = fit(levels + 2 * dose, groups, patients, covariates=dose[:, None])
    ours = adjusted.contrasts["b_vs_a"]
    assert ours.ci_high[0] - ours.ci_low[0] < 0.5 * (plain.ci_high[0] - plain.ci_low[0])
    assert adjusted.omnibus.df[0] == 2


def test_a_sample_without_its_covariate_does_not_enter():
    levels, groups, patients = as_study(blocks())
    age = np.arange(24.0)[:, None] % 7
    age[[0, 5]] = np.nan
    result = fit(levels, groups, patients, covariates=age)
    assert (result.omnibus.n_numerator[0], result.omnibus.n_dropped[0]) == (22, 2)
    kept = ~np.isnan(age[:, 0])
    alone = fit(
        levels[kept],
        [g for g, k in zip(groups, kept, strict=True) if k],
        [p for p, k in zip(patients, kept, strict=True) if k],
        covariates=age[kept],
    )
    assert result.omnibus.p_value[0] == pytest.approx(alone.omnibus.p_value[0], rel=1e-9)


def one(words, model, contrast="b_vs_a"):
    """Check that a contrast has no number and why."""
    result = model.contrasts[contrast]
    assert np.isnan([result.p_value[0], result.statistic[0], result.estimate[0]]).all()
    assert result.reason[0].startswith(words)


def test_what_cannot_be_fitted_says_why():
    levels, groups, patients = as_study(blocks())
    one("no patient has two values", fit(levels, groups, [f"p{i}" for i in range(24)]))
    one(
        "zero variance: all values of each group agree",
        fit(np.tile([1.0, 2, 3], 8), groups, patients),
    )
    apart = np.repeat(np.arange(8.0), 3) + np.tile([0.0, 0.5, 1.5], 8)
    one("zero variance: within patients", fit(apart, groups, patients))
    one(
        "too few values: 8 in the numerator and 0",
        fit(np.where(np.array(groups) == "a", np.nan, levels), groups, patients),
    )
    one(
        "too few values: 0 in the numerator and 8",
        fit(levels, groups, patients, {"b_vs_a": ("x", "a")}),
    )
    one("too few values: 3 for 3 coefficients", fit([1.0, 2, 4], [*"abc"], ["p", "p", "p"]))
    twice = np.ones((24, 2)) * np.arange(24.0)[:, None]
    one("the covariates determine each other", fit(levels, groups, patients, covariates=twice))
    of_group = (np.array(groups) == "b").astype(float)[:, None]
    one("the covariates determine", fit(levels, groups, patients, covariates=of_group))
    one("the covariates determine", fit(levels, groups, patients, covariates=np.ones((24, 1))))


def test_variances_that_cannot_be_told_apart_say_so():
    # One pair, whose difference the groups explain; everybody else has one value.
    levels = [1.0, 2, 5, 4, 7, 6, 6.5]
    groups, patients = [*"ababaab"], [*"pp", *"qrstu"]
    one("too few values: patients and groups leave none over", fit(levels, groups, patients))
    # One patient in each group, measured twice: groups and patients are the same thing.
    same = fit([1.0, 2, 5, 7], [*"aabb"], [*"ppqq"])
    one("too few patients: the variance between them", same)
    assert same.omnibus.reason[0].startswith("too few patients")


def test_a_group_without_values_leaves_the_other_contrasts():
    levels, groups, patients = as_study(blocks())
    levels = np.where(np.array(groups) == "c", np.nan, levels)
    model = fit(levels, groups, patients, {"b_vs_a": ("b", "a"), "c_vs_a": ("c", "a")})
    assert model.omnibus.reason[0].startswith("too few values: [8, 8, 0] in the groups")
    one("too few values: 0 in the numerator and 8", model, "c_vs_a")
    keep = np.array(groups) != "c"
    pairs = fit(levels[keep], [g for g in groups if g != "c"],
                [p for p, k in zip(patients, keep, strict=True) if k])  # fmt: skip
    assert model.contrasts["b_vs_a"].p_value[0] == pytest.approx(
        pairs.contrasts["b_vs_a"].p_value[0]
    )


def test_a_single_group_has_no_comparison():
    model = fit([1.0, 2, 3, 4], [*"aaaa"], [*"ppqq"])
    assert model.omnibus.reason[0].startswith("too few groups: 1")
    one("too few values: 0 in the numerator and 4", model)


@pytest.mark.parametrize("shape", [(0, 3), (4, 0), (0, 0), (1, 3)])
def test_empty_and_tiny_matrices_give_empty_or_reasoned_results(shape):
    names = [*"abab"[: shape[0]]]
    model = mixed_model(
        np.ones(shape), names, names, {"b_vs_a": ("b", "a")}, covariates=None, confidence=0.95
    )
    for result in (model.omnibus, model.contrasts["b_vs_a"]):
        assert len(result.p_value) == shape[1]
        assert np.isnan(result.p_value).all()
        assert all(result.reason)


def test_rows_that_do_not_fit_are_refused():
    levels, groups, patients = as_study(blocks())
    with pytest.raises(ValueError, match="24 rows of levels but 23 groups"):
        fit_raw(levels, groups[1:], patients)
    with pytest.raises(ValueError, match="24 rows of levels but 23 patients"):
        fit_raw(levels, groups, patients[1:])
    with pytest.raises(ValueError, match="24 rows of levels but 2 of covariates"):
        fit_raw(levels, groups, patients, covariates=np.ones((2, 1)))
    with pytest.raises(ValueError, match="infinite"):
        fit_raw(np.where(levels == levels.max(), np.inf, levels), groups, patients)


def fit_raw(levels, groups, patients, covariates=None):
    return mixed_model(
        levels[:, None], groups, patients, {}, covariates=covariates, confidence=0.95
    )


def test_an_f_whose_moments_do_not_exist_is_refused():
    levels = [0.72, 0.70, 0.05, -0.72, 0.57, -0.22, -0.29]
    patients = ["p2", "p3", "p0", "p3", "p3", "p2", "p2"]
    model = fit(levels, [*"abbccaa"], patients)
    assert model.omnibus.reason[0] == NO_MOMENTS
    assert np.isnan(
        [model.omnibus.statistic[0], model.omnibus.df[0], model.omnibus.p_value[0]]
    ).all()
    assert np.isfinite(model.contrasts["b_vs_a"].p_value[0])


def test_blocks_of_targets_change_no_digit(monkeypatch):
    rng = np.random.default_rng(2)
    levels = np.concatenate([blocks(seed=s).reshape(-1, 1) for s in range(5)], axis=1)
    levels[rng.random(levels.shape) < 0.1] = np.nan
    _, groups, patients = as_study(blocks())
    whole = fit_matrix(levels, groups, patients)
    monkeypatch.setattr("stats.methods.patient_sums._BLOCK_CELLS", 200)
    np.testing.assert_array_equal(
        whole.omnibus.p_value, fit_matrix(levels, groups, patients).omnibus.p_value
    )


def fit_matrix(levels, groups, patients):
    return mixed_model(levels, groups, patients, {}, covariates=None, confidence=0.95)
