"""Values, controls and what stands beside them, into the raw relations; and away again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from contracts import from_rows
from contracts.raw import CONTROL_VALUES, SCAN_HEADERS, VALUE_EXTRAS, VALUES
from ingest import standing, writing
from ingest.config_tables import panel_tables
from ingest.loading import Loading
from ingest.panel.catalog import Panel
from ingest.panel.spelling import value_meaning
from ingest.platforms import ValueReading
from ingest.platforms.atf import HeaderRecord
from ingest.values.value_checks import LEVEL_QUANTITIES, Judged
from store.build import append


@dataclass(frozen=True)
class Plate:
    """Where the values of a file belong."""

    sha256: str
    slide_id: str
    batch_id: str
    platform_id: str


def add_values(
    loading: Loading,
    reading: ValueReading,
    judged: Judged,
    claims: Mapping[str, str],
    plate: Plate,
) -> None:
    """Add the values of one file: those of samples, those of controls, and the rest beside."""
    con = loading.con
    table = _with(reading.table, {
        "study_id": loading.study.study_id, "file_sha256": plate.sha256,
        "slide_id": plate.slide_id, "batch_id": plate.batch_id, "platform_id": plate.platform_id,
    })  # fmt: skip
    is_sample = pc.and_(pc.is_in(table["label"], pa.array(list(claims), pa.string())),
                        pc.not_equal(table["control_kind"], "assay_control"))  # fmt: skip
    samples = table.filter(is_sample)
    ids = _looked_up(samples["label"], claims)
    samples = samples.append_column("sample_id", ids).append_column(
        "sample_label", samples["label"]
    )
    append(con, VALUES, samples.select(VALUES.column_names))
    controls = table.filter(pc.invert(is_sample))
    kinds = pc.if_else(
        pc.equal(controls["control_kind"], ""),
        _looked_up(controls["label"], {c: judged.kinds.get(c, "") for c in reading.labels}),
        controls["control_kind"],
    )
    controls = controls.drop_columns(["control_kind"]).append_column("control_kind", kinds)
    controls = controls.append_column("control_label", controls["label"])
    append(con, CONTROL_VALUES, controls.select(CONTROL_VALUES.column_names))
    own = {"study_id": loading.study.study_id, "file_sha256": plate.sha256}
    append(con, VALUE_EXTRAS, _with(reading.extras, own).select(VALUE_EXTRAS.column_names))
    headers = [
        {**own, "record_number": h.number, "header_key": h.key, "header_text": h.text}
        for h in _dated(reading)
    ]
    append(con, SCAN_HEADERS, from_rows(headers, SCAN_HEADERS))


def put_panel(loading: Loading, panel: Panel) -> None:
    """Write the content list of a panel."""
    for relation, rows in panel_tables(loading.study, panel):
        writing.replace_if_changed(loading, relation, rows)


def stored_path(loading: Loading, slide_id: str) -> Path:
    """Return where a loaded file of values lay, as seen from the study folder."""
    (found,) = standing.rows(
        loading.con,
        "select file_name from raw.files where study_id = ? and role = 'slide' and slide_id = ?",
        loading.study.study_id, slide_id,
    )  # fmt: skip
    return Path("arrays", found["file_name"])


def stored_labels(loading: Loading, slide_id: str) -> set[str]:
    """Return the labels under which samples of a loaded file are stored."""
    found = standing.rows(
        loading.con,
        'select distinct sample_label from raw."values" where study_id = ? and slide_id = ?',
        loading.study.study_id, slide_id,
    )  # fmt: skip
    return {r["sample_label"] for r in found}


def loaded_units(
    loading: Loading, panel: Panel, but_sha256: str
) -> dict[str, frozenset[tuple[str, str, str]]]:
    """Return the quantity, unit and scale of each target's loaded levels, one file left out.

    Targets go by the panel's names.
    """
    found = standing.rows(
        loading.con,
        "select distinct file_sha256, target_name, target_id, quantity, value_unit, scale "
        'from raw."values" where study_id = $1 and file_sha256 <> $2 '
        "and list_contains($3, quantity)",
        loading.study.study_id, but_sha256, list(LEVEL_QUANTITIES),
    )  # fmt: skip
    best: dict[tuple[str, str], tuple[str, str, str]] = {}
    for row in sorted(found, key=lambda r: -LEVEL_QUANTITIES.index(r["quantity"])):
        meant = value_meaning(row["target_name"], row["target_id"], panel).target_id
        if not meant:
            continue
        best[row["file_sha256"], panel.by_id[meant].target_name] = (
            row["quantity"], row["value_unit"], row["scale"],
        )  # fmt: skip
    units: dict[str, set[tuple[str, str, str]]] = {}
    for (_, target), unit in best.items():
        units.setdefault(target, set()).add(unit)
    return {target: frozenset(u) for target, u in units.items()}


def _looked_up(column: pa.ChunkedArray, words: Mapping[str, str]) -> pa.Array:
    if not len(column):
        return pa.array([], pa.string())
    coded = column.combine_chunks().dictionary_encode()
    found = [words.get(w, "") for w in coded.dictionary.to_pylist()]
    return pa.array(found, pa.string()).take(coded.indices)


def _with(table: pa.Table, constants: Mapping[str, str]) -> pa.Table:
    for name, value in constants.items():
        table = table.append_column(name, pa.repeat(pa.scalar(value), table.num_rows))
    return table


def _dated(reading: ValueReading) -> tuple[HeaderRecord, ...]:
    """Return the header with the day of the measurement under the key that scans have it under."""
    if reading.scanned_on is None:
        return reading.headers
    day = HeaderRecord(len(reading.headers) + 1, "DateTime", reading.scanned_on.isoformat())
    return (*reading.headers, day)
