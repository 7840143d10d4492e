"""Array lists: titles in any order, incomplete grids, one Block for all."""

from __future__ import annotations

import pytest

from ingest.faults import RefusedError
from ingest.panel.gal import read_gal

HEAD = 'ATF\t1.0\n2\t5\n"Type=GenePix ArrayList V1.0"\n"BlockCount=1"\n'


def test_titles_in_any_order_and_blank_rows(source):
    text = HEAD + '"ID"\t"Name"\t"Row"\t"Block"\t"Column"\n"IL_2"\t"IL-2"\t2\t1\t3\n\n\t\t\t\t\n'
    (feature,) = read_gal(source(text, "a.gal")).features
    assert feature.position == (1, 2, 3)
    assert (feature.target_name, feature.target_id) == ("IL-2", "IL_2")


def test_one_described_block_stands_for_all(source):
    text = HEAD + "Block\tRow\tColumn\tID\tName\n1\t1\t1\ta\tA\n1\t1\t2\tb\tB\n"
    layout = read_gal(source(text, "a.gal"))
    assert layout.blocks == (1,)
    assert [f.position for f in layout.over((1, 2)).features] == [
        (1, 1, 1), (1, 1, 2), (2, 1, 1), (2, 1, 2),
    ]  # fmt: skip
    two = read_gal(source(text + "2\t1\t1\ta\tA\n", "a.gal"))
    assert two.over((1, 2, 3)) is two


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Block\tRow\tColumn\tID\n1\t1\t1\ta\n", "['Name'] are missing"),
        ("Block\tRow\tColumn\tID\tName\nx\t1\t1\ta\tA\n", "line 6: Block, Row, Column read"),
        ("Block\tRow\tColumn\tID\tName\n1\t1\t1\ta\tA\n1\t1\t1\tb\tB\n", "Block 1 Row 1 Column 1"),
        ("Block\tRow\tColumn\tID\tName\n", "the layout has no spots"),
    ],
)
def test_faults_are_named(source, body, words):
    with pytest.raises(RefusedError, match=words.replace("[", r"\[").replace("]", r"\]")):
        read_gal(source(HEAD + body, "a.gal"))


@pytest.mark.parametrize(
    ("count", "blocks", "is_refused"),
    [("BlockCount=3", (1, 2), True), ("Blockcount=3", (1, 2, 3), False),
     ("BlockCount=3", (2,), False), ("Supplier=x", (1, 2), False)],
)  # fmt: skip
def test_blocks_that_the_header_counts_must_be_there(source, count, blocks, is_refused):
    head = f'ATF\t1.0\n3\t5\n"Type=GenePix ArrayList V1.0"\n"{count}"\n'
    head += '"ArrayerSoftwareName=TAS Application Suite"\n'
    rows = "".join(f'{b}\t1\t1\t"a"\t"A"\n' for b in blocks)
    text = head + "Block\tRow\tColumn\tID\tName\n" + rows
    if is_refused:
        with pytest.raises(RefusedError, match="counts 3 Blocks, spots of 2 are there"):
            read_gal(source(text, "a.gal"))
    else:
        assert read_gal(source(text, "a.gal")).blocks == blocks


def test_a_result_file_is_no_layout(source, gpr):
    with pytest.raises(RefusedError, match="GenePix Results 3"):
        read_gal(source(gpr([(1, 1, 1, "IL-2")]), "a.gal"))
