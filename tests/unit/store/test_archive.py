from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from contracts import CytomartError
from store import archive
from store.home import Home


def test_an_original_is_kept_under_its_hash_read_only(home: Home, tmp_path: Path) -> None:
    original = tmp_path / "a.gpr"
    original.write_bytes(b"ATF\t1.0\r\n\xff")
    kept = archive.put(home.ensure(), original)
    assert kept.sha256 == hashlib.sha256(original.read_bytes()).hexdigest()
    assert kept.path == home.archive_dir / kept.sha256
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o400
    assert archive.read(home, kept.sha256) == original.read_bytes()
    assert archive.put(home, original) == kept == archive.put_bytes(home, original.read_bytes())
    assert list(home.archive_dir.iterdir()) == [kept.path]


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
    assert list(home.archive_dir.iterdir()) == []


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
    assert list(home.archive_dir.iterdir()) == []


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
