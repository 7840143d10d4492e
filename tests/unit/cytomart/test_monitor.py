"""When a monitor calls: which state is worth which exit code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cytomart.monitor import Health, health, level, line
from store.build import open_build
from store.home import Home

WELL = Health(
    n_held=0, n_incomplete=0, n_release_held=0, n_quarantined=0, n_refused=0, n_waiting=0,
    oldest_waiting_h=None, publish_age_h=2.5, generation=7, is_published=True,
)  # fmt: skip


def test_a_home_that_is_not_there_is_not_well(tmp_path):
    assert level(health(Home(tmp_path / "slip")), 24.0) == 1
    open_build(Home(tmp_path / "home")).close()
    assert level(health(Home(tmp_path / "home")), 24.0) == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0),
        ({"n_waiting": 3, "oldest_waiting_h": 23.0}, 0),
        ({"n_waiting": 3, "oldest_waiting_h": 25.0}, 1),
        ({"n_quarantined": 1}, 1),
        ({"n_refused": 1}, 1),
        ({"is_published": False, "generation": None, "publish_age_h": None}, 1),
        ({"is_published": False, "generation": None, "n_incomplete": 1}, 0),
        ({"n_held": 1}, 2),
        ({"n_release_held": 1, "n_quarantined": 1}, 2),
    ],
)
def test_levels(change, expected):
    found = replace(WELL, **change)
    assert level(found, 24.0) == expected
    said = line(found, 24.0)
    assert said.startswith(f"CYTOMART {['OK', 'WARNING', 'CRITICAL'][expected]}: ")
    assert "\n" not in said


def test_the_line_has_words_and_figures():
    found = replace(WELL, n_held=1, n_waiting=2, oldest_waiting_h=30.0)
    assert line(found, 24.0) == (
        "CYTOMART CRITICAL: batches: 1 held, 0 incomplete; rows in quarantine: 0; "
        "files: 0 refused, 2 waiting (oldest 1 d); generation 7, published 2 h ago | held=1 "
        "incomplete=0 quarantined=0 refused=0 waiting=2 oldest_waiting_h=30.0 publish_age_h=2.5 generation=7"
    )
