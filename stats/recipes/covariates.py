"""The covariates of an analysis, ready for a method: who lacks one, and what is adjusted for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stats.design import (
    ABSENT,
    Rows,
    Sheet,
    covariate_matrix,
    covariate_note,
    has_covariates,
)
from stats.methods.arrays import Flags, Floats
from stats.plan import Analysis
from stats.recipes.computed import joined


@dataclass(frozen=True)
class Adjustment:
    """Covariates of some samples.

    Parameters
    ----------
    matrix : (n_samples, n_columns) without gaps; None where no covariate differs between them
    lacking : (n_samples,), samples without one of the covariates: their levels do not enter
    note : what the reader must know
    """

    matrix: Floats | None
    lacking: Flags
    note: str

    def masked(self, levels: Floats) -> Floats:
        """Return the levels, NaN for samples that lack a covariate."""
        return np.where(self.lacking[:, None], np.nan, levels)


def read_adjustment(analysis: Analysis, sheet: Sheet, rows: Rows) -> Adjustment:
    """Return the analysis's covariates of the given rows; ABSENT rows lack them."""
    matrix, names = covariate_matrix(analysis, sheet, rows)
    lacking = ~has_covariates(analysis, sheet, rows)
    left_out = covariate_note(analysis, sheet, rows[rows != ABSENT])
    if not names:
        return Adjustment(None, lacking, joined("not adjusted", left_out))
    adjusted = [c for c in analysis.covariates if any(n.partition("=")[0] == c for n in names)]
    note = f"estimate, interval and p are adjusted for {', '.join(adjusted)}"
    filled = np.where(lacking[:, None], 0.0, matrix)
    return Adjustment(filled, lacking, joined(note, left_out))
