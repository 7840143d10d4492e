"""Covariates of an analysis as columns of a linear model, and who lacks one."""

from __future__ import annotations

import math

import numpy as np

from stats.design import ABSENT, Rows, Sheet, pair_rows
from stats.methods.arrays import Flags, Floats
from stats.plan import Analysis


def covariate_matrix(
    analysis: Analysis, sheet: Sheet, rows: Rows
) -> tuple[Floats, tuple[str, ...]]:
    """Return the analysis's covariates of the given rows, ready to stand in a linear model.

    Parameters
    ----------
    rows : (n,), rows of the sheet; ABSENT allowed, as `pair_rows` gives them

    Returns
    -------
    matrix : (n, k)
        A row without one of the covariates is NaN throughout; the columns are made from the
        others. A number is one column, less its mean; a class of m values is m - 1 columns of 0
        and 1, without its first value in alphabetical order; what is the same in every row has no
        column.
    names : (k,), `age_years` or `centre_id=north`
    """
    complete = has_covariates(analysis, sheet, rows)
    columns: list[tuple[str, Floats]] = []
    for name in analysis.covariates:
        make = _number_columns if name in sheet.numbers else _class_columns
        columns += make(name, sheet, rows[complete])
    matrix = np.full((len(rows), len(columns)), np.nan)
    for place, (_, values) in enumerate(columns):
        matrix[complete, place] = values
    return matrix, tuple(name for name, _ in columns)


def covariate_note(analysis: Analysis, sheet: Sheet, rows: Rows) -> str:
    """Return in words what the covariates leave out: samples, and themselves; '' for nothing."""
    present = rows[rows != ABSENT]
    complete = has_covariates(analysis, sheet, present)
    notes = []
    if n_lacking := int(np.sum(~complete)):
        names = [n for n in analysis.covariates if not all(_known(n, sheet, present))]
        notes.append(f"{n_lacking} samples without {', '.join(names)} are left out")
    for name in analysis.covariates:
        if len({sheet.columns[name][i] for i in present[complete]}) == 1:
            notes.append(f"{name} is the same in all samples: not adjusted for")
    return "; ".join(notes)


def cancelled_in_pairs(analysis: Analysis, sheet: Sheet) -> tuple[str, ...]:
    """Return the covariates that differ between samples, but within no pair that has arrived."""
    above, below = pair_rows(analysis, sheet)
    rows = np.concatenate((above, below))
    found = []
    for name in analysis.covariates:
        cells = ["" if i == ABSENT else sheet.columns[name][i] for i in rows]
        pairs = zip(cells[: len(above)], cells[len(above) :], strict=True)
        known = [pair for pair in pairs if all(pair)]
        if known and len(set(cells) - {""}) > 1 and all(a == b for a, b in known):
            found.append(name)
    return tuple(found)


def has_covariates(analysis: Analysis, sheet: Sheet, rows: Rows) -> Flags:
    """Return which rows have every covariate of the analysis."""
    has: Flags = np.ones(len(rows), dtype=np.bool_)
    for name in analysis.covariates:
        has &= np.array(_known(name, sheet, rows), dtype=np.bool_)
    return has


def _known(name: str, sheet: Sheet, rows: Rows) -> list[bool]:
    return [i != ABSENT and sheet.columns[name][i] != "" for i in rows.tolist()]


def _number_columns(name: str, sheet: Sheet, rows: Rows) -> list[tuple[str, Floats]]:
    values = sheet.numbers[name][rows]
    if len(set(values.tolist())) < 2:
        return []
    # Summed exactly, so that the order of the samples never shows.
    return [(name, values - math.fsum(values.tolist()) / len(values))]


def _class_columns(name: str, sheet: Sheet, rows: Rows) -> list[tuple[str, Floats]]:
    codes = np.array([sheet.columns[name][i] for i in rows])
    return [
        (f"{name}={code}", np.asarray(codes == code, dtype=np.float64))
        for code in sorted(set(codes.tolist()))[1:]
    ]
