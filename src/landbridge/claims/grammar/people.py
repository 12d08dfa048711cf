"""Names of people in a text, with the roles that stand beside them; short forms of a name are led back to the fullest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from landbridge.claims.grammar import places
from landbridge.claims.grammar.blocks import Sentence
from landbridge.claims.languages import Language

_WORD = re.compile(r"[^\W_]+(?:[-’'&][^\W_]+)*")
_APPOSITION = re.compile(r"[\s\u00a0]*,[\s\u00a0]*")
_ACRONYM = re.compile(r"[\s\u00a0]*\(([^\W\d_a-z][\w -]{1,12})\)")
_POSSESSIVE = ("’s", "'s")
_LONGEST_NAME, _LONGEST_ROLE = 4, 26


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence. `place` is true where it belongs to the name of a place."""

    start: int
    end: int
    word: str
    place: bool = False

    @property
    def plain(self) -> str:
        """The word without case and without the ending of the possessive."""
        return self.word.removesuffix(_POSSESSIVE[0]).removesuffix(_POSSESSIVE[1]).casefold()

    @property
    def capital(self) -> bool:
        """True for a word that begins with a capital."""
        return self.word[0].isupper()

    @property
    def possessive(self) -> bool:
        """True for `China’s`."""
        return self.word.endswith(_POSSESSIVE)


@dataclass(frozen=True, slots=True)
class Person:
    """A person with a role: the span of both (`start`, `end`), that of the name, and the words.

    `apposed` is true where the role follows the name: `Sergey Pavlov, the Deputy General Director of ...`.
    """

    start: int
    end: int
    name_start: int
    name_end: int
    name: str
    role: str
    apposed: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists of the part `speech` of a pack, without case."""

    language: Language
    sets: dict[str, frozenset[str]]

    def has(self, name: str, word: str) -> bool:
        """True where the list `name` holds the word."""
        return word in self.sets.get(name, frozenset())


@lru_cache(maxsize=8)
def lexicon(language: Language) -> Lexicon:
    """The word lists of speech, read once per language."""
    lists = language.part("speech")
    sets = {
        name: frozenset(str(word).casefold() for word in words)
        for name, words in lists.items()
        if isinstance(words, list)
    }
    return Lexicon(language, sets)


def tokens(text: str, start: int, end: int, language: Language, *, with_places: bool = True) -> list[Token]:
    """The words of a span; those that belong to names of places are marked."""
    found = places.mentions(text, start, end, language) if with_places else ()
    inside = [(item.start, item.end) for item in found if item.form != "organisation"]
    out, number = [], 0
    for word in _WORD.finditer(text, start, end):
        while number < len(inside) and inside[number][1] <= word.start():
            number += 1
        place = number < len(inside) and inside[number][0] < word.end()
        out.append(Token(word.start(), word.end(), word[0], place))
    return out


def joined(text: str, left: Token, right: Token) -> bool:
    """True where only a blank stands between two words, or the full stop of an initial or a title."""
    gap = text[left.end : right.start]
    if len(gap) > 3:
        return False
    return not gap.strip() or (gap.strip() == "." and (len(left.word) <= 4))


def name_ending(text: str, words: list[Token], last: int, lex: Lexicon) -> int | None:
    """The index of the first word of the name of a person that ends with the word `last`; None where none does."""
    first = last
    if not _nameable(words[last], lex) or words[last].plain in lex.sets.get("companies", frozenset()):
        return None
    while first > 0 and last - first < _LONGEST_NAME and joined(text, words[first - 1], words[first]):
        before = words[first - 1]
        if before.possessive or not (_nameable(before, lex) or lex.has("particles", before.word)):
            break
        first -= 1
    while first < last and lex.has("particles", words[first].word):
        first += 1
    if last - first >= _LONGEST_NAME or any(
        lex.has("companies", word.plain) for word in words[first : last + 1]
    ):
        return None
    return first


def name_opening(text: str, words: list[Token], first: int, lex: Lexicon) -> int | None:
    """The index of the last word of the name of a person that begins with the word `first`; None where none does."""
    if not _nameable(words[first], lex):
        return None
    last = first
    while last + 1 < len(words) and joined(text, words[last], words[last + 1]) and not words[last].possessive:
        after = words[last + 1]
        if not (_nameable(after, lex) or (lex.has("particles", after.word) and last + 2 < len(words))):
            break
        last += 1
    while last > first and lex.has("particles", words[last].word):
        last -= 1
    named = words[first : last + 1]
    if len(named) > _LONGEST_NAME or any(lex.has("companies", word.plain) for word in named):
        return None
    return last


def _nameable(word: Token, lex: Lexicon) -> bool:
    return (
        word.capital
        and not word.place
        and not word.word[0].isdigit()
        and not any(
            lex.has(name, word.plain) for name in ("roles", "titles", "not_in_names", "bodies", "offices")
        )
    )


def spoken(text: str, words: list[Token], first: int, last: int) -> str:
    """The words of a name as they are written, with single blanks and without a possessive."""
    written = " ".join(text[words[first].start : words[last].end].split())
    return written.removesuffix(_POSSESSIVE[0]).removesuffix(_POSSESSIVE[1])


def role_after(text: str, words: list[Token], last: int, lex: Lexicon, *, weak: bool = False) -> int | None:
    """The index of the last word of the role that follows the name ending at `last`, after a comma; else None."""
    if last + 1 >= len(words) or not _APPOSITION.fullmatch(text, words[last].end, words[last + 1].start):
        return None
    kinds = ("roles", "weak_roles") if weak else ("roles",)
    stop, named = None, False
    for number in range(last + 1, min(len(words), last + 1 + _LONGEST_ROLE)):
        word = words[number]
        if number > last + 1:
            gap = text[words[number - 1].end : word.start]
            if "," in gap and _APPOSITION.fullmatch(gap):
                if not named or not _titled(text, words, number, lex):
                    break
            elif gap.strip() not in ("", ".", "&") or (gap.strip() == "." and not word.capital):
                break
        if lex.has("say", word.word) or (number > last + 1 and word.word in ("who", "which", "that")):
            break
        named = named or any(lex.has(kind, word.plain) for kind in kinds)
        if number - last > 8 and not named:
            return None
        stop = number
    if not named or stop is None:
        return None
    while stop > last + 1 and lex.has("inside_names", words[stop].word):
        stop -= 1
    return stop


def _titled(text: str, words: list[Token], first: int, lex: Lexicon) -> bool:
    """True where the words from `first` to the next mark are a name or title, so that a role goes on behind a comma."""
    number, seen = first, False
    while number < len(words):
        word = words[number]
        if number > first and not joined(text, words[number - 1], word):
            return seen
        if not (word.capital or lex.has("inside_names", word.word) or lex.has("roles", word.plain)):
            return False
        seen = seen or word.capital
        number += 1
    return seen


def end_of_role(text: str, words: list[Token], last: int, limit: int) -> int:
    """Where the words of a role end, an acronym in brackets included."""
    short = _ACRONYM.match(text, words[last].end, limit)
    return short.end() if short else words[last].end


def people(text: str, found: tuple[Sentence, ...], language: Language) -> tuple[Person, ...]:
    """The people of a text to whom it gives a role, in order."""
    lex = lexicon(language)
    if not lex.sets.get("roles"):
        return ()
    out: list[Person] = []
    for item in found:
        words = tokens(text, item.start, item.end, language, with_places=False)
        if any(lex.has("roles", word.plain) or lex.has("titles", word.plain) for word in words):
            words = tokens(text, item.start, item.end, language)
            out += _in_sentence(text, words, item.end, lex)
    return tuple(out)


def _in_sentence(text: str, words: list[Token], limit: int, lex: Lexicon) -> Iterable[Person]:
    number = 0
    while number < len(words):
        first = number
        last = name_opening(text, words, first, lex)
        if last is None:
            number += 1
            continue
        number = last + 1
        stop = role_after(text, words, last, lex) if last > first and not words[last].possessive else None
        if stop is not None:
            end = end_of_role(text, words, stop, limit)
            role = " ".join(text[words[last + 1].start : end].split())
            yield Person(
                words[first].start,
                end,
                words[first].start,
                words[last].end,
                spoken(text, words, first, last),
                role,
                True,
            )
            number = stop + 1
            continue
        begin = _role_before(text, words, first, last, lex)
        if begin is not None:
            role = " ".join(text[words[begin].start : words[first].start].split())
            end = words[last].end
            yield Person(
                words[begin].start,
                end,
                words[first].start,
                end,
                spoken(text, words, first, last),
                role,
                False,
            )


def _role_before(text: str, words: list[Token], first: int, last: int, lex: Lexicon) -> int | None:
    """The index at which the role before a name begins: `Chinese President`, `Minister of Economy of Belarus`."""
    begin, named = first, None
    kinds = ("roles",) if last > first else ("titles",)
    while begin > 0 and first - begin < 9 and joined(text, words[begin - 1], words[begin]):
        before = words[begin - 1]
        is_role = any(lex.has(kind, before.plain) for kind in kinds)
        if not (is_role or before.capital or before.place or lex.has("inside_names", before.word)):
            break
        # `and` joins two people, unless it stands inside the name of an office: `Minister of Industry and Trade`.
        if before.word in ("and", "with") and not lex.has("offices", words[begin].plain):
            break
        if lex.has("not_in_names", before.plain) and not lex.has("inside_names", before.word):
            break
        begin -= 1
        if is_role or (before.capital and named is not None):
            named = begin
        elif last == first and named is None:
            return None
    return named


class Names:
    """The names of the people of a text; leads a short form back to the fullest one met."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._names = dict.fromkeys(person.name for person in people)
        self._holding: dict[str, list[str]] = {}
        self._fullest: dict[str, str] = {}
        for name in self._names:
            for word in set(name.casefold().split()):
                self._holding.setdefault(word, []).append(name)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def fullest(self, name: str) -> str:
        """`Xi` becomes `Xi Jinping` where the text has it; a name that no other holds stays as it is."""
        if name not in self._fullest:
            self._fullest[name] = self._longest(name)
        return self._fullest[name]

    def _longest(self, name: str) -> str:
        wanted = name.casefold().split()
        # The rarest word leads to the fewest names.
        holding = min((self._holding.get(word, []) for word in wanted), key=len, default=[])
        best = name
        for other in holding:
            parts = other.casefold().split()
            if len(parts) > len(best.split()) and all(word in parts for word in wanted):
                best = other
        return best
