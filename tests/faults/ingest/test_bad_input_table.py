"""RELIABILITY.md, «Bad input: what a user expects»: one test a row, the message asserted.

The first line of each test's docstring is the row's first cell.
"""

from __future__ import annotations

import csv
import inspect
import os
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts import CytomartError
from contracts.paths import REPO_ROOT
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from store import ledger

RELIABILITY = REPO_ROOT.parent / "shared" / "docs" / "RELIABILITY.md"
#: A warning for a person, from data that are loaded: the gate's, not the reader's.
NOT_OF_READING = ("likely swapped patients (sex, age, visit order, replicate correlation)",)
QUICK_S = 10


def said(report, name):
    """Return everything that a load says of a file, refusals and quarantine."""
    refused = [p for f in report.files if f.file_name == name for p in f.problems]
    return "\n".join(map(str, [*refused, *(q.problem for q in report.quarantined
                                           if q.file_name == name)]))  # fmt: skip


def status(report, name):
    return next(f.status for f in report.files if f.file_name == name)


def spoil_slide(site, change):
    """Change the first slide's lines."""
    lines = site.slide(1).read_bytes().splitlines(keepends=True)
    site.slide(1).write_bytes(b"".join(change(lines)))


def spot_cell(site, title, text):
    """Put a text into the fifth spot's cell of a column; return its line."""
    lines = site.slide(1).read_text("utf-8").split("\n")
    head = next(i for i, t in enumerate(lines) if t.startswith('"Block"'))
    cells = lines[head + 5].split("\t")
    cells[lines[head].split("\t").index(f'"{title}"')] = text
    lines[head + 5] = "\t".join(cells)
    site.slide(1).write_text("\n".join(lines), "utf-8", newline="")
    return head + 6


@pytest.mark.shared
@pytest.mark.skipif(not RELIABILITY.exists(), reason="../shared is absent")
def test_every_row_of_the_table_has_its_test():
    section = RELIABILITY.read_text("utf-8").partition("## Bad input")[2]
    rows = re.findall(r"^\| (.+?) \| .+ \|$", section, re.M)[1:]
    tests = [f for n, f in inspect.getmembers(sys.modules[__name__]) if n.startswith("test_")]
    titles = {(f.__doc__ or "").partition("\n")[0].removesuffix(".") for f in tests}
    assert [r for r in rows if r not in titles and r not in NOT_OF_READING] == []


@pytest.mark.parametrize("n_bytes", [0, 40])
def test_truncated(site, balanced, n_bytes):
    """truncated GPR, at a row end or inside a row."""
    spoil_slide(site, lambda lines: [*lines[:-100], lines[-100][:n_bytes]])
    report = site.load()
    text = said(report, "SYN-S01.gpr")
    assert text.startswith("arrays/SYN-S01.gpr")
    assert "1308 of 1408 spots, 1408 from the panel layout (layout.gal)" in text
    assert ("breaks off inside line" in text) == bool(n_bytes)
    assert "Do: export or copy the file again" in text
    assert status(report, "SYN-S02.gpr") == "loaded"
    assert report.exit_code == 1
    balanced(report)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [(b'"Flags"', b'"Flag"', "['Flags'] are missing"),
     (b'"F532 SD"', b'"F532 Mean"', "['F532 Mean'] stand more than once")],
)  # fmt: skip
def test_titles(site, balanced, old, new, words):
    """missing or duplicated title, missing columns."""
    site.slide(1).write_bytes(site.slide(1).read_bytes().replace(old, new, 1))
    names, rows = site.read("assessments")
    site.write("assessments", [n for n in names if n != "score"],
               [{k: v for k, v in r.items() if k != "score"} for r in rows])  # fmt: skip
    report = site.load()
    assert words in said(report, "SYN-S01.gpr")
    assert (
        "assessments.csv: the column `score` is missing; found patient_id, visit, assessed_on, "
        "instrument_id, site_id, omed_mg. Allowed: a column `score`. Do: add it, or map it in "
        "study.toml"
    ) in said(report, "assessments.csv")
    balanced(report)


def recode(path: Path, encoding: str, line_end: str) -> None:
    text = path.read_text("utf-8").replace("\r\n", "\n")
    ends = {"mixed": ["\n", "\r\n"]}.get(line_end, [line_end])
    lines = text.split("\n")
    joined = "".join(f"{t}{ends[i % len(ends)]}" for i, t in enumerate(lines[:-1])) + lines[-1]
    path.write_bytes(joined.encode(encoding))


@pytest.mark.parametrize(
    ("encoding", "line_end", "recorded"),
    [("utf-16", "\r\n", ("utf-16-le", "CRLF")), ("utf-8-sig", "\r", ("utf-8-sig", "CR")),
     ("utf-16-be", "mixed", ("utf-16-be", "mixed"))],
)  # fmt: skip
def test_encodings(site, loaded_home, encoding, line_end, recorded):
    """UTF-16, cp1252, GB18030, BOM, CR, CRLF, mixed."""
    for name in ("arrays/SYN-S01.gpr", "patients.csv", "assessments.csv"):
        recode(site.folder / name, encoding, line_end)
    assert site.load().exit_code == 0
    for name in ("SYN-S01.gpr", "patients.csv", "assessments.csv"):
        assert site.rows(
            f"select encoding, line_end from raw.files where file_name = '{name}'"
        ) == [recorded]
    site.con.execute(f"attach '{loaded_home / 'vault' / 'build.duckdb'}' as plain (read_only)")
    for relation, left_out in (("raw.spots", "file_sha256"),
                               ("raw.patients", "file_sha256, source_line"),
                               ("raw.assessments", "file_sha256, source_line")):  # fmt: skip
        columns = f"select * exclude ({left_out}) from"
        both = f"{columns} {relation} except all {columns} plain.{relation}"
        assert site.count(relation) == site.count(f"plain.{relation}") > 0
        assert site.rows(both) == []


def test_chinese_and_western_letters(site):
    """A Chinese-named table in GB18030 reads right; so does cp1252; each is told."""
    names, rows = site.read("patients")
    chinese = {"patient_id": "患者编号", "sex": "性别", "age_years": "年龄"}
    sexes = {"female": "女", "male": "男"}
    with (site.folder / "patients.csv").open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow([chinese.get(n, n) for n in names])
        writer.writerows([[sexes.get(r[n], r[n]) for n in names] for r in rows])
    toml = site.folder / "study.toml"
    mapping = "\n".join(f'{ours} = "{title}"' for ours, title in chinese.items())
    toml.write_text(f"{toml.read_text('utf-8')}\n[columns.patients]\n{mapping}\n", "utf-8")
    site.slide(1).rename(site.folder / "arrays" / "玻片1.gpr")
    site.edit("samples", lambda own: [r.update(slide_id="玻片1") for r in own
                                      if r["slide_id"] == "SYN-S01"])  # fmt: skip
    recode(site.folder / "samples.csv", "gb18030", "\n")
    site.edit("assessments", lambda own: own[0].update(site_id="Rücken"))
    recode(site.folder / "assessments.csv", "cp1252", "\n")
    report = site.load()
    assert report.exit_code == 0, [str(p) for p in report.problems]
    assert site.rows("select sex, count(*) from raw.patients group by all") == [("female", 9)]
    assert site.count("raw.spots", "slide_id = '玻片1'") == 1408
    assert site.rows("select site_id from raw.assessments where site_id <> ''") == [("Rücken",)]
    notes = {f.file_name: f.notes for f in report.files}
    for name, words in (("patients.csv", "GB18030 (Chinese), the first on line 1"),
                        ("samples.csv", "GB18030 (Chinese), the first on line"),
                        ("assessments.csv", "cp1252 (Western European Windows), the first on "
                         "line 2")):  # fmt: skip
        assert any(f"letters are read as {words}" in n for n in notes[name]), notes[name]


@pytest.mark.parametrize(("byte", "words"), [(b"\x00", "a NUL character"),
                                             (b"\x07", "a control character (code 7)")])  # fmt: skip
def test_control_characters(site, balanced, byte, words):
    """NUL or control characters."""
    spoil_slide(site, lambda lines: [*lines[:99], lines[99].replace(b"\t", byte, 1), *lines[100:]])
    table = site.folder / "assessments.csv"
    table.write_bytes(table.read_bytes().replace(b"baseline", b"base" + byte + b"line", 1))
    report = site.load()
    assert f"SYN-S01.gpr, line 100: {words} in the text" in said(report, "SYN-S01.gpr")
    assert f"assessments.csv, line 2: {words} in the text. Allowed: printable text, tabs and line " \
        "ends. Do: export the file again from the program that made it." in said(
            report, "assessments.csv")  # fmt: skip
    balanced(report)


def test_doubled_spot(site, balanced):
    """duplicated block/row/column."""
    spoil_slide(site, lambda lines: [*lines[:-1], lines[-2]])
    n_lines = len(site.slide(1).read_bytes().splitlines())
    report = site.load()
    text = said(report, "SYN-S01.gpr")
    assert "1 spots stand more than once: Block 8 Row 11 Column 15" in text
    assert f"(lines {n_lines - 1}, {n_lines})" in text
    balanced(report)


@pytest.mark.parametrize("cell", ["low", "nan", "inf", "-1", "65536"])
def test_intensity(site, balanced, cell):
    """text, NaN, inf, negative or > 65535 intensity."""
    line = spot_cell(site, "F532 Median", cell)
    report = site.load()
    assert report.exit_code == 0
    text = said(report, "SYN-S01.gpr")
    assert f"SYN-S01.gpr, line {line}" in text
    assert "`F532 Median` " in text
    assert "Allowed: " in text
    assert site.count("raw.spots", f"slide_id = 'SYN-S01' and source_line = {line}") == 0
    assert site.count("raw.spots", "slide_id = 'SYN-S01'") == 1407
    balanced(report)


def test_saturated(site):
    """saturated."""
    spot_cell(site, "F532 Median", "65535")
    line = spot_cell(site, "F532 % Sat.", "100")
    report = site.load()
    assert (report.exit_code, report.quarantined) == (0, ())
    assert site.rows("select foreground_median_afu, saturated_frac from raw.spots "
                     f"where slide_id = 'SYN-S01' and source_line = {line}") == [(65535.0, 1.0)]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [(lambda data: data.replace(b"532", b"635"), "scanned at 635 nm, study.toml says 532 nm"),
     (lambda data: data.replace(b'"IL-2"', b'"IL-9"'), "IL-9"),
     (lambda data: re.sub(rb"(?m)^1\t(\d+)\t1\t", rb"1\t\1\t99\t", data), "Row 99")],
)  # fmt: skip
def test_layout_lot_wavelength(site, balanced, change, words):
    """layout or lot differs from the sheet; wrong wavelength."""
    site.slide(1).write_bytes(change(site.slide(1).read_bytes()))
    report = site.load()
    assert status(report, "SYN-S01.gpr") == "refused"
    assert words in said(report, "SYN-S01.gpr")
    assert status(report, "SYN-S02.gpr") == "loaded"
    balanced(report)


def test_orphans_and_ids(site, balanced):
    """file without a sample row, sample row without a file, duplicate ids, blanks, case, full-width characters."""

    def spoil(rows):
        rows[1]["sample_id"] = rows[0]["sample_id"]
        rows[2]["sample_id"] = f" {rows[2]['sample_id']}"
        rows[3]["sample_id"] = rows[4]["sample_id"].lower()
        rows[5]["sample_id"] = "Ｐ０９-x"
        rows[6]["sample_id"] = "P09-x"

    site.edit("samples", spoil)
    text = said(site.load(), "samples.csv")
    for words in ("stands 2 times: samples.csv, line 2, column sample_id (cell A2), samples.csv, "
                  "line 3, column sample_id (cell A3)", "has a blank before or after it",
                  "ids differ only in blanks, case or width: `Ｐ０９-x` at samples.csv, line 7"):  # fmt: skip
        assert words in text, words
    assert text.count("ids differ only in blanks, case or width") == 2


def test_orphan_files(site, balanced):
    """A file without a row and a row without a file are both named; the slide waits."""
    site.slide(2).rename(site.folder / "arrays" / "SYN-S20.gpr")
    report = site.load()
    assert "SYN-S20" in said(report, "SYN-S20.gpr")
    assert "Do: " in said(report, "SYN-S20.gpr")
    (waiting,) = report.waiting
    assert "slide `SYN-S02` waits: it has" in str(waiting.problem)
    assert "rows in samples.csv and no file arrays/SYN-S02.gpr" in str(waiting.problem)
    assert report.exit_code == 1
    assert status(report, "SYN-S01.gpr") == "loaded"
    balanced(report)


def test_missing_follow_up(site, balanced):
    """missing follow-up."""
    site.edit("assessments", lambda rows: [
        rows.remove(r) for r in list(rows) if (r["patient_id"], r["visit"]) == ("P01", "follow_up")
    ])  # fmt: skip
    report = site.load()
    assert (report.exit_code, report.quarantined) == (0, ())
    assert site.count("raw.assessments", "patient_id = 'P01'") == 2
    assert site.count("raw.assessments") == 22
    balanced(report)


def test_vas(site, balanced):
    """VAS out of range; a whole column > 10."""
    site.edit("assessments", lambda rows: rows[0].update(score="14"))
    text = said(site.load(), "assessments.csv")
    assert text == (
        "assessments.csv, line 2, column score (cell F2): 14 is out of range. Allowed: 0 to 10 "
        "(Pain, visual analogue scale 0-10 cm). Do: correct the cell; the row is in quarantine "
        "until then."
    )

    def to_mm(rows):
        for row in rows:
            if row["instrument_id"] == "vas_pain_0_10":
                row["score"] = str(int(float(row["score"]) * 10) % 100)

    site.edit("assessments", to_mm)
    report = site.load()
    assert "the column looks like 0-100 mm. Allowed: 0 to 10; nothing is rescaled silently" in said(
        report, "assessments.csv"
    )
    assert site.count("raw.assessments", "score > 10 and instrument_id = 'vas_pain_0_10'") == 0
    balanced(report)


@pytest.mark.parametrize(
    ("day", "words"),
    [("2999-01-01", "2999-01-01 lies in the future. Allowed: YYYY-MM-DD, not after today"),
     ("01/02/2020", "is not an ISO date; it may mean 2020-02-01 or 2020-01-02"),
     ("31.05.2019", "is not an ISO date; it may mean 2019-05-31"),
     ("19-01-02", "is not an ISO date; it may mean 2019-01-02 or 2002-01-19"),
     ("43617", "it is a day as Excel counts them: 2019-06-01 (or 2023-06-02"),
     ("2019-02-30", "is no day of the calendar"),
     ("2001-01-01", "2001-01-01 lies before the baseline of")],
)  # fmt: skip
def test_days(site, balanced, day, words):
    """age 0/150, follow-up before baseline, future date, two-digit year, dd/mm."""
    site.edit("assessments", lambda rows: rows[2].update(assessed_on=day))
    report = site.load()
    text = said(report, "assessments.csv")
    assert "assessments.csv, line 4, column assessed_on (cell C4): " in text
    assert words in text
    assert site.count("raw.assessments") == 23
    balanced(report)


@pytest.mark.parametrize("age", ["0", "150"])
def test_ages_and_decimal_commas(site, balanced, age):
    """Ages outside 1 to 120; commas only where the whole column agrees, never for thousands."""
    site.edit("patients", lambda rows: rows[0].update(age_years=age))
    site.edit("assessments", lambda rows: [r.update(omed_mg="1,200") for r in rows[4:6]])
    site.edit("assessments", lambda rows: rows[6].update(score="3,5"))
    report = site.load()
    assert f"patients.csv, line 2, column age_years (cell E2): {age} is out of range. Allowed: 1 " \
        "to 120 (Age at enrolment)." in said(report, "patients.csv")  # fmt: skip
    text = said(report, "assessments.csv")
    assert "`1,200` is not a number: it may mean 1200 or 1.200" in text
    assert "`3,5` is not a number: a decimal comma counts only where the whole column has them" in (
        text
    )
    balanced(report)


def test_conflicting_rows(loaded, balanced):
    """two conflicting rows of one key inside one delivery."""
    before = loaded.rows("select * exclude (file_sha256, source_line) from raw.assessments "
                         "order by all")  # fmt: skip
    loaded.edit("assessments", lambda rows: rows.append({**rows[1], "score": "99"}))
    report = loaded.load()
    assert [q.rule_id for q in report.quarantined] == ["conflict", "conflict"]
    assert "stands 2 times with different cells: lines 3, 26. Allowed: one row a key. Do: keep the " \
        "right row; until then all of them are in quarantine and a value that is already released " \
        "stays" in said(report, "assessments.csv")  # fmt: skip
    assert before == loaded.rows("select * exclude (file_sha256, source_line) from "
                                 "raw.assessments order by all")  # fmt: skip
    balanced(report)


def test_sizes(site, monkeypatch, tmp_path):
    """very large file, very long line, very many columns."""
    start = time.process_time()
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as stream:
        stream.truncate(600 * 1024 * 1024)
    with pytest.raises(RefusedError) as large:
        SourceFile.from_path(huge)
    assert "huge.csv: 629,145,600 bytes are more than the limit of 536,870,912. Do: split" in str(
        large.value
    )
    (site.folder / "assessments.csv").write_text("patient_id," + "x" * 2_000_000, "utf-8")
    (site.folder / "patients.csv").write_text(",".join(f"c{i}" for i in range(200_000)) + "\n")
    report = site.load()
    assert "assessments.csv, line 1: the line has more than 1,000,000 characters" in said(
        report, "assessments.csv"
    )
    assert "patients.csv, line 1: the table has 200,000 columns. Allowed: at most 2,000" in said(
        report, "patients.csv"
    ) or "the line has more than 1,000,000 characters" in said(report, "patients.csv")
    assert time.process_time() - start < QUICK_S * 3


def test_what_is_no_file(site, balanced):
    """archive files, links, devices, `../`."""
    slide = site.slide(1)
    slide.write_bytes(b"PK\x03\x04" + b"\x00" * 100)
    site.slide(2).rename(site.folder.parent / "outside.gpr")
    site.slide(2).symlink_to(site.folder.parent / "outside.gpr")
    (site.folder / "assessments.csv").unlink()
    os.mkfifo(site.folder / "assessments.csv")
    toml = site.folder / "study.toml"
    (site.folder / "layout.gal").rename(site.folder.parent / "layout.gal")
    toml.write_text(toml.read_text("utf-8").replace('"layout.gal"', '"../layout.gal"'), "utf-8")
    report = site.load()
    assert "an archive file is not read. Do: unpack it and deliver its files" in said(
        report, "SYN-S01.gpr"
    )
    assert "a link" in said(report, "SYN-S02.gpr")
    assert "Do: copy the file itself" in said(report, "SYN-S02.gpr")
    assert "a folder or a device is not a file" in said(report, "assessments.csv")
    assert any("the path leaves the study folder" in str(p) for p in report.problems)
    balanced(report)


def test_still_being_written(site):
    """file still being written."""

    def grow(done, total):
        with site.slide(1).open("ab") as stream:
            stream.write(b"1\t1\t1\n")

    with pytest.raises(CytomartError) as caught:
        site.load(on_progress=grow)
    assert (
        "arrays/SYN-S01.gpr: the file changed while it was loaded. Allowed: a file at rest. Do: "
        "wait until it is complete, then load again; nothing was loaded."
    ) in str(caught.value)
    assert site.count("raw.spots") == site.count("raw.files") == 0
    assert site.events() == []


def test_clock(loaded, monkeypatch):
    """clock set back."""
    past = datetime.now(UTC) - timedelta(days=2)
    monkeypatch.setattr(ledger, "_now", lambda: past)
    loaded.edit("assessments", lambda rows: rows.append({**rows[0], "instrument_id":
                                                         "nrs_pain_0_10", "score": "4"}))  # fmt: skip
    assert loaded.load().exit_code == 0
    events = loaded.events()
    assert [e.sequence_number for e in events] == sorted(e.sequence_number for e in events)
    assert events[-1].is_clock_set_back
    (finding,) = ledger.check(loaded.home)
    assert "the machine's clock had been set back by" in str(finding)


@pytest.mark.parametrize("first", ["assessments", "arrays"])
def test_scores_and_arrays_may_come_in_either_order(site, first):
    """Assessments before or after the arrays give the same warehouse."""
    held = {}
    later = (
        [site.folder / "assessments.csv"] if first == "arrays" else [site.slide(1), site.slide(2)]
    )
    for path in later:
        held[path] = path.read_bytes()
        path.unlink()
    one = site.load()
    assert len(one.waiting) == (0 if first == "arrays" else 2)
    assert site.count("raw.assessments") == (0 if first == "arrays" else 24)
    for path, data in held.items():
        path.write_bytes(data)
    two = site.load()
    assert two.exit_code == 0
    assert two.changes == ()
    assert (site.count("raw.assessments"), site.count("raw.spots")) == (24, 2816)
