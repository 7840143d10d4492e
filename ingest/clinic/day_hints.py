"""Which day may a text mean that is no ISO date? For messages only: nothing is ever repaired."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_SERIALS = range(10_000, 80_000)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)

_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?(?:[T ].*)?")
_COMPACT = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)")
_NUMBERS = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})(?:[T ].*)?")
_DAY_WORD = re.compile(rf"(?P<day>\d{{1,2}})[-/. ]*{_MONTH}[-/. ,]*(?P<year>\d{{4}}|\d{{2}})?",
                       re.IGNORECASE)  # fmt: skip
_WORD_DAY = re.compile(rf"{_MONTH}[-/. ]*(?P<day>\d{{1,4}})(?:[-/. ,]+(?P<year>\d{{4}}|\d{{2}}))?",
                       re.IGNORECASE)  # fmt: skip
_CHINESE = re.compile(r"(\d{1,2})月(\d{1,2})日")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")


@lru_cache(maxsize=65_536)
def probable_days(text: str) -> tuple[date, ...]:
    """Return the days of the calendar that a text may mean, the likeliest first."""
    text = text.strip()
    found: list[date | None] = []
    if m := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        found = [_day(m[1], m[2], m[3])]
    elif m := _NUMBERS.fullmatch(text):
        found = [_day(m[3], m[2], m[1]), _day(m[3], m[1], m[2])]
        if len(m[3]) == 2:
            found.insert(0, _day(m[1], m[2], m[3]))
    elif (m := _DAY_WORD.fullmatch(text) or _WORD_DAY.fullmatch(text)) and m["year"]:
        found = [_day(m["year"], str(month_number(m["month"])), m["day"])]
    return tuple(dict.fromkeys(d for d in found if d))


def serial_days(text: str) -> tuple[date, date] | None:
    """Return the days that Excel may count with a number: from 1900, and from 1904."""
    m = _SERIAL.fullmatch(text.strip())
    if not m or int(m[1]) not in _SERIALS:
        return None
    days = timedelta(days=int(m[1]))
    return _EPOCH_1900 + days, _EPOCH_1904 + days


@lru_cache(maxsize=65_536)
def day_hint(text: str) -> str:
    """Return the end of a sentence that says which day a text may mean; empty where none."""
    if serial := serial_days(text):
        return (
            f"; it is a day as Excel counts them: {serial[0]} (or {serial[1]} where the workbook "
            "counts from 1904)"
        )
    days = probable_days(text)
    if not days:
        return ""
    return f"; it may mean {' or '.join(str(d) for d in days)}"


def month_and_day(text: str) -> tuple[int, int] | None:
    """Return month and day of a text that Excel shows for a day, or takes for one (MAR1, 1-Mar)."""
    text = text.strip()
    if m := _DAY_WORD.fullmatch(text) or _WORD_DAY.fullmatch(text):
        return month_number(m["month"]), int(m["day"])
    if m := _CHINESE.fullmatch(text):
        return int(m[1]), int(m[2])
    days = probable_days(text) if not _COMPACT.fullmatch(text) else ()
    return (days[0].month, days[0].day) if days else None


def month_number(word: str) -> int:
    """Return the number of a month by its English name or the beginning of it."""
    return MONTHS.index(word[:3].lower()) + 1


def _day(year: str, month: str, day: str) -> date | None:
    century = "" if len(year) == 4 else ("20" if int(year) < 50 else "19")
    try:
        return date(int(century + year.zfill(2)), int(month), int(day))
    except ValueError:
        return None
