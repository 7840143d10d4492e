"""Average linkage: from distances to a tree with one order of its leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from stats.methods.arrays import Floats, Ints

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Tree:
    """Merges from the nearest to the farthest, and the leaves from left to right.

    Parameters
    ----------
    left, right : (n − 1,), leaf 0 … n − 1, or n + k for merge k
        A leaf stands left of a merge, the earlier leaf and the earlier (so tighter) merge left of
        the later one.
    heights : (n − 1,), mean squared distance between the members of the two
    sizes : (n − 1,), leaves below
    order : (n,), leaves from left to right
    """

    left: Ints
    right: Ints
    heights: Floats
    sizes: Ints
    order: Places

    def members(self) -> list[int]:
        """Return, per merge, its leaves as the bits of a whole number: leaf i is 1 << i."""
        return member_bits(self.left, self.right)

    def spans(self) -> tuple[Ints, Ints]:
        """Return the first and the last position in `order` below each merge."""
        place = np.empty(len(self.order), dtype=np.int64)
        place[self.order] = np.arange(len(self.order))
        first, last = place.tolist(), place.tolist()
        for a, b in zip(self.left.tolist(), self.right.tolist(), strict=True):
            first.append(min(first[a], first[b]))
            last.append(max(last[a], last[b]))
        n = len(self.order)
        return np.array(first[n:], dtype=np.int64), np.array(last[n:], dtype=np.int64)


def average_linkage(distances: Floats) -> Tree:
    """Return the tree of n items that joins, again and again, the two nearest clusters.

    Parameters
    ----------
    distances : (n, n), symmetric, no NaN
        Clusters are as far apart as their members are on average ("between-groups linkage").

    Notes
    -----
    Where distances tie exactly, the order of the items decides, by SciPy's nearest-neighbour
    chain: sort them by name first, so that the order of a table does not matter. Order of leaves
    as R's `hclust` gives it. Heights never fall from merge to merge.

    References
    ----------
    Sokal & Michener (1958), Univ. Kansas Sci. Bull. 38:1409–1438; Müllner (2011), arXiv:1109.2378.
    Checked against R `hclust(method = "average")`: heights 1e-10, merges and order equal.
    """
    n = len(distances)
    if n < 2:
        none = np.empty(0, dtype=np.int64)
        return Tree(none, none, np.empty(0), none, np.arange(n))
    merges = _linkage(distances)
    whole = merges[:, [0, 1, 3]].astype(np.int64)
    order = hierarchy.leaves_list(merges).astype(np.int64)
    return Tree(whole[:, 0], whole[:, 1], merges[:, 2], whole[:, 2], order)


def cophenetic_correlation(tree: Tree, distances: Floats) -> float:
    """Return how well heights reproduce distances: Pearson's r; NaN for fewer than three items."""
    if len(tree.heights) < 2:
        return float("nan")
    merges = np.column_stack([tree.left, tree.right, tree.heights, tree.sizes]).astype(np.float64)
    given, kept = squareform(distances, checks=False), hierarchy.cophenet(merges)
    if np.ptp(given) == 0 or np.ptp(kept) == 0:
        return float("nan")
    return float(np.corrcoef(given, kept)[0, 1])


def merged_members(distances: Floats) -> list[int]:
    """Return the member bits of every merge of a tree of at least two items."""
    merges = _linkage(distances)
    return member_bits(merges[:, 0].astype(np.int64), merges[:, 1].astype(np.int64))


def member_bits(left: Ints, right: Ints) -> list[int]:
    """Return, per merge, its leaves as the bits of a whole number."""
    n = len(left) + 1
    bits = [1 << i for i in range(n)]
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        bits.append(bits[a] | bits[b])
    return bits[n:]


def _linkage(distances: Floats) -> Floats:
    out: Floats = hierarchy.linkage(squareform(distances, checks=False), method="average")
    return out
