"""Which 2 × 2 tables print a stated odds ratio and interval, and what is their p?"""

from __future__ import annotations

import math

from scipy import stats as sps

from stats.claims.claim import CONSISTENT, INCONSISTENT, NOT_TESTABLE, Claim, Finding
from stats.claims.p_values import PRange, p_verdict
from stats.claims.rounding import TRUNCATED
from stats.claims.two_by_two import MOST_PERSONS, Table, p_values, tables_that_print
from stats.claims.words import listed, p_text

_NAMES = {"wald": "Wald", "chi_square": "χ²", "chi_square_yates": "χ² with Yates", "fisher":
          "Fisher", "mcnemar": "McNemar", "mcnemar_corrected": "McNemar with correction",
          "binomial": "exact binomial"}  # fmt: skip


def table_reconstruction(claim: Claim) -> Finding:
    """Judge an odds ratio by all tables of the stated sizes that print it with its interval.

    Searched are all tables of two independent groups and, where both sizes are equal, all pairs of
    discordant counts; each as it is and with 0.5 added to each cell (Wald interval on the log
    scale, Woolf 1955), pairs also with the exact interval. A stated p must be one of the p-values
    of one of those tables.

    References
    ----------
    Woolf (1955), Annals of Human Genetics 19:251–253, doi:10.1111/j.1469-1809.1955.tb01348.x.
    """
    n_1, n_2 = claim.count("n_1"), claim.count("n_2")
    if max(n_1, n_2) > MOST_PERSONS:
        told = f"Tables of more than {MOST_PERSONS} persons a group are too many to search."
        return Finding(NOT_TESTABLE, told, is_able_to_fail=False)
    found = tables_of(claim)
    numbers: dict[str, float] = {"n_tables": len(found)}
    stated = (f"{claim.number('or').text} ({claim.number('ci_low').text} to "
              f"{claim.number('ci_high').text})")  # fmt: skip
    if not found:
        return Finding(INCONSISTENT, f"No table of {n_1} and {n_2} persons prints {stated}: "
                       "independent or paired, with or without 0.5 per cell, rounded or truncated.",
                       numbers)  # fmt: skip
    first = found[0]
    log, se, z = first.wald
    numbers |= _cells(first)
    quantile = _quantile(claim)
    numbers |= {"se": se, "z": z, "ci_low": math.exp(log - quantile * se)}
    numbers |= {f"p_{k}": v for k, v in p_values(first).items()}
    told = f"{_which(found, n_1, n_2)} prints {stated}: SE {se:.4f}, z {z:.3f}, {_p_words(first)}."
    if not claim.has("p"):
        return Finding(CONSISTENT, told, numbers)
    p = claim.number("p")
    largest = max(p_values(first).values())
    if p.exact:
        numbers["p_times_stated"] = largest / float(p.exact)
    fitting = [name for table in found for name, value in p_values(table).items()
               if p_verdict(p, PRange(value, value, value)) != INCONSISTENT]  # fmt: skip
    shown = f"p {p.relation} {p.text}"
    if fitting:
        names = listed(dict.fromkeys(_NAMES[f] for f in fitting))
        return Finding(CONSISTENT, f"{told} {shown} fits {names}.", numbers)
    return Finding(INCONSISTENT, f"{told} None of them is {shown}.", numbers)


def tables_of(claim: Claim) -> tuple[Table, ...]:
    """Return the tables that print the odds ratio and interval of a claim."""
    return tables_that_print(
        claim.number("or"), claim.number("ci_low"), claim.number("ci_high"), claim.count("n_1"),
        claim.count("n_2"), _quantile(claim), _level(claim),
    )  # fmt: skip


def _level(claim: Claim) -> float:
    return float(claim.number("level").exact) / 100 if claim.has("level") else 0.95


def _quantile(claim: Claim) -> float:
    return float(sps.norm.isf((1 - _level(claim)) / 2))


def _which(found: tuple[Table, ...], n_1: int, n_2: int) -> str:
    pairs = sum(t.is_paired for t in found)
    truncated = ", truncated," if found[0].way == TRUNCATED else ""
    if len(found) == 1:
        first = "Only " if not pairs else "Only the pairs "
        other = " (no pair table does)" if n_1 == n_2 and not pairs else ""
        return f"{first}{found[0].words}{other}{truncated}"
    shown = listed([t.words for t in found], 3)
    return f"Any of {len(found)} tables ({shown}){truncated}"


def _p_words(table: Table) -> str:
    return ", ".join(f"{_NAMES[k]} p = {p_text(v)}" for k, v in p_values(table).items())


def _cells(table: Table) -> dict[str, float]:
    cut = {"truncated": float(table.way == TRUNCATED)}
    if table.is_paired:
        return {**cut, "pairs_b": table.events_1, "pairs_c": table.events_2, "added": table.added}
    return {**cut, "events_1": table.events_1, "others_1": table.n_1 - table.events_1,
            "events_2": table.events_2, "others_2": table.n_2 - table.events_2,
            "added": table.added}  # fmt: skip
