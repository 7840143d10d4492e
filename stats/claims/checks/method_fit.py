"""Does a method answer what it is used for, on such data?"""

from __future__ import annotations

from collections.abc import Mapping

from stats.claims.claim import CONSISTENT, INCONSISTENT, Claim, Finding
from stats.claims.words import listed

_ANY = ("independent", "patient")
_APART, _TOGETHER = ("independent",), ("patient",)

#: What each method answers, and for which data.
ANSWERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "student_t": ("two_means", _APART),
    "welch_t": ("two_means", _APART),
    "paired_t": ("two_means", _TOGETHER),
    "mann_whitney": ("two_means", _APART),
    "wilcoxon_signed_rank": ("two_means", _TOGETHER),
    "anova_oneway": ("several_means", _APART),
    "welch_anova": ("several_means", _APART),
    "kruskal": ("several_means", _APART),
    "anova_repeated": ("several_means", _TOGETHER),
    "friedman": ("several_means", _TOGETHER),
    "mixed_model": ("several_means", _ANY),
    "levene": ("variance_homogeneity", _APART),
    "brown_forsythe": ("variance_homogeneity", _APART),
    "bartlett": ("variance_homogeneity", _APART),
    "f_of_variances": ("variance_homogeneity", _APART),
    "shapiro_wilk": ("normality", _ANY),
    "kolmogorov_smirnov": ("normality", _ANY),
    "pearson": ("association", _ANY),
    "spearman": ("association", _ANY),
    "chi_square": ("two_shares", _APART),
    "fisher": ("two_shares", _APART),
    "mcnemar": ("two_shares", _TOGETHER),
    "logistic": ("two_shares", _APART),
}
#: Methods as a reader of the report knows them.
_NAMES: Mapping[str, str] = {
    "student_t": "Student's t-test", "welch_t": "Welch's t-test", "paired_t": "the paired t-test",
    "mann_whitney": "the Mann–Whitney test", "wilcoxon_signed_rank": "Wilcoxon's signed-rank test",
    "anova_oneway": "one-way analysis of variance", "welch_anova": "Welch's analysis of variance",
    "kruskal": "the Kruskal–Wallis test", "friedman": "Friedman's test",
    "anova_repeated": "analysis of variance for repeated measures",
    "mixed_model": "a mixed model", "levene": "Levene's test",
    "brown_forsythe": "the Brown–Forsythe test", "bartlett": "Bartlett's test",
    "f_of_variances": "the F ratio of variances", "shapiro_wilk": "the Shapiro–Wilk test",
    "kolmogorov_smirnov": "the Kolmogorov–Smirnov test", "pearson": "Pearson's correlation",
    "spearman": "Spearman's correlation", "chi_square": "the χ² test",
    "fisher": "Fisher's exact test", "mcnemar": "McNemar's test",
    "logistic": "logistic regression",
}  # fmt: skip
_PURPOSES = {
    "two_means": "compares two means", "several_means": "compares several means",
    "variance_homogeneity": "tests whether variances are equal", "normality": "tests normality",
    "association": "measures an association", "two_shares": "compares shares",
}  # fmt: skip
_DATA = {"independent": "different persons", "patient": "the same persons"}


def method_fit(claim: Claim) -> Finding:
    """Judge a method by what it answers, and whether it takes the same persons in all groups.

    An analysis of variance compares means and does not test whether variances are equal; a test
    of independent groups on values of the same persons uses the wrong error.
    """
    method, purpose, data = (claim.text(n) for n in ("method", "purpose", "data"))
    answers, fits = ANSWERS[method]
    able = [m for m, (p, d) in ANSWERS.items() if p == purpose and data in d]
    told = f"{_capital(_NAMES[method])} {_PURPOSES[answers]} of {listed(_DATA[d] for d in fits)}"
    numbers = {"n_methods_that_fit": float(len(able))}
    if answers == purpose and data in fits:
        return Finding(CONSISTENT, f"{told}, as it is used.", numbers)
    if answers == purpose:
        use = f"it is used on {_DATA[data]}"
    else:
        use = f"it is used as a method that {_PURPOSES[purpose]}"
    needed = (
        " or ".join(_NAMES[m] for m in able)
        or "a test of the same persons' variances (Pitman–Morgan)"
    )
    return Finding(INCONSISTENT, f"{told}; {use}. Needed: {needed}.", numbers)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
