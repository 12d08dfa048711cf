"""Who a sentence says is speaking: `X said that`, `according to X`, `customs data show`, `as X put it`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from landbridge.claims.grammar import places
from landbridge.claims.grammar.people import (
    Lexicon,
    Names,
    Person,
    Token,
    joined,
    lexicon,
    name_ending,
    name_opening,
    role_after,
    spoken,
)
from landbridge.claims.languages import Language

SAID, ACCORDING = "said", "according"
_COMMA = re.compile(r"[\s\u00a0]*,[\s\u00a0]*")
_INVERTED = re.compile(r"[”\"»’]|,")
_DETERMINERS = ("the", "a", "an")
_LONGEST_BODY = 14


@dataclass(frozen=True, slots=True)
class Attribution:
    """The source of a sentence: the words that name it, where the verb or phrase stands, and what the text says of it.

    `source` is the span of the words of a body, whose places are its home; a person's home follows from the role.
    `person` is false for bodies, data and groups. `speaker` is empty where a pronoun stands for the last person.
    """

    speaker: str
    at: int
    how: str
    person: bool
    source: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """The people of a text by where they stand and by name, and the offsets that lie inside a quotation."""

    starts: dict[int, Person]
    names: Names
    quoted: Callable[[int], bool]


@lru_cache(maxsize=8)
def _according(language: Language) -> re.Pattern[str] | None:
    phrases = [str(item) for item in language.part("speech").get("according", ())]
    if not phrases:
        return None
    each = "|".join(
        re.escape(item).replace(r"\ ", r"[\s\u00a0]+") for item in sorted(phrases, key=len, reverse=True)
    )
    return re.compile(rf"\b(?:{each})\b", re.IGNORECASE)


@lru_cache(maxsize=8)
def _put(language: Language) -> re.Pattern[str] | None:
    phrases = [str(item) for item in language.part("speech").get("put", ())]
    if not phrases:
        return None
    each = "|".join(
        re.escape(item).replace(r"\ ", r"[\s\u00a0]+").replace(r"\{\}", r"([^\W\d_][\w -]{1,60}?)")
        for item in phrases
    )
    return re.compile(rf"\b(?:{each})\b", re.IGNORECASE)


def attribution(
    text: str, words: list[Token], span: tuple[int, int], known: Known, language: Language
) -> Attribution | None:
    """The first source that a sentence names for what it says; None in plain narration."""
    lex = lexicon(language)
    return (
        _by_phrase(text, words, span, known, lex)
        or _by_verb(text, words, known, lex)
        or _by_words(text, span, known, language)
    )


def _by_phrase(
    text: str, words: list[Token], span: tuple[int, int], known: Known, lex: Lexicon
) -> Attribution | None:
    pattern = _according(lex.language)
    for match in pattern.finditer(text, *span) if pattern else ():
        if known.quoted(match.start()):
            continue
        first = next((number for number, word in enumerate(words) if word.start >= match.end()), None)
        if first is not None:
            found = source_opening(text, words, first, known, lex, ACCORDING)
            if found:
                return found
    return None


def _by_words(text: str, span: tuple[int, int], known: Known, language: Language) -> Attribution | None:
    pattern = _put(language)
    for match in pattern.finditer(text, *span) if pattern else ():
        name = next((group for group in match.groups() if group), "")
        if name[:1].isupper() and not known.quoted(match.start()):
            speaker = known.names.fullest(" ".join(name.split()))
            return Attribution(speaker, match.start(), SAID, speaker in known.names, (0, 0))
    return None


def _by_verb(text: str, words: list[Token], known: Known, lex: Lexicon) -> Attribution | None:
    for number, word in enumerate(words):
        says, shows = lex.has("say", word.word), lex.has("show", word.word)
        if not (says or shows) or known.quoted(word.start) or _otherwise(words, number, lex):
            continue
        found = _subject(text, words, number, known, lex, shows_only=not says)
        if found is None and says and number + 1 < len(words) and _inverted(text, words, number):
            found = source_opening(text, words, number + 1, known, lex, SAID)
        if found is not None:
            return found
    return None


def _otherwise(words: list[Token], number: int, lex: Lexicon) -> bool:
    """True where the next word makes the verb say something else: `added to the difficulties`."""
    behind = lex.language.part("speech").get("not_saying", {}).get(words[number].word, ())
    return number + 1 < len(words) and words[number + 1].word.casefold() in behind


def _inverted(text: str, words: list[Token], number: int) -> bool:
    """True where the verb opens what follows a quotation or a comma: `..., said the minister`."""
    if not joined(text, words[number], words[number + 1]):
        return False
    return number > 0 and _INVERTED.search(text, words[number - 1].end, words[number].start) is not None


def _subject(
    text: str, words: list[Token], verb: int, known: Known, lex: Lexicon, *, shows_only: bool
) -> Attribution | None:
    last = verb - 1
    while last >= 0 and lex.has("between", words[last].word) and joined(text, words[last], words[last + 1]):
        last -= 1
    if last < 0:
        return None
    at = words[verb].start
    if not joined(text, words[last], words[last + 1]):
        return None if shows_only else _apposed(text, words, last, at, known, lex)
    word = words[last]
    if word.possessive:
        return None
    if shows_only:
        return _body_ending(text, words, last, at, lex, ("data",))
    if lex.has("pronouns", word.plain) and (
        last == 0 or not joined(text, words[last - 1], word) or word.word.islower()
    ):
        return Attribution("", at, SAID, True, (0, 0))
    first = name_ending(text, words, last, lex)
    strictly = lex.has("say_strictly", words[verb].word)
    if first is not None and not word.possessive:
        name = spoken(text, words, first, last)
        full = known.names.fullest(name)
        if full in known.names or last > first or strictly:
            return Attribution(full, at, SAID, True, (words[first].start, word.end))
        return None
    found = _body_ending(text, words, last, at, lex, ("bodies", "roles", "data"))
    if found is None and strictly and word.place and word.capital:
        first = last
        while first > 0 and words[first - 1].place and joined(text, words[first - 1], words[first]):
            first -= 1
        return Attribution(spoken(text, words, first, last), at, SAID, False, (words[first].start, word.end))
    return found


def _apposed(
    text: str, words: list[Token], last: int, at: int, known: Known, lex: Lexicon
) -> Attribution | None:
    """`Sergey Pavlov, the Deputy General Director of ..., notes`: the name before the role that ends at `last`."""
    for number in range(last - 1, max(-1, last - 27), -1):
        if not _COMMA.fullmatch(text, words[number].end, words[number + 1].start):
            continue
        first = name_ending(text, words, number, lex)
        if first is not None and role_after(text, words, number, lex, weak=True) == last:
            name = known.names.fullest(spoken(text, words, first, number))
            return Attribution(name, at, SAID, True, (words[number + 1].start, words[last].end))
    return None


def _body_ending(
    text: str, words: list[Token], last: int, at: int, lex: Lexicon, kinds: tuple[str, ...]
) -> Attribution | None:
    """The body, group or data whose name ends with the word `last`."""
    head = last
    while not any(lex.has(kind, words[head].plain) for kind in kinds):
        word = words[head]
        goes_on = head > 0 and last - head < _LONGEST_BODY and joined(text, words[head - 1], word)
        inside = any(lex.has(name, word.plain) for name in ("inside_sources", "bodies"))
        if not goes_on or not (word.capital or word.place or inside):
            return None
        head -= 1
    first = _opening_of(text, words, head, lex, kinds)
    if (
        words[head].word in ("report", "reports", "estimates", "estimate", "forecast", "forecasts", "records")
        and first == head
    ):
        return None
    if words[first].word.casefold() in _DETERMINERS and first < last:
        first += 1
    return Attribution(
        spoken(text, words, first, last), at, SAID, False, (words[first].start, words[last].end)
    )


def _opening_of(text: str, words: list[Token], head: int, lex: Lexicon, kinds: tuple[str, ...]) -> int:
    """The first word of the phrase around `head`: its article, adjectives, and what it is `of`."""
    first = head
    for _ in range(3):
        number = first
        while number > 0 and first - number < 4 and joined(text, words[number - 1], words[number]):
            before = words[number - 1]
            if lex.has("inside_names", before.word) and before.word != "the":
                break
            if lex.has("say", before.word) or (before.word == "that"):
                break
            number -= 1
            if before.capital and lex.has("not_in_names", before.plain) and before.word != "The":
                number += 1
                break
            if before.word.casefold() in _DETERMINERS or before.capital or before.place:
                first = number
            elif first == number + 1 and lex.has("data", words[head].plain):
                # `customs data`, `official statistics` carry no article.
                first = number
        outer = first - 2
        if (
            outer < 0
            or words[first - 1].word not in ("of", "for", "at", "on")
            or not any(lex.has(kind, words[outer].plain) for kind in kinds)
        ):
            break
        first = outer
    return first


def source_opening(
    text: str, words: list[Token], first: int, known: Known, lex: Lexicon, how: str
) -> Attribution | None:
    """The person, body or data named from the word `first` on, after a phrase or a verb of saying."""
    at = words[first].start
    begin = first + 1 if words[first].word.casefold() in _DETERMINERS and first + 1 < len(words) else first
    person = known.starts.get(words[first].start) or known.starts.get(words[begin].start)
    if person is not None:
        return Attribution(known.names.fullest(person.name), at, how, True, (0, 0))
    last = name_opening(text, words, begin, lex)
    if last is not None:
        name = known.names.fullest(spoken(text, words, begin, last))
        return Attribution(
            name, at, how, name in known.names or last > begin, (words[begin].start, words[last].end)
        )
    kinds = ("bodies", "data", "roles")
    end, number = None, begin
    while number < len(words) and number - begin < _LONGEST_BODY:
        word = words[number]
        if number > begin and not joined(text, words[number - 1], word):
            break
        if lex.has("not_sources", word.plain) and not word.capital:
            return None
        is_head = any(lex.has(kind, word.plain) for kind in kinds)
        if is_head or (end is not None and (word.capital or word.place)):
            end = number
        elif end is not None and not lex.has("inside_sources", word.word):
            break
        number += 1
    if end is None:
        alone = words[begin]
        if (
            alone.place
            and alone.capital
            and (begin + 1 == len(words) or not joined(text, alone, words[begin + 1]))
        ):
            end = begin
        else:
            return None
    name = spoken(text, words, begin, end)
    return Attribution(name, at, how, False, (words[begin].start, words[end].end))


def home(text: str, span: tuple[int, int], language: Language) -> tuple[str, ...]:
    """The codes of the places that a span names, each once."""
    found = places.mentions(text, *span, language) if span[1] > span[0] else ()
    return tuple(dict.fromkeys(code for item in found for code in item.codes))
