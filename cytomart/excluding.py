"""Grant a wish to exclude or include, or show beforehand what it would change."""

from __future__ import annotations

import getpass

from contracts import CytomartError, Problem
from cytomart import exclusions, fingerprint, hit_changes, pipeline, rehearsal, summary
from cytomart.exclusions import Wish
from cytomart.front import Front
from cytomart.things import Thing
from store import ledger
from store.build import open_build
from store.lock import writer_lock


def preview(front: Front, wish: Wish, *, wait_s: float = 0.0) -> int:
    """Build a copy with the wish granted, say what is different there; the home stays as it is."""
    rehearsal.demand_loaded(front.home)
    with writer_lock(front.home, wait_s=wait_s):
        _checked(front, wish)
    with rehearsal.copy_of(front, wait_s=wait_s) as copy:
        thing = _checked(copy, wish)
        pipeline.build_where_stale(copy)
        before = _standing(copy, thing)
        _record(copy, wish, thing)
        if problems := pipeline.build_step(copy):
            raise CytomartError([_of_the_copy(p) for p in problems], exit_code=4)
        found = hit_changes.compare(before, _standing(copy, thing))
    front.say(f"Preview: {wish.decision} {thing} of study {thing.study_id}.")
    hit_changes.tell(front, found, is_preview=True)
    front.say("Nothing was changed. Do: the same command without --preview.")
    front.give({**_facts(wish, thing, found), "is_preview": True, "exit_code": 0})
    return 0


def change(front: Front, wish: Wish, *, wait_s: float = 0.0) -> int:
    """Record a wish, go the whole road with it, say what it changed; return the exit code."""
    rehearsal.demand_loaded(front.home)
    with writer_lock(front.home, wait_s=wait_s):
        thing = _checked(front, wish)
        before = _before(front, thing)
        _record(front, wish, thing)
        ledger.append(
            front.home, wish.decision, thing.study_id, dict(exclusions.facts(wish, thing))
        )
        front.say(f"{'Excluded' if wish.is_excluded else 'Included again'}: {thing}.")
        outcome = pipeline.onwards(front, None)
        is_built = fingerprint.is_built(front.home, fingerprint.of(front.home))
        after = _standing(front, thing) if is_built else None
    found = None if before is None or after is None else hit_changes.compare(before, after)
    if found is not None:
        hit_changes.tell(front, found, is_preview=False)
    return summary.close(front, outcome, {**_facts(wish, thing, found), "is_preview": False})


def _checked(front: Front, wish: Wish) -> Thing:
    con = open_build(front.home)
    try:
        return exclusions.check(con, wish)
    finally:
        con.close()


def _record(front: Front, wish: Wish, thing: Thing) -> None:
    con = open_build(front.home)
    try:
        exclusions.record(con, wish, thing, getpass.getuser())
    finally:
        con.close()


def _before(front: Front, thing: Thing) -> hit_changes.Standing | None:
    """Return what stands; None where it cannot be built, which the exclusion may well mend."""
    try:
        pipeline.build_where_stale(front)
    except CytomartError as error:
        front.say(f"! there is nothing to compare with: {error}")
        return None
    return _standing(front, thing)


def _standing(front: Front, thing: Thing) -> hit_changes.Standing:
    con = open_build(front.home)
    try:
        return hit_changes.standing(con, thing.study_id)
    finally:
        con.close()


def _of_the_copy(problem: Problem) -> Problem:
    return Problem(
        f"with that decision the tables cannot be built: {problem.given}",
        remedy="nothing was changed",
    )


def _facts(wish: Wish, thing: Thing, found: hit_changes.Comparison | None) -> dict[str, object]:
    return {
        "decision": wish.decision, "study_id": thing.study_id, **exclusions.facts(wish, thing),
        "comparison": None if found is None else hit_changes.facts(found),
    }  # fmt: skip
