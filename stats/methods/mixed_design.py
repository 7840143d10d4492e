"""The design of a mixed model: a column per group, covariates beside them, patients as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Flags, Floats, Ints, as_matrix
from stats.methods.patient_sums import Codes


@dataclass(frozen=True)
class MixedDesign:
    """The samples' side of a mixed model.

    Parameters
    ----------
    matrix : (n_samples, p), indicators of the groups in the order of `groups`, then covariates,
        centred and divided by their SD; 0 where a covariate is missing
    groups : codes, sorted
    group_of : (n_samples,), position in `groups`
    patient_of : (n_samples,), number of the patient
    usable : (n_samples,), False where a covariate is missing
    """

    matrix: Floats
    groups: tuple[str, ...]
    group_of: Codes
    patient_of: Codes
    usable: Flags

    @property
    def has_covariates(self) -> bool:
        """Return whether there is any covariate."""
        return bool(self.matrix.shape[1] > len(self.groups))

    def column(self, group: str) -> Floats:
        """Return the coefficients (p,) that pick a group's mean; all 0 for an unknown group."""
        picked = np.zeros(self.matrix.shape[1])
        if group in self.groups:
            picked[self.groups.index(group)] = 1.0
        return picked


def mixed_design(
    groups: Sequence[str], patients: Sequence[str], covariates: ArrayLike | None, n_samples: int
) -> MixedDesign:
    """Return the design of `n_samples` samples.

    Raises
    ------
    ValueError
        Groups, patients or covariates do not have one entry per sample.
    """
    for name, given in (("groups", groups), ("patients", patients)):
        if len(given) != n_samples:
            raise ValueError(f"{n_samples} rows of levels but {len(given)} {name}")
    further = np.empty((n_samples, 0))
    if covariates is not None:
        further = as_matrix(covariates, "covariates")
        if len(further) != n_samples:
            raise ValueError(f"{n_samples} rows of levels but {len(further)} of covariates")
    codes, group_of = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)
    _, patient_of = np.unique(np.asarray(patients, dtype=np.str_), return_inverse=True)
    indicators = (group_of[:, None] == np.arange(len(codes))).astype(np.float64)
    usable: Flags = np.all(~np.isnan(further), axis=1)
    return MixedDesign(
        matrix=np.concatenate([indicators, _standardised(further, usable)], axis=1),
        groups=tuple(codes.tolist()),
        group_of=group_of.astype(np.intp),
        patient_of=patient_of.astype(np.intp),
        usable=usable,
    )


def patients_in_both(design: MixedDesign, present: Flags, arms: tuple[str, str]) -> Ints:
    """Return how many patients have a value in both groups, (n_targets,)."""
    n_patients = int(design.patient_of.max(initial=-1)) + 1
    has = []
    for arm in arms:
        rows = np.flatnonzero(design.column(arm)[design.group_of] == 1)
        found = np.zeros((n_patients, present.shape[1]), dtype=np.bool_)
        np.logical_or.at(found, design.patient_of[rows], present[rows])
        has.append(found)
    both: Ints = (has[0] & has[1]).sum(axis=0).astype(np.int64)
    return both


def _standardised(covariates: Floats, usable: Flags) -> Floats:
    """Return covariates of comparable size: no contrast of groups changes, rounding does."""
    out = np.zeros_like(covariates)
    known = covariates[usable]
    if known.size:
        spread = known.std(axis=0)
        out[usable] = (known - known.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return out
