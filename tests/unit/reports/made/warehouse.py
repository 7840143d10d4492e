"""A small published warehouse made from frames: 80 analytes × 3 contrasts, 70 samples.

The numbers are drawn, but hang together: hits follow from the adjusted p, counts from the hits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from contracts import QUALITY, RAW, from_rows
from reports.build import build_report
from reports.provenance import Provenance
from tests.unit.reports.made.claims import claims
from tests.unit.reports.made.clusterings import clusterings
from tests.unit.reports.made.names import HOSTILE, NAMES, STUDY
from tests.unit.reports.made.outcomes import correlations, odds_ratios
from tests.unit.reports.made.outcomes import outcomes as made_outcomes
from tests.unit.reports.made.outcomes import responses as made_responses
from tests.unit.reports.made.predictions import predictions
from tests.unit.reports.made.raw import contract_rows, small_tables
from tests.unit.reports.made.results import diagnostics, differential, hit_counts, robustness


def make_warehouse(path: Path, *, is_hostile: bool = False, is_synthetic: bool = True) -> Path:
    """Write the published file; `is_hostile` puts markup and formulas into every free text."""
    rng = np.random.default_rng(7)
    names = list(NAMES)
    if is_hostile:
        names[: len(HOSTILE)] = HOSTILE
    text: Callable[[str], str] = (lambda t: f"{t} {HOSTILE[1]}{HOSTILE[3]}") if is_hostile else str
    frame = differential(names, rng)
    if is_hostile:
        frame["is_hit"] |= frame["analyte_name"].isin(HOSTILE)
        frame["gene_symbols"] = HOSTILE[0]
        frame["direction_in_words"] = frame["direction_in_words"].map(text)
    facts, outcomes = made_outcomes(rng, text)
    counts = hit_counts(frame)
    analytes = frame.drop_duplicates("analyte_id")[["study_id", "analyte_id", "analyte_name"]]
    status = frame["is_hit"].map({True: "both", False: "neither"})
    tables = {
        **small_tables(rng),
        "marts.fct_outcomes": facts,
        "marts.dim_analytes": analytes.assign(is_reportable=True),
        "marts.fct_measurements": pd.DataFrame(
            {"study_id": STUDY, "is_primary_variant": [True] * 5600}),
        "vocabulary.instruments": pd.DataFrame({
            "instrument_id": ["vas_pain_0_10"], "score_min": [0.0], "score_max": [10.0],
            "mid_frac": [0.3], "mid_source": ["Another paper"]}),
        "marts.dim_variants": pd.DataFrame({
            "study_id": [STUDY],
            "variant_id": ["subtract_median"], "background_method": ["subtract"],
            "normalisation_method": ["median"],
            "variant_label": ["Local background subtracted, array medians made equal"]}),
        "stats.fct_hit_counts": counts.assign(n_permutations=2000, seed=1),
        "reporting.rpt_outcomes": outcomes,
        "reporting.rpt_pain_responses": made_responses(text),
        "reporting.rpt_correlations": correlations(text),
        "reporting.rpt_odds_ratios": odds_ratios(text),
        "reporting.rpt_hit_counts": counts,
        "reporting.rpt_differential": frame,
        "reporting.rpt_volcano": frame.assign(neg_log10_p=-np.log10(frame["p_value"]))[
            ["study_id", "contrast_id", "analyte_id", "analyte_name", "change_log2fc", "p_value",
             "p_adjusted", "neg_log10_p", "is_hit", "verdict"]],
        "reporting.rpt_robustness": robustness(frame, text),
        "stats.fct_variant_tests": pd.concat([
            frame.assign(variant_id=v, is_primary_variant=v == "subtract_median")
            for v in ("subtract_median", "none_none")])[
                ["study_id", "contrast_id", "analyte_id", "variant_id", "is_primary_variant",
                 "is_hit"]],
        "reporting.rpt_reanalyses": frame.assign(
            analysis_name="reviewer-2", variant_id="none_none", note=text("asked in review"),
            comparison=frame["is_hit"].map({True: "lost", False: "hit_in_neither"}),
            primary_log2fc=frame["change_log2fc"], named_log2fc=frame["change_log2fc"] / 2,
            primary_p_adjusted=frame["p_adjusted"], named_p_adjusted=0.5)[
                ["study_id", "analysis_name", "variant_id", "note", "contrast_id",
                 "analyte_name", "comparison", "primary_log2fc", "named_log2fc",
                 "primary_p_adjusted", "named_p_adjusted"]],
        **diagnostics(frame, text),
        **predictions(frame, text),
        **clusterings(frame, rng, text),
        **claims(text),
        "reporting.rpt_mode_comparison": frame.assign(
            paper_p_value=frame["p_value"], paper_signed_fold_change=frame["signed_fold_change"],
            is_hit_paper=frame["is_hit"], correct_p_adjusted=frame["p_adjusted"],
            is_hit_correct=frame["is_hit"],
            status=status.mask(frame.index % 13 == 0, "only_paper"), why=text("small change"),
        )[["study_id", "contrast_id", "analyte_id", "analyte_name", "paper_p_value", "paper_signed_fold_change",
           "is_hit_paper", "correct_p_adjusted", "is_hit_correct", "status", "why"]],
    }  # fmt: skip
    _write(path, tables, contract_rows(text, is_synthetic=is_synthetic))
    return path


def _write(path: Path, tables: dict[str, pd.DataFrame], rows: dict[str, list[dict]]) -> None:
    with duckdb.connect(str(path)) as con:
        for relation in (*RAW, *QUALITY):
            for statement in relation.as_table().create_sql():
                con.execute(statement)
            if given := rows.get(relation.full_name):
                con.register("rows_in", from_rows(given, relation))
                con.execute(f"insert into {relation.full_name} select * from rows_in")
        for schema in ("marts", "stats", "reporting", "vocabulary"):
            con.execute(f"create schema if not exists {schema}")
        for name, frame in tables.items():
            con.register("frame_in", pa.Table.from_pandas(frame, preserve_index=False))
            con.execute(f"create table {name} as select * from frame_in")


def make_empty_warehouse(path: Path) -> Path:
    """Write a file whose only batch is held: no sample, no test, no score has been released."""
    make_warehouse(path)
    with duckdb.connect(str(path)) as con:
        for schema, name in con.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema in ('marts', 'stats', 'reporting')"
        ).fetchall():
            con.execute(f"delete from {schema}.{name} where '{name}' <> 'dim_batches'")
        con.execute("update marts.dim_batches set gate_status = 'held'")
    return path


def make_report(warehouse: Path, out: Path, **options: Any) -> Path:
    provenance = Provenance(3, "ef" * 32, datetime(2024, 1, 4, 12, tzinfo=UTC), {"duckdb": "1"})
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return build_report(con, STUDY, out=out, provenance=provenance, **options)
