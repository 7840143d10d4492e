"""Pain response and how cohorts differ at the start: tables, sentences and the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from reports import words
from reports.charts.responses import KINDS, responses
from reports.figures import Figure, drawn
from reports.read import Published
from reports.statements import cohort_name
from reports.tables import Table, table

#: Definitions in the order in which they are told.
_DEFINITIONS = {
    "consensus": "Pain and analgesics",
    "literal": "The same, to the letter",
    "pain_only": "Pain alone",
}
#: Why somebody without a response could not be judged, who counts as no response all the same.
_NOT_JUDGED = {
    "n_no_follow_up": "without a score then",
    "n_no_baseline": "without a score at baseline",
    "n_low_baseline": "with pain below 2 points of 10 at baseline",
    "n_reirradiated": "whose site was irradiated before",
    "n_dose_unknown": "whose dose of analgesics is not known",
}
_WHEN = {
    "early": "earlier than the 1, 2 and 3 months at which the consensus judges a response",
    "late": "later than the 1, 2 and 3 months at which the consensus judges a response",
    "not_declared": "study.toml does not say how long after treatment this is",
    "mixed": "for some earlier than the 1, 2 and 3 months at which the consensus judges",
}


@dataclass(frozen=True)
class PainResponse:
    """What the report says of the pain response; `sentences` are one per visit."""

    instrument: str
    sentences: tuple[str, ...]
    figure: Figure
    table: Table
    sites: Table | None


def pain_response(published: Published, *, stamp: str) -> PainResponse | None:
    """Return the section on pain response, None where nobody was asked about pain."""
    rows = published.rows("pain_responses")
    persons = [r for r in rows if r["counted_over"] == "persons"]
    if not persons:
        return None
    of_sites = [r for r in rows if r["counted_over"] == "sites"]
    return PainResponse(
        persons[0]["instrument_label"],
        tuple(_sentence(r) for r in persons if r["definition"] == "consensus"),
        _figure(persons, stamp),
        _table("Pain response of the patients, each by the index site.", persons),
        _table("The same, site by site.", of_sites) if of_sites else None,
    )


def _sentence(r: dict[str, Any]) -> str:
    when = f" ({_WHEN[r['timing']]})" if r["timing"] in _WHEN else ""
    opening = f"{r['visit_label']}{when}:"
    if r["responder_frac"] is None:
        return f"{opening} no rate, for {r['reason']}."
    return (
        f"{opening} {r['n_responders']} of {words.count(r['n'], 'person', 'people')} "
        f"responded: {words.percent(r['responder_frac'])}, "
        f"95 % CI {_interval(r['ci_low_frac'], r['ci_high_frac'])}{_not_judged(r)}. Of the "
        f"{r['n_evaluable']} who can be judged it is "
        f"{words.percent(r['evaluable_responder_frac'])}."
    )


def _not_judged(r: dict[str, Any]) -> str:
    """Say who counts as no response without having been judged."""
    lacking = [f"{r[name]} {why}" for name, why in _NOT_JUDGED.items() if r[name]]
    return f"; {words.listed(lacking)} counted as no response" if lacking else ""


def _interval(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return words.NOTHING
    return f"{words.number(100 * low, 0)} to {words.percent(high)}"


def _table(caption: str, rows: list[dict[str, Any]]) -> Table:
    # Only the letter of the publication leaves some changes without a row.
    has_gap = any(r["n_gap"] for r in rows)
    return table(
        f"{caption} “Responded” counts everybody, whoever missed the visit or has no known dose as "
        "no response; “of those judged” leaves out whom the definition cannot judge.",
        "Visit|By|All|Complete|Partial|Indeter­minate|Progres­sion|"
        f"{'No row in the publica­tion|' if has_gap else ''}Dose not known|Not judged|"
        "Responded|95 % CI|Of those judged|95 % CI",
        (
            (
                r["visit_label"], _DEFINITIONS[r["definition"]], str(r["n"]),
                str(r["n_complete"]), str(r["n_partial"]),
                str(r["n_indeterminate"]), str(r["n_progression"]),
                *([str(r["n_gap"])] if has_gap else []),
                str(r["n_dose_unknown"]), str(_not_evaluable(r)),
                words.percent(r["responder_frac"]),
                _interval(r["ci_low_frac"], r["ci_high_frac"]),
                words.percent(r["evaluable_responder_frac"]),
                _interval(r["evaluable_ci_low_frac"], r["evaluable_ci_high_frac"]),
            )
            for r in rows
        ),
        numeric=range(2, 14 if has_gap else 13),
    )  # fmt: skip


def _not_evaluable(r: dict[str, Any]) -> int:
    return int(r["n_no_baseline"] + r["n_low_baseline"] + r["n_reirradiated"] + r["n_no_follow_up"])


def _figure(rows: list[dict[str, Any]], stamp: str) -> Figure:
    tally = pd.DataFrame([
        {"visit": r["visit_label"], "definition": _DEFINITIONS[r["definition"]], "kind": kind,
         "n": _not_evaluable(r) if kind == "not_evaluable" else r[f"n_{kind}"]}
        for r in rows
        for kind in KINDS
    ])  # fmt: skip
    visits = list(dict.fromkeys(tally["visit"]))
    spoken = " ".join(
        f"{r['visit_label']}: {r['n_complete']} complete, {r['n_partial']} partial, "
        f"{r['n_progression']} progression, of {r['n']}."
        for r in rows
        if r["definition"] == "consensus"
    )
    return drawn(
        "pain-response",
        responses(tally, visits=visits, definitions=list(_DEFINITIONS.values())),
        "Pain response by the International Consensus Endpoints: by the change of pain and of "
        "analgesics, by the letter of the publication where it differs, and by pain alone.",
        f"How many people had each kind of pain response. {spoken}",
        stamp=stamp,
    )


def cohort_comparisons(published: Published) -> list[Table]:
    """Return, for each other cohort, what it and the patients both have a value of."""
    by_cohort: dict[str, list[dict[str, Any]]] = {}
    for r in published.rows("compared"):
        by_cohort.setdefault(r["cohort"], []).append(r)
    return [
        table(
            f"Patients and {cohort_name(cohort)} at the start. The difference is that of the means "
            "or shares in standard deviations (of more than two classes, their distance); above "
            "0.25 it is worth a second look.",
            f"Characteristic|Patients|{cohort_name(cohort).capitalize()}|Standardised difference",
            (
                (
                    _characteristic(r), _cell(r, "patient_"), _cell(r, ""),
                    words.signed(r["standardised_difference"], 2),
                )
                for r in rows
            ),
            numeric=(1, 2, 3),
        )
        for cohort, rows in by_cohort.items()
    ]  # fmt: skip


def _characteristic(r: dict[str, Any]) -> str:
    if r["summary_kind"] == "numbers":
        return f"{r['characteristic']}, {r['unit_label']}"
    return f"{r['characteristic']}: {r['level']}"


def _cell(r: dict[str, Any], of: str) -> str:
    if r["summary_kind"] == "numbers":
        return f"{words.number(r[f'{of}mean_value'])} ± {words.number(r[f'{of}sd_value'])}"
    return f"{r[f'{of}n']} of {r[f'{of}denominator']}"
