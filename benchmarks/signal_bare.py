"""The arithmetic of the signal path in SQL and nothing else: how fast the engine can be at all.

No keys, flags, exclusions, spread, reasons or provenance; whole numbers name array and target.
"""

from __future__ import annotations

#: What limma has before its clock starts, too: the matrices in memory, spots beside duplicates.
MATRICES = """
    select
        array_number,
        cast(unnest(range(n_spots // 2)) as smallint) as target_number,
        unnest(foreground_median_afu_whole[1:-1:2]) as foreground_1,
        unnest(foreground_median_afu_whole[2:-1:2]) as foreground_2,
        unnest(background_median_afu_whole[1:-1:2]) as background_1,
        unnest(background_median_afu_whole[2:-1:2]) as background_2
    from (select *, cast(row_number() over (order by slide_id) as integer) as array_number
          from raw.scans)
"""
_NET = "(foreground_1 - background_1 + foreground_2 - background_2) / 2e0"
MEDIAN = f"""
    with medians as materialized (
        select array_number, median({_NET}) as middle
        from scratch.matrices
        group by array_number
    ),
    reference as (select exp(avg(ln(middle))) as afu from medians)
    select array_number, target_number, {_NET} * afu / middle as normalised_afu
    from scratch.matrices
    inner join medians using (array_number)
    cross join reference
"""
#: Equal values share their average rank; between two ranks lies the mean of both.
QUANTILE = f"""
    with nets as (
        select array_number, target_number, {_NET} as net from scratch.matrices
    ),
    ranked as materialized (
        select
            array_number, target_number, net,
            row_number() over own as place,
            rank() over own as first_rank,
            count(*) over (own range between current row and current row) as n_ties
        from nets
        window own as (partition by array_number order by net)
    ),
    means as (select place, avg(net) as mean from ranked group by place)
    select array_number, target_number, (lower.mean + upper.mean) / 2 as normalised_afu
    from ranked
    inner join means as lower on (2 * first_rank + n_ties - 1) // 2 = lower.place
    inner join means as upper on (2 * first_rank + n_ties) // 2 = upper.place
"""
