"""What a run says about lots, from the published rows."""

from __future__ import annotations

import duckdb
import pytest

from cytomart import comparability
from store.home import Home

TABLES = """
create schema marts; create schema reporting;
create table marts.dim_lots as from (values
    ('s', 'L1', 'reference', 'L2', 3, 0, null::double),
    ('s', 'L2', 'estimable', 'L1', 3, 78, 0.114),
    ('s', 'L3', 'lot_effect_not_estimable', 'L1', 1, 0, null),
    ('s', 'L4', 'lot_effect_not_estimable', null, 0, 0, null),
    ('single', 'L1', 'reference', null, 0, 0, null)
) as t (study_id, lot, lot_effect, against_id, n_shared_serums, n_targets_bridged,
    median_abs_shift_log2fc);
create table reporting.rpt_contrast_lots as from (values
    ('s', 'A_vs_C', 'lot_effect_not_estimable', 'A_vs_C: cannot be compared'),
    ('single', 'A_vs_C', 'within_one_lot', 'A_vs_C: can be compared')
) as t (study_id, contrast_id, comparability, comparability_in_words);
create table reporting.rpt_bridge_candidates as from (values
    ('s', 'L4', 'L1', 'P09', 2), ('s', 'L4', 'L1', 'P07', 1), ('s', 'L3', 'L1', 'P01', 1)
) as t (study_id, lot, from_lot, sample_id, signal_quarter);
"""


class Words:
    """A front door that keeps what is said."""

    def __init__(self, home):
        self.home = home
        self.lines = []

    def say(self, line):
        self.lines.append(line)


@pytest.fixture
def front(tmp_path, monkeypatch):
    path = tmp_path / "published.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(TABLES)
    monkeypatch.setattr(
        comparability, "open_published", lambda _: duckdb.connect(str(path), read_only=True)
    )
    return Words(Home(tmp_path / "home"))


def test_lots_contrasts_and_proposals_are_told_where_a_study_has_several_lots(front):
    comparability.tell(front)
    assert front.lines == [
        "Lot L1 of s: the reference.",
        "Lot L2 of s: 3 serums link it to lot L1; 78 targets shift by 0.11 log2 in the median "
        "(marts.fct_bridging_factors).",
        "! Lot L3 of s: lot_effect_not_estimable; 1 serum in common with another lot, two are "
        "needed.",
        "! Lot L4 of s: lot_effect_not_estimable; no serums in common with another lot, two are "
        "needed.",
        "  A_vs_C: cannot be compared.",
        "  Next time measure again on a slide of lot L3: P01 (bridge samples of lot L1, "
        "docs/study-folder.md).",
        "  Next time measure again on a slide of lot L4: P07, P09 (bridge samples of lot L1, "
        "docs/study-folder.md).",
    ]


def test_machines_get_the_same(front):
    (study,) = comparability.tell(front)
    assert study["study_id"] == "s"
    assert [r["lot"] for r in study["lots"]] == ["L1", "L2", "L3", "L4"]
    assert study["to_bridge"][1] == {"lot": "L4", "from_lot": "L1", "sample_ids": ["P07", "P09"]}


def test_a_file_from_before_there_were_lots_says_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(comparability, "open_published", lambda _: duckdb.connect())
    front = Words(Home(tmp_path))
    assert comparability.tell(front) == []
    assert front.lines == []
