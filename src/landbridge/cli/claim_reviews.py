"""The verbs `claims review` and `claims list`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from landbridge.claims.claim import Claim
from landbridge.claims.reading import Reading
from landbridge.claims.review import Review, Reviewed, State, claim_id, state_of
from landbridge.cli.claim_readings import Asked, counted, gather, lapse_note, notes, told
from landbridge.cli.claim_verdicts import claimed
from landbridge.cli.output import answer
from landbridge.errors import BadUsage, Problem
from landbridge.release import load as load_data
from landbridge.release.workspace import Workspace, default_workspace

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it was typed; without `action` none is made."""

    action: str | None = None
    claim: str | None = None
    by: str | None = None
    reason: str | None = None
    slots: tuple[str, ...] = ()
    into: str | None = None

    def require_whole(self) -> None:
        """Raise `BadUsage` with everything that is missing, or that says what nothing is decided about."""
        given = {"--claim": self.claim, "--by": self.by, "--reason": self.reason}
        if self.action is None:
            extra = [
                name
                for name, value in (*given.items(), ("--set", self.slots), ("--into", self.into))
                if value
            ]
            if extra:
                raise BadUsage(
                    f"{', '.join(extra)}: nothing says what is decided.",
                    remedy="Write accept, correct, reject or merge after the file.",
                )
            return
        missing = [Problem(f"{name} is missing.") for name, value in given.items() if not value]
        if missing:
            remedy = "A decision needs the claim, your name and a reason; `landbridge claims review FILE` lists the claims."
            raise BadUsage([*missing[:-1], replace(missing[-1], remedy=remedy)])


def review(
    asked: Asked, made: Decided, *, settle: bool = False, as_json: bool, workspace: Path | None
) -> None:
    """Decide about one claim, or list all with their states.

    Decisions on an earlier version are written down as lapsed with a decision, or where `settle` asks for it; a list
    writes nothing.
    """
    made.require_whole()
    if settle and made.action is not None:
        raise BadUsage("--settle goes without a decision, which settles by itself.", remedy="Leave it out.")
    slots, unread = _slots(made.slots)
    place = Workspace.open_or_create(default_workspace(workspace))
    data = load_data(workspace) if place.exists else load_data()
    found = gather(asked, data)
    found.complain()
    (reading,), (origin,) = found.readings, found.origins
    review = Review.open(place)
    told_too = [f"Workspace: {place.folder}.", *notes(found.readings)]
    lapsing = review.lapsing(reading.document, origin=origin)
    if lapsing and (settle or made.action is not None):
        told_too.append(
            f"The text of {reading.document.name} has changed: {counted(len(lapsing), 'decision')} on the earlier one "
            "lapsed; what they had added to the ledger is withdrawn."
        )
    elif lapsing:
        told_too.append(lapse_note(lapsing, reading.document))
    if made.action is None:
        if settle:
            review.settle(reading.document, origin=origin)
        states = review.states(reading.document, reading.claims, origin=origin)
        rows = _listed(reading, states, as_json)
        answer("claims-review", data, rows, as_json=as_json, notes=told_too)
        return
    call: dict[str, Any] = {
        "by": made.by or "",
        "reason": made.reason or "",
        "corrected": slots,
        "into": made.into or "",
    }
    what = (reading.document, reading.claims, made.claim or "", made.action)
    if unread:
        raise BadUsage((*unread, *(review.problems(*what, **call) if slots else ())))
    decision = review.decide(*what, **call, origin=origin)
    state = state_of(decision.claim, review.decisions(), reading.document.text_sha256)
    row = {
        "id": decision.claim,
        "state": state.name,
        "action": decision.action.value,
        "by": decision.by,
        "reason": decision.reason,
        "decided": decision.decided,
        "document": decision.document,
        "into": decision.into,
        "statement": decision.statement,
    }
    if decision.statement:
        told_too.append(f"`landbridge explain {decision.statement}` shows what the ledger now holds.")
    answer("claims-review", data, [row], as_json=as_json, notes=told_too)


def reviewed(*, as_json: bool, workspace: Path | None) -> None:
    """Every claim that was decided about, as it stands."""
    folder = default_workspace(workspace)
    place = Workspace.open(folder) if workspace is not None else Workspace.open_or_create(folder)
    found = Review.open(place).reviewed()
    rows = [
        {
            "id": item.id,
            "document": item.document,
            **_state(item.state, as_json),
            **_claim(item.claim, as_json),
        }
        for item in found
    ]
    data = load_data(workspace) if place.exists else load_data()
    told_too = [f"Workspace: {folder}.", *_changed(found)]
    if not found:
        told_too.append("Nothing has been decided here; `landbridge claims review FILE` lists what could be.")
    answer("claims-list", data, rows, as_json=as_json, notes=told_too)


def _changed(found: Sequence[Reviewed]) -> Iterator[str]:
    """Which files have other bytes than when they were decided on. Whether decisions lapse, only reading them can tell."""
    held = {item.state.decision.origin: item.state.decision for item in found if item.state.decision}
    for origin, decision in held.items():
        path = Path(origin)
        standing = [
            item.id
            for item in found
            if item.state.name != "lapsed" and item.state.decision and item.state.decision.origin == origin
        ]
        if not (origin and standing and path.is_absolute() and path.is_file()):
            continue
        with path.open("rb") as handle:
            if hashlib.file_digest(handle, "sha256").hexdigest() != decision.sha256:
                yield (
                    f"{path} has changed since it was reviewed: `landbridge claims review` with it tells whether "
                    f"{counted(len(standing), 'decision')} on it lapse."
                )


def _listed(reading: Reading, states: Mapping[str, State], as_json: bool) -> list[Row]:
    rows = []
    for claim in reading.claims:
        name = claim_id(reading.document, claim)
        rows.append({"id": name, **_state(states[name], as_json), **_claim(claim, as_json)})
    return rows


def _state(state: State, as_json: bool) -> Row:
    decision = state.decision
    # A reader needs the minute, a program the very moment.
    decided = None if decision is None else decision.decided if as_json else decision.decided[:16]
    return {
        "state": state.name,
        "by": decision.by if decision else None,
        "reason": decision.reason if decision else None,
        "decided": decided,
    }


def _claim(claim: Claim, as_json: bool) -> Row:
    if as_json:
        return claim.row()
    return {
        "quote": told(claim),
        "kind": claim.kind,
        "indicator": claim.indicator,
        "parties": claim.direction or " ".join(claim.parties),
        "claimed": claimed(claim),
        "speaker": claim.speaker,
    }


def _slots(given: tuple[str, ...]) -> tuple[dict[str, str | None], list[Problem]]:
    """The slots of `--set SLOT=VALUE`, where `null` or nothing empties one; and what cannot be read as such."""
    found: dict[str, str | None] = {}
    problems = []
    for item in given:
        slot, sign, value = item.partition("=")
        if not sign or not slot:
            problems.append(
                Problem(f"--set {item!r} is no slot with a value.", remedy="Write --set value=5.08e9.")
            )
        elif slot in found:
            problems.append(Problem(f"--set {slot} is given twice.", remedy="Give each slot once."))
        else:
            found[slot] = None if value in ("", "null") else value
    return found, problems
