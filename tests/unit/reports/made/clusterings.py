"""Trees, heat maps and components of two selections."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from stats.ordination.distances import squared_distances
from stats.ordination.scaled import scale
from stats.ordination.tree import Tree, average_linkage
from tests.unit.reports.made.names import LABELS, STUDY


def clusterings(
    frame: pd.DataFrame, rng: np.random.Generator, text: Callable[[str], str]
) -> dict[str, pd.DataFrame]:
    """Two selections on the 70 samples: all targets, and twelve that part the groups."""
    groups = np.repeat([text(LABELS[g]) for g in "ABC"], [30, 30, 10])
    names = frame.drop_duplicates("analyte_id")
    names = names.set_index("analyte_id")["analyte_name"]
    parts: dict[str, list[pd.DataFrame]] = {"cells": [], "merges": [], "points": [], "trees": []}
    for selection, targets in (("all", list(names.index)), ("hits", list(names.index[:12]))):
        levels = rng.normal(size=(70, len(targets))) + (np.arange(70) < 30)[:, None]
        z = scale(levels).z
        trees = {"targets": average_linkage(squared_distances(z.T)),
                 "samples": average_linkage(squared_distances(z))}  # fmt: skip
        place = {axis: np.argsort(tree.order) + 1 for axis, tree in trees.items()}
        rows, columns = np.meshgrid(np.arange(len(targets)), np.arange(70), indexing="ij")
        base = {"study_id": STUDY, "selection": selection}
        parts["cells"].append(
            pd.DataFrame(
                {
                    **base,
                    "analyte_id": np.array(targets)[rows.ravel()],
                    "analyte_name": names[targets].to_numpy()[rows.ravel()],
                    "sample_id": "SSECRET",
                    "group_code": "A",
                    "group_label": groups[columns.ravel()],
                    "target_leaf": place["targets"][rows.ravel()],
                    "sample_leaf": place["samples"][columns.ravel()],
                    "z_score": np.where(rows.ravel() + columns.ravel() == 9, None, z.T.ravel()),
                }
            )
        )
        parts["points"].append(
            pd.DataFrame(
                {
                    **base,
                    "sample_id": "SSECRET",
                    "group_code": "A",
                    "group_label": groups,
                    "first_score": z[:, 0],
                    "second_score": z[:, 1],
                    "first_explained_frac": 0.4,
                    "second_explained_frac": 0.1,
                }
            )
        )
        parts["trees"].append(
            pd.DataFrame(
                {
                    **base,
                    "axis": ["targets", "samples"],
                    "n_items": [len(targets), 70],
                    "n_left_out": [0, 2],
                    "reason": "",
                    "caution": text("Selected because they differ") if selection == "hits" else "",
                }
            )
        )
        parts["merges"] += [_merges(base, axis, tree, place[axis]) for axis, tree in trees.items()]
    whole = {name: pd.concat(frames) for name, frames in parts.items()}
    return {
        "stats.fct_clusterings": whole["trees"],
        "reporting.rpt_heat_map": whole["cells"].astype({"z_score": float}),
        "reporting.rpt_dendrograms": whole["merges"],
        "reporting.rpt_component_scores": whole["points"],
    }  # fmt: skip


def _merges(base: dict[str, str], axis: str, tree: Tree, place: np.ndarray) -> pd.DataFrame:
    n = len(tree.order)

    def sides(of: np.ndarray) -> tuple[list[int | None], list[int | None]]:
        leaves = [int(place[i]) if i < n else None for i in of]
        return leaves, [None if i < n else int(i) - n + 1 for i in of]

    (left_leaf, left_merge), (right_leaf, right_merge) = sides(tree.left), sides(tree.right)
    return pd.DataFrame({
        **base, "axis": axis, "merge_number": np.arange(1, n), "left_leaf": left_leaf,
        "left_merge": left_merge, "right_leaf": right_leaf, "right_merge": right_merge,
        "merge_height": tree.heights, "n_members": tree.sizes, "stability_frac": 0.6,
        "is_stable": True}).astype(dict.fromkeys(
            ("left_leaf", "left_merge", "right_leaf", "right_merge"), "Int64"))  # fmt: skip
