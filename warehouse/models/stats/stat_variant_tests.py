# grain: study_id, contrast_id, analyte_id, variant_id
"""The primary test of every contrast under each variant; the mathematics is in stats/."""

from stats import run
from stats.tables import described_samples


def model(dbt, session):
    dbt.config(materialized="table")
    return run.variant_tests(
        dbt.ref("int_levels_compared").to_arrow_table(),
        described_samples(
            dbt.ref("dim_samples").to_arrow_table(),
            dbt.ref("int_samples_classified").to_arrow_table(),
            dbt.ref("int_samples_quantified").to_arrow_table(),
            dbt.ref("int_columns_declared").to_arrow_table(),
        ),
        dbt.ref("stg_raw__plan").to_arrow_table(),
    )
