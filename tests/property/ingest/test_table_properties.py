"""Tables: any text either becomes the same cells again or is refused in words."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.clinic.ids import fold_id
from ingest.faults import RefusedError
from ingest.files.encoding import decode
from ingest.files.mapped import kept_bytes, map_table
from ingest.files.source_file import SourceFile
from ingest.files.tables import column_letters, read_sheet
from ingest.plan import plan_hash

cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)
tables = st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8)


def source_of(data, name="t.csv"):
    return SourceFile.from_bytes(Path(name), data)


def in_words(refusal):
    """Demand that every fault of a refusal says what is wrong."""
    assert all(f.rule_id and f.record and str(f.problem) for f in refusal.faults)


@settings(max_examples=150, deadline=None)
@given(tables)
def test_written_cells_are_read_back(rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([["a", "b", "c"], *rows])
    sheet = read_sheet(source_of(out.getvalue().encode("utf-8-sig")), "t")
    assert [list(r.cells) for r in sheet.rows] == [r for r in rows if any(c.strip() for c in r)]


@settings(max_examples=150, deadline=None)
@given(tables)
def test_leaving_columns_out_keeps_lines_and_cells_and_is_stable(rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([["id", "secret", "c"], *rows])
    source = source_of(out.getvalue().encode("utf-8-sig"))
    sheet = read_sheet(source, "t")
    table = map_table(sheet, "t", {}, required=("id", "c"))
    kept = kept_bytes(source, table)
    again = read_sheet(source_of(kept), "t")
    assert again.titles == ("id", "c")
    filled = [r for r in sheet.rows if r.cells[0].strip() or r.cells[2].strip()]
    assert [(r.line, r.cells) for r in again.rows] == [
        (r.line, (r.cells[0], r.cells[2])) for r in filled
    ]
    assert kept_bytes(source_of(kept), map_table(again, "t", {}, required=("id", "c"))) == kept


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_become_a_table_or_are_refused_in_words(data):
    for name in ("t.csv", "t.tsv", "t.xlsx"):
        try:
            read_sheet(source_of(data, name), "t")
        except RefusedError as refusal:
            in_words(refusal)


chinese = st.text(
    st.sampled_from("患者编号疼痛评分基线随访男女左右股骨腰椎放疗前后"), min_size=1, max_size=9
)


@settings(max_examples=200, deadline=None)
@given(st.lists(chinese, min_size=1, max_size=6))
def test_chinese_text_reads_alike_from_gb18030_and_utf8_or_is_refused(words):
    text = "\n".join(f"P{i},{w}" for i, w in enumerate(words))
    try:
        source = source_of(text.encode("gb18030"))
        read_sheet(source, "t")
    except RefusedError as refusal:
        in_words(refusal)
        text.encode("gb18030").decode("utf-8")  # These bytes are a text of both.
    else:
        assert (source.text, source.encoding) == (text, "gb18030")
    assert decode(text.encode("utf-8")).text == text


western = st.text(st.sampled_from("abcdefg éèüöäßñ°µ²"), min_size=1, max_size=30)


@settings(max_examples=200, deadline=None)
@given(western)
def test_western_text_is_never_taken_for_chinese(text):
    import re

    joined = re.sub(r"([éèüöäßñ°µ²])(?=[éèüöäßñ°µ²])", r"\1a", text)
    found = decode(joined.encode("cp1252"))
    assert found.text == joined


@given(st.integers(0, 20_000))
def test_column_letters_count_like_a_spreadsheet(index):
    number = 0
    for letter in column_letters(index):
        number = number * 26 + ord(letter) - ord("A") + 1
    assert number == index + 1


@given(st.text(min_size=1, max_size=10))
def test_folding_an_id_twice_is_folding_it_once(text):
    assert fold_id(fold_id(text)) == fold_id(text)


@given(st.permutations([{"analysis_id": f"a{i}", "kind": "contrast", "alpha": 0.05}
                        for i in range(5)]))  # fmt: skip
def test_the_plan_hash_does_not_depend_on_order(rows):
    assert plan_hash(rows) == plan_hash(sorted(rows, key=lambda r: r["analysis_id"]))
    assert plan_hash(rows) != plan_hash([{**rows[0], "alpha": 0.01}, *rows[1:]])
