"""How a study's files of values are to be read, as far as the files cannot say it themselves."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Kinds of wells that are no sample, with the key of study.toml that names their labels.
CONTROL_KINDS = {"standard": "standards", "blank": "blanks", "control": "controls"}


@dataclass(frozen=True)
class Tokens:
    """Words in value cells that are no number and yet say something.

    Parameters
    ----------
    below, above, missing : tuple of str
        Whole cells, compared without case and surrounding blanks.
    extrapolated : str
        Mark in front of (or behind) a number that lies outside the standard curve.
    """

    below: tuple[str, ...] = ("OOR <", "OOR<")
    above: tuple[str, ...] = ("OOR >", "OOR>")
    missing: tuple[str, ...] = ("", "NaN", "NA", "N.A.", "N/A", "null", "None")
    extrapolated: str = "*"


@dataclass(frozen=True)
class TableFormat:
    """How a generic table is laid out ([table] of study.toml).

    Parameters
    ----------
    is_wide : bool
        True where every target has a column of its own, False where every value has a row.
    label : tuple of str
        Titles of the columns that name a sample; several are joined with a blank.
    target, value, unit, lod, flag, kind, well : str
        Titles of columns; empty where there is none. `target` and `value` are of long tables.
    other : tuple of str
        Further columns, which are kept beside the values.
    lod_label : str
        Label of a row that holds each target's limit of detection, in wide tables.
    quantity, fixed_unit, scale : str
        What the values are, where no column says it.
    """

    is_wide: bool
    label: tuple[str, ...]
    target: str = ""
    value: str = ""
    unit: str = ""
    lod: str = ""
    flag: str = ""
    kind: str = ""
    well: str = ""
    other: tuple[str, ...] = ()
    lod_label: str = ""
    quantity: str = "concentration"
    fixed_unit: str = "pg/mL"
    scale: str = "linear"


@dataclass(frozen=True)
class ValueFormat:
    """What study.toml says of its files of values ([values] and [table]).

    Parameters
    ----------
    patterns : dict of str to tuple of str
        Kind of control → shell patterns of the labels that stand for it, beside the platform's.
    tokens : Tokens
    table : TableFormat or None
        None unless the platform is `table`.
    """

    patterns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tokens: Tokens = Tokens()
    table: TableFormat | None = None
