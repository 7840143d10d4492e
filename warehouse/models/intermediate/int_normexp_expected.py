# grain: study_id, slide_id, block, spot_row, spot_column
"""The signal of every new spot by its array's convolution; the mathematics is in stats/."""

from stats.signal import run
from store.batches import by_batch


def model(dbt, session):
    dbt.config(materialized="table")
    fits = dbt.ref("int_normexp_fitted").to_arrow_table()
    return by_batch(
        dbt,
        session,
        dbt.ref("int_normexp_spots_listed"),
        lambda spots: run.normexp_signals(spots, fits),
    )
