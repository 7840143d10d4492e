"""What `cytomart plan` sees before a load is what the statistics see after it."""

from __future__ import annotations

import json

import duckdb
import numpy as np
import pytest

from prepare.planning.people import people_of
from prepare.planning.spread import published_spread
from stats.design import read_sheet
from stats.outcomes import scores_by_patient
from stats.tables import described_patients, described_samples
from store.home import Home

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def built(demo):
    with duckdb.connect(str(Home(demo.home).build_path), read_only=True) as con:
        yield lambda name: con.execute(f"select * from {name}").to_arrow_table()


@pytest.fixture(scope="module")
def people(demo, tmp_path_factory):
    nowhere = Home(tmp_path_factory.mktemp("nowhere") / "home")
    return people_of(nowhere, demo.home / "demo-study", "founding-synthetic")


def test_samples_have_the_same_columns_and_cells(built, people):
    classes = built("intermediate.int_samples_classified")
    numbers = built("intermediate.int_samples_quantified")
    declared = built("intermediate.int_columns_declared")
    sheet = read_sheet(described_samples(built("marts.dim_samples"), classes, numbers, declared))
    shared = set(sheet.columns) & set(people.sheet.columns)
    assert set(people.sheet.columns) == shared
    assert {"cohort", "centre_id", "sex", "age_class", "age_years", "er", "bone_sites",
            "collected_day", "is_baseline", "visit", "lot", "pain_responder@follow_up",
            "pain_only_responder@follow_up"} <= shared  # fmt: skip
    for name in sorted(shared):
        assert people.sheet.columns[name] == sheet.columns[name], name
    for name in people.sheet.numbers:
        np.testing.assert_array_equal(people.sheet.numbers[name], sheet.numbers[name])


def test_scores_and_persons_are_the_same(built, people):
    mine, theirs = (scores_by_patient(t) for t in (people.outcomes, built("marts.fct_outcomes")))
    assert mine.keys() == theirs.keys()
    for key, scores in theirs.items():
        assert mine[key].by_patient == scores.by_patient
    described = described_patients(
        built("marts.dim_patients"),
        built("marts.dim_patient_attributes"),
        built("intermediate.int_columns_declared"),
        built("intermediate.int_patients_responded"),
    )
    columns = people.patients.column_names
    assert people.patients.sort_by("patient_id").to_pylist() == described.select(
        columns
    ).sort_by("patient_id").to_pylist()  # fmt: skip


def test_the_panel_counts_the_targets_that_are_tested(built, people):
    assert people.n_targets == built("marts.dim_analytes").num_rows == 80


def test_after_publication_effects_are_told_at_the_spread_that_was_seen(demo, built, cytomart):
    spread = published_spread(Home(demo.home), "founding-synthetic")
    levels = built("marts.fct_measurements").to_pandas()
    samples = built("marts.dim_samples").to_pandas()
    own = levels[levels["is_primary_variant"]].merge(samples, on=["study_id", "sample_id"])
    groups = own.groupby(["analyte_id", "group_code"])["level_log2"]
    parts = groups.agg(["count", "var"]).assign(ss=lambda f: (f["count"] - 1) * f["var"])
    parts["df"] = parts["count"] - 1
    pooled = parts.groupby("analyte_id")[["ss", "df"]].sum()
    expected = np.sqrt(pooled["ss"] / pooled["df"]).median()
    assert spread.between_log2 == pytest.approx(expected, rel=1e-9)
    wide = own.pivot_table("level_log2", ["analyte_id", "patient_id"], "visit")
    change = (wide["follow_up"] - wide["baseline"]).groupby("analyte_id").std()
    assert spread.change_log2 == pytest.approx(change.median(), rel=1e-9)

    folder = str(demo.home / "demo-study")
    found = json.loads(cytomart(demo.home, "--json", "plan", "check", folder).out)
    assert found["spread"]["source"] == "published"
    told = {a["analysis_id"]: a for a in found["analyses"]}
    assert [g["n_samples"] for g in told["a_vs_c"]["groups"]] == [30, 10]
    assert told["b_vs_a"]["n_pairs"] == 30
    assert told["a_vs_c"]["detectable"][0]["effect"] == pytest.approx(1.04977, abs=5e-6)
    with duckdb.connect(str(demo.home / "warehouse.duckdb"), read_only=True) as con:
        sizes = con.execute(
            "select distinct n_numerator, n_denominator from stats.fct_test_results "
            "where analysis_id = 'a_vs_c' and method = 'welch_t' and p_value is not null"
        ).fetchall()
    assert (30, 10) in sizes
