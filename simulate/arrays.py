"""From serum levels to what a scanner measures: net spot signal, loads, noise, artefacts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.design import BLOCKS_PER_SLIDE
from simulate.model import Model
from simulate.panel import POSITIVE_CONTROLS, REPLICATES
from simulate.scanner import Marks, Scan, scan_spots
from simulate.serum import Reals
from simulate.streams import stream

#: Coefficient of variation of a spot about its Block's level, drawn per target.
LEAST_CV, MOST_CV = 0.05, 0.11
_CONTROL_CV = 0.06
_POSITIVE_AFU = np.array([30_000.0, 14_000.0, 6_000.0])
_BLANK_AFU, _BLANK_SD_AFU = 9.0, 5.0
# log2 standard deviations of what scales a whole array.
_PROTEIN_SD, _PIPETTE_SD, _SLIDE_SD, _BLOCK_SD, _BATCH_SD = 0.07, 0.18, 0.15, 0.08, 0.12
_LOT_SD, _LOT_TARGET_SD = 0.25, 0.10
_SERUM_PROTEIN_MG_ML = 72.0
_BAD_SHARE, _LOST_SHARE, _DEBRIS_SHARE, _DUST_SHARE = 0.0015, 0.0015, 0.0008, 0.0008


@dataclass(frozen=True)
class NetSignal:
    """Net signal of every sample, in the order of the seats that hold serum.

    Parameters
    ----------
    net_afu : ndarray of int, shape (samples, targets, 2)
        F Median - B Median of both spots of each target.
    is_kept : ndarray of bool, same shape
        Neither flagged nor saturated.
    group_code : ndarray of str, shape (samples,)
    person : ndarray of int, shape (samples,)
        Index of the person; equal numbers are one person's samples.
    """

    net_afu: NDArray[np.int64]
    is_kept: NDArray[np.bool_]
    group_code: NDArray[np.str_]
    person: NDArray[np.int64]


def net_signal(model: Model) -> NetSignal:
    """Return the net signal that the written files hold, without writing files."""
    spots = model.panel.analyte_spots
    net, kept = [], []
    for slide in range(model.seating.n_slides):
        scan = scan_slide(model, slide)
        net.append((scan.foreground_median - scan.background_median)[:, spots])
        kept.append(((scan.flag >= 0) & ~scan.is_saturated)[:, spots])
    seats = model.seating.seats
    used = np.array([not seat.is_empty for seat in seats])
    return NetSignal(
        np.concatenate(net)[used],
        np.concatenate(kept)[used],
        np.array([model.group_of(seat) for seat in seats])[used],
        np.array([seat.person for seat in seats])[used],
    )


def scan_slide(model: Model, slide: int) -> Scan:
    """Return what the scanner measured on a slide; arrays of shape (8, spots of a Block)."""
    rng = stream(model.design.seed, "slide", slide)
    first = slide * BLOCKS_PER_SLIDE
    levels = model.level_log2[first : first + BLOCKS_PER_SLIDE]
    net = _net_afu(rng, model, slide, levels)
    marks = _artefacts(rng, model, ~np.isnan(levels[:, 0]))
    return scan_spots(rng, model.panel, net, marks)


def total_protein_mg_ml(model: Model, seat_index: int) -> float:
    """Return the BCA reading of a sample: its protein load with 3 % error of the assay."""
    rng = stream(model.design.seed, "bca", seat_index)
    true = _SERUM_PROTEIN_MG_ML * 2 ** _protein_log2(model, seat_index)
    return round(float(true * np.exp(0.03 * rng.standard_normal())), 1)


def spot_cv(model: Model) -> Reals:
    """Return the true coefficient of variation of a spot, per target: 5 to 11 % by itself.

    The scanner's additive noise of some 2.5 afu brings the weakest targets to 12 %.
    """
    rng = stream(model.design.seed, "spot cv")
    return rng.uniform(LEAST_CV, MOST_CV, len(model.panel.analytes))


def _protein_log2(model: Model, seat_index: int) -> float:
    return float(_PROTEIN_SD * stream(model.design.seed, "protein", seat_index).standard_normal())


def _net_afu(rng: np.random.Generator, model: Model, slide: int, levels: Reals) -> Reals:
    """True net signal of each spot before the scanner, shape (8, spots)."""
    seed, panel, n = model.design.seed, model.panel, levels.shape[1]
    batch, lot = model.seating.batch_of(slide), model.seating.lot_of(slide)
    slide_log2 = _SLIDE_SD * rng.standard_normal() + _BATCH_SD * _draw(seed, "batch", batch, 1)[0]
    block_log2 = slide_log2 + _BLOCK_SD * rng.standard_normal(BLOCKS_PER_SLIDE)
    lot_log2 = np.zeros(n)
    if model.design.lots > 1:
        draws = _draw(seed, "lot", lot, n + 1)
        lot_log2 = _LOT_SD * draws[0] + _LOT_TARGET_SD * draws[1:]
    first = slide * BLOCKS_PER_SLIDE
    load_log2 = _PIPETTE_SD * rng.standard_normal(BLOCKS_PER_SLIDE) + [
        _protein_log2(model, first + k) for k in range(BLOCKS_PER_SLIDE)
    ]
    means = np.empty((BLOCKS_PER_SLIDE, n + len(POSITIVE_CONTROLS) + 1))
    means[:, :n] = 2 ** (levels + lot_log2 + (block_log2 + load_log2)[:, None])
    means[:, n:-1] = _POSITIVE_AFU * 2 ** block_log2[:, None]
    means[:, -1] = np.nan  # negative controls carry no signal of their own
    cv = np.concatenate([spot_cv(model), np.full(len(POSITIVE_CONTROLS) + 1, _CONTROL_CV)])
    sd_log = np.sqrt(np.log1p(cv**2))[panel.spot_targets]
    noise = rng.standard_normal((BLOCKS_PER_SLIDE, panel.spot_targets.size))
    net = means[:, panel.spot_targets] * np.exp(sd_log * noise - sd_log**2 / 2)
    blank = _BLANK_AFU + _BLANK_SD_AFU * noise
    return np.where(np.isnan(net), blank, net)


def _draw(seed: int, name: str, index: int, size: int) -> Reals:
    return stream(seed, name, index).standard_normal(size)


def _artefacts(rng: np.random.Generator, model: Model, is_used: NDArray[np.bool_]) -> Marks:
    """Choose the spots: never both of a target, only where serum lies.

    Spots that are lost, or drowned by their surroundings, are those of weak targets.
    """
    strength = np.argsort(np.argsort(model.serum.level_log2))
    weak = strength < strength.size // 3
    free = is_used[:, None] & np.ones(weak.size, dtype=bool)
    chosen = []
    for share, pool in (
        (_LOST_SHARE, free & weak),
        (_DUST_SHARE, free & weak),
        (_BAD_SHARE, free),
        (_DEBRIS_SHARE, free),
    ):
        cells = np.flatnonzero(pool & free)
        count = min(max(1, round(share * REPLICATES * int(is_used.sum()) * weak.size)), cells.size)
        cells = rng.choice(cells, size=count, replace=False)
        free.flat[cells] = False
        block, target = np.divmod(cells, weak.size)
        spot = model.panel.analyte_spots[target, rng.integers(REPLICATES, size=count)]
        chosen.append(block * model.panel.spot_targets.size + spot)
    lost, dusty, bad, debris = chosen
    return Marks(bad=bad, lost=lost, debris=debris, dusty=dusty)
