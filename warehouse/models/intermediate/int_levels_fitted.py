# grain: study_id, array_id, target_id, background_method, replicate_rule, normalisation_method
"""Cyclic loess and VSN of every batch; the mathematics is in stats/."""

from stats.signal import run


def model(dbt, session):
    dbt.config(materialized="table")
    return run.fitted_levels(dbt.ref("int_batch_levels_listed").to_arrow_table())
