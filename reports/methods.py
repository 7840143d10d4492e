"""How the numbers were made, in words, from what the plan and the variant declare."""

from __future__ import annotations

from reports import words
from reports.read import Published
from reports.statements import Contrast

_METHODS = {
    "student_t": "Student's t-test",
    "welch_t": "Welch's t-test (which does not assume equal variances)",
    "paired_t": "paired t-test on the differences within persons",
    "moderated_t": "moderated t-test (the variance of each target is drawn towards what all "
    "targets show)",
    "treat": "moderated t-test of a difference larger than the rule's fold change",
    "mann_whitney": "Mann–Whitney test",
    "wilcoxon_signed_rank": "Wilcoxon's signed rank test of the differences within persons",
    "anova_oneway": "one-way analysis of variance",
    "welch_anova": "Welch's analysis of variance",
    "kruskal": "Kruskal–Wallis test",
    "mixed_model": "linear model with a random level of each person (Kenward–Roger)",
    "pearson": "Pearson's correlation",
    "spearman": "Spearman's rank correlation",
    "change_on_change": "regression of the level after on the score's change, both baselines "
    "held constant",
    "mcnemar_odds_ratio": "exact odds ratio of pairs (McNemar)",
    "exact_odds_ratio": "exact conditional odds ratio",
    "firth_odds_ratio": "odds ratio by Firth's logistic regression",
    "tost": "two one-sided tests of equivalence",
}
_BACKGROUND = {
    "subtract": "The local background of each spot was taken away from its brightness. ",
    "none": "The background was not taken away. ",
}
_NORMALISATION = {
    "median": "Each array was scaled so that all arrays have the same median over their targets, "
    "which takes out differences of load and scanning. ",
    "none": "Arrays were not scaled against each other. ",
}


def name_of(method: str) -> str:
    """Return a method in words; an unknown one by its own name."""
    return _METHODS.get(method, method.replace("_", " "))


def paragraphs(published: Published, contrasts: list[Contrast]) -> list[tuple[str, str]]:
    """Return headings and paragraphs of the methods section."""
    return [
        ("Signal", _signal(published)),
        ("The plan", _plan(published)),
        ("Comparisons", _comparisons(contrasts)),
        ("Beside them", _beside(contrasts)),
        *_equivalence(published),
        *_prediction(published),
        ("Chance", _chance(published)),
        ("Scores", _scores(published)),
        ("The paper's recipe", _paper(published)),
        ("Rules for data", _gates()),
    ]


def _signal(published: Published) -> str:
    head = published.head
    channel = f" at {head['channel_nm']} nm" if head["channel_nm"] else ""
    background = _BACKGROUND.get(head["background_method"] or "", "")
    scaling = _NORMALISATION.get(head["normalisation_method"] or "", "")
    label = head["variant_label"] or head["primary_variant_id"]
    replicates = (
        "Replicate wells were averaged; values that were extrapolated, flagged or out of range "
        "carry that mark. "
        if head["background_method"] == "not_applicable"
        else "Replicate spots were averaged; flagged and saturated spots were left out and stay "
        "queryable. "
    )
    return (
        f"Signal variant in force{channel}: {words.lower_first(label)}. {background}{scaling}"
        f"{replicates}Levels are on a log2 scale; a fold change is the ratio of geometric means. "
        "Values below the limit of detection stay in, marked."
    )


def _plan(published: Published) -> str:
    changes = published.rows("plan_changes")
    late = [r for r in changes if r["is_after_data"]]
    n = len(published.rows("plan"))
    head = f"{n} analyses were written down in a plan whose hash stands beside every result. "
    if not changes:
        return head + "It is the plan that was first loaded: nothing of it was changed."
    if not late:
        return head + (
            "It was changed before any scan, value or score was loaded, and not afterwards; the "
            "changes are listed under Where the numbers come from."
        )
    counts = [
        f"{k:,} {'analysis was' if k == 1 else 'analyses were'} {change}"
        for change in ("added", "changed", "removed")
        if (k := len({r["analysis_id"] for r in late if r["change"] == change}))
    ]
    return head + (
        f"After data had been loaded {words.listed(counts)}: these were not fixed before the "
        "data. Each change, with its reason, is listed under Where the numbers come from."
    )


def _comparisons(contrasts: list[Contrast]) -> str:
    if not contrasts:
        return "The plan holds no comparison of groups."
    return (
        "The comparisons, their test and their rule stand in the plan; results do not choose "
        f"them. {'. '.join(map(_comparison, contrasts))}. {_statuses(contrasts)} "
        "The Benjamini–Hochberg adjustment runs over all targets of a comparison. Persons are "
        "paired by their code, never by the order of rows; persons with one sample only are left "
        "out of paired tests and counted."
    )


def _comparison(c: Contrast) -> str:
    adjusted = f", adjusted for {words.listed(c.covariates)}" if c.is_adjusted else ""
    test = f"{name_of(c.method)}{adjusted}"
    return f"{c.title} ({c.status}): {test}, {c.people}; rule: {c.rule_text}"


def _statuses(contrasts: list[Contrast]) -> str:
    if all(c.status == "confirmatory" for c in contrasts):
        return "Confirmatory: the plan puts the question to these data to decide it."
    return (
        "A confirmatory comparison is one that the plan puts to these data to decide; an "
        "exploratory one raises a question that new data must decide."
    )


def _beside(contrasts: list[Contrast]) -> str:
    return (
        "Every comparison was made by further methods too, which are stored and decide nothing; "
        "of groups of different people, a target on which tests with and without equal variances "
        f"disagree is marked.{_covariates(contrasts)} “Would have been found” is the smallest "
        "true fold change that the test, at the spread seen and at the level that the adjustment "
        "came to, finds four times of five: “no difference shown” leaves open whatever is smaller."
    )


def _covariates(contrasts: list[Contrast]) -> str:
    """Return which result decides where a comparison has covariates, comparison by comparison."""
    having = [c for c in contrasts if c.covariates]
    if not having:
        return ""
    parts = [
        f"in “{c.title}” the result adjusted for {words.listed(c.covariates)} decides, and the "
        "same test without them stands beside it"
        if c.is_adjusted
        else f"in “{c.title}” the plan’s test takes none and decides; the moderated t-test with "
        f"and without {words.listed(c.covariates)} stands beside it"
        for c in having
    ]
    return (
        f" Covariates: {'; '.join(parts)}. A target whose verdict by the moderated t-test changes "
        "with them is marked."
    )


def _equivalence(published: Published) -> list[tuple[str, str]]:
    margins = sorted({f"{r['margin_fold']:g}" for r in published.rows("equivalence")})
    if not margins:
        return []
    return [(
        "Equivalence",
        "That a level is as in another group needs its own test: two one-sided Welch tests must "
        f"show that the difference lies within {words.listed(margins)}-fold in either direction. "
        "A target can differ and be equivalent at once, or neither.",
    )]  # fmt: skip


def _prediction(published: Published) -> list[tuple[str, str]]:
    models = published.rows("prediction_models")
    if not models:
        return []
    n = models[0]["n_repeats"]
    return [(
        "Prediction",
        "Each target's baseline level alone: odds ratio per standard deviation by Firth's "
        "penalised likelihood, and area under the ROC curve with DeLong's interval, its direction "
        "fixed. A model of the targets that separate the classes best, by logistic regression "
        "with a ridge penalty: how many and how strong a penalty is chosen by inner "
        f"cross-validation, and all of it is judged by an outer one, dealt anew {n} times. "
        "Scaling, gaps, choice and penalty are made without the persons that are held out.",
    )]  # fmt: skip


def _chance(published: Published) -> str:
    run = published.rows("permutations")[0]
    if not run["n_permutations"]:
        return "Chance hits by permutation were not computed."
    return (
        f"Beside each number of hits stand two numbers of what chance alone gives. The first "
        f"comes from shuffling: labels were permuted within the design {run['n_permutations']:,} "
        f"times (seed {run['seed']}; for pairs the sign of each difference) and the whole rule "
        "applied each time. The second is an upper bound for p-values without any adjustment: "
        "number of targets × level of the test."
    )


def _scores(published: Published) -> str:
    names = sorted({r["method"] for r in published.rows("outcomes") if r["method"]})
    tests = words.listed(name_of(name) for name in names) or "the plan's test"
    return (
        f"Scores are compared within persons: {tests}; persons without a score at a visit "
        "are counted and shown as missing. The change is read against the minimal important "
        "difference of the scale; where a scale has none of its own, half a standard deviation "
        "of the baseline visit stands in and is called distribution-based."
    )


def _paper(published: Published) -> str:
    rules = {r["rule_text"] for r in published.rows("hit_counts") if r["mode"] == "paper"}
    if not rules:
        return "The plan does not ask for the founding paper's recipe."
    return (
        "Beside the plan's own rule the founding paper's recipe was run: Student's t-test for "
        "every pair of groups as if all samples came from different persons; rule: "
        f"{words.listed(sorted(rules))}. It is shown for comparison and decides nothing."
    )


def _gates() -> str:
    return (
        "A batch enters the tables only after a written list of rules has been put to it. A rule "
        "that cannot be evaluated counts as failed. A person may accept a failed rule with a "
        "reason, which is then printed above; rules of integrity cannot be accepted."
    )
