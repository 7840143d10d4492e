"""REDCap files: whatever stands in them, they are read or refused in words."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.declared.study_toml import shipped_instruments
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.files.tables import read_sheet
from ingest.redcap.dictionary import read_dictionary
from ingest.redcap.export import Export
from ingest.redcap.mapper import Aim
from ingest.redcap.mapping import read_mapping
from ingest.redcap.propose import propose
from ingest.redcap.translate import translate
from ingest.redcap.write import mapping_text

TITLES = (
    "Variable / Field Name,Form Name,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels",Text Validation Type OR Show Slider Number\n'
)
cells = st.text(st.sampled_from('ab1?",|-{}[]=#é女 '), max_size=6)
kinds = st.sampled_from(["text", "radio", "checkbox", "slider", "yesno", "calc", "x"])
SCALES = {i: m for i, m in shipped_instruments().items() if not m.is_measure}


def source_of(text, name):
    return SourceFile.from_bytes(
        Path(name), text if isinstance(text, bytes) else text.encode("utf-8-sig")
    )


def in_words(refusal):
    """Demand that every fault of a refusal says what is wrong."""
    assert all(f.record and str(f.problem) for f in refusal.faults)


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"'


@settings(max_examples=80, deadline=None)
@given(st.binary(min_size=1, max_size=120))
def test_any_bytes_are_refused_in_words(data):
    for read in (read_dictionary, read_mapping):
        try:
            read(source_of(data, "x.csv" if read is read_dictionary else "x.toml"))
        except RefusedError as refusal:
            in_words(refusal)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(kinds, cells, cells), min_size=1, max_size=5), st.data())
def test_a_proposal_of_any_project_is_toml_and_reads_back(fields, data):
    lines = [f"f{i},form,{k},{quoted(label)},{quoted(choices)},number"
             for i, (k, label, choices) in enumerate(fields)]  # fmt: skip
    dictionary = read_dictionary(source_of(TITLES + "\n".join(lines) + "\n", "d.csv"))
    titles = [f"f{i}" for i in range(len(fields))]
    rows = data.draw(st.lists(st.lists(cells, min_size=len(titles), max_size=len(titles)),
                              min_size=1, max_size=4))  # fmt: skip
    text = "\n".join([",".join(titles), *(",".join(map(quoted, r)) for r in rows)]) + "\n"
    export = Export(read_sheet(source_of(text, "e.csv"), "redcap"), dictionary.record_id)
    proposal = propose(export, dictionary, Aim(visits=(("v", "V"),), scales=SCALES))
    written = mapping_text(proposal)
    assert tomllib.loads(written)["source"]["record_id"] == "f0"
    decided = written.replace('"?"', '{ value = "x" }')
    try:
        mapping = read_mapping(source_of(decided, "m.toml"))
    except RefusedError as refusal:
        in_words(refusal)
        return
    for role in mapping.roles:
        table = translate(export, mapping, role)
        assert all(table.where(row, c) for row in table.rows for c in table.titles)
        assert table.kept is not None
