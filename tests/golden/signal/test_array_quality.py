"""Faults planted into one array at three sizes, and what fct_array_quality says of it.

The models' own SQL runs over spots drawn by `simulate/`, all studies in one go. Levels are
normalised by the median here: the road from spots to levels has its own tests. A planted study is
the first batch of a seed (three slides), spoilt on one array; the others must stay as they were.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from contracts.paths import SEEDS
from simulate.arrays import scan_slide
from simulate.design import BLOCKS_PER_SLIDE, Design
from simulate.model import Model, draw_model
from simulate.scanner import CEILING_AFU

CLEAN_SEEDS = range(100, 120)
N_SLIDES = 3
#: Third sample of the second slide: an array in the middle of the batch.
ARRAY = (1, 2)

Spots = dict[str, Any]


def vocabulary(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


#: Beginning of a finding in the verdict's reason → what it is a finding of.
LABELS = {
    **{r["metric_label"]: r["metric"] for r in vocabulary("array_quality_limits")},
    **{r["finding_label"]: r["detector_id"] for r in vocabulary("outlier_detectors")},
}


@cache
def scanned(seed: int, slides: int | None) -> tuple[Model, tuple[Spots, ...]]:
    """Spots of a seed's slides, foreground and background in afu, shape (8, spots)."""
    model = draw_model(Design(seed=seed))
    found = []
    for slide in range(slides or model.seating.n_slides):
        scan = scan_slide(model, slide)
        found.append({
            "foreground": scan.foreground_median.astype(float),
            "background": scan.background_median.astype(float),
            "flag": scan.flag, "saturated": scan.saturated_percent / 100,
            "x": scan.x_um.astype(float), "y": scan.y_um.astype(float),
        })  # fmt: skip
    return model, tuple(found)


def spot_table(study_id: str, model: Model, slides: tuple[Spots, ...]) -> pa.Table:
    """Spots of the used Blocks, as int_spots_background_subtracted has them."""
    panel = model.panel
    targets = [(t.target_id, t.kind) for t in (*panel.analytes, *panel.controls)]
    n = panel.spot_targets.size
    ids = np.array([t for t, _ in targets])[panel.spot_targets]
    kinds = np.array([k for _, k in targets])[panel.spot_targets]
    tables = []
    for slide, spots in enumerate(slides):
        for block in range(BLOCKS_PER_SLIDE):
            if model.seating.seats[slide * BLOCKS_PER_SLIDE + block].is_empty:
                continue
            cut = {name: column[block] for name, column in spots.items()}
            array_id = f"{model.seating.slide_id(slide)}/B{block + 1}"
            tables.append(pa.table({
                "study_id": [study_id] * n, "slide_id": [model.seating.slide_id(slide)] * n,
                "array_id": [array_id] * n, "sample_id": [array_id] * n,
                "batch_id": [model.seating.batch_id(slide)] * n,
                "background_method": ["subtract"] * n, "target_id": ids, "target_kind": kinds,
                "block": [block + 1] * n, "spot_row": np.arange(n) // panel.n_columns + 1,
                "spot_column": np.arange(n) % panel.n_columns + 1,
                "x_um": cut["x"], "y_um": cut["y"], "background_afu": cut["background"],
                "net_afu": cut["foreground"] - cut["background"], "is_flagged": cut["flag"] < 0,
                "is_saturated": (cut["foreground"] >= CEILING_AFU) | (cut["saturated"] > 0.5),
            }))  # fmt: skip
    return pa.concat_tables(tables)


INPUTS = """
create table int_spots_background_subtracted as
select *, 'now' as batch_state, not is_flagged and not is_saturated as is_kept,
    case when is_flagged then 'flagged' when is_saturated then 'saturated' else '' end
        as exclusion_rule
from spots;

create table stg_raw__spots as from int_spots_background_subtracted;

create table int_batch_states as select distinct study_id, batch_id, 'now' as batch_state from spots;

create table int_samples_released as
select distinct study_id, sample_id, array_id, batch_id, false as is_excluded from spots;

create table int_variants_selected as
select distinct study_id, 'subtract' as background_method, 'mean' as replicate_rule,
    'median_mad' as lod_rule, true as is_primary_variant
from spots
"""
LEVELS = """
create table int_measurements_normalised as
select r.study_id, s.batch_id, r.array_id, r.target_id as analyte_id, true as is_primary_variant,
    case when r.net_afu > 0 then log2(
        r.net_afu / median(r.net_afu) over (partition by r.study_id, r.array_id)) end as level_log2,
    case when r.net_afu < l.lod_afu then 'below_lod' else 'quantified' end as measurement_class
from int_replicates_averaged as r
inner join int_samples_released as s using (study_id, array_id)
inner join int_detection_limits as l using (study_id, array_id)
where r.target_kind = 'analyte' and r.net_afu is not null
"""


@pytest.fixture(scope="module")
def judged(run_models, put_seed) -> Callable[[list[pa.Table]], list[dict[str, Any]]]:
    """Rows of fct_array_quality over the spots of many studies at once."""

    def judge(tables: list[pa.Table]) -> list[dict[str, Any]]:
        with duckdb.connect() as con:
            con.register("spots", pa.concat_tables(tables))
            con.execute(INPUTS)
            run_models(con, "int_replicates_averaged", "int_detection_limits")
            con.execute(LEVELS)
            for seed in ("array_quality_limits", "outlier_detectors"):
                put_seed(con, seed)
            run_models(
                con, "int_backgrounds_fitted", "int_controls_compared", "int_profiles_compared",
                "int_outliers_detected", "int_arrays_assessed", "fct_array_quality",
            )  # fmt: skip
            rows = con.execute("select * from fct_array_quality order by study_id, array_id")
            return rows.to_arrow_table().to_pylist()

    return judge


def test_twenty_clean_studies_raise_nothing(judged):
    rows = judged([spot_table(str(seed), *scanned(seed, None)) for seed in CLEAN_SEEDS])
    assert len(rows) == 20 * 70
    assert [r for r in rows if r["verdict"] != "ok" or r["outlier_verdict"] != "alike"] == []
    assert {r["outlier_reason"] for r in rows} == {""}
    assert {r["gradient_reason"] + r["separation_reason"] for r in rows} == {""}
    assert_limits(rows)


DETECTORS = {
    "profile": ("distance_log2", "distance_limit_log2"),
    "distribution": ("ks_statistic", "ks_limit"),
    "controls": ("control_shift_log2", "control_shift_limit_log2"),
}


def assert_limits(rows: list[dict[str, Any]]) -> None:
    """Compare every limit with NumPy's quartiles over its batch."""
    batches: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        batches.setdefault((row["study_id"], row["batch_id"]), []).append(row)
    for detector in vocabulary("outlier_detectors"):
        figure, limit = DETECTORS[detector["detector_id"]]
        for mine in batches.values():
            low, middle, high = np.quantile([r[figure] for r in mine], [0.25, 0.5, 0.75])
            wanted = max(
                high + float(detector["fence_iqr"]) * (high - low),
                float(detector["least_times_median"]) * middle,
                float(detector["least_limit"]),
            )
            assert [r[limit] for r in mine] == [pytest.approx(wanted, rel=1e-12)] * len(mine)


def controls(model: Model, share: float) -> Callable[[Spots], None]:
    """The labelling fails: every positive control falls to a share of its net signal."""

    def spoil(array: Spots) -> None:
        at = model.panel.spot_targets >= len(model.panel.analytes)
        at &= model.panel.spot_targets < len(model.panel.analytes) + 3
        net = array["foreground"] - array["background"]
        array["foreground"][at] = np.rint(array["background"] + share * net)[at]

    return spoil


def saturated(model: Model, n_targets: int) -> Callable[[Spots], None]:
    """The brightest targets reach the scanner's ceiling."""

    def spoil(array: Spots) -> None:
        spots = model.panel.analyte_spots
        brightest = np.argsort(array["foreground"][spots].mean(axis=1))[-n_targets:]
        array["foreground"][spots[brightest]] = CEILING_AFU

    return spoil


def ramp(model: Model, rise: float) -> Callable[[Spots], None]:
    """The background climbs from row to row by a share of its median; net signals stay."""

    def spoil(array: Spots) -> None:
        place = np.arange(array["background"].size) // model.panel.n_columns
        more = np.rint(rise * np.median(array["background"]) * place / place.max())
        array["background"] += more
        array["foreground"] += more

    return spoil


def profile(model: Model, sd_log2: float) -> Callable[[Spots], None]:
    """Another serum, or a failed incubation: each target is off by a random factor."""

    def spoil(array: Spots) -> None:
        rng = np.random.default_rng(1)
        factor = np.ones(len(model.panel.analytes) + 4)
        factor[: len(model.panel.analytes)] = 2 ** rng.normal(0, sd_log2, len(model.panel.analytes))
        net = array["foreground"] - array["background"]
        bright = np.rint(array["background"] + factor[model.panel.spot_targets] * net)
        array["foreground"][:] = np.minimum(bright, CEILING_AFU - 1)

    return spoil


def dim(model: Model, share: float) -> Callable[[Spots], None]:
    """Too little serum: every target falls to a share of its net signal, controls stay."""

    def spoil(array: Spots) -> None:
        at = model.panel.spot_targets < len(model.panel.analytes)
        net = array["foreground"] - array["background"]
        array["foreground"][at] = np.rint(array["background"] + share * net)[at]

    return spoil


def dust(_: Model, n_specks: int) -> Callable[[Spots], None]:
    """Specks of dust in one corner: bright background on a few neighbouring spots."""

    def spoil(array: Spots) -> None:
        at = np.argsort(array["x"] + array["y"])[:n_specks]
        array["background"][at] += 5_000
        array["foreground"][at] += 5_000

    return spoil


#: Fault, size → what alone is found. docs/methods.md states the smallest sizes found.
PLANTED: list[tuple[Callable[..., Any], float, set[str]]] = [
    (controls, 0.7, set()),
    (controls, 0.3, {"controls"}),
    (controls, 0.001, {"controls", "control_separation_log2"}),
    (saturated, 2, set()),
    (saturated, 5, {"saturated_frac"}),
    (saturated, 10, {"saturated_frac"}),
    (ramp, 0.25, set()),
    (ramp, 0.75, {"background_gradient_ratio"}),
    (ramp, 1.5, {"background_gradient_ratio"}),
    (profile, 0.5, set()),
    (profile, 1.5, {"profile"}),
    (profile, 2.5, {"profile"}),
    (dim, 0.7, set()),
    (dim, 0.125, {"distribution"}),
    (dim, 0.05, {"distribution"}),
    (dust, 3, set()),
    (dust, 10, set()),
    (dust, 20, set()),
]


def planted(seed: int, fault: Callable[..., Any], size: float) -> tuple[pa.Table, str]:
    """Spots of a study with the fault on one array, and the array's id."""
    model, slides = scanned(seed, N_SLIDES)
    copy = tuple({name: column.copy() for name, column in spots.items()} for spots in slides)
    slide, block = ARRAY
    fault(model, size)({name: column[block] for name, column in copy[slide].items()})
    array_id = f"{model.seating.slide_id(slide)}/B{block + 1}"
    return spot_table(f"{seed} {fault.__name__} {size}", model, copy), array_id


def findings(reason: str) -> set[str]:
    """What the verdict's reason is made of."""
    parts = reason.split("; ") if reason else []
    return {next(LABELS[label] for label in LABELS if part.startswith(label)) for part in parts}


def assert_found(judged: Any, seeds: Iterable[int]) -> None:
    cases = {
        (seed, fault.__name__, size): (*planted(seed, fault, size), wanted)
        for seed in seeds for fault, size, wanted in PLANTED
    }  # fmt: skip
    rows = judged([table for table, _, _ in cases.values()])
    for (seed, name, size), (_, array_id, wanted) in cases.items():
        mine = {r["array_id"]: r for r in rows if r["study_id"] == f"{seed} {name} {size}"}
        spoilt = mine.pop(array_id)
        found = findings(spoilt["verdict_reason"])
        assert found == wanted, (seed, name, size, spoilt["verdict_reason"])
        assert spoilt["outlier_verdict"] == ("apart" if found & set(DETECTORS) else "alike")
        assert [r for r in mine.values() if r["verdict"] != "ok"] == [], (seed, name, size)


def test_a_planted_fault_is_found_by_what_is_meant_for_it(judged):
    assert_found(judged, [200])


@pytest.mark.slow
def test_planted_faults_are_found_in_twenty_seeds(judged):
    assert_found(judged, range(201, 221))
