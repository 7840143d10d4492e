"""What the warehouse already has of a study: read once, before anything is compared."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from contracts import Relation
from contracts.measures import PATIENT_MEASURES, SAMPLE_MEASURES
from contracts.raw import (
    ANALGESICS,
    ASSESSMENTS,
    FILES,
    PATIENT_ATTRIBUTES,
    PATIENTS,
    PLAN,
    SAMPLES,
)
from ingest.clinic.analgesics import KEY as ANALGESIC_KEY
from ingest.clinic.assessments import KEY as ASSESSMENT_KEY
from ingest.snapshot import Key, Standing

_PROVENANCE = ("study_id", "file_sha256", "source_line", "plan_hash")


@dataclass(frozen=True)
class LoadedFile:
    """A row of raw.files."""

    role: str
    sha256: str
    slide_id: str | None
    load_id: str
    loaded_at: datetime
    counts: dict[str, int]


@dataclass(frozen=True)
class Place:
    """Where a slide belongs, and the Blocks that its sheet declares (None: the whole slide)."""

    batch_id: str
    lot: str
    blocks: frozenset[int] | None
    n_samples: int


def rows(con: DuckDBPyConnection, query: str, *parameters: object) -> list[dict[str, Any]]:
    """Return a query's rows as dicts; instants are those of UTC."""
    found = con.execute(query, list(parameters))
    names = [column[0] for column in found.description]
    # Without a package for time zones DuckDB cannot make Python's instants; Arrow can.
    if any(column[1] == "TIMESTAMP WITH TIME ZONE" for column in found.description):
        table: pa.Table = found.to_arrow_table()
        return list(table.to_pylist())
    return [dict(zip(names, cells, strict=True)) for cells in found.fetchall()]


def of_study(con: DuckDBPyConnection, relation: Relation, study_id: str) -> list[dict[str, Any]]:
    """Return every row of a relation that belongs to a study."""
    return rows(con, f"select * from {relation.full_name} where study_id = ?", study_id)


def files(con: DuckDBPyConnection, study_id: str) -> list[LoadedFile]:
    """Return the loaded files of a study, oldest first."""
    return [
        LoadedFile(
            r["role"],
            r["file_sha256"],
            r["slide_id"],
            r["load_id"],
            r["loaded_at"],
            {k: int(r[k]) for k in FILES.column_names if k.startswith("n_rows_")},
        )
        for r in sorted(of_study(con, FILES, study_id), key=_age)
    ]


def slides(con: DuckDBPyConnection, study_id: str) -> set[str]:
    """Return the ids of the slides whose scan or values are loaded."""
    found = rows(
        con, "select slide_id from raw.files where study_id = ? and role = 'slide'", study_id
    )
    return {r["slide_id"] for r in found}


def _age(row: dict[str, Any]) -> tuple[datetime, str, str]:
    """Return a key that puts files in the order of their loads, and those of one load in one."""
    return row["loaded_at"], row["slide_id"] or "", row["file_sha256"]


def patients(con: DuckDBPyConnection, study_id: str) -> dict[Key, Standing]:
    """Return the persons that stand, their clinical columns included."""
    found = _keyed(of_study(con, PATIENTS, study_id), ("patient_id",))
    found = _with_cells(found, of_study(con, PATIENT_ATTRIBUTES, study_id), "attribute")
    return _with_cells(found, of_study(con, PATIENT_MEASURES, study_id), "measure")


def samples(con: DuckDBPyConnection, study_id: str) -> dict[Key, Standing]:
    """Return the samples that stand, empty Blocks and their numbers included."""
    found = _keyed(of_study(con, SAMPLES, study_id), ("sample_id",))
    return _with_cells(found, of_study(con, SAMPLE_MEASURES, study_id), "measure")


def _with_cells(
    found: dict[Key, Standing], cells: list[dict[str, Any]], kind: str
) -> dict[Key, Standing]:
    """Return rows with the cells of the columns that study.toml declares: attribute or measure."""
    own: dict[Key, dict[str, object]] = {}
    value = "attribute_text" if kind == "attribute" else "measure_value"
    for cell in cells:
        key = (str(cell.get("patient_id") or cell.get("sample_id")),)
        own.setdefault(key, {})[cell[f"{kind}_id"]] = cell[value]
    return {
        key: Standing({**s.values, **own[key]}, s.file_sha256) if key in own else s
        for key, s in found.items()
    }


def assessments(con: DuckDBPyConnection, study_id: str) -> dict[Key, Standing]:
    """Return the scores that stand."""
    return _keyed(of_study(con, ASSESSMENTS, study_id), ASSESSMENT_KEY)


def analgesics(con: DuckDBPyConnection, study_id: str) -> dict[Key, Standing]:
    """Return the doses of analgesics that stand."""
    return _keyed(of_study(con, ANALGESICS, study_id), ANALGESIC_KEY)


def real_ids(con: DuckDBPyConnection, study_id: str, kind: str) -> list[str]:
    """Return the ids of the loaded patients or samples as the files write them."""
    relation = PATIENTS if kind == "patient" else SAMPLES
    found = rows(
        con,
        f"select coalesce(p.real_id, r.{kind}_id) as real_id from {relation.full_name} as r "
        "left join identity.pseudonyms as p on p.study_id = r.study_id and p.id_kind = $2 "
        f"and p.pseudonym = r.{kind}_id where r.study_id = $1"
        + (" and r.group_code <> 'empty'" if kind == "sample" else ""),
        study_id,
        kind,
    )
    return sorted(r["real_id"] for r in found)


def plan(con: DuckDBPyConnection, study_id: str) -> dict[Key, Standing]:
    """Return the analyses that stand."""
    return _keyed(of_study(con, PLAN, study_id), ("analysis_id",))


def plan_hash(con: DuckDBPyConnection, study_id: str) -> str | None:
    """Return the hash of the plan that stands; None where there is none."""
    found = rows(con, "select distinct plan_hash from raw.plan where study_id = ?", study_id)
    return found[0]["plan_hash"] if found else None


def places(con: DuckDBPyConnection, study_id: str, *, ending: str = "") -> dict[str, Place]:
    """Return the slides that raw.samples names; of batches that end so behind their lot."""
    found = rows(
        con,
        "select slide_id, min(batch_id) as batch_id, min(lot) as lot, count(*) as n, "
        "list(block) filter (where block is not null) as blocks "
        "from raw.samples where study_id = $1 group by slide_id "
        "having $2 = '' or min(batch_id) = min(lot) || $2",
        study_id,
        ending,
    )
    return {
        r["slide_id"]: Place(
            r["batch_id"], r["lot"], frozenset(r["blocks"]) if r["blocks"] else None, int(r["n"])
        )
        for r in found
    }


def first_days(
    con: DuckDBPyConnection, relation: Relation, column: str, study_id: str, visit: str
) -> dict[str, date]:
    """Return each person's first day at a visit, by the stored id."""
    found = rows(
        con,
        f"select patient_id, min({column}) as day from {relation.full_name} "
        f"where study_id = ? and visit = ? and {column} is not null group by patient_id",
        study_id,
        visit,
    )
    return {r["patient_id"]: r["day"] for r in found}


def scan_days(con: DuckDBPyConnection, study_id: str) -> dict[str, date]:
    """Return the day of each loaded slide's scan, of those whose header tells it."""
    found = rows(
        con,
        "select f.slide_id, h.header_text from raw.scan_headers as h inner join raw.files as f "
        "on h.study_id = f.study_id and h.file_sha256 = f.file_sha256 and f.role = 'slide' "
        "where h.study_id = ? and h.header_key = 'DateTime'",
        study_id,
    )
    days = {}
    for row in found:
        with suppress(ValueError):
            days[row["slide_id"]] = date.fromisoformat(row["header_text"][:10].replace("/", "-"))
    return days


def stored_counts(
    con: DuckDBPyConnection, study_id: str, hashes: list[str]
) -> list[dict[str, Any]]:
    """Return how many spots (in each channel) or values the warehouse has of these files."""
    return rows(
        con,
        "with wanted as (select unnest($2::varchar[]) as file_sha256) "
        "select file_sha256, channel_nm, n_spots as n from raw.scans "
        "where study_id = $1 and file_sha256 in (from wanted) "
        "union all select file_sha256, null, count(*) from ("
        'select study_id, file_sha256 from raw."values" union all '
        "select study_id, file_sha256 from raw.control_values"
        ") where study_id = $1 and file_sha256 in (from wanted) group by all",
        study_id,
        hashes,
    )


def batch_contents(con: DuckDBPyConnection, study_id: str) -> dict[str, str]:
    """Return the content hash of each batch of a study."""
    found = rows(
        con, "select batch_id, content_hash from quality.batch_contents where study_id = ?",
        study_id,
    )  # fmt: skip
    return {r["batch_id"]: r["content_hash"] for r in found}


def _keyed(found: list[dict[str, Any]], key: tuple[str, ...]) -> dict[Key, Standing]:
    return {
        tuple(str(r[c]) for c in key): Standing(
            {k: v for k, v in r.items() if k not in _PROVENANCE}, r["file_sha256"]
        )
        for r in found
    }
