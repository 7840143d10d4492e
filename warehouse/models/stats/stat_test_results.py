# grain: study_id, analysis_id, contrast_id, analyte_id, method, stratum, variant_id, mode
"""Every test of every analysis of the plan; the mathematics is in stats/."""

from stats import run
from stats.tables import described_samples


def model(dbt, session):
    dbt.config(materialized="table")
    return run.test_results(
        dbt.ref("fct_measurements").to_arrow_table(),
        described_samples(
            dbt.ref("dim_samples").to_arrow_table(),
            dbt.ref("int_samples_classified").to_arrow_table(),
            dbt.ref("int_samples_quantified").to_arrow_table(),
            dbt.ref("int_columns_declared").to_arrow_table(),
        ),
        dbt.ref("fct_outcomes").to_arrow_table(),
        dbt.ref("stg_raw__plan").to_arrow_table(),
    )
