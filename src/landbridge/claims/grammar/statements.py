"""Assertions without a number: agreements, events, projects, offices, barriers, measures and the like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from landbridge.claims.claim import Claim
from landbridge.claims.grammar import parties
from landbridge.claims.grammar.blocks import HEADING, Block, Sentence
from landbridge.claims.grammar.indicators import words as indicator_words
from landbridge.claims.grammar.people import people
from landbridge.claims.grammar.periods import BASE, Moment, periods
from landbridge.claims.grammar.places import Mention, city_region
from landbridge.claims.grammar.speakers import Turn, speaker_at
from landbridge.claims.grammar.statement_rules import LOWEST, Rule, Rules, rules
from landbridge.claims.languages import Language

Places = Callable[[int, int], Sequence[Mention]]
PERSON, MEASURE = "person_role", "measure"
# Where a clause ends: at strong marks, at words that join clauses, at `and` before a verb.
_BREAK = re.compile(
    r"[;“”«»]|:\s(?=[^\Wa-z])|\s[—–-]\s"
    r"|,\s(?=(?:but|while|whereas|although|though|however|yet|so|which|who|where|because|as(?! well)|since|and"
    r"|with|when|if|thus|each|every|this|these|it|they|we|he|she|there|in addition)\b)"
    r"|\s(?=(?:but|while|whereas|although|though|because)\s)"
    r"|\sand\s(?=(?:is|are|has|have|was|were|we|they|it|he|she|this|these|there)\b)"
)
_BRACKETS = re.compile(r"\([^()]*\)")
_COMMA = re.compile(r",\s|\sand\s(?=[a-z])")
_DIGIT = re.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", re.IGNORECASE)
_PERCENT = re.compile(r"%|\bper\s?cent", re.IGNORECASE)
_NAME_LEFT = re.compile(r"(?:(?:[A-Z][\w’&-]*|of|the|and|for|in|\d+(?:st|nd|rd|th)|[IVX]+)[\s-]){0,10}$")
_NAME_RIGHT = re.compile(
    r"(?:[\s-](?:[A-Z][\w&-]*|of|the|and|for|in)(?!\w)){0,10}(?:\s?[‘’“][A-Z][^’”\n]{1,40}[’”])?"
)
_SMALL = re.compile(r"^(?:(?:of|the|and|for|in)\s)+|(?:\s(?:of|the|and|for|in))+$")
_LONGEST_LEFT = 160
_CAPITAL = re.compile(r"\b[A-Z][\w’-]+")
_MARKS = " \t\u00a0\"'“”«»’‘,.;:!?…—–-"
# Words this far before a cue may still deny it.
_DENIAL = 28


@dataclass(frozen=True, slots=True)
class _Scene:
    """One sentence with what the rules ask about it."""

    text: str
    sentence: Sentence
    turn: Turn | None
    mentions: tuple[Mention, ...]
    moments: tuple[Moment, ...]
    dyad: tuple[str, ...]
    before: tuple[str, ...]
    language: Language
    rules: Rules


@dataclass(frozen=True, slots=True)
class _Found:
    """A rule that holds: where, by which words, in which clause."""

    scene: _Scene
    rule: Rule
    match: re.Match[str]
    clause: tuple[int, int]


def statements(
    text: str,
    parts: tuple[Block, ...],
    found: tuple[Sentence, ...],
    turns: tuple[Turn, ...],
    mentions_of: Places,
    language: Language,
    *,
    dyad: tuple[str, ...] = (),
) -> tuple[Claim, ...]:
    """The assertions of a text that carry no value, in order.

    `mentions_of(start, end)` gives the places that a span names, `dyad` the places that the text is about. A sentence that
    names no place of a text that is about none yields nothing: a cue alone proves no cooperation.
    """
    given = rules(language)
    if given is None:
        return ()
    claims: list[Claim] = []
    before: tuple[str, ...] = ()
    block = -1
    for sentence in found:
        candidates = given.candidates(text, sentence.start, sentence.end)
        if parts[sentence.block].kind == HEADING:
            candidates = [item for item in candidates if item[0].headings]
        if not candidates or text[sentence.end - 1] in "?？":
            continue
        if sentence.block != block:
            before, block = (), sentence.block
        mentions = tuple(mentions_of(sentence.start, sentence.end))
        if not mentions and not dyad:
            continue
        moments = tuple(periods(text, sentence.start, sentence.end, language))
        scene = _Scene(text, sentence, None, mentions, moments, dyad, before, language, given)
        fresh = list(_by_rules(scene, candidates, turns))
        claims += fresh
        before = fresh[-1].parties if fresh else before
    claims += _offices(text, found, turns, mentions_of, language, given, dyad)
    return tuple(sorted(claims, key=lambda claim: (claim.start, claim.end, claim.indicator)))


def _by_rules(
    scene: _Scene, candidates: list[tuple[Rule, re.Pattern[str]]], turns: tuple[Turn, ...]
) -> Iterator[Claim]:
    """One claim per label. Where labels of one kind share a clause, each keeps the phrase around its own cue."""
    found: list[_Found] = []
    for rule, cue in candidates:
        if any(item.rule.label == rule.label and item.rule.kind == rule.kind for item in found):
            continue
        for match in cue.finditer(scene.text, scene.sentence.start, scene.sentence.end):
            here = replace(scene, turn=speaker_at(turns, match.start()))
            clause = _clause(here, match.start(), match.end())
            if _holds(here, rule, match, clause):
                found.append(_Found(here, rule, match, clause))
                break
    shared = Counter((item.rule.kind, item.clause) for item in found)
    for item in found:
        alone = shared[item.rule.kind, item.clause] == 1
        claim = _claim(item, item.rule.span if alone or item.rule.span != "clause" else "phrase")
        if claim is not None:
            yield claim


def _claim(item: _Found, span: str) -> Claim | None:
    scene, rule, match, clause = item.scene, item.rule, item.match, item.clause
    start, end = _quote(scene, span, match, clause)
    who = _parties(scene, match.span(), clause, rule.wanted)
    if end <= start or not who:
        return None
    moment = _moment(scene, clause, match, wide=rule.kind == "event")
    return Claim(
        quote=scene.text[start:end],
        start=start,
        end=end,
        kind=rule.kind,
        indicator=rule.label,
        subject=" ".join(scene.text[start:end].split()),
        parties=who,
        period=moment.period if moment else None,
        asof=moment.asof if moment else None,
        speaker=scene.turn.speaker if scene.turn else None,
        rule=f"statement {rule.label}",
        grade=scene.rules.grades.get(rule.kind, LOWEST),
    )


def _holds(scene: _Scene, rule: Rule, match: re.Match[str], clause: tuple[int, int]) -> bool:
    """True where everything a rule asks of the words around its cue is there, and nothing that unsays it."""
    text, given = scene.text, scene.rules
    whole = (scene.sentence.start, scene.sentence.end)
    if rule.near is not None and not rule.near.search(text, *clause):
        return False
    if rule.together is not None and not rule.together.search(text, *whole):
        return False
    if rule.without is not None and rule.without.search(text, *clause):
        return False
    if rule.kind == MEASURE:
        asked = given.asks.search(text, whole[0], max(match.end(), clause[1]))
        if asked is None or given.negations.search(text, max(whole[0], asked.start() - 6), asked.start()):
            return False
    if any(_unsaid(scene, name, match, clause) for name in rule.blocks):
        return False
    return all(_needed(scene, name, match, clause) for name in rule.needs)


def _unsaid(scene: _Scene, name: str, match: re.Match[str], clause: tuple[int, int]) -> bool:
    """True where something named among the blocks of a rule takes back what the cue says."""
    text, given = scene.text, scene.rules
    if name == "negated":
        return given.negations.search(text, max(clause[0], match.start() - _DENIAL), match.end()) is not None
    if name == "number":
        return _number(scene, clause)
    if name == "counted":
        return _DIGIT.search(text, *match.span()) is not None
    if name == "percent":
        return _PERCENT.search(text, scene.sentence.start, scene.sentence.end) is not None
    unsure = {"hypothetical": given.hypotheticals, "planned": given.plans, "measure": given.asks}
    return unsure[name].search(text, clause[0], match.end()) is not None


def _needed(scene: _Scene, name: str, match: re.Match[str], clause: tuple[int, int]) -> bool:
    if name == "place":
        return any(item.form != "world" for item in scene.mentions)
    if name == "moment":
        return any(item.period for item in scene.moments) or any(
            item.asof and re.search(r"\d|[A-Z]", item.asof[1:]) for item in scene.moments
        )
    if name == "name":
        start, end = _name(scene.text, match, *clause)
        return len(_CAPITAL.findall(scene.text, start, end)) >= 2
    if name == "sector":
        return scene.rules.sector.search(scene.text, *clause) is not None
    if name == "place_behind":
        return any(0 <= item.start - match.end() <= 6 for item in scene.mentions)
    return False


def _number(scene: _Scene, clause: tuple[int, int]) -> bool:
    """True where the clause holds a number that is no date: its claim is a quantity."""
    return any(
        not any(item.start < digit.end() and digit.start() < item.end for item in scene.moments)
        for digit in _DIGIT.finditer(scene.text, *clause)
    )


def _clause(scene: _Scene, start: int, end: int) -> tuple[int, int]:
    """The shortest clause around a span, inside the words of one speaker."""
    left, right = scene.sentence.start, scene.sentence.end
    if scene.turn is not None and scene.turn.how in ("quote", "carried", "interview"):
        left, right = max(left, scene.turn.start), min(right, scene.turn.end)
    for mark in _BREAK.finditer(scene.text, left, right):
        if mark.end() <= start:
            left = mark.end()
        elif mark.start() >= end:
            right = mark.start()
            break
    for mark in _BRACKETS.finditer(scene.text, left, right):
        if mark.start() < start and end < mark.end():
            left, right = mark.start() + 1, mark.end() - 1
            break
    return _trimmed(scene, left, right, start)


def _trimmed(scene: _Scene, left: int, right: int, start: int) -> tuple[int, int]:
    text = scene.text
    while left < start:
        if text[left] in _MARKS:
            left += 1
            continue
        lead = scene.rules.trim.match(text, left, start)
        if lead is None:
            break
        left = lead.end()
    while right > left and text[right - 1] in _MARKS:
        right -= 1
    return left, right


def _quote(scene: _Scene, span: str, match: re.Match[str], clause: tuple[int, int]) -> tuple[int, int]:
    if span == "name":
        return _name(scene.text, match, *clause)
    if span == "behind":
        return _name_behind(scene.text, match.end(), scene.sentence.end)
    if span == "phrase":
        return _phrase(scene, match, clause)
    return clause


def _phrase(scene: _Scene, match: re.Match[str], clause: tuple[int, int]) -> tuple[int, int]:
    left, right = clause
    for mark in _COMMA.finditer(scene.text, *clause):
        if mark.end() <= match.start():
            left = mark.end()
        elif mark.start() >= match.end():
            right = mark.start()
            break
    return _trimmed(scene, left, right, match.start())


def _name(text: str, match: re.Match[str], start: int, end: int) -> tuple[int, int]:
    """The name around a cue: words with capitals on both sides of it."""
    begin = max(start, match.start() - _LONGEST_LEFT)
    before = _NAME_LEFT.search(text[begin : match.start()])
    left = begin + before.start() if before else match.start()
    after = _NAME_RIGHT.match(text, match.end(), min(end + 2, len(text)))
    right = after.end() if after else match.end()
    words = text[left:right]
    small = _SMALL.match(words)
    left += small.end() if small else 0
    while (trailing := _SMALL.search(text[left:right])) and trailing.start() > 0:
        right = left + trailing.start()
    return left, right


def _name_behind(text: str, start: int, end: int) -> tuple[int, int]:
    first = _CAPITAL.search(text, start, min(end, start + 60))
    if first is None:
        return start, start
    after = _NAME_RIGHT.match(text, first.end(), end)
    right = after.end() if after else first.end()
    while (trailing := _SMALL.search(text[first.start() : right])) and trailing.start() > 0:
        right = first.start() + trailing.start()
    return first.start(), right


def _parties(scene: _Scene, at: tuple[int, int], clause: tuple[int, int], wanted: int) -> tuple[str, ...]:
    frame = parties.Frame(scene.dyad, scene.turn.home if scene.turn else (), scene.before)
    found = parties.parties(
        scene.text, at, clause, scene.mentions, frame, wanted, indicator_words(scene.language)
    )
    # Where only the name of a body holds places (`the Russian-Chinese commission`), these are its parties.
    found = found or tuple(code for item in scene.mentions for code in item.codes)
    out: list[str] = []
    for name in found:
        region = city_region(name)
        if region is None:
            out.append(name)
        elif region in scene.dyad or wanted == 1:
            out.append(region)
        else:
            # A city of a country that the text is about: the two of the text, and where exactly.
            out += [*scene.dyad, region]
    return tuple(dict.fromkeys(out))


def _moment(scene: _Scene, clause: tuple[int, int], match: re.Match[str], *, wide: bool) -> Moment | None:
    """The time nearest to the cue, in its clause or, for what happened on a day, in its sentence."""
    inside = [
        item
        for item in scene.moments
        if item.role != BASE
        and (item.period or item.asof)
        and (wide or clause[0] <= item.start < clause[1] + 20)
    ]
    return min(
        inside,
        key=lambda item: max(item.start - match.end(), match.start() - item.end, 0),
        default=None,
    )


def _offices(
    text: str,
    found: tuple[Sentence, ...],
    turns: tuple[Turn, ...],
    mentions_of: Places,
    language: Language,
    given: Rules,
    dyad: tuple[str, ...],
) -> Iterator[Claim]:
    """Who holds which office: a name with the role behind it, once per person."""
    seen: set[str] = set()
    for person in people(text, found, language):
        if not person.apposed or person.name in seen:
            continue
        homes = tuple(
            dict.fromkeys(code for item in mentions_of(person.start, person.end) for code in item.codes)
        )
        if not homes and not dyad:
            continue
        seen.add(person.name)
        turn = speaker_at(turns, person.start)
        said = turn.speaker if turn is not None and turn.speaker != person.name else None
        role = person.role.removeprefix("the ")
        yield Claim(
            quote=text[person.start : person.end],
            start=person.start,
            end=person.end,
            kind="organisation",
            indicator=PERSON,
            subject=f"{person.name}: {role}",
            parties=homes,
            speaker=said,
            rule="person and role",
            grade=given.grades.get("organisation", LOWEST),
        )
