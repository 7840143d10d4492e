"""The things that can be excluded, found by the id that a person types."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from duckdb import DuckDBPyConnection

from contracts import CytomartError, failure

SCOPES = ("spot", "target", "array", "sample", "patient")

#: Study, key as published, and the other name that the thing goes by.
_KNOWN = {
    "target": "select distinct study_id, target_id, target_name from raw.panel_targets",
    "array": """
        select distinct s.study_id,
            case when t.array_unit = 'slide' or s.block is null then s.slide_id
                else s.slide_id || '/B' || s.block end as array_id,
            null
        from raw.samples as s inner join raw.studies as t using (study_id)
        where s.slide_id is not null and s.group_code is distinct from 'empty'
    """,
    "sample": """
        select distinct s.study_id, s.sample_id, p.real_id
        from raw.samples as s left join identity.pseudonyms as p
            on s.study_id = p.study_id and p.id_kind = 'sample' and s.sample_id = p.pseudonym
        where s.group_code is distinct from 'empty'
    """,
    "patient": """
        with people as (
            select study_id, patient_id from raw.patients
            union
            select study_id, patient_id from raw.samples where patient_id is not null
        )
        select o.study_id, o.patient_id, p.real_id
        from people as o left join identity.pseudonyms as p
            on o.study_id = p.study_id and p.id_kind = 'patient' and o.patient_id = p.pseudonym
    """,
}
_SPOT = re.compile(r"(?P<slide>.+)/B(?P<block>\d+)/R(?P<row>\d+)/C(?P<column>\d+)")
_SPOTS = """
    select distinct study_id, slide_id || '/B' || block || '/R' || spot_row || '/C' || spot_column
    from raw.spots where slide_id = ? order by all
"""
_N_NEAR = 3


@dataclass(frozen=True)
class Thing:
    """What a decision is about, by the key that is published."""

    study_id: str
    scope: str
    key: str

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


def find(con: DuckDBPyConnection, scope: str, ident: str, study_id: str = "") -> Thing:
    """Return the thing that an id names.

    Parameters
    ----------
    scope : str
        spot, target, array, sample or patient.
    ident : str
        Its id as published; for a target also its name, for a person or sample also the id
        that their files have.
    study_id : str, optional
        Where several studies have such a thing.

    Raises
    ------
    CytomartError
        No study has it, or several have; the message names what comes nearest.
    """
    known = _spots(con, ident) if scope == "spot" else con.execute(_KNOWN[scope]).fetchall()
    known = [k for k in known if study_id in ("", k[0])]
    hits = {k[:2] for k in known if k[1] == ident} or {k[:2] for k in known if k[2] == ident}
    if not hits:
        raise _unknown(scope, ident, study_id, known)
    if len(hits) > 1:
        raise failure(
            f"several {scope}s go by {ident}",
            allowed="; ".join(f"{key} of study {study}" for study, key in sorted(hits)),
            remedy="name the study with --study, or the id instead of the name",
        )
    ((study, key),) = hits
    return Thing(study, scope, key)


def _spots(con: DuckDBPyConnection, ident: str) -> list[tuple[str, str, str | None]]:
    parts = _SPOT.fullmatch(ident)
    slides = [s for (s,) in con.execute("select distinct slide_id from raw.scans").fetchall()]
    if parts is None:
        raise failure(
            f"{ident} does not name a spot",
            allowed="SLIDE/B3/R1/C16: slide, Block, row and column, e.g. "
            f"{min(slides, default='SLIDE')}/B1/R1/C1",
        )
    if parts["slide"] not in slides:
        near = _near(parts["slide"], slides)
        raise failure(
            f"no scan of a slide {parts['slide']} is loaded",
            allowed=f"near it: {', '.join(near)}" if near else "a loaded slide",
            remedy="`cytomart status` and raw.files list what is loaded",
        )
    rows = con.execute(_SPOTS, [parts["slide"]]).fetchall()
    return [(study, key, None) for study, key in rows]


def _unknown(
    scope: str, ident: str, study_id: str, known: list[tuple[str, str, str | None]]
) -> CytomartError:
    """Return the error for an id that nothing has; it suggests published ids only."""
    others = {other.casefold(): key for _, key, other in known if other}
    keys = {key.casefold(): key for _, key, _ in known}
    near = [{**others, **keys}[n] for n in _near(ident.casefold(), {**others, **keys})]
    where = f"study {study_id}" if study_id else ""
    return failure(
        f"no {scope} {ident} is loaded",
        where=where,
        allowed=f"near it: {', '.join(dict.fromkeys(near))}" if near else f"a loaded {scope}",
        remedy="name it by its id as the published warehouse has it (marts.dim_*)",
    )


def _near(ident: str, known: Iterable[str]) -> list[str]:
    return get_close_matches(ident, sorted(known), n=_N_NEAR, cutoff=0.6)
