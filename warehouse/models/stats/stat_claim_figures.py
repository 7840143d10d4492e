# grain: study_id, publication_id, claim_id, figure_name, value_place
"""Printed numbers that the study's own data have too, each with its quantity."""

from stats import claims


def model(dbt, session):
    dbt.config(materialized="table")
    return claims.claim_figures(dbt.ref("int_claims_stated").to_arrow_table())
