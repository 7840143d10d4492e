"""Statements of a publication and its hits, for the made report."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from contracts.claims import VERDICTS
from tests.unit.reports.made.names import STUDY

STATUSES = ("agree", "opposite", "only_ours", "only_theirs", "not_measured", "neither")


def claims(text: Callable[[str], str]) -> dict[str, pd.DataFrame]:
    """A claim of every verdict, and a target of every way to compare hits."""
    stated = pd.DataFrame([
        {"study_id": STUDY, "publication_id": "some_paper", "claim_id": f"c{k}", "claim_order": k,
         "source_place": text("Results"), "topic": "", "statement": text(f"statement {k}"),
         "verdict": verdict, "check_id": "grim",
         "severity": "major" if verdict == "inconsistent" else "none",
         "explanation": text(f"arithmetic of {k}"), "is_able_to_fail": verdict != "not_testable"}
        for k, verdict in enumerate((*VERDICTS, "inconsistent"), start=1)
    ])  # fmt: skip
    stated.loc[stated.index[-1], "check_id"] = "direction_agreement"
    figures = pd.DataFrame([
        {"study_id": STUDY, "publication_id": "some_paper", "claim_id": "c1", "claim_order": 1,
         "figure_name": "mean", "value_place": k, "source_place": text("Results"),
         "quantity": text("mean:age_years@patient"), "printed_text": "48.06",
         "agreement": agreement, "study_value": None if agreement == "not_in_study" else 48.0667}
        for k, agreement in enumerate(
            ("same", "same_truncated", "different", "not_in_study"), start=1)
    ])  # fmt: skip
    compared = pd.DataFrame([
        {"study_id": STUDY, "publication_id": "some_paper", "contrast_id": "B_vs_A",
         "target_name": f"target {status}", "printed_name": text("as printed"),
         "published_direction": "" if status in ("only_ours", "neither") else "higher",
         "status": status, "status_paper": status, "signed_fold_change": 1.8,
         "is_published": status not in ("only_ours", "neither"),
         "is_contradicted": status == "opposite"}
        for status in STATUSES
    ])  # fmt: skip
    return {
        "reporting.rpt_claims": stated,
        "reporting.rpt_claim_figures": figures,
        "reporting.rpt_publication_comparison": compared,
    }
