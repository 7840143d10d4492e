"""Every claim of a table judged by the check that it names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from contracts import CytomartError, Problem, from_rows
from contracts.claim_checks import CHECKS
from contracts.claim_rows import cell, claim_faults, read_figures, related_ids
from contracts.claims import CLAIM_COLUMNS, CLAIM_VERDICTS
from stats.claims.claim import CONSISTENT, REPRODUCED, Claim, Finding
from stats.claims.registry import FUNCTIONS
from stats.tables import need_columns, rows

_KEPT = ("study_id", "publication_id", "claim_id", "source_place", "statement", "check_id",
         "figures", "topic", "note")  # fmt: skip


def judge(claims: pa.Table) -> pa.Table:
    """Return the verdict on every claim, by study, publication and place in the set.

    Parameters
    ----------
    claims : columns of `raw.claims` (file_sha256 and source_line may be absent)
        An empty table gives an empty table.

    Returns
    -------
    pa.Table
        Rows of `contracts.claims.CLAIM_VERDICTS`. The same claims give the same bytes, whatever
        the order of the rows.

    Raises
    ------
    CytomartError
        One problem per fault of a row: unknown check, missing or malformed figure, unknown claim.
    """
    judged = [
        _verdict_row(c, FUNCTIONS[c.row["check_id"]](c)) for c in read_claims(checked_rows(claims))
    ]
    judged.sort(key=lambda r: (r["study_id"], r["publication_id"], r["claim_order"], r["claim_id"]))
    return from_rows(judged, CLAIM_VERDICTS)


def checked_rows(claims: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of a table of claims; raise CytomartError with every fault of them."""
    need_columns(claims, ("study_id", *CLAIM_COLUMNS), "raw.claims")
    found = rows(claims)
    if faults := claim_faults(found):
        raise CytomartError([
            Problem(f.given, _where(found[f.row], f.column), f.allowed, f.remedy) for f in faults
        ])  # fmt: skip
    return found


def read_claims(found: Sequence[Mapping[str, Any]]) -> tuple[Claim, ...]:
    """Return faultless rows as claims, each with those that it relates to."""
    sets: dict[tuple[str, str], dict[str, Claim]] = {}
    for row in sorted(found, key=lambda r: (int(r["claim_order"]), cell(r, "claim_id"))):
        texts = {**row, **{c: cell(row, c) for c in CLAIM_COLUMNS}}
        check = CHECKS[texts["check_id"]]
        claim = Claim(texts, read_figures(texts["figures"], check))
        of_set = sets.setdefault((cell(row, "study_id"), texts["publication_id"]), {})
        of_set[claim.claim_id] = claim
    return tuple(
        Claim(claim.row, claim.figures, tuple(of_set[i] for i in _related(claim, of_set)))
        for of_set in sets.values()
        for claim in of_set.values()
    )


def _related(claim: Claim, of_set: Mapping[str, Claim]) -> tuple[str, ...]:
    return related_ids(claim.row["related_claim_ids"], claim.claim_id, tuple(of_set))


def _verdict_row(claim: Claim, found: Finding) -> dict[str, Any]:
    severity = claim.row["severity"] or "none"
    numbers = {n: v for n, v in found.recomputed.items() if math.isfinite(v)}
    return {
        **{name: cell(claim.row, name) for name in _KEPT},
        "claim_order": int(claim.row["claim_order"]),
        "verdict": found.verdict,
        "explanation": found.explanation,
        "recomputed_names": list(numbers),
        "recomputed_values": [float(v) for v in numbers.values()],
        "is_able_to_fail": found.is_able_to_fail,
        "severity": "none" if found.verdict in (REPRODUCED, CONSISTENT) else severity,
    }


def _where(row: Mapping[str, Any], column: str) -> str:
    line = f", line {row['source_line']}" if row.get("source_line") else ""
    return f"claims{line}, claim {cell(row, 'claim_id')}, column {column}"
