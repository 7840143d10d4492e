"""Which selections are clustered, and what stands in the five tables."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest

from contracts import CytomartError, conform
from contracts.ordination import ORDINATION
from stats import clustered, run, run_clusters
from stats.ordination.scaled import CONSTANT, FEW
from stats.selections import CAUTION

TABLES = {
    "stat_clusterings": run_clusters.clusterings,
    "stat_clusters": lambda *a: run_clusters.clusters(*a, n_bootstraps=20),
    "stat_cluster_leaves": run_clusters.cluster_leaves,
    "stat_z_scores": run_clusters.z_scores,
    "stat_principal_components": run_clusters.principal_components,
}


@pytest.fixture
def study(make_study):
    """Two of eight targets rise by much in group B."""
    made = make_study(n_patients=10, n_controls=8, n_targets=8, seed=3)
    for row in made.measurements:
        if row["analyte_id"] in ("T2", "T5") and row["sample_id"].endswith("follow_up"):
            row["level_log2"] += 3.0
    return made


@pytest.fixture
def given(study, make_full_plan, as_plan):
    measurements, samples, outcomes = study.tables()
    plan = as_plan(make_full_plan())
    return measurements, samples, plan, run.test_results(measurements, samples, outcomes, plan)


@pytest.fixture
def tables(given):
    return {name: make(*given) for name, make in TABLES.items()}


def rows_of(table: pa.Table, **chosen):
    return [r for r in table.to_pylist() if all(r[k] == v for k, v in chosen.items())]


def test_the_tables_conform(tables):
    assert [r.name for r in ORDINATION] == list(TABLES)
    for relation in ORDINATION:
        table = tables[relation.name]
        assert conform(table, relation).equals(table)
        assert table.num_rows
        keys = [tuple(r[k] for k in relation.key) for r in table.to_pylist()]
        assert keys == sorted(set(keys))


def test_all_targets_and_hits_are_clustered_side_by_side(tables):
    rows = rows_of(tables["stat_clusterings"], axis="targets")
    plans = ["a_vs_c", "b_vs_a", "b_vs_c"]
    names = [f"hits:{p}" for p in [*plans, *(f"paper_{p}" for p in plans)]]
    assert [r["selection"] for r in rows] == ["all", "hits", *names]
    by_name = {r["selection"]: r for r in rows}
    assert (by_name["all"]["n_items"], by_name["all"]["n_features"]) == (8, 28)
    assert by_name["all"]["caution"] == ""
    assert by_name["hits"]["n_features"] == 28
    assert by_name["hits:b_vs_a"]["n_features"] == 20
    assert all(r["caution"] == CAUTION for r in rows if r["selection"] != "all")
    assert by_name["hits:b_vs_a"]["rule_text"].startswith("hits of B_vs_A by paired_t")


def test_hits_are_those_of_the_primary_tests(tables, given):
    tests = given[3].to_pylist()
    for analysis in ("b_vs_a", "b_vs_c", "a_vs_c"):
        hits = {
            t["analyte_id"]
            for t in tests
            if t["analysis_id"] == analysis and t["is_primary"] and t["p_adjusted"] < 0.05
        }
        leaves = rows_of(
            tables["stat_cluster_leaves"], selection=f"hits:{analysis}", axis="targets"
        )
        assert {r["item_id"] for r in leaves} == hits
    union = rows_of(tables["stat_cluster_leaves"], selection="hits", axis="targets")
    assert {r["item_id"] for r in union} >= {"T2", "T5"}


def test_members_of_a_merge_stand_between_its_leaves(tables):
    leaves = rows_of(tables["stat_cluster_leaves"], selection="all", axis="samples")
    order = [r["item_id"] for r in sorted(leaves, key=lambda r: r["leaf"])]
    below: dict[int, set[str]] = {}
    merges = rows_of(tables["stat_clusters"], selection="all", axis="samples")
    for m in sorted(merges, key=lambda m: m["merge_number"]):
        sides = [
            {m[f"{s}_id"]} if m[f"{s}_id"] is not None else below[m[f"{s}_merge"]]
            for s in ("left", "right")
        ]
        below[m["merge_number"]] = sides[0] | sides[1]
        assert below[m["merge_number"]] == set(order[m["first_leaf"] - 1 : m["last_leaf"]])
        assert len(below[m["merge_number"]]) == m["n_members"]
        assert order[m["first_leaf"] - 1] in sides[0]
        assert 0 <= m["stability_frac"] <= 1
        assert m["n_bootstraps"] == 20
    assert len(below) == 27


def test_scores_and_loadings_rebuild_the_z_scores(tables):
    z = {(r["sample_id"], r["analyte_id"]): r["z_score"] for r in
         rows_of(tables["stat_z_scores"], selection="all")}  # fmt: skip
    parts: dict[str, dict[str, dict[int, float]]] = {"samples": {}, "targets": {}}
    for r in rows_of(tables["stat_principal_components"], selection="all"):
        parts[r["axis"]].setdefault(r["item_id"], {})[r["component"]] = r["item_value"]
    assert len(z) == 28 * 8
    for (sample, target), score in z.items():
        rebuilt = sum(
            parts["samples"][sample][k] * parts["targets"][target][k] for k in range(1, 9)
        )
        assert rebuilt == pytest.approx(score, abs=1e-10)


def test_what_is_hardly_measured_says_so_and_stays_in_sight(study, make_full_plan, as_plan):
    for row in study.measurements:
        if row["analyte_id"] == "T3":
            row["level_log2"] = 8.0
        if row["analyte_id"] == "T4" and row["sample_id"].startswith("P"):
            row["level_log2"] = None
        if row["sample_id"] == "C01-baseline" and row["analyte_id"] in ("T1", "T2", "T5", "T6"):
            row["level_log2"] = None
    measurements, samples, outcomes = study.tables()
    plan = as_plan(make_full_plan())
    given = measurements, samples, plan, run.test_results(measurements, samples, outcomes, plan)
    leaves = rows_of(run_clusters.cluster_leaves(*given), selection="all")
    left_out = {r["item_id"]: r["reason"] for r in leaves if r["leaf"] is None}
    assert left_out == {"T3": CONSTANT, "T4": FEW, "C01-baseline": FEW}
    t4 = next(r for r in leaves if r["item_id"] == "T4")
    assert (t4["n_values"], t4["n_missing"]) == (8, 20)
    row = rows_of(run_clusters.clusterings(*given), selection="all", axis="targets")[0]
    assert (row["n_items"], row["n_left_out"], row["n_features"]) == (6, 2, 27)
    scored = rows_of(run_clusters.z_scores(*given), selection="all")
    assert not {"T3", "T4"} & {r["analyte_id"] for r in scored}
    assert len(scored) == 27 * 6


def test_a_filled_gap_is_counted(study, make_full_plan, as_plan):
    gap = next(r for r in study.measurements if r["analyte_id"] == "T1")
    gap["level_log2"] = None
    measurements, samples, outcomes = study.tables()
    plan = as_plan(make_full_plan())
    given = measurements, samples, plan, run.test_results(measurements, samples, outcomes, plan)
    found = rows_of(run_clusters.principal_components(*given), selection="all", component=1)
    assert {r["item_id"] for r in found if r["n_filled"]} == {"T1", gap["sample_id"]}
    (missing,) = [r for r in run_clusters.z_scores(*given).to_pylist()
                  if r["selection"] == "all" and r["z_score"] is None]  # fmt: skip
    assert (missing["sample_id"], missing["analyte_id"]) == (gap["sample_id"], "T1")


def test_too_few_hits_give_no_tree_but_a_reason(tables):
    row = rows_of(tables["stat_clusterings"], selection="hits:a_vs_c", axis="targets")[0]
    assert row["n_items"] < 2
    assert row["reason"].startswith("too few targets")
    assert not rows_of(tables["stat_clusters"], selection="hits:a_vs_c", axis="targets")


def test_a_large_tree_is_not_resampled_and_a_huge_one_not_made(given, monkeypatch):
    monkeypatch.setattr(clustered, "MOST_RESAMPLED", 10)
    merges = rows_of(run_clusters.clusters(*given, n_bootstraps=5), selection="all")
    by_axis = {axis: [m for m in merges if m["axis"] == axis] for axis in ("samples", "targets")}
    assert {m["stability_frac"] for m in by_axis["samples"]} == {None}
    assert {m["n_bootstraps"] for m in by_axis["samples"]} == {0}
    assert {m["n_bootstraps"] for m in by_axis["targets"]} == {5}
    reasons = [r["reason"] for r in rows_of(run_clusters.clusterings(*given), selection="all")]
    assert reasons == ["more than 10 samples: no stability", ""]
    monkeypatch.setattr(clustered, "MOST_ITEMS", 12)
    assert not rows_of(run_clusters.clusters(*given), selection="all", axis="samples")
    leaves = rows_of(run_clusters.cluster_leaves(*given), selection="all", axis="samples")
    assert {(r["leaf"], r["reason"]) for r in leaves} == {
        (None, "more than 12 samples: no tree is made")
    }


def test_the_order_of_rows_changes_nothing(given, tables):
    rng = random.Random(5)

    def shuffled(table):
        order = list(range(table.num_rows))
        rng.shuffle(order)
        return table.take(order)

    mixed = tuple(shuffled(t) for t in given)
    for name, make in TABLES.items():
        assert make(*mixed).equals(tables[name]), name


def test_the_seed_decides_the_stability(given):
    def shares(seed):
        found = run_clusters.clusters(*given, n_bootstraps=20, seed=seed)
        return np.array(found.column("stability_frac").to_pylist(), dtype=float)

    np.testing.assert_array_equal(shares(1), shares(1))
    assert (shares(1) != shares(2)).any()


def test_studies_do_not_know_each_other(study, make_study, make_full_plan, as_plan, tables):
    other = make_study(study_id="s2", seed=9)
    parts = [
        (*s.tables(), as_plan(make_full_plan(study_id=i)))
        for s, i in ((study, "s1"), (other, "s2"))
    ]
    measurements, samples, outcomes, plan = (pa.concat_tables(t) for t in zip(*parts, strict=True))
    tests = run.test_results(measurements, samples, outcomes, plan)
    for name, make in TABLES.items():
        both = make(measurements, samples, plan, tests)
        own = [r for r in both.to_pylist() if r["study_id"] == "s1"]
        assert own == tables[name].to_pylist(), name


def test_bridges_and_samples_without_a_group_are_not_clustered(study, make_full_plan, as_plan):
    study.samples[0]["patient_id"] = None
    study.samples[-1]["group_code"] = None
    measurements, samples, outcomes = study.tables()
    plan = as_plan(make_full_plan())
    tests = run.test_results(measurements, samples, outcomes, plan)
    leaves = rows_of(
        run_clusters.cluster_leaves(measurements, samples, plan, tests), selection="all",
        axis="samples",
    )  # fmt: skip
    assert len(leaves) == 26


def test_a_negative_number_of_trees_is_refused(given):
    with pytest.raises(CytomartError, match="n_bootstraps is -1"):
        run_clusters.clusters(*given, n_bootstraps=-1)
