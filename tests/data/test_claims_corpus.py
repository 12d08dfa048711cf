"""The annotated texts of tests/claims_texts: every row points at its words and speaks the vocabulary.

The score of the grammar is only worth as much as these rows, so they are checked on their own.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from landbridge.codes import places
from landbridge.ledger.forms import is_period
from landbridge.units import UNITS

TEXTS = Path(__file__).parents[1] / "claims_texts"
VOCABULARY = yaml.safe_load(
    (Path(__file__).parents[2] / "src/landbridge/ledger/vocabulary.yaml").read_text("utf-8")
)
FOLDERS = ("dev", "held_out")
ROWS: list[tuple[str, dict[str, Any]]] = [
    (folder, json.loads(line))
    for folder in FOLDERS
    for line in (TEXTS / folder / "gold.jsonl").read_text("utf-8").splitlines()
]
DOCS = sorted({(folder, claim["doc"]) for folder, claim in ROWS})

KEYS = {
    *("id", "doc", "quote", "start", "end", "kind", "indicator", "subject", "parties", "direction", "period"),
    *("asof", "period_inferred", "value", "unit", "comparator", "speaker", "note"),
}
KINDS = {"quantity", "change", "target", "twinning"}
COMPARATORS = {"=", "~", ">", "<", ">=", "<="}
# What has no code, or goes by its name where the annotated articles do so.
NAMES = {
    "World",
    "SCO",
    "Harbin",
    "Erenhot",
    "Volga Federal District",
    "Central Federal District",
    "Yangtze River Basin",
}
# Floor space of fairs is given in square metres, which the units of the ledger do not have.
ALSO: dict[str, set[str]] = {}
SAME = ("doc", "start", "end", "kind", "indicator", "period", "unit", "comparator", "value")
SCALES = (1.0, 1e-2, 1e2, 1e3, 1e6, 1e9, 1e12)
FIGURES = re.compile(r"\d+(?:[ \u00a0\u202f,]\d{3})*(?:[.,]\d+)?")
UNITS_IN_WORDS = "one|two|three|four|five|six|seven|eight|nine"
WORDS = re.compile(
    rf"""\b(
    {UNITS_IN_WORDS} | [a-z]+-({UNITS_IN_WORDS}) | ({UNITS_IN_WORDS})fold | ten | eleven | twelve | dozen | [a-z]+teen
    | (twen|thir|for|fif|six|seven|eigh|nine)ty | hundred | a\ million | a\ billion | decades | none | not\ a\ single
    | first | second | third | fourth | fifth | sixth | ninth | tenth | [a-z]+-(second|third|largest|quarters|tenths)
    | thirds | quarters? | fifths | tenths | half | halved? | doubl(e|ed|ing) | twice | triple | tripled | every\ second
    | top | largest | biggest | number\ one | edged\ out
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def text_of(folder: str, doc: str) -> str:
    return (TEXTS / folder / doc).read_bytes().decode("utf-8")


def claims_of(folder: str, doc: str) -> list[dict[str, Any]]:
    return [claim for owner, claim in ROWS if (owner, claim["doc"]) == (folder, doc)]


def figures(quote: str) -> set[float]:
    """Every reading of the digits in a quote: the comma and the blank may group digits, the comma may be a point."""
    found = set()
    for figure in FIGURES.findall(quote):
        bare = re.sub(r"[ \u00a0\u202f]", "", figure)
        found |= {float(bare.replace(",", "")), float(re.sub(r",(?=\d+$)", ".", bare).replace(",", ""))}
    return found


@pytest.mark.parametrize(("folder", "doc"), DOCS)
def test_a_row_points_at_its_words(folder: str, doc: str) -> None:
    for claim in claims_of(folder, doc):
        assert set(claim) == KEYS
        assert text_of(folder, doc)[claim["start"] : claim["end"]] == claim["quote"]
        assert claim["quote"] == claim["quote"].strip()
        assert "\n" not in claim["quote"]


@pytest.mark.parametrize(("folder", "doc"), DOCS)
def test_a_row_speaks_the_vocabulary(folder: str, doc: str) -> None:
    for claim in claims_of(folder, doc):
        assert claim["kind"] in KINDS
        assert claim["comparator"] in COMPARATORS
        assert claim["subject"]
        if claim["indicator"] == "other":
            assert claim["unit"] in UNITS
            continue
        entry = VOCABULARY["indicators"][claim["indicator"]]
        assert claim["kind"] in entry["kinds"]
        assert claim["unit"] in set(entry["units"]) | ALSO.get(claim["indicator"], set())
        assert (claim["kind"] == "twinning") == (claim["indicator"] == "twinned_regions")


@pytest.mark.parametrize(("folder", "doc"), DOCS)
def test_a_row_names_known_places_and_periods(folder: str, doc: str) -> None:
    known = {place.code for place in places()} | NAMES
    for claim in claims_of(folder, doc):
        assert claim["parties"]
        assert set(claim["parties"]) <= known
        assert len(set(claim["parties"])) == len(claim["parties"])
        if claim["direction"]:
            origin, destination = claim["direction"].split("->")
            assert {origin, destination} <= known
            assert origin != destination
            assert {origin, destination} - {"World"} <= set(claim["parties"])
        for slot in ("period", "period_inferred"):
            assert claim[slot] is None or is_period(claim[slot])
        assert claim["period"] is None or claim["period_inferred"] is None
        if claim["period_inferred"]:
            assert claim["asof"], "only words of the text can be dated"


@pytest.mark.parametrize(("folder", "doc"), DOCS)
def test_the_value_of_a_row_stands_in_its_quote(folder: str, doc: str) -> None:
    for claim in claims_of(folder, doc):
        assert type(claim["value"]) in (int, float)
        assert math.isfinite(claim["value"])
        value = abs(claim["value"])
        stated = {figure * scale for figure in figures(claim["quote"]) for scale in SCALES}
        # "144.2 % of the level of 2022" states a growth by what exceeds 100.
        stated |= {figure - 100 for figure in figures(claim["quote"]) if "% of the level" in claim["quote"]}
        in_figures = any(math.isclose(value, figure, rel_tol=1e-9) for figure in stated)
        assert in_figures or WORDS.search(claim["quote"])


def test_no_claim_is_annotated_twice() -> None:
    same = Counter((folder, *(claim[key] for key in SAME)) for folder, claim in ROWS)
    assert [key for key, count in same.items() if count > 1] == []
    assert len({(folder, claim["id"]) for folder, claim in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("folder", "count"), [("dev", 14), ("held_out", 16), ("nothing", 12)])
def test_the_folders_are_complete(folder: str, count: int) -> None:
    texts = {path.name for path in (TEXTS / folder).glob("*.txt")}
    assert len(texts) == count
    for name in texts:
        text = text_of(folder, name)
        assert not set(text) & {"�", "\r"}
        assert len(re.findall(r"\d", text)) + len(WORDS.findall(text)) >= 15
    if folder == "nothing":
        assert not (TEXTS / folder / "gold.jsonl").exists()
        return
    assert {claim["doc"] for owner, claim in ROWS if owner == folder} == texts
    dates = json.loads((TEXTS / folder / "dates.json").read_text("utf-8"))
    assert set(dates) <= texts
    assert all(re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", when) for when in dates.values())


def test_held_out_texts_are_not_variants_of_the_others() -> None:
    """No run of seven words is shared, so that a rule written for one folder has not seen the other."""

    def runs(folder: str) -> set[tuple[str, ...]]:
        found: set[tuple[str, ...]] = set()
        for path in (TEXTS / folder).glob("*.txt"):
            words = re.findall(r"\w+", path.read_text("utf-8").lower())
            found |= {tuple(words[at : at + 7]) for at in range(len(words) - 6)}
        return found

    assert runs("dev") & runs("held_out") == set()
