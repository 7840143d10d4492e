"""Natural cubic splines: cubic between knots, straight lines beyond the outermost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Floats


@dataclass(frozen=True)
class NaturalSpline:
    """A least-squares natural cubic spline.

    Parameters
    ----------
    knots : (df,), the two outermost at the ends of the data.
    coefficients : (df,), on the columns of `_columns`.
    residual_mean_square : residual sum of squares over its degrees of freedom.
    """

    knots: Floats
    coefficients: Floats
    residual_mean_square: float

    def at(self, x: Floats) -> Floats:
        """Return the curve at `x`, NaN where that is NaN."""
        return np.asarray(_columns(x, self.knots) @ self.coefficients, dtype=np.float64)


def fit_spline(x: Floats, y: Floats, *, df: int) -> NaturalSpline:
    """Fit a natural cubic spline with `df` coefficients, its constant included.

    Parameters
    ----------
    x, y : (n,), without gaps; n > df
    df : at least 2, at most the number of different x; df − 2 knots lie within the data, at
        equally spaced quantiles of x

    References
    ----------
    Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, section 5.2.1,
    doi:10.1007/978-0-387-84858-7. Checked through limma's trend, whose knots R's `ns` sets.
    """
    knots = np.unique(np.quantile(x, np.linspace(0, 1, df))).astype(np.float64)
    columns = _columns(x, knots)
    coefficients, _, rank, _ = np.linalg.lstsq(columns, y, rcond=None)
    residuals = y - columns @ coefficients
    return NaturalSpline(
        knots, coefficients.astype(np.float64), float(residuals @ residuals) / (len(x) - int(rank))
    )


def _columns(x: Floats, knots: Floats) -> Floats:
    """Return the truncated power basis of natural splines, (n, n_knots), scaled to the knots."""
    span = knots[-1] - knots[0]
    u, v = (x - knots[0]) / span, (knots - knots[0]) / span
    cubes = np.maximum(u[:, None] - v, 0.0) ** 3
    slopes = (cubes[:, :-1] - cubes[:, -1:]) / (v[-1] - v[:-1])
    return np.column_stack([np.ones_like(u), u, slopes[:, :-1] - slopes[:, -1:]])
