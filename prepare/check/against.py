"""What a check compares a folder with: a copy of what stands of its study."""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from contracts import IDENTITY, RAW, Relation
from contracts.quality import QUARANTINE, REFUSALS
from contracts.raw import CONTROL_VALUES, SCAN_HEADERS, VALUE_EXTRAS
from contracts.scans import SCANS, SPOT_EXTRAS
from store.glance import glance
from store.home import Home
from store.sql_text import literal

#: Scans are many; a check needs those of the slide that shows its lot's layout. Values are few,
#: and their labels and units are compared with.
_FIRST_SLIDES = """slide_id in (
    select f.slide_id
    from raw.files as f
    inner join (
        select slide_id, min(lot) as lot from raw.samples where study_id = {study} group by slide_id
    ) as s on f.slide_id = s.slide_id
    where f.study_id = {study} and f.role = 'slide'
    qualify row_number() over (
        partition by s.lot order by f.loaded_at, f.slide_id, f.file_sha256
    ) = 1
)"""


def standing_of(home: Home, study_id: str, *, also: Sequence[Relation] = ()) -> DuckDBPyConnection:
    """Return an in-memory copy of what stands of a study; empty where no home is.

    Parameters
    ----------
    also : further relations that the caller looks at

    Raises
    ------
    CytomartError
        Another writer is at work, or the build file cannot be read.
    """
    study = literal(study_id)
    own = f"study_id = {study}"
    left_out = (SCANS, SPOT_EXTRAS, CONTROL_VALUES, VALUE_EXTRAS, SCAN_HEADERS)
    wanted: dict[Relation, str] = {
        r: own
        for r in (*RAW, *IDENTITY, QUARANTINE, REFUSALS, *also)
        if not r.view_sql and r not in left_out
    }
    wanted[SCAN_HEADERS] = f"{own} and header_key = 'DateTime'"
    wanted[SCANS] = f"{own} and {_FIRST_SLIDES.format(study=study)}"
    return glance(home, wanted)
