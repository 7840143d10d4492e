"""Which figures of a claim the study's own data have too: `figure=quantity; figure=quantity`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from contracts.claim_figures import FigureError, Printed, read_printed, split_figures

#: A quantity: a word, and what it is of; reporting.rpt_study_quantities lists a study's.
_QUANTITY = re.compile(r"[a-z_]+:\S.*")


@dataclass(frozen=True)
class Measured:
    """One printed number and the quantity of the study that it is held against.

    Parameters
    ----------
    place : within the figure's list, from 1
    """

    figure: str
    place: int
    quantity: str
    printed: Printed


def read_measured(measured_as: str, figures: str) -> Iterator[Measured]:
    """Yield each printed number that a claim holds against the study's data.

    Raises
    ------
    FigureError
        With what is wrong, in words: no such figure, lists of different lengths, no number, no
        quantity.
    """
    printed = {name: value.split("|") for name, value in split_figures(figures)}
    for name, text in split_figures(measured_as):
        quantities = [q.strip() for q in text.split("|")]
        if name not in printed:
            raise FigureError(f"the claim has no figure `{name}`")
        if len(quantities) != len(printed[name]):
            raise FigureError(f"{name} has {len(printed[name])} values and {len(quantities)} "
                              "quantities")  # fmt: skip
        for place, (quantity, value) in enumerate(
            zip(quantities, printed[name], strict=True), start=1
        ):
            if not _QUANTITY.fullmatch(quantity):
                raise FigureError(f"`{quantity}` is no quantity")
            try:
                number = read_printed(value)
            except FigureError:
                raise FigureError(f"figure {name} has no number: `{value.strip()}`") from None
            yield Measured(name, place, quantity, number)
