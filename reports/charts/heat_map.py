"""Heat map of z-scores with the trees of targets and samples, and the groups of the samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

import altair as alt
import pandas as pd

from reports import theme
from reports.charts.dendrogram import brackets

#: Names of the marks in the drawing.
CELLS, BRACKETS, NAMES = "heat_cells", "tree_brackets", "heat_names"
#: z-scores beyond are drawn like it.
MOST_SDS = 3
_TREE, _STRIP, _GAP, _MAP_WIDTH, _NAME_WIDTH, _TITLE = 66, 10, 5, 330, 118, 22
#: Rows higher than this carry their name.
_READABLE = 8
_COLOURS = ("#0b62a4", "#b87a00", "#00795c", "#7a4b94", "#b5460f", "#57606a", "#3f8fc4", "#8c6d1f")


@dataclass(frozen=True)
class _Frame:
    """Where things stand in the drawing of one panel, in pixels from the top left."""

    n_targets: int
    n_samples: int
    n_groups: int

    @property
    def row(self) -> float:
        return min(11.0, max(2.0, 900 / max(self.n_targets, 1)))

    @property
    def column(self) -> float:
        return _MAP_WIDTH / max(self.n_samples, 1)

    @property
    def left(self) -> float:
        return _TREE + _GAP

    @property
    def strip(self) -> float:
        return _TITLE + _TREE + _GAP

    @property
    def top(self) -> float:
        return self.strip + _STRIP * self.n_groups + _GAP

    @property
    def width(self) -> float:
        return self.left + _MAP_WIDTH + _NAME_WIDTH

    @property
    def height(self) -> float:
        return self.top + self.row * self.n_targets


def heat_map(
    cells: pd.DataFrame,
    samples: pd.DataFrame,
    merges: pd.DataFrame,
    *,
    groups: list[str],
    title: str,
    name: str,
    has_legend: bool,
) -> alt.LayerChart:
    """Return the heat map of one selection.

    Parameters
    ----------
    cells : DataFrame
        Columns target_leaf, analyte_name, z_scores (a list in the order of sample_leaf, None
        where a level is missing); one row per target.
    samples : DataFrame
        Columns sample_leaf, group_label; one row per sample.
    merges : DataFrame
        Columns axis and those of `dendrogram.brackets`.
    groups : labels in the order of the strip's rows
    title : above the panel
    name : ends the names of its marks, which must differ from those of a panel beside it
    """
    f = _Frame(len(cells), len(samples), len(groups))
    layers: list[alt.Chart | alt.LayerChart] = [
        _heading(f, title),
        _tree(f, merges[merges["axis"] == "samples"], name, is_above=True),
        _tree(f, merges[merges["axis"] == "targets"], name, is_above=False),
        _strip(f, samples, groups),
        _strip_names(f, groups),
        _cells(f, cells, samples, name, has_legend=has_legend),
    ]
    if f.row >= _READABLE:
        layers.append(_names(f, cells, name))
    # Stability, groups and levels have colours of their own.
    return (
        alt.layer(*layers)
        .resolve_scale(color="independent")
        .properties(width=f.width, height=f.height)
    )


def beside(panels: list[alt.LayerChart]) -> alt.HConcatChart:
    """Return panels side by side with one legend of colours."""
    return alt.hconcat(*panels, spacing=18).resolve_scale(x="independent", y="independent")


def _x(f: _Frame, name: str = "x") -> alt.X:
    scale = alt.Scale(domain=[0, f.width], range=[0, f.width], nice=False, zero=False)
    return alt.X(f"{name}:Q", scale=scale, axis=None)


def _y(f: _Frame, name: str = "y") -> alt.Y:
    scale = alt.Scale(domain=[0, f.height], range=[0, f.height], nice=False, zero=False)
    return alt.Y(f"{name}:Q", scale=scale, axis=None)


def _heading(f: _Frame, title: str) -> alt.Chart:
    data = pd.DataFrame({"x": [f.left], "y": [8.0], "words": [title]})
    mark = alt.Chart(data).mark_text(align="left", fontSize=13, fontWeight=600, aria=False)
    return mark.encode(x=_x(f), y=_y(f), text="words:N")


def _tree(f: _Frame, merges: pd.DataFrame, name: str, *, is_above: bool) -> alt.Chart:
    points = brackets(merges)
    tallest = max(float(points["height"].max()) if len(points) else 0.0, 1e-9)
    reach = points["height"] / tallest * _TREE
    if is_above:
        x, y = f.left + (points["place"] - 0.5) * f.column, _TITLE + _TREE - reach
    else:
        x, y = _TREE - reach, f.top + (points["place"] - 0.5) * f.row
    data = points[["merge", "point", "is_stable"]].assign(x=x.round(2), y=y.round(2))
    colour = alt.Color(
        "is_stable:N",
        scale=alt.Scale(domain=[True, False], range=[theme.INK, "#a8b0b8"]),
        legend=None,
    )
    mark = alt.Chart(data).mark_line(strokeWidth=1, interpolate="linear", aria=False)
    return mark.encode(
        x=_x(f), y=_y(f), order="point:Q", detail="merge:N", color=colour
    ).properties(name=f"{BRACKETS}_{'samples' if is_above else 'targets'}_{name}")  # fmt: skip


def _strip(f: _Frame, samples: pd.DataFrame, groups: list[str]) -> alt.Chart:
    """Return a mark per sample, in the row and the colour of its group."""
    row = samples["group_label"].map({label: i for i, label in enumerate(groups)})
    x = f.left + (samples["sample_leaf"] - 1) * f.column
    data = pd.DataFrame({
        "x": x.round(2), "x2": (x + f.column).round(2), "y": f.strip + row * _STRIP + 1,
        "y2": f.strip + (row + 1) * _STRIP - 1, "group": samples["group_label"],
    })  # fmt: skip
    return alt.Chart(data).mark_rect(aria=False).encode(
        x=_x(f), x2="x2:Q", y=_y(f), y2="y2:Q", color=group_colour(groups, legend=None),
        tooltip=[alt.Tooltip("group:N", title="Group")],
    )  # fmt: skip


def group_colour(groups: list[str], *, legend: alt.Legend | None) -> alt.Color:
    """Return the colour of a group, the same in every figure of one study."""
    colours = [_COLOURS[i % len(_COLOURS)] for i in range(len(groups))]
    return alt.Color("group:N", scale=alt.Scale(domain=groups, range=colours), legend=legend)


def _strip_names(f: _Frame, groups: list[str]) -> alt.Chart:
    data = pd.DataFrame({
        "x": f.left + _MAP_WIDTH + 5, "words": groups,
        "y": [f.strip + (i + 0.5) * _STRIP for i in range(len(groups))],
    })  # fmt: skip
    mark = alt.Chart(data).mark_text(
        align="left", baseline="middle", fontSize=9.5, limit=_NAME_WIDTH - 5, aria=False
    )
    return mark.encode(x=_x(f), y=_y(f), text="words:N")


def _cells(
    f: _Frame, cells: pd.DataFrame, samples: pd.DataFrame, name: str, *, has_legend: bool
) -> alt.LayerChart:
    ordered = cells.sort_values("target_leaf")
    data = pd.DataFrame({
        "r": ordered["target_leaf"], "name": ordered["analyte_name"],
        "z": [[_short(z) for z in row] for row in ordered["z_scores"]],
    })  # fmt: skip
    of_samples = samples.rename(columns={"sample_leaf": "c", "group_label": "group"})[
        ["c", "group"]
    ]
    colour = _level_colour(has_legend=has_legend)
    ground = pd.DataFrame(
        {"x": [f.left], "x2": [f.left + _MAP_WIDTH], "y": [f.top], "y2": [f.height]}
    )
    behind = alt.Chart(ground).mark_rect(color="#c9cdd2", aria=False).encode(
        x=_x(f), x2="x2:Q", y=_y(f), y2="y2:Q"
    )  # fmt: skip
    shown = (
        alt.Chart(data).mark_rect(aria=False, strokeWidth=0)
        .transform_flatten(["z"])
        .transform_window(c="row_number()", groupby=["r"])
        .transform_filter("isValid(datum.z)")
        .transform_lookup(lookup="c", from_=alt.LookupData(of_samples, "c", ["group"]))
        .transform_calculate(
            x=f"{f.left} + (datum.c - 1) * {f.column}", x2=f"{f.left} + datum.c * {f.column}",
            y=f"{f.top} + (datum.r - 1) * {f.row}", y2=f"{f.top} + datum.r * {f.row}",
        )
        .encode(x=_x(f), x2="x2:Q", y=_y(f), y2="y2:Q", color=colour, tooltip=[
            alt.Tooltip("name:N", title="Target"),
            alt.Tooltip("group:N", title="Group of the sample"),
            alt.Tooltip("z:Q", title="SDs from the target’s mean", format="+.2f"),
        ])
        .properties(name=f"{CELLS}_{name}")
    )  # fmt: skip
    return alt.layer(behind, shown)


def _level_colour(*, has_legend: bool) -> alt.Color:
    # Symbols: the gradient of an SVG carries an id that counts drawings, other bytes each time.
    legend = alt.Legend(
        orient="bottom", type="symbol", symbolType="square", direction="horizontal",
        values=[-3, -2, -1, 0, 1, 2, 3], titleLimit=300, symbolStrokeWidth=0,
    )  # fmt: skip
    scale = alt.Scale(
        domain=[-MOST_SDS, 0, MOST_SDS], range=[theme.LOWER, "#f7f7f5", theme.HIGHER],
        interpolate="rgb", clamp=True,
    )  # fmt: skip
    title = "SDs from the target’s mean"
    return alt.Color("z:Q", title=title, scale=scale, legend=legend if has_legend else None)


def _names(f: _Frame, cells: pd.DataFrame, name: str) -> alt.Chart:
    data = pd.DataFrame({
        "x": f.left + _MAP_WIDTH + 5, "y": f.top + (cells["target_leaf"] - 0.5) * f.row,
        "words": cells["analyte_name"],
    })  # fmt: skip
    mark = alt.Chart(data).mark_text(
        align="left", baseline="middle", fontSize=min(f.row - 1, 10), limit=_NAME_WIDTH - 5
    )
    return mark.encode(x=_x(f), y=_y(f), text="words:N").properties(name=f"{NAMES}_{name}")


def _short(z: float | None) -> float | None:
    return None if z is None or math.isnan(z) else round(float(z), 2)
