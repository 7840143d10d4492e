"""Does a target change with a score? Regression of the level after on the score's change."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import as_matrices, as_matrix, check_confidence
from stats.methods.partial import association
from stats.methods.result import MethodResult, missing
from stats.methods.tails import t_quantile, two_sided_t

NAMES = ("the level before", "the score before", "the change of the score", "the level after")
ON_A_LINE = "the values lie in one plane: t and the interval are not finite"


def change_on_change(
    before: ArrayLike,
    after: ArrayLike,
    score_before: ArrayLike,
    score_after: ArrayLike,
    *,
    confidence: float,
) -> MethodResult:
    """Regress each target's level after on its level before, the score before and its change.

    Parameters
    ----------
    before, after : (n_pairs, n_targets), log2 levels, NaN where missing
    score_before, score_after : (n_pairs,), points of an instrument, NaN where missing
        Row i of all belongs to the same person; a person lacking a value is dropped.
    confidence : coverage of the interval, as 0.95

    Returns
    -------
    MethodResult
        `estimate`: log2 units per point of change of the score, with both baselines held
        constant; `statistic`: t with `df` = persons − 4; `effect_size`: the partial correlation
        of the level after with the score's change. Five persons are needed.

    Raises
    ------
    ValueError
        The rows do not fit each other, or a value is infinite.

    Notes
    -----
    Baselines in the model, not differences alone: a change correlates with its own baseline
    (regression to the mean), so two changes may correlate through their baselines. The partial
    correlation, t and p are the same with score and target exchanged. Assumes independent persons,
    a linear relation and normal residuals of equal variance. Two-sided.

    References
    ----------
    Vickers & Altman (2001), BMJ 323:1123–1124, doi:10.1136/bmj.323.7321.1123.
    Checked against R `lm` at 1e-10 relative.
    """
    check_confidence(confidence)
    first, second = as_matrices([before, after], "visit")
    scores = [as_matrix(np.reshape(s, (-1, 1)), "scores") for s in (score_before, score_after)]
    lengths = [len(m) for m in (first, second, *scores)]
    if len(set(lengths)) > 1:
        raise ValueError(f"rows of levels and scores before and after: {lengths}; persons need all")
    fit = association(second, scores[1] - scores[0], [first, scores[0]], names=NAMES)
    reasons = [
        why or (ON_A_LINE if line else "")
        for why, line in zip(fit.reasons, fit.on_a_line.tolist(), strict=True)
    ]
    half_width = t_quantile(confidence, fit.df) * fit.standard_error
    n_targets = len(fit.n)
    return MethodResult(
        estimate=fit.slope,
        ci_low=fit.slope - half_width,
        ci_high=fit.slope + half_width,
        statistic=fit.statistic,
        df=fit.df,
        df_denominator=missing(n_targets),
        p_value=two_sided_t(fit.statistic, fit.df),
        effect_size=fit.r,
        effect_size_kind="partial_r",
        n_numerator=fit.n,
        n_denominator=fit.n,
        n_pairs=fit.n,
        n_dropped=fit.n_missing,
        reason=tuple(reasons),
    )
