from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from contracts import CytomartError
from store import archive, kept, ledger, packs
from store.home import Home
from store.recover import recover
from store.verify import verify

MANY = [f"scan {n}\n".encode() * 40 for n in range(archive.PACK_FROM)]


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def files(home: Home) -> list[Path]:
    """Return every file of the archive, packs among them."""
    return sorted(p for p in home.archive_dir.rglob("*") if p.is_file())


def take_in(home: Home, contents: list[bytes]) -> None:
    """Archive as a load does: out of one buffer that is used again."""
    buffer = bytearray(10_000)
    with archive.incoming(home.ensure()) as incoming:
        for content in contents:
            buffer[: len(content)] = content
            incoming.add(sha256_of(content), memoryview(buffer)[: len(content)])


def test_an_original_is_kept_under_its_hash_read_only(home: Home, tmp_path: Path) -> None:
    original = tmp_path / "a.gpr"
    original.write_bytes(b"ATF\t1.0\r\n\xff")
    kept = archive.put(home.ensure(), original)
    assert kept.sha256 == hashlib.sha256(original.read_bytes()).hexdigest()
    assert kept.path == home.archive_dir / kept.sha256
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o400
    assert archive.read(home, kept.sha256) == original.read_bytes()
    assert archive.put(home, original) == kept == archive.put_bytes(home, original.read_bytes())
    assert files(home) == [kept.path]


def test_a_home_that_is_not_there_yet_has_no_originals(home: Home) -> None:
    assert archive.names(home) == set()
    assert not home.archive_dir.exists()
    kept = archive.put_bytes(home.ensure(), b"ATF")
    assert archive.names(home) == {kept.sha256}


def test_links_directories_and_pipes_are_refused(home: Home, tmp_path: Path) -> None:
    home.ensure()
    (tmp_path / "link").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "directory").mkdir()
    for name, word in (("link", "link"), ("pipe", "pipe"), ("directory", "directory")):
        with pytest.raises(CytomartError, match=word) as caught:
            archive.put(home, tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)
    with pytest.raises(CytomartError, match="device"):
        archive.put(home, Path("/dev/null"))
    with pytest.raises(CytomartError, match="cannot be read"):
        archive.put(home, tmp_path / "absent")
    assert files(home) == []


def test_a_file_still_being_written_is_refused(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = tmp_path / "a.gpr"
    growing.write_bytes(b"first")
    settle = archive.fsync

    def grow(descriptor: int) -> None:
        with growing.open("ab") as out:
            out.write(b"second")
        settle(descriptor)

    monkeypatch.setattr(archive, "fsync", grow)
    with pytest.raises(CytomartError, match="changed while it was read"):
        archive.put(home.ensure(), growing)
    assert files(home) == []


def test_a_changed_original_is_not_handed_out(home: Home) -> None:
    kept = archive.put_bytes(home.ensure(), b"abc")
    kept.path.chmod(0o600)
    kept.path.write_bytes(b"abd")
    with pytest.raises(CytomartError, match="changed after it was archived"):
        archive.read(home, kept.sha256)


def test_only_hashes_name_originals(home: Home) -> None:
    home.ensure()
    for name in ("../key", "", "A" * 64):
        with pytest.raises(CytomartError, match="SHA-256"):
            archive.read(home, name)
    with pytest.raises(CytomartError, match="no original"):
        archive.read(home, "0" * 64)


def test_many_originals_share_a_pack_that_is_read_only(home: Home) -> None:
    take_in(home, MANY)
    (path,) = files(home)
    assert path.parent == home.packs_dir
    assert packs.PACK_NAME.fullmatch(path.name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert archive.names(home) == {sha256_of(c) for c in MANY}
    assert [archive.read(home, sha256_of(c)) for c in MANY] == MANY
    assert verify(home) == []
    assert kept.packed(ledger.entries(home)) == {path.name: len(MANY)}


def test_a_few_stay_files_of_their_own(home: Home) -> None:
    take_in(home, MANY[1:])
    assert [p.name for p in files(home)] == sorted(sha256_of(c) for c in MANY[1:])
    assert {stat.S_IMODE(p.stat().st_mode) for p in files(home)} == {0o400}
    assert [archive.read(home, sha256_of(c)) for c in MANY[1:]] == MANY[1:]
    assert verify(home) == []
    assert ledger.entries(home) == []


def test_nothing_taken_in_leaves_nothing(home: Home) -> None:
    take_in(home, [])
    assert files(home) == []
    assert ledger.entries(home) == []


def test_an_original_is_kept_once_whichever_way_it_comes_again(home: Home) -> None:
    take_in(home, [*MANY, MANY[0]])
    (path,) = files(home)
    again = archive.put_bytes(home, MANY[3])
    assert again == archive.Archived(sha256_of(MANY[3]), len(MANY[3]), path)
    assert files(home) == [path]


def test_two_packs_may_hold_the_same_original(home: Home) -> None:
    take_in(home, MANY)
    take_in(home, [b"another", *MANY[1:]])
    take_in(home, MANY)  # the same pack once more
    assert len(files(home)) == 2
    assert archive.names(home) == {sha256_of(c) for c in [*MANY, b"another"]}
    for path in files(home):
        held_elsewhere = path.rename(home.root / "away")
        assert archive.read(home, sha256_of(MANY[5])) == MANY[5]
        held_elsewhere.rename(path)
    assert verify(home) == []


def test_a_pack_that_is_full_is_followed_by_another(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "_MAX_MEMBERS", len(MANY) // 2)
    take_in(home, MANY)
    assert len(files(home)) == 2
    assert archive.names(home) == {sha256_of(c) for c in MANY}
    assert verify(home) == []


@pytest.mark.parametrize("n_files", [3, archive.PACK_FROM])
def test_a_block_that_fails_leaves_nothing_behind(home: Home, n_files: int) -> None:
    with pytest.raises(TypeError):
        take_in(home, [*MANY[:n_files], None])  # type: ignore[list-item]
    assert files(home) == []
    assert archive.names(home) == set()


@pytest.mark.parametrize("n_files", [3, archive.PACK_FROM])
def test_what_does_not_reach_the_disk_gets_no_name(
    home: Home, monkeypatch: pytest.MonkeyPatch, n_files: int
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(packs, "fsync", full)
    monkeypatch.setattr(archive, "sync_filesystem", full)
    with pytest.raises(OSError, match="No space left"):
        take_in(home, MANY[:n_files])
    assert files(home) == []
    assert ledger.entries(home) == []


def test_what_a_killed_process_left_is_a_warning_until_it_is_cleared(home: Home) -> None:
    take_in(home, MANY)
    (path,) = files(home)
    for directory in (home.archive_dir, home.packs_dir):
        (directory / ".tmp-incoming-1-0").write_bytes(path.read_bytes()[:-1])
    assert [(f.severity, Path(f.where).name) for f in verify(home)] == [
        ("warning", ".tmp-incoming-1-0")
    ] * 2
    assert archive.names(home) == {sha256_of(c) for c in MANY}
    recover(home)
    assert files(home) == [path]


def test_a_changed_original_in_a_pack_is_named_and_not_handed_out(home: Home) -> None:
    take_in(home, MANY)
    (path,) = files(home)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"scan 7\n", b"scan x\n", 1))
    with pytest.raises(CytomartError, match="changed after it was archived") as caught:
        archive.read(home, sha256_of(MANY[7]))
    assert f"{path} {sha256_of(MANY[7])}" in str(caught.value)
    assert archive.read(home, sha256_of(MANY[8])) == MANY[8]
    assert [f.where for f in verify(home)] == [
        f"vault/archive/packs/{path.name} {sha256_of(MANY[7])}"
    ]


def test_a_pack_that_cannot_be_read_is_named_and_hides_no_other(home: Home) -> None:
    take_in(home, MANY)
    (path,) = files(home)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    other = archive.put_bytes(home, b"alone")
    assert archive.names(home) == {other.sha256}
    assert archive.read(home, other.sha256) == b"alone"
    with pytest.raises(CytomartError, match="no original"):
        archive.read(home, sha256_of(MANY[0]))
    (finding,) = verify(home)
    assert finding.where == f"vault/archive/packs/{path.name}"
    assert "is not whole" in finding.message
    take_in(home, MANY)  # delivered again: whole again
    assert verify(home) == []


def test_a_missing_pack_and_strangers_among_the_packs_are_named(home: Home) -> None:
    take_in(home, MANY)
    (path,) = files(home)
    path.unlink()
    (home.packs_dir / "pack-1.zip").write_text("x")
    (home.packs_dir / f"pack-{'1' * 64}.zip").symlink_to("/nowhere")
    assert [(Path(f.where).name, f.message) for f in verify(home)] == [
        ("pack-1.zip", "is no pack of originals"),
        (f"pack-{'1' * 64}.zip", "is not an ordinary file"),
        (path.name, f"is missing, with {len(MANY)} originals"),
    ]
    with pytest.raises(CytomartError, match="no original"):
        archive.read(home, sha256_of(MANY[0]))
