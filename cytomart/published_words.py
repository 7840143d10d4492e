"""Words of a person that are published must not hold anybody's own id."""

from __future__ import annotations

import re

from duckdb import DuckDBPyConnection

from contracts import failure

#: Shorter ids ("12", "A1") are too common as numbers, groups and places to be told from them.
_SHORTEST_ID = 3


def refuse_person(con: DuckDBPyConnection, text: str, what: str) -> None:
    """Stop where a text holds the own id of a person or sample.

    Parameters
    ----------
    what : the text in a word, such as `reason`, for the message

    Raises
    ------
    CytomartError
        It does; the id is not repeated.
    """
    if _names_a_person(con, text):
        raise failure(
            f"the {what} holds the own id of a person or sample",
            allowed=f"words without anything that identifies a person; the {what} is published",
            remedy="leave the id out, or give the published id",
        )


def _names_a_person(con: DuckDBPyConnection, text: str) -> bool:
    """Return whether a text holds an id that a pseudonym stands for."""
    ids = con.execute(
        "select distinct real_id from identity.pseudonyms where real_id <> pseudonym "
        "and length(real_id) >= ? and contains(lower(?), lower(real_id))",
        [_SHORTEST_ID, text],
    ).fetchall()
    return any(re.search(rf"(?<!\w){re.escape(i)}(?!\w)", text, re.I) for (i,) in ids)
