"""The studies that R and Python both make are the same ones, and hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from tests.reference.stats.studies import committed, khan, lehmer, studies


def test_the_generator_is_park_and_millers():
    # Their own check: the 10,000th number after seed 1.
    assert lehmer(10_000, 1)[-1] == 1043618065


def test_every_step_of_the_panel_is_exact_in_a_double():
    panel = committed()["panel"]
    for levels in (panel.before, panel.after, panel.denominator):
        whole = levels[~np.isnan(levels)] * 2**35
        assert (whole == np.round(whole)).all()
        assert (np.abs(whole) < 2**53).all()


def test_the_studies_are_hard_on_tests():
    panel = committed()["panel"]
    assert panel.before.shape == (30, 3000)
    assert 0.02 < np.isnan(panel.before).mean() < 0.04
    tied = [len(np.unique(c[~np.isnan(c)])) < 20 for c in panel.before.T]
    assert sum(tied) > 200
    assert {"three_targets", "special", "sparse", "unequal", "demo"} <= committed().keys()


@pytest.mark.shared
def test_the_real_study_is_tested_too():
    """All tests against R leave it out where the files are not there."""
    if khan() is None:
        pytest.skip("../shared is absent")
    assert "khan" in dict(studies())
