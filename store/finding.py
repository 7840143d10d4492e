"""What a check of a home found."""

from __future__ import annotations

from dataclasses import dataclass

DAMAGE = "damage"
WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One fault found.

    Parameters
    ----------
    subject : str
        ledger, archive, published, exports, pointer or key.
    where : str
        The relation, file or line at fault, relative to the home.
    message : str
        What is wrong.
    severity : str
        `damage`: something is not what it was; `warning`: worth knowing, nothing is lost.
    """

    subject: str
    where: str
    message: str
    severity: str = DAMAGE

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.message}"
