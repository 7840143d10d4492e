"""study.toml and README.md of a synthetic study."""

from __future__ import annotations

import json

from simulate.clinic import QOL_ID
from simulate.design import Design
from simulate.genepix_files import CHANNEL_NM, LAYOUT_NAME
from simulate.model import Model
from simulate.olink_files import PANEL_ID as NPX_PANEL_ID
from simulate.people import centre_ids

README_OPENING = "# SYNTHETIC study"
#: Shipped claims that a study of the founding sizes is compared with.
PUBLICATION = "founding_paper"

Pairs = list[tuple[str, object]]

#: At most eight visits, so at most six months after the first week.
_NUMERALS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six")
_NPX_PANEL: Pairs = [("platform", "olink"), ("id", NPX_PANEL_ID)]
_RECEPTOR = [["positive", "Positive"], ["negative", "Negative"]]
_ATTRIBUTES: list[tuple[str, str, bool, list[list[str]]]] = [
    ("er", "ER", False, _RECEPTOR),
    ("pr", "PR", False, _RECEPTOR),
    ("her2", "HER-2", False, _RECEPTOR),
    ("t_stage", "T", False, [["T1", "T1"], ["T2", "T2"], ["T3-4", "T3 and T4"]]),
    (
        "bone_sites",
        "Site of bone metastasis",
        True,
        [
            ["skull", "Skull"],
            ["chest", "Chest bones"],
            ["spine", "Spine"],
            ["pelvis", "Pelvis"],
            ["limb", "Limb bones"],
        ],
    ),
]


def study_toml(model: Model, platform: str = "genepix") -> str:
    """Return study.toml: what the study is, its visits, groups, centres and scales."""
    design = model.design
    is_array = platform == "genepix"
    tables: list[tuple[str, Pairs]] = [
        ("[study]", _study(design, "subtract_median" if is_array else "as_reported")),
        ("[privacy]", [("ids_are_codes", True)]),
        ("[panel]", _panel(model) if is_array else _NPX_PANEL),
        *([("[normalisation]", _reference(model))] if is_array else []),
        *(("[[visits]]", visit) for visit in _visits(design)),
        *(("[[groups]]", group) for group in _groups(design)),
        *(("[[centres]]", centre) for centre in _centres(design)),
        ("[[instruments]]", _quality_of_life()),
        *(("[[attributes]]", [("id", i), ("label", label), ("multiple", multiple),
                              ("levels", levels)])
          for i, label, multiple, levels in _ATTRIBUTES),
        *(("[claims]", claims) for claims in _claims(design)),
    ]  # fmt: skip
    blocks = ["\n".join([title, *(_line(*pair) for pair in pairs)]) for title, pairs in tables]
    top = "# SYNTHETIC: simulated, no person was seen and no serum was measured."
    return "\n\n".join([top, *blocks]) + "\n"


def _claims(design: Design) -> list[Pairs]:
    """Return the publication that a study of the founding sizes is compared with; [] else."""
    return [[("publications", [PUBLICATION])]] if design.is_founding else []


def _reference(model: Model) -> Pairs:
    return [("reference_batches", model.seating.batch_ids)]


def _study(design: Design, variant: str) -> Pairs:
    title = "SYNTHETIC twin of a study of serum cytokines before and after radiotherapy"
    return [
        ("id", design.name),
        ("title", title),
        ("synthetic", True),
        ("primary_variant", variant),
    ]


def _panel(model: Model) -> Pairs:
    return [
        ("platform", "genepix"),
        ("id", model.panel.panel_id),
        ("channel_nm", CHANNEL_NM),
        ("array_unit", "block"),
        ("layout", LAYOUT_NAME),
    ]


def _visits(design: Design) -> list[Pairs]:
    out: list[Pairs] = [
        [("code", design.visit_codes[0]), ("label", "Before radiotherapy"), ("baseline", True),
         ("window_days", [-14, 0])]
    ]  # fmt: skip
    later = design.visit_codes[1:]
    for k, code in enumerate(later, start=1):
        window = [1, 60] if len(later) == 1 else _window(k)
        out.append(
            [("code", code), ("label", _visit_label(k)), ("window_days", window),
             ("days_after_treatment", 30 * k - 23)]
        )  # fmt: skip
    return out


def _visit_label(k: int) -> str:
    """Return the label of the k-th visit after baseline."""
    after = "One week" if k == 1 else "One month" if k == 2 else f"{_NUMERALS[k - 1]} months"
    return f"{after} after radiotherapy"


def _window(k: int) -> list[int]:
    """Return the study days of the k-th visit after baseline; windows of visits never overlap.

    The first lies on days 11-30, later ones thirty days apart, give or take three: see `clinic`.
    """
    return [1 if k == 1 else 30 * k - 25, 30 * k + 4]


def _groups(design: Design) -> list[Pairs]:
    labels = ["Before radiotherapy", "After radiotherapy"]
    labels += [_visit_label(k) for k in range(2, design.visits)]
    out: list[Pairs] = [
        [("code", group), ("label", label), ("cohort", "patient"), ("visit", visit)]
        for group, label, visit in zip(
            design.patient_groups, labels[: design.visits], design.visit_codes, strict=True
        )
    ]
    if design.controls:
        out.append(
            [("code", "C"), ("label", "Healthy controls"), ("cohort", "control"),
             ("visit", "baseline")]
        )  # fmt: skip
    return out


def _centres(design: Design) -> list[Pairs]:
    return [
        [("code", code), ("label", f"SYNTHETIC centre {k}")]
        for k, code in enumerate(centre_ids(design), start=1)
    ]


def _quality_of_life() -> Pairs:
    return [
        ("id", QOL_ID),
        ("label", "Quality of life (scale not named in the paper)"),
        ("min", 0),
        ("max", 100),
        ("step", 1),
        ("better", "higher"),
        ("mid_source", "distribution-based: half a baseline SD"),
    ]


def _line(key: str, value: object) -> str:
    # JSON's strings, numbers, booleans and arrays are valid TOML.
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def readme_text(model: Model) -> str:
    """Return the README of the study folder."""
    d = model.design
    return f"""{README_OPENING} `{d.name}`

Nothing here was measured and nobody here exists. A program drew it from seed {d.seed}:
{d.patients} patients with {d.visits} visits, {d.controls} healthy controls, {d.targets} targets,
{d.centres} centre(s), {d.lots} lot(s) of arrays.

| file | what |
|---|---|
| `study.toml`, `plan.csv` | what the study is, and the analyses fixed before the data |
| `patients.csv`, `samples.csv`, `assessments.csv` | people, sera and their places, scores |
| `arrays/*.gpr`, `{LAYOUT_NAME}` | one scan per slide of 8 Blocks, and what is printed where |
| `truth/truth.csv` | true log2 fold changes: for tests of the software, no part of the study |

**Calibrated** to a printed study of 30 patients before and after radiotherapy and 10 healthy
controls: counts, sums and standard deviations of ages, tumour features, bone sites, pain and
quality of life (exact at those sizes, in proportion at others); which cytokines differ, and in
which direction. **Invented**: every single value, the size of each effect (1.6- to 2.2-fold;
Leptin about 2.7-fold after against before), levels, spread between people, noise of the arrays,
dates, drug doses. Pain and quality of life are drawn without any link to the cytokines.

The same sizes and seed write the same bytes; another seed draws other people.
"""
