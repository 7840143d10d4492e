"""Two one-sided tests: is the difference of two independent groups within a margin?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import as_matrices, check_confidence
from stats.methods.difference import independent_t, welch_error
from stats.methods.moments import shared_moments
from stats.methods.result import MethodResult
from stats.methods.tails import t_quantile, upper_t

DIFFERENT = "different"
EQUIVALENT = "equivalent"
BOTH = "both"
UNDETERMINED = "undetermined"


def tost(
    numerator: ArrayLike, denominator: ArrayLike, *, margin_log2: float, confidence: float
) -> MethodResult:
    """Test whether the difference of means lies within ± the margin, with Welch's error.

    Parameters
    ----------
    numerator, denominator : (n_samples, n_targets), log2 levels, NaN where missing
        One row per independent person; the rows of the two arms have no common order.
    margin_log2 : above 0, log2 units; log2(1.5) calls less than 1.5-fold equivalent
    confidence : coverage of the interval, as 0.95

    Returns
    -------
    MethodResult
        `estimate`, interval, `df` and `effect_size` as Welch's t. `statistic`: t of the margin
        that lies nearer, (margin − |difference|) / SE; `p_value`: its upper tail, the larger one
        of the two one-sided p-values. `details`: both tests (`t_above_minus_margin`,
        `p_above_minus_margin`, `t_below_margin`, `p_below_margin`), and the interval of coverage
        2 × confidence − 1 (`inner_low`, `inner_high`), which lies within the margins exactly when
        p < 1 − confidence. Each arm needs two values.

    Raises
    ------
    ValueError
        The margin is not above 0, the confidence is below 0.5, the matrices do not fit each
        other, or a value is infinite.

    Notes
    -----
    Assumes independent samples and normal levels. A p that is not small never means "different":
    `equivalence_verdict` puts this beside the test of a difference.

    References
    ----------
    Schuirmann (1987), J. Pharmacokinetics and Biopharmaceutics 15:657–680,
    doi:10.1007/BF01068419; with Welch's error: Lakens (2017), Social Psychological and
    Personality Science 8:355–362, doi:10.1177/1948550617697177.
    Checked against R `t.test(mu = ± margin, alternative = )` at 1e-10 relative.
    """
    check_confidence(confidence)
    if confidence < 0.5:
        raise ValueError(f"confidence is {confidence}; two one-sided tests need at least 0.5")
    if not 0 < margin_log2 < np.inf:
        raise ValueError(f"margin_log2 is {margin_log2}; it lies above 0, as 0.585 for 1.5-fold")
    a, b = shared_moments(as_matrices([numerator, denominator], "group"))
    with np.errstate(divide="ignore", invalid="ignore"):
        error, df = welch_error(a, b)
        welch = independent_t(a, b, error, df, least=2, confidence=confidence)
        error = np.where(np.isnan(welch.df), np.nan, error)
        above = (welch.estimate + margin_log2) / error
        below = (margin_log2 - welch.estimate) / error
        inner = t_quantile(2 * confidence - 1, welch.df) * error
    statistic = np.minimum(above, below)
    return replace(
        welch,
        statistic=statistic,
        p_value=upper_t(statistic, welch.df),
        details={
            "t_above_minus_margin": above,
            "p_above_minus_margin": upper_t(above, welch.df),
            "t_below_margin": below,
            "p_below_margin": upper_t(below, welch.df),
            "inner_low": welch.estimate - inner,
            "inner_high": welch.estimate + inner,
        },
    )


def equivalence_verdict(
    p_difference_adjusted: ArrayLike, p_equivalence_adjusted: ArrayLike, *, alpha: float
) -> tuple[str, ...]:
    """Return for each target what the two tests say together.

    Parameters
    ----------
    p_difference_adjusted : (n_targets,), adjusted p of the test of a difference (Welch's t)
    p_equivalence_adjusted : (n_targets,), adjusted p of `tost`
    alpha : threshold of both, as 0.05

    Returns
    -------
    tuple of str
        `different`: a difference was shown, not that it is small. `equivalent`: it was shown to
        be smaller than the margin. `both`: a difference smaller than the margin.
        `undetermined`: neither; the study is too small to say. Empty where a test was not made.

    Raises
    ------
    ValueError
        The arrays differ in length.
    """
    p_different = np.asarray(p_difference_adjusted, dtype=np.float64)
    p_equivalent = np.asarray(p_equivalence_adjusted, dtype=np.float64)
    if p_different.shape != p_equivalent.shape:
        raise ValueError(
            f"{p_different.shape} p-values of a difference but {p_equivalent.shape} of equivalence"
        )
    different, equivalent = p_different < alpha, p_equivalent < alpha
    words = np.select(
        [
            np.isnan(p_different) | np.isnan(p_equivalent),
            different & equivalent,
            different,
            equivalent,
        ],
        ["", BOTH, DIFFERENT, EQUIVALENT],
        UNDETERMINED,
    )
    return tuple(str(word) for word in words)
