# grain: study_id, analysis_id, curve, point_number
"""Points of the curves that stand as lists in stat_prediction_models."""

from stats import run_predictions


def model(dbt, session):
    dbt.config(materialized="table")
    return run_predictions.prediction_curves(dbt.ref("stat_prediction_models").to_arrow_table())
