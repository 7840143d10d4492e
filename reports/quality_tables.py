"""Rows as text: gates, arrays, what was left out, and the files behind the numbers."""

from __future__ import annotations

from reports import words
from reports.read import Published
from reports.tables import Table, table


def batches(published: Published) -> Table:
    """Return every batch with the verdict of its gate."""
    return table(
        "Batches and the verdict of the gate. Only released and accepted batches are in this "
        "report.",
        "Batch|Slides|Arrays|Samples|Verdict|Failed rules",
        (
            (
                r["batch_id"], str(r["n_slides"]), str(r["n_arrays"]), str(r["n_samples"]),
                r["gate_status"], r["failed_rules"] or "none",
            )
            for r in published.rows("batches")
        ),
        numeric=(1, 2, 3),
    )  # fmt: skip


_LOT_EFFECTS = {
    "reference": "the reference",
    "estimable": "can be estimated",
    "lot_effect_not_estimable": "lot_effect_not_estimable",
}


def lots(published: Published) -> Table | None:
    """Return what links the lots, where there are several."""
    rows = published.rows("lots")
    if len(rows) < 2:
        return None
    return table(
        "Lots of the arrays. A lot's effect can be estimated from two serums on that were "
        "measured on it and on another lot; the shifts stand in marts.fct_bridging_factors and "
        "are not applied. Where it cannot, reporting.rpt_bridge_candidates names samples to "
        "measure again.",
        "Lot|Slides|Samples|Bridge samples|Effect|Compared with|Serums in common|Targets "
        "compared|Median size of the shift, log2",
        (
            (
                r["lot"], str(r["n_slides"]), str(r["n_samples"]), str(r["n_bridge_samples"]),
                _LOT_EFFECTS[r["lot_effect"]], r["against_id"] or words.NOTHING,
                str(r["n_shared_serums"]), str(r["n_targets_bridged"]),
                _measured(r["median_abs_shift_log2fc"]),
            )
            for r in rows
        ),
        numeric=(1, 2, 3, 6, 7, 8),
    )  # fmt: skip


def contrast_lots(published: Published) -> Table | None:
    """Return what can be compared although lots differ, where there are several."""
    if len(published.rows("lots")) < 2:
        return None
    return table(
        "What can be compared although lots differ.",
        "Contrast|Lots|In words",
        (
            (r["contrast_id"], r["lots"], r["comparability_in_words"].partition(": ")[2])
            for r in published.rows("contrast_lots")
        ),
    )


def gate_rules(published: Published) -> Table:
    """Return every rule that was put to every batch and to the release."""
    return table(
        "Every rule of every gate.",
        "Judged|Rule|Severity|Outcome|Measured|Allowed|Source of the limit",
        (
            (
                r["scope_id"], r["rule_label"], r["severity"],
                "accepted after failing" if r["is_accepted"] else r["outcome"],
                _measured(r["observed"]), _measured(r["threshold"]), r["threshold_source"],
            )
            for r in published.rows("gates")
        ),
        numeric=(4, 5),
        empty="No gate has run.",
    )  # fmt: skip


def _measured(value: float | None) -> str:
    return words.NOTHING if value is None else f"{value:.4g}".replace("-", words.MINUS)


def failed_rules(published: Published) -> Table:
    """Return the rules that did not pass."""
    return table(
        "Rules that did not pass.",
        "Judged|Rule|Severity|Outcome|Result in words",
        (
            (
                r["scope_id"], r["rule_label"], r["severity"],
                "accepted after failing" if r["is_accepted"] else r["outcome"], r["message"],
            )
            for r in published.rows("gates")
            if r["outcome"] != "pass"
        ),
        empty="Every rule passed.",
    )  # fmt: skip


def acceptances(published: Published) -> Table:
    """Return failures that a person let through."""
    return table(
        "Failures that a person accepted, with the reason given.",
        "Batch|Rule|Reason|Day",
        (
            (r["batch_id"], r["rule_id"], r["reason"], r["accepted_on"].isoformat())
            for r in published.rows("acceptances")
        ),
        empty="No failure was accepted.",
    )


def plan_changes(published: Published) -> Table:
    """Return what changed in the plan since it was first loaded."""
    return table(
        "What changed in the plan since it was first loaded, and whether data had come before.",
        "Day|Analysis|Was|Cells|After data|Reason",
        (
            (
                r["changed_on"].isoformat(), r["analysis_id"], r["change"], r["change_text"],
                "yes" if r["is_after_data"] else "no", r["reason"] or words.NOTHING,
            )
            for r in published.rows("plan_changes")
        ),
        empty="Nothing of the plan was changed.",
    )  # fmt: skip


def exclusions(published: Published) -> Table:
    """Return what people took out of the numbers; persons and samples without their ids."""
    return table(
        "Taken out of the numbers by a person's decision. Ids of people and samples are not "
        "printed; reporting.rpt_exclusions has them as published.",
        "What|Which|Reason|Note|Day",
        (
            (
                r["scope"], r["published_key"] or words.NOTHING, r["reason_label"],
                r["note"], r["excluded_on"].isoformat(),
            )
            for r in published.rows("exclusions")
        ),
        empty="Nothing is excluded.",
    )  # fmt: skip


def left_out(published: Published) -> Table:
    """Return what was delivered and is not in the numbers."""
    return table(
        "Delivered, but not in the numbers.",
        "What happened|What|Rows|Why",
        (
            (
                r["kind"],
                r["subject"],
                "" if r["n_rows"] is None else f"{r['n_rows']:,}",
                r["reason"],
            )
            for r in published.rows("waiting")
        ),
        numeric=(2,),
        empty="Everything that was delivered is in the numbers.",
    )


def poor_arrays(published: Published) -> Table:
    """Return the arrays whose verdict is not «ok»."""
    return table(
        "Arrays to look at again.",
        "Array|Batch|Verdict|Why",
        (
            (r["array_id"], r["batch_id"], r["verdict"], r["verdict_reason"] or "")
            for r in published.rows("arrays")
            if r["verdict"] != "ok"
        ),
        empty="Every array is within the limits.",
    )


def files(published: Published) -> Table:
    """Return the files behind the numbers."""
    return table(
        "Files behind the numbers. Names of files are not published; `cytomart original` with "
        "the hash gives the file back.",
        "What it is|Slide|Size|Rows|Loaded|Set aside|SHA-256",
        (
            (
                r["role"], r["slide_id"] or "", words.size(r["n_bytes"]), f"{r['n_rows_in']:,}",
                f"{r['n_rows_loaded']:,}", f"{r['n_rows_quarantined']:,}", r["file_sha256"],
            )
            for r in published.rows("files")
        ),
        numeric=(2, 3, 4, 5),
        codes=(6,),
    )  # fmt: skip
