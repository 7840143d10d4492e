"""Each quirk of the GenePix format, in a file of a few spots."""

from __future__ import annotations

from datetime import date

import pytest

from contracts import CytomartError
from ingest.faults import RefusedError
from ingest.platforms import PLATFORMS, detect
from ingest.platforms.genepix import GenePix

SPOTS = [(1, 1, 1, "IL-2"), (1, 1, 2, "IL-2"), (1, 2, 1, ""), (2, 1, 1, "5' #probe")]


def read(source):
    return GenePix().read(source)


def first_extras(reading):
    row = reading.extras.to_pylist()[0]
    return {title: cell for title, cell in row.items() if title != "source_line"}


def refusal(source):
    with pytest.raises(RefusedError) as caught:
        read(source)
    return str(caught.value)


def test_the_columns_of_raw_spots(gpr, source):
    reading = read(source(gpr(SPOTS)))
    row = reading.table.to_pylist()[1]
    assert row == {
        "block": 1, "spot_column": 2, "spot_row": 1, "target_name": "IL-2", "target_id": "id1",
        "x_um": 100.0, "y_um": 200.0, "diameter_um": 150.0, "n_foreground_pixels": 80,
        "n_background_pixels": 300, "flag": 0, "source_line": 7, "channel_nm": 532,
        "foreground_median_afu": 1533.0, "foreground_mean_afu": 1011.0, "foreground_sd_afu": 50.0,
        "background_median_afu": 201.0, "background_mean_afu": 201.0, "background_sd_afu": 9.0,
        "saturated_frac": 0.25,
    }  # fmt: skip
    assert reading.n_rows_in == 4
    assert reading.scanned_on == date(2021, 6, 14)
    assert first_extras(reading) == {"Comment": "Error"}
    assert [(h.number, h.key, h.text) for h in reading.headers] == [
        (1, "Type", "GenePix Results 3"), (2, "DateTime", "2021/06/14 09:10:00"),
    ]  # fmt: skip


@pytest.mark.parametrize("channels", [(532,), (635, 532), (635, 594, 532), (750, 635, 532, 488)])
def test_one_to_four_channels(gpr, source, channels):
    reading = read(source(gpr(SPOTS, channels)))
    assert reading.channels == channels
    assert reading.table.num_rows == 4 * len(channels)
    for channel in channels:
        own = [r for r in reading.table.to_pylist() if r["channel_nm"] == channel]
        assert [r["foreground_median_afu"] for r in own] == [1000 + i + channel for i in range(4)]


@pytest.mark.parametrize("delimiter", ["\t", ","])
@pytest.mark.parametrize("quote", ["", '"'])
def test_tabs_or_commas_quoted_or_not(gpr, source, delimiter, quote):
    reading = read(source(gpr(SPOTS, delimiter=delimiter, quote=quote)))
    assert reading.table.equals(read(source(gpr(SPOTS))).table)


def test_a_header_of_any_length_padded_and_with_equals_signs(gpr, source):
    records = (
        "Type=GenePix Results 3\t\t\t", '"Comment=a=b; c = d"', "FeatureType=Circular",
        '"Wavelengths=635\t532"\t\t', '"Settings=C:\\x\\y.gps"', "Barcode=", '"Note=two\nlines"',
    )  # fmt: skip
    reading = read(source(gpr(SPOTS, records=records)))
    assert {h.key: h.text for h in reading.headers} == {
        "Type": "GenePix Results 3", "Comment": "a=b; c = d", "FeatureType": "Circular",
        "Wavelengths": "635\t532", "Settings": "C:\\x\\y.gps", "Barcode": "", "Note": "two\nlines",
    }  # fmt: skip
    assert reading.file_version == "GenePix Results 3"
    assert reading.table["source_line"].to_pylist() == [12, 13, 14, 15]


def test_declared_columns_that_differ_are_noted(gpr, source):
    reading = read(source(gpr(SPOTS, n_columns=57)))
    assert reading.notes == ("line 2 declares 57 columns, 19 are there: the titles count",)


def test_blanks_behind_the_counts_and_padded_rows(gpr, source):
    text = gpr(SPOTS).replace("2\t19\n", "2\t19    \t\t\n").replace("Error\n", "Error\t\t\n")
    assert read(source(text)).table.equals(read(source(gpr(SPOTS))).table)


def test_a_quoted_line_end_in_a_name_is_followed(gpr, source):
    text = gpr([*SPOTS[:2], (1, 2, 1, "two\nlines"), SPOTS[3]])
    reading = read(source(text))
    assert reading.table["target_name"].to_pylist() == ["IL-2", "IL-2", "two\nlines", "5' #probe"]
    assert reading.table["source_line"].to_pylist() == [6, 7, 8, 10]
    assert reading.n_rows_in == 4


def test_empty_names_are_legal_and_blank_lines_are_no_rows(gpr, source):
    reading = read(source(gpr(SPOTS) + "\n\t\t\n\n"))
    assert reading.table["target_name"].to_pylist()[2] == ""
    assert reading.n_rows_in == 4


def test_columns_in_another_order_and_missing_ones(source):
    text = (
        "ATF\t1\n1\t9\nType=GenePix Export 3\n"
        "Flags\tB532 Median\tF532 Median\tID\tName\tRow\tColumn\tBlock\tSNR 532\n"
        "-50\t10\t20\ti\tn\t3\t2\t1\t1.5\n"
    )
    reading = read(source(text))
    (row,) = reading.table.to_pylist()
    assert (row["block"], row["spot_row"], row["spot_column"], row["flag"]) == (1, 3, 2, -50)
    assert (row["foreground_median_afu"], row["background_median_afu"]) == (20, 10)
    assert (row["x_um"], row["foreground_mean_afu"], row["saturated_frac"]) == (None, None, None)
    assert first_extras(reading) == {"SNR 532": "1.5"}


def test_extras_hold_any_text(gpr, source):
    text = gpr(SPOTS[:1]).replace("Error", '"a ""b"" \\ é"')
    assert first_extras(read(source(text))) == {"Comment": 'a "b" \\ é'}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("ATF\t1.0", "AFT\t1.0"), "does not begin with `ATF`"),
        (("2\t19", "two\t19"), "the second line reads"),
        (("2\t19", "9999\t19"), "at most 1000"),
        (('"Flags"', '"Flag"'), "['Flags'] are missing"),
        (('"B532 Median"', '"B532"'), "['B532 Median'] are missing"),
        (('"X"', '"Y"'), "['Y'] stand more than once"),
        (('"X"', '""'), "the columns [6] have no title"),
        (("1\t1\t1\t", "1\tx\t1\t"), "`Column` holds 'x'"),
        (("1\t1\t1\t", "0\t1\t1\t"), "below 1"),
        (("1\t2\t1\t", "1\t1\t1\t"), "stand more than once: Block 1 Row 1 Column 1 (lines 6, 7)"),
        (("\t200\t150\t", "\t200\t"), "the row has 18 cells under 19 titles"),
    ],
)
def test_what_is_not_whole_is_refused_in_words(gpr, source, change, words):
    text = gpr(SPOTS)
    assert change[0] in text
    assert words in refusal(source(text.replace(*change, 1)))


def test_a_cut_inside_the_last_row_says_so(gpr, source):
    assert "breaks off inside a row: 4 of 19 cells" in refusal(source(gpr(SPOTS)[:-60]))


def test_a_file_that_ends_in_its_header_is_refused(gpr, source):
    text = gpr(SPOTS)
    assert "before its column titles" in refusal(source(text[: text.index('"Block"')]))


def test_detect_finds_one_platform_or_names_the_candidates(tmp_path, gpr):
    good, other = tmp_path / "a.gpr", tmp_path / "b.txt"
    good.write_text(gpr(SPOTS))
    other.write_text("neither spots\nnor a table\n")
    assert detect(good).platform_id == "genepix"
    with pytest.raises(CytomartError, match=r"no reader knows this file.*genepix"):
        detect(other)
    gal = tmp_path / "c.gal"
    gal.write_text('ATF\t1.0\n1\t5\n"Type=GenePix ArrayList V1.0"\nBlock\tColumn\tRow\tName\tID\n')
    with pytest.raises(CytomartError, match="no reader knows"):
        detect(gal)
    with pytest.raises(CytomartError, match="No such file"):
        detect(tmp_path / "absent.gpr")


def test_two_readers_that_claim_one_file_are_named(tmp_path, gpr, monkeypatch):
    class Other(GenePix):
        platform_id = "other"

    monkeypatch.setattr("ingest.platforms.PLATFORMS", (*PLATFORMS, Other()))
    path = tmp_path / "a.gpr"
    path.write_text(gpr(SPOTS))
    with pytest.raises(CytomartError, match="several readers claim this file: genepix, other"):
        detect(path)
