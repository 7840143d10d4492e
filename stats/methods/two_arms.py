"""From two arms to a linear model: independent groups, or pairs by their differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Flags, Floats, Ints, as_matrices
from stats.methods.linear_model import ContrastFits, LinearFit, fit_linear


@dataclass(frozen=True)
class Differences:
    """Differences that one linear model estimates.

    Parameters
    ----------
    contrasts : the differences, NaN where the samples do not carry them.
    n_numerator, n_denominator, n_pairs, n_dropped : as in MethodResult, of each difference.
    effect_size_kind : name of difference ÷ posterior standard deviation.
    lacking : words for a difference that the samples do not carry, with `{numerator}` and
        `{denominator}` for the counts.
    """

    contrasts: ContrastFits
    n_numerator: Sequence[Ints]
    n_denominator: Sequence[Ints]
    n_pairs: Sequence[Ints] | None
    n_dropped: Sequence[Ints]
    effect_size_kind: str
    lacking: str

    def lacking_words(self, i: int) -> list[str]:
        """Return the words of `lacking` for each target of difference i."""
        counts = zip(self.n_numerator[i].tolist(), self.n_denominator[i].tolist(), strict=True)
        return [self.lacking.format(numerator=a, denominator=b) for a, b in counts]


def group_difference(
    numerator: ArrayLike,
    denominator: ArrayLike,
    covariates: tuple[ArrayLike, ArrayLike] | None,
) -> tuple[Differences, LinearFit]:
    """Fit two independent groups, each with a mean of its own, and shared slopes.

    Parameters
    ----------
    numerator, denominator : (n_samples, n_targets), log2 levels, NaN where missing
    covariates : matrices (n_samples, n_covariates) of the two groups; a person without all of
        them is left out. None for none.

    Raises
    ------
    ValueError
        The matrices do not fit each other, or hold an infinite value.

    Returns
    -------
    tuple
        the difference, and the model that it comes from
    """
    a, b = as_matrices([numerator, denominator], "group")
    levels: Floats = np.concatenate([a, b])
    is_numerator = np.repeat([True, False], [len(a), len(b)])
    design = np.column_stack([is_numerator, ~is_numerator]).astype(np.float64)
    if covariates is not None:
        slopes, lacks = _covariate_columns(covariates, (len(a), len(b)))
        levels[lacks] = np.nan
        design = np.column_stack([design, slopes])
    fit = fit_linear(levels, design)
    n_numerator = np.count_nonzero(~np.isnan(levels[: len(a)]), axis=0).astype(np.int64)
    weights = np.append([1.0, -1.0], np.zeros(design.shape[1] - 2))
    difference = Differences(
        contrasts=fit.contrasts([weights]),
        n_numerator=[n_numerator],
        n_denominator=[fit.n - n_numerator],
        n_pairs=None,
        n_dropped=[fit.n_samples - fit.n],
        effect_size_kind="moderated_d",
        lacking="too few values: {numerator} in the numerator and {denominator} in the "
        "denominator group do not carry the difference",
    )
    return difference, fit


def _covariate_columns(
    covariates: tuple[ArrayLike, ArrayLike], n_rows: tuple[int, int]
) -> tuple[Floats, Flags]:
    """Return the covariates of both groups, each minus its mean, and which persons lack one."""
    parts = as_matrices(covariates, "covariates of group")
    if tuple(len(part) for part in parts) != n_rows:
        raise ValueError(
            f"covariates have {[len(part) for part in parts]} rows, the groups {list(n_rows)}"
        )
    columns = np.concatenate(parts)
    lacks = np.asarray(np.isnan(columns).any(axis=1), dtype=np.bool_)
    columns[lacks] = 0.0
    if not lacks.all():
        columns[~lacks] -= columns[~lacks].mean(axis=0)
    return columns, lacks


def pair_difference(numerator: ArrayLike, denominator: ArrayLike) -> tuple[Differences, LinearFit]:
    """Fit the mean of the within-pair differences of complete pairs.

    Parameters
    ----------
    numerator, denominator : (n_pairs, n_targets), log2 levels, NaN where missing
        Row i of both belongs to the same person; a pair lacking either value is dropped.

    Returns
    -------
    tuple
        the difference, and the model of the differences, whose mean level is that of both arms

    Raises
    ------
    ValueError
        The matrices differ in shape, or hold an infinite value.
    """
    top, bottom = as_matrices([numerator, denominator], "arm")
    if top.shape != bottom.shape:
        raise ValueError(
            f"the arms have {top.shape[0]} and {bottom.shape[0]} rows; pairs need equal"
        )
    differences = top - bottom
    means = np.where(np.isnan(differences), np.nan, bottom + differences / 2)
    mean_level = fit_linear(means, np.ones((len(top), 1))).mean_level
    fit = fit_linear(differences, np.ones((len(top), 1)), heights=np.abs(mean_level))
    difference = Differences(
        contrasts=fit.contrasts([[1.0]]),
        n_numerator=[fit.n],
        n_denominator=[fit.n],
        n_pairs=[fit.n],
        n_dropped=[fit.n_samples - fit.n],
        effect_size_kind="moderated_dz",
        lacking="too few complete pairs: {numerator}, at least 1 is needed",
    )
    return difference, fit._replace(mean_level=mean_level)
