"""What goes on, what stays behind, and what other kinds of studies look like in the marts."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.xdist_group("dbt")


def scalar(built, sql: str):
    return built.con.execute(sql).fetchone()[0]


def test_gate_rows_decide_what_goes_on(small_studies):
    status = dict(small_studies.con.execute(
        "select batch_id, gate_status from marts.dim_batches where study_id = 'block'"
    ).fetchall())  # fmt: skip
    assert status == {"B1": "released", "B2": "accepted", "HELD": "pending"}
    for mart in ("dim_samples", "dim_arrays", "fct_measurements", "fct_array_quality"):
        held = f"select count(*) from marts.{mart} where batch_id = 'HELD'"
        assert scalar(small_studies, held) == 0


def test_study_days_stand_in_place_of_dates(small_studies):
    days = small_studies.con.execute(
        "select visit, list(distinct collected_day order by collected_day) "
        "from marts.dim_samples where study_id = 'block' group by visit"
    ).fetchall()
    found = dict(days)
    assert found["base"] == [0]
    assert set(found["later"]) <= {7, None}
    assert 7 in found["later"]
    dates = scalar(small_studies, "select count(*) from duckdb_columns() where data_type = 'DATE' "
                   "and schema_name in ('marts', 'stats', 'reporting', 'intermediate')")  # fmt: skip
    assert dates == 0


def test_ages_are_capped(small_studies):
    assert small_studies.con.execute(
        "select distinct age_years, is_age_capped from marts.dim_patients where study_id = 'slide'"
    ).fetchall() == [(90, True)]


def test_a_whole_slide_can_be_one_sample(small_studies):
    rows = small_studies.con.execute(
        "select array_id, sample_id, block, n_spots from marts.dim_arrays "
        "where study_id = 'slide' order by array_id"
    ).fetchall()
    assert rows == [("W1", "sample-W1", None, 26), ("W2", "sample-W2", None, 26)]
    factors = dict(small_studies.con.execute(
        "select array_id, factor from intermediate.int_normalisation_factors "
        "where study_id = 'slide'").fetchall())  # fmt: skip
    # The first released batch is the reference, so its array is left as it is.
    medians = [np.median([level * i + 5 for i in range(1, 13)]) for level in (100.0, 400.0)]
    assert factors["W1"] == pytest.approx(1.0, rel=1e-12)
    assert factors["W2"] == pytest.approx(medians[0] / medians[1], rel=1e-12)


def test_values_without_spots_flow_into_the_same_mart(small_studies):
    rows = small_studies.con.execute(
        "select sample_id, value, value_unit, level_log2, measurement_class, variant_id, array_id "
        "from marts.fct_measurements where study_id = 'plate' and analyte_id in ('T01', 'T12') "
        "order by sample_id, analyte_id"
    ).fetchall()
    assert rows == [
        ("well-1", 8.0, "pg/mL", 3.0, "quantified", "as_reported", None),
        ("well-1", None, "", None, "missing", "as_reported", None),
        ("well-2", 2.0, "pg/mL", 1.0, "quantified", "as_reported", None),
        ("well-2", None, "", None, "missing", "as_reported", None),
    ]
    change = scalar(small_studies, "select signed_fold_change from marts.fct_fold_changes "
                    "where study_id = 'plate' and contrast_id = 'A_vs_C' "
                    "and analyte_id = 'T01'")  # fmt: skip
    assert change == pytest.approx(4.0)


def test_a_missed_visit_is_a_row(small_studies):
    rows = small_studies.con.execute(
        "select patient_id, visit, score, change_score, is_missing, is_mid_reached "
        "from marts.fct_outcomes where study_id = 'block' and patient_id in ('P1', 'P3') "
        "and visit = 'later' order by patient_id"
    ).fetchall()
    shown = {r[0]: (r[2] and float(r[2]), r[3] and float(r[3]), *r[4:]) for r in rows}
    assert shown["P1"] == (3.5, -2.5, False, True)
    assert shown["P3"] == (None, None, True, False)


def test_every_contrast_and_target_has_its_row_in_the_report(small_studies):
    n_rows = scalar(small_studies, "select count(*) from reporting.rpt_differential "
                    "where study_id = 'block'")  # fmt: skip
    assert n_rows == 2 * 12
    assert scalar(small_studies, "select count(*) from reporting.rpt_waiting "
                  "where kind = 'held' and subject = 'batch HELD'") == 1  # fmt: skip


def test_descriptions_stand_in_the_database(small_studies):
    bare = small_studies.con.execute(
        "select schema_name || '.' || table_name || '.' || column_name from duckdb_columns() "
        "where schema_name in ('marts', 'stats', 'reporting') and coalesce(comment, '') = ''"
    ).fetchall()
    assert bare == []
