"""What a ranking says: headline, columns, what has no cost, regions, refusals, and how it is read back."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

import landbridge as lb
from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.planning.bottlenecks import Bottlenecks, Candidate, Step, bottlenecks, gathered
from landbridge.planning.bottlenecks.candidate import ASSUMED, SOURCED
from landbridge.planning.bottlenecks.result import TYPES
from landbridge.planning.bottlenecks.shipped import record, shipped
from landbridge.provenance import Status
from landbridge.scenarios.changes import TradeCost
from landbridge.scenarios.sizes import ASSUMED as NO_SOURCE
from landbridge.scenarios.sizes import Cited, Range

DATA = lb.load()
SOMEBODY = Cited(publisher="Somebody", url="https://example.org/report")


def candidate(identifier: str, size: Range, *, cited: bool = False, kind: str = "information") -> Candidate:
    source = SOMEBODY if cited else NO_SOURCE
    change = TradeCost(between=("CHN", "RUS"), sectors=("C28",), change_pct=size, source=source)
    evidence = SOURCED if cited else ASSUMED
    return Candidate(identifier, kind, identifier.title(), "none", (Step(change),), size, "%", evidence)


@pytest.fixture(scope="module")
def found() -> Bottlenecks:
    own = (
        candidate("sure", Range(-3, -2), cited=True),
        candidate("small", Range(-0.5, -0.4), cited=True),
        candidate("guess", Range(-1.2, -0.8)),
    )
    with ThreadPoolExecutor(2) as pool:
        return bottlenecks(DATA, "CHN", "RUS", draws=12, candidates=own, executor=pool)


def test_the_table_has_the_columns_that_are_promised(found: Bottlenecks) -> None:
    assert dict(found.table().schema) == {name: kind() for name, kind in TYPES.items()}
    assert found.table()["rank"].to_list() == [1, 2, 3]
    assert found.table()["candidate"].to_list() == ["sure", "guess", "small"]


def test_both_places_together_are_the_sum_of_each(found: Bottlenecks) -> None:
    joint = np.median(found.gains.sum(axis=2), axis=0)
    by_id = {row["candidate"]: row for row in found.rows()}
    for at, one in enumerate(found.candidates):
        row = by_id[one.id]
        assert row["gain_value_musd"] == pytest.approx(joint[at])
        assert row["gain_low_musd"] <= row["gain_value_musd"] <= row["gain_high_musd"]


def test_chances_are_those_among_sourced_and_break_even_those_of_assumed(found: Bottlenecks) -> None:
    rows = {row["candidate"]: row for row in found.rows()}
    assert rows["sure"]["p_first_pct"] == 100.0
    assert rows["small"]["p_first_pct"] == 0.0
    assert rows["guess"]["p_first_pct"] is None
    assert rows["sure"]["break_even_size"] is None
    factor = rows["guess"]["break_even_factor"]
    assert factor == pytest.approx(rows["sure"]["gain_value_musd"] / rows["guess"]["gain_value_musd"])
    assert rows["guess"]["break_even_size"] == pytest.approx(factor * -1.0)
    chances = found.rank_table()
    assert set(chances["candidate"]) == {"sure", "small"}
    assert chances["probability_pct"].sum() == pytest.approx(200.0)


def test_a_break_even_beyond_the_whole_obstacle_is_told(found: Bottlenecks) -> None:
    bounded = tuple(replace(one, whole=-1.5 if one.id == "guess" else None) for one in found.candidates)
    rows = {row["candidate"]: row for row in replace(found, candidates=bounded).rows()}
    assert rows["guess"]["break_even_possible"] is False


@pytest.mark.parametrize(
    ("share", "rankable", "begins"),
    [
        ((0.2, (0.1, 0.3)), True, "Sure: ranks first"),
        ((0.5, (0.5, 0.5)), True, "Sure: ranks first"),
        ((0.4, (0.3, 0.55)), False, "Not rankable on present evidence: 40 % (30 to 55)"),
        ((0.51, (0.4, 0.6)), False, "Not rankable on present evidence"),
        ((None, None), False, "There is no ranking: no rank varies"),
    ],
)
def test_the_headline_keeps_its_rule(
    found: Bottlenecks, share: tuple[Any, Any], rankable: bool, begins: str
) -> None:
    told = replace(found, assumed_share=share[0], interval=share[1], topics=(("who uses the post", 0.4),))
    assert told.rankable is rankable
    assert told.headline.startswith(begins)
    assert ("who uses the post" in told.headline) is (begins.startswith("Not rankable"))


def test_a_gain_can_be_walked_back(found: Bottlenecks) -> None:
    figure = found.figures[0]
    assert figure.status is Status.SIMULATED
    assert figure.unit == "USD"
    under = {item.measure for item in figure.inputs}
    assert "Sure: size of the relaxation" in under
    assert any(item.citation is not None and "Somebody" in str(item.citation) for item in figure.inputs)
    assert {row["id"] for row in found.rows()} == {item.id for item in found.figures}


def test_what_has_no_cost_stands_beside_the_ranking(found: Bottlenecks) -> None:
    told = found.uncosted_table()
    assert "barrier/mutual-perception" in told["record"].to_list()
    assert set(told["grade"]) <= set("ABCDE")
    perceived = told.filter(told["record"] == "barrier/mutual-perception").to_dicts()[0]
    assert perceived["why"]
    own = replace(found.candidates[2], barriers=("barrier/mutual-perception",))
    with ThreadPoolExecutor(2) as pool:
        again = bottlenecks(DATA, "CHN", "RUS", draws=10, candidates=(own,), executor=pool)
    assert "barrier/mutual-perception" not in again.uncosted_table()["record"].to_list()


def test_what_was_kept_reads_back_the_same(found: Bottlenecks, tmp_path: Path) -> None:
    path = tmp_path / "chn-rus.json"
    path.write_text(json.dumps(record(found), allow_nan=False), encoding="utf-8")
    data = lb.load()
    data.__dict__["rankings"] = MappingProxyType({"chn-rus": path})
    held = shipped(data, "RUS", "CHN")
    assert held is not None
    assert held.headline == found.headline
    assert [row["candidate"] for row in held.rows] == [row["candidate"] for row in found.rows()]
    for row in found.rows():
        figure = held.figures[row["candidate"]]
        assert figure.point == pytest.approx(1e6 * row["gain_value_musd"], rel=1e-5)
        assert figure.status is Status.SIMULATED
    assert shipped(data, "BLR", "CHN") is None


def test_regions_are_ranked_by_what_their_traders_save() -> None:
    made = bottlenecks(DATA, "BY-VI", "CN-HL", draws=30)
    assert made.in_pct
    rows = made.rows()
    assert all(row["gain_value_musd"] is None for row in rows)
    assert all(0.0 <= row["saving_low_pct"] <= row["saving_high_pct"] < 100.0 for row in rows)
    assert rows[0]["saving_value_pct"] > 0.0
    assert {figure.unit for figure in made.figures} == {"%"}
    assert any("no dollars are given" in note for note in made.notes)
    kinds = {row["kind"] for row in rows}
    assert "capacity" not in kinds
    assert "time at a crossing" in kinds
    # Nothing on the way between these two touches the posts of Primorye's roads.
    assert "hours-kraskino-hunchun-road" not in {row["candidate"] for row in rows}


@pytest.mark.parametrize(
    ("a", "b", "more", "kind", "told"),
    [
        ("CHN", "CHN", {}, BadUsage, "one country"),
        ("CN-HL", "CN-BJ", {}, BadUsage, "one country"),
        ("CHN", "RUSS", {}, UnknownLabel, "RUS"),
        ("CHN", "MNG", {}, NotHeld, "MNG"),
        ("CHN", "RUS", {"draws": 3, "seed": -1, "workers": 0}, BadUsage, "3 problems"),
        ("CHN", "RUS", {"candidates": ()}, NotHeld, "no obstacle"),
    ],
)
def test_what_cannot_be_ranked_is_refused(
    a: str, b: str, more: dict[str, object], kind: type[Exception], told: str
) -> None:
    with pytest.raises(kind, match=told):
        bottlenecks(DATA, a, b, **more)  # type: ignore[arg-type]


def test_candidates_that_cannot_be_ranked_are_refused_together() -> None:
    one = candidate("same", Range(-1))
    with pytest.raises(BadUsage, match="called 'same'") as told:
        bottlenecks(DATA, "CHN", "RUS", candidates=(one, one, replace(one, id="other", joins=("sane",))))
    assert "sane" in str(told.value)
    assert "same" in str(told.value)
    with pytest.raises(BadUsage, match="no evidence") as told:
        replace(one, evidence="guess", steps=())
    assert "without steps" in str(told.value)


def test_steps_say_what_a_referee_must_write(found: Bottlenecks) -> None:
    rows = found.steps_table().to_dicts()
    assert {row["candidate"] for row in rows} == {one.id for one in found.candidates}
    sure = next(row for row in rows if row["candidate"] == "sure")
    assert sure == {
        "candidate": "sure",
        "change": "trade_cost",
        "crossing": None,
        "exporter": "CHN",
        "importer": "RUS",
        "sectors": "C28",
        "size": "change_pct=-3/-2.5/-2",
        "part": 1.0,
    }


def test_no_relaxation_of_the_release_reaches_another_crossing_of_its_own_border() -> None:
    held = DATA.corridors.network.crossings
    for a, b in (("CHN", "RUS"), ("BLR", "CHN")):
        for one in gathered(DATA, a, b):
            own = held.get(one.id.removeprefix("hours-").removeprefix("gauge-"))
            for step in one.steps:
                change = step.change
                assert not hasattr(change, "crossing") or set(change.between or ()) == {a, b}
                other = held.get(getattr(change, "crossing", ""))
                if own is not None and other is not None and other.id != own.id:
                    assert {own.country_a, own.country_b} != {other.country_a, other.country_b}
