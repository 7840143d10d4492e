"""Ridge logistic regression, recalibration, net benefit and sample sizes against R."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from stats.methods.calibration import calibration
from stats.methods.decision_curve import decision_curve
from stats.methods.prediction_size import needed_size, size_for_shrinkage
from stats.methods.ridge_logistic import ridge_logistic
from tests.reference.stats.studies import HERE, committed, rows_of

PENALTIES = (2.5, 0.25, 0.025)


@pytest.fixture(scope="module")
def expected():
    found = defaultdict(list)
    for row in rows_of(HERE / "prediction_expected.csv"):
        found[row["what"]].append(float(row["value"]))
    return {what: np.array(values) for what, values in found.items()}


@pytest.fixture(scope="module")
def demo():
    """Standardised levels before treatment, and whose pain fell by 1.5 points or more."""
    s = committed()["demo"]
    rows = ~np.isnan(s.before).all(axis=1)
    levels = np.nan_to_num(s.before[rows], nan=10.0)
    change = np.rint(10 * (s.score_after[rows] - s.score_before[rows]))
    centred = levels - levels.mean(axis=0)
    return centred / np.sqrt(np.mean(centred**2, axis=0)), np.nan_to_num(change) <= -15


def coefficients(columns, is_event, weights, penalties):
    fits = ridge_logistic(
        columns[None], is_event[None], weights[None].astype(float), penalties=penalties
    )
    return np.column_stack([fits.intercepts, fits.coefficients[:, 0]])


@pytest.mark.parametrize("k", [1, 3, 10, 80])
def test_ridge_coefficients_equal_r(demo, expected, k):
    x, is_event = demo
    weights = np.arange(1, len(x) + 1) % 4
    ours = coefficients(x[:, :k], is_event, weights, PENALTIES)
    for found, penalty in zip(ours, PENALTIES, strict=True):
        np.testing.assert_allclose(found, expected[f"ridge {penalty:g} {k}"], rtol=1e-6, atol=1e-9)


def predicted(demo):
    x, is_event = demo
    beta = coefficients(x[:, :10], is_event, np.ones(len(x)), [0.25])[0]
    return beta[0] + x[:, :10] @ beta[1:], is_event


def test_calibration_equals_glm(demo, expected):
    found = calibration(*predicted(demo))
    ours = [found.slope, found.intercept, found.brier, found.brier_of_share]
    np.testing.assert_allclose(ours, expected["calibration"], rtol=1e-8, atol=1e-10)


def test_net_benefit_equals_its_formula(demo, expected):
    log_odds, is_event = predicted(demo)
    at = np.arange(5, 100, 5) / 100
    found = decision_curve(1 / (1 + np.exp(-log_odds)), is_event, at)
    np.testing.assert_allclose(found.model, expected["decision"], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(found.everyone, expected["everyone"], rtol=1e-12, atol=1e-14)


def test_sample_sizes_equal_their_formulas(expected):
    sizes = [what for what in expected if what.startswith("size")]
    assert len(sizes) == 20
    for what in sizes:
        _, share, candidates = what.split()
        found = needed_size(int(candidates), float(share))
        ours = [found.small_shrinkage, found.small_optimism, found.precise_risk]
        assert ours == expected[what].tolist()
        assert found.n_persons == max(ours)


def test_the_published_example_is_reproduced(expected):
    assert size_for_shrinkage(24, 0.288, 0.9) == expected["example"][0] == 623
