"""The picture of a layout: every spot is drawn, named, coloured by kind, and names are text."""

from __future__ import annotations

from reports.layout_picture import Dot, layout_page


def test_every_spot_is_drawn_with_its_place_and_name():
    dots = [Dot(1, 1, 1, "POS1", "positive_control"), Dot(1, 2, 3, "IL-12 p40/p70", "analyte"),
            Dot(4, 1, 1, "", "")]  # fmt: skip
    page = layout_page(dots, "Lot <1>", ["a & b"])
    assert page.count("<circle") == 3
    assert page.count("<figure>") == 2
    assert "<title>Block 1 Row 2 Column 3: IL-12 p40/p70</title>" in page
    assert "IL-12 p4…" in page
    assert 'class="spot unprinted"' in page
    assert "Lot &lt;1&gt;" in page
    assert "a &amp; b" in page


def test_hostile_names_are_text():
    page = layout_page([Dot(1, 1, 1, "<script>alert(1)</script>", "analyte")], "x", [])
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
