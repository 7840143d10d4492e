"""Names of targets as publications spell them, and directions as they state them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stats.claims.claim import Claim

_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa"}
_DIRECTION = re.compile(r"(\S.*?)\s*([<>])\s*(\S.*)")
#: Least length of a name whose one differing letter counts as a slip.
_LONG = 5


@dataclass(frozen=True)
class Direction:
    """`higher > lower`."""

    higher: str
    lower: str

    @property
    def words(self) -> str:
        """`A > C`."""
        return f"{self.higher} > {self.lower}"

    @property
    def groups(self) -> frozenset[str]:
        """Both groups, without an order."""
        return frozenset((self.higher, self.lower))


def read_direction(text: str) -> Direction | None:
    """Return the direction of `A>B` or `B<A`; None where the text states none."""
    found = _DIRECTION.fullmatch(text.strip())
    if not found:
        return None
    first, sign, second = found.groups()
    return Direction(first, second) if sign == ">" else Direction(second, first)


def fold_name(name: str) -> str:
    """Return a name without case, blanks, hyphens and Greek letters: `MIP-1δ` as `mip1delta`."""
    text = unicodedata.normalize("NFKC", name)
    text = "".join(_GREEK.get(c, c) for c in text.lower())
    return re.sub(r"[^a-z0-9]", "", text)


def target_name(claim: Claim) -> str:
    """Return the panel's name of a claim's target, or the printed one, folded."""
    return fold_name(claim.text("array_name") or claim.text("target"))


def are_one_slip_apart(first: str, second: str) -> bool:
    """Return whether two folded names differ by one letter (replaced, added, left out), no digit.

    Digits tell targets apart (IL-5, IL-6), as letters of short names do.
    """
    if min(len(first), len(second)) < _LONG or first == second:
        return False
    return one_edit_apart(first, second) and _digits(first) == _digits(second)


def one_edit_apart(first: str, second: str) -> bool:
    """Return whether one character replaced, added or left out makes one text the other."""
    short, long = sorted((first, second), key=len)
    if len(long) - len(short) > 1 or first == second:
        return False
    start = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    rest = start + 1 if len(short) == len(long) else start
    return short[rest:] == long[start + 1 :]


def matched(names: Sequence[str], others: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Match names to others by folded spelling, then by one slip.

    Returns
    -------
    dict of str to str
        Each matched name and the other name that it is.
    list of str
        Others that nothing matches.
    """
    left = {fold_name(o): o for o in others}
    found = {n: left.pop(fold_name(n)) for n in names if fold_name(n) in left}
    for name in (n for n in names if n not in found):
        near = [k for k in left if are_one_slip_apart(fold_name(name), k)]
        if len(near) == 1:
            found[name] = left.pop(near[0])
    return found, list(left.values())


def candidates(name: str, panel: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the panel's names that begin with a name, and those one letter away from it."""
    folded = fold_name(name)
    names = list(panel)
    begin = [p for p in names if fold_name(p).startswith(folded) and fold_name(p) != folded]
    near = [p for p in names if one_edit_apart(fold_name(p), folded) and p not in begin]
    return begin, near


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
