"""How the ledger's lines hang together: form, hash, head, and what is wrong with them.

A line is canonical JSON (sorted keys, no spaces, ASCII), so that every changed bit shows. The
head file repeats number, hash and length of the last line, so that a cut-off tail shows; at most
one line may stand beyond it (a process that died between the two writes).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from contracts import CytomartError, failure
from store.finding import WARNING, Finding
from store.home import Home

CLOCK_SET_BACK = "clock_set_back_s"
_GENESIS = "0" * 64
_FILE, _HEAD = "vault/ledger.jsonl", "vault/ledger.head"


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

    def to_line(self) -> bytes:
        """Return it as the file holds it."""
        return _text(vars(self), canonical(self.details)).encode() + b"\n"


@dataclass(frozen=True)
class Head:
    """The last line of the ledger, as the head file repeats it."""

    sequence_number: int
    line_hash: str
    n_bytes: int
    recorded_at: str

    def to_bytes(self) -> bytes:
        """Return it as the head file holds it."""
        return canonical(asdict(self)).encode()


NO_HEAD = Head(0, _GENESIS, 0, "")


@dataclass(frozen=True)
class Chain:
    """The ledger as it was found.

    Parameters
    ----------
    entries : tuple of Entry
        Events up to the first fault.
    findings : tuple of Finding
    head : Head
        What the head file should say of those entries.
    """

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    head: Head

    @property
    def damage(self) -> list[Finding]:
        """Return the findings that are more than a warning."""
        return [f for f in self.findings if f.severity != WARNING]


def canonical(content: Mapping[str, Any]) -> str:
    """Return the one text of some plain facts.

    Raises
    ------
    CytomartError
        They are not plain: JSON cannot hold them.
    """
    try:
        return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise failure(f"an event's details are not plain facts: {error}", exit_code=4) from error


def sealed(
    head: Head, event: str, study_id: str | None, facts: dict[str, Any], now: datetime
) -> tuple[Entry, bytes]:
    """Return the event that follows a head, with its hash, and its line in the file."""
    details = canonical(facts)
    body: dict[str, Any] = {
        "sequence_number": head.sequence_number + 1,
        "event": event,
        "study_id": study_id,
        "recorded_at": now.isoformat(timespec="microseconds"),
    }
    line_hash = _chained(head.line_hash, _text(body, details))
    line = _text({**body, "line_hash": line_hash}, details).encode() + b"\n"
    return Entry(**body, details=facts, line_hash=line_hash), line


def following(head: Head, entry: Entry, line: bytes) -> Head:
    """Return the head once an entry is written behind it."""
    n_bytes = head.n_bytes + len(line)
    return Head(entry.sequence_number, entry.line_hash, n_bytes, entry.recorded_at)


def read_head(home: Home) -> Head | None:
    """Return what the head file says; None where it cannot be read."""
    try:
        return Head(**json.loads(home.ledger_head_path.read_text(encoding="ascii")))
    except FileNotFoundError:
        return NO_HEAD
    except (ValueError, TypeError):
        return None


def read_chain(home: Home) -> Chain:
    """Read and check the whole ledger."""
    content = home.ledger_path.read_bytes() if home.ledger_path.exists() else b""
    *lines, torn = content.split(b"\n")
    written = read_head(home)
    entries: list[Entry] = []
    findings: list[Finding] = []
    head = NO_HEAD
    for line in lines:
        number = head.sequence_number + 1
        entry = _parsed(line, head)
        if entry is None:
            text = "the line is not the one that was written, or a line before it is missing"
            findings.append(Finding("ledger", f"{_FILE} line {number}", text))
            break
        if entry.is_clock_set_back:
            text = (
                "the machine's clock had been set back by "
                f"{entry.details[CLOCK_SET_BACK]} s; the order of events holds"
            )
            findings.append(Finding("ledger", f"{_FILE} line {number}", text, WARNING))
        entries.append(entry)
        head = following(head, entry, line + b"\n")
        if written is not None and written.sequence_number == number and written != head:
            text = f"does not agree with line {number} of the ledger"
            findings.append(Finding("ledger", _HEAD, text))
    whole = Chain(tuple(entries), tuple(findings), head)
    tail = _tail_finding(whole, written, torn)
    return Chain(whole.entries, (*findings, *tail), head)


def _tail_finding(chain: Chain, written: Head | None, torn: bytes) -> list[Finding]:
    """Return what is wrong behind the last good line."""
    next_line = f"{_FILE} line {chain.head.sequence_number + 1}"
    if written is None:
        return [Finding("ledger", _HEAD, "cannot be read")]
    if chain.damage:
        return []
    if written.sequence_number > chain.head.sequence_number:
        text = (
            f"the tail is cut off: {written.sequence_number} events were written, "
            f"{chain.head.sequence_number} are left"
        )
        return [Finding("ledger", next_line, text)]
    if chain.head.sequence_number > written.sequence_number + 1:
        text = f"names event {written.sequence_number} as the last of {len(chain.entries)}"
        return [Finding("ledger", _HEAD, text)]
    if torn:
        text = "a process died while it wrote this line; the next event takes its place"
        return [Finding("ledger", next_line, text, WARNING)]
    return []


def _parsed(line: bytes, before: Head) -> Entry | None:
    """Return the event of a line, or None where a single byte is not as it was written."""
    try:
        content = json.loads(line)
        entry = Entry(**content)
        details = canonical(entry.details)
        if _text(content, details).encode() != line:
            return None
    except (ValueError, TypeError, CytomartError):
        return None
    body = {k: v for k, v in content.items() if k != "line_hash"}
    is_next = entry.sequence_number == before.sequence_number + 1
    is_whole = entry.line_hash == _chained(before.line_hash, _text(body, details))
    return entry if is_next and is_whole else None


def _text(event: Mapping[str, Any], details: str) -> str:
    """Return the canonical text of an event around that of its details.

    These may be thousands of files: they are written once. Of the sorted keys theirs is the first.
    """
    rest = canonical({k: v for k, v in event.items() if k != "details"})
    return f'{{"details":{details},{rest[1:]}'


def _chained(before: str, text: str) -> str:
    return hashlib.sha256((before + text).encode()).hexdigest()
