"""Measure all rates and write them: `python -m benchmarks.null_rates [--quick]`."""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.null_rates.demo_power import Power, power_table
from benchmarks.null_rates.document import claim_lines, power_lines, rate_lines, write_tables
from benchmarks.null_rates.predictions import CASES, Claimed, claim
from benchmarks.null_rates.rates import Rate, measure
from benchmarks.null_rates.scenarios import SCENARIOS
from contracts.paths import REPO_ROOT

RESULTS = REPO_ROOT / "benchmarks" / "results"
DOCUMENT = REPO_ROOT / "docs" / "error-rates.md"
N_STUDIES, N_QUICK = 2000, 50
#: Patients of the demo-like studies, and how many studies of each size.
N_PATIENTS, N_POWER = (30, 12, 6), 500
#: Studies in which a prediction model is searched.
N_CLAIMS, N_QUICK_CLAIMS = 200, 5


def main() -> None:
    """Write the three files of `results/` and the tables of the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few studies, only shown")
    quick: bool = parser.parse_args().quick
    rates = []
    for scenario in SCENARIOS:
        start = time.monotonic()
        rates.append(measure(scenario, N_QUICK if quick else N_STUDIES))
        took = f"{time.monotonic() - start:.1f} s"
        print(rate_lines(rates[-1:])[-1], took, flush=True)  # noqa: T201
    power = [row for n in N_PATIENTS for row in power_table(n, 10 if quick else N_POWER)]
    print("\n".join(power_lines(power)))  # noqa: T201
    claimed = [claim(case, N_QUICK_CLAIMS if quick else N_CLAIMS) for case in CASES]
    print("\n".join(claim_lines(claimed)))  # noqa: T201
    if not quick:
        write_csv(RESULTS / "null_rates.csv", rates)
        write_csv(RESULTS / "demo_power.csv", power)
        write_csv(RESULTS / "prediction_rates.csv", claimed)
        write_tables(DOCUMENT, rates, power, claimed)


def write_csv(path: Path, rows: Sequence[Rate | Power | Claimed]) -> None:
    """Write one row each."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        out = csv.DictWriter(handle, rows[0].row().keys(), lineterminator="\n")
        out.writeheader()
        out.writerows(r.row() for r in rows)


if __name__ == "__main__":
    main()
