"""Scanner files: frame, identities of FORMAT, controls, artefacts, and the layout."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import numpy as np
import pytest


@pytest.fixture
def slides(founding, read_gpr):
    return {p.stem: read_gpr(p) for p in sorted((founding / "arrays").glob("*.gpr"))}


@pytest.fixture
def spots(slides):
    """All spots of the study, one array per numeric column."""
    rows = [row for _, spots in slides.values() for row in spots]
    texts = ("Name", "ID")
    return {
        title: np.array([r[title] for r in rows], dtype=str if title in texts else float)
        for title in rows[0]
    }


def test_frame(slides):
    assert len(slides) == 9
    for header, rows in slides.values():
        assert 24 <= len(header) <= 31
        assert header["Type"] == "GenePix Results 3"
        assert len(rows) == 8 * 176
        assert len(rows[0]) == 30
        assert header["Wavelengths"] == "532"
        datetime.strptime(header["DateTime"], "%Y/%m/%d %H:%M:%S")
        assert header["Comment"].startswith("SYNTHETIC")
        assert "SYNTHETIC" in header["Settings"]


def test_scan_dates_rise_with_the_slides(slides):
    times = [header["DateTime"] for header, _ in slides.values()]
    assert times == sorted(times)
    assert len(set(times)) == 9


def test_lines_end_as_the_program_writes_them(founding):
    for path in (*(founding / "arrays").glob("*.gpr"), founding / "layout.gal"):
        content = path.read_bytes()
        assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")


def test_one_scan_fills_every_place_once(slides):
    for _, rows in slides.values():
        places = {(r["Block"], r["Row"], r["Column"]) for r in rows}
        assert len(places) == 8 * 176
        assert {(r["Row"], r["Column"]) for r in rows} == {
            (str(i), str(j)) for i in range(1, 12) for j in range(1, 17)
        }


def test_block_content(slides):
    _, rows = slides["SYN-S01"]
    counts = Counter(r["Name"] for r in rows if r["Block"] == "3")
    assert len(counts) == 84
    assert counts["NEG"] == 10
    assert {n for name, n in counts.items() if name != "NEG"} == {2}


def test_duplicates_are_neighbours(slides):
    _, rows = slides["SYN-S01"]
    for left, right in zip(rows[::2], rows[1::2], strict=True):
        assert left["ID"] == right["ID"]
        assert left["Row"] == right["Row"]
        assert int(right["Column"]) == int(left["Column"]) + 1


def test_identities(spots):
    s = spots
    net = s["F532 Median"] - s["B532"]
    assert (s["F532 Median - B532"] == net).all()
    assert (s["F532 Mean - B532"] == s["F532 Mean"] - s["B532"]).all()
    assert (s["B532"] == s["B532 Median"]).all()
    snr = (s["F532 Mean"] - s["B532 Mean"]) / s["B532 SD"]
    assert np.abs(s["SNR 532"] - snr).max() <= 0.1
    assert np.abs(s["F532 CV"] - 100 * s["F532 SD"] / s["F532 Mean"]).max() <= 1
    assert np.abs(s["B532 CV"] - 100 * s["B532 SD"] / s["B532 Mean"]).max() <= 1
    total = s["F532 Mean"] * s["F Pixels"]
    assert (np.abs(s["F532 Total Intensity"] - total) <= 0.02 * total).all()


def test_ranges(spots):
    for title in ("F532 Median", "F532 Mean", "B532 Median", "B532 Mean"):
        assert spots[title].min() >= 0
        assert spots[title].max() <= 65535
    for title in ("% > B532+1SD", "% > B532+2SD", "F532 % Sat.", "Circularity"):
        assert spots[title].min() >= 0
        assert spots[title].max() <= 100
    assert (spots["% > B532+1SD"] >= spots["% > B532+2SD"]).all()
    assert (spots["F532 SD"] >= 0).all()
    assert (spots["F Pixels"] > 0).all()


def test_a_few_artefacts(spots):
    flags = Counter(spots["Flags"].astype(int).tolist())
    assert set(flags) == {0, -50, -100}
    n = spots["Flags"].size
    assert 0 < flags[-50] < 0.01 * n
    assert 0 < flags[-100] < 0.01 * n
    saturated = spots["F532 Median"] == 65535
    assert 0 < saturated.sum() < 0.01 * n
    assert (spots["F532 % Sat."][saturated] > 50).all()
    assert (spots["F532 % Sat."][~saturated] <= 50).all()
    negative = spots["F532 Median - B532"] <= 0
    analyte = ~np.char.startswith(spots["Name"], ("POS")) & (spots["Name"] != "NEG")
    assert 0 < (negative & analyte).sum() < 0.01 * n
    assert 0 < negative.sum() < 0.05 * n


def test_controls_are_ordered_on_every_array(slides):
    for _, rows in slides.values():
        for block in range(1, 9):
            net = {
                name: [
                    float(r["F532 Median - B532"])
                    for r in rows
                    if r["Block"] == str(block) and r["Name"] == name
                ]
                for name in ("POS1", "POS2", "POS3", "NEG")
            }
            means = [np.mean(net[name]) for name in ("POS1", "POS2", "POS3")]
            assert means[0] > means[1] > means[2] > max(net["NEG"]) + 1000


def test_background_slopes_across_the_slide(slides):
    """Blocks differ in their background far more than noise of the median would make them."""
    for _, rows in slides.values():
        level = [
            np.median([float(r["B532 Median"]) for r in rows if r["Block"] == str(block)])
            for block in range(1, 9)
        ]
        assert max(level) - min(level) > 5


def test_duplicate_cv_of_a_spot_is_5_to_12_percent(slides, founding, read_csv):
    """Root mean square over the arrays of each target's pair CV; artefacts left out."""
    empty = {
        (r["slide_id"], r["block"])
        for r in read_csv(founding / "samples.csv")
        if r["group_code"] == "empty"
    }
    squares: dict[str, list[float]] = {}
    for slide, (_, rows) in slides.items():
        for left, right in zip(rows[::2], rows[1::2], strict=True):
            if left["Name"][:3] in ("POS", "NEG") or (slide, left["Block"]) in empty:
                continue
            a, b = (float(r["F532 Median - B532"]) for r in (left, right))
            touched = any(r["Flags"] != "0" or r["F532 % Sat."] != "0" for r in (left, right))
            if not touched and min(a, b) > 0:
                squares.setdefault(left["Name"], []).append(2 * ((a - b) / (a + b)) ** 2)
    cv = {name: np.sqrt(np.mean(values)) for name, values in squares.items()}
    assert len(cv) == 80
    # 70 pairs give a CV to about a tenth of itself; one pair in dust raises a target's own.
    inside = [name for name, value in cv.items() if 0.04 <= value <= 0.145]
    assert len(inside) >= 74
    assert 0.05 <= np.median(list(cv.values())) <= 0.12


def test_layout_names_every_place_as_the_scans_do(founding, slides, read_gpr):
    header, places = read_gpr(founding / "layout.gal")
    assert header["Type"] == "GenePix ArrayList V1.0"
    assert header["BlockCount"] == "8"
    assert header["Comment"].startswith("SYNTHETIC")
    layout = {(p["Block"], p["Row"], p["Column"]): (p["Name"], p["ID"]) for p in places}
    assert len(layout) == len(places) == 8 * 176
    for _, rows in slides.values():
        scan = {(r["Block"], r["Row"], r["Column"]): (r["Name"], r["ID"]) for r in rows}
        assert scan == layout


def test_spots_lie_where_the_layout_says(founding, slides, read_gpr):
    header, _ = read_gpr(founding / "layout.gal")
    for _, rows in slides.values():
        for r in rows:
            x, y, _, n_columns, x_pitch, n_rows, y_pitch = (
                int(part) for part in header[f"Block{r['Block']}"].split(",")
            )
            assert (n_columns, n_rows) == (16, 11)
            assert abs(int(r["X"]) - x - (int(r["Column"]) - 1) * x_pitch) <= 20
            assert abs(int(r["Y"]) - y - (int(r["Row"]) - 1) * y_pitch) <= 20
