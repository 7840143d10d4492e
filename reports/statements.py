"""The first screen in sentences. Every number in them was read, none is estimated here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.plans import COVARIATE_METHODS, covariate_names
from reports import words
from reports.read import Published
from reports.selection import chosen, visit_labels, with_chosen

CONTROL = "control"
#: Notes on batches that the first screen has room for.
MOST_NOTES = 4


@dataclass(frozen=True)
class Contrast:
    """One comparison of two groups: labels, design and hits beside chance.

    Parameters
    ----------
    about : subset, visit and grouping in words; '' where the plan sets none
    status : confirmatory or exploratory
    """

    contrast_id: str
    numerator: str
    denominator: str
    is_paired: bool
    people: str
    method: str
    rule_text: str
    alpha: float
    min_fold: float
    n_tested: int
    n_hits: int
    n_up: int
    n_down: int
    chance_permuted: float | None
    chance_upper: float | None
    about: str
    status: str
    covariates: tuple[str, ...]

    @property
    def title(self) -> str:
        """The comparison as a heading, with whom it is about."""
        pair = f"{self.numerator} against {words.lower_first(self.denominator)}"
        return with_chosen(pair, self.about)

    @property
    def is_adjusted(self) -> bool:
        """Whether the result that decides is the one at equal covariates."""
        able = COVARIATE_METHODS["contrast"]
        return bool(self.covariates) and self.method in able and self.method != "welch_t"

    @property
    def sentence(self) -> str:
        """The result in one sentence, without a word of cause."""
        found = f"{self.n_hits} of {words.count(self.n_tested, 'target')}"
        split = f"{self.n_up} higher, {self.n_down} lower"
        expected = words.chance(self.chance_permuted)
        return (
            f"{found} differed ({split}). With the group labels shuffled at random, the same "
            f"rule finds {expected} on average."
        )


@dataclass(frozen=True)
class Outcome:
    """Change of one score from baseline, in words."""

    scale_id: str
    label: str
    visit_label: str
    change: str
    ci: str
    p: str
    means: str
    people: str
    meaning: str
    reached: str


def contrasts(published: Published) -> list[Contrast]:
    """Return the comparisons of the plan's own rule, in the plan's order."""
    plans = {
        r["contrast_id"]: r
        for r in published.rows("plan")
        if r["kind"] == "contrast" and r["mode"] == "correct"
    }
    counts = {r["contrast_id"]: r for r in published.rows("hit_counts") if r["mode"] == "correct"}
    first = {r["contrast_id"]: r for r in reversed(published.rows("differential"))}
    visits = visit_labels(published)
    return [
        _contrast(plan, counts[name], first[name], chosen(plan, visits))
        for name, plan in plans.items()
        if name in counts and name in first
    ]


def _contrast(
    plan: dict[str, Any], counts: dict[str, Any], row: dict[str, Any], about: str
) -> Contrast:
    is_paired = plan["pairing"] == "patient"
    people = (
        f"the same {words.count(row['n_pairs'], 'person', 'people')}, before and after"
        if is_paired
        else f"{row['n_numerator']} and {row['n_denominator']} different people"
    )
    return Contrast(
        plan["contrast_id"], row["numerator_label"], row["denominator_label"], is_paired, people,
        counts["method"], counts["rule_text"], plan["alpha"],
        plan["min_abs_fold_change"], counts["n_tested"],
        counts["n_hits"], counts["n_hits_up"], counts["n_hits_down"],
        counts["n_chance_permuted"], counts["n_chance_upper"], about, plan["status"],
        covariate_names(plan["covariates"] or ""),
    )  # fmt: skip


def outcomes(published: Published) -> list[Outcome]:
    """Return each follow-up score against baseline, in the plan's order."""
    rows = published.rows("outcomes")
    first = {r["scale_id"]: r for r in rows if r["is_baseline"]}
    return [
        _outcome(row, first[row["scale_id"]], scale)
        for scale in published.rows("scales")
        for row in rows
        if row["scale_id"] == scale["scale_id"]
        and row["mean_change"] is not None
        and row["scale_id"] in first
    ]


def _outcome(row: dict[str, Any], first: dict[str, Any], scale: dict[str, Any]) -> Outcome:
    direction = "lower" if row["mean_change"] < 0 else "higher"
    is_better = direction == scale["better_direction"]
    people = words.count(row["n"], "person", "people")
    missing = f"{people}, {row['n_missing']} without a score then" if row["n_missing"] else people
    has_test = row["ci_low"] is not None and row["ci_high"] is not None
    return Outcome(
        row["scale_id"],
        row["scale_label"],
        row["visit_label"],
        f"{words.signed(row['mean_change'])} points",
        f"95 % CI {words.interval(row['ci_low'], row['ci_high'])}" if has_test else "not tested",
        words.p_equation(row["p_value"]),
        f"On average {words.number(abs(row['mean_change']))} points {direction} "
        f"({'better' if is_better else 'worse'}): {words.number(first['mean_score'])} before, "
        f"{words.number(row['mean_score'])} then"
        + (", each the mean of those who had a score." if row["n_missing"] else "."),
        missing,
        meaning(row, scale),
        _reached(row, scale),
    )


def meaning(row: dict[str, Any], scale: dict[str, Any]) -> str:
    """Return how the mean change stands against the minimal important difference."""
    mid = scale["mid_score"]
    if mid is None or row["ci_low"] is None:
        return ""
    sign = -1 if scale["better_direction"] == "lower" else 1
    gain = sign * row["mean_change"]
    low, high = sorted((sign * row["ci_low"], sign * row["ci_high"]))
    smallest = f"the smallest change that matters, {words.number(mid)} points"
    if scale["mid_rule"] == "half_baseline_sd":
        smallest += " (half an SD; the scale has no value of its own)"
    if low >= mid:
        return f"The whole interval is beyond {smallest}."
    if high < mid:
        return f"The whole interval falls short of {smallest}."
    if gain >= mid:
        return f"The average is beyond {smallest}, the interval reaches below it."
    return f"The average falls short of {smallest}; the interval leaves both open."


def _reached(row: dict[str, Any], scale: dict[str, Any]) -> str:
    parts = []
    if row["share_mid_reached_frac"] is not None and scale["mid_score"] is not None:
        parts.append(f"{words.percent(row['share_mid_reached_frac'])} improved by at least that")
    if row["share_mid_share_reached_frac"] is not None and scale["mid_frac"] is not None:
        parts.append(
            f"{words.percent(row['share_mid_share_reached_frac'])} by at least "
            f"{words.percent(scale['mid_frac'])} of their own first score"
        )
    return f"{', '.join(parts)}." if parts else ""


def people(published: Published) -> list[str]:
    """Return one sentence per cohort: how many, who, how old."""
    sexes: dict[str, list[str]] = {}
    for row in published.rows("sexes"):
        sexes.setdefault(row["cohort"], []).append(row["sex"])
    return [_cohort(row, sexes.get(row["cohort"], [])) for row in published.rows("cohorts")]


def cohort_name(cohort: str) -> str:
    """Return the people of a cohort in words."""
    return {"patient": "patients", CONTROL: "healthy controls"}.get(cohort, cohort)


def _cohort(row: dict[str, Any], sexes: list[str]) -> str:
    adjective = {"female": "women", "male": "men"}.get(sexes[0], "") if len(sexes) == 1 else ""
    name = cohort_name(row["cohort"])
    ages = (
        f"aged {words.number(row['age_mean_years'])} ± {words.number(row['age_sd_years'])} years "
        f"({row['age_min_years']:g} to {row['age_max_years']:g})"
        if row["age_mean_years"] is not None
        else "age not recorded"
    )
    kind = f", all {adjective}" if adjective else ""
    return f"{row['n']} {name}{kind}, {ages}"


def samples(published: Published) -> str:
    """Return how much was measured."""
    size = published.rows("sizes")[0]
    groups = ", ".join(
        f"{g['n_samples']} {words.lower_first(g['group_label'])}" for g in published.rows("groups")
    )
    return (
        f"{words.count(size['n_samples'], 'serum sample')} ({groups}) on "
        f"{words.count(size['n_slides'], 'slide')} in "
        f"{words.count(size['n_batches'], 'batch', 'batches')}; "
        f"{words.count(size['n_analytes'], 'target')} measured in each."
    )


def held(published: Published) -> list[str]:
    """Return what stands outside the numbers, or entered them in spite of a failed rule."""
    out = []
    for batch in published.rows("batches"):
        n = words.count(batch["n_samples"], "sample")
        if batch["gate_status"] in {"held", "pending"}:
            out.append(f"Batch {batch['batch_id']} ({n}) is {batch['gate_status']}: not in here.")
        elif batch["gate_status"] == "accepted":
            out.append(
                f"Batch {batch['batch_id']} ({n}) is in although a rule failed: "
                f"{batch['failed_rules']}."
            )
    more = len(out) - MOST_NOTES
    return [*out[:MOST_NOTES], f"{more} more under Quality."] if more > 0 else out


def is_uncontrolled(published: Published) -> bool:
    """Return whether people were followed up and nobody was left untreated beside them."""
    later = [g for g in published.rows("groups") if g["is_follow_up"]]
    return bool(later) and all(g["cohort"] != CONTROL for g in later)


def cautions(published: Published) -> list[tuple[str, str]]:
    """Return what must not be concluded: a headline and its reason."""
    out = []
    if is_uncontrolled(published):
        out.append((
            "“After”, not “because of”.",
            "Nobody was left untreated, so a change after treatment cannot be told from one "
            "that would have come anyway.",
        ))  # fmt: skip
    if published.outcomes.num_rows:
        out.append((
            "Regression to the mean.",
            "People are enrolled when they feel bad; a second score is milder on average even "
            "without treatment.",
        ))  # fmt: skip
    ages = {c["cohort"]: c["age_mean_years"] for c in published.rows("cohorts")}
    if ages.get(CONTROL) is not None and ages.get("patient") is not None:
        out.append((
            "Patients against controls is not disease against health.",
            f"The groups also differ in age (mean {words.number(ages['patient'], 0)} and "
            f"{words.number(ages[CONTROL], 0)} years) and in what was not recorded.",
        ))  # fmt: skip
    out.append((
        "Not listed is not “unchanged”, few differences are not “back to normal”.",
        "A target that is not listed was not shown to differ; that does not show it to be equal.",
    ))  # fmt: skip
    out.append((
        "Groups, not persons.",
        "Nothing here says how one patient will respond.",
    ))  # fmt: skip
    return out
