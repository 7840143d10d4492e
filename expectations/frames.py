"""Make the frames that a suite looks at; a frame that cannot be made says so, and holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd
from duckdb import DuckDBPyConnection

from expectations import array_frames as arrays
from expectations import release_frames as release
from expectations import release_test_frames as results
from expectations import sheet_frames as sheets
from expectations import slide_frames as slides
from expectations import value_frames as values
from expectations.design_frames import design_rows
from expectations.frame import Frame
from expectations.identity_frames import identity_rows
from expectations.thresholds import unusable_overrides
from expectations.vocabulary import shipped_vocabularies


@dataclass(frozen=True)
class _Recipe:
    sql: str
    noun: str
    names_rows: bool = False
    only_columns: bool = False


_OWN_THRESHOLDS = "thresholds that the study sets, compared with the seed"

_IDENTITIES = "columns of scanner files that follow from others, by the titles of the batch"

_CONFOUNDING = "what else differs between the arms of each contrast of a study's plan"

_RECIPES: dict[str, _Recipe] = {
    "delivery": _Recipe(slides.DELIVERY_SQL, "batches"),
    "slides": _Recipe(slides.SLIDES_SQL, "slides", names_rows=True),
    "spot_columns": _Recipe(slides.SPOT_COLUMNS_SQL, "spots", only_columns=True),
    "arrays": _Recipe(slides.ARRAYS_SQL, "arrays", names_rows=True),
    "serum_arrays": _Recipe(arrays.SERUM_ARRAYS_SQL, "arrays with serum", names_rows=True),
    "empty_arrays": _Recipe(arrays.EMPTY_ARRAYS_SQL, "empty Blocks"),
    "identities": _Recipe(_IDENTITIES, "slides", names_rows=True),
    "value_columns": _Recipe(values.VALUE_COLUMNS_SQL, "values", only_columns=True),
    "value_samples": _Recipe(values.VALUE_SAMPLES_SQL, "samples"),
    "value_units": _Recipe(values.UNITS_SQL, "targets", names_rows=True),
    "samples": _Recipe(sheets.SAMPLES_SQL, "samples"),
    "persons": _Recipe(sheets.PERSONS_SQL, "persons"),
    "scores": _Recipe(sheets.SCORES_SQL, "scores"),
    "set_aside": _Recipe(sheets.SET_ASIDE_SQL, "kinds of rows", names_rows=True),
    "design": _Recipe(sheets.DESIGN_SQL, "contrasts"),
    "own_thresholds": _Recipe(_OWN_THRESHOLDS, "thresholds of the study"),
    "batches": _Recipe(release.BATCHES_SQL, "studies"),
    "relations": _Recipe(release.RELATIONS_SQL, "tables", names_rows=True),
    "measurements": _Recipe(release.MEASUREMENTS_SQL, "signal variants", names_rows=True),
    "fold_changes": _Recipe(results.FOLD_CHANGES_SQL, "signal variants", names_rows=True),
    "patient_folds": _Recipe(results.PATIENT_FOLDS_SQL, "fold changes of persons"),
    "tests": _Recipe(results.TESTS_SQL, "analyses by method", names_rows=True),
    "plan": _Recipe(results.PLAN_SQL, "planned analyses", names_rows=True),
    "groups": _Recipe(release.GROUPS_SQL, "contrasts"),
    "confounding": _Recipe(_CONFOUNDING, "contrasts", names_rows=True),
    "matches": _Recipe(release.MATCHES_SQL, "samples"),
    "arrays_apart": _Recipe(release.ARRAYS_APART_SQL, "arrays"),
}


def make_frames(
    con: DuckDBPyConnection, names: Iterable[str], parameters: Mapping[str, str]
) -> dict[str, Frame]:
    """Return the named frames of a batch or a study.

    Parameters
    ----------
    names : iterable of str
        Frames that the suite's rules look at.
    parameters : mapping
        `study_id`, and `batch_id` for the frames of a batch.

    Notes
    -----
    Frames hold one row per array, sample, relation …, never one per spot. They are indexed by a
    row uid and hold numbers only; where the columns themselves are the question, their cells
    are blanked.
    """
    out: dict[str, Frame] = {}
    with shipped_vocabularies(con):
        for name in sorted(set(names)):
            if name in _RECIPES:
                out[name] = _make(con, _RECIPES[name], parameters)
    return out


def _make(con: DuckDBPyConnection, recipe: _Recipe, parameters: Mapping[str, str]) -> Frame:
    try:
        if recipe.sql == _OWN_THRESHOLDS:
            rows = _own_thresholds(con, parameters["study_id"])
        elif recipe.sql == _IDENTITIES:
            rows = identity_rows(con, parameters)
        elif recipe.sql == _CONFOUNDING:
            rows = design_rows(con, parameters)
        else:
            rows = _query(con, recipe, parameters)
        return Frame(rows, recipe.noun, recipe.names_rows)
    except Exception as error:  # a table that is not there must hold the gate, not stop it
        return Frame(None, recipe.noun, why_missing=type(error).__name__)


def _query(con: DuckDBPyConnection, recipe: _Recipe, parameters: Mapping[str, str]) -> pd.DataFrame:
    wanted = {name: value for name, value in parameters.items() if f"${name}" in recipe.sql}
    table = con.execute(recipe.sql, wanted).to_arrow_table()
    frame: pd.DataFrame = table.to_pandas().set_index("uid")
    if recipe.only_columns:
        return pd.DataFrame(0.0, index=frame.index, columns=frame.columns)
    return frame.astype(float)


def _own_thresholds(con: DuckDBPyConnection, study_id: str) -> pd.DataFrame:
    n_set, unusable = unusable_overrides(con, study_id)
    return pd.DataFrame(
        {"n_set": [float(n_set)], "n_unusable": [float(len(unusable))]}, index=["study"]
    )
