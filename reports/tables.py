"""Rows as text: every table of the report, ready for the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reports import words
from reports.read import Published
from reports.statements import CONTROL, cohort_name

_STATUS = {
    "both": "both rules",
    "only_paper": "paper's recipe only",
    "only_correct": "this report's rule only",
    "neither": "neither",
}
_SENSITIVE = {
    "age_sensitive": "changes when ages are accounted for",
    "covariate_sensitive": "changes when covariates are accounted for",
    "variance_sensitive": "depends on the groups having equal variances",
}
_VERDICT = {
    "higher": "▲ higher",
    "lower": "▼ lower",
    "not_shown": "no difference shown",
    "not_computed": "not computed",
}


@dataclass(frozen=True)
class Table:
    """A table as the page shows it; `numeric` names the right-aligned columns by place."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    codes: frozenset[int] = frozenset()
    empty: str = "Nothing to show."


def table(
    caption: str,
    columns: str,
    rows: Iterable[tuple[str, ...]],
    *,
    numeric: Iterable[int] = (),
    codes: Iterable[int] = (),
    empty: str = "Nothing to show.",
) -> Table:
    """Return a table; `columns` are the titles, parted by |, `codes` the columns of hashes."""
    return Table(
        caption, tuple(columns.split("|")), tuple(rows), frozenset(numeric), frozenset(codes), empty
    )


def characteristics(published: Published) -> list[dict[str, Any]]:
    """Return Table 1 grouped by characteristic: name, what was counted, levels."""
    groups: list[dict[str, Any]] = []
    for row in published.rows("table1"):
        if not groups or groups[-1]["name"] != row["characteristic"]:
            groups.append({"name": row["characteristic"], "counted": _counted(row), "levels": []})
        share = words.NOTHING if row["constituent_frac"] is None else (
            words.number(100 * row["constituent_frac"], 2)
        )  # fmt: skip
        groups[-1]["levels"].append((row["level"], f"{row['n']:,}", share))
    return groups


def _counted(row: dict[str, Any]) -> str:
    return f"of {row['denominator']:,} {row['counted_over']}"


def scores(published: Published) -> Table:
    """Return scores by visit with their change from baseline."""
    return table(
        "Scores by visit. Change is measured within persons, from baseline. “Important” is "
        "the share of all people who improved by at least the smallest important change; people "
        "without a score at that visit count as not improved, “of those seen” leaves them out. dz "
        "is the mean change over its standard deviation.",
        "Score|Visit|People|Missing|Mean ± SD|Range|Mean change|95 % CI|dz|p, paired t|"
        "p, signed rank|Important|Of those seen",
        (
            (
                r["scale_label"], r["visit_label"], str(r["n"]), str(r["n_missing"]),
                f"{words.number(r['mean_score'], 2)} ± {words.number(r['sd_score'], 2)}",
                f"{words.number(r['min_score'])} to {words.number(r['max_score'])}",
                words.signed(r["mean_change"], 2),
                words.interval(r["ci_low"], r["ci_high"], 2),
                words.signed(r["effect_size_dz"], 2), words.p_value(r["p_value_paired_t"]),
                words.p_value(r["p_value_wilcoxon"]), words.percent(r["share_mid_reached_frac"]),
                words.percent(r["share_mid_reached_assessed_frac"]),
            )
            for scale in published.rows("scales")
            for r in published.rows("outcomes")
            if r["scale_id"] == scale["scale_id"]
        ),
        numeric=range(2, 13),
    )  # fmt: skip


def cohorts(published: Published) -> Table:
    """Return people and their ages, cohort by cohort."""
    return table(
        "People.",
        "Cohort|People|Age, mean ± SD|Range",
        (
            (
                cohort_name(r["cohort"]).capitalize(), str(r["n"]),
                f"{words.number(r['age_mean_years'], 2)} ± {words.number(r['age_sd_years'], 2)}",
                f"{words.number(r['age_min_years'], 0)} to {words.number(r['age_max_years'], 0)}",
            )
            for r in published.rows("cohorts")
        ),
        numeric=(1, 2, 3),
    )  # fmt: skip


def groups(published: Published) -> Table:
    """Return serum samples, group by group."""
    return table(
        "Serum samples.",
        "Group|Label|Visit|Samples",
        (
            (
                r["group_code"],
                r["group_label"],
                words.NOTHING if r["cohort"] == CONTROL else r["visit_label"] or "",
                str(r["n_samples"]),
            )
            for r in published.rows("groups")
        ),
        numeric=(3,),
    )


def differing(rows: list[dict[str, Any]], title: str) -> Table:
    """Return the targets of one contrast that the rule found, surest first."""
    return table(
        f"Targets that differed: {words.lower_first(title)}. Higher and lower speak of the first.",
        "Target|Gene|Direction|Fold change|95 % CI|p|p, BH-adjusted",
        (_target(r) for r in rows if r["is_hit"]),
        numeric=(3, 4, 5, 6),
        empty="No target differed by the rule of the plan.",
    )


def every_target(rows: list[dict[str, Any]], title: str) -> Table:
    """Return all targets of one contrast."""
    return table(
        f"All targets: {words.lower_first(title)}.",
        "Target|Gene|Direction|Fold change|95 % CI|p|p, BH-adjusted|Would have been found|"
        "Below detection|Note",
        (
            (*_target(r), _detectable(r), words.percent(r["below_lod_frac"]), _note(r))
            for r in sorted(rows, key=lambda r: str(r["analyte_name"]).casefold())
        ),
        numeric=(3, 4, 5, 6, 7, 8),
    )


def _detectable(r: dict[str, Any]) -> str:
    """Return the smallest true fold change that the test finds four times of five."""
    log2fc = r["detectable_adjusted_log2fc"]
    return words.NOTHING if log2fc is None else f"{words.number(2**log2fc, 2)}-fold"


def _note(r: dict[str, Any]) -> str:
    labels = [_SENSITIVE[label] for label in r["sensitivity"].split("|") if label]
    return "; ".join([r["reason"], *labels] if r["reason"] else labels)


def _target(r: dict[str, Any]) -> tuple[str, ...]:
    return (
        r["analyte_name"],
        (r["gene_symbols"] or "").replace("|", ", "),
        _VERDICT.get(r["verdict"], r["verdict"]),
        words.fold(r["change_log2fc"]),
        words.fold_interval(r["ci_low_log2fc"], r["ci_high_log2fc"]),
        words.p_value(r["p_value"]),
        words.p_value(r["p_adjusted"]),
    )


def mode_counts(published: Published, titles: dict[str, str]) -> Table:
    """Return how many targets each of the two rules finds, per contrast."""
    chance = {(r["contrast_id"], r["mode"]): r for r in published.rows("hit_counts")}
    tally: dict[str, dict[str, int]] = {}
    for r in published.rows("modes"):
        per = tally.setdefault(r["contrast_id"], dict.fromkeys(_STATUS, 0))
        per[r["status"]] = per.get(r["status"], 0) + 1
    rows = []
    for name, per in tally.items():
        paper = chance.get((name, "paper"), {})
        rows.append((
            titles.get(name, name), str(per["both"]), str(per["only_paper"]),
            str(per["only_correct"]), str(per["neither"]),
            words.chance(paper.get("n_chance_permuted")),
        ))  # fmt: skip
    return table(
        "Targets found by the paper's recipe and by this report's rule.",
        "Comparison|Both|Paper's recipe only|This report only|Neither|"
        "Paper's recipe by chance alone",
        rows,
        numeric=range(1, 6),
    )


def mode_changes(published: Published, titles: dict[str, str]) -> list[Table]:
    """Return, contrast by contrast, the targets on which the two rules disagree, and why."""
    changed: dict[str, list[dict[str, Any]]] = {name: [] for name in titles}
    for r in published.rows("modes"):
        if r["status"] in {"only_paper", "only_correct"}:
            changed.setdefault(r["contrast_id"], []).append(r)
    return [
        table(
            f"The two rules disagree, {words.lower_first(titles.get(name, name))}:",
            "Target|Found by|Paper's p|Paper's fold change|This report's BH p|Why",
            (
                (
                    r["analyte_name"] or "",
                    _STATUS.get(r["status"], r["status"]),
                    words.p_value(r["paper_p_value"]),
                    words.signed(r["paper_signed_fold_change"], 2),
                    words.p_value(r["correct_p_adjusted"]),
                    r["why"] or "",
                )
                for r in rows
            ),
            numeric=(2, 3, 4),
            empty="on no target.",
        )
        for name, rows in changed.items()
    ]
