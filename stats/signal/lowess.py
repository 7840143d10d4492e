"""A robust local line through a cloud of points (lowess)."""

from __future__ import annotations

import numpy as np

from stats.methods.arrays import Floats

#: Points nearer than this share of the range to one that was fitted are interpolated.
_STEP = 0.01


def lowess(x: Floats, y: Floats, *, span: float, n_robust: int) -> Floats:
    """Return the robust local line of `y` on `x`, at every point.

    Parameters
    ----------
    x, y : (n_points,), finite
    span : share of the points that a local line rests on, above 0 up to 1
    n_robust : how often points far from the curve are weighed down and the curve is fitted again

    Notes
    -----
    At a place x0, with h the distance of the ⌊span · n⌋-th nearest point: a line by weighted least
    squares, weights (1 − (|x − x0|/h)³)³ times the robustness weights (1 − (r/6M)²)², where r is
    a point's residual and M the median of |r|. Lines are fitted at places at least 1 % of the
    range apart (or at neighbours, where points are sparser), straight lines join them. Weights
    within 0.1 % of their ends are 1 and 0, as in the published program.

    References
    ----------
    Cleveland (1979), J Am Stat Assoc 74:829–836, doi:10.1080/01621459.1979.10481038.
    Cleveland (1981), Am Stat 35:54, doi:10.2307/2683591.
    Checked against R 4.2 `lowess` at 1e-10 of the range of y.
    """
    order = np.lexsort((y, x))
    x, y = x[order], y[order]
    n = len(x)
    places = _places(x, (x[-1] - x[0]) * _STEP)
    near = _near(x, places, max(min(int(span * n + 1e-7), n), 2))
    robust = np.ones(n)
    curve = y
    for turn in range(n_robust + 1):
        at_places = _lines(x, y, places, near * robust, x[-1] - x[0])
        curve = np.interp(x, places, at_places)
        residual = np.abs(y - curve)
        limit = 6 * float(np.median(residual))
        if turn == n_robust or limit < 1e-7 * residual.mean():
            break
        robust = _biweight(residual, limit)
    out = np.empty(n)
    out[order] = curve
    return out


def _places(x: Floats, step: float) -> Floats:
    """Return where lines are fitted: each is the last point within a step of the one before."""
    points = np.unique(x)
    at = [0]
    while at[-1] < len(points) - 1:
        within = int(np.searchsorted(points, points[at[-1]] + step, side="right")) - 1
        at.append(max(at[-1] + 1, within))
    return np.asarray(points[at], dtype=np.float64)


def _near(x: Floats, places: Floats, n_near: int) -> Floats:
    """Return the tricube weights of every point (columns) at every place (rows)."""
    distance = np.abs(x - places[:, None])
    reach = np.partition(distance, n_near - 1, axis=1)[:, n_near - 1 : n_near]
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = (1 - np.minimum(distance / reach, 1.0) ** 3) ** 3
    weight = np.where(distance <= 0.001 * reach, 1.0, weight)
    return np.where(distance <= 0.999 * reach, weight, 0.0)


def _lines(x: Floats, y: Floats, places: Floats, weight: Floats, extent: float) -> Floats:
    total = weight.sum(axis=1)
    nothing = total <= 0
    weight = weight / np.where(nothing, 1.0, total)[:, None]
    centre = weight @ x
    deviation = x - centre[:, None]
    spread = (weight * deviation**2).sum(axis=1)
    # Points (nearly) above one another carry no slope.
    sloped = np.sqrt(spread) > 0.001 * extent
    moment = (weight * deviation) @ y
    slope = np.where(sloped, moment / np.where(sloped, spread, 1.0), 0.0)
    fitted = weight @ y + slope * (places - centre)
    # Where every near point was weighed down to nothing, the curve goes through the point itself.
    return np.where(nothing, y[np.searchsorted(x, places)], fitted)


def _biweight(residual: Floats, limit: float) -> Floats:
    weight = (1 - np.minimum(residual / limit, 1.0) ** 2) ** 2
    weight = np.where(residual <= 0.001 * limit, 1.0, weight)
    return np.where(residual <= 0.999 * limit, weight, 0.0)
