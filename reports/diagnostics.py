"""Do the tests keep their promises? p-values, spreads and assumptions, contrast by contrast."""

from __future__ import annotations

from typing import Any

from reports import words
from reports.charts.mean_variance import mean_variance
from reports.charts.p_values import p_values
from reports.figures import Figure, drawn
from reports.read import Published
from reports.selection import chosen, plan_rows, visit_labels, with_chosen
from reports.statements import Contrast
from reports.tables import Table, table

_METHODS = {
    "levene": "Levene",
    "brown_forsythe": "Brown–Forsythe",
    "bartlett": "Bartlett",
    "shapiro_wilk": "Shapiro–Wilk",
}


def diagnostics(
    published: Published, contrasts: list[Contrast], *, stamp: str
) -> list[dict[str, Any]]:
    """Return for each contrast its title, the histogram of p and the plot of spreads, if any."""
    bins = published.p_values.to_pandas()
    spreads = published.spreads.to_pandas()
    out = []
    for number, c in enumerate(contrasts, start=1):
        mine = bins[bins["contrast_id"] == c.contrast_id]
        if mine.empty:
            continue
        spread = spreads[spreads["contrast_id"] == c.contrast_id]
        out.append({
            "title": c.title,
            "histogram": _histogram(number, c, mine, stamp),
            "spread": None if spread.empty else _spread(number, c, spread, stamp),
        })  # fmt: skip
    return out


def _histogram(number: int, c: Contrast, bins: Any, stamp: str) -> Figure:
    first = bins.iloc[0]
    return drawn(
        f"p-values-{number}",
        p_values(bins),
        f"p-values of the {first['n_tested']} targets by the plan’s test. Dashed: how many each "
        "bar would hold if nothing differed.",
        f"Histogram of p-values, {c.title}: {first['n_targets']} of {first['n_tested']} targets "
        f"lie below 0.05, {words.number(first['n_expected'])} would by chance.",
        stamp=stamp,
    )


def _spread(number: int, c: Contrast, spread: Any, stamp: str) -> Figure:
    return drawn(
        f"spreads-{number}",
        mean_variance(spread),
        "Each point: the spread of one target. Dashed: the spread that all targets together "
        "suggest; the moderated t draws every target towards it, along the grey line.",
        f"Standard deviation against mean level, {c.title}, {len(spread)} targets.",
        stamp=stamp,
    )


def assumptions(published: Published, titles: dict[str, str]) -> Table:
    """Return how many targets speak against what the tests assume, beside chance."""
    plans, visits = plan_rows(published), visit_labels(published)
    return table(
        "Checks of assumptions: targets that speak against one, and how many would by chance.",
        "Comparison|Check|Group|Assumed|Targets|p below the level|By chance|After correction",
        (
            (
                _checked(r, plans[r["analysis_id"]], titles, visits),
                _METHODS.get(r["method"], r["method"]),
                r["stratum"],
                r["assumption"],
                str(r["n_tested"]),
                str(r["n_below"]),
                words.number(r["n_chance_upper"]),
                str(r["n_below_adjusted"]),
            )
            for r in published.rows("assumptions")
        ),
        numeric=(4, 5, 6, 7),
    )


def _checked(
    row: dict[str, Any], plan: dict[str, Any], titles: dict[str, str], visits: dict[str, str]
) -> str:
    if plan["kind"] == "contrast":
        return titles.get(row["contrast_id"], row["contrast_id"])
    return with_chosen(f"All groups, analysis {row['analysis_id']}", chosen(plan, visits))
