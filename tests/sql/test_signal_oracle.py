"""Every number of the signal path against an independent NumPy computation, to 1e-12 relative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

pytestmark = pytest.mark.xdist_group("dbt")

RTOL = 1e-12
ANALYTES = [f"T{i:02d}" for i in range(1, 13)]


@dataclass(frozen=True)
class Oracle:
    """What the block study must give, keyed by array and target."""

    mean: dict[tuple[str, str], float]
    cv: dict[tuple[str, str], float]
    lod: dict[str, tuple[float, int]]
    median: dict[str, float]
    factor: dict[str, float]
    reference: float
    sample_of: dict[str, dict]
    level: dict[tuple[str, str], float]


def is_kept(spot: dict) -> bool:
    if spot["flag"] < 0 or spot["foreground_median_afu"] >= 65535 or spot["saturated_frac"] > 0.5:
        return False
    place = (spot["slide_id"], spot["block"])
    if place == ("S2", 4) or spot["target_id"] == "T12":
        return False
    return (*place, spot["spot_column"]) != ("S2", 1, 1)


@pytest.fixture(scope="module")
def oracle(small_studies) -> Oracle:
    rows = small_studies.rows
    spots = [
        s for s in rows["raw.spots"]
        if s["study_id"] == "block" and s["file_sha256"] != "sha-old" and s["batch_id"] != "HELD"
    ]  # fmt: skip
    sample_of = {
        f"{s['slide_id']}/B{s['block']}": s for s in rows["raw.samples"]
        if s["study_id"] == "block" and s["batch_id"] != "HELD" and s["group_code"] != "empty"
    }  # fmt: skip
    nets: dict[tuple[str, str], list[float]] = {}
    for s in filter(is_kept, spots):
        net = s["foreground_median_afu"] - s["background_median_afu"]
        nets.setdefault((f"{s['slide_id']}/B{s['block']}", s["target_id"]), []).append(net)
    mean = {k: float(np.mean(v)) for k, v in nets.items()}
    cv = {k: float(np.std(v, ddof=1) / mean[k]) for k, v in nets.items()
          if len(v) > 1 and mean[k] > 0}  # fmt: skip
    lod = {}
    for array in sample_of:
        own = nets.get((array, "NEG"), [])
        pool = own if len(own) >= 10 else [
            x for other in sample_of if other.split("/")[0] == array.split("/")[0]
            for x in nets.get((other, "NEG"), [])
        ]  # fmt: skip
        middle = np.median(pool)
        mad = np.median(np.abs(np.array(pool) - middle))
        lod[array] = (float(middle + 3.3 * 1.4826 * mad), len(pool))
    median = {
        a: float(np.median(found))
        for a in sample_of
        if (found := [mean[a, t] for t in ANALYTES if (a, t) in mean])
    }
    first = [median[a] for a in median if sample_of[a]["batch_id"] == "B1" and median[a] > 0]
    reference = float(np.exp(np.mean(np.log(first))))
    factor = {a: reference / m for a, m in median.items() if m > 0}
    level = {
        (a, t): float(np.log2(mean[a, t] * factor[a]))
        for a in factor for t in ANALYTES if mean.get((a, t), 0) > 0
    }  # fmt: skip
    return Oracle(mean, cv, lod, median, factor, reference, sample_of, level)


def fetch(built, sql: str) -> list[tuple]:
    return built.con.execute(sql).fetchall()


def agree(found: dict, wanted: dict) -> None:
    assert {k for k, v in found.items() if v is not None} == set(wanted)
    for key, value in wanted.items():
        assert found[key] == pytest.approx(value, rel=RTOL, abs=0), key


def test_build_passes(small_studies):
    assert small_studies.returncode == 0, small_studies.log


def test_replicate_means_and_spreads(small_studies, oracle):
    rows = fetch(small_studies, "select array_id, target_id, net_afu, cv_frac, cv_reason "
                 "from intermediate.int_replicates_averaged where study_id = 'block'")  # fmt: skip
    agree({(a, t): m for a, t, m, _, _ in rows}, oracle.mean)
    agree({(a, t): c for a, t, _, c, _ in rows}, oracle.cv)
    assert all((c is None) == bool(reason) for *_, c, reason in rows)
    assert any(c is not None and c > 0.20 for *_, c, _ in rows)


def test_detection_limits_are_pooled_where_blanks_are_few(small_studies, oracle):
    rows = fetch(small_studies, "select array_id, lod_afu, n_blanks, lod_pool from "
                 "intermediate.int_detection_limits where study_id = 'block'")  # fmt: skip
    found = {a: (v, n) for a, v, n, _ in rows}
    assert set(found) == set(oracle.lod)
    for array, (value, n_blanks) in oracle.lod.items():
        assert found[array][0] == pytest.approx(value, rel=RTOL, abs=0)
        assert found[array][1] == n_blanks
    assert {pool for a, _, _, pool in rows if a.startswith("S3")} == {"slide"}
    assert {pool for a, _, _, pool in rows if a in {"S1/B1", "S1/B2"}} == {"array"}


def test_factors_scale_to_the_reference_batch(small_studies, oracle):
    rows = fetch(small_studies, "select array_id, array_scale, factor, reference_value, "
                 "reference_id, factor_reason from intermediate.int_normalisation_factors "
                 "where study_id = 'block' and background_method = 'subtract' and replicate_rule "
                 "= 'mean' and normalisation_method = 'median'")  # fmt: skip
    agree({r[0]: r[1] for r in rows}, oracle.median)
    agree({r[0]: r[2] for r in rows}, oracle.factor)
    assert {r[4] for r in rows} == {"R1"}
    for row in rows:
        assert row[3] == pytest.approx(oracle.reference, rel=RTOL, abs=0)
    assert {r[5] for r in rows if r[0] == "S2/B4"} == {"no target of the array was kept"}


def test_levels_and_classes(small_studies, oracle):
    rows = fetch(small_studies, "select array_id, analyte_id, level_log2, measurement_class, "
                 "net_afu, normalised_afu, lod_afu, sample_id from marts.fct_measurements "
                 "where study_id = 'block'")  # fmt: skip
    assert len(rows) == len(oracle.sample_of) * len(ANALYTES)
    agree({(a, t): level for a, t, level, *_ in rows}, oracle.level)
    for array, target, _, kind, net, normalised, lod, sample_id in rows:
        assert sample_id == oracle.sample_of[array]["sample_id"]
        if array in oracle.factor and (array, target) in oracle.mean:
            assert normalised == pytest.approx(net * oracle.factor[array], rel=RTOL)
            assert lod == pytest.approx(oracle.lod[array][0] * oracle.factor[array], rel=RTOL)
            below = net <= 0 or net < oracle.lod[array][0]
            assert kind == ("below_lod" if below else "quantified")
    kinds = {(a, t): kind for a, t, _, kind, *_ in rows}
    assert kinds["S1/B2", "T02"] == "flagged"
    assert kinds["S1/B4", "T04"] == "saturated"
    assert kinds["S2/B2", "T05"] == "below_lod"
    assert kinds["S2/B3", "T06"] == "missing"
    assert kinds["S3/B1", "T07"] == "below_lod"
    assert {kinds[a, "T12"] for a in oracle.sample_of} == {"missing"}
    assert {kinds["S2/B4", t] for t in ANALYTES} == {"missing"}


def arm(oracle: Oracle, target: str, group: str, *, unit: str) -> dict[str, float]:
    return {
        s[unit]: oracle.level[a, target] for a, s in oracle.sample_of.items()
        if s["group_code"] == group and (a, target) in oracle.level
    }  # fmt: skip


@pytest.mark.parametrize(("contrast", "unit"), [("B_vs_A", "patient_id"), ("A_vs_C", "sample_id")])
def test_fold_changes(small_studies, oracle, contrast, unit):
    rows = fetch(small_studies, "select analyte_id, mean_numerator_log2, mean_denominator_log2, "
                 "change_log2fc, ratio_geometric, ratio_arithmetic, signed_fold_change, "
                 "n_numerator, n_denominator from marts.fct_fold_changes "
                 f"where study_id = 'block' and contrast_id = '{contrast}'")  # fmt: skip
    assert {r[0] for r in rows} == set(ANALYTES)
    n_incomplete = 0
    for target, *found in rows:
        above = arm(oracle, target, contrast[0], unit=unit)
        below = arm(oracle, target, contrast[-1], unit=unit)
        if unit == "patient_id":
            pairs = set(above) & set(below)
            n_incomplete += len(set(above) ^ set(below))
            above, below = ({k: v[k] for k in pairs} for v in (above, below))
        assert found[6:] == [len(above), len(below)]
        if not above or not below:
            assert found[2] is None
            continue
        high, low = np.mean(list(above.values())), np.mean(list(below.values()))
        ratio = 2.0 ** (high - low)
        assert found[0] == pytest.approx(high, rel=RTOL)
        assert found[1] == pytest.approx(low, rel=RTOL)
        assert found[2] == pytest.approx(high - low, rel=1e-9, abs=RTOL * abs(high))
        assert found[3] == pytest.approx(ratio, rel=RTOL * 10)
        linear = [np.mean(2.0 ** np.array(list(v.values()))) for v in (above, below)]
        assert found[4] == pytest.approx(linear[0] / linear[1], rel=RTOL * 10)
        assert found[5] == pytest.approx(ratio if ratio >= 1 else -1 / ratio, rel=RTOL * 10)
    assert unit == "sample_id" or n_incomplete > 0


def test_patient_fold_changes(small_studies, oracle):
    rows = fetch(small_studies, "select patient_id, analyte_id, change_log2fc from "
                 "marts.fct_patient_fold_changes where study_id = 'block'")  # fmt: skip
    found = {(p, t): v for p, t, v in rows}
    for target in ANALYTES:
        before = arm(oracle, target, "A", unit="patient_id")
        after = arm(oracle, target, "B", unit="patient_id")
        wanted = {(p, target): after[p] - before[p] for p in set(before) & set(after)}
        assert {k for k, v in found.items() if k[1] == target and v is not None} == set(wanted)
        for key, value in wanted.items():
            assert found[key] == pytest.approx(value, rel=1e-9, abs=1e-11)
