"""Clusterings and components as rows of their contracts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from contracts import conform, from_rows
from contracts.ordination import CLUSTER_LEAVES, CLUSTERS, PRINCIPAL_COMPONENTS, Z_SCORES
from stats.clustered import SAMPLES, TARGETS, Chosen, Clustering
from stats.methods.arrays import Floats
from stats.ordination.components import principal_components

#: Components that are kept; later ones are hardly looked at.
MOST_COMPONENTS = 10

Same = dict[str, str]


@dataclass(frozen=True)
class Drawn:
    """Stability of each merge, the resampled trees behind it, and their seed."""

    stability: Floats
    n_bootstraps: int
    seed: int


def same_everywhere(chosen: Chosen, study_id: str, plan_hash: str) -> Same:
    """Return the cells that all rows of a selection share."""
    return {
        "study_id": study_id,
        "selection": chosen.selection.name,
        "variant_id": chosen.variant_id,
        "plan_hash": plan_hash,
    }


def clustering_row(chosen: Chosen, axis: str, clustering: Clustering, same: Same) -> dict[str, Any]:
    """Return one tree as a row of `stats.stat_clusterings`."""
    kept = chosen.kept(axis)
    return {
        **same,
        "axis": axis,
        "analysis_id": chosen.selection.analysis_id,
        "rule_text": chosen.selection.rule,
        "caution": chosen.selection.caution,
        "n_items": int(kept.sum()),
        "n_left_out": int((~kept).sum()),
        "n_features": int(chosen.kept(SAMPLES if axis == TARGETS else TARGETS).sum()),
        "cophenetic_correlation": _cell(clustering.cophenetic),
        "reason": clustering.reason,
    }


def merge_rows(
    chosen: Chosen, axis: str, clustering: Clustering, same: Same, drawn: Drawn
) -> pa.Table:
    """Return the merges of one tree as rows of `stats.stat_clusters`."""
    tree = clustering.tree
    if tree is None:
        return from_rows([], CLUSTERS)
    names = [n for n, kept in zip(chosen.names(axis), chosen.kept(axis), strict=True) if kept]
    first, last = tree.spans()
    rows = [
        {
            **same,
            "axis": axis,
            "merge_number": k + 1,
            **_side("left", left, names),
            **_side("right", right, names),
            "merge_height": float(tree.heights[k]),
            "n_members": int(tree.sizes[k]),
            "first_leaf": int(first[k]) + 1,
            "last_leaf": int(last[k]) + 1,
            "stability_frac": _cell(drawn.stability[k]),
            "n_bootstraps": drawn.n_bootstraps,
            "seed": drawn.seed,
        }
        for k, (left, right) in enumerate(zip(tree.left.tolist(), tree.right.tolist(), strict=True))
    ]
    return from_rows(rows, CLUSTERS)


def leaf_rows(chosen: Chosen, axis: str, clustering: Clustering, same: Same) -> pa.Table:
    """Return every item of one axis as a row of `stats.stat_cluster_leaves`."""
    names, kept = chosen.names(axis), chosen.kept(axis)
    place: dict[int, int] = {}
    if clustering.tree is not None:
        items = np.flatnonzero(kept)[clustering.tree.order].tolist()
        place = {item: i for i, item in enumerate(items, start=1)}
    n_values, reasons = chosen.n_values(axis).tolist(), chosen.reasons(axis)
    whole = chosen.levels.shape[0 if axis == TARGETS else 1]
    no_tree = "" if clustering.tree is not None else clustering.reason
    rows = [
        {
            **same,
            "axis": axis,
            "item_id": name,
            "leaf": place.get(i),
            "n_values": n_values[i],
            "n_missing": whole - n_values[i],
            "reason": reasons[i] or no_tree,
        }
        for i, name in enumerate(names)
    ]
    return from_rows(rows, CLUSTER_LEAVES)


def z_score_rows(chosen: Chosen, same: Same) -> pa.Table:
    """Return the z-scores of what is kept as rows of `stats.stat_z_scores`."""
    samples, targets = (np.flatnonzero(chosen.kept(axis)) for axis in (SAMPLES, TARGETS))
    z = chosen.scaled.kept.ravel()
    columns = {
        **{name: pa.repeat(value, len(z)) for name, value in same.items()},
        "sample_id": _named(chosen.sample_ids, np.repeat(samples, len(targets))),
        "analyte_id": _named(chosen.analyte_ids, np.tile(targets, len(samples))),
        "z_score": pa.array(z, pa.float64(), from_pandas=True),
    }
    return conform(pa.table(columns), Z_SCORES)


def component_rows(chosen: Chosen, same: Same) -> pa.Table:
    """Return scores and loadings as rows of `stats.stat_principal_components`."""
    z = chosen.scaled.kept
    found = principal_components(z, most=MOST_COMPONENTS)
    tables = [from_rows([], PRINCIPAL_COMPONENTS)]
    for axis, values in ((SAMPLES, found.scores), (TARGETS, found.loadings)):
        items = np.flatnonzero(chosen.kept(axis))
        filled = np.isnan(z).sum(axis=1 if axis == SAMPLES else 0)
        n_items, n_components = values.shape
        columns = {
            **{name: pa.repeat(value, values.size) for name, value in same.items()},
            "component": np.repeat(np.arange(1, n_components + 1), n_items),
            "axis": pa.repeat(axis, values.size),
            "item_id": _named(chosen.names(axis), np.tile(items, n_components)),
            "item_value": values.T.ravel(),
            "explained_frac": np.repeat(found.explained, n_items),
            "n_filled": np.tile(filled, n_components),
        }
        tables.append(conform(pa.table(columns), PRINCIPAL_COMPONENTS))
    return pa.concat_tables(tables)


def _named(names: tuple[str, ...], places: Any) -> pa.Array:
    return pa.array(names, pa.string()).take(pa.array(places, pa.int64()))


def _side(side: str, index: int, names: list[str]) -> dict[str, Any]:
    if index < len(names):
        return {f"{side}_id": names[index], f"{side}_merge": None}
    return {f"{side}_id": None, f"{side}_merge": index - len(names) + 1}


def _cell(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
