from __future__ import annotations

import duckdb

from store import ledger
from store.finding import WARNING
from store.home import Home
from store.publish import current, publish, recover
from store.read import open_published
from store.verify import verify
from store.verify_archive import check_archive


def found(home: Home) -> list[tuple[str, str]]:
    return [(f.subject, f.where) for f in verify(home)]


def test_a_published_home_is_well(published: Home) -> None:
    assert verify(published) == []


def test_a_home_before_its_first_load_is_well(home: Home) -> None:
    assert verify(home) == []
    assert verify(home.ensure()) == []


def test_a_missing_original_is_named(published: Home) -> None:
    (original,) = (p for p in published.archive_dir.iterdir() if p.is_file())
    original.unlink()
    assert found(published) == [("archive", f"vault/archive/{original.name}")]


def test_of_many_missing_originals_some_are_named_and_the_rest_counted(home: Home) -> None:
    names = [f"{n:064x}" for n in range(25)]
    found = list(check_archive(home.ensure(), [], names))
    assert [f.where for f in found[:20]] == [f"vault/archive/{n}" for n in names[:20]]
    assert [str(f) for f in found[20:]] == [
        "damage: vault/archive: 5 more originals of loaded files are missing"
    ]


def test_a_stranger_in_the_archive_is_named(published: Home) -> None:
    (published.archive_dir / "notes.txt").write_text("x")
    assert found(published) == [("archive", "vault/archive/notes.txt")]


def test_another_key_is_noticed(published: Home) -> None:
    published.key_path.write_text("00" * 32)
    assert found(published) == [("key", "vault/key")]
    published.key_path.unlink()
    assert found(published) == [("key", "vault/key")]


def test_a_relation_that_lost_rows_is_named(published: Home) -> None:
    path = published.published_path
    path.chmod(0o600)
    con = duckdb.connect(str(path))
    con.execute("delete from marts.dim_patients")
    con.execute("drop table raw.values")
    con.close()
    path.chmod(0o444)
    wheres = dict.fromkeys(where for _, where in found(published))
    assert list(wheres) == [
        "warehouse.duckdb",
        "warehouse.duckdb marts.dim_patients",
        "warehouse.duckdb raw.values",
    ]


def test_a_missing_or_writable_or_foreign_file_is_noticed(published: Home) -> None:
    path = published.published_path
    path.chmod(0o644)
    assert found(published) == [("published", "warehouse.duckdb")]
    path.unlink()
    assert ("published", "warehouse.duckdb") in found(published)
    path.write_bytes(b"no database")
    path.chmod(0o444)
    messages = [f.message for f in verify(published) if f.subject == "published"]
    assert any("cannot be read" in m for m in messages)


def test_the_pointer_is_checked_against_the_ledger(published: Home) -> None:
    text = published.pointer_path.read_text()
    published.pointer_path.chmod(0o600)
    published.pointer_path.write_text(text.replace('"number": 1', '"number": 0'))
    assert ("pointer", "published/current.json") in found(published)
    published.pointer_path.write_text("{")
    assert ("pointer", "published/current.json") in found(published)
    published.pointer_path.unlink()
    assert ("pointer", "published/current.json") in found(published)
    # The ledger still knows the number, and the next publish mends the pointer.
    assert publish(published, study_ids=["s"]).number == 2
    assert verify(published) == []


def test_changed_missing_and_foreign_exports_are_named(published: Home) -> None:
    folder = published.published_dir / "1"
    (folder / "dictionary.csv").write_text("x")
    (folder / "marts" / "dim_patients.parquet").unlink()
    (folder / "extra.csv").write_text("x")
    assert found(published) == [
        ("exports", "published/1/dictionary.csv"),
        ("exports", "published/1/marts/dim_patients.parquet"),
        ("exports", "published/1/extra.csv"),
    ]
    (folder / "SHA256SUMS").write_text("")
    assert found(published) == [("exports", "published/1/SHA256SUMS")]


def test_a_ledger_cut_back_with_its_head_is_betrayed_by_the_published_copy(
    published: Home,
) -> None:
    publish(published, study_ids=["s"])
    published.ledger_path.write_bytes(b"")
    published.ledger_head_path.unlink()
    assert ("ledger", "vault/ledger.jsonl line 1") in found(published)


def test_an_interrupted_publish_is_a_warning_until_it_is_settled(published: Home) -> None:
    pointer = published.pointer_path.read_bytes()
    head = published.ledger_head_path.read_bytes()
    log = published.ledger_path.read_bytes()
    publish(published, study_ids=["s"])
    published.pointer_path.chmod(0o600)
    published.pointer_path.write_bytes(pointer)  # as if it had died right after the rename
    published.ledger_head_path.write_bytes(head)
    published.ledger_path.write_bytes(log)
    (finding,) = verify(published)
    assert finding.severity == WARNING
    assert "interrupted" in finding.message
    recover(published)
    assert verify(published) == []
    generation = current(published)
    assert generation is not None
    assert generation.number == 2


def test_a_published_load_that_is_gone_is_named(published: Home) -> None:
    path = published.published_path
    con = open_published(published)
    (file,) = con.execute("select role, file_sha256 from raw.files").fetchall()
    con.close()
    files = [{"role": file[0], "sha256": file[1], "status": "loaded"}]
    ledger.append(published, "load", "s", {"files": files})
    publish(published, study_ids=["s"])
    path.chmod(0o600)
    con = duckdb.connect(str(path))
    con.execute("delete from raw.files")
    con.close()
    path.chmod(0o444)
    messages = [f.message for f in verify(published) if f.where == "warehouse.duckdb raw.files"]
    assert any(file[1] in m for m in messages)
