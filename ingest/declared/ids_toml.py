"""Ids in study.toml: what one may look like, and that each stands once."""

from __future__ import annotations

import re

from ingest.declared.toml_reader import Section

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def read_id(section: Section, key: str) -> str:
    """Return an id; a complaint where a key of the warehouse could not hold it."""
    value = section.text(key)
    if value and not _ID.fullmatch(value):
        section.complain(key, f"`{key}` is {value!r}",
                         allowed="letters, digits, dot, dash, underscore; up to 64")  # fmt: skip
    return value


def refuse_twice(sections: list[Section], codes: list[str], key: str) -> None:
    """Complain of every id that stands a second time."""
    for section, code in zip(sections, codes, strict=True):
        if code and codes.count(code) > 1 and codes.index(code) + 1 != section.ordinal:
            section.complain(key, f"`{code}` stands twice", allowed="every one once")
