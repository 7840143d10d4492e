"""Single figures: edge cases of the data that feed them."""

from __future__ import annotations

import itertools
import math
import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import vl_convert

from reports import vega
from reports.charts.array_quality import array_quality
from reports.charts.components import components
from reports.charts.dendrogram import brackets
from reports.charts.forest import forest
from reports.charts.heat_map import beside, heat_map
from reports.charts.mean_variance import mean_variance
from reports.charts.p_values import p_values
from reports.charts.prediction_curves import prediction_curves
from reports.charts.scores import scores
from reports.charts.volcano import boundary, drawable, volcano


def _frame(p: list[float | None], change: list[float | None], hits: list[bool]) -> pd.DataFrame:
    return pd.DataFrame({
        "analyte_name": [f"T{i}" for i in range(len(p))], "change_log2fc": change,
        "p_value": p, "p_adjusted": p, "is_hit": hits,
        "neg_log10_p": [None if x is None else -math.log10(x) for x in p],
    })  # fmt: skip


def test_targets_without_a_p_value_are_not_drawn() -> None:
    frame = _frame([0.01, None, 0.5], [1.0, 0.3, None], [True, False, False])
    assert drawable(frame)["analyte_name"].tolist() == ["T0"]


def test_a_contrast_whose_arm_is_not_there_yet_is_an_empty_plot() -> None:
    frame = _frame([None, None], [None, None], [False, False]).astype(
        {"change_log2fc": float, "neg_log10_p": float}
    )
    chart = volcano(frame, alpha=0.05, numerator="One", denominator="other")
    assert "before correction" in vl_convert.vegalite_to_svg(vega.specification(chart))


def test_directions_and_signed_fold_changes() -> None:
    data = drawable(_frame([0.001, 0.001, 0.9], [1.0, -1.0, 0.2], [True, True, False]))
    assert data["direction"].tolist() == ["higher", "lower", "not shown"]
    assert data["fold"].round(2).tolist() == [2.0, -2.0, 1.15]


def test_the_boundary_stands_between_hits_and_the_rest() -> None:
    data = drawable(_frame([1e-4, 1e-2, 0.3], [1.0, 1.0, 0.1], [True, True, False]))
    assert boundary(data) == pytest.approx((2 - math.log10(0.3)) / 2)
    mixed = drawable(_frame([1e-2, 1e-4, 0.3], [1.0, 0.1, 0.1], [True, False, False]))
    assert boundary(mixed) is None
    assert boundary(mixed[~mixed["is_hit"]]) is None


@pytest.mark.parametrize("n", [1, 3])
def test_a_volcano_without_hits_can_be_drawn(n: int) -> None:
    frame = _frame([0.5] * n, [0.1] * n, [False] * n)
    chart = volcano(frame, alpha=0.05, numerator="One", denominator="other")
    assert "<svg" in vl_convert.vegalite_to_svg(vega.specification(chart))


def _curves(n_visits: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(1)
    rows = [
        {"curve": i, "visit": f"v{k}", "visit_order": k, "is_baseline": k == 1,
         "score": float(rng.uniform(0, 10)), "change_score": None if k == 1 else -1.0}
        for i in range(20) for k in range(1, n_visits + 1)
    ]  # fmt: skip
    means = [
        {"visit": f"v{k}", "visit_order": k, "is_baseline": k == 1, "mean_score": 5.0,
         "mean_change": None if k == 1 else -1.0, "ci_low": None if k == 1 else -1.5,
         "ci_high": None if k == 1 else -0.5}
        for k in range(1, n_visits + 1)
    ]  # fmt: skip
    return pd.DataFrame(rows), pd.DataFrame(means)


@pytest.mark.parametrize("n_visits", [2, 4])
@pytest.mark.parametrize("mid", [None, -2.0])
def test_scores_of_any_number_of_visits(n_visits: int, mid: float | None) -> None:
    curves, means = _curves(n_visits)
    visits = {f"v{k}": f"Visit {k}" for k in range(1, n_visits + 1)}
    chart = scores(curves, means, visits=visits, score_range=(0, 10), mid_change=mid)
    svg = vl_convert.vegalite_to_svg(vega.specification(chart))
    assert ("change that" in svg) == (mid is not None)
    assert f"Visit {n_visits}" in svg


@pytest.mark.parametrize("n_visits", range(2, 9))
def test_labels_of_visits_never_meet(n_visits: int) -> None:
    curves, means = _curves(n_visits)
    names = ["Before", "One week after", "One month after", "Two months after"]
    visits = {f"v{k}": f"{names[min(k, 4) - 1]} radiotherapy {k}" for k in range(1, n_visits + 1)}
    chart = scores(curves, means, visits=visits, score_range=(0, 10), mid_change=None)
    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(vega.specification(chart)))
    checked = 0
    for axis in svg.iter():
        if axis.get("class") != "mark-text role-axis-label":
            continue
        spans = []
        for text in axis:
            lines = ["".join(line.itertext()) for line in text.iter() if not len(line)]
            if any("radio" in line for line in lines):
                x = float(text.attrib["transform"].split("(")[1].split(",")[0])
                half = max(map(len, lines)) * 7.8 / 2
                spans.append((x - half, x + half))
        spans.sort()
        assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))
        checked += len(spans)
    assert checked == 2 * n_visits - 1


def test_a_mean_is_rounded_in_the_drawing_as_in_the_text() -> None:
    curves, means = _curves(2)
    means["mean_score"] = [3.65, 3.6499999999999995]
    chart = scores(curves, means, visits={"v1": "One", "v2": "Two"}, score_range=(0, 10),
                   mid_change=None)  # fmt: skip
    svg = vl_convert.vegalite_to_svg(vega.specification(chart))
    assert svg.count(">3.7<") == 4  # each mean and its white halo
    assert ">3.6<" not in svg


def test_array_quality_with_a_measure_that_is_missing() -> None:
    arrays = pd.DataFrame({
        "array_id": ["a", "b", "c"], "batch_id": ["x", "x", "y"], "verdict": ["ok", "watch", "poor"],
        "verdict_reason": "", "background_median_afu": [1.0, 2.0, 3.0],
        "positive_control_mean_afu": [np.nan] * 3, "cv_median_frac": [0.05, np.nan, 0.1],
        "below_lod_frac": 0.1, "background_gradient_ratio": [0.1, np.nan, 0.6],
        "distance_log2": [np.nan] * 3, "distance_limit_log2": [np.nan] * 3,
    })  # fmt: skip
    svg = vl_convert.vegalite_to_svg(vega.specification(array_quality(arrays)))
    assert "Background" in svg
    assert "stroke-dasharray" not in svg


def test_the_distance_from_which_on_an_array_stands_apart_is_drawn() -> None:
    arrays = pd.DataFrame({
        "array_id": ["a", "b", "c", "d"], "batch_id": ["x", "x", "y", "y"], "verdict": "ok",
        "verdict_reason": "", "background_median_afu": 1.0, "positive_control_mean_afu": 1.0,
        "cv_median_frac": 0.05, "below_lod_frac": 0.1, "background_gradient_ratio": 0.1,
        "distance_log2": 0.4, "distance_limit_log2": [0.9, 0.9, np.nan, np.nan],
    })  # fmt: skip
    svg = vl_convert.vegalite_to_svg(vega.specification(array_quality(arrays)))
    assert svg.count("stroke-dasharray") == 1  # one batch has a limit, the other has too few arrays


def test_json_cannot_end_its_element() -> None:
    spec = {"name": "</script><!-- & \u2028"}
    text = vega.inert_json(spec)
    assert "<" not in text
    assert "&" not in text
    assert "\u2028" not in text


def test_a_histogram_shows_every_bin_and_what_chance_would_put_in_it() -> None:
    bins = pd.DataFrame({
        "p_low": [0.0, 0.5], "p_high": [0.5, 1.0], "n_targets": [3, 0], "n_expected": [1.5, 1.5],
    })  # fmt: skip
    svg = vl_convert.vegalite_to_svg(vega.specification(p_values(bins)))
    assert svg.count('aria-roledescription="bar"') == 2
    assert svg.count('stroke-dasharray="5,4"') == 1


def test_a_spread_without_a_prior_is_still_a_point() -> None:
    frame = pd.DataFrame({
        "analyte_name": ["a", "b"], "mean_level_log2": [7.0, 9.0], "residual_sd_log2": [0.3, 0.4],
        "prior_sd_log2": [np.nan, np.nan], "posterior_sd_log2": [0.3, np.nan],
    })  # fmt: skip
    svg = vl_convert.vegalite_to_svg(vega.specification(mean_variance(frame)))
    assert svg.count('aria-roledescription="point"') == 2


def _merges(rows: list[tuple[float | None, ...]], axis: str = "samples") -> pd.DataFrame:
    columns = ["left_leaf", "left_merge", "right_leaf", "right_merge", "merge_height"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(
        axis=axis, merge_number=range(1, len(frame) + 1), is_stable=[True, *[False] * (len(frame) - 1)],
        stability_frac=0.6, n_members=2,
    )  # fmt: skip


def test_brackets_rise_from_their_branches_to_their_height() -> None:
    merges = _merges([(2, None, 3, None, 1.0), (1, None, None, 1, 4.0), (None, 2, 4, None, 9.0)])
    points = brackets(merges)
    corners = points.groupby("merge")[["place", "height"]].agg(list)
    assert corners.loc[1].tolist() == [[2, 2, 3, 3], [0, 1, 1, 0]]
    assert corners.loc[2].tolist() == [[1, 1, 2.5, 2.5], [0, 4, 4, 1]]
    assert corners.loc[3].tolist() == [[1.75, 1.75, 4, 4], [4, 9, 9, 0]]
    assert points.groupby("merge")["is_stable"].first().tolist() == [True, False, False]
    assert brackets(merges.iloc[:0]).empty


def _heat(n_targets: int, n_samples: int = 3, name: str = "all"):
    cells = pd.DataFrame({
        "target_leaf": range(1, n_targets + 1), "analyte_name": [f"T{i}" for i in range(n_targets)],
        "z_scores": [[1.5, None, -9.0][:n_samples]] * n_targets,
    })  # fmt: skip
    samples = pd.DataFrame(
        {"sample_leaf": range(1, n_samples + 1), "group_label": ["a", "b", "a"][:n_samples]}
    )
    merges = _merges([(1, None, 2, None, 1.0), (None, 1, 3, None, 4.0)][: n_samples - 1])
    return heat_map(
        cells, samples, merges, groups=["a", "b"], title="All", name=name, has_legend=True
    )


def _svg(chart) -> str:
    return vl_convert.vegalite_to_svg(vega.specification(chart))


def _marks(svg: str, name: str) -> int:
    # Altair numbers the names of layers; lines stand in a group each.
    groups = re.findall(rf'class="[^"]* {name}[_0-9]*_marks"(.*?)</g>', svg, re.S)
    assert groups, name
    return sum(group.count("<path") for group in groups)


def test_a_heat_map_draws_what_is_measured() -> None:
    svg = _svg(_heat(2))
    assert _marks(svg, "heat_cells_all") == 4  # of six, two are missing
    assert _marks(svg, "tree_brackets_samples_all") == 2
    assert "T0" in svg


def test_panels_beside_each_other_keep_their_own_cells() -> None:
    svg = _svg(beside([_heat(5), _heat(2, name="hits")]))
    assert _marks(svg, "heat_cells_all") == 10
    assert _marks(svg, "heat_cells_hits") == 4


def test_rows_too_low_to_read_have_no_names() -> None:
    assert "T0" not in _svg(_heat(150))


def test_a_map_of_one_column_has_no_brackets() -> None:
    assert _marks(_svg(_heat(3, n_samples=1)), "heat_cells_all") == 3


@pytest.mark.parametrize("second", [0.5, None])
def test_components_say_how_much_they_explain(second: float | None) -> None:
    frame = pd.DataFrame({
        "group_label": ["a", "b", "a"], "first_score": [1.0, -1.0, 0.0],
        "second_score": [second] * 3, "first_explained_frac": 0.4,
        "second_explained_frac": None if second is None else 0.1,
    }).astype({"second_score": float, "second_explained_frac": float})  # fmt: skip
    svg = _svg(components(frame, groups=["a", "b"], title="All", name="all"))
    assert _marks(svg, "component_points_all") == 3
    assert "First component, 40 % of the variance" in svg
    assert ("there is none" in svg) == (second is None)


def _of_model(benefit: list[float]) -> pd.DataFrame:
    at = np.arange(1, len(benefit) + 1) / (len(benefit) + 1)
    points = {
        "roc": ([0.0, 0.5, 1.0], [0.25, 0.75, 1.0]),
        "net_benefit_model": (at, benefit),
        "net_benefit_everyone": (at, 0.4 - at / (1 - at) * 0.6),
    }
    return pd.concat([
        pd.DataFrame({"curve": name, "point_number": range(1, len(x) + 1), "x_value": x,
                      "y_value": y})
        for name, (x, y) in points.items()
    ])  # fmt: skip


def test_points_far_below_no_benefit_are_outside_the_figure() -> None:
    svg = _svg(prediction_curves(_of_model([0.3, 0.1, 0.0, -3.0])))
    assert _marks(svg, "roc_points") == 3
    assert _marks(svg, "benefit_points") == 3


def test_a_forest_has_a_line_for_each_target_in_the_given_order() -> None:
    frame = pd.DataFrame({
        "analyte_name": ["Z", "A", "<b>M</b>"], "odds_ratio": [2.0, 0.5, 1.0],
        "odds_ratio_ci_low": [1.1, 0.2, 0.01], "odds_ratio_ci_high": [4.0, 1.0, 300.0],
    })  # fmt: skip
    svg = _svg(forest(frame))
    assert _marks(svg, "forest_points") == 3
    assert (
        svg.index(">Z</text>") < svg.index(">A</text>") < svg.index("&lt;b&gt;M&lt;/b&gt;</text>")
    )
