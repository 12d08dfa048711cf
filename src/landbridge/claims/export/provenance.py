"""The chain from document to verdict as PROV-JSON (W3C PROV-DM), through the package `prov`.

    document -> extraction -> text -> reading -> claim -> decision -> decided claim
                                                 claim + cells of the release -> checking -> verdict

Entities carry hashes, offsets, ids and cells, never the words of the text: whoever has the document can find them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from prov.identifier import QualifiedName
from prov.model import ProvDocument, ProvEntity

from landbridge.claims.claim import Claim
from landbridge.claims.correcting import claim_of, corrected_claim
from landbridge.claims.decisions import STANDING, Action, Decision
from landbridge.claims.document import Document
from landbridge.claims.export.judged import Judged, references, verdict_id
from landbridge.claims.review import claim_id, origin_of
from landbridge.codes.matching import plain

SPACE = "urn:landbridge:"
_PROGRAM = "lb:landbridge"


def prov_json(
    document: Document,
    claims: Iterable[Claim],
    decisions: Sequence[Decision] = (),
    verdicts: Iterable[Judged] = (),
    *,
    version: str,
    origin: Path | str = "",
) -> str:
    """The chain of one document as PROV-JSON.

    `decisions` may hold those on other documents, which are left out; those on earlier texts of the `origin` are told with
    the text they were made on. `version` is that of the program that read.
    """
    chain = _Chain(document, version)
    for claim in claims:
        chain.claim(claim)
    shown = {claim_id(document, claim) for claim in chain.claims}
    known = origin_of(origin)
    for decision in decisions:
        if decision.claim in shown or (known and decision.origin == known):
            chain.decide(decision)
    for verdict in verdicts:
        chain.judge(verdict)
    return str(chain.made.serialize(format="json", indent=1))


class _Chain:
    """A PROV document as it grows."""

    def __init__(self, document: Document, version: str) -> None:
        self.made = ProvDocument()
        self.made.add_namespace("lb", SPACE)
        self.document = document
        self.claims: list[Claim] = []
        self._seen: set[str] = set()
        self._last: dict[str, str] = {}
        self.made.agent(_PROGRAM, {"prov:type": self._named("prov:SoftwareAgent"), "lb:version": version})
        self._text(document.text_sha256, document.sha256, document.extractor, plain(document.name))

    def _named(self, name: str) -> QualifiedName:
        return self.made.mandatory_valid_qname(name)

    def _new(self, identifier: str) -> bool:
        """Whether this identifier is met for the first time."""
        fresh = identifier not in self._seen
        self._seen.add(identifier)
        return fresh

    def _text(self, text_sha256: str, sha256: str, extractor: str, name: str) -> str:
        """A text with the document and the extraction it comes from; returns its identifier."""
        text, source = f"lb:text-{text_sha256}", f"lb:document-{sha256}"
        if self._new(source):
            self.made.entity(
                source, {"prov:type": self._named("lb:Document"), "prov:label": name, "lb:sha256": sha256}
            )
        if self._new(text):
            extraction = f"lb:extraction-{_short(f'{sha256} {text_sha256} {extractor}')}"
            self.made.activity(
                extraction,
                other_attributes={
                    "prov:type": self._named("lb:Extraction"),
                    "lb:extractor": plain(extractor),
                },
            )
            self.made.used(extraction, source)
            self.made.entity(text, {"prov:type": self._named("lb:Text"), "lb:sha256": text_sha256})
            self.made.wasGeneratedBy(text, extraction)
            self.made.wasDerivedFrom(text, source)
            reading = f"lb:reading-{text_sha256}"
            self.made.activity(reading, other_attributes={"prov:type": self._named("lb:Reading")})
            self.made.used(reading, text)
            self.made.wasAssociatedWith(reading, _PROGRAM)
        return text

    def claim(self, claim: Claim) -> str:
        """A claim as it was read; returns its identifier."""
        self.claims.append(claim)
        return self._claim(claim, claim_id(self.document, claim), self.document.text_sha256)

    def _claim(self, claim: Claim, name: str, text_sha256: str) -> str:
        entity = f"lb:{name}"
        if self._new(entity):
            self._described(entity, claim)
            self.made.wasGeneratedBy(entity, f"lb:reading-{text_sha256}")
            self.made.wasQuotedFrom(entity, f"lb:text-{text_sha256}")
        return entity

    def _described(self, entity: str, claim: Claim) -> ProvEntity:
        told: dict[str, Any] = {
            "prov:type": self._named("lb:Claim"),
            "lb:kind": claim.kind,
            "lb:indicator": claim.indicator,
            "lb:start": claim.start,
            "lb:end": claim.end,
        }
        if claim.rule:
            told["lb:rule"] = claim.rule
        return self.made.entity(entity, told)

    def decide(self, decision: Decision) -> None:
        """A decision: who made it, on which claim, and what came of it."""
        self._text(decision.text_sha256, decision.sha256, decision.extractor, plain(decision.document))
        claim = self._claim(claim_of(decision.row), decision.claim, decision.text_sha256)
        when = datetime.fromisoformat(decision.decided)
        activity, outcome = f"lb:deciding-{decision.id}", f"lb:{decision.id}"
        if not self._new(outcome):
            return
        self.made.activity(
            activity,
            when,
            when,
            {"prov:type": self._named(f"lb:{decision.action.value}"), "lb:reason": decision.reason},
        )
        self.made.used(activity, claim)
        self.made.wasAssociatedWith(activity, self._agent(decision))
        earlier = self._last.get(decision.claim)
        if decision.action is Action.LAPSE:
            if earlier:
                self.made.wasInvalidatedBy(earlier, activity, when)
            return
        told: dict[str, Any] = {"prov:type": self._named("lb:Decision"), "lb:action": decision.action.value}
        if decision.statement:
            told["lb:statement"] = decision.statement
        self.made.entity(outcome, told)
        self.made.wasGeneratedBy(outcome, activity, when)
        self.made.wasDerivedFrom(outcome, claim)
        if earlier:
            self.made.wasRevisionOf(outcome, earlier)
        self._last[decision.claim] = outcome
        if decision.action in STANDING and decision.corrected:
            self._corrected(decision, claim, activity)
        if decision.into:
            into = f"lb:{decision.into}"
            if self._new(into):
                self.made.entity(into, {"prov:type": self._named("lb:Claim")})
            self.made.alternateOf(claim, into)

    def _corrected(self, decision: Decision, claim: str, activity: str) -> None:
        right = corrected_claim(claim_of(decision.row), decision.corrected)
        entity = f"lb:{claim_id(self.document, right)}"
        if decision.text_sha256 == self.document.text_sha256 and self._new(entity):
            self._described(entity, right)
            self.made.wasGeneratedBy(entity, activity)
            self.made.wasRevisionOf(entity, claim)

    def _agent(self, decision: Decision) -> str:
        if decision.action is Action.LAPSE:
            return _PROGRAM
        agent = f"lb:person-{_short(decision.by)}"
        if self._new(agent):
            self.made.agent(agent, {"prov:type": self._named("prov:Person"), "prov:label": decision.by})
        return agent

    def judge(self, verdict: Judged) -> None:
        """A verdict: the claim and the cells it was compared with."""
        claim = self._claim(verdict.claim, claim_id(self.document, verdict.claim), self.document.text_sha256)
        name = verdict_id(self.document, verdict)
        entity, activity = f"lb:{name}", f"lb:checking-{name}"
        if not self._new(entity):
            return
        self.made.activity(activity, other_attributes={"prov:type": self._named("lb:Checking")})
        self.made.wasAssociatedWith(activity, _PROGRAM)
        self.made.used(activity, claim)
        told: dict[str, Any] = {
            "prov:type": self._named("lb:Verdict"),
            "lb:outcome": verdict.outcome,
            "lb:reason": plain(verdict.reason),
        }
        if verdict.definition:
            told["lb:definition"] = plain(verdict.definition)
        self.made.entity(entity, told)
        self.made.wasGeneratedBy(entity, activity)
        self.made.wasDerivedFrom(entity, claim)
        for reference in references(verdict):
            cell = f"lb:cell-{_short(reference)}"
            if self._new(cell):
                self.made.entity(cell, {"prov:type": self._named("lb:Cell"), "lb:cell": reference})
            self.made.used(activity, cell)
            self.made.wasDerivedFrom(entity, cell)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
