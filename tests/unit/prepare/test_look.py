"""`look`: each figure against a file in which it is known, each finding against a planted one."""

from __future__ import annotations

import math
import random

import pytest

from contracts import CytomartError
from prepare.look import look
from prepare.look.facts import facts
from prepare.look.vocabulary import kind_by_name, meaning, panel_of


def detectors(found, slide=None):
    return {(f.array_id or f.slide_id, f.detector) for f in found.findings
            if slide in (None, f.slide_id)}  # fmt: skip


def noisy(seed, level=1000.0, spread=0.5, background=100):
    """Spots of one serum: each target at a level of its own, both duplicates alike."""
    draw = random.Random("targets")
    targets = {(r, t): draw.lognormvariate(math.log(1000), 1) for r in range(1, 7)
               for t in range(1, 5)}  # fmt: skip
    own = random.Random(seed)

    def spot(b, r, c):
        net = targets[r, (c + 1) // 2] * level / 1000 * math.exp(own.gauss(0, spread / 10))
        return {"F532 Median": round(net) + background, "B532 Median": background}

    return spot


# ---- gathering


def test_any_table_beside_the_scans_is_passed_over_and_by_itself_explained(gpr):
    scan = gpr("one")
    table = scan.parent / "MANIFEST.csv"
    table.write_text("file,rows\none.gpr,96\n", encoding="utf-8")
    found = look([scan.parent])
    assert (found.gathered.unread, found.gathered.n_passed_over) == ((), 1)
    (unread,) = look([scan, table]).gathered.unread
    assert "a table says nothing by itself" in unread.problems[0].given


def test_copies_are_named_and_looked_at_once(gpr):
    path = gpr("a")
    (path.parent / "b.gpr").write_bytes(path.read_bytes())
    found = look([path.parent])
    assert found.slides == ("a",)
    assert [(t.file_name, t.same_as) for t in found.gathered.twins] == [("b.gpr", "a.gpr")]


def test_an_unreadable_file_is_named_with_its_problem_and_the_rest_is_looked_at(gpr):
    path = gpr("a")
    (path.parent / "broken.gpr").write_text("ATF\t1.0\n3\tx\n", encoding="utf-8")
    (path.parent / "empty.gpr").write_bytes(b"")
    found = look([path.parent])
    assert found.slides == ("a",)
    unread = {u.file_name: str(u.problems[0]) for u in found.gathered.unread}
    assert "two whole numbers" in unread["broken.gpr"]
    assert "the file is empty" in unread["empty.gpr"]


def test_a_folder_without_scans_and_a_missing_path_are_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing\n", encoding="utf-8")
    with pytest.raises(CytomartError, match="no scanner file was found"):
        look([tmp_path])
    with pytest.raises(CytomartError, match="no such file or folder"):
        look([tmp_path / "absent"])


def test_a_link_is_not_followed(gpr):
    path = gpr("a")
    (path.parent / "link.gpr").symlink_to(path)
    assert "a link is not a file" in str(look([path.parent]).gathered.unread[0].problems[0])


def test_two_files_of_one_name_stay_apart(gpr):
    one, two = gpr("a", folder="first"), gpr("a", lambda b, r, c: {"Flags": -50}, folder="second")
    assert look([one, two]).slides == ("a (2)", "a")


# ---- figures


def test_background_plane_is_found_again(gpr):
    """Background = 300 + 40 afu per cm of x + 25 afu per cm of y, exactly."""

    def spot(b, r, c):
        x_cm, y_cm = c * 0.1, b + r * 0.1
        return {"B532 Median": 300 + 40 * x_cm * 10 + 25 * y_cm * 10, "F532 Median": 5000}

    surface = look([gpr("a", spot)]).surfaces["a"]
    assert surface.across == pytest.approx(400)
    assert surface.along == pytest.approx(250)
    assert surface.r_squared == pytest.approx(1.0)
    assert surface.change_afu == pytest.approx(400 * 0.7 + 250 * 1.5)


def test_a_plane_of_nothing_explains_nothing(gpr):
    found = look([gpr("a")])
    assert found.surfaces["a"].r_squared is None
    assert ("a", "gradient") not in detectors(found)


def test_gradient_and_edge_are_found_where_they_are_and_only_there(gpr):
    slope = gpr("slope", lambda b, r, c: {"B532 Median": 50 + 60 * c})
    edge = gpr("edge", lambda b, r, c: {"B532 Median": 300 if r in (1, 6) or c in (1, 8) else 100})
    found = look([slope, edge])
    assert ("slope", "gradient") in detectors(found)
    assert ("edge", "gradient") not in detectors(found)
    assert detectors(found, "edge") >= {("edge", "edge")}
    assert found.surfaces["edge"].edge_ratio == pytest.approx(3.0)


def test_shares_levels_and_cv_are_those_of_the_definitions(gpr):
    def spot(b, r, c):
        if (r, c) == (1, 1):
            return {"Flags": -100}
        if (r, c) == (2, 1):
            return {"F532 Median": 65535}
        if (r, c) == (3, 1):
            return {"F532 % Sat.": 51}
        if r == 4:
            return {"F532 Median": 1100 if c % 2 else 1300}
        return {"F532 Median": 50} if r == 5 else {}

    array = look([gpr("a", spot, blocks=1)]).arrays[0]
    assert array.n_spots == 48
    assert array.n_targets == 24
    assert array.n_replicates == 2
    assert array.flagged_frac == pytest.approx(1 / 48)
    assert array.saturated_frac == pytest.approx(2 / 48)
    assert array.negative_net_frac == pytest.approx(8 / 48)
    assert array.level_afu == pytest.approx(1000)
    # four pairs of 1000 and 1200, the others equal: the median of the CVs is 0
    assert array.cv_median_frac == 0
    assert array.background_afu == 100


def test_a_known_panel_is_recognised_with_its_controls(study):
    found = look([study.folder / "arrays"])
    assert {p.panel_id for p in found.bench.panels.values()} == {"raybiotech_g5"}
    array = found.arrays[0]
    assert (array.n_targets, array.n_replicates, array.n_positive, array.n_negative) == (
        80,
        2,
        6,
        10,
    )
    assert array.block == 1
    assert array.n_unknown == 0


def test_an_empty_block_is_called_empty_and_not_an_outlier(study):
    found = look([study.folder / "arrays"])
    rows = (study.folder / "samples.csv").read_text(encoding="utf-8").splitlines()[1:]
    empty = {f"{c[4]}/B{c[5]}" for row in rows if (c := row.split(","))[3] == "empty"}
    assert empty
    assert found.empty == empty
    assert {d for a, d in detectors(found) if a in empty} == {"empty"}


# ---- what a Block is


def test_blocks_that_print_the_same_are_samples_and_others_are_grids(gpr):
    samples = gpr("samples")
    grids = gpr("grids", lambda b, r, c: {"Name": f"T{b}.{r}.{c}"})
    found = look([samples, grids])
    assert [a.array_id for a in found.arrays] == ["grids", "samples/B1", "samples/B2"]
    assert [a.block for a in look([samples], blocks="grids").arrays] == [None]
    assert [a.block for a in look([grids], blocks="samples").arrays] == [1, 2]


def test_a_cut_block_leaves_the_others_samples(gpr):
    path = gpr("cut", blocks=4)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-5]) + "\n", encoding="utf-8")
    whole = gpr("whole", lambda b, r, c: {"B532 SD": 11}, blocks=4)
    other = gpr("other", lambda b, r, c: {"B532 SD": 12}, blocks=4)
    found = look([path, whole, other])
    assert found.shapes["cut"].by_block
    assert found.shapes["cut"].difference.startswith("5 missing: Block 4 Row 6 Column 4 `T6.2`")
    assert found.shapes["whole"].difference == ""


def test_a_renamed_spot_is_named(gpr):
    usual = [gpr(n, lambda b, r, c, n=n: {"B532 SD": ord(n)}) for n in "xyz"]
    odd = gpr("odd", lambda b, r, c: {"Name": "IL-6"} if (b, r, c) == (1, 2, 3) else {})
    found = look([*usual, odd])
    text = next(f.text for f in found.findings if f.detector == "layout")
    assert "1 other: Block 1 Row 2 Column 3 `IL-6` instead of `T2.2`" in text
    assert {f.slide_id for f in found.findings if f.detector == "layout"} == {"odd"}


# ---- arrays that stand apart


@pytest.mark.parametrize(
    ("detector", "planted"),
    [
        ("level", {"level": 20.0}),
        ("background", {"background": 900}),
    ],
)
def test_a_planted_array_stands_apart_and_no_other(gpr, detector, planted):
    paths = [gpr(f"s{n}", noisy(n), blocks=1) for n in range(6)]
    paths.append(gpr("odd", noisy(99, **planted), blocks=1))
    found = look(paths)
    assert {s for s, d in detectors(found) if d == detector} == {"odd"}


def test_another_serum_pattern_is_found_by_its_correlation(gpr):
    paths = [gpr(f"s{n}", noisy(n), blocks=1) for n in range(6)]
    shuffled = random.Random(3)
    paths.append(gpr("odd", lambda b, r, c: {"F532 Median": shuffled.randint(200, 5000)}, blocks=1))
    found = look(paths)
    assert {s for s, d in detectors(found) if d == "correlation"} == {"odd"}
    assert found.correlations["odd"] < 0.5 < found.correlations["s0"]


def test_near_identical_arrays_do_not_call_trifles_apart(gpr):
    paths = [gpr(f"s{n}", noisy(n, spread=0.05), blocks=1) for n in range(8)]
    assert not {d for _, d in detectors(look(paths))} & {"level", "background", "correlation"}


# ---- settings and privacy


def test_settings_that_differ_are_named_and_paths_never(gpr):
    paths = [
        gpr("a"),
        gpr("b", header={"DateTime": "2021/06/14 09:20:00"}),
        gpr("c", header={"PMTGain": "600", "GalFile": r"D:\Hans Muster\lot8.gal",
                         "DateTime": "2021/06/15 09:00:00"}),
    ]  # fmt: skip
    found = look(paths)
    different = {d.setting: d for d in found.differences}
    assert set(different) == {"PMTGain", "Array list"}
    assert different["PMTGain"].odd_slides == ("c",)
    assert different["Array list"].values[1] == ("lot8.gal", ("c",))
    text = str(facts(found))
    for secret in ("Muster", "Erika", "Beispiel", "MRN-4711", "Users"):
        assert secret not in text


def test_laser_power_within_its_drift_is_told_from_a_changed_knob(gpr):
    def of(power, n):
        return gpr(f"p{n}", header={"LaserPower": power, "DateTime": f"2021/06/14 09:1{n}:01"})

    drifting = look([of("2.16", 1), of("2.19", 2)]).differences
    assert [(d.setting, d.is_drift) for d in drifting] == [("LaserPower", True)]
    changed = look([of("2.16", 3), of("3.30", 4)]).differences
    assert [d.is_drift for d in changed] == [False]


def test_one_scan_exported_twice_is_noticed(gpr):
    found = look([gpr("a"), gpr("b", lambda b, r, c: {"Flags": -50} if r == 1 else {})])
    assert ("b", "same scan") in detectors(found)


def test_another_channel_can_be_chosen(shared):
    path = next((shared / "gpr" / "protoarray").glob("*CO14.gpr"))
    usual, other = look([path]), look([path], channel_nm=635)
    assert usual.bench.channels != other.bench.channels
    assert usual.arrays[0].level_afu != other.arrays[0].level_afu
    assert len(usual.channel_levels) == 2


# ---- vocabulary


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("POS1", "positive_control"), ("Pos", "positive_control"),
        ("Positive Control 2", "positive_control"), ("NEG", "negative_control"),
        ("Buffer", "negative_control"), ("Neg_ctrl", "negative_control"), ("", "blank"),
        ("BLANK", "blank"), ("empty", "blank"), ("IL-6", "analyte"), ("Negex", "analyte"),
        ("POSTN", "analyte"), ("PDGF-BB", "analyte"),
    ],
)  # fmt: skip
def test_kind_by_name(name, kind):
    assert kind_by_name(name) == kind


def test_names_resolve_as_in_the_warehouse():
    panel = panel_of(["IL-6", "POS1", "NEG", "Leptin"])
    assert panel is not None
    assert meaning("IL-6", "", panel).target_key == "IL_6"
    assert meaning("other", "IL_6", panel).target_key == "IL_6"
    assert meaning("CXCL5", "", panel).target_key == "ENA_78"
    assert not meaning("Unheard", "", panel).is_known
    assert panel_of(["ypr158c-d", "ypr020w"]) is None
