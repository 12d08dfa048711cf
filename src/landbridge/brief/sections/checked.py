"""Claims of articles, and of documents accepted in the workspace, set beside statistics and records, and each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from landbridge.brief.document import Block, Paragraph, Table
from landbridge.brief.setting import Setting
from landbridge.brief.text import Code, Name, Part, Sentence
from landbridge.claims.acceptance import read_from
from landbridge.claims.claim import Claim
from landbridge.claims.recorded import name_of, readings
from landbridge.claims.verdicts.findings import Finding
from landbridge.claims.verdicts.verdict import (
    CONFLICTS,
    CONSISTENT,
    CONSISTENT_UNDER,
    IMPLAUSIBLE,
    NOT_CHECKABLE,
    Evidence,
    Verdict,
)
from landbridge.claims.verifying import verify
from landbridge.ledger import Ledger, Statement
from landbridge.provenance import Citation, Figure, Status, derive

_CODE = "landbridge.brief.sections.checked"
_ORDER = (CONFLICTS, IMPLAUSIBLE, CONSISTENT, CONSISTENT_UNDER)
_AMISS = ("contradiction", "conflicts", "implausible")
# Shapes that a reader tells apart without colour: full, half, pointed, crossed, empty.
_AGREES, _AGREES_UNDER, _DISAGREES, _CANNOT_BE, _NOT_CHECKABLE = map(Code, "●◐▲✕○")
Asserted = Callable[[Setting, Statement], Part]
# What tells a claim of the ledger from the others of its article: where it stands, and what it says.
Key = tuple[str, int, int, str, float | None]


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdicts on claims of the pair, and what is found of several of them together."""

    verdicts: tuple[tuple[Statement, Verdict], ...]
    findings: tuple[tuple[tuple[Statement, ...], Finding], ...]


def check(setting: Setting, claims: Sequence[Statement]) -> Checked:
    """Verdicts on `claims`, the claims of the pair; those of other pairs in the same articles are read with them.

    A speaker's post or an earlier target may stand in a claim that is about neither side.
    """
    articles = {statement.source for statement in claims}
    whole = [item for item in setting.ledger.statements if item.kind == "claim" and item.source in articles]
    found = verify(readings(Ledger(whole, setting.ledger.sources)), setting.data)
    own = {_key_of(statement): statement for statement in claims}
    verdicts = {_key(reading.document.name, verdict.claim): verdict for reading, verdict in found.each()}
    # An address has no value; two claims of one span differ in their words.
    placed = {key[:4]: statement for key, statement in own.items()}
    together = []
    for finding in found.findings():
        if finding.outcome not in _AMISS:
            continue
        ends = [placed.get((at.document, at.start, at.end, at.quote)) for at in finding.claims]
        stated = tuple(end for end in ends if end is not None)
        if len(stated) == len(ends):
            together.append((stated, finding))
    return Checked(
        tuple((own[key], verdicts[key]) for key in own if key in verdicts),
        tuple(sorted(together, key=lambda item: _AMISS.index(item[1].outcome))),
    )


def _key_of(statement: Statement) -> Key:
    return (
        statement.source,
        statement.start or 0,
        statement.end or 0,
        statement.text,
        statement.number,
    )


def _key(document: str, claim: Claim) -> Key:
    return (document, claim.start, claim.end, claim.quote, claim.value)


def blocks(setting: Setting, checked: Checked, asserted: Asserted, told_by: Asserted) -> Iterator[Block]:
    """How many claims can be checked, those that can with their verdicts, and those that cannot be right together."""
    if not checked.verdicts:
        return
    judged = [pair for pair in checked.verdicts if pair[1].outcome != NOT_CHECKABLE]
    yield Paragraph(tuple(_extent(setting, checked.verdicts)))
    if judged:
        yield _table(setting, judged, asserted, told_by)
    if checked.findings:
        yield _together(setting, checked.findings, asserted)


def accepted(setting: Setting, statement: Statement) -> tuple[str, str] | None:
    """File and title of the document whose claim somebody accepted in the workspace; None for articles of the ledger."""
    source = setting.ledger.sources.get(statement.source)
    return None if source is None else read_from(source)


def _extent(setting: Setting, verdicts: Sequence[tuple[Statement, Verdict]]) -> Iterator[Sentence]:
    """How many claims there are and how many can be checked, apart for articles and for documents of the workspace."""
    say = setting.say
    own = [pair for pair in verdicts if accepted(setting, pair[0])]
    shipped = [pair for pair in verdicts if not accepted(setting, pair[0])]
    if shipped:
        measure = "Claims of articles on the two places"
        yield say(
            "The articles of the ledger make {all} claims on the two places; {checked} of them can be set beside a series "
            "or a record of another source.",
            all=_counted(setting, measure, shipped),
            checked=_checkable(setting, measure, shipped),
        )
    if own:
        measure = "Claims of documents accepted in this workspace on the two places"
        yield say(
            "Documents whose claims were accepted in this workspace make {all} claims on the two places; {checked} of them "
            "can be set beside a series or a record of another source.",
            all=_counted(setting, measure, own),
            checked=_checkable(setting, measure, own),
        )
    yield say("Nothing held measures what the others say; that speaks neither for nor against them.")


def _checkable(setting: Setting, measure: str, verdicts: Sequence[tuple[Statement, Verdict]]) -> Part:
    judged = [pair for pair in verdicts if pair[1].outcome != NOT_CHECKABLE]
    return _counted(setting, f"{measure} that can be checked", judged) if judged else setting.say("none")


def _counted(setting: Setting, measure: str, claims: Sequence[tuple[Statement, Verdict]]) -> Figure:
    """How many claims these are, from the count of each text."""
    texts = Counter(statement.source for statement, _ in claims)
    each = tuple(
        Figure(
            measure=f"{measure}, in one text",
            value=float(number),
            unit="count",
            period="",
            status=Status.REPORTED,
            citation=Citation(setting.ledger.sources[source]),
            cell=f"ledger:claims of {source}",
            note="Claims that the ledger holds of this text, as its editors or a reviewer accepted them.",
        )
        for source, number in sorted(texts.items())
    )
    return derive(measure, float(sum(texts.values())), "count", each, f"{_CODE}._counted")


def _table(
    setting: Setting,
    judged: Sequence[tuple[Statement, Verdict]],
    asserted: Asserted,
    told_by: Asserted,
) -> Table:
    say = setting.say
    ordered = sorted(
        judged, key=lambda pair: (_held(pair[1]) is None, _ORDER.index(pair[1].outcome), pair[0].source)
    )
    return Table(
        "claims checked",
        say("Checked against statistics and records"),
        (
            say("Claim"),
            say("Verdict"),
            say("What is held"),
            say("Distance and tolerance"),
            say("What is counted or recorded"),
            say("Who says so"),
        ),
        tuple(
            (
                asserted(setting, statement),
                outcome(setting, verdict),
                _held(verdict),
                _near(setting, statement, verdict),
                _definition(setting, verdict),
                told_by(setting, statement),
            )
            for statement, verdict in ordered
        ),
        note=say(
            "Agreement means within the rounding that the claim's own digits allow, or the revision usual for such "
            "counts. Where several counts are held, the one that agrees stands here, else the nearest. A figure that "
            "does not agree may follow another definition than any that is held. The distance is that of the claim from "
            "what is held."
        ),
    )


def _near(setting: Setting, statement: Statement, verdict: Verdict) -> Part | None:
    """How far the claim is from what is held, and how far it may be; None where either is no number."""
    item = _shown(verdict)
    if item is None or item.figure is None or item.gap_pct is None or statement.number is None:
        return None
    gap = derive(
        "Distance of the claim from what is held",
        item.gap_pct,
        "pp" if item.unit == "%" else "%",
        (statement.figure("The claim", setting.ledger.sources), item.figure),
        f"{_CODE}._near",
    )
    if not item.tolerance:
        return gap
    return setting.say(
        "{distance}; tolerance: {tolerance}", distance=gap, tolerance=Name(item.tolerance, item.cell)
    )


def outcome(setting: Setting, verdict: Verdict) -> Sentence:
    """A verdict in words, with a mark whose shape tells it too."""
    say = setting.say
    if verdict.outcome == NOT_CHECKABLE:
        return say("{mark} not checkable", mark=_NOT_CHECKABLE)
    if verdict.outcome == CONFLICTS:
        return say("{mark} does not agree", mark=_DISAGREES)
    if verdict.outcome == IMPLAUSIBLE:
        return say("{mark} cannot be right", mark=_CANNOT_BE)
    same = verdict.outcome == CONSISTENT
    # What is no count is a record of another source, and names alone cannot always tell that it is the same.
    if _held(verdict) is None:
        if same:
            return say("{mark} another source records it", mark=_AGREES)
        return say("{mark} another source records the like", mark=_AGREES_UNDER)
    if same:
        return say("{mark} agrees", mark=_AGREES)
    return say("{mark} agrees under this definition", mark=_AGREES_UNDER)


def _shown(verdict: Verdict) -> Evidence | None:
    return _nearest(verdict, agrees=True) or _nearest(verdict, agrees=False)


def _held(verdict: Verdict) -> Figure | None:
    item = _shown(verdict)
    return item.figure if item else None


def _definition(setting: Setting, verdict: Verdict) -> Part | None:
    """What is counted, by whom and when; for what agrees with one count alone, the nearest other one too."""
    item = _shown(verdict)
    if item is None:
        # A bound of arithmetic rules a claim out without any series: the reason is all there is.
        told = verdict.definition or (verdict.reason if verdict.outcome == IMPLAUSIBLE else "")
        return Name(told, "verdict") if told else None
    named = Name(item.definition, item.cell)
    other = _nearest(verdict, agrees=False) if item.agrees and verdict.outcome == CONSISTENT_UNDER else None
    if other is None or other.figure is None:
        return named
    return setting.say(
        "{definition}; not {figure}, {other}",
        definition=named,
        figure=other.figure,
        other=Name(other.definition, other.cell),
    )


def _nearest(verdict: Verdict, *, agrees: bool) -> Evidence | None:
    """The first series that agrees, or of those that do not the one nearest to the claim."""
    found = [item for item in verdict.evidence if item.compared and item.figure and item.agrees == agrees]
    if not found or agrees:
        return found[0] if found else None
    return min(found, key=lambda item: abs(item.gap_pct) if item.gap_pct is not None else float("inf"))


def _together(
    setting: Setting,
    findings: Sequence[tuple[tuple[Statement, ...], Finding]],
    asserted: Asserted,
) -> Table:
    say = setting.say
    reasons = _reasons(setting)
    return Table(
        "claims that contradict",
        say("Claims that contradict each other or themselves"),
        (say("One claim"), say("Another"), say("Why not both"), say("Where they stand")),
        tuple(
            (
                asserted(setting, stated[0]),
                tuple(asserted(setting, item) for item in stated[1:]) or None,
                reasons.get(finding.check, say("their figures do not fit each other")),
                _places(setting, stated),
            )
            for stated, finding in findings
        ),
        note=say("Characters are those of the article's text, counted from its beginning."),
    )


def _places(setting: Setting, stated: Sequence[Statement]) -> Part:
    """The article of each claim with its characters; an article that has several is named once."""
    spans: dict[str, list[Code]] = {}
    for item in stated:
        spans.setdefault(item.source, []).append(Code(f"{item.start}–{item.end}"))
    return tuple(
        setting.say(
            "{article}, characters {spans}",
            article=document(setting, source),
            spans=tuple(found),
        )
        for source, found in spans.items()
    )


def document(setting: Setting, source: str) -> Name:
    """Where a claim stands: the publisher of an article, or the file that somebody read in the workspace with its title."""
    held = setting.ledger.sources[source]
    return Name(name_of(held, held.publisher) if read_from(held) else held.publisher, source)


def _reasons(setting: Setting) -> Mapping[str, Sentence]:
    """Why the claims of a check cannot all be right, in words without figures; the claims themselves have those."""
    say = setting.say
    return {
        "two_values": say("two figures for one thing and time"),
        "two_deadlines": say("one target with two deadlines"),
        "two_targets": say("two targets for one thing and time"),
        "editions": say("the counted editions and their years do not fit"),
        "target_failed_early": say("the target is called missed before its deadline"),
        "deadline_passed": say("a target is announced for a time that had passed"),
        "event_after_text": say("an event is told as past that lay ahead"),
        "growth_against_level": say("the growth does not lead from the one level to the other"),
        "average_per_item": say("the total leaves each more, or less, than can be"),
        "shares_of_one_whole": say("the shares come to more than the whole"),
        "parts_of_total": say("the parts do not fit the whole"),
        "part_of_year": say("a part of the year has more than the whole"),
        "rank_taken_twice": say("two hold one rank"),
        "share_of_total": say("share, part and whole do not fit"),
        "directions_of_turnover": say("the two directions do not come to the whole"),
    }
