"""Figures of a claim: named cells of one text, numbers kept as they were printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_COUNT = re.compile(r"\d+")
_RELATIONS = (("<=", "<="), (">=", ">="), ("≤", "<="), ("≥", ">="), ("<", "<"), (">", ">"))
_MINUS = str.maketrans({"−": "-", "–": "-"})

#: Kinds of a figure, and what is written for it.
KINDS: Mapping[str, str] = {
    "number": "a number as printed, such as 5.56",
    "count": "a whole number from 0",
    "p": "a probability as printed, such as 0.03 or <0.001",
    "numbers": "numbers as printed, `|` between several",
    "counts": "whole numbers from 0, `|` between several",
    "text": "a text without ; and |",
    "texts": "texts, `|` between several",
    "word": "one of the words",
    "words": "words of the list, `|` between several",
}
_LISTS = ("numbers", "counts", "texts", "words")


@dataclass(frozen=True)
class Printed:
    """A number as printed.

    Parameters
    ----------
    text : as printed, without its relation
    value : exactly what the digits say
    decimals : digits behind the point
    relation : =, <, <=, > or >=: `p < 0.001` has <
    """

    text: str
    value: Decimal
    decimals: int
    relation: str = "="

    @property
    def exact(self) -> Fraction:
        """The printed value as a fraction."""
        return Fraction(self.value)

    @property
    def unit(self) -> Fraction:
        """One step of the last printed digit."""
        return Fraction(1, 10**self.decimals)

    def __str__(self) -> str:
        return self.text if self.relation == "=" else f"{self.relation} {self.text}"


Value = Printed | int | str | tuple[Printed, ...] | tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """One figure that a check reads.

    Parameters
    ----------
    kind : a key of KINDS
    doc : what it is
    required : whether the check needs it
    words : the words allowed, for kinds word and words
    low, high : bounds that the number (each of a list) keeps, None for no bound
    above : bound that the number exceeds, None for no bound
    """

    name: str
    kind: str
    doc: str
    required: bool = True
    words: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    above: int | None = None

    @property
    def allowed(self) -> str:
        """What may be written, in words."""
        if self.words:
            several = ", `|` between several" if self.kind == "words" else ""
            return f"{', '.join(self.words)}{several}"
        if self.kind in ("count", "counts"):
            to = "" if self.high is None else f" to {self.high}"
            return KINDS[self.kind].replace("from 0", f"from {self.low or 0}{to}")
        bounds = [f"from {self.low}"] if self.low is not None else []
        bounds += [f"at most {self.high}"] if self.high is not None else []
        bounds += [f"above {self.above}"] if self.above is not None else []
        return ", ".join((KINDS[self.kind], *bounds))


class FigureError(ValueError):
    """A cell is no figure of its kind."""


def split_figures(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of each `name=value`; a part without `=` has the name ''."""
    for part in (p.strip() for p in text.split(";")):
        if part:
            name, equals, value = part.partition("=")
            yield (name.strip(), value.strip()) if equals else ("", part)


def read_printed(text: str) -> Printed:
    """Return a printed number, with its relation where it begins with one.

    Raises
    ------
    FigureError
        The text is no number with a decimal point.
    """
    rest, relation = text.strip().translate(_MINUS), "="
    for sign, meant in _RELATIONS:
        if rest.startswith(sign):
            rest, relation = rest[len(sign) :].strip(), meant
            break
    if not _NUMBER.fullmatch(rest):
        raise FigureError(text)
    return Printed(rest, Decimal(rest), len(rest.partition(".")[2]), relation)


def read_figure(figure: Figure, text: str) -> Value:
    """Return a figure as its kind has it.

    Raises
    ------
    FigureError
        The text is not of the kind, or out of its bounds.
    """
    parts = [p.strip() for p in text.split("|")]
    if figure.kind not in _LISTS:
        if len(parts) != 1:
            raise FigureError(text)
        return _one(figure, parts[0])
    if not all(parts):
        raise FigureError(text)
    return tuple(_one(figure, p) for p in parts)  # type: ignore[return-value]


def _one(figure: Figure, text: str) -> Printed | int | str:
    if not text:
        raise FigureError(text)
    if figure.kind in ("word", "words"):
        if text not in figure.words:
            raise FigureError(text)
        return text
    if figure.kind in ("text", "texts"):
        return text
    if figure.kind in ("count", "counts"):
        if not _COUNT.fullmatch(text):
            raise FigureError(text)
        _keep_bounds(figure, Decimal(text), text)
        return int(text)
    number = read_printed(text)
    if figure.kind != "p" and number.relation != "=":
        raise FigureError(text)
    if figure.kind == "p" and not 0 <= number.value <= 1:
        raise FigureError(text)
    _keep_bounds(figure, number.value, text)
    return number


def _keep_bounds(figure: Figure, value: Decimal, text: str) -> None:
    is_low = figure.low is not None and value < figure.low
    is_high = figure.high is not None and value > figure.high
    if is_low or is_high or (figure.above is not None and value <= figure.above):
        raise FigureError(text)
