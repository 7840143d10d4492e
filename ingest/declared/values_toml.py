"""[values] and [table] of study.toml: how files of values are to be read."""

from __future__ import annotations

from typing import Any

from ingest.declared.toml_reader import Section, TomlReader
from ingest.platforms import value_platform
from ingest.platforms.value_format import CONTROL_KINDS, TableFormat, Tokens, ValueFormat

_ONE_COLUMN = ("unit", "lod", "flag", "type", "well")
SCALES = ("linear", "log2")


def read_value_format(toml: TomlReader, platform_id: str) -> ValueFormat | None:
    """Return how a study's files of values are read; None where its platform reads scans."""
    values, table = toml.table("values"), toml.table("table")
    platform = value_platform(platform_id)
    if platform is None:
        for section in (values, table):
            if section.values:
                toml.complain(
                    section.header,
                    0,
                    "",
                    f"{section.header} is for files of values",
                    allowed="a platform of values",
                    remedy="take the table out",
                )
        return None
    if platform.is_general:
        layout = _layout(toml.table("table", required=True))
    else:
        layout = None
        if table.values:
            toml.complain("[table]", 0, "", f"[table] is for the platform table, not {platform_id}",
                          allowed='[panel] platform = "table"', remedy="take it out")  # fmt: skip
    shipped = Tokens()
    found = ValueFormat(
        {kind: values.texts(key) for kind, key in CONTROL_KINDS.items()},
        Tokens(
            (*shipped.below, *values.texts("below")),
            (*shipped.above, *values.texts("above")),
            (*shipped.missing, *values.texts("missing")),
            values.text("extrapolated", default=shipped.extrapolated),
        ),
        layout,
    )
    values.refuse_unknown()
    return found


def _layout(table: Section) -> TableFormat:
    is_wide = table.text("orientation", allowed=("wide", "long")) != "long"
    columns = {key: table.text(key, default="") for key in _ONE_COLUMN}
    fixed = table.text("value_unit", default="")
    if not fixed and not columns["unit"]:
        table.complain(
            "value_unit",
            "neither `value_unit` nor `unit` says what unit the values have",
            allowed='value_unit = "pg/mL", or unit = "title of a column"',
        )
    found = TableFormat(
        is_wide=is_wide,
        label=_texts(table, "label"),
        target="" if is_wide else table.text("target"),
        value="" if is_wide else table.text("value"),
        unit=columns["unit"],
        lod=columns["lod"],
        flag=columns["flag"],
        kind=columns["type"],
        well=columns["well"],
        other=table.texts("other"),
        lod_label=table.text("lod_label", default="") if is_wide else "",
        quantity=table.text("quantity", default="concentration", allowed=_QUANTITIES),
        fixed_unit=fixed,
        scale=table.text("scale", default="linear", allowed=SCALES),
    )
    if is_wide and found.lod:
        table.complain("lod", "a wide table has its limits in a row",
                       allowed='lod_label = "what the row is called"')  # fmt: skip
    table.refuse_unknown()
    return found


_QUANTITIES = ("concentration", "npx", "median_fluorescence")


def _texts(table: Section, key: str) -> tuple[str, ...]:
    """Return one title or a list of titles; required."""
    value: Any = table.raw(key)
    titles = [value] if isinstance(value, str) else value
    if isinstance(titles, list) and titles and all(isinstance(t, str) and t for t in titles):
        return tuple(titles)
    table.complain(key, f"`{key}` is {value!r}" if value is not None else f"`{key}` is missing",
                   allowed='the column that names the sample: "sample", or several: ["patient", '
                   '"timepoint"]')  # fmt: skip
    return ()
