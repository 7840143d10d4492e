"""From long tables to matrices: by key, never by row order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from contracts import failure
from stats.methods.arrays import Floats, Ints
from stats.plan import Analysis
from stats.tables import as_text, need_columns

Rows = NDArray[np.intp]
#: Row number of a sample that a patient does not have.
ABSENT = -1


@dataclass(frozen=True)
class Sheet:
    """The samples of one study, sorted by sample id.

    Parameters
    ----------
    columns : every column as text, '' for null
    numbers : the columns that are numbers, (n_samples,), NaN for null
    excluded_ids : samples that are known and stand in no row
    """

    columns: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    excluded_ids: tuple[str, ...] = ()

    @property
    def sample_ids(self) -> tuple[str, ...]:
        """Ids of the samples, in order."""
        return self.columns["sample_id"]

    def patients(self, chosen: Iterable[int]) -> list[str]:
        """Return the patients of the given rows."""
        return [self.columns["patient_id"][i] for i in chosen]


@dataclass(frozen=True)
class Levels:
    """log2 levels of one study and variant.

    Parameters
    ----------
    analyte_ids : (n_targets,), sorted
    matrix : (n_samples, n_targets), log2 units, NaN where missing; rows as the sheet's
    classes : (n_samples, n_targets), place of the measurement class in `class_names`, -1 where
        nothing was measured
    class_names : sorted; () where the table has no classes
    """

    variant_id: str
    is_primary_variant: bool
    analyte_ids: tuple[str, ...]
    matrix: Floats
    classes: Ints = field(default_factory=lambda: np.empty((0, 0), dtype=np.int64))
    class_names: tuple[str, ...] = ()

    def take(self, chosen: Rows) -> Floats:
        """Return the rows of a matrix; a row that is ABSENT is all NaN."""
        taken: Floats = self.matrix[chosen]
        taken[chosen == ABSENT] = np.nan
        return taken


def read_sheet(samples: pa.Table) -> Sheet:
    """Return the samples of one study that are not excluded (columns of `marts.dim_samples`).

    Raises
    ------
    CytomartError
        A sample id stands twice.
    """
    need_columns(samples, ("sample_id", "patient_id", "visit", "group_code"), "dim_samples")
    excluded: tuple[str, ...] = ()
    if "is_excluded" in samples.column_names:
        is_out = pc.fill_null(samples.column("is_excluded"), False)
        excluded = tuple(sorted(samples.filter(is_out).column("sample_id").to_pylist()))
        samples = samples.filter(pc.invert(is_out))
    ordered = samples.sort_by([("sample_id", "ascending")])
    columns = {n: tuple(map(as_text, ordered.column(n).to_pylist())) for n in ordered.column_names}
    _refuse_repeats(columns["sample_id"], "dim_samples: sample")
    numbers = {
        f.name: ordered.column(f.name).cast(pa.float64()).to_numpy(zero_copy_only=False)
        for f in ordered.schema
        if pa.types.is_integer(f.type) or pa.types.is_floating(f.type)
    }
    return Sheet(columns, numbers, excluded)


def read_levels(measurements: pa.Table, sheet: Sheet) -> tuple[Levels, ...]:
    """Return the matrices of one study (columns of `marts.fct_measurements`), one per variant.

    Raises
    ------
    CytomartError
        A sample × analyte stands twice in a variant, or its sample is unknown.
    """
    need_columns(
        measurements,
        ("sample_id", "analyte_id", "variant_id", "level_log2", "is_primary_variant"),
        "fct_measurements",
    )
    variants = sorted(pc.unique(measurements.column("variant_id")).to_pylist())
    return tuple(
        _pivot(measurements.filter(pc.equal(measurements.column("variant_id"), v)), v, sheet)
        for v in variants
    )


def _of_rows(measurements: pa.Table, sheet: Sheet) -> pa.Table:
    """Return the measurements without those of excluded samples."""
    ids = measurements.column("sample_id")
    is_out = pc.is_in(ids, value_set=pa.array(sheet.excluded_ids, type=ids.type))
    return measurements.filter(pc.invert(is_out))


def _pivot(long: pa.Table, variant_id: str, sheet: Sheet) -> Levels:
    analyte_ids = tuple(sorted(pc.unique(long.column("analyte_id")).to_pylist()))
    primary = bool(pc.any(long.column("is_primary_variant")).as_py())
    long = _of_rows(long, sheet)
    row = _positions(long.column("sample_id"), sheet.sample_ids)
    column = _positions(long.column("analyte_id"), analyte_ids)
    cell = row * len(analyte_ids) + column
    if len(np.unique(cell)) < len(cell):
        twice = int(cell[np.bincount(cell)[cell] > 1][0])
        sample, analyte = divmod(twice, len(analyte_ids))
        raise failure(
            f"sample {sheet.sample_ids[sample]} × analyte {analyte_ids[analyte]} stands more than "
            f"once in variant {variant_id}",
            where="fct_measurements",
            allowed="one row per sample × analyte × variant",
            exit_code=4,
        )
    matrix = np.full((len(sheet.sample_ids), len(analyte_ids)), np.nan)
    level = long.column("level_log2").cast(pa.float64()).to_numpy(zero_copy_only=False)
    matrix[row, column] = level
    classes, names = _classes(long, row, column, matrix.shape)
    return Levels(variant_id, primary, analyte_ids, matrix, classes, names)


def _classes(
    long: pa.Table, row: Rows, column: Rows, shape: tuple[int, ...]
) -> tuple[Ints, tuple[str, ...]]:
    classes = np.full(shape, -1, dtype=np.int64)
    if "measurement_class" not in long.column_names:
        return classes, ()
    names = tuple(sorted(pc.unique(long.column("measurement_class")).to_pylist()))
    classes[row, column] = _positions(long.column("measurement_class"), names)
    return classes, names


def _positions(ids: pa.ChunkedArray, known: tuple[str, ...]) -> Rows:
    found = pc.index_in(ids, value_set=pa.array(known, type=ids.type))
    if found.null_count:
        unknown = pc.unique(ids.filter(pc.is_null(found))).to_pylist()
        raise failure(
            f"measurements of unknown samples {unknown[:5]}",
            where="fct_measurements",
            allowed="samples of dim_samples",
            exit_code=4,
        )
    positions: Rows = found.to_numpy().astype(np.intp)
    return positions


def chosen_rows(analysis: Analysis, sheet: Sheet) -> Rows:
    """Return the rows of samples within the analysis's subset and visit."""
    keep = _within_subset(analysis, sheet)
    if analysis.visit:
        keep &= np.array(sheet.columns["visit"]) == analysis.visit
    return np.flatnonzero(keep)


def baseline_rows(analysis: Analysis, sheet: Sheet) -> Rows:
    """Return the rows of the baseline visit within the analysis's subset."""
    keep = _within_subset(analysis, sheet)
    return np.flatnonzero(keep & (np.array(sheet.columns["is_baseline"]) == "true"))


def rows_within_subset(analysis: Analysis, sheet: Sheet) -> Rows:
    """Return the rows of every visit within the analysis's subset."""
    return np.flatnonzero(_within_subset(analysis, sheet))


def _within_subset(analysis: Analysis, sheet: Sheet) -> NDArray[np.bool_]:
    keep = np.array([bool(p) for p in sheet.columns["patient_id"]], dtype=np.bool_)
    for column, value in analysis.subset:
        # A cell of several values holds each of them.
        keep &= np.array([value in cell.split("|") for cell in sheet.columns[column]], dtype=bool)
    return keep


def group_rows(analysis: Analysis, sheet: Sheet) -> dict[str, Rows]:
    """Return the rows of each group of the analysis's grouping, by code."""
    codes = sheet.columns[analysis.grouping]
    groups: dict[str, list[int]] = {}
    for i in chosen_rows(analysis, sheet).tolist():
        groups.setdefault(codes[i], []).append(i)
    return {code: np.array(groups[code], dtype=np.intp) for code in sorted(groups) if code}


def arm_rows(analysis: Analysis, sheet: Sheet) -> tuple[Rows, Rows]:
    """Return the rows of the numerator and the denominator group."""
    groups = group_rows(analysis, sheet)
    none = np.array([], dtype=np.intp)
    return (
        groups.get(analysis.numerator_group, none),
        groups.get(analysis.denominator_group, none),
    )


def pair_rows(analysis: Analysis, sheet: Sheet) -> tuple[Rows, Rows]:
    """Return the rows of both arms aligned by patient; ABSENT where a patient lacks a sample."""
    return _aligned(arm_rows(analysis, sheet), sheet)


def change_rows(analysis: Analysis, sheet: Sheet) -> tuple[Rows, Rows]:
    """Return the rows at the analysis's visit and at baseline, aligned by patient as pairs are.

    Patients without the visit's sample or the baseline's have ABSENT there.
    """
    return _aligned((chosen_rows(analysis, sheet), baseline_rows(analysis, sheet)), sheet)


def _aligned(arms: tuple[Rows, Rows], sheet: Sheet) -> tuple[Rows, Rows]:
    by_patient = [dict(zip(sheet.patients(arm), arm.tolist(), strict=True)) for arm in arms]
    patients = sorted(set().union(*by_patient))
    aligned = [
        np.array([arm.get(p, ABSENT) for p in patients], dtype=np.intp) for arm in by_patient
    ]
    return aligned[0], aligned[1]


def shares_patients(groups: Iterable[Rows], sheet: Sheet) -> bool:
    """Return whether a patient stands in more than one of the groups."""
    counts = Counter(p for rows in groups for p in set(sheet.patients(rows)))
    return any(n > 1 for n in counts.values())


def _refuse_repeats(ids: tuple[str, ...], what: str) -> None:
    repeated = [i for i, n in Counter(ids).items() if n > 1]
    if repeated:
        raise failure(f"{what} {repeated[0]} stands more than once", allowed="one row", exit_code=4)
