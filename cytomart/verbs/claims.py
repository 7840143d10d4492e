"""cytomart claims: what a publication's own figures say of its claims, without a warehouse."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from contracts import failure, from_rows
from contracts.claims import CLAIMS, VERDICTS
from cytomart.front import Front, pass_front
from ingest.claims import read_claims
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.files.tables import ENDINGS, read_sheet
from stats.claims import judge


@click.command("claims")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--verdict", "wanted", type=click.Choice(VERDICTS), multiple=True,
              help="Show only claims of this verdict; may stand several times.")  # fmt: skip
@pass_front
def command(front: Front, path: Path, wanted: tuple[str, ...]) -> None:
    """Recompute every claim of FILE (.csv, .tsv, .txt, .xlsx) from the figures on its row.

    A row says what a publication states, which check recomputes it, and the figures as printed;
    docs/claims.md has the format and every check. Told are the verdict and the arithmetic in
    words. Nothing is stored, and no warehouse is needed.

    Exit codes: 0 no claim is inconsistent, 1 some are, 2 FILE holds no claims that can be judged.
    """
    judged = judged_claims(path)
    shown = [r for r in judged if not wanted or r["verdict"] in wanted]
    front.show(
        path.name, ["claim", "place", "check", "verdict", "severity", "arithmetic"],
        [[r["claim_id"], r["source_place"], r["check_id"], _in_words(r["verdict"]),
          r["severity"] if r["verdict"] == "inconsistent" else "", r["explanation"]]
         for r in shown],
    )  # fmt: skip
    counts = Counter(r["verdict"] for r in judged)
    told = ", ".join(f"{counts[v]} {_in_words(v)}" for v in VERDICTS if counts[v])
    noun = "claim" if len(judged) == 1 else "claims"
    front.say(f"{len(judged)} {noun}: {told}. Nothing was stored.")
    exit_code = 1 if counts["inconsistent"] else 0
    front.give({"file": str(path), "n_claims": len(judged),
                "n_by_verdict": {v: counts[v] for v in VERDICTS}, "exit_code": exit_code,
                "claims": [_facts(r) for r in shown]})  # fmt: skip
    sys.exit(exit_code)


def judged_claims(path: Path) -> list[dict[str, Any]]:
    """Return the verdicts on a file of claims, as rows of `contracts.claims.CLAIM_VERDICTS`.

    Raises
    ------
    CytomartError
        The file is no table of claims, or with every bad cell.
    """
    if path.suffix.lower() not in ENDINGS:
        raise failure(f"{path.name} is no table", where=str(path), allowed=", ".join(ENDINGS),
                      remedy="save the claims as one of them")  # fmt: skip
    try:
        source = SourceFile.from_path(path)
        rows = read_claims(read_sheet(source, "claims"))
    except RefusedError as refusal:
        raise refusal.as_error(exit_code=2) from refusal
    if not rows:
        raise failure("the file holds no claim", where=str(path), allowed="a row a claim",
                      remedy="docs/claims.md says what a row holds")  # fmt: skip
    # A file by itself belongs to no study: its name stands in for one.
    of_file = {"study_id": path.stem, "file_sha256": source.sha256}
    verdicts: list[dict[str, Any]] = judge(
        from_rows([{**of_file, **row} for row in rows], CLAIMS)
    ).to_pylist()
    return verdicts


def _in_words(verdict: str) -> str:
    return verdict.replace("_", " ")


def _facts(row: dict[str, Any]) -> dict[str, Any]:
    """Return a verdict for machines, its numbers by name."""
    numbers = zip(row["recomputed_names"], row["recomputed_values"], strict=True)
    kept = ("publication_id", "claim_id", "claim_order", "source_place", "statement", "check_id",
            "figures", "verdict", "severity", "topic", "is_able_to_fail", "explanation",
            "note")  # fmt: skip
    return {**{name: row[name] for name in kept}, "recomputed": dict(numbers)}
