# grain: study_id, analysis_id, method
"""Odds ratios of yes-or-no outcomes, as the plan asks; the mathematics is in stats/."""

from stats import run
from stats.tables import described_patients


def model(dbt, session):
    dbt.config(materialized="table")
    return run.odds_ratios(
        dbt.ref("fct_outcomes").to_arrow_table(),
        described_patients(
            dbt.ref("dim_patients").to_arrow_table(),
            dbt.ref("dim_patient_attributes").to_arrow_table(),
            dbt.ref("int_columns_declared").to_arrow_table(),
            dbt.ref("int_patients_responded").to_arrow_table(),
        ),
        dbt.ref("stg_raw__plan").to_arrow_table(),
    )
