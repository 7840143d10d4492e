"""dbt's door to the build file: under the writer lock, with every standing relation present."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection

from contracts import CytomartError
from store import code
from store.build import connection_config, prepare
from store.durable import PRIVATE_FILE
from store.home import Home
from store.lock import acquire_for_process


class Plugin(BasePlugin):
    """Makes a plain `dbt build` a locked writer, on an empty home too.

    A dbt that cytomart started finds CYTOMART_LOCK_PID and writes under its parent's lock.
    """

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Create the home if need be, and be its only writer until the process ends."""
        try:
            self.home = _home_of(self.creds)
            acquire_for_process(self.home)
        except CytomartError as error:
            raise DbtRuntimeError(str(error)) from error

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Open the file exactly as the rest of cytomart does."""
        config.update(connection_config(self.home))

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Create the relations that models read, empty where nothing was loaded."""
        self.home.build_path.chmod(PRIVATE_FILE)
        try:
            prepare(conn)
        except CytomartError as error:
            raise DbtRuntimeError(str(error)) from error

    def configure_cursor(self, cursor: DuckDBPyConnection) -> None:
        """Set what a cursor does not take over from its connection."""
        cursor.execute("set TimeZone = 'UTC'")
        cursor.execute(f"set variable cytomart_code = '{code.in_force(code.OF_TABLES)}'")


def _home_of(creds: DuckDBCredentials | None) -> Home:
    path = Path(creds.path if creds else "")
    home = Home(path.parent.parent)
    if home.build_path.name != path.name or path.parent.name != home.vault.name:
        raise DbtRuntimeError(
            f"profiles.yml names {path} as the database. Allowed: <home>/vault/build.duckdb. "
            "Do: choose another home with CYTOMART_HOME."
        )
    return home
