"""Ingest, SQL and gate read every spelling of the shipped panel as the same target."""

from __future__ import annotations

import csv
from types import SimpleNamespace

import duckdb
import pytest

from contracts import from_rows
from contracts.paths import REPO_ROOT, SEEDS
from contracts.scans import SPOTS
from contracts.studies import STUDIES
from expectations.spot_base import SPOTS_OF_BATCH
from ingest.config_tables import panel_tables
from ingest.load_report import LOADED
from ingest.loading import Outcome
from ingest.panel.catalog import load_panel
from ingest.panel.spelling import meaning
from ingest.panel.spellings import put_spellings
from store import build

PANEL = load_panel("raybiotech_g5")


def spellings() -> list[str]:
    with (SEEDS / "panel_target_aliases.csv").open(encoding="utf-8", newline="") as stream:
        aliases = [row["alias"] for row in csv.DictReader(stream)]
    assert len(aliases) == 715
    names = sorted(PANEL.names)
    return sorted({*aliases, *names, *(n.lower() for n in names), "no such thing", ""})


@pytest.fixture(scope="module")
def con(put_spots):
    con = duckdb.connect()
    build.prepare(con)
    study = SimpleNamespace(study_id="s", panel_id=PANEL.panel_id, has_values=False)
    row = dict.fromkeys(STUDIES.column_names, "x") | {
        "study_id": "s", "panel_id": PANEL.panel_id, "platform_id": "genepix",
        "is_synthetic": True, "channel_nm": 532, "array_unit": "block", "has_study_codes": True,
    }  # fmt: skip
    build.append(con, STUDIES, from_rows([row], STUDIES))
    for relation, rows in panel_tables(study, PANEL):
        build.append(con, relation, from_rows(rows, relation))
    spots = [
        {"study_id": "s", "file_sha256": "f", "source_line": i, "batch_id": "b", "slide_id": "S",
         "block": 1, "spot_row": 1, "spot_column": i, "target_name": name, "target_id": "x",
         "channel_nm": 532, "flag": 0}
        for i, name in enumerate(spellings(), 1)
    ]  # fmt: skip
    put_spots(con, from_rows(spots, SPOTS))
    con.execute("insert into raw.files by name select 's' as study_id, 'f' as file_sha256, 'slide' "
                "as role, 'S' as slide_id, 'S.gpr' as file_name, 1 as n_bytes, 'utf-8' as encoding, "
                "'LF' as line_end, 1 as n_rows_in, 1 as n_rows_loaded, 0 as n_rows_quarantined, "
                "0 as n_rows_unchanged, 'l' as load_id, now() as loaded_at")  # fmt: skip
    loading = SimpleNamespace(con=con, study=study)
    put_spellings(loading, PANEL, [Outcome("slide", "S.gpr", LOADED)])
    yield con
    con.close()


@pytest.fixture(scope="module")
def by_ingest() -> dict[str, str]:
    found = {name: meaning(name, "x", PANEL) for name in spellings()}
    return {name: m.target_id for name, m in found.items() if m.target_id}


def test_the_gate_reads_as_ingest(con, by_ingest):
    rows = con.execute(
        f"with {SPOTS_OF_BATCH} select target_name, target_id from names "
        "where target_id is not null",
        {"study_id": "s", "batch_id": "b"},
    ).fetchall()
    assert dict(rows) == by_ingest
    assert len(by_ingest) > 400


def test_the_model_reads_as_ingest(con, by_ingest):
    path = REPO_ROOT / "warehouse" / "models" / "intermediate" / "int_targets_resolved.sql"
    sql = path.read_text("utf-8")
    staged = {
        "stg_raw__scans": "raw.scans",
        "stg_raw__printed_spots": "(select study_id, print_id, target_name as "
        "scanner_target_name, target_id as scanner_target_id from raw.printed_spots)",
        "stg_raw__values": "(select study_id, target_name as scanner_target_name, "
        'target_id as scanner_target_id from raw."values")',
        "stg_raw__panel_targets": "raw.panel_targets",
        "stg_raw__target_spellings": "(select study_id, target_name as scanner_target_name, "
        "scanner_target_id, target_id, matched_by from raw.target_spellings)",
    }
    for name, source in staged.items():
        sql = sql.replace("{{ ref('" + name + "') }}", source)
    assert "{{" not in sql
    rows = con.execute(f"select scanner_target_name, target_id from ({sql})").fetchall()
    assert dict(rows) == by_ingest


def test_what_could_mean_two_targets_means_none(by_ingest):
    assert not {"MIP", "GRO", "MIP-3", "PDGF", "no such thing", ""} & by_ingest.keys()
    assert {n: by_ingest[n] for n in ("TPO", "PIGF", "CXCL8", "il-6")} == {
        "TPO": "THROMBOPOIETIN", "PIGF": "PIGF", "CXCL8": "IL_8", "il-6": "IL_6",
    }  # fmt: skip


def test_the_ids_of_the_panel_are_no_names_of_others():
    ids = {t.target_id for t in PANEL.targets}
    assert all(t.target_id == meaning(t.target_name, i, PANEL).target_id
               for t in PANEL.targets for i in ids)  # fmt: skip
    assert meaning("CXCL5", "IL_6", PANEL).why_not.startswith("`CXCL5` means ENA-78")
    assert meaning("GRO", "GRO_ALPHA", PANEL).target_id == "GRO_ALPHA"
    assert meaning("", "IL_6", PANEL).target_id == "IL_6"
    assert meaning("Lepton", "LEPTIN", PANEL).target_id == ""
