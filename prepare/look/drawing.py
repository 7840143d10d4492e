"""A slide drawn again: every spot at its place, its signal or its background as colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from prepare.look import palette as p
from prepare.look.png import data_uri, png_bytes

#: Pixels from spot to spot, the wanted and the largest side of a picture.
_PITCH_PX = (9.0, 22.0)
_SIDE_PX = (900, 1500)
_MARGIN_SPOTS = 2.2
#: Half the width of the ring around a marked spot.
_RING_SPOTS = 0.09
#: Empty glass between Blocks is drawn no wider than this many spots.
_GAP_SPOTS = 3.4
#: Background is coloured from half to double the slide's median.
BACKGROUND_SPAN_LOG2 = 1.0

_SPOTS = """
select block, spot_row, spot_column, x_um, y_um, diameter_um, net_afu, background_afu,
    is_flagged, is_saturated
from spots where slide_id = ? order by block, spot_row, spot_column
"""
_RANGE = """
select quantile_cont(log2(net_afu), 0.02), quantile_cont(log2(net_afu), 0.995)
from spots where net_afu > 0 and not is_flagged
"""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """A Block's outline in pixels of the picture."""

    block: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """A slide's two pictures and where its Blocks lie in them.

    Parameters
    ----------
    signal, background : str
        Pictures as data addresses.
    has_places : bool
        False where the file states no X and Y and rows and columns stand in for them.
    """

    slide_id: str
    width: int
    height: int
    signal: str
    background: str
    frames: tuple[Frame, ...]
    has_places: bool
    background_afu: float


@dataclass(frozen=True)
class _Spots:
    block: NDArray[np.int64]
    x: Floats
    y: Floats
    pitch: float
    radius: Floats
    net: Floats
    background: Floats
    is_flagged: NDArray[np.bool_]
    is_saturated: NDArray[np.bool_]
    has_places: bool


def signal_range(con: DuckDBPyConnection) -> tuple[float, float]:
    """Return the ends of the colour scale in log2 afu, the same for every slide of a look."""
    low, high = con.execute(_RANGE).fetchall()[0]
    return (0.0, 16.0) if low is None else (float(low), float(max(high, low + 1.0)))


def draw(con: DuckDBPyConnection, slide_id: str, scale: tuple[float, float]) -> Drawing:
    """Return a slide's pictures; `scale` is the signal's colour scale in log2 afu."""
    spots = _spots(con, slide_id)
    margin = _MARGIN_SPOTS * spots.pitch
    span_x = float(np.ptp(spots.x)) + 2 * margin
    span_y = float(np.ptp(spots.y)) + 2 * margin
    px = _pixels_per_unit(spots.pitch, max(span_x, span_y))
    width, height = max(int(span_x * px), 24), max(int(span_y * px), 24)
    column = np.round((spots.x - spots.x.min() + margin) * px).astype(int)
    row = np.round((spots.y - spots.y.min() + margin) * px).astype(int)
    frames = _frames(spots, column, row, spots.pitch * px)
    background = float(np.nanmedian(spots.background)) if np.isfinite(spots.background).any() else 0
    return Drawing(
        slide_id=slide_id,
        width=width,
        height=height,
        signal=_signal(spots, column, row, (height, width), px, frames, scale),
        background=_background(spots, column, row, (height, width), px, background),
        frames=frames,
        has_places=spots.has_places,
        background_afu=background,
    )


def _pixels_per_unit(pitch: float, side: float) -> float:
    least, most = (p / pitch for p in _PITCH_PX)
    return min(most, max(least, _SIDE_PX[0] / side), _SIDE_PX[1] / side)


def _spots(con: DuckDBPyConnection, slide_id: str) -> _Spots:
    raw = con.execute(_SPOTS, [slide_id]).fetchnumpy()
    found = {k: np.ma.filled(np.ma.asarray(v).astype(float), np.nan) for k, v in raw.items()}
    block, rows, columns = found["block"].astype(int), found["spot_row"], found["spot_column"]
    x, y = found["x_um"], found["y_um"]
    has_places = bool(np.isfinite(x).all() and np.isfinite(y).all())
    if not has_places:
        # Blocks one below the other, a row of air between them.
        y = (block - block.min()) * (rows.max() + 4) + rows
        x = columns.copy()
    pitch = _pitch(block, rows, columns, x, y)
    x, y = _closed_up(x, _GAP_SPOTS * pitch), _closed_up(y, _GAP_SPOTS * pitch)
    diameter = np.nan_to_num(found["diameter_um"], nan=0.0) if has_places else np.zeros_like(x)
    radius = np.where(diameter > 0, np.minimum(diameter, pitch) / 2, 0.4 * pitch)
    return _Spots(
        block, x, y, pitch, radius, found["net_afu"], found["background_afu"],
        found["is_flagged"] > 0, found["is_saturated"] > 0, has_places,
    )  # fmt: skip


def _closed_up(places: Floats, gap: float) -> Floats:
    """Return places with wider gaps closed up to `gap`; order and smaller distances stay."""
    distinct, index = np.unique(places, return_inverse=True)
    steps = np.minimum(np.diff(distinct, prepend=distinct[0]), gap)
    return np.cumsum(steps)[index]


def _pitch(block: NDArray[np.int64], rows: Floats, columns: Floats, x: Floats, y: Floats) -> float:
    """Return the usual distance between neighbours of one row, else of one column."""
    for along, across, places in ((columns, rows, x), (rows, columns, y)):
        order = np.lexsort((along, across, block))
        is_next = (
            (np.diff(block[order]) == 0)
            & (np.diff(across[order]) == 0)
            & (np.diff(along[order]) == 1)
        )
        steps = np.abs(np.diff(places[order]))[is_next]
        if steps.size and (step := float(np.median(steps))) > 0:
            return step
    return 1.0


def _frames(
    spots: _Spots, column: NDArray[np.int64], row: NDArray[np.int64], pitch_px: float
) -> tuple[Frame, ...]:
    edge = 0.8 * pitch_px
    frames = []
    for block in np.unique(spots.block):
        own = spots.block == block
        left, top = column[own].min() - edge, row[own].min() - edge
        frames.append(Frame(int(block), left, top, column[own].max() + edge - left,
                            row[own].max() + edge - top))  # fmt: skip
    return tuple(frames)


def _signal(
    spots: _Spots,
    column: NDArray[np.int64],
    row: NDArray[np.int64],
    shape: tuple[int, int],
    px: float,
    frames: tuple[Frame, ...],
    scale: tuple[float, float],
) -> str:
    pixels = np.full(shape, p.GLASS, np.uint8)
    for f in frames:
        pixels[_within(f.y, f.height, shape[0]), _within(f.x, f.width, shape[1])] = p.BLOCK
    positive = np.nan_to_num(spots.net, nan=0.0) > 0
    level = np.log2(np.where(positive, spots.net, 1.0))
    entry = np.where(positive, p.ramp_index(level, *scale), p.NOT_POSITIVE).astype(np.uint8)
    radius = np.maximum(spots.radius * px, 1.0)
    _discs(pixels, column, row, radius, entry)
    line = max(0.55, _RING_SPOTS * spots.pitch * px)
    # A ring is told from a full disc without its colour.
    for marked, colour in ((spots.is_flagged, p.FLAGGED), (spots.is_saturated, p.SATURATED)):
        _rings(pixels, column[marked], row[marked], radius[marked] + line, line, colour)
    return data_uri(png_bytes(pixels, p.palette(p.SIGNAL)))


def _background(
    spots: _Spots,
    column: NDArray[np.int64],
    row: NDArray[np.int64],
    shape: tuple[int, int],
    px: float,
    median: float,
) -> str:
    """Return each spot's surroundings as a tile, coloured by its background against the median."""
    pixels = np.full(shape, p.ABSENT, np.uint8)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log2(spots.background / median)
    has = np.isfinite(spots.background) & (median > 0)
    ratio = np.nan_to_num(ratio, nan=0.0, posinf=9.0, neginf=-9.0)
    entry = p.ramp_index(ratio, -BACKGROUND_SPAN_LOG2, BACKGROUND_SPAN_LOG2)
    # Spots lie a little off their grid: tiles overlap, so that no gap shows.
    half = max(int(np.ceil(0.58 * spots.pitch * px)), 1)
    for dy in range(-half, half + 1):
        for dx in range(-half, half + 1):
            _put(pixels, row[has] + dy, column[has] + dx, entry[has])
    return data_uri(png_bytes(pixels, p.palette(p.DEVIATION)))


def _discs(
    pixels: NDArray[np.uint8],
    column: NDArray[np.int64],
    row: NDArray[np.int64],
    radius: Floats,
    entry: NDArray[np.uint8],
) -> None:
    reach = int(np.ceil(radius.max()))
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            hit = dx * dx + dy * dy <= radius * radius
            if hit.any():
                _put(pixels, row[hit] + dy, column[hit] + dx, entry[hit])


def _rings(
    pixels: NDArray[np.uint8],
    column: NDArray[np.int64],
    row: NDArray[np.int64],
    radius: Floats,
    line: float,
    colour: int,
) -> None:
    if not radius.size:
        return
    reach = int(np.ceil(radius.max() + line))
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            hit = np.abs(np.hypot(dx, dy) - radius) < line
            if hit.any():
                _put(pixels, row[hit] + dy, column[hit] + dx, np.full(int(hit.sum()), colour,
                                                                      np.uint8))  # fmt: skip


def _put(
    pixels: NDArray[np.uint8],
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    entry: NDArray[np.uint8],
) -> None:
    inside = (row >= 0) & (row < pixels.shape[0]) & (column >= 0) & (column < pixels.shape[1])
    pixels[row[inside], column[inside]] = entry[inside]


def _within(start: float, length: float, size: int) -> slice:
    return slice(max(int(start), 0), min(int(start + length) + 1, size))
