"""Barriers: whether in force on a day, what they cost, by goods, and who asks for relief."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import landbridge as lb
from landbridge import codes
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.ledger import Ledger, read
from landbridge.provenance import Figure
from landbridge.registers.barriers import NOT_STATED, Barrier, barriers, by_product
from landbridge.release.data import Data

TODAY = "2026-11-22"
TEXT = """
recorded: 2026-01-01
recorder: test
sources:
  - {id: one, publisher: First Paper, published: 2024-03}
entries:
  - record: barrier/dated
    source: one
    says:
      name: Dated
      form: quota
      parties: [RUS, CHN]
      side: CHN
      product: beef
      since: 2020-06
      until: {value: 2024-12-31, status: forecast}
      size:
        - {value: 10, unit: "%", from: 2020-06-01, to: 2022-12-31}
        - {value: 20, unit: "%", from: 2023-01-01}
        - {value: 30, unit: "%", period: 2022, status: forecast, note: proposal}
      equivalent: {value: 7, unit: "%", period: 2021, note: worked out}
  - record: barrier/rates
    source: one
    says:
      name: Rates only
      form: tariff
      parties: [BLR, CHN]
      side: CHN
      product: potash, heading 3104
      size: {value: 5, unit: "%", from: 2021-01-01, to: 2021-12-31}
  - record: barrier/silent
    source: one
    says: {name: Silent, form: information, parties: [RUS, CHN]}
  - record: measure/relief
    source: one
    speaker: A farmer
    says: {name: Lift the quota, parties: [RUS, CHN], against: barrier/dated, addressee: The ministry}
"""


@pytest.fixture
def held(tmp_path: Path) -> Data:
    path = tmp_path / "ledger.yaml"
    path.write_text(TEXT, encoding="utf-8")
    file = read(path, [place.code for place in codes.places()])
    data = replace(lb.load())
    data.__dict__["ledger"] = Ledger(file.statements, {source.id: source for source in file.sources})
    return data


@pytest.fixture(scope="module")
def shipped() -> Data:
    return lb.load()


def one(data: Data, subject: str, today: str) -> Barrier:
    return next(item for item in barriers(data, today) if item.record.subject == subject)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2020-05-31", "ahead"),
        ("2020-06-01", "in force"),
        ("2024-12-31", "in force"),
        ("2025-01-01", "over"),
    ],
)
def test_in_force_by_its_dates(held: Data, day: str, state: str) -> None:
    assert one(held, "barrier/dated", day).state == state


def test_without_dates_the_rates_tell_and_without_rates_nothing_does(held: Data) -> None:
    assert [one(held, "barrier/rates", day).state for day in ("2020", "2021-06", "2022")] == [
        "ahead",
        "in force",
        "over",
    ]
    assert one(held, "barrier/silent", TODAY).state == "not dated"


def test_the_rate_is_that_of_the_day_and_a_proposal_is_none(held: Data) -> None:
    def rates(today: str) -> list[float | None]:
        return [said.number for said in one(held, "barrier/dated", today).rates]

    assert rates("2022-06-30") == [10]
    assert rates("2023-06-30") == [20]
    # What it would cost as a tariff is another number than its rate.
    row = one(held, "barrier/dated", "2023-06-30").row()
    assert row["equivalent_pct"] == "7% (2021; worked out)"
    assert row["size"] == "20%"


def test_relief_names_who_asks_whom(held: Data) -> None:
    found = one(held, "barrier/dated", TODAY)
    assert [item.row()["asked_by"] for item in found.relief] == ["A farmer, in First Paper"]
    assert found.relief[0].addressee == "The ministry"
    assert one(held, "barrier/rates", TODAY).relief == ()


def test_the_yardstick_is_the_duty_of_the_industry_of_a_heading(held: Data) -> None:
    found = one(held, "barrier/rates", TODAY).yardstick
    rate = held.tariffs.rate("CHN", "BLR", "C20")
    assert isinstance(rate, Figure)
    assert [item.id for item in found] == [rate.id]
    # A quota has none, and goods without a heading have none.
    assert one(held, "barrier/dated", TODAY).yardstick == ()


def test_goods_of_a_chapter_that_industries_share_have_no_yardstick(shipped: Data) -> None:
    # Chapter 44 is wood products and forestry at once.
    assert one(shipped, "barrier/china-duty-sawn-conifer", TODAY).yardstick == ()


def test_groups_by_goods_hold_every_barrier_once(shipped: Data) -> None:
    found = barriers(shipped, TODAY)
    groups = by_product(found)
    assert (
        sum(len(items) for items in groups.values()) == len(found) == len(shipped.ledger.records("barrier"))
    )
    # Those that name no goods come last, and are not taken to hold for all.
    assert next(reversed(groups)) == NOT_STATED
    assert len(groups["beef"]) == 2


def test_shipped_coal_duty_came_back_in_2024(shipped: Data) -> None:
    """SMM, 3 January 2024: provisional rate of zero from May 2022 to the end of 2023, 3 and 6 per cent from 2024."""
    before = one(shipped, "barrier/china-coal-duty", "2023-06-30")
    after = one(shipped, "barrier/china-coal-duty", "2024-01-02")
    assert sorted(said.number or 0 for said in before.rates) == [0]
    assert sorted(said.number or 0 for said in after.rates) == [3, 6]
    assert (before.state, after.state) == ("ahead", "in force")


def test_filters_and_refusals(shipped: Data) -> None:
    assert {item.record.text("side") for item in barriers(shipped, TODAY, side="CHN")} == {"CHN"}
    assert {item.record.text("form") for item in barriers(shipped, TODAY, form="payment")} == {"payment"}
    assert {item.state for item in barriers(shipped, TODAY, state="in force")} == {"in force"}
    potash = barriers(shipped, TODAY, between=("BLR", "CHN"), product="potassium")
    assert [item.record.subject for item in potash] == ["barrier/china-duty-potassium-chloride"]
    with pytest.raises(UnknownLabel, match="tariff"):
        barriers(shipped, TODAY, form="tarif")
    with pytest.raises(UnknownLabel, match="in force"):
        barriers(shipped, TODAY, state="inforce")
    with pytest.raises(BadUsage):
        barriers(shipped, "yesterday")
