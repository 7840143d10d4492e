"""The 10 distinct real ProtoArray slides: background, duplicate means and levels equal limma's.

What array quality says of them equals NumPy's and SciPy's numbers. limma's were made by
tests/reference/signal/protoarray.R from the same files. All to 1e-10 relative.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import ks_2samp

from contracts.paths import REPO_ROOT

pytestmark = [pytest.mark.xdist_group("dbt"), pytest.mark.shared]

RTOL = 1e-10
METHODS = ("none", "subtract", "half", "minimum")
NORMALISATIONS = {"median": "level_log2", "quantile": "quantile_log2"}
EXPECTED = REPO_ROOT / "tests" / "reference" / "signal" / "protoarray_expected.csv"


def spots_of(path: Path) -> list[dict[str, str]]:
    """Return the spots of a scanner file by Block, row and column."""
    lines = path.read_text(encoding="latin-1").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith(("Block\t", '"Block"')))
    rows = list(csv.DictReader(io.StringIO("\n".join(lines[first:])), delimiter="\t"))
    return sorted(rows, key=lambda s: (int(s["Block"]), int(s["Row"]), int(s["Column"])))


def spot_row(key: dict[str, str], number: int, spot: dict[str, str]) -> dict[str, Any]:
    target = f"D{number // 2 + 1:03d}"
    return key | {
        "source_line": number + 34, "block": int(spot["Block"]), "spot_row": int(spot["Row"]),
        "spot_column": int(spot["Column"]), "channel_nm": 635, "flag": int(spot["Flags"]),
        "target_name": f"name {target}", "target_id": target,
        "x_um": float(spot["X"]), "y_um": float(spot["Y"]),
        "saturated_frac": float(spot["F635 % Sat."]) / 100,
        "foreground_median_afu": float(spot["F635 Median"]),
        "background_median_afu": float(spot["B635 Median"]),
    }  # fmt: skip


def study_of(
    method: str, slides: dict[str, list[dict[str, str]]], blank_study: Any, file_row: Any
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a study of whole slides that computes this background's two variants."""
    study_id = method
    rows = blank_study(study_id, platform="genepix", unit="slide", reference="")
    rows["raw.studies"][0] |= {
        "primary_variant_id": f"{method}_median", "channel_nm": 635,
        "robustness_variants": f"{method}_quantile"}  # fmt: skip
    rows["raw.study_variants"] = [
        {
            "study_id": study_id,
            "variant_id": f"{method}_quantile",
            "variant_label": "Quantiles",
            "background_method": method,
            "normalisation_method": "quantile",
            "replicate_rule": "mean",
            "lod_rule": "median_mad",
            "below_lod_policy": "as_measured",
        }
    ]
    n_targets = len(next(iter(slides.values()))) // 2
    rows["raw.panel_targets"] = [
        {"study_id": study_id, "panel_id": "panel", "target_id": f"D{i:03d}",
         "target_name": f"name D{i:03d}", "target_order": i, "target_kind": "analyte"}
        for i in range(1, n_targets + 1)
    ]  # fmt: skip
    for line, (slide_id, spots) in enumerate(slides.items(), 2):
        key = {"study_id": study_id, "slide_id": slide_id, "batch_id": "B1"}
        rows["raw.files"].append(file_row(study_id, slide_id, sha=f"sha-{slide_id}"))
        rows["raw.samples"].append(key | {
            "file_sha256": "sheet", "source_line": line, "sample_id": f"sample-{line}",
            "patient_id": f"P{line}", "visit": "base", "group_code": "A", "lot": "L1"})  # fmt: skip
        mine = key | {"file_sha256": f"sha-{slide_id}"}
        rows["raw.spots"] += [spot_row(mine, i, spot) for i, spot in enumerate(spots)]
    return rows


@pytest.fixture(scope="module")
def slides(shared) -> dict[str, list[dict[str, str]]]:
    files = sorted((shared / "gpr" / "protoarray").glob("*.gpr"))
    found = {p.stem: spots_of(p) for p in files if "_no_descr" not in p.stem}
    assert {len(spots) for spots in found.values()} == {200}
    return found


@pytest.fixture(scope="module")
def built(slides, build_rows, blank_study, file_row) -> Iterator[Any]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for method in METHODS:
        for name, more in study_of(method, slides, blank_study, file_row).items():
            rows.setdefault(name, []).extend(more)
    found = build_rows("protoarray", rows, "--select", "+fct_measurements",
                       "+fct_array_quality", "--indirect-selection", "cautious")  # fmt: skip
    assert found.returncode == 0, found.log
    yield found
    found.con.close()


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("method", METHODS)
def test_real_slides_equal_limma(built, method, normalisation):
    with EXPECTED.open(encoding="utf-8", newline="") as handle:
        wanted = {(r["slide_id"], r["target_id"]): r for r in csv.DictReader(handle)}
    found = built.con.execute(
        "select array_id, analyte_id, net_afu, level_log2 from "
        "intermediate.int_measurements_normalised where study_id = ? and variant_id = ?",
        [method, f"{method}_{normalisation}"]).fetchall()  # fmt: skip
    assert len(found) == len(wanted) == 1000
    for array_id, analyte_id, *numbers in found:
        row = wanted[array_id, analyte_id]
        for ours, column in zip(numbers, ("mean_afu", NORMALISATIONS[normalisation]), strict=True):
            theirs = row[f"{column}_{method}"]
            if theirs == "NA":
                assert ours is None, (array_id, analyte_id)
            else:
                assert ours == pytest.approx(float(theirs), rel=RTOL, abs=0), (array_id, analyte_id)


def test_the_slides_hold_nets_that_are_not_positive(slides):
    for spots in slides.values():
        nets = [float(s["F635 Median"]) - float(s["B635 Median"]) for s in spots]
        assert sum(net <= 0 for net in nets) >= 8
        assert any(int(s["Flags"]) < 0 for s in spots)


def test_real_slides_are_judged_as_by_numpy(built, slides):
    rows = built.con.execute(
        "select * from marts.fct_array_quality where study_id = 'subtract'"
    ).to_arrow_table()
    quality = {r["array_id"]: r for r in rows.to_pylist()}
    measured = built.con.execute(
        "select array_id, analyte_id, net_afu, level_log2 from marts.fct_measurements "
        "where study_id = 'subtract' and is_primary_variant"
    ).fetchall()
    nets = {a: [n for b, _, n, _ in measured if a == b and n is not None] for a in quality}
    levels = {a: {t: x for b, t, _, x in measured if a == b and x is not None} for a in quality}
    pool = np.concatenate(list(nets.values()))
    usual = {t: np.median([x[t] for x in levels.values() if t in x])
             for t in set().union(*levels.values())}  # fmt: skip
    for array_id, row in quality.items():
        assert row["background_gradient_ratio"] == pytest.approx(rise(slides[array_id]), rel=RTOL)
        gaps = [abs(x - usual[t]) for t, x in levels[array_id].items()]
        assert row["distance_log2"] == pytest.approx(np.median(gaps), rel=RTOL)
        wanted = ks_2samp(nets[array_id], pool, method="asymp").statistic
        assert row["ks_statistic"] == pytest.approx(wanted, rel=RTOL)
        assert row["outlier_reason"] == "controls: no positive control was kept"
    for figure, limit, floor in (("distance_log2", "distance_limit_log2", 2.0),
                                 ("ks_statistic", "ks_limit", 0.0)):  # fmt: skip
        low, middle, high = np.quantile([r[figure] for r in quality.values()], [0.25, 0.5, 0.75])
        wanted = max(high + 3 * (high - low), floor * middle, 0.0 if floor else 0.25)
        for row in quality.values():
            assert row[limit] == pytest.approx(wanted, rel=RTOL)


def rise(spots: list[dict[str, str]]) -> float:
    """Rise of a plane through the backgrounds from end to end, over their median."""
    background = np.array([float(s["B635 Median"]) for s in spots])
    middle = np.median(background)
    reach = 3 * 1.4826 * np.median(abs(background - middle))
    shown = np.clip(background, np.floor(middle - reach), np.ceil(middle + reach))
    places = np.array([[float(s["X"]), float(s["Y"])] for s in spots])
    slope = np.linalg.lstsq(places - places.mean(axis=0), shown - shown.mean(), rcond=None)[0]
    return float(abs(slope) @ np.ptp(places, axis=0) / middle)
