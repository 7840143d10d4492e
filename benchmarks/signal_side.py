"""Our side of the signal benchmark: the models' own SQL in one process, timed stage by stage.

`python -m benchmarks.signal_side HOME COMPILED` prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import duckdb

#: From scans to normalised levels, in the order in which the models are built.
MEDIAN = (
    "int_spots_background_subtracted", "int_replicates_averaged", "int_array_scales",
    "int_references_computed", "int_normalisation_references", "int_normalisation_factors",
)  # fmt: skip
QUANTILE = ("int_array_quantiles", "int_references_computed", "int_normalisation_references",
            "int_levels_mapped")  # fmt: skip
_SCALED = """
    select replicates.array_id, replicates.target_id, net_afu * factor as normalised_afu
    from intermediate.int_replicates_averaged as replicates
    inner join intermediate.int_normalisation_factors as factors
        using (study_id, array_id, background_method, replicate_rule)
    where factors.normalisation_method = 'median'
"""
#: The same arithmetic without keys, flags, exclusions, spread, reasons and provenance.
_BARE = """
    with nets as (
        select slide_id, list_transform(range(n_spots // 2), t -> (
            foreground_median_afu_whole[2 * t + 1] - background_median_afu_whole[2 * t + 1]
            + foreground_median_afu_whole[2 * t + 2] - background_median_afu_whole[2 * t + 2]
        ) / 2.0) as nets
        from raw.scans
    ),
    medians as (select slide_id, nets, list_median(nets) as middle from nets),
    reference as (select exp(avg(ln(middle))) as afu from medians)
    select slide_id, list_transform(nets, x -> x * afu / middle) as normalised_afu
    from medians cross join reference
"""


def measure(home: Path, compiled: Path) -> dict[str, object]:
    """Run both stages, and the bare arithmetic; return CPU, wall, sums and counts."""
    con = duckdb.connect(str(home))
    con.execute("set TimeZone = 'UTC'; attach ':memory:' as scratch")
    bare = _timed(con, [f"create table scratch.bare as {_BARE}"])
    median = _timed(con, [*_models(compiled, MEDIAN), f"create table scratch.scaled as {_SCALED}"])
    quantile = _timed(con, _models(compiled, QUANTILE))
    sums = con.execute("""
        select
            (select sum(log2(normalised_afu)) from scratch.scaled where normalised_afu > 0),
            (select sum(log2(normalised_afu)) from intermediate.int_levels_mapped
             where normalisation_method = 'quantile' and normalised_afu > 0),
            (select sum(log2(x)) from (select unnest(normalised_afu) as x from scratch.bare)
             where x > 0),
            (select count(*) from scratch.scaled where normalised_afu > 0)
    """).fetchone()
    assert sums is not None
    told = dict(zip(("median_sum", "quantile_sum", "bare_sum", "n"), sums, strict=True))
    for name, (cpu, wall) in (("bare", bare), ("median", median), ("quantile", quantile)):
        told |= {f"{name}_cpu": round(cpu, 4), f"{name}_wall": round(wall, 4)}
    return {**told, "versions": f"duckdb {duckdb.__version__}"}


def _models(compiled: Path, names: tuple[str, ...]) -> list[str]:
    return [
        f"create or replace table intermediate.{name} as "
        + (compiled / f"{name}.sql").read_text("utf-8").replace('"build".', "")
        for name in names
    ]


def _timed(con: duckdb.DuckDBPyConnection, statements: list[str]) -> tuple[float, float]:
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    for statement in statements:
        con.execute(statement)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - began


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), Path(sys.argv[2]))))  # noqa: T201
