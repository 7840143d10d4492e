"""Area under the ROC curve of every target, its direction fixed beforehand."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from stats.methods.arrays import Flags, Floats, Ints, as_matrices, check_confidence
from stats.methods.ranks import average_ranks
from stats.methods.result import MethodResult, first_reason, missing, sound
from stats.methods.tails import normal_quantile

NO_OVERLAP = "no overlap: the two classes are separated, so the AUC has no standard error"


def auc(events: ArrayLike, non_events: ArrayLike, *, confidence: float) -> MethodResult:
    """Estimate how well each target tells persons with the event from those without.

    Parameters
    ----------
    events, non_events : (n_persons, n_targets), log2 levels or any score, NaN where missing
        One row per independent person.
    confidence : coverage of the interval, as 0.95

    Returns
    -------
    MethodResult
        `estimate`: the probability that a person with the event has the higher value, ties
        counting half. **Its direction is fixed**: below 0.5 the event goes with lower values, and
        no target is turned round to look better. Interval and p (against 0.5) on the logit scale
        with DeLong's variance; `statistic`: z; `details`: `standard_error`, on the scale of the
        AUC. Two values in each class are needed; an AUC of 0 or 1 has no interval and no p.

    Raises
    ------
    ValueError
        The matrices do not fit each other, or hold an infinite value.

    Notes
    -----
    Assumes independent persons. The variance is that of large samples; on the logit scale the
    interval stays within 0 and 1 and keeps its coverage better near them.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837–845, doi:10.2307/2531595; by ranks:
    Sun & Xu (2014), IEEE Signal Processing Letters 21:1389–1393, doi:10.1109/LSP.2014.2337313;
    interval: Qin & Hotilovac (2008), Statistical Methods in Medical Research 17:207–221,
    doi:10.1177/0962280207087173.
    Checked against R pROC 1.18 (`auc`, `var(method = "delong")`, direction fixed) at 1e-10.
    """
    check_confidence(confidence)
    x, y = as_matrices([events, non_events], "class")
    m, n = ((~np.isnan(arm)).sum(axis=0).astype(np.int64) for arm in (x, y))
    above, variance = _placements(x, y, m, n)
    few = np.minimum(m, n) < 2
    checks = [
        (few, _few_values(m, n)),
        ((above <= 0) | (above >= 1), NO_OVERLAP),
        (~(variance > 0), "zero variance: all values of a class lie at one place of the other"),
    ]
    reasons = first_reason(len(m), checks)
    z, error = _on_logit_scale(above, variance, sound(reasons))
    half = normal_quantile(confidence) * error
    logit = special.logit(np.where(sound(reasons), above, np.nan))
    nothing = missing(len(m))
    return MethodResult(
        estimate=np.where(few, np.nan, above),
        ci_low=special.expit(logit - half),
        ci_high=special.expit(logit + half),
        statistic=z,
        df=nothing,
        df_denominator=nothing,
        p_value=2 * special.ndtr(-np.abs(z)),
        effect_size=nothing,
        effect_size_kind="",
        n_numerator=m,
        n_denominator=n,
        n_pairs=None,
        n_dropped=len(x) + len(y) - m - n,
        reason=tuple(reasons),
        details={"standard_error": np.where(sound(reasons), np.sqrt(variance), np.nan)},
    )


def auc_of_rows(scores: Floats, is_event: Flags) -> Floats:
    """Return the AUC of each row of scores, without a variance.

    Parameters
    ----------
    scores : (n_rows, n_persons), none missing
    is_event : (n_rows, n_persons); each row has both classes

    Returns
    -------
    (n_rows,), the direction as in `auc`
    """
    ranks = average_ranks(scores.T)[0].T
    m = is_event.sum(axis=1)
    n = is_event.shape[1] - m
    u = np.where(is_event, ranks, 0.0).sum(axis=1) - m * (m + 1) / 2
    area: Floats = u / (m * n)
    return area


def _placements(x: Floats, y: Floats, m: Ints, n: Ints) -> tuple[Floats, Floats]:
    """Return the AUC and its variance from the place of each value within the other class."""
    both = average_ranks(np.concatenate([x, y]))[0]
    of_events = both[: len(x)] - average_ranks(x)[0]
    of_others = both[len(x) :] - average_ranks(y)[0]
    u = np.nansum(of_events, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        area = u / (m * n)
        spread = _sum_of_squares(of_events / n, m) / (m * (m - 1))
        spread += _sum_of_squares(of_others / m, n) / (n * (n - 1))
    return area, spread


def _sum_of_squares(values: Floats, n: Ints) -> Floats:
    mean = np.nansum(values, axis=0) / n
    total: Floats = np.nansum((values - mean) ** 2, axis=0)
    return total


def _on_logit_scale(area: Floats, variance: Floats, usable: Flags) -> tuple[Floats, Floats]:
    """Return z against 0.5 and the standard error, both of the logit."""
    p = np.where(usable, area, np.nan)
    error = np.sqrt(variance) / (p * (1 - p))
    return special.logit(p) / error, error


def _few_values(m: Ints, n: Ints) -> list[str]:
    return [
        f"too few values: {a} with the event and {b} without, at least 2 of each are needed"
        for a, b in zip(m.tolist(), n.tolist(), strict=True)
    ]
