"""Interviews: which paragraphs are questions, which are answers, and who answers."""

from __future__ import annotations

import re
from functools import lru_cache

from landbridge.claims.grammar.blocks import HEADING, Block, Sentence
from landbridge.claims.grammar.people import Names, Person, lexicon, name_opening, spoken, tokens
from landbridge.claims.languages import Language

_DASH = re.compile(r"[—–-][\s\u00a0]*(?=\w|[\"“«])")
_LABEL = re.compile(r"([^\W\d_][\w.’' -]{0,50}):[\s\u00a0]+")
_LONGEST_QUESTION = 400
_FEWEST_QUESTIONS = 2
_FEWEST_BARE_QUESTIONS = 3
Span = tuple[int, int, str]


def interview(
    text: str,
    parts: tuple[Block, ...],
    found: tuple[Sentence, ...],
    named: tuple[Person, ...],
    language: Language,
) -> list[Span]:
    """Start, end and speaker of each answer, and of each turn that a name opens; empty for a text that is no interview."""
    dashed = [number for number, block in enumerate(parts) if _DASH.match(text, block.start, block.end)]
    asked = [number for number in dashed if _asks(text, parts[number])]
    if len(asked) >= _FEWEST_QUESTIONS and len(dashed) > len(asked):
        who = _interviewee(text, parts, found, named, asked[0], language)
        return _answers(text, parts, dashed, asked, who) if who else []
    labelled = _labelled(text, parts, found, named, language)
    if labelled:
        return labelled
    bare = [
        number
        for number, block in enumerate(parts)
        if block.kind != HEADING and number and _asks(text, block)
    ]
    if len(bare) >= _FEWEST_BARE_QUESTIONS:
        who = _interviewee(text, parts, found, named, bare[0], language, strictly=True)
        return _answers(text, parts, bare, bare, who) if who else []
    return []


def _asks(text: str, block: Block) -> bool:
    """True for a paragraph that is one question."""
    return text[block.end - 1] in "?？" and block.end - block.start <= _LONGEST_QUESTION


def _answers(
    text: str, parts: tuple[Block, ...], opened: list[int], asked: list[int], who: str
) -> list[Span]:
    """The paragraphs between questions. What follows the last answer ends it at the next heading."""
    questions, out = frozenset(asked), []
    openings = frozenset(opened)
    first = None
    for number in range(asked[0], len(parts) + 1):
        closes = number == len(parts) or number in openings
        if not closes and number > asked[-1] and parts[number].kind == HEADING:
            closes = True
        if closes and first is not None:
            dash = _DASH.match(text, parts[first].start, parts[first].end)
            out.append((dash.end() if dash else parts[first].start, parts[number - 1].end, who))
            first = None
        if number == len(parts):
            break
        if number in questions:
            continue
        after_question = number - 1 in questions
        if first is None and (number in openings or after_question) and parts[number].kind != HEADING:
            first = number
    return out


@lru_cache(maxsize=8)
def _cues(language: Language) -> re.Pattern[str] | None:
    cues = [str(item) for item in language.part("speech").get("interview", ())]
    if not cues:
        return None
    each = "|".join(
        re.escape(item).replace(r"\ ", r"[\s\u00a0]+") for item in sorted(cues, key=len, reverse=True)
    )
    return re.compile(rf"\b(?:{each})\b", re.IGNORECASE)


def _interviewee(
    text: str,
    parts: tuple[Block, ...],
    found: tuple[Sentence, ...],
    named: tuple[Person, ...],
    first: int,
    language: Language,
    *,
    strictly: bool = False,
) -> str:
    """The name that the lead gives to who answers: behind a cue such as `conversation with`, else the one person there."""
    lex, pattern = lexicon(language), _cues(language)
    lead = [item for item in found if item.block < first]
    names = Names(named)
    asked = [person for person in named if person.end <= parts[first].start]
    for item in lead:
        cue = pattern.search(text, item.start, item.end) if pattern else None
        if cue is None:
            continue
        for person in asked:
            if cue.end() <= person.name_start and person.end <= item.end:
                return names.fullest(person.name)
        words = tokens(text, cue.end(), item.end, language)
        for number in range(len(words)):
            last = name_opening(text, words, number, lex)
            if last is not None and last > number:
                return names.fullest(spoken(text, words, number, last))
    limit = parts[first].start
    leading = {names.fullest(person.name) for person in named if person.end <= limit and person.apposed}
    return leading.pop() if len(leading) == 1 and not strictly else ""


def _labelled(
    text: str,
    parts: tuple[Block, ...],
    found: tuple[Sentence, ...],
    named: tuple[Person, ...],
    language: Language,
) -> list[Span]:
    """Turns that a label opens: `Q:` and `A:`, or the names of those who talk."""
    lex = lexicon(language)
    labels: dict[int, tuple[str, int]] = {}
    for number, block in enumerate(parts):
        label = _LABEL.match(text, block.start, block.end)
        if label:
            labels[number] = (" ".join(label[1].split()), label.end())
    counts: dict[str, int] = {}
    for name, _ in labels.values():
        counts[name] = counts.get(name, 0) + 1
    names = Names(named)

    def role(name: str) -> str:
        plain = name.casefold().rstrip(".")
        if lex.has("turns_question", plain) or lex.has("turns_answer", plain):
            return "question" if lex.has("turns_question", plain) else "answer"
        words = name.split()
        known = names.fullest(name) in names
        written = len(words) <= 4 and all(word[0].isupper() for word in words)
        plain_words = {word.casefold() for word in words}
        return (
            "name"
            if known or (written and counts[name] >= 2 and not plain_words & lex.sets["not_in_names"])
            else ""
        )

    kinds = {number: role(name) for number, (name, _) in labels.items()}
    turns = sorted(number for number, kind in kinds.items() if kind)
    if len(turns) < _FEWEST_QUESTIONS:
        return []
    answering = ""
    if "answer" in kinds.values():
        answering = _interviewee(text, parts, found, named, turns[0], language)
    out = []
    for at, number in enumerate(turns):
        stop = turns[at + 1] if at + 1 < len(turns) else len(parts)
        last = next((n for n in range(number + 1, stop) if parts[n].kind == HEADING), stop) - 1
        name, start = labels[number]
        who = {"answer": answering, "question": ""}.get(kinds[number], names.fullest(name))
        if who:
            out.append((start, parts[last].end, who))
    return out
