"""Which targets and which samples resemble each other: heat maps and principal components."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt
import pandas as pd

from reports import words
from reports.charts.components import components
from reports.charts.heat_map import beside, heat_map
from reports.figures import Figure, drawn
from reports.read import Published

#: All targets first, the selected ones beside them.
_SELECTIONS = ("all", "hits")
_WHY = (
    "because half of the levels or more are missing, or all agree; stats.fct_cluster_leaves has "
    "each."
)


@dataclass(frozen=True)
class Clusterings:
    """The section's figures with what must be said of them; a figure may be absent."""

    heat_map: Figure | None
    components: Figure | None
    caution: str
    notes: list[str]


def clustering(published: Published, *, stamp: str) -> Clusterings:
    """Return heat maps and components of all targets and of the hits, side by side."""
    trees = published.clusterings.to_pandas()
    cautions = [c for c in trees["caution"].unique() if c]
    return Clusterings(
        heat_map=_heat_maps(published, trees, stamp),
        components=_components(published, trees, stamp),
        caution=cautions[0] if cautions else "",
        notes=_notes(trees, set(published.heat_rows.column("selection").to_pylist())),
    )


def _heat_maps(published: Published, trees: pd.DataFrame, stamp: str) -> Figure | None:
    rows, columns = published.heat_rows.to_pandas(), published.heat_columns.to_pandas()
    merges = published.dendrograms.to_pandas()
    groups = _groups(published, columns)
    shown = [name for name in _SELECTIONS if not _of(rows, name).empty]
    panels = [
        heat_map(
            _of(rows, name), _of(columns, name), _of(merges, name), groups=groups,
            title=_title(trees, name), name=name, has_legend=name == shown[0],
        )
        for name in shown
    ]  # fmt: skip
    if not panels:
        return None
    return drawn(
        "heat-maps",
        beside(panels),
        "Each row is a target, each column a sample, each cell how far its level lies from the "
        "target’s mean; grey: missing. Rows and columns that resemble each other stand together, "
        "joined by brackets (average linkage on squared distances). Black brackets came again in "
        "at least half of the resampled studies, grey ones did not: they are not to be read as "
        "groups. The strip says which group a sample belongs to; the map did not know it.",
        f"Heat maps with trees: {' '.join(_spoken(published, trees, n) for n in _SELECTIONS)}",
        stamp=stamp,
    )


def _components(published: Published, trees: pd.DataFrame, stamp: str) -> Figure | None:
    scores = published.component_scores.to_pandas()
    groups = _groups(published, scores)
    panels = [
        components(_of(scores, name), groups=groups, title=_title(trees, name),
                   name=name)
        for name in _SELECTIONS if not _of(scores, name).empty
    ]  # fmt: skip
    if not panels:
        return None
    return drawn(
        "components",
        alt.hconcat(*panels, spacing=40),
        "Each point is a sample. The axes are the directions in which the samples differ most; "
        "they did not know the groups.",
        f"Samples along the first two principal components, {len(panels)} selections.",
        stamp=stamp,
    )


def _groups(published: Published, shown: pd.DataFrame) -> list[str]:
    present = set(shown["group_label"])
    known = [r["group_label"] for r in published.rows("groups")]
    return [g for g in known if g in present] + sorted(present - set(known))


def _title(trees: pd.DataFrame, name: str) -> str:
    n = int(trees[(trees["selection"] == name) & (trees["axis"] == "targets")]["n_items"].iloc[0])
    if name == "all":
        return f"All {n} targets"
    return f"Only the {words.count(n, 'hit', 'hits')}: selected because groups differ"


def _spoken(published: Published, trees: pd.DataFrame, name: str) -> str:
    merges = _of(published.dendrograms.to_pandas(), name)
    if merges.empty:
        return ""
    found = []
    for axis in ("targets", "samples"):
        inner = merges[(merges["axis"] == axis)].sort_values("merge_number").iloc[:-1]
        found.append(f"{int(inner['is_stable'].sum())} of {len(inner)} brackets of {axis}")
    return f"{_title(trees, name)}: {' and '.join(found)} are stable."


def _notes(trees: pd.DataFrame, shown: set[str]) -> list[str]:
    out = []
    for name, of_selection in trees.groupby("selection", sort=True):
        whose = "All targets" if name == "all" else "Hits"
        for row in of_selection.to_dict("records"):
            if row["n_left_out"]:
                left_out = words.count(row["n_left_out"], row["axis"][:-1])
                out.append(f"{whose}: {left_out} left out, {_WHY}")
            if row["reason"]:
                out.append(f"{whose}, tree of {row['axis']}: {row['reason']}.")
        if name not in shown and not of_selection["reason"].any():
            out.append(f"{whose}: too many cells to be drawn, more than 12,000.")
    return out


def _of(frame: pd.DataFrame, selection: str) -> pd.DataFrame:
    return frame[frame["selection"] == selection]
