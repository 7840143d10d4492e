"""Cells of scanner files that no other column takes, one a row: raw.spot_extras made readable.

raw.spot_extras holds them column by column, which is a tenth of the size and a fifth of the time;
how its texts are written is decided here, once.
"""

from __future__ import annotations

from contracts.provenance import FILE_SHA256, SOURCE_LINE, STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import TEXT

#: What a cell's own characters become in text_cells, in this order.
ESCAPES = (("\\", "\\\\"), ("\n", "\\n"))

_SQL = r"""
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
),

numbered as (
    select
        *,
        unnest(range(1, coalesce(len(whole_cells), len(text_cells)) + 1)) as spot_number,
    from file_columns
),

cells as (
    select
        study_id,
        file_sha256,
        print_id,
        spot_number,
        column_title,
        coalesce(
            whole_cells[spot_number]::varchar,
            replace(
                replace(replace(text_cells[spot_number], '\\', chr(1)), '\n', chr(10)),
                chr(1),
                '\'
            )
        ) as cell_text,
    from numbered
)

select
    cells.study_id,
    cells.file_sha256,
    prints.source_line,
    cells.column_title,
    cells.cell_text,
from cells
inner join raw.printed_spots as prints
    on
        cells.study_id = prints.study_id
        and cells.print_id = prints.print_id
        and cells.spot_number = prints.spot_number
"""

SPOT_CELLS = Relation(
    "raw", "spot_cells", "spot × further column of the scanner file",
    ("study_id", "file_sha256", "source_line", "column_title"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        Column("column_title", TEXT, "Title of the column in the file.", nullable=False),
        Column("cell_text", TEXT, "The cell exactly as it stood in the file."),
    ),
    published=False,
    view_sql=_SQL,
)  # fmt: skip
