# grain: study_id, analysis_id, analyte_id
"""Each target alone and in the model; the mathematics is in stats/prediction."""

from stats import run_predictions
from stats.tables import described_samples


def model(dbt, session):
    dbt.config(materialized="table")
    return run_predictions.predictions(
        dbt.ref("fct_measurements").to_arrow_table(),
        described_samples(
            dbt.ref("dim_samples").to_arrow_table(),
            dbt.ref("int_samples_classified").to_arrow_table(),
            dbt.ref("int_samples_quantified").to_arrow_table(),
            dbt.ref("int_columns_declared").to_arrow_table(),
        ),
        dbt.ref("stg_raw__plan").to_arrow_table(),
        dbt.ref("stat_prediction_models").to_arrow_table(),
    )
