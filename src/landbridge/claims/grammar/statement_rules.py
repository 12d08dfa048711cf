"""The rules by which assertions without a number are found: the cues of a language pack made into expressions.

A cue is a row of words: `word*` a beginning, `a|b` either, `a_b` two words together, `@list` an entry of a list of terms,
`<4>` up to four words between. Every expression made of it is bounded, so that no text makes it slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from landbridge.claims.languages import Language

# A kind gets the first grade whose precision on the annotated articles it reaches, D below the last; a kind of which they
# hold fewer rows than `FEWEST_GOLD` cannot be judged and gets D too.
GRADES = (("A", 0.9), ("B", 0.75), ("C", 0.5))
FEWEST_GOLD = 5
LOWEST = "D"

_JOINT = '[\\s\u00a0\\-–’“”"]{1,3}'
_GAP = re.compile(r"<(\d+)>")
_LONGEST_GAP = 16
_WORDS = re.compile(r"\w+")


def grade(matched: int, found: int, gold: int) -> str:
    """How far a kind is to be trusted: `matched` of `found` claims agree with one of `gold` annotated rows."""
    if gold < FEWEST_GOLD or not found:
        return LOWEST
    return next((name for name, least in GRADES if matched / found >= least), LOWEST)


@dataclass(frozen=True, slots=True)
class Rule:
    """What makes one label: any of `cues`, with `near` in its clause and `together` in its sentence, and no `without`.

    `needs` are further conditions, `blocks` what makes the cue say nothing, `span` how its quote is cut, `wanted` how many
    parties the claim has.
    """

    label: str
    kind: str
    cues: tuple[re.Pattern[str], ...]
    near: re.Pattern[str] | None
    together: re.Pattern[str] | None
    without: re.Pattern[str] | None
    needs: frozenset[str]
    blocks: frozenset[str]
    span: str
    wanted: int
    headings: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a language, and an index that tells which of them a sentence may satisfy.

    `exact` and `begun` lead from a word, or the beginning of one, that opens a cue to the numbers of rule and cue.
    """

    rules: tuple[Rule, ...]
    exact: Mapping[str, frozenset[tuple[int, int]]]
    begun: Mapping[str, frozenset[tuple[int, int]]]
    negations: re.Pattern[str]
    hypotheticals: re.Pattern[str]
    plans: re.Pattern[str]
    asks: re.Pattern[str]
    sector: re.Pattern[str]
    trim: re.Pattern[str]
    grades: Mapping[str, str]

    def candidates(self, text: str, start: int, end: int) -> list[tuple[Rule, re.Pattern[str]]]:
        """The rules with the cues of which the opening word stands in the sentence, in the order of the pack."""
        met: set[tuple[int, int]] = set()
        for word in {match[0].casefold() for match in _WORDS.finditer(text, start, end)}:
            met |= self.exact.get(word, frozenset())
            for length in range(2, min(len(word), 14) + 1):
                met |= self.begun.get(word[:length], frozenset())
        return [(self.rules[number], self.rules[number].cues[cue]) for number, cue in sorted(met)]


@lru_cache(maxsize=8)
def rules(language: Language) -> Rules | None:
    """The rules of a language, None where its pack has none."""
    lists = language.part("statements")
    if not lists.get("labels"):
        return None
    terms = {name: [str(item) for item in items] for name, items in lists.get("terms", {}).items()}
    exact: dict[str, set[tuple[int, int]]] = {}
    begun: dict[str, set[tuple[int, int]]] = {}
    made = []
    for number, entry in enumerate(lists["labels"]):
        for cue, words in enumerate(entry["cues"]):
            for opening in _openings(words, terms):
                plain = opening.casefold()
                index, key = (begun, plain[:-1]) if plain.endswith("*") else (exact, plain)
                index.setdefault(key, set()).add((number, cue))
        made.append(_rule(entry, terms))
    return Rules(
        tuple(made),
        {word: frozenset(found) for word, found in exact.items()},
        {word: frozenset(found) for word, found in begun.items()},
        _any(lists.get("negations", ())),
        # `may` is no month only without its capital.
        _any(lists.get("hypotheticals", ()), minding_case=True),
        _any(lists.get("plans", ())),
        _any(lists.get("asks", ())),
        _any(terms.get("sector", ())),
        re.compile(
            rf"(?:(?:{'|'.join(_phrase(str(item)) for item in _longest(lists.get('trim', ())))})(?!\w)[\s,:]+)",
            re.IGNORECASE,
        ),
        lists.get("grades", {}),
    )


def _rule(entry: Mapping[str, Any], terms: Mapping[str, list[str]]) -> Rule:
    return Rule(
        str(entry["label"]),
        str(entry["kind"]),
        tuple(compiled(str(cue), terms) for cue in entry["cues"]),
        _all_of(entry.get("near", ()), terms),
        _all_of(entry.get("with", ()), terms),
        _all_of(entry.get("without", ()), terms),
        frozenset(entry.get("needs", ())),
        frozenset(entry.get("blocks", ())),
        str(entry.get("span", "clause")),
        int(entry.get("wanted", 2)),
        bool(entry.get("headings", False)),
    )


def _all_of(cues: Iterable[str], terms: Mapping[str, list[str]]) -> re.Pattern[str] | None:
    made = [_expression(str(cue).replace("^", ""), terms) for cue in cues]
    return re.compile("|".join(made), re.IGNORECASE) if made else None


def compiled(cue: str, terms: Mapping[str, list[str]]) -> re.Pattern[str]:
    """The expression of one cue; `^` anywhere in it makes it mind capitals."""
    flags = re.NOFLAG if "^" in cue else re.IGNORECASE
    return re.compile(_expression(cue.replace("^", ""), terms), flags)


def _expression(cue: str, terms: Mapping[str, list[str]]) -> str:
    out, joint = ["(?<!\\w)"], ""
    for token in cue.split():
        gap = _GAP.fullmatch(token)
        if gap:
            many = min(int(gap[1]), _LONGEST_GAP)
            joint = rf"(?:[^\w;]{{1,5}}\w+){{0,{many}}}?[^\w;]{{1,5}}"
            continue
        if len(out) > 1:
            out.append(joint or _JOINT)
        each = "|".join(_phrase(item) for item in _longest(_alternatives(token, terms)))
        # No word goes on behind the alternative, so that the first one found is the whole word.
        out.append(rf"(?:{each})(?!\w)")
        joint = ""
    return "".join(out)


def _alternatives(token: str, terms: Mapping[str, list[str]]) -> list[str]:
    found: list[str] = []
    for item in token.split("|"):
        found += terms[item[1:]] if item.startswith("@") else [item.replace("_", " ")]
    return found


def _openings(cue: str, terms: Mapping[str, list[str]]) -> Iterable[str]:
    """The first words of whatever may open a cue."""
    for item in _alternatives(cue.split()[0].replace("^", ""), terms):
        first = re.split(r"[\s\-]", item.strip())[0].rstrip(":")
        yield (
            first if first.endswith("*") or first == item or not item.startswith(first + "*") else f"{first}*"
        )


def _phrase(words: str) -> str:
    """A phrase as an expression: blanks may be of any kind, an asterisk stands for the rest of a word."""
    return re.escape(words).replace(r"\*", r"\w*").replace(r"\ ", "[\\s\u00a0-]{1,2}")


def _longest(words: Iterable[object]) -> list[str]:
    return sorted({str(word) for word in words}, key=lambda word: (-len(word), word))


def _any(words: Iterable[object], *, minding_case: bool = False) -> re.Pattern[str]:
    each = "|".join(_phrase(word) for word in _longest(words))
    if not each:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w)(?:{each})(?!\w)", re.NOFLAG if minding_case else re.IGNORECASE)
