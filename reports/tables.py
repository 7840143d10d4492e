"""Rows as text: every table of the report, ready for the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reports import words
from reports.read import Published

_STATUS = {
    "both": "both rules",
    "only_paper": "paper's recipe only",
    "only_correct": "this report's rule only",
    "neither": "neither",
}
_SEVERITY = {"integrity": "integrity", "critical": "critical", "warning": "warning"}


@dataclass(frozen=True)
class Table:
    """A table as the page shows it; `numeric` names the right-aligned columns by place."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    codes: frozenset[int] = frozenset()
    empty: str = "Nothing to show."


def _table(
    caption: str,
    columns: str,
    rows: Iterable[tuple[str, ...]],
    *,
    numeric: Iterable[int] = (),
    codes: Iterable[int] = (),
    empty: str = "Nothing to show.",
) -> Table:
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
    """Return scores by visit with their change from the first visit."""
    return _table(
        "Scores by visit. Change is measured from the first visit, within persons.",
        "Score|Visit|People|Missing|Mean ± SD|Range|Mean change|95 % CI|p",
        (
            (
                r["instrument_label"], r["visit_label"], str(r["n"]), str(r["n_missing"]),
                f"{words.number(r['mean_score'], 2)} ± {words.number(r['sd_score'], 2)}",
                f"{words.number(r['min_score'])} to {words.number(r['max_score'])}",
                words.signed(r["mean_change"], 2),
                words.interval(r["ci_low"], r["ci_high"], 2), words.p_value(r["p_value"]),
            )
            for r in published.rows("outcomes")
        ),
        numeric=range(2, 9),
    )  # fmt: skip


def differing(rows: list[dict[str, Any]], title: str) -> Table:
    """Return the targets of one contrast that the rule found, surest first."""
    return _table(
        f"Targets that differed: {title}",
        "Target|Gene|Direction|Fold change|95 % CI|p|p, BH-adjusted",
        (_target(r) for r in rows if r["is_hit"]),
        numeric=(3, 4, 5, 6),
        empty="No target differed by the rule of the plan.",
    )


def every_target(rows: list[dict[str, Any]], title: str) -> Table:
    """Return all targets of one contrast."""
    return _table(
        f"All targets: {title}",
        "Target|Gene|Direction|Fold change|95 % CI|p|p, BH-adjusted|Below detection|Note",
        (
            (*_target(r), words.percent(r["below_lod_frac"]), r["reason"] or "")
            for r in sorted(rows, key=lambda r: str(r["analyte_name"]).casefold())
        ),
        numeric=(3, 4, 5, 6, 7),
    )


def _target(r: dict[str, Any]) -> tuple[str, ...]:
    return (
        r["analyte_name"],
        (r["gene_symbols"] or "").replace("|", ", "),
        r["direction_in_words"],
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
    return _table(
        "Targets found by the paper's recipe and by this report's rule.",
        "Comparison|Both|Paper's recipe only|This report only|Neither|"
        "Paper's recipe by chance alone",
        rows,
        numeric=range(1, 6),
    )


def mode_changes(published: Published, titles: dict[str, str]) -> Table:
    """Return the targets on which the two rules disagree, and why."""
    return _table(
        "Targets on which the two rules disagree.",
        "Comparison|Target|Found by|Paper's p|Paper's fold change|This report's BH p|Why",
        (
            (
                titles.get(r["contrast_id"], r["contrast_id"]), r["analyte_name"] or "",
                _STATUS.get(r["status"], r["status"]), words.p_value(r["paper_p_value"]),
                words.signed(r["paper_signed_fold_change"], 2),
                words.p_value(r["correct_p_adjusted"]), r["why"] or "",
            )
            for r in published.rows("modes")
            if r["status"] in {"only_paper", "only_correct"}
        ),
        numeric=(3, 4, 5),
        empty="The two rules agree on every target.",
    )  # fmt: skip


def batches(published: Published) -> Table:
    """Return every batch with the verdict of its gate."""
    return _table(
        "Batches and the verdict of the gate. Only released and accepted batches are in this "
        "report.",
        "Batch|Slides|Arrays|Samples|Verdict|Failed rules",
        (
            (
                r["batch_id"], str(r["n_slides"]), str(r["n_arrays"]), str(r["n_samples"]),
                r["gate_status"], r["failed_rules"] or "none",
            )
            for r in published.rows("batches")
        ),
        numeric=(1, 2, 3),
    )  # fmt: skip


def gate_rules(published: Published) -> Table:
    """Return every rule that was put to every batch and to the release."""
    return _table(
        "Every rule of every gate.",
        "Judged|Rule|Severity|Outcome|Measured|Allowed|Source of the limit",
        (
            (
                r["scope_id"], r["rule_label"], _SEVERITY.get(r["severity"], r["severity"]),
                "accepted after failing" if r["is_accepted"] else r["outcome"],
                _measured(r["observed"]), _measured(r["threshold"]), r["threshold_source"],
            )
            for r in published.rows("gates")
        ),
        numeric=(4, 5),
        empty="No gate has run.",
    )  # fmt: skip


def _measured(value: float | None) -> str:
    return words.NOTHING if value is None else f"{value:.4g}".replace("-", words.MINUS)


def failed_rules(published: Published) -> Table:
    """Return the rules that did not pass."""
    return _table(
        "Rules that did not pass.",
        "Judged|Rule|Severity|Outcome|Result in words",
        (
            (
                r["scope_id"], r["rule_label"], r["severity"],
                "accepted after failing" if r["is_accepted"] else r["outcome"], r["message"],
            )
            for r in published.rows("gates")
            if r["outcome"] != "pass"
        ),
        empty="Every rule passed.",
    )  # fmt: skip


def acceptances(published: Published) -> Table:
    """Return failures that a person let through."""
    return _table(
        "Failures that a person accepted, with the reason given.",
        "Batch|Rule|Reason|Day",
        (
            (r["batch_id"], r["rule_id"], r["reason"], r["accepted_on"].isoformat())
            for r in published.rows("acceptances")
        ),
        empty="No failure was accepted.",
    )


def left_out(published: Published) -> Table:
    """Return what was delivered and is not in the numbers."""
    return _table(
        "Delivered, but not in the numbers.",
        "What happened|What|Rows|Why",
        (
            (
                r["kind"],
                r["subject"],
                "" if r["n_rows"] is None else f"{r['n_rows']:,}",
                r["reason"],
            )
            for r in published.rows("waiting")
        ),
        numeric=(2,),
        empty="Everything that was delivered is in the numbers.",
    )


def poor_arrays(published: Published) -> Table:
    """Return the arrays whose verdict is not «ok»."""
    return _table(
        "Arrays to look at again.",
        "Array|Batch|Verdict|Why",
        (
            (r["array_id"], r["batch_id"], r["verdict"], r["verdict_reason"] or "")
            for r in published.rows("arrays")
            if r["verdict"] != "ok"
        ),
        empty="Every array is within the limits.",
    )


def files(published: Published) -> Table:
    """Return the files behind the numbers."""
    return _table(
        "Files behind the numbers. Names of files are not published; the hash finds the original "
        "in the archive.",
        "What it is|Slide|Size|Rows|Loaded|Set aside|SHA-256",
        (
            (
                r["role"], r["slide_id"] or "", words.size(r["n_bytes"]), f"{r['n_rows_in']:,}",
                f"{r['n_rows_loaded']:,}", f"{r['n_rows_quarantined']:,}", r["file_sha256"],
            )
            for r in published.rows("files")
        ),
        numeric=(2, 3, 4, 5),
        codes=(6,),
    )  # fmt: skip
