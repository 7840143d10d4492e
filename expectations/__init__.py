"""Is this batch fit to analyse, is this release fit to publish? Answers are rows, never values."""

from expectations.acceptance import accept
from expectations.gate import run_batch_gate, run_release_gate
from expectations.results import GateRun, RuleResult
from expectations.standing import pending_batches, study_of

__all__ = [
    "GateRun",
    "RuleResult",
    "accept",
    "pending_batches",
    "run_batch_gate",
    "run_release_gate",
    "study_of",
]
