"""What every method returns: one frozen record of arrays, one entry per target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from stats.methods.arrays import Flags, Floats, Ints

#: Said by methods whose result has no interval (omnibus and assumption tests).
CI_NOT_DEFINED = "ci_not_defined: this test has no confidence interval"


@dataclass(frozen=True)
class MethodResult:
    """Results of one method; every array is (n_targets,), NaN only where `reason` says why.

    Parameters
    ----------
    estimate, ci_low, ci_high : log2 units unless the method says otherwise.
    statistic : t, F, W …
    df, df_denominator : degrees of freedom; `df_denominator` for F only.
    p_value : two-sided for t and r, upper tail for F, lower tail for W.
    effect_size : standardised effect, of the kind `effect_size_kind` (empty for none).
    n_numerator, n_denominator : values that entered; a method without arms counts all its
        values in `n_numerator`.
    n_pairs : complete pairs, or None for a method that does not pair.
    n_dropped : samples (for pairs: pairs) left out because a value is missing.
    reason : why there is no number, or what the reader must know; empty when nothing.
    details : further quantities of this method by name (prior variance, own correlation …), each
        (n_targets,), NaN where there is none.
    verdict : the answer in one word where the method gives one (equivalence), else ().
    """

    estimate: Floats
    ci_low: Floats
    ci_high: Floats
    statistic: Floats
    df: Floats
    df_denominator: Floats
    p_value: Floats
    effect_size: Floats
    effect_size_kind: str
    n_numerator: Ints
    n_denominator: Ints
    n_pairs: Ints | None
    n_dropped: Ints
    reason: tuple[str, ...]
    details: Mapping[str, Floats] = field(default_factory=dict)
    verdict: tuple[str, ...] = ()


def first_reason(n_targets: int, checks: Sequence[tuple[Flags, Sequence[str] | str]]) -> list[str]:
    """Return for each target the words of the first check that applies, else ''.

    Parameters
    ----------
    checks : pairs of (where it applies, the words: one text, or one per target)
    """
    reasons = [""] * n_targets
    for applies, words in checks:
        for i in np.flatnonzero(applies).tolist():
            if not reasons[i]:
                reasons[i] = words if isinstance(words, str) else words[i]
    return reasons


def sound(reasons: Sequence[str]) -> Flags:
    """Return where no check applied."""
    return np.array([not r for r in reasons], dtype=np.bool_)


def missing(n_targets: int) -> Floats:
    """Return NaN for every target: a quantity that this method does not have."""
    out = np.empty(n_targets)
    out.fill(np.nan)
    return out


def swapped(result: MethodResult) -> MethodResult:
    """Return the result of a difference with its two arms exchanged."""
    return replace(
        result,
        estimate=-result.estimate,
        ci_low=-result.ci_high,
        ci_high=-result.ci_low,
        statistic=-result.statistic,
        effect_size=-result.effect_size,
        n_numerator=result.n_denominator,
        n_denominator=result.n_numerator,
    )
