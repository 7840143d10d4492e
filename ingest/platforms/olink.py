"""Reader of Olink NPX files, long .csv or .parquet: Explore, Explore HT, Reveal, Target.

Facts about the format: one row per sample and assay; NPX is log2; an assay is told by its
OlinkID, since one protein may be in several panels; control samples and control assays stand
among the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.source_file import SourceFile
from ingest.platforms.olink_columns import (
    FLAGS,
    GOOD,
    PLACED,
    QUANTITIES,
    REQUIRED,
    WITH_LOD,
    is_control_assay,
    product,
    sample_kind,
)
from ingest.platforms.olink_file import looks_like_npx, read_columns
from ingest.platforms.platform import VALUES, ValueReading
from ingest.platforms.value_cells import number_of
from ingest.platforms.value_format import ValueFormat
from ingest.platforms.value_rows import Cells, extras_of_columns, joined, read_cells

PLATFORM_ID = "olink"
_REMEDY = "export the file again; the cell is set aside"


class Olink:
    """Olink NPX: every sample, assay and quantity; nothing is normalised."""

    platform_id = PLATFORM_ID
    label = "Olink NPX, long .csv or .parquet"
    value_kind = VALUES
    endings = (".csv", ".parquet", ".txt")
    is_general = False
    control_patterns: Mapping[str, tuple[str, ...]] = {
        "blank": ("negative_control*", "neg_ctrl*", "neg control*", "neg_control*",
                  "negative control*"),
        "control": ("control_sample*", "sample_control*", "plate_control*", "plate control*",
                    "inter-plate control*", "ipc", "ipc[ _-]*", "pc_[0-9]*", "sc_[0-9]*"),
    }  # fmt: skip

    def recognises(self, source: SourceFile) -> bool:
        """Return whether the file has the columns of an NPX file."""
        return looks_like_npx(source)

    def scanned_on(self, source: SourceFile) -> date | None:
        """Return None: an NPX file does not say when it was measured."""
        return None

    def read_values(self, source: SourceFile, form: ValueFormat) -> ValueReading:
        """Return the file's cells.

        Raises
        ------
        RefusedError
            Columns are missing, a row does not fit its titles, a sample stands twice for an
            assay, an assay has two names.
        """
        table = read_columns(source)
        if faults := _title_faults(source, table):
            raise RefusedError(faults, n_rows_in=table.num_rows)
        if faults := [*_blank_faults(source, table), *_double_faults(source, table),
                      *_assay_faults(source, table)]:  # fmt: skip
            raise RefusedError(faults, n_rows_in=table.num_rows)
        tables: list[pa.Table] = []
        aside: list[Fault] = []
        common = _common(table)
        measured = [c for c in table.column_names if c in QUANTITIES]
        for column in measured:
            cells = Cells({**common, **_quantity(table, column)})
            found, wrong = read_cells(cells, form.tokens, source.name, _REMEDY)
            tables.append(found)
            aside += wrong
        return ValueReading(
            PLATFORM_ID,
            product(tuple(table.column_names)),
            joined(tables),
            _targets(table),
            tuple(dict.fromkeys(table["SampleID"].to_pylist())),
            extras_of_columns(
                table["source_line"].combine_chunks(),
                {c: table[c] for c in table.column_names if c not in (*PLACED, "source_line")},
            ),
            (),
            table.num_rows * len(measured),
            tuple(sorted(aside, key=lambda f: f.line)),
            None,
            _notes(table),
        )


def _title_faults(source: SourceFile, table: pa.Table) -> list[Fault]:
    absent = [c for c in REQUIRED if c not in table.column_names]
    measured = [c for c in QUANTITIES if c in table.column_names]
    if "Quantified_value" in measured and "Quant_value" in measured:
        absent.append("one of Quantified_value and Quant_value, not both")
    if not {"NPX", "Quantified_value", "Quant_value"} & set(measured):
        absent.append("NPX, or Quantified_value with Unit")
    if not absent and table.num_rows:
        return []
    given = f"columns are missing: {listed(absent)}" if absent else "the file holds no row"
    return [
        fault("missing_column", given, where=source.name,
              allowed="the long NPX format: SampleID, OlinkID, Assay, NPX …",
              remedy="export the long format from Olink's software",
              record="columns are missing" if absent else "no row")
    ]  # fmt: skip


def _blank_faults(source: SourceFile, table: pa.Table) -> list[Fault]:
    faults = []
    for column in REQUIRED:
        blank = pc.equal(pc.utf8_trim_whitespace(table[column]), "")
        lines = table.filter(blank)["source_line"].to_pylist()
        if lines:
            faults.append(
                fault("missing_id", f"`{column}` is blank on lines {listed(lines)}",
                      where=source.name, allowed="a cell in every row",
                      remedy="export the file again", record=f"{len(lines)} rows without {column}",
                      line=lines[0])
            )  # fmt: skip
    return faults


def _double_faults(source: SourceFile, table: pa.Table) -> list[Fault]:
    """Return a fault where a SampleID stands twice for one assay: two serums under one name."""
    counts = table.group_by(["SampleID", "OlinkID"]).aggregate([("source_line", "list")])
    twice = counts.filter(pc.greater(pc.list_value_length(counts["source_line_list"]), 1))
    if not twice.num_rows:
        return []
    lines: dict[str, list[int]] = {}
    for row in twice.sort_by("SampleID").to_pylist():
        lines.setdefault(row["SampleID"], row["source_line_list"])
    shown = listed(f"`{name}` (lines {listed(found)})" for name, found in lines.items())
    return [
        fault("duplicate_sample", f"{len(lines)} SampleIDs stand twice for an assay: {shown}",
              where=source.name, allowed="every SampleID once an assay",
              remedy="give each sample a name of its own, or deliver one file a run",
              record=f"{len(lines)} samples stand twice for an assay")
    ]  # fmt: skip


def _assay_faults(source: SourceFile, table: pa.Table) -> list[Fault]:
    names = table.group_by(["OlinkID"]).aggregate([("Assay", "distinct")])
    several = names.filter(pc.greater(pc.list_value_length(names["Assay_distinct"]), 1))
    return [
        fault("unknown_target", f"`{r['OlinkID']}` is called {' and '.join(r['Assay_distinct'])}",
              where=source.name, allowed="one name an OlinkID", remedy="export the file again",
              record="an assay has several names")
        for r in several.to_pylist()
    ]  # fmt: skip


def _common(table: pa.Table) -> dict[str, pa.Array]:
    n = table.num_rows
    kinds = _text(table, "SampleType") if "SampleType" in table.column_names else _text(
        table, "Sample_Type"
    )  # fmt: skip
    control = _mapped(kinds, sample_kind)
    pairs = pc.binary_join_element_wise(_text(table, "AssayType"), table["Assay"], "\t")
    is_assay_control = _mapped(
        pairs, lambda t: "assay_control" if is_control_assay(*t.split("\t", 1)) else ""
    )
    kind = pc.if_else(pc.equal(is_assay_control, ""), control, is_assay_control)
    return {
        "source_line": table["source_line"],
        "label": table["SampleID"],
        "control_kind": kind,
        "well": _wells(table),
        "target_name": table["Assay"],
        "target_id": table["OlinkID"],
        "qc_flag": _flags(table),
        "lod": pa.nulls(n, pa.float64()),
    }


def _quantity(table: pa.Table, column: str) -> dict[str, object]:
    quantity, unit, scale = QUANTITIES[column]
    n = table.num_rows
    own: dict[str, object] = {
        "quantity": pa.repeat(pa.scalar(quantity), n),
        "value_text": table[column],
        "value_unit": pa.repeat(pa.scalar(unit), n) if unit else _text(table, "Unit"),
        "scale": pa.repeat(pa.scalar(scale), n),
    }
    if quantity in WITH_LOD and "LOD" in table.column_names:
        words = table["LOD"].combine_chunks().dictionary_encode()
        limits = [number_of(w) for w in words.dictionary.to_pylist()]
        own["lod"] = pa.array(limits, pa.float64()).take(words.indices)
    return own


def _text(table: pa.Table, column: str) -> pa.Array:
    if column in table.column_names:
        return table[column].combine_chunks()
    return pa.repeat(pa.scalar(""), table.num_rows)


def _mapped(column: pa.Array, change) -> pa.Array:  # type: ignore[no-untyped-def]
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    coded = column.dictionary_encode()
    return pa.array([change(w) for w in coded.dictionary.to_pylist()], pa.string()).take(
        coded.indices
    )


def _wells(table: pa.Table) -> pa.Array:
    """Return the wells; with their plate where the file holds several plates."""
    wells, plates = _text(table, "WellID"), _text(table, "PlateID")
    if pc.count_distinct(plates).as_py() < 2:
        return wells
    return pc.binary_join_element_wise(plates, wells, " ")


def _flags(table: pa.Table) -> pa.Array:
    """Return what the platform's own quality columns say, but for `Pass`."""
    flags = pa.repeat(pa.scalar(""), table.num_rows)
    for column in FLAGS:
        if column not in table.column_names:
            continue
        own = _mapped(
            table[column],
            lambda w, c=column: "" if w.strip().casefold() in GOOD else f"{c} {w.strip()}; ",
        )
        flags = pc.binary_join_element_wise(flags, own, "")
    return _mapped(flags, lambda w: w.removesuffix("; "))


def _targets(table: pa.Table) -> tuple[tuple[str, str, str], ...]:
    columns = ["Assay", "OlinkID", "UniProt", "AssayType"]
    texts = pa.table({c: _text(table, c) for c in columns})
    keys = texts.group_by(columns, use_threads=False).aggregate([])
    return tuple(
        dict.fromkeys(
            (r["Assay"], r["OlinkID"], r["UniProt"])
            for r in keys.to_pylist()
            if not is_control_assay(r["AssayType"], r["Assay"])
        )
    )


def _notes(table: pa.Table) -> tuple[str, ...]:
    plates = sorted(set(_text(table, "PlateID").to_pylist()) - {""})
    if len(plates) < 2:
        return ()
    return (f"the file holds {len(plates)} plates: {listed(plates)}; one file is one batch here",)
