"""True cytokine levels of every serum sample, and the truth that tests compare with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.design import Design
from simulate.effects import TRUE_FOLD, group_offsets
from simulate.panel import Panel
from simulate.seating import Seat, Seating
from simulate.streams import stream

Reals = NDArray[np.float64]

#: log2 afu of the array's middle target.
MIDDLE_LOG2 = 9.8
# Targets that differ stay at least this far from the middle, so that neither a true effect
# nor a person's biology carries them across the array's median.
_LEAST_DISTANCE, _MOST_DISTANCE = 2.2, 3.8
_INNER_DISTANCE = 1.2
_MODULES = 4
_MODULE_SHARE = 0.2


@dataclass(frozen=True)
class Serum:
    """The generative model of the targets.

    Parameters
    ----------
    level_log2 : ndarray, shape (targets,)
        Level in log2 afu about which the groups lie.
    offset_log2 : ndarray, shape (targets, 3)
        True offsets of groups A, B and C.
    sd_log2 : ndarray, shape (targets,)
        Standard deviation between people.
    correlation : ndarray, shape (targets,)
        Correlation between two visits of one person.
    """

    level_log2: Reals
    offset_log2: Reals
    sd_log2: Reals
    correlation: Reals

    def offsets_of(self, group: str) -> Reals:
        """Return the true offset of every target in a group; B2, B3 … stay as B."""
        return self.offset_log2[:, "ABC".index(group[0])]

    def true_log2fc(self, numerator: str, denominator: str) -> Reals:
        """Return the true log2 fold change of every target in a contrast."""
        change = self.offsets_of(numerator) - self.offsets_of(denominator)
        return np.where(np.abs(change) < 1e-12, 0.0, change)


def is_true_target(true_log2fc: Reals) -> NDArray[np.bool_]:
    """Return where the true change is at least 1.5-fold."""
    return np.abs(true_log2fc) >= np.log2(TRUE_FOLD)


def draw_serum(design: Design, panel: Panel) -> Serum:
    """Return levels, effects and spread of the targets of a panel."""
    rng = stream(design.seed, "serum")
    n = len(panel.analytes)
    offsets = group_offsets(stream(design.seed, "effects"), list(panel.roles))
    differing = np.array([role.is_differing for role in panel.roles])
    return Serum(
        level_log2=MIDDLE_LOG2 + _distances(rng, differing),
        offset_log2=offsets,
        sd_log2=0.35 + 0.35 * rng.beta(1.2, 2.8, n),
        correlation=rng.uniform(0.55, 0.85, n),
    )


def _distances(rng: np.random.Generator, differing: NDArray[np.bool_]) -> Reals:
    """Distances from the middle in log2: half of the targets above, half below.

    Targets without any effect fill the middle; the far places are shared.
    """
    out = np.empty(differing.size)
    effects = rng.permutation(np.flatnonzero(differing))
    signs = np.where(np.arange(effects.size) % 2 == 0, 1.0, -1.0)
    out[effects] = signs * rng.uniform(_LEAST_DISTANCE, _MOST_DISTANCE, effects.size)
    rest = rng.permutation(np.flatnonzero(~differing))
    # An odd target out among the differing ones is answered by one without effect.
    below = (differing.size - differing.size % 2) // 2 - effects.size // 2
    ranks = (np.arange(rest.size) + rng.uniform(0.2, 0.8, rest.size)) / rest.size
    split = below / rest.size
    scaled = np.where(ranks < split, ranks / split - 1, (ranks - split) / (1 - split))
    out[rest] = np.sign(scaled) * _spread(np.abs(scaled))
    return out


def _spread(share: Reals) -> Reals:
    """Two thirds of the targets without effect lie near the middle, the others far out."""
    inner = share / (2 / 3) * _INNER_DISTANCE
    reach = _MOST_DISTANCE - _INNER_DISTANCE
    outer = _INNER_DISTANCE + (share - 2 / 3) / (1 / 3) * reach
    return np.where(share < 2 / 3, inner, outer)


def sample_levels(design: Design, serum: Serum, seating: Seating) -> Reals:
    """Return the true log2 level of every target in every Block, NaN where no serum lies.

    Parameters
    ----------
    design : Design
    serum : Serum
    seating : Seating

    Returns
    -------
    ndarray, shape (blocks, targets)
        Group mean + what is the person's own + what is the visit's own. A fifth of a person's
        own deviation is shared by the targets of a module, as in inflammation.
    """
    rng = stream(design.seed, "biology")
    n_people, n = design.patients + design.controls, serum.level_log2.size
    modules = rng.integers(_MODULES, size=n)
    shared = rng.standard_normal((n_people, _MODULES))[:, modules]
    own = rng.standard_normal((n_people, n))
    person = np.sqrt(_MODULE_SHARE) * shared + np.sqrt(1 - _MODULE_SHARE) * own
    visit = rng.standard_normal((n_people, design.visits, n))
    out = np.full((len(seating.seats), n), np.nan)
    groups = np.array([group_of(design, seat) for seat in seating.seats])
    seated = np.flatnonzero(groups != "empty")
    people = np.array([seat.person for seat in seating.seats])[seated]
    visits = np.array([seat.visit for seat in seating.seats])[seated]
    offsets = np.array([serum.offsets_of(group) for group in groups[seated]])
    out[seated] = (
        serum.level_log2
        + offsets
        + serum.sd_log2 * np.sqrt(serum.correlation) * person[people]
        + serum.sd_log2 * np.sqrt(1 - serum.correlation) * visit[people, visits]
    )
    return out


def group_of(design: Design, seat: Seat) -> str:
    """Return the group code of what lies on a Block."""
    if seat.is_empty:
        return "empty"
    return "C" if seat.person >= design.patients else design.patient_groups[seat.visit]
