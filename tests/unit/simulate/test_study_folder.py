"""The study folder as a whole: files, words, sizes, repeatability, care for other folders."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from contracts import CytomartError
from contracts.paths import SEEDS
from simulate.arrays import net_signal
from simulate.design import Design
from simulate.founding import write_founding_study
from simulate.model import draw_model
from simulate.study import write_study


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def described(folder: Path) -> dict:
    return tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))


def test_files_of_the_folder(shipped_seed):
    slides = {f"arrays/SYN-S0{k}.gpr" for k in range(1, 10)}
    tables = {"patients.csv", "samples.csv", "assessments.csv", "plan.csv"}
    others = {"README.md", "study.toml", "layout.gal", "truth/truth.csv"}
    assert set(contents(shipped_seed)) == slides | tables | others


def test_study_says_what_it_returns(tmp_path):
    study = write_founding_study(tmp_path / "s")
    assert study.folder == tmp_path / "s"
    assert study.study_id == described(tmp_path / "s")["study"]["id"] == "founding-synthetic"
    assert study.slide_ids == tuple(f"SYN-S0{k}" for k in range(1, 10))
    assert (study.n_samples, study.n_empty_blocks) == (70, 2)
    assert study.truth_path.is_file()


def test_every_text_says_synthetic(shipped_seed):
    for name, content in contents(shipped_seed).items():
        if name.endswith((".gpr", ".gal", ".toml", ".md")):
            assert b"SYNTHETIC" in content, name
    study = described(shipped_seed)["study"]
    assert study["synthetic"] is True
    assert study["title"].startswith("SYNTHETIC")


def test_tables_are_utf8_with_lf(shipped_seed):
    for path in (*shipped_seed.rglob("*.csv"), shipped_seed / "study.toml"):
        content = path.read_bytes()
        assert b"\r" not in content
        assert content.endswith(b"\n")
        content.decode("utf-8")


def test_study_toml(shipped_seed):
    study = described(shipped_seed)
    assert study["panel"] == {
        "platform": "genepix",
        "id": "raybiotech_g5",
        "channel_nm": 532,
        "array_unit": "block",
        "layout": "layout.gal",
    }
    assert study["privacy"] == {"ids_are_codes": True}
    assert study["normalisation"]["reference_batches"] == ["SYN-01", "SYN-02", "SYN-03"]
    assert [v["code"] for v in study["visits"]] == ["baseline", "follow_up"]
    assert [v.get("baseline", False) for v in study["visits"]] == [True, False]
    assert [(g["code"], g["cohort"], g["visit"]) for g in study["groups"]] == [
        ("A", "patient", "baseline"),
        ("B", "patient", "follow_up"),
        ("C", "control", "baseline"),
    ]
    (quality,) = study["instruments"]
    assert (quality["id"], quality["min"], quality["max"]) == ("qol_unnamed", 0, 100)
    assert "mid_score" not in quality  # half a baseline SD is computed from the data
    assert "distribution-based" in quality["mid_source"]


def test_clinical_columns_hold_declared_levels_only(shipped_seed, read_csv):
    rows = read_csv(shipped_seed / "patients.csv")
    for attribute in described(shipped_seed)["attributes"]:
        allowed = {value for value, _ in attribute["levels"]}
        cells = [r[attribute["id"]] for r in rows if r["cohort"] == "patient"]
        values = [v for c in cells for v in (c.split("|") if attribute["multiple"] else [c])]
        assert set(values) <= allowed


def test_plan(shipped_seed, read_csv):
    rows = {r["analysis_id"]: r for r in read_csv(shipped_seed / "plan.csv")}
    assert list(rows) == [
        "a_vs_c", "b_vs_c", "b_vs_a", "b_like_c", "paper_a_vs_c", "paper_b_vs_c", "paper_b_vs_a",
        "groups_abc", "paper_groups_abc", "pain_change", "qol_change", "odds_pain",
        "odds_qol", "odds_pain_age", "corr_pain_baseline",
        "corr_pain_follow_up", "corr_qol_baseline", "corr_qol_follow_up",
        "change_pain_follow_up", "change_qol_follow_up", "predict_pain_follow_up",
    ]  # fmt: skip
    confirmatory = [a for a, r in rows.items() if r["status"] == "confirmatory"]
    assert confirmatory == ["a_vs_c", "b_vs_c", "b_vs_a", "pain_change", "qol_change", "odds_pain",
                            "odds_qol"]  # fmt: skip
    paired = rows["b_vs_a"]
    assert (paired["contrast_id"], paired["pairing"], paired["primary_method"]) == (
        "B_vs_A",
        "patient",
        "moderated_t",
    )
    assert {k: (rows[k]["primary_method"], rows[k]["covariates"]) for k in ("a_vs_c", "b_vs_c")} == {
        "a_vs_c": ("welch_t", "age_years"), "b_vs_c": ("welch_t", "age_years"),
    }  # fmt: skip
    alike = rows["b_like_c"]
    assert (alike["kind"], alike["contrast_id"], alike["min_abs_fold_change"]) == (
        "equivalence", "B_vs_C", "1.5",
    )  # fmt: skip
    paper = [r for k, r in rows.items() if k.startswith("paper_") and r["kind"] == "contrast"]
    assert {r["mode"] for r in paper} == {"paper"}
    assert {r["min_abs_fold_change"] for r in paper} == {"1.5"}
    assert {r["pairing"] for r in paper} == {"independent"}
    for name, method, mode in (("groups_abc", "mixed_model", "correct"),
                               ("paper_groups_abc", "anova_oneway", "paper")):  # fmt: skip
        row = rows[name]
        assert (row["kind"], row["primary_method"], row["mode"]) == ("omnibus", method, mode)
    assert rows["change_pain_follow_up"]["kind"] == "change_correlation"
    odds = {k: r for k, r in rows.items() if r["kind"] == "odds_ratio"}
    assert {k: (r["outcome"], r["event"], r["pairing"]) for k, r in odds.items()} == {
        "odds_pain": ("vas_pain_0_10", ">=4", "patient"),
        "odds_qol": ("qol_unnamed", "<=27", "patient"),
        "odds_pain_age": ("vas_pain_0_10", ">=4", "independent"),
    }
    assert rows["pain_change"]["outcome"] == "vas_pain_0_10"
    assert rows["corr_qol_follow_up"]["subset"] == "cohort=patient"


def test_targets_are_those_of_the_shipped_panel(shipped_seed, read_gpr, read_csv):
    panel = {
        r["target_name"]: r["target_id"]
        for r in read_csv(SEEDS / "panel_targets.csv")
        if r["panel_id"] == "raybiotech_g5"
    }
    _, rows = read_gpr(shipped_seed / "arrays" / "SYN-S01.gpr")
    assert {r["Name"]: r["ID"] for r in rows} == panel


def test_same_seed_same_bytes(shipped_seed, tmp_path):
    write_founding_study(tmp_path / "again", seed=7)
    assert contents(tmp_path / "again") == contents(shipped_seed)


def test_another_seed_gives_other_values(shipped_seed, tmp_path):
    write_founding_study(tmp_path / "other", seed=8)
    first, second = contents(shipped_seed), contents(tmp_path / "other")
    same = {name for name in first if first[name] == second[name]}
    assert set(first) == set(second)
    assert same == {"plan.csv", "layout.gal"}


def test_signal_in_memory_is_the_signal_in_the_files(shipped_seed, read_gpr, read_csv):
    model = draw_model(Design())
    signal = net_signal(model)
    used = [r for r in read_csv(shipped_seed / "samples.csv") if r["group_code"] != "empty"]
    assert [r["group_code"] for r in used] == signal.group_code.tolist()
    first = used[0]
    _, rows = read_gpr(shipped_seed / "arrays" / f"{first['slide_id']}.gpr")
    for k, target in enumerate(model.panel.analytes):
        net = [
            int(r["F532 Median - B532"])
            for r in rows
            if r["Block"] == first["block"] and r["ID"] == target.target_id
        ]
        assert signal.net_afu[0, k].tolist() == net


def test_a_folder_of_another_kind_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(CytomartError, match="no synthetic study"):
        write_founding_study(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_measured_study_is_left_alone(tmp_path):
    (tmp_path / "study.toml").write_text('[study]\nid = "real"\nsynthetic = false\n')
    with pytest.raises(CytomartError, match="no synthetic study"):
        write_founding_study(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["study.toml"]


def test_a_study_cut_short_is_written_anew(tmp_path, shipped_seed, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("simulate.study.truth_csv", stop)
        with pytest.raises(KeyboardInterrupt):
            write_founding_study(tmp_path)
    assert not (tmp_path / "study.toml").exists()
    write_founding_study(tmp_path)
    assert contents(tmp_path) == contents(shipped_seed)


def test_a_smaller_study_replaces_a_larger_one(tmp_path):
    write_study(tmp_path, Design(patients=12, controls=4, targets=90))
    write_founding_study(tmp_path)
    write_study(tmp_path, Design(patients=6, controls=2))
    assert len(list((tmp_path / "arrays").glob("*.gpr"))) == 2
    assert not (tmp_path / "catalog.csv").exists()


def test_a_larger_panel(tmp_path, read_csv, read_gpr):
    study = write_study(tmp_path, Design(patients=6, controls=2, targets=90))
    catalog = read_csv(tmp_path / "catalog.csv")
    panel_id = described(tmp_path)["panel"]["id"]
    assert panel_id != "raybiotech_g5"
    assert {r["panel_id"] for r in catalog} == {panel_id}
    analytes = [r for r in catalog if r["target_kind"] == "analyte"]
    assert len(analytes) == 90
    assert [r["target_name"] for r in analytes[80:82]] == ["SYN-081", "SYN-082"]
    assert [r["target_id"] for r in analytes[80:82]] == ["SYN_081", "SYN_082"]
    assert [int(r["target_order"]) for r in catalog] == list(range(1, 95))
    pan_gro = next(r for r in analytes if r["target_name"] == "GRO a/b/g")
    assert pan_gro["gene_symbols"] == "CXCL1|CXCL2|CXCL3"
    _, rows = read_gpr(tmp_path / "arrays" / f"{study.slide_ids[0]}.gpr")
    counts = Counter(r["ID"] for r in rows if r["Block"] == "8")
    assert {counts[r["target_id"]] for r in catalog if r["target_id"] != "NEG"} == {2}
    assert counts["NEG"] >= 10
    assert len({r["target_id"] for r in read_csv(study.truth_path)}) == 90


def test_a_smaller_panel(tmp_path, read_csv):
    write_study(tmp_path, Design(patients=6, controls=2, targets=20))
    catalog = read_csv(tmp_path / "catalog.csv")
    shipped = {r["target_id"] for r in read_csv(SEEDS / "panel_targets.csv")}
    assert sum(r["target_kind"] == "analyte" for r in catalog) == 20
    assert {r["target_id"] for r in catalog} <= shipped


def test_more_visits_and_missing_follow_ups(tmp_path, read_csv):
    design = Design(patients=9, controls=3, visits=4, missing_follow_up=2)
    study = write_study(tmp_path, design)
    samples = read_csv(tmp_path / "samples.csv")
    counts = Counter(r["group_code"] for r in samples)
    assert (counts["A"], counts["B"], counts["B2"], counts["B3"], counts["C"]) == (9, 7, 7, 7, 3)
    assert counts["empty"] == study.n_empty_blocks
    assert {v["code"] for v in described(tmp_path)["visits"]} == {
        "baseline", "follow_up", "follow_up_2", "follow_up_3",
    }  # fmt: skip
    plan = {r["analysis_id"]: r for r in read_csv(tmp_path / "plan.csv")}
    assert plan["b2_vs_a"]["contrast_id"] == "B2_vs_A"
    assert plan["b3_vs_a"]["pairing"] == "patient"
    assert plan["pain_change_3"]["visit"] == "follow_up_3"
    contrasts = {r["contrast_id"] for r in read_csv(study.truth_path)}
    assert contrasts == {"A_vs_C", "B_vs_C", "B_vs_A", "B2_vs_A", "B3_vs_A"}
    seen = Counter((r["patient_id"]) for r in read_csv(tmp_path / "assessments.csv"))
    assert sorted(seen.values()) == [2, 2] + [8] * 7
    by_patient: dict[str, set[str]] = {}
    for r in samples:
        by_patient.setdefault(r["patient_id"], set()).add(r["slide_id"])
    assert all(len(slides) == 1 for p, slides in by_patient.items() if p)


def test_a_missed_visit_leaves_the_others(tmp_path, read_csv):
    design = Design(patients=12, controls=2, visits=3, missing_follow_up=2, missed_visits=3)
    study = write_study(tmp_path / "some", design)
    samples = read_csv(tmp_path / "some" / "samples.csv")
    visits: dict[str, set[str]] = {}
    for r in samples:
        if r["patient_id"].startswith("P"):
            visits.setdefault(r["patient_id"], set()).add(r["visit"])
    assert Counter(map(len, visits.values())) == {3: 7, 2: 3, 1: 2}
    assert all("baseline" in v for v in visits.values())
    assert study.n_samples == 7 * 3 + 3 * 2 + 2 + 2
    seen = {(r["patient_id"], r["visit"]) for r in read_csv(tmp_path / "some" / "assessments.csv")}
    assert seen == {(p, v) for p, own in visits.items() for v in own}
    # Who misses a visit changes no number of those who came.
    write_study(tmp_path / "all", Design(patients=12, controls=2, visits=3))
    everyone = {r["sample_id"]: r for r in read_csv(tmp_path / "all" / "samples.csv")}
    for r in samples:
        if r["patient_id"]:
            assert everyone[r["sample_id"]]["collected_on"] == r["collected_on"]


def test_windows_of_all_visits_hold_their_samples(tmp_path, read_csv):
    from datetime import date

    write_study(tmp_path, Design(patients=40, controls=0, visits=5, targets=12))
    windows = {v["code"]: v["window_days"] for v in described(tmp_path)["visits"]}
    rows = [r for r in read_csv(tmp_path / "samples.csv") if r["patient_id"]]
    days = {(r["patient_id"], r["visit"]): date.fromisoformat(r["collected_on"]) for r in rows}
    for (patient, visit), day in days.items():
        first, last = windows[visit]
        assert first <= (day - days[patient, "baseline"]).days <= last


@pytest.mark.parametrize("visits", range(2, 9))
def test_windows_do_not_overlap_and_labels_are_words(visits, tmp_path):
    write_study(tmp_path, Design(patients=3, controls=0, visits=visits, targets=12))
    study = described(tmp_path)
    windows = [v["window_days"] for v in study["visits"]]
    assert all(a[1] < b[0] for a, b in itertools.pairwise(windows))
    assert visits > 2 or windows[1] == [1, 60]
    labels = {v["code"]: v["label"] for v in study["visits"]}
    assert len(set(labels.values())) == visits
    assert not any("_" in g["label"] for g in study["groups"])
    assert all(g["label"] == labels[g["visit"]] for g in study["groups"][2:])
    if visits > 3:
        assert labels["follow_up_2"] == "One month after radiotherapy"
        assert labels["follow_up_3"] == "Two months after radiotherapy"


def test_centres_alternate_and_lots_change_by_batch(tmp_path, read_csv):
    write_study(tmp_path, Design(patients=24, controls=6, centres=3, lots=2, targets=12))
    people = read_csv(tmp_path / "patients.csv")
    centres = [c["code"] for c in described(tmp_path)["centres"]]
    assert len(centres) == 3
    assert [p["centre_id"] for p in people[:4]] == [*centres, centres[0]]
    lots: dict[str, set[str]] = {}
    for r in read_csv(tmp_path / "samples.csv"):
        lots.setdefault(r["batch"], set()).add(r["lot"])
    assert all(len(found) == 1 for found in lots.values())
    assert len(set().union(*lots.values())) == 2


def test_lots_scale_the_signal():
    """Array medians of two lots lie further apart than one lot's batches do."""

    def between(lots: int) -> list[float]:
        gaps = []
        for seed in range(12):
            model = draw_model(Design(patients=24, controls=0, seed=seed, lots=lots))
            signal = net_signal(model)
            used = [s for s in model.seating.seats if not s.is_empty]
            first = np.array([model.seating.batch_of(s.slide) == 0 for s in used])
            level = np.log2(np.median(signal.net_afu.mean(axis=2), axis=1))
            gaps.append(level[first].mean() - level[~first].mean())
        return gaps

    assert np.std(between(2)) > 1.3 * np.std(between(1))


def test_sizes_that_cannot_be_are_all_named():
    with pytest.raises(CytomartError) as refused:
        Design(patients=1, targets=3, visits=9, missing_follow_up=5)
    message = str(refused.value)
    for name in ("patients is 1", "targets is 3", "visits is 9", "missing_follow_up is 5"):
        assert re.search(name, message)


def test_studies_of_other_sizes_have_other_ids():
    designs = [Design(), Design(seed=8), Design(patients=31), Design(lots=2), Design(visits=3)]
    assert len({d.name for d in designs}) == len(designs)
    assert Design(study_id="mine").name == "mine"


def test_npx_files_are_the_same_bytes_again_and_replace_an_array_study(tmp_path):
    from simulate.design import Design
    from simulate.study import write_study

    design = Design(patients=4, controls=2, targets=12)
    write_study(tmp_path / "one", design)
    for folder in ("one", "two"):
        write_study(tmp_path / folder, design, "olink")
    files = [
        {p.relative_to(tmp_path / f): p.read_bytes() for p in (tmp_path / f).rglob("*")
         if p.is_file() and p.name != "layout.gal"}
        for f in ("one", "two")
    ]  # fmt: skip
    assert files[0] == files[1]
    assert not list((tmp_path / "one" / "arrays").glob("*.gpr"))
