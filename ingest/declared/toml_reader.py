"""Reads the tables of a TOML file key by key and collects every problem, with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from ingest.faults import Fault, RefusedError, fault
from ingest.files.source_file import SourceFile

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\-\" ]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*\"?([A-Za-z0-9_#.-]+)\"?\s*=")
_KINDS = {str: "a text", int: "a whole number", bool: "true or false", float: "a number",
          list: "a list"}  # fmt: skip


class TomlReader:
    """The problems of one file; the tables themselves stay plain dicts."""

    def __init__(self, source: SourceFile) -> None:
        self.name = source.name
        self.faults: list[Fault] = []
        self._lines = _line_index(source.text)
        try:
            self.root: dict[str, Any] = tomllib.loads(source.text)
        except tomllib.TOMLDecodeError as error:
            raise RefusedError([
                fault("unreadable", f"not valid TOML: {error}", where=source.name,
                      allowed="key = value, texts in quotes", remedy="correct that line",
                      record="not valid TOML")
            ]) from error  # fmt: skip

    def table(self, name: str, *, required: bool = False) -> Section:
        """Return the table `[name]`, empty where it is absent."""
        value: Any = self.root
        for part in name.split("."):
            value = value.get(part, {}) if isinstance(value, dict) else {}
        if not isinstance(value, dict) or (required and not value):
            self.complain(f"[{name}]", 0, "", "the table is missing", allowed=f"a table [{name}]")
            value = {}
        return Section(self, f"[{name}]", 0, value)

    def tables(self, name: str) -> list[Section]:
        """Return the tables `[[name]]` in their order."""
        value = self.root.get(name, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.complain(f"[[{name}]]", 0, "", f"`{name}` is not a list of tables",
                          allowed=f"[[{name}]] once for each")  # fmt: skip
            value = []
        return [Section(self, f"[[{name}]]", n, v) for n, v in enumerate(value, start=1)]

    def refuse_unknown_tables(self, known: Sequence[str]) -> None:
        """Complain of every top-level name that is not known."""
        for name in self.root:
            if name not in known:
                self.complain(f"[{name}]", 0, "", f"unknown table `{name}`{_hint(name, known)}",
                              allowed=", ".join(known), rule_id="unknown_key")  # fmt: skip

    def complain(
        self,
        header: str,
        ordinal: int,
        key: str,
        given: str,
        *,
        allowed: str = "",
        remedy: str = "",
        rule_id: str = "study_toml",
    ) -> None:
        """Add a problem at a key."""
        line = self._lines.get((header.strip("[]"), max(ordinal, 1), key))
        place = f"{header}{f' number {ordinal}' if ordinal else ''}{f' {key}' if key else ''}"
        where = f"{self.name}, line {line}, {place}" if line else f"{self.name}, {place}"
        self.faults.append(
            fault(rule_id, given, where=where, allowed=allowed,
                  remedy=remedy or "correct study.toml", record=f"{place}: {rule_id}",
                  line=line or 0, column=key)
        )  # fmt: skip


class Section:
    """One table; remembers which keys were asked for, so that the others can be named."""

    def __init__(self, reader: TomlReader, header: str, ordinal: int, values: dict[str, Any]):
        self.reader = reader
        self.header = header
        self.ordinal = ordinal
        self.values = values
        self._asked: list[str] = []

    def complain(self, key: str, given: str, *, allowed: str = "", remedy: str = "") -> None:
        """Add a problem at one of its keys."""
        self.reader.complain(self.header, self.ordinal, key, given, allowed=allowed, remedy=remedy)

    def text(self, key: str, *, default: str | None = None, allowed: Sequence[str] = ()) -> str:
        """Return a text that is not blank; without a default it is required."""
        value = self._take(key, str, default)
        if value is None:
            return ""
        if not value.strip() and default is None:
            self.complain(key, f"`{key}` is empty", allowed="a text")
        if allowed and value not in allowed and value != default:
            self.complain(key, f"`{key}` is {value!r}{_hint(value, allowed)}",
                          allowed=", ".join(allowed))  # fmt: skip
        return str(value)

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Return true or false; without a default it is required."""
        return bool(self._take(key, bool, default))

    def whole(self, key: str) -> int:
        """Return a whole number; required."""
        return int(self._take(key, int, None) or 0)

    def number(self, key: str, *, required: bool = True) -> float | None:
        """Return a finite number, or None where it may be absent."""
        value = self._take(key, float, None, required=required)
        if value is not None and not abs(float(value)) < float("inf"):
            self.complain(key, f"`{key}` is {value}", allowed="a finite number")
            return None
        return None if value is None else float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where it is absent."""
        value = self._take(key, list, [])
        if not all(isinstance(v, str) and v.strip() for v in value or []):
            self.complain(key, f"`{key}` is {value!r}", allowed='a list of texts: ["a", "b"]')
            return ()
        return tuple(value or [])

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return a list of [value, words] pairs; required."""
        value = self._take(key, list, None)
        good = isinstance(value, list) and value and all(
            isinstance(p, list) and len(p) == 2 and all(isinstance(t, str) and t for t in p)
            for p in value
        )  # fmt: skip
        if value is not None and not good:
            self.complain(key, f"`{key}` is {value!r}", allowed='pairs: [["T1", "Stage 1"], …]')
        return tuple((p[0], p[1]) for p in value) if good and value else ()

    def raw(self, key: str) -> Any:
        """Return whatever stands there, None where it is absent."""
        self._asked.append(key)
        return self.values.get(key)

    def refuse_unknown(self) -> None:
        """Complain of every key that nobody asked for."""
        for key in self.values:
            if key not in self._asked:
                self.reader.complain(
                    self.header, self.ordinal, key,
                    f"unknown key `{key}`{_hint(key, self._asked)}",
                    allowed=", ".join(self._asked), rule_id="unknown_key",
                )  # fmt: skip

    def _take(self, key: str, kind: type, default: Any, *, required: bool = True) -> Any:
        self._asked.append(key)
        if key not in self.values:
            if default is None and required:
                self.complain(key, f"`{key}` is missing", allowed=_KINDS[kind])
            return default
        value = self.values[key]
        is_right = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        if kind is float:
            is_right = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_right:
            self.complain(key, f"`{key}` is {value!r}", allowed=_KINDS[kind])
            return default
        return value


def _hint(given: str, known: Sequence[str]) -> str:
    near = get_close_matches(given, known, n=1, cutoff=0.6)
    return f" (did you mean `{near[0]}`?)" if near else ""


def _line_index(text: str) -> dict[tuple[str, int, str], int]:
    """Return where each key of each table stands: (table, its number, key) → line."""
    index: dict[tuple[str, int, str], int] = {}
    counts: dict[str, int] = {}
    table, ordinal = "", 1
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            table = header.group(2).strip().replace('"', "")
            counts[table] = counts.get(table, 0) + 1
            ordinal = counts[table] if header.group(1) == "[[" else 1
            index.setdefault((table, ordinal, ""), number)
        elif key := _KEY.match(line):
            index.setdefault((table, ordinal, key.group(1)), number)
    return index
