"""Cells of values: a number, or a word that says why there is none. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.platforms.value_format import Tokens

_POINT = re.compile(r"[+-]?(\d{1,15}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"[+-]?\d{1,15},\d{1,20}")
_LIMIT = re.compile(r"([<>])=?\s*(.+)")


@dataclass(frozen=True)
class Cell:
    """What a cell says.

    Parameters
    ----------
    value : float or None
        None where there is no number.
    qualifier : str
        ok, below, above, extrapolated or missing.
    lod : float or None
        Limit that a cell such as `<0.5` states.
    """

    value: float | None
    qualifier: str
    lod: float | None = None


def read_cell(text: str, tokens: Tokens, *, commas: bool = False) -> Cell | None:
    """Return what a cell says, or None where it is neither a number nor a known word.

    `OOR <` is below the range, `OOR >` above it, `*1.23` extrapolated, `<0.5` below a limit
    that it names, `>1000` above one; blanks, NaN, NA are missing.
    """
    shown = text.strip()
    word = shown.casefold()
    for qualifier, words in (
        ("missing", tokens.missing), ("below", tokens.below), ("above", tokens.above),
    ):  # fmt: skip
        if word in {w.strip().casefold() for w in words}:
            return Cell(None, qualifier)
    if (number := number_of(shown, commas=commas)) is not None:
        return Cell(number, "ok")
    if found := _LIMIT.fullmatch(shown):
        limit = number_of(found.group(2), commas=commas)
        if limit is None:
            return None
        return Cell(None, "below", limit) if found.group(1) == "<" else Cell(None, "above")
    mark = tokens.extrapolated
    if mark and mark in (shown[: len(mark)], shown[-len(mark) :]):
        inner = number_of(shown.removeprefix(mark).removesuffix(mark).strip(), commas=commas)
        return None if inner is None else Cell(inner, "extrapolated")
    return None


def number_of(text: str, *, commas: bool = False) -> float | None:
    """Return a finite number, or None."""
    shown = text.strip()
    if commas and _COMMA.fullmatch(shown):
        shown = shown.replace(",", ".")
    if not _POINT.fullmatch(shown) or not shown.isascii():
        return None
    value = float(shown)
    return value if abs(value) < float("inf") else None


def all_commas(texts: Sequence[str]) -> bool:
    """Return whether every fraction of a column has a decimal comma, and one at least has."""
    bare = [t.strip().lstrip("*<>= ") for t in texts]
    has_points = any("." in t for t in bare if t[:1].isdigit())
    return not has_points and any(_COMMA.fullmatch(t) for t in bare)
