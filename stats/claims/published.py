"""Targets that a publication lists as different between two groups, and which way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from contracts import from_rows
from contracts.claims import PUBLISHED_HITS
from stats.claims.claim import Claim
from stats.claims.judging import checked_rows, read_claims
from stats.claims.names import read_direction

_LISTS = "direction_agreement"


def published_hits(claims: pa.Table) -> pa.Table:
    """Return the listed targets, by study, publication and claim.

    Parameters
    ----------
    claims : columns of `raw.claims`
        A claim of check `direction_agreement` lists one target; where its first direction cannot
        be read it lists none.

    Returns
    -------
    pa.Table
        Rows of `contracts.claims.PUBLISHED_HITS`.

    Raises
    ------
    CytomartError
        As for `judge`.
    """
    listed = [
        row
        for claim in read_claims(checked_rows(claims))
        if claim.row["check_id"] == _LISTS
        for row in _hit(claim)
    ]
    listed.sort(key=lambda r: (r["study_id"], r["publication_id"], r["claim_id"]))
    return from_rows(listed, PUBLISHED_HITS)


def _hit(claim: Claim) -> Iterator[Mapping[str, Any]]:
    first = read_direction(claim.text("direction_1"))
    if first is None:
        return
    other = read_direction(claim.text("direction_2"))
    is_same_pair = other is not None and other.groups == first.groups
    yield {
        "study_id": claim.row["study_id"],
        "publication_id": claim.row["publication_id"],
        "claim_id": claim.claim_id,
        "printed_name": claim.text("target"),
        "target_name": claim.text("array_name") or claim.text("target"),
        "group_1": first.higher,
        "group_2": first.lower,
        "higher_group": first.higher,
        "other_place_higher_group": other.higher if other is not None and is_same_pair else "",
    }
