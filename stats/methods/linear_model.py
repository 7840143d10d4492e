"""Least squares of every target on one design; each target has its own missing samples."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import lapack

from stats.methods.arrays import Flags, Floats, Ints, any_true, as_matrix
from stats.methods.cross_products import CrossProducts, cross_products
from stats.methods.distinct import repeated
from stats.methods.moments import ROUNDING
from stats.methods.normal_equations import Factor, factorise, identity, unit_matrix

#: A column of the design is made up by the others below this share of its length (as in R's `lm`).
_DEPENDENT = 1e-7
#: Products of a basis may be off by no more, all together.
_ORTHONORMAL = 1e-13
#: The constant column lies within the span of the design where it is no further off.
_CONSTANT = 1e-10
#: Sums of squares lose digits where less than this share is residual: residuals are then formed.
_CANCELLED = 1e-3


class Basis(NamedTuple):
    """Orthonormal columns that span a design.

    Parameters
    ----------
    columns : (n_samples, rank)
    coordinates : (rank, n_coefficients), of the design's columns
    of_ones : (rank,), coordinates of the constant column; None where the design lacks it
    is_triangular : the coordinates are upper triangular without a zero on the diagonal
    """

    columns: Floats
    coordinates: Floats
    of_ones: Floats | None
    is_triangular: bool


class ContrastFits(NamedTuple):
    """Contrasts of coefficients, NaN where the samples do not carry them.

    Parameters
    ----------
    estimate : (n_contrasts, n_targets), log2 units.
    unscaled_error : (n_contrasts, n_targets), or (n_contrasts, 1) where no target lacks a sample:
        standard error over the residual standard deviation.
    """

    estimate: Floats
    unscaled_error: Floats


class LinearFit(NamedTuple):
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

    def contrasts(self, weights: ArrayLike) -> ContrastFits:
        """Return estimates and unscaled standard errors of contrasts of coefficients.

        Parameters
        ----------
        weights : (n_contrasts, n_coefficients), one weight per column of the design

        Raises
        ------
        ValueError
            Another number of weights, a weight that is not finite, or all zero.
        """
        given, largest = _checked_weights(weights, self.basis.coordinates.shape[1])
        ours, is_carried = contrast_weights(self.basis, given)
        estimate, error = self._solved(ours)
        if self.basis.of_ones is not None:
            levels = (ours @ self.basis.of_ones).tolist()
            for i, level in enumerate(levels):
                if abs(level) > ROUNDING * largest[i]:
                    estimate[i] += level * self.centre
        if is_carried is not None:
            estimate[~is_carried] = error[~is_carried] = np.nan
        return ContrastFits(estimate, error)

    def _solved(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return estimates and errors of contrasts of the basis, as in ContrastFits."""
        if self.factor.is_shared and self.factor.is_full:
            forward = self.factor.forward(weights.T).T
            lengths = [[math.hypot(*own)] for own in forward.tolist()]
            return forward @ self.scores, np.array(lengths)
        shape = (len(weights), len(self.n))
        estimate, error = np.empty(shape), np.empty(shape)
        for i, own in enumerate(weights):
            forward = self.factor.forward(own[:, None])
            estimate[i] = (forward * self.scores).sum(axis=0)
            error[i] = np.sqrt(np.square(forward).sum(axis=0))
            is_lost = ~self.factor.carries(own, forward)
            estimate[i, is_lost] = error[i, is_lost] = np.nan
        return estimate, error


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
    matrix, is_complete = _finite_or_gaps(levels, "levels")
    basis = design_basis(design)
    if len(matrix) != len(basis.columns):
        raise ValueError(
            f"{len(matrix)} rows of levels but {len(basis.columns)} rows of the design"
        )
    sums = cross_products(
        matrix, basis.columns, is_complete=is_complete, is_centred=basis.of_ones is not None
    )
    factor = identity(len(sums.cross)) if sums.gram is None else factorise(sums.gram)
    scores = factor.forward(sums.cross)
    rest = sums.squares - np.add.reduce(scores * scores, axis=0)
    is_unsure = rest < _CANCELLED * sums.squares
    if any_true(is_unsure):
        unsure = np.flatnonzero(is_unsure)
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
    n, n_samples, n_columns = sums.n, len(basis.columns), len(factor.is_kept)
    if sums.gram is None and n_samples > n_columns:
        residual_df = divisor = repeated(len(n), n_samples - n_columns)
    else:
        rank = n_columns if factor.is_full else factor.rank
        residual_df = np.subtract(n, rank, dtype=np.float64)
        n = np.where(n > 0, n, np.nan)
        divisor = np.where(residual_df > 0, residual_df, np.nan)
    mean_level = sums.total / n
    mean_level += sums.centre
    variance = rest / divisor
    rounding = ROUNDING * (mean_level if heights is None else heights)
    np.copyto(variance, 0.0, where=variance <= rounding * rounding * n)
    return LinearFit(
        n=sums.n,
        n_samples=n_samples,
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
    return scores + correction, np.maximum(rest, 0.0)


def _finite_or_gaps(values: ArrayLike, name: str) -> tuple[Floats, bool]:
    """Return values as a matrix, and whether none is missing."""
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim == 2:
        flat = matrix.ravel(order="K")
        # One product tells; squares beyond the largest number are as good as a gap here.
        if math.isfinite(flat @ flat):
            return matrix, True
    return as_matrix(matrix, name), False


def design_basis(design: ArrayLike) -> Basis:
    """Return orthonormal columns that span the design, and its coordinates in them.

    Raises
    ------
    ValueError
        Not a matrix, no column, or a value that is not finite.
    """
    matrix = np.asarray(design, dtype=np.float64)
    found = _quick_basis(matrix) if matrix.ndim == 2 and matrix.size else None
    if found is None:
        matrix, is_complete = _finite_or_gaps(matrix, "design")
        if not matrix.shape[1] or not is_complete:
            raise ValueError("the design needs at least one column and has no room for gaps")
        found = _careful_basis(matrix)
    columns, coordinates, is_triangular = found
    of_ones = np.add.reduce(columns)
    off = columns @ of_ones
    off -= 1
    has_ones = off @ off < _CONSTANT**2
    return Basis(columns, coordinates, of_ones if has_ones else None, is_triangular)


def _quick_basis(matrix: Floats) -> tuple[Floats, Floats, bool] | None:
    """Return the basis by Cholesky's factor, None where it is not orthonormal to rounding.

    A gap or an infinite value in the design leaves nothing orthonormal.
    """
    lower, failed = lapack.dpotrf(matrix.T @ matrix, lower=1)
    if failed:
        return None
    rows, _ = lapack.dtrtrs(lower, matrix.T, lower=1)
    off = (rows @ rows.T - unit_matrix(len(lower))).ravel()
    if not off @ off < _ORTHONORMAL**2:
        return None
    return rows.T, lower.T, True


def _careful_basis(matrix: Floats) -> tuple[Floats, Floats, bool]:
    """Return the basis by Householder's method, or of as many columns as are independent."""
    columns, coordinates = np.linalg.qr(matrix)
    lengths = np.sqrt(np.square(coordinates).sum(axis=0))
    sizes = np.abs(np.diagonal(coordinates))
    if len(matrix) >= matrix.shape[1] and (sizes > _DEPENDENT * lengths).all():
        return columns, coordinates, True
    scaled = matrix / np.where(lengths > 0, lengths, 1.0)
    left, sizes, _ = np.linalg.svd(scaled, full_matrices=False)
    columns = left[:, sizes > _DEPENDENT]
    return columns, columns.T @ matrix, False


def contrast_weights(basis: Basis, weights: Floats) -> tuple[Floats, Flags | None]:
    """Return the weights of contrasts on the basis, and whether the design carries each.

    Parameters
    ----------
    weights : (n_contrasts, n_coefficients)

    Returns
    -------
    tuple
        (n_contrasts, rank), and (n_contrasts,) or None where a design of full rank carries all
    """
    rank, n_coefficients = basis.coordinates.shape
    if basis.is_triangular:
        solved: Floats = lapack.dtrtrs(basis.coordinates, weights.T, trans=1)[0]
        return solved.T, None
    if rank == n_coefficients:
        ours = np.linalg.solve(basis.coordinates.T, weights.T).T
        return ours.astype(np.float64, copy=False), None
    ours = np.linalg.lstsq(basis.coordinates.T, weights.T, rcond=None)[0].T
    off = np.abs(ours @ basis.coordinates - weights).max(axis=1, initial=0.0)
    is_carried = off <= _DEPENDENT * np.abs(weights).max(axis=1)
    return ours.astype(np.float64, copy=False), is_carried


def _checked_weights(weights: ArrayLike, n_coefficients: int) -> tuple[Floats, list[float]]:
    """Return the weights of contrasts, and the largest size of each."""
    given = np.asarray(weights, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] != n_coefficients:
        raise ValueError(
            f"the contrasts have {given.shape[-1]} weights; the design has {n_coefficients} columns"
        )
    largest = [max(map(abs, own)) for own in given.tolist()]
    if not all(0 < size < math.inf for size in largest):
        raise ValueError(f"a contrast needs finite weights that are not all zero: {given}")
    return given, largest
