"""Whatever is done to a scanner file: the same rows, or a refusal; never other rows."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.platforms.atf import read_frame
from ingest.platforms.genepix import GenePix
from ingest.platforms.genepix_columns import sort_titles
from ingest.platforms.genepix_rows import read_carefully, read_fast

quick = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read(data):
    return GenePix().read(SourceFile.from_bytes(Path("slide.gpr"), data))


def in_words(refusal):
    """Demand that every fault of a refusal says what is wrong."""
    assert all(f.rule_id and f.record and str(f.problem) for f in refusal.faults)


def rows_of(reading):
    """Every loaded number and extra, by line."""
    spots = {(r["source_line"], r["channel_nm"]): r for r in reading.table.to_pylist()}
    extras = {r["source_line"]: r for r in reading.extras.to_pylist()}
    return spots, extras


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be",
                                      "cp1252"])  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_encoding_and_line_end_gives_the_same_rows(gpr, encoding, end):
    reading = read(gpr.replace("\n", end).encode(encoding))
    assert reading.table.equals(read(gpr.encode()).table)
    assert reading.extras.equals(read(gpr.encode()).extras)


def test_a_last_line_without_end_gives_the_same_rows(gpr):
    assert read(gpr.rstrip("\n").encode()).table.equals(read(gpr.encode()).table)


def test_every_cut_is_refused_or_every_loaded_value_is_the_true_one(short_gpr):
    whole_spots, whole_extras = rows_of(read(short_gpr.encode()))
    data = short_gpr.encode()
    begin = data.index(b'"Block"')
    n_read = 0
    for at in range(1, len(data), 1 if len(data) < 6000 else 3):
        try:
            reading = read(data[:at])
        except RefusedError:
            continue
        assert at > begin
        n_read += 1
        spots, extras = rows_of(reading)
        assert spots.items() <= whole_spots.items()
        last = max(extras, default=0)
        assert all(extras[k] == whole_extras[k] for k in extras if k != last)
    assert n_read > 10


def test_a_cut_flag_is_never_taken_for_another(short_gpr):
    lines = short_gpr.rstrip("\n").split("\n")
    titles = next(i for i, t in enumerate(lines) if t.startswith('"Block"'))
    at = lines[titles].split("\t").index('"Flags"')
    moved = [
        "\t".join([*(c := t.split("\t"))[:at], *c[at + 1 :], "-100"]) if i > titles else t
        for i, t in enumerate(lines)
    ]
    heads = lines[titles].split("\t")
    moved[titles] = "\t".join([*heads[:at], *heads[at + 1 :], heads[at]])
    for cut in range(1, 4):
        reading = read("\n".join(moved).encode()[:-cut])
        assert reading.n_rows_in == 12
        assert reading.table.num_rows == 11
        assert {f.line for f in reading.set_aside} == {len(lines)}
    assert read("\n".join(moved).encode()).table.num_rows == 12


names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=12
).map(lambda t: t.replace("\x85", ""))


@quick
@given(st.lists(names, min_size=12, max_size=12), st.booleans())
def test_the_fast_and_the_careful_way_agree_on_any_name(short_gpr, given_names, is_quoted):
    lines = short_gpr.rstrip("\n").split("\n")
    head = len(lines) - 12
    for i, name in enumerate(given_names):
        cells = lines[head + i].split("\t")
        safe = name.replace("\t", " ")
        cells[3] = '"' + safe.replace('"', '""') + '"' if is_quoted else safe.replace('"', "'")
        lines[head + i] = "\t".join(cells)
    source = SourceFile.from_bytes(Path("slide.gpr"), ("\n".join(lines) + "\n").encode())
    frame = read_frame(source)
    titles = sort_titles(frame.titles)
    fast, careful = read_fast(frame, titles), read_carefully(source, frame, titles)
    assert careful.faults == ()
    if fast is not None:
        assert fast.select(careful.table.column_names).equals(careful.table)


def test_a_sound_file_goes_the_fast_way(gpr):
    source = SourceFile.from_bytes(Path("slide.gpr"), gpr.encode())
    frame = read_frame(source)
    titles = sort_titles(frame.titles)
    fast = read_fast(frame, titles)
    assert isinstance(fast, pa.Table)
    careful = read_carefully(source, frame, titles)
    assert fast.select(careful.table.column_names).equals(careful.table)


@quick
@given(st.data())
def test_any_mutation_is_refused_or_balanced_and_never_a_traceback(short_gpr, data):
    lines = short_gpr.rstrip("\n").split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        i = data.draw(st.integers(0, len(lines) - 1))
        cells = lines[i].split("\t")
        j = data.draw(st.integers(0, len(cells) - 1))
        what = data.draw(st.sampled_from(
            ["drop_cell", "add_cell", "drop_line", "double_line", "text", "quote", "number"]))  # fmt: skip
        if what == "drop_cell":
            del cells[j]
        elif what == "add_cell":
            cells.insert(j, data.draw(st.sampled_from(["", "7", "x"])))
        elif what == "text":
            cells[j] = data.draw(names)
        elif what == "quote":
            cells[j] = cells[j] + '"'
        elif what == "number":
            cells[j] = data.draw(st.sampled_from(
                ["-1", "1e400", "nan", "inf", "65536", "1,5", "١", "0x1F", " 5 ", "+5", "1_0", "5."]))  # fmt: skip
        lines[i] = "\t".join(cells)
        if what == "drop_line" and len(lines) > 1:
            del lines[i]
        elif what == "double_line":
            lines.insert(i, lines[i])
    try:
        reading = read(("\n".join(lines) + "\n").encode())
    except RefusedError as refusal:
        in_words(refusal)
        return
    n_aside = len({f.line for f in reading.set_aside})
    assert reading.n_rows_in == reading.extras.num_rows + n_aside
    assert reading.table.num_rows == reading.extras.num_rows * len(reading.channels)
    for column in ("foreground_median_afu", "background_median_afu"):
        assert all(0 <= v <= 65535 for v in reading.table[column].to_pylist())


@quick
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_in_words(data):
    for start in (b"", b"ATF\t1.0\n", b'ATF\t1.0\n1\t3\n"Type=GenePix Results 3"\n'):
        with pytest.raises(RefusedError) as caught:
            read(start + data)
        assert str(caught.value)
