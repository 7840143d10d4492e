"""House rules of warehouse/models, read from the files alone: no dbt, no database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from contracts import QUALITY, RAW
from contracts.paths import REPO_ROOT

WAREHOUSE = REPO_ROOT / "warehouse"
MODELS = WAREHOUSE / "models"
SOURCES = sorted(p for p in MODELS.rglob("*") if p.suffix in {".sql", ".py"})
SQL = [p for p in SOURCES if p.suffix == ".sql"]
PREFIX = {
    "staging": r"stg_(raw|quality)__[a-z_]+",
    "intermediate": r"int_[a-z]+(_[a-z]+)*_[a-z]+",
    "marts": r"(dim|fct)_[a-z_]+",
    "stats": r"(stat|fct)_[a-z_]+",
    "reporting": r"rpt_[a-z0-9_]+",
}
#: A CV is a ratio, not a share: close to background it can exceed 1.
NOT_A_SHARE = {"cv_frac", "cv_median_frac"}
ids = [p.stem for p in SOURCES]


def document(path: Path) -> dict:
    found = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))["models"]
    assert [m["name"] for m in found] == [path.stem]
    return found[0]


def checks_of(model: dict, name: str) -> list[dict]:
    return [t[name]["arguments"] for t in model["data_tests"] if name in t]


def checked_columns(model: dict, name: str) -> set[str]:
    return {c for arguments in checks_of(model, name) for c in arguments["columns"]}


def shared_words() -> dict[str, str]:
    text = (MODELS / "_columns.md").read_text(encoding="utf-8")
    return dict(re.findall(r"{% docs (\w+) %}\n(.*?)\n{% enddocs %}", text, re.S))


def words_of(column: dict) -> str:
    block = re.fullmatch(r"{{ doc\('(\w+)'\) }}", column["description"])
    return shared_words()[block[1]] if block else column["description"]


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_model_is_named_after_its_layer(path):
    assert re.fullmatch(PREFIX[path.parent.name], path.stem)


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_grain_comment_is_the_tested_key(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    grain = re.fullmatch(r"(?:--|#) grain: ([a-z_0-9, ]+)", first)
    assert grain, f"{path.name} must open with its grain"
    model = document(path)
    (key,) = checks_of(model, "unique_grain")
    assert grain[1].split(", ") == key["columns"]
    assert model["description"].startswith("Grain: ")
    if path.stem not in {"stg_quality__gate_runs", "stg_quality__gate_results"}:
        assert key["columns"][0] == "study_id"


@pytest.mark.parametrize("path", SQL, ids=[p.stem for p in SQL])
def test_model_ends_with_its_last_step(path):
    text = path.read_text(encoding="utf-8")
    last = re.fullmatch(r"select \* from ([a-z_0-9]+)", text.rstrip().splitlines()[-1])
    assert last, f"{path.name} must end with `select * from <its last step>`"
    assert text.count("\n)\n\nselect * from ") == 1
    assert text.rindex(" as (\n") == text.index(f"\n{last[1]} as (\n") + len(last[1]) + 1


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_every_column_is_described_in_more_than_its_name(path):
    for column in document(path)["columns"]:
        words = words_of(column)
        assert len(words) > 15, column["name"]
        spelt = set(re.findall(r"[a-z0-9]+", words.lower()))
        restated = set(column["name"].split("_")) | {"the", "of", "a", "an", "is", "id", "in"}
        assert len(spelt - restated) >= 3, f"{path.stem}.{column['name']} restates its name"


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_units_bring_their_checks(path):
    model = document(path)
    by_contract = {c["name"] for c in model["columns"]
                   if {"type": "not_null"} in c.get("constraints", [])}  # fmt: skip
    upstream = path.stem.startswith(("stg_", "stat_"))
    for column in model["columns"]:
        name = column["name"]
        words = words_of(column).lower()
        if name.endswith("_frac"):
            assert name in checked_columns(model, "within"), f"{name} within 0-1"
            bounds = [t for t in checks_of(model, "within") if name in t["columns"]]
            assert name in NOT_A_SHARE or bounds[0]["highest"] == 1
            assert "0-1" in words or "fraction" in words, f"{name}: say that it is a share"
        if name.endswith(("_log2", "_log2fc")) and not upstream:
            assert name in checked_columns(model, "finite"), f"{name} finite"
        if name.startswith(("is_", "has_")) and not path.stem.startswith("stg_raw__stud"):
            assert upstream or name in by_contract | checked_columns(model, "present"), name
            assert words.startswith(("true", "false")), f"{name}: say when it is true"
        if name.endswith("_afu"):
            assert "fluorescence units" in words or path.parent.name == "intermediate", name
        if name.endswith("_day"):
            assert "day" in words
        if path.parent.name in {"marts", "stats", "reporting"} and name.endswith("_unit"):
            assert any("accepted_values" in t for t in column["data_tests"])


@pytest.mark.parametrize("path", SQL, ids=[p.stem for p in SQL])
def test_public_tables_have_an_enforced_contract(path):
    model = document(path)
    if not path.stem.startswith(("dim_", "fct_")):
        return
    assert model["config"]["contract"] == {"enforced": True}
    assert all("data_type" in c for c in model["columns"])
    key = checks_of(model, "unique_grain")[0]["columns"]
    not_null = {c["name"] for c in model["columns"] if "constraints" in c}
    assert set(key) <= not_null


def test_a_model_that_sets_how_joins_are_carried_out_sets_it_back():
    found = 0
    for path in SQL:
        config = document(path).get("config", {})
        is_set = "outer_joins_as_written" in str(config.get("pre_hook", ""))
        assert is_set == ("outer_joins_as_estimated" in str(config.get("post_hook", ""))), path.stem
        found += is_set
    assert found


ARITHMETIC = re.compile(
    r"\b(avg|ordered_mean|ordered_sd|stddev_samp|median|percentile_cont|sum|exp|ln|log2|power|sqrt|abs)\(|"
    r"safe_log2|net_signal|signed_fold_change\(|replicate_cv|minus_log10|days_between|percent_text|nullif\(|"
    r"row_number\(\)"
)


@pytest.mark.parametrize("path", SQL, ids=[p.stem for p in SQL])
def test_models_that_compute_have_unit_tests(path):
    if not ARITHMETIC.search(path.read_text(encoding="utf-8")):
        return
    file = path.with_name(f"{path.stem}__unit_tests.yml")
    assert file.exists(), f"{path.stem} computes or decides: {file.name} must show its edges"
    found = yaml.safe_load(file.read_text(encoding="utf-8"))["unit_tests"]
    assert {t["model"] for t in found} == {path.stem}
    assert all(t["description"] and re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+){4,}", t["name"])
               for t in found)  # fmt: skip


ENGINE_WORDS = re.compile(
    r"target\.(name|type)|adapter\.|\bduckdb|\bspark|date_diff|datediff|string_agg|listagg|"
    r"collect_|array_agg|unnest|explode|list_|string_split|regexp_|\bilike\b|::|read_csv|"
    r"read_parquet|\bpragma\b|strftime|epoch|\bvarchar\b|max_by|arg_max|\bmad\(|\bexclude\b",
    re.I,
)


@pytest.mark.parametrize("path", SQL, ids=[p.stem for p in SQL])
def test_no_engine_words_in_models(path):
    code = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
    found = ENGINE_WORDS.search(code)
    assert not found, f"{path.name} says {found[0]!r}: it belongs into macros/dialect"


def test_engine_words_stand_in_dialect_only():
    for path in (WAREHOUSE / "macros").rglob("*.sql"):
        if path.parent.name != "dialect":
            code = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.S)
            assert path.stem == "generate_schema_name" or not ENGINE_WORDS.search(code), path.name


def test_sources_are_the_contracts():
    found = yaml.safe_load((MODELS / "staging" / "_sources.yml").read_text(encoding="utf-8"))
    shown = {
        source["name"]: {t["name"]: t["description"] for t in source["tables"]}
        for source in found["sources"]
    }
    wanted = {
        "raw": {r.name: f"Grain: {r.grain}." for r in RAW},
        "quality": {r.name: f"Grain: {r.grain}." for r in QUALITY},
    }
    assert shown == wanted


def test_only_staging_reads_sources():
    for path in SQL:
        if path.parent.name != "staging":
            assert "source(" not in path.read_text(encoding="utf-8"), path.name


def test_layers_are_read_downwards():
    order = ["staging", "intermediate", "marts", "stats", "reporting"]
    layer = {p.stem: p.parent.name for p in SOURCES}
    for path in SOURCES:
        for name in re.findall(r"ref\(['\"](\w+)['\"]\)", path.read_text(encoding="utf-8")):
            if name in layer:
                assert order.index(layer[name]) <= order.index(path.parent.name), (path.stem, name)


def test_every_singular_test_is_a_sentence():
    for path in (WAREHOUSE / "tests").glob("*.sql"):
        assert re.fullmatch(r"assert(_[a-z0-9]+){4,}", path.stem)
        assert path.read_text(encoding="utf-8").startswith("-- "), path.name
