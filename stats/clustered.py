"""One selection scaled, clustered along both axes, with the stability of its merges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stats.design import Levels, Sheet
from stats.methods.arrays import Flags, Floats, Ints
from stats.ordination.distances import squared_distances
from stats.ordination.scaled import Scaled, scale
from stats.ordination.stability import stability_of_samples, stability_of_targets
from stats.ordination.tree import Tree, average_linkage, cophenetic_correlation
from stats.selections import Selection

TARGETS, SAMPLES = "targets", "samples"
#: A larger tree could not be read, and its distances would not fit into memory.
MOST_ITEMS = 3000
#: A tree of so many items takes 15 ms; a larger one is not resampled.
MOST_RESAMPLED = 400


@dataclass(frozen=True)
class Chosen:
    """Levels of a selection and their z-scores.

    Parameters
    ----------
    sample_ids, analyte_ids : names of rows and columns, sorted
    patients : (n_samples,)
    levels : (n_samples, n_targets), log2 units, NaN where missing
    """

    selection: Selection
    variant_id: str
    sample_ids: tuple[str, ...]
    analyte_ids: tuple[str, ...]
    patients: tuple[str, ...]
    levels: Floats
    scaled: Scaled

    def names(self, axis: str) -> tuple[str, ...]:
        """Return the names of all items of an axis."""
        return self.analyte_ids if axis == TARGETS else self.sample_ids

    def kept(self, axis: str) -> Flags:
        """Return which items of an axis are not left out."""
        return self.scaled.targets if axis == TARGETS else self.scaled.samples

    def reasons(self, axis: str) -> tuple[str, ...]:
        """Return why an item of an axis is left out, '' where it is not."""
        scaled = self.scaled
        return scaled.target_reasons if axis == TARGETS else scaled.sample_reasons

    def n_values(self, axis: str) -> Ints:
        """Return the levels that each item of an axis has."""
        present: Ints = (~np.isnan(self.levels)).sum(axis=0 if axis == TARGETS else 1)
        return present

    def items(self, axis: str) -> Floats:
        """Return z-scores of what is kept, items in rows."""
        return self.scaled.kept.T if axis == TARGETS else self.scaled.kept


@dataclass(frozen=True)
class Clustering:
    """The tree of one axis; `reason` says why there is none or no stability."""

    tree: Tree | None
    cophenetic: float
    reason: str


def choose(selection: Selection, sheet: Sheet, levels: Levels) -> Chosen:
    """Return the levels of a selection with their z-scores."""
    matrix = levels.matrix[np.ix_(selection.rows, selection.columns)]
    return Chosen(
        selection=selection,
        variant_id=levels.variant_id,
        sample_ids=tuple(sheet.sample_ids[i] for i in selection.rows.tolist()),
        analyte_ids=tuple(levels.analyte_ids[j] for j in selection.columns.tolist()),
        patients=tuple(sheet.patients(selection.rows.tolist())),
        levels=matrix,
        scaled=scale(matrix),
    )


def cluster(chosen: Chosen, axis: str) -> Clustering:
    """Return the tree of one axis of a selection."""
    items = chosen.items(axis)
    n_items, n_features = items.shape
    if n_items < 2 or not n_features:
        return Clustering(None, float("nan"), f"too few {axis}: {n_items}, at least 2 are needed")
    if n_items > MOST_ITEMS:
        return Clustering(None, float("nan"), f"more than {MOST_ITEMS:,} {axis}: no tree is made")
    distances = squared_distances(items)
    tree = average_linkage(distances)
    return Clustering(
        tree,
        cophenetic_correlation(tree, distances),
        f"more than {MOST_RESAMPLED} {axis}: no stability" if n_items > MOST_RESAMPLED else "",
    )


def stability(
    chosen: Chosen,
    axis: str,
    clustering: Clustering,
    *,
    n_bootstraps: int,
    rng: np.random.Generator,
) -> tuple[Floats, int]:
    """Return the stability of each merge and the number of resampled trees behind it."""
    tree = clustering.tree
    if tree is None:
        return np.empty(0), 0
    n_drawn = 0 if clustering.reason else n_bootstraps
    if axis == SAMPLES:
        return stability_of_samples(tree, chosen.scaled.kept, n_bootstraps=n_drawn, rng=rng)
    levels = chosen.levels[np.ix_(chosen.scaled.samples, chosen.scaled.targets)]
    patients = np.array(chosen.patients)[chosen.scaled.samples]
    _, codes = np.unique(patients, return_inverse=True)
    return stability_of_targets(tree, levels, codes, n_bootstraps=n_drawn, rng=rng)
