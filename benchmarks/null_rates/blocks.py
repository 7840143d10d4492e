"""The rows of the block model: one correlation within patients for targets that differ in it."""

from __future__ import annotations

from functools import cache

import numpy as np

from benchmarks.null_rates.draws import N_TARGETS, Floats, pairs, studies
from benchmarks.null_rates.rates import Rule, Scenario
from stats.methods.block_moderated_t import block_moderated_t

N_LOW = 16
#: Correlation of a patient's two visits at each of the 80 places of a study.
CORRELATIONS = {
    "0.55–0.85": np.linspace(0.55, 0.85, N_TARGETS),
    "16 targets 0.1–0.3, 64 targets 0.55–0.85": np.concatenate(
        [np.linspace(0.1, 0.3, N_LOW), np.linspace(0.55, 0.85, N_TARGETS - N_LOW)]
    ),
}
CONTRASTS = {"B v A": ("B", "A"), "A v C": ("A", "C")}


@cache
def block_p_values(correlation: str, n_studies: int, seed: int) -> dict[str, Floats]:
    """Return p (n_studies, 80) of both contrasts; rows of the table share the fits."""
    rng = np.random.default_rng(seed)
    before, after = pairs(rng, n_studies, 40, correlation=CORRELATIONS[correlation])
    # 30 patients at two visits, and 10 more people at one.
    levels = np.concatenate([before[:30], after[:30], before[30:]])
    groups = ["A"] * 30 + ["B"] * 30 + ["C"] * 10
    patients = [f"p{i}" for i in [*range(30), *range(30), *range(30, 40)]]
    fits = [
        block_moderated_t(study, groups, patients, CONTRASTS, covariates=None, confidence=0.95)
        for study in studies(levels)
    ]
    return {name: np.array([fit[name].p_value for fit in fits]) for name in CONTRASTS}


def _block(
    correlation: str, contrast: str, rule: Rule, *, part: str = "", places: slice = slice(None)
) -> Scenario:
    def p(rng: np.random.Generator, n: int) -> Floats:
        found = block_p_values(correlation, n, int(rng.integers(2**63)))
        return found[contrast][:, places]

    data = f"30 patients twice, 10 controls, visits correlate {correlation}: {contrast}{part}"
    return Scenario("block_moderated_t", data, rule, p, stream=f"blocks {correlation}")


ALIKE, MIXED = CORRELATIONS
_MEAN = Rule("between", low=0.03, high=0.07)
BLOCKS = (
    _block(ALIKE, "B v A", _MEAN),
    _block(ALIKE, "A v C", _MEAN),
    _block(MIXED, "B v A", _MEAN),
    _block(
        MIXED, "B v A", Rule("between", low=0.08, high=0.13),
        part=", the 16 targets", places=slice(N_LOW),
    ),
    _block(
        MIXED, "B v A", Rule("between", low=0.03, high=0.05),
        part=", the 64 targets", places=slice(N_LOW, None),
    ),
)  # fmt: skip
