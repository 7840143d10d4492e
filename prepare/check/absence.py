"""What a study folder still lacks altogether."""

from __future__ import annotations

from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from contracts import Problem
from ingest.declared.study import Study
from ingest.delivery import Delivery
from ingest.platforms import by_id

_TABLES = {
    "patients": ("patient table", "patients.xlsx (or .csv, .tsv) with a row a person"),
    "samples": ("sample sheet", "samples.xlsx (or .csv, .tsv) with a row a Block of a slide"),
    "plan": ("plan", "plan.csv with the analyses, fixed before the data"),
}


def absences(
    con: DuckDBPyConnection, delivery: Delivery, study: Study
) -> Iterator[tuple[str, Problem]]:
    """Yield a role and a problem for each thing that neither folder nor warehouse has."""
    query = "select distinct role from raw.files where study_id = ?"
    loaded = {r[0] for r in con.execute(query, [study.study_id]).fetchall()}
    for role, (label, allowed) in _TABLES.items():
        if role not in delivery.tables and role not in delivery.faults and role not in loaded:
            yield role, _absent(delivery, f"there is no {label} yet", allowed)
    if not delivery.slides and not loaded & {"slide", "values"}:
        platform = by_id(study.platform_id)
        endings = " or ".join(f"arrays/*{e}" for e in platform.endings) if platform else "arrays/*"
        thing = "file of values" if study.has_values else "scan"
        yield "slide", _absent(delivery, f"there is no {thing} in arrays/ yet",
                               f"{endings}, one file a slide or plate")  # fmt: skip


def _absent(delivery: Delivery, given: str, allowed: str) -> Problem:
    return Problem(given, delivery.folder.name, allowed,
                   "put it into the study folder; `cytomart init` writes a beginning")  # fmt: skip
