"""The page of `look`: offline, without scripts, without paths; every spot where it belongs."""

from __future__ import annotations

import base64
import re
import struct
import zlib

import numpy as np
import pytest

from prepare.look import look, palette
from prepare.look.drawing import draw, signal_range
from prepare.look.page import render, write_page
from prepare.look.png import data_uri, png_bytes


def pixels_of(uri: str) -> np.ndarray:
    """Decode an indexed PNG with filter 0, by the specification alone."""
    data = base64.b64decode(uri.partition(",")[2])
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, parts = 8, {}
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0] == zlib.crc32(
            kind + body
        )
        parts[kind] = body
        at += 12 + size
    width, height, depth, colour = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert (depth, colour) == (8, 3)
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return rows[:, 1:]


def drawn(path, **kwargs):
    found = look([path], **kwargs)
    return draw(found.bench.con, found.slides[0], signal_range(found.bench.con))


def test_png_comes_back_as_it_went_in():
    pixels = np.arange(60, dtype=np.uint8).reshape(5, 12)
    assert (pixels_of(data_uri(png_bytes(pixels, palette.palette(palette.SIGNAL)))) == pixels).all()


def test_every_spot_is_drawn_with_its_own_brightness(gpr):
    def spot(b, r, c):
        return {"F532 Median": 100 + 2 ** (2 + r), "B532 Median": 100}

    drawing = drawn(gpr("a", spot, blocks=1))
    pixels = pixels_of(drawing.signal)
    centres = [pixels[y, drawing.width // 8 :] for y in range(pixels.shape[0])]
    shown = [row[row >= palette.FIRST].max() for row in centres if (row >= palette.FIRST).any()]
    assert len(set(shown)) == 6, "six rows of spots, six brightnesses"
    assert shown == sorted(shown), "brighter from top to bottom, as the file says"


def test_flagged_saturated_and_dark_spots_are_marked_and_no_others(gpr):
    def spot(b, r, c):
        return {(1, 1): {"Flags": -50}, (2, 2): {"F532 Median": 65535},
                (3, 3): {"F532 Median": 60}}.get((r, c), {})  # fmt: skip

    marked = pixels_of(drawn(gpr("a", spot, blocks=1)).signal)
    plain = pixels_of(drawn(gpr("b", blocks=1)).signal)
    for colour in (palette.FLAGGED, palette.SATURATED, palette.NOT_POSITIVE):
        assert (marked == colour).any()
        assert not (plain == colour).any()


def test_the_background_map_is_dark_where_the_background_is_high(gpr):
    drawing = drawn(gpr("a", lambda b, r, c: {"B532 Median": 100 if c < 5 else 190}, blocks=1))
    pixels = pixels_of(drawing.background).astype(int)
    tiles = np.where(pixels >= palette.FIRST, pixels, 0)
    left, right = tiles[:, : drawing.width // 2], tiles[:, drawing.width // 2 :]
    assert left.max() < right.max()


def test_a_file_without_places_is_drawn_by_row_and_column(gpr):
    drawing = drawn(gpr("a", places=False))
    assert not drawing.has_places
    assert len(drawing.frames) == 2
    first, second = drawing.frames
    assert first.y + first.height < second.y


def test_wide_gaps_between_blocks_are_closed_up(gpr):
    def spot(b, r, c):
        return {"Y": 1000 * r + (b - 1) * 60_000}

    first, second = drawn(gpr("a", spot)).frames
    assert 0 < second.y - (first.y + first.height) < first.height / 2


def test_the_page_needs_nothing_and_runs_nothing(gpr):
    page = render(look([gpr("a"), gpr("b", lambda b, r, c: {"Flags": -50})]))
    assert "<script" not in page.lower()
    assert not re.search(r"(src|href)\s*=\s*[\"'](?!data:|#)", page)
    assert "http:" not in page
    assert "https:" not in page
    assert "default-src 'none'" in page
    assert not re.search(r"\son[a-z]+\s*=", page)


def test_no_path_and_no_name_of_a_header_is_on_the_page(gpr):
    page = render(look([gpr("a")]))
    for secret in ("Muster", "Erika", "Beispiel", "MRN-4711", "Users", ".tif", ".jpg"):
        assert secret not in page


def test_hostile_names_are_text(gpr):
    name = "x<img onerror=1>"
    odd = gpr("odd", lambda b, r, c: {"Name": name} if (r, c) == (1, 1) else {})
    usual = [gpr(n, lambda b, r, c, n=n: {"B532 SD": ord(n)}) for n in "xyz"]
    evil = gpr("<b>evil", header={"Scanner": "<script>alert(1)</script>"})
    page = render(look([*usual, odd, evil]))
    assert name not in page
    assert "x&lt;img" in page
    assert "<b>evil" not in page
    assert "<script" not in page


def test_anchors_lead_somewhere(study):
    page = render(look([study.folder / "arrays"]))
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links <= ids
    assert "slide-1-b8" in links


def test_the_page_is_the_only_thing_that_is_written(gpr, tmp_path, monkeypatch):
    path = gpr("a")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    found = look([path])
    assert list(here.iterdir()) == []
    write_page(found, here / "look.html")
    assert [p.name for p in here.iterdir()] == ["look.html"]
    assert sorted(p.name for p in path.parent.iterdir()) == ["a.gpr"]


def test_same_input_same_page(gpr):
    paths = [gpr("a"), gpr("b", lambda b, r, c: {"Flags": -50})]
    assert render(look(paths)) == render(look(paths))


@pytest.mark.parametrize("level", [0, -5])
def test_slides_without_any_signal_are_drawn_too(gpr, level):
    path = gpr("dark", lambda b, r, c: {"F532 Median": 100 + level if level > -5 else 95})
    assert "dark" in render(look([path]))
