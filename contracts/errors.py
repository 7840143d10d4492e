"""The one family of errors a user of cytomart can meet."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, said so that a person can mend it.

    Parameters
    ----------
    given : str
        What was found.
    where : str
        File and line, column or sheet cell; empty where there is no place.
    allowed : str
        What is allowed instead.
    remedy : str
        What to do now.
    """

    given: str
    where: str = ""
    allowed: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.given}" if self.where else self.given]
        if self.allowed:
            parts.append(f"Allowed: {self.allowed}.")
        if self.remedy:
            parts.append(f"Do: {self.remedy}")
        return " ".join(p if p.endswith((".", "!", "?")) else f"{p}." for p in parts)


@dataclass
class CytomartError(Exception):
    """An error whose message is meant for the user; `problems` lists every fault found.

    `exit_code` follows the command line's table: 1 something held or refused, 2 wrong usage
    or nothing could be done, 3 another writer is at work, 4 internal error.
    """

    problems: list[Problem] = field(default_factory=list)
    exit_code: int = 2

    def __str__(self) -> str:
        return "\n".join(str(p) for p in self.problems)


def failure(
    given: str, *, where: str = "", allowed: str = "", remedy: str = "", exit_code: int = 2
) -> CytomartError:
    """Return an error with a single problem."""
    return CytomartError([Problem(given, where, allowed, remedy)], exit_code)
