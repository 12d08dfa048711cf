"""Partner regions: ranked by what geography and size give, with reasons beside the rank and never inside it."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge import load
from landbridge.errors import BadUsage, LandbridgeError, NotHeld, UnknownLabel
from landbridge.planning.matching import FOR, Match, Reason, match
from landbridge.release import Data


@pytest.fixture(scope="module")
def data() -> Data:
    return load()


@pytest.fixture(scope="module")
def vitebsk(data: Data) -> Match:
    return match(data, "BY-VI", "CHN")


def test_every_region_stands_once_and_shares_add_up(vitebsk: Match) -> None:
    table = vitebsk.table()
    assert table.height + len(vitebsk.left_out) == len(vitebsk.country.members)
    assert table["rank"].to_list() == list(range(1, table.height + 1))
    assert table["reach_pct"].sum() == pytest.approx(100)
    assert table["reach_pct"].is_sorted(descending=True)


def test_the_reach_is_size_over_distance(vitebsk: Match) -> None:
    sizes = np.array([item.size.point for item in vitebsk.candidates])
    km = np.array([item.distance.point for item in vitebsk.candidates])
    own = np.array([item.reach.point for item in vitebsk.candidates])
    np.testing.assert_allclose(own / own[0], (sizes / km**0.9) / (sizes[0] / km[0] ** 0.9), rtol=1e-12)


def test_ranks_lie_in_their_range_and_reach_too(vitebsk: Match) -> None:
    for item in vitebsk.candidates:
        assert item.best_rank <= item.rank <= item.worst_rank
        assert item.reach.low is not None
        assert item.reach.high is not None
        assert item.reach.low <= item.reach.point <= item.reach.high


def test_a_wider_range_of_elasticities_widens_ranks(data: Data) -> None:
    narrow = match(data, "CN-HL", "RUS", elasticities=(0.9, 0.9, 0.9)).table()
    wide = match(data, "CN-HL", "RUS", elasticities=(0.0, 0.9, 2.0)).table()
    assert (narrow["best_rank"] == narrow["worst_rank"]).all()
    assert (wide["worst_rank"] - wide["best_rank"]).sum() > 0
    # Distance counts for nothing at zero: the largest economy comes first there.
    largest = wide.sort("size", descending=True)["place"][0]
    assert wide.filter(place=largest)["best_rank"][0] == 1


def test_reasons_agree_with_the_ledger(data: Data, vitebsk: Match) -> None:
    for item in vitebsk.candidates:
        assert (Reason.TIED in item.reasons) != (Reason.UNTIED in item.reasons)
        assert (Reason.TIED in item.reasons) == bool(item.ties)
        assert not set(item.supporting) & set(item.counter_reasons)
        assert set(item.supporting) <= set(FOR)
        for record in item.ties:
            assert {"BY-VI", item.place.code} <= set(record.places)
            assert data.ledger.record(record.subject) is not None
    tied = [item.place.code for item in vitebsk.candidates if item.ties]
    assert "CN-HL" in tied


def test_a_border_province_borders(data: Data) -> None:
    found = {item.place.code: item for item in match(data, "CN-HL", "RUS").candidates}
    assert Reason.CROSSING in found["RU-PRI"].reasons
    assert Reason.NEAR in found["RU-AMU"].reasons
    assert Reason.FAR in found["RU-KGD"].reasons
    assert Reason.CROSSING not in found["RU-KGD"].reasons


def test_a_country_can_look_for_regions_too(data: Data) -> None:
    found = match(data, "BLR", "CHN")
    assert len(found.candidates) == 31
    assert found.candidates[0].distance.point > 5000


def test_figures_walk_back(vitebsk: Match) -> None:
    chain = vitebsk.candidates[0].reach.chain()
    assert {part["status"] for part in chain["inputs"]} <= {"reported", "estimated"}
    assert all("citation" in part for part in chain["inputs"])


@pytest.mark.parametrize(
    ("place", "country", "error", "words"),
    [
        ("BY-VI", "BLR", BadUsage, "lies in"),
        ("BY-VI", "CN-HL", BadUsage, "not a country"),
        ("BY-VI", "KAZ", NotHeld, "regions of KAZ"),
        ("BY-XX", "CHN", UnknownLabel, "BY-"),
        ("DEU", "CHN", NotHeld, "where the people"),
    ],
)
def test_refusals_name_the_remedy(
    data: Data, place: str, country: str, error: type[LandbridgeError], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        match(data, place, country)
    assert all(problem.remedy or problem.cause for problem in caught.value.problems)


def test_a_falling_range_is_refused(data: Data) -> None:
    with pytest.raises(BadUsage, match="rising"):
        match(data, "BY-VI", "CHN", elasticities=(1.2, 0.9, 0.6))
