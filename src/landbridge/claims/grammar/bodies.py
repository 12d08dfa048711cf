"""The words of a sentence, and the names of bodies among them (`Bank of China`, `Belarusian Chamber of Commerce`)."""

from __future__ import annotations

from dataclasses import dataclass

from landbridge.claims.grammar.gazetteer import BLANKS, DASHES, GAPS, SPACED, WORD, Entry, Gazetteer

# Words looked at on either side of a name, at most: longer names are rare, and the bound keeps time linear.
STEPS = 9
# In a headline every word is capitalised, so that only a head this near belongs to the name.
_NEAR = 2
_CAPITALISED = 0.7
# What a headline does not end with.
_STOPS = frozenset(".!。！")
_APART = frozenset((*SPACED, "'", "’", "ʼ", ". ", ".\u00a0", " ("))
APOSTROPHES = frozenset("'’ʼ")


@dataclass(frozen=True, slots=True)
class Found:
    """A name of a place: from word `first` to the one before `behind`, and the span of text it fills."""

    first: int
    behind: int
    start: int
    end: int
    entry: Entry


class Words:
    """The words of one sentence and what stands between them. `titled` is true for a headline in capitals."""

    def __init__(self, text: str, start: int, end: int, book: Gazetteer) -> None:
        self.text, self.start, self.end, self.book = text, start, end, book
        self.spans = [match.span() for match in WORD.finditer(text, start, end)]
        self.words = [text[a:b] for a, b in self.spans]
        long = [word for word in self.words if len(word) > 3]
        capitals = sum(word[0].isupper() for word in long)
        stopped = text[end - 1 : end] in _STOPS if end > start else True
        self.titled = not stopped and len(long) > 2 and capitals > _CAPITALISED * len(long)

    def gap(self, left: int) -> str:
        """What stands between a word and the next; empty before the first and behind the last."""
        if not 0 <= left < len(self.spans) - 1:
            return ""
        return self.text[self.spans[left][1] : self.spans[left + 1][0]]

    def word(self, number: int) -> str:
        """A word, empty outside the sentence."""
        return self.words[number] if 0 <= number < len(self.words) else ""

    def has(self, number: int, words: str) -> bool:
        """True where a word is in a list of the pack, as written or but for its capitals."""
        known = self.book.words.get(words, frozenset())
        word = self.word(number)
        return bool(word) and (word in known or word.casefold() in known or word.capitalize() in known)

    def joins(self, at: int) -> bool:
        """True where a word follows the one before it within a name."""
        return at > 0 and self.gap(at - 1) in GAPS and self.gap(at - 1) not in _APART

    def capital(self, at: int) -> bool:
        """True where a word begins with a capital."""
        return self.word(at)[:1].isupper()


class Bodies:
    """Finds the body that a name of a place stands in, among the words and the other names of a sentence."""

    def __init__(self, words: Words, found: list[Found]) -> None:
        self._words = words
        self._names = {name.first: name for name in found}
        # A language without such a word puts the place behind the head as it is (`Банк Китая`).
        self._bare = not words.book.words.get("of")

    def around(self, name: Found) -> tuple[int, int]:
        """The first word of the body and the one behind it; those of the name itself where there is none."""
        behind = self._bare_after(name) if self._bare else self._head_after(name)
        if behind > name.behind:
            return name.first, behind
        return self._bare_before(name) if self._bare else self._head_before(name)

    def tail(self, behind: int) -> int:
        """Where a body ends in the text: with the full stop of `Ltd.`."""
        end = self._words.spans[behind - 1][1]
        dot = self._words.text[end : min(end + 1, self._words.end)] == "."
        return end + 1 if dot and self._words.has(behind - 1, "tails") else end

    def _another(self, at: int) -> bool:
        """True where another place begins that is no part of this body's name."""
        if at not in self._names:
            return False
        nation = self._names[at].entry.form in ("country", "demonym", "pair")
        return nation or self._words.has(at - 1, "and")

    def _head_after(self, name: Found) -> int:
        words, at, best, posted = self._words, name.behind, name.behind, False
        headline = words.titled and not self._listed(name)
        for step in range(STEPS):
            if not words.joins(at) or self._another(at):
                break
            if words.capital(at):
                near = step < _NEAR or best == at or not headline
                if words.has(at, "heads") and (near or words.has(at, "tails")):
                    best, posted = at + 1, posted or words.has(at, "posted")
            elif not (words.has(at, "and") or words.has(at, "of")) or not words.capital(at + 1):
                break
            at += 1
        return self._rest(best, posted) if best > name.behind else best

    def _listed(self, name: Found) -> bool:
        """True where the name begins behind a comma, as an affiliation does."""
        first = name.first
        if self._words.gap(first - 1) in DASHES:
            first -= 1
        return self._words.gap(first - 1)[:1] == ","

    def _rest(self, behind: int, posted: bool) -> int:
        """What follows the head: `of Commerce and Industry`, `in the Republic of Belarus`, `, Ltd.`."""
        words, at, best, phrase, linked = self._words, behind, behind, posted, False
        for _ in range(2 * STEPS):
            limited = words.has(at, "tails") and words.gap(at - 1) in (", ", "., ", *GAPS)
            if not (words.joins(at) or limited):
                break
            if at in self._names:
                return self._names[at].behind if linked else best
            if words.capital(at) and (phrase or limited):
                best, linked = at + 1, False
            elif words.has(at, "of") or (posted and words.has(at, "in")):
                phrase = linked = True
            elif not (words.has(at, "the") or (words.has(at, "and") and phrase)):
                break
            at += 1
        return best

    def _head_before(self, name: Found) -> tuple[int, int]:
        words, at = self._words, name.first - 1
        if words.has(at, "the") and words.joins(name.first):
            at -= 1
        if not words.has(at, "of") or not words.joins(at + 1):
            return name.first, name.behind
        head, posted = name.first, False
        for _ in range(STEPS):
            if not words.joins(at):
                break
            at -= 1
            if words.capital(at) and words.has(at, "heads"):
                head, posted = at, posted or words.has(at, "posted")
            elif head < name.first and words.has(at, "and"):
                break
            if not (words.capital(at) or words.has(at, "and") or words.has(at, "of")):
                break
        if head == name.first:
            return name.first, name.behind
        return self._before(head), self._rest(name.behind, True) if posted else name.behind

    def _before(self, at: int) -> int:
        """Capitalised words directly before a head (`People's Bank`), but none that only begins the sentence."""
        words = self._words
        for _ in range(STEPS):
            back = at - 1
            if words.word(back) == "s" and words.gap(back - 1) in APOSTROPHES and words.gap(back) in BLANKS:
                back -= 1
            elif not words.joins(at):
                break
            if not words.capital(back) or words.has(back, "plain") or words.has(back, "titles"):
                break
            at = back
        return at

    def _bare_after(self, name: Found) -> int:
        """The head within two words behind an adjective that begins the name with a capital."""
        words = self._words
        if name.entry.form in ("demonym", "pair") and words.capital(name.first):
            for at in range(name.behind, name.behind + _NEAR + 1):
                if not words.joins(at):
                    break
                if words.has(at, "heads"):
                    return at + 1
        return name.behind

    def _bare_before(self, name: Found) -> tuple[int, int]:
        words, head = self._words, name.first - 1
        of_place = name.entry.form in ("country", "region", "macro")
        first = head if of_place and words.has(head, "heads") and words.joins(name.first) else name.first
        return first, name.behind
