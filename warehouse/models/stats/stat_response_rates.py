# grain: study_id, instrument_id, visit, counted_over, definition, denominator
"""Rates of pain response with exact intervals; the mathematics is in stats/."""

from stats.responses import response_rates


def model(dbt, session):
    dbt.config(materialized="table")
    return response_rates(dbt.ref("fct_pain_responses").to_arrow_table())
