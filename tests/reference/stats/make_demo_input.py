"""Make demo_input.csv from the published warehouse of the demo (shipped seed).

    .venv/bin/cytomart demo
    .venv/bin/python tests/reference/stats/make_demo_input.py data
    sh tests/reference/run_all.sh

One row per sample: ids, the scores of its patient at its visit, the log2 level of every target in
the primary variant, at 17 significant digits (which keep a double whole).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import duckdb

OUT = Path(__file__).with_name("demo_input.csv")
STUDY = "founding-synthetic"
INSTRUMENTS = ("vas_pain_0_10", "qol_unnamed")
LEVELS = """
select m.sample_id, s.patient_id, s.visit, s.group_code, m.analyte_id, m.level_log2
from marts.fct_measurements as m
inner join marts.dim_samples as s using (study_id, sample_id)
where m.study_id = ? and m.is_primary_variant
order by m.sample_id, m.analyte_id
"""
SCORES = """
select patient_id, visit, instrument_id, cast(score as varchar)
from marts.fct_outcomes
where study_id = ? and site_id = '' and score is not null
"""


def number(value: float | None) -> str:
    """Return a level as text that reads back as the same double."""
    return "NA" if value is None else f"{value:.17g}"


def main(home: str) -> None:
    """Write the file from the warehouse under `home`."""
    with duckdb.connect(str(Path(home) / "warehouse.duckdb"), read_only=True) as con:
        levels = con.execute(LEVELS, [STUDY]).fetchall()
        scores = {row[:3]: row[3] for row in con.execute(SCORES, [STUDY]).fetchall()}
    samples: dict[tuple[str, ...], dict[str, str]] = {}
    for *about, analyte_id, level in levels:
        samples.setdefault(tuple(about), {})[analyte_id] = number(level)
    targets = sorted({target for row in samples.values() for target in row})
    with OUT.open("w", newline="", encoding="utf-8") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(["sample_id", "patient_id", "visit", "group_code", *INSTRUMENTS, *targets])
        for about, row in sorted(samples.items()):
            _, patient_id, visit, _ = about
            points = [scores.get((patient_id, visit, i), "NA") for i in INSTRUMENTS]
            out.writerow([*about, *points, *(row.get(t, "NA") for t in targets)])
    print(f"{OUT.name}: {len(samples)} samples × {len(targets)} targets")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "data")
