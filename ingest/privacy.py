"""Columns that look like names, birth dates, phone or record numbers stop a load.

The warehouse needs none of them. A title is judged by its words, cells by their shape; a column
that is meant to be there is named in study.toml, [privacy] allow_columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.faults import Fault, fault
from ingest.mapped import MappedTable
from ingest.study import Study

_TITLES = {
    "a name": r"(?:full|first|last|given|family|sur|maiden|patient|subject|person|contact)?name"
              r"|initials|nom|prenom|nachname|vorname|姓名|名字|患者姓名",
    "a birth date": r"(?:date)?(?:of)?birth(?:date|day|year)?|dob|birthdt|geburtsdatum|geboren"
                    r"|出生(?:日期|年月|年月日)?|生日",
    "a phone number": r"(?:tele|mobile|cell|home|work)?phone(?:no|nr|number)?|tel(?:no|nr)?"
                      r"|mobile(?:no|nr|number)?"
                      r"|fax|telefon|电话|手机(?:号|号码)?|联系电话|联系方式",
    "a record number": r"mrn|(?:medical|hospital|patient|inpatient|outpatient|health)?record"
                       r"(?:no|nr|id|number)|hospital(?:no|nr|id|number)|nhs(?:no|number)"
                       r"|inpatient(?:no|number)|admission(?:no|number)|病历号|住院号|门诊号|就诊号"
                       r"|登记号|病案号",
    "an identity number": r"ssn|socialsecurity(?:no|nr|number)?|national(?:id|no|number)"
                          r"|passport(?:no|number)?|idcard(?:no|number)?|身份证(?:号|号码)?|insurance"
                          r"(?:no|nr|id|number)|医保卡?号",
    "an address": r"(?:home|street|postal|e?mail)?address|street|zip(?:code)?|post(?:al)?code"
                  r"|email|e?mail|住址|地址|家庭住址|邮箱",
}  # fmt: skip
_CELLS = {
    "phone numbers": re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}|\+\d{1,3}[- ]?\d[\d -]{6,14}\d"),
    "identity numbers": re.compile(r"\d{6}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[\dXx]"),
    "mail addresses": re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
}
_SHARE = 0.5


def identifying_columns(table: MappedTable, study: Study) -> list[Fault]:
    """Return a fault for each column that seems to identify people and is not allowed."""
    ours = {title: column for column, title in table.titles.items()}
    faults = []
    for index, title in enumerate(table.sheet.titles):
        if title in study.allow_columns:
            continue
        by_title = None if title == ours.get(title) else _title_kind(title)
        hidden = not study.ids_are_codes and ours.get(title) in ("patient_id", "sample_id")
        by_cells = None if hidden else _cells_kind([row.cells[index] for row in table.rows])
        if kind := by_title or by_cells:
            faults.append(_stop(table, title, kind))
    return faults


def _title_kind(title: str) -> str | None:
    bare = re.sub(r"[\s_.\-/()#:（）]+", "", title).lower()
    return next((k for k, words in _TITLES.items() if re.fullmatch(words, bare)), None)


def _cells_kind(cells: Sequence[str]) -> str | None:
    filled = [c.strip() for c in cells if c.strip()]
    if not filled:
        return None
    return next(
        (k for k, shape in _CELLS.items()
         if sum(shape.fullmatch(c) is not None for c in filled) >= _SHARE * len(filled)),
        None,
    )  # fmt: skip


def _stop(table: MappedTable, title: str, kind: str) -> Fault:
    return fault(
        "identifying_column",
        f"the column `{title}` looks like {kind}",
        where=table.sheet.where(None, title),
        allowed="no column that identifies people",
        remedy=f'take it out of the file, or allow it: [privacy] allow_columns = ["{title}"]',
        record=f"a column looks like {kind}",
    )
