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

from benchmarks import signal_bare

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
#: Read off as it is asked for, as its YAML says; the first stage has no use for it.
_VIEW = "int_array_quantiles"
#: The model whose YAML has its outer joins carried out as written, by these two hooks.
_HOOKED = "int_spots_background_subtracted"
_HOOKS = ("set disabled_optimizers = 'build_side_probe_side'", "reset disabled_optimizers")


def measure(home: Path, compiled: Path) -> dict[str, object]:
    """Run both stages, and the bare arithmetic; return CPU, wall, sums and counts."""
    con = duckdb.connect(str(home))
    # One thread, as limma: with two, CPU doubles or not from run to run, for no gain.
    con.execute("set TimeZone = 'UTC'; set threads = 1; attach ':memory:' as scratch")
    con.execute(f"create table scratch.matrices as {signal_bare.MATRICES}")
    timed = {
        f"bare_{name}": _timed(con, [f"create table scratch.bare_{name} as {sql}"])
        for name, sql in (("median", signal_bare.MEDIAN), ("quantile", signal_bare.QUANTILE))
    }
    con.execute(f"create or replace view intermediate.{_VIEW} as "
                f"select * from ({_sql(compiled, _VIEW)}) where false")  # fmt: skip
    timed["median"] = _timed(
        con, [*_models(compiled, MEDIAN), f"create table scratch.scaled as {_SCALED}"]
    )
    timed["quantile"] = _timed(con, _models(compiled, QUANTILE))
    sums = con.execute("""
        select
            (select sum(log2(normalised_afu)) from scratch.scaled where normalised_afu > 0),
            (select sum(log2(normalised_afu)) from intermediate.int_levels_mapped
             where normalisation_method = 'quantile' and normalised_afu > 0),
            (select sum(log2(normalised_afu)) from scratch.bare_median where normalised_afu > 0),
            (select sum(log2(normalised_afu)) from scratch.bare_quantile where normalised_afu > 0),
            (select count(*) from scratch.scaled where normalised_afu > 0)
    """).fetchone()
    assert sums is not None
    names = ("median_sum", "quantile_sum", "bare_median_sum", "bare_quantile_sum", "n")
    told = dict(zip(names, sums, strict=True))
    for name, (cpu, wall) in timed.items():
        told |= {f"{name}_cpu": round(cpu, 4), f"{name}_wall": round(wall, 4)}
    return {**told, "versions": f"duckdb {duckdb.__version__}"}


def _models(compiled: Path, names: tuple[str, ...]) -> list[str]:
    statements = []
    for name in names:
        kind = "view" if name == _VIEW else "table"
        made = f"create or replace {kind} intermediate.{name} as {_sql(compiled, name)}"
        statements += [_HOOKS[0], made, _HOOKS[1]] if name == _HOOKED else [made]
    return statements


def _sql(compiled: Path, name: str) -> str:
    return (compiled / f"{name}.sql").read_text("utf-8").replace('"build".', "")


def _timed(con: duckdb.DuckDBPyConnection, statements: list[str]) -> tuple[float, float]:
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    for statement in statements:
        con.execute(statement)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - began


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), Path(sys.argv[2]))))  # noqa: T201
