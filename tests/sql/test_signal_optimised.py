"""Normexp, cyclic loess and VSN end to end: a batch from raw spots to levels, against R.

The spots are those of tests/reference/signal/arrays_input.csv; R's numbers stand beside them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from contracts.paths import REPO_ROOT

pytestmark = pytest.mark.xdist_group("dbt")

FOLDER = REPO_ROOT / "tests" / "reference" / "signal"
VARIANTS = ("normexp_median", "subtract_cyclic_loess", "subtract_vsn")
BACKGROUND = 100.0
#: VSN's reference is without the dim array 7, so it is in a batch of its own here.
LONELY = 7


def read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


INPUT = read("arrays_input.csv")
TARGETS = list(dict.fromkeys(s["target"] for s in INPUT))
ARRAYS = sorted({int(s["array"]) for s in INPUT})


def batch_of(variant_id: str, array: int) -> str:
    return "B2" if variant_id == "subtract_vsn" and array == LONELY else "B1"


def study_of(variant_id: str, blank_study: Any, file_row: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a study of one array a slide that rests on this variant."""
    rows = blank_study(variant_id, platform="genepix", unit="slide", reference="")
    rows["raw.studies"][0] |= {"primary_variant_id": variant_id}
    rows["raw.panel_targets"] = [
        {"study_id": variant_id, "panel_id": "panel", "target_id": target,
         "target_name": f"name {target}", "target_order": i, "target_kind": "analyte"}
        for i, target in enumerate(TARGETS, 1)
    ]  # fmt: skip
    for array in ARRAYS:
        key = {"study_id": variant_id, "slide_id": str(array),
               "batch_id": batch_of(variant_id, array)}  # fmt: skip
        rows["raw.files"].append(file_row(variant_id, str(array), sha=f"sha-{array}"))
        rows["raw.samples"].append(key | {
            "file_sha256": "sheet", "source_line": array + 1, "sample_id": f"sample-{array}",
            "patient_id": f"P{array}", "visit": "base", "group_code": "A", "lot": "L1"})  # fmt: skip
        rows["raw.spots"] += [
            key | {"file_sha256": f"sha-{array}", "source_line": line, "block": 1, "spot_row": 1,
                   "spot_column": line - 32, "channel_nm": 532, "saturated_frac": 0.0, "flag": 0,
                   "target_name": f"name {s['target']}", "target_id": s["target"],
                   "foreground_median_afu": float(s["net_afu"]) + BACKGROUND,
                   "background_median_afu": BACKGROUND}
            for line, s in enumerate((s for s in INPUT if int(s["array"]) == array), 33)
        ]  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def studies(build_rows, blank_study, file_row) -> Iterator[Any]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for variant_id in VARIANTS:
        for name, more in study_of(variant_id, blank_study, file_row).items():
            rows.setdefault(name, []).extend(more)
    built = build_rows("optimised", rows, "--select", "+fct_measurements",
                       "--indirect-selection", "cautious")  # fmt: skip
    assert built.returncode == 0, built.log
    yield built
    built.con.close()


def levels(built: Any, variant_id: str) -> dict[tuple[str, str], tuple[float | None, str]]:
    sql = ("select array_id, analyte_id, level_log2, level_reason from marts.fct_measurements "
           "where study_id = ?")  # fmt: skip
    return {(a, t): (x, why) for a, t, x, why in built.con.execute(sql, [variant_id]).fetchall()}


@pytest.mark.parametrize(
    ("variant_id", "name", "tolerance"),
    [("subtract_cyclic_loess", "cyclic_loess", 1e-12), ("subtract_vsn", "vsn", 1e-6)],
)
def test_levels_of_a_batch_equal_r(studies, variant_id, name, tolerance):
    found = levels(studies, variant_id)
    assert len(found) == len(ARRAYS) * len(TARGETS)
    compared = 0
    for row in read(f"arrays_{name}_expected.csv"):
        level, why = found[row["array"], TARGETS[int(row["target"]) - 1]]
        if row["level_log2"] == "NA":
            assert (level, why) == (None, "the net signal is not positive")
        else:
            assert level == pytest.approx(float(row["level_log2"]), rel=0, abs=tolerance)
            compared += 1
    assert compared > 500


def test_an_array_alone_in_its_batch_has_its_reason(studies):
    own = {v for (a, _), v in levels(studies, "subtract_vsn").items() if a == str(LONELY)}
    assert own == {(None, "not normalised: one array alone in its batch: there is nothing to fit "
                    "it to")}  # fmt: skip


def test_a_level_of_vsn_below_zero_net_is_finite_and_its_class_says_so(studies):
    found = studies.con.execute(
        "select level_log2, measurement_class, lod_afu from marts.fct_measurements "
        "where study_id = 'subtract_vsn' and batch_id = 'B1' and net_afu <= 0").fetchall()  # fmt: skip
    assert len(found) > 10
    assert all(level is not None and np.isfinite(level) for level, _, _ in found)
    assert {(kind, lod) for _, kind, lod in found} == {("below_lod", None)}


def test_fits_of_normexp_equal_limma_or_are_degenerate_as_limmas(studies):
    fits = {r["array"]: r for r in read("arrays_normexp_fits_expected.csv") if r["method"] == "mle"}
    sql = ("select array_id, mu_afu, sigma_afu, alpha_afu, minus_two_log_likelihood, fit_reason "
           "from intermediate.int_normexp_fitted where study_id = 'normexp_median'")  # fmt: skip
    found = studies.con.execute(sql).fetchall()
    assert {row[0] for row in found} == set(fits)
    for array, mu, sigma, alpha, m2loglik, why in found:
        theirs = fits[array]
        assert m2loglik <= float(theirs["m2loglik"]) + 0.01
        if float(theirs["log_sigma"]) < 0:
            assert why == "normexp_degenerate: sigma of the fit is below 1 afu"
        else:
            logs = (float(theirs["log_sigma"]), float(theirs["log_alpha"]))
            wanted = (float(theirs["mu_afu"]), *np.exp(logs))
            assert (mu, sigma, alpha) == pytest.approx(wanted, rel=1e-5)
            assert why == ""


def test_signals_of_normexp_equal_limma_plus_the_offset(studies):
    theirs = {(r["array"], int(r["spot"])): float(r["signal_afu"])
              for r in read("arrays_normexp_signals_expected.csv") if r["method"] == "mle"}  # fmt: skip
    sql = ("select array_id, spot_column, net_afu, exclusion_rule "
           "from intermediate.int_spots_background_subtracted "
           "where study_id = 'normexp_median'")  # fmt: skip
    found = studies.con.execute(sql).fetchall()
    assert {(array, column) for array, column, _, _ in found} == set(theirs)
    rules = {rule for *_, rule in found}
    assert rules == {"", "normexp_degenerate"}
    for array, column, net, rule in found:
        assert (net is None) == (rule == "normexp_degenerate")
        if net is not None:
            assert net == pytest.approx(theirs[array, column] + 50, rel=1e-5)


def test_median_normalisation_goes_on_from_normexp(studies):
    found = levels(studies, "normexp_median")
    fitted = {a for (a, _), (level, _) in found.items() if level is not None}
    assert len(fitted) == 4
    medians = [np.median([2**x for (a, _), (x, _) in found.items() if a == array])
               for array in fitted]  # fmt: skip
    assert np.ptp(medians) < 1e-9 * medians[0]
    assert {why for (a, _), (_, why) in found.items() if a not in fitted} == {
        "every spot was excluded (normexp_degenerate)"
    }


def test_nothing_is_fitted_that_no_variant_asks_for(studies):
    for relation, asked in {
        "int_normexp_spots_listed": {"normexp_median"}, "int_normexp_fitted": {"normexp_median"},
        "int_normexp_expected": {"normexp_median"}, "int_levels_fitted": set(VARIANTS[1:]),
        "int_batch_levels_listed": set(VARIANTS[1:]),
    }.items():  # fmt: skip
        sql = f"select distinct study_id from intermediate.{relation}"
        assert {s for (s,) in studies.con.execute(sql).fetchall()} == asked
