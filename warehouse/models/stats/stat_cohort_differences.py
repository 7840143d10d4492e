# grain: study_id, characteristic_id, level, numerator_cohort, denominator_cohort
"""Standardised differences between cohorts; the mathematics is in stats/."""

from stats.cohorts import cohort_differences


def model(dbt, session):
    dbt.config(materialized="table")
    return cohort_differences(
        dbt.ref("dim_patients").to_arrow_table(),
        dbt.ref("dim_patient_attributes").to_arrow_table(),
        dbt.ref("stg_raw__attributes").to_arrow_table(),
        dbt.ref("stg_raw__patient_measures").to_arrow_table(),
    )
