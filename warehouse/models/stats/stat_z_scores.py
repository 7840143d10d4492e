# grain: study_id, selection, sample_id, analyte_id
"""The z-scores that were clustered."""

from stats import run_clusters
from stats.tables import described_samples


def model(dbt, session):
    dbt.config(materialized="table")
    return run_clusters.z_scores(
        dbt.ref("fct_measurements").to_arrow_table(),
        described_samples(
            dbt.ref("dim_samples").to_arrow_table(),
            dbt.ref("int_samples_classified").to_arrow_table(),
            dbt.ref("int_samples_quantified").to_arrow_table(),
            dbt.ref("int_columns_declared").to_arrow_table(),
        ),
        dbt.ref("stg_raw__plan").to_arrow_table(),
        dbt.ref("stat_test_results").to_arrow_table(),
    )
