"""Where the software tree keeps what several rooms read."""

from __future__ import annotations

from pathlib import Path

REPO_ROOT = Path(__file__).resolve().parents[1]
SEEDS = REPO_ROOT / "warehouse" / "seeds"
