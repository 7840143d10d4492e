"""What happened to a warehouse, one line per event, each hashed with the one before.

The order is the sequence number's, never the clock's. Lines are added and never taken away.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from contracts import STANDING, CytomartError, failure, from_rows
from contracts.quality import LEDGER
from store.build import append as append_rows
from store.durable import PRIVATE_FILE, fsync, remove_leftovers, replace_file
from store.finding import Finding
from store.home import Home
from store.ledger_chain import (
    CLOCK_SET_BACK,
    Entry,
    Head,
    canonical,
    following,
    read_chain,
    read_head,
    sealed,
)

__all__ = ["Entry", "append", "check", "entries", "sync"]

_NESTED = (dict, list, tuple)
_IDENTIFYING = {c.name for r in STANDING for c in r.columns if c.identifying}


def append(
    home: Home, event: str, study_id: str | None = None, details: Mapping[str, Any] | None = None
) -> Entry:
    """Add an event and return it once it is on the disk.

    Parameters
    ----------
    details : mapping
        Counts, hashes and words; never a patient's value. Names of identifying columns are
        refused as keys.

    Raises
    ------
    CytomartError
        The ledger is damaged, or `details` holds what does not belong into it.
    """
    facts = dict(details or {})
    _refuse_identifying(facts)
    with _ledger_lock(home):
        head = _true_head(home)
        now = _now()
        if head.recorded_at and now.isoformat(timespec="microseconds") < head.recorded_at:
            behind = datetime.fromisoformat(head.recorded_at) - now
            facts[CLOCK_SET_BACK] = round(behind.total_seconds(), 6)
        entry, line = sealed(head, event, study_id, facts, now)
        _write(home, line)
        replace_file(home.ledger_head_path, following(head, entry, line).to_bytes())
    return entry


def entries(home: Home) -> list[Entry]:
    """Return every event in order.

    Raises
    ------
    CytomartError
        A line cannot be read or does not follow from the one before, or the tail is cut off.
    """
    chain = read_chain(home)
    if chain.damage:
        raise _damaged(chain.damage[0])
    return list(chain.entries)


def check(home: Home) -> list[Finding]:
    """Return what is wrong with the ledger: changed, missing or reordered lines, a cut tail."""
    return list(read_chain(home).findings)


def sync(con: DuckDBPyConnection, home: Home) -> int:
    """Copy events that quality.ledger lacks into it; return how many.

    Raises
    ------
    CytomartError
        The ledger is damaged, or the database tells another story.
    """
    present = con.execute(
        "select sequence_number, line_hash from quality.ledger order by sequence_number"
    ).fetchall()
    known = entries(home)
    for number, line_hash in present:
        if number > len(known) or known[number - 1].line_hash != line_hash:
            text = "the database holds an event that the ledger does not"
            raise _damaged(Finding("ledger", f"quality.ledger event {number}", text))
    rows = [
        {
            "sequence_number": e.sequence_number,
            "event": e.event,
            "study_id": e.study_id,
            "details_json": canonical(e.details),
            "recorded_at": datetime.fromisoformat(e.recorded_at),
            "line_hash": e.line_hash,
        }
        for e in known[len(present) :]
    ]
    return append_rows(con, LEDGER, from_rows(rows, LEDGER)) if rows else 0


def _now() -> datetime:
    return datetime.now(UTC)


def _true_head(home: Home) -> Head:
    """Return the head; take in one whole line beyond it, drop a torn write."""
    head = read_head(home)
    size = home.ledger_path.stat().st_size if home.ledger_path.exists() else 0
    if head is not None and head.n_bytes == size and _ends_with(home, head):
        return head
    chain = read_chain(home)
    if chain.damage:
        raise _damaged(chain.damage[0])
    if chain.head.n_bytes != size:
        os.truncate(home.ledger_path, chain.head.n_bytes)
    return chain.head


def _ends_with(home: Home, head: Head) -> bool:
    """Return whether the file's last bytes hold the head's hash: enough to go on from it."""
    if head.n_bytes == 0:
        return True
    with home.ledger_path.open("rb") as source:
        source.seek(max(0, head.n_bytes - 65_536))
        last = source.read().rstrip(b"\n").rpartition(b"\n")[2]
    # Keys are sorted, and `line_hash` comes after `details`: long details do no harm.
    return f'"line_hash":"{head.line_hash}"'.encode() in last


def _write(home: Home, line: bytes) -> None:
    descriptor = os.open(
        home.ledger_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE
    )
    with os.fdopen(descriptor, "wb") as out:
        os.fchmod(out.fileno(), PRIVATE_FILE)
        out.write(line)
        out.flush()
        fsync(out.fileno())


@contextmanager
def _ledger_lock(home: Home) -> Iterator[None]:
    """Serialise appends: reading commands may write events too, without being writers."""
    home.ensure()
    descriptor = os.open(home.vault / "ledger.lock", os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        remove_leftovers(home.vault, home.ledger_head_path.name)
        yield
    finally:
        os.close(descriptor)


def _refuse_identifying(facts: dict[str, Any] | list[Any] | tuple[Any, ...]) -> None:
    if isinstance(facts, dict):
        if not _IDENTIFYING.isdisjoint(facts):
            raise failure(
                f"the ledger was given identifying {sorted(_IDENTIFYING & set(facts))}",
                allowed="counts, hashes and reasons",
                exit_code=4,
            )
        facts = list(facts.values())
    for value in facts:
        if isinstance(value, _NESTED):
            _refuse_identifying(value)


def _damaged(finding: Finding) -> CytomartError:
    return failure(
        finding.message,
        where=finding.where,
        remedy="run `cytomart verify` and restore the vault from a backup; nothing was written",
        exit_code=4,
    )
