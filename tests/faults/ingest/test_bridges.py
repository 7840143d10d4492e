"""Bridge samples: read where they are declared, refused with the cell where they contradict."""

from __future__ import annotations

import csv

import pytest

from contracts import CytomartError
from simulate.design import Design
from simulate.study import write_study


def add(site, **cells):
    """Put a bridge sample on the one empty Block of the small study."""
    names, rows = site.read("samples")
    names = [*names, "bridge_id"]
    for row in rows:
        row["bridge_id"] = ""
        if row["group_code"] == "empty":
            row.update({"sample_id": "P01-again", "group_code": "bridge",
                        "bridge_id": "P01-baseline"} | cells)  # fmt: skip
    site.write("samples", names, rows)
    return site.load()


def words(report):
    return "\n".join(str(p) for f in report.files if f.role == "samples" for p in f.problems)


def test_a_serum_measured_again_names_its_first_measurement_and_nobody(site, balanced):
    assert add(site).exit_code == 0
    assert site.rows("select sample_id, bridge_id, patient_id, visit from raw.samples "
                     "where group_code = 'bridge'") == [
        ("P01-again", "P01-baseline", None, None)]  # fmt: skip
    assert site.count("raw.samples", "bridge_id is not null") == 1


def test_a_pool_needs_no_sample_of_the_study(site):
    assert add(site, bridge_id="POOL").exit_code == 0
    assert site.count("raw.samples", "bridge_id = 'POOL'") == 1


def test_pseudonyms_keep_the_link_to_the_first_measurement(site):
    text = (site.folder / "study.toml").read_text(encoding="utf-8")
    changed = text.replace("ids_are_codes = true", "ids_are_codes = false")
    assert changed != text
    (site.folder / "study.toml").write_text(changed, encoding="utf-8")
    assert add(site).exit_code == 0
    assert site.rows(
        "select count(*) from raw.samples as b inner join raw.samples as f "
        "on b.bridge_id = f.sample_id where b.group_code = 'bridge' and f.patient_id is not null"
    ) == [(1,)]
    assert site.count("raw.samples", "bridge_id like '%P01%'") == 0


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"bridge_id": ""}, "`bridge_id` is blank"),
        ({"bridge_id": "P01-again"}, "`bridge_id` is the row's own sample_id"),
        ({"patient_id": "P01"}, "a bridge sample names `P01`"),
        ({"visit": "baseline"}, "a bridge sample names `baseline`"),
        ({"sample_id": ""}, "`sample_id` is blank"),
        ({"sample_id": "P01-baseline"}, "sample_id `P01-baseline` stands 2 times"),
        (
            {"group_code": "A", "patient_id": "P01", "visit": "baseline"},
            "`bridge_id` is `P01-baseline`, the group `A`",
        ),
        ({"group_code": "empty", "sample_id": ""}, "an unused Block names `P01-baseline`"),
        ({"group_code": "Bridge"}, "did you mean `bridge`?"),
    ],
)  # fmt: skip
def test_a_contradiction_refuses_the_sheet_with_its_cell(site, cells, said):
    report = add(site, **cells)
    assert said in words(report), words(report)
    assert "samples.csv, line" in words(report)
    assert site.count("raw.samples") == 0


def test_no_group_of_a_study_is_called_bridge(site):
    path = site.folder / "study.toml"
    text = path.read_text(encoding="utf-8").replace('code = "C"', 'code = "bridge"', 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CytomartError, match="`bridge` is kept for serum measured again"):
        site.load()


@pytest.mark.parametrize("platform", ["genepix", "olink"])
def test_a_simulated_study_measures_serums_of_the_first_lot_again_in_the_second(tmp_path, platform):
    design = Design(patients=8, controls=4, lots=2, bridges=4, seed=5)
    write_study(tmp_path / "study", design, platform)
    with (tmp_path / "study" / "samples.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    lots = {r["sample_id"]: r["lot"] for r in rows}
    again = [r for r in rows if r["group_code"] == "bridge"]
    assert len(again) == len({r["bridge_id"] for r in again}) == 4
    assert {(lots[r["bridge_id"]], r["lot"]) for r in again} == {("SYN-LOT-1", "SYN-LOT-2")}
    assert all(r["patient_id"] == r["visit"] == "" for r in again)
    assert all(r["bridge_id"] == "" for r in rows if r["group_code"] != "bridge")
