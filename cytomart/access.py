"""Who asked the published warehouse what: a log in the vault (SECURITY.md says what it misses)."""

from __future__ import annotations

import getpass
import json
import os
from datetime import UTC, datetime
from typing import Any

from store.home import Home


def record(home: Home, verb: str, details: dict[str, Any]) -> None:
    """Append one line; readers without the vault's rights leave none, and are not stopped."""
    if not os.access(home.logs_dir, os.W_OK):
        return
    line = {
        "at": datetime.now(UTC).isoformat(),
        "user": getpass.getuser(),
        "verb": verb,
        **details,
    }
    path = home.logs_dir / "access.jsonl"
    with path.open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(line, ensure_ascii=False) + "\n")
    path.chmod(0o600)
