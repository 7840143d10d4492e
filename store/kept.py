"""Acknowledged means kept: what the ledger says was loaded must be in the database.

A database whose log was cut off opens without a word, with its last commits missing. The ledger,
which stands outside of it, remembers them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from store.ledger_chain import Entry

LOAD_EVENT = "load"
#: A ledger event of this name lists originals that a withdrawal removed, old hash → new hash.
REDACTED_EVENT = "redacted"

#: A ledger event of this name lists packs that were put into the archive.
PACKED_EVENT = "packed"

#: Study, role and SHA-256 of a file; `raw.files` has one row for each.
Loaded = tuple[str, str, str]

#: Roles of configuration: only the versions in force have a row in `raw.files`.
CURRENT_ONLY = ("study", "plan", "layout", "catalog", "mapping")

FILES_QUERY = "select study_id, role, file_sha256 from raw.files"


def acknowledged(events: Iterable[Entry]) -> dict[Loaded, int]:
    """Return every file that the ledger says was loaded, with the event that says so.

    A slide that was scanned anew stands for the scan it superseded, and a configuration file for
    its earlier versions; a slide that was taken away stands no more.
    """
    said: dict[Loaded, int] = {}
    for event in events:
        if event.event != LOAD_EVENT or event.study_id is None:
            continue
        files = event.details.get("files", ())
        for old in _replaced(said, event.study_id, files):
            del said[old]
        for file in files:
            if file.get("status") == "loaded":
                said[event.study_id, file["role"], file["sha256"]] = event.sequence_number
    return said


def _replaced(
    said: Iterable[Loaded], study_id: str, files: Sequence[dict[str, Any]]
) -> set[Loaded]:
    """Return what a load put out of force: earlier configurations, superseded or removed scans."""
    superseded = {f.get("superseded_sha256") for f in files}
    superseded |= {f["sha256"] for f in files if f.get("status") == "removed"}
    in_force: dict[str, set[str]] = {}
    for file in files:
        if file["role"] in CURRENT_ONLY and file.get("status") in ("loaded", "unchanged"):
            in_force.setdefault(file["role"], set()).add(file["sha256"])
    return {
        (study, role, sha256)
        for study, role, sha256 in said
        if study == study_id
        and (sha256 in superseded or sha256 not in in_force.get(role, {sha256}))
    }


def redacted(events: Iterable[Entry]) -> set[str]:
    """Return the hashes of originals that were removed on purpose."""
    return {old for e in events if e.event == REDACTED_EVENT for old in e.details["files"]}


def packed(events: Iterable[Entry]) -> dict[str, int]:
    """Return the packs that the archive must have, with the number of originals in each."""
    return {p["pack"]: p["n_originals"] for e in events if e.event == PACKED_EVENT
            for p in e.details["packs"]}  # fmt: skip


def lost(events: Iterable[Entry], present: Iterable[Loaded]) -> dict[Loaded, int]:
    """Return the files that were acknowledged and are in the database no more."""
    events = list(events)
    gone = redacted(events)
    there = set(present)
    return {
        file: number
        for file, number in acknowledged(events).items()
        if file not in there and file[2] not in gone
    }
