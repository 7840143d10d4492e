"""`look` on the demo agrees with the warehouse; on the real files it is whole and quick."""

from __future__ import annotations

import csv
import json
import re
import resource

import duckdb
import pytest

from prepare.look import look

_MARTS = """
select a.slide_id, a.block, q.*
from marts.fct_array_quality as q
inner join marts.dim_arrays as a on q.study_id = a.study_id and q.array_id = a.array_id
"""
_SAME = {
    "background_median_afu": "background_afu",
    "negative_control_median_afu": "negative_control_afu",
    "positive_control_mean_afu": "positive_control_afu",
    "saturated_frac": "saturated_frac",
    "flagged_frac": "flagged_frac",
    "cv_median_frac": "cv_median_frac",
}


@pytest.mark.xdist_group("demo")
def test_figures_are_those_of_the_warehouse(demo):
    found = {(a.slide_id, a.block): a for a in look([demo.home / "demo-study" / "arrays"]).arrays}
    with duckdb.connect(str(demo.home / "warehouse.duckdb"), read_only=True) as con:
        marts = con.execute(_MARTS).to_arrow_table().to_pylist()
    assert len(marts) == 70
    for row in marts:
        array = found[row["slide_id"], row["block"]]
        for mart, ours in _SAME.items():
            assert getattr(array, ours) == pytest.approx(row[mart], rel=1e-9, abs=1e-12), mart
        assert array.n_positive >= row["n_positive_control_spots"]


def cpu_s() -> float:
    """Seconds that the commands took of the processor: a busy machine does not lengthen them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.xdist_group("demo")
def test_the_demo_is_looked_at_within_seconds_and_no_home_appears(demo, cytomart, tmp_path):
    page = tmp_path / "look.html"
    start = cpu_s()
    done = cytomart(tmp_path / "home", "look", str(demo.home / "demo-study"), "--html", str(page))
    assert cpu_s() - start < 30  # 5 s
    assert done.code == 0, done.err
    assert not (tmp_path / "home").exists()
    assert "9 scans" in done.out
    assert "SYN-S02" in done.out
    assert page.read_text(encoding="utf-8").count("data:image/png;base64,") == 27


@pytest.mark.shared
def test_the_fifteen_real_files_are_looked_at(shared, cytomart, tmp_path):
    page = tmp_path / "look.html"
    start = cpu_s()
    done = cytomart(tmp_path / "home", "--json", "look", str(shared / "gpr"), "--html", str(page))
    assert cpu_s() - start < 60  # 10 s
    assert done.code == 0, done.err
    facts = json.loads(done.out)
    with (shared / "gpr" / "MANIFEST.csv").open(encoding="utf-8", newline="") as stream:
        manifest = {r["file"].split("/")[1].removesuffix(".gpr"): r for r in csv.DictReader(stream)
                    if r["file"].endswith(".gpr")}  # fmt: skip
    slides = {s["slide_id"]: s for s in facts["slides"]}
    assert slides.keys() == manifest.keys()
    for name, row in manifest.items():
        assert slides[name]["n_spots"] == int(row["spots"]), name
        assert slides[name]["n_blocks"] == int(row["blocks"]), name
        assert slides[name]["flags"] == json.loads(row["flags"].replace("'", '"')), name
        negative = dict(p.split(":") for p in row["negative_net"].split(";"))
        array = next(a for a in facts["arrays"] if a["slide_id"] == name)
        assert round(array["negative_net_frac"] * array["n_spots"]) == int(negative["532"]), name
    assert not facts["unreadable"]
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"Users|Desktop|\.tif|\.jpg|H:\\", text)


@pytest.mark.shared
def test_what_the_real_files_show(shared, tmp_path):
    found = look([shared / "gpr"])
    layouts = {}
    for slide, shape in found.shapes.items():
        layouts.setdefault(shape.layout, set()).add(slide)
    assert len(layouts[1]) == 10
    assert layouts[2] == {"dummy_GSM734833_PA41992_-_AD1_no_descr",
                          "dummy_GSM735203_PA42023_-_CO13_no_descr"}  # fmt: skip
    same = {f.slide_id for f in found.findings if f.detector == "same scan"}
    assert same == layouts[2]
    assert {d.setting for d in found.differences} >= {"PMTGain", "PixelSize", "Scanner", "Software"}
    assert not any(s.by_block for s in found.shapes.values())
    assert found.gathered.n_passed_over == 4  # MANIFEST.csv, targets.txt, FORMAT.md, the GAL


@pytest.mark.shared
def test_files_of_values_are_named_and_a_broken_one_is_not_passed_over(shared):
    gathered = look([shared / "luminex"]).gathered
    assert {v.platform_id for v in gathered.values} == {"luminex"}
    assert "random.csv" in {v.file_name for v in gathered.values}
    broken = {u.file_name: str(u.problems[0]) for u in gathered.unread}
    assert broken.keys() == {"random_broken_colB.csv"}
    assert "random_broken_colB.csv, line" in broken["random_broken_colB.csv"]
