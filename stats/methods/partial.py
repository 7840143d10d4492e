"""Association of two variables with others held constant, for every target by one factorisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Flags, Floats, Ints
from stats.methods.moments import ROUNDING, Moments, is_constant, shared_moments
from stats.methods.result import first_reason

#: A column of which less than this share is left beside the others is a combination of them.
COLLINEAR = 1e-7


@dataclass(frozen=True)
class Association:
    """Least squares of a response on a term beside others; every array is (n_targets,).

    Parameters
    ----------
    slope : coefficient of the term.
    r : partial correlation of response and term.
    standard_error : of the slope.
    statistic : t of the slope.
    df : persons − 2 − number of others.
    n : persons with all values.
    n_missing : persons left out because a value is missing.
    reasons : why there is no slope, else empty; NaN there.
    on_a_line : response and term are on one line: slope and r, but no t.
    """

    slope: Floats
    r: Floats
    standard_error: Floats
    statistic: Floats
    df: Floats
    n: Ints
    n_missing: Ints
    reasons: list[str]
    on_a_line: Flags


def association(
    response: Floats, term: Floats, others: Sequence[Floats], *, names: Sequence[str]
) -> Association:
    """Return the least-squares slope and partial correlation of each target.

    Parameters
    ----------
    response, term : (n_samples, n_targets), or (n_samples, 1) where targets share a column
    others : further columns of the model, each of such a shape; an intercept is always in it
    names : of the others, the term and the response, for the reasons

    References
    ----------
    Fisher (1924), Metron 3:329–332: the distribution of the partial correlation.
    """
    columns = np.broadcast_arrays(*others, term, response)
    complete: Flags = np.asarray(~np.isnan(columns).any(axis=0), dtype=np.bool_)
    moments = [shared_moments([np.where(complete, c, np.nan)])[0] for c in columns]
    k, n = len(others), moments[0].n
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = _triangle(columns, complete, moments)
        reasons = _reasons(factor, moments, names)
        good = np.array([not r for r in reasons], dtype=np.bool_)
        own, shared, rest = factor[:, k, k], factor[:, k, k + 1], factor[:, k + 1, k + 1]
        sign = np.sign(own)
        df = np.where(good, n - 2.0 - k, np.nan)
        on_a_line = good & (np.abs(rest) <= _rounding(moments[-1]))
        df = np.where(on_a_line, np.nan, df)
        noise = np.abs(rest) / np.sqrt(df)
        return Association(
            slope=np.where(good, shared / own, np.nan),
            r=np.where(good, sign * shared / np.hypot(shared, rest), np.nan),
            standard_error=noise / np.abs(own),
            statistic=sign * shared / noise,
            df=df,
            n=n,
            n_missing=moments[0].n_missing,
            reasons=reasons,
            on_a_line=on_a_line,
        )


def _triangle(columns: Sequence[Floats], complete: Flags, moments: Sequence[Moments]) -> Floats:
    """Return the triangular factors (n_targets, n_columns, n_columns) of the centred columns."""
    centred = [
        np.where(complete, (c - m.centre) - m.mean, 0.0)
        for c, m in zip(columns, moments, strict=True)
    ]
    n_columns = len(centred)
    # Rows of zeros change no factor, and there must be as many rows as columns.
    padding = np.zeros((complete.shape[1], n_columns, n_columns))
    stacked = np.concatenate([np.stack(centred, axis=-1).swapaxes(0, 1), padding], axis=1)
    return np.asarray(np.linalg.qr(stacked, mode="r"), dtype=np.float64)


def _reasons(factor: Floats, moments: Sequence[Moments], names: Sequence[str]) -> list[str]:
    n, k = moments[0].n, len(names) - 2
    few = [f"too few persons with all values: {i}, at least {k + 3} are needed" for i in n.tolist()]
    checks: list[tuple[Flags, Sequence[str] | str]] = [(n < k + 3, few)]
    for name, m in zip(names, moments, strict=True):
        checks.append(
            (is_constant(np.sqrt(m.variance), [m]), f"zero variance: {name} is the same for all")
        )
    for j in range(1, k + 1):
        left = np.abs(factor[:, j, j]) <= COLLINEAR * np.sqrt(moments[j].sum_squares)
        checks.append((left, f"{names[j]} follows from {_listed(names[:j])}"))
    unexplained = np.hypot(factor[:, k, k + 1], factor[:, k + 1, k + 1])
    left_none = unexplained <= _rounding(moments[-1])
    checks.append((left_none, f"{names[-1]} follows from {_listed(names[:-2])}"))
    return first_reason(len(n), checks)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)


def _rounding(m: Moments) -> Floats:
    """Return the length that the rounding of a column gives its residuals."""
    height = np.abs(m.mean + m.centre) + np.sqrt(m.variance)
    return ROUNDING * height * np.sqrt(np.maximum(m.n, 1))
