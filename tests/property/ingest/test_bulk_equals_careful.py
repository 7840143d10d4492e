"""The fast way of a load and the careful way give the same rows and the same outcomes."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ingest.spots.slides
from contracts.paths import REPO_ROOT
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.load import load_study
from ingest.platforms.genepix import GenePix
from ingest.platforms.genepix_bulk import printed_by, read_bulk
from ingest.platforms.genepix_header import read_header
from ingest.platforms.scan_lists import extra_columns, list_columns, measured_lists
from ingest.platforms.shelf import Shelf
from simulate.design import Design
from simulate.study import write_study
from store import archive
from store.build import open_build
from store.home import Home

REAL = REPO_ROOT.parent / "shared" / "gpr"
RELATIONS = ("printed_spots", "scans", "spots", "spot_extras", "scan_headers", "spot_cells")
N_SLIDES = 34


def rows_of(text):
    """Header and rows of a file, as lists of lines."""
    lines = text.split("\n")
    head = next(i for i, t in enumerate(lines) if t.startswith('"Block"')) + 1
    return lines[:head], lines[head:-1]


def cell(text, row, column, value):
    head, rows = rows_of(text)
    at = head[-1].split("\t").index(f'"{column}"')
    cells = rows[row].split("\t")
    if at < len(cells):  # an earlier change may have cut the row
        cells[at] = value
    rows[row] = "\t".join(cells)
    return "\n".join([*head, *rows, ""])


def swapped(text):
    head, rows = rows_of(text)
    rows[3], rows[40] = rows[40], rows[3]
    return "\n".join([*head, *rows, ""])


def without_row(text):
    head, rows = rows_of(text)
    return "\n".join([*head, *rows[:50], *rows[51:], ""])


def moved_title(text):
    """Another column order: the flags come first."""
    head, rows = rows_of(text)
    at = head[-1].split("\t").index('"Flags"')

    def move(line):
        cells = line.split("\t")
        return "\t".join([cells[at], *cells[:at], *cells[at + 1 :]])

    return "\n".join([*head[:-1], move(head[-1]), *map(move, rows), ""])


def two_channels(text):
    """The same numbers once more under 635 nm."""
    head, rows = rows_of(text)
    titles = head[-1].split("\t")
    own = [i for i, t in enumerate(titles) if "532" in t]
    head[-1] = "\t".join([*titles, *(titles[i].replace("532", "635") for i in own)])
    rows = ["\t".join([r, *(r.split("\t")[i] for i in own)]) for r in rows]
    return "\n".join([*head, *rows, ""])


def commented(text, comment):
    """A GAL column of free text behind the others, quoted."""
    head, rows = rows_of(text)
    head[-1] += '\t"Description"'
    rows = [f'{r}\t"{comment}"' for r in rows]
    return "\n".join([*head, *rows, ""])


SOUND = {
    "crlf": lambda t: t.replace("\n", "\r\n").encode(),
    "lf": lambda t: t.encode(),
    "bom": lambda t: t.encode("utf-8-sig"),
    "cp1252 in the header": lambda t: t.replace("SYNTHETIC.gps", "Réglages.gps").encode("cp1252"),
    "flags first": lambda t: moved_title(t).encode(),
    "two channels": lambda t: two_channels(t).encode(),
    "a quoted column of the GAL": lambda t: commented(t, "Hs, it's #1").encode(),
    "other declared columns": lambda t: t.replace("30\t30\n", "30\t57\n", 1).encode(),
}
ODD = {
    "cr": lambda t: t.replace("\n", "\r").encode(),
    "mixed": lambda t: t.replace("\n", "\r\n", 50).encode(),
    "utf-16": lambda t: t.encode("utf-16"),
    "no last line end": lambda t: t[:-1].encode(),
    "blank lines": lambda t: (t + "\n\n").encode(),
    "chinese cells": lambda t: commented(t, "细胞因子").encode("gb18030"),
    "a tab in a cell": lambda t: commented(t, "a\tb").encode(),
    "a line end in a cell": lambda t: commented(t, "a\nb").encode(),
    "a backslash in a cell": lambda t: commented(t, r"C:\new\table").encode(),
    "a quote in a cell": lambda t: commented(t, 'a ""b""').encode(),
    "negative": lambda t: cell(t, 5, "F532 Median", "-1").encode(),
    "too bright": lambda t: cell(t, 5, "B532 Mean", "65536").encode(),
    "not a number": lambda t: cell(t, 5, "F532 Median", "Error").encode(),
    "nan": lambda t: cell(t, 5, "X", "nan").encode(),
    "infinite": lambda t: cell(t, 5, "Y", "inf").encode(),
    "infinite either way": lambda t: cell(cell(t, 5, "X", "inf"), 6, "X", "-inf").encode(),
    "hexadecimal": lambda t: cell(t, 5, "F Pixels", "0x1F").encode(),
    "a row less": lambda t: without_row(t).encode(),
    "rows swapped": lambda t: swapped(t).encode(),
    "renamed": lambda t: cell(t, 5, "Name", '"IL-99"').encode(),
    "unquoted name": lambda t: cell(t, 5, "Name", "POS3").encode(),
    "cut": lambda t: t[: len(t) // 2].encode(),
    "empty": lambda _: b"",
    "control": lambda t: cell(t, 5, "Circularity", "9\x018").encode(),
}  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bulk") / "study"
    write_study(folder, Design(patients=4 * N_SLIDES, controls=0, targets=12, study_id="bulk"))
    return folder


def load(folder, root, *, is_bulk, monkeypatch):
    """Load into a new home; return outcomes, rows and how many slides went the careful way."""
    careful = []
    real = ingest.spots.slides.load_slide
    with monkeypatch.context() as patch:
        patch.setattr(archive, "PACK_FROM", 2)
        patch.setattr(
            ingest.spots.slides, "load_slide", lambda *a: careful.append(a[1]) or real(*a)
        )
        if not is_bulk:
            patch.setattr(ingest.spots.slides, "load_in_bulk", lambda *_: {})
        home = Home(root)
        con = open_build(home)
        report = load_study(home, con, folder)
    tables = {
        name: con.execute(f"select * from raw.{name} order by all").to_arrow_table()
        for name in RELATIONS
    }
    tables["files"] = con.execute(
        "select * exclude (load_id, loaded_at) from raw.files order by all"
    ).to_arrow_table()
    tables["quarantine"] = con.execute(
        "select * exclude (load_id) from quality.quarantine order by all"
    ).to_arrow_table()
    tables["refusals"] = con.execute(
        "select * exclude (load_id, refused_at) from quality.refusals order by all"
    ).to_arrow_table()
    con.close()
    plain = {p.name for p in home.archive_dir.iterdir() if p.is_file()}
    assert not plain & {n for p in home.packs_dir.iterdir() for n in ZipFile(p).namelist()}
    assert bool(list(home.packs_dir.iterdir())) == is_bulk
    return report, tables, archive.names(home), {p.name for p in careful}


def test_sound_files_of_every_kind_and_odd_ones_among_them(study, tmp_path, monkeypatch):
    folder = tmp_path / "study"
    shutil.copytree(study, folder)
    slides = sorted((folder / "arrays").glob("*.gpr"))
    changes = [*SOUND.values(), *ODD.values()]
    # Sound neighbours on either side: one odd file must not take others with it.
    spoilt = slides[: len(changes)]
    assert len(slides) > len(changes)
    for path, change in zip(spoilt, changes, strict=True):
        path.write_bytes(change(path.read_text("utf-8").replace("\r\n", "\n")))
    shutil.copy(slides[0], slides[-1])  # the same bytes under two names
    fast = load(folder, tmp_path / "fast", is_bulk=True, monkeypatch=monkeypatch)
    slow = load(folder, tmp_path / "slow", is_bulk=False, monkeypatch=monkeypatch)
    assert fast[0].files == slow[0].files
    assert fast[0].quarantined == slow[0].quarantined
    for name, table in slow[1].items():
        assert table.equals(fast[1][name]), name
    # Bytes are kept before anybody looks at the rows, those of an unreadable file too.
    assert fast[2] >= slow[2]
    n_sound = len(SOUND)
    assert not fast[3] & {p.name for p in slides[:n_sound]}
    assert fast[3] >= {p.name for p in spoilt[n_sound:]}
    assert len(slow[3]) == len(slides)
    statuses = {f.file_name: f.status for f in fast[0].files if f.role == "slide"}
    assert all(statuses[p.name] == "loaded" for p in slides[:n_sound])
    assert statuses[slides[-1].name] == "refused"


def test_a_second_load_knows_every_file_by_its_bytes_alone(study, tmp_path, monkeypatch):
    home = Home(tmp_path / "home")
    con = open_build(home)
    load_study(home, con, study)
    monkeypatch.setattr(ingest.spots.slides, "load_slide", None)
    again = load_study(home, con, study)
    assert again.is_unchanged
    con.close()


def in_bulk(data, known, n_files=3):
    """The same file several times through the fast way, beside a `known` one of its kind."""
    header, sound = (read_header(bytearray(d), len(d)) for d in (data, known))
    if header is None or sound is None:
        return None
    careful = GenePix().read(SourceFile.from_bytes(Path("slide.gpr"), known))
    body = np.frombuffer(known[sound.n_bytes :], np.uint8)
    printed = printed_by(body, sound.shape, careful.positions, sound.shape.notes)
    rows = np.frombuffer(data[header.n_bytes :] * n_files, np.uint8)
    if printed is None or not len(rows):
        return None
    ends = np.arange(1, n_files + 1) * (len(data) - header.n_bytes)
    reading = read_bulk(rows, ends, header.shape, printed, Shelf(len(rows)))
    return None if reading is None else (header, reading)


def demand_equal(data, careful, header, bulk, n_files=3):
    n_channels = len(careful.channels)
    assert tuple(bulk.channels) == careful.channels
    wanted = measured_lists(careful.table, n_channels)
    for at, channel in enumerate(careful.channels):
        for column, pair in bulk.channels[channel].items():
            for name, lists in list_columns(column, pair).items():
                assert lists.to_pylist() == n_files * wanted[name].slice(at, 1).to_pylist(), name
        absent = set(wanted) - {
            n for c, pair in bulk.channels[channel].items() for n in list_columns(c, pair)
        }
        for name in absent:
            own = wanted[name].slice(at, 1).to_pylist()[0] or []
            assert set(own) <= {None}
    assert bulk.n_rows == careful.n_rows_in
    cells = [
        {"column_number": i, "column_title": title, "whole_cells": wholes[1].as_py(),
         "text_cells": texts[1].as_py()}
        for i, (title, (wholes, texts)) in enumerate(bulk.extras.items(), 1)
    ]  # fmt: skip
    assert cells == extra_columns(careful.extras)
    assert header.records == tuple((h.key, h.text) for h in careful.headers)
    assert header.file_version == careful.file_version
    assert header.shape.notes == careful.notes
    source = SourceFile.from_bytes(Path("slide.gpr"), data)
    assert (header.encoding, header.shape.line_end) == (source.encoding, source.line_end)


def real_files():
    if not (REAL / "MANIFEST.csv").exists():
        return []
    with (REAL / "MANIFEST.csv").open(encoding="utf-8", newline="") as stream:
        return [r["file"] for r in csv.DictReader(stream)]


@pytest.mark.shared
@pytest.mark.parametrize("name", real_files() or [None])
def test_a_real_file_reads_the_same_both_ways(name):
    if name is None:
        pytest.skip("../shared is absent")
    data = (REAL / name).read_bytes()
    careful = GenePix().read(SourceFile.from_bytes(Path("slide.gpr"), data))
    found = in_bulk(data, data)
    assert found is not None
    demand_equal(data, careful, *found)


@settings(
    max_examples=150, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.data())
def test_whatever_is_done_to_a_file_the_fast_way_agrees_or_abstains(short_gpr, data):
    text = short_gpr
    for _ in range(data.draw(st.integers(0, 2))):
        head, rows = rows_of(text)
        row = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.sampled_from(head[-1].replace('"', "").split("\t")))
        value = data.draw(st.sampled_from(
            ["", "0", "-1", "7", "65535", "65536", "1e3", "nan", "-inf", "+5", " 5 ", "5.", "0x1F",
             '"5"', '""', '"', 'a"b', "'", "#", "\\", "é", "\t", "\r", "1\n2", "-50", "100.5"]
        ))  # fmt: skip
        text = cell(text, row, column, value)
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    raw = text.replace("\n", end).encode(data.draw(st.sampled_from(["utf-8", "utf-8-sig"])))
    found = in_bulk(raw, short_gpr.encode())
    if found is None:
        return
    try:
        careful = GenePix().read(SourceFile.from_bytes(Path("slide.gpr"), raw))
    except RefusedError as refusal:
        pytest.fail(f"the fast way took what the careful one refuses: {refusal}")
    assert careful.set_aside == ()
    demand_equal(raw, careful, *found)


def test_a_sound_file_goes_the_fast_way(short_gpr):
    assert in_bulk(short_gpr.encode(), short_gpr.encode()) is not None
