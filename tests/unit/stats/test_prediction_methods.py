"""AUC, ridge regression, calibration, net benefit: textbook cases, reasons, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from stats.methods.auc import NO_OVERLAP, auc, auc_of_rows
from stats.methods.calibration import CONSTANT, SEPARATED, calibration
from stats.methods.decision_curve import decision_curve
from stats.methods.prediction_size import needed_size
from stats.methods.ridge_logistic import ridge_logistic


def column(*values):
    return np.array(values, dtype=float)[:, None]


def test_an_auc_is_the_share_of_pairs_in_order():
    r = auc(column(1, 3, 5), column(0, 2, 4, 5), confidence=0.95)
    # 1 > 0; 3 > 0, 2; 5 > 0, 2, 4 and ties with 5: 6.5 of 12.
    assert r.estimate[0] == 6.5 / 12
    assert (r.n_numerator[0], r.n_denominator[0], r.n_dropped[0]) == (3, 4, 0)
    assert r.ci_low[0] < r.estimate[0] < r.ci_high[0]


def test_the_direction_is_never_chosen_by_the_data():
    rng = np.random.default_rng(1)
    events, others = rng.normal(-1, 1, (9, 3)), rng.normal(0, 1, (12, 3))
    low, high = (auc(s * events, s * others, confidence=0.95) for s in (1, -1))
    assert (low.estimate < 0.5).all()
    np.testing.assert_allclose(low.estimate, 1 - high.estimate)
    np.testing.assert_allclose(low.ci_low, 1 - high.ci_high)
    np.testing.assert_allclose(low.p_value, high.p_value)


def test_p_and_interval_are_of_one_scale():
    rng = np.random.default_rng(2)
    r = auc(rng.normal(0.6, 1, (15, 200)), rng.normal(0, 1, (15, 200)), confidence=0.95)
    excludes = (r.ci_low > 0.5) | (r.ci_high < 0.5)
    assert 0 < excludes.sum() < 200
    np.testing.assert_array_equal(excludes, r.p_value < 0.05)


@pytest.mark.parametrize(
    ("events", "others", "reason"),
    [((3, 4), (1, 2), NO_OVERLAP), ((1, 2), (3, 4), NO_OVERLAP), ((1,), (0, 2), "too few values"),
     ((2, 2), (2, 2), "zero variance")],
)  # fmt: skip
def test_an_auc_without_a_standard_error_says_why(events, others, reason):
    r = auc(column(*events), column(*others), confidence=0.95)
    assert r.reason[0].startswith(reason)
    assert np.isnan([r.ci_low[0], r.ci_high[0], r.p_value[0], r.statistic[0]]).all()
    assert np.isnan(r.estimate[0]) == (len(events) < 2)


def test_missing_values_count_for_nobody():
    given = auc(column(1, 3, 5), column(0, 2, 4), confidence=0.95)
    gaps = auc(column(1, np.nan, 3, 5), column(np.nan, 0, 2, 4), confidence=0.95)
    assert gaps.estimate == given.estimate
    assert gaps.n_dropped[0] == 2


def test_rows_of_scores_have_the_same_auc():
    rng = np.random.default_rng(3)
    scores = rng.integers(0, 4, (20, 15)).astype(float)
    is_event = np.arange(15) < 6
    by_rows = auc_of_rows(scores, np.tile(is_event, (20, 1)))
    by_columns = auc(scores[:, is_event].T, scores[:, ~is_event].T, confidence=0.95)
    np.testing.assert_allclose(by_rows, by_columns.estimate)


def fit(x, is_event, weights=None, penalties=(0.25,)):
    weights = np.ones(len(x)) if weights is None else weights
    return ridge_logistic(x[None], is_event[None], weights[None], penalties=penalties)


@pytest.fixture
def persons():
    rng = np.random.default_rng(4)
    return rng.normal(size=(12, 40)), np.arange(12) % 3 == 0


def test_more_columns_than_persons_maximise_the_same_likelihood(persons):
    x, is_event = persons
    found = fit(x, is_event)

    def loss(beta):
        linear = beta[0] + x @ beta[1:]
        own = np.sum(is_event * linear - np.logaddexp(0, linear))
        return -own + len(x) * 0.25 / 2 * np.sum(beta[1:] ** 2)

    ours = np.append(found.intercepts[0, 0], found.coefficients[0, 0])
    best = optimize.minimize(loss, np.zeros(41), method="BFGS", options={"gtol": 1e-9})
    assert loss(ours) <= best.fun + 1e-10
    np.testing.assert_allclose(ours, best.x, atol=1e-5)


def test_a_weight_of_two_is_a_person_twice(persons):
    x, is_event = persons
    weights = np.array([2.0, 0, 1, 1, 2, 1, 0, 1, 1, 3, 1, 1])
    drawn = np.repeat(np.arange(12), weights.astype(int))
    for k in (3, 40):
        once = fit(x[:, :k], is_event, weights)
        many = fit(x[drawn, :k], is_event[drawn])
        np.testing.assert_allclose(once.coefficients, many.coefficients, atol=1e-9)
        np.testing.assert_allclose(once.intercepts, many.intercepts, atol=1e-9)


def test_each_fit_and_penalty_stands_for_itself(persons):
    x, is_event = persons
    three = np.stack([x[:, :3], x[:, 3:6], x[:, 6:9]])
    both = ridge_logistic(three, np.tile(is_event, (3, 1)), np.ones((3, 12)), penalties=(0.1, 2))
    for i in range(3):
        for j, penalty in enumerate((0.1, 2)):
            alone = fit(three[i], is_event, penalties=(penalty,))
            np.testing.assert_allclose(both.coefficients[j, i], alone.coefficients[0, 0], atol=1e-9)
    sizes = np.sum(both.coefficients**2, axis=2)
    assert (sizes[0] > sizes[1]).all()


def test_separated_classes_have_a_finite_fit():
    x, is_event = np.arange(10.0)[:, None], np.arange(10) > 4
    found = fit((x - x.mean()) / x.std(), is_event, penalties=(1e-6,))
    assert np.isfinite(found.coefficients).all()
    assert found.coefficients[0, 0, 0] > 5


@pytest.mark.parametrize("penalty", [0, -1, np.inf, np.nan])
def test_a_penalty_is_above_zero(persons, penalty):
    with pytest.raises(ValueError, match="above 0"):
        fit(persons[0], persons[1], penalties=(penalty,))


def test_a_fit_needs_both_classes(persons):
    with pytest.raises(ValueError, match="one class"):
        fit(persons[0], persons[1], persons[1].astype(float))


def test_calibration_knows_predictions_that_are_too_extreme_or_too_high():
    rng = np.random.default_rng(5)
    true = rng.normal(size=20000)
    is_event = rng.random(20000) < 1 / (1 + np.exp(-true))
    right, extreme, high = (calibration(v, is_event) for v in (true, 2 * true, true + 1))
    assert right.slope == pytest.approx(1, abs=0.06)
    assert right.intercept == pytest.approx(0, abs=0.06)
    assert extreme.slope == pytest.approx(right.slope / 2)
    assert high.intercept == pytest.approx(right.intercept - 1)
    assert right.brier < min(extreme.brier, high.brier, right.brier_of_share)


@pytest.mark.parametrize(
    ("log_odds", "reason"),
    [((0.5, 0.5, 0.5, 0.5), CONSTANT), ((0, 1, 2, 3), SEPARATED), ((3, 2, 1, 0), SEPARATED),
     ((0, 1, 1, 3), SEPARATED)],
)  # fmt: skip
def test_calibration_without_a_slope_says_why(log_odds, reason):
    found = calibration(np.array(log_odds, dtype=float), np.array([False, False, True, True]))
    assert found.reason == reason
    assert np.isnan(found.slope)
    assert np.isfinite([found.intercept, found.brier]).all()


def test_calibration_refuses_one_class_and_infinite_predictions():
    with pytest.raises(ValueError, match="one class"):
        calibration(np.zeros(3), np.ones(3, dtype=bool))
    with pytest.raises(ValueError, match="not finite"):
        calibration(np.array([0, np.inf]), np.array([True, False]))


def test_net_benefit_of_perfect_predictions_is_the_share_of_events():
    is_event = np.array([True, True, False, False, False])
    found = decision_curve(is_event.astype(float), is_event, [0.2, 0.5])
    np.testing.assert_allclose(found.model, 0.4)
    # Acting on everyone at even odds: 0.4 right, 0.6 wrong.
    np.testing.assert_allclose(found.everyone, [0.4 - 0.25 * 0.6, -0.2])
    with pytest.raises(ValueError, match="outside"):
        decision_curve(np.zeros(5), is_event, [1.0])


def test_a_prediction_that_is_the_threshold_is_acted_on():
    found = decision_curve(np.array([0.1 + 0.2]), np.array([True]), [0.3])
    assert found.model[0] == 1
    found = decision_curve(np.array([0.3]), np.array([True]), [0.1 + 0.2])
    assert found.model[0] == 1


def test_more_candidates_and_rarer_events_need_more_persons():
    sizes = [needed_size(p, 0.4).n_persons for p in (1, 10, 80)]
    assert sizes == sorted(sizes)
    assert sizes[0] == 369  # the overall risk within 0.05
    assert needed_size(80, 0.1).n_persons > needed_size(80, 0.4).n_persons
    with pytest.raises(ValueError, match="share"):
        needed_size(5, 1.0)
