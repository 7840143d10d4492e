"""What a publication states about the study, and what its own figures and the study's data say."""

from __future__ import annotations

from collections import Counter
from typing import Any

from reports import words
from reports.read import Published
from reports.tables import table

_VERDICT = {
    "inconsistent": "contradicted by its own figures",
    "not_testable": "not testable",
    "reproduced": "reproduced",
    "consistent": "consistent",
    "recorded": "wording only",
}
#: Check of one listed target; there are as many of them as targets.
_TARGET_BY_TARGET = "direction_agreement"
_SEVERITY = ("major", "moderate", "minor", "none")
_AGREEMENT = {
    "same": "the same",
    "same_truncated": "the same where cut off, not rounded",
    "different": "different",
    "not_in_study": "not among its data",
}
_STATUS = {
    "agree": "both, same direction",
    "opposite": "both, opposite directions",
    "only_theirs": "only the publication",
    "only_ours": "only this study",
    "not_measured": "not on the panel",
    "neither": "neither",
}


def claims(published: Published) -> list[dict[str, Any]]:
    """Return for each publication: a sentence, what does not hold, everything else; [] for none."""
    by_publication: dict[str, list[dict[str, Any]]] = {}
    for row in published.rows("claims"):
        by_publication.setdefault(row["publication_id"], []).append(row)
    return [
        {
            "publication": name,
            "sentence": _sentence(rows),
            "failed": _claim_table(
                "Statements that the publication's own figures contradict, the gravest first.",
                sorted(
                    (r for r in rows if _is_wrong(r) and r["check_id"] != _TARGET_BY_TARGET),
                    key=lambda r: (_SEVERITY.index(r["severity"]), r["claim_order"]),
                ),
            ),
            "directions": _claim_table(
                "Targets of which two places state opposite directions.",
                [r for r in rows if _is_wrong(r) and r["check_id"] == _TARGET_BY_TARGET],
            ),
            "others": _claim_table(
                "Everything else that is stated.",
                [r for r in rows if not _is_wrong(r)],
            ),
        }
        for name, rows in by_publication.items()
    ]


def figures(published: Published) -> dict[str, dict[str, Any]]:
    """Return for each publication its numbers beside the study's own: a sentence, a table."""
    by_publication: dict[str, list[dict[str, Any]]] = {}
    for row in published.rows("claim_figures"):
        by_publication.setdefault(row["publication_id"], []).append(row)
    return {name: _figures(rows) for name, rows in by_publication.items()}


def comparison(published: Published, titles: dict[str, str]) -> list[dict[str, Any]]:
    """Return for each publication its hits beside the study's: counts and targets."""
    by_publication: dict[str, list[dict[str, Any]]] = {}
    for row in published.rows("publication_comparison"):
        by_publication.setdefault(row["publication_id"], []).append(row)
    return [
        {
            "publication": name,
            "counts": _counts(rows, titles),
            "targets": _targets([r for r in rows if _is_news(r)], titles),
        }
        for name, rows in by_publication.items()
    ]


def _sentence(rows: list[dict[str, Any]]) -> str:
    tally = Counter(r["verdict"] for r in rows)
    told = ", ".join(f"{tally[v]} {said}" for v, said in _VERDICT.items() if tally[v])
    able = sum(not r["is_able_to_fail"] for r in rows if r["verdict"] != "recorded")
    weak = (
        f" Of {able} no figures of their kind could have failed the check, and each says so."
        if able
        else ""
    )
    return (
        f"{words.count(len(rows), 'statement')} of the publication, each computed anew from the "
        f"figures that it prints: {told}.{weak} A contradiction says that two printed things "
        "cannot both be right, not which of them is wrong or why."
    )


def _figures(rows: list[dict[str, Any]]) -> dict[str, Any]:
    tally = Counter(r["agreement"] for r in rows)
    told = words.listed(f"{tally[a]} {said}" for a, said in _AGREEMENT.items() if tally[a])
    return {
        "sentence": f"Of {words.count(len(rows), 'printed number')} that this study's own data "
        f"have too, {told}.",
        "table": table(
            "Numbers as printed beside the same numbers of this study's own data.",
            "Where|Number|Printed|This study|",
            (
                (
                    r["source_place"],
                    r["quantity"],
                    r["printed_text"],
                    words.number(r["study_value"], _decimals(r["printed_text"]) + 1),
                    _AGREEMENT[r["agreement"]],
                )
                for r in rows
            ),
            numeric=(2, 3),
        ),
    }


def _decimals(printed: str) -> int:
    return len(printed.partition(".")[2])


def _claim_table(caption: str, rows: list[dict[str, Any]]) -> Any:
    return table(
        caption,
        "Where|Statement|Verdict|Weight|Arithmetic",
        (
            (
                r["source_place"],
                r["statement"],
                _VERDICT[r["verdict"]],
                "" if r["severity"] == "none" else r["severity"],
                r["explanation"],
            )
            for r in rows
        ),
    )


def _counts(rows: list[dict[str, Any]], titles: dict[str, str]) -> Any:
    contrasts = list(dict.fromkeys(r["contrast_id"] for r in rows))
    cells = []
    for contrast in contrasts:
        own = [r for r in rows if r["contrast_id"] == contrast]
        for rule, column in (("the plan's", "status"), ("the publication's", "status_paper")):
            tally = Counter(r[column] for r in own)
            cells.append((titles.get(contrast, contrast), rule,
                          *(str(tally[s]) for s in _STATUS if s != "neither")))  # fmt: skip
    return table(
        "Targets that differ, in this study and in the publication. The direction is that of the "
        "publication's results.",
        "Comparison|Rule|" + "|".join(t for s, t in _STATUS.items() if s != "neither"),
        cells,
        numeric=(2, 3, 4, 5, 6),
    )


def _targets(rows: list[dict[str, Any]], titles: dict[str, str]) -> Any:
    return table(
        "The same, target by target.",
        "Comparison|Target|Publication|By the plan's rule|By the publication's rule|Fold change",
        (
            (
                titles.get(r["contrast_id"], r["contrast_id"]),
                r["target_name"],
                r["published_direction"] + (", elsewhere the opposite" if r["is_contradicted"]
                                            else ""),
                _STATUS[r["status"]],
                _STATUS[r["status_paper"]],
                words.signed(r["signed_fold_change"], 2),
            )
            for r in rows
        ),
        numeric=(5,),
    )  # fmt: skip


def _is_wrong(row: dict[str, Any]) -> bool:
    return bool(row["verdict"] == "inconsistent")


def _is_news(row: dict[str, Any]) -> bool:
    return row["is_published"] or row["status"] != "neither" or row["status_paper"] != "neither"
