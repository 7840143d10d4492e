"""study.toml: every problem at once, each with its line."""

from __future__ import annotations

import pytest

from ingest.declared.study_columns import columns_of
from ingest.declared.study_toml import read_study
from ingest.faults import RefusedError

VARIANT = """[[variants]]
id = 'mine'
label = 'Mine'
background = 'half'
normalisation = 'median'
replicates = 'mean'
lod = 'olink'
below_lod = 'lod_sqrt2'
"""


def refusal(source, text):
    with pytest.raises(RefusedError) as caught:
        read_study(source(text, "study.toml"))
    return str(caught.value)


def test_a_right_one(study):
    assert (study.study_id, study.channel_nm, study.array_unit) == ("tiny", 532, "block")
    assert study.baseline_visit == "baseline"
    assert study.cohorts == ("patient", "control")
    assert study.visits[0].window == (-14, 0)
    assert study.attributes[1].is_multiple
    assert study.attributes[0].values == ("positive", "negative")
    assert "vas_pain_0_10" in study.scales
    assert "age_years" not in study.scales
    assert study.instruments["age_years"].high == 120
    assert (study.own_variants, study.robustness_variants) == ((), ("all",))


MEASURES = """
[[measures]]
id = "bmi"
label = "Body mass index"
unit = "kg/m2"
min = 10
max = 80
[[measures]]
id = "storage_days"
label = "Days in the freezer"
of = "samples"
unit = "days"
min = 0
max = 9999
"""


def test_numbers_of_persons_and_samples(source, toml_text):
    found = read_study(source(toml_text + MEASURES, "study.toml"))
    assert [(m.measure_id, m.of, m.unit, m.low, m.high) for m in found.measures] == [
        ("bmi", "patients", "kg/m2", 10.0, 80.0), ("storage_days", "samples", "days", 0.0, 9999.0),
    ]  # fmt: skip
    assert [m.measure_id for m in found.measures_of("samples")] == ["storage_days"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('id = "bmi"', 'id = "er"'), "`er` is a column of its own"),
        (('id = "bmi"', 'id = "age_years"'), "`age_years` is a column of its own"),
        (('id = "bmi"', 'id = "body mass"'), "letters, digits and underscore"),
        (('id = "bmi"', 'id = "storage_days"'), "`storage_days` stands twice"),
        (("max = 80", "max = 5"), "the range is 10 to 5"),
        (("max = 80", ""), "`max` is missing"),
        (('unit = "kg/m2"', ""), "`unit` is missing"),
        (('of = "samples"', 'of = "visits"'), "`of` is 'visits'"),
        (("min = 10", "min = 10\nlevels = 3"), "unknown key `levels`"),
    ],
)
def test_a_wrong_number_is_named(source, toml_text, change, words):
    assert change[0] in MEASURES
    said = refusal(source, toml_text + MEASURES.replace(*change, 1))
    assert words in said
    assert "[[measures]] number " in said


def test_variants_of_its_own(source, toml_text):
    text = toml_text.replace('"subtract_median"', '"mine"') + VARIANT
    found = read_study(source(text + "[robustness]\nvariants = ['mine', 'none_none']\n",
                              "study.toml"))  # fmt: skip
    (own,) = found.own_variants
    assert (found.primary_variant, own.variant_id, own.lod_rule) == ("mine", "mine", "olink")
    assert found.robustness_variants == ("mine", "none_none")
    whole = read_study(source(text + "[robustness]\nvariants = ['all', 'mine']\n", "study.toml"))
    assert whole.robustness_variants == ("all",)


@pytest.mark.parametrize("name", ["subtract_vsn", "subtract_cyclic_loess", "mine"])
def test_a_fit_of_a_batch_is_primary_only_where_no_reference_is_named(source, toml_text, name):
    own = VARIANT.replace("'median'", "'vsn'").replace("'lod_sqrt2'", "'as_measured'")
    text = toml_text.replace('"subtract_median"', f'"{name}"') + own
    assert read_study(source(text, "study.toml")).primary_variant == name
    said = refusal(source, text + "[normalisation]\nreference_batches = ['B1']\n")
    assert f"`primary_variant` is '{name}', which fits the arrays of each batch together" in said
    compared = toml_text + "[normalisation]\nreference_batches = ['B1']\n"
    assert read_study(source(compared, "study.toml")).robustness_variants == ("all",)


def test_normexp_is_never_primary_even_as_a_variant_of_ones_own(source, toml_text):
    text = toml_text.replace('"subtract_median"', '"mine"')
    text += VARIANT.replace("'half'", "'normexp'")
    assert "`primary_variant` is 'mine', whose background is normexp" in refusal(source, text)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('id = "tiny"', 'id = "ti ny"'), "line 3, [study] id: `id` is 'ti ny'"),
        (('title = "A study of two visits"', ""), "[study] title: `title` is missing"),
        (
            ("ids_are_codes = true", 'ids_are_codes = "yes"'),
            "`ids_are_codes` is 'yes'. Allowed: true",
        ),
        (
            ("channel_nm = 532", "channel_nm = true"),
            "`channel_nm` is True. Allowed: a whole number",
        ),
        (('"genepix"', '"genpix"'), "`platform` is 'genpix' (did you mean `genepix`?)"),
        (('array_unit = "block"', 'array_unit = "blok"'), "Allowed: block, slide"),
        (("baseline = true", "baseline = false"), "0 visits are marked `baseline = true`"),
        (("[-14, 0]", "[0, -14]"), "`window_days` is [0, -14]"),
        (('code = "B"', 'code = "A"'), "[[groups]] number 2 code: `A` stands twice"),
        (('code = "B"', 'code = "empty"'), "`empty` is kept for unused Blocks"),
        (('visit = "follow_up"', 'visit = "follow"'), "(did you mean `follow_up`?)"),
        (('[["spine", "Spine"], ["limb", "Limb"]]', '["spine"]'), "Allowed: pairs"),
        (('id = "er"', 'id = "sex"'), "`sex` is a column of its own"),
        (('"subtract_median"', '"subtract_medain"'), "did you mean `subtract_median`"),
        (("[privacy]", "[privacy]\nsecret = 1"), "unknown key `secret`"),
        (("[panel]", "[pannel]\n[panel]"), "unknown table `pannel`"),
        (("[panel]", "[panel]\nlayout = 3"), "`layout` is 3"),
        (
            ("[panel]", "[robustness]\nvariants = ['half_medain']\n[panel]"),
            "`variants` names 'half_medain'. Allowed: all, ",
        ),
        (
            ("[panel]", VARIANT.replace("'median'", "'mean'") + "[panel]"),
            "[[variants]] number 1 normalisation: `normalisation` is 'mean'",
        ),
        (
            ("[panel]", VARIANT.replace("'median'", "'quantile'") + "[panel]"),
            "`below_lod` is 'lod_sqrt2' with a normalisation that has no factor",
        ),
        (
            ('"subtract_median"', '"normexp_median"'),
            "`primary_variant` is 'normexp_median', whose background is normexp",
        ),
        (("[panel]", VARIANT * 2 + "[panel]"), "[[variants]] number 2 id: `mine` stands twice"),
        (("[panel]", VARIANT + "cv = 3\n[panel]"), "[[variants]] number 1 cv: unknown key `cv`"),
        (("[panel]", "[panel"), "not valid TOML"),
        (("[[groups]]", "[groups]"), "not valid TOML"),
    ],
)
def test_each_problem_has_its_place(source, toml_text, change, words):
    assert change[0] in toml_text
    assert words in refusal(source, toml_text.replace(*change, 1))


def test_all_problems_at_once(source, toml_text):
    text = toml_text.replace("channel_nm = 532", "").replace('cohort = "control"', "cohort = 1")
    said = refusal(source, text + "\n[more]\n[[thresholds]]\nrule = 'flagged_spots'\n")
    for words in ("`channel_nm` is missing", "`cohort` is 1", "unknown table `more`",
                  "`threshold` is missing", "`reason` is missing"):  # fmt: skip
        assert words in said, words


def test_own_instruments_override_shipped_ones(source, toml_text):
    own = ('\n[[instruments]]\nid = "vas_pain_0_10"\nlabel = "VAS"\nmin = 0\nmax = 10\n'
           'better = "lower"\n')  # fmt: skip
    study = read_study(source(toml_text + own, "study.toml"))
    assert study.instruments["vas_pain_0_10"].step is None
    assert "half a baseline SD" in study.instruments["vas_pain_0_10"].mid_source
    bad = own.replace("max = 10", "max = 0").replace('"lower"', '"less"')
    said = refusal(source, toml_text + bad)
    assert "the range is 0 to 0" in said
    assert "`better` is 'less'" in said


def test_layouts_by_lot(source, toml_text):
    text = toml_text.replace("[panel]", '[panel]\nlayout = {L1 = "a.gal", L2 = "b.gal"}')
    study = read_study(source(text, "study.toml"))
    assert (study.layout_of("L2"), study.layout_of("L3")) == ("b.gal", None)


def test_the_mapping_of_columns(source, toml_text):
    text = toml_text + '\n[columns.patients]\npatient_id = "Pat"\n'
    assert read_study(source(text, "study.toml")).columns == {"patients": {"patient_id": "Pat"}}
    assert "unknown key `patient`" in refusal(source, toml_text + '\n[columns.patient]\na = "b"\n')


PAIN = """
[[instruments]]
id = "my_worst_pain"
label = "Worst pain"
min = 0
max = 10
better = "lower"
pain = "worst"
[[attributes]]
id = "index_site"
label = "Index site"
levels = [["spine", "Spine"], ["limb", "Limb"]]
[[attributes]]
id = "again"
label = "Irradiated before"
multiple = true
levels = [["spine", "Spine"], ["all", "Every site"]]
[pain_response]
instrument = "my_worst_pain"
index_site = "index_site"
reirradiated = "again"
"""


def test_what_a_pain_response_is_taken_from(source, toml_text):
    found = read_study(source(toml_text + PAIN, "study.toml"))
    assert found.instruments["my_worst_pain"].pain_kind == "worst"
    assert found.instruments["vas_pain_0_10"].pain_kind == "unspecified"
    assert found.instruments["eortc_qlq_c30_pain"].pain_kind == ""
    response = found.pain_response
    assert (response.instrument_id, response.index_site_id, response.reirradiated_id) == (
        "my_worst_pain", "index_site", "again",
    )  # fmt: skip


def test_a_shipped_pain_scale_under_another_difference_stays_one(source, toml_text):
    own = PAIN.replace('"my_worst_pain"', '"bpi_worst_pain"').replace('pain = "worst"\n', "")
    assert read_study(source(toml_text + own, "study.toml")).instruments[
        "bpi_worst_pain"
    ].pain_kind == "worst"  # fmt: skip
    with pytest.raises(RefusedError, match="scales that say which `pain` they ask for"):
        read_study(source(toml_text + own.replace("max = 10", "max = 9"), "study.toml"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("max = 10", "max = 9"), "a scale of 0 to 9 on which lower is better"),
        (('better = "lower"', 'better = "higher"'), "on which higher is better"),
        (('pain = "worst"', 'pain = "bad"'), "`pain` is 'bad'"),
        (('instrument = "my_worst_pain"', 'instrument = "vas"'), "`instrument` is 'vas'"),
        (('instrument = "my_worst_pain"', 'instrument = "eortc_qlq_c30_global"'),
         "`instrument` is 'eortc_qlq_c30_global'"),
        (('index_site = "index_site"', 'index_site = "again"'), "`index_site` is 'again'"),
        (('reirradiated = "again"', 'reirradiated = "er2"'), "`reirradiated` is 'er2'"),
        (('reirradiated = "again"', "site = 1"), "unknown key `site`"),
    ],
)  # fmt: skip
def test_a_wrong_pain_response_is_named(source, toml_text, change, words):
    assert change[0] in PAIN
    assert words in refusal(source, toml_text + PAIN.replace(*change))


SCREENING = '[[visits]]\ncode = "screening"\nlabel = "Screening"\nwindow_days = [-40, -15]\n'


def test_a_visit_before_the_baseline_is_no_follow_up(source, toml_text):
    given = toml_text.replace("[[visits]]", f"{SCREENING}[[visits]]", 1)
    study = read_study(source(given, "study.toml"))
    assert study.visit_codes == ("screening", "baseline", "follow_up")
    assert study.follow_ups == ("follow_up",)
    assert "pain_responder@screening" not in columns_of(study).classes
    assert "pain_responder@follow_up" in columns_of(study).classes


def test_visits_stand_in_the_order_of_time(source, toml_text):
    late = SCREENING.replace("[-40, -15]", "[15, 40]")
    said = refusal(source, toml_text.replace("[[visits]]", f"{late}[[visits]]", 1))
    assert "`baseline` begins on day -14, before `screening` above it" in said
    assert "Allowed: visits in the order of time" in said


@pytest.mark.parametrize(("days", "is_right"), [("7", True), ("0", True), ("-1", False),
                                                ("7.5", False), ('"a week"', False)])  # fmt: skip
def test_days_after_treatment_are_whole_days(source, toml_text, days, is_right):
    given = toml_text.replace('code = "follow_up"',
                              f'code = "follow_up"\ndays_after_treatment = {days}', 1)  # fmt: skip
    assert given != toml_text
    if is_right:
        found = read_study(source(given, "study.toml"))
        assert found.visits[1].days_after_treatment == int(days)
    else:
        assert "`days_after_treatment` is" in refusal(source, given)
