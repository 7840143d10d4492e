"""Whom an analysis of the plan is about, in words: its subset, visit and grouping."""

from __future__ import annotations

from typing import Any

from contracts.plans import restrictions
from reports import words
from reports.read import Published

#: Groups are formed by it unless a plan says otherwise.
USUAL_GROUPING = "group_code"


def plan_rows(published: Published) -> dict[str, dict[str, Any]]:
    """Return the rows of the plan by the name of their analysis."""
    return {r["analysis_id"]: r for r in published.rows("plan")}


def visit_labels(published: Published) -> dict[str, str]:
    """Return the names of the visits by their codes."""
    return {r["visit"]: r["visit_label"] or r["visit"] for r in published.rows("visits")}


def chosen(plan: dict[str, Any], visits: dict[str, str]) -> str:
    """Return what an analysis restricts or groups otherwise than usual; '' for neither."""
    only = words.listed(f"{column} = {value}" for column, value in _pairs(plan))
    visit = plan["visit"] or ""
    parts = (
        f"only {only}" if only else "",
        f"at {visits.get(visit, visit)}" if visit else "",
        f"grouped by {grouping}" if (grouping := _grouping(plan)) else "",
    )
    return ", ".join(part for part in parts if part)


def with_chosen(title: str, about: str) -> str:
    """Return a heading that also says whom it is about."""
    return f"{title} ({about})" if about else title


def _pairs(plan: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return restrictions(plan["subset"] or "") or ()


def _grouping(plan: dict[str, Any]) -> str:
    grouping = plan["grouping"] or ""
    return "" if grouping == USUAL_GROUPING else grouping
