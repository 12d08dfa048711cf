"""People review what the program read: accept, correct, reject or merge a claim, with name and reason.

What a program read is no fact of the ledger until a person accepts it. Decisions are only added: the latest one about a
claim counts, all of them stay. A decision holds for the text it was made on. When the same file or address has another
text, it lapses: that is computed whenever somebody looks, and with the next decision on the new text it is written down,
and what it had added to the ledger is withdrawn in the open (docs/howto/review-claims.md).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from landbridge.claims.acceptance import source_of, withdrawal
from landbridge.claims.claim import Claim
from landbridge.claims.correcting import claim_of, corrected_claim, read_slots
from landbridge.claims.deciding import action_of, made_of, require_target, said, wording_problems
from landbridge.claims.decisions import STANDING, Action, Decision, DecisionStore
from landbridge.claims.document import Document
from landbridge.codes.matching import plain
from landbridge.errors import BadUsage, NotHeld, Problem, UnknownLabel
from landbridge.ledger import Statement
from landbridge.provenance import content_id
from landbridge.release import objects
from landbridge.release.workspace import INDEX, LEDGER, Index, Workspace

PROGRAM = "Landbridge"
_PATIENCE = 10.0
_NAMES = {
    Action.ACCEPT: "accepted",
    Action.CORRECT: "corrected",
    Action.REJECT: "rejected",
    Action.MERGE: "merged",
    Action.LAPSE: "lapsed",
}


@dataclass(frozen=True, slots=True)
class State:
    """Where a claim stands: `open`, `accepted`, `corrected`, `rejected`, `merged` or `lapsed`.

    `decision` is the latest one about it; for `lapsed` the last that a person made, on the earlier text.
    """

    name: str
    decision: Decision | None = None

    @property
    def stands(self) -> bool:
        """True where a person stands behind the claim on the present text."""
        return self.name in ("accepted", "corrected")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A claim that was decided about, as it stands now: in the person's words where it was corrected."""

    id: str
    claim: Claim
    state: State
    document: str


def claim_id(document: Document, claim: Claim) -> str:
    """The id of a claim: the same text, span, kind, indicator, value, unit and period give the same id everywhere."""
    slots = {name: getattr(claim, name) for name in ("start", "end", "kind", "indicator", "unit", "period")}
    value = None if claim.value is None else repr(float(claim.value))
    return content_id("c-", {"text_sha256": document.text_sha256, "value": value, **slots})


def origin_of(source: Path | str) -> str:
    """By what later versions of a document are known: the full path of a file, else the address or name as it is given."""
    return str(source.resolve()) if isinstance(source, Path) else " ".join(source.split())


def state_of(claim: str, decisions: Sequence[Decision], text_sha256: str) -> State:
    """The state of the claim with that id on the text with that hash, from every decision, oldest first."""
    own = [decision for decision in decisions if decision.claim == claim]
    if not own:
        return State("open")
    people = [decision for decision in own if decision.action is not Action.LAPSE]
    if own[-1].action is Action.LAPSE or own[-1].text_sha256 != text_sha256:
        return State("lapsed", people[-1])
    return State(_NAMES[own[-1].action], own[-1])


class Review:
    """The decisions about claims in one workspace. Every call reads them afresh, so that several people can work at once."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.folder = folder
        self._clock = clock

    @classmethod
    def open(
        cls, workspace: Workspace | str | Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> Review:
        """The review in a workspace; one that does not exist is made with the first decision."""
        place = workspace if isinstance(workspace, Workspace) else Workspace.open_or_create(workspace)
        return cls(place.folder, clock)

    def decisions(self) -> tuple[Decision, ...]:
        """Every decision, oldest first."""
        if not (self.folder / LEDGER).exists():
            return ()
        with self._store() as store:
            return store.decisions()

    def history(self, claim: str) -> tuple[Decision, ...]:
        """Every decision about one claim, oldest first; raises `UnknownLabel` where there is none."""
        held = self.decisions()
        found = tuple(decision for decision in held if decision.claim == claim)
        if not found:
            raise UnknownLabel("reviewed claim", claim, dict.fromkeys(decision.claim for decision in held))
        return found

    def states(
        self, document: Document, claims: Sequence[Claim], *, origin: Path | str = ""
    ) -> Mapping[str, State]:
        """The state of every claim of a document by id.

        A claim on which nothing was decided is `lapsed` where the same assertion was decided on in an earlier text of
        the same origin, wherever in it that stood.
        """
        held = self.decisions()
        latest = {decision.claim: decision for decision in held}
        earlier: dict[object, list[Decision]] = defaultdict(list)
        for decision in latest.values():
            if _outdated(decision, document, origin_of(origin)):
                earlier[_assertion(claim_of(decision.row))].append(decision)
        out: dict[str, State] = {}
        for claim in sorted(claims, key=lambda item: (item.start, item.end)):
            name = claim_id(document, claim)
            if name in latest:
                out[name] = state_of(name, held, document.text_sha256)
            elif found := earlier[_assertion(claim)]:
                out[name] = State("lapsed", state_of(found.pop(0).claim, held, document.text_sha256).decision)
            else:
                out[name] = State("open")
        return MappingProxyType({name: out[name] for name in (claim_id(document, item) for item in claims)})

    def reviewed(self) -> tuple[Reviewed, ...]:
        """Every claim that was ever decided about, as it stands, lapsed ones too, in the order of the first decisions."""
        held = self.decisions()
        latest = {decision.claim: decision for decision in held}
        out = []
        for name, decision in latest.items():
            state = state_of(name, held, decision.text_sha256)
            told = state.decision or decision
            out.append(
                Reviewed(name, corrected_claim(claim_of(told.row), told.corrected), state, told.document)
            )
        return tuple(out)

    def decide(
        self,
        document: Document,
        claims: Sequence[Claim],
        claim: str,
        action: str,
        *,
        by: str,
        reason: str,
        corrected: Mapping[str, Any] | None = None,
        into: str = "",
        origin: Path | str = "",
    ) -> Decision:
        """Decide about the claim with the id `claim`, one of `claims`; what `document` says now is what is decided on.

        `corrected` are the slots that `correct` puts in place, `into` the id of the claim that `merge` finds repeated.
        `origin` is the path, address or name by which later versions of the document will be known; without one the
        decision belongs to this text alone. Decisions on earlier texts of the origin are settled with this one.
        Decision and ledger change together or not at all. Raises `BadUsage` for a call that is not sound; nothing is
        written then.
        """
        verb, words, found, slots, made = self._weighed(
            document, claims, claim, action, by=by, reason=reason, corrected=corrected or {}, into=into
        )
        # What could be refused has been, before the workspace is touched; others may have written meanwhile.
        with self._writing() as store:
            held = store.decisions()
            if verb is Action.MERGE:
                require_target(claim, into, found, held)
            draft = Decision(
                claim=claim,
                action=verb,
                decided=self._now(),
                document=document.name,
                sha256=document.sha256,
                text_sha256=document.text_sha256,
                extractor=document.extractor,
                row=found[claim].row(),
                corrected=slots,
                into=into,
                origin=origin_of(origin),
                **words,
            )
            lapsed, withdrawn = self._lapses(document, origin_of(origin), held, store)
            stood = _standing(claim, [*held, *lapsed], [*store.statements(), *withdrawn])
            decision, added = _with_statement(draft, made, stood)
            store.record([*lapsed, decision], [*withdrawn, *added], [source_of(document)] if made else [])
        return decision

    def problems(
        self,
        document: Document,
        claims: Sequence[Claim],
        claim: str,
        action: str,
        *,
        by: str,
        reason: str,
        corrected: Mapping[str, Any] | None = None,
        into: str = "",
    ) -> tuple[Problem, ...]:
        """What `decide` would refuse a call for; nothing where it is sound. Writes nothing."""
        try:
            self._weighed(
                document, claims, claim, action, by=by, reason=reason, corrected=corrected or {}, into=into
            )
        except BadUsage as refusal:
            return refusal.problems
        return ()

    def _weighed(
        self,
        document: Document,
        claims: Sequence[Claim],
        claim: str,
        action: str,
        *,
        by: str,
        reason: str,
        corrected: Mapping[str, Any],
        into: str,
    ) -> tuple[Action, dict[str, str], dict[str, Claim], dict[str, Any], Statement | None]:
        """The decision in its parts, before the workspace is touched; raises `BadUsage` with everything amiss."""
        verb = action_of(action, claim, corrected, into)
        words = {name: said(name, text, claim) for name, text in (("by", by), ("reason", reason))}
        found = {claim_id(document, item): item for item in claims}
        if claim not in found:
            raise UnknownLabel("claim of this document", claim, found, where=document.name)
        slots, problems = read_slots(found[claim], corrected, document.text, claim)
        made = None
        if verb in STANDING:
            try:
                made = made_of(document, found[claim], claim, slots, words["by"], self._now()[:10])
            except BadUsage as refusal:
                problems = (*problems, *refusal.problems)
        if problems and "asserts" in slots:
            problems = (*problems, *wording_problems(document, found[claim], claim, slots, self._now()[:10]))
        if problems:
            raise BadUsage(tuple(dict.fromkeys(problems)))
        if verb is Action.MERGE:
            require_target(claim, into, found, self.decisions())
        return verb, words, found, slots, made

    def lapsing(self, document: Document, *, origin: Path | str) -> tuple[Decision, ...]:
        """The decisions on earlier texts of this origin that the text it has now lets lapse. Writes nothing."""
        return tuple(_outdated_of(document, origin_of(origin), self.decisions()))

    def settle(self, document: Document, *, origin: Path | str) -> tuple[Decision, ...]:
        """Write down that decisions on earlier texts of this origin have lapsed, and withdraw what they had added.

        Returns the lapses. The next decision on the document does the same; this is for a text that has no claim left to
        decide on. Where nothing lapses nothing is written.
        """
        if not self.lapsing(document, origin=origin):
            return ()
        with self._writing() as store:
            lapsed, withdrawn = self._lapses(document, origin_of(origin), store.decisions(), store)
            store.record(lapsed, withdrawn, [])
        return tuple(lapsed)

    def _lapses(
        self, document: Document, origin: str, held: Sequence[Decision], store: DecisionStore
    ) -> tuple[list[Decision], list[Statement]]:
        old = _outdated_of(document, origin, held)
        statements = store.statements() if old else []
        lapsed, withdrawn = [], []
        for item in old:
            told = (
                f"the text of {document.name} has changed from {item.text_sha256} to {document.text_sha256}."
            )
            draft = replace(
                item,
                action=Action.LAPSE,
                by=PROGRAM,
                reason=plain(told),
                decided=self._now(),
                into="",
                statement="",
            )
            stood = _standing(item.claim, held, statements)
            if stood is not None and stood[1]:
                gone = _withdrawn(stood[0], draft)
                withdrawn.append(gone)
                draft = replace(draft, statement=gone.id)
            lapsed.append(draft)
        return lapsed, withdrawn

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="microseconds")

    @contextmanager
    def _store(self) -> Iterator[DecisionStore]:
        store = DecisionStore(self.folder / LEDGER)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def _writing(self) -> Iterator[DecisionStore]:
        """The only right to write. A decision takes milliseconds, so that another's is waited for."""
        with ExitStack() as held:
            end = time.monotonic() + _PATIENCE
            while True:
                try:
                    held.enter_context(objects.locked(self.folder))
                    break
                except NotHeld:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.02)
            if not (self.folder / INDEX).exists():
                with objects.staging(self.folder):
                    objects.commit(self.folder, {}, INDEX, Index(loads=[]).model_dump_json(indent=1) + "\n")
            yield held.enter_context(self._store())


def _assertion(claim: Claim) -> tuple[object, ...]:
    return (claim.kind, claim.indicator, claim.value, claim.unit, claim.period)


def _outdated(decision: Decision, document: Document, origin: str) -> bool:
    return bool(origin) and decision.origin == origin and decision.text_sha256 != document.text_sha256


def _outdated_of(document: Document, origin: str, held: Sequence[Decision]) -> list[Decision]:
    latest = {decision.claim: decision for decision in held}
    return [
        item
        for item in latest.values()
        if item.action is not Action.LAPSE and _outdated(item, document, origin)
    ]


def _standing(
    claim: str, held: Sequence[Decision], statements: Sequence[Statement]
) -> tuple[Statement, bool] | None:
    """The last statement that decisions about a claim added to the ledger, and whether it asserts the claim."""
    own = [item for item in held if item.claim == claim and item.statement]
    if not own:
        return None
    return next(item for item in statements if item.id == own[-1].statement), own[-1].action in STANDING


def _withdrawn(stood: Statement, draft: Decision) -> Statement:
    return withdrawal(
        stood, why=_NAMES[draft.action], by=draft.by, recorded=draft.decided[:10], reason=draft.reason
    )


def _with_statement(
    draft: Decision, made: Statement | None, stood: tuple[Statement, bool] | None
) -> tuple[Decision, list[Statement]]:
    """The decision with the id of the statement it adds, and that statement; none where the ledger stays as it is."""
    if made is None:
        if stood is None or not stood[1]:
            return draft, []
        new = _withdrawn(stood[0], draft)
    else:
        if stood and stood[1] and replace(made, supersedes=stood[0].supersedes).id == stood[0].id:
            return draft, []
        new = replace(made, recorded=draft.decided[:10], supersedes=stood[0].id if stood else "")
    return replace(draft, statement=new.id), [new]
