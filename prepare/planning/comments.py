"""What an analysis of a proposed plan asks, of whom, and why by this method: one sentence."""

from __future__ import annotations

from ingest.declared.study import Study
from stats.forecast import Forecast


def comment_of(study: Study, told: Forecast) -> str:
    """Return in a sentence what an analysis asks, of whom, and why by this method."""
    a, sizes = told.analysis, [g.n_samples for g in told.groups]
    visit = next((v.label for v in study.visits if v.code == a.visit), a.visit)
    scale = study.instruments[a.outcome].label if a.outcome in study.instruments else a.outcome
    lost = f"; {told.n_dropped} cannot enter" if told.n_dropped else ""
    adjusted = f"; the moderated t beside it is adjusted for {', '.join(a.covariates)}"
    beside = adjusted if a.covariates else ""
    if a.kind == "contrast" and a.pairing == "patient":
        return (f"{told.n_pairs} patients have both samples: moderated t on the differences within "
                f"patients{lost}")  # fmt: skip
    if a.kind == "contrast":
        return (f"different persons ({' v '.join(map(str, sizes))}): Welch's t does not assume "
                f"equal variances{beside}")  # fmt: skip
    if a.kind == "omnibus" and a.pairing == "patient":
        return (f"does any of the {len(sizes)} groups differ? Groups share patients: a random "
                "intercept for each")  # fmt: skip
    if a.kind == "omnibus":
        return f"does any of the {len(sizes)} groups differ? Welch's analysis of variance"
    if a.kind == "equivalence":
        return (f"are levels within {a.min_abs_fold_change:g}-fold of each other? The margin is "
                "yours to choose, before the data")  # fmt: skip
    if a.kind == "outcome":
        return f"{scale}, {visit} against baseline: {told.n_pairs} patients with both scores{lost}"
    if a.kind == "prediction":
        label = told.note.partition(":")[0]
        return (f"can levels before tell who will be '{a.event}' ({' v '.join(map(str, sizes))} "
                f"persons)? {label}{lost}")  # fmt: skip
    if a.kind == "odds_ratio":
        return (f"does {scale} {a.event}, {visit}, become more or less frequent than at baseline? "
                f"{told.n_pairs} patients with both scores{lost}. The cut-off is yours to choose, "
                "before the data")  # fmt: skip
    if a.kind == "change_correlation":
        return (f"does the change of a level go with the change of {scale}, {visit}? "
                f"{told.n_pairs} patients with all four{lost}")  # fmt: skip
    return f"does a level go with {scale}, {visit}? {told.n_pairs} patients with both{lost}"
