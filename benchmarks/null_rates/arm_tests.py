"""Tests of two arms by name, from levels to p; those that borrow strength go study by study."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.null_rates.draws import Floats, studies
from stats.methods.firth_logistic import firth_logistic
from stats.methods.mann_whitney import mann_whitney
from stats.methods.moderated_t import moderated_t_groups, moderated_t_pairs
from stats.methods.paired_t import paired_t
from stats.methods.result import MethodResult
from stats.methods.student_t import student_t
from stats.methods.tost import tost
from stats.methods.treat import treat_groups, treat_pairs
from stats.methods.welch_t import welch_t
from stats.methods.wilcoxon_signed_rank import wilcoxon_signed_rank

#: Numerator and denominator levels (n_samples, n_studies × 80) to p (n_studies × 80,).
ArmTest = Callable[[Floats, Floats], Floats]
MARGIN_LOG2 = float(np.log2(1.5))


def _whole(method: Callable[..., MethodResult], **options: Any) -> ArmTest:
    """Return p of a test whose targets do not know each other: all studies at once."""
    return lambda a, b: method(a, b, confidence=0.95, **options).p_value


def _by_study(
    method: Callable[..., MethodResult],
    *,
    trend: bool = False,
    robust: bool = False,
    **options: Any,
) -> ArmTest:
    """Return p of a test that draws on the other targets of the study."""
    options |= {"trend": trend, "robust": robust, "confidence": 0.95}
    return lambda a, b: np.concatenate(
        [method(x, y, **options).p_value for x, y in zip(studies(a), studies(b), strict=True)]
    )


def _firth(a: Floats, b: Floats) -> Floats:
    """Return p of the odds of being in the first arm: the level's, one target at a time."""
    events = np.repeat([1.0, 0.0], (len(a), len(b)))
    return firth_logistic(np.vstack([a, b]), events, confidence=0.95).p_value


ARM_TESTS: dict[str, ArmTest] = {
    "student_t": _whole(student_t),
    "welch_t": _whole(welch_t),
    "paired_t": _whole(paired_t),
    "mann_whitney": _whole(mann_whitney),
    "wilcoxon_signed_rank": _whole(wilcoxon_signed_rank),
    "firth_logistic": _firth,
    "tost": _whole(tost, margin_log2=MARGIN_LOG2),
    "moderated_t": _by_study(moderated_t_groups, covariates=None),
    "moderated_t, trend": _by_study(moderated_t_groups, covariates=None, trend=True),
    "moderated_t, robust": _by_study(moderated_t_groups, covariates=None, robust=True),
    "moderated_t of pairs": _by_study(moderated_t_pairs),
    "treat": _by_study(treat_groups, covariates=None, minimum_log2fc=MARGIN_LOG2),
    "treat of pairs": _by_study(treat_pairs, minimum_log2fc=MARGIN_LOG2),
}
