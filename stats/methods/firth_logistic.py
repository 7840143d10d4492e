"""Does a level go with an event? Firth's logistic regression of every target by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Flags, Floats, Ints, as_matrix, check_confidence
from stats.methods.moments import is_constant, shared_moments
from stats.methods.penalised_likelihood import Trials
from stats.methods.profile_likelihood import Profile, profile
from stats.methods.result import MethodResult, first_reason, missing

SEPARATED = "the level separates events from the rest: the penalty alone bounds the odds ratio"
NOT_FOUND = "the search for the maximum, or for a bound of its profile, did not end"


def firth_logistic(levels: ArrayLike, events: ArrayLike, *, confidence: float) -> MethodResult:
    """Regress a yes-or-no outcome on each target's level; odds ratio per standard deviation.

    Parameters
    ----------
    levels : (n_samples, n_targets), log2 levels, NaN where missing
    events : (n_samples,), 1 for the event, 0 for none, NaN where unknown
        Row i of both belongs to the same person; a person lacking either value is dropped.
    confidence : coverage of the interval, as 0.95

    Returns
    -------
    MethodResult
        `estimate`: odds ratio per standard deviation (of all persons that entered), with the
        interval of the profile penalised likelihood; `statistic`: penalised likelihood ratio,
        chi-squared with `df` 1; `effect_size`: log odds per standard deviation. `n_numerator`:
        persons with the event, `n_denominator`: without. `details`: `sd` in log2 units,
        `is_separated` 1 or 0. Three persons and both outcomes are needed.

    Raises
    ------
    ValueError
        The rows do not fit each other, a value is infinite, or an event is neither 0 nor 1.

    Notes
    -----
    Jeffreys' penalty takes off the bias of small samples and keeps the estimate finite where a
    level separates the outcomes; `reason` says so. Never Wald, whose interval is wrong there.
    Interval and p are of one likelihood: the interval excludes 1 if and only if p is below
    1 − confidence. Assumes independent persons and log odds linear in the level. Two-sided.

    References
    ----------
    Firth (1993), Biometrika 80:27–38, doi:10.1093/biomet/80.1.27; Heinze & Schemper (2002),
    Statistics in Medicine 21:2409–2419, doi:10.1002/sim.1047.
    Checked against the formulas written out in R at 1e-6.
    """
    check_confidence(confidence)
    matrix = as_matrix(levels, "levels")
    outcome = as_events(events, len(matrix))
    complete: Flags = ~np.isnan(matrix) & ~np.isnan(outcome)
    (x,) = shared_moments([np.where(complete, matrix, np.nan)])
    n_events = (complete & (outcome == 1)).sum(axis=0).astype(np.int64)
    sd = np.sqrt(x.variance)
    reasons = _reasons(x.n, n_events, is_constant(sd, [x]))
    fitted: Flags = np.array([not why for why in reasons], dtype=np.bool_)
    with np.errstate(divide="ignore", invalid="ignore"):
        standard = np.where(complete & fitted, (matrix - x.centre - x.mean) / sd, 0.0)
    found = profile(_trials(standard, outcome, complete & fitted), 1, confidence=confidence)
    separated = fitted & _separates(standard, outcome, complete)
    lost: Flags = fitted & ~found.has_converged
    notes = first_reason(len(sd), [(~fitted, reasons), (lost, NOT_FOUND), (separated, SEPARATED)])
    details = {"sd": np.where(fitted, sd, np.nan), "is_separated": separated.astype(np.float64)}
    return _result(found, n_events, x.n, len(matrix), tuple(notes), details)


def as_events(events: ArrayLike, n_rows: int) -> Floats:
    """Return the outcome of every person as a column: 1, 0, NaN where unknown.

    Raises
    ------
    ValueError
        There are not `n_rows` of them, or one is neither 0 nor 1.
    """
    outcome = np.asarray(events, dtype=np.float64).reshape(-1, 1)
    if len(outcome) != n_rows:
        raise ValueError(f"{n_rows} rows of levels but {len(outcome)} events")
    if not np.isin(outcome[~np.isnan(outcome)], (0, 1)).all():
        raise ValueError("an event is 1, no event 0, and what is not known NaN")
    return outcome


def class_reason(n: int, n_events: int) -> str:
    """Return why persons allow no odds: one outcome only; '' where they have both."""
    if n_events in (0, n):
        return f"odds need both outcomes: {n_events} of {n} persons have the event"
    return ""


def _reasons(n: Ints, n_events: Ints, constant: Flags) -> list[str]:
    counts = list(zip(n.tolist(), n_events.tolist(), strict=True))
    few = [f"too few persons with level and outcome: {i}, at least 3 are needed" for i in n]
    one_class = [class_reason(*pair) for pair in counts]
    has_one = np.array([bool(why) for why in one_class], dtype=np.bool_)
    checks = [(n < 3, few), (has_one, one_class), (constant, "zero variance: all levels agree")]
    return first_reason(len(n), checks)


def _trials(standard: Floats, outcome: Floats, counted: Flags) -> Trials:
    """Return one model a target; what does not count is a row without trials.

    A target that has no model gets one without any row, whose likelihood is not finite.
    """
    design = np.stack([np.ones_like(standard), standard], axis=-1).swapaxes(0, 1)
    events = np.where(counted, np.nan_to_num(outcome), 0.0).T
    return Trials(design, np.ascontiguousarray(events), counted.T.astype(np.float64))


def _separates(standard: Floats, outcome: Floats, complete: Flags) -> Flags:
    """Return where no level of one outcome lies beyond the levels of the other."""
    sides = [complete & (outcome == value) for value in (0, 1)]
    low = [np.where(side, standard, np.inf).min(axis=0, initial=np.inf) for side in sides]
    high = [np.where(side, standard, -np.inf).max(axis=0, initial=-np.inf) for side in sides]
    return np.asarray((high[0] <= low[1]) | (high[1] <= low[0]), dtype=np.bool_)


def _result(
    found: Profile,
    n_events: Ints,
    n: Ints,
    n_samples: int,
    reason: tuple[str, ...],
    details: dict[str, Floats],
) -> MethodResult:
    return MethodResult(
        estimate=np.exp(found.estimate),
        ci_low=np.exp(found.low),
        ci_high=np.exp(found.high),
        statistic=found.ratio,
        df=np.where(np.isnan(found.ratio), np.nan, 1.0),
        df_denominator=missing(len(n)),
        p_value=found.p_value,
        effect_size=found.estimate,
        effect_size_kind="log_odds_ratio",
        n_numerator=n_events,
        n_denominator=n - n_events,
        n_pairs=None,
        n_dropped=n_samples - n,
        reason=reason,
        details=details,
    )
