"""The five articles as claims: the rules of docs/reference/ledger.md and vocabulary.md, held by tests.

What can be judged from the files alone is judged always; what needs the articles' own text (spans, hashes,
numbers, borrowed words) is judged where that text is at hand.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml

from landbridge.units import UNITS

ROOT = Path(__file__).parents[2]
CLAIMS = ROOT / "tables" / "ledger" / "claims"
FILES = sorted(CLAIMS.glob("*.yaml"))
DOCUMENTS: dict[str, dict[str, Any]] = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FILES}
ALL = [(name, claim) for name, document in DOCUMENTS.items() for claim in document["claims"]]
VOCABULARY = yaml.safe_load((ROOT / "src/landbridge/ledger/vocabulary.yaml").read_text("utf-8"))

BESIDE = re.compile(r"(turnover|flow) (CHN|RUS|BLR) (CHN|RUS|BLR|USA) (\d{4})")
NUMBER = re.compile(r"(\d+(?:\.\d+)?|\b[a-z]+\b)(?:\s+(thousand|million|billion)\b)?", re.IGNORECASE)
SCALES = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}
IN_WORDS = {
    "not": 0.0,
    "a": 1.0,
    "largest": 1.0,
    "primary": 1.0,
    "one": 1.0,
    "two": 2.0,
    "second": 2.0,
    "four": 4.0,
    "five": 5.0,
    "eight": 8.0,
    "third": 33.3333,
    "quarter": 25.0,
    "half": 50.0,
}


def where(name: str, claim: dict[str, Any]) -> str:
    return f"{name} at {claim['at']}"


def numbers(claim: dict[str, Any]) -> list[float]:
    return [claim[key] for key in ("value", "low", "high") if key in claim]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def shared_runs(ours: list[str], theirs: list[str]) -> list[int]:
    """Lengths of the runs of words, longest first at each place, that `ours` has in common with `theirs`."""
    starts: dict[str, list[int]] = {}
    for index, word in enumerate(theirs):
        starts.setdefault(word, []).append(index)
    runs, here = [], 0
    while here < len(ours):
        best = 0
        for there in starts.get(ours[here], ()):
            pairs = zip(ours[here:], theirs[there:], strict=False)
            best = max(best, sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs)))
        if best:
            runs.append(best)
        here += max(best, 1)
    return runs


@pytest.fixture(scope="module")
def texts(shared: Path) -> dict[str, bytes]:
    folder = shared / "documents" / "articles"
    return {name: (folder / document["document"]).read_bytes() for name, document in DOCUMENTS.items()}


def test_five_articles_with_about_two_hundred_claims() -> None:
    assert len(FILES) == 5
    assert 180 <= len(ALL) <= 250


def test_every_system_of_cooperation_has_a_claim() -> None:
    assert {claim["system"] for _, claim in ALL} == set(range(1, 30))


def test_head_of_each_file_names_its_source() -> None:
    with (ROOT / "tables/sources/articles.csv").open(encoding="utf-8", newline="") as lines:
        listed = {row["id"] for row in csv.DictReader(lines)}
    assert {document["source"] for document in DOCUMENTS.values()} == listed
    for name, document in DOCUMENTS.items():
        assert document["source"] == name
        assert re.fullmatch(r"[0-9a-f]{64}", document["sha256"])
        assert isinstance(document["asof_inferred"], bool)
        assert document["title"]
        assert document["asof"]


def test_span_and_indicator_tell_every_claim_apart() -> None:
    seen = Counter((name, *claim["at"], claim["indicator"]) for name, claim in ALL)
    assert [key for key, times in seen.items() if times > 1] == []


def test_wording_has_no_digits_and_is_short() -> None:
    bad = [
        where(name, claim)
        for name, claim in ALL
        if any(sign.isnumeric() for sign in claim["asserts"]) or not 10 < len(claim["asserts"]) < 200
    ]
    assert bad == []


def test_placeholders_stand_where_numbers_are_given() -> None:
    for name, claim in ALL:
        asserts = claim["asserts"]
        assert ("{value}" in asserts) == bool(numbers(claim)), where(name, claim)
        assert "{period}" not in asserts or "period" in claim, where(name, claim)
        assert set(re.findall(r"\{.*?\}", asserts)) <= {"{value}", "{period}"}, where(name, claim)


def test_ranges_have_two_ends_and_inferred_periods_say_why() -> None:
    for name, claim in ALL:
        assert ("low" in claim) == ("high" in claim), where(name, claim)
        assert claim.get("low", 0) <= claim.get("high", 0), where(name, claim)
        if "period_inferred" in claim:
            assert "period" not in claim, where(name, claim)
            assert claim.get("note") or claim.get("asof"), where(name, claim)


def test_kinds_indicators_and_units_are_of_the_vocabulary() -> None:
    for name, claim in ALL:
        assert claim["kind"] in VOCABULARY["kinds"], where(name, claim)
        indicator = VOCABULARY["indicators"][claim["indicator"]]
        assert claim["kind"] in indicator["kinds"], where(name, claim)
        assert bool(numbers(claim)) == ("unit" in claim), where(name, claim)
        if "unit" in claim:
            assert claim["unit"] in UNITS, where(name, claim)
            assert claim["unit"] in indicator["units"], where(name, claim)
        if claim["kind"] == "quantity":
            assert numbers(claim), where(name, claim)


def test_vocabulary_is_sound_and_its_page_shows_it_whole() -> None:
    page = (ROOT / "docs/reference/vocabulary.md").read_text("utf-8")
    for kind, doc in VOCABULARY["kinds"].items():
        assert f"| `{kind}` | {doc} |" in page
    for name, indicator in VOCABULARY["indicators"].items():
        assert set(indicator["kinds"]) <= set(VOCABULARY["kinds"]), name
        assert set(indicator.get("units", ())) <= set(UNITS), name
        columns = indicator.get("units") or indicator["kinds"]
        assert f"| `{name}` | {', '.join(f'`{code}`' for code in columns)} | {indicator['doc']} |" in page
    rows = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert sorted(rows) == sorted([*VOCABULARY["kinds"], *VOCABULARY["indicators"]])


def test_parties_and_directions_are_place_codes() -> None:
    codes = set()
    for table in ("countries", "regions", "macro_regions"):
        with (ROOT / f"src/landbridge/codes/{table}.csv").open(encoding="utf-8", newline="") as lines:
            codes |= {row["code"] for row in csv.DictReader(lines)}
    for name, claim in ALL:
        assert claim["parties"], where(name, claim)
        assert set(claim["parties"]) <= codes, where(name, claim)
        if "direction" in claim:
            ends = claim["direction"].split("->")
            assert len(ends) == 2, where(name, claim)
            assert set(ends) <= set(claim["parties"]), where(name, claim)


def test_what_stands_beside_a_claim_has_its_parties_and_year() -> None:
    beside = [(name, claim) for name, claim in ALL if "beside" in claim]
    assert len(beside) >= 5
    for name, claim in beside:
        match = BESIDE.fullmatch(claim["beside"])
        assert match, where(name, claim)
        _, one, other, year = match.groups()
        assert {one, other} == set(claim["parties"]), where(name, claim)
        assert str(claim.get("period", claim.get("period_inferred"))) == year, where(name, claim)
        assert claim["indicator"] in ("trade_turnover", "exports", "imports", "target_met", "target_missed")


def test_texts_are_the_ones_that_were_read(texts: dict[str, bytes]) -> None:
    for name, raw in texts.items():
        assert hashlib.sha256(raw).hexdigest() == DOCUMENTS[name]["sha256"], name


def test_spans_lie_inside_their_text_and_cut_no_word(texts: dict[str, bytes]) -> None:
    for name, claim in ALL:
        text = texts[name].decode("utf-8")
        start, end = claim["at"]
        assert 0 <= start < end <= len(text), where(name, claim)
        span = text[start:end]
        assert span == span.strip(), where(name, claim)
        assert not re.search(r"\w$", text[:start]) or not re.match(r"\w", span), where(name, claim)
        assert not re.search(r"\w$", span) or not re.match(r"\w", text[end:]), where(name, claim)


def test_a_number_in_the_span_is_the_value(texts: dict[str, bytes]) -> None:
    for name, claim in ALL:
        span = texts[name].decode("utf-8")[slice(*claim["at"])]
        found = set()
        for token, scale in NUMBER.findall(span):
            bare = float(token) if token[0].isdigit() else IN_WORDS.get(token.lower())
            if bare is not None:
                found |= {bare * SCALES[scale.lower()]}
                # A second number may leave the scale word to the first: “USD 84 million, exports 3.5”.
                found |= {bare * SCALES[word] for word in ("million", "billion") if word in span}
        for value in numbers(claim):
            assert any(abs(value) == pytest.approx(number, rel=1e-6) for number in found), where(name, claim)


def test_wording_is_our_own(texts: dict[str, bytes]) -> None:
    for name, raw in texts.items():
        theirs = words(raw.decode("utf-8"))
        borrowed = 0
        for claim in DOCUMENTS[name]["claims"]:
            runs = shared_runs(words(claim["asserts"]), theirs)
            assert max(runs, default=0) <= 12, where(name, claim)
            borrowed += sum(run for run in runs if run >= 7)
        assert borrowed < 0.1 * len(theirs), name
