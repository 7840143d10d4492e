"""What happened to a warehouse, one line per event, each hashed with the one before.

A line is canonical JSON (sorted keys, no spaces, ASCII), so that every changed bit shows. The
order is the sequence number's, never the clock's. The head file repeats number, hash and length
of the last line, so that a cut-off tail shows; at most one line may stand beyond it (a process
that died between the two writes).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from contracts import STANDING, CytomartError, failure, from_rows
from contracts.quality import LEDGER
from store.build import append as append_rows
from store.durable import PRIVATE_FILE, fsync, remove_leftovers, replace_file
from store.finding import WARNING, Finding
from store.home import Home

CLOCK_SET_BACK = "clock_set_back_s"
_GENESIS = "0" * 64
_IDENTIFYING = {c.name for r in STANDING for c in r.columns if c.identifying}


@dataclass(frozen=True)
class Entry:
    """One event of the ledger."""

    sequence_number: int
    event: str
    study_id: str | None
    details: dict[str, Any]
    recorded_at: str
    line_hash: str

    @property
    def is_clock_set_back(self) -> bool:
        """Return whether the machine's clock was behind that of the event before."""
        return CLOCK_SET_BACK in self.details


@dataclass(frozen=True)
class Head:
    """The last line of the ledger, as the head file repeats it."""

    sequence_number: int
    line_hash: str
    n_bytes: int
    recorded_at: str


_NO_HEAD = Head(0, _GENESIS, 0, "")


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
        head = _mended_head(home)
        now = _now()
        if head.recorded_at and now.isoformat() < head.recorded_at:
            behind = datetime.fromisoformat(head.recorded_at) - now
            facts[CLOCK_SET_BACK] = round(behind.total_seconds(), 6)
        entry = _sealed(head, event, study_id, facts, now)
        _write(home, head, entry)
    return entry


def entries(home: Home) -> list[Entry]:
    """Return every event in order.

    Raises
    ------
    CytomartError
        A line cannot be read or does not follow from the one before.
    """
    found, findings = read_chain(home)
    damage = [f for f in findings if f.severity != WARNING]
    if damage:
        raise _damaged(damage[0])
    return found


def check(home: Home) -> list[Finding]:
    """Return what is wrong with the ledger: changed, missing or reordered lines, a cut tail."""
    return read_chain(home)[1]


def read_chain(home: Home) -> tuple[list[Entry], list[Finding]]:
    """Return the events up to the first fault, and the findings."""
    found: list[Entry] = []
    findings: list[Finding] = []
    n_bytes, before = 0, _GENESIS
    for number, line in enumerate(_lines(home), start=1):
        where = f"vault/ledger.jsonl line {number}"
        entry = _parsed(line, before, number)
        if entry is None:
            findings.append(
                Finding("ledger", where, "the line is not the one that was written, or a line "
                        "before it is missing")
            )  # fmt: skip
            break
        if entry.is_clock_set_back:
            findings.append(
                Finding("ledger", where, "the machine's clock had been set back by "
                        f"{entry.details[CLOCK_SET_BACK]} s; the order of events holds", WARNING)
            )  # fmt: skip
        found.append(entry)
        before = entry.line_hash
        n_bytes += len(line) + 1
        if (head := _read_head(home)) and head.sequence_number == number:
            _compare_head(head, entry, n_bytes, findings)
    findings.extend(_tail_findings(home, found, findings))
    return found, findings


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
            raise _damaged(
                Finding("ledger", f"quality.ledger event {number}",
                        "the database holds an event that the ledger does not")
            )  # fmt: skip
    missing = known[len(present) :]
    rows = [
        {
            "sequence_number": e.sequence_number,
            "event": e.event,
            "study_id": e.study_id,
            "details_json": _canonical(e.details),
            "recorded_at": datetime.fromisoformat(e.recorded_at),
            "line_hash": e.line_hash,
        }
        for e in missing
    ]
    return append_rows(con, LEDGER, from_rows(rows, LEDGER)) if rows else 0


def _now() -> datetime:
    return datetime.now(UTC)


def _canonical(content: Mapping[str, Any]) -> str:
    try:
        return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise failure(f"an event's details are not plain facts: {error}", exit_code=4) from error


def _sealed(
    head: Head, event: str, study_id: str | None, facts: dict[str, Any], now: datetime
) -> Entry:
    body = {
        "sequence_number": head.sequence_number + 1,
        "event": event,
        "study_id": study_id,
        "details": json.loads(_canonical(facts)),
        "recorded_at": now.isoformat(timespec="microseconds"),
    }
    return Entry(**body, line_hash=_chained(head.line_hash, body))


def _chained(before: str, body: Mapping[str, Any]) -> str:
    return hashlib.sha256((before + _canonical(body)).encode()).hexdigest()


def _parsed(line: bytes, before: str, number: int) -> Entry | None:
    """Return the event of a line, or None where a single byte is not as it was written."""
    try:
        content = json.loads(line)
        entry = Entry(**content)
        if _canonical(content).encode() != line or entry.sequence_number != number:
            return None
    except (ValueError, TypeError, CytomartError):
        return None
    body = {k: v for k, v in content.items() if k != "line_hash"}
    return entry if entry.line_hash == _chained(before, body) else None


def _lines(home: Home) -> Iterator[bytes]:
    """Yield the lines that a newline ends; what follows the last one is a torn write."""
    if home.ledger_path.exists():
        *whole, _ = home.ledger_path.read_bytes().split(b"\n")
        yield from whole


def _read_head(home: Home) -> Head | None:
    try:
        return Head(**json.loads(home.ledger_head_path.read_text(encoding="ascii")))
    except FileNotFoundError:
        return _NO_HEAD
    except (ValueError, TypeError):
        return None


def _compare_head(head: Head, entry: Entry, n_bytes: int, findings: list[Finding]) -> None:
    if head != Head(entry.sequence_number, entry.line_hash, n_bytes, entry.recorded_at):
        findings.append(
            Finding("ledger", "vault/ledger.head", "does not agree with line "
                    f"{entry.sequence_number} of the ledger")
        )  # fmt: skip


def _tail_findings(home: Home, found: list[Entry], earlier: list[Finding]) -> list[Finding]:
    head = _read_head(home)
    if head is None:
        return [Finding("ledger", "vault/ledger.head", "cannot be read")]
    if any(f.severity != WARNING for f in earlier):
        return []
    n_bytes = home.ledger_path.stat().st_size if home.ledger_path.exists() else 0
    if len(found) < head.sequence_number or n_bytes < head.n_bytes:
        return [
            Finding("ledger", f"vault/ledger.jsonl line {len(found) + 1}",
                    f"the tail is cut off: {head.sequence_number} events were written, "
                    f"{len(found)} are left")
        ]  # fmt: skip
    if len(found) > head.sequence_number + 1:
        text = f"names event {head.sequence_number} as the last of {len(found)}"
        return [Finding("ledger", "vault/ledger.head", text)]
    if n_bytes > sum(len(line) + 1 for line in _lines(home)):
        text = "a process died while it wrote the last line; the next event drops the rest"
        return [Finding("ledger", f"vault/ledger.jsonl line {len(found) + 1}", text, WARNING)]
    return []


def _mended_head(home: Home) -> Head:
    """Return the true head; take in one whole line beyond it, drop a torn write."""
    head = _read_head(home)
    size = home.ledger_path.stat().st_size if home.ledger_path.exists() else 0
    if head is not None and head.n_bytes == size:
        return head
    found, findings = read_chain(home)
    damage = [f for f in findings if f.severity != WARNING]
    if damage or head is None:
        raise _damaged(damage[0])
    last = found[-1] if found else None
    whole = sum(len(line) + 1 for line in _lines(home))
    if whole != size:
        os.truncate(home.ledger_path, whole)
    if last is None:
        return _NO_HEAD
    return Head(last.sequence_number, last.line_hash, whole, last.recorded_at)


def _write(home: Home, head: Head, entry: Entry) -> None:
    line = _canonical(asdict(entry)).encode() + b"\n"
    descriptor = os.open(
        home.ledger_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE
    )
    with os.fdopen(descriptor, "wb") as out:
        os.fchmod(out.fileno(), PRIVATE_FILE)
        out.write(line)
        out.flush()
        fsync(out.fileno())
    written = Head(
        entry.sequence_number, entry.line_hash, head.n_bytes + len(line), entry.recorded_at
    )
    replace_file(home.ledger_head_path, _canonical(asdict(written)).encode())


@contextmanager
def _ledger_lock(home: Home) -> Iterator[None]:
    """Serialise appends: reading commands write events too, without being writers."""
    home.ensure()
    path = home.vault / "ledger.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        remove_leftovers(home.vault, home.ledger_head_path.name)
        yield
    finally:
        os.close(descriptor)


def _refuse_identifying(facts: Any) -> None:
    if isinstance(facts, Mapping):
        if named := sorted(_IDENTIFYING & set(facts)):
            raise failure(
                f"the ledger was given identifying {named}",
                allowed="counts, hashes and reasons",
                exit_code=4,
            )
        for value in facts.values():
            _refuse_identifying(value)
    elif isinstance(facts, list | tuple):
        for value in facts:
            _refuse_identifying(value)


def _damaged(finding: Finding) -> CytomartError:
    return failure(
        finding.message,
        where=finding.where,
        remedy="run `cytomart verify` and restore the vault from a backup; nothing was written",
        exit_code=4,
    )
