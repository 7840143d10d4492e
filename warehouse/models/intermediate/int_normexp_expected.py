# grain: study_id, slide_id, block, spot_row, spot_column
"""The signal of every spot by its array's convolution; the mathematics is in stats/."""

from stats.signal import run


def model(dbt, session):
    dbt.config(materialized="table")
    return run.normexp_signals(
        dbt.ref("int_normexp_spots_listed").to_arrow_table(),
        dbt.ref("int_normexp_fitted").to_arrow_table(),
    )
