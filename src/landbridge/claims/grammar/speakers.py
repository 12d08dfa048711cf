"""Who is responsible for which words of a text: quotations, interviews, indirect speech, sources named."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from landbridge.claims.grammar.attribution import (
    ACCORDING,
    SAID,
    Attribution,
    Known,
    attribution,
    home,
    source_opening,
)
from landbridge.claims.grammar.blocks import Block, Sentence
from landbridge.claims.grammar.interviews import interview
from landbridge.claims.grammar.people import (
    Names,
    Person,
    end_of_role,
    lexicon,
    name_opening,
    people,
    role_after,
    spoken,
    tokens,
)
from landbridge.claims.grammar.quotations import Quotation, quotations
from landbridge.claims.languages import Language

QUOTE, INTERVIEW, CARRIED = "quote", "interview", "carried"
# So much behind a quotation may name its speaker.
_BEHIND = 400
_FEWEST_WORDS, _FEWEST_CARRIED = 3, 6
_CLOSING_GAP = re.compile(r"[\s\u00a0,.;:—–-]*")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Turn:
    """A span of the text that `speaker` is responsible for.

    `affiliation` is the role or body in the words of the text, `home` the places named there. `how` is `quote`,
    `interview`, `according`, `said` or `carried`.
    """

    start: int
    end: int
    speaker: str
    affiliation: str = ""
    home: tuple[str, ...] = ()
    how: str = ""


def speakers(
    text: str, parts: tuple[Block, ...], found: tuple[Sentence, ...], language: Language
) -> tuple[Turn, ...]:
    """The turns of a text in order; they do not overlap. What no turn covers is the author's own."""
    if language.part("speech").get("spaced") is False:
        return _unspaced(text, found, language)
    quotes = quotations(text, parts)
    named = people(text, found, language)
    known = Known(
        {start: item for item in named for start in (item.start, item.name_start)},
        Names(named),
        _Inside(text, quotes),
    )
    who = _Who(text, named, language)
    sources = _sources(text, found, known, named, language)
    quoted = list(_quoted(text, parts, found, quotes, sources, known, who, language))
    asked = [
        who.turn(start, end, Attribution(speaker, start, INTERVIEW, True, (0, 0)))
        for start, end, speaker in interview(text, parts, found, named, language)
    ]
    single = [
        who.turn(found[number].start, found[number].end, source) for number, source in sorted(sources.items())
    ]
    # A source that an interviewee names is nearer to the words than the interviewee, who is nearer than anybody recounted.
    layers = (quoted, [turn for turn in single if turn.how == ACCORDING], asked, single)
    return _layered(text, layers)


def speaker_at(turns: tuple[Turn, ...], offset: int) -> Turn | None:
    """The turn that holds an offset, None in plain narration."""
    number = bisect_right(turns, offset, key=lambda turn: turn.start) - 1
    return turns[number] if number >= 0 and offset < turns[number].end else None


class _Inside:
    """Tells whether an offset lies inside a quotation of more than a few words."""

    def __init__(self, text: str, quotes: tuple[Quotation, ...]) -> None:
        kept = [item for item in quotes if _long(text, item, _FEWEST_WORDS + 1)]
        self._starts = [item.start for item in kept]
        self._ends = [item.end for item in kept]

    def __call__(self, offset: int) -> bool:
        number = bisect_right(self._starts, offset) - 1
        return number >= 0 and offset < self._ends[number]


class _Who:
    """What the text says of each speaker: the role, first met, and the places in it."""

    def __init__(self, text: str, named: tuple[Person, ...], language: Language) -> None:
        self._text, self._language = text, language
        self._roles: dict[str, Person] = {}
        names = Names(named)
        for item in named:
            full = names.fullest(item.name)
            if full not in self._roles or (item.apposed and not self._roles[full].apposed):
                self._roles[full] = item

    def turn(self, start: int, end: int, source: Attribution) -> Turn:
        person = self._roles.get(source.speaker)
        if person is not None:
            places = home(self._text, (person.start, person.end), self._language)
            return Turn(start, end, source.speaker, person.role, places, source.how)
        places = home(self._text, source.source, self._language)
        return Turn(start, end, source.speaker, "", places, source.how)


def _sources(
    text: str, found: tuple[Sentence, ...], known: Known, named: tuple[Person, ...], language: Language
) -> dict[int, Attribution]:
    """The source of each sentence that names one; a pronoun stands for the last person of this block or the one before."""
    out: dict[int, Attribution] = {}
    last, since, at = "", -2, 0
    offices: dict[str, str] = {}
    says = _cues(language)
    for number, item in enumerate(found):
        source = None
        if says is not None and says.search(text, item.start, item.end):
            words = tokens(text, item.start, item.end, language)
            source = attribution(text, words, (item.start, item.end), known, language)
        if source is not None and not source.speaker:
            source = replace(source, speaker=last, how=SAID) if last and item.block - since <= 1 else None
        elif (
            source is not None and item.block - since <= 1 and _same(source, offices.get(last, ""), language)
        ):
            # `the minister` is the one just named.
            source = replace(source, speaker=last, person=True)
        while at < len(named) and named[at].end <= item.end:
            last, since = known.names.fullest(named[at].name), item.block
            offices[last] = named[at].role.casefold()
            at += 1
        if source is not None:
            out[number] = source
            if source.person:
                last, since = source.speaker, item.block
    return out


def _same(source: Attribution, office: str, language: Language) -> bool:
    role = source.speaker.casefold()
    return role in office.split() and lexicon(language).has("roles", role)


@lru_cache(maxsize=8)
def _cues(language: Language) -> re.Pattern[str] | None:
    """Any word that may attribute: sentences without one are passed over."""
    lists = language.part("speech")
    words = {str(word) for name in ("say", "show") for word in lists.get(name, ())}
    words |= {
        str(item).replace("{}", " ").split()[0]
        for name in ("according", "put")
        for item in lists.get(name, ())
    }
    if not words:
        return None
    return re.compile(
        rf"\b(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})\b", re.IGNORECASE
    )


def _quoted(
    text: str,
    parts: tuple[Block, ...],
    found: tuple[Sentence, ...],
    quotes: tuple[Quotation, ...],
    sources: dict[int, Attribution],
    known: Known,
    who: _Who,
    language: Language,
) -> Iterable[Turn]:
    starts = [item.start for item in found]
    before: Turn | None = None
    block = -2
    for quote in quotes:
        first = max(bisect_right(starts, quote.start) - 1, 0)
        last = max(bisect_right(starts, quote.end - 1) - 1, 0)
        turn = None
        closing = _closing(text, parts, quote, known, language) if _long(text, quote, _FEWEST_WORDS) else None
        if closing is not None:
            turn = who.turn(quote.start, quote.end, replace(closing, how=QUOTE))
        elif (source := sources.get(first)) and source.at < quote.start:
            turn = who.turn(found[first].start, max(quote.end, found[first].end), source)
        elif (source := sources.get(last)) and source.at >= quote.end:
            turn = who.turn(quote.start, found[last].end, source)
        elif before is not None and quote.first - block <= 1 and _carries(text, found, first, quote):
            turn = replace(before, start=quote.start, end=quote.end, how=CARRIED)
        if turn is not None:
            yield turn
            before, block = turn, quote.last


def _carries(text: str, found: tuple[Sentence, ...], first: int, quote: Quotation) -> bool:
    """True for a quotation that opens its sentence and is long: its speaker is the one before."""
    return quote.start <= found[first].start + 1 and _long(text, quote, _FEWEST_CARRIED)


def _long(text: str, quote: Quotation, fewest: int) -> bool:
    return any(
        number >= fewest for number, _ in enumerate(_WORD.finditer(text, quote.start, quote.end), start=1)
    )


def _closing(
    text: str, parts: tuple[Block, ...], quote: Quotation, known: Known, language: Language
) -> Attribution | None:
    """The name behind a quotation: `“…,” NAME, ROLE.`, `“…” said NAME`, or a line below with name and role alone."""
    lex = lexicon(language)
    limit = min(parts[quote.last].end, quote.end + _BEHIND)
    start = _CLOSING_GAP.match(text, quote.end, limit)
    begin = start.end() if start else quote.end
    if begin >= parts[quote.last].end and quote.last + 1 < len(parts):
        line = parts[quote.last + 1]
        if line.end - line.start > _BEHIND // 2:
            return None
        gap = _CLOSING_GAP.match(text, line.start, line.end)
        begin, limit = gap.end() if gap else line.start, line.end
    words = tokens(text, begin, limit, language)
    if not words or words[0].start != begin:
        return None
    if len(words) > 1 and lex.has("say", words[0].word):
        return source_opening(text, words, 1, known, lex, SAID)
    person = known.starts.get(words[0].start)
    if person is not None and not person.apposed and _ends(text, person.end, limit):
        return Attribution(known.names.fullest(person.name), begin, QUOTE, True, (0, 0))
    last = name_opening(text, words, 0, lex)
    if last is None:
        return None
    name = known.names.fullest(spoken(text, words, 0, last))
    role = role_after(text, words, last, lex, weak=True)
    if role is not None and _ends(text, end_of_role(text, words, role, limit), limit):
        return Attribution(name, begin, QUOTE, True, (words[last + 1].start, words[role].end))
    if (last > 0 or name in known.names) and _ends(text, words[last].end, limit):
        return Attribution(name, begin, QUOTE, True, (0, 0))
    return None


def _ends(text: str, at: int, limit: int) -> bool:
    """True where the sentence ends here."""
    rest = text[at : min(limit, at + 3)].strip()
    return not rest or rest[0] in ".!?;…)"


def _layered(text: str, layers: Iterable[Iterable[Turn]]) -> tuple[Turn, ...]:
    """The turns of all layers without overlap: a layer fills only what those before it left open."""
    placed: list[Turn] = []
    for layer in layers:
        taken = sorted(placed, key=lambda turn: turn.start)
        ends = [turn.end for turn in taken]
        for turn in layer:
            at = turn.start
            number = bisect_right(ends, at)
            while number < len(taken) and taken[number].start < turn.end:
                placed += _piece(text, turn, at, taken[number].start)
                at = max(at, taken[number].end)
                number += 1
            placed += _piece(text, turn, at, turn.end)
        placed = _without_overlap(placed)
    return tuple(sorted(placed, key=lambda turn: turn.start))


def _without_overlap(placed: list[Turn]) -> list[Turn]:
    """Turns of one layer may touch the same sentence: the earlier keeps it."""
    out: list[Turn] = []
    for turn in sorted(placed, key=lambda turn: (turn.start, -turn.end)):
        if not out or turn.start >= out[-1].end:
            out.append(turn)
        elif turn.end > out[-1].end:
            out.append(replace(turn, start=out[-1].end))
    return out


def _piece(text: str, turn: Turn, start: int, end: int) -> list[Turn]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [replace(turn, start=start, end=end)] if _WORD.search(text, start, max(start, end)) else []


@lru_cache(maxsize=8)
def _unspaced_rules(language: Language) -> tuple[tuple[re.Pattern[str], str], ...]:
    lists = language.part("speech")

    def either(name: str) -> str:
        return "|".join(re.escape(str(item)) for item in sorted(lists.get(name, ()), key=len, reverse=True))

    return (
        (
            re.compile(rf"(?:{either('according')})([^，。；：“”\s]{{2,24}}?)(?:{either('according_ends')})"),
            ACCORDING,
        ),
        (re.compile(rf"(?<![^，。；\s])([^，。；：“”\s]{{2,24}}?)(?:{either('say')})[，：,:]"), SAID),
        (
            re.compile(
                rf"(?<![^，。；\s])([^，。；：“”\s]{{0,20}}?(?:{either('data')}))(?:{either('show')})"
            ),
            SAID,
        ),
    )


def _unspaced(text: str, found: tuple[Sentence, ...], language: Language) -> tuple[Turn, ...]:
    """Turns of a language that puts no blanks between words: by the marks and verbs of the pack alone."""
    out = []
    for item in found:
        for rule, how in _unspaced_rules(language):
            match = rule.search(text, item.start, item.end)
            if match:
                out.append(Turn(item.start, item.end, match[1], "", home(text, match.span(1), language), how))
                break
    return tuple(out)
