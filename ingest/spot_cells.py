"""Further cells of a scanner file as raw.spot_extras writes them: one text a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache, reduce

import pyarrow as pa
import pyarrow.compute as pc

from contracts.spot_cells import ESCAPES


def written_cells(extras: pa.Table) -> dict[str, str]:
    """Return titles, lines and rows of a reading's extras (`source_line` and text columns)."""
    titles = [n for n in extras.column_names if n != "source_line"]
    columns = [_escaped(extras.column(t)) for t in titles]
    rows = pc.binary_join_element_wise(*columns, "\t").to_pylist()
    return {
        "titles_json": titles_json(titles),
        "lines_json": lines_json(tuple(extras.column("source_line").to_pylist())),
        "rows_text": "".join(f"{row}\n" for row in rows),
    }


def titles_json(titles: Sequence[str]) -> str:
    """Return the titles as a JSON array."""
    return json.dumps(list(titles), ensure_ascii=False)


@lru_cache(maxsize=64)
def lines_json(lines: tuple[int, ...]) -> str:
    """Return line numbers as a JSON array; files of one layout share it."""
    return json.dumps(lines, separators=(",", ":"))


def _escaped(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return reduce(lambda done, pair: pc.replace_substring(done, pair[0], pair[1]), ESCAPES, cells)
