"""Places that a text names: countries, regions, cities, large regions, peoples, pairs, and bodies named after a place."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache

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

# Steps taken from a name to the head word of a body, at most: longer names are rare, and the bound keeps time linear.
_STEPS = 9
_NEAR = 2
_LONGEST_BODY_JOINED = 14
_PAIRED = frozenset(("country", "demonym", "region", COMBINING))
_APOSTROPHES = frozenset("'’ʼ")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text: `text[start:end]` names it.

    `codes` are ISO 3166-1 alpha-3 or ISO 3166-2 codes, or the plain name of what has none (`Russian Far East`, `Harbin`).
    `form` is `country`, `region`, `macro`, `city`, `demonym` (a people or an adjective), `pair` (two places in one
    word), `nickname`, `organisation` (a body whose name holds the places) or `world`. The seat of a state is a `city` with the
    state's code and its own name, since it may stand for either. `name` is the usual English name; that of a pair and
    of an organisation is the text's.
    """

    start: int
    end: int
    codes: tuple[str, ...]
    form: str
    name: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A name between word `first` and the word before `behind`; these bound the look around it."""

    first: int
    behind: int
    start: int
    end: int
    entry: Entry


def mentions(text: str, start: int, end: int, language: Language) -> tuple[Mention, ...]:
    """The places named in `text[start:end]` (a sentence), in order; spans do not overlap.

    A longer name hides the shorter ones in it, and names that only look like a place (`Indian Ocean`, `US dollars`) are none.
    """
    start, end = max(start, 0), min(end, len(text))
    book = gazetteer(language)
    if book.joined:
        return _joined(text, start, end, book)
    if book.root.then.keys().isdisjoint(WORD.findall(text, start, end)):
        return ()
    return _Reader(text, start, end, book).read()


class _Reader:
    """The words of one sentence, and the passes over the names found in them."""

    def __init__(self, text: str, start: int, end: int, book: Gazetteer) -> None:
        self.text, self.start, self.end, self.book = text, start, end, book
        self.spans = [match.span() for match in WORD.finditer(text, start, end)]
        self.words = [text[a:b] for a, b in self.spans]
        long = [word for word in self.words if len(word) > 3]
        self.titled = len(long) > 2 and sum(word[0].isupper() for word in long) > 0.7 * len(long)
        self.by_first: dict[int, _Found] = {}

    def read(self) -> tuple[Mention, ...]:
        found = [kept for name in self._names() if (kept := self._fit(name)) is not None]
        found = self._several(found)
        self.by_first = {name.first: name for name in found}
        marked = self._bodies(self._pairs(found))
        return tuple(mention for mention in marked if mention.form != COMBINING)

    def gap(self, left: int) -> str:
        """What stands between a word and the next; empty behind the last."""
        return (
            self.text[self.spans[left][1] : self.spans[left + 1][0]]
            if 0 <= left < len(self.spans) - 1
            else ""
        )

    def word(self, number: int) -> str:
        return self.words[number] if 0 <= number < len(self.words) else ""

    def has(self, number: int, words: str) -> bool:
        """True where a word is in a list of the pack, as written or without capitals."""
        known = self.book.words.get(words, frozenset())
        word = self.word(number)
        return bool(word) and (word in known or word.casefold() in known or word.capitalize() in known)

    def _names(self) -> list[_Found]:
        found, at = [], 0
        while at < len(self.spans):
            hit = (
                self.book.longest(self.text, self.spans, at)
                if self.words[at] in self.book.root.then
                else None
            )
            if hit is None:
                at += 1
                continue
            behind, entry = hit
            end = self.spans[behind - 1][1]
            if entry.dotted and self.text[end : end + 1] == "." and end < self.end:
                end += 1
            found.append(_Found(at, behind, self.spans[at][0], end, entry))
            at = behind
        return found

    def _fit(self, name: _Found) -> _Found | None:
        """The name with its sense chosen, or None where it is no place."""
        entry = name.entry
        if entry.form == MASK:
            return None
        if entry.sense is not None:
            codes = _sense(entry.sense, self.text, self.start, self.end)
            if not codes:
                return None
            entry = replace(entry, codes=codes, sense=None)
        after = self.text[name.end : min(name.end + 1, self.end)]
        if after == "$" or (self.has(name.behind, "money") and self.gap(name.behind - 1) in BLANKS):
            return None
        if name.behind == name.first + 1 and self.words[name.first] in self.book.words.get("person", ()):
            if self._person(name):
                return None
        if entry.form == COMBINING and not self._combines(name):
            return None
        first = self._titled(name) if entry.form in ("country", "region", "city") else name.first
        if entry.form == "city" and first < name.first:
            first = name.first
        return _Found(first, name.behind, self.spans[first][0], name.end, entry)

    def _person(self, name: _Found) -> bool:
        """True where a capitalised word beside the name makes it a person's (`Michael Jordan`, `Chad Smith`)."""
        if name.first and self.gap(name.first - 1) in BLANKS and not self.titled:
            before = self.word(name.first - 1)
            known = before in self.book.root.then
            if before.istitle() and not known and not self.has(name.first - 1, "plain"):
                return True
        if self.titled or self.gap(name.behind - 1) not in BLANKS:
            return False
        after = self.word(name.behind)
        listed = any(self.has(name.behind, words) for words in ("plain", "titles", "heads"))
        return after.istitle() and after not in self.book.root.then and not listed

    def _combines(self, name: _Found) -> bool:
        """True for the first half of a pair, or one that stands for the country alone."""
        if self.gap(name.behind - 1) not in DASHES:
            return False
        alone = self.words[name.first] in self.book.words.get("combining_alone", ())
        return alone or self.word(name.behind) in self.book.root.then

    def _titled(self, name: _Found) -> int:
        """The first word of `Federal Republic of` or `province of` before a name, else the name's own."""
        at = name.first - 1
        if self.has(at, "the"):
            at -= 1
        if not (self.has(at, "of") and self.has(at - 1, "titled")):
            # Languages without such a word set the title directly before the name.
            direct = not self.book.words.get("of") and self.has(name.first - 1, "titled")
            return name.first - 1 if direct and self.gap(name.first - 1) in BLANKS else name.first
        at -= 1
        for _ in range(_STEPS):
            if at == 0 or self.gap(at - 1) not in GAPS or not self.has(at - 1, "titled_by"):
                break
            at -= 1
        return at

    def _several(self, found: list[_Found]) -> list[_Found]:
        """`Vitebsk and Mogilev regions`: the type in the plural makes a region of every stem before it."""
        firsts = [name.first for name in found]
        made: dict[int, _Found] = {}
        for number, word in enumerate(self.words):
            if word.casefold() not in self.book.words.get("several", ()):
                continue
            at = number - 1
            for _ in range(_STEPS * 2):
                if self.has(at, "and"):
                    at -= 1
                first, code = self._stem(at)
                if not code:
                    break
                entry = Entry((code,), "region", _shown(code))
                made[first] = _Found(first, at + 1, self.spans[first][0], self.spans[at][1], entry)
                at = first - 1
        if not made:
            return found
        inside = {number for name in made.values() for number in range(name.first, name.behind)}
        kept = [
            found[place]
            for place, first in enumerate(firsts)
            if inside.isdisjoint(range(first, found[place].behind))
        ]
        return sorted((*kept, *made.values()), key=lambda name: name.first)

    def _stem(self, at: int) -> tuple[int, str]:
        """The stem of a region that ends with a word, of one word or two: its first word and the region."""
        for first in (at - 1, at):
            if 0 <= first and (first == at or self.gap(first) in GAPS):
                stem = self.text[self.spans[first][0] : self.spans[at][1]]
                if stem in self.book.stems:
                    return first, self.book.stems[stem]
        return at, ""

    def _pairs(self, found: list[_Found]) -> list[_Found]:
        """Names joined in twos by a dash made one; chains of three and more stay as they are."""
        out: list[_Found] = []
        place = 0
        while place < len(found):
            last = place
            while last + 1 < len(found) and self._linked(found[last], found[last + 1]):
                last += 1
            if last == place + 1:
                one, two = found[place], found[last]
                codes = (*one.entry.codes, *two.entry.codes)
                if codes[0] != codes[1]:
                    entry = Entry(codes, "pair", self.text[one.start : two.end])
                    out.append(_Found(one.first, two.behind, one.start, two.end, entry))
                    place = last + 1
                    continue
            out += [_alone(name) for name in found[place : last + 1]]
            place = last + 1
        return out

    def _linked(self, one: _Found, two: _Found) -> bool:
        if one.entry.form not in _PAIRED or two.entry.form not in _PAIRED or two.first != one.behind:
            return False
        gap = self.text[one.end : two.start]
        if gap in DASHES or gap == "/":
            return True
        # A dash with blanks around it may part two clauses: `to Russia – China's neighbour`.
        owns = self.text[two.end : two.end + 1] in _APOSTROPHES
        return gap.strip() in DASHES and gap.strip() != "" and not owns and two.entry.form == one.entry.form

    def _bodies(self, found: list[_Found]) -> list[Mention]:
        """The mentions, where those inside the name of one body become one mention of that body."""
        out: list[Mention] = []
        place = 0
        while place < len(found):
            name = found[place]
            first, behind = name.first, name.behind
            if name.entry.form not in ("world", "organisation", COMBINING):
                first, behind = self._body(name)
            if (first, behind) == (name.first, name.behind):
                out.append(Mention(name.start, name.end, name.entry.codes, name.entry.form, name.entry.name))
                place += 1
                continue
            inside = [name]
            while place + 1 < len(found) and found[place + 1].first < behind:
                place += 1
                inside.append(found[place])
            start = self.spans[first][0]
            while out and out[-1].end > start:
                inside.insert(0, _again(out.pop()))
            start = min(start, inside[0].start)
            end = max(self._tail(behind), inside[-1].end)
            codes = tuple(dict.fromkeys(code for one in inside for code in one.entry.codes))
            out.append(Mention(start, end, codes, "organisation", self.text[start:end]))
            place += 1
        return out

    def _tail(self, behind: int) -> int:
        end = self.spans[behind - 1][1]
        dot = self.text[end : min(end + 1, self.end)] == "." and self.has(behind - 1, "tails")
        return end + 1 if dot else end

    def _body(self, name: _Found) -> tuple[int, int]:
        """The words of the body that a name stands in: `Bank of China`, `Belarusian Chamber of Commerce`."""
        behind = self._head_after(name)
        if behind > name.behind:
            return name.first, behind
        first = self._head_before(name)
        return (first, name.behind) if first < name.first else (name.first, name.behind)

    def _head_after(self, name: _Found) -> int:
        """The word behind a body that begins with the name, or the name's own end."""
        at, best = name.behind, name.behind
        posted = False
        headline = self.titled and not self._listed(name)
        for step in range(_STEPS):
            another = at in self.by_first and (self._country(at) or self.has(at - 1, "and"))
            if not self._joins(at) or another:
                break
            if self._capital(at):
                # In a headline every word is capitalised, so that only a near head or `Ltd` belongs to the name.
                if self.has(at, "heads") and (step < _NEAR or not headline or self.has(at, "tails")):
                    best, posted = at + 1, posted or self.has(at, "posted")
            elif not (self.has(at, "and") or self.has(at, "of")) or not self._capital(at + 1):
                break
            at += 1
        return self._rest(best, posted) if best > name.behind else best

    def _listed(self, name: _Found) -> bool:
        """True where the name begins behind a comma, as an affiliation does."""
        first = name.first
        if self.gap(first - 1) in DASHES:
            first -= 1
        return self.gap(first - 1)[:1] == ","

    def _country(self, at: int) -> bool:
        return self.by_first[at].entry.form in ("country", "demonym", "pair")

    def _rest(self, behind: int, posted: bool) -> int:
        """What follows the head of a body: `of Commerce and Industry`, `in the Republic of Belarus`, `Ltd.`."""
        at, best, phrase = behind, behind, False
        for _ in range(2 * _STEPS):
            if at >= len(self.words) or not (self._joins(at) or self._ltd(at)):
                break
            if at in self.by_first and at > behind:
                linked = (
                    self.has(at - 1, "of") or self.has(at - 1, "the") or (posted and self.has(at - 1, "in"))
                )
                return self.by_first[at].behind if linked else best
            if self._capital(at) and at not in self.by_first and (phrase or self._ltd(at)):
                best = at + 1
            elif self.has(at, "of"):
                phrase = True
            elif posted and self.has(at, "in"):
                phrase = False
            elif not (self.has(at, "and") and phrase) and not self.has(at, "the"):
                break
            at += 1
        return best

    def _ltd(self, at: int) -> bool:
        return self.has(at, "tails") and self.gap(at - 1) in (", ", *GAPS)

    def _joins(self, at: int) -> bool:
        return (
            0 < at < len(self.words)
            and self.gap(at - 1) in GAPS
            and self.gap(at - 1) not in ("'", "’", ". ", " (")
        )

    def _capital(self, at: int) -> bool:
        return self.word(at)[:1].isupper()

    def _head_before(self, name: _Found) -> int:
        """The first word of a body that ends with `of` and the name, or the name's own first word."""
        at = name.first - 1
        if at >= 0 and self.has(at, "the") and self._joins(name.first):
            at -= 1
        if at < 1 or not self.has(at, "of") or not self._joins(at + 1):
            return name.first
        for _ in range(_STEPS):
            if not self._joins(at):
                break
            at -= 1
            if self._capital(at) and self.has(at, "heads"):
                return self._before(at)
            if not (self._capital(at) or self.has(at, "and") or self.has(at, "of")):
                break
        return name.first

    def _before(self, at: int) -> int:
        """Capitalised words directly before a head (`People's Bank`), but not one that only begins the sentence."""
        for _ in range(_STEPS):
            if not self._joins(at) or not self._capital(at - 1) or self.has(at - 1, "plain"):
                break
            at -= 1
        return at


def _alone(name: _Found) -> _Found:
    """The first half of a pair that has no second half names the country by itself."""
    if name.entry.form != COMBINING:
        return name
    return replace(name, entry=replace(name.entry, form="demonym", name=_shown(name.entry.codes[0])))


def _again(mention: Mention) -> _Found:
    return _Found(0, 0, mention.start, mention.end, Entry(mention.codes, mention.form, mention.name))


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


@lru_cache(maxsize=64)
def _occurs(text: str, word: str) -> bool:
    """Whether a text has a word anywhere; kept, since every sentence of the text asks again."""
    return word in text


def _joined(text: str, start: int, end: int, book: Gazetteer) -> tuple[Mention, ...]:
    """The mentions of a text written without blanks: names as they stand, the longest at each place."""
    found: list[tuple[int, int, Entry]] = []
    behind = start
    for match in book.starts.finditer(text, start, end):
        at = match.start()
        if at < behind:
            continue
        for name, entry in book.strings[text[at]]:
            if text.startswith(name, at, end):
                found.append((at, at + len(name), entry))
                behind = at + len(name)
                break
    out: list[Mention] = []
    starts = [at for at, _, _ in found]
    for place, (at, stop, entry) in enumerate(found):
        codes = _sense(entry.sense, text, start, end) if entry.sense else entry.codes
        if entry.form == MASK or not codes or (out and out[-1].end > at):
            continue
        if any(text.startswith(unit, stop, end) for unit in book.words.get("money", ())):
            continue
        limit = min(stop + _LONGEST_BODY_JOINED, end)
        following = bisect_left(starts, stop, place + 1)
        limit = min(limit, starts[following]) if following < len(starts) else limit
        head = _head_joined(text, stop, limit, book) if entry.form != "world" else 0
        if head:
            out.append(Mention(at, head, codes, "organisation", text[at:head]))
        else:
            out.append(Mention(at, stop, codes, entry.form, entry.name))
    return tuple(out)


def _head_joined(text: str, start: int, limit: int, book: Gazetteer) -> int:
    """The end of the body that begins with a name ending at `start`, or 0."""
    head = book.heads.search(text, start, limit)
    if head is None or not book.apart.isdisjoint(text[start : head.start()]):
        return 0
    return head.end()
