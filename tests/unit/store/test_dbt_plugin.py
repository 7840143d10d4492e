from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest
import yaml

from contracts import STANDING
from contracts.paths import REPO_ROOT
from store.home import Home
from store.lock import child_environment, writer_lock

# Opens a connection as dbt does, says what it finds, and stays until told to go.
OPEN = """
import sys
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.environments.local import LocalEnvironment
from dbt_common.exceptions import DbtRuntimeError
creds = DuckDBCredentials.from_dict({"schema": "main", **eval(sys.argv[1])})
try:
    handle = LocalEnvironment(creds).handle()
except DbtRuntimeError as error:
    print("refused:", str(error).replace(chr(10), " "), flush=True)
    sys.exit(1)
cursor = handle.cursor()
query = "select count(*), current_setting('TimeZone') from duckdb_tables()"
print(*cursor.execute(query).fetchone(), flush=True)
sys.stdin.read()
"""


def open_as_dbt(path: str, **environment: str) -> subprocess.Popen[str]:
    target = {"path": path, "plugins": [{"module": "store.dbt_plugin"}]}
    return subprocess.Popen(
        [sys.executable, "-c", OPEN, repr(target)], cwd=REPO_ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **environment},
    )  # fmt: skip


def answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_dbt_on_an_empty_home_is_a_locked_writer_with_every_relation(home: Home) -> None:
    process = open_as_dbt(str(home.build_path))
    try:
        assert answer(process) == f"{sum(not r.view_sql for r in STANDING)} UTC"
        assert stat.S_IMODE(home.vault.stat().st_mode) == 0o700
        assert stat.S_IMODE(home.build_path.stat().st_mode) == 0o600
        second = open_as_dbt(str(home.build_path))
        assert f"another writer is at work: process {process.pid} " in answer(second)
        assert second.wait(timeout=30) == 1
    finally:
        process.communicate("", timeout=30)
    with writer_lock(home):  # the lock ended with the process
        pass


def test_a_dbt_that_the_holder_started_writes_under_its_lock(home: Home) -> None:
    with writer_lock(home):
        child = open_as_dbt(str(home.build_path), **child_environment(home))
        assert answer(child) == f"{sum(not r.view_sql for r in STANDING)} UTC"
        child.communicate("", timeout=30)


def test_any_other_database_is_refused(home: Home) -> None:
    process = open_as_dbt(str(home.published_path))
    assert "Allowed: <home>/vault/build.duckdb" in answer(process)
    process.communicate("", timeout=30)
    assert not home.root.exists()


@pytest.mark.parametrize("target", ["local", "ci"])
def test_the_shipped_profile_names_the_build_file_and_the_plugin(target: str) -> None:
    text = (REPO_ROOT / "profiles.yml").read_text(encoding="utf-8")
    profile = yaml.safe_load(text)["cytomart"]
    assert profile["target"] == "local"
    output = profile["outputs"][target]
    assert output["path"] == "{{ env_var('CYTOMART_HOME', 'data') }}/vault/build.duckdb"
    assert output["plugins"] == [{"module": "store.dbt_plugin"}]
    assert not {"settings", "config_options", "extensions"} & output.keys()
