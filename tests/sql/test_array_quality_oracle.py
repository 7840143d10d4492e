"""Figures of arrays against an independent NumPy computation: gradient, separation, distances."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytestmark = pytest.mark.xdist_group("dbt")

RTOL = 1e-10
ANALYTES = [f"T{i:02d}" for i in range(1, 13)]


@pytest.fixture(scope="module")
def spots(small_studies) -> dict[str, list[dict]]:
    """Spots of every array of the block study that carries a sample and is released."""
    rows = small_studies.rows
    arrays = {f"{s['slide_id']}/B{s['block']}": [] for s in rows["raw.samples"]
              if s["study_id"] == "block" and s["batch_id"] != "HELD"}  # fmt: skip
    for spot in rows["raw.spots"]:
        name = f"{spot['slide_id']}/B{spot['block']}"
        if spot["study_id"] == "block" and spot["file_sha256"] != "sha-old" and name in arrays:
            arrays[name].append(spot)
    return arrays


@pytest.fixture(scope="module")
def kept(small_studies) -> dict[str, dict[str, list[float]]]:
    """Net signals of the kept spots by array and target, as the spot table says they are kept."""
    found: dict[str, dict[str, list[float]]] = {}
    for array_id, target_id, net in small_studies.con.execute(
        "select array_id, target_id, net_afu from intermediate.int_spots_background_subtracted "
        "where study_id = 'block' and is_kept and sample_id is not null"
    ).fetchall():
        found.setdefault(array_id, {}).setdefault(target_id, []).append(net)
    return found


@pytest.fixture(scope="module")
def quality(small_studies) -> dict[str, dict]:
    rows = small_studies.con.execute(
        "select * from marts.fct_array_quality where study_id = 'block'"
    ).to_arrow_table()
    return {r["array_id"]: r for r in rows.to_pylist()}


def plane(spots: list[dict]) -> float:
    """Rise over the median of a plane through backgrounds, by an SVD instead of sums."""
    background = np.array([s["background_median_afu"] for s in spots])
    middle = np.median(background)
    reach = 3 * 1.4826 * np.median(abs(background - middle))
    shown = np.clip(background, np.floor(middle - reach), np.ceil(middle + reach))
    places = np.array([
        (s["x_um"], s["y_um"]) if "x_um" in s else (s["spot_column"], s["spot_row"])
        for s in spots
    ], dtype=float)  # fmt: skip
    places -= places.mean(axis=0)
    slope = np.linalg.lstsq(places, shown - shown.mean(), rcond=None)[0]
    return float(abs(slope) @ np.ptp(places, axis=0) / middle)


def test_the_gradient_is_that_of_the_fitted_plane(spots, quality):
    assert set(quality) == set(spots)
    assert {len({s["spot_row"] for s in found}) for found in spots.values()} == {1}
    n_steep = 0
    for array_id, found in spots.items():
        wanted = plane(found)
        assert quality[array_id]["background_gradient_ratio"] == pytest.approx(wanted, rel=RTOL)
        assert quality[array_id]["gradient_reason"] == ""
        n_steep += wanted > 0.01
    assert n_steep > len(spots) / 2
    assert any("x_um" in found[0] for found in spots.values())


def test_the_weakest_control_over_the_detection_limit(small_studies, kept, quality):
    limits = dict(small_studies.con.execute(
        "select array_id, lod_afu from intermediate.int_detection_limits "
        "where study_id = 'block'").fetchall())  # fmt: skip
    for array_id, row in quality.items():
        nets = kept.get(array_id, {}).get("POS1", [])
        if not nets:
            assert row["control_separation_log2"] is None
            assert row["separation_reason"] == "no positive control was kept"
            continue
        wanted = math.log2(np.mean(nets) / limits[array_id])
        assert row["control_separation_log2"] == pytest.approx(wanted, rel=RTOL)
    assert quality["S2/B4"]["control_separation_log2"] is None


def test_distances_to_the_arrays_of_the_batch(small_studies, kept, quality):
    levels: dict[str, dict[str, float]] = {}
    for array_id, analyte_id, level in small_studies.con.execute(
        "select array_id, analyte_id, level_log2 from marts.fct_measurements "
        "where study_id = 'block' and level_log2 is not null"
    ).fetchall():
        levels.setdefault(array_id, {})[analyte_id] = level
    for batch in ("B1", "B2"):
        mine = [a for a, row in quality.items() if row["batch_id"] == batch]
        usual = {t: np.median(found) for t in ANALYTES
                 if (found := [levels[a][t] for a in mine if t in levels.get(a, {})])}  # fmt: skip
        controls = {a: math.log2(max(np.mean(kept[a]["POS1"]), 1.0)) for a in mine if a in kept}
        means = {a: [np.mean(kept[a][t]) for t in ANALYTES if t in kept[a]]
                 for a in mine if a in kept}  # fmt: skip
        pool = np.concatenate(list(means.values()))
        for array_id in mine:
            row = quality[array_id]
            if array_id not in kept:
                assert row["distance_log2"] is row["ks_statistic"] is None
                assert row["control_shift_log2"] is None
                continue
            gaps = [abs(level - usual[t]) for t, level in levels[array_id].items()]
            assert row["distance_log2"] == pytest.approx(np.median(gaps), rel=RTOL, abs=1e-14)
            shift = abs(controls[array_id] - np.median(list(controls.values())))
            assert row["control_shift_log2"] == pytest.approx(shift, rel=RTOL, abs=1e-14)
            assert row["ks_statistic"] == pytest.approx(ks(means[array_id], pool), rel=RTOL)


def ks(own: list[float], pool: np.ndarray) -> float:
    """Greatest difference of two empirical distribution functions, looked for everywhere."""
    own, pool = np.sort(own), np.sort(pool)
    at = np.concatenate([own, pool])
    share = [np.searchsorted(x, at, "right") / x.size for x in (own, pool)]
    return float(abs(share[0] - share[1]).max())


def test_few_arrays_are_not_judged(quality):
    """Batch B1 has seven arrays that are not excluded, batch B2 four."""
    for row in quality.values():
        assert row["outlier_verdict"] is None
        assert row["distance_limit_log2"] is row["ks_limit"] is None
        assert row["n_outlier_detectors"] == 0
        assert "fewer than 8 arrays" in row["outlier_reason"] or row["array_id"] == "S2/B4"
    assert "no positive control was kept" in quality["S2/B4"]["outlier_reason"]


def test_slides_without_centres_have_no_gradient(small_studies):
    rows = small_studies.con.execute(
        "select distinct background_gradient_ratio, gradient_reason, separation_reason "
        "from marts.fct_array_quality where study_id = 'slide'"
    ).fetchall()
    assert rows == [(None, "several Blocks, and no centres of spots to place them by",
                     "no positive control was kept")]  # fmt: skip
