"""cytomart plan: propose a plan before the data, and say what it can show."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from contracts import failure
from cytomart.front import Front, pass_front
from prepare.planning.forecasting import PlanCheck, check_plan, hindrances, study_of
from prepare.planning.people import people_of
from prepare.planning.suggesting import plan_text, suggest_plan
from stats.forecast import Forecast
from stats.smallest import Detectable, Spread

_folder = click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)


@click.group("plan")
def command() -> None:
    """The analyses, fixed before the data: propose them, and see what they can show."""


@command.command("suggest")
@_folder
@click.option("--to", "target", metavar="FILE", help="Write to FILE; - prints. Default: plan.csv "
              "in the study folder.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a plan that is there.")
@pass_front
def suggest(front: Front, folder: Path | None, target: str | None, force: bool) -> None:
    """Write a plan for the study FOLDER (default: the current one), with a comment a row.

    It is made from study.toml and from whose samples and scores there are: every pair of groups
    (paired where the same people are in both), all groups at once, equivalence after treatment,
    scores against baseline, and levels with scores. Look through it: what is asked is yours to
    decide, before the data.
    """
    folder = folder or Path()
    study = study_of(folder)
    out = folder / "plan.csv" if target is None else Path(target)
    prints = target == "-"
    if not prints and out.exists() and not force:
        raise failure(
            "there is a plan already", where=str(out),
            allowed="a plan is never overwritten unasked",
            remedy="--force replaces it, --to FILE writes beside it, --to - prints",
        )  # fmt: skip
    people = people_of(front.home, folder, study.study_id)
    made = suggest_plan(study, people)
    text = plan_text(made)
    # A plan that is printed must be a plan: what else is said goes to the other stream.
    tell = (lambda line: click.echo(line, err=True)) if prints and not front.as_json else front.say
    for problem in hindrances(people):
        tell(f"! {problem}")
    if not prints:
        out.write_text(text, encoding="utf-8" if text.isascii() else "utf-8-sig", newline="")
        front.say(f"{len(made.rows)} analyses written to {out}: look through them, then: "
                  f"{front.command} plan check {folder}")  # fmt: skip
    elif not front.as_json:
        click.echo(text, nl=False)
    for reason in made.left_out:
        tell(f"  left out: {reason}")
    front.give({"plan": text if prints else str(out), "left_out": list(made.left_out),
                "analyses": [asdict(r) for r in made.rows]})  # fmt: skip


@command.command("check")
@_folder
@click.option("--sd", "between_log2", type=click.FloatRange(0, min_open=True), metavar="LOG2",
              help="SD between persons, log2 units. Default: of the median target that is "
              "published; else effects are told in SD.")  # fmt: skip
@click.option("--sd-change", "change_log2", type=click.FloatRange(0, min_open=True),
              metavar="LOG2", help="SD of the change within a person, log2 units.")  # fmt: skip
@pass_front
def check(
    front: Front, folder: Path | None, between_log2: float | None, change_log2: float | None
) -> None:
    """List every bad cell of a plan, and say what each analysis can show before any test runs.

    Of each analysis: who enters, complete pairs, who cannot enter, and the smallest true effect
    that is found with 80 % power, at the plan's level and at the level over all targets
    (Bonferroni, which the Benjamini-Hochberg rule never undercuts). Nothing is stored, and no
    warehouse is needed.

    Exit codes: 0 no problem, 1 problems, 2 no folder or no plan that could be judged.
    """
    given = Spread(between_log2, change_log2) if between_log2 or change_log2 else None
    found = check_plan(front.home, folder or Path(), spread=given)
    _show(front, found)
    front.give(_facts(found))
    sys.exit(found.exit_code)


def _show(front: Front, found: PlanCheck) -> None:
    for problem in (*found.problems, *found.hindrances):
        front.say(f"! {problem}")
    for told in found.forecasts:
        for reason in told.problems:
            front.say(f"! {told.analysis.where}: {reason}")
    front.say(_spread_in_words(found))
    front.show(
        "What the plan can show (80 % power)",
        ["analysis", "kind", "of", "both", "out", "method", "finds at alpha", "over all targets",
         "note"],
        [
            [t.analysis.analysis_id, t.analysis.kind, _sizes(t), t.n_pairs, t.n_dropped,
             t.analysis.primary_method, *_found(t), t.note]
            for t in found.forecasts
            if not t.problems
        ],
    )  # fmt: skip
    n = len(found.problems) + len(found.hindrances) + sum(len(t.problems) for t in found.forecasts)
    front.say(f"{n} {'problem' if n == 1 else 'problems'}; nothing was stored." if n
              else "No problem; nothing was stored.")  # fmt: skip


def _spread_in_words(found: PlanCheck) -> str:
    between, change = found.spread.between_log2, found.spread.change_log2
    if between is None and change is None:
        return ("Effects in standard deviations (d between persons, dz of changes): nothing is "
                "published yet; --sd and --sd-change say how much levels vary.")  # fmt: skip
    parts = [
        f"{value:.2f} log2 units {what}"
        for value, what in ((between, "between persons"), (change, "of the change within one"))
        if value is not None
    ]
    source = "of the median published target" if found.spread_source == "published" else "as given"
    return f"Standard deviation {source}: {', '.join(parts)}."


def _sizes(told: Forecast) -> str:
    return ", ".join(f"{g.name} {g.n_samples}" for g in told.groups)


def _found(told: Forecast) -> list[str]:
    cells = [_effect(d) for d in told.detectable[:2]]
    return [*cells, *[""] * (2 - len(cells))]


def _effect(found: Detectable) -> str:
    size = f"{found.unit} {found.effect:.2f}"
    if found.log2 is None:
        return size
    return f"{size} = {found.log2:.2f} log2, {found.fold:.2f}-fold"


def _facts(found: PlanCheck) -> dict[str, Any]:
    return {
        "folder": str(found.folder),
        "problems": [asdict(p) for p in (*found.problems, *found.hindrances)],
        "spread": {**asdict(found.spread), "source": found.spread_source},
        "n_targets": found.n_targets,
        "analyses": [_told(t) for t in found.forecasts],
        "exit_code": found.exit_code,
    }


def _told(told: Forecast) -> dict[str, Any]:
    a = told.analysis
    return {
        "analysis_id": a.analysis_id, "kind": a.kind, "contrast_id": a.contrast_id,
        "primary_method": a.primary_method, "mode": a.mode, "status": a.status,
        "groups": [asdict(g) for g in told.groups], "n_pairs": told.n_pairs,
        "n_dropped": told.n_dropped,
        "detectable": [{**asdict(d), "fold": d.fold} for d in told.detectable],
        "note": told.note, "problems": list(told.problems),
    }  # fmt: skip
