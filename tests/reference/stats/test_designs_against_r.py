"""Every method on random designs: missing values, ties, unequal and zero variances."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from stats.methods.anova_oneway import anova_oneway
from stats.methods.levene import levene
from stats.methods.paired_t import paired_t
from stats.methods.pearson import pearson
from stats.methods.shapiro_wilk import shapiro_wilk
from stats.methods.student_t import student_t
from stats.methods.welch_t import welch_t
from stats.multiplicity import benjamini_hochberg

INPUT = Path(__file__).with_name("designs_input.csv")


def designs():
    """Return {design: ({arm: persons × targets}, scores of arm x, targets)}."""
    cells: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    scores: dict[str, dict[str, float]] = {}
    with INPUT.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            persons = cells.setdefault(row["design"], {}).setdefault(row["arm"], {})
            value = float("nan") if row["level_log2"] == "NA" else float(row["level_log2"])
            persons.setdefault(row["person"], {})[row["target"]] = value
            if row["arm"] == "x":
                scores.setdefault(row["design"], {})[row["person"]] = float(row["score"])
    out = {}
    for design, arms in cells.items():
        targets = sorted(next(iter(arms["x"].values())))
        xy = sorted(arms["x"].keys() | arms["y"].keys())
        matrices = {
            arm: np.array(
                [
                    [arms[arm].get(p, {}).get(t, np.nan) for t in targets]
                    for p in (xy if arm in "xy" else sorted(arms[arm]))
                ]
            )
            for arm in "xyz"
        }
        score = np.array([scores[design].get(p, np.nan) for p in xy])
        out[design] = (matrices, score, targets)
    return out


DESIGNS = designs()
BLOCKS = {
    ("x_vs_z", "student_t", ""): lambda x, y, z, s: student_t(x, z, confidence=0.95),
    ("x_vs_z", "welch_t", ""): lambda x, y, z, s: welch_t(x, z, confidence=0.95),
    ("x_vs_z", "levene", ""): lambda x, y, z, s: levene([x, z]),
    ("x_vs_z", "shapiro_wilk", "x"): lambda x, y, z, s: shapiro_wilk(x),
    ("x_vs_z", "shapiro_wilk", "z"): lambda x, y, z, s: shapiro_wilk(z),
    ("y_vs_x", "paired_t", ""): lambda x, y, z, s: paired_t(y, x, confidence=0.95),
    ("y_vs_x", "shapiro_wilk", "difference"): lambda x, y, z, s: shapiro_wilk(y - x),
    ("paper_y_vs_x", "student_t", ""): lambda x, y, z, s: student_t(y, x, confidence=0.95),
    ("xyz", "anova_oneway", ""): lambda x, y, z, s: anova_oneway([x, y, z]),
    ("xyz", "levene", ""): lambda x, y, z, s: levene([x, y, z]),
    ("x_score", "pearson", ""): lambda x, y, z, s: pearson(x, s, confidence=0.95),
}


@pytest.fixture(scope="module")
def expected(read):
    blocks: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in read("designs_expected.csv"):
        key = (row["design"], row["analysis"], row["method"], row["stratum"])
        blocks.setdefault(key, []).append(row)
    return blocks


@pytest.mark.parametrize("design", sorted(DESIGNS))
@pytest.mark.parametrize("block", sorted(BLOCKS), ids="-".join)
def test_equals_r(design, block, expected, agree, agree_with_block):
    matrices, score, targets = DESIGNS[design]
    rows = expected[(design, *block)]
    assert [r["target"] for r in rows] == targets
    result = BLOCKS[block](matrices["x"], matrices["y"], matrices["z"], score)
    agree_with_block(block[1], result, rows)
    theirs = [float("nan") if r["p_adjusted"] == "NA" else float(r["p_adjusted"]) for r in rows]
    agree(block[1], "p_value", benjamini_hochberg(result.p_value), theirs)


def test_every_block_of_r_is_compared(expected):
    assert {key[0] for key in expected} == set(DESIGNS)
    assert {key[1:] for key in expected} == set(BLOCKS)


def test_the_designs_hold_what_they_promise(expected):
    p = [float(r["p_value"]) for rows in expected.values() for r in rows if r["p_value"] != "NA"]
    assert min(p) < 1e-30
    assert any(r["statistic"] == "NA" for rows in expected.values() for r in rows)
