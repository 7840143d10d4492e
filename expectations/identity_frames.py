"""Frame of identities: columns of a scanner file that must follow from others in the same row.

Scanner software computes these columns from the very numbers it writes beside them; in the real
files every row keeps them (thresholds in the seed gate_thresholds). A row that does not was
changed afterwards. The columns lie in raw.spot_extras under the titles of the file, so the query
is written for the titles that a batch brings, and takes out no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd
from duckdb import DuckDBPyConnection

from expectations.spot_base import SPOTS_OF_BATCH

#: Which titles each identity needs; `{c}` is a wavelength, the brackets a ratio's two channels.
NEEDS: dict[str, tuple[str, ...]] = {
    "net": (r"F\d+ Median - B\d+",),
    "snr": (r"SNR \d+",),
    "cv": (r"F\d+ CV",),
    "total": (r"F\d+ Total Intensity",),
    "log_ratio": (r"Log Ratio(?: \(.+\))?", r"Ratio of Medians(?: \(.+\))?"),
}

_EXTRAS = """
    select *
    from raw.spot_extras
    where study_id = $study_id
        and file_sha256 in (
            select file_sha256 from current_files
            where slide_id in (select slide_id from batch_slides)
        )
"""

_TITLES = f"""
with {SPOTS_OF_BATCH},

extras as ({_EXTRAS})

select distinct column_title as title
from extras
"""

_CHANNELS = f"with {SPOTS_OF_BATCH} select distinct channel_nm from batch_spots order by all"


def identity_titles(con: DuckDBPyConnection, parameters: Mapping[str, str]) -> frozenset[str]:
    """Return the titles of the extra columns that the slides of a batch bring."""
    rows = con.execute(_TITLES, dict(parameters)).fetchall()
    return frozenset(title for (title,) in rows)


def has_titles(identity: str, titles: Iterable[str]) -> bool:
    """Return whether every column is there that an identity needs."""
    return all(any(re.fullmatch(p, t) for t in titles) for p in NEEDS[identity])


def identity_rows(con: DuckDBPyConnection, parameters: Mapping[str, str]) -> pd.DataFrame:
    """Return, for each slide of a batch, the share of its rows that breaks each identity.

    A slide without a column breaks nothing; a cell that is no number (`Error`) is not judged.
    """
    titles = identity_titles(con, parameters)
    channels = [int(c) for (c,) in con.execute(_CHANNELS, dict(parameters)).fetchall()]
    if not channels:
        return pd.DataFrame(columns=[f"{name}_off_frac" for name in NEEDS], dtype=float)
    sql = _sql(titles, channels)
    table = con.execute(sql, dict(parameters)).to_arrow_table()
    frame: pd.DataFrame = table.to_pandas().set_index("uid")
    return frame.astype(float)


def _sql(titles: frozenset[str], channels: list[int]) -> str:
    """Return the query: own columns out of the extras, expected values beside them, shares."""
    cells = " union all ".join(_cells(titles, c) for c in channels)
    shares = ",\n    ".join(
        f"coalesce(count(*) filter (where {off}) / nullif(count({given}), 0), 0) as {name}_off_frac"
        for name, (given, off) in _OFF.items()
    )
    return f"""
with {SPOTS_OF_BATCH},

-- GenePix before 5.0 does not write the background that it subtracted, where it is not the local
other_background as (
    select distinct h.file_sha256
    from raw.scan_headers as h
    where h.study_id = $study_id
        and lower(h.header_key) = 'backgroundsubtraction'
        and h.header_text not ilike '%local%'
),

cells as ({cells})

select
    slide_id as uid,
    {shares}
from cells
group by slide_id
order by slide_id
"""


#: Identity → the cell judged, and when it is off. GenePix computes from the rounded numbers that
#: it writes: SNR is rounded to 0.001, CV cut to a whole percent, Total Intensity sums pixels
#: whose mean is cut to a whole number, ratios are rounded to 0.001 before anybody takes their log.
_OFF: dict[str, tuple[str, str]] = {
    "net": ("net", "abs(net - (foreground_median_afu - background_afu)) > 0.5"),
    "snr": (
        "snr",
        "background_sd_afu > 0 and "
        "abs(snr - (foreground_mean_afu - background_mean_afu) / background_sd_afu) > 0.1",
    ),
    "cv": (
        "cv",
        "foreground_mean_afu > 0 and "
        "abs(cv - 100 * foreground_sd_afu / foreground_mean_afu) > 1",
    ),
    "total": (
        "total",
        "abs(total - foreground_mean_afu * n_foreground_pixels) "
        "> n_foreground_pixels * greatest(1, 0.02 * foreground_mean_afu)",
    ),
    "log_ratio": (
        "log_ratio",
        "abs(log_ratio - log2(nullif(greatest(ratio, 0), 0))) "
        "> greatest(0.02, 0.0008 / nullif(ratio, 0))",
    ),
}  # fmt: skip


def _cells(titles: frozenset[str], channel: int) -> str:
    wanted = {
        "net": [f"F{channel} Median - B{channel}"],
        "own_background": [f"B{channel}"],
        "snr": [f"SNR {channel}"],
        "cv": [f"F{channel} CV"],
        "total": [f"F{channel} Total Intensity"],
        "log_ratio": sorted(t for t in titles if re.fullmatch(NEEDS["log_ratio"][0], t)),
        "ratio": sorted(t for t in titles if re.fullmatch(NEEDS["log_ratio"][1], t)),
    }
    present = {t for own in wanted.values() for t in own if t in titles}
    lists, numbers = _lists(sorted(present))
    picked = {name: _first([t for t in own if t in titles]) for name, own in wanted.items()}
    return f"""
    select
        s.slide_id, s.foreground_median_afu, s.foreground_mean_afu, s.foreground_sd_afu,
        s.background_mean_afu, s.background_sd_afu, s.n_foreground_pixels,
        coalesce({picked["own_background"]}, s.background_median_afu) as background_afu,
        case when o.file_sha256 is null or {picked["own_background"]} is not null
            then {picked["net"]} end as net,
        {picked["snr"]} as snr, {picked["cv"]} as cv, {picked["total"]} as total,
        {picked["log_ratio"]} as log_ratio, {picked["ratio"]} as ratio
    from batch_spots as s
    left join (
        select files.*, prints.source_line
        from (
            select file_sha256, print_id, spot_number, {numbers}
            from (
                select *, unnest(range(1, n_spots + 1)) as spot_number
                from (
                    select file_sha256, print_id, {lists}
                    from ({_EXTRAS}) as extras
                    group by file_sha256, print_id
                ) as lists
            ) as numbered
        ) as files
        inner join raw.printed_spots as prints
            on
                prints.study_id = $study_id
                and files.print_id = prints.print_id
                and files.spot_number = prints.spot_number
    ) as e on s.file_sha256 = e.file_sha256 and s.source_line = e.source_line
    left join other_background as o on s.file_sha256 = o.file_sha256
    where s.channel_nm = {channel}
"""


def _lists(titles: list[str]) -> tuple[str, str]:
    """Return SQL for a file's cells under these titles as lists, and for the numbers in them."""
    length = "coalesce(len(whole_cells), len(string_split(text_cells, chr(10))))"
    lists, numbers = [f"max({length}) as n_spots"], ["null as nothing"]
    for place, title in enumerate(titles):
        own = f"filter (where column_title = {_text(title)})"
        lists += [
            f"any_value(whole_cells) {own} as wholes_{place}",
            f"any_value(string_split(text_cells, chr(10))) {own} as texts_{place}",
        ]
        numbers.append(
            f"coalesce(wholes_{place}[spot_number], "
            f"try_cast(texts_{place}[spot_number] as double)) as {_name(title)}"
        )
    return ", ".join(lists), ", ".join(numbers)


def _first(titles: list[str]) -> str:
    """Return the first of these cells that is a number, as SQL."""
    cells = [f"e.{_name(t)}" for t in titles]
    return f"coalesce({', '.join(cells)}, null)" if cells else "cast(null as double)"


def _name(title: str) -> str:
    return '"' + title.replace('"', '""') + '"'


def _text(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"
