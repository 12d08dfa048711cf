"""What must be true of a call that decides about a claim, and the statement that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from landbridge.claims.acceptance import statement_of
from landbridge.claims.claim import Claim
from landbridge.claims.correcting import LEDGER_SLOTS, corrected_claim
from landbridge.claims.decisions import BY_PEOPLE, Action, Decision
from landbridge.claims.document import Document
from landbridge.codes.matching import plain
from landbridge.errors import BadUsage, Problem, UnknownLabel
from landbridge.ledger import Statement

_LONGEST = {"by": 200, "reason": 2000}


def action_of(action: str, claim: str, corrected: Mapping[str, Any], into: str) -> Action:
    """The decision called `action`; raises `BadUsage` where what it needs is missing or what it does not take is given."""
    if action not in BY_PEOPLE:
        raise UnknownLabel("decision", action, BY_PEOPLE, remedy=f"Valid: {', '.join(BY_PEOPLE)}.")
    verb = Action(action)
    if bool(corrected) != (verb is Action.CORRECT):
        raise BadUsage(
            "`correct` needs the slots to put in place, and only `correct` takes them.",
            where=claim,
            remedy="Name at least one slot, such as value=5.08e9.",
        )
    if bool(into) != (verb is Action.MERGE):
        raise BadUsage(
            "`merge` needs the id of the claim that this one repeats, and only `merge` takes it.", where=claim
        )
    return verb


def said(name: str, text: str, claim: str) -> str:
    """A name or a reason on one line; raises `BadUsage` where it is empty or too long."""
    line = plain(" ".join(text.split()))
    if not line:
        raise BadUsage(
            f"`{name}` is empty.",
            where=claim,
            cause="A decision without the person's name and a reason cannot be traced.",
            remedy=f"Give `{name}`.",
        )
    if len(line) > _LONGEST[name]:
        raise BadUsage(f"`{name}` has more than {_LONGEST[name]} characters.", where=claim)
    return line


def require_target(claim: str, into: str, found: Iterable[str], held: Sequence[Decision]) -> None:
    """Refuse to merge a claim into itself, into one that nobody knows, or in a circle."""
    if into == claim:
        raise BadUsage("a claim cannot be merged into itself.", where=claim)
    known = dict.fromkeys([*found, *(decision.claim for decision in held)])
    if into not in known:
        raise UnknownLabel("claim", into, known, where=claim)
    latest = {decision.claim: decision for decision in held}
    path = [claim, into]
    while (step := latest.get(path[-1])) is not None and step.action is Action.MERGE:
        if step.into == claim:
            raise BadUsage(
                f"merging into {into} closes a circle.",
                where=claim,
                cause=f"By earlier decisions {' is merged into '.join([*path[1:], claim])}.",
                remedy="Accept or reject one of them first.",
            )
        path.append(step.into)


def made_of(
    document: Document, claim: Claim, name: str, slots: Mapping[str, Any], by: str, recorded: str
) -> Statement:
    """The statement of a claim with the corrections in place; raises `BadUsage` for what the ledger cannot hold."""
    return statement_of(
        document,
        corrected_claim(claim, slots),
        name,
        by=by,
        recorded=recorded,
        system=slots.get("system"),
        asserts=str(slots.get("asserts") or ""),
    )


def wording_problems(
    document: Document, claim: Claim, name: str, slots: Mapping[str, Any], recorded: str
) -> list[Problem]:
    """What is wrong with the words of a correction, whose other slots keep the ledger's reader from looking at them."""
    alone = {slot: value for slot, value in slots.items() if slot in LEDGER_SLOTS}
    try:
        made_of(document, claim, name, alone, "nobody", recorded)
    except BadUsage as refusal:
        return [problem for problem in refusal.problems if "asserts" in problem.what]
    return []
