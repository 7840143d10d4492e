"""How often a cluster comes again when the study is drawn anew from itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stats.methods.arrays import Floats
from stats.methods.patient_sums import Codes
from stats.ordination.distances import weighted_distances
from stats.ordination.tree import Tree, merged_members


def stability_of_targets(
    tree: Tree, levels: Floats, patients: Codes, *, n_bootstraps: int, rng: np.random.Generator
) -> tuple[Floats, int]:
    """Return the share of trees on resampled patients that hold each merge of a tree of targets.

    Parameters
    ----------
    levels : (n_samples, n_targets), NaN where missing
    patients : (n_samples,), number of the patient
        Patients are drawn with all their samples: samples of one person are not independent.

    Returns
    -------
    share : (n_targets − 1,), of trees with exactly the members of the merge; NaN without any tree
    n_trees : resamples that gave a tree; one that leaves a target without variance gives none

    References
    ----------
    Felsenstein (1985), Evolution 39:783–791, doi:10.2307/2408678.
    """
    n_patients = int(patients.max(initial=-1)) + 1

    def distances() -> Floats:
        drawn = rng.multinomial(n_patients, np.full(n_patients, 1 / n_patients))
        weights = drawn[patients].astype(np.float64)
        return weighted_distances(weighted_scores(levels, weights), weights)

    return _shares(tree, distances, n_bootstraps)


def stability_of_samples(
    tree: Tree, z: Floats, *, n_bootstraps: int, rng: np.random.Generator
) -> tuple[Floats, int]:
    """Return the share of trees on resampled targets that hold each merge of a tree of samples.

    Parameters
    ----------
    z : (n_samples, n_targets), z-scores, NaN where missing; targets are drawn
    """
    n_targets = z.shape[1]

    def distances() -> Floats:
        drawn = rng.multinomial(n_targets, np.full(n_targets, 1 / n_targets))
        return weighted_distances(z, drawn.astype(np.float64))

    return _shares(tree, distances, n_bootstraps)


def _shares(tree: Tree, distances: Callable[[], Floats], n_bootstraps: int) -> tuple[Floats, int]:
    members = tree.members()
    found = np.zeros(len(members))
    n_trees = 0
    for _ in range(n_bootstraps):
        drawn = distances()
        if np.isnan(drawn).any():
            continue
        n_trees += 1
        again = set(merged_members(drawn))
        found += [m in again for m in members]
    return (found / n_trees if n_trees else np.full(len(members), np.nan)), n_trees


def weighted_scores(levels: Floats, weights: Floats) -> Floats:
    """Return z-scores (n_targets, n_samples) of a study in which samples stand `weights` times."""
    values = levels.T
    present = ~np.isnan(values)
    n = present @ weights
    with np.errstate(divide="ignore", invalid="ignore"):
        filled = np.where(present, values, 0.0)
        centred = np.where(present, values - (filled @ weights / n)[:, None], np.nan)
        variance = (np.where(present, centred, 0.0) ** 2 @ weights) / (n - 1)
        # A resample of one value may leave a variance that is rounding.
        flat = ~(variance > 1e-20 * np.maximum(np.nanmax(np.abs(filled), axis=1), 1.0) ** 2)
        return np.where(flat[:, None], np.nan, centred) / np.sqrt(variance)[:, None]
