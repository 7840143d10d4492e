"""Colours of the redrawn slides, as one palette of 256 entries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Fixed entries of the palette, before the ramp.
GLASS, BLOCK, FLAGGED, SATURATED, NOT_POSITIVE, ABSENT = range(6)
FIRST, LAST = 16, 255
_FIXED = {
    GLASS: "#0f151b",
    BLOCK: "#161e27",
    FLAGGED: "#c9d1d9",
    SATURATED: "#ff5a2b",
    NOT_POSITIVE: "#3b4753",
    ABSENT: "#ffffff",
}
#: Dark to bright with even steps in lightness, also for the colour-blind (viridis; Smith & van
#: der Walt 2015, CC0).
SIGNAL = ("#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58",
          "#b5de2b", "#fde725")  # fmt: skip
#: Below, at and above the slide's own median (blue and orange of Okabe & Ito, 2008).
DEVIATION = ("#08519c", "#4a90c9", "#b9d3e6", "#f2f2ef", "#f3cfae", "#dd8445", "#b5460f")


def palette(ramp: tuple[str, ...]) -> NDArray[np.uint8]:
    """Return 256 rows of red, green, blue: the fixed entries, then the ramp."""
    colours = np.zeros((256, 3), np.uint8)
    for index, text in _FIXED.items():
        colours[index] = _rgb(text)
    stops = np.array([_rgb(t) for t in ramp], float)
    at = np.linspace(0, len(stops) - 1, LAST - FIRST + 1)
    for channel in range(3):
        colours[FIRST:, channel] = np.interp(at, np.arange(len(stops)), stops[:, channel]).round()
    return colours


def ramp_index(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint8]:
    """Return the palette entry of each value on a ramp from low to high; beyond is clipped."""
    share = np.clip((values - low) / max(high - low, 1e-9), 0.0, 1.0)
    return np.asarray(FIRST + np.round(share * (LAST - FIRST)), np.uint8)


def css_gradient(ramp: tuple[str, ...]) -> str:
    """Return the ramp as a CSS gradient, for legends."""
    return f"linear-gradient(90deg, {', '.join(ramp)})"


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
