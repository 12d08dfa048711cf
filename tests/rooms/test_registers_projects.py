"""Projects, funds and zones: headlines taken apart, sums that are never added up wrongly, delays, gate, cards, profiles."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from landbridge.errors import BadUsage, UnknownLabel
from landbridge.ledger import Ledger, Statement
from landbridge.provenance import Figure, Source, Status, Unavailable
from landbridge.registers.projects import (
    duplicates,
    funds,
    gate,
    headline,
    money,
    ranking,
    slippage,
    stages,
    zones,
)
from landbridge.registers.projects.claimed import headlines
from landbridge.release import Data, load

TODAY = "2026-11-21"
PAPER = Source("paper", "A paper", "Page", "2020-05-01", "https://example.org", "facts only")
OTHER = Source("other", "Another paper", "Page", "", "https://example.org/2", "facts only")


def say(record: str, prop: str, value: str | float, unit: str = "", **more: Any) -> Statement:
    """One statement; a number with a unit, else text."""
    held: dict[str, Any] = {"source": "paper", "status": Status.REPORTED} | more
    held |= {"number": float(value), "unit": unit} if unit else {"text": value}
    return Statement(
        subject=record,
        kind=record.partition("/")[0],
        property=prop,
        recorded="2026-01-01",
        recorder="test",
        **held,
    )


def project(name: str, *said: Statement, parties: str = "BLR CHN", **texts: str) -> list[Statement]:
    """A project with its name and parties."""
    record = f"project/{name}"
    out = [say(record, "name", texts.pop("title", name)), say(record, "parties", parties)]
    return [*out, *(say(record, prop, text) for prop, text in texts.items()), *said]


def ledger(*groups: list[Statement] | Statement) -> Ledger:
    flat = [s for group in groups for s in (group if isinstance(group, list) else [group])]
    return Ledger(flat, {"paper": PAPER, "other": OTHER})


@pytest.fixture(scope="module")
def shipped() -> Data:
    return load()


# Claims and sums


def test_a_claim_is_dated_by_its_own_day_then_by_its_source_and_then_by_its_period() -> None:
    held = {"paper": PAPER, "other": OTHER}
    own = say("project/a", "announced", 1, "USD", as_of="2019", period="2030")
    assert money.claimed_on(own, held) == ("2019", "as_of")
    assert money.claimed_on(say("project/a", "announced", 1, "USD"), held) == ("2020-05-01", "published")
    undated = say("project/a", "announced", 1, "USD", source="other", period="2018")
    assert money.claimed_on(undated, held) == ("2018", "period")
    # A plan is not made in the year that it is for.
    plan = say("project/a", "announced", 1, "USD", source="other", period="2030", status=Status.FORECAST)
    assert money.claimed_on(plan, held) == ("", "")


def test_the_latest_claim_counts_and_two_of_one_day_are_a_range() -> None:
    held = ledger(
        project(
            "a",
            say("project/a", "announced", 10, "USD", as_of="2015"),
            say("project/a", "announced", 30, "USD", as_of="2018-06", comparator="~"),
            say("project/a", "announced", 40, "USD", as_of="2018-06", source="other"),
        )
    )
    found = money.latest(money.claims(held, "project/a", TODAY))
    assert (found["announced", "USD"].low, found["announced", "USD"].high) == (30, 40)
    assert found["announced", "USD"].comparator == "~"
    then = money.latest(money.claims(held, "project/a", "2016"))
    assert (then["announced", "USD"].low, then["announced", "USD"].high) == (10, 10)


def test_parts_conversions_superseded_claims_and_expected_payments_do_not_count() -> None:
    first = say("project/a", "disbursed", 90, "RUB", as_of="2019")
    held = ledger(
        project(
            "a",
            first,
            say("project/a", "disbursed", 80, "RUB", as_of="2018", supersedes=first.id),
            say("project/a", "disbursed", 14, "RUB", as_of="2022", note="of which on one side"),
            say(
                "project/a",
                "disbursed",
                1,
                "USD",
                as_of="2022",
                note="the same sum as converted by the source",
            ),
            say("project/a", "committed", 52, "USD", as_of="2016", status=Status.FORECAST),
        )
    )
    said = money.claims(held, "project/a", TODAY)
    assert len(said) == 5, "the history keeps what was superseded"
    assert [claim.statement.number for claim in said if claim.superseded_by] == [90]
    found = money.latest(said)
    assert list(found) == [("disbursed", "RUB")]
    assert found["disbursed", "RUB"].high == 80


def test_a_total_never_adds_currencies_kinds_umbrellas_or_a_part_to_its_whole() -> None:
    held = ledger(
        project("whole", say("project/whole", "announced", 100, "USD"), umbrella="true"),
        project("big", say("project/big", "announced", 50, "USD")),
        project("inside", say("project/inside", "announced", 20, "USD"), parent="project/big"),
        project("euro", say("project/euro", "announced", 7, "EUR")),
        project("signed", say("project/signed", "contracted", 9, "USD")),
        project("silent"),
    )
    names = [r.subject for r in held.records("project")]
    totals = {(t.kind, t.unit): t for t in money.total(held, names, TODAY)}
    assert {key: total.low for key, total in totals.items()} == {
        ("announced", "USD"): 50,
        ("announced", "EUR"): 7,
        ("contracted", "USD"): 9,
    }
    dollars = totals["announced", "USD"]
    assert len(dollars.parts) + len(dollars.left_out) == len(names)
    reasons = {out.record: out.reason for out in dollars.left_out}
    assert "never added" in reasons["project/whole"]
    assert "project/big" in reasons["project/inside"]
    # Without the whole in the question, its part may be counted.
    alone = money.total(held, ["project/inside"], TODAY)
    assert [total.low for total in alone] == [20]


def test_a_sum_of_nothing_is_unavailable_and_not_zero() -> None:
    held = ledger(project("whole", say("project/whole", "announced", 100, "USD"), umbrella="true"))
    (total,) = money.total(held, ["project/whole"], TODAY)
    assert isinstance(total.figure(held.sources), Unavailable)
    assert total.row()["low"] is None


def test_a_total_leads_to_its_claims_and_carries_the_weakest_status(shipped: Data) -> None:
    names = [r.subject for r in shipped.ledger.records("project")]
    for total in money.total(shipped.ledger, names, TODAY):
        figure = total.figure(shipped.ledger.sources)
        if isinstance(figure, Figure):
            assert len(figure.inputs) == len(total.claims)
            assert figure.status is max((f.status for f in figure.inputs), key=lambda s: s.rank)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        (("=", "="), "="),
        ((">", "="), ">"),
        ((">=", "="), ">="),
        (("<", "<="), "<"),
        ((">", "<"), "~"),
        (("~", "="), "~"),
    ],
)
def test_the_hedge_of_a_sum(marks: tuple[str, str], expected: str) -> None:
    assert money.hedge(marks) == expected


# Stages


def test_a_stage_seen_only_in_a_span_was_reached_between_the_last_earlier_sign_and_its_end() -> None:
    record = "project/bridge"
    held = ledger(
        project(
            "bridge",
            say(record, "stage", "construction", period="2021-08-17"),
            say(record, "stage", "operating", period="2023-01/2023-07"),
        )
    )
    found = stages.opening(held.record(record), TODAY)
    assert found is not None
    assert found.words == "2021-08-17/2023-07-31"
    assert stages.opening(held.record(record), "2022") is None


def test_a_stage_of_the_future_is_not_reached_and_a_plan_never_is() -> None:
    record = "project/plant"
    held = ledger(
        project(
            "plant",
            say(record, "stage", "contracted", period="2018-12-18"),
            say(record, "stage", "operating", period="2019", status=Status.FORECAST),
            say(record, "stage", "construction", period="2021-05-19", as_of="2021-05-19"),
        )
    )
    now = stages.current(held.record(record), "2020-06-01")
    assert now is not None
    assert now.code == "contracted"
    later = stages.current(held.record(record), TODAY)
    assert later is not None
    assert later.code == "construction"


# Headlines


def test_the_headline_of_160_billion_is_taken_apart(shipped: Data) -> None:
    """The 2023 headline counts 78 projects worth USD 160 billion and gives no list."""
    found = headline.decompose(shipped.ledger, "project/rus-chn-headline-2023", TODAY)
    (row,) = found.rows()
    assert (row["unit"], row["headline_low"], row["headline_high"]) == ("USD", 160e9, 160e9)
    assert row["unnamed_low"] == 160e9 - row["named_high"]
    assert row["unnamed_high"] == 160e9 - row["named_low"]
    assert found.number is not None
    assert found.number.statement.number == 78
    assert row["named_parts"] <= len(found.parts)
    # Who claimed how much, and when, in words; what nobody names, and what only might be a part, apart.
    assert found.notes[0].startswith(
        "Claimed, 2023: 78 projects, 160,000,000,000 USD, says an unsigned article"
    )
    if not found.parts:
        assert "Named as its parts: none of 78 projects; no source held lists them." in found.notes
        assert (row["named"], row["unnamed"]) == ("none", "all of it")
    told = "\n".join(found.notes)
    assert "- 10 December 2020: about 70 projects, 107,000,000,000 USD, says" in told
    assert "- 2024: 80 projects, about 200,000,000,000 USD, says" in told
    assert f"Candidates, apart: {len(found.candidates)} records" in told
    assert row["projects_count"] == 78
    # One pipeline makes up most of the candidates; what was frozen or refused by then is none.
    assert row["largest_candidate"] == "project/power-of-siberia"
    assert "55,000,000,000 USD of them Power of Siberia" in row["candidates"]
    ended = {part.record for part in found.apart}
    assert {"project/cr929-aircraft", "project/baikal-water-plant"} <= ended
    assert not ended & {part.record for part in found.candidates}
    assert {"project/haval-tula", "project/blagoveshchensk-heihe-bridge"} <= {
        p.record for p in found.candidates
    }
    assert not any("over since" in part.why for part in found.candidates)
    # A claim in yuan or roubles names nothing of a sum in dollars.
    named = {
        claim.statement.unit for r in found.remainders for claim in (*r.named.claims, *r.candidates.claims)
    }
    assert named <= {"USD"}
    rivals = {claim.record for claim in found.rivals}
    assert "project/rus-chn-investment-commission-portfolio" in rivals
    candidates = {part.record for part in found.candidates}
    assert not candidates & rivals
    assert "project/rus-chn-nuclear-2018" in candidates
    assert "project/tianwan-units-7-8" not in candidates, "a part of a candidate is inside it"


def test_headlines_are_a_table_of_claims_by_date(shipped: Data) -> None:
    """70 projects and 107 billion in 2020, 78 and 160 in 2023, 80 and 200 in 2024, 86 in October 2025."""
    rows = headlines(shipped.ledger, ["RUS", "CHN"], TODAY)
    counted = [
        (
            row.claimed_on,
            row.number.statement.number,
            max((c.bounds[1] for c in row.sums if c.statement.unit == "USD"), default=None),
        )
        for row in rows
        if row.number is not None
    ]
    wanted = [("2020-12-10", 70, 107e9), ("2023", 78, 160e9), ("2024", 80, 200e9), ("2025-10", 86, 222e9)]
    assert [row for row in counted if row in wanted] == wanted
    assert [row for row in headlines(shipped.ledger, ["RUS", "CHN"], "2021") if row.claimed_on > "2021"] == []


def test_the_newest_claim_is_shown_whole_with_its_own_count(shipped: Data) -> None:
    """RDIF, October 2025: 86 projects, 18 trillion roubles, which it converts to 222 billion dollars."""
    portfolio = "project/rus-chn-investment-commission-portfolio"
    rows = headline.decompose(shipped.ledger, portfolio, "2025-11-02").rows()
    assert [(r["unit"], r["headline_low"], r["projects_count"], r["converted"]) for r in rows] == [
        ("RUB", 18e12, 86, False),
        ("USD", 222e9, 86, True),
    ]
    # The government named more than 200 billion a day later, without a number: none is borrowed.
    (newest,) = headline.decompose(shipped.ledger, portfolio, TODAY).rows()
    assert (newest["headline_low"], newest["claimed_on"], newest["projects_count"]) == (
        200e9,
        "2025-11-03",
        None,
    )


def test_what_was_not_claimed_yet_says_since_when_it_was(shipped: Data) -> None:
    found = headline.decompose(shipped.ledger, "project/rus-chn-headline-2023", "2020-01-01")
    assert found.notes == ("The headline had not been claimed by 1 January 2020. It was first claimed 2023.",)
    assert found.rows() == []


def test_named_parts_are_reckoned_on_shipped_data(shipped: Data) -> None:
    """Trutnev, 13 March 2025: 58 projects, more than a trillion roubles, 890 billion of it the Amur complex."""
    found = headline.decompose(shipped.ledger, "project/chn-far-east-regimes", TODAY)
    (row,) = found.rows()
    assert (row["named_low"], row["headline_low"], row["named_parts"]) == (890e9, 1e12, 1)
    assert row["unnamed_low"] == 110e9
    assert row["named_low_pct"] == pytest.approx(89)
    bridge = headline.decompose(shipped.ledger, "project/rus-chn-significant-projects", TODAY)
    assert [part.record for part in bridge.parts] == ["project/nizhneleninskoye-tongjiang-bridge"]
    assert headline.decompose(shipped.ledger, bridge.record, "2025-10-31").parts == ()


def test_one_claim_may_be_dated_to_the_day_and_to_the_month() -> None:
    held = ledger(
        project(
            "top",
            say("project/top", "number", 4, "count", as_of="2018-06-08"),
            say("project/top", "announced", 100, "CNY", as_of="2018-06"),
            umbrella="true",
        )
    )
    (claim,) = headline.decompose(held, "project/top", TODAY).claims
    assert (claim.claimed_on, len(claim.claims)) == ("2018-06-08", 2)


def _headline(*parts: list[Statement]) -> Ledger:
    top = project(
        "top",
        say("project/top", "announced", 1000, "USD", as_of="2023", comparator=">"),
        say("project/top", "number", 10, "count", as_of="2023"),
        umbrella="true",
    )
    return ledger(top, *parts)


def test_named_and_unnamed_make_up_the_headline_and_hedges_turn_round() -> None:
    held = _headline(
        project(
            "one",
            say("project/one", "announced", 100, "USD", as_of="2022"),
            say("project/one", "announced", 150, "USD", as_of="2022", source="other"),
            parent="project/top",
        ),
        project("two", say("project/two", "announced", 50, "EUR"), parent="project/top"),
        project("three", parent="project/top"),
    )
    found = headline.decompose(held, "project/top", TODAY)
    (rest,) = found.remainders
    assert (rest.named.low, rest.named.high) == (100, 150)
    assert (rest.unnamed_low, rest.unnamed_high) == (850, 900)
    assert rest.comparator == ">"
    assert (rest.share_low_pct, rest.share_high_pct) == (10, 15)
    reasons = {out.record: out.reason for out in rest.named.left_out}
    assert "only announced EUR" in reasons["project/two"]
    assert [(t.kind, t.unit, t.low) for t in found.elsewhere] == [("announced", "EUR", 50)]
    assert any("nothing is converted" in note for note in found.notes)
    (row,) = found.rows()
    assert row["headline"] == "more than 1,000 USD"
    assert row["named"] == "100 to 150 USD by 1 record"
    assert row["unnamed"] == "more than 850 to 900 USD"


def test_a_part_that_is_an_umbrella_counts_once() -> None:
    """What it states itself counts; of what it does not state, the sum of what lies under it."""
    held = _headline(
        project("mid", say("project/mid", "announced", 300, "USD"), parent="project/top", umbrella="true"),
        project(
            "leaf",
            say("project/leaf", "announced", 200, "USD"),
            say("project/leaf", "contracted", 120, "USD"),
            parent="project/mid",
        ),
    )
    found = headline.decompose(held, "project/top", TODAY)
    assert [part.record for part in found.parts] == ["project/mid"]
    (rest,) = found.remainders
    assert rest.named.low == 300
    assert [(t.kind, t.low) for t in found.elsewhere] == [("contracted", 120)]
    assert found.parts[0].inside == ("project/leaf",)


def test_parts_that_say_more_than_the_headline_leave_less_than_nothing() -> None:
    held = _headline(project("one", say("project/one", "announced", 1200, "USD"), parent="project/top"))
    (rest,) = headline.decompose(held, "project/top", TODAY).remainders
    assert rest.unnamed_low == -200


def test_candidates_are_of_the_same_countries_and_time_and_rivals_are_not_among_them() -> None:
    held = _headline(
        project("now", say("project/now", "stage", "construction", period="2022"), parties="BLR BY-VI CHN"),
        project("over", say("project/over", "stage", "operating", period="2005", source="other")),
        project(
            "later", say("project/later", "stage", "announced", period="2025", as_of="2025", source="other")
        ),
        project("abroad", say("project/abroad", "stage", "construction", period="2022"), parties="RUS CHN"),
        project("again", say("project/again", "announced", 900, "USD", as_of="2024"), umbrella="true"),
        project("small", say("project/small", "announced", 90, "USD", as_of="2022"), umbrella="true"),
    )
    # Names and parties of the test's projects carry the day of the paper, which would make all of them known in 2020.
    bare = Ledger(
        [
            s if s.property not in ("name", "parties") else say(s.subject, s.property, s.text, source="other")
            for s in held.history
        ],
        held.sources,
    )
    found = headline.decompose(bare, "project/top", TODAY)
    # Works that opened long ago are at work still, so they are candidates; what came later is not.
    assert [part.record for part in found.candidates] == ["project/now", "project/over", "project/small"]
    assert {claim.record for claim in found.rivals} == {"project/again"}
    assert all("no source counts it in" in part.why for part in found.candidates)


def test_a_ring_of_umbrellas_ends_and_a_plain_project_is_no_headline() -> None:
    held = ledger(
        project("a", say("project/a", "announced", 5, "USD"), parent="project/b"),
        project("b", say("project/b", "announced", 6, "USD"), parent="project/a"),
        project("plain"),
    )
    assert headline.decompose(held, "project/a", TODAY).parts == ()
    assert money.total(held, ["project/a", "project/b"], TODAY)[0].parts == ()
    with pytest.raises(BadUsage, match="no headline set"):
        headline.decompose(held, "project/plain", TODAY)


# Duplicates


def test_two_records_of_one_thing_are_suspected_with_reasons_and_never_merged() -> None:
    held = ledger(
        project("one", say("project/one", "announced", 100, "USD"), title="Orsha linen mill", place="Orsha"),
        project(
            "two", say("project/two", "announced", 103, "USD"), title="Mill for linen at Orsha", place="Orsha"
        ),
    )
    (found,) = duplicates.suspicions(held.records("project"))
    assert (found.a, found.b) == ("project/one", "project/two")
    assert found.agree == ("place", "name", "sums")
    assert len(held.records("project")) == 2


@pytest.mark.parametrize(
    ("title_a", "place_a", "title_b", "place_b"),
    [
        ("Tianwan units 3 and 4", "Jiangsu", "Tianwan units 7 and 8", "Jiangsu"),
        (
            "Reconstruction of the Kraskino road crossing",
            "Kraskino",
            "Reconstruction of the Zabaikalsk road crossing",
            "Zabaikalsk",
        ),
        ("Linen mill", "Orsha", "Linen mill", "Vitebsk"),
    ],
)
def test_a_stated_difference_ends_the_suspicion(
    title_a: str, place_a: str, title_b: str, place_b: str
) -> None:
    held = ledger(
        project("one", say("project/one", "announced", 100, "USD"), title=title_a, place=place_a),
        project("two", say("project/two", "announced", 100, "USD"), title=title_b, place=place_b),
    )
    assert duplicates.suspicions(held.records("project")) == ()


def test_close_sums_are_compared_whatever_their_digits() -> None:
    for x, y in ((99e6, 103e6), (9.99e9, 1.0e10), (149e6, 151e6), (500, 524)):
        held = ledger(
            project("one", say("project/one", "announced", x, "USD"), title="Alpha", place="Minsk"),
            project("two", say("project/two", "announced", y, "USD"), title="Beta", place="Minsk"),
        )
        (found,) = duplicates.suspicions(held.records("project"))
        assert found.agree == ("place", "sums")


@pytest.mark.parametrize(
    ("title", "sum_usd", "place"),
    [
        ("Витебская ГЭС", 189_550_000, "Витебск"),
        ("Sila Sibiri gas pipeline", 55e9, ""),
        ("Heihe-Blagoveshchensk highway bridge", 2.5e9, ""),
    ],
)
def test_the_same_sum_between_the_same_countries_is_a_suspicion_by_itself(
    title: str, sum_usd: float, place: str
) -> None:
    said = {"place": place} if place else {}
    held = ledger(
        project(
            "old", say("project/old", "announced", sum_usd, "USD"), title="Another name", place="Vitebsk"
        ),
        project("new", say("project/new", "announced", sum_usd, "USD"), title=title, **said),
        project("near", say("project/near", "announced", sum_usd * 1.01, "USD"), title="A third"),
        project("abroad", say("project/abroad", "announced", sum_usd, "USD"), title="D", parties="RUS CHN"),
    )
    (found,) = duplicates.suspicions(held.records("project"))
    assert (found.a, found.b, found.agree) == ("project/new", "project/old", ("sums",))


def test_a_project_and_a_zone_of_one_name_are_suspected_until_they_are_entered_as_one() -> None:
    zone = [
        say("zone/park", "name", "China–Belarus industrial park Great Stone"),
        say("zone/park", "parties", "BLR CHN"),
    ]
    apart = ledger(project("park", title="Great Stone industrial park"), zone)
    both = (*apart.records("project"), *apart.records("zone"))
    (found,) = duplicates.suspicions(both)
    assert (found.a, found.b, found.agree) == ("project/park", "zone/park", ("name",))
    tied = ledger(project("park", title="Great Stone industrial park", same_as="zone/park"), zone)
    assert duplicates.suspicions((*tied.records("project"), *tied.records("zone"))) == ()


def test_great_stone_is_one_thing_in_two_registers(shipped: Data) -> None:
    found = zones.profile(shipped.ledger, "zone/great-stone", TODAY)
    assert found.project == "project/great-stone-park"
    stage = stages.current(shipped.ledger.record(found.project), TODAY)
    assert stage is not None
    assert stage.code == "operating"


def test_sets_are_found_whether_or_not_they_are_marked() -> None:
    held = ledger(
        project("marked", umbrella="true"),
        project("parent"),
        project("child", parent="project/parent"),
        project("counted", say("project/counted", "number", 27, "count")),
        project("single"),
    )
    found = {u.record: u for u in duplicates.umbrellas(held)}
    assert {name: u.declared for name, u in found.items()} == {
        "project/marked": True,
        "project/parent": False,
        "project/counted": False,
    }
    assert found["project/parent"].parts == ("project/child",)


# Slippage


def _delayed(name: str, planned: str, opened: str) -> list[Statement]:
    record = f"project/{name}"
    return project(
        name,
        say(record, "planned_opening", planned, as_of="2010"),
        say(record, "stage", "operating", period=opened),
    )


def test_a_delay_is_a_range_from_the_precision_of_both_times() -> None:
    held = ledger(_delayed("a", "2015", "2017-07-01"))
    (case,) = slippage.slippage(held, TODAY).cases
    assert case.against_first is not None
    assert case.against_first.low_months == pytest.approx(18, abs=0.1)
    assert case.against_first.high_months == pytest.approx(30, abs=0.1)


def test_below_five_cases_there_is_a_list_and_no_statistic() -> None:
    four = [_delayed(f"p{n}", "2015-01-01", f"201{5 + n}-01-01") for n in range(4)]
    assert isinstance(slippage.slippage(ledger(*four), TODAY).summary, Unavailable)
    five = [*four, _delayed("p4", "2015-01-01", "2019-01-01")]
    found = slippage.slippage(ledger(*five), TODAY)
    assert isinstance(found.summary, slippage.Summary)
    assert found.summary.cases == 5
    assert found.summary.median_low == found.summary.median_high == pytest.approx(24, abs=0.1)
    assert found.summary.late == 4
    assert (found.summary.least, found.summary.most) == (0, pytest.approx(48, abs=0.1))


def test_plans_are_kept_in_the_order_in_which_they_were_made_and_the_last_one_is_measured_too() -> None:
    record = "project/a"
    held = ledger(
        project(
            "a",
            say(record, "planned_opening", "2016-12-31", as_of="2012"),
            say(record, "stage", "operating", period="2018-12-31", as_of="2015", status=Status.FORECAST),
            say(record, "stage", "operating", period="2019-12-31"),
            say(record, "planned_opening", "2030", as_of="2021", note="second line"),
        )
    )
    (case,) = slippage.slippage(held, TODAY).cases
    assert [plan.planned for plan in case.plans] == ["2016-12-31", "2018-12-31", "2030"]
    assert case.against_first is not None
    assert case.against_last is not None
    assert case.against_first.low_months == pytest.approx(36, abs=0.1)
    assert case.against_last.low_months == pytest.approx(12, abs=0.1)


def test_a_passed_plan_without_an_opening_is_a_silence_and_no_delay() -> None:
    held = ledger(project("a", say("project/a", "planned_opening", "2020-11-21", as_of="2015")))
    (case,) = slippage.slippage(held, TODAY).cases
    assert case.state == "planned time passed, no opening recorded"
    assert case.against_first is None
    assert case.overdue_months == pytest.approx(72, abs=0.1)
    (then,) = slippage.slippage(held, "2019").cases
    assert (then.state, then.overdue_months) == ("awaited", None)


def test_a_plan_made_after_the_opening_measures_nothing() -> None:
    record = "project/a"
    held = ledger(
        project(
            "a",
            say(record, "planned_opening", "2022", as_of="2020-11"),
            say(record, "stage", "operating", period="2019-06-05"),
        )
    )
    (case,) = slippage.slippage(held, TODAY).cases
    assert (case.state, case.against_first) == ("opened before any plan held", None)


def test_headline_sets_are_not_counted_beside_their_parts() -> None:
    held = ledger(
        _delayed("a", "2015", "2016"), _delayed("set", "2015", "2016"), say("project/set", "umbrella", "true")
    )
    assert [case.record for case in slippage.slippage(held, TODAY).cases] == ["project/a"]


def test_from_talks_to_opening() -> None:
    record = "project/bridge"
    held = ledger(
        project(
            "bridge",
            say(record, "talks_began", "1988-06-10"),
            say(record, "stage", "construction", period="2016-12-10"),
            say(record, "stage", "operating", period="2022-06-10"),
            say(record, "duration", 20, "years", note="of negotiation"),
        )
    )
    (found,) = slippage.journeys(held, TODAY).journeys
    assert found.talks_to_works == (28.5, 28.5)
    assert found.works_to_opening == (5.5, 5.5)
    assert found.talks_to_opening == (34.0, 34.0)
    assert [claim.statement.number for claim in found.stated] == [20]


def test_works_on_record_after_the_opening_are_a_second_phase_with_its_own_opening() -> None:
    """BelGee put cars together from February 2013, built new works from March 2015 and opened these in November 2017."""
    record = "project/works"
    held = ledger(
        project(
            "works",
            say(record, "stage", "operating", period="2013-02"),
            say(record, "stage", "construction", period="2015-03"),
            say(record, "stage", "operating", period="2017-11-17"),
        )
    )
    first, second = slippage.journeys(held, TODAY).journeys
    assert (first.phase, first.works, first.works_to_opening) == (1, None, None)
    assert second.phase == 2
    assert second.opened is not None
    assert second.opened.words == "2017-11-17"
    assert second.works_to_opening == (2.6, 2.7)


def test_a_year_of_operation_proves_an_opening_by_its_end_and_not_in_it() -> None:
    record = "project/pipe"
    held = ledger(
        project(
            "pipe",
            say(record, "planned_opening", "2018", as_of="2014"),
            say(record, "stage", "construction", period="2016"),
            say(record, "stage", "operating", period="2020", note="first full year"),
        )
    )
    (case,) = slippage.slippage(held, TODAY).cases
    assert case.opened is not None
    assert case.opened.words == "2016-12-31/2020-12-31"
    assert case.against_first is not None
    assert case.against_first.high_months == pytest.approx(36, abs=0.1)


def test_full_capacity_is_a_later_milestone_and_no_plan_of_the_opening(shipped: Data) -> None:
    """Deliveries were planned for 2018 (CNPC, 2014) and began on 2 December 2019; 2025 is that of full capacity."""
    found = {case.record: case for case in slippage.slippage(shipped.ledger, TODAY).cases}
    pipe = found["project/power-of-siberia"]
    assert [plan.planned for plan in pipe.plans] == ["2018"]
    assert {plan.planned for plan in pipe.later} == {"2025"}
    assert all("full export capacity" in plan.milestone for plan in pipe.later)
    assert pipe.opened is not None
    assert pipe.opened.words == "2019-12-02"
    assert pipe.against_first is not None
    assert (pipe.against_first.low_months, pipe.against_first.high_months) == (11.0, 23.0)
    assert found["project/haval-tula"].plans == ()
    assert found["project/tianwan-units-7-8"].later[0].milestone == "unit 8"


def test_a_plan_said_again_unchanged_is_no_move() -> None:
    record = "project/a"
    plans = [
        ("2016-03", "2013"),
        ("2019-07", "2017"),
        ("2019-07", "2018"),
        ("2021", "2019"),
        ("2019-07", "2020"),
    ]
    later = [
        ("2027", "full capacity"),
        ("2027", "full capacity of 5 million t a year"),
        ("2028", "full capacity"),
    ]
    held = ledger(
        project(
            "a",
            *(say(record, "planned_opening", when, as_of=said) for when, said in plans),
            *(say(record, "planned_opening", when, note=f"later milestone: {what}") for when, what in later),
        )
    )
    (row,) = slippage.slippage(held, TODAY).rows()
    assert row["planned"] == "2016-03 → 2019-07 → 2021 → 2019-07", "a plan that was taken back is a move"
    assert row["later"] == "2027: full capacity of 5 million t a year; 2028: full capacity"
    assert (len(row["plans"]), len(row["later_milestones"])) == (5, 3), "every statement is still there"


def test_no_shipped_plan_slips_to_its_own_date(shipped: Data) -> None:
    rows = {row["record"]: row for row in slippage.slippage(shipped.ledger, TODAY).rows()}
    assert rows["project/kraskino-reconstruction"]["planned"] == "2025-12"
    assert (
        rows["project/nizhneleninskoye-tongjiang-bridge"]["planned"]
        == "2016-03 → 2019-07 → 2021-08 → 2022-05"
    )
    assert rows["project/power-of-siberia"]["later"].count("full export capacity") == 1
    for row in rows.values():
        moves = row["planned"].split(" → ")
        assert all(one != other for one, other in pairwise(moves)), row["record"]


def test_the_shipped_cases_are_sound(shipped: Data) -> None:
    found = slippage.slippage(shipped.ledger, TODAY)
    assert {case.record for case in found.cases} >= {
        "project/vitebsk-hydropower",
        "project/svetlogorsk-pulp-mill",
    }
    for case in found.cases:
        delay = case.against_first
        assert (delay is not None) == (case.state == "opened")
        assert delay is None or delay.low_months is None or delay.low_months <= delay.high_months
    vitebsk = next(case for case in found.cases if case.record == "project/vitebsk-hydropower")
    # Planned by decree for 1 January 2019, accepted on 31 July 2017: early.
    assert vitebsk.against_first is not None
    assert vitebsk.against_first.high_months == -17.1
    for journey in slippage.journeys(shipped.ledger, TODAY).journeys:
        for years in (journey.talks_to_works, journey.works_to_opening, journey.talks_to_opening):
            assert years is None or years[0] is None or 0 <= years[0] <= years[1]


# The gate


def _safe(*words: tuple[str, str]) -> gate.Gate:
    said = [say("project/a", "safety", word, period=when) for word, when in words]
    return gate.gate(ledger(project("a", *said)).record("project/a"), TODAY)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ((), "unknown"),
        ((("not-published", "2020"),), "unknown"),
        ((("assessed", "2019"), ("permitted", "2020")), "permitted"),
        ((("refused", "2019"), ("assessed", "2020")), "refused"),
        ((("refused", "2019"), ("concern", "2020")), "refused"),
        ((("refused", "2019"), ("permitted", "2021")), "permitted"),
        ((("permitted", "2019"), ("refused", "2021")), "refused"),
        ((("concern", "2019"), ("assessed", "2021")), "concern"),
        ((("permitted", "2019"), ("concern", "2021")), "concern"),
        ((("permitted", "2020-03-01"), ("refused", "2020-03-01")), "refused"),
        ((("permitted", "2019"), ("refused", "2030")), "permitted"),
    ],
)
def test_the_latest_word_counts_and_a_refusal_stands_until_a_permit(
    words: tuple[tuple[str, str], ...], state: str
) -> None:
    found = _safe(*words)
    assert found.state == state
    assert found.passes == (state not in ("refused", "concern", "unknown"))
    assert found.reason.startswith("held back: ") != found.passes


def test_a_stated_concern_is_held_back_until_a_permit_that_came_after_it() -> None:
    """A concern never passes without a word: held back while it stands, told with the permit that answers it."""
    open_ended = _safe(("permitted", "2018"), ("concern", "2019"), ("assessed", "2020"))
    assert not open_ended.passes
    assert open_ended.reason == "held back: stated concern, 2019, by A paper"
    for answer in ("permitted", "conditional"):
        answered = _safe(("concern", "2019"), (answer, "2021"))
        assert answered.passes
        assert answered.reason == f"{answer}, 2021, by A paper; before it concern, 2019, by A paper"
    # A permit of the same day is no answer, and one from before neither.
    assert not _safe(("permitted", "2020-03-01"), ("concern", "2020-03-01")).passes


def test_shipped_projects_with_a_stated_concern_are_held_back(shipped: Data) -> None:
    """WWF Russia on the dam of Amazar (March 2018), residents of Svetlogorsk (Green Belarus, April 2019)."""
    found = {r.subject: gate.gate(r, TODAY) for r in shipped.ledger.records("project")}
    concerned = {name for name, item in found.items() if item.state == "concern"}
    assert {"project/amazar-pulp-mill", "project/svetlogorsk-pulp-mill"} <= concerned
    assert all(found[name].reason.startswith("held back: stated concern") for name in concerned)
    ranked = {item.record for item in ranking.largest(shipped.ledger, "announced", "EUR", TODAY).ranked}
    assert not concerned & ranked


def test_what_is_assumed_to_be_safe_is_unknown() -> None:
    said = say("project/a", "safety", "permitted", source="assumed", status=Status.ASSUMED)
    assert gate.gate(ledger(project("a", said)).record("project/a"), TODAY).state == "unknown"


def test_every_ranking_puts_apart_with_the_reason_what_the_gate_holds_back() -> None:
    def built(name: str, sum_usd: float, *safety: str) -> list[Statement]:
        record = f"project/{name}"
        return [
            *_delayed(name, "2015", "2018-06"),
            say(record, "announced", sum_usd, "USD"),
            *(say(record, "safety", word, period="2014") for word in safety),
        ]

    held = ledger(
        built("huge", 900, "refused"),
        built("large", 500),
        built("middle", 300, "permitted"),
        built("twin", 300, "conditional"),
        built("small", 100, "concern"),
        project("mute", say("project/mute", "safety", "permitted", period="2014")),
    )
    found = ranking.largest(held, "announced", "USD", TODAY)
    assert [(r.rank, r.record) for r in found.ranked] == [
        (1, "project/middle"),
        (1, "project/twin"),
    ]
    assert {g.record: g.state for g in found.apart} == {
        "project/huge": "refused",
        "project/large": "unknown",
        "project/small": "concern",
    }
    assert all(g.reason for g in found.apart)
    assert found.unmeasured == ("project/mute",)
    late = ranking.ranked(held, "delay", "USD", TODAY)
    assert late == slippage.longest_delays(held, TODAY)
    assert {r.record for r in late.ranked} == {"project/middle", "project/twin"}
    assert {g.record for g in late.apart} == {"project/huge", "project/large", "project/small"}
    with pytest.raises(UnknownLabel):
        ranking.largest(held, "anounced", "USD", TODAY)
    with pytest.raises(UnknownLabel):
        ranking.ranked(held, "announced", "DOLLAR", TODAY)


def test_the_gate_is_for_projects() -> None:
    held = ledger(say("fund/a", "name", "A"), say("fund/a", "parties", "BLR CHN"))
    with pytest.raises(BadUsage, match="no project"):
        gate.gate(held.record("fund/a"), TODAY)


# Funds and zones


def test_the_card_of_the_russia_china_fund(shipped: Data) -> None:
    """Capital of USD 2 billion (2019), 19 projects and 1 billion placed (July 2017), more than 20 and 1.1 (2018)."""
    found = funds.card(shipped.ledger, "fund/russia-china-investment-fund", TODAY)
    assert {"Russian Direct Investment Fund", "China Investment Corporation"} <= {
        s.text for s in found.sponsors
    }
    assert any(c.statement.number == 19 and c.claimed_on == "2017-07-06" for c in found.projects)
    days = [money._day_of(claim) for claim in found.invested]
    assert days == sorted(days)
    assert not any(claim.expected for held in found.newest for claim in held.claims)
    assert all(claim.expected for claim in found.expected)
    with pytest.raises(BadUsage, match="no fund"):
        funds.card(shipped.ledger, "project/vitebsk-hydropower", TODAY)
    then = funds.card(shipped.ledger, "fund/russia-china-investment-fund", "2017-12-31")
    assert all(claim.claimed_on <= "2017-12-31" for claim in then.invested)
    assert len(then.invested) < len(found.invested)


def test_a_ratio_needs_one_source_and_one_date() -> None:
    zone = "zone/park"
    held = ledger(
        say(zone, "name", "Park"),
        say(zone, "parties", "BLR CHN"),
        say(zone, "residents", 200, "count", as_of="2025-12"),
        say(zone, "area", 400, "ha", as_of="2025-12", note="first stage"),
        say(zone, "area", 10, "km2", as_of="2025-12", source="other"),
        say(zone, "area", 10, "km2", as_of="2024-12"),
        say(zone, "declared_investment", 1000, "USD", as_of="2025-12", comparator=">"),
        say(zone, "declared_investment", 7, "USD", as_of="2025-12", note="of which by new residents"),
        say(zone, "jobs", 100, "persons", period="2025"),
    )
    rows = [ratio.row() for ratio in zones.profile(held, zone, TODAY).ratios]
    found = {(row["measure"], row["per"]): (row["value"], row["comparator"]) for row in rows}
    assert found == {
        ("residents", "km2"): (50, "="),
        ("declared investment", "km2"): (250, ">"),
        ("declared investment", "resident"): (5, ">"),
    }
    assert len(rows) == 3
    assert "area: first stage" in next(row["note"] for row in rows if row["measure"] == "residents")


def test_the_profile_of_great_stone_grows_by_date(shipped: Data) -> None:
    """68 residents in January 2021, 93 in October 2022, 118 at the end of 2023, 171 at the end of 2025."""
    found = zones.profile(shipped.ledger, "zone/great-stone", TODAY)
    counts = [claim.statement.number for claim in found.of("residents")]
    assert [n for n in counts if n in (68, 93, 118, 171)] == [68, 93, 118, 171]
    for ratio in found.ratios:
        sources = {f.citation.source.id for f in ratio.figure.inputs if f.citation}
        assert len(sources) == 1
        assert len({f.period for f in ratio.figure.inputs}) == 1
    assert [
        c.statement.number
        for c in zones.profile(shipped.ledger, "zone/great-stone", "2022-10-31").of("residents")
    ][-1] == 93


def test_stocks_of_a_zone_stand_apart_from_flows(shipped: Data) -> None:
    """Exports of 75.8 million roubles are of the year 2020, residents of a day."""
    rows = zones.profile(shipped.ledger, "zone/great-stone", TODAY).rows()
    kinds = [row["measured"] for row in rows]
    assert kinds == sorted(kinds, key="stock flow".index)
    exports = next(row for row in rows if row["kind"] == "exports")
    assert (exports["measured"], exports["period"], exports["value"]) == ("flow", "2020", 75.8e6)
    assert {row["measured"] for row in rows if row["kind"] == "residents"} == {"stock"}


def test_the_same_question_for_the_same_day_has_the_same_answer() -> None:
    """What is said later does not change what was known on a day."""
    record = "project/one"
    early = [
        project("top", say("project/top", "announced", 1000, "USD", as_of="2015"), umbrella="true"),
        project("one", say(record, "announced", 10, "USD", as_of="2014"), parent="project/top"),
        _delayed("late", "2015", "2017"),
    ]
    # The test's paper is of 2020, so what is asked about 2019 rests on statements with days of their own.
    later = [
        say(record, "announced", 999, "USD", as_of="2021"),
        say(record, "safety", "refused", period="2021", as_of="2021"),
        say("project/late", "planned_opening", "2025", as_of="2021"),
    ]
    day = "2020-06-01"
    for view in (
        lambda held: headline.decompose(held, "project/top", day).rows(),
        lambda held: slippage.slippage(held, day).rows(),
        lambda held: gate.gate(held.record(record), day).row(),
        lambda held: [t.row() for t in money.total(held, [record], day)],
    ):
        assert view(ledger(*early)) == view(ledger(*early, later))
