"""Shocks of a pair: which concern it, which cannot be told apart, what is measured, what is refused, and why."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from landbridge import codes
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.forecasting.counterfactual import WIDER, Counterfactual, Effect
from landbridge.forecasting.series import Series
from landbridge.ledger import Ledger, read_file
from landbridge.prospects import shocks as room
from landbridge.prospects.shock_events import Blow, Shock, hit_partners, together
from landbridge.prospects.shock_measuring import monthly
from landbridge.prospects.shock_series import Line, TooShort, by_year
from landbridge.provenance import Figure, Status, Unavailable
from landbridge.release import Data, load

FIRST = 12 * 2015


@pytest.fixture(scope="module")
def data(root: Path) -> Data:
    """The embedded release with the ledger of events as it stands in the tables."""
    names = [place.code for place in codes.places()]
    folder = root / "tables" / "ledger" / "registers"
    statements = [
        said for name in ("shocks", "events", "people") for said in read_file(folder / f"{name}.yaml", names)
    ]
    found = replace(load())
    found.__dict__["ledger"] = Ledger(statements, found.sources)
    return found


@pytest.fixture(scope="module")
def pandemic(data: Data) -> room.Recovery:
    return room.recovery(data, "CHN", "RUS", "border-closed-2020", parts=("imports",))


def _shock(
    date: str, *, parties: tuple[str, ...] = ("CHN", "RUS"), subject: str = "event/x", worldwide: bool = False
) -> Shock:
    return Shock(subject, subject, date, parties, worldwide, ("source",))


@pytest.mark.parametrize(
    ("date", "month", "year"),
    [
        ("2020-01-31", 12 * 2020 + 1, 2020),
        ("2020-01-15", 12 * 2020, 2020),
        ("2022-02-23", 12 * 2022 + 2, 2022),
        ("2023-12", 12 * 2023 + 11, 2024),
        ("2014-11-10", 12 * 2014 + 10, 2015),
        ("2020/2022", None, 2020),
    ],
)
def test_a_shock_counts_from_the_period_of_which_it_covers_most(
    date: str, month: int | None, year: int
) -> None:
    assert _shock(date).begins("month") == month
    assert _shock(date).begins("year") == year


def test_a_shock_concerns_the_pair_it_lies_between_the_one_it_is_meant_for_or_everybody() -> None:
    assert _shock("2020", parties=("USA", "RUS", "CHN")).concerns("CHN", "RUS")
    assert _shock("2020", parties=("RUS",)).concerns("CHN", "RUS")
    assert _shock("2020", parties=("RU-AMU", "CN-HL")).concerns("CHN", "RUS")
    assert not _shock("2020", parties=("CHN", "USA")).concerns("CHN", "RUS")
    assert not _shock("2020", parties=("CHN", "USA", "JPN")).concerns("RUS", "CHN")
    assert _shock("2020", parties=("BLR", "CHN"), worldwide=True).concerns("KAZ", "RUS")


def test_shocks_near_each_other_are_one_blow() -> None:
    dates = ["2020-01-31", "2020-03-11", "2020-06", "2021-02", "2022"]
    known = [_shock(date, subject=f"event/{date}") for date in dates]
    by_month = together(known, "month")
    # Each lies within three months of the one before it; the one of a year alone has no month.
    assert [len(blow.shocks) for blow in by_month] == [3, 1]
    assert by_month[0].since == "2020-02"
    assert [(blow.start, len(blow.shocks)) for blow in together(known, "year")] == [
        (2020, 3),
        (2021, 1),
        (2022, 1),
    ]


def _line(shock: float = 0.0, lasting: int = 6, seed: int = 3) -> Line:
    """Ten years of months; hit from January 2020 on."""
    rng = np.random.default_rng(seed)
    t = np.arange(120)
    logs = 21 + 0.004 * t + 0.1 * np.sin(2 * np.pi * t / 12) + 0.03 * rng.standard_normal(120)
    logs[60 : 60 + lasting] += shock
    values = np.exp(logs)
    figures = tuple(
        (Figure("trade", float(v), "USD", f"{(FIRST + k) // 12}-{(FIRST + k) % 12 + 1:02}", Status.ASSUMED),)
        for k, v in enumerate(values)
    )
    return Line("exports", "made", Series("made", FIRST, values, "USD", "nobody", "month"), figures)


def _blow(date: str) -> Blow:
    shock = _shock(date, subject=f"event/{date}")
    start = shock.begins("month")
    assert start is not None
    return Blow((shock,), "month", start)


def test_a_shock_by_month_has_size_range_recovery_and_a_chain() -> None:
    (outcome,) = monthly(_line(-0.5), "exports", [_blow("2020-01")], lambda blow: True)
    assert isinstance(outcome.found, Counterfactual)
    assert outcome.verdict == "rare"
    assert outcome.back == "2020-07"
    assert outcome.recovery == "back inside the band after 6 months"
    assert isinstance(outcome.effect, Figure)
    assert outcome.effect.low is not None
    assert outcome.effect.high is not None
    # Half a year at exp(-0.5), half a year untouched.
    assert outcome.effect.low < 100 * ((np.exp(-0.5) + 1) / 2 - 1) < outcome.effect.high
    assert outcome.effect.period == "2020-01/2020-12"
    assert len(outcome.effect.inputs) == 84
    path = outcome.path()
    assert len(path) == 24
    assert [row["outside"] for row in path[:7]] == [True] * 6 + [False]
    assert outcome.row()["worst_in"] in {f"2020-{month:02}" for month in range(1, 7)}


def test_a_later_shock_is_refused_where_an_earlier_one_had_not_passed() -> None:
    lasting = _line(-0.5, lasting=60)
    later = _blow("2021-06")
    (refused,) = monthly(lasting, "exports", [_blow("2020-01"), later], lambda blow: blow is later)
    assert refused.verdict == "not said"
    assert isinstance(refused.found, Unavailable)
    assert "had not passed" in refused.found.reason
    assert isinstance(refused.stressed, Unavailable)
    (told,) = monthly(_line(-0.5), "exports", [_blow("2020-01"), later], lambda blow: blow is later)
    assert isinstance(told.found, Counterfactual)


def test_a_shock_before_the_series_leaves_every_placebo_date() -> None:
    (_, outcome) = monthly(_line(-0.5), "exports", [_blow("2009-01"), _blow("2020-01")], lambda blow: True)
    assert isinstance(outcome.found, Counterfactual)
    assert outcome.found.placebos == 12


def test_the_ledger_dates_the_shocks_of_china_and_russia(data: Data) -> None:
    held = {shock.subject: shock for shock in room.shocks(data, "CHN", "RUS")}
    assert held["event/rouble-float-2014"].date == "2014-11-10"
    assert held["event/border-closed-2020"].date == "2020-01-31"
    assert held["event/pandemic-declared-2020"].worldwide
    assert held["event/sanctions-russia-2022"].date == "2022-02-23"
    assert "event/sanctions-belarus-2022" not in held
    assert "event/trade-war-2018" not in held
    for shock in held.values():
        assert shock.sources


def test_partners_with_a_shock_of_their_own_are_no_comparison(data: Data) -> None:
    hit = hit_partners(data, "CHN", "RUS", 2017, 2024)
    assert {"USA", "BLR"} <= hit.keys()
    assert "2018" in hit["USA"]
    assert "USA" not in hit_partners(data, "CHN", "RUS", 2019, 2019)
    # The rouble was left to float in 2014: Russia is no comparison for Belarus in those years.
    assert "RUS" in hit_partners(data, "CHN", "BLR", 2014, 2016)


def test_a_yearly_series_is_one_reporters(data: Data) -> None:
    lines = by_year(data, "CHN", "RUS", "imports")
    # Both customs services count this flow; Russia's ends in 2021.
    assert len(lines) == 2
    assert {(line.series.first, line.series.last) for line in lines} == {(2014, 2021), (2017, 2024)}


def test_the_closed_border_of_2020(pandemic: room.Recovery) -> None:
    by_method = {outcome.method: outcome for outcome in pandemic.outcomes}
    own, beside = by_method["own past, by month"], by_method["beside other partners, by year"]
    # Closure and pandemic lie six weeks apart and are one blow.
    assert {shock.subject for shock in own.blow.shocks} == {
        "event/border-closed-2020",
        "event/pandemic-declared-2020",
    }
    assert own.blow.since == "2020-02"
    assert isinstance(own.effect, Figure)
    assert own.effect.value is not None
    assert own.effect.high is not None
    assert own.effect.low is not None
    assert own.effect.value < 0
    # 37 months before it leave the year as a whole uncertain; single months of spring lie outside.
    assert own.effect.low < -40
    assert isinstance(own.found, Counterfactual)
    assert own.found.outside[:6].any()
    assert own.back is not None
    assert "2020-03" < own.back < "2021-12"
    # 37 months before it leave eight placebo dates: none departed as far, and eight are too few for one in ten.
    assert own.verdict == "too few placebos"
    assert isinstance(beside.found, Counterfactual)
    assert beside.line is not None
    assert "USA" not in beside.line.donors
    assert any("hit every partner" in note for note in beside.notes)
    assert isinstance(beside.effect, Figure)
    assert beside.effect.inputs
    assert all(one.citation or one.inputs for one in beside.effect.inputs)


def test_how_many_would_be_rare_by_chance_is_said_with_the_count_of_rows_asked(
    pandemic: room.Recovery,
) -> None:
    # By month and by year, each set against eight placebos.
    assert len(pandemic.judged) == 2
    assert pandemic.chance.startswith("2 rows were set against placebos, each at one in 10: up to 0.2 would")
    assert "found rare: 0" in pandemic.chance
    (hit,) = monthly(_line(-0.5), "exports", [_blow("2020-01")], lambda blow: True)
    short = replace(hit, found=Unavailable("too short"))
    fifteen = room.Recovery("CHN", "RUS", (*[hit] * 15, short), ())
    # What was refused was not asked; what a row says of itself does not change with the number of rows.
    assert fifteen.chance.startswith("15 rows were set against placebos, each at one in 10: up to 1.5 would")
    assert "found rare: 15" in fifteen.chance
    assert hit.verdict == "rare"
    assert room.Recovery("CHN", "RUS", (hit,), ()).chance.startswith("1 row was")
    assert room.Recovery("CHN", "RUS", (short,), ()).chance == ""


def test_the_verb_says_how_many_rows_would_be_rare_by_chance() -> None:
    from landbridge.cli.app import app

    asked = [
        "prospects",
        "shocks",
        "CHN",
        "RUS",
        "--shock",
        "border-closed-2020",
        "--part",
        "imports",
        "--json",
    ]
    found = CliRunner().invoke(app, asked)
    assert found.exit_code == 0, found.output
    body = json.loads(found.stdout)
    judged = sum(row["p_placebo"] is not None for row in body["rows"])
    assert any(
        note.startswith(f"{judged} rows were set") and f"up to {judged / 10:.1f}" in note
        for note in body["notes"]
    )


def test_the_page_prints_what_the_run_gives(data: Data, pandemic: room.Recovery, root: Path) -> None:
    page = (root / "docs" / "explanation" / "shocks.md").read_text(encoding="utf-8")
    sanctions = room.recovery(data, "CHN", "RUS", "sanctions-russia-2022", parts=("imports",))
    for found in (pandemic, sanctions):
        row = next(outcome.row() for outcome in found.outcomes if outcome.method == "own past, by month")
        low, point, high = (
            f"{row[key]:+.0f}".replace("-", "−") for key in ("low_pct", "effect_pct", "high_pct")
        )
        share = f"{row['p_placebo']:.2f} of {row['placebos']}"
        assert f"| {point} ({low} to {high}) | {share} | {row['verdict']} |" in page
    # Every factor of the code stands on the page.
    for lengths in WIDER.values():
        for _, factor in lengths:
            assert f"{factor:.2f}" in page


def test_parts_without_a_series_are_listed(pandemic: room.Recovery) -> None:
    listed = {line.part: line for line in pandemic.too_short}
    assert set(listed) == {"people", "freight", "crossings", "regions"}
    assert isinstance(listed["people"], TooShort)
    assert "need 8" in listed["people"].reason
    assert "No series" in listed["crossings"].reason


def test_the_rouble_of_2014_cannot_be_measured(data: Data) -> None:
    found = room.recovery(data, "CHN", "RUS", "rouble-float-2014", parts=("imports",))
    assert [outcome.verdict for outcome in found.outcomes] == ["not said", "not said"]
    for row in found.rows():
        assert row["effect_pct"] is None
        assert "held before the shock" in row["reason"]
    size = room.measured(data, "CHN", "RUS", "rouble-float-2014", "imports")
    assert isinstance(size, Unavailable)


def test_a_shock_of_another_pair_and_an_unknown_part_are_refused(data: Data) -> None:
    with pytest.raises(UnknownLabel, match="trade-war-2018"):
        room.recovery(data, "CHN", "RUS", "trade-war-2018")
    with pytest.raises(UnknownLabel, match="people"):
        room.recovery(data, "CHN", "RUS", parts=("people",))


def test_stress_strikes_in_its_year_and_nowhere_before(pandemic: room.Recovery) -> None:
    effect = next(o for o in pandemic.outcomes if o.method == "own past, by month").stressed
    assert isinstance(effect, Effect)
    levels = np.full((500, 4), 100.0)
    struck = room.stress(levels, effect, first=2027, year=2028)
    assert struck[:, 0] == pytest.approx(100.0)
    assert float(np.median(struck[:, 1])) == pytest.approx(100 * float(np.exp(effect.logs[0, 1])), rel=0.05)
    with pytest.raises(BadUsage, match="2031"):
        room.stress(levels, effect, first=2027, year=2031)


def test_the_verb_lists_and_refuses() -> None:
    from landbridge.cli.app import app

    runner = CliRunner()
    found = runner.invoke(app, ["prospects", "shocks", "CHN", "RUS", "--show", "list", "--json"])
    assert found.exit_code == 0, found.output
    rows = json.loads(found.stdout)["rows"]
    assert "event/us-order-banks-2023" in {row["shock"] for row in rows}
