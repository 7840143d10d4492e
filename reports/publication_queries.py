"""Queries of the report about what was published of the study; `read.py` runs them."""

from __future__ import annotations

_BY_STUDY = "where study_id = $study_id"

QUERIES: dict[str, str] = {
    "claims": f"""
        select publication_id, claim_id, claim_order, source_place, topic, statement, verdict,
            severity, explanation, check_id, is_able_to_fail
        from reporting.rpt_claims {_BY_STUDY} order by publication_id, claim_order""",
    "claim_figures": f"""
        select publication_id, claim_order, source_place, figure_name, value_place, quantity,
            printed_text, agreement, study_value
        from reporting.rpt_claim_figures {_BY_STUDY}
        order by publication_id, claim_order, figure_name, value_place""",
    "publication_comparison": f"""
        select publication_id, contrast_id, target_name, printed_name, published_direction,
            status, status_paper, signed_fold_change, is_published, is_contradicted
        from reporting.rpt_publication_comparison {_BY_STUDY}
        order by publication_id, contrast_id, status, target_name""",
}
