"""Checks of a publication's claims: the figures that each reads. Formulae: docs/claims.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.claim_figures import Figure

YES_NO = ("yes", "no")
#: Whether a check reads the figures of other claims.
NO_RELATED, MAY_RELATE, MUST_RELATE = "none", "may", "must"


@dataclass(frozen=True)
class Check:
    """One check: its figures, and what holds between them.

    Parameters
    ----------
    title : what it asks, in words
    figures : what it reads, in the order of the documents
    related : none, may or must: whether it reads `related_claim_ids`
    any_of : names of which at least one must be given, () for no such demand
    alike : names of lists that are equally long, () for no such demand
    is_open : whether figures of any other name may stand there too
    """

    check_id: str
    title: str
    figures: tuple[Figure, ...]
    related: str = NO_RELATED
    any_of: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    is_open: bool = False

    @property
    def by_name(self) -> dict[str, Figure]:
        """Figures by name."""
        return {f.name: f for f in self.figures}


def _n(name: str, doc: str, *, required: bool = True, low: int = 2) -> Figure:
    return Figure(name, "count", doc, required, low=low, high=1_000_000)


def _number(name: str, doc: str, *, required: bool = True) -> Figure:
    return Figure(name, "number", doc, required)


def _positive(name: str, doc: str, *, required: bool = True) -> Figure:
    return Figure(name, "number", doc, required, above=0)


def _sd(name: str, doc: str) -> Figure:
    return Figure(name, "number", doc, low=0)


def _word(name: str, doc: str, words: tuple[str, ...], *, required: bool = False) -> Figure:
    return Figure(name, "word", doc, required, words)


def _p(*, required: bool = False) -> Figure:
    return Figure("p", "p", "p-value as printed: 0.03, <0.001", required)


_LEVEL = Figure("level", "number", "coverage of the interval in %; 95 if absent", False, above=0,
                high=99)  # fmt: skip
_STEP = _positive("step", "smallest step between two scores of one person: 1, 0.5, 0.1")
_SCALE = (_number("low", "lowest score that is possible or was seen", required=False),
          _number("high", "highest such score", required=False))  # fmt: skip
_TWO_GROUPS = (
    _number("mean_1", "mean of the first group or visit"), _sd("sd_1", "its standard deviation"),
    _n("n_1", "its number of persons"),
    _number("mean_2", "mean of the second"), _sd("sd_2", "its standard deviation"),
    _n("n_2", "its number of persons"),
)  # fmt: skip
_RATIO = (Figure("or", "number", "odds ratio of group 1 against group 2", low=0),
          Figure("ci_low", "number", "lower bound of its interval", low=0),
          _positive("ci_high", "upper bound"))  # fmt: skip
_TARGET = (
    Figure("target", "text", "target as printed"),
    Figure("array_name", "text", "the panel's name of it, where the printed one is another", False),
)

#: Methods of `method_fit`, what they are asked, and what the data are like.
METHODS = (
    "student_t", "welch_t", "paired_t", "mann_whitney", "wilcoxon_signed_rank", "anova_oneway",
    "welch_anova", "kruskal", "anova_repeated", "friedman", "mixed_model", "levene",
    "brown_forsythe", "bartlett", "f_of_variances", "shapiro_wilk", "kolmogorov_smirnov",
    "pearson", "spearman", "chi_square", "fisher", "mcnemar", "logistic",
)  # fmt: skip
PURPOSES = ("two_means", "several_means", "variance_homogeneity", "normality", "association",
            "two_shares")  # fmt: skip
DATA = ("independent", "patient")
CORRECTIONS = ("none", "bonferroni", "holm", "benjamini_hochberg", "other")

_NUMERIC = (
    Check("grim", "can the mean of n such scores be printed so?", (
        _number("mean", "mean as printed"), _n("n", "number of persons", low=1), _STEP,
        Figure("items", "count", "scores that each person's score averages; 1 if absent", False,
               low=1, high=1000),
        _word("rounding", "how the publication rounds; rounded if absent",
              ("rounded", "truncated")),
        *_SCALE,
    )),
    Check("grimmer", "can mean and SD of n such scores be printed so?", (
        _number("mean", "mean as printed"), _sd("sd", "standard deviation as printed"),
        _n("n", "number of persons"), _STEP, *_SCALE,
    )),
    Check("sd_bounds", "can scores between two bounds have this SD?", (
        _number("mean", "mean as printed"), _sd("sd", "standard deviation as printed"),
        _n("n", "number of persons"), _number("low", "lowest score"),
        _number("high", "highest score"),
        _word("bounds", "whether the bounds are scores that were seen, or the ends of the scale "
              "(if absent)", ("seen", "scale")),
    )),
    Check("t_from_summary", "do means and SDs give the printed t or p?", (
        *_TWO_GROUPS,
        _word("test", "test that the publication names", ("student", "welch", "paired"),
              required=True),
        _word("data", "what the groups are; independent if absent", DATA),
        _number("t", "t as printed", required=False), _p(),
    ), any_of=("t", "p")),
    Check("variance_ratio", "do two SDs differ by more than chance?", (
        _sd("sd_1", "standard deviation of the first group"), _n("n_1", "its number of persons"),
        _sd("sd_2", "standard deviation of the second"), _n("n_2", "its number of persons"),
        _word("assumes", "whether the publication's test assumes equal variances",
              ("equal", "nothing")),
        _positive("f", "F as printed, larger over smaller variance", required=False), _p(),
    ), any_of=("assumes", "f", "p")),
    Check("p_from_ci", "do estimate, interval and p belong together?", (
        _number("estimate", "estimate as printed"), _number("ci_low", "lower bound"),
        _number("ci_high", "upper bound"),
        _word("scale", "ratio: symmetric on the log scale; difference", ("ratio", "difference"),
              required=True),
        _LEVEL,
        Figure("df", "count", "degrees of freedom of a t interval; normal if absent", False, low=1),
        _p(),
    )),
    Check("p_from_statistic", "does the statistic give the printed p?", (
        _word("statistic", "which one", ("t", "z", "f", "chi2", "r"), required=True),
        _number("value", "its value as printed"),
        Figure("df_1", "count", "degrees of freedom (for r: n - 2); none for z", False, low=1),
        Figure("df_2", "count", "denominator degrees of freedom of F", False, low=1),
        _p(required=True),
    )),
    Check("table_reconstruction", "which tables print this odds ratio and interval?", (
        *_RATIO, _n("n_1", "persons of group 1", low=1), _n("n_2", "persons of group 2", low=1),
        _LEVEL, _p(),
    )),
    Check("one_cut_off", "is there a cut-off of the scores that gives this odds ratio?", (
        *_RATIO, *_TWO_GROUPS, _LEVEL,
    )),
    Check("percentages", "do the counts give the printed percentages?", (
        Figure("counts", "counts", "counts of the block"),
        Figure("percents", "numbers", "their percentages as printed, in the same order"),
        _n("n", "what the publication takes them of", low=1),
        _word("exclusive", "whether everyone is counted exactly once; no if absent", YES_NO),
    ), alike=("counts", "percents")),
    Check("total", "do the parts add up?", (
        Figure("parts", "counts", "the parts"), Figure("total", "count", "the stated total"),
    )),
    Check("agreement", "is a number the same wherever it is stated?", (
        Figure("values", "numbers", "the number at each place, as printed"),
        Figure("places", "texts", "the places, in the same order"),
    ), alike=("values", "places")),
    Check("rounding_consistency", "are the means of one paragraph rounded alike?", (
        Figure("means", "numbers", "means as printed"),
        Figure("ns", "counts", "persons of each", low=1),
        Figure("steps", "numbers", "step of each scale", above=0),
    ), alike=("means", "ns", "steps")),
)  # fmt: skip

_DESIGN = (
    Check("false_hits", "how many hits would chance alone give?", (
        Figure("targets", "count", "targets tested in each comparison", low=1),
        Figure("contrasts", "count", "comparisons", low=1),
        _positive("alpha", "level of the tests"),
        Figure("hits", "counts", "hits of each comparison", False),
        _word("correction", "correction for multiple tests", CORRECTIONS, required=True),
    )),
    Check("fold_rule", "is the fold-change rule the same in both directions?", (
        _positive("upper", "ratio from which a target counts as raised"),
        _number("lower", "limit of a lowered one: a ratio below 1, or a signed fold change below "
                "-1"),
        _positive("reference_upper", "the maker's limit for raised, as a ratio", required=False),
        _positive("reference_lower", "the maker's limit for lowered, as a ratio", required=False),
    )),
    Check("method_fit", "does the method answer what it is used for?", (
        _word("method", "method", METHODS, required=True),
        _word("purpose", "what it is used for", PURPOSES, required=True),
        _word("data", "independent, or patient where the same persons are in all groups", DATA,
              required=True),
    )),
    Check("not_reported", "is what is claimed reported anywhere?", (
        Figure("quantity", "text", "what is claimed"),
        Figure("claimed_in", "text", "where the claim rests on it"),
        Figure("reported", "count", "how many values of it the publication prints"),
    )),
    Check("baseline_matching", "are two groups alike at baseline?", (
        *_TWO_GROUPS, _word("says_matched", "whether the publication calls them matched", YES_NO,
                            required=True),
        *(_number(f"{end}_{k}", f"{words} of group {k}", required=False)
          for k in (1, 2) for end, words in (("min", "lowest value"), ("max", "highest value"))),
    )),
    Check("important_difference", "is the mean change one that patients notice?", (
        _number("mean_1", "mean before"), _number("mean_2", "mean after"),
        _word("better", "which way is better", ("lower", "higher"), required=True),
        _positive("mid", "minimal important difference in points", required=False),
        _positive("mid_percent", "the same in % of the mean before", required=False),
    ), any_of=("mid", "mid_percent")),
    Check("effect_direction", "do ratios and means point the same way?", (
        Figure("ratios", "numbers", "odds ratios, after against before", low=0),
        Figure("means_1", "numbers", "means before"), Figure("means_2", "numbers", "means after"),
        Figure("better", "words", "which way each score is better", words=("lower", "higher")),
        _word("event", "what the ratios count", ("worse_state", "better_state", "not_stated"),
              required=True),
    ), alike=("ratios", "means_1", "means_2", "better")),
)  # fmt: skip

_LISTS = (
    Check("list_length", "are as many listed as stated?", (
        Figure("stated", "count", "number stated"), Figure("members", "texts", "what is listed"),
    ), related=MAY_RELATE),
    Check("direction_agreement", "do two places state the same direction?", (
        *_TARGET, Figure("direction_1", "text", "as A>B or A<B"),
        Figure("direction_2", "text", "at another place, as A>B or A<B; absent where none is told",
               False),
    )),
    Check("direction_count", "are as many listed in a direction, and do both places agree?", (
        Figure("stated", "count", "number stated"),
        Figure("direction", "text", "direction, as A>B or A<B"),
    ), related=MUST_RELATE),
    Check("transitivity", "do two directions exclude that a third is missing or opposite?", (
        *_TARGET, Figure("between", "texts", "the two groups of the third comparison"),
        _positive("fold", "least fold change of a listed target"),
        _n("n_1", "persons of the first of them"), _n("n_2", "persons of the second"),
        _positive("alpha", "level of the tests; 0.05 if absent", required=False),
    ), related=MUST_RELATE),
    Check("panel_target", "does the panel have such a target, and only one?", _TARGET,
          related=MUST_RELATE),
    Check("recorded", "wording: nothing to compute", (), related=MAY_RELATE, is_open=True),
)  # fmt: skip

#: Every check by name.
CHECKS: Mapping[str, Check] = {c.check_id: c for c in (*_NUMERIC, *_DESIGN, *_LISTS)}
