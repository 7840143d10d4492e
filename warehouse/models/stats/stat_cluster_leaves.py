# grain: study_id, selection, axis, item_id
"""Every target and sample with its place among the leaves, or why it has none."""

from stats import run_clusters
from stats.tables import described_samples


def model(dbt, session):
    dbt.config(materialized="table")
    return run_clusters.cluster_leaves(
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
