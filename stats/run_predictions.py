"""From the marts and the plan to predictions: models, targets and curves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import pyarrow as pa

from contracts import from_rows
from contracts.predictions import PREDICTION_CURVES, PREDICTION_MODELS, PREDICTIONS
from stats.checks import check_designs
from stats.design import Levels, read_levels, read_sheet
from stats.detection import detection_notes
from stats.plan import Analysis, read_plan
from stats.prediction.guard import REFUSED, judge_size
from stats.prediction.judged import judge
from stats.prediction.people import People, read_people, read_predictors
from stats.prediction.settings import DEFAULTS, Settings
from stats.prediction.standardised import candidates
from stats.prediction.univariate import univariate
from stats.prediction_rows import curve_rows, judged_row, model_row, target_rows
from stats.recipes.computed import CONFIDENCE
from stats.rows import sorted_by_key
from stats.tables import of_study, rows

KIND = "prediction"


@dataclass(frozen=True)
class _Asked:
    """One analysis with the levels of the primary variant and the persons who enter."""

    analysis: Analysis
    levels: Levels
    people: People


def prediction_models(
    measurements: pa.Table,
    samples: pa.Table,
    plan: pa.Table,
    *,
    patients: pa.Table | None = None,
    settings: Settings = DEFAULTS,
) -> pa.Table:
    """Return what each planned prediction is worth, as rows of `stats.stat_prediction_models`.

    Parameters
    ----------
    measurements, samples, plan : columns of `marts.fct_measurements`, `marts.dim_samples` (with
        every column that the plan names, `described_samples`) and `raw.plan`; of one or several
        studies. The primary variant predicts
    patients : of `described_patients`, so that who has an outcome and no sample is counted; None
        counts only those who have a sample
    settings : of the search; each analysis derives its own random numbers from the seed

    Raises
    ------
    CytomartError
        The plan has rows that cannot be carried out (each is named), or a key stands twice.
    """
    found = []
    for asked in _asked(measurements, samples, plan, patients):
        analysis, people, levels = asked.analysis, asked.people, asked.levels
        predictors = read_predictors(levels, people)
        n_candidates = len(candidates(predictors))
        guard = judge_size(people, n_candidates, analysis.event)
        row = model_row(analysis, levels.variant_id, people, guard, n_candidates, settings)
        if guard.label != REFUSED:
            judged = judge(
                predictors, people.is_event, settings, analysis.study_id, analysis.analysis_id
            )
            row = judged_row(row, judged, levels.analyte_ids, settings)
        found.append(row)
    return sorted_by_key(from_rows(found, PREDICTION_MODELS), PREDICTION_MODELS)


def predictions(
    measurements: pa.Table, samples: pa.Table, plan: pa.Table, models: pa.Table
) -> pa.Table:
    """Return each target alone and in the model, as rows of `stats.stat_predictions`.

    Parameters
    ----------
    measurements, samples, plan : as for `prediction_models`
    models : rows of `stats.stat_prediction_models`

    Raises
    ------
    CytomartError
        As for `prediction_models`.
    """
    of_analysis = {(m["study_id"], m["analysis_id"]): m for m in rows(models)}
    found = []
    for asked in _asked(measurements, samples, plan):
        analysis, people, levels = asked.analysis, asked.people, asked.levels
        alone = univariate(levels.take(people.rows), people.is_event, confidence=CONFIDENCE)
        model = of_analysis[analysis.study_id, analysis.analysis_id]
        notes = detection_notes(levels, people.rows)
        found += target_rows(analysis, levels.variant_id, levels.analyte_ids, alone, model, notes)
    return sorted_by_key(from_rows(found, PREDICTIONS), PREDICTIONS)


def prediction_curves(models: pa.Table) -> pa.Table:
    """Return the points of all curves as rows of `stats.stat_prediction_curves`.

    Parameters
    ----------
    models : rows of `stats.stat_prediction_models`
    """
    return sorted_by_key(from_rows(curve_rows(models), PREDICTION_CURVES), PREDICTION_CURVES)


def _asked(
    measurements: pa.Table, samples: pa.Table, plan: pa.Table, patients: pa.Table | None = None
) -> Iterator[_Asked]:
    for study_id, group in groupby(read_plan(plan), key=lambda a: a.study_id):
        analyses = [a for a in group if a.kind == KIND]
        if not analyses:
            continue
        sheet = read_sheet(of_study(samples, study_id))
        check_designs(analyses, sheet)
        people = rows(of_study(patients, study_id)) if patients is not None else []
        for levels in read_levels(of_study(measurements, study_id), sheet):
            if levels.is_primary_variant:
                for analysis in analyses:
                    yield _Asked(analysis, levels, read_people(analysis, sheet, people))
