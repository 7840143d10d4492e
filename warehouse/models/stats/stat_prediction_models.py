# grain: study_id, analysis_id
"""What each planned prediction is worth; the mathematics is in stats/prediction."""

from stats import run_predictions
from stats.tables import described_patients, described_samples


def model(dbt, session):
    dbt.config(materialized="table")
    return run_predictions.prediction_models(
        dbt.ref("fct_measurements").to_arrow_table(),
        described_samples(
            dbt.ref("dim_samples").to_arrow_table(),
            dbt.ref("int_samples_classified").to_arrow_table(),
            dbt.ref("int_samples_quantified").to_arrow_table(),
            dbt.ref("int_columns_declared").to_arrow_table(),
        ),
        dbt.ref("stg_raw__plan").to_arrow_table(),
        patients=described_patients(
            dbt.ref("dim_patients").to_arrow_table(),
            dbt.ref("dim_patient_attributes").to_arrow_table(),
            dbt.ref("int_columns_declared").to_arrow_table(),
            dbt.ref("int_patients_responded").to_arrow_table(),
        ),
    )
