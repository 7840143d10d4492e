"""What a study is, in the words of its study.toml."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.platforms.value_format import ValueFormat


@dataclass(frozen=True)
class Visit:
    """A visit; `window` are its first and last study day."""

    code: str
    label: str
    order: int
    is_baseline: bool
    window: tuple[int, int] | None
    days_after_treatment: int | None = None


@dataclass(frozen=True)
class Group:
    """A group of samples: everyone of a cohort at a visit."""

    code: str
    label: str
    cohort: str
    visit: str
    order: int


@dataclass(frozen=True)
class Instrument:
    """A scale, or another measure with a range (`is_measure`: no outcome).

    `pain_kind` says which pain it asks for; '' where it is no pain scale.
    """

    instrument_id: str
    label: str
    low: float
    high: float
    step: float | None
    better: str
    mid_score: float | None
    mid_frac: float | None
    mid_source: str
    is_measure: bool = False
    pain_kind: str = ""


@dataclass(frozen=True)
class Attribute:
    """A clinical column of patients; `levels` are pairs of value and words."""

    attribute_id: str
    label: str
    order: int
    is_multiple: bool
    levels: tuple[tuple[str, str], ...]

    @property
    def values(self) -> tuple[str, ...]:
        """Values that a cell may hold."""
        return tuple(value for value, _ in self.levels)


@dataclass(frozen=True)
class Measure:
    """A number of persons (`patients`) or of samples (`samples`), with its range."""

    measure_id: str
    label: str
    order: int
    of: str
    unit: str
    low: float
    high: float

    @property
    def range(self) -> Instrument:
        """The range that its cells are judged by."""
        return Instrument(self.measure_id, self.label, self.low, self.high, None, "neither", None,
                          None, "", is_measure=True)  # fmt: skip


@dataclass(frozen=True)
class Threshold:
    """A gate threshold of the study's own, with its reason."""

    rule_id: str
    threshold: float
    reason: str


@dataclass(frozen=True)
class Variant:
    """A recipe from spots to levels, as a row of the seed `signal_variants`."""

    variant_id: str
    variant_label: str
    background_method: str
    normalisation_method: str
    replicate_rule: str
    lod_rule: str
    below_lod_policy: str


@dataclass(frozen=True)
class Opioid:
    """A factor from a drug's dose to the oral morphine equivalent in mg a day."""

    drug: str
    route: str
    dose_unit: str
    factor: float
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What the factor is of."""
        return (self.drug, self.route, self.dose_unit)


@dataclass(frozen=True)
class PainResponse:
    """How the pain response of a study is judged; '' for what study.toml leaves open.

    Parameters
    ----------
    instrument_id : str
        Instrument whose scores make the classes of persons.
    index_site_id, reirradiated_id : str
        Attributes that hold a person's index site, and the sites that were irradiated before.
    """

    instrument_id: str = ""
    index_site_id: str = ""
    reirradiated_id: str = ""


@dataclass(frozen=True)
class Study:
    """A study as its study.toml states it.

    Parameters
    ----------
    layouts : dict of str to str
        Lot to the file of its layout; the lot "" stands for every lot.
    own_instruments : tuple of Instrument
        Those of study.toml.
    instruments : dict of str to Instrument
        Own ones and shipped ones, by id; own ones win.
    columns : dict of str to dict
        Role to (our column to the title in the file).
    array_unit : str
        What one sample occupies: block, slide, or well (of a platform of values).
    value_format : ValueFormat or None
        How files of values are read; None where the platform reads scans.
    own_variants : tuple of Variant
        Those of study.toml; they win over shipped ones of the same name.
    robustness_variants : tuple of str
        What results are compared over; `all` stands for every variant offered.
    publications : tuple of str
        Shipped sets of claims that it is compared with.
    """

    study_id: str
    title: str
    is_synthetic: bool
    primary_variant: str
    ids_are_codes: bool
    allow_columns: tuple[str, ...]
    platform_id: str
    panel_id: str
    channel_nm: int | None
    array_unit: str
    layouts: dict[str, str]
    reference_batches: tuple[str, ...]
    visits: tuple[Visit, ...]
    groups: tuple[Group, ...]
    centres: tuple[str, ...]
    own_instruments: tuple[Instrument, ...]
    instruments: dict[str, Instrument]
    attributes: tuple[Attribute, ...]
    thresholds: tuple[Threshold, ...]
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    value_format: ValueFormat | None = None
    own_variants: tuple[Variant, ...] = ()
    robustness_variants: tuple[str, ...] = ("all",)
    publications: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    pain_response: PainResponse = PainResponse()
    opioids: tuple[Opioid, ...] = ()

    def measures_of(self, role: str) -> tuple[Measure, ...]:
        """Return the numbers that the table of a role has."""
        return tuple(m for m in self.measures if m.of == role)

    @property
    def has_values(self) -> bool:
        """Whether its files hold finished values instead of scans."""
        return self.value_format is not None

    @property
    def baseline_visit(self) -> str:
        """Code of the visit that changes are measured from."""
        return next((v.code for v in self.visits if v.is_baseline), "")

    @property
    def visit_codes(self) -> tuple[str, ...]:
        """Codes of the visits in their order."""
        return tuple(v.code for v in self.visits)

    @property
    def follow_ups(self) -> tuple[str, ...]:
        """Codes of the visits after the baseline."""
        first = next((v.order for v in self.visits if v.is_baseline), 0)
        return tuple(v.code for v in self.visits if v.order > first)

    @property
    def scales(self) -> tuple[str, ...]:
        """Ids of the instruments that an assessment can be of."""
        return tuple(i for i, found in self.instruments.items() if not found.is_measure)

    @property
    def cohorts(self) -> tuple[str, ...]:
        """Cohorts that the groups name, in their order."""
        return tuple(dict.fromkeys(g.cohort for g in self.groups))

    def group(self, code: str) -> Group | None:
        """Return the group of that code."""
        return next((g for g in self.groups if g.code == code), None)

    def layout_of(self, lot: str) -> str | None:
        """Return the layout file of a lot, if the study names one."""
        return self.layouts.get(lot, self.layouts.get(""))
