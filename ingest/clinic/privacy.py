"""Columns that look like names, birth dates, phone or record numbers stop a load.

The warehouse needs none of them. A title is judged by its words, cells by their shape; a column
that is meant to be there is named in study.toml, [privacy] allow_columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from ingest.clinic.day_hints import probable_days
from ingest.declared.study import Study
from ingest.faults import Fault, fault
from ingest.files.mapped import MappedTable
from ingest.files.tables import Sheet

#: Words of titles, without accents, blanks and signs. English, Chinese, German, French, Spanish,
#: Portuguese, Italian, Dutch.
_TITLES = {
    "a name": r"(?:full|first|last|given|family|sur|maiden|patients?|subject|person|contact|middle"
              r"|mothers?|fathers?|spouse|nick|legal)?names?|initials|nom(?:depatient|dupatient"
              r"|defamille|patient)?|prenoms?|(?:nach|vor|familien|geburts|ruf|patienten)namen?"
              r"|initialen|apellidos?|nombres?(?:delpaciente|paciente|completo)?|cognome|nome"
              r"(?:completo|dopaciente|paziente)?|sobrenome|(?:achter|voor)?naam"
              r"|姓名|名字|患者姓名|病人姓名|姓|受试者姓名|家属姓名",
    "a birth date": r"(?:date|day|year|month)?(?:of)?birth(?:s|date|day|year|dt|dat)?|dob|yob"
                    r"|birthdt|brthdtc?|(?:patient|pt|subject)(?:dob|birthdate)|geb(?:urts)?"
                    r"(?:dat(?:um)?|tag|jahr)|geboren(?:am)?|geb|(?:date(?:de)?)?naissance|ddn"
                    r"|(?:fecha(?:de)?)?nacimiento|(?:data(?:di|de)?)?nas?ci(?:ta|mento)"
                    r"|geboorte(?:datum|jaar)|出生(?:日期|年月|年月日|年份)?|生日",
    "a phone number": r"(?:tele|mobile|cell|home|work|contact)?phone(?:no|nr|num|number)?s?"
                      r"|tel(?:no|nr|number)?|mobile(?:no|nr|number)?|cell(?:no|nr|number)|fax"
                      r"|telefon(?:nummer|nr)?|handy(?:nummer|nr)?|telephone|portable|telefono"
                      r"|telefone|cellulare|celular|movil|telefoon(?:nummer)?"
                      r"|电话(?:号码)?|手机(?:号|号码)?|联系电话|联系方式",
    "a record number": r"mrn|ehrid|(?:medical|hospital|patient|inpatient|outpatient|health|chart)?"
                       r"record(?:no|nr|num|id|number)|hospital(?:no|nr|num|id|number)"
                       r"|nhs(?:no|nr|number)?|inpatient(?:no|number)|admission(?:no|number)"
                       r"|chart(?:no|nr|number)|(?:fall|patienten|akten|aufnahme)(?:nr|nummer)"
                       r"|(?:numero(?:de)?)?dossier|nip|ipp|(?:numero(?:de)?)?historia(?:clinica)?"
                       r"|nhc|cartellaclinica|prontuario|病历号|病案号|住院号|门诊号|就诊号|登记号|病人号",
    "an identity number": r"ssn|socialsecurity(?:no|nr|number)?|national(?:id|no|number)"
                          r"|passport(?:no|nr|number)?|id(?:entity)?card(?:no|number)?"
                          r"|insurance(?:no|nr|id|number)|(?:kranken)?versicherten?(?:nr|nummer)"
                          r"|sozialversicherungs?(?:nr|nummer)|personalausweis|nir|securitesociale"
                          r"|dni|nif|nie|curp|cpf|codicefiscale|bsn|ahv(?:nr|nummer)?"
                          r"|身份证(?:号|号码)?|医保卡?号|社保卡?号|护照号?",
    "an address": r"(?:home|street|postal|e?mail|patient)?address(?:es|line\d?)?|street|city"
                  r"(?:ofresidence)|zip(?:code)?|post(?:al)?code|e?mail|adresse|anschrift|wohnort"
                  r"|strasse|plz|direccion|domicilio|indirizzo|endereco|adres|woonplaats"
                  r"|住址|地址|家庭住址|现住址|邮箱|邮编",
}  # fmt: skip
_CELLS = {
    "phone numbers": re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}|\+\d{1,3}[- ]?\d[\d -]{6,14}\d"),
    "identity numbers": re.compile(r"\d{6}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[\dXx]"
                                   r"|\d{3}-\d{2}-\d{4}"),
    "mail addresses": re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
}  # fmt: skip
_SHARE = 0.5
#: Names are told from other words by how few of them stand twice.
_DISTINCT_SHARE, _LEAST_NAMES = 0.8, 5
_LATIN_NAME = re.compile(
    r"(?:(?:Dr|Mr|Mrs|Ms|Prof|Herr|Frau)\.? )?[A-ZÀ-Ý][a-zà-ÿ'’-]+,? (?:[A-ZÀ-Ý]\.? )?"
    r"[A-ZÀ-Ý][a-zà-ÿ'’-]+"
)
#: The hundred surnames that nine in ten Chinese bear.
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹"
    "黎易常武乔贺赖龚文"
)
_CHINESE_NAME = re.compile(rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}")
_GROWN_UP = 18


def identifying_columns(table: MappedTable, study: Study, today: date | None = None) -> list[Fault]:
    """Return a fault for each column that seems to identify people and is not allowed."""
    ours = {title: column for column, title in table.titles.items()}
    return identifying_titles(table.sheet, study, ours=ours, today=today)


def identifying_titles(
    sheet: Sheet,
    study: Study,
    allowed: Sequence[str] = (),
    *,
    ours: Mapping[str, str] | None = None,
    today: date | None = None,
) -> list[Fault]:
    """Return a fault for each column of a sheet that seems to identify people.

    Parameters
    ----------
    allowed : sequence of str
        Titles that are known and left out, beside those that study.toml allows.
    ours : dict of str to str, optional
        Title → our column, of the columns that are mapped.
    today : datetime.date, optional
        Day from which ages are counted; by default the machine's.
    """
    ours = ours or {}
    year = (today or date.today()).year
    faults = []
    for index, title in enumerate(sheet.titles):
        if title in (*study.allow_columns, *allowed):
            continue
        column = ours.get(title, "")
        kind = None if title == column else _title_kind(title)
        hidden = not study.ids_are_codes and column in ("patient_id", "sample_id")
        if not kind and not hidden:
            cells = [c for row in sheet.rows if (c := row.cells[index].strip())]
            kind = _cells_kind(cells, None if column.endswith("_on") else year)
        if kind:
            faults.append(_stop(sheet, title, kind))
    return faults


def is_identifying_title(title: str) -> bool:
    """Return whether the words of a title say that its column identifies people."""
    return _title_kind(title) is not None


def _title_kind(title: str) -> str | None:
    plain = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    bare = re.sub(r"[\s_.\-/()#:,'\[\]（）]+", "", plain).lower()
    return next((k for k, words in _TITLES.items() if re.fullmatch(words, bare)), None)


def _cells_kind(cells: Sequence[str], year: int | None) -> str | None:
    if not cells:
        return None
    counts = Counter(cells)  # a level that stands in thousands of rows is looked at once
    for kind, shape in _CELLS.items():
        if _is_mostly(counts, shape):
            return kind
    if _are_names(counts):
        return "names"
    return "birth dates" if year is not None and _are_births(counts, year) else None


def _is_mostly(counts: Counter[str], shape: re.Pattern[str]) -> bool:
    """Return whether enough cells have a shape; a column of ids is given up halfway."""
    n_others = 0
    most = (1 - _SHARE) * counts.total()
    for cell, n in counts.items():
        if not shape.fullmatch(cell):
            n_others += n
            if n_others > most:
                return False
    return True


def _are_names(counts: Counter[str]) -> bool:
    if len(counts) < max(_LEAST_NAMES, _DISTINCT_SHARE * counts.total()):
        return False
    return _is_mostly(counts, _LATIN_NAME) or _is_mostly(counts, _CHINESE_NAME)


def _are_births(counts: Counter[str], year: int) -> bool:
    """Return whether most cells are days on which a grown-up of today may have been born."""
    days: list[tuple[int, int]] = []
    n_days = total = counts.total()
    for cell, n in counts.items():
        if found := probable_days(cell):
            days.append((found[0].year, n))
            continue
        n_days -= n
        if n_days < _DISTINCT_SHARE * total:
            return False
    n_grown = sum(n for born, n in days if born <= year - _GROWN_UP)
    return n_days >= 3 and n_grown >= _DISTINCT_SHARE * n_days and max(days)[0] - min(days)[0] >= 10


def _stop(sheet: Sheet, title: str, kind: str) -> Fault:
    return fault(
        "identifying_column",
        f"the column `{title}` looks like {kind}",
        where=sheet.where(None, title),
        allowed="no column that identifies people",
        remedy=f'take it out of the file, or allow it: [privacy] allow_columns = ["{title}"]',
        record=f"a column looks like {kind}",
    )
