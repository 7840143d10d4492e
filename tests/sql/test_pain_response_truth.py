"""The whole truth table of the consensus pain response against an oracle that knows no SQL.

The oracle reads the table of docs/methods.md row by row, top down, in exact fractions of points
and milligrams; every person of the study below is one case of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest

pytestmark = pytest.mark.xdist_group("dbt")

#: Scale → its step, and the points of 0-10 that one unit of it is worth.
SCALES = {
    "vas_pain_0_10": (Decimal("0.1"), Fraction(1)),
    "nrs_pain_0_10": (Decimal(1), Fraction(1)),
    "vas_pain_0_100_mm": (Decimal(1), Fraction(1, 10)),
}
#: Baseline and follow-up dose in mg: the same, none, every side of a quarter, and not known.
DOSES = [
    ("0", "0"), ("0", "5"), ("0", "0.01"), ("40", "0"), ("40", "30"), ("40", "30.01"),
    ("40", "29.99"), ("40", "39.99"), ("40", "40"), ("40", "40.01"), ("40", "49.99"),
    ("40", "50"), ("40", "50.01"), ("33.33", "25"), ("33.33", "24.99"), ("33.33", "41.67"),
    ("33.33", "41.66"), (None, "40"), ("40", None), (None, None), (None, "0"),
]  # fmt: skip
#: Changes in points of 0-10 around every limit of the definition.
CHANGES = ["-10", "-2.1", "-2", "-1.9", "-1", "-0.1", "0", "0.1", "0.9", "1", "1.1", "1.9",
           "2", "2.1", "5"]  # fmt: skip
SHORT_DOSES = [("40", "40"), ("40", "30"), ("40", "50"), ("0", "5"), (None, None)]


@dataclass(frozen=True)
class Case:
    """One person: a scale, two scores in its own units, two doses in mg, and a treated site."""

    scale: str
    before: Decimal | None
    after: Decimal | None
    dose_before: str | None
    dose_after: str | None
    is_reirradiated: bool = False


def oracle(case: Case) -> tuple[str, str, str]:
    """Return response, literal wording and response by pain alone, as the definition reads."""
    worth = SCALES[case.scale][1]
    before, after = (None if s is None else Fraction(s) * worth for s in (case.before, case.after))
    if before is None or before < 2 or case.is_reirradiated or after is None:
        return ("not_evaluable",) * 3
    change = after - before
    alone = "complete" if after == 0 else (
        "partial" if change <= -2 else "progression" if change >= 2 else "indeterminate")  # fmt: skip
    if case.dose_before is None or case.dose_after is None:
        return (f"pain_only_{alone}",) * 3
    old, new = Fraction(case.dose_before), Fraction(case.dose_after)
    is_raised, is_same = new > old, new == old
    is_less_by_quarter = old > 0 and new <= old * Fraction(3, 4)
    is_more_by_quarter = (old == 0 and new > 0) or (old > 0 and new >= old * Fraction(5, 4))
    table = [
        (after == 0 and not is_raised, "complete", ""),
        (after == 0 and is_raised, "indeterminate", ""),
        (change <= -2 and not is_raised, "partial", ""),
        (change <= -2 and is_raised, "indeterminate", ""),
        (-2 < change <= 0 and is_less_by_quarter, "partial", ""),
        (change > 0 and is_less_by_quarter, "indeterminate", ""),
        (change >= 2 and is_same, "progression", ""),
        (change >= 2 and is_raised, "progression", "indeterminate"),
        (0 <= change <= 1 and is_more_by_quarter, "progression", ""),
        (1 < change < 2 and is_more_by_quarter, "progression", "gap"),
        (True, "indeterminate", ""),
    ]
    response, literal = next((r, lit) for holds, r, lit in table if holds)
    return response, literal or response, f"pain_only_{alone}"


def cases() -> list[Case]:
    """Return every case once: all exact two-point drops, and each limit on each scale."""
    found = [
        Case("vas_pain_0_10", Decimal(b) / 10, Decimal(b - 20) / 10, *dose)
        for b in range(20, 101)
        for dose in DOSES
    ]
    for scale, (step, worth) in SCALES.items():
        top = Decimal(10 if worth == 1 else 100)
        starts = [top * Decimal(s) / 10 for s in ("0", "1", "1.9", "2", "2.1", "3.5", "5", "10")]
        for start, change in product(starts, CHANGES):
            end = max(start + Decimal(change) * top / 10, Decimal(0))
            if end > top or start % step or end % step:
                continue
            for dose in DOSES:
                found.append(Case(scale, start, end, *dose))
        full = top / 2
        for dose in SHORT_DOSES:
            found.append(Case(scale, None, full, *dose))
            found.append(Case(scale, full, None, *dose))
            found.append(Case(scale, full, full - top / 5, *dose, is_reirradiated=True))
    return list(dict.fromkeys(found))


@pytest.fixture(scope="module")
def judged(build_rows, blank_study):
    rows = blank_study("pain", platform="genepix", unit="block", reference="")
    rows["raw.studies"][0] |= {"reirradiated_attribute_id": "again"}
    rows["raw.study_attributes"] = [
        {"study_id": "pain", "attribute_id": "again", "attribute_label": "Irradiated before",
         "attribute_order": 1, "is_multiple": True, "level": level, "level_label": level,
         "level_order": order} for order, level in enumerate(("pelvis", "spine"), 1)
    ]  # fmt: skip
    rows["raw.patient_attributes"] = []
    key = {"study_id": "pain", "file_sha256": "f"}
    everyone = {f"{i:05d}": case for i, case in enumerate(cases())}
    for line, (person, case) in enumerate(everyone.items(), 2):
        row = key | {"source_line": line, "patient_id": person}
        rows["raw.patients"].append(row | {"cohort": "patient", "centre_id": "", "sex": "unknown"})
        site = {"instrument_id": case.scale, "site_id": "spine"}
        for visit, score, dose in (("base", case.before, case.dose_before),
                                   ("later", case.after, case.dose_after)):  # fmt: skip
            if score is not None:
                rows["raw.assessments"].append(row | site | {
                    "visit": visit, "score": score,
                    "omed_mg": None if dose is None else Decimal(dose)})  # fmt: skip
        if case.is_reirradiated:
            rows["raw.patient_attributes"].append(
                row | {"attribute_id": "again", "attribute_text": "pelvis|spine"})  # fmt: skip
    built = build_rows("pain", rows, "--select", "+int_pain_responses_judged")
    assert built.returncode == 0, built.log
    found = built.con.execute(
        "select patient_id, instrument_id, response, response_literal, pain_only_response, reason, "
        "not_evaluable_because, is_responder, is_evaluable, is_pain_up_after_dose_cut "
        "from intermediate.int_pain_responses_judged where visit = 'later' and site_id = 'spine'"
    ).fetchall()
    return {(everyone[r[0]]): r[2:] for r in found if everyone[r[0]].scale == r[1]}


def test_every_case_is_judged_as_the_definition_reads(judged):
    wanted = {case: oracle(case) for case in cases()}
    assert len(wanted) > 5000
    wrong = [(c, wanted[c], judged.get(c, "no row")) for c in wanted
             if judged.get(c, ())[:3] != wanted[c]]  # fmt: skip
    assert wrong == []
    labels = Counter(w[0] for w in wanted.values())
    assert set(labels) == {
        "complete", "partial", "progression", "indeterminate", "not_evaluable",
        "pain_only_complete", "pain_only_partial", "pain_only_progression",
        "pain_only_indeterminate",
    }  # fmt: skip
    assert {w[1] for w in wanted.values()} - set(labels) == {"gap"}


def test_all_81_exact_drops_of_two_points_are_responses(judged):
    drops = [(Decimal(b) / 10, Decimal(b - 20) / 10) for b in range(20, 101)]
    found = [judged[Case("vas_pain_0_10", b, a, "40", "40")] for b, a in drops]
    assert [r[0] for r in found] == ["complete"] + ["partial"] * 80
    assert all(r[5] for r in found)
    # What floating point would have made of them.
    assert sum(float(b) - float(a) < 2 for b, a in drops) == 12


def test_every_row_says_why(judged):
    assert all(r[3] for r in judged.values())
    unknown = [r for r in judged.values() if r[0].startswith("pain_only")]
    assert all("no dose is recorded" in r[3] for r in unknown)
    assert not any(r[5] for r in unknown)
    without = {r[4]: r[3] for r in judged.values() if r[0] == "not_evaluable"}
    assert without == {
        "no_baseline": "no pain score at baseline",
        "low_baseline": "pain at baseline is below 2 points of 10",
        "reirradiated": "the site was irradiated before",
        "no_follow_up": "no pain score at this visit",
    }
    assert all(r[6] == (r[0] != "not_evaluable") for r in judged.values())


def test_more_pain_on_a_smaller_dose_is_flagged(judged):
    flagged = {c for c, r in judged.items() if r[7]}
    assert flagged
    assert flagged == {
        c for c, r in judged.items()
        if r[0] == "indeterminate" and c.dose_before and c.dose_after
        and Fraction(c.dose_after) <= Fraction(c.dose_before) * Fraction(3, 4)
        and Fraction(c.dose_before) > 0 and Fraction(c.after - c.before) * SCALES[c.scale][1] >= 2
    }  # fmt: skip
