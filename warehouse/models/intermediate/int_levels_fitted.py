# grain: study_id, array_id, target_id, background_method, replicate_rule, normalisation_method
"""Cyclic loess and VSN of every batch that is not fitted yet; the mathematics is in stats/."""

from stats.signal import run
from store.batches import by_batch


def model(dbt, session):
    dbt.config(materialized="table")
    return by_batch(dbt, session, dbt.ref("int_batch_levels_listed"), run.fitted_levels)
