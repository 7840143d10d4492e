"""Faults of one array at three sizes: from which size on the gate finds them, and by which rule.

docs/methods.md states the smallest sizes found. What stands below them is seen by
marts.fct_array_quality, which knows the other arrays of the batch (tests/golden/signal).
"""

from __future__ import annotations

import pytest

import expectations
from expectations.batch_rules import SPOT_RULES

STUDY, BATCH = "founding", "SYN-01"
ARRAY = ("slide_id = 'SYN-S02' and block = (select min(block) from raw.samples "
         "where slide_id = 'SYN-S02' and group_code <> 'empty')")  # fmt: skip
NET = "(foreground_median_afu - background_median_afu)"
MEDIAN = f"(select median(background_median_afu) from raw.spots where {ARRAY})"


def weakened(targets: str) -> str:
    """Controls that fall to a share of their net signal."""
    return (f"update raw.spots set foreground_median_afu = background_median_afu + {{size}} * {NET} "
            f"where {ARRAY} and target_id {targets}")  # fmt: skip


FAULTS = {
    "all positive controls": weakened("like 'POS_'"),
    "strongest positive control": weakened("= 'POS1'"),
    "saturated targets": "update raw.spots set foreground_median_afu = 65535, saturated_frac = 1 "
    f"where {ARRAY} and target_id in (select target_id from raw.spots where {ARRAY} "
    "and target_id not like 'POS_' group by all "
    "order by avg(foreground_median_afu) desc limit {size})",
    "gain of the scanner": "update raw.spots set "
    "foreground_median_afu = least(round({size} * foreground_median_afu), 65535), "
    f"background_median_afu = round({{size}} * background_median_afu) where {ARRAY}",
    "climb of the background": "update raw.spots set "
    f"foreground_median_afu = foreground_median_afu + round({{size}} * {MEDIAN} * (spot_row - 1) / 10), "
    f"background_median_afu = background_median_afu + round({{size}} * {MEDIAN} * (spot_row - 1) / 10) "
    f"where {ARRAY}",
}  # fmt: skip

#: Fault, size, the rules that are broken.
SIZES = [
    ("all positive controls", 0.1, []),
    ("all positive controls", 0.01, []),
    ("all positive controls", 0.001, ["positive_above_negative"]),
    ("strongest positive control", 0.7, []),
    ("strongest positive control", 0.3, ["positive_in_order"]),
    ("strongest positive control", 0.03, ["positive_in_order"]),
    ("saturated targets", 2, []),
    ("saturated targets", 5, ["saturated_spots"]),
    ("saturated targets", 10, ["saturated_spots"]),
    ("gain of the scanner", 2, []),
    ("gain of the scanner", 8, ["saturated_spots"]),
    ("gain of the scanner", 16, ["saturated_spots", "background_level"]),
    ("climb of the background", 0.25, []),
    ("climb of the background", 0.75, ["background_gradient"]),
    ("climb of the background", 1.5, ["background_gradient"]),
]


@pytest.mark.parametrize(("fault", "size", "broken"), SIZES)
def test_a_planted_fault_is_met_by_its_rule_alone(con, fault, size, broken):
    (n,) = con.execute(FAULTS[fault].format(size=size)).fetchone()
    assert n > 0
    run = expectations.run_batch_gate(con, STUDY, BATCH, suite=SPOT_RULES)
    assert sorted(r.rule_id for r in run.broken) == sorted(broken)


def test_dust_is_no_gradient(con):
    (n,) = con.execute(
        "update raw.spots set background_median_afu = background_median_afu + 5000, "
        "foreground_median_afu = foreground_median_afu + 5000 "
        f"where {ARRAY} and spot_row > 9 and spot_column > 10"
    ).fetchone()
    assert n == 12
    assert not expectations.run_batch_gate(con, STUDY, BATCH, suite=SPOT_RULES).broken


def test_controls_at_the_ceiling_are_not_out_of_order(con):
    """Which of two saturated controls is stronger cannot be seen, and saturation has its rule."""
    con.execute(
        "update raw.spots set foreground_median_afu = 65535, saturated_frac = 1, "
        "background_median_afu = background_median_afu + if(target_id = 'POS1', 30, 0) "
        f"where {ARRAY} and target_id in ('POS1', 'POS2')"
    )
    assert not expectations.run_batch_gate(con, STUDY, BATCH, suite=SPOT_RULES).broken
