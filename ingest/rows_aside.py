"""Rows of the sample sheet that are in quarantine: they name Blocks and labels all the same."""

from __future__ import annotations

from pathlib import Path

from ingest import standing
from ingest.clinic.samples import map_samples
from ingest.faults import RefusedError
from ingest.files.mapped import MappedTable
from ingest.files.source_file import SourceFile
from ingest.files.tables import SheetRow, read_sheet
from ingest.loading import Loading
from ingest.table_step import TableResult
from store import archive


def rows_aside(
    loading: Loading, result: TableResult | None
) -> tuple[MappedTable, list[SheetRow]] | None:
    """Return the sheet of this delivery, else the one in force, and its rows in quarantine."""
    if result is not None and result.parsed is not None and result.accepted:
        parsed = result.parsed
        return parsed.table, [r for r in parsed.table.rows if r.line in parsed.lines_aside]
    found = standing.rows(
        loading.con,
        "select f.file_name, f.file_sha256, list(distinct q.source_line) as lines "
        "from raw.files as f inner join quality.quarantine as q "
        "on f.study_id = q.study_id and f.file_sha256 = q.file_sha256 and f.role = q.role "
        "where f.study_id = ? and f.role = 'samples' and q.state in ('open', 'withdrawn') "
        "group by f.file_name, f.file_sha256, f.loaded_at order by f.loaded_at desc limit 1",
        loading.study.study_id,
    )  # fmt: skip
    if not found:
        return None
    data = archive.read(loading.home, found[0]["file_sha256"])
    try:
        sheet = read_sheet(SourceFile.from_bytes(Path(found[0]["file_name"]), data), "samples")
        table = map_samples(sheet, loading.study)
    except RefusedError:  # study.toml maps the columns otherwise by now
        return None
    lines = set(found[0]["lines"])
    return table, [r for r in table.rows if r.line in lines]
