"""From a claim that a person accepted to a statement of the ledger, and to the statement that withdraws it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from landbridge import codes
from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.wording import LEDGER, fill
from landbridge.codes.matching import plain
from landbridge.errors import BadFile, BadUsage, Problem, UnknownLabel
from landbridge.ledger import Statement, read_file
from landbridge.ledger.forms import is_period
from landbridge.ledger.vocabulary import vocabulary
from landbridge.provenance import Source, content_id
from landbridge.units import UNITS
from landbridge.units import unit as unit_named

OTHER = "other"
# How the ids of sources begin that are documents a person read and accepted claims of.
READ = "read-"
# The key of `detail` that tells a statement which takes a claim back, with the decision that did.
WITHDRAWN = "withdrawn"
# A noun phrase of the text longer than this is left out of our words.
_WORDS = 12


@lru_cache
def systems() -> Mapping[str, int]:
    """The system of cooperation under which claims of an indicator stand (systems.yaml)."""
    raw = yaml.load(
        files("landbridge.claims").joinpath("systems.yaml").read_bytes(),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )
    return {indicator: number for number, listed in raw.items() for indicator in listed}


def source_of(document: Document) -> Source:
    """The document as a source of the ledger; another text, name or date gives another id."""
    address = document.name if document.name.startswith(("https://", "http://")) else ""
    title = (
        f"{document.title or document.name} (file {document.name}, SHA-256 {document.sha256}, "
        f"text {document.text_sha256} by {document.extractor})"
    )
    return Source(
        id=content_id(READ, [title, document.dated]),
        publisher="document read by the user",
        title=plain(title),
        published=document.dated,
        url=address,
        licence="rights remain with the publisher; facts only",
        kind="document",
    )


_FILE = re.compile(
    r"(?P<title>.*) \(file (?P<file>.*), SHA-256 [0-9a-f]{64}, text [0-9a-f]{64} by .*\)", re.DOTALL
)


def read_from(source: Source) -> tuple[str, str] | None:
    """File and title of the document that a source made by `source_of` stands for; None for any other source."""
    found = _FILE.fullmatch(source.title) if source.id.startswith(READ) else None
    return (found["file"], found["title"]) if found else None


def our_words(claim: Claim, *, filled: bool = False) -> str:
    """The claim in words of our own, with `{value}` and `{period}` for its numbers, or with these `filled` in.

    A claim that a ledger holds has such words already.
    """
    if claim.rule == LEDGER:
        return fill(claim.quote, claim) if filled else claim.quote
    head = claim.indicator.removeprefix("m_").replace("_", " ")
    subject = " ".join(claim.subject.replace("{", "").replace("}", "").split())
    if any(sign.isnumeric() for sign in subject) or len(subject.split()) > _WORDS or len(subject) > 120:
        subject = ""
    if claim.indicator == OTHER:
        head, subject = subject or "a figure outside the vocabulary", ""
    pieces = [f"{claim.kind.capitalize()}: {head}", subject, _between(claim)]
    text = ", ".join(piece for piece in pieces if piece)
    if claim.numeric:
        text += ": {value}"
    if claim.moment:
        text += " by {period}" if claim.kind == "target" else " in {period}"
    return fill(text, claim) if filled else text + "."


def subject_in(statement: Statement) -> str:
    """The words of a claim's statement; of one in our own words (`our_words`) those that name what is measured."""
    detail = statement.detail
    head = detail.get("indicator", "").removeprefix("m_").replace("_", " ")
    before = f"{detail.get('kind', '').capitalize()}: {head}"
    if not statement.text.startswith(before):
        return statement.text
    words = statement.text.removeprefix(before).removesuffix(".")
    words = words.removesuffix(" by {period}").removesuffix(" in {period}").removesuffix(": {value}")
    parties = tuple(detail.get("parties", "").split())
    places = _places(parties, detail.get("direction", ""))
    return words.removesuffix(f", {places}").removeprefix(", ")


def _between(claim: Claim) -> str:
    return _places(claim.parties, claim.direction or "")


def _places(parties: Sequence[str], direction: str) -> str:
    origin, arrow, destination = direction.partition("->")
    if arrow and _known(origin) and _known(destination):
        return f"from {codes.place(origin).name} to {codes.place(destination).name}"
    return " and ".join(codes.place(code).name for code in parties if _known(code))


@lru_cache
def _codes() -> frozenset[str]:
    return frozenset(place.code for place in codes.places())


def _known(code: str) -> bool:
    return code in _codes()


def require_sound(claim: Claim, where: str) -> None:
    """Refuse a claim that breaks the vocabulary, naming every slot that does and what it may hold."""
    kinds, indicators = vocabulary()
    problems: list[Problem] = []
    if claim.kind not in kinds:
        problems += UnknownLabel("kind of claim", claim.kind, kinds, where=where).problems
    known = claim.indicator in indicators
    if not known and claim.indicator != OTHER:
        problems += UnknownLabel("indicator", claim.indicator, (*indicators, OTHER), where=where).problems
    problems += [
        Problem(
            f"{slot}: {moment!r} is not a period.", where, remedy="Write 2022, 2022-06 or 2022-01/2022-06."
        )
        for slot, moment in (("period", claim.period), ("period_inferred", claim.period_inferred))
        if moment and not is_period(moment)
    ]
    if known and claim.kind in kinds and claim.kind not in indicators[claim.indicator].kinds:
        allowed = ", ".join(indicators[claim.indicator].kinds)
        problems.append(
            Problem(
                f"kind: {claim.kind!r} does not go with {claim.indicator}.",
                where,
                remedy=f"Valid: {allowed}.",
            )
        )
    if claim.value is not None and not claim.unit:
        problems.append(Problem("unit: a value needs a unit.", where, remedy="Set `unit`."))
    elif claim.value is not None and claim.unit:
        try:
            problems += _unit(claim, where) if known else []
            unit_named(claim.unit)
        except UnknownLabel as refusal:
            problems += refusal.problems
    if problems:
        raise BadUsage(problems)


def _unit(claim: Claim, where: str) -> list[Problem]:
    unit = unit_named(str(claim.unit))
    allowed = vocabulary()[1][claim.indicator].units
    # Any currency will do where one does: the vocabulary lists those of its own texts.
    if any(UNITS[code].dimension == unit.dimension for code in allowed if code in UNITS):
        return []
    if not allowed:
        return [
            Problem(
                f"value: {claim.indicator} carries none.", where, remedy="Set `value` and `unit` to null."
            )
        ]
    return [
        Problem(
            f"unit: {claim.unit!r} does not measure {claim.indicator}.",
            where,
            remedy=f"Valid: {', '.join(allowed)}.",
        )
    ]


def statement_of(
    document: Document,
    claim: Claim,
    name: str,
    *,
    by: str,
    recorded: str,
    system: int | None = None,
    asserts: str = "",
    supersedes: str = "",
) -> Statement:
    """The ledger's statement of an accepted claim called `name` (its id).

    It is written as a file of claims and read by the ledger's own reader, so that it keeps every rule that files keep
    (docs/reference/ledger.md). The span counts in the document's text, whose hash goes with it. Parties without a place
    code are named in the note. Raises `BadUsage` for what the ledger cannot hold.
    """
    require_sound(claim, name)
    number = system or _system(claim)
    if number is None:
        raise BadUsage(
            f"nothing says under which system of cooperation a claim on {claim.indicator!r} belongs.",
            where=name,
            remedy="Correct it: name an indicator of the vocabulary, or set `system` to a number from 1 to 29.",
        )
    places = [code for code in claim.parties if _known(code)]
    direction = claim.direction or ""
    ends = direction.split("->") if direction else []
    loose = [party for party in (*claim.parties, *ends) if not _known(party)]
    notes = ["Read from the text by program, accepted by a person."]
    if loose:
        notes.append(f"Also about: {', '.join(dict.fromkeys(loose))}.")
    entry = {
        "at": [claim.start, claim.end],
        "system": number,
        "kind": claim.kind,
        "indicator": claim.indicator,
        "asserts": asserts or our_words(claim),
        "parties": places,
        "direction": "" if loose and set(ends) & set(loose) else direction,
        "period": claim.period or "",
        "period_inferred": claim.period_inferred or "",
        "asof": claim.asof or "",
        "value": claim.value,
        "unit": claim.unit or "",
        "comparator": claim.comparator or "=",
        "speaker": claim.speaker or "",
        "note": " ".join(notes),
        "supersedes": supersedes,
    }
    head = {
        "recorded": recorded,
        "recorder": by,
        "source": source_of(document).id,
        "sha256": document.text_sha256,
        "asof": document.dated if is_period(document.dated) else "",
        "claims": [{key: plain(value) if isinstance(value, str) else value for key, value in entry.items()}],
    }
    (found,) = _read(head, name)
    # Several claims may share a span and an indicator (one for each year), and each is a record of its own.
    return replace(found, subject=f"{found.subject}-{name.removeprefix('c-')}")


def _system(claim: Claim) -> int | None:
    # A target for trade is a promise before it is a turnover.
    if claim.kind == "target" and claim.unit and unit_named(claim.unit).dimension == "money":
        return 7
    return systems().get(claim.indicator)


def _read(head: Mapping[str, Any], name: str) -> Sequence[Statement]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claim.yaml"
        path.write_text(yaml.safe_dump(dict(head), allow_unicode=True), encoding="utf-8")
        try:
            return read_file(path, _codes())
        except BadFile as error:
            raise BadUsage(
                [
                    Problem(problem.what, name, problem.cause, problem.remedy or "Correct the claim.")
                    for problem in error.problems
                ]
            ) from None


def withdrawal(stood: Statement, *, why: str, by: str, recorded: str, reason: str) -> Statement:
    """The statement that takes the place of one that no longer stands.

    A ledger is only added to. This one supersedes the other, asserts nothing of the world, and names no party and no
    value, so that no pair of places shows it; the history keeps both.
    """
    kept = {key: stood.detail[key] for key in ("kind", "indicator", "system")}
    return replace(
        stood,
        text="Withdrawn: no reviewer stands behind this reading of the text.",
        number=None,
        low=None,
        high=None,
        unit="",
        comparator="=",
        period="",
        speaker="",
        note=plain(f"{why} by {by}: {reason}"),
        recorded=recorded,
        recorder=by,
        supersedes=stood.id,
        detail={**kept, WITHDRAWN: why},
    )
