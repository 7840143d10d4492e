"""Rows of claims: everything that is wrong with a set of them, before anything is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.claim_checks import CHECKS, MUST_RELATE, NO_RELATED, Check
from contracts.claim_figures import FigureError, Value, read_figure, split_figures
from contracts.claim_measures import read_measured
from contracts.claims import CLAIM_COLUMNS, OPTIONAL_CLAIM_COLUMNS, SEVERITIES


@dataclass(frozen=True)
class ClaimFault:
    """What is wrong with one cell of a claim: its row, what was given, what is allowed, what to do.

    Parameters
    ----------
    row : place of the row among those handed over, from 0
    """

    row: int
    column: str
    given: str
    allowed: str
    remedy: str


def claim_faults(rows: Sequence[Mapping[str, Any]]) -> tuple[ClaimFault, ...]:
    """Return everything that is wrong with claims, all at once, in the order of the rows.

    Parameters
    ----------
    rows : cells by the columns of `raw.claims`; texts may be None or absent
        Claims are told apart by study (where there is one), publication and claim_id.
    """
    texts = [{c: cell(row, c) for c in CLAIM_COLUMNS} for row in rows]
    sets = [
        (cell(row, "study_id"), t["publication_id"]) for row, t in zip(rows, texts, strict=True)
    ]
    named = Counter(zip(sets, (t["claim_id"] for t in texts), strict=True))
    members: dict[tuple[str, str], list[str]] = {}
    for key, text in zip(sets, texts, strict=True):
        members.setdefault(key, []).append(text["claim_id"])
    faults: list[ClaimFault] = []
    for number, (key, text) in enumerate(zip(sets, texts, strict=True)):
        faults += _cell_faults(number, text)
        if text["claim_id"] and named[key, text["claim_id"]] > 1:
            faults.append(ClaimFault(
                number, "claim_id", f"claim_id `{text['claim_id']}` stands more than once",
                "one row per claim_id of a publication", "give each claim its own name",
            ))  # fmt: skip
        if check := CHECKS.get(text["check_id"]):
            faults += _figure_faults(number, text["figures"], check)
            faults += _related_faults(number, text, check, members[key])
        faults += _measured_faults(number, text)
    return tuple(faults)


def cell(row: Mapping[str, Any], column: str) -> str:
    """Return a cell as text without surrounding blanks; '' where it is absent."""
    value = row.get(column)
    return "" if value is None else str(value).strip()


def read_figures(text: str, check: Check) -> dict[str, Value]:
    """Return the figures of a faultless row by name."""
    kinds = check.by_name
    return {
        name: read_figure(kinds[name], value) if name in kinds else value
        for name, value in split_figures(text)
    }


def related_ids(text: str, own: str, members: Sequence[str]) -> tuple[str, ...]:
    """Return the claims that related_claim_ids means, each once, in the order of the set."""
    wanted = [p.strip() for p in text.split("|") if p.strip()]
    return tuple(
        dict.fromkeys(m for m in members if m != own and any(_means(w, m) for w in wanted))
    )


def _means(wanted: str, claim_id: str) -> bool:
    return claim_id.startswith(wanted[:-1]) if wanted.endswith("*") else claim_id == wanted


def _cell_faults(number: int, text: Mapping[str, str]) -> Iterator[ClaimFault]:
    for column in CLAIM_COLUMNS:
        if not text[column] and column not in OPTIONAL_CLAIM_COLUMNS:
            yield ClaimFault(number, column, f"{column} is empty", "a value in every row",
                             f"fill in {column}")  # fmt: skip
    order = text["claim_order"]
    if order and not (order.isdecimal() and int(order) > 0):
        yield ClaimFault(number, "claim_order", f"claim_order is `{order}`",
                         "a whole number from 1", "number the claims of the set")  # fmt: skip
    if text["severity"] and text["severity"] not in SEVERITIES:
        yield ClaimFault(number, "severity", f"severity is `{text['severity']}`",
                         ", ".join(SEVERITIES), "write one of them, or nothing")  # fmt: skip
    if text["check_id"] and text["check_id"] not in CHECKS:
        yield ClaimFault(number, "check_id", f"there is no check `{text['check_id']}`",
                         ", ".join(sorted(CHECKS)), "write one of them; docs/claims.md says what "
                         "each asks")  # fmt: skip


def _figure_faults(number: int, text: str, check: Check) -> Iterator[ClaimFault]:
    def faulty(given: str, allowed: str, remedy: str) -> ClaimFault:
        return ClaimFault(number, "figures", given, allowed, remedy)

    found = list(split_figures(text))
    names = Counter(name for name, _ in found)
    known = ", ".join(check.by_name) or "none"
    read: dict[str, Value] = {}
    repeated = {n for n, k in names.items() if n and k > 1}
    for name in sorted(repeated):
        yield faulty(f"figure `{name}` stands {names[name]} times", "each name once",
                     "write it once; values of a list have | between them")  # fmt: skip
    for name, value in (f for f in found if f[0] not in repeated):
        if not name:
            yield faulty(f"`{value}` is no figure", "name=value; name=value", "write it so")
        elif name not in check.by_name and not check.is_open:
            yield faulty(f"{check.check_id} reads no figure `{name}`", known,
                         "correct the name, or take it out")  # fmt: skip
        elif figure := check.by_name.get(name):
            try:
                read[name] = read_figure(figure, value)
            except FigureError:
                yield faulty(f"figure {name} is `{value}`", f"{figure.allowed} ({figure.doc})",
                             f"correct {name}")  # fmt: skip
    for figure in check.figures:
        if figure.required and figure.name not in names:
            yield faulty(f"figure {figure.name} is missing: {figure.doc}", figure.allowed,
                         f"add {figure.name}=…")  # fmt: skip
    if check.any_of and not set(check.any_of) & set(names):
        yield faulty(f"{check.check_id} has nothing to compare with",
                     f"at least one of {', '.join(check.any_of)}", "add one of them")  # fmt: skip
    sizes = {n: len(v) for n in check.alike if isinstance(v := read.get(n), tuple)}
    if len(set(sizes.values())) > 1:
        told = ", ".join(f"{n} {k}" for n, k in sizes.items())
        yield faulty(f"lists are not equally long: {told}", "one value each, in the same order",
                     "complete the shorter one")  # fmt: skip


def _measured_faults(number: int, text: Mapping[str, str]) -> Iterator[ClaimFault]:
    try:
        list(read_measured(text["measured_as"], text["figures"]))
    except FigureError as error:
        yield ClaimFault(
            number, "measured_as", str(error),
            "figure=quantity, `|` between the quantities of a list, such as "
            "mean=mean:vas_pain_0_10@baseline",
            "correct it, or leave it empty",
        )  # fmt: skip


def _related_faults(
    number: int, text: Mapping[str, str], check: Check, members: Sequence[str]
) -> Iterator[ClaimFault]:
    wanted = [p.strip() for p in text["related_claim_ids"].split("|") if p.strip()]
    column = "related_claim_ids"
    if check.related == MUST_RELATE and not wanted:
        yield ClaimFault(number, column, f"{check.check_id} compares several claims, and none is "
                         "named", "claim_ids of the set, | between several; name* for all that "
                         "begin so", "name them")  # fmt: skip
    if check.related == NO_RELATED and wanted:
        yield ClaimFault(number, column, f"{check.check_id} reads its own figures only", "nothing",
                         f"leave {column} empty")  # fmt: skip
        return
    for name in wanted:
        if not any(_means(name, m) for m in members if m != text["claim_id"]):
            yield ClaimFault(number, column, f"there is no other claim `{name}` in the set",
                             "claim_ids of the same publication", "correct the name")  # fmt: skip
