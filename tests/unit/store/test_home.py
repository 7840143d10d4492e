from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from contracts import CytomartError
from store.build import open_build
from store.home import Home


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o777])
def test_the_vault_is_private_whatever_the_umask(home: Home, mask: int) -> None:
    home.root.mkdir(parents=True)
    before = os.umask(mask)
    try:
        open_build(home.ensure()).close()
    finally:
        os.umask(before)
    assert mode(home.vault) == 0o700
    for path in home.vault.rglob("*"):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


def test_rights_that_were_widened_are_narrowed_again(home: Home) -> None:
    open_build(home.ensure()).close()
    home.vault.chmod(0o755)
    home.build_path.chmod(0o644)
    home.ensure()
    assert (mode(home.vault), mode(home.build_path)) == (0o700, 0o600)


def test_two_names_of_one_directory_are_one_home(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert Home(tmp_path / "link" / "h") == Home(tmp_path / "real" / "." / "h")


def test_home_comes_from_option_then_variable_then_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CYTOMART_HOME", str(tmp_path / "b"))
    assert Home.from_env(str(tmp_path / "a")).root == (tmp_path / "a").resolve()
    assert Home.from_env(None).root == (tmp_path / "b").resolve()
    monkeypatch.delenv("CYTOMART_HOME")
    assert Home.from_env(None).root == (tmp_path / "data").resolve()


def test_a_vault_that_is_a_link_is_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    home.root.mkdir(parents=True)
    home.vault.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CytomartError, match="is a link"):
        home.ensure()


def test_a_home_that_is_a_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(CytomartError, match=r"/f.*--home"):
        Home(tmp_path / "f").ensure()
