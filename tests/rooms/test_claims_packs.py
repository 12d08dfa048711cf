"""Language packs: names and rules agree, labels are those of the vocabulary, and no pattern is slow on hostile text."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest
import yaml

from landbridge.claims.grammar.indicators import words
from landbridge.claims.languages import language, languages

ENGLISH = language("en")
USED = re.compile(r"syntax\[\s*\"(\w+)\"\s*\](?:\.(\w+)\()?")
# `behind("to")` of parties.py asks for a turn by name.
ASKED = re.compile(r"\bbehind\(\"(\w+)\"\)")
# Lists of plain words, and numbers by word.
PLAIN = {"light", "phrase_ends", "barriers", "head"}
SIZES = (*range(20, 140, 10), 250, 500, 1000, 2000)
LIMIT = 0.05


def used(root: Path) -> dict[str, set[str]]:
    """The turns of language that the rules ask for, each with the methods that it is used by."""
    found: dict[str, set[str]] = {}
    for file in sorted((root / "src/landbridge/claims/grammar").glob("*.py")):
        text = file.read_text(encoding="utf-8")
        for match in USED.finditer(text):
            found.setdefault(match[1], set()).add(match[2] or "search")
        for match in ASKED.finditer(text):
            found.setdefault(match[1], set()).add("search")
    return found


def test_every_turn_that_the_rules_ask_for_is_in_the_english_pack(root: Path) -> None:
    asked = set(used(root))
    assert len(asked) > 30
    assert asked - set(ENGLISH.part("syntax")) == set()


@pytest.mark.parametrize("code", languages())
def test_every_turn_in_a_pack_is_asked_for(code: str, root: Path) -> None:
    assert set(language(code).part("syntax")) - set(used(root)) == set()


def test_a_turn_that_a_pack_does_not_have_matches_nothing() -> None:
    assert words(ENGLISH).syntax["no such turn"].search("any text") is None


@pytest.mark.parametrize("code", languages())
def test_every_indicator_of_a_pack_is_in_the_vocabulary(code: str) -> None:
    raw = yaml.safe_load(resources.files("landbridge.ledger").joinpath("vocabulary.yaml").read_bytes())
    known, kinds = {*raw["indicators"], "other"}, set(raw["kinds"])
    part = language(code).part("indicators")
    for name, entry in part.get("measures", {}).items():
        others = {entry[key] for key in ("growth", "share") if entry.get(key)}
        # What has no level of its own in the vocabulary is told by its growth alone.
        assert name in known or (others and not entry.get("units")), name
        assert others <= known, name
    for name, entry in part.get("counts", {}).items():
        assert entry.get("indicator", name) in known, name
        assert entry.get("kind", "quantity") in kinds, name


def patterns(code: str) -> Iterator[tuple[str, str]]:
    """Every regular expression of a pack, with its address."""
    yield from ((f"syntax {name}", pattern) for name, pattern in language(code).part("syntax").items())
    for name, entry in language(code).part("indicators").items():
        if name not in PLAIN:
            yield from _strings(name, entry)


def _strings(where: str, entry: Any) -> Iterator[tuple[str, str]]:
    if isinstance(entry, str):
        yield where, entry
    elif isinstance(entry, dict):
        for name, value in entry.items():
            yield from _strings(f"{where} {name}", value)
    elif isinstance(entry, list):
        for number, value in enumerate(entry):
            yield from _strings(f"{where} {number}", value)


@pytest.mark.parametrize("code", languages())
def test_every_pattern_compiles(code: str) -> None:
    found = list(patterns(code))
    for _, pattern in found:
        re.compile(pattern, re.IGNORECASE)
    assert len(found) > 100


def sample(tree: Any, pick: int = 0) -> str:
    """A text that a parsed pattern matches, near enough: of each choice the `pick`-th, of each repeat one."""
    said = ""
    for code, value in tree:
        if code is op.LITERAL:
            said += chr(value)
        elif code is op.IN:
            said += _member(value)
        elif code in (op.ANY, op.NOT_LITERAL):
            said += "a"
        elif code is op.BRANCH:
            said += sample(value[1][pick % len(value[1])], pick)
        elif code is op.SUBPATTERN:
            said += sample(value[3], pick)
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT):
            said += sample(value[2], pick) * max(1, value[0])
    return said


def _member(kinds: Any) -> str:
    shown = re.compile(_class(kinds))
    return next((sign for sign in "a 5-,.;($’x" if shown.fullmatch(sign)), "a")


def _class(kinds: Any) -> str:
    names = {
        op.CATEGORY_WORD: r"\w",
        op.CATEGORY_NOT_WORD: r"\W",
        op.CATEGORY_DIGIT: r"\d",
        op.CATEGORY_NOT_DIGIT: r"\D",
        op.CATEGORY_SPACE: r"\s",
        op.CATEGORY_NOT_SPACE: r"\S",
    }
    said = ""
    for code, value in kinds:
        if code is op.NEGATE:
            said += "^"
        elif code is op.LITERAL:
            said += re.escape(chr(value))
        elif code is op.RANGE:
            said += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        else:
            said += names[value]
    return f"[{said}]"


def baits(pattern: str) -> set[tuple[str, str]]:
    """Beginnings, and what to repeat behind them, that make a pattern try again: its own words, and each of its repeats."""
    tree = _parser.parse(pattern, re.IGNORECASE)
    found = {(before, again) for before, again in _repeats(tree, "")}
    found |= {("", f"{again}{before}") for before, again in found}
    found |= {("", sample(tree, pick) + " ") for pick in range(12)}
    return {(before, again) for before, again in found if again}


def _repeats(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    for item in tree:
        code, value = item
        if code in (op.MAX_REPEAT, op.MIN_REPEAT):
            if value[1] > 3:
                yield from ((before, sample(value[2], pick)) for pick in range(12))
            yield from _repeats(value[2], before)
        elif code is op.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, before)
        elif code is op.SUBPATTERN:
            yield from _repeats(value[3], before)
        elif code in (op.ASSERT, op.ASSERT_NOT):
            yield from _repeats(value[1], before)
        before += sample([item])


def slowest(pattern: re.Pattern[str], source: str, methods: set[str]) -> tuple[float, str]:
    """The longest time that a pattern takes on its baits, which grow until it is too long."""
    worst = (0.0, "")
    for before, again in sorted(baits(source)):
        for size in SIZES:
            text = (before + again * (size // len(again) + 1))[:size] + "!"
            took = min(_time(pattern, text, methods) for _ in range(2))
            worst = max(worst, (took, text[:60]))
            if took > LIMIT:
                return worst
    return worst


def _time(pattern: re.Pattern[str], text: str, methods: set[str]) -> float:
    begun = time.perf_counter()
    if methods & {"search", "finditer", "split"}:
        for _ in pattern.finditer(text):
            pass
    else:
        pattern.match(text)
        pattern.fullmatch(text)
    return time.perf_counter() - begun


@pytest.mark.parametrize("code", languages())
def test_no_pattern_is_slow_on_texts_made_of_its_own_words(code: str, root: Path) -> None:
    how = used(root)
    edge = language(code).part("numbers").get("spaced", True)
    slow = []
    for where, source in patterns(code):
        turn = where.startswith("syntax ")
        methods = how.get(where.removeprefix("syntax "), set()) if turn else {"finditer"}
        whole = source if turn or not edge else rf"\b(?:{source})(?!\w)"
        took, bait = slowest(re.compile(whole, re.IGNORECASE), source, methods)
        if took > LIMIT:
            slow.append(f"{where}: {took:.2f} s on {bait!r}")
    assert slow == []


def test_the_baits_find_a_pattern_that_runs_away() -> None:
    source = r"of (?:the |its |[\w’]+ )*(?:exports|sales)"
    assert slowest(re.compile(source, re.IGNORECASE), source, {"finditer"})[0] > LIMIT
