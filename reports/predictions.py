"""What predicts an outcome, and how little that may mean: predictions of the plan in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from contracts.pain import BY_PAIN, is_response_column
from reports import words
from reports.charts.forest import forest
from reports.charts.prediction_curves import prediction_curves
from reports.figures import Figure, drawn
from reports.read import Published
from reports.selection import chosen, visit_labels, with_chosen
from reports.tables import Table, table

#: Targets that the forest shows.
MOST_SHOWN = 12
#: Level of the permutation test in words.
ALPHA = 0.05
_LABEL = {
    "refused": "too small for a model",
    "exploratory": "exploratory",
    "adequate_size": "large enough for its candidates",
}

#: Kinds of model in words.
_METHOD = {"ridge_logistic": "logistic model with a ridge penalty"}

_REVERSED = " A share below 50 % is chance as well, not a prediction in reverse."

Row = dict[str, Any]


def predictions(published: Published, *, stamp: str) -> list[Row]:
    """Return for each planned prediction: title, sentences, figures, the table of all targets."""
    curves = published.prediction_curves.to_pandas()
    targets: dict[str, list[Row]] = {}
    for row in published.rows("predictions"):
        targets.setdefault(row["analysis_id"], []).append(row)
    visits = visit_labels(published)
    models = [
        {**m, "outcome": _outcome(m["outcome"], visits)}
        for m in published.rows("prediction_models")
    ]
    out = []
    for number, (model, title) in enumerate(
        zip(models, headings(models, visits), strict=True), start=1
    ):
        own = targets.get(model["analysis_id"], [])
        has_model = model["auc_cv"] is not None
        mine = curves[curves["analysis_id"] == model["analysis_id"]]
        out.append({
            "title": title,
            "size": _size(model),
            "worth": _worth(model) if has_model else "",
            "model": _model(model) if has_model else "",
            "alone": _alone(model, own),
            "curves": _curves(number, model, mine, stamp) if has_model else None,
            "forest": _forest(number, model, own, stamp),
            "all": _every_target(model, own),
        })  # fmt: skip
    return out


def headings(models: list[Row], visits: dict[str, str]) -> list[str]:
    """Return a heading for each prediction; what it asks of whom, and by which model.

    Predictions that differ in nothing of it are told apart by their names in the plan.

    Parameters
    ----------
    models : outcome in words, event_label, and visit, subset, grouping, primary_method of the plan
    visits : names of visits by code
    """
    found = [_heading(m, visits) for m in models]
    return [
        f"{text}, analysis {m['analysis_id']}" if found.count(text) > 1 else text
        for text, m in zip(found, models, strict=True)
    ]


def _heading(model: Row, visits: dict[str, str]) -> str:
    method = model["primary_method"] or ""
    about = (model["outcome"], chosen(model, visits), _METHOD.get(method, method))
    return with_chosen(
        f"Which baseline levels go with “{model['event_label']}”?",
        "; ".join(part for part in about if part),
    )


def _outcome(name: str, visits: dict[str, str]) -> str:
    """Return an outcome in words: a pain response says which one, and at which visit."""
    if not is_response_column(name):
        return name
    kind, _, visit = name.partition("@")
    by = "pain alone" if kind == BY_PAIN else "pain and doses"
    return f"pain response by {by}, {visits.get(visit, visit)}"


def _size(model: Row) -> str:
    """Say who was asked about, and what the sample-size guard says."""
    lacking = []
    if n := model["n_without_outcome"]:
        lacking.append(f"the outcome of {words.count(n, 'person')} is unknown")
    if n := model["n_without_sample"]:
        lacking.append(
            f"{words.count(n, 'person')} with an outcome had no sample of the baseline visit"
        )
    lost = f" Not counted: {words.listed(lacking)}." if lacking else ""
    size = f"Size of the study: {_LABEL[model['label']]}"
    return (
        f"Of {words.count(model['n_persons'], 'person')} with a baseline sample, "
        f"{model['n_events']} counted as “{model['event_label']}” (the plan’s event of "
        f"{model['outcome']}).{lost} {size}{_because(model['reason'])}."
    )


def _because(reason: str) -> str:
    return f" ({reason})" if reason else ""


def _worth(model: Row) -> str:
    """Say what the model does on persons that it never saw."""
    low, high = (words.number(model[f"auc_cv_{end}"], 2) for end in ("lowest", "highest"))
    n, p = model["n_permutations"], words.p_equation(model["permutation_p_value"])
    chance = model["permutation_p_value"] >= ALPHA
    return (
        "Predicted by models that had not seen them, a person with the event ranked above one "
        f"without it in {words.percent(model['auc_cv'])} of pairs (cross-validated AUC "
        f"{words.number(model['auc_cv'], 2)}, {low} to {high} over {model['n_repeats']} deals "
        f"into folds); a coin reaches 50 %. By the same search on {n} permuted outcomes, {p}: "
        f"{'no better than chance' if chance else 'better than chance'}."
        f"{_REVERSED if chance and model['auc_cv'] < 0.5 else ''} Calibration slope "
        f"{words.number(model['calibration_slope'], 2)} (1 is right, below 1 predictions are too "
        f"extreme), Brier score {words.number(model['brier'], 3)} (giving everyone the share of "
        f"events: {words.number(model['brier_of_share'], 3)})."
    )


def _model(model: Row) -> str:
    """Say what the final model is, and how much its own persons flatter it.

    Its corrected AUC stands here and nowhere else: it is no headline, and beside more candidates
    than persons it is still too high (docs/error-rates.md has how much).
    """
    still = (
        f", still too high with {model['n_candidates']} candidate targets for "
        f"{words.count(model['n_persons'], 'person')}: the cross-validated AUC is the one to cite"
        if model["n_candidates"] > model["n_persons"]
        else ""
    )
    return (
        f"The model of all persons has {words.count(model['n_selected'], 'target')}. On the "
        f"persons that it was made of its AUC is {words.number(model['auc_apparent'], 2)}, by "
        f"bootstrap {words.number(model['auc_optimism'], 2)} too high "
        f"({words.number(model['auc_corrected'], 2)} corrected{still}). All of this is internal "
        "validation: whether it holds for other patients, only other patients can show."
    )


def _alone(model: Row, rows: list[Row]) -> str:
    hits = [r["analyte_name"] for r in rows if r["is_hit"]]
    tested = sum(r["p_value"] is not None for r in rows)
    if not hits:
        return f"Of {words.count(tested, 'target')} alone, none was shown to go with the event."
    named = words.listed(hits[:6]) + (" and others" if len(hits) > 6 else "")
    return (
        f"Of {words.count(tested, 'target')} alone, {len(hits)} "
        f"{'goes' if len(hits) == 1 else 'go'} with the event after correction for all: {named}."
    )


def _curves(number: int, model: Row, curves: Any, stamp: str) -> Figure:
    return drawn(
        f"prediction-curves-{number}",
        prediction_curves(curves),
        "Predictions of held-out persons, means over all deals into folds. Left: the further "
        "above the dashed diagonal, the better persons with the event rank. Right: what acting "
        "on the predictions would bring; dashed: acting on everyone, grey: acting on no one. A "
        "model that lies below either is no help.",
        f"ROC curve with an AUC of {words.number(model['auc_cv'], 2)} and decision curve of held-"
        f"out predictions of “{model['event_label']}”.",
        stamp=stamp,
    )


def _forest(number: int, model: Row, rows: list[Row], stamp: str) -> Figure | None:
    shown = [r for r in rows if r["odds_ratio_ci_high"] is not None][:MOST_SHOWN]
    if not shown:
        return None
    return drawn(
        f"forest-{number}",
        forest(pd.DataFrame(shown)),
        f"The {len(shown)} targets with the smallest p, each alone: odds ratio of the event per "
        "standard deviation of the baseline level, with its 95 % interval, not corrected for the "
        "choice of these few.",
        f"Odds ratios of “{model['event_label']}” for {len(shown)} targets; the first is "
        f"{shown[0]['analyte_name']} with {words.number(shown[0]['odds_ratio'], 2)}.",
        stamp=stamp,
    )


def _every_target(model: Row, rows: list[Row]) -> Table:
    return table(
        f"Every target’s baseline level and “{model['event_label']}”: alone (odds ratio per "
        "standard deviation, AUC of high levels for the event), and in the models: in how many of "
        "the cross-validation’s models it is, and its log odds in the model of all persons.",
        "Target|Odds ratio|95 % CI|BH p|AUC|95 % CI|In models|In the final model|Note",
        (
            (
                r["analyte_name"],
                words.number(r["odds_ratio"], 2),
                _between(r["odds_ratio_ci_low"], r["odds_ratio_ci_high"]),
                words.p_value(r["p_adjusted"]),
                words.number(r["auc"], 2),
                _between(r["auc_ci_low"], r["auc_ci_high"]),
                words.percent(r["selected_frac"]),
                words.signed(r["coefficient"], 2),
                r["reason"],
            )
            for r in rows
        ),
        numeric=(1, 2, 3, 4, 5, 6, 7),
    )


def _between(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return words.NOTHING
    return f"{words.number(low, 2)} to {words.number(high, 2)}"
