"""Measure all rates and write them: `python -m benchmarks.null_rates [--quick] [--only TEST]`."""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.null_rates.demo_power import Power, power_table
from benchmarks.null_rates.document import (
    claim_lines,
    odds_lines,
    power_lines,
    rate_lines,
    write_tables,
)
from benchmarks.null_rates.odds import OddsRate, odds_rates
from benchmarks.null_rates.predictions import CASES, Claimed, claim
from benchmarks.null_rates.rates import Rate, measure, read_rate
from benchmarks.null_rates.scenarios import SCENARIOS
from contracts.paths import REPO_ROOT

RESULTS = REPO_ROOT / "benchmarks" / "results"
DOCUMENT = REPO_ROOT / "docs" / "error-rates.md"
N_STUDIES, N_QUICK = 2000, 50
#: Patients of the demo-like studies, and how many studies of each size.
N_PATIENTS, N_POWER = (30, 12, 6), 500
#: Studies in which a prediction model is searched.
N_CLAIMS, N_QUICK_CLAIMS = 200, 5
Row = Rate | Power | Claimed | OddsRate


def main() -> None:
    """Write the files of `results/` and the tables of the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few studies, only shown")
    parser.add_argument("--only", metavar="TEST", help="draw one test anew and count the odds "
                        "ratios; every other row stays as it is kept")  # fmt: skip
    asked = parser.parse_args()
    rates = [*_rates(N_QUICK if asked.quick else N_STUDIES, only=asked.only)]
    odds = odds_rates()
    print("\n".join(odds_lines(odds)))  # noqa: T201
    tables = {"rates": rate_lines(rates), "odds": odds_lines(odds)}
    files: dict[str, Sequence[Row]] = {"null_rates": rates, "odds_rates": odds}
    if not asked.only:
        power = [r for n in N_PATIENTS for r in power_table(n, 10 if asked.quick else N_POWER)]
        claimed = [claim(case, N_QUICK_CLAIMS if asked.quick else N_CLAIMS) for case in CASES]
        more = {"power": power_lines(power), "predictions": claim_lines(claimed)}
        print("\n".join(line for lines in more.values() for line in lines))  # noqa: T201
        tables |= more
        files |= {"demo_power": power, "prediction_rates": claimed}
    if not asked.quick:
        for name, rows in files.items():
            write_csv(RESULTS / f"{name}.csv", rows)
        write_tables(DOCUMENT, tables)


def _rates(n_studies: int, *, only: str | None) -> Iterator[Rate]:
    """Yield the rate of every scenario in their order; with `only` the others' as kept."""
    kept = {(r.test, r.data): r for r in _kept_rates()} if only else {}
    for scenario in SCENARIOS:
        if only and scenario.test != only:
            yield kept[scenario.test, scenario.data]
            continue
        start = time.monotonic()
        rate = measure(scenario, n_studies)
        took = f"{time.monotonic() - start:.1f} s"
        print(rate_lines([rate])[-1], took, flush=True)  # noqa: T201
        yield rate


def _kept_rates() -> list[Rate]:
    with (RESULTS / "null_rates.csv").open(newline="", encoding="utf-8") as handle:
        return [read_rate(row) for row in csv.DictReader(handle)]


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """Write one row each."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        out = csv.DictWriter(handle, rows[0].row().keys(), lineterminator="\n")
        out.writeheader()
        out.writerows(r.row() for r in rows)


if __name__ == "__main__":
    main()
