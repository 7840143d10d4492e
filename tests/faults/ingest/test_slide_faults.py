"""Scanner files that are not what sheet, layout and panel say: each is refused by name."""

from __future__ import annotations

import os
import shutil

import pytest

from store import archive


def problems(report, name):
    return "\n".join(str(p) for f in report.files if f.file_name == name for p in f.problems)


def statuses(report):
    return {f.file_name: f.status for f in report.files if f.role == "slide"}


def test_a_slide_cut_at_a_row_end_is_refused_with_its_count_and_the_other_slide_loads(
    site, balanced
):
    lines = site.slide(1).read_bytes().splitlines(keepends=True)
    site.slide(1).write_bytes(b"".join(lines[:-100]))
    report = site.load()
    text = problems(report, "SYN-S01.gpr")
    assert "arrays/SYN-S01.gpr" in text
    assert "1308 of 1408 spots, 1408 from the panel layout (layout.gal)" in text
    assert "Do: export or copy the file again" in text
    assert statuses(report) == {"SYN-S01.gpr": "refused", "SYN-S02.gpr": "loaded"}
    assert report.exit_code == 1
    assert report.waiting_slides == ("SYN-S01",)
    (waits,) = report.waiting
    assert str(waits.problem).endswith(
        "slide `SYN-S01` waits: its file was refused. Allowed: a file for every slide of the sheet. "
        f"Do: mend SYN-S01.gpr and load again; until then the batch {waits.batch_id} is incomplete.")  # fmt: skip
    assert site.count("raw.spots") == 1408
    assert site.rows("select rule_id, n_rows_in, is_open from quality.refusals") == [
        ("truncated", 1308, True)
    ]
    balanced(report)


def test_a_slide_cut_inside_a_row_is_refused_with_its_count_and_line(site, balanced):
    data = site.slide(1).read_bytes()
    lines = data.splitlines(keepends=True)
    site.slide(1).write_bytes(b"".join(lines[:-100]) + lines[-100][:40])
    report = site.load()
    text = problems(report, "SYN-S01.gpr")
    assert "1308 of 1408 spots" in text
    assert f"breaks off inside line {len(lines) - 99}" in text
    balanced(report)


def test_slides_that_nobody_parsed_are_counted_by_their_spots_not_by_their_header(site, balanced):
    site.slide(2).write_bytes(site.slide(2).read_bytes().rstrip(b"\r\n"))
    site.edit("samples", lambda rows: rows[0].update(visit="never"))
    report = site.load()
    files = {f.file_name: f for f in report.files}
    assert statuses(report) == {"SYN-S01.gpr": "waiting", "SYN-S02.gpr": "waiting"}
    for name in ("SYN-S01.gpr", "SYN-S02.gpr"):
        assert (files[name].n_rows_in, files[name].n_rows_refused) == (1408, 1408)
    assert files["layout.gal"].notes == (), "which slides need it stands in the refused sheet"
    balanced(report)


def test_a_layout_that_no_slide_of_a_sound_sheet_needs_is_named(site):
    (site.folder / "layouts").mkdir()
    shutil.copy(site.folder / "layout.gal", site.folder / "layouts" / "OTHER.gal")
    notes = {f.file_name: f.notes for f in site.load().files}
    assert notes["layouts/OTHER.gal"] == ("no slide of the sample sheet needs it",)
    assert notes["layout.gal"] == ()


def test_a_rescan_and_a_slide_without_rows_keep_their_balance(loaded, balanced):
    loaded.slide(1).write_bytes(loaded.slide(1).read_bytes() + b"\r\n")
    shutil.copy(loaded.slide(2), loaded.folder / "arrays" / "SYN-S99.gpr")
    (loaded.folder / "arrays" / "SYN-S98.gpr").write_bytes(
        loaded.slide(2).read_bytes().replace(b"PMT", b"PMG", 1))  # fmt: skip
    report = loaded.load()
    rows = {f.file_name: f.n_rows_refused for f in report.files if f.status == "refused"}
    assert rows == {"SYN-S01.gpr": 1408, "SYN-S98.gpr": 1408, "SYN-S99.gpr": 1408}
    balanced(report)


def test_without_a_layout_the_count_comes_from_the_panel(site):
    toml = site.folder / "study.toml"
    toml.write_text(toml.read_text("utf-8").replace('layout = "layout.gal"\n', ""), "utf-8")
    lines = site.slide(1).read_bytes().splitlines(keepends=True)
    site.slide(1).write_bytes(b"".join(lines[:-1]))
    report = site.load()
    assert (
        "1407 of 1408 spots, 1408 from the panel layout (raybiotech_g5: 176 an array)"
        in problems(report, "SYN-S01.gpr")
    )
    assert statuses(report)["SYN-S02.gpr"] == "loaded"


def test_an_unknown_target_is_refused_with_its_spots_and_the_nearest_name(site, balanced):
    data = site.slide(1).read_bytes()
    site.slide(1).write_bytes(data.replace(b'"Leptin"', b'"Lepton"'))
    report = site.load()
    text = problems(report, "SYN-S01.gpr")
    assert "`Lepton` at Block 1 Row" in text
    assert "(line " in text
    assert "and 10 more" in text  # 16 spots, six of them shown
    assert "is not in the content list of raybiotech_g5" in text
    assert "its 84 names" in text
    assert "did you mean `Leptin`" in text
    assert ("unknown_target",) in site.rows("select distinct rule_id from quality.refusals")
    balanced(report)


def test_two_swapped_targets_are_refused_with_both_spots(site):
    text = site.slide(1).read_text("utf-8")
    lines = text.split("\n")
    first = next(i for i, t in enumerate(lines) if '"IL-2"' in t)
    second = next(i for i, t in enumerate(lines) if '"IL-3"' in t)
    lines[first] = lines[first].replace('"IL-2"', '"IL-3"').replace("IL_2", "IL_3")
    lines[second] = lines[second].replace('"IL-3"', '"IL-2"').replace("IL_3", "IL_2")
    site.slide(1).write_text("\n".join(lines), "utf-8", newline="")
    found = problems(site.load(), "SYN-S01.gpr")
    assert "(2 swapped)" in found
    assert "`IL-2` and `IL-3` are swapped: Block 1 Row 2 Column 7 " in found
    assert f"(line {first + 1}) ↔ Block 1 Row 2 Column 9 (line {second + 1})" in found


def test_the_wrong_wavelength_is_refused_with_both_named(site):
    site.slide(1).write_bytes(site.slide(1).read_bytes().replace(b"532", b"635"))
    text = problems(site.load(), "SYN-S01.gpr")
    assert "scanned at 635 nm, study.toml says 532 nm" in text


def test_a_spot_that_stands_twice_is_refused_with_its_lines(site):
    lines = site.slide(1).read_bytes().splitlines(keepends=True)
    lines[-1] = lines[-2]
    site.slide(1).write_bytes(b"".join(lines))
    text = problems(site.load(), "SYN-S01.gpr")
    assert "1 spots stand more than once: Block 8 Row 11 Column 15" in text
    assert f"(lines {len(lines) - 1}, {len(lines)})" in text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"F532 Median"\t', b'"F532 Medan"\t', "['F532 Median'] are missing"),
        (b'"F532 SD"', b'"F532 Mean"', "['F532 Mean'] stand more than once"),
        (b'"Flags"', b'"Flag"', "['Flags'] are missing"),
    ],
)
def test_missing_and_doubled_titles_are_refused(site, old, new, words):
    data = site.slide(1).read_bytes()
    assert old in data
    site.slide(1).write_bytes(data.replace(old, new, 1))
    assert words in problems(site.load(), "SYN-S01.gpr")


def test_a_nul_character_is_refused_with_its_line(site):
    lines = site.slide(1).read_bytes().splitlines(keepends=True)
    lines[99] = lines[99].replace(b"\t", b"\x00", 1)
    site.slide(1).write_bytes(b"".join(lines))
    assert "SYN-S01.gpr, line 100: a NUL character" in problems(site.load(), "SYN-S01.gpr")


@pytest.mark.parametrize("cell", ["-1", "65536", "nan", "inf", "Error", "", "62,5"])
def test_an_impossible_intensity_goes_to_quarantine_and_the_rest_loads(site, balanced, cell):
    lines = site.slide(1).read_text("utf-8").split("\n")
    head = next(i for i, t in enumerate(lines) if t.startswith('"Block"'))
    at = lines[head].split("\t").index('"F532 Median"')
    cells = lines[head + 5].split("\t")
    cells[at] = cell
    lines[head + 5] = "\t".join(cells)
    site.slide(1).write_text("\n".join(lines), "utf-8", newline="")
    report = site.load()
    assert report.exit_code == 0
    assert [(q.role, q.line, q.column) for q in report.quarantined] == [
        ("slide", head + 6, "foreground_median_afu")
    ]
    assert f"SYN-S01.gpr, line {head + 6}" in str(report.quarantined[0].problem)
    assert site.count("raw.spots", "slide_id = 'SYN-S01'") == 1407
    (row,) = site.rows("select source_line, slide_id, batch_id, reason, is_open "
                       "from quality.quarantine")  # fmt: skip
    assert row[:3] == (head + 6, "SYN-S01", "SYN-01")
    assert row[4]
    assert cell == "" or cell not in row[3].replace("65535", "")
    balanced(report)
    assert site.load().is_unchanged
    assert site.count("quality.quarantine") == 1


def test_a_file_without_a_sample_row_is_refused_and_the_near_slide_is_named(site, balanced):
    shutil.copyfile(site.slide(2), site.folder / "arrays" / "SYN-S2.gpr")
    path = site.folder / "arrays" / "SYN-S2.gpr"
    path.write_bytes(path.read_bytes().replace(b"SYN-S02", b"SYN-S2"))
    report = site.load()
    text = problems(report, "SYN-S2.gpr")
    assert "slide `SYN-S2` has no row in samples.csv" in text
    assert "did you mean slide `SYN-S02`" in text
    assert statuses(report) == {
        "SYN-S01.gpr": "loaded", "SYN-S02.gpr": "loaded", "SYN-S2.gpr": "refused",
    }  # fmt: skip
    balanced(report)


def test_a_sample_row_without_its_file_waits_and_is_taken_up_when_the_file_comes(site, balanced):
    data = site.slide(2).read_bytes()
    site.slide(2).unlink()
    report = site.load()
    assert report.waiting_slides == ("SYN-S02",)
    text = str(report.waiting[0].problem)
    assert "samples.csv" in text
    assert "slide `SYN-S02` waits" in text
    assert "arrays/SYN-S02.gpr" in text
    assert report.waiting[0].batch_id == "SYN-01"
    assert report.exit_code == 1
    assert not report.problems
    assert site.count("raw.samples", "slide_id = 'SYN-S02'") == 8
    assert site.count("raw.spots", "slide_id = 'SYN-S02'") == 0
    site.slide(2).write_bytes(data)
    second = site.load()
    assert second.exit_code == 0
    assert second.waiting == ()
    assert second.changed_batches == ("SYN-01",)
    assert site.count("raw.spots", "slide_id = 'SYN-S02'") == 1408
    balanced(report)
    balanced(second)


def test_a_block_without_a_sample_row_refuses_its_slide(site):
    site.edit("samples", lambda rows: rows.pop(3))
    text = problems(site.load(), "SYN-S01.gpr")
    assert "Block 4 of slide SYN-S01 has no row in samples.csv" in text
    assert "group_code `empty`" in text


def test_the_same_bytes_under_another_name_are_refused(loaded):
    names, rows = loaded.read("samples")
    more = [{**r, "slide_id": "SYN-S03", "sample_id": f"X{r['sample_id']}"} for r in rows[:8]]
    loaded.write("samples", names, [*rows, *more])
    shutil.copyfile(loaded.slide(1), loaded.slide(3))
    text = problems(loaded.load(), "SYN-S03.gpr")
    assert "the same bytes as slide `SYN-S01`" in text


def test_a_new_scan_of_a_slide_needs_supersede_and_the_old_one_stays_in_the_archive(
    loaded, balanced
):
    old = loaded.rows("select file_sha256 from raw.files where slide_id = 'SYN-S01'")[0][0]
    loaded.slide(1).write_bytes(
        loaded.slide(1).read_bytes().replace(b"PMTGain=500", b"PMTGain=510")
    )
    report = loaded.load()
    text = problems(report, "SYN-S01.gpr")
    assert "is loaded from another file" in text
    assert "--supersede --reason" in text
    assert loaded.rows("select distinct file_sha256 from raw.spots where slide_id = 'SYN-S01'") == [
        (old,)
    ]
    report = loaded.load(supersede_reason="scanned anew at lower gain")
    assert report.exit_code == 0
    assert report.changed_batches == ("SYN-01",)
    new = loaded.rows("select distinct file_sha256 from raw.spots where slide_id = 'SYN-S01'")
    assert new != [(old,)]
    assert loaded.count("raw.spots") == 2816
    assert loaded.count("raw.scan_headers") == 60
    assert old in archive.names(loaded.home)
    details = loaded.events()[-1].details
    assert details["supersede_reason"] == "scanned anew at lower gain"
    assert [f["superseded_sha256"] for f in details["files"] if "superseded_sha256" in f] == [old]
    assert loaded.count("quality.refusals", "is_open") == 0
    balanced(report)
    assert loaded.load().is_unchanged


def test_a_link_and_an_archive_are_refused(site):
    real = site.slide(1).rename(site.folder / "elsewhere.bin")
    site.slide(1).symlink_to(real)
    site.slide(2).write_bytes(b"PK\x03\x04" + b"0" * 100)
    report = site.load()
    assert "a link" in problems(report, "SYN-S01.gpr")
    assert "an archive file is not read" in problems(report, "SYN-S02.gpr")
    assert report.exit_code == 1
    assert site.count("quality.refusals") == 2


def test_a_layout_that_names_what_the_panel_does_not_have_makes_its_slides_wait(site):
    layout = site.folder / "layout.gal"
    layout.write_bytes(layout.read_bytes().replace(b'"Leptin"', b'"Lepton"'))
    report = site.load()
    assert "`Lepton` is not in the content list" in problems(report, "layout.gal")
    assert set(statuses(report).values()) == {"waiting"}
    assert site.count("raw.spots") == 0
    assert site.count("raw.patients") == 9


def test_a_layout_outside_the_study_folder_is_refused(site):
    toml = site.folder / "study.toml"
    (site.folder / "layout.gal").rename(site.folder.parent / "layout.gal")
    toml.write_text(toml.read_text("utf-8").replace('"layout.gal"', '"../layout.gal"'), "utf-8")
    assert "the path leaves the study folder" in problems(site.load(), "../layout.gal")


def test_a_file_that_changes_while_it_is_loaded_stops_the_load(site):
    def touch(done, total):
        if done:
            os.utime(site.slide(1), ns=(1, 1))

    from contracts import CytomartError

    with pytest.raises(CytomartError, match="changed while it was loaded") as caught:
        site.load(on_progress=touch)
    assert caught.value.exit_code == 1
    assert site.count("raw.spots") == 0
    assert site.events() == []


def test_refusals_are_recorded_once_and_closed_when_the_file_is_whole(site):
    data = site.slide(1).read_bytes()
    site.slide(1).write_bytes(data[: len(data) // 2])
    site.load()
    before = len(site.events())
    site.load()
    assert site.count("quality.refusals") == 1
    assert len(site.events()) == before
    site.slide(1).write_bytes(data)
    assert site.load().exit_code == 0
    assert site.rows("select is_open from quality.refusals") == [(False,)]
