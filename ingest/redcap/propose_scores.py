"""Which fields hold scores of the study's instruments, at which visit, on which day?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.declared.study import Attribute, Instrument, Measure, Study
from ingest.redcap.dictionary import Field
from ingest.redcap.export import EVENT, REPEAT_NUMBER, Export
from ingest.redcap.mapping import OPEN, Cell, Entry
from ingest.redcap.words import subjects_of, words_of

#: How a classic project marks visits in field names: vas_v1, vas_t0, vas_bl, vas_2.
_SUFFIX = re.compile(r"(?P<stem>.+?)_(?P<mark>(?:v|visit|t|w|wk|week|m|month|d|day|fu)?_?\d{1,3}"
                     r"|bl|baseline|pre|post|before|after|fu|followup|follow_up)")  # fmt: skip
_UNSPECIFIC = {"scale", "score", "total", "unnamed", "item", "index", "the", "of", "for", "and",
               "mm", "points", "study", "questionnaire"}  # fmt: skip
_MORPHINE = {"omed", "ome", "morphine", "opioid"}


@dataclass(frozen=True)
class Aim:
    """What the study wants: its cohorts, centres, visits, attributes, numbers and scales."""

    cohorts: tuple[str, ...] = ()
    centres: tuple[str, ...] = ()
    visits: tuple[tuple[str, str], ...] = ()
    attributes: tuple[Attribute, ...] = ()
    measures: tuple[Measure, ...] = ()
    scales: Mapping[str, Instrument] | None = None

    @classmethod
    def of(cls, study: Study) -> Aim:
        """Return what a study.toml asks for."""
        return cls(
            study.cohorts,
            study.centres,
            tuple((v.code, v.label) for v in study.visits),
            study.attributes,
            study.measures_of("patients"),
            {i: study.instruments[i] for i in study.scales},
        )


def propose_entries(
    export: Export, fields: Sequence[Field], aim: Aim, why: dict[str, str]
) -> tuple[Entry, ...]:
    """Return an entry for each field that seems to hold a score, columns of visits apart."""
    entries: list[Entry] = []
    has_visits = export.has(EVENT) or export.has(REPEAT_NUMBER)
    for f in fields:
        instrument = _instrument(f, aim)
        if instrument is None:
            continue
        mark = None if has_visits else _SUFFIX.fullmatch(f.name)
        visit = "" if has_visits else (_visit(mark["mark"], aim) if mark else OPEN)
        cells = {"score": Cell(source=f.name), "assessed_on": _day(f, mark, fields)}
        is_of_pain = "pain" in subjects_of(f"{instrument.instrument_id} {instrument.label}")
        if is_of_pain and (omed := _omed(f, mark, fields)):
            cells["omed_mg"] = Cell(source=omed)
        entries.append(Entry(instrument.instrument_id, visit, cells))
        limits = f", {f.low} to {f.high}" if f.low or f.high else ""
        why[f"assessments.{len(entries)}"] = f"{f.kind} `{f.label}`{limits}"
    if not has_visits:
        entries = _by_order(entries, aim)
    return tuple(entries)


def _instrument(f: Field, aim: Aim) -> Instrument | None:
    """Return the instrument that a field's words and range speak for; None where none or two do."""
    is_scale = f.is_number or (f.kind in ("radio", "dropdown") and len(f.choices) > 4
                               and all(c.isdecimal() for c, _ in f.choices))  # fmt: skip
    if not is_scale:
        return None
    own = (subjects_of(f.name) | subjects_of(f.label)) - _UNSPECIFIC
    ranked: list[tuple[float, Instrument]] = []
    for instrument in (aim.scales or {}).values():
        its = subjects_of(f"{instrument.instrument_id} {instrument.label}") - _UNSPECIFIC
        ids = subjects_of(instrument.instrument_id) - _UNSPECIFIC
        if ids & own and (ids <= own or _has_range(f, instrument)):
            points = len(its & own) + 2 * (ids <= own) + 2 * _has_range(f, instrument)
            ranked.append((points, instrument))
    ranked.sort(key=lambda r: r[0], reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]


def _has_range(f: Field, instrument: Instrument) -> bool:
    try:
        codes = [float(c) for c, _ in f.choices]
        low = float(f.low) if f.low else (min(codes) if codes else None)
        high = float(f.high) if f.high else (max(codes) if codes else None)
    except ValueError:
        return False
    return (low, high) == (instrument.low, instrument.high)


def _day(f: Field, mark: re.Match[str] | None, fields: Sequence[Field]) -> Cell:
    """Return the day of a score: a date of the same form (and visit), else of any."""
    days = [d for d in fields if d.is_date]
    if mark:
        days = [d for d in days if d.name.endswith(f"_{mark['mark']}")] or days
    same = [d for d in days if d.form == f.form]
    found = (same or days or [None])[0]  # type: ignore[list-item]
    if found is None:
        return Cell(value=OPEN)
    return Cell(found.name, "", {}, False, "day" if found.validation.startswith("datetime") else "")


def _omed(f: Field, mark: re.Match[str] | None, fields: Sequence[Field]) -> str:
    for other in fields:
        if (
            other.is_number
            and other.form == f.form
            and _MORPHINE & subjects_of(f"{other.name} {other.label}")
        ):
            if mark and not other.name.endswith(f"_{mark['mark']}"):
                continue
            return other.name
    return ""


def _visit(mark: str, aim: Aim) -> str:
    """Return the visit whose code or label is called like a suffix; `?` where none is."""
    short = {"bl": "baseline", "pre": "baseline", "before": "baseline", "fu": "follow",
             "followup": "follow", "post": "follow", "after": "follow"}  # fmt: skip
    word = short.get(mark, mark)
    found = [code for code, label in aim.visits
             if word in {*words_of(code), *words_of(label), code}]  # fmt: skip
    return found[0] if len(found) == 1 else f"{OPEN}{mark}"


def _by_order(entries: Sequence[Entry], aim: Aim) -> list[Entry]:
    """Return entries whose numbered suffixes are the visits in order, where they are as many."""
    marks = {e.visit[1:] for e in entries if e.visit.startswith(OPEN) and len(e.visit) > 1}
    ordered = sorted(marks, key=lambda m: int(re.sub(r"\D", "", m) or 0))
    fits = len(ordered) == len(aim.visits) and all(re.search(r"\d", m) for m in ordered)
    visits = {f"{OPEN}{m}": code for m, (code, _) in zip(ordered, aim.visits, strict=fits)}
    if not fits:
        visits = {}
    return [
        Entry(e.instrument_id, visits.get(e.visit, OPEN) if e.visit.startswith(OPEN) else e.visit,
              e.cells)
        for e in entries
    ]  # fmt: skip
