"""The plain files of a new study folder: study.toml, plan.csv, catalog.csv, README.md."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

from prepare.starter.learnt import Learnt
from prepare.starter.vocabulary import Group, Words

_PLAN = ("analysis_id", "kind", "contrast_id", "numerator_group", "denominator_group", "grouping",
         "subset", "visit", "pairing", "covariates", "outcome", "event", "family", "primary_method",
         "mode", "status", "alpha", "min_abs_fold_change")  # fmt: skip


def study_toml(
    study_id: str, title: str, panel_id: str, learnt: Learnt | None, words: Words
) -> str:
    """Return study.toml: what a look learnt is filled in, the rest is a draft with comments."""
    source = "as the scans show" if learnt else "change it to what your scanner and panel are"
    channel = learnt.channel_nm if learnt else 532
    unit = learnt.array_unit if learnt else "block"
    parts = [
        "# What the study is. All after a # is for you. `cytomart check` names every mistake.",
        "",
        "[study]",
        f"id = {_text(study_id)}          # begins every key: choose it once",
        f"title = {_text(title)}",
        'primary_variant = "subtract_median"   # local background taken away, array medians equal',
        "",
        "[privacy]",
        "# false: pseudonyms take the place of patient and sample ids; the key stays in the vault.",
        "# true: your ids are study codes already and may be published.",
        "ids_are_codes = false",
        "",
        f"[panel]                 # {source}",
        'platform = "genepix"',
        f"id = {_text(panel_id)}"
        + ("" if not learnt or learnt.panel_id else "     # its content list is catalog.csv"),
        f"channel_nm = {channel}        # wavelength that is analysed",
        f'array_unit = "{unit}"    # what one sample occupies: block, or slide',
        "# The layout of a lot is read from layouts/<lot>.gal; learn it from a slide with:",
        "#   cytomart panel learn arrays/SLIDE.gpr --lot LOT --study .",
        "",
        "[normalisation]",
        "# Batches whose arrays define the reference, so that a later batch never moves earlier",
        "# values. Empty: the first released batch.",
        "reference_batches = []",
        "",
        "# Visits in the order of time; one is the baseline, those below it are follow-ups.",
        "# window_days (optional): first and last study day, such as [-14, 0].",
    ]
    for number, (code, label) in enumerate(words.visits):
        parts += ["[[visits]]", f"code = {_text(code)}", f"label = {_text(label)}"]
        parts += ["baseline = true", ""] if number == 0 else [""]
    parts.append("# A group is a cohort at a visit. The codes stand in samples.xlsx and plan.csv.")
    for group in words.groups:
        parts += [*_group(group), ""]
    parts.append("# Where people were recruited. Without any centre every centre_id is allowed.")
    for code in words.centres:
        parts += ["[[centres]]", f"code = {_text(code)}", 'label = "First centre"', ""]
    return "\n".join([*parts, *_EXAMPLES]) + "\n"


_EXAMPLES = (
    "# A clinical column of patients.xlsx; take the # away and add the column there.",
    "# [[attributes]]",
    '# id = "er"',
    '# label = "Oestrogen receptor"',
    '# levels = [["positive", "Positive"], ["negative", "Negative"]]',
    "",
    '# A number of patients.xlsx (or, with of = "samples", of samples.xlsx) to adjust for.',
    "# [[measures]]",
    '# id = "bmi"',
    '# label = "Body mass index"',
    '# unit = "kg/m2"',
    "# min = 10",
    "# max = 80",
    "",
    "# A scale that is not shipped (shipped ones: the drop-down of assessments.xlsx).",
    "# [[instruments]]",
    '# id = "qol_0_100"',
    '# label = "Quality of life"',
    "# min = 0",
    "# max = 100",
    '# better = "higher"',
)


def plan_csv(words: Words) -> str:
    """Return plan.csv: each pair of groups, paired by patient where the cohort is the same."""
    groups = list(words.groups)
    rows = []
    for position, low in enumerate(groups):
        for high in groups[position + 1 :]:
            one, other = (high, low) if high.cohort == low.cohort else (low, high)
            rows.append(_contrast(one, other))
    return _csv(_PLAN, rows)


def catalog_csv(panel_id: str, learnt: Learnt) -> str:
    """Return catalog.csv: every printed name with a guess at what it is."""
    header = ("panel_id", "target_id", "target_name", "target_order", "target_kind",
              "protein_name", "gene_symbols", "uniprot_ids")  # fmt: skip
    return _csv(header, ((panel_id, t.target_id, t.target_name, n, t.target_kind, "", "", "")
                         for n, t in enumerate(learnt.targets, start=1)))  # fmt: skip


def readme(title: str, steps: Sequence[str], learnt: Learnt | None) -> str:
    """Return README.md of the folder: what to do next, and what each file is."""
    lines = [f"# {title}", "", "A study folder of cytomart. What to do:", ""]
    lines += [f"{n}. {step}" for n, step in enumerate(steps, start=1)]
    lines += [
        "", "| file | what |", "|---|---|",
        "| `study.toml` | panel, groups, visits, privacy; with comments |",
        "| `plan.csv` | the analyses, fixed before the data: one row a comparison, "
        "`numerator_group` over `denominator_group`; `pairing` is `patient` where the same people "
        "are in both; `primary_method` is `moderated_t` then, else `welch_t` |",
        "| `samples.xlsx` | one row a Block of a slide: whose serum lies there |",
        "| `patients.xlsx` | one row a person |",
        "| `assessments.xlsx` | one row a person × visit × scale; take it away if there are none |",
        "| `analgesics.xlsx` | one row a person × visit × drug, so that a pain response knows of "
        "doses; take it away if there are none |",
        "| `arrays/` | the scans, one file a slide |",
    ]  # fmt: skip
    if learnt and not learnt.panel_id:
        lines.append("| `catalog.csv` | what is printed: go through `target_kind` (analyte, "
                     "positive_control, negative_control, blank) and take names away that are no "
                     "targets |")  # fmt: skip
    if learnt and learnt.doubts:
        lines += ["", "Look at this first:", "", *(f"- {d}" for d in learnt.doubts)]
    return "\n".join(lines) + "\n"


def _contrast(one: Group, other: Group) -> tuple[object, ...]:
    is_paired = one.cohort == other.cohort and one.visit != other.visit
    name = f"{one.code}_vs_{other.code}"
    return (name, "contrast", name, one.code, other.code, "group_code", "", "",
            "patient" if is_paired else "independent", "", "", "", "groups",
            "moderated_t" if is_paired else "welch_t", "correct", "confirmatory", 0.05,
            1)  # fmt: skip


def _group(group: Group) -> list[str]:
    return ["[[groups]]", f"code = {_text(group.code)}", f"label = {_text(group.label)}",
            f"cohort = {_text(group.cohort)}", f"visit = {_text(group.visit)}"]  # fmt: skip


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML string


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()
