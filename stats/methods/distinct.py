"""Arrays in which the same few values stand again and again, as degrees of freedom do."""

from __future__ import annotations

import numpy as np

from stats.methods.arrays import Floats, Ints


def distinct(values: Floats) -> tuple[Floats, Ints | slice]:
    """Return the different values and where each stands: different[where] is like `values`.

    Where all are the same, different[where] has one element, which broadcasts as all of them would.

    Parameters
    ----------
    values : (n,), from which something costly is to be computed, once for each different one
    """
    if len(values) and (values == values[0]).all():
        return values[:1], slice(None)
    different, where = np.unique(values, return_inverse=True)
    return different, where
