# grain: study_id, publication_id, claim_id
"""Every claim computed from its own figures; the arithmetic is in stats/."""

from stats import claims


def model(dbt, session):
    dbt.config(materialized="table")
    return claims.judge(dbt.ref("int_claims_stated").to_arrow_table())
