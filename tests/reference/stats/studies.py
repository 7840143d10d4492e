"""The studies of lib_studies.R: designs, the demo, a panel of 3,000 targets, the real one of ../shared.

Levels of the design `high` stay near 4096 here; R subtracts that first.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from contracts.paths import REPO_ROOT

HERE = Path(__file__).parent
KHAN = REPO_ROOT.parent / "shared" / "clinical" / "khan_2025"
N_PANEL = 3000
INSTRUMENT = "vas_pain_0_10"
ABOUT = ("sample_id", "patient_id", "visit", "group_code", INSTRUMENT, "qol_unnamed")


@dataclass(frozen=True)
class Study:
    """Matrices (persons, targets); rows of `before` and `after` belong to the same persons."""

    targets: tuple[str, ...]
    numerator: np.ndarray
    denominator: np.ndarray
    before: np.ndarray
    after: np.ndarray
    groups: Sequence[np.ndarray]
    score_before: np.ndarray
    score_after: np.ndarray | None


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def number(text: str) -> float:
    return float("nan") if text in ("NA", "") else float(text)


def aligned(levels: dict[str, list[float]], persons: Sequence[str], width: int) -> np.ndarray:
    return np.array([levels.get(p, [np.nan] * width) for p in persons])


@cache
def committed() -> dict[str, Study]:
    return {**_designs(), "demo": _demo(), "panel": _panel()}


def _designs() -> dict[str, Study]:
    rows: dict[str, list[dict[str, str]]] = {}
    for row in rows_of(HERE / "designs_input.csv"):
        rows.setdefault(row["design"], []).append(row)
    return {design: _design(own) for design, own in rows.items()}


def _design(rows: list[dict[str, str]]) -> Study:
    targets = tuple(sorted({r["target"] for r in rows}))
    levels: dict[str, dict[str, list[float]]] = {"x": {}, "y": {}, "z": {}}
    scores: dict[str, dict[str, float]] = {"x": {}, "y": {}, "z": {}}
    for row in rows:
        own = levels[row["arm"]].setdefault(row["person"], [np.nan] * len(targets))
        own[targets.index(row["target"])] = number(row["level_log2"])
        scores[row["arm"]][row["person"]] = float(row["score"])
    persons = sorted(levels["x"].keys() | levels["y"].keys())
    x, y, z = (np.array([levels[a][p] for p in sorted(levels[a])]) for a in "xyz")
    before, after = (aligned(levels[a], persons, len(targets)) for a in "xy")
    score = {a: np.array([scores[a].get(p, np.nan) for p in persons]) for a in "xy"}
    return Study(targets, x, z, before, after, (x, y, z), score["x"], score["y"])


def _demo() -> Study:
    rows = rows_of(HERE / "demo_input.csv")
    targets = tuple(t for t in rows[0] if t not in ABOUT)
    arms = {
        code: {r["patient_id"]: r for r in rows if r["group_code"] == code}
        for code in ("A", "B", "C")
    }
    persons = sorted(arms["A"].keys() | arms["B"].keys())
    levels = {
        code: {p: [number(r[t]) for t in targets] for p, r in arm.items()}
        for code, arm in arms.items()
    }
    a, b, c = (np.array(list(levels[code].values())) for code in "ABC")
    scores = [
        np.array(
            [number(arms[code][p][INSTRUMENT]) if p in arms[code] else np.nan for p in persons]
        )
        for code in "AB"
    ]
    before, after = (aligned(levels[code], persons, len(targets)) for code in "AB")
    return Study(targets, a, c, before, after, (a, b, c), *scores)


def lehmer(n: int, seed: int) -> np.ndarray:
    """Return n numbers of Lehmer's generator as R computes them."""
    out, k = np.empty(n), seed
    for i in range(n):
        k = 16807 * k % 2147483647
        out[i] = k
    return out


def _panel() -> Study:
    k = lehmer(4 * 100 * N_PANEL, 20170104).reshape(N_PANEL, 100, 4)
    noise = (k / 2**31).sum(axis=2) - 2
    noise[k[:, :, 0] % 37 == 0] = np.nan
    j = np.arange(1, N_PANEL + 1)
    sd = np.array([0.25, 0.5, 1, 0.75])[j % 4]
    effect = np.where(j % 5 == 0, (j % 9 - 4) / 8, 0.0)
    person = np.nan_to_num(noise[:, :30]).T

    def scaled(rows: slice, shift: np.ndarray) -> np.ndarray:
        level = 9 + shift + sd * noise[:, rows].T
        return np.where(j % 7 == 0, np.floor(8 * level) / 8, level)

    x, y = scaled(slice(30, 60), person / 2), scaled(slice(60, 90), person / 2 + effect)
    z = scaled(slice(90, 100), effect / 2)
    points = lehmer(60, 7) % 101 / 10
    targets = tuple(f"t{i:04d}" for i in j)
    return Study(targets, x, z, x, y, (x, y, z), points[:30], points[30:])


@cache
def khan() -> Study | None:
    """Return the real study, or None where ../shared is absent."""
    if not KHAN.is_dir():
        return None
    wide = rows_of(KHAN / "cytokines_wide.csv")
    targets = tuple(c for c in wide[0] if c not in ("patient_id", "timepoint"))

    def level(text: str) -> float:
        text = text.strip().removeprefix("*")
        return float("nan") if "OOR" in text or not text else float(np.log2(float(text)))

    visits: dict[str, dict[str, list[float]]] = {}
    for row in wide:
        own = visits.setdefault(row["timepoint"], {})
        own[row["patient_id"]] = [level(row[t]) for t in targets]
    persons = sorted({r["patient_id"] for r in wide})
    before, after = (aligned(visits[v], persons, len(targets)) for v in ("BL", "6-8 wks"))
    who = {r["patient_id"]: r for r in rows_of(KHAN / "patients.csv")}
    severe = np.array([who[p]["iraE_occurrence"] == "Grade 2+" for p in persons])
    grade = np.array([float(who[p]["highest_grade_iraE"]) for p in persons])
    bands = tuple(before[np.minimum(grade, 3) == band] for band in range(4))
    return Study(targets, before[severe], before[~severe], before, after, bands, grade, None)


Block = tuple[str, str, str, str]


def expected_blocks(name: str) -> dict[Block, list[dict[str, str]]]:
    """Return the rows of R by (study, analysis, method, stratum); Khan's where it can be tested."""
    paths = [HERE / f"{name}_expected.csv"]
    if khan() is not None:
        paths.append(HERE / f"{name}_khan_expected.csv")
    blocks: dict[Block, list[dict[str, str]]] = {}
    for path in paths:
        for row in rows_of(path):
            key = (row["study"], row["analysis"], row["method"], row["stratum"])
            blocks.setdefault(key, []).append(row)
    return blocks


def studies() -> Iterator[tuple[str, Study]]:
    """Return every study that is at hand, by name."""
    yield from committed().items()
    real = khan()
    if real is not None:
        yield "khan", real


def as_in_r(study: str, values: np.ndarray) -> np.ndarray:
    """Return the values that R's file holds: of the panel every 50th and the sum of all."""
    if study != "panel":
        return values
    total = np.nan if np.isnan(values).all() else np.nansum(values)
    return np.append(values[49::50], total)


def check(
    ours: Mapping[str, np.ndarray],
    rows: Sequence[Mapping[str, str]],
    *,
    study: str,
    relative: float,
    floors: Mapping[str, float],
) -> None:
    """Compare columns of one block with R; a gap must meet NA.

    Parameters
    ----------
    ours : by column of R's file
    relative : tolerance
    floors : absolute tolerance by column beside it, else 0; a sum over the panel may be off by as
        many floors as it has targets
    """
    for column, values in ours.items():
        theirs = np.array([number(r[column]) for r in rows])
        floor = np.full(len(rows), floors.get(column, 0.0))
        floor[[r["target"] == "sum" for r in rows]] *= N_PANEL
        found = as_in_r(study, np.asarray(values, dtype=float))
        assert found.shape == theirs.shape
        gap = np.isnan(found) != np.isnan(theirs)
        off = np.abs(found - theirs) > floor + relative * np.abs(theirs)
        bad = [(r["target"], f, t) for r, f, t in zip(rows, found, theirs, strict=True)]
        bad = [b for b, wrong in zip(bad, gap | off, strict=True) if wrong]
        assert not bad, f"{study} {column}: target, ours, R's {bad[:5]}"
