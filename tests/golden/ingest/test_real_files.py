"""Real scanner files are read whole: counts and sums against a reader that shares no code."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pyarrow.compute as pc
import pytest

from contracts.paths import REPO_ROOT
from ingest.files.source_file import SourceFile
from ingest.panel.gal import read_gal
from ingest.platforms import detect

pytestmark = pytest.mark.shared

GPR = REPO_ROOT.parent / "shared" / "gpr"
MANIFEST = GPR / "MANIFEST.csv"


def manifest():
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def folder():
    if not MANIFEST.exists():
        pytest.skip("../shared is absent")
    return GPR


#: Sums each column whose title matches, over the rows below the titles; knows nothing but awk.
SUM_BY_TITLE = r"""
BEGIN { FS = "\t" }
{ sub(/\r$/, "") }
NR == 2 { n = $1 }
NR == n + 3 { for (i = 1; i <= NF; i++) { gsub(/"/, "", $i); title[i] = $i } }
NR > n + 3 && NF > 3 {
    rows++
    for (i in title) if (title[i] ~ /^[FB][0-9]+ Median$/) sum[title[i]] += $i
}
END { print "rows", rows; for (t in sum) printf "%s\t%.6f\n", t, sum[t] }
"""


def awk_counts(path: Path) -> tuple[int, dict[str, float]]:
    done = subprocess.run(["awk", SUM_BY_TITLE, str(path)], capture_output=True, check=True)
    lines = done.stdout.decode("ascii").splitlines()
    rows = next(int(line.split()[1]) for line in lines if line.startswith("rows "))
    pairs = (line.split("\t") for line in lines if "\t" in line)
    return rows, {title: float(total) for title, total in pairs}


@pytest.mark.parametrize("row", manifest() or [None], ids=lambda r: r["file"] if r else "absent")
def test_a_real_file_is_read_whole(row, folder):
    path = folder / row["file"]
    reading = detect(path).read(SourceFile.from_path(path))
    n_spots, sums = awk_counts(path)
    assert reading.n_rows_in == int(row["spots"]) == n_spots
    assert reading.set_aside == ()
    assert len(reading.headers) == int(row["header_records"])
    assert reading.file_version == row["type"]
    assert "+".join(str(c) for c in sorted(reading.channels)) == row["channels"]
    assert reading.table.num_rows == n_spots * len(reading.channels)
    assert reading.extras.num_rows == n_spots
    assert len(sums) == 2 * len(reading.channels)
    for channel in reading.channels:
        own = reading.table.filter(pc.equal(reading.table["channel_nm"], channel))
        for letter, column in (("F", "foreground_median_afu"), ("B", "background_median_afu")):
            assert pc.sum(own[column]).as_py() == sums[f"{letter}{channel} Median"]
    flags = pc.value_counts(reading.table["flag"]).to_pylist()
    found = {str(f["values"]): f["counts"] // len(reading.channels) for f in flags}
    assert found == json.loads(row["flags"])


@pytest.mark.parametrize("row", manifest() or [None], ids=lambda r: r["file"] if r else "absent")
def test_encoding_line_end_and_oddities_are_recorded(row, folder):
    path = folder / row["file"]
    source = SourceFile.from_path(path)
    reading = detect(source).read(source)
    assert source.encoding == row["encoding"]
    assert source.line_end == row["line_end"]
    assert bool(reading.notes) == (row["cols_declared"] != row["cols_found"])
    cells = [c for c in reading.extras.columns[1:] for c in c.to_pylist()]
    assert cells.count("Error") == int(row["error_cells"])
    n_extras = reading.extras.num_columns - 1
    assert n_extras + 10 + 1 + 7 * len(reading.channels) == int(row["cols_found"])


def test_saturation_and_negative_net_agree_with_the_manifest(folder):
    for row in manifest():
        path = folder / row["file"]
        table = detect(path).read(SourceFile.from_path(path)).table
        for column, test in (
            ("saturated", lambda t: pc.greater_equal(t["foreground_median_afu"], 65535)),
            ("negative_net", lambda t: pc.less(t["foreground_median_afu"],
                                               t["background_median_afu"])),
        ):  # fmt: skip
            stated = dict(part.split(":") for part in row[column].split(";"))
            for channel, count in stated.items():
                own = table.filter(pc.equal(table["channel_nm"], int(channel)))
                found = pc.sum(test(own)).as_py() or 0
                assert found == int(count), (row["file"], column, channel)


def test_the_real_array_list_is_read_whole(folder):
    path = folder / "nividic" / "testGAL10.gal"
    layout = read_gal(SourceFile.from_path(path))
    lines = path.read_text("latin-1").splitlines()
    body = lines[int(lines[1].split("\t")[0]) + 3 :]
    assert len(layout.features) == len([line for line in body if line.strip()])
    assert layout.features[0].target_id == body[0].split("\t")[3]
    assert layout.features[0].target_name == body[0].split("\t")[4].strip('"')
    assert len(layout.blocks) == 48
