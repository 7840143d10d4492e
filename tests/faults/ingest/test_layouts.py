"""Layouts of lots: found, enforced, kept; slides of another lot and changed layouts are refused."""

from __future__ import annotations

import shutil

import pytest

import expectations
from ingest.panel.catalog import load_panel

LAYOUT_LINE = 'layout = "layout.gal"\n'


def problems(report, name):
    return "\n".join(str(p) for f in report.files if f.file_name == name for p in f.problems)


def statuses(report, role="slide"):
    return {f.file_name: f.status for f in report.files if f.role == role}


def notes(report, role="layout"):
    return [n for f in report.files if f.role == role for n in f.notes]


def unstated(site):
    """Take the layout out of study.toml and of the folder."""
    toml = site.folder / "study.toml"
    toml.write_text(toml.read_text("utf-8").replace(LAYOUT_LINE, ""), "utf-8")
    return (site.folder / "layout.gal").rename(site.folder.parent / "kept.gal")


def two_lots(site):
    """Give slide 2 a lot of its own, in sheet and header."""
    site.edit("samples", lambda rows: [r.update(lot="SYN-LOT-2") for r in rows
                                       if r["slide_id"] == "SYN-S02"])  # fmt: skip
    path = site.slide(2)
    path.write_bytes(path.read_bytes().replace(b"SYN-LOT-1", b"SYN-LOT-2"))


def swap(path, one="IL-2", two="IL-3"):
    """Exchange two targets, names and ids, wherever they stand."""
    text = path.read_bytes().decode()
    for a, b in ((one, "\0"), (two, one), ("\0", two)):
        text = text.replace(f'"{a}"', f'"{b}"')
        text = text.replace(f'"{a.replace("-", "_")}"', f'"{b.replace("-", "_")}"')
    path.write_bytes(text.encode())


@pytest.mark.parametrize("place", ["layouts/SYN-LOT-1.gal", "syn-lot-1.gal"])
def test_the_layout_of_a_lot_is_found_by_its_name(site, place):
    kept = unstated(site)
    (site.folder / "layouts").mkdir()
    shutil.copyfile(kept, site.folder / place)
    report = site.load()
    assert report.exit_code == 0
    assert statuses(report, "layout") == {place: "loaded"}
    assert site.rows("select distinct lot from raw.panel_features") == [("SYN-LOT-1",)]
    assert site.count("raw.files", "role = 'layout'") == 1
    assert (site.home.archive_dir / site.rows("select file_sha256 from raw.panel_features limit 1")
            [0][0]).exists()  # fmt: skip
    assert site.load().is_unchanged


def test_a_layout_that_no_slide_needs_is_said_so(site):
    (site.folder / "layouts").mkdir()
    shutil.copyfile(site.folder / "layout.gal", site.folder / "layouts" / "SYN_LOT_1.gal")
    report = site.load()
    assert report.exit_code == 0
    assert notes(report) == ["no slide of the sample sheet needs it"]


def test_a_slide_of_another_lot_is_refused_with_both_lots_and_the_others_load(site, balanced):
    two_lots(site)
    (site.folder / "layouts").mkdir()
    own = site.folder / "layouts" / "SYN-LOT-2.gal"
    shutil.copyfile(site.folder / "layout.gal", own)
    swap(own)
    report = site.load()
    text = problems(report, "SYN-S02.gpr")
    assert (
        "these are the spots of lot `SYN-LOT-1` (layout.gal), samples.csv says lot `SYN-LOT-2`"
        in text
    )
    assert "`IL-3` and `IL-2` are swapped: Block 1 Row 2 Column 7 (line" in text
    assert statuses(report) == {"SYN-S01.gpr": "loaded", "SYN-S02.gpr": "refused"}
    assert site.rows("select rule_id from quality.refusals") == [("another_lot",)]
    balanced(report)


def test_a_header_of_another_lot_is_refused(site):
    two_lots(site)
    path = site.slide(2)
    path.write_bytes(path.read_bytes().replace(b"SYN-LOT-2", b"SYN-LOT-1"))
    text = problems(site.load(), "SYN-S02.gpr")
    assert "its ArrayName names lot `SYN-LOT-1`, samples.csv says lot `SYN-LOT-2`" in text


def test_two_lines_that_changed_places_are_refused_with_their_spots(site, balanced):
    lines = site.slide(1).read_bytes().splitlines(keepends=True)
    lines[60], lines[64] = lines[64], lines[60]
    site.slide(1).write_bytes(b"".join(lines))
    report = site.load()
    text = problems(report, "SYN-S01.gpr")
    assert "2 spots stand out of the scanner's order" in text
    assert "(line 65) and Block 1 Row" in text
    assert "(line 61) have changed places" in text
    assert statuses(report)["SYN-S02.gpr"] == "loaded"
    balanced(report)


def test_a_removed_row_is_named(site):
    lines = site.slide(1).read_bytes().splitlines(keepends=True)
    cells = lines[200].decode().split("\t")
    del lines[200]
    site.slide(1).write_bytes(b"".join(lines))
    text = problems(site.load(), "SYN-S01.gpr")
    where = f"Block {cells[0]} Row {cells[2]} Column {cells[1]} `{cells[3].strip(chr(34))}`"
    assert "rows are missing inside the file" in text
    assert f"1407 of 1408 spots, 1408 from the panel layout (layout.gal); missing: {where}" in text


def test_without_a_layout_a_slide_that_differs_from_the_first_is_refused(site):
    unstated(site)
    swap(site.slide(2))
    report = site.load()
    text = problems(report, "SYN-S02.gpr")
    assert "the spots are not those of slide `SYN-S01`, the first loaded of lot `SYN-LOT-1`" in text
    assert "(32 swapped)" in text
    assert "`IL-2` and `IL-3` are swapped" in text
    assert site.count("raw.panel_features") == 0
    later = site.load()
    assert "the first loaded of lot `SYN-LOT-1`" in problems(later, "SYN-S02.gpr")


def test_without_a_layout_the_first_slide_can_be_put_right(site):
    unstated(site)
    good = site.slide(1).read_bytes()
    swap(site.slide(1))
    assert "SYN-S01" in problems(site.load(), "SYN-S02.gpr")
    site.slide(1).write_bytes(good)
    report = site.load(supersede_reason="the first file was edited")
    assert statuses(report) == {"SYN-S01.gpr": "loaded", "SYN-S02.gpr": "loaded"}
    assert report.exit_code == 0


def test_without_a_layout_a_missing_spot_is_named_by_the_other_blocks(site):
    unstated(site)
    lines = site.slide(1).read_bytes().splitlines(keepends=True)
    site.slide(1).write_bytes(b"".join(lines[:-1]))
    text = problems(site.load(), "SYN-S01.gpr")
    assert "1407 of 1408 spots" in text
    assert "missing: Block 8 Row 11 Column 16 `NEG`" in text


def test_another_layout_over_loaded_slides_is_refused_with_its_spots(loaded):
    swap(loaded.folder / "layout.gal")
    before = loaded.rows("select * from raw.panel_features order by all")
    report = loaded.load()
    text = problems(report, "layout.gal")
    assert (
        "the layout of lot `SYN-LOT-1` differs in 32 positions from what its 2 loaded slides"
        in text
    )
    assert "Block 1 Row 2 Column 7: `IL-2` → `IL-3`" in text
    assert "and 26 more" in text
    assert report.exit_code == 1
    assert loaded.rows("select * from raw.panel_features order by all") == before
    assert loaded.count("raw.files", "role = 'layout'") == 1
    assert len(report.changes) == 32
    assert set(statuses(report).values()) == {"unchanged"}


def test_another_layout_can_be_put_in_force_with_a_reason(loaded):
    swap(loaded.folder / "layout.gal")
    report = loaded.load(accept_corrections="the maker corrected the array list")
    assert report.corrections_accepted
    assert loaded.rows(
        "select target_name from raw.panel_features "
        "where block = 1 and spot_row = 2 and spot_column = 7"
    ) == [("IL-3",)]
    assert loaded.load().is_unchanged
    run = expectations.run_batch_gate(loaded.con, "small", "SYN-01")
    assert [r.rule_id for r in run.broken] == ["spots_as_laid_out"]
    assert run.verdict == "held"


def test_another_comment_in_a_layout_is_no_other_layout(loaded):
    path = loaded.folder / "layout.gal"
    path.write_bytes(path.read_bytes().replace(b"SYNTHETIC: the layout", b"SYNTHETIC: a layout"))
    report = loaded.load()
    assert report.exit_code == 0
    assert statuses(report, "layout") == {"layout.gal": "loaded"}
    assert loaded.count("raw.files", "role = 'layout'") == 1


def test_a_layout_stays_in_force_without_its_file(loaded):
    unstated(loaded)
    report = loaded.load()
    assert report.exit_code == 0
    assert loaded.count("raw.panel_features") == 1408
    assert loaded.count("raw.files", "role = 'layout'") == 1
    assert notes(report) == ["it stays in force: its file is not in the folder, or was refused"]
    swap(loaded.slide(2))
    text = problems(loaded.load(supersede_reason="again"), "SYN-S02.gpr")
    assert "the loaded layout of lot `SYN-LOT-1`" in text


def test_a_layout_that_comes_later_must_fit_the_loaded_slides(site):
    kept = unstated(site)
    assert site.load().exit_code == 0
    (site.folder / "layouts").mkdir()
    path = site.folder / "layouts" / "SYN-LOT-1.gal"
    shutil.copyfile(kept, path)
    swap(path)
    report = site.load()
    assert "differs in 32 positions" in problems(report, "layouts/SYN-LOT-1.gal")
    shutil.copyfile(kept, path)
    assert site.load().exit_code == 0
    assert site.count("raw.panel_features") == 1408


def test_spellings_are_read_alike_and_noted_once(site):
    for path in (site.slide(1), site.slide(2)):
        path.write_bytes(path.read_bytes().replace(b'"ENA-78"', b'"CXCL5"'))
    report = site.load()
    assert report.exit_code == 0
    assert notes(report, "slide") == ["read by another spelling: `CXCL5` as ENA-78"] * 2
    assert site.rows("select target_name, target_id, matched_by from raw.target_spellings") == [
        ("CXCL5", "ENA_78", "alias")
    ]
    assert site.count("raw.spots", "target_name = 'CXCL5'") == 32


def test_slides_are_gated_against_the_list_of_their_lot(site):
    unstated(site)
    two_lots(site)
    names = [t.target_name for t in load_panel("raybiotech_g5").targets]
    kinds = {"NEG": "negative_control", "POS1": "positive_control", "POS2": "positive_control",
             "POS3": "positive_control"}  # fmt: skip
    lines = [f"{n},{kinds.get(n, 'analyte')},{'SYN-LOT-1' if n == 'Leptin' else ''}" for n in names]
    (site.folder / "catalog.csv").write_text(
        "\n".join(["target_name,target_kind,lot", *lines]) + "\n", "utf-8"
    )
    report = site.load()
    assert statuses(report) == {"SYN-S01.gpr": "loaded", "SYN-S02.gpr": "refused"}
    text = problems(report, "SYN-S02.gpr")
    assert "`Leptin` at Block 1 Row" in text
    assert "not in the content list of raybiotech_g5, lot SYN-LOT-2" in text
    assert "(Leptin is printed on lot SYN-LOT-1 only)" in text
    assert site.rows("select target_id, lots from raw.panel_targets where lots is not null") == [
        ("LEPTIN", "SYN-LOT-1")
    ]
