"""A slide must be what sheet, layout and panel say, and the message must name the spots."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.panel.gal import Feature, Layout
from ingest.platforms.genepix import GenePix
from ingest.spots.expected_slide import Expected
from ingest.spots.slide_checks import layout_faults, slide_faults, slide_notes

SPOTS = [(b, 1, c, n) for b in (1, 2) for c, n in ((1, "POS1"), (2, "IL-2"), (3, "IL-2"))]


def layout_of(spots, name="lot.gal", **more):
    return Layout(name, "0", tuple(Feature(b, r, c, n, "") for b, r, c, n in spots), **more)


@pytest.fixture
def reading(gpr, source):
    return lambda spots, channels=(532,), **more: GenePix().read(
        source(gpr(spots, channels, **more))
    )


@pytest.fixture
def judge(reading, study, panel):
    def run(spots, *, printed=SPOTS, blocks=(1, 2), channels=(532,), headers=None, **more):
        layout = more.pop("layout", layout_of(printed) if printed else None)
        expected = Expected("S1", "arrays/S1.gpr", study, more.pop("panel", panel),
                            frozenset(blocks) if blocks else None, layout, "samples.csv",
                            **more)  # fmt: skip
        own = {"records": headers} if headers else {}
        return slide_faults(reading(spots, channels, **own), expected)

    return run


def said(faults):
    return "\n".join(str(f.problem) for f in faults)


def test_a_slide_as_declared_has_no_fault(judge):
    assert judge(SPOTS) == []
    assert judge(SPOTS, channels=(635, 532)) == []


def test_missing_spots_are_counted_and_named(judge):
    (fault,) = judge(SPOTS[:-1])
    assert fault.rule_id == "truncated"
    assert (
        "5 of 6 spots, 6 from the panel layout (lot.gal); "
        "missing: Block 2 Row 1 Column 3 `IL-2`" in str(fault.problem)
    )
    (fault,) = judge([*SPOTS[:2], *SPOTS[3:]])
    assert fault.rule_id == "missing_spots"
    assert "5 of 6 spots" in str(fault.problem)
    assert "missing: Block 1 Row 1 Column 3 `IL-2`" in str(fault.problem)


def test_many_missing_spots_are_named_by_block_row_and_run(judge):
    printed = [(b, r, c, "IL-2") for b in (1, 2, 3, 4) for r in (1, 2, 3) for c in range(1, 9)]
    kept = [s for s in printed if s[:2] not in ((3, 2), (3, 3)) and s[0] not in (1, 2)]
    kept = [s for s in kept if not (s[:2] == (4, 2) and s[2] > 3) and s[:3] != (4, 3, 2)]
    text = said(judge(kept, printed=printed, blocks=(3, 4)))
    assert (
        "missing: Blocks 1 to 2 (48 spots), Block 3 Rows 2 to 3 (16 spots), "
        "Block 4 Row 2 Columns 4 to 8 (5 spots), Block 4 Row 3 Column 2 `IL-2`" in text
    )


def test_without_a_layout_each_array_must_have_the_panels_spots(judge):
    (fault,) = judge(SPOTS, printed=None)
    assert "6 of 352 spots, 352 from the panel layout (raybiotech_g5: 176 an array)" in said(
        [fault]
    )
    (fault,) = judge(SPOTS, printed=None, blocks=None)
    assert "6 of 176 spots" in said([fault])


def test_without_a_layout_the_blocks_of_a_slide_must_be_alike(judge):
    blocks = [(b, 1, c, n) for b in (1, 2, 3) for c, n in ((1, "POS1"), (2, "IL-2"), (3, "IL-3"))]
    spoilt = [*blocks[:4], (2, 1, 2, "IL-3"), (2, 1, 3, "IL-2"), *blocks[6:]]
    text = said(judge(spoilt, printed=None, blocks=(1, 2, 3)))
    assert "the spots are not those of the other Blocks of the file (2 swapped)" in text
    assert "`IL-2` and `IL-3` are swapped: Block 2 Row 1 Column 2 (line" in text
    text = said(judge(blocks[:-1], printed=None, blocks=(1, 2, 3)))
    assert "missing: Block 3 Row 1 Column 3 `IL-3`" in text
    assert "swapped" not in said(judge(spoilt, printed=None, blocks=None))


def test_extra_moved_swapped_and_other_spots_are_named(judge):
    text = said(judge([*SPOTS, (2, 9, 9, "IL-3")]))
    assert "(1 extra): extra: Block 2 Row 9 Column 9 `IL-3` (line 12)" in text
    text = said(judge([*SPOTS[:-1], (2, 2, 3, "IL-2")]))
    assert "(1 moved): moved: `IL-2` from Block 2 Row 1 Column 3 to Block 2 Row 2 Column 3" in text
    text = said(judge([*SPOTS[:-1], (2, 1, 3, "IL-3")]))
    assert "Block 2 Row 1 Column 3 `IL-3` (line 11) where the layout has `IL-2`" in text
    swapped = [(1, 1, 1, "IL-2"), (1, 1, 2, "POS1"), *SPOTS[2:]]
    text = said(judge(swapped))
    assert (
        "`POS1` and `IL-2` are swapped: Block 1 Row 1 Column 1 (line 6) ↔ "
        "Block 1 Row 1 Column 2 (line 7)" in text
    )


def test_rows_out_of_the_scanners_order_are_refused_with_their_spots(judge):
    (fault,) = judge([SPOTS[1], SPOTS[0], *SPOTS[2:]])
    assert fault.rule_id == "row_order"
    assert (
        "Block 1 Row 1 Column 1 `POS1` (line 7) and Block 1 Row 1 Column 2 `IL-2` (line 6) "
        "have changed places" in str(fault.problem)
    )
    turned = [*SPOTS[1:3], SPOTS[0], *SPOTS[3:]]
    assert "stands where Block 1 Row 1 Column 1 `POS1` should" in said(judge(turned))


@pytest.mark.parametrize("order", ["rows", "columns", "layout"])
def test_rows_may_stand_in_any_order_that_a_scanner_has(judge, order):
    printed = [(b, r, c, "IL-2") for b in (1, 2) for r in (1, 2) for c in (1, 2)]
    if order == "columns":
        spots = sorted(printed, key=lambda s: (s[0], s[2], s[1]))
        assert judge(spots, printed=printed) == []
    elif order == "layout":
        spots = [*printed[4:], *printed[:4]]
        assert judge(spots, printed=printed)[0].rule_id == "row_order"
        assert judge(spots, printed=spots) == []
    else:
        assert judge(printed, printed=printed[::-1]) == []


def test_blocks_must_be_those_of_the_sheet(judge):
    assert "Block 2 of slide S1 has no row in samples.csv" in said(judge(SPOTS, blocks=(1,)))
    assert "names Block 3, the file has 1, 2" in said(judge(SPOTS, blocks=(1, 2, 3)))
    assert judge(SPOTS, blocks=None) == []


def test_another_wavelength_is_named_with_the_studys(judge):
    text = said(judge(SPOTS, channels=(635, 594)))
    assert "scanned at 635 nm and 594 nm, study.toml says 532 nm" in text


def test_unknown_names_come_with_the_nearest_and_what_the_layout_has(judge):
    (fault,) = judge([*SPOTS[:-1], (2, 1, 3, "ILL-2")])
    assert fault.rule_id == "unknown_target"
    assert "`ILL-2` at Block 2 Row 1 Column 3 (line 11)" in str(fault.problem)
    assert "the layout has `IL-2` there" in str(fault.problem)
    assert "did you mean `IL-2`" in str(fault.problem)


def test_a_spelling_that_could_mean_two_targets_is_refused_with_them(judge):
    spots = [*SPOTS[:-1], (2, 1, 3, "GRO")]
    (fault,) = judge(spots, printed=None, blocks=None)[1:]
    assert "could mean GRO a/b/g or GRO alpha" in str(fault.problem)
    assert "GRO a/b/g" in fault.problem.remedy


def test_an_alias_is_its_target_and_is_noted_once(reading, judge, study, panel):
    spots = [*SPOTS[:-2], (2, 1, 2, "IL2"), (2, 1, 3, "il-2")]
    assert judge(spots) == []
    expected = Expected("S1", "S1.gpr", study, panel, None, None)
    assert slide_notes(reading(spots), expected) == (
        "read by another spelling: `IL2` as IL-2, `il-2` as IL-2",
    )
    assert slide_notes(reading(SPOTS), expected) == ()
    trap = [*SPOTS[:-1], (2, 1, 3, "TPO")]
    assert "thyroid peroxidase" in slide_notes(reading(trap), expected)[0]


def test_positions_without_a_name_are_unprinted(judge):
    blank = [*SPOTS[:-1], (2, 1, 3, "")]
    assert judge(blank, printed=blank) == []
    assert judge(SPOTS[:-1], printed=blank) == []
    assert "Block 2 Row 1 Column 3 nothing (line 11) where the layout has `IL-2`" in said(
        judge(blank)
    )
    assert "`IL-2` (line 11) where the layout has nothing" in said(judge(SPOTS, printed=blank))


def test_the_spots_of_another_lot_are_recognised(judge):
    other = [*SPOTS[:-2], (2, 1, 2, "IL-3"), (2, 1, 3, "IL-3")]
    lots = {"L1": layout_of(SPOTS, "L1.gal"), "L2": layout_of(other, "L2.gal")}
    (fault,) = judge(other, layout=lots["L1"], lot="L1", layouts=lots)
    assert fault.rule_id == "another_lot"
    assert "these are the spots of lot `L2` (L2.gal), samples.csv says lot `L1`" in said([fault])
    assert "Block 2 Row 1 Column 2 `IL-3` (line 10) where the layout has `IL-2`" in said([fault])
    assert judge(other, layout=lots["L2"], lot="L2", layouts=lots) == []


@pytest.mark.parametrize(
    ("header", "is_refused"),
    [
        ("ArrayName=G5, LOT-02", True), ("Barcode=lot-02-0017", True),
        (r"GalFile=C:\GAL\LOT-02.gal", True), (r"GalFile=C:\LOT-02\layout.gal", False),
        ("ArrayName=G5, LOT-01 (was LOT-02)", False), ("ArrayName=LOT-023", False),
        ("Comment=LOT-02", False),
    ],
)  # fmt: skip
def test_a_header_that_names_another_lot_is_refused_with_both(judge, header, is_refused):
    found = judge(SPOTS, lot="LOT-01", lots=frozenset({"LOT-01", "LOT-02"}),
                  headers=('"Type=GenePix Results 3"', f'"{header}"'))  # fmt: skip
    assert [f.rule_id for f in found] == (["another_lot"] if is_refused else [])
    if is_refused:
        assert "names lot `LOT-02`, samples.csv says lot `LOT-01`" in said(found)


def test_a_layout_that_was_only_seen_may_have_holes(judge):
    seen = layout_of(
        SPOTS[:-1], "slide `S0`, the first loaded of lot `L`", seen_on="S0", has_holes=True
    )
    faults = judge(SPOTS, layout=seen)
    assert [f.rule_id for f in faults] == ["truncated"]  # 6 of the panel's 352; no extra spot
    whole = replace(seen, has_holes=False)
    assert "extra: Block 2 Row 1 Column 3 `IL-2`" in said(judge(SPOTS, layout=whole))
    swapped = [(1, 1, 1, "IL-2"), (1, 1, 2, "POS1"), *SPOTS[2:]]
    text = said(judge(swapped, layout=seen))
    assert "not those of slide `S0`, the first loaded of lot `L` (2 swapped)" in text
    assert "see which is right" in text


def test_a_layout_is_judged_by_the_panel_too(panel):
    layout = Layout("lot.gal", "0", (Feature(1, 1, 1, "Lepton", "x"), Feature(1, 1, 2, "", "")))
    (fault,) = layout_faults(layout, panel)
    assert "`Lepton` is not in the content list" in str(fault.problem)
    assert fault.record == "the target name `Lepton` is not in the content list of raybiotech_g5"


def test_a_slide_of_another_panel_does_not_list_every_name(judge):
    spots = [(1, 1, c, f"gene {c}") for c in range(1, 41)]
    faults = judge(spots, printed=None, blocks=None)
    unknown = [f for f in faults if f.rule_id == "unknown_target"]
    assert len(unknown) == 11
    assert "40 of its 40 names are not in the content list" in str(unknown[-1].problem)
