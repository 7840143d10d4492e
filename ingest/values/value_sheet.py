"""Which label of which file of values is which sample, as the sample sheet says."""

from __future__ import annotations

from collections import defaultdict

from ingest import standing
from ingest.clinic.sample_row import file_label
from ingest.files.mapped import MappedTable
from ingest.files.tables import SheetRow
from ingest.loading import Loading


def claims_by_plate(
    loading: Loading, aside: tuple[MappedTable, list[SheetRow]] | None
) -> dict[str, dict[str, str]]:
    """Return plate → (label → sample id) of each row of the sheet, also in quarantine (`aside`).

    The values of a sample whose row is in quarantine are loaded under its id and reach no mart.
    Where an earlier row of that sample stands, that one alone claims.
    """
    if not loading.study.has_values:
        return {}
    claims: dict[str, dict[str, str]] = defaultdict(dict)
    for row in standing.rows(
        loading.con,
        "select slide_id, file_label, sample_id from raw.samples "
        "where study_id = ? and file_label is not null",
        loading.study.study_id,
    ):
        claims[row["slide_id"]][row["file_label"]] = row["sample_id"]
    standing_ids = {s for own in claims.values() for s in own.values()}
    if aside is None:
        return claims
    table, rows = aside
    for source in rows:
        real = table.text(source, "sample_id")
        sample_id = loading.coder("sample", real) if real else ""
        if sample_id and sample_id not in standing_ids:
            plate = claims[table.text(source, "slide_id")]
            plate.setdefault(file_label(table, source), sample_id)
    return claims
