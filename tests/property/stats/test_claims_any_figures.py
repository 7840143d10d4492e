"""Whatever figures a row may hold, a check answers with a verdict, numbers and words."""

from __future__ import annotations

import math

import numpy as np
import pytest

from contracts.claim_checks import CHECKS, NO_RELATED
from contracts.claim_rows import claim_faults
from contracts.claims import VERDICTS
from stats.claims.judging import read_claims
from stats.claims.registry import FUNCTIONS

NUMBERS = ("0", "0.0", "0.00", "1", "1.5", "-1.5", "-1", "0.004", "0.999", "5.56", "27.00", "100", "1234.5", "1e5",
           "0.0001", "-0.5", "3.14159", "99999999")  # fmt: skip
COUNTS = ("0", "1", "2", "3", "4", "7", "30", "31", "150")
TEXTS = ("IL-6", "MIP", "A>B", "A<B", "B>C", "A<C", "not evident", "A", "C", "β", "x y")
RELATED = [
    {
        "claim_id": "r1",
        "check_id": "direction_agreement",
        "figures": "target=IL-6; direction_1=A>B",
    },
    {
        "claim_id": "r2",
        "check_id": "direction_agreement",
        "figures": "target=IL-6; direction_1=B>C; direction_2=C<B",
    },
    {"claim_id": "r3", "check_id": "list_length", "figures": "stated=2; members=IL-6|MIP-1 beta"},
]


def a_value(rng, figure) -> str:
    def one() -> str:
        if figure.words:
            return str(rng.choice(figure.words))
        if figure.kind in ("count", "counts"):
            return str(rng.choice(COUNTS))
        if figure.kind == "p":
            return str(
                rng.choice(["0.000", "0.05", "<0.001", "1", "0.9", ">0.05", "≥0.1", "<=0.01"])
            )
        return str(rng.choice(TEXTS if figure.kind in ("text", "texts") else NUMBERS))

    return "|".join(one() for _ in range(2)) if figure.kind.endswith("s") else one()


@pytest.mark.parametrize("check_id", [c for c in CHECKS if c != "recorded"])
def test_any_figures_have_a_verdict(check_id):
    rng = np.random.default_rng(sum(map(ord, check_id)))
    check, judged = CHECKS[check_id], set()
    n_sound = 0
    for _ in range(120):
        figures = [f for f in check.figures if f.required or rng.random() < 0.6]
        row = {"study_id": "s", "publication_id": "p", "claim_id": "it", "claim_order": 1, "source_place": "R",
               "statement": "s", "check_id": check_id, "note": "", "severity": "", "topic": "",
               "figures": "; ".join(f"{f.name}={a_value(rng, f)}" for f in figures),
               "related_claim_ids": "" if check.related == NO_RELATED else "r*"}  # fmt: skip
        rows = [
            row,
            *(
                {**row, **r, "claim_order": i, "related_claim_ids": ""}
                for i, r in enumerate(RELATED, 2)
            ),
        ]
        if claim_faults(rows):
            continue
        n_sound += 1
        claim = next(c for c in read_claims(rows) if c.claim_id == "it")
        found = FUNCTIONS[check_id](claim)
        assert found.verdict in VERDICTS, row["figures"]
        assert found.explanation.endswith("."), found.explanation
        assert "nan" not in found.explanation, (row["figures"], found.explanation)
        assert all(isinstance(float(v), float) for v in found.recomputed.values())
        assert found.is_able_to_fail or found.verdict in ("not_testable", "recorded"), row[
            "figures"
        ]
        assert not any(math.isnan(v) for k, v in found.recomputed.items() if k != "r_needed"), row[
            "figures"
        ]
        judged.add(found.verdict)
    assert n_sound > 5
