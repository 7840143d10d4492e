"""What an analyst finds: duplicate means, median normalisation, paired t, BH, in this file."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats as sps

from simulate.arrays import net_signal, scan_slide
from simulate.design import Design
from simulate.model import draw_model
from simulate.serum import is_true_target

SHIPPED = 7


def normalised_log2(signal) -> np.ndarray:
    """Mean of kept duplicates, scaled to the geometric mean of the array medians, in log2."""
    spots = np.ma.masked_array(signal.net_afu, ~signal.is_kept)
    mean = spots.mean(axis=2).filled(np.nan)
    medians = np.nanmedian(mean, axis=1)
    scaled = mean * (np.exp(np.log(medians).mean()) / medians)[:, None]
    return np.log2(np.where(scaled > 0, scaled, np.nan))


def adjusted(p: np.ndarray) -> np.ndarray:
    order = np.argsort(p)[::-1]
    scaled = p[order] * p.size / np.arange(p.size, 0, -1)
    out = np.empty_like(p)
    out[order] = np.minimum.accumulate(scaled)
    return out


def paired_differences(model) -> np.ndarray:
    signal = net_signal(model)
    level = normalised_log2(signal)
    before, after = (
        level[mask][np.argsort(signal.person[mask])]
        for mask in (signal.group_code == "A", signal.group_code == "B")
    )
    return after - before


def found(seed: int) -> tuple[int, int, float]:
    """True targets found, targets without any difference found, median error of log2FC."""
    model = draw_model(Design(seed=seed))
    differences = paired_differences(model)
    truth = model.serum.true_log2fc("B", "A")
    q = adjusted(sps.ttest_1samp(differences, 0.0, nan_policy="omit").pvalue)
    error = np.median(np.abs(np.nanmean(differences, axis=0) - truth))
    hit = q < 0.05
    return int(hit[is_true_target(truth)].sum()), int(hit[truth == 0].sum()), float(error)


def test_shipped_seed_is_found_by_the_paired_test():
    n_true, n_false, error = found(SHIPPED)
    assert n_true >= 22
    assert n_false <= 3
    assert error < 0.15


def test_fifty_seeds():
    results = [found(seed) for seed in range(50)]
    n_true, n_false, error = (np.array(column) for column in zip(*results, strict=True))
    assert n_true.mean() >= 22
    assert n_false.mean() <= 3
    assert (error < 0.15).all()


def test_there_are_targets_without_any_true_difference():
    truth = draw_model(Design()).serum.true_log2fc("B", "A")
    assert (truth == 0).sum() == 42


@pytest.mark.parametrize(("numerator", "denominator"), [("A", "C"), ("B", "C")])
def test_unpaired_fold_changes_are_near_the_truth(numerator, denominator):
    errors = []
    for seed in range(SHIPPED, SHIPPED + 10):
        model = draw_model(Design(seed=seed))
        signal = net_signal(model)
        level = normalised_log2(signal)
        mean = {
            g: np.nanmean(level[signal.group_code == g], axis=0) for g in (numerator, denominator)
        }
        estimate = mean[numerator] - mean[denominator]
        truth = model.serum.true_log2fc(numerator, denominator)
        errors.append(np.median(np.abs(estimate - truth)))
    assert np.mean(errors) < 0.15
    assert errors[0] < 0.15  # the shipped seed


def test_arrays_differ_in_load_and_normalisation_takes_most_of_it_away():
    """An array's load is how far its targets lie from their true level, in the median."""
    model = draw_model(Design())
    signal = net_signal(model)
    true_level = model.level_log2[~np.isnan(model.level_log2[:, 0])]
    raw = np.log2(np.where(signal.is_kept & (signal.net_afu > 0), signal.net_afu, np.nan))
    load = np.nanmedian(raw.mean(axis=2) - true_level, axis=1)
    left = np.nanmedian(normalised_log2(signal) - true_level, axis=1)
    assert load.std() > 0.2
    assert left.std() < load.std()


def test_slides_and_blocks_scale_the_positive_controls_too():
    model = draw_model(Design())
    n = len(model.panel.analytes)
    positive = (model.panel.spot_targets >= n) & (model.panel.spot_targets < n + 3)
    scans = [scan_slide(model, slide) for slide in range(model.seating.n_slides)]
    net = np.array([scan.foreground_median - scan.background_median for scan in scans])
    level = np.log2(net[:, :, positive]).mean(axis=2)
    assert level.mean(axis=1).std() > 0.08
    assert (level - level.mean(axis=1, keepdims=True)).std() > 0.04


def test_patients_resemble_themselves():
    """Between-patient spread and within-patient correlation are those of the model."""
    design = Design(patients=400, controls=0, seed=3)
    model = draw_model(design)
    signal = net_signal(model)
    level = normalised_log2(signal)
    before, after = (
        level[mask][np.argsort(signal.person[mask])]
        for mask in (signal.group_code == "A", signal.group_code == "B")
    )
    kept = ~np.isnan(before).any(axis=0) & ~np.isnan(after).any(axis=0)
    correlation = np.array(
        [np.corrcoef(before[:, k], after[:, k])[0, 1] for k in np.flatnonzero(kept)]
    )
    assert kept.sum() > 60
    assert 0.55 <= np.median(correlation) <= 0.85
    assert 0.35 <= np.median(before[:, kept].std(axis=0)) <= 0.7
