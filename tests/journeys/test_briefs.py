"""Briefs on the pairs the product is for and on odd ones: each composes, is traced, and says the same twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from landbridge import codes
from landbridge.brief import Document, brief
from landbridge.brief.numbers import show_period
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.provenance import Status
from landbridge.release import Data, embedded, load

COUNTRIES = [("CHN", "RUS"), ("BLR", "CHN"), ("KAZ", "CHN"), ("DEU", "FRA"), ("MNG", "RUS"), ("VUT", "NRU")]
REGIONS = [("BY-VI", "CN-HL"), ("RU-PRI", "CN-JL"), ("BY-VI", "CHN")]
PAIRS = COUNTRIES + REGIONS


@cache
def held() -> Data:
    return load(release=embedded())


@cache
def document(a: str, b: str) -> Document:
    return brief(held(), a, b).document


@cache
def model(a: str, b: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(document(a, b).to_dict(), allow_nan=False))
    return made


def nodes(node: object, name: str) -> Iterator[Any]:
    """Every value under the key `name` anywhere in the model."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == name:
                yield value
            yield from nodes(value, name)
    elif isinstance(node, list):
        for item in node:
            yield from nodes(item, name)


def named(pair: tuple[str, str]) -> str:
    return " ".join(pair)


@pytest.mark.parametrize("pair", PAIRS, ids=named)
def test_a_brief_is_plain_data_with_its_release_and_date(pair: tuple[str, str]) -> None:
    made = model(*pair)
    assert made["schema"] == "landbridge/brief/1"
    assert made["pair"] == list(pair)
    assert (made["release"], made["as_of"]) == (held().manifest.id, held().as_of)
    assert [section["id"] for section in made["sections"]][:3] == ["answers", "unknowable", "next"]
    assert all(section["blocks"] for section in made["sections"])


@pytest.mark.parametrize("pair", PAIRS, ids=named)
def test_ids_are_unique(pair: tuple[str, str]) -> None:
    made = model(*pair)
    blocks = [block for section in made["sections"] for block in section["blocks"]]
    for ids in (
        [section["id"] for section in made["sections"]],
        [block["id"] for block in blocks if block["block"] == "chart"],
        [block["name"] for block in blocks if block["block"] == "table"],
        [source["id"] for source in made["sources"]],
    ):
        assert [name for name, count in Counter(ids).items() if count > 1] == []


@pytest.mark.parametrize("pair", PAIRS, ids=named)
def test_every_figure_shown_is_traced_to_a_citation_or_an_assumption(pair: tuple[str, str]) -> None:
    made = model(*pair)
    figures = made["figures"]
    shown = {item for item in nodes(made["sections"], "figure") if isinstance(item, str)}
    shown |= {item["figure"] for item in nodes(made["sections"], "figure") if isinstance(item, dict)}
    assert shown <= set(figures)
    sources = {source["id"] for source in made["sources"]}
    for name, figure in figures.items():
        origin = "citation" in figure or figure.get("inputs") or figure["status"] == Status.ASSUMED
        assert origin, f"{name}, {figure['measure']}"
        assert set(figure.get("inputs", ())) <= set(figures)
        assert figure.get("source") is None or figure["source"] in sources
        assert figure["value"] is not None or {"low", "high"} <= figure.keys()


@pytest.mark.parametrize("pair", PAIRS, ids=named)
def test_every_period_reads_and_no_name_is_empty(pair: tuple[str, str]) -> None:
    made = model(*pair)
    for period in nodes(made["sections"], "date"):
        if isinstance(period, str):
            assert period
            assert show_period(period)
    for name in ("name", "label", "quote", "code"):
        assert all(value for value in nodes(made["sections"], name) if isinstance(value, str))


@pytest.mark.parametrize("pair", [("CHN", "RUS"), ("BY-VI", "CN-HL"), ("DEU", "FRA")], ids=named)
def test_composing_twice_gives_the_same_model(pair: tuple[str, str], read_anew: Callable[[], None]) -> None:
    first = json.dumps(document(*pair).to_dict())
    read_anew()
    assert json.dumps(brief(load(release=embedded()), *pair).document.to_dict()) == first


@pytest.mark.parametrize("pair", REGIONS, ids=named)
def test_regions_come_before_the_frame_of_their_countries(pair: tuple[str, str]) -> None:
    ids = [section["id"] for section in model(*pair)["sections"]]
    assert ids[3:5] == ["interview", "regions"]
    regions = next(section for section in model(*pair)["sections"] if section["id"] == "regions")
    tables = {block["name"]: block for block in regions["blocks"] if block["block"] == "table"}
    assert len(tables["profile"]["rows"]) >= 1
    assert len(tables["peer pairs"]["rows"]) == 1 + 3
    labels = [tuple(nodes(row, "code"))[:2] for row in tables["peer pairs"]["rows"]]
    assert labels[0] == pair
    assert len(set(labels)) == 4


@pytest.mark.parametrize("pair", COUNTRIES, ids=named)
def test_countries_have_no_regional_sections(pair: tuple[str, str]) -> None:
    assert not {"interview", "regions"} & {section["id"] for section in model(*pair)["sections"]}


def test_ties_of_one_region_are_not_those_of_the_whole_country() -> None:
    regions = next(section for section in model("BY-VI", "CHN")["sections"] if section["id"] == "regions")
    for block in regions["blocks"]:
        if block["block"] == "table" and block["name"] == "one-sided ties":
            for row in block["rows"]:
                record = next(iter(nodes(row[0], "record")))
                assert {"BY-VI", "BY"} & {code[:5] for code in held().ledger.record(record).places}, record


def test_a_pair_that_nothing_is_held_on_is_refused_section_by_section() -> None:
    made = model("VUT", "NRU")
    # Only what was estimated on panels of other countries is told of a pair that nothing is held on.
    assert all("Effect on trade" in figure["measure"] for figure in made["figures"].values())
    for section in made["sections"][3:]:
        kinds = {block["block"] for block in section["blocks"]}
        assert kinds & {"refusal", "table", "paragraph"}, section["id"]
    grades = [block["grade"]["code"] for block in made["sections"][0]["blocks"]]
    assert set(grades) == {"E"}


def test_an_earlier_date_shows_an_emptier_ledger() -> None:
    early = brief(held(), "CHN", "RUS", as_of="2000-01-01").document
    assert early.as_of == "2000-01-01"
    assert len(early.to_dict()["sources"]) < len(model("CHN", "RUS")["sources"])


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (("CHN", "CN-HL"), "the same country"),
        (("CN-HL", "CN-JL"), "the same country"),
        (("CHN", "CHN"), "twice"),
        (("CHN", "ROW"), "not a country"),
    ],
)
def test_pairs_without_a_border_between_them_are_refused(pair: tuple[str, str], said: str) -> None:
    with pytest.raises(BadUsage, match=said):
        brief(held(), *pair)


@pytest.mark.parametrize(
    ("typed", "meant"), [("chn", "CHN"), ("黑龙江", "CN-HL"), ("Vitebsk", "BY-VI"), ("CN-HLJ", "CN-HL")]
)
def test_names_and_misspellings_are_refused_with_the_code_that_was_meant(typed: str, meant: str) -> None:
    with pytest.raises(UnknownLabel) as refused:
        brief(held(), typed, "RUS")
    assert refused.value.nearest[0].startswith(f"{meant} ")
    assert meant in str(refused.value)


def test_macro_regions_are_refused_with_their_members() -> None:
    macro = codes.places("macro")[0]
    with pytest.raises(BadUsage, match="Name one of those") as refused:
        brief(held(), macro.code, "RUS" if macro.country != "RUS" else "CHN")
    assert all(member in str(refused.value) for member in macro.members)
