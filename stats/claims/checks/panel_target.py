"""Does the panel have a target of that name, and only one?"""

from __future__ import annotations

from stats.claims.claim import INCONSISTENT, NOT_TESTABLE, REPRODUCED, Claim, Finding
from stats.claims.names import candidates, fold_name
from stats.claims.words import listed


def panel_target(claim: Claim) -> Finding:
    """Judge a target by the panel's names, the members of the related claims.

    Names are compared without case, blanks, hyphens and Greek letters; `array_name` is the panel's
    name where the printed one is another. A printed name with which several of the panel's names
    begin does not tell which is meant.
    """
    panel = [m for c in claim.related for m in c.texts("members")]
    printed, named = claim.text("target"), claim.text("array_name")
    folded = {fold_name(p): p for p in panel}
    begin, near = candidates(printed, panel)
    numbers = {"n_panel": float(len(folded)), "n_that_begin_so": float(len(begin)),
               "n_one_letter_away": float(len(near))}  # fmt: skip
    if named and fold_name(named) not in folded:
        return Finding(INCONSISTENT, f"The panel of {len(folded)} targets has no {named}.", numbers)
    if not named and (exact := folded.get(fold_name(printed))):
        return Finding(REPRODUCED, f"The panel has {exact}.", numbers)
    could = listed(begin) if begin else "no name that begins so"
    if named and len(begin) < 2:
        return Finding(REPRODUCED, f"{printed} is the panel's {named}.", numbers)
    if named:
        told = f"{printed} begins {len(begin)} names of the panel ({could})"
        told += f"; taken as {named}, which the publication does not say."
        return Finding(NOT_TESTABLE, told, numbers)
    told = f"The panel of {len(folded)} targets has no {printed}; it may be {could}"
    told += f", or by a slip {listed(near)}" if near else ""
    return Finding(INCONSISTENT, f"{told}.", numbers)
