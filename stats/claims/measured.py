"""Printed numbers that the study's own data have too, ready to be held against them."""

from __future__ import annotations

import pyarrow as pa

from contracts import from_rows
from contracts.claim_measures import read_measured
from contracts.claims import CLAIM_FIGURES
from stats.claims.judging import checked_rows


def claim_figures(claims: pa.Table) -> pa.Table:
    """Return the numbers that claims hold against the study, each with its quantity.

    Parameters
    ----------
    claims : columns of `raw.claims`

    Returns
    -------
    pa.Table
        Rows of `contracts.claims.CLAIM_FIGURES`, by study, publication, claim, figure and place.

    Raises
    ------
    CytomartError
        As for `judge`.
    """
    found = [
        {
            "study_id": row["study_id"],
            "publication_id": row["publication_id"],
            "claim_id": row["claim_id"],
            "figure_name": measured.figure,
            "value_place": measured.place,
            "quantity": measured.quantity,
            "printed_text": str(measured.printed),
            "printed_value": float(measured.printed.value),
            "printed_decimals": measured.printed.decimals,
        }
        for row in checked_rows(claims)
        for measured in read_measured(str(row["measured_as"] or ""), str(row["figures"] or ""))
    ]
    found.sort(key=lambda r: [r[name] for name in CLAIM_FIGURES.key])
    return from_rows(found, CLAIM_FIGURES)
