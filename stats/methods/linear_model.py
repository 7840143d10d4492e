"""Least squares of every target on one design; each target has its own missing samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Floats, Ints, as_matrix
from stats.methods.cross_products import CrossProducts, cross_products
from stats.methods.moments import ROUNDING
from stats.methods.normal_equations import Factor, factorise

#: A column of the design is made up by the others below this share of its length (as in R's `lm`).
_DEPENDENT = 1e-7
#: The constant column lies within the span of the design where no entry is further off.
_CONSTANT = 1e-10
#: Sums of squares lose digits where less than this share is residual: residuals are then formed.
_CANCELLED = 1e-3


@dataclass(frozen=True)
class Basis:
    """Orthonormal columns that span a design.

    Parameters
    ----------
    columns : (n_samples, rank)
    coordinates : (rank, n_coefficients), of the design's columns
    of_ones : (rank,), coordinates of the constant column; None where the design lacks it
    """

    columns: Floats
    coordinates: Floats
    of_ones: Floats | None


@dataclass(frozen=True)
class ContrastFit:
    """A contrast of coefficients, each (n_targets,), NaN where the samples do not carry it.

    Parameters
    ----------
    estimate : log2 units.
    unscaled_error : standard error over the residual standard deviation.
    """

    estimate: Floats
    unscaled_error: Floats


@dataclass(frozen=True)
class LinearFit:
    """Least squares of every target.

    Parameters
    ----------
    n : (n_targets,), samples with a level.
    n_samples : rows of the matrix.
    mean_level : (n_targets,), mean of the levels present.
    residual_variance : (n_targets,), NaN without residual degrees of freedom; 0 where it is no
        more than the rounding of the levels.
    residual_df : (n_targets,), samples present minus rank of their design.
    basis, factor, scores, centre : of the normal equations, for contrasts.
    """

    n: Ints
    n_samples: int
    mean_level: Floats
    residual_variance: Floats
    residual_df: Floats
    basis: Basis
    factor: Factor
    scores: Floats
    centre: Floats

    def contrast(self, weights: ArrayLike) -> ContrastFit:
        """Return the estimate and unscaled standard error of a contrast of coefficients.

        Parameters
        ----------
        weights : (n_coefficients,), one weight per column of the design

        Raises
        ------
        ValueError
            Another number of weights, a weight that is not finite, or all zero.
        """
        given = _checked_weights(weights, self.basis.coordinates.shape[1])
        ours = contrast_weights(self.basis, given)
        if ours is None:
            nothing = np.full(len(self.n), np.nan)
            return ContrastFit(nothing, nothing)
        forward = self.factor.forward(ours[:, None])
        estimate = (forward * self.scores).sum(axis=0)
        level = 0.0 if self.basis.of_ones is None else float(ours @ self.basis.of_ones)
        if abs(level) > ROUNDING * np.abs(given).max():
            estimate = estimate + level * self.centre
        error = np.sqrt(np.square(forward).sum(axis=0))
        is_carried = self.factor.carries(ours, forward)
        return ContrastFit(
            np.where(is_carried, estimate, np.nan),
            np.where(is_carried, error, np.nan) + np.zeros(len(self.n)),
        )


def fit_linear(levels: ArrayLike, design: ArrayLike, *, heights: Floats | None = None) -> LinearFit:
    """Fit every target to one design by least squares.

    Parameters
    ----------
    levels : (n_samples, n_targets), log2 levels, NaN where missing
    design : (n_samples, n_coefficients), without gaps
    heights : (n_targets,), size of the numbers that `levels` were computed from, where they are
        differences; it sets what is rounding error. Their own mean, where not given.

    Raises
    ------
    ValueError
        Rows of levels and design differ in number, the design has a gap, or an infinite value.

    Notes
    -----
    One factorisation for all targets where no level is missing, else one per target, all at once.
    Normal equations of an orthonormal basis of the design: their condition is that of the samples
    that are missing, not that of the design. Where little of the spread is residual, residuals are
    formed explicitly and the solution is refined once.
    """
    matrix, basis = as_matrix(levels, "levels"), design_basis(design)
    if len(matrix) != len(basis.columns):
        raise ValueError(
            f"{len(matrix)} rows of levels but {len(basis.columns)} rows of the design"
        )
    sums = cross_products(matrix, basis.columns, is_centred=basis.of_ones is not None)
    factor = factorise(sums.gram)
    scores = factor.forward(sums.cross)
    rest = sums.squares - np.square(scores).sum(axis=0)
    unsure = np.flatnonzero(rest < _CANCELLED * sums.squares)
    if len(unsure):
        scores[:, unsure], rest[unsure] = _refined(
            matrix[:, unsure] - sums.centre[unsure], basis, factor.of(unsure), scores[:, unsure]
        )
    return _fit(sums, basis, factor, scores, rest, heights)


def _fit(
    sums: CrossProducts,
    basis: Basis,
    factor: Factor,
    scores: Floats,
    rest: Floats,
    heights: Floats | None,
) -> LinearFit:
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_level = sums.total / sums.n + sums.centre
        residual_df = (sums.n - factor.rank).astype(np.float64)
        variance = np.where(residual_df > 0, np.maximum(rest, 0.0) / residual_df, np.nan)
        height = np.abs(mean_level) if heights is None else heights
        variance[np.sqrt(variance / sums.n) <= ROUNDING * height] = 0.0
    return LinearFit(
        n=sums.n,
        n_samples=len(basis.columns),
        mean_level=mean_level,
        residual_variance=variance,
        residual_df=residual_df,
        basis=basis,
        factor=factor,
        scores=scores,
        centre=sums.centre,
    )


def _refined(
    shifted: Floats, basis: Basis, factor: Factor, scores: Floats
) -> tuple[Floats, Floats]:
    """Return scores and residual sum of squares from explicit residuals."""
    residuals = np.nan_to_num(shifted - basis.columns @ factor.backward(scores))
    correction = factor.forward(basis.columns.T @ residuals)
    rest = np.square(residuals).sum(axis=0) - np.square(correction).sum(axis=0)
    return scores + correction, rest


def design_basis(design: ArrayLike) -> Basis:
    """Return orthonormal columns that span the design, and its coordinates in them.

    Raises
    ------
    ValueError
        Not a matrix, no column, or a value that is not finite.
    """
    matrix = as_matrix(design, "design")
    if not matrix.shape[1] or np.isnan(matrix).any():
        raise ValueError("the design needs at least one column and has no room for gaps")
    columns, coordinates = np.linalg.qr(matrix)
    lengths = np.sqrt(np.square(coordinates).sum(axis=0))
    if (
        len(matrix) < matrix.shape[1]
        or (np.abs(np.diagonal(coordinates)) <= _DEPENDENT * lengths).any()
    ):
        scaled = matrix / np.where(lengths > 0, lengths, 1.0)
        left, sizes, _ = np.linalg.svd(scaled, full_matrices=False)
        columns = left[:, sizes > _DEPENDENT]
        coordinates = columns.T @ matrix
    of_ones = columns.sum(axis=0)
    has_ones = np.abs(columns @ of_ones - 1).max(initial=0.0) < _CONSTANT
    return Basis(columns, coordinates, of_ones if has_ones else None)


def contrast_weights(basis: Basis, weights: Floats) -> Floats | None:
    """Return a contrast's weights on the basis; None where the design does not carry it."""
    rank, n_coefficients = basis.coordinates.shape
    if rank == n_coefficients:
        return np.asarray(np.linalg.solve(basis.coordinates.T, weights), dtype=np.float64)
    ours: Floats = np.linalg.lstsq(basis.coordinates.T, weights, rcond=None)[0].astype(np.float64)
    off = np.abs(basis.coordinates.T @ ours - weights).max(initial=0.0)
    return ours if off <= _DEPENDENT * np.abs(weights).max() else None


def _checked_weights(weights: ArrayLike, n_coefficients: int) -> Floats:
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (n_coefficients,):
        raise ValueError(
            f"the contrast has {given.size} weights; the design has {n_coefficients} columns"
        )
    if not np.isfinite(given).all() or not given.any():
        raise ValueError(f"a contrast needs finite weights that are not all zero: {given}")
    return given
