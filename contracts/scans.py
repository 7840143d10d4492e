"""Scans: one row a scanner file and channel, numbers as lists; raw.spots shows spot by spot.

Files of one lot print the same spots, so names and positions are kept once a print. A list of
whole numbers costs the database a third of a list of doubles; most files hold nothing else.
"""

from __future__ import annotations

import pyarrow as pa

from contracts.provenance import FILE_SHA256, SOURCE_LINE, STUDY_ID
from contracts.relation import Column, Relation, sql_type
from contracts.types import INT, REAL, REALS, TEXT

WHOLES = pa.list_(pa.int32())

PRINT_ID = Column(
    "print_id", TEXT, "Which spots the file holds in which lines: SHA-256 over the print's rows.",
    nullable=False,
)  # fmt: skip
POSITIONS = (
    Column("block", INT, "Block (sub-array) of the slide, from 1.", nullable=False),
    Column("spot_row", INT, "Row of the spot within its block, from 1.", nullable=False),
    Column("spot_column", INT, "Column of the spot within its block, from 1.", nullable=False),
    Column("target_name", TEXT, "Name that the scanner file gives the spot.", nullable=False),
    Column("target_id", TEXT, "Identifier that the scanner file gives the spot.",
           nullable=False),
)  # fmt: skip
CHANNEL_NM = Column(
    "channel_nm", INT, "Wavelength at which the spot was scanned.", "nm", nullable=False
)
BATCH_ID = Column("batch_id", TEXT, "Batch that the slide belongs to.", nullable=False)
SLIDE_ID = Column("slide_id", TEXT, "Slide that the spot is printed on.", nullable=False)
#: What a scanner measures of a spot.
MEASURED = (
    Column("x_um", REAL, "Horizontal position of the spot's centre.", "µm"),
    Column("y_um", REAL, "Vertical position of the spot's centre.", "µm"),
    Column("diameter_um", REAL, "Diameter of the feature.", "µm"),
    Column("foreground_median_afu", REAL, "Median intensity of the spot's pixels.", "afu"),
    Column("foreground_mean_afu", REAL, "Mean intensity of the spot's pixels.", "afu"),
    Column("foreground_sd_afu", REAL, "Standard deviation of the spot's pixels.", "afu"),
    Column("background_median_afu", REAL, "Median intensity of the local background.", "afu"),
    Column("background_mean_afu", REAL, "Mean intensity of the local background.", "afu"),
    Column("background_sd_afu", REAL, "Standard deviation of the local background.", "afu"),
    Column("saturated_frac", REAL, "Share of the spot's pixels at the scanner's ceiling.",
           "fraction 0-1"),
    Column("n_foreground_pixels", INT, "Pixels counted as the spot.", "pixels"),
    Column("n_background_pixels", INT, "Pixels counted as local background.", "pixels"),
    Column("flag", INT, "GenePix flag: 100 good, 0 unflagged, -50 not found, -75 absent, "
           "-100 bad.", nullable=False),
)  # fmt: skip

PRINTED_SPOTS = Relation(
    "raw", "printed_spots", "print × spot", ("study_id", "print_id", "spot_number"),
    (
        STUDY_ID,
        PRINT_ID,
        Column("spot_number", INT, "Place of the spot in the lists of raw.scans, from 1.",
               nullable=False),
        SOURCE_LINE,
        *POSITIONS,
    ),
)  # fmt: skip


def whole_name(column: str) -> str:
    """Return the column of raw.scans that takes these numbers where all of a scan are whole."""
    return f"{column}_whole"


def real_name(column: str) -> str:
    """Return the column of raw.scans that takes these numbers where one of a scan is not whole."""
    return f"{column}_real"


def _lists(column: Column) -> tuple[Column, Column]:
    rest = f"in the order of raw.printed_spots; null where {{}}. {column.doc}"
    return (
        Column(whole_name(column.name), WHOLES,
               f"Whole numbers, {rest.format('one of them is not whole')}", column.unit),
        Column(real_name(column.name), REALS,
               f"Numbers, {rest.format('all are whole')}", column.unit),
    )  # fmt: skip


SCANS = Relation(
    "raw", "scans", "scanner file × channel", ("study_id", "file_sha256", "channel_nm"),
    (
        STUDY_ID,
        FILE_SHA256,
        CHANNEL_NM,
        BATCH_ID,
        SLIDE_ID,
        PRINT_ID,
        Column("n_spots", INT, "Spots of the scan, and length of every list.", "spots",
               nullable=False),
        *(c for m in MEASURED for c in _lists(m)),
    ),
    published=False,
)  # fmt: skip


def _measured_sql(column: Column) -> str:
    name, at = column.name, "[spot_number]"
    return (
        f"        coalesce({whole_name(name)}{at}, {real_name(name)}{at})"
        f"::{sql_type(column.arrow_type)} as {name},"
    )


# A list is taken apart by numbers that stand beside it. Joined to the print first, each row would
# carry a copy of every list: the square of the number of spots.
_SPOTS_SQL = "\n".join([
    "-- grain: spot × channel",
    "with",
    "",
    "numbered as (",
    "    select *, unnest(range(1, n_spots + 1)) as spot_number from raw.scans",
    "),",
    "",
    "measured as (",
    "    select",
    "        study_id, file_sha256, batch_id, slide_id, channel_nm, print_id, spot_number,",
    *map(_measured_sql, MEASURED),
    "    from numbered",
    ")",
    "",
    "select",
    "    measured.study_id,",
    "    measured.file_sha256,",
    "    prints.source_line,",
    "    measured.batch_id,",
    "    measured.slide_id,",
    *(f"    prints.{c.name}," for c in POSITIONS),
    "    measured.channel_nm,",
    *(f"    measured.{c.name}," for c in MEASURED),
    "from measured",
    "inner join raw.printed_spots as prints",
    "    on",
    "        measured.study_id = prints.study_id",
    "        and measured.print_id = prints.print_id",
    "        and measured.spot_number = prints.spot_number",
])  # fmt: skip

SPOTS = Relation(
    "raw", "spots", "spot × channel",
    ("study_id", "file_sha256", "block", "spot_row", "spot_column", "channel_nm"),
    (STUDY_ID, FILE_SHA256, SOURCE_LINE, BATCH_ID, SLIDE_ID, *POSITIONS, CHANNEL_NM, *MEASURED),
    view_sql=_SPOTS_SQL,
)  # fmt: skip

SPOT_EXTRAS = Relation(
    "raw", "spot_extras", "scanner file × further column",
    ("study_id", "file_sha256", "column_number"),
    (
        STUDY_ID,
        FILE_SHA256,
        PRINT_ID,
        Column("column_number", INT, "Place among the columns of the file that no other relation "
               "holds, from 1.", nullable=False),
        Column("column_title", TEXT, "Title of the column in the file.", nullable=False),
        Column("whole_cells", WHOLES, "The cells, in the order of raw.printed_spots, where each "
               "is a plain whole number of at most nine digits; else null."),
        Column("text_cells", TEXT, "The cells as texts otherwise: a line feed between two; in a "
               "cell itself \\\\ and \\n. The view raw.spot_cells has one row a cell."),
    ),
)  # fmt: skip
