"""Make mixed_input.csv: small random studies that are hard on a mixed model.

    python tests/reference/stats/make_mixed_input.py

Patients have up to three visits (groups v0, v1, v2), healthy persons (h) one. Values are NA where
missing, ages too.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

OUT = Path(__file__).with_name("mixed_input.csv")
SEED = 20170103
VISITS = ("v0", "v1", "v2")


def study(
    rng, n_patients, n_healthy, n_targets, *, visits=VISITS, between=0.5, within=0.6, shift=0.8
):
    """Return samples (patient, group, age, centre) and their levels (samples × targets)."""
    people = [(f"p{i + 1:02d}", v) for i in range(n_patients) for v in visits]
    people += [(f"q{i + 1:02d}", "h") for i in range(n_healthy)]
    return dress(rng, people, n_targets, between=between, within=within, shift=shift)


def dress(rng, people, n_targets, *, between=0.5, within=0.6, shift=0.8):
    """Return samples of the given (patient, group), with ages, centres and levels."""
    names = sorted({p for p, _ in people})
    age = {p: int(rng.integers(30, 80)) for p in names}
    centre = {p: str(rng.choice(["north", "south"])) for p in names}
    person = {p: rng.normal(9, between, n_targets) for p in names}
    effect = {g: rng.normal(0, shift, n_targets) for g in sorted({g for _, g in people})}
    samples = [(p, g, age[p], centre[p]) for p, g in people]
    levels = np.array(
        [
            person[p] + effect[g] + 0.02 * age[p] + rng.normal(0, within, n_targets)
            for p, g in people
        ]
    )
    return samples, levels


def holes(rng, made, share):
    """Return the study with that share of values missing at random, and a few samples gone."""
    samples, levels = made
    kept = np.flatnonzero(rng.random(len(samples)) >= share / 2)
    levels = np.where(rng.random(levels.shape) < share, np.nan, levels)
    return [samples[i] for i in kept], levels[kept]


def repelled(rng, n_patients, n_targets):
    """Return a study whose patients vary less between than within: the fit is singular."""
    samples, levels = study(rng, n_patients, 10, n_targets, between=0.0)
    patients = np.array([s[0] for s in samples])
    for p in np.unique(patients):
        rows = np.flatnonzero(patients == p)
        if len(rows) > 1:
            levels[rows] -= 0.7 * levels[rows].mean(axis=0)
    return samples, levels


def uneven(rng, n_targets):
    """Return a study whose patients have one to five samples, some of them at the same visit."""
    people = [
        (f"p{i + 1:02d}", str(rng.choice(VISITS))) for i in range(18) for _ in range(1 + i % 5)
    ]
    return dress(rng, people + [(f"q{i + 1:02d}", "h") for i in range(6)], n_targets)


def without_a_group(made):
    """Return the study with targets that lack a group, a patient's second value, or vary in one."""
    samples, levels = made
    groups = np.array([s[1] for s in samples])
    levels[groups == "h", 0] = np.nan
    levels[np.flatnonzero(groups == "v2")[1:], 1] = np.nan
    levels[groups != "v0", 2] = np.nan
    levels[(groups == "v1") | (groups == "v2"), 3] = np.nan
    return samples, levels


def no_age(rng, made):
    """Return the study with three ages missing."""
    samples, levels = made
    lacking = set(rng.choice(len(samples), 3, replace=False).tolist())
    return [(*s[:2], None if i in lacking else s[2], s[3]) for i, s in enumerate(samples)], levels


def by_hand(rows):
    """Return a study of one target from (patient, group, level)."""
    samples = [(p, g, 50, "north") for p, g, _ in rows]
    return samples, np.array([[level] for _, _, level in rows])


#: The likelihood has a maximum at a ratio of 0 and a higher one at 240.
TWO_MAXIMA = [
    ("p1", "h", -0.69), ("p2", "v0", 0.47), ("p2", "h", -0.37), ("p0", "h", -0.68),
    ("p0", "v1", 0.74), ("p1", "v0", 0.27), ("p3", "v1", -0.47), ("p0", "h", -0.67),
]  # fmt: skip
#: F has 2.001 and 1.99 denominator degrees of freedom, where its scale has a pole.
ABOVE_THE_POLE = [
    ("p1", "v0", 0.24), ("p1", "v0", 0.35), ("p2", "v2", -0.29), ("p2", "v1", -0.41),
    ("p2", "v0", -1.01), ("p1", "v1", 1.07),
]  # fmt: skip
BELOW_THE_POLE = [
    ("p0", "v0", 0.46), ("p3", "v1", -0.63), ("p0", "v2", -0.22), ("p0", "v1", 1.3),
    ("p2", "v2", -0.36), ("p1", "v2", -2.13), ("p2", "v1", -1.33),
]  # fmt: skip


def designs(rng):
    """Return {design: (samples, levels)}."""
    return {
        "visits": holes(rng, study(rng, 24, 12, 12), 0.1),
        "balanced": study(rng, 12, 12, 8),
        "pairs": holes(rng, study(rng, 30, 10, 12, visits=("v0", "v1")), 0.15),
        "sparse": holes(rng, study(rng, 8, 6, 12), 0.4),
        "singular": holes(rng, repelled(rng, 12, 10), 0.1),
        "uneven": holes(rng, uneven(rng, 10), 0.1),
        "alike": study(rng, 15, 8, 8, between=3.0, within=0.05),
        "tiny": study(rng, 3, 2, 12, visits=("v0", "v1")),
        "three_targets": no_age(rng, study(rng, 20, 10, 3)),
        "gaps": without_a_group(study(rng, 10, 6, 6)),
        "two_patients": study(rng, 2, 0, 6),
        "two_maxima": by_hand(TWO_MAXIMA),
        "above_the_pole": by_hand(ABOVE_THE_POLE),
        "below_the_pole": by_hand(BELOW_THE_POLE),
    }


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(SEED)
    with OUT.open("w", newline="", encoding="utf-8") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(
            ["design", "sample", "patient", "grp", "age", "centre", "target", "level_log2"]
        )
        for design, (samples, levels) in designs(rng).items():
            for i, (patient, group, age, centre) in enumerate(samples):
                about = [
                    design,
                    f"s{i + 1:03d}",
                    patient,
                    group,
                    "NA" if age is None else age,
                    centre,
                ]
                for j, value in enumerate(levels[i], start=1):
                    text = "NA" if np.isnan(value) else f"{value:.17g}"
                    out.writerow([*about, f"t{j:02d}", text])


if __name__ == "__main__":
    main()
