"""What a person decided about rows set aside: let in as delivered, or given up.

A decision is for a row as it was delivered. In a later version of its table it holds as long as
every cell of the row is the same; any changed cell makes it a new question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from duckdb import DuckDBPyConnection

from contracts.quality import QUARANTINE_DECISIONS
from ingest import standing
from ingest.clinic.clinical import Parsed, Row
from ingest.faults import Fault
from ingest.files.mapped import MappedTable
from ingest.files.tables import SheetRow

RELEASED, WITHDRAWN = "released", "withdrawn"

#: Role, digest of the row, column and rule.
Cell = tuple[str, str, str, str]


@dataclass(frozen=True)
class Decisions:
    """The last decision on every cell that one was made on."""

    verdicts: Mapping[Cell, str]

    def on(self, role: str, digest: str, fault: Fault) -> str:
        """Return what was decided on a fault of a row; empty where nothing was."""
        return self.verdicts.get((role, digest, fault.column, fault.rule_id), "")


def read_decisions(con: DuckDBPyConnection, study_id: str) -> Decisions:
    """Return what was decided in a study so far."""
    rows = standing.of_study(con, QUARANTINE_DECISIONS, study_id)
    return Decisions({
        (r["role"], r["row_digest"], r["column_name"], r["rule_id"]): r["decision"]
        for r in sorted(rows, key=lambda r: r["decided_at"])
    })  # fmt: skip


def row_text(table: MappedTable, row: SheetRow) -> str:
    """Return the cells of a row as one text, whatever the order of its columns."""
    return "\x1f".join(f"{c}\x1e{table.text(row, c)}" for c in sorted(table.titles))


def releasable(faults: Sequence[Fault]) -> bool:
    """Return whether a row with these faults could be let in as delivered."""
    cells = Counter(f.column for f in faults)
    return all(f.value is not None and cells[f.column] == 1 for f in faults)


def admit(parsed: Parsed, decisions: Decisions, digest: Callable[[SheetRow], str]) -> Parsed:
    """Return the table with the released rows among the good ones.

    A released row whose key another good row has stays aside: which of them is right is another
    question.
    """
    if not decisions.verdicts or not parsed.aside_rows:
        return parsed
    role = parsed.table.role
    taken = Counter(r.key for r in (*parsed.rows, *parsed.aside_rows))
    admitted = []
    for row in parsed.aside_rows:
        faults = [f for f in parsed.set_aside if f.line == row.source.line]
        said = digest(row.source)
        if (
            taken[row.key] == 1
            and releasable(faults)
            and all(decisions.on(role, said, f) == RELEASED for f in faults)
        ):
            admitted.append(_as_delivered(row, faults))
    lines = {r.source.line for r in admitted}
    rows = sorted((*parsed.rows, *admitted), key=lambda r: r.source.line)
    aside = tuple(r for r in parsed.aside_rows if r.source.line not in lines)
    return replace(
        parsed,
        rows=tuple(rows),
        set_aside=tuple(f for f in parsed.set_aside if f.line not in lines),
        keys_aside=parsed.keys_aside - {r.key for r in admitted},
        aside_rows=aside,
    )


def _as_delivered(row: Row, faults: Sequence[Fault]) -> Row:
    values = {f.column: f.value for f in faults if row.values.get(f.column) is None}
    return replace(row, values={**row.values, **values})
