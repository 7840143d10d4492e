"""What arrays are normalised to: frozen with the first publication, changed only by a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from contracts import failure, from_rows
from contracts.quality import FROZEN_REFERENCE_VALUES, FROZEN_REFERENCES
from cytomart.published_words import refuse_person
from store import build, ledger
from store.home import Home

FIRST = "R1"
_NAMED = "named in study.toml"
_EARLIEST = "first released batch"

_DECISIONS = """
    select reference_id, batch_ids, reason, recorded_by, recorded_at
    from quality.frozen_references where study_id = ? order by recorded_at, reference_id
"""
_COMPLETE = """
    select r.study_id, string_agg(r.batch_id, ', ' order by r.batch_id),
        any_value(s.normalisation_reference) <> ''
    from intermediate.int_reference_batches as r
    inner join raw.studies as s using (study_id)
    where r.reference_id = 'R1'
        and r.study_id not in (select study_id from quality.frozen_references)
    group by r.study_id order by r.study_id
"""
_UNRECORDED = """
    select c.study_id, c.reference_id, c.background_method, c.replicate_rule,
        c.normalisation_method, c.quantile_rank, c.reference_value, c.reference_value_unit,
        c.n_reference_arrays
    from intermediate.int_references_computed as c
    inner join (
        select study_id, arg_max(reference_id, (recorded_at, reference_id)) as reference_id,
            string_split(arg_max(batch_ids, (recorded_at, reference_id)), ', ') as batches
        from quality.frozen_references group by study_id
    ) as d using (study_id, reference_id)
    anti join quality.frozen_reference_values as f
        using (study_id, reference_id, background_method, replicate_rule, normalisation_method)
    where len(d.batches) = (
        select count(*) from intermediate.int_batches_released as b
        where b.is_released and b.study_id = d.study_id and list_contains(d.batches, b.batch_id)
    )
    order by all
"""
_VALUES = """
    select background_method, replicate_rule, normalisation_method,
        count(*) as n_values, min(reference_value) as lowest, max(reference_value) as highest,
        any_value(reference_value_unit) as unit, max(n_reference_arrays) as n_arrays
    from quality.frozen_reference_values where study_id = ? and reference_id = ?
    group by all order by all
"""
_RELEASED = """
    select batch_id from intermediate.int_batches_released
    where study_id = ? and is_released order by 1
"""
_STUDIES = "select study_id, normalisation_reference from raw.studies order by 1"


@dataclass(frozen=True)
class Decision:
    """One reference of a study; the last one is in force."""

    study_id: str
    reference_id: str
    batches: tuple[str, ...]
    reason: str
    recorded_by: str
    recorded_at: datetime


def decisions(con: DuckDBPyConnection, study_id: str) -> list[Decision]:
    """Return the references of a study in the order in which they were frozen."""
    return [
        Decision(study_id, row[0], parts(row[1]), *row[2:])
        for row in con.execute(_DECISIONS, [study_id]).fetchall()
    ]


def values(con: DuckDBPyConnection, decision: Decision) -> list[dict[str, Any]]:
    """Return the frozen values of a reference, the mean quantiles of a variant as one row."""
    found = con.execute(_VALUES, [decision.study_id, decision.reference_id])
    names = [c[0] for c in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def studies(con: DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """Return every study with the reference batches that its study.toml names."""
    return {s: parts(named) for s, named in con.execute(_STUDIES).fetchall()}


def decide(
    con: DuckDBPyConnection, study_id: str, batches: tuple[str, ...], reason: str, user: str
) -> Decision:
    """Write a new reference; its values are frozen when they are computed and published.

    Raises
    ------
    CytomartError
        A batch is not released, none is named, or the reason is empty or names a person.
    """
    batches = tuple(dict.fromkeys(batches))
    released = [row[0] for row in con.execute(_RELEASED, [study_id]).fetchall()]
    unknown = [b for b in batches if b not in released]
    if unknown or not batches:
        given = f"there is no released batch {unknown[0]!r}" if unknown else "no batch is named"
        raise failure(given, where=f"study {study_id}", allowed=", ".join(released),
                      remedy="name one or more with --batch")  # fmt: skip
    if not reason.strip():
        raise failure("the reason is empty", allowed="a few words; they are published")
    refuse_person(con, reason, "reason")
    number = len(decisions(con, study_id)) + 1
    return _write(con, study_id, f"R{number}", batches, reason.strip(), user, is_automatic=False)


def record(con: DuckDBPyConnection, home: Home, user: str) -> list[Decision]:
    """Freeze what the built tables were normalised to; return the references that are new.

    Values that were computed under the reference in force and are not frozen yet are frozen, so
    that no later exclusion moves them; not while one of its batches is held.
    """
    new = [
        _write(con, study_id, FIRST, parts(batches), _NAMED if is_named else _EARLIEST, user,
               is_automatic=True)
        for study_id, batches, is_named in con.execute(_COMPLETE).fetchall()
    ]  # fmt: skip
    for decision in new:
        ledger.append(home, "reference", decision.study_id, facts(decision))
    computed = con.execute(_UNRECORDED)
    names = [c[0] for c in computed.description or []]
    now = datetime.now(UTC)
    rows = [
        {**dict(zip(names, row, strict=True)), "recorded_at": now} for row in computed.fetchall()
    ]
    build.append(con, FROZEN_REFERENCE_VALUES, from_rows(rows, FROZEN_REFERENCE_VALUES))
    return new


def departures(con: DuckDBPyConnection) -> list[str]:
    """Say where study.toml names other batches than the reference in force was frozen on."""
    out = []
    for study_id, named in studies(con).items():
        standing = decisions(con, study_id)
        if standing and named and set(named) != set(standing[-1].batches):
            out.append(
                f"study {study_id}: study.toml names {', '.join(named)} as the normalisation "
                f"reference, but {standing[-1].reference_id} is frozen on "
                f"{', '.join(standing[-1].batches)} and stays"
            )
    return out


def facts(decision: Decision) -> dict[str, Any]:
    """Return a decision as the ledger and machines read it."""
    return {
        "reference_id": decision.reference_id,
        "batches": list(decision.batches),
        "reason": decision.reason,
    }


def parts(text: str) -> tuple[str, ...]:
    """Return the batches of a comma-separated list."""
    return tuple(p.strip() for p in text.split(",") if p.strip())


def _write(
    con: DuckDBPyConnection,
    study_id: str,
    reference_id: str,
    batches: tuple[str, ...],
    reason: str,
    user: str,
    *,
    is_automatic: bool,
) -> Decision:
    now = datetime.now(UTC)
    row = {
        "study_id": study_id, "reference_id": reference_id, "batch_ids": ", ".join(batches),
        "reason": reason, "is_automatic": is_automatic, "recorded_by": user, "recorded_at": now,
    }  # fmt: skip
    build.append(con, FROZEN_REFERENCES, from_rows([row], FROZEN_REFERENCES))
    return Decision(study_id, reference_id, batches, reason, user, now)
