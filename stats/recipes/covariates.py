"""The covariates of an analysis, ready for a method: who lacks one, and what is adjusted for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stats.covariates import covariate_matrix, covariate_note, has_covariates
from stats.design import ABSENT, Rows, Sheet
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


def read_adjustment(
    analysis: Analysis, sheet: Sheet, rows: Rows, cancelled: tuple[str, ...] = ()
) -> Adjustment:
    """Return the analysis's covariates of the given rows; ABSENT rows lack them.

    Parameters
    ----------
    cancelled : covariates that are the same within every pair, where the rows are pairs
    """
    matrix, names = covariate_matrix(analysis, sheet, rows)
    lacking = ~has_covariates(analysis, sheet, rows)
    same = (f"{c} is the same in both samples of every pair: not adjusted for" for c in cancelled)
    left_out = joined(covariate_note(analysis, sheet, rows[rows != ABSENT]), *same)
    if not names:
        return Adjustment(None, lacking, joined("not adjusted", left_out))
    differing = {n.partition("=")[0] for n in names} - set(cancelled)
    adjusted = [c for c in analysis.covariates if c in differing]
    note = "not adjusted"
    if adjusted:
        note = f"estimate, interval and p are adjusted for {', '.join(adjusted)}"
    filled = np.where(lacking[:, None], 0.0, matrix)
    return Adjustment(filled, lacking, joined(note, left_out))
