"""Brackets of a tree as lines: every merge from its left branch over its height to its right."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd


def brackets(merges: pd.DataFrame) -> pd.DataFrame:
    """Return four points per merge: place along the leaves, height, order, stability.

    Parameters
    ----------
    merges : DataFrame
        Columns merge_number, left_leaf, left_merge, right_leaf, right_merge, merge_height,
        is_stable, stability_frac, n_members; a branch is a leaf or an earlier merge.

    Returns
    -------
    DataFrame
        Columns merge, point (1 to 4), place (1 … n, in leaves), height (0 at the leaves), and
        is_stable, stability_frac, n_members of the merge.
    """
    middle: dict[int, tuple[float, float]] = {}
    rows = []
    for merge in merges.sort_values("merge_number").to_dict("records"):
        left, right = (_foot(merge, side, middle) for side in ("left", "right"))
        top = float(merge["merge_height"])
        middle[int(merge["merge_number"])] = ((left[0] + right[0]) / 2, top)
        corners = (left, (left[0], top), (right[0], top), right)
        for point, (place, height) in enumerate(corners, start=1):
            rows.append({
                "merge": int(merge["merge_number"]), "point": point, "place": place,
                "height": height, "is_stable": bool(merge["is_stable"]),
                "stability_frac": merge["stability_frac"], "n_members": merge["n_members"],
            })  # fmt: skip
    columns = ["merge", "point", "place", "height", "is_stable", "stability_frac", "n_members"]
    return pd.DataFrame(rows, columns=columns)


def _foot(
    merge: Mapping[Hashable, Any], side: str, middle: dict[int, tuple[float, float]]
) -> tuple[float, float]:
    leaf = merge[f"{side}_leaf"]
    if pd.notna(leaf):
        return float(leaf), 0.0
    return middle[int(merge[f"{side}_merge"])]
