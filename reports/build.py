"""Put the report together: read what is published, draw, say it in words, write one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from contracts import failure
from reports import (
    claims,
    clinic,
    clustering,
    correlation_tables,
    diagnostics,
    equivalence_tables,
    figures,
    glossary,
    methods,
    odds_tables,
    predictions,
    quality_tables,
    robustness_tables,
    statements,
    tables,
    vega,
    words,
)
from reports.provenance import Provenance
from reports.read import Published, read_published

_TEMPLATES = Path(__file__).with_name("templates")
SYNTHETIC = "SYNTHETIC DATA – no real person"


def build_report(
    con: duckdb.DuckDBPyConnection,
    study_id: str,
    *,
    out: Path,
    provenance: Provenance,
    cache_dir: Path | None = None,
) -> Path:
    """Write the report of one study as a single HTML file that needs no network.

    Parameters
    ----------
    con : DuckDBPyConnection
        Open on the published warehouse; only read from.
    study_id : str
    out : Path
        File to write; replaced whole or not at all.
    provenance : Provenance
        The generation that `con` is open on.
    cache_dir : Path, optional
        Keeps the bundled drawing program between reports (saves seconds).

    Raises
    ------
    CytomartError
        The study is not published, the file lacks a relation, or the plan is another one.
    """
    published = read_published(con, study_id)
    _check_plan(published, provenance)
    page = render(published, provenance, program=vega.bundle(cache_dir))
    out.parent.mkdir(parents=True, exist_ok=True)
    vega.write_whole(out, page)
    return out


def render(published: Published, provenance: Provenance, *, program: str) -> str:
    """Return the page; `program` is the bundled Vega."""
    draw = _text("draw.js")
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["lower_first"] = words.lower_first
    hashes = f"{vega.script_hash(program)} {vega.script_hash(draw)}"
    return environment.get_template("report.html.j2").render(
        style=Markup(_text("report.css")),  # our own file
        program=Markup(program),  # hashed in the policy
        draw=Markup(draw),  # our own file
        script_hashes=Markup(hashes),  # base64
        provenance=provenance,
        plan_hash=plan_hash(published),
        terms=glossary.TERMS,
        **_content(published),
    )


def _content(published: Published) -> dict[str, Any]:
    head = published.head
    stamp = SYNTHETIC if head["is_synthetic"] else ""
    contrasts = statements.contrasts(published)
    outcomes = statements.outcomes(published)
    titles = {c.contrast_id: c.title for c in contrasts}
    return {
        "head": head,
        "is_synthetic": head["is_synthetic"],
        "people": statements.people(published),
        "samples": statements.samples(published),
        "outcomes": outcomes,
        "contrasts": contrasts,
        "cautions": statements.cautions(published),
        "held": statements.held(published),
        "is_uncontrolled": statements.is_uncontrolled(published),
        "chance": words.chance,
        "characteristics": tables.characteristics(published),
        "cohort_table": tables.cohorts(published),
        "group_table": tables.groups(published),
        "score_table": tables.scores(published),
        "correlations": correlation_tables.correlations(published),
        "odds_table": odds_tables.odds_ratios(published),
        "score_figures": figures.score_figures(published, outcomes, stamp=stamp),
        "pain": clinic.pain_response(published, stamp=stamp),
        "cohort_comparisons": clinic.cohort_comparisons(published),
        "score_visits": len(published.rows("visits")),
        "proteins": _proteins(published, contrasts, stamp),
        "mode_counts": tables.mode_counts(published, titles),
        "mode_changes": tables.mode_changes(published, titles),
        "robust_counts": robustness_tables.counts(published, titles),
        "robust_fragile": robustness_tables.fragile(published, titles),
        "robust_recipes": robustness_tables.recipes(published),
        "named_analyses": robustness_tables.named(published, titles),
        "clustering": clustering.clustering(published, stamp=stamp),
        "batches": quality_tables.batches(published),
        "lots": quality_tables.lots(published),
        "contrast_lots": quality_tables.contrast_lots(published),
        "failed_rules": quality_tables.failed_rules(published),
        "acceptances": quality_tables.acceptances(published),
        "exclusions": quality_tables.exclusions(published),
        "left_out": quality_tables.left_out(published),
        "poor_arrays": quality_tables.poor_arrays(published),
        "gate_rules": quality_tables.gate_rules(published),
        "quality_figure": figures.quality_figure(published, stamp=stamp),
        "equivalence": equivalence_tables.equivalence(published),
        "predictions": predictions.predictions(published, stamp=stamp),
        "diagnostics": diagnostics.diagnostics(published, contrasts, stamp=stamp),
        "claims": claims.claims(published),
        "claim_figures": claims.figures(published),
        "comparisons": claims.comparison(published, titles),
        "assumptions": diagnostics.assumptions(published, titles),
        "methods": methods.paragraphs(published, contrasts),
        "plan_changes": quality_tables.plan_changes(published),
        "files": quality_tables.files(published),
    }


def _proteins(
    published: Published, contrasts: list[statements.Contrast], stamp: str
) -> list[dict[str, Any]]:
    plots = figures.volcanoes(published, contrasts, stamp=stamp)
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in published.rows("differential"):
        rows.setdefault(row["contrast_id"], []).append(row)
    return [
        {
            "contrast": c,
            "figure": plots[c.contrast_id],
            "differing": tables.differing(rows[c.contrast_id], c.title),
            "all": tables.every_target(rows[c.contrast_id], c.title),
        }
        for c in contrasts
    ]


def plan_hash(published: Published) -> str:
    """Return the hash of the plan that the results rest on."""
    return ", ".join(sorted({r["plan_hash"] for r in published.rows("plan")}))


def _check_plan(published: Published, provenance: Provenance) -> None:
    found = plan_hash(published)
    if provenance.plan_hash and provenance.plan_hash != found:
        raise failure(
            f"the published plan is {found[:12]}, the caller expected {provenance.plan_hash[:12]}",
            remedy="build and publish again, then report",
            exit_code=4,
        )


def _text(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
