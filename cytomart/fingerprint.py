"""Has anything changed since the tables were built, or the published generation was made?"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from store import code
from store.build import open_build
from store.home import Home
from store.publish import Generation, current

#: Queries whose rows decide what is published; times and runs are left out on purpose.
_INPUTS = (
    "select study_id, role, file_sha256 from raw.files order by all",
    "select study_id, batch_id, content_hash from quality.batch_contents order by all",
    "select distinct study_id, gate, scope_id, content_hash, verdict from quality.gate_runs "
    "where gate = 'batch' order by all",
    "select study_id, batch_id, rule_id, content_hash from quality.acceptances order by all",
    "select study_id, role, file_sha256, source_line, state from quality.quarantine order by all",
    "select study_id, row_id, column_name, decision, reason from quality.quarantine_decisions "
    "order by all",
    "select distinct study_id, role, file_sha256, rule_id from quality.refusals order by all",
    "select * from quality.exclusions order by all",
    # What a publication froze by itself follows from the rest.
    "select study_id, reference_id, batch_ids from quality.frozen_references "
    "where not is_automatic order by all",
    "select study_id, analysis_name, variant_id, is_active from quality.reanalyses order by all",
)


def of(home: Home) -> str:
    """Return the SHA-256 of all that a generation is made from: data, verdicts and code."""
    digest = hashlib.sha256(code.in_force(code.OF_PUBLICATIONS).encode())
    con = open_build(home)
    try:
        for query in _INPUTS:
            for row in con.execute(query).fetchall():
                digest.update(json.dumps(row, default=str).encode())
            digest.update(b"\x00")
    finally:
        con.close()
    return digest.hexdigest()


def standing(home: Home, inputs: str) -> Generation | None:
    """Return the published generation if it was made from exactly these inputs."""
    generation = current(home)
    if generation is None or not home.published_path.exists():
        return None
    return generation if generation.note.get("inputs") == inputs else None


def mark_built(home: Home, inputs: str | None) -> None:
    """Note what the tables in the build file are made from; None while they are in the making."""
    path = _built_path(home)
    path.unlink(missing_ok=True)
    if inputs is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(inputs, encoding="ascii")


def is_built(home: Home, inputs: str) -> bool:
    """Return whether the tables in the build file are known to be made from these inputs."""
    path = _built_path(home)
    return path.exists() and path.read_text(encoding="ascii") == inputs


def copy_mark(home: Home, copy: Home) -> None:
    """Note of a copied build file what is noted of the original."""
    path = _built_path(home)
    mark_built(copy, path.read_text(encoding="ascii") if path.exists() else None)


def _built_path(home: Home) -> Path:
    return home.vault / "target" / "built_from"
