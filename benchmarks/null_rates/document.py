"""Rates and power as tables of a document, between its marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.kept import put_table
from benchmarks.null_rates.demo_power import Power
from benchmarks.null_rates.odds import EXACT, OddsRate
from benchmarks.null_rates.predictions import Claimed
from benchmarks.null_rates.rates import Rate

_WORDS = {"exact": "within 3 standard errors of {0}", "at_most": "at most {0} + 3 standard errors"}


def rate_lines(rates: Sequence[Rate]) -> list[str]:
    """Return a row of a table for each rate, with its head."""
    head = [
        "| test | data | rate below 0.05 | SE | targets 5–95 % | must be |",
        "|---|---|---|---|---|---|",
    ]
    return head + [
        f"| `{r.test}` | {r.data} | **{_share(r.rate)}** | {r.standard_error:.4f} "
        f"| {_places(r)} | {_must(r)} |"
        for r in rates
    ]


def power_lines(power: Sequence[Power]) -> list[str]:
    """Return a row of a table for each rule in studies of each size, with its head."""
    head = [
        "| patients | contrast | test, rule | ≥ 1.5-fold found | smaller found "
        "| no change, yet hit | false share | more / fewer than unpaired t |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return head + [
        f"| {r.n_patients} | {r.contrast} | `{r.test}`, {r.rule} "
        f"| {r.true_found:.1f} of {r.n_true:.0f} | {r.small_found:.1f} of {r.n_small:.0f} "
        f"| {r.none_found:.2f} of {r.n_none:.0f} | {r.false_share:.3f} | {_gain(r)} |"
        for r in power
    ]


def claim_lines(claimed: Sequence[Claimed]) -> list[str]:
    """Return a row of a table for what the search for a model claims of each kind of study."""
    head = [
        "| persons with v without the event, 80 targets | cross-validated AUC | SE "
        "| studies 5–95 % | must be | apparent AUC | less bootstrap optimism "
        "| permutation p ≤ 0.05 | models with the true target |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return head + [
        f"| {r.case} | **{r.auc:.3f}** | {r.auc_error:.3f} | {r.auc_q05:.2f}–{r.auc_q95:.2f} "
        f"| {_range(r)} | {r.apparent:.2f} | {r.corrected:.2f} | {r.below_level:.3f} "
        f"| {'' if r.effect == 0 else f'{r.first_frac:.0%}'} |"
        for r in claimed
    ]


def odds_lines(odds: Sequence[OddsRate]) -> list[str]:
    """Return a row of a table for each test of odds ratios, with its head."""
    head = [
        "| test | persons | rate below 0.05 at 10 % | at 30 % | at 50 % | largest, at | must be |",
        "|---|---|---|---|---|---|---|",
    ]
    return head + [
        f"| `{r.test}` | {r.data} | {_share(r.rate_10)} | {_share(r.rate_30)} "
        f"| {_share(r.rate_50)} | **{_share(r.largest)}**, {r.at:.1%} "
        f"| {'at most 0.05' if r.test in EXACT else ''} |"
        for r in odds
    ]


def write_tables(document: Path, tables: Mapping[str, Sequence[str]]) -> None:
    """Put tables between their marks of the document."""
    for name, lines in tables.items():
        put_table(document, name, "\n".join(lines))


def _range(r: Claimed) -> str:
    return f"{r.low:g} to {r.high:g}" if r.high < 1 else f"above {r.low:g}"


def _share(rate: float) -> str:
    return f"{rate:.4f}"


def _places(r: Rate) -> str:
    return "" if r.n_tests == 1 else f"{r.target_q05:.3f}–{r.target_q95:.3f}"


def _must(r: Rate) -> str:
    if r.rule == "between":
        return f"{r.low:g} to {r.high:g}"
    return _WORDS.get(r.rule, "").format(_share(r.expected))


def _gain(r: Power) -> str:
    return "" if r.more_frac != r.more_frac else f"{r.more_frac:.0%} / {r.fewer_frac:.0%}"
