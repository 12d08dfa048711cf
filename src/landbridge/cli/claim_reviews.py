"""The verbs `claims review` and `claims list`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from landbridge.claims.claim import Claim
from landbridge.claims.reading import Reading
from landbridge.claims.review import Review, State, claim_id, state_of
from landbridge.cli.claim_readings import Asked, counted, gather, notes, told
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


def review(asked: Asked, made: Decided, *, as_json: bool, workspace: Path | None) -> None:
    """Decide about one claim, or list all with their states; either way decisions on another text lapse."""
    made.require_whole()
    slots = _slots(made.slots)
    place = Workspace.open_or_create(default_workspace(workspace))
    data = load_data(workspace) if place.exists else load_data()
    found = gather(asked, data)
    found.complain()
    (reading,) = found.readings
    review = Review.open(place)
    lapsed = review.note(reading.document)
    told_too = [f"Workspace: {place.folder}.", *notes(found.readings)]
    if lapsed:
        told_too.append(
            f"The text of {reading.document.name} has changed: {counted(len(lapsed), 'decision')} on the earlier one lapsed."
        )
    if made.action is None:
        states = review.states(reading.document, reading.claims)
        rows = _listed(reading, states, as_json)
        answer("claims-review", data, rows, as_json=as_json, notes=told_too)
        return
    decision = review.decide(
        reading.document,
        reading.claims,
        made.claim or "",
        made.action,
        by=made.by or "",
        reason=made.reason or "",
        corrected=slots,
        into=made.into or "",
    )
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
    told_too = [f"Workspace: {folder}."]
    if not found:
        told_too.append("Nothing has been decided here; `landbridge claims review FILE` lists what could be.")
    answer("claims-list", data, rows, as_json=as_json, notes=told_too)


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


def _slots(given: tuple[str, ...]) -> dict[str, str | None]:
    """The slots of `--set SLOT=VALUE`; `null` or nothing empties one."""
    found: dict[str, str | None] = {}
    for item in given:
        slot, sign, value = item.partition("=")
        if not sign or not slot:
            raise BadUsage(f"--set {item!r} is no slot with a value.", remedy="Write --set value=5.08e9.")
        if slot in found:
            raise BadUsage(f"--set {slot} is given twice.", remedy="Give each slot once.")
        found[slot] = None if value in ("", "null") else value
    return found
