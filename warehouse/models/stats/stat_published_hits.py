# grain: study_id, publication_id, claim_id
"""Targets that a publication lists as different, and which group it says is higher."""

from stats import claims


def model(dbt, session):
    dbt.config(materialized="table")
    return claims.published_hits(dbt.ref("int_claims_stated").to_arrow_table())
