"""Wording that is kept beside what is computed."""

from __future__ import annotations

from stats.claims.claim import RECORDED, Claim, Finding


def recorded(claim: Claim) -> Finding:
    """Keep a statement of which nothing can be computed; its figures are free."""
    note = str(claim.row.get("note") or "")
    told = f"{note.rstrip('.')}. " if note else ""
    return Finding(RECORDED, f"{told}Nothing in the publication to compute it from.",
                   is_able_to_fail=False)  # fmt: skip
