"""What the tests find where the demo's truth is known: studies as the demo, smaller ones too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks.null_rates.arm_tests import ARM_TESTS
from benchmarks.null_rates.draws import Flags, Floats
from simulate.arrays import net_signal
from simulate.design import Design
from simulate.model import draw_model
from simulate.serum import is_true_target
from stats.multiplicity import benjamini_hochberg

ALPHA = 0.05
MIN_LOG2FC = float(np.log2(1.5))

#: Contrast, name of the test, of the rule.
Question = tuple[str, str, str]
QUESTIONS: tuple[Question, ...] = (
    ("B v A", "moderated_t of pairs", "BH"),
    ("B v A", "paired_t", "BH"),
    ("B v A", "wilcoxon_signed_rank", "BH"),
    ("B v A", "student_t", "BH"),
    ("B v A", "student_t", "paper"),
    ("A v C", "welch_t", "BH"),
    ("A v C", "moderated_t", "BH"),
    ("A v C", "student_t", "BH"),
    ("A v C", "student_t", "paper"),
    ("B v C", "welch_t", "BH"),
    ("B v C", "moderated_t", "BH"),
    ("B v C", "student_t", "paper"),
)


@dataclass(frozen=True)
class Found:
    """What one rule found in one study.

    Parameters
    ----------
    n_true, n_small, n_none : targets whose true change is at least 1.5-fold, less, or none.
    true, small, none : how many of them are hits.
    """

    n_true: int
    n_small: int
    n_none: int
    true: int
    small: int
    none: int


@dataclass(frozen=True)
class Power:
    """What one rule found on average over the studies; counts of targets.

    Parameters
    ----------
    true_found_sd : standard deviation over studies of the true targets found.
    false_share : mean share of hits that have no true change at all.
    more_frac, fewer_frac : share of studies where more (fewer) truly changed targets are found
        than by the unpaired Student t with Benjamini–Hochberg; NaN where it was not asked.
    """

    n_patients: int
    contrast: str
    test: str
    rule: str
    n_true: float
    true_found: float
    true_found_sd: float
    n_small: float
    small_found: float
    n_none: float
    none_found: float
    false_share: float
    more_frac: float
    fewer_frac: float
    n_studies: int

    def row(self) -> dict[str, str]:
        """Return the row as text."""
        return {k: f"{v:.6g}" if isinstance(v, float) else str(v) for k, v in asdict(self).items()}


def found_in_study(seed: int, n_patients: int) -> dict[Question, Found]:
    """Return what every rule finds in a study (seed 7, 30 patients: the demo itself)."""
    arms, true_log2fc = demo_levels(seed, n_patients)
    found = {}
    for question in QUESTIONS:
        contrast, test, rule = question
        numerator, denominator = contrast.split(" v ")
        a, b = arms[numerator], arms[denominator]
        hits = _RULES[rule](ARM_TESTS[test](a, b), np.nanmean(a, axis=0) - np.nanmean(b, axis=0))
        found[question] = _counted(hits, true_log2fc(numerator, denominator))
    return found


def demo_levels(
    seed: int, n_patients: int
) -> tuple[dict[str, Floats], Callable[[str, str], Floats]]:
    """Return levels of A, B (rows of the same patients) and C, and the true log2 fold changes.

    Means of the two spots over the background, median-normalised, as the demo's primary variant.
    """
    model = draw_model(Design(seed=seed, patients=n_patients))
    signal = net_signal(model)
    kept = np.where(signal.is_kept & (signal.net_afu > 0), signal.net_afu, np.nan)
    net = np.where(np.isnan(kept).all(axis=2), np.nan, np.nansum(kept, axis=2))
    net = net / np.maximum((~np.isnan(kept)).sum(axis=2), 1)
    level = np.log2(net)
    level = level - np.nanmedian(level, axis=1, keepdims=True)
    arms = {}
    for code in "ABC":
        rows = np.flatnonzero(signal.group_code == code)
        arms[code] = level[rows[np.argsort(signal.person[rows])]]
    return arms, model.serum.true_log2fc


def power_table(n_patients: int, n_studies: int) -> list[Power]:
    """Return the means over studies of that size, seeds from 7 on; a row per question."""
    found = [found_in_study(seed, n_patients) for seed in range(7, 7 + n_studies)]
    return [_power(n_patients, question, found) for question in QUESTIONS]


def _power(n_patients: int, question: Question, found: list[dict[Question, Found]]) -> Power:
    own = [of_study[question] for of_study in found]
    peer = (question[0], "student_t", "BH")
    gain = [
        f.true + f.small - of_study[peer].true - of_study[peer].small
        for f, of_study in zip(own, found, strict=True)
        if peer in of_study and peer != question
    ]
    return Power(
        n_patients,
        *question,
        n_true=_mean(own, "n_true"),
        true_found=_mean(own, "true"),
        true_found_sd=float(np.std([f.true for f in own])),
        n_small=_mean(own, "n_small"),
        small_found=_mean(own, "small"),
        n_none=_mean(own, "n_none"),
        none_found=_mean(own, "none"),
        false_share=float(np.mean([f.none / max(f.true + f.small + f.none, 1) for f in own])),
        more_frac=float(np.mean([g > 0 for g in gain])) if gain else float("nan"),
        fewer_frac=float(np.mean([g < 0 for g in gain])) if gain else float("nan"),
        n_studies=len(own),
    )


def _mean(found: list[Found], name: str) -> float:
    return float(np.mean([getattr(f, name) for f in found]))


def _counted(hits: Flags, true_log2fc: Floats) -> Found:
    is_true, is_none = is_true_target(true_log2fc), true_log2fc == 0
    kinds = (is_true, ~is_true & ~is_none, is_none)
    return Found(*(int(k.sum()) for k in kinds), *(int((hits & k).sum()) for k in kinds))


def _adjusted(p: Floats, log2fc: Floats) -> Flags:
    return np.asarray(benjamini_hochberg(p) < ALPHA, dtype=np.bool_)


def _paper(p: Floats, log2fc: Floats) -> Flags:
    """The founding recipe: p < 0.05, not adjusted, and at least 1.5-fold."""
    return np.asarray((p < ALPHA) & (np.abs(log2fc) >= MIN_LOG2FC), dtype=np.bool_)


_RULES: Mapping[str, Callable[[Floats, Floats], Flags]] = {"BH": _adjusted, "paper": _paper}
