"""Freeze or supersede a normalisation reference, go the whole road, say what it changed."""

from __future__ import annotations

import getpass

from contracts import failure
from cytomart import fingerprint, hit_changes, pipeline, references, rehearsal, summary, which_study
from cytomart.front import Front
from store import ledger
from store.build import open_build
from store.lock import writer_lock


def freeze(
    front: Front, study_id: str, batches: tuple[str, ...], reason: str, *, wait_s: float
) -> int:
    """Freeze the first reference of a study; return the exit code."""
    return _change(front, study_id, batches, reason, is_first=True, wait_s=wait_s)


def supersede(
    front: Front, study_id: str, batches: tuple[str, ...], reason: str, *, wait_s: float
) -> int:
    """Put a new reference in place of the one in force; return the exit code."""
    return _change(front, study_id, batches, reason, is_first=False, wait_s=wait_s)


def _change(
    front: Front,
    study_id: str,
    batches: tuple[str, ...],
    reason: str,
    *,
    is_first: bool,
    wait_s: float,
) -> int:
    rehearsal.demand_loaded(front.home)
    with writer_lock(front.home, wait_s=wait_s):
        pipeline.build_where_stale(front)
        con = open_build(front.home)
        try:
            study = which_study.of(con, study_id)
            _refuse_wrong_turn(references.decisions(con, study), is_first=is_first)
            before = hit_changes.standing(con, study)
            chosen = batches or _proposed(con, study)
            decision = references.decide(con, study, chosen, reason, getpass.getuser())
        finally:
            con.close()
        ledger.append(front.home, "reference", study, references.facts(decision))
        front.say(
            f"Reference {decision.reference_id} of study {study}: {', '.join(decision.batches)}."
        )
        outcome = pipeline.onwards(front, None)
        found = None
        if fingerprint.is_built(front.home, fingerprint.of(front.home)):
            con = open_build(front.home)
            try:
                found = hit_changes.compare(before, hit_changes.standing(con, study))
            finally:
                con.close()
    if found is not None:
        hit_changes.tell(front, found, is_preview=False)
    comparison = None if found is None else hit_changes.facts(found)
    told = {
        "study_id": study, "reference": references.facts(decision), "comparison": comparison,
    }  # fmt: skip
    return summary.close(front, outcome, told)


def _refuse_wrong_turn(standing: list[references.Decision], *, is_first: bool) -> None:
    if standing and is_first:
        raise failure(
            f"{standing[-1].reference_id} is frozen already "
            f"({', '.join(standing[-1].batches)}; {standing[-1].reason})",
            where=f"study {standing[-1].study_id}",
            remedy="to change it: cytomart reference supersede --reason TEXT",
        )
    if not standing and not is_first:
        raise failure("no reference is frozen yet", remedy="freeze one: cytomart reference freeze")


def _proposed(con: object, study_id: str) -> tuple[str, ...]:
    """Return what study.toml names, as far as it is released; else what is in use now."""
    rows = con.execute(  # type: ignore[attr-defined]
        """
        with named as (
            select trim(unnest(string_split(normalisation_reference, ','))) as batch_id
            from raw.studies where study_id = $study_id
        ),
        used as (
            select batch_id from intermediate.int_reference_batches where study_id = $study_id
        )
        select batch_id from intermediate.int_batches_released
        where study_id = $study_id and is_released and batch_id in (
            select batch_id from named where batch_id <> ''
            union all
            select batch_id from used where (select max(batch_id) from named) = ''
        )
        order by 1
        """,
        {"study_id": study_id},
    ).fetchall()
    return tuple(row[0] for row in rows)
