"""True differences between the groups, after the founding paper's lists.

Source: Lou Y, Cao H, Wang R, Chen Y, Zhang H, "Predicting Response to Radiotherapy in Breast
Cancer-Induced Bone Pain: Relationship Between Pain and Serum Cytokine Expression Levels After
Radiotherapy", Results, «Identification of Pain-Associated Cytokines»: which cytokines differ
between A (before radiotherapy), B (after) and C (healthy), with the direction stated there.
The paper's clustering section states the opposite of most directions; Results is followed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: A differs from C: higher or lower before radiotherapy than in healthy people.
BEFORE_ABOVE_HEALTHY = (
    "MDC", "LIGHT", "Thrombopoietin", "IGFBP-1", "Ck beta 8-1", "BDNF", "Osteoprotegerin",
    "IGFBP-3", "PDGF-BB", "TGF beta 3", "Eotaxin-3", "VEGF-A", "Eotaxin-2", "TGF beta 2",
    "FGF-4", "MCP-2", "Flt-3 Ligand",
)  # fmt: skip
BEFORE_BELOW_HEALTHY = ("Leptin", "MIP-1 delta", "MIF", "IL-3")

#: A differs from B: higher or lower before radiotherapy than after.
BEFORE_ABOVE_AFTER = (
    "HGF", "IGFBP-4", "MIG", "MDC", "Flt-3 Ligand", "IL-5", "Thrombopoietin", "Fractalkine",
    "Osteoprotegerin", "IL-6", "IFN-gamma", "VEGF-A", "I-309", "Oncostatin M", "LIF", "IGFBP-3",
    "NAP-2",
)  # fmt: skip
#: Two names stand here against the paper's wording. GRO: printed as higher before than after
#: and higher after than healthy, so A/C would be at least 2.25, yet it is not among the 21 of
#: A against C; it is consistent only if higher after. Leptin: lower before and higher after
#: than healthy, so it must differ between before and after, where the paper omits it.
BEFORE_BELOW_AFTER = (
    "IL-3", "MIP-3 alpha", "MCP-4", "FGF-7", "SCF", "BLC", "GRO a/b/g", "Leptin",
)  # fmt: skip

#: B differs from C. The paper's third name, «MIP», is no target of the array and is left out.
AFTER_ABOVE_HEALTHY = ("GRO a/b/g", "Leptin")

#: A target is a true one from this fold change on (the paper's rule).
TRUE_FOLD = 1.5
LEAST_FOLD, MOST_FOLD = 1.6, 2.2
#: Leptin's two steps add up, so each is kept small: B/A is then 2.56 to 2.89.
LEPTIN_MOST_FOLD = 1.7


@dataclass(frozen=True)
class Role:
    """Direction of a target's true differences: +1 higher, -1 lower, 0 none declared."""

    before_vs_healthy: int = 0
    before_vs_after: int = 0
    after_vs_healthy: int = 0

    @property
    def is_differing(self) -> bool:
        """Whether any two groups differ."""
        return self != Role()


def role_of(target_name: str) -> Role:
    """Return the role that the paper gives a target of the panel."""

    def sign(above: tuple[str, ...], below: tuple[str, ...] = ()) -> int:
        return (target_name in above) - (target_name in below)

    return Role(
        before_vs_healthy=sign(BEFORE_ABOVE_HEALTHY, BEFORE_BELOW_HEALTHY),
        before_vs_after=sign(BEFORE_ABOVE_AFTER, BEFORE_BELOW_AFTER),
        after_vs_healthy=sign(AFTER_ABOVE_HEALTHY),
    )


def group_offsets(rng: np.random.Generator, roles: list[Role]) -> NDArray[np.float64]:
    """Return true log2 offsets of groups A, B, C around each target's own level.

    Parameters
    ----------
    rng : numpy.random.Generator
    roles : list of Role, length t

    Returns
    -------
    ndarray, shape (t, 3)
        Highest and lowest group lie equally far from zero; a row of zeros has no effect.
    """
    offsets = np.zeros((len(roles), 3))
    for row, role in enumerate(roles):
        most = LEPTIN_MOST_FOLD if _is_staircase(role) else MOST_FOLD
        first, second = rng.uniform(np.log2(LEAST_FOLD), np.log2(most), size=2)
        offsets[row] = _offsets_of(role, float(first), float(second))
    middle = (offsets.max(axis=1) + offsets.min(axis=1)) / 2
    return offsets - middle[:, None]


def _is_staircase(role: Role) -> bool:
    """A below C below B: the outer two differ by the product of both steps."""
    return role.before_vs_healthy != 0 and role.after_vs_healthy != 0


def _offsets_of(role: Role, first: float, second: float) -> tuple[float, float, float]:
    """A, B, C in log2, with C at zero; the third group lies between where one pair differs."""
    if role.before_vs_healthy and role.after_vs_healthy:
        return role.before_vs_healthy * first, role.after_vs_healthy * second, 0.0
    if role.before_vs_healthy and role.before_vs_after:
        before = role.before_vs_healthy * first
        return before, before - role.before_vs_after * second, 0.0
    if role.after_vs_healthy and role.before_vs_after:
        after = role.after_vs_healthy * first
        return after + role.before_vs_after * second, after, 0.0
    if role.before_vs_healthy:
        return role.before_vs_healthy * first, role.before_vs_healthy * first / 2, 0.0
    if role.before_vs_after:
        return role.before_vs_after * first / 2, -role.before_vs_after * first / 2, 0.0
    return 0.0, 0.0, 0.0
