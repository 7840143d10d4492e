"""Does the answer depend on the recipe? Verdicts over all signal variants, and named analyses."""

from __future__ import annotations

from typing import Any

from reports import words
from reports.read import Published
from reports.tables import Table, table

_COMPARED = {"gained": "hit here only", "lost": "hit of the report only", "sign": "other direction"}


def counts(published: Published, titles: dict[str, str]) -> Table:
    """Return, contrast by contrast, how many of the report's hits every recipe agrees on."""
    rows = []
    for name, title in titles.items():
        mine = [r for r in published.rows("robustness") if r["contrast_id"] == name]
        hits = [r for r in mine if r["is_primary_hit"]]
        if not mine or max(r["n_variants"] for r in mine) < 2:
            continue
        rows.append((
            title,
            str(len(hits)),
            str(sum(r["robustness"] == "every_variant" for r in hits)),
            str(sum(r["robustness"] == "most_variants" for r in hits)),
            str(sum(r["robustness"] == "some_variants" for r in hits)),
            str(sum(not r["is_sign_stable"] for r in hits)),
            str(sum(r["n_variants_hit"] > 0 for r in mine if not r["is_primary_hit"])),
        ))  # fmt: skip
    return table(
        "Targets that differed in this report, and in how many of the other recipes.",
        "Comparison|This report|In every recipe|In most|In half or fewer|"
        "Another direction in some|Found by other recipes only",
        rows,
        numeric=range(1, 7),
    )


def fragile(published: Published, titles: dict[str, str]) -> Table:
    """Return the hits of the report that not every recipe finds."""
    return table(
        "Targets that differed in this report, but not in every recipe.",
        "Comparison|Target|Recipes that find it|Fold change|Over all recipes|Recipes that do not",
        (
            (
                titles[r["contrast_id"]],
                r["analyte_name"],
                f"{r['n_variants_hit']} of {r['n_variants_computed']}",
                words.fold(r["primary_log2fc"]),
                words.fold_interval(r["lowest_log2fc"], r["highest_log2fc"]),
                r["deviating_variants"],
            )
            for r in published.rows("robustness")
            if r["is_primary_hit"]
            and r["robustness"] != "every_variant"
            and r["contrast_id"] in titles
        ),
        numeric=(2, 3, 4),
        empty="Every recipe finds all of them.",
    )


def recipes(published: Published) -> Table:
    """Return the recipes that were compared."""
    return table(
        "The recipes.",
        "Recipe|In words|Targets found",
        (
            (
                f"{r['variant_id']}{' (this report)' if r['is_primary_variant'] else ''}",
                r["variant_label"],
                str(r["n_hits"]),
            )
            for r in published.rows("recipes")
        ),
        numeric=(2,),
        codes=(0,),
    )


def named(published: Published, titles: dict[str, str]) -> list[Table]:
    """Return a table for every named analysis: where it disagrees with the report."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for row in published.rows("reanalyses"):
        by_name.setdefault(row["analysis_name"], []).append(row)
    return [
        table(
            f"Analysis “{name}” ({rows[0]['variant_id']}"
            f"{'; ' + rows[0]['note'] if rows[0]['note'] else ''}): where it disagrees with this "
            "report.",
            "Comparison|Target|What|Fold change, report|p, BH-adjusted|Fold change, named|"
            "p, BH-adjusted",
            (
                (
                    titles.get(r["contrast_id"], r["contrast_id"]), r["analyte_name"],
                    _COMPARED[r["comparison"]],
                    words.fold(r["primary_log2fc"]), words.p_value(r["primary_p_adjusted"]),
                    words.fold(r["named_log2fc"]), words.p_value(r["named_p_adjusted"]),
                )
                for r in rows if r["comparison"] in _COMPARED
            ),
            numeric=range(3, 7),
            empty="It finds the same targets, in the same direction.",
        )
        for name, rows in by_name.items()
    ]  # fmt: skip
