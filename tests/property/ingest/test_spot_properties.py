"""Every spot that differs is named once, whatever was done to the file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.spots.spot_differences import Spot, differences
from ingest.spots.spot_words import places

POSITIONS = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 4))
SPOTS = st.dictionaries(POSITIONS, st.sampled_from(["A", "B", "C", ""]), max_size=36).map(
    lambda found: {p: Spot(key, key, 7) for p, key in found.items()}
)


@given(SPOTS, SPOTS)
def test_each_differing_position_is_in_exactly_one_group(printed, found):
    gap = differences(printed, found)
    named = [
        *gap.missing, *gap.extra, *gap.other,
        *(p for pair in (*gap.moved, *gap.swapped) for p in pair),
    ]  # fmt: skip
    assert len(named) == len(set(named))
    assert set(named) == {
        p for p in printed.keys() | found.keys()
        if (p not in found and printed[p].key) or p not in printed
        or (p in found and printed[p].key != found[p].key)
    }  # fmt: skip
    for p, q in gap.swapped:
        assert (printed[p].key, printed[q].key) == (found[q].key, found[p].key)
    for p, q in gap.moved:
        assert printed[p].key == found[q].key
        assert p not in found
        assert q not in printed
    assert bool(gap) == bool(named)
    assert bool(gap.texts) == bool(named)


@given(SPOTS)
def test_a_file_that_is_its_layout_has_no_difference(printed):
    assert not differences(printed, printed)


@given(SPOTS.filter(lambda s: len(s) > 1), st.data())
def test_two_exchanged_targets_are_said_to_be_swapped(printed, data):
    p, q = data.draw(
        st.lists(st.sampled_from(sorted(printed)), min_size=2, max_size=2, unique=True)
    )
    gap = differences(printed, {**printed, p: printed[q], q: printed[p]})
    is_same = printed[p].key == printed[q].key
    assert gap.swapped == (() if is_same else (tuple(sorted((p, q))),))
    assert (gap.missing, gap.extra, gap.other, gap.moved) == ((), (), (), ())


@given(st.sets(POSITIONS), st.sets(POSITIONS))
def test_words_for_positions_count_every_one(missing, others):
    printed = dict.fromkeys(missing | others, "A")
    counted = 0
    for text in places(missing, printed):
        counted += int(text.rpartition("(")[2].split()[0]) if text.endswith("spots)") else 1
    assert counted == len(missing)
