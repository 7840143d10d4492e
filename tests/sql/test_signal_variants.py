"""Every signal variant of the seed, end to end: against limma to 1e-10, against NumPy to 1e-12.

The spots are those of tests/reference/signal/spots_input.csv, in one study per variant; limma's
numbers were made by limma.R beside them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from contracts.paths import REPO_ROOT
from stats.signal.cyclic_loess import cyclic_loess
from stats.signal.normexp import fit_normexp
from stats.signal.vsn import vsn

pytestmark = pytest.mark.xdist_group("dbt")

FOLDER = REPO_ROOT / "tests" / "reference" / "signal"
METHODS = ("none", "subtract", "half", "minimum")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


INPUT = read(FOLDER / "spots_input.csv")
LIMMA = read(FOLDER / "limma_expected.csv")
VARIANTS = {
    v["variant_id"]: v for v in read(REPO_ROOT / "warehouse" / "seeds" / "signal_variants.csv")
    if v["background_method"] != "not_applicable"
}  # fmt: skip
#: Quantiles after the other background methods too, as variants of the study's own.
OWN = {
    f"{method}_quantile": VARIANTS["subtract_quantile"]
    | {"variant_id": f"{method}_quantile", "background_method": method}
    for method in METHODS if method != "subtract"
}  # fmt: skip
#: What an optimiser adds to the last bit of a mean; elsewhere levels agree to 1e-12.
LEVEL_TOLERANCE = {"cyclic_loess": 1e-10, "vsn": 1e-6}
BLOCKS = sorted({int(s["block"]) for s in INPUT})
#: Total protein of each sample, one of them unknown.
PROTEIN = {b: None if b == BLOCKS[-1] else 55.0 + 3.25 * b for b in BLOCKS}
ANALYTES = sorted({s["target"] for s in INPUT if s["target"].startswith("T")})


def study_of(variant_id: str, blank_study: Any, file_row: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a study of one slide that rests on this variant."""
    rows = blank_study(variant_id, platform="genepix", unit="block", reference="")
    rows["raw.studies"][0]["primary_variant_id"] = variant_id
    rows["raw.study_variants"] = [{"study_id": variant_id} | v for k, v in OWN.items()
                                  if k == variant_id]  # fmt: skip
    key = {"study_id": variant_id, "slide_id": "L", "batch_id": "B1"}
    rows["raw.files"] = [file_row(variant_id, "L", sha="sha-L")]
    rows["raw.samples"] = [
        key | {"file_sha256": "sheet", "source_line": block + 1, "sample_id": f"sample-{block}",
               "patient_id": f"P{block}", "visit": "base", "group_code": "A", "block": block,
               "lot": "L1", "total_protein_mg_ml": PROTEIN[block]}
        for block in BLOCKS
    ]  # fmt: skip
    rows["raw.spots"] = [
        key | {"file_sha256": "sha-L", "source_line": line, "block": int(s["block"]),
               "spot_row": 1, "spot_column": int(s["spot_column"]), "channel_nm": 532,
               "target_name": f"name {s['target']}", "target_id": s["target"],
               "saturated_frac": 0.0, "flag": int(s["flag"]),
               "foreground_median_afu": float(s["foreground"]),
               "background_median_afu": float(s["background"])}
        for line, s in enumerate(INPUT, 33)
    ]  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def studies(build_rows, blank_study, file_row) -> Iterator[Any]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for variant_id in VARIANTS | OWN:
        for name, more in study_of(variant_id, blank_study, file_row).items():
            rows.setdefault(name, []).extend(more)
    built = build_rows("variants", rows, "--select", "+fct_measurements",
                       "--indirect-selection", "cautious")  # fmt: skip
    assert built.returncode == 0, built.log
    yield built
    built.con.close()


def limma(method: str, quantity: str) -> dict[tuple[str, str], float | None]:
    return {
        (f"L/B{r['block']}", r["key"]): None if r["value"] == "NA" else float(r["value"])
        for r in LIMMA
        if (r["background_method"], r["quantity"]) == (method, quantity)
    }


def agree(found: dict, wanted: dict, *, rel: float, abs_: float = 0) -> None:
    assert set(found) == set(wanted)
    for key, value in wanted.items():
        if value is None:
            assert found[key] is None, key
        else:
            assert found[key] == pytest.approx(value, rel=rel, abs=abs_), key


def fetch(built: Any, columns: str, relation: str, study_id: str, more: str = "true") -> dict:
    sql = f"select array_id, {columns} from {relation} where study_id = '{study_id}' and {more}"
    return {(array, str(key)): value for array, key, value in built.con.execute(sql).fetchall()}


@pytest.mark.parametrize("method", METHODS)
def test_net_signals_equal_limma(studies, method):
    found = fetch(studies, "spot_column, net_afu",
                  "intermediate.int_spots_background_subtracted", f"{method}_median")  # fmt: skip
    agree(found, limma(method, "net_afu"), rel=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_means_of_replicates_equal_limma(studies, method):
    found = fetch(studies, "target_id, net_afu", "intermediate.int_replicates_averaged",
                  f"{method}_median", "target_kind = 'analyte'")  # fmt: skip
    agree(found, limma(method, "mean_afu"), rel=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_median_normalised_levels_equal_limma(studies, method):
    found = fetch(studies, "analyte_id, level_log2", "marts.fct_measurements", f"{method}_median")
    agree(found, limma(method, "level_log2"), rel=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_quantile_normalised_levels_equal_limma(studies, method):
    found = fetch(studies, "analyte_id, level_log2", "marts.fct_measurements",
                  f"{method}_quantile")  # fmt: skip
    agree(found, limma(method, "quantile_log2"), rel=1e-10)


def test_the_spots_hold_what_they_promise():
    nets = {(s["block"], s["spot_column"]): float(s["foreground"]) - float(s["background"])
            for s in INPUT}  # fmt: skip
    assert sum(net <= 0 for net in nets.values()) >= 20
    assert any(0 < net < 0.5 for net in nets.values())
    flagged = {(s["block"], s["spot_column"]) for s in INPUT if int(s["flag"]) < 0}
    smallest = {b: min((n, c) for (a, c), n in nets.items() if a == b and n > 0)[1]
                for b in {s["block"] for s in INPUT}}  # fmt: skip
    # The spot that `minimum` halves is itself left out of the means on most arrays.
    assert sum((b, c) in flagged for b, c in smallest.items()) >= 4
    assert any(float(s["foreground"]) >= 65535 for s in INPUT)
    assert {r["value"] == "NA" for r in LIMMA if r["quantity"] == "level_log2"} == {True, False}


@dataclass(frozen=True)
class Oracle:
    """What a variant must give, keyed by array and target."""

    net: dict[tuple[str, str], float | None]
    lod: dict[tuple[str, str], float | None]
    level: dict[tuple[str, str], float | None]
    kind: dict[tuple[str, str], str]
    substituted: dict[tuple[str, str], bool]


def net_signals(method: str) -> dict[int, list[tuple[str, float, bool]]]:
    """Return target, net signal and whether it is kept, per Block."""
    out = {}
    for block in BLOCKS:
        own = [s for s in INPUT if int(s["block"]) == block]
        foreground = np.array([float(s["foreground"]) for s in own])
        net = foreground - np.array([float(s["background"]) for s in own])
        net = {
            "none": foreground,
            "subtract": net,
            "half": np.maximum(net, 0.5),
            "minimum": np.where(net > 0, net, net[net > 0].min() / 2),
        }[method]
        kept = [int(s["flag"]) >= 0 and f < 65535 for s, f in zip(own, foreground, strict=True)]
        out[block] = [(s["target"], float(x), k) for s, x, k in zip(own, net, kept, strict=True)]
    return out


def one_number(rule: str, values: list[float]) -> float | None:
    if not values:
        return None
    if rule == "best_two" and len(values) > 2:
        pairs = combinations(sorted(values), 2)
        return float(np.mean(min(pairs, key=lambda p: (p[1] - p[0], p[0]))))
    return float(np.mean(values))


def limit(rule: str, blanks: np.ndarray) -> float:
    middle = np.median(blanks)
    if rule == "median_mad":
        return float(middle + 3.3 * 1.4826 * np.median(np.abs(blanks - middle)))
    if rule == "mean_2sd":
        return float(blanks.mean() + 2 * blanks.std(ddof=1))
    logs = np.log2(blanks)
    return float(2 ** (np.median(logs) + max(0.2, 3 * logs.std(ddof=1))))


def normalise(
    method: str, net: dict[tuple[str, str], float | None], spots: dict[int, Any]
) -> tuple[dict[tuple[str, str], float | None], dict[str, float | None]]:
    """Return normalised values, and the factor of each array where the method has one."""
    arrays = sorted({a for a, _ in net})
    if method == "quantile":
        return quantiled(net, arrays), dict.fromkeys(arrays)
    if method in LEVEL_TOLERANCE:
        return fitted_together(method, net, arrays), dict.fromkeys(arrays)
    scale: dict[str, float | None] = {
        "none": dict.fromkeys(arrays, 1.0),
        "median": {a: np.median([x for (b, _), x in net.items() if b == a and x is not None])
                   for a in arrays},
        "positive_control": {
            f"L/B{b}": np.mean([x for t, x, kept in own if kept and t.startswith("POS")])
            for b, own in spots.items()},
        "total_protein": {f"L/B{b}": p for b, p in PROTEIN.items()},
    }[method]  # fmt: skip
    reference = np.exp(np.mean(np.log([m for m in scale.values() if m is not None])))
    factor = {a: None if m is None else reference / m for a, m in scale.items()}
    return {k: None if x is None or factor[k[0]] is None else x * factor[k[0]]
            for k, x in net.items()}, factor  # fmt: skip


def quantiled(
    net: dict[tuple[str, str], float | None], arrays: list[str]
) -> dict[tuple[str, str], float | None]:
    """Return the mean quantile at each value's average rank; gaps are interpolated."""
    own = {a: sorted(x for (b, _), x in net.items() if b == a and x is not None) for a in arrays}
    grid = np.linspace(0, 1, len(ANALYTES))
    mean = np.mean([np.interp(grid, np.linspace(0, 1, len(v)), v) for v in own.values()], axis=0)
    out: dict[tuple[str, str], float | None] = {}
    for (array, target), x in net.items():
        values = np.array(own[array])
        if x is None:
            out[array, target] = None
            continue
        rank = ((values < x).sum() + (values <= x).sum() - 1) / 2
        out[array, target] = float(np.interp(rank / (len(values) - 1), grid, mean))
    return out


def fitted_together(
    method: str, net: dict[tuple[str, str], float | None], arrays: list[str]
) -> dict[tuple[str, str], float | None]:
    """Return what the functions of stats/ give, which tests/reference/signal compares with R."""
    batch = np.array([[net[a, t] for t in ANALYTES] for a in arrays], dtype=float)
    logs = np.log2(np.where(batch > 0, batch, np.nan))
    levels = (vsn(batch) if method == "vsn" else cyclic_loess(logs)).level_log2
    return {(a, t): None if np.isnan(levels[i, j]) else float(2 ** levels[i, j])
            for i, a in enumerate(arrays) for j, t in enumerate(ANALYTES)}  # fmt: skip


def oracle(variant: dict[str, str]) -> Oracle:
    spots = net_signals(variant["background_method"])
    net = {
        (f"L/B{block}", target): one_number(
            variant["replicate_rule"], [x for t, x, kept in own if kept and t == target])
        for block, own in spots.items() for target in ANALYTES
    }  # fmt: skip
    # Four blanks an array: all are pooled over the slide.
    blanks = np.array([x for own in spots.values() for t, x, kept in own if kept and t == "NEG"])
    lod = limit(variant["lod_rule"], blanks)
    normalised, factor = normalise(variant["normalisation_method"], net, spots)
    kind = {k: "missing" if x is None else "below_lod" if x <= 0 or x < lod else "quantified"
            for k, x in net.items()}  # fmt: skip
    swapped = {k: variant["below_lod_policy"] == "lod_sqrt2" and kind[k] == "below_lod"
               for k in net}  # fmt: skip
    level: dict[tuple[str, str], float | None] = {}
    for key in net:
        value = lod / np.sqrt(2) * factor[key[0]] if swapped[key] else normalised[key]
        ok = value is not None and value > 0
        level[key] = float(np.log2(value)) if ok else None
    limits = {k: None if factor[k[0]] is None else lod * factor[k[0]] for k in net}
    return Oracle(net, limits, level, kind, swapped)


@pytest.mark.parametrize("variant_id", [v for v in VARIANTS | OWN if v != "normexp_median"])
def test_every_variant_equals_numpy(studies, variant_id):
    variant = (VARIANTS | OWN)[variant_id]
    wanted = oracle(variant)

    def found(column: str) -> dict:
        return fetch(studies, f"analyte_id, {column}", "marts.fct_measurements", variant_id)

    agree(found("net_afu"), wanted.net, rel=1e-12)
    agree(found("lod_afu"), wanted.lod, rel=1e-12)
    near = LEVEL_TOLERANCE.get(variant["normalisation_method"], 0)
    agree(found("level_log2"), wanted.level, rel=1e-12, abs_=near)
    kinds = {k: "missing" if v in {"flagged", "saturated"} else v
             for k, v in found("measurement_class").items()}  # fmt: skip
    assert kinds == wanted.kind
    assert found("is_lod_substituted") == wanted.substituted
    assert set(found("below_lod_policy").values()) == {variant["below_lod_policy"]}
    shown = {k: None if v is None else np.log2(v) for k, v in found("value").items()
             if v is None or v > 0}  # fmt: skip
    agree(shown, {k: wanted.level[k] for k in shown}, rel=1e-12, abs_=near)


def test_normexp_of_arrays_as_small_as_these_says_that_it_is_degenerate(studies):
    """42 spots an array; test_signal_optimised.py has arrays that can be fitted."""
    for block in BLOCKS:
        net = [float(s["foreground"]) - float(s["background"])
               for s in INPUT if int(s["block"]) == block]  # fmt: skip
        assert fit_normexp(net).reason.startswith("normexp_degenerate")
    found = studies.con.execute(
        "select distinct level_log2, measurement_class, level_reason from marts.fct_measurements "
        "where study_id = 'normexp_median' and level_reason not like '%flagged%' "
        "and level_reason not like '%saturated%'").fetchall()  # fmt: skip
    assert found == [(None, "missing", "every spot was excluded (normexp_degenerate)")]


def test_the_variants_differ_where_they_should(studies):
    def cells(name: str, variant_id: str) -> dict:
        return fetch(studies, f"analyte_id, {name}", "marts.fct_measurements", variant_id)

    def column(name: str, variant_id: str) -> list:
        return list(dict(sorted(cells(name, variant_id).items())).values())

    assert column("net_afu", "subtract_median") != column("net_afu", "subtract_median_best_two")
    # Three spots have their CV to the last digit only in one order of rows.
    agree(cells("cv_frac", "subtract_median_best_two"), cells("cv_frac", "subtract_median"),
          rel=1e-12)  # fmt: skip
    limits = {v: tuple(column("lod_afu", v)) for v in
              ("subtract_median", "subtract_median_mean_2sd", "subtract_median_olink")}  # fmt: skip
    assert len(set(limits.values())) == 3
    assert True in column("is_lod_substituted", "subtract_median_lod_sqrt2")
    # What no study asks for is not computed.
    (n_minima,) = studies.con.execute(
        "select count(distinct study_id) from intermediate.int_array_minima").fetchone()  # fmt: skip
    assert n_minima == sum(
        v["background_method"] == "minimum" for v in (VARIANTS | OWN).values())  # fmt: skip
