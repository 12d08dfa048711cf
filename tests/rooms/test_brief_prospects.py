"""The section on prospects: what a minister reads first, what stands behind it, and where it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

import landbridge as lb
from landbridge.brief import likely
from landbridge.brief.catalogue import catalogue
from landbridge.brief.document import Chart, Fan, Heading, Paragraph, Points, Refusal, Section, Table
from landbridge.brief.numbers import show
from landbridge.brief.sections import (
    answers,
    asking,
    prospects,
    prospects_agreements,
    targets,
)
from landbridge.brief.setting import Setting, ends, setting
from landbridge.brief.text import Writer, atoms, plain
from landbridge.errors import LandbridgeError
from landbridge.forecasting.counterfactual import Counterfactual
from landbridge.forecasting.paths import Paths
from landbridge.prospects import level, probability, shipped
from landbridge.prospects.basis import Basis, basis
from landbridge.prospects.counted import EXPORTS, TURNOVER
from landbridge.prospects.probability import Target
from landbridge.provenance import Figure, Status, Unavailable, derive
from landbridge.release import Data

NEW_CODE = "landbridge.prospects.shock_measuring"


def places(data: Data, a: str = "CHN", b: str = "RUS") -> Setting:
    return setting(data, Writer(catalogue()), a, b)


def said(section: Section) -> str:
    """Everything that a reader of a section sees."""
    found: list[str] = []
    for block in section.blocks:
        match block:
            case Paragraph(parts) | Points(parts):
                found += [plain(part, show) for part in parts]
            case Refusal(what, why, remedy):
                found += [plain(part, show) for part in (what, why, remedy) if part is not None]
            case Heading(text):
                found.append(plain(text, show))
            case Table(title=title, columns=columns, rows=rows):
                found += [plain(part, show) for part in (title, *columns)]
                found += [plain(cell, show) for row in rows for cell in row if cell is not None]
    return "\n".join(found)


def refusals(section: Section) -> list[Refusal]:
    return [block for block in section.blocks if isinstance(block, Refusal)]


def effect(data: Data) -> Figure:
    months = data.monthly.series("CHN", "RUS")[:3]
    return derive("gap", -26.4, "%", months, NEW_CODE, low=-41.0, high=-6.0, status=Status.ESTIMATED)


def outcomes(data: Data) -> list[Any]:
    """One gap that is rare, and one that is not told."""
    blow = SimpleNamespace(shocks=[SimpleNamespace(subject="event/sanctions-russia-2022")], since="2022-03")
    one = SimpleNamespace(
        blow=blow, part=EXPORTS, method="own past, by month", verdict="rare", effect=effect(data),
        recovery="back inside the band after 5 months", back="2022-08",
    )  # fmt: skip
    return [
        one,
        SimpleNamespace(blow=blow, part=TURNOVER, method="x", verdict="not said", effect=Unavailable("no.")),
    ]


@pytest.fixture(scope="module")
def plainly() -> Data:
    """The release without a book of answers."""
    data = replace(lb.load())
    data.__dict__["outlooks"] = MappingProxyType({})
    return data


@pytest.fixture(scope="module")
def stands(plainly: Data) -> Basis:
    return basis(plainly, TURNOVER, "CHN", "RUS")


@pytest.fixture(scope="module")
def asked(plainly: Data) -> tuple[float, int]:
    """The open target that the ledger holds."""
    item = places(plainly).likely[0].scored
    return item.target.point, int(item.deadline)


@pytest.fixture(scope="module")
def live(plainly: Data, stands: Basis, asked: tuple[float, int]) -> Target:
    return probability.reckoned(plainly, stands, value=asked[0], by=asked[1])


@pytest.fixture(scope="module")
def booked(plainly: Data, live: Target, tmp_path_factory: pytest.TempPathFactory) -> Data:
    """The release with a book of answers for China and Russia, made of what was just reckoned."""
    book = shipped.Writing(("CHN", "RUS"))
    struck = derive("struck", 20.0, "%", (live.basis.latest,), NEW_CODE, status=Status.FORECAST)
    for item in places(plainly).likely:
        made = item.answer if isinstance(item.answer, Target) else live
        blows = [shipped.Struck(("event/sanctions-russia-2022",), "2022-03", struck)]
        book.add_target(plainly, made, blows, shipped.rests(plainly, None, made))
        if item.silent is not None:
            book.add_target(plainly, item.silent, [])
    book.add_shocks(plainly, outcomes(plainly))
    path = tmp_path_factory.mktemp("book") / "chn-rus.json"
    path.write_text(book.text(), encoding="utf-8")
    data = replace(plainly)
    data.__dict__["outlooks"] = MappingProxyType({"chn-rus": path})
    return data


@pytest.fixture
def no_reckoning(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a page with a book of answers fits no model")

    monkeypatch.setattr(probability, "reckoned", refuse)


@pytest.mark.usefixtures("no_reckoning")
def test_an_answer_out_of_the_book_is_the_answer_that_was_made(
    booked: Data, stands: Basis, live: Target, asked: tuple[float, int]
) -> None:
    held = shipped.book(booked, "RUS", "CHN")
    found, struck = shipped.answer(booked, held, stands, value=asked[0], by=asked[1])
    assert [figure.id for figure in found.figures] == [figure.id for figure in live.figures]
    assert found.rows() == live.rows()
    assert found.notes == live.notes
    assert [figure.chain() for figure in found.figures] == [figure.chain() for figure in live.figures]
    assert [row.shocks for row in struck] == [("event/sanctions-russia-2022",)]


def test_a_changed_count_makes_the_book_worthless(
    booked: Data, stands: Basis, asked: tuple[float, int]
) -> None:
    """A workspace with another count of one year gets its own answer, not the one made before."""
    newest = max(stands.years)
    changed = {**stands.years, newest: replace(stands.years[newest], value=3.0e11)}
    values = stands.series.values.copy()
    values[-1] = 3.0e11
    other = replace(stands, years=changed, series=replace(stands.series, values=values))
    held = shipped.book(booked, "CHN", "RUS")
    found, struck = shipped.answer(booked, held, other, value=asked[0], by=asked[1])
    assert struck == ()
    assert changed[newest] in found.probability.inputs
    kept, _ = shipped.answer(booked, held, stands, value=asked[0], by=asked[1])
    assert found.probability.point > kept.probability.point + 5


def test_shocks_are_read_back_only_for_the_data_they_were_measured_on(booked: Data) -> None:
    held = shipped.book(booked, "CHN", "RUS")
    (row,) = shipped.told(booked, held) or ()
    assert row.effect.id == effect(booked).id
    assert (row.back, row.left, row.part) == ("2022-08", True, EXPORTS)
    other = replace(booked)
    other.__dict__["totals"] = replace_frame(booked)
    assert shipped.told(other, held) is None


def replace_frame(data: Data) -> Any:
    return type(data.totals)(data.totals.frame.head(-1), data.sources, data.names)


@pytest.mark.parametrize(
    ("per_cent", "words"),
    [
        (0.0, "less than 1 in a hundred"),
        (0.4, "less than 1 in a hundred"),
        (23.9, "about 24 in a hundred"),
        (99.4, "about 99 in a hundred"),
        (100.0, "more than 99 in a hundred"),
    ],
)
def test_a_probability_is_told_as_cases_of_a_hundred_and_never_as_certain(
    live: Target, per_cent: float, words: str
) -> None:
    assert show(likely.frequency(replace(live.probability, value=per_cent))) == words


@pytest.mark.usefixtures("no_reckoning")
def test_the_section_says_chance_need_record_and_change(booked: Data, live: Target) -> None:
    section = prospects.section(places(booked))
    text = said(section)
    first = live.probability
    assert show(likely.frequency(first)) in text
    span = likely.between(first)
    assert span is not None
    assert show(span) in text
    charts = [block for block in section.blocks if isinstance(block, Chart)]
    assert len(charts) == 1
    assert isinstance(charts[0].data, Fan)
    support = live.support
    assert not isinstance(support, Unavailable)
    for words in (
        f"{support.forecasts:,}",
        "in a hundred came true",
        "chosen by those who hoped",
        "a third lower",
    ):
        assert words in text, words
    assert "were back inside the usual range in August 2022" in text
    assert "a blow like that of March 2022" in text


@pytest.mark.usefixtures("no_reckoning")
def test_no_figure_of_the_section_rests_on_an_assumption(booked: Data) -> None:
    """The level asked about is the ledger's target with its source, not an assumed number."""
    section = prospects.section(places(booked))
    figures = [
        atom
        for block in section.blocks
        if isinstance(block, Paragraph | Points)
        for part in (block.sentences if isinstance(block, Paragraph) else block.items)
        for atom in atoms(part)
        if isinstance(atom, Figure)
    ]
    assert figures
    waiting = list(figures)
    while waiting:
        figure = waiting.pop()
        assert figure.status is not Status.ASSUMED, figure.measure
        assert figure.inputs or figure.citation is not None, figure.measure
        waiting += figure.inputs


@pytest.mark.usefixtures("no_reckoning")
def test_a_pair_of_regions_is_told_that_the_answer_is_of_the_countries(booked: Data) -> None:
    section = prospects.section(places(booked, "RU-AMU", "CN-HL"))
    first = section.blocks[0]
    assert isinstance(first, Paragraph)
    words = plain(first.sentences[0], show)
    assert "Russia" in words
    assert "the countries" in words


def test_a_pair_without_an_open_target_is_refused_and_told_how_to_ask(plainly: Data) -> None:
    """The command works there: the two count their trade with each other long enough."""
    where = places(plainly, "CHN", "RUS")
    where.__dict__["likely"] = ()
    section = prospects.section(where)
    first = refusals(section)[0]
    assert "no open target" in plain(first.why, show)
    assert first.remedy is not None
    assert "prospects probability CHN RUS" in plain(first.remedy, show)
    assert not [block for block in section.blocks if isinstance(block, Chart)]


def test_a_release_without_a_record_says_so(plainly: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likely, "recorded", lambda _: False)
    section = prospects.section(places(plainly))
    assert "no record of past forecasts" in said(section)
    assert "a chance of" not in said(section)


def test_a_series_that_cannot_be_carried_on_is_refused_with_the_reason(
    plainly: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    from landbridge.errors import BadSample
    from landbridge.prospects import basis as room

    def holes(*_: object, **__: object) -> None:
        raise BadSample("the series has holes in 2020.")

    monkeypatch.setattr(room, "basis", holes)
    section = prospects.section(places(plainly))
    assert "The series has holes in 2020." in said(section)


def test_shocks_are_not_measured_while_a_page_is_made(plainly: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    from landbridge.forecasting import counterfactual

    def refuse(*_: object, **__: object) -> Counterfactual:
        raise AssertionError("half a minute of models in a page")

    monkeypatch.setattr(counterfactual, "structural", refuse)
    monkeypatch.setattr(counterfactual, "synthetic", refuse)
    text = said(prospects.section(places(plainly, "BLR", "CHN")))
    assert "landbridge prospects shocks BLR CHN" in text


@pytest.mark.usefixtures("no_reckoning")
def test_other_sections_lead_to_the_probability(booked: Data, live: Target) -> None:
    where = places(booked)
    assert not refusals(targets.section(where))
    reply = next(
        block
        for block in answers.section(where).blocks
        if plain(block.question, show) == "What is the prospect?"  # type: ignore[union-attr]
    )
    assert "in a hundred" in plain(reply.answer, show)  # type: ignore[union-attr]
    assert reply.grade.code == "D"  # type: ignore[union-attr]
    unknown = [plain(block.what, show) for block in refusals(asking.unknowable(where))]
    assert "How probable a target is." not in unknown
    assert any("plans" in what for what in unknown)


@pytest.mark.usefixtures("no_reckoning")
def test_an_issued_probability_is_shown_with_its_date_and_not_before_it(booked: Data) -> None:
    subject = places(booked).likely[0].scored.record.subject
    day = [row["issued"] for row in booked.issued.iter_rows(named=True) if row["record"] == subject][-1]
    assert "Issued and sealed on" in said(prospects.section(places(booked)))
    earlier = replace(booked, recorded_by="2026-11-20")
    assert day > "2026-11-20"
    for name in ("outlooks", "issued"):
        earlier.__dict__[name] = booked.__dict__.get(name, getattr(booked, name))
    assert "Issued and sealed" not in said(prospects.section(places(earlier)))


def test_agreements_are_told_with_interval_and_verdict_and_twinnings_as_not_identified(
    plainly: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = {
        "panel": "p",
        "question": "trade agreements",
        "source": "agtpa-1986-2006",
        "note": "",
        "low": 0.0,
        "high": 0.0,
    }
    rows = [
        {**same, "estimator": "extended PPML", "name": "overall by rows", "percent": 31.0, "percent_low": 12.0,
         "percent_high": 53.0, "verdict": "trade rose"},
        {**same, "panel": "q", "estimator": "extended PPML", "name": "overall by rows", "percent": 66.0, "percent_low": 60.0,
         "percent_high": 73.0, "verdict": "pre-trend rejected"},
        {**same, "estimator": "three-way PPML", "name": "plain", "percent": 17.0, "percent_low": 9.0, "percent_high": 25.0,
         "verdict": ""},
        {**same, "question": "twinnings", "estimator": "extended PPML", "name": "not identified", "percent": None,
         "percent_low": None, "percent_high": None, "verdict": "not identified",
         "note": "Not identified: no flows between places. (twinnings 45) Hand over flows."},
    ]  # fmt: skip
    monkeypatch.setattr(prospects_agreements, "_effects", lambda _: pl.DataFrame(rows))
    blocks = prospects_agreements.agreements(places(plainly))
    text = said(Section("x", blocks[0].text, tuple(blocks)))  # type: ignore[union-attr]
    assert "Trade agreements, p: trade rose; estimate 31 % (12–53 %)." in text
    assert "says 17 %." in text
    assert "shown and not believed: 66 % (q)." in text
    assert "Twinnings: not identified, because no flows between places." in text


@pytest.mark.usefixtures("no_reckoning")
def test_the_release_holds_a_fresh_answer_for_every_open_target() -> None:
    """If counts, drivers, shocks or the record change, scripts/build_prospects.py has to be run again."""
    data = lb.load()
    where = places(data)
    assert where.likely
    for item in where.likely:
        assert isinstance(item.answer, Target), item.answer
    told = shipped.told(data, where.outlooks)
    assert told
    # A shock that is not told from ordinary movement is laid on no answer.
    rare = {row.shocks for row in told if row.part == TURNOVER and row.verdict == "rare"}
    assert {row.shocks for item in where.likely for row in item.struck} <= rare


@pytest.mark.usefixtures("no_reckoning")
def test_the_shipped_book_is_what_the_program_says_today(live: Target) -> None:
    folder = Path(__file__).parents[2] / "tables" / "prospects"
    data = replace(lb.load())
    data.__dict__["outlooks"] = MappingProxyType({path.stem: path for path in folder.glob("*.json")})
    held = shipped.book(data, "CHN", "RUS")
    assert held is not None
    found, _ = shipped.answer(data, held, live.basis, value=live.level.point, by=live.by)
    assert [figure.id for figure in found.figures] == [figure.id for figure in live.figures]


def growths(years: dict[str, Figure], horizon: int) -> list[float]:
    """Yearly growth over every span of one series, by hand."""
    return [
        100 * ((years[str(int(year) + horizon)].point / years[year].point) ** (1 / horizon) - 1)
        for year in years
        if str(int(year) + horizon) in years
    ]


@pytest.mark.usefixtures("no_reckoning")
def test_past_growth_is_of_the_series_that_the_chart_shows_and_says_whose(booked: Data, live: Target) -> None:
    """China and Russia count differently; spans of both under a chart counted by China were of no one's trade."""
    where = places(booked)
    rates = growths(live.basis.years, live.by - live.basis.series.last)
    past = next(
        atom
        for part in prospects.section(where).blocks[1].sentences  # type: ignore[union-attr]
        for atom in atoms(part)
        if isinstance(atom, Figure)
    )
    assert (past.low, past.high) == pytest.approx((min(rates), max(rates)))
    assert all("counted by China" in figure.measure for figure in past.inputs)
    assert f"brought {show(past)} a year, by the count of China" in said(prospects.section(where))
    reply = answers.section(where).blocks[1]
    assert f"brought {show(past)} by the count of China" in plain(reply.answer, show)  # type: ignore[union-attr]


@pytest.mark.usefixtures("no_reckoning")
def test_dropped_models_lost_by_the_whole_range_though_some_medians_lay_nearer(booked: Data) -> None:
    text = said(prospects.section(places(booked)))
    record = booked.forecast_record
    rows = record.skill.filter((pl.col("panel") == "all") & (pl.col("part") == "late"))
    rows = rows.filter(pl.col("horizon").is_null() & (pl.col("model") != "naive"))
    nearer = rows.filter(pl.col("relative_error") < 1)
    assert {"gravity", "theta"} <= set(nearer["model"])
    assert rows["crps_skill"].max() < 0  # type: ignore[operator]
    assert "further off" not in text
    assert "(CRPS), none did better" in text
    assert f"the middle of {len(nearer)} of them lay nearer" in text


@pytest.mark.usefixtures("no_reckoning")
def test_hit_rates_say_how_far_ahead_how_sure_and_from_how_many_years(booked: Data, live: Target) -> None:
    held = live.support
    assert not isinstance(held, Unavailable)
    assert held.coverage_80_error_pct is not None
    text = said(prospects.section(places(booked)))
    assert f"{held.first_step}–{held.last_step} years ahead" in text
    assert f"(standard error {held.coverage_80_error_pct:.3g} points)" in text
    assert f"from {held.coverage_years} starting years." in text
    assert "starting years that had no part" not in text
    assert "These forecasts had no part in choosing it; others of the same years had." in text


@pytest.mark.usefixtures("no_reckoning")
def test_what_rests_on_common_growth_is_told_with_the_chance_without_it(booked: Data) -> None:
    where = places(booked)
    text = said(prospects.section(where))
    for item in where.likely:
        assert item.resting is not None
        assert isinstance(item.answer, Target)
        assert item.resting.growth.point > 0
        assert item.resting.level.point < item.answer.probability.point
        assert f"{show(likely.frequency(item.resting.level))} for {show(item.scored.target)}" in text
    assert "If the middle stayed level" in text


def test_levelled_paths_keep_their_spread_and_lose_the_growth_of_their_median() -> None:
    """Two origin years of three draws: the median path doubles, so 200 of a newest 100 is even without growth rare."""
    levels = np.array([[110.0, 150.0], [120.0, 200.0], [130.0, 300.0]] * 2)
    paths = Paths(
        levels,
        np.array([1990] * 3 + [1991] * 3),
        np.array([100.0, 100.0]),
        2026,
        100.0,
        "made up",
        "naive",
        "USD",
    )
    flat = level.levelled(paths)
    assert flat.levels[:3] == pytest.approx(np.array([[110 / 1.2, 75.0], [100.0, 100.0], [130 / 1.2, 150.0]]))
    assert level.growth_of_median(paths, 2027) == pytest.approx(100 * (2**0.5 - 1))
    assert level.without_growth(paths, 150.0, 2027).point == pytest.approx(1 / 3)
    assert level.without_growth(paths, 151.0, 2027).point == 0.0


def test_what_rests_on_growth_comes_back_from_the_book_as_it_was_written(booked: Data, live: Target) -> None:
    held = shipped.book(booked, "CHN", "RUS")
    assert held is not None
    made = shipped.rests(booked, None, live)
    kept = shipped.rests(booked, held, live)
    assert (kept.growth.id, kept.level.id) == (made.growth.id, made.level.id)
    assert kept.level.chain() == made.level.chain()


@pytest.mark.usefixtures("no_reckoning")
def test_a_side_that_fell_silent_has_its_own_chance_with_the_ratio_behind_it(booked: Data) -> None:
    where = places(booked)
    text = said(prospects.section(where))
    assert "Russia stopped publishing after 2021. By its count, carried on by that of China," in text
    for item in where.likely:
        assert item.silent is not None
        assert item.silent.basis.mirror is not None
        assert item.silent.basis.held.reporter == "RUS"
        span = likely.between(item.silent.probability)
        assert span is not None
        assert f"{show(likely.frequency(item.silent.probability))} for {show(item.scored.target)} in" in text
        assert show(span) in text
        ratio = item.silent.basis.mirror.ratio
        assert f"Russia counted {show(replace(ratio, low=None, high=None))} of what China did" in text
        reach = ends(ratio)
        assert reach is not None
        assert f"may bring {show(reach)}." in text


@pytest.mark.parametrize(("a", "b"), [("BLR", "CHN"), ("BLR", "RUS")])
def test_a_command_is_suggested_only_where_it_works(plainly: Data, a: str, b: str) -> None:
    text = said(prospects.section(places(plainly, a, b)))
    suggested = f"landbridge prospects probability {a} {b}" in text
    try:
        basis(plainly, TURNOVER, a, b)
    except LandbridgeError:
        assert not suggested
    else:
        assert suggested


def test_past_growth_of_a_series_that_the_newest_count_is_not_of_is_not_carried_on(plainly: Data) -> None:
    """The newest count of Belarus and China is a lone one; spans of another series do not lead on from it."""
    where = places(plainly, "BLR", "CHN")
    (years,) = where.continued.values()
    assert len(years) < 3
    reply = plain(answers.section(where).blocks[1].answer, show)  # type: ignore[union-attr]
    assert "no series is long enough" in reply
    assert "would bring" not in reply.split("no series")[0]


def test_the_table_of_targets_says_who_set_them_when_and_what_growth_was_needed_and_came(
    plainly: Data,
) -> None:
    where = places(plainly)
    section = targets.section(where)
    table = next(block for block in section.blocks if isinstance(block, Table) and block.name == "targets")
    heads = [plain(column, show) for column in table.columns]
    rows = {plain(row[0], show): dict(zip(heads, row, strict=True)) for row in table.rows if row[0]}
    entries = {entry.record.text("name"): entry for entry in where.scorecard}
    told = 0
    for name, row in rows.items():
        entry = entries[name]
        needed = row["growth a year it needed then"]
        assert (needed is None) == isinstance(entry.needed_then, Unavailable)
        if isinstance(entry.needed_then, Figure):
            assert needed is entry.needed_then
            told += 1
        for who in entry.announcers:
            assert row["set by"] is not None
            assert who.replace("-", " ") in plain(row["set by"], show)
        assert (row["set on"] is None) == (not entry.announced)
    assert told >= 2
    text = said(section)
    late = [item for item in where.targets if item.verdict == "met late"]
    assert late
    assert text.count("was met late") == len(late)
    assert not any("was missed" in line for line in text.splitlines() if "first in" in line)
