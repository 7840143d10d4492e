"""Are two groups alike at baseline, as a publication may say?"""

from __future__ import annotations

import math

from scipy import stats as sps

from stats.claims.checks.t_from_summary import welch_t
from stats.claims.claim import CONSISTENT, INCONSISTENT, RECORDED, Claim, Finding
from stats.claims.words import p_text

#: |standardised difference| from which groups are called unlike (Austin 2009).
LIMIT = 0.25


def baseline_matching(claim: Claim) -> Finding:
    """Judge `matched` by the standardised difference, (m1 − m2) / √((s1² + s2²) / 2).

    From 0.25 on the groups are called unlike; Welch's p and, where given, the ranges stand beside
    it. A publication that does not call its groups matched claims nothing: the difference is told
    and the verdict is `recorded`.

    References
    ----------
    Austin (2009), Statistics in Medicine 28:3083–3107, doi:10.1002/sim.3697;
    limit 0.25: Rubin (2001), Health Services and Outcomes Research Methodology 2:169–188.
    """
    m1, s1, m2, s2 = (float(claim.number(k).exact) for k in ("mean_1", "sd_1", "mean_2", "sd_2"))
    n1, n2 = claim.count("n_1"), claim.count("n_2")
    pooled = math.sqrt((s1**2 + s2**2) / 2)
    smd = (m1 - m2) / pooled if pooled else math.copysign(math.inf, m1 - m2)
    t, df = welch_t(m1, s1, m2, s2, n1, n2)
    p = float(2 * sps.t.sf(abs(t), df))
    told = (f"{claim.number('mean_1').text} against {claim.number('mean_2').text}: standardised "
            f"difference {smd:.2f} (limit {LIMIT}), Welch's p {p_text(p)}")  # fmt: skip
    numbers = {"standardised_difference": smd, "p": p}
    told += _ranges(claim, numbers)
    if claim.text("says_matched") == "no":
        return Finding(RECORDED, f"{told}. The publication does not call them matched.", numbers)
    if abs(smd) >= LIMIT:
        return Finding(INCONSISTENT, f"{told}: not matched.", numbers)
    return Finding(CONSISTENT, f"{told}.", numbers)


def _ranges(claim: Claim, numbers: dict[str, float]) -> str:
    """Say what part of the ranges is shared, and add it to the numbers."""
    if not all(claim.has(f"{end}_{k}") for end in ("min", "max") for k in (1, 2)):
        return ""
    low = max(claim.number(f"min_{k}").exact for k in (1, 2))
    high = min(claim.number(f"max_{k}").exact for k in (1, 2))
    numbers |= {"shared_low": float(low), "shared_high": float(high)}
    for k in (1, 2):
        beyond = (low - claim.number(f"min_{k}").exact) + (claim.number(f"max_{k}").exact - high)
        numbers[f"range_beyond_{k}"] = float(beyond)
    shown = " against ".join(f"{claim.number(f'min_{k}').text}–{claim.number(f'max_{k}').text}"
                             for k in (1, 2))  # fmt: skip
    shared = f"{float(low):g}–{float(high):g}" if low <= high else "nothing"
    return f"; ranges {shown} share {shared}"
