"""Cells of scanner files that no other column takes, one a row: raw.spot_extras made readable.

raw.spot_extras holds them column by column, which is a tenth of the size and a fifth of the time;
how its texts are written is decided here, once.
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

#: What a cell's own characters become in text_cells, in this order.
ESCAPES = (("\\", "\\\\"), ("\n", "\\n"))

SPOT_CELLS_SQL = r"""
-- grain: spot × further column of the scanner file
with

file_columns as (
    select
        study_id,
        file_sha256,
        print_id,
        column_title,
        whole_cells,
        string_split(text_cells, chr(10)) as text_cells,
    from raw.spot_extras
)

select
    file_columns.study_id,
    file_columns.file_sha256,
    prints.source_line,
    file_columns.column_title,
    coalesce(
        file_columns.whole_cells[prints.spot_number]::varchar,
        replace(
            replace(
                replace(file_columns.text_cells[prints.spot_number], '\\', chr(1)),
                '\n',
                chr(10)
            ),
            chr(1),
            '\'
        )
    ) as cell_text,
from file_columns
inner join raw.printed_spots as prints
    on
        file_columns.study_id = prints.study_id
        and file_columns.print_id = prints.print_id
"""
