"""Whatever the seed and size, the calibration holds."""

from __future__ import annotations

import statistics

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulate.clinic import draw_clinic
from simulate.design import Design
from simulate.moments import Moments, whole_numbers
from simulate.people import draw_people
from simulate.serum import draw_serum, is_true_target

SEEDS = st.integers(0, 2**32)


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_founding_people(seed):
    people = draw_people(Design(seed=seed))
    ages = [p.age_years for p in people if p.cohort == "patient"]
    healthy = [p.age_years for p in people if p.cohort == "control"]
    assert (sum(ages), f"{statistics.stdev(ages):.2f}") == (1442, "11.94")
    assert (min(ages), max(ages), sum(a < 60 for a in ages)) == (25, 70, 25)
    assert (sum(healthy), f"{statistics.stdev(healthy):.1f}") == (405, "11.1")
    assert min(healthy) >= 18
    assert max(healthy) <= 50
    sites = [p.bone_sites for p in people if p.cohort == "patient"]
    assert all(sites)
    assert sum(map(len, sites)) == 67
    counts = [sum(name in s for s in sites) for name in ("skull", "chest", "spine", "pelvis")]
    assert counts == [0, 22, 25, 14]


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_founding_scores(seed):
    clinic = draw_clinic(Design(seed=seed))
    assert clinic.vas_tenths.sum(axis=0).tolist() == [1668, 1170]
    assert [f"{s:.2f}" for s in (clinic.vas_tenths / 10).std(axis=0, ddof=1)] == ["1.34", "2.31"]
    assert clinic.vas_tenths.min() >= 0
    assert clinic.vas_tenths.max() <= 100
    assert clinic.qol.sum(axis=0).tolist() == [810, 1436]
    squares = (clinic.qol**2).sum(axis=0).tolist()
    assert squares[0] == 22812
    assert squares[1] in (71174, 71176)
    for scores in (clinic.vas_tenths, clinic.qol):
        assert 0.3 <= np.corrcoef(scores.T)[0, 1] <= 0.7


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_founding_truth(seed):
    from simulate.panel import build_panel

    serum = draw_serum(Design(seed=seed), build_panel(80))
    counts = {
        pair: int(is_true_target(serum.true_log2fc(*pair)).sum()) for pair in ("BA", "AC", "BC")
    }
    assert counts == {"BA": 25, "AC": 21, "BC": 2}
    medians = np.median(2 ** (serum.level_log2[:, None] + serum.offset_log2), axis=0)
    assert np.ptp(np.log2(medians)) < 0.02


@given(seed=SEEDS, patients=st.integers(2, 150), controls=st.integers(0, 40))
@settings(max_examples=25, deadline=None)
def test_any_size_keeps_the_shares(seed, patients, controls):
    design = Design(seed=seed, patients=patients, controls=controls)
    people = draw_people(design)
    ages = [p.age_years for p in people if p.cohort == "patient"]
    assert len(people) == patients + controls
    assert (min(ages), max(ages)) == (25, 70)
    if patients >= 8:
        assert abs(statistics.mean(ages) - 1442 / 30) <= 0.5 / patients + 1e-9
        assert abs(statistics.stdev(ages) / 11.94 - 1) < 0.051
    assert all(p.bone_sites for p in people if p.cohort == "patient")
    clinic = draw_clinic(design)
    assert np.abs(clinic.vas_tenths.mean(axis=0) - [55.6, 39]).max() <= 0.5 / patients + 1e-9


@given(data=st.data(), seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_whole_numbers_are_found_wherever_an_example_exists(data, seed):
    """Take numbers well within the bounds, ask for others with the same moments."""
    example = np.array(data.draw(st.lists(st.integers(8, 32), min_size=8, max_size=40)))
    squares = int((example**2).sum())
    moments = Moments(int(example.sum()), squares, squares)
    rng = np.random.default_rng(seed)
    out = whole_numbers(rng, rng.normal(20, 8, example.size), moments, 0, 40)
    assert out.sum() == example.sum()
    assert (out**2).sum() == squares
    assert out.min() >= 0
    assert out.max() <= 40
