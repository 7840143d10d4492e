"""Columns of real scanner files that follow from others do so in every row."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from contracts import from_rows
from contracts.paths import REPO_ROOT
from contracts.raw import SCAN_HEADERS
from contracts.scans import SPOT_EXTRAS
from contracts.studies import STUDIES
from expectations.batch_rules import IDENTITY_RULES
from expectations.identity_frames import NEEDS, has_titles, identity_rows, identity_titles
from ingest.files.source_file import SourceFile
from ingest.platforms import detect
from ingest.platforms.scan_lists import extra_columns
from ingest.spots.scan_writing import add_spots
from store import build

pytestmark = pytest.mark.shared

GPR = REPO_ROOT.parent / "shared" / "gpr"
SCOPE = {"study_id": "s", "batch_id": "b"}


def put(con: duckdb.DuckDBPyConnection, path: Path, slide: str) -> int:
    """Load one real file without a study around it; return its spots."""
    source = SourceFile.from_path(path)
    reading = detect(source).read(source)
    own = {"study_id": "s", "file_sha256": source.sha256, "slide_id": slide, "batch_id": "b"}

    print_id = add_spots(con, own, reading.table, reading.channels)
    extras = [{"study_id": "s", "file_sha256": source.sha256, "print_id": print_id, **c}
              for c in extra_columns(reading.extras)]  # fmt: skip
    build.append(con, SPOT_EXTRAS, from_rows(extras, SPOT_EXTRAS))
    headers = [{"study_id": "s", "file_sha256": source.sha256, "record_number": h.number,
                "header_key": h.key, "header_text": h.text} for h in reading.headers]  # fmt: skip
    build.append(con, SCAN_HEADERS, from_rows(headers, SCAN_HEADERS))
    con.execute("insert into raw.files by name select 's' as study_id, ? as file_sha256, 'slide' "
                "as role, ? as slide_id, 'x' as file_name, 1 as n_bytes, 'x' as encoding, 'x' as "
                "line_end, 1 as n_rows_in, 1 as n_rows_loaded, 0 as n_rows_quarantined, 0 as "
                "n_rows_unchanged, 'l' as load_id, now() as loaded_at", [source.sha256, slide])  # fmt: skip
    return reading.n_rows_in


@pytest.fixture(scope="module")
def con(spots_as_table):
    if not GPR.exists():
        pytest.skip("../shared is absent")
    con = duckdb.connect()
    build.prepare(con)
    row = dict.fromkeys(STUDIES.column_names, "x") | {
        "study_id": "s", "platform_id": "genepix", "is_synthetic": False, "channel_nm": None,
        "array_unit": "slide", "has_study_codes": True,
    }  # fmt: skip
    build.append(con, STUDIES, from_rows([row], STUDIES))
    paths = sorted(GPR.rglob("*.gpr"))
    assert len(paths) == 15
    n = sum(put(con, path, f"S{i:02d}") for i, path in enumerate(paths, 1))
    assert n == 45_028
    spots_as_table(con)
    yield con
    con.close()


def test_every_identity_holds_in_every_row_of_the_real_files(con):
    titles = identity_titles(con, SCOPE)
    assert all(has_titles(name, titles) for name in NEEDS)
    rows = identity_rows(con, SCOPE)
    assert len(rows) == 15
    assert [r.column for r in IDENTITY_RULES] == list(rows.columns)
    assert (rows == 0).all().all()


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ("update raw.spots set foreground_median_afu = foreground_median_afu + 1", "net"),
        ("update raw.spots set foreground_mean_afu = foreground_mean_afu + 2 * background_sd_afu",
         "snr"),
        ("update raw.spots set foreground_sd_afu = foreground_sd_afu * 2 + 50", "cv"),
        ("update raw.spots set n_foreground_pixels = n_foreground_pixels * 2", "total"),
        ("""update raw.spot_extras set column_title = replace(replace(column_title, 'Log Ratio',
            'Was'), 'Sum of Medians', 'Log Ratio')""", "log_ratio"),
    ],
)  # fmt: skip
def test_the_identities_are_really_asked_of_the_real_files(con, change, column):
    con.begin()
    try:
        con.execute(change)
        broken = identity_rows(con, SCOPE)[f"{column}_off_frac"]
    finally:
        con.rollback()
    n_with_it = {"net": 15, "snr": 14, "cv": 13, "total": 14, "log_ratio": 15}[column]
    assert (broken > 0.4).sum() == n_with_it
