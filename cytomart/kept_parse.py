"""What dbt makes of the project's files, kept beside the code: 14 s to make, 0.6 s to read.

It holds no data and belongs to the files that it was made of, so one is kept for all homes.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumaro_encoder, extended_mashumuro_decoder

from contracts.paths import REPO_ROOT

#: A folder that git and `make clean` know as made; where it cannot be written, nothing is kept.
FOLDER = REPO_ROOT / "target" / "parsed"

#: Settings of dbt that say where it reads and writes, or whom it tells; not what it reads.
_NO_CONTENT = frozenset({
    "DBT_TARGET_PATH", "DBT_LOG_PATH", "DBT_PROJECT_DIR", "DBT_PROFILES_DIR",
    "DBT_SEND_ANONYMOUS_USAGE_STATS",
})  # fmt: skip


def of_now() -> str:
    """Return the SHA-256 of all that dbt reads: project files, its settings, its versions."""
    settings = {
        k: v for k, v in os.environ.items() if k.startswith("DBT_") and k not in _NO_CONTENT
    }
    versions = {name: version(name) for name in ("dbt-core", "dbt-duckdb", "dbt-adapters")}
    digest = hashlib.sha256(repr((sys.version, versions, sorted(settings.items()))).encode())
    for path in _project_files():
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(REPO_ROOT).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def read(key: str) -> Manifest | None:
    """Return the project as it was kept under a key; None where it was not, or is damaged."""
    try:
        manifest = Manifest.from_msgpack(
            _path(key).read_bytes(), decoder=extended_mashumuro_decoder
        )
    except Exception:  # whatever a damaged file makes the decoder say, the project is read again
        return None
    manifest.build_parent_and_child_maps()
    manifest.build_flat_graph()
    return manifest


def keep(key: str, manifest: Manifest) -> None:
    """Keep the project under its key, in place of what was kept before."""
    content = manifest.to_msgpack(extended_mashumaro_encoder)
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=FOLDER)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(_path(key))
        for old in FOLDER.glob("*.msgpack"):
            if old != _path(key):
                old.unlink(missing_ok=True)
    except OSError:
        return


def _path(key: str) -> Path:
    return FOLDER / f"{key}.msgpack"


def _project_files() -> list[Path]:
    inside = (p for p in (REPO_ROOT / "warehouse").rglob("*") if p.is_file())
    kept = [p for p in inside if "__pycache__" not in p.parts]
    return sorted([REPO_ROOT / "dbt_project.yml", REPO_ROOT / "profiles.yml", *kept])
