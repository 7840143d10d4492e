"""Least squares with gaps against NumPy, target by target; contrasts that cannot be estimated."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.linear_model import fit_linear
from stats.methods.natural_spline import fit_spline

pytestmark = pytest.mark.filterwarnings("error")


def study(seed=1, n=24, m=40, share=0.2):
    rng = np.random.default_rng(seed)
    design = np.column_stack(
        [np.eye(3)[np.arange(n) % 3], rng.normal(60, 12, n), rng.normal(0, 1e-3, n)]
    )
    levels = design @ rng.normal(size=(5, m)) + rng.normal(0, 0.5, (n, m))
    levels[rng.random(levels.shape) < share] = np.nan
    return levels, design


def alone(column, design, weights):
    """Return estimate, unscaled error, residual variance and df by NumPy."""
    present = ~np.isnan(column)
    x, y = design[present], column[present]
    beta, _, rank, _ = np.linalg.lstsq(x, y, rcond=1e-12)
    df = len(y) - rank
    variance = ((y - x @ beta) ** 2).sum() / df
    return weights @ beta, np.sqrt(weights @ np.linalg.pinv(x.T @ x) @ weights), variance, df


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5])
def test_equals_least_squares_of_each_target_alone(share):
    levels, design = study(share=share)
    weights = np.array([1.0, 0.0, -1.0, 0.0, 0.0])
    fit = fit_linear(levels, design)
    contrast = fit.contrasts([weights])
    unscaled = np.broadcast_to(contrast.unscaled_error, contrast.estimate.shape)
    for j in range(levels.shape[1]):
        estimate, error, variance, df = alone(levels[:, j], design, weights)
        assert contrast.estimate[0, j] == pytest.approx(estimate, rel=1e-8, abs=1e-9)
        assert unscaled[0, j] == pytest.approx(error, rel=1e-7)
        assert fit.residual_variance[j] == pytest.approx(variance, rel=1e-8)
        assert fit.residual_df[j] == df
        assert fit.mean_level[j] == pytest.approx(np.nanmean(levels[:, j]))


def test_a_design_without_a_constant_is_not_centred():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(9, 1))
    levels = 12 + rng.normal(size=(9, 3))
    fit = fit_linear(levels, x)
    slope = (x * levels).sum(axis=0) / (x**2).sum()
    np.testing.assert_allclose(fit.contrasts([[1.0]]).estimate[0], slope)
    rest = ((levels - x * slope) ** 2).sum(axis=0) / 8
    np.testing.assert_allclose(fit.residual_variance, rest)


def test_a_group_mean_itself_is_a_contrast():
    levels, _ = study(share=0.0)
    design = np.eye(3)[np.arange(len(levels)) % 3]
    mean = fit_linear(levels, design).contrasts([[0, 1, 0]]).estimate[0]
    np.testing.assert_allclose(mean, levels[1::3].mean(axis=0), rtol=1e-13)


def test_a_group_that_is_missing_leaves_the_contrasts_of_the_others():
    levels, _ = study(share=0.0)
    group = np.arange(len(levels)) % 3
    levels[group == 2, 0] = np.nan
    fit = fit_linear(levels, np.eye(3)[group])
    both = fit.contrasts([[1, -1, 0], [1, 0, -1]])
    expected = levels[group == 0, 0].mean() - levels[group == 1, 0].mean()
    assert both.estimate[0, 0] == pytest.approx(expected)
    assert both.unscaled_error[0, 0] == pytest.approx(np.sqrt(2 / 8))
    assert np.isnan(both.estimate[1, 0])
    assert np.isnan(both.unscaled_error[1, 0])
    assert np.isfinite(both.estimate[1, 1:]).all()
    assert fit.residual_df[0] == 14


def test_a_design_whose_columns_depend_on_each_other_carries_what_it_can():
    levels, _ = study(share=0.1)
    group = np.eye(3)[np.arange(len(levels)) % 3]
    overfull = np.column_stack([np.ones(len(levels)), group])
    plain, odd = fit_linear(levels, group), fit_linear(levels, overfull)
    np.testing.assert_allclose(odd.residual_variance, plain.residual_variance)
    np.testing.assert_allclose(
        odd.contrasts([[0, 1, -1, 0]]).estimate[0],
        plain.contrasts([[1, -1, 0]]).estimate[0],
        atol=1e-12,
    )
    assert np.isnan(odd.contrasts([[0, 1, 0, 0]]).estimate[0]).all()


def test_a_perfect_fit_has_no_variance_rather_than_rounding():
    design = np.eye(2)[[0, 0, 0, 1, 1, 1]]
    levels = design @ [[8.1, 4096.3], [9.3, 0.1]]
    fit = fit_linear(levels, design)
    np.testing.assert_array_equal(fit.residual_variance, [0.0, 0.0])
    np.testing.assert_allclose(fit.contrasts([[1, -1]]).estimate[0], [-1.2, 4096.2])


def test_far_groups_keep_the_digits_of_the_variance():
    rng = np.random.default_rng(3)
    group = np.repeat([0, 1], 20)
    noise = np.round(rng.normal(0, 0.01, (40, 5)) * 2**20) / 2**20
    near, far = noise, noise + 4096.0 * group[:, None]
    design = np.eye(2)[group]
    np.testing.assert_allclose(
        fit_linear(far, design).residual_variance,
        fit_linear(near, design).residual_variance,
        rtol=1e-9,
    )


def test_more_tiles_than_one_give_the_same_sums():
    rng = np.random.default_rng(4)
    levels = rng.normal(9, 1, (300, 2100))
    levels[5, 7] = np.nan
    design = np.column_stack([np.ones(300), rng.normal(size=300)])
    whole = fit_linear(levels, design)
    for j in (0, 7, 2047, 2048, 2099):
        one = fit_linear(levels[:, [j]], design)
        np.testing.assert_allclose(whole.residual_variance[j], one.residual_variance[0], rtol=1e-12)
        np.testing.assert_allclose(
            whole.contrasts([[0, 1]]).estimate[0, j],
            one.contrasts([[0, 1]]).estimate[0, 0],
            rtol=1e-9,
        )


@pytest.mark.parametrize(
    ("design", "words"),
    [
        (np.ones((3, 1)), "4 rows of levels but 3 rows of the design"),
        (np.full((4, 1), np.nan), "no room for gaps"),
        (np.ones((4, 0)), "at least one column"),
    ],
)
def test_designs_that_do_not_fit_are_refused(design, words):
    with pytest.raises(ValueError, match=words):
        fit_linear(np.ones((4, 2)), design)


@pytest.mark.parametrize(
    ("weights", "words"),
    [([1.0], "1 weights; the design has 2"), ([0.0, 0.0], "not all zero"), ([1, np.inf], "finite")],
)
def test_contrasts_that_do_not_fit_are_refused(weights, words):
    fit = fit_linear(np.ones((4, 2)), np.eye(2)[[0, 0, 1, 1]])
    with pytest.raises(ValueError, match=words):
        fit.contrasts([weights])


def test_a_natural_spline_is_a_straight_line_beyond_its_ends_and_smooth_within():
    rng = np.random.default_rng(5)
    x = np.sort(rng.uniform(2, 14, 60))
    curve = fit_spline(x, np.sin(x) + rng.normal(0, 0.1, 60), df=4)
    for outside in (x[0] - np.arange(1.0, 4), x[-1] + np.arange(1.0, 4)):
        np.testing.assert_allclose(np.diff(curve.at(outside), 2), 0, atol=1e-9)
    step = 1e-3
    for knot in curve.knots[1:-1]:
        around = curve.at(knot + step * np.arange(-2, 3))
        jump = np.diff(around, 2) / step**2  # second derivatives left of, at and right of the knot
        assert np.ptp(jump) < 0.05


def test_a_natural_spline_meets_every_point_where_it_has_as_many_knots():
    x, y = np.array([0.0, 1.0, 3.0, 4.0, 4.0]), np.array([1.0, 2.0, 0.0, 5.0, 7.0])
    curve = fit_spline(x, y, df=4)
    # Knots at the thirds of x; the last abscissa holds two values, which the curve passes between.
    assert len(curve.knots) == 4
    line = fit_spline(x, 2 + 3 * x, df=4)
    np.testing.assert_allclose(line.at(np.array([-5.0, 2.0, 9.0])), [-13.0, 8.0, 29.0])
    assert line.residual_mean_square < 1e-20
