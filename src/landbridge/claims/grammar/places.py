"""Places that a text names: countries, regions, cities, large regions, peoples, pairs, and bodies named after a place."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache

from landbridge.claims.grammar.bodies import APOSTROPHES, STEPS, Bodies, Found, Words
from landbridge.claims.grammar.gazetteer import (
    BLANKS,
    COMBINING,
    DASHES,
    GAPS,
    MASK,
    WORD,
    Entry,
    Gazetteer,
    Sense,
    city_region,
    gazetteer,
    places_by_code,
)
from landbridge.claims.languages import Language

__all__ = ["Mention", "city_region", "mentions"]

_LONGEST_BODY_JOINED = 14
_NAME_OF_BODY = 5
_PAIRED = frozenset(("country", "demonym", "region", "macro", COMBINING))
_OF_STATES = frozenset(("country", "region"))


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text: `text[start:end]` names it.

    `codes` are ISO 3166-1 alpha-3 or ISO 3166-2 codes, or the plain name of what has none (`Russian Far East`,
    `Harbin`). `form` is `country`, `region`, `macro`, `city`, `demonym` (a people or an adjective), `pair` (two places
    in one word), `nickname`, `organisation` (a body whose name holds the places) or `world`. The seat of a state is a
    `city` with the state's code and its own name, since it may stand for either. `name` is the usual English name; that
    of a pair and of an organisation is the text's.
    """

    start: int
    end: int
    codes: tuple[str, ...]
    form: str
    name: str


def mentions(text: str, start: int, end: int, language: Language) -> tuple[Mention, ...]:
    """The places named in `text[start:end]` (a sentence), in order; spans do not overlap.

    A longer name hides the shorter ones in it, and what only looks like a place (`Indian Ocean`, `US dollars`) is none.
    """
    start, end = max(start, 0), min(end, len(text))
    book = gazetteer(language)
    if book.joined:
        return _joined(text, start, end, book)
    if book.root.then.keys().isdisjoint(WORD.findall(text, start, end)):
        return ()
    return _Reader(text, start, end, book).read()


class _Reader(Words):
    """The passes over the names in one sentence."""

    def read(self) -> tuple[Mention, ...]:
        found = self._several([kept for name in self._names() if (kept := self._fit(name)) is not None])
        found = self._pairs(found)
        return tuple(_merged(self, found))

    def _names(self) -> list[Found]:
        found, at = [], 0
        while at < len(self.spans):
            known = self.words[at] in self.book.root.then
            hit = self.book.longest(self.text, self.spans, at) if known else None
            if hit is None:
                at += 1
                continue
            behind, entry = hit
            start, end = self.spans[at][0], self.spans[behind - 1][1]
            after = self.text[end : min(end + 1, self.end)]
            if (entry.dotted and after == ".") or (after == ")" and "(" in self.text[start:end]):
                end += 1
            found.append(Found(at, behind, start, end, entry))
            at = behind
        return found

    def _fit(self, name: Found) -> Found | None:
        """The name with its sense chosen and its title before it, or None where it is no place."""
        entry = name.entry
        if entry.form == MASK:
            return None
        if entry.sense is not None:
            codes = _sense(entry.sense, self.text, self.start, self.end)
            if not codes:
                return None
            shown = _shown(codes[0]) if len(codes) == 1 else entry.name
            entry = replace(entry, codes=codes, name=shown, sense=None)
        dollar = self.text[name.end : min(name.end + 1, self.end)] == "$"
        if dollar or (self.has(name.behind, "money") and self._after(name) in BLANKS):
            return None
        shared = name.behind == name.first + 1 and self.has(name.first, "person")
        if (shared and self._person(name)) or (entry.form == COMBINING and not self._combines(name)):
            return None
        first = self._titled(name) if entry.form in _OF_STATES else name.first
        return Found(first, name.behind, self.spans[first][0], name.end, entry)

    def _after(self, name: Found) -> str:
        """What stands between a name and the next word; the full stop of `U.S.` belongs to the name."""
        return self.text[name.end : self.spans[name.behind][0]] if name.behind < len(self.spans) else ""

    def _person(self, name: Found) -> bool:
        """True where a capitalised word beside the name makes it a person's (`Michael Jordan`, `Chad Smith`)."""
        if self.titled:
            return False
        before, after = self.word(name.first - 1), self.word(name.behind)
        known = self.book.root.then
        if (
            self.gap(name.first - 1) in BLANKS
            and before.istitle()
            and before not in known
            and not any(self.has(name.first - 1, words) for words in ("plain", "titles", "heads"))
        ):
            return True
        if self.gap(name.behind - 1) not in BLANKS or not after.istitle() or after in known:
            return False
        if self.has(name.behind, "plain") or self.has(name.behind, "titles"):
            return False
        # The capitalised words may be a body's (`Kenya Ports Authority`).
        for at in range(name.behind, name.behind + _NAME_OF_BODY):
            if not self.capital(at):
                break
            if self.has(at, "heads"):
                return False
        return True

    def _combines(self, name: Found) -> bool:
        """True for the first half of a pair, or one that stands for the country alone."""
        if self.gap(name.behind - 1) not in DASHES:
            return False
        return self.has(name.first, "combining_alone") or self.word(name.behind) in self.book.root.then

    def _titled(self, name: Found) -> int:
        """The first word of `Federal Republic of` or `province of` before a name, else the name's own."""
        at = name.first - 1
        if not self.book.words.get("of"):
            return at if self.has(at, "titled") and self.gap(at) in BLANKS else name.first
        if self.has(at, "the"):
            at -= 1
        if not (self.has(at, "of") and self.has(at - 1, "titled")):
            return name.first
        at -= 1
        for _ in range(STEPS):
            if self.gap(at - 1) not in GAPS or not self.has(at - 1, "titled_by"):
                break
            at -= 1
        return at

    def _several(self, found: list[Found]) -> list[Found]:
        """`Vitebsk and Mogilev regions`: the type in the plural makes a region of every stem before it."""
        held = {name.behind - 1: name for name in found}
        made: dict[int, Found] = {}
        for number in range(1, len(self.words)):
            if not self.has(number, "several"):
                continue
            # The last of them may have been found together with its type.
            at = held[number].first - 1 if number in held else number - 1
            for _ in range(STEPS):
                at -= self.has(at, "and")
                first, code = self._stem(at)
                if not code:
                    break
                entry = Entry((code,), "region", _shown(code))
                made[first] = Found(first, at + 1, self.spans[first][0], self.spans[at][1], entry)
                at = first - 1
        if not made:
            return found
        inside = {number for name in made.values() for number in range(name.first, name.behind)}
        kept = (name for name in found if inside.isdisjoint(range(name.first, name.behind)))
        return sorted((*kept, *made.values()), key=lambda name: name.first)

    def _stem(self, at: int) -> tuple[int, str]:
        """The stem of a region that ends with a word, of two words or one: its first word and the region."""
        for first in (at - 1, at):
            if first >= 0 and (first == at or self.gap(first) in GAPS):
                stem = self.text[self.spans[first][0] : self.spans[at][1]]
                if stem in self.book.stems:
                    return first, self.book.stems[stem]
        return at, ""

    def _pairs(self, found: list[Found]) -> list[Found]:
        """Names joined in twos by a dash made one; chains of three and more stay as they are."""
        out: list[Found] = []
        place = 0
        while place < len(found):
            last = place
            while last + 1 < len(found) and self._linked(found[last], found[last + 1]):
                last += 1
            one, two = found[place], found[last]
            if last == place + 1 and one.entry.codes != two.entry.codes:
                codes = (*one.entry.codes, *two.entry.codes)
                entry = Entry(codes, "pair", self.text[one.start : two.end])
                out.append(Found(one.first, two.behind, one.start, two.end, entry))
            else:
                out += [_alone(name) for name in found[place : last + 1]]
            place = last + 1
        return out

    def _linked(self, one: Found, two: Found) -> bool:
        if one.entry.form not in _PAIRED or two.entry.form not in _PAIRED or two.first != one.behind:
            return False
        gap = self.text[one.end : two.start]
        if gap in DASHES or gap == "/":
            return True
        # A dash with blanks around it may part two clauses: `to Russia – China's neighbour`.
        owns = self.text[two.end : two.end + 1] in APOSTROPHES
        return gap.strip() in DASHES and not owns and two.entry.form == one.entry.form


def _merged(words: Words, found: list[Found]) -> list[Mention]:
    """The mentions, where those inside the name of one body become one mention of that body."""
    bodies = Bodies(words, found)
    out: list[Mention] = []
    behind = -1
    for place, name in enumerate(found):
        if name.first < behind:
            continue
        first, behind = name.first, name.behind
        if name.entry.form not in ("world", "organisation"):
            first, behind = bodies.around(name)
        if (first, behind) == (name.first, name.behind):
            out.append(Mention(name.start, name.end, name.entry.codes, name.entry.form, name.entry.name))
            continue
        start = words.spans[first][0]
        last = place
        while last + 1 < len(found) and found[last + 1].first < behind:
            last += 1
        codes = [code for one in found[place : last + 1] for code in one.entry.codes]
        while out and out[-1].end > start:
            earlier = out.pop()
            start, codes = min(start, earlier.start), [*earlier.codes, *codes]
        end = max(bodies.tail(behind), found[last].end)
        out.append(Mention(start, end, tuple(dict.fromkeys(codes)), "organisation", words.text[start:end]))
    return out


def _alone(name: Found) -> Found:
    """The first half of a pair that has no second half names the country by itself."""
    if name.entry.form != COMBINING:
        return name
    return replace(name, entry=replace(name.entry, form="demonym", name=_shown(name.entry.codes[0])))


def _shown(code: str) -> str:
    known = places_by_code().get(code)
    return known.name if known else code


def _sense(sense: Sense, text: str, start: int, end: int) -> tuple[str, ...]:
    """The places that the words of the sentence, or of the whole text, choose."""
    for words, codes in sense.choices:
        if any(
            _occurs(text, word) if sense.whole_text else text.find(word, start, end) >= 0 for word in words
        ):
            return codes
    return sense.otherwise


@lru_cache(maxsize=16)
def _occurs(text: str, word: str) -> bool:
    """Whether a text has a word anywhere; kept, since every sentence of the text asks again."""
    return word in text


def _joined(text: str, start: int, end: int, book: Gazetteer) -> tuple[Mention, ...]:
    """The mentions of a text written without blanks: names as they stand, the longest at each place."""
    found = _strings(text, start, end, book)
    starts = [at for at, _, _ in found]
    out: list[Mention] = []
    for place, (at, stop, entry) in enumerate(found):
        codes = _sense(entry.sense, text, start, end) if entry.sense else entry.codes
        money = any(text.startswith(unit, stop, end) for unit in book.words.get("money", ()))
        if entry.form == MASK or not codes or money or (out and out[-1].end > at):
            continue
        following = bisect_left(starts, stop, place + 1)
        limit = min(stop + _LONGEST_BODY_JOINED, end, *starts[following : following + 1])
        head = _head_joined(text, stop, limit, book) if entry.form not in ("world", "organisation") else 0
        if not head:
            out.append(Mention(at, stop, codes, entry.form, entry.name))
            continue
        # `中国驻白俄罗斯大使馆`: a body of one place in another.
        if out and text[out[-1].end : at] in book.words.get("posted", ()):
            earlier = out.pop()
            at, codes = earlier.start, (*earlier.codes, *codes)
        out.append(Mention(at, head, codes, "organisation", text[at:head]))
    return tuple(out)


def _strings(text: str, start: int, end: int, book: Gazetteer) -> list[tuple[int, int, Entry]]:
    found: list[tuple[int, int, Entry]] = []
    behind = start
    for match in book.starts.finditer(text, start, end):
        at = match.start()
        if at < behind:
            continue
        for name, entry in book.strings[text[at]]:
            if text.startswith(name, at, end):
                behind = at + len(name)
                found.append((at, behind, entry))
                break
    return found


def _head_joined(text: str, start: int, limit: int, book: Gazetteer) -> int:
    """The end of the body that begins with a name ending at `start`, or 0."""
    head = book.heads.search(text, start, limit)
    if head is None or not book.apart.isdisjoint(text[start : head.start()]):
        return 0
    return head.end()
