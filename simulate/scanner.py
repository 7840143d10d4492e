"""The scanner and its software: pixels of spots and background on a slide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from simulate.design import BLOCKS_PER_SLIDE
from simulate.panel import Panel

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]

CEILING_AFU = 65_535
PIXEL_UM = 10
_BACKGROUND_AFU = 170.0
_FOREGROUND_NOISE_AFU, _BACKGROUND_NOISE_AFU = 1.8, 1.6
FLAG_BAD, FLAG_NOT_FOUND = -100, -50


@dataclass(frozen=True)
class Marks:
    """Spots of a slide with an artefact, as flat indices over (8, spots of a Block).

    Parameters
    ----------
    bad : ndarray of int
        Scratched, and flagged by hand.
    lost : ndarray of int
        Not found by the software, and flagged by it.
    debris : ndarray of int
        Covered by a bright particle: saturated, not flagged.
    dusty : ndarray of int
        In a bright speck of background: net signal below zero, not flagged.
    """

    bad: Ints
    lost: Ints
    debris: Ints
    dusty: Ints


@dataclass(frozen=True)
class Scan:
    """What the software reports of each spot of a slide, shape (8, spots of a Block).

    Intensities are whole afu, 0 to 65535.
    """

    x_um: Ints
    y_um: Ints
    diameter_um: Ints
    foreground_median: Ints
    foreground_mean: Ints
    foreground_sd: Ints
    background_median: Ints
    background_mean: Ints
    background_sd: Ints
    saturated_percent: Ints
    above_one_sd_percent: Ints
    above_two_sd_percent: Ints
    foreground_pixels: Ints
    background_pixels: Ints
    circularity: Ints
    total_intensity: Ints
    flag: Ints

    @property
    def is_saturated(self) -> NDArray[np.bool_]:
        """Median at the ceiling, or more than half of the pixels there."""
        return (self.foreground_median >= CEILING_AFU) | (self.saturated_percent > 50)


def scan_spots(rng: np.random.Generator, panel: Panel, net_afu: Reals, marks: Marks) -> Scan:
    """Return the scan of a slide whose spots carry the true net signal `net_afu`.

    Parameters
    ----------
    rng : numpy.random.Generator
    panel : Panel
    net_afu : ndarray, shape (8, spots of a Block)
    marks : Marks
    """
    shape = net_afu.shape
    x, y = _positions(rng, panel, shape)
    local = _background(rng, x, y)
    net = _with_artefacts(rng, net_afu, local, marks)
    background_median = np.rint(local + _BACKGROUND_NOISE_AFU * rng.standard_normal(shape))
    background_median.flat[marks.dusty] += np.rint(net.flat[marks.dusty] * 1.1 + 30)
    background_sd = np.maximum(np.rint(local * rng.uniform(0.10, 0.16, shape)), 1)
    background_mean = np.rint(background_median + background_sd * rng.uniform(0.05, 0.3, shape))
    true_median = local + net + _FOREGROUND_NOISE_AFU * rng.standard_normal(shape)
    pixel_sd = np.hypot(np.abs(net) * rng.uniform(0.10, 0.22, shape), background_sd)
    saturated = _saturated_percent(true_median, pixel_sd)
    median = np.clip(np.rint(true_median), 0, CEILING_AFU)
    mean = np.clip(true_median + pixel_sd * rng.normal(0.05, 0.05, shape), 1, CEILING_AFU)
    mean = np.where(saturated > 0, np.minimum(mean, median - 0.004 * saturated * pixel_sd), mean)
    diameter = np.maximum(panel.feature_um + 5 * rng.integers(-4, 5, size=shape), 5)
    pixels = np.maximum(np.rint(np.pi * (diameter / 2 / PIXEL_UM) ** 2), 1)
    mean_afu = np.clip(np.rint(mean), 1, CEILING_AFU)
    return Scan(
        x_um=x,
        y_um=y,
        diameter_um=diameter,
        foreground_median=median.astype(np.int64),
        foreground_mean=mean_afu.astype(np.int64),
        foreground_sd=np.rint(pixel_sd * (1 - saturated / 110)).astype(np.int64),
        background_median=background_median.astype(np.int64),
        background_mean=background_mean.astype(np.int64),
        background_sd=background_sd.astype(np.int64),
        saturated_percent=saturated,
        above_one_sd_percent=_above(mean, pixel_sd, background_mean + background_sd),
        above_two_sd_percent=_above(mean, pixel_sd, background_mean + 2 * background_sd),
        foreground_pixels=pixels.astype(np.int64),
        background_pixels=np.rint(pixels * rng.uniform(5.5, 6.5, shape)).astype(np.int64),
        circularity=rng.integers(88, 101, size=shape),
        total_intensity=np.rint(mean * pixels).astype(np.int64),
        flag=_flags(shape, marks),
    )


def _positions(rng: np.random.Generator, panel: Panel, shape: tuple[int, ...]) -> tuple[Ints, Ints]:
    spots = np.arange(shape[1])
    origins = np.array([panel.block_origin_um(b + 1) for b in range(BLOCKS_PER_SLIDE)])
    columns, rows = spots % panel.n_columns, spots // panel.n_columns
    reach = min(2, panel.pitch_um // 100)
    jitter = 5 * rng.integers(-reach, reach + 1, size=(2, *shape))
    x = origins[:, :1] + columns * panel.pitch_um + jitter[0]
    y = origins[:, 1:] + rows * panel.pitch_um + jitter[1]
    return x, y


def _background(rng: np.random.Generator, x_um: Ints, y_um: Ints) -> Reals:
    """Local background: a slope across the slide, a bright edge and one haze."""
    across, along = x_um / 25_000, y_um / 75_000
    slope_x, slope_y = rng.normal(0, 40, size=2)
    haze_x, haze_y = rng.uniform(0.1, 0.9, size=2)
    distance = ((across - haze_x) / 0.5) ** 2 + ((along - haze_y) / 0.2) ** 2
    haze = rng.uniform(10, 50) * np.exp(-distance)
    edge = 25 * np.exp(-along / 0.1)
    base = _BACKGROUND_AFU * rng.uniform(0.85, 1.2)
    return np.maximum(base + slope_x * (across - 0.5) + slope_y * (along - 0.5) + haze + edge, 60)


def _with_artefacts(rng: np.random.Generator, net: Reals, local: Reals, marks: Marks) -> Reals:
    out = net.copy()
    out.flat[marks.bad] *= rng.uniform(0.2, 0.6, marks.bad.size)
    out.flat[marks.lost] = rng.normal(10, 8, marks.lost.size)
    out.flat[marks.debris] = CEILING_AFU * rng.uniform(1.1, 1.4, marks.debris.size)
    out.flat[marks.debris] -= local.flat[marks.debris]
    return out


def _saturated_percent(median: Reals, sd: Reals) -> Ints:
    """Share of pixels at the ceiling; above half exactly where the median is there."""
    percent = np.rint(100 * ndtr((median - CEILING_AFU) / sd)).astype(np.int64)
    at_ceiling = np.rint(median) >= CEILING_AFU
    return np.where(at_ceiling, np.maximum(percent, 51), np.minimum(percent, 50))


def _above(mean: Reals, sd: Reals, level: Reals) -> Ints:
    return np.rint(100 * ndtr((mean - level) / sd)).astype(np.int64)


def _flags(shape: tuple[int, ...], marks: Marks) -> Ints:
    flag = np.zeros(shape, dtype=np.int64)
    flag.flat[marks.bad] = FLAG_BAD
    flag.flat[marks.lost] = FLAG_NOT_FOUND
    return flag
