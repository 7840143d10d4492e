"""Do changes go together? Partial correlations of a level's change and a score's, two ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Floats, as_matrices, as_matrix, check_confidence
from stats.methods.change_on_change import NAMES
from stats.methods.correlation import ON_A_LINE, correlation_result
from stats.methods.partial import association
from stats.methods.ranks import average_ranks
from stats.methods.result import MethodResult

#: Both baselines are held constant.
N_HELD = 2


def pearson_of_changes(
    before: ArrayLike,
    after: ArrayLike,
    score_before: ArrayLike,
    score_after: ArrayLike,
    *,
    confidence: float,
) -> MethodResult:
    """Correlate each target's level after with the score's change, both baselines held constant.

    Parameters, errors and assumptions are those of `change_on_change`, whose t and p these are.

    Returns
    -------
    MethodResult
        `estimate` and `effect_size`: partial r; interval by Fisher's z with SE 1/√(n − 5), from
        six persons on; `statistic`: t with `df` = n − 4.

    References
    ----------
    Fisher (1924), Metron 3:329–332.
    Checked against R `lm` at 1e-10 relative.
    """
    columns = _columns(before, after, score_before, score_after, confidence)
    return _partial(columns, confidence, is_ranked=False)


def spearman_of_changes(
    before: ArrayLike,
    after: ArrayLike,
    score_before: ArrayLike,
    score_after: ArrayLike,
    *,
    confidence: float,
) -> MethodResult:
    """Correlate by ranks each target's level after with the score's change, baselines held.

    Parameters and errors are those of `change_on_change`.

    Returns
    -------
    MethodResult
        `estimate` and `effect_size`: partial correlation of the average ranks of the complete
        persons; interval by Fisher's z with SE √((1 + rho² / 2) / (n − 5)), from six persons on;
        `statistic`: t with `df` = n − 4, never exact.

    Notes
    -----
    Ranks of the level after, the level before, the score before and the score's change, then as
    `pearson_of_changes`: monotone relations, no normal residuals. Two-sided.

    References
    ----------
    Kim (2015), Communications for Statistical Applications and Methods 22:665–674,
    doi:10.5351/CSAM.2015.22.6.665; interval: Bonett & Wright (2000), Psychometrika 65:23–28,
    doi:10.1007/BF02294183.
    Checked against ranks and `lm` of R at 1e-10 relative.
    """
    columns = _columns(before, after, score_before, score_after, confidence)
    complete = ~np.isnan(np.broadcast_arrays(*columns)).any(axis=0)
    ranked = [average_ranks(np.where(complete, column, np.nan))[0] for column in columns]
    return replace(_partial(ranked, confidence, is_ranked=True), effect_size_kind="partial_rho")


def _columns(
    before: ArrayLike,
    after: ArrayLike,
    score_before: ArrayLike,
    score_after: ArrayLike,
    confidence: float,
) -> list[Floats]:
    """Return level before, score before, change of the score, level after."""
    check_confidence(confidence)
    first, second = as_matrices([before, after], "visit")
    scores = [as_matrix(np.reshape(s, (-1, 1)), "scores") for s in (score_before, score_after)]
    lengths = [len(m) for m in (first, second, *scores)]
    if len(set(lengths)) > 1:
        raise ValueError(f"rows of levels and scores before and after: {lengths}; persons need all")
    # Scores have one decimal: as whole tenths equal changes tie, which 5.6 − 3.6 and 2.0 do not.
    change = (np.rint(scores[1] * 10) - np.rint(scores[0] * 10)) / 10
    return [first, scores[0], change, second]


def _partial(columns: list[Floats], confidence: float, *, is_ranked: bool) -> MethodResult:
    fit = association(columns[3], columns[2], columns[:2], names=NAMES)
    reasons = [
        why or (ON_A_LINE if line else "")
        for why, line in zip(fit.reasons, fit.on_a_line.tolist(), strict=True)
    ]
    result = correlation_result(
        fit.r, fit.n, fit.n_missing, reasons,
        inflation=1 + fit.r**2 / 2 if is_ranked else np.ones_like(fit.r),
        n_covariates=N_HELD, confidence=confidence,
    )  # fmt: skip
    return replace(result, effect_size_kind="partial_r")
