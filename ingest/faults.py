"""A fault of a file or a row, said twice: to the person at the terminal, and for the record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contracts import CytomartError, Problem


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a file or with one of its rows.

    Parameters
    ----------
    rule_id : str
        What was broken: truncated, layout, duplicate_id, score_range …
    problem : Problem
        For the person who delivered the file; may quote cells. Never stored.
    record : str
        The same without any value, id, name or path: what the warehouse keeps.
    line : int
        Line or sheet row, from 1; 0 where the fault concerns the whole file.
    column : str
        Our name of the column at fault; empty where there is none.
    value : object
        The cell as the warehouse would store it, where a person may let it in as delivered; None
        where it is no value, or a rule that nothing can lift would hold it.
    """

    rule_id: str
    problem: Problem
    record: str
    line: int = 0
    column: str = ""
    value: object = None


def fault(
    rule_id: str,
    given: str,
    *,
    record: str,
    where: str = "",
    allowed: str = "",
    remedy: str = "",
    line: int = 0,
    column: str = "",
) -> Fault:
    """Return a fault; `given`, `where`, `allowed` and `remedy` make its message."""
    return Fault(rule_id, Problem(given, where, allowed, remedy), record, line, column)


class RefusedError(Exception):
    """A file cannot be loaded; carries every fault found, and how many data rows it has."""

    def __init__(self, faults: Iterable[Fault], n_rows_in: int = 0) -> None:
        self.faults = tuple(faults)
        self.n_rows_in = n_rows_in
        super().__init__("\n".join(str(f.problem) for f in self.faults))

    def as_error(self, exit_code: int = 1) -> CytomartError:
        """Return the same faults as the error that a user meets."""
        return CytomartError([f.problem for f in self.faults], exit_code)


def listed(things: Iterable[object], limit: int = 8) -> str:
    """Return things as a part of a sentence: `a, b, c and 5 more`."""
    texts = [str(t) for t in things]
    if len(texts) <= limit:
        return ", ".join(texts)
    return f"{', '.join(texts[:limit])} and {len(texts) - limit} more"
