"""Whole numbers with a prescribed sum and sum of squares, found by constructive search."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from contracts import failure

Ints = NDArray[np.int64]
_MOVES = 4096
_ROUNDS = 2000


@dataclass(frozen=True)
class Moments:
    """What a column of whole numbers must add up to.

    Parameters
    ----------
    total : int
        The sum.
    least_squares, most_squares : int
        Inclusive range of the sum of squares; equal to pin it.
    """

    total: int
    least_squares: int
    most_squares: int


def printing_moments(n: int, total: int, sd: float, half_width: float) -> Moments:
    """Return the moments of n whole numbers whose SD (n - 1) lies within sd ± half_width.

    The upper end is open, as in rounding to a printed figure. A sum of squares has the same
    parity as the sum, so a narrow range can hold no possible value.
    """
    centre = total * total / n
    low = math.ceil((n - 1) * (sd - half_width) ** 2 + centre)
    high = math.ceil((n - 1) * (sd + half_width) ** 2 + centre) - 1
    parity = total % 2
    return Moments(total, low + (low - parity) % 2, high - (high - parity) % 2)


def whole_numbers(
    rng: np.random.Generator, start: ArrayLike, moments: Moments, low: ArrayLike, high: ArrayLike
) -> Ints:
    """Return whole numbers near `start` with exactly the moments, each within its bounds.

    Parameters
    ----------
    rng : numpy.random.Generator
    start : array_like, shape (n,)
        Random draw that sets the shape; rescaled to the wanted mean and spread first.
    moments : Moments
    low, high : array_like of int, shape (n,) or scalar
        Inclusive bounds of each element; equal bounds fix an element.

    Raises
    ------
    CytomartError
        Where no such numbers exist, or the search finds none (it can miss those whose spread is
        about the widest that the bounds allow).
    """
    draw = np.asarray(start, dtype=float)
    least = np.broadcast_to(np.asarray(low, dtype=np.int64), draw.shape)
    most = np.broadcast_to(np.asarray(high, dtype=np.int64), draw.shape)
    _check_possible(moments, least, most)
    values = _rescaled(draw, moments, least, most)
    values = _with_total(rng, values, moments.total, least, most)
    return _with_squares(rng, values, moments, least, most)


def whole_numbers_with_total(
    rng: np.random.Generator, start: ArrayLike, total: int, low: int, high: int
) -> Ints:
    """Return whole numbers near `start` with the sum alone prescribed."""
    draw = np.asarray(start, dtype=float)
    least = np.full(draw.shape, low, dtype=np.int64)
    most = np.full(draw.shape, high, dtype=np.int64)
    if not least.sum() <= total <= most.sum():
        raise _unsatisfiable(f"a sum of {total} from {draw.size} numbers in {low}-{high}")
    values = np.clip(np.rint(draw), low, high).astype(np.int64)
    return _with_total(rng, values, total, least, most)


def _check_possible(moments: Moments, least: Ints, most: Ints) -> None:
    n, total = least.size, moments.total
    if not least.sum() <= total <= most.sum():
        raise _unsatisfiable(f"a sum of {total} from bounds {least.sum()}-{most.sum()}")
    if moments.least_squares > moments.most_squares:
        raise _unsatisfiable(f"that spread: no sum of squares fits {n} numbers of sum {total}")
    if moments.most_squares * n < total * total:
        raise _unsatisfiable(f"a sum of squares of {moments.most_squares} at a sum of {total}")


def _rescaled(draw: NDArray[np.float64], moments: Moments, least: Ints, most: Ints) -> Ints:
    n = draw.size
    mean = moments.total / n
    middle = (moments.least_squares + moments.most_squares) / 2
    wanted = math.sqrt(max(middle / n - mean * mean, 0.0))
    values = np.clip(draw, least, most)
    for _ in range(8):  # clipping takes spread away; a few rounds give it back
        spread = values.std()
        if spread == 0:
            break
        values = np.clip(mean + (values - values.mean()) * wanted / spread, least, most)
    return np.clip(np.rint(values), least, most).astype(np.int64)


def _with_total(
    rng: np.random.Generator, values: Ints, total: int, least: Ints, most: Ints
) -> Ints:
    out = values.copy()
    while (gap := total - int(out.sum())) != 0:
        step = 1 if gap > 0 else -1
        room = np.flatnonzero(out < most if step > 0 else out > least)
        chosen = rng.choice(room, size=min(abs(gap), room.size), replace=False)
        out[chosen] += step
    return out


def _with_squares(
    rng: np.random.Generator, values: Ints, moments: Moments, least: Ints, most: Ints
) -> Ints:
    """Shift one unit between two elements at a time: the sum stays, the squares move."""
    out = values.copy()
    squares = int((out * out).sum())
    for _ in range(_ROUNDS):
        if moments.least_squares <= squares <= moments.most_squares:
            return out
        target = moments.least_squares if squares < moments.least_squares else moments.most_squares
        up = rng.integers(out.size, size=_MOVES)
        down = rng.integers(out.size, size=_MOVES)
        free = (up != down) & (out[up] < most[up]) & (out[down] > least[down])
        change = 2 * (out[up] - out[down] + 1)
        miss = np.where(free, np.abs(target - squares - change), np.iinfo(np.int64).max)
        best = int(miss.argmin())
        if miss[best] >= abs(target - squares):  # stuck: any move, then on from there
            best = int(rng.choice(np.flatnonzero(free))) if free.any() else best
        if not free[best]:
            break
        out[up[best]] += 1
        out[down[best]] -= 1
        squares += int(change[best])
    raise _unsatisfiable(
        f"a sum of squares of {moments.least_squares}-{moments.most_squares} at a sum of "
        f"{moments.total} (reached {squares})"
    )


def _unsatisfiable(what: str) -> Exception:
    return failure(
        f"the calibration cannot be met: {what}",
        where="simulated clinical values",
        allowed="sums and spreads that whole numbers within the bounds can have",
        remedy="choose other sizes or another seed",
    )
