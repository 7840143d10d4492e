"""Principal components of z-scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stats.methods.arrays import Floats

#: Below this share of the largest a singular value is rounding, and its direction arbitrary.
_ROUNDING = 1e-10


@dataclass(frozen=True)
class Components:
    """Principal components, the largest first.

    Parameters
    ----------
    sd : (n_components,), standard deviation of the scores
    explained : (n_components,), share of the total variance
    scores : (n_samples, n_components)
    loadings : (n_targets, n_components), of length 1
    """

    sd: Floats
    explained: Floats
    scores: Floats
    loadings: Floats


def principal_components(z: Floats, *, most: int) -> Components:
    """Return up to `most` components of z-scores.

    Parameters
    ----------
    z : (n_samples, n_targets), each target with mean 0; a missing z-score counts as 0, the
        target's mean

    Notes
    -----
    The sign of a component is free: here its largest loading (the first of equal ones) is
    positive.

    References
    ----------
    Pearson (1901), Philosophical Magazine 2:559–572, doi:10.1080/14786440109462720; Jolliffe &
    Cadima (2016), Phil. Trans. R. Soc. A 374:20150202, doi:10.1098/rsta.2015.0202.
    Checked against R `prcomp` at 1e-8.
    """
    filled = np.where(np.isnan(z), 0.0, z)
    n_samples, n_targets = filled.shape
    if n_samples < 2 or not n_targets:
        return Components(
            np.empty(0), np.empty(0), np.empty((n_samples, 0)), np.empty((n_targets, 0))
        )
    left, sizes, right = np.linalg.svd(filled, full_matrices=False)
    total = (sizes**2).sum()
    n_kept = min(most, int((sizes > _ROUNDING * sizes[0]).sum()))
    loadings = right[:n_kept].T
    # Loadings that are equal but for rounding must not decide by their last digits.
    size = np.abs(loadings)
    largest = np.argmax(size >= size.max(axis=0) * (1 - 1e-6), axis=0)
    sign = np.where(loadings[largest, np.arange(n_kept)] < 0, -1.0, 1.0)
    return Components(
        sd=sizes[:n_kept] / np.sqrt(n_samples - 1),
        explained=sizes[:n_kept] ** 2 / total,
        scores=left[:, :n_kept] * sizes[:n_kept] * sign,
        loadings=loadings * sign,
    )
