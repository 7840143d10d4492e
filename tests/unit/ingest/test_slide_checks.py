"""A slide must be what sheet, layout and panel say, and the message must name the spots."""

from __future__ import annotations

import pytest

from ingest.gal import Feature, Layout
from ingest.platforms.genepix import GenePix
from ingest.slide_checks import Expected, layout_faults, slide_faults

SPOTS = [(b, 1, c, n) for b in (1, 2) for c, n in ((1, "POS1"), (2, "IL-2"), (3, "IL-2"))]


@pytest.fixture
def judge(gpr, source, study, panel):
    def run(spots, *, printed=SPOTS, blocks=(1, 2), channels=(532,)):
        layout = None
        if printed:
            features = tuple(Feature(b, r, c, n, n) for b, r, c, n in printed)
            layout = Layout("lot.gal", "0", features)
        expected = Expected("S1", "arrays/S1.gpr", study, panel,
                            frozenset(blocks) if blocks else None, layout, "samples.csv")  # fmt: skip
        return slide_faults(GenePix().read(source(gpr(spots, channels))), expected)

    return run


def said(faults):
    return "\n".join(str(f.problem) for f in faults)


def test_a_slide_as_declared_has_no_fault(judge):
    assert judge(SPOTS) == []
    assert judge(SPOTS, channels=(635, 532)) == []


def test_missing_spots_are_counted_against_the_layout(judge):
    (fault,) = judge(SPOTS[:-1])
    assert fault.rule_id == "truncated"
    assert "5 of 6 spots, 6 from the panel layout (lot.gal)" in str(fault.problem)


def test_without_a_layout_each_array_must_have_the_panels_spots(judge):
    (fault,) = judge(SPOTS, printed=None)
    assert "6 of 352 spots, 352 from the panel layout (raybiotech_g5: 176 an array)" in said(
        [fault]
    )
    (fault,) = judge(SPOTS, printed=None, blocks=None)
    assert "6 of 176 spots" in said([fault])


def test_extra_moved_and_renamed_spots_are_named(judge):
    text = said(judge([*SPOTS, (2, 9, 9, "IL-3")]))
    assert "0 missing, 1 extra, 0 other" in text
    assert "not in the layout: Block 2 Row 9 Column 9 `IL-3`" in text
    moved = [*SPOTS[:-1], (2, 2, 3, "IL-2")]
    text = said(judge(moved))
    assert "missing: Block 2 Row 1 Column 3 `IL-2`" in text
    assert "not in the layout: Block 2 Row 2 Column 3 `IL-2`" in text
    renamed = [*SPOTS[:-1], (2, 1, 3, "IL-3")]
    assert "Block 2 Row 1 Column 3 `IL-3` on line 11, the layout has `IL-2`" in said(judge(renamed))


def test_blocks_must_be_those_of_the_sheet(judge):
    assert "Block 2 of slide S1 has no row in samples.csv" in said(judge(SPOTS, blocks=(1,)))
    assert "names Block 3, the file has 1, 2" in said(judge(SPOTS, blocks=(1, 2, 3)))
    assert judge(SPOTS, blocks=None) == []


def test_another_wavelength_is_named_with_the_studys(judge):
    text = said(judge(SPOTS, channels=(635, 594)))
    assert "scanned at 635 nm and 594 nm, study.toml says 532 nm" in text


def test_unknown_names_come_with_the_nearest_and_blank_spots_pass(judge):
    spots = [*SPOTS[:-1], (2, 1, 3, "IL2")]
    (fault,) = judge(spots, printed=spots)
    assert "`IL2` at Block 2 Row 1 Column 3 (line 11)" in str(fault.problem)
    assert "did you mean `IL-2`" in str(fault.problem)
    blank = [*SPOTS[:-1], (2, 1, 3, "")]
    assert judge(blank, printed=blank) == []


def test_a_layout_is_judged_by_the_panel_too(panel):
    layout = Layout("lot.gal", "0", (Feature(1, 1, 1, "Lepton", "x"), Feature(1, 1, 2, "", "")))
    (fault,) = layout_faults(layout, panel)
    assert "`Lepton` is not in the content list" in str(fault.problem)
    assert fault.record == "the target name `Lepton` is not in the content list of raybiotech_g5"
