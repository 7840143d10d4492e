"""A proposal as redcap-mapping.toml, with the reason behind every line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from ingest.redcap.dictionary import Field
from ingest.redcap.mapping import FILE_NAME, OPEN, Cell
from ingest.redcap.propose import Proposal

_HEAD = """\
# {name}: which field of the REDCap export is which cell of patients and assessments.
# Proposed by `cytomart map redcap`. Look through every line; one with "{open}" has to be decided.
# It is used at every load: put each new export (raw data, CSV) into the study folder.
"""


def mapping_text(proposal: Proposal) -> str:
    """Return the text of a mapping file."""
    mapping, why = proposal.mapping, proposal.why
    lines = [_HEAD.format(name=FILE_NAME, open=OPEN), "[source]"]
    lines.append(f"export = {_quoted(mapping.export)}  # `*` stands for a date: the newest is read")
    if mapping.dictionary:
        lines.append(f"dictionary = {_quoted(mapping.dictionary)}")
    lines += [
        f"dictionary_sha256 = {_quoted(mapping.dictionary_sha256)}",
        f"record_id = {_quoted(mapping.record_id)}",
        _line("missing_codes", _list(mapping.missing_codes), why.get("source.missing_codes", "")),
        "",
        "[visits]  # event, event#instance or #instance = visit of study.toml",
        *(_line(_quoted(e), _quoted(v), why.get(f"visits.{e}", ""))
          for e, v in mapping.visits.items()),
        "",
        "[left_out]",
        _line("identifiers", _list(mapping.identifiers), "identify people; never read"),
        _line("events", _list(mapping.left_out_events), "events whose scores are not read"),
        "",
        "[patients]",
        *(_line(c, _cell(cell), why.get(f"patients.{c}", ""))
          for c, cell in mapping.patients.items()),
    ]  # fmt: skip
    for number, entry in enumerate(mapping.assessments, start=1):
        reason = why.get(f"assessments.{number}", "")
        lines += ["", "[[assessments]]",
                  _line("instrument_id", _quoted(entry.instrument_id), reason)]  # fmt: skip
        if entry.visit:
            lines.append(f"visit = {_quoted(entry.visit)}")
        lines += [f"{c} = {_cell(cell)}" for c, cell in entry.cells.items()]
    lines += ["", *_spare(proposal.spare), *_seen(mapping.seen)]
    return "\n".join(lines) + "\n"


def attribute_text(field: Field) -> str:
    """Return a clinical column for study.toml, as a field's choices suggest it."""
    pairs = ", ".join(f"[{_quoted(code)}, {_quoted(label)}]" for code, label in field.choices)
    multiple = "multiple = true\n" if field.kind == "checkbox" else ""
    return (
        f"[[attributes]]\nid = {_quoted(field.name)}\nlabel = {_quoted(field.label)}\n{multiple}"
        f"levels = [{pairs}]"
    )


def _spare(fields: Iterable[Field]) -> list[str]:
    chosen = [f for f in fields if f.choices]
    others = [f.name for f in fields if not f.choices]
    lines = []
    if others:
        lines += [f"# not mapped, not kept: {', '.join(others)}", ""]
    if chosen:
        lines.append("# Choices that nothing maps. To keep one, put its lines into study.toml and")
        lines.append('# map it under [patients], such as: er = "er"')
        for field in chosen:
            lines += [f"#   {line}" for line in attribute_text(field).splitlines()]
        lines.append("")
    return lines


def _seen(seen: Mapping[str, str]) -> list[str]:
    return ["[seen]  # the dictionary when this was made; later exports are compared with it",
            *(f"{_quoted(f)} = {_quoted(s)}" for f, s in seen.items())]  # fmt: skip


def _line(key: str, value: str, why: str) -> str:
    said = " ".join(why.split())
    return f"{key} = {value}  # {said}" if said else f"{key} = {value}"


def _cell(cell: Cell) -> str:
    if not cell.source:
        return "{ value = " + _quoted(cell.value) + " }" if cell.value != OPEN else _quoted(OPEN)
    if not (cell.levels or cell.is_checkbox or cell.part):
        return _quoted(cell.source)
    parts = [f"{'checkbox' if cell.is_checkbox else 'field'} = {_quoted(cell.source)}"]
    if cell.levels:
        pairs = ", ".join(f"{_quoted(c)} = {_quoted(v)}" for c, v in cell.levels.items())
        parts.append("levels = { " + pairs + " }")
    if cell.part:
        parts.append(f"part = {_quoted(cell.part)}")
    return "{ " + ", ".join(parts) + " }"


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(_quoted(t) for t in texts) + "]"


def _quoted(text: str) -> str:
    """Return a text as a TOML string: JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)
