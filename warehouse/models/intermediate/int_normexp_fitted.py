# grain: study_id, array_id
"""The normal + exponential convolution of every array that is not fitted yet; see stats/."""

from stats.signal import run
from store.batches import by_batch


def model(dbt, session):
    dbt.config(materialized="table")
    return by_batch(dbt, session, dbt.ref("int_normexp_spots_listed"), run.normexp_fits)
