"""What a recipe hands back, and what every recipe shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Floats, Ints
from stats.methods.result import MethodResult

#: Coverage of every interval: the contract promises 95 %.
CONFIDENCE = 0.95
#: A stratum that begins so holds results adjusted for the covariates that follow.
ADJUSTED_FOR = "adjusted:"


@dataclass(frozen=True)
class VisitScores:
    """One instrument at one visit: the score of each patient (points, NaN where missing), and
    how many patients have several treated sites and so no single score.
    """

    by_patient: Mapping[str, float]
    n_several_sites: int = 0


#: By (instrument, visit).
Scores = Mapping[tuple[str, str], VisitScores]


@dataclass(frozen=True)
class Computed:
    """One method's result within an analysis.

    Parameters
    ----------
    stratum : group, visit or outcome within which the test was made, else ''
    is_primary : whether the plan names this very result as the one that decides
    note : what the reader must know beside it
    contrast_id : '' for the analysis's own
    """

    method: str
    stratum: str
    result: MethodResult
    is_primary: bool = False
    note: str = ""
    contrast_id: str = ""


def joined(*notes: str) -> str:
    """Return notes as one text."""
    return "; ".join(n for n in notes if n)


def count_present(matrix: Floats) -> Ints:
    """Return how many values of each target are present."""
    counts: Ints = np.asarray(np.sum(~np.isnan(matrix), axis=0), dtype=np.int64)
    return counts
