"""Named analyses: a whole analysis with another signal variant, beside the released one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from duckdb import DuckDBPyConnection

from contracts import failure, from_rows
from contracts.quality import REANALYSES
from cytomart.published_words import refuse_person
from store import build

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LATEST = """
    select variant_id, is_active, recorded_by, recorded_at from quality.reanalyses
    where study_id = ? and analysis_name = ? order by recorded_at desc limit 1
"""
_OFFERED = """
    select variant_id, is_primary_variant from marts.dim_variants
    where study_id = ? order by variant_id
"""
_DIFFERENCES = """
    select contrast_id, analyte_id, analyte_name, comparison, primary_log2fc, primary_p_adjusted,
        named_log2fc, named_p_adjusted
    from reporting.rpt_reanalyses where study_id = ? and analysis_name = ?
    order by contrast_id, analyte_name
"""


@dataclass(frozen=True)
class Wish:
    """A named analysis that is asked for; `variant_id` is empty where it is withdrawn."""

    study_id: str
    name: str
    variant_id: str
    note: str

    @property
    def is_active(self) -> bool:
        """Whether the analysis is wanted."""
        return bool(self.variant_id)


def check(con: DuckDBPyConnection, wish: Wish) -> Wish:
    """Return the wish with the variant that it is about.

    Raises
    ------
    CytomartError
        The name is no name or stands for another variant already, the variant is unknown or the
        primary one, the note names a person, or there is nothing to withdraw.
    """
    if not _NAME.fullmatch(wish.name):
        raise failure(f"the name is {wish.name!r}",
                      allowed="letters, digits, dot, dash, underscore; up to 64")  # fmt: skip
    refuse_person(con, wish.name, "name")
    refuse_person(con, wish.note, "note")
    latest = con.execute(_LATEST, [wish.study_id, wish.name]).fetchone()
    standing = latest[0] if latest is not None and latest[1] else ""
    if not wish.is_active:
        return _withdrawn(wish, standing)
    offered = dict(con.execute(_OFFERED, [wish.study_id]).fetchall())
    if wish.variant_id not in offered:
        raise failure(f"there is no signal variant {wish.variant_id!r}",
                      where=f"study {wish.study_id}",
                      allowed=", ".join(v for v, is_primary in offered.items() if not is_primary),
                      remedy="or define it in study.toml, [[variants]]")  # fmt: skip
    if offered[wish.variant_id]:
        raise failure(f"{wish.variant_id} is the primary variant: its analysis is the release",
                      allowed="another variant")  # fmt: skip
    if standing:
        raise failure(f"{wish.name} is an analysis with {standing} already",
                      where=f"study {wish.study_id}",
                      remedy="choose another name, or withdraw that one first")  # fmt: skip
    return wish


def record(con: DuckDBPyConnection, wish: Wish, user: str) -> None:
    """Write a wish that `check` let pass as the newest of its name."""
    latest = con.execute(_LATEST, [wish.study_id, wish.name]).fetchone()
    now = datetime.now(UTC)
    if latest is not None:
        # A clock that was set back must not make an older event the newest.
        now = max(now, latest[3] + timedelta(microseconds=1))
    row = {
        "study_id": wish.study_id, "analysis_name": wish.name,
        "variant_id": wish.variant_id or latest[0],
        "is_active": wish.is_active, "note": wish.note.strip(), "recorded_by": user,
        "recorded_at": now,
    }  # fmt: skip
    build.append(con, REANALYSES, from_rows([row], REANALYSES))


def differences(con: DuckDBPyConnection, wish: Wish) -> list[dict[str, Any]]:
    """Return every target of every contrast, primary beside named, from the built tables."""
    found = con.execute(_DIFFERENCES, [wish.study_id, wish.name])
    names = [c[0] for c in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def facts(wish: Wish) -> dict[str, Any]:
    """Return a wish as the ledger and machines read it."""
    return {"analysis_name": wish.name, "variant_id": wish.variant_id, "note": wish.note.strip(),
            "is_active": wish.is_active}  # fmt: skip


def _withdrawn(wish: Wish, standing: str) -> Wish:
    if not standing:
        raise failure(f"there is no analysis named {wish.name!r}", where=f"study {wish.study_id}",
                      remedy="reporting.rpt_reanalyses lists those there are")  # fmt: skip
    return wish
