"""A small table that rules look at."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Frame:
    """A small table that rules look at.

    Parameters
    ----------
    rows : pandas.DataFrame or None
        Indexed by a row uid, numeric columns only; None where it could not be made.
    noun : str
        What one row is, in the plural.
    names_rows : bool
        Whether messages may name rows (arrays, slides, relations; never persons).
    why_missing : str
        Kind of exception that prevented it.
    """

    rows: pd.DataFrame | None
    noun: str
    names_rows: bool = False
    why_missing: str = ""
