"""The names of places that a language pack and the code lists know, built once per language for fast looking up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from types import MappingProxyType
from typing import Any

from landbridge.claims.languages import Language, language, languages
from landbridge.codes import places

# A run of letters. Apostrophes, hyphens and full stops stand between the words of a name (`GAPS`).
WORD = re.compile(r"[^\W\d_]+")
DASHES = frozenset("-‐‑‒–—−")
BLANKS = frozenset((" ", "\u00a0", "\u202f", "\u2009", "  "))
# A dash with blanks around it stands in some official names, and in prose between two clauses.
SPACED = frozenset(f" {dash} " for dash in DASHES)
GAPS = frozenset((*BLANKS, *DASHES, *SPACED, "'", "’", "ʼ", ".", ". ", ".\u00a0", " & ", " ("))
# Forms beside those of a mention: words that hide a shorter name, and first halves of a pair.
MASK, COMBINING = "mask", "combining"
_ALTERNATIVE = "|"
# The plain names of texts for seats that the code lists spell otherwise.
_SEAT = {"Saint Petersburg": "St Petersburg"}


@dataclass(frozen=True, slots=True)
class Sense:
    """How the words around a name choose its places: the first whose words occur, else `otherwise`."""

    whole_text: bool
    choices: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    otherwise: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one name stands for. `dotted` names are written with full stops between their letters."""

    codes: tuple[str, ...]
    form: str
    name: str
    sense: Sense | None = None
    dotted: bool = False


@dataclass(slots=True)
class Node:
    """A place in the tree of names: the words that may follow, and the name that ends here."""

    then: dict[str, Node] = field(default_factory=dict)
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The names of one language. `joined` languages write without blanks and use `strings` by first character."""

    root: Node
    strings: Mapping[str, tuple[tuple[str, Entry], ...]]
    joined: bool
    starts: re.Pattern[str]
    stems: Mapping[str, str]
    words: Mapping[str, frozenset[str]]
    heads: re.Pattern[str]
    apart: frozenset[str]

    def longest(self, text: str, spans: list[tuple[int, int]], at: int) -> tuple[int, Entry] | None:
        """The longest name that begins with word `at`: the number of the word behind it, and its entry."""
        node, best, number = self.root, None, at
        last = len(spans)
        while number < last:
            begin, end = spans[number]
            if number > at and text[spans[number - 1][1] : begin] not in GAPS:
                break
            following = node.then.get(text[begin:end])
            if following is None:
                break
            node, number = following, number + 1
            entry = node.entry
            if entry is not None and (not entry.dotted or text[spans[at][1] : spans[at][1] + 1] == "."):
                best = (number, entry)
        return best


@lru_cache(maxsize=len(languages()))
def gazetteer(pack: Language) -> Gazetteer:
    """The names of a language: those of its pack first, then those of the code lists."""
    part = pack.part("places")
    root = Node()
    strings: dict[str, dict[str, Entry]] = {}
    joined = bool(part.get("joined"))
    endings = _Endings(part)
    for spelled, entry in _entries(pack, part):
        for name in _alternatives(spelled):
            if joined:
                strings.setdefault(name[0], {}).setdefault(name, entry)
            else:
                _insert(root, name, entry, endings)
    by_first = {
        first: tuple(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))
        for first, found in strings.items()
    }
    stems: dict[str, str] = {}
    for stem, code in _stems(pack, part):
        for form in (stem, *endings.of(stem)):
            stems.setdefault(form, code)
    return Gazetteer(
        root,
        MappingProxyType(by_first),
        joined,
        re.compile(f"[{re.escape(''.join(by_first))}]" if by_first else r"(?!)"),
        MappingProxyType(stems),
        MappingProxyType(_word_lists(part, endings)),
        re.compile(_any(part.get("heads", ())) if joined else r"(?!)"),
        frozenset(str(part.get("not_inside", ""))),
    )


def _word_lists(part: Mapping[str, Any], endings: _Endings) -> dict[str, frozenset[str]]:
    """The lists of single words of a pack, those of nouns in all their forms."""
    found = {}
    for key, value in part.items():
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            more = [form for word in value for form in endings.of(word)] if key in ("heads", "titled") else []
            found[key] = frozenset((*value, *more))
    return found


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(map(str, words), key=lambda word: (-len(word), word)))


class _Endings:
    """The forms of a word, by the ending of its first form."""

    def __init__(self, part: Mapping[str, Any]) -> None:
        rules = [(str(ending), tuple(map(str, others))) for ending, others in part.get("endings", ())]
        self._rules = tuple(sorted(rules, key=lambda rule: -len(rule[0])))
        self._consonant = tuple(map(str, part.get("endings_consonant", ())))

    def of(self, word: str) -> tuple[str, ...]:
        """The other forms of a word, none for an abbreviation or where the language has no endings."""
        if not self._rules or len(word) < 3 or word.isupper():
            return ()
        for ending, others in self._rules:
            if word.endswith(ending):
                return tuple(word.removesuffix(ending) + other for other in others)
        return tuple(word + other for other in self._consonant) if word[-1] not in "аеёиоуыэюя" else ()


def _alternatives(spelled: str) -> Iterator[str]:
    """`Peking|Beijing duck` as two names; `&` as a word, and left out."""
    parts = [part.split(_ALTERNATIVE) for part in spelled.split(" ")]
    for choice in product(*parts):
        name = " ".join(choice)
        if " & " in name:
            yield name.replace(" & ", " and ")
            yield name.replace(" & ", " ")
        else:
            yield name


def _insert(root: Node, name: str, entry: Entry, endings: _Endings) -> None:
    """Add a name word by word, each in all its forms; an entry made earlier stays."""
    words = WORD.findall(name)
    nodes = [root]
    for word in words:
        forms = dict.fromkeys(form for base in (word, *endings.of(word)) for form in _cases(base))
        if "ё" in word:
            forms |= dict.fromkeys(form.replace("ё", "е").replace("Ё", "Е") for form in tuple(forms))
        reached: dict[int, Node] = {}
        for node in nodes:
            fresh = Node()
            for form in forms:
                found = node.then.setdefault(form, fresh)
                reached[id(found)] = found
        nodes = list(reached.values())
    for node in nodes:
        node.entry = node.entry or entry


def _cases(word: str) -> tuple[str, ...]:
    if word.isupper() and len(word) < 6:
        return (word,)
    if word.islower():
        return (word, word.capitalize(), word.upper())
    return (word, word.upper())


def _entries(pack: Language, part: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    """Every name with what it stands for, the more particular first, since the first of equal names stays."""
    for name in part.get("masks", ()):
        yield name, Entry((), MASK, name)
    for code, names in part.get("organisations", {}).items():
        yield from ((name, Entry((code,), "organisation", name)) for name in names)
    for row in part.get("senses", ()):
        choices = tuple((tuple(sense["words"]), tuple(sense["places"])) for sense in row["senses"])
        sense = Sense(row["within"] == "text", choices, tuple(row["otherwise"]))
        yield from ((name, Entry((), row["form"], row["names"][0], sense)) for name in row["names"])
    for name, codes in part.get("pairs", {}).items():
        yield name, Entry(tuple(codes), "pair", name)
    yield from _countries(pack, part)
    yield from _cities(part)
    for plain, row in part.get("macros", {}).items():
        own = (places_by_code()[row["code"]].names[pack.code],) if "code" in row else ()
        yield from ((name, Entry((plain,), "macro", plain)) for name in (*row["names"], *own))
    for code, names in part.get("world", {}).items():
        yield from ((name, Entry((code,), "world", code)) for name in names)
    yield from _regions(pack, part)


def _countries(pack: Language, part: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    rows = part.get("countries", {})
    plural = part.get("plural", {})
    adjective = tuple(part.get("adjective", ()))
    for code, row in rows.items():
        shown = places_by_code()[code].name
        for name in row.get("names", ()):
            dotted = re.match(r"\w\.", name) is not None
            yield name, Entry((code,), "country", shown, dotted=dotted)
        people = Entry((code,), "demonym", shown)
        for name in row.get("people", ()):
            if adjective:
                yield _ALTERNATIVE.join(name + ending for ending in adjective), people
                continue
            yield name, people
            if plural and not name.endswith(tuple(plural["unless"])):
                yield name + plural["ending"], people
        yield from ((name, people) for name in row.get("dwellers", ()))
    known = [item for item in places("country") if item.code != "ROW"]
    short = Counter(_short(item.names[pack.code]) for item in known)
    for item in known:
        name = item.names[pack.code]
        # What stands in brackets only matters where it tells two countries apart.
        name = _short(name) if short[_short(name)] == 1 else name
        yield name, Entry((item.code,), "country", item.name, dotted=name.startswith("U.S."))
    for code, names in part.get("nicknames", {}).items():
        yield from ((name, Entry((code,), "nickname", name)) for name in names)
    for name, code in part.get("combining", {}).items():
        yield name, Entry((code,), COMBINING, name)


def _cities(part: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    capitals: Mapping[str, str] = part.get("capitals", {})
    alone = frozenset(part.get("never_alone", ()))

    def entry(plain: str) -> Entry:
        state = capitals.get(plain)
        return Entry((state, plain) if state else (plain,), "city", plain)

    for spelled in ("capitals_spelled", "cities_spelled"):
        yield from (
            (name, entry(plain)) for name, plain in part.get(spelled, {}).items() if name not in alone
        )
    if part.get("joined") or part.get("endings"):
        return
    seats = (_SEAT.get(item.capital, item.capital) for item in places("region"))
    for plain in (*capitals, *part.get("cities", {}), *seats, *part.get("elsewhere", ())):
        if plain not in alone:
            yield plain, entry(plain)


def _regions(pack: Language, part: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    rows = part.get("regions", {})
    types: Mapping[str, list[str]] = part.get("types", {})
    stems = dict[str, list[str]]()
    for stem, code in _stems(pack, part):
        stems.setdefault(code, []).append(stem)
    for item in places("region"):
        row = rows.get(item.code) or {}
        entry = Entry((item.code,), "region", item.name)
        name = _short(item.names[pack.code])
        yield from ((spelled, entry) for spelled in (name, *row.get("names", ())))
        people = Entry((item.code,), "demonym", item.name)
        for word in row.get("people", ()):
            yield word, people
        for stem in stems.get(item.code, ()):
            for kind in types.get(_type(name, types), ()):
                yield f"{stem} {kind}", entry
        for ending in part.get("endings_dropped", ()):
            if item.country == "CHN" and name.endswith(ending) and len(name) > len(ending) + 1:
                yield name.removesuffix(ending), entry


def _short(name: str) -> str:
    """A name without what follows in brackets."""
    return re.sub(r"\s*[(（].*", "", name)


def _type(name: str, types: Mapping[str, Any]) -> str:
    return next((kind for kind in types if kind and name.endswith(f" {kind}")), "")


def _stems(pack: Language, part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The words that need another word to name a region: `Vitebsk` of `Vitebsk Oblast`, `Витебская`."""
    types = part.get("types", {})
    for item in places("region"):
        name = item.names[pack.code]
        if types:
            yield name.removesuffix(_type(name, types)).strip(), item.code
        for stem in (part.get("regions", {}).get(item.code) or {}).get("stems", ()):
            yield stem, item.code


@lru_cache(maxsize=1)
def places_by_code() -> Mapping[str, Any]:
    """The places of the code lists by code."""
    return MappingProxyType({item.code: item for item in places()})


@lru_cache(maxsize=1)
def plain_names() -> Mapping[str, tuple[str, str]]:
    """Every plain name that a mention may have in the place of a code: the code it lies in and the country, or empty."""
    found: dict[str, tuple[str, str]] = {}
    for code in languages():
        part = language(code).part("places")
        for plain, row in part.get("macros", {}).items():
            macro = row.get("code", "")
            country = places_by_code()[macro].country if macro else row.get("country", "")
            found.setdefault(plain, (macro, country))
        for plain, region in part.get("cities", {}).items():
            found.setdefault(plain, (region, places_by_code()[region].country))
        for item in places("region"):
            seat = _SEAT.get(item.capital, item.capital)
            # A city that is a region of its own comes before the region around it, of which it is the seat too.
            if item.name.removesuffix(" City") == item.capital or seat not in found:
                found[seat] = (item.code, item.country)
        for plain in part.get("elsewhere", ()):
            found.setdefault(plain, ("", ""))
        for plain, country in part.get("capitals", {}).items():
            found.setdefault(plain, ("", country))
        for row in part.get("senses", ()):
            for plain in row["otherwise"]:
                if plain not in places_by_code():
                    found.setdefault(plain, ("", ""))
        found.setdefault("World", ("", ""))
    return MappingProxyType(found)


def city_region(name: str) -> str | None:
    """The code of the region that a city lies in, by the city's plain name (`Harbin` is in CN-HL), or of the
    macro-region that a plain name stands for (`Russian Far East`); None where none is held.
    """
    return plain_names().get(name, ("", ""))[0] or None
