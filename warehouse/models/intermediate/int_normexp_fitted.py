# grain: study_id, array_id
"""The normal + exponential convolution of every array; the mathematics is in stats/."""

from stats.signal import run


def model(dbt, session):
    dbt.config(materialized="table")
    return run.normexp_fits(dbt.ref("int_normexp_spots_listed").to_arrow_table())
