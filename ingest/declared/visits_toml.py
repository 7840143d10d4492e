"""Visits in study.toml: in the order of time, one of them the baseline."""

from __future__ import annotations

from ingest.declared.ids_toml import read_id, refuse_twice
from ingest.declared.study import Visit
from ingest.declared.toml_reader import Section, TomlReader


def read_visits(toml: TomlReader) -> tuple[Visit, ...]:
    """Return the visits in their order, one of them the baseline."""
    sections = toml.tables("visits")
    visits = []
    for section in sections:
        visits.append(
            Visit(
                read_id(section, "code"),
                section.text("label"),
                section.ordinal,
                section.flag("baseline", default=False),
                _window(section),
                _days_after_treatment(section),
            )
        )
        section.refuse_unknown()
    refuse_twice(sections, [v.code for v in visits], "code")
    if (n := sum(v.is_baseline for v in visits)) != 1:
        toml.complain("[[visits]]", 0, "", f"{n} visits are marked `baseline = true`",
                      allowed="exactly one baseline visit")  # fmt: skip
    _complain_of_order(sections, visits)
    return tuple(visits)


def _complain_of_order(sections: list[Section], visits: list[Visit]) -> None:
    """Complain of a visit whose window begins before that of one declared earlier.

    What stands after the baseline is a follow-up, so the order of the visits is that of time.
    """
    latest: Visit | None = None
    for section, visit in zip(sections, visits, strict=True):
        if visit.window is None:
            continue
        first = visit.window[0]
        if latest is not None and latest.window is not None and first < latest.window[0]:
            section.complain(
                "window_days",
                f"`{visit.code}` begins on day {first}, before `{latest.code}` above it",
                allowed="visits in the order of time",
            )
        else:
            latest = visit


def _window(section: Section) -> tuple[int, int] | None:
    value = section.raw("window_days")
    if value is None:
        return None
    days = value if isinstance(value, list) else []
    if len(days) == 2 and all(type(d) is int for d in days) and days[0] <= days[1]:
        return (days[0], days[1])
    section.complain("window_days", f"`window_days` is {value!r}",
                     allowed="first and last study day: [-14, 0]")  # fmt: skip
    return None


def _days_after_treatment(section: Section) -> int | None:
    days = section.number("days_after_treatment", required=False)
    if days is not None and (days < 0 or days != int(days)):
        section.complain("days_after_treatment", f"`days_after_treatment` is {days:g}",
                         allowed="whole days, 0 or more")  # fmt: skip
        return None
    return None if days is None else int(days)
