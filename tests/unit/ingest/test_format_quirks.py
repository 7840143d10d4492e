"""The 18 quirks of GenePix files, each seen in a real file, by their numbers in FORMAT.md."""

from __future__ import annotations

import pyarrow.compute as pc
import pytest

from ingest.platforms.genepix import GenePix

SPOTS = [(1, 1, 1, "IL-2"), (1, 1, 2, "IL-2"), (1, 2, 1, "NEG"), (2, 1, 1, "POS1")]


@pytest.fixture
def read(source):
    return lambda text: GenePix().read(source(text))


def first_extras(reading):
    return {k: v for k, v in reading.extras.to_pylist()[0].items() if k != "source_line"}


def test_quirk_01_error_in_ratio_cells_is_kept_as_text(read, gpr):
    assert first_extras(read(gpr(SPOTS))) == {"Comment": "Error"}


def test_quirk_02_cp1252_bytes_are_read_and_recorded(source, gpr):
    text = gpr(SPOTS, records=('"Settings=C:\\Réglages\\a².gps"',))
    file = source(text.encode("cp1252"))
    assert file.encoding == "cp1252"
    assert GenePix().read(file).headers[0].text == "C:\\Réglages\\a².gps"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_quirk_03_any_line_end_gives_the_same_rows(source, read, gpr, end):
    file = source(gpr(SPOTS).replace("\n", end))
    assert file.line_end == {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}[end]
    assert GenePix().read(file).table.equals(read(gpr(SPOTS)).table)


def test_quirk_04_a_spreadsheet_round_trip(read, gpr):
    lines = gpr(SPOTS, quote="").replace("ATF\t1.0", "ATF\t1").split("\n")
    padded = [f"{line}\t\t\t" if i < 4 else line for i, line in enumerate(lines)]
    assert read("\n".join(padded)).table.equals(read(gpr(SPOTS)).table)


def test_quirk_05_declared_columns_differ_from_the_titles(read, gpr):
    reading = read(gpr(SPOTS, n_columns=57))
    assert reading.notes == ("line 2 declares 57 columns, 19 are there: the titles count",)
    assert reading.table.equals(read(gpr(SPOTS)).table)


def test_quirk_06_blanks_behind_the_counts(read, gpr):
    text = gpr(SPOTS).replace("2\t19\n", "2\t19  \t\n", 1)
    assert read(text).table.equals(read(gpr(SPOTS)).table)


def test_quirk_07_a_ratio_of_either_direction_keeps_its_title(read, gpr):
    for title in ("Ratio of Medians (635/532)", "Ratio of Medians (532/635)"):
        text = gpr(SPOTS, (635, 532)).replace('"Comment"', f'"{title}"')
        assert first_extras(read(text)) == {title: "Error"}


def test_quirk_08_empty_names_and_ids_are_text_never_a_missing_value(read, gpr):
    text = gpr([(1, 1, 1, ""), (1, 1, 2, "NA"), (1, 2, 1, "nan")]).replace('"id0"', '""')
    table = read(text).table
    assert table["target_name"].to_pylist() == ["", "NA", "nan"]
    assert table["target_id"].to_pylist()[0] == ""


def test_quirk_09_signs_and_line_ends_in_names(read, gpr):
    names = ["5' #1", "a #b", "two\nlines", "'"]
    text = gpr([(1, 1, i + 1, name) for i, name in enumerate(names)])
    reading = read(text)
    assert reading.table["target_name"].to_pylist() == names
    assert reading.table["source_line"].to_pylist() == [6, 7, 8, 10]


def test_quirk_10_type_is_not_feature_type(read, gpr):
    records = ('"FeatureType=Circular"', '"Type=GenePix Results 3"')
    assert read(gpr(SPOTS, records=records)).file_version == "GenePix Results 3"


def test_quirk_11_gaps_uneven_blocks_and_no_coordinates(read):
    text = (
        "ATF\t1.0\n1\t8\nType=GenePix Results 3\n"
        "Block\tColumn\tRow\tName\tID\tF532 Median\tB532 Median\tFlags\n"
        "1\t1\t1\ta\ti\t5\t1\t0\n1\t9\t1\tb\ti\t6\t1\t0\n3\t1\t7\tc\ti\t7\t1\t-75\n"
    )
    table = read(text).table
    assert table["block"].to_pylist() == [1, 1, 3]
    assert table["x_um"].null_count == table["y_um"].null_count == 3


@pytest.mark.parametrize("n_records", [0, 1, 24, 31, 60])
def test_quirk_12_a_header_of_any_length(read, gpr, n_records):
    records = tuple(f'"Key{i}=text {i}"' for i in range(n_records))
    reading = read(gpr(SPOTS, records=records))
    assert len(reading.headers) == n_records
    assert reading.table["source_line"].to_pylist()[0] == n_records + 4


def test_quirk_13_a_longer_file_is_never_cut_to_the_length_of_another(read, gpr):
    short, long = SPOTS[:2], [(1, 1, i, "x") for i in range(1, 400)]
    assert [read(gpr(spots)).n_rows_in for spots in (short, long, short)] == [2, 399, 2]


def test_quirk_14_equals_signs_in_header_values(read, gpr):
    headers = read(gpr(SPOTS, records=('"Comment=a=b; c = d"',))).headers
    assert [(h.key, h.text) for h in headers] == [("Comment", "a=b; c = d")]


@pytest.mark.parametrize(
    ("text", "day"), [("2021/06/14 09:10:00", "2021-06-14"), ("yesterday", None), ("", None)]
)
def test_quirk_15_the_day_of_the_scan(read, gpr, text, day):
    found = read(gpr(SPOTS, records=(f'"DateTime={text}"',))).scanned_on
    assert (found.isoformat() if found else None) == day


def test_quirk_16_paths_in_the_header_stay_in_a_relation_that_is_never_published():
    from contracts.raw import SCAN_HEADERS

    text = next(c for c in SCAN_HEADERS.columns if c.name == "header_text")
    assert text.identifying
    assert not SCAN_HEADERS.published


def test_quirk_17_every_block_of_a_slide_is_kept_apart(read, gpr):
    spots = [(block, 1, 1, "x") for block in (1, 2, 3, 8, 16)]
    assert read(gpr(spots)).table["block"].to_pylist() == [1, 2, 3, 8, 16]


def test_quirk_18_crlf_files_of_many_rows_lose_none(read, gpr):
    spots = [(1, row, column, "x") for row in range(1, 101) for column in range(1, 31)]
    reading = read(gpr(spots).replace("\n", "\r\n"))
    assert reading.n_rows_in == reading.table.num_rows == 3000
    assert pc.sum(reading.table["foreground_median_afu"]).as_py() == sum(
        1000 + i + 532 for i in range(3000)
    )


def test_version_2_with_four_colours_of_which_two_are_filled_with_zeros(read, gpr):
    text = gpr(SPOTS, (635, 532, 594, 488), records=('"Type=GenePix Results 2"',))
    lines = text.split("\n")
    for i in range(4, 8):
        cells = lines[i].split("\t")
        cells[8 + 14 : 8 + 28] = ["0"] * 14
        lines[i] = "\t".join(cells)
    table = read("\n".join(lines)).table
    for channel, is_zero in ((635, False), (532, False), (594, True), (488, True)):
        own = table.filter(pc.equal(table["channel_nm"], channel))["foreground_median_afu"]
        assert own.to_pylist() == (
            [0.0] * 4 if is_zero else [1000.0 + i + channel for i in range(4)]
        )


def test_chinese_names_in_gb18030_are_read_right(source, gpr):
    spots = [(1, 1, 1, "白细胞介素"), (1, 1, 2, "肿瘤坏死因子")]
    file = source(gpr(spots).encode("gb18030"))
    assert file.encoding == "gb18030"
    assert GenePix().read(file).table["target_name"].to_pylist() == [s[3] for s in spots]
