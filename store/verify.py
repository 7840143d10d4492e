"""Is every byte of a home still what was written? Reads everything, changes nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from contracts import CytomartError, failure
from store import kept, pseudonym
from store.engine import OFFLINE
from store.exports import CHECKSUMS, file_sha256
from store.finding import WARNING, Finding
from store.generation import (
    GENERATION_FILE,
    PUBLISH_EVENT,
    Generation,
    current,
    numbered_dirs,
    read_generation,
)
from store.home import Home
from store.ledger_chain import Entry, read_chain
from store.scan import scan_apart
from store.verify_archive import check_archive


def verify(home: Home) -> list[Finding]:
    """Return everything that is not as it was written; an empty list where all is well.

    Checked are the ledger's chain and tail, the pseudonyms' key, each original in the archive,
    the pointer against the ledger, the published file's hash, every value in it, its row counts
    and its copy of the ledger, and the exports' checksums.

    Raises
    ------
    CytomartError
        The vault may not be read.
    """
    if home.root.exists() and not os.access(home.vault, os.R_OK | os.X_OK):
        raise failure(
            "the vault cannot be read",
            where=str(home.vault),
            allowed="its owner verifies a home",
            remedy="compare warehouse.duckdb with the SHA-256 in published/current.json instead",
        )
    chain = read_chain(home)
    events, findings = list(chain.entries), list(chain.findings)
    findings += _check_key(home, events)
    generation, faults = _check_pointer(home, events)
    findings += faults
    if generation is not None:
        findings += _check_file(home, generation)
        findings += _check_witness(home, events)
    loaded = {r[2] for r in _query(home.published_path, kept.FILES_QUERY) or ()}
    findings += check_archive(home, events, loaded)
    for number in numbered_dirs(home) if home.published_dir.exists() else ():
        findings += _check_exports(home, number, events)
    return findings


def _check_key(home: Home, events: list[Entry]) -> list[Finding]:
    prints = [e.details["key_fingerprint"] for e in events if e.event == pseudonym.KEY_EVENT]
    if not prints:
        return []
    try:
        key = bytes.fromhex(home.key_path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return [Finding("key", "vault/key", "is missing or cannot be read")]
    if pseudonym.fingerprint(key) != prints[-1]:
        return [Finding("key", "vault/key", "is not the key that the pseudonyms were made with")]
    return []


def _check_pointer(home: Home, events: list[Entry]) -> tuple[Generation | None, list[Finding]]:
    where = "published/current.json"
    try:
        generation = current(home)
    except CytomartError:
        return None, [Finding("pointer", where, "is damaged")]
    written = [e for e in events if e.event == PUBLISH_EVENT]
    last = written[-1] if written else None
    if generation is None:
        if last or home.published_path.exists():
            return None, [Finding("pointer", where, "is missing")]
        return None, []
    facts = {k: v for k, v in last.details.items() if k in generation.facts()} if last else {}
    if facts == generation.facts():
        return generation, []
    if generation.number > facts.get("number", 0):
        text = "generation stands, its ledger line does not yet; the next publish writes it"
        return generation, [Finding("pointer", where, text, WARNING)]
    return generation, [Finding("pointer", where, "does not agree with the ledger")]


def _check_file(home: Home, generation: Generation) -> list[Finding]:
    path, name = home.published_path, home.published_path.name
    if not path.exists():
        return [Finding("published", name, "is missing")]
    findings = []
    if path.with_name(name + ".wal").exists():
        findings.append(
            Finding("published", name + ".wal", "somebody wrote beside the published file")
        )
    if stat.S_IMODE(path.stat().st_mode) & 0o222:
        findings.append(Finding("published", name, "can be written (its mode should be 0444)"))
    sha256 = file_sha256(path)
    if sha256 != generation.sha256:
        if _is_next(home, generation, sha256):
            text = "a publish was interrupted after its file took its place; the next completes it"
            return [*findings, Finding("published", name, text, WARNING)]
        findings.append(
            Finding("published", name, f"its bytes are not those of generation {generation.number}")
        )
    return [*findings, *_check_rows(path, generation)]


def _is_next(home: Home, generation: Generation, sha256: str) -> bool:
    folder = numbered_dirs(home).get(generation.number + 1)
    try:
        following = read_generation(home, folder / GENERATION_FILE) if folder else None
    except CytomartError:
        return False
    return following is not None and following.sha256 == sha256


def _check_rows(path: Path, generation: Generation) -> Iterator[Finding]:
    """Read every value; name the relation that cannot be read or has another number of rows."""
    found = {s.relation: s for s in scan_apart(path)}
    if "" in found:
        yield Finding("published", path.name, f"cannot be read: {found.pop('').fault}")
        return
    for relation in sorted(found.keys() | generation.relations):
        where = f"{path.name} {relation}"
        wanted = generation.relations.get(relation)
        if relation not in found:
            yield Finding("published", where, "is missing")
        elif found[relation].fault:
            yield Finding("published", where, f"cannot be read: {found[relation].fault}")
        elif found[relation].n_rows != wanted:
            text = f"has {found[relation].n_rows} rows, published were {wanted or 0}"
            yield Finding("published", where, text)


def _check_witness(home: Home, events: list[Entry]) -> list[Finding]:
    """Compare the ledger with its published copy, and what it says was loaded with raw.files."""
    query = "select sequence_number, line_hash from quality.ledger order by 1"
    rows = _query(home.published_path, query) or []
    for number, line_hash in rows:
        if number > len(events):
            text = f"the tail is cut off: event {number} was published and is gone"
            return [Finding("ledger", f"vault/ledger.jsonl line {number}", text)]
        if events[number - 1].line_hash != line_hash:
            text = "differs from the published copy of the ledger"
            return [Finding("ledger", f"vault/ledger.jsonl line {number}", text)]
    files = _query(home.published_path, kept.FILES_QUERY)
    gone = kept.lost(events[: len(rows)], files) if rows and files is not None else {}
    return [
        Finding("published", "warehouse.duckdb raw.files",
                f"lacks the {role} file {sha256} that event {number} of the ledger loaded")
        for (_, role, sha256), number in gone.items()
    ]  # fmt: skip


def _check_exports(home: Home, number: int, events: list[Entry]) -> Iterator[Finding]:
    folder = home.published_dir / str(number)
    where = f"published/{number}"
    sums = folder / CHECKSUMS
    written = [
        e.details["exports_sha256"]
        for e in events
        if e.event == PUBLISH_EVENT and e.details["number"] == number
    ]
    if not sums.exists() or (written and file_sha256(sums) != written[-1]):
        yield Finding("exports", f"{where}/{CHECKSUMS}", "is missing or was changed")
        return
    named = set()
    for line in sums.read_text(encoding="utf-8").splitlines():
        sha256, _, name = line.partition("  ")
        named.add(name)
        path = folder / name
        if not path.is_file():
            yield Finding("exports", f"{where}/{name}", "is missing")
        elif file_sha256(path) != sha256:
            yield Finding("exports", f"{where}/{name}", "was changed")
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p != sums):
        if (name := path.relative_to(folder).as_posix()) not in named:
            yield Finding("exports", f"{where}/{name}", "was not exported by cytomart")


def _query(path: Path, sql: str) -> list[tuple[Any, ...]] | None:
    """Return rows of the published file, or None where it cannot be read (reported elsewhere)."""
    if not path.exists():
        return None
    try:
        con = duckdb.connect(str(path), read_only=True, config=OFFLINE)
        try:
            return list(con.execute(sql).fetchall())
        finally:
            con.close()
    except duckdb.Error:
        return None
