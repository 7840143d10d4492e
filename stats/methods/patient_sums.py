"""Sums of products within patients and of patient sums: all that a random intercept needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.methods.arrays import Flags, Floats, Ints

Codes = NDArray[np.intp]

#: Cells of one block of targets × samples × columns.
_BLOCK_CELLS = 4_000_000


@dataclass(frozen=True)
class PatientSums:
    """Cross-products of q columns: p of the design, then the levels.

    A patient with k values has levels of covariance (unit matrix + ratio · matrix of ones): its
    inverse acts on deviations from the patient's mean and on the patient's sum separately.

    Parameters
    ----------
    within : (n_targets, q, q), of deviations from patient means
    between : (n_targets, n_sizes, q, q), of the sums of those patients who have k values
    n_patients : (n_targets, n_sizes), patients who have k values
    sizes : (n_sizes,), k = 1, 2, …
    n : (n_targets,), values
    empty : (n_targets, p), True for a column without a value (a group that this target lacks)
    """

    within: Floats
    between: Floats
    n_patients: Floats
    sizes: Floats
    n: Ints
    empty: Flags

    @property
    def rank(self) -> Ints:
        """Coefficients that the values tell something about, (n_targets,)."""
        found: Ints = (~self.empty).sum(axis=1)
        return found

    def weighted(self, per_size: Floats, within: float) -> Floats:
        """Return within · W + Σ per_size[:, k] · B[:, k], (n_targets, q, q)."""
        sums: Floats = (per_size[:, :, None, None] * self.between).sum(axis=1)
        return within * self.within + sums

    def take(self, targets: Codes) -> PatientSums:
        """Return the sums of some targets."""
        return PatientSums(
            self.within[targets],
            self.between[targets],
            self.n_patients[targets],
            self.sizes,
            self.n[targets],
            self.empty[targets],
        )


def patient_sums(design: Floats, levels: Floats, patients: Codes) -> PatientSums:
    """Return the sums of every target; a sample without a value does not enter.

    Targets are taken block by block, which bounds the memory and changes no digit.

    Parameters
    ----------
    design : (n_samples, p), the same for all targets
    levels : (n_samples, n_targets), or already residuals of them; NaN where missing
    patients : (n_samples,), number of the patient
    """
    n_samples, n_targets = levels.shape
    step = max(1, _BLOCK_CELLS // max(n_samples * (design.shape[1] + 1), 1))
    starts = range(0, max(n_targets, 1), step)
    return _joined([_sums_of(design, levels[:, i : i + step], patients) for i in starts])


def _joined(blocks: list[PatientSums]) -> PatientSums:
    return PatientSums(
        within=np.concatenate([b.within for b in blocks]),
        between=np.concatenate([b.between for b in blocks]),
        n_patients=np.concatenate([b.n_patients for b in blocks]),
        sizes=blocks[0].sizes,
        n=np.concatenate([b.n for b in blocks]),
        empty=np.concatenate([b.empty for b in blocks]),
    )


def _sums_of(design: Floats, levels: Floats, patients: Codes) -> PatientSums:
    order = np.argsort(patients, kind="stable")
    _, starts, lengths = np.unique(patients[order], return_index=True, return_counts=True)
    # Targets in rows: sums along the last axis do not depend on how many targets there are.
    values = np.ascontiguousarray(levels[order].T)
    present = ~np.isnan(values)
    columns = [np.where(present, column, 0.0) for column in (*design[order].T, values)]
    counts = np.add.reduceat(present.astype(np.int64), starts, axis=1)
    sums = [np.add.reduceat(c, starts, axis=1) for c in columns]
    deviations = [
        np.where(present, c - np.repeat(s / np.maximum(counts, 1), lengths, axis=1), 0.0)
        for c, s in zip(columns, sums, strict=True)
    ]
    sizes = np.arange(1, int(lengths.max(initial=1)) + 1)
    return PatientSums(
        within=_products(deviations, None),
        between=np.stack([_products(sums, counts == k) for k in sizes], axis=1),
        n_patients=np.stack([(counts == k).sum(axis=1) for k in sizes], axis=1).astype(np.float64),
        sizes=sizes.astype(np.float64),
        n=present.sum(axis=1).astype(np.int64),
        empty=np.array([~np.any(c != 0, axis=1) for c in columns[:-1]], dtype=np.bool_)
        .reshape(design.shape[1], len(values))
        .T,
    )


def _products(columns: list[Floats], chosen: Flags | None) -> Floats:
    """Return (n_targets, q, q) sums of products over the chosen entries of each row."""
    q = len(columns)
    out = np.empty((len(columns[0]), q, q))
    for i in range(q):
        left = columns[i] if chosen is None else np.where(chosen, columns[i], 0.0)
        for j in range(i, q):
            out[:, i, j] = out[:, j, i] = (left * columns[j]).sum(axis=1)
    return out
