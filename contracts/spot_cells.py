"""Cells of scanner files that no other column takes, one a row: raw.spot_extras made readable.

raw.spot_extras holds them file by file, which is a tenth of the size and a fifth of the time;
how its texts are written (`rows_text`) is decided here, once.
"""

from __future__ import annotations

SPOT_CELLS_SCHEMA = "raw"
SPOT_CELLS_NAME = "spot_cells"
SPOT_CELLS_GRAIN = "spot × further column of the scanner file"
SPOT_CELLS_COLUMNS = {
    "study_id": "Study that the row belongs to.",
    "file_sha256": "SHA-256 of the file's bytes; `cytomart original` gives the file back.",
    "source_line": "Line of the file that the cell stands in, from 1.",
    "column_title": "Title of the column in the file.",
    "cell_text": "The cell exactly as it stood in the file.",
}

#: What a cell's own characters become in rows_text, in this order.
ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"))

SPOT_CELLS_SQL = r"""
-- grain: spot × further column of the scanner file
with

file_rows as (
    select
        study_id,
        file_sha256,
        from_json(titles_json, '["varchar"]') as titles,
        unnest(from_json(lines_json, '["bigint"]')) as source_line,
        unnest(string_split(rows_text, chr(10))) as row_text,
    from raw.spot_extras
),

cells as (
    select
        study_id,
        file_sha256,
        source_line,
        unnest(titles) as column_title,
        unnest(string_split(row_text, chr(9))) as written,
    from file_rows
    where source_line is not null
)

select
    study_id,
    file_sha256,
    source_line,
    column_title,
    replace(
        replace(replace(replace(written, '\\', chr(1)), '\t', chr(9)), '\n', chr(10)),
        chr(1), '\'
    ) as cell_text,
from cells
"""
