"""What tests of several groups at once share: their words, and a result without an interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stats.methods.arrays import Floats, Ints
from stats.methods.result import CI_NOT_DEFINED, MethodResult, missing


def check_groups(groups: Sequence[Floats]) -> None:
    """Raise ValueError unless there are two groups or more."""
    if len(groups) < 2:
        raise ValueError(f"{len(groups)} group given; a comparison needs at least 2")


def few_values(counts: Sequence[Ints], *, least: int) -> list[str]:
    """Return, per target, the words for groups with too few values."""
    return [
        f"too few values: {row} in the groups, at least {least} in each are needed"
        for row in np.array(counts).T.tolist()
    ]


def omnibus_result(
    statistic: Floats,
    df: Floats,
    df_denominator: Floats,
    p_value: Floats,
    *,
    effect_size: Floats,
    effect_size_kind: str,
    n: Ints,
    n_missing: Ints,
    reasons: Sequence[str],
) -> MethodResult:
    """Return the result of a test without arms, estimate and interval; arrays are (n_targets,)."""
    n_targets = len(n)
    return MethodResult(
        estimate=missing(n_targets),
        ci_low=missing(n_targets),
        ci_high=missing(n_targets),
        statistic=statistic,
        df=df,
        df_denominator=df_denominator,
        p_value=p_value,
        effect_size=effect_size,
        effect_size_kind=effect_size_kind,
        n_numerator=n,
        n_denominator=np.zeros_like(n),
        n_pairs=None,
        n_dropped=n_missing,
        reason=tuple(r or CI_NOT_DEFINED for r in reasons),
    )
