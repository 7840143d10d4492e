"""Finding the thing that a person names, the reasons, and the order of decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from contracts import CytomartError, from_rows
from contracts.identity import PSEUDONYMS
from contracts.quality import EXCLUSIONS
from contracts.raw import PANEL_TARGETS, PATIENTS, SAMPLES
from contracts.scans import SPOTS
from contracts.studies import STUDIES
from cytomart import exclusions, hit_changes
from cytomart.exclusions import Wish
from cytomart.hit_changes import Result, Standing
from cytomart.reason_codes import codes
from cytomart.things import Thing, find
from store import build


def put(con, relation, rows):
    build.append(con, relation, from_rows(rows, relation))


@pytest.fixture
def con(put_spots):
    """Study `s` with pseudonyms and Blocks, study `w` with whole slides and study codes."""
    con = duckdb.connect()
    build.prepare(con)
    for study, unit, coded in (("s", "block", False), ("w", "slide", True)):
        put(con, STUDIES, [dict.fromkeys(STUDIES.column_names, "x") | {
            "study_id": study, "platform_id": "genepix", "is_synthetic": True, "channel_nm": 532,
            "array_unit": unit, "has_study_codes": coded}])  # fmt: skip
        put(con, PANEL_TARGETS, [dict.fromkeys(PANEL_TARGETS.column_names, "") | {
                        "target_order": 1,
            "study_id": study, "panel_id": "x", "target_id": "T06", "target_name": "IL-6",
            "target_kind": "analyte"}])  # fmt: skip
        slide = f"{study.upper()}1"
        base = {"study_id": study, "file_sha256": "f", "source_line": 1}
        put_spots(con, from_rows([base | {
            "batch_id": "b", "slide_id": slide, "block": 1, "spot_row": 1, "spot_column": c,
            "target_name": "IL-6", "target_id": "T06", "channel_nm": 532, "flag": 0}
            for c in (1, 2)], SPOTS))  # fmt: skip
        patient, sample = ("P1", "sera-1") if coded else ("P-AAAA", "S-BBBB")
        put(con, SAMPLES, [base | {
            "sample_id": sample, "patient_id": patient, "visit": "v", "group_code": "A",
            "slide_id": slide, "block": 1, "batch_id": "b", "lot": "l"},
            base | {"sample_id": f"{slide}/B2", "visit": "v", "group_code": "empty",
                    "source_line": 2, "slide_id": slide, "block": 2, "batch_id": "b",
                    "lot": "l"}])  # fmt: skip
        put(con, PATIENTS, [base | {"patient_id": patient, "cohort": "patient",
                                    "centre_id": "c", "sex": "female", "age_years": 50}])  # fmt: skip
    put(con, PSEUDONYMS, [
        {"study_id": "s", "id_kind": "patient", "real_id": "HUZ-1234", "pseudonym": "P-AAAA"},
        {"study_id": "s", "id_kind": "sample", "real_id": "tube-77", "pseudonym": "S-BBBB"},
    ])  # fmt: skip
    yield con
    con.close()


def wish(decision="exclude", scope="array", ident="S1/B1", code="scan_artefact", note="", study=""):
    return Wish(decision, scope, ident, code, note, study)


@pytest.mark.parametrize(
    ("scope", "ident", "study", "key"),
    [
        ("spot", "S1/B1/R1/C2", "", ("s", "S1/B1/R1/C2")),
        ("target", "T06", "s", ("s", "T06")),
        ("target", "IL-6", "w", ("w", "T06")),
        ("array", "S1/B1", "", ("s", "S1/B1")),
        ("array", "W1", "", ("w", "W1")),
        ("sample", "sera-1", "", ("w", "sera-1")),
        ("sample", "tube-77", "", ("s", "S-BBBB")),
        ("patient", "HUZ-1234", "", ("s", "P-AAAA")),
        ("patient", "P-AAAA", "", ("s", "P-AAAA")),
    ],
)
def test_a_thing_is_found_and_goes_by_its_published_key(con, scope, ident, study, key):
    assert find(con, scope, ident, study) == Thing(key[0], scope, key[1])


@pytest.mark.parametrize(
    ("scope", "ident", "words"),
    [
        ("array", "S1/B7", "near it: S1/B1"),
        ("array", "S1/B2", "no array S1/B2"),  # an unused Block carries no sample
        ("patient", "P-AAAB", "near it: P-AAAA"),
        ("patient", "HUZ-1235", "near it: P-AAAA"),
        ("sample", "nothing like it", "a loaded sample"),
        ("target", "IL-66", "near it: T06"),
        ("spot", "S1/B1/R1/C3", "near it: S1/B1/R1/C1, S1/B1/R1/C2"),
        ("spot", "S2/B1/R1/C3", "no scan of a slide S2"),
        ("spot", "C3", "SLIDE/B3/R1/C16"),
    ],
)
def test_an_unknown_id_is_refused_with_what_comes_near(con, scope, ident, words):
    with pytest.raises(CytomartError) as caught:
        find(con, scope, ident)
    assert caught.value.exit_code == 2
    assert words in str(caught.value).replace("C2, S1/B1/R1/C1", "C1, S1/B1/R1/C2")
    assert "HUZ-1234" not in str(caught.value)


def test_a_thing_of_several_studies_needs_the_study(con):
    with pytest.raises(CytomartError, match="T06 of study s; T06 of study w"):
        find(con, "target", "T06")


def test_reasons_are_a_list_and_some_need_a_note(con):
    assert {"pipetting_error", "wrong_sample", "haemolysis", "scan_artefact", "consent_limit",
            "outlier_documented", "other"} <= set(codes("exclude"))  # fmt: skip
    assert set(codes("include")) == {"excluded_by_mistake", "cause_resolved", "other"}
    assert {c for c, r in codes("exclude").items() if r.is_note_required} == {
        "outlier_documented", "other"}  # fmt: skip
    with pytest.raises(CytomartError, match="no reason 'mood'"):
        exclusions.check(con, wish(code="mood"))
    with pytest.raises(CytomartError, match="needs a note"):
        exclusions.check(con, wish(code="outlier_documented", note="  "))
    exclusions.check(con, wish(code="outlier_documented", note="4 SD by the plan's criterion"))


def test_a_note_with_the_own_id_of_a_person_is_refused(con):
    for note in ("huz-1234 was late", "see (tube-77)"):
        with pytest.raises(CytomartError, match="own id") as caught:
            exclusions.check(con, wish(note=note))
        assert "1234" not in str(caught.value)
    exclusions.check(con, wish(note="HUZ-12345 is another number"))


def test_decisions_follow_each_other_even_where_the_clock_was_set_back(con):
    ahead = datetime.now(UTC) + timedelta(days=3)
    put(con, EXCLUSIONS, [{"study_id": "s", "scope": "array", "scope_key": "S1/B1",
                           "is_excluded": True, "reason_code": "haemolysis", "note": "",
                           "recorded_by": "ann", "recorded_at": ahead}])  # fmt: skip
    with pytest.raises(CytomartError, match="excluded already: haemolysis, by ann"):
        exclusions.check(con, wish())
    back = wish("include", code="cause_resolved")
    exclusions.record(con, back, exclusions.check(con, back), "ben")
    with pytest.raises(CytomartError, match="array S1/B1 is not excluded"):
        exclusions.check(con, back)
    exclusions.record(con, wish(), exclusions.check(con, wish()), "ben")
    rows = con.execute("select is_excluded, recorded_by from quality.exclusions "
                       "order by recorded_at").fetchall()  # fmt: skip
    assert rows == [(True, "ann"), (False, "ben"), (True, "ben")]


def test_hits_gained_lost_and_turned_are_told_apart():
    def stand(n, **verdicts):
        results = {("A_vs_C", k): Result(k, v, c, p) for k, (v, c, p) in verdicts.items()}
        return Standing(results, n, 2 * n, 3 * n)

    before = stand(9, a=("higher", 1.0, 0.01), b=("not_shown", 0.1, 0.5), c=("lower", -1.0, 0.01),
                   d=("higher", 2.0, 0.02), e=("not_shown", 0.2, 0.4))  # fmt: skip
    after = stand(8, a=("not_shown", 0.9, 0.06), b=("lower", -0.3, 0.04), c=("higher", 1.0, 0.01),
                  d=("not_computed", None, None), e=("not_shown", 0.2 + 1e-13, 0.4))  # fmt: skip
    found = hit_changes.compare(before, after)
    assert [(h.analyte_id, h.what) for h in found.hits] == [
        ("a", "lost"), ("b", "gained"), ("c", "sign"), ("d", "lost")]  # fmt: skip
    assert (found.n_results, found.n_moved, found.n_dropped) == (5, 4, 1)
    assert (found.n_samples_out, found.n_spots_out, found.n_levels_out) == (1, 2, 3)
    assert hit_changes.compare(before, before) == hit_changes.Comparison((), 5, 0, 0, 0, 0, 0)
    assert hit_changes.compare(after, before).n_samples_out == -1
