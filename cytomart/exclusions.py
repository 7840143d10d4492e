"""Take a thing out of the numbers or let it in again: one more row each time, never a deletion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from duckdb import DuckDBPyConnection

from contracts import failure, from_rows
from contracts.quality import EXCLUSIONS
from cytomart.published_words import refuse_person
from cytomart.reason_codes import EXCLUDE, INCLUDE, codes
from cytomart.things import Thing, find
from store import build

_LATEST = """
    select is_excluded, reason_code, recorded_by, recorded_at from quality.exclusions
    where study_id = ? and scope = ? and scope_key = ? order by recorded_at desc limit 1
"""


@dataclass(frozen=True)
class Wish:
    """What a person asks for: `decision` is exclude or include."""

    decision: str
    scope: str
    ident: str
    reason_code: str
    note: str
    study_id: str = ""

    @property
    def is_excluded(self) -> bool:
        """Whether the thing is out once the wish is granted."""
        return self.decision == EXCLUDE


def check(con: DuckDBPyConnection, wish: Wish) -> Thing:
    """Return the thing that a wish is about.

    Raises
    ------
    CytomartError
        The id or the reason is unknown, the reason needs a note, the note names a person by
        the own id, the thing is excluded already, or it is not and should be included.
    """
    thing = find(con, wish.scope, wish.ident, wish.study_id)
    known = codes(wish.decision)
    if wish.reason_code not in known:
        raise failure(f"there is no reason {wish.reason_code!r}", allowed=", ".join(known))
    if known[wish.reason_code].is_note_required and not wish.note.strip():
        raise failure(
            f"reason {wish.reason_code} needs a note",
            allowed=known[wish.reason_code].meaning.rstrip("."),
            remedy='add --note "…"; it is published',
        )
    refuse_person(con, wish.note, "note")
    _refuse_repetition(con, wish, thing)
    return thing


def record(con: DuckDBPyConnection, wish: Wish, thing: Thing, user: str) -> None:
    """Write a decision that `check` let pass as the newest of its thing."""
    latest = con.execute(_LATEST, [thing.study_id, thing.scope, thing.key]).fetchone()
    now = datetime.now(UTC)
    if latest is not None:
        # A clock that was set back must not make an older decision the newest.
        now = max(now, latest[3] + timedelta(microseconds=1))
    row = {
        "study_id": thing.study_id, "scope": thing.scope, "scope_key": thing.key,
        "is_excluded": wish.is_excluded, "reason_code": wish.reason_code,
        "note": wish.note.strip(), "recorded_by": user, "recorded_at": now,
    }  # fmt: skip
    build.append(con, EXCLUSIONS, from_rows([row], EXCLUSIONS))


def facts(wish: Wish, thing: Thing) -> dict[str, str]:
    """Return a decision as the ledger and machines read it; the thing by its published key."""
    return {
        "scope": thing.scope, "scope_key": thing.key, "reason_code": wish.reason_code,
        "note": wish.note.strip(),
    }  # fmt: skip


def _refuse_repetition(con: DuckDBPyConnection, wish: Wish, thing: Thing) -> None:
    latest = con.execute(_LATEST, [thing.study_id, thing.scope, thing.key]).fetchone()
    is_out = latest is not None and latest[0]
    if is_out == wish.is_excluded:
        what = (
            f"{thing} is excluded already: {latest[1]}, by {latest[2]}, {latest[3]:%Y-%m-%d}"
            if is_out and latest is not None
            else f"{thing} is not excluded"
        )
        raise failure(
            what,
            where=f"study {thing.study_id}",
            allowed=f"{EXCLUDE} what is in, {INCLUDE} what is out",
            remedy="reporting.rpt_exclusions lists what is excluded now",
        )
