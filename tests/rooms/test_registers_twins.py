"""The register of twins: single ties, what they add up to and what they do not, and pairs that might be twinned."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from landbridge import codes, load
from landbridge.errors import BadUsage, NotHeld
from landbridge.ledger import Ledger, read
from landbridge.planning.matching import match
from landbridge.registers import twin_gaps, twins
from landbridge.registers.register import register
from landbridge.registers.twin_files import Origin, load_twins
from landbridge.registers.twin_gaps import FOR, Ground, ought
from landbridge.release import Data
from landbridge.release.loading import load as load_trade
from landbridge.release.workspace import Workspace

TODAY = "2026-11-22"
HELD = """
recorded: 2026-11-20
recorder: Desk
kind: twinning
sources:
  - {id: paper, publisher: A paper}
  - {id: board, publisher: A board, weak: true}
entries:
  - record: twinning/heilongjiang-amur
    source: paper
    says: {parties: [CN-HL, RU-AMU], level: region, form: sister, since: 1991, active: {value: A visit, period: 2026-05}}
  - record: twinning/heilongjiang-amur
    source: board
    says: {parties: [RU-AMU, CN-HL], since: {value: 1990, comparator: "~"}, city_pairs: {value: 4, unit: count, as_of: 2024}}
  - record: twinning/jilin-amur
    source: paper
    says: {parties: [CN-JL, RU-AMU], level: region, active: {value: A fair, period: 2020-06}}
  - record: twinning/liaoning-amur
    source: paper
    says: {parties: [CN-LN, RU-AMU], level: region, since: 1999, until: 2021}
  - record: twinning/three
    source: paper
    says: {parties: [CN-HL, CN-JL, RU-PRI], level: region}
  - record: twinning/heihe-blagoveshchensk
    source: paper
    says: {name: Heihe and Blagoveshchensk, parties: [CN-HL, RU-AMU], level: city, document: document/cities}
  - record: twinning/aihui-zeya
    source: paper
    says: {name: Aihui and Zeya, parties: [CN-HL, RU-AMU], level: district}
  - record: twinning/harbin-somewhere
    source: paper
    says: {name: Harbin and Somewhere, parties: [CN-HL, RUS], level: city}
  - record: twinning/shanghai-saint-petersburg
    source: paper
    says: {name: Saint Petersburg and Shanghai, parties: [CN-SH, RU-SPE], level: city}
  - record: twinning/council
    source: paper
    says: {name: A council, parties: [RU-FD-FAREAST, CN-NORTHEAST], level: region}
  - record: twinning/all
    source: paper
    says:
      {name: All, parties: [RUS, CHN], level: region, umbrella: true,
       number: {value: 51, unit: count, as_of: 2018, note: regions with a twin; not pairs}}
  - record: document/cities
    kind: document
    source: paper
    says:
      {name: Of two cities, type: agreement, parties: [CN-HL, RU-AMU], signed: 2004,
       activity: {value: A ferry, period: 2025-08}}
"""


def holding(text: str, folder: Path) -> Data:
    """The release with another ledger in the place of its own."""
    path = folder / "held.yaml"
    path.write_text(text, "utf-8")
    file = read(path, [place.code for place in codes.places()])
    data = load()
    sources = {**data.sources, **{source.id: source for source in file.sources}}
    vars(data)["ledger"] = Ledger(file.statements, sources)
    return data


@pytest.fixture
def data(tmp_path: Path) -> Data:
    return holding(HELD, tmp_path)


@pytest.fixture(scope="module")
def shipped() -> Data:
    return load()


def named(found: tuple[twins.Tie, ...]) -> list[str]:
    return [tie.record.subject.partition("/")[2] for tie in found]


def test_single_ties_leave_counts_out_and_go_by_level(data: Data) -> None:
    found = twins.ties(data, TODAY, between=("CHN", "RUS"))
    assert len(found) == 9
    assert "all" not in named(found)
    assert [tie.level for tie in found] == sorted((tie.level for tie in found), key=twins.LEVELS.index)
    assert named(twins.ties(data, TODAY, levels=("district",))) == ["aihui-zeya"]
    assert set(named(twins.ties(data, TODAY, place=("RU-PRI",)))) == {"three", "council"}
    with pytest.raises(BadUsage, match="no level"):
        twins.ties(data, TODAY, levels=("village",))


def test_a_row_says_what_the_sources_say_and_why_it_is_alive(data: Data) -> None:
    row = next(
        tie.row() for tie in twins.ties(data, TODAY) if tie.record.subject == "twinning/heilongjiang-amur"
    )
    assert row["places"] == "CN-HL RU-AMU"
    assert row["name"] == "Heilongjiang and Amur Oblast"
    assert set(row["since"].split("; ")) == {"~1990", "1991"}
    assert (row["state"], row["last_activity"], row["last_activity_period"]) == (
        "alive",
        "A visit",
        "2026-05",
    )
    assert "A visit" in row["why"]
    assert (row["sources"], row["weak_only"]) == (2, False)
    assert set(row["ids"].split()) == {
        s.id for s in data.ledger.record("twinning/heilongjiang-amur").statements
    }


@pytest.mark.parametrize(
    ("record", "state"),
    [
        ("heilongjiang-amur", "alive"),
        ("jilin-amur", "dormant"),
        ("liaoning-amur", "ended"),
        ("three", "unknown"),
        # What is done under the agreement of the two cities shows the tie at work.
        ("heihe-blagoveshchensk", "alive"),
    ],
)
def test_states_follow_the_rule(data: Data, record: str, state: str) -> None:
    tie = next(tie for tie in twins.ties(data, TODAY) if tie.record.subject == f"twinning/{record}")
    assert tie.life.state == state
    assert tie.life.why


def test_the_answer_for_a_date_stays_the_same(data: Data) -> None:
    early = {tie.record.subject: tie.life.state for tie in twins.ties(data, "2022-01-01")}
    assert early["twinning/jilin-amur"] == "alive"
    assert early["twinning/heilongjiang-amur"] != "alive", "the visit of 2026 was not yet seen"
    assert [tie.row() for tie in twins.ties(data, TODAY)] == [tie.row() for tie in twins.ties(data, TODAY)]


def test_ties_are_rolled_up_to_pairs_of_regions_and_never_added(data: Data) -> None:
    links = {(item.a, item.b): item for item in twins.roll_up(data, "CHN", "RUS", TODAY)}
    row = links["CN-HL", "RU-AMU"].row()
    assert (row["region_tie"], row["region_ties"], row["city_ties"], row["district_ties"]) == (True, 1, 1, 1)
    assert (row["alive"], row["dormant"], row["unknown"], row["ended"]) == (2, 0, 1, 0)
    assert row["stated_city_pairs"] == "4 (2024)"
    assert row["earliest_since"] == "1990"
    # The council takes in both and is a tie of no single pair; the tie of three is one of each pair across the border.
    assert row["councils_of_many"] == 1
    assert links["CN-HL", "RU-PRI"].region_tie
    assert links["CN-JL", "RU-PRI"].region_tie
    assert ("CN-LN", "RU-PRI") not in links
    # A tie that has ended is shown as ended, ties nobody and is counted in no level.
    ended = links["CN-LN", "RU-AMU"].row()
    assert (ended["region_tie"], ended["region_ties"], ended["ended"]) == (False, 0, 1)
    # Two cities that are regions: counted as a tie of cities, and the regions are tied.
    cities = links["CN-SH", "RU-SPE"].row()
    assert (cities["region_tie"], cities["region_ties"], cities["city_ties"]) == (True, 0, 1)
    # A city without a region stands under its country.
    assert links["CN-HL", "RUS"].row()["city_ties"] == 1


def test_a_country_counts_each_tie_once_and_either_side_may_come_first(data: Data) -> None:
    row = twins.between(data, "CHN", "RUS", TODAY).row()
    assert (row["region_ties"], row["city_ties"], row["district_ties"], row["councils_of_many"]) == (
        3,
        3,
        1,
        1,
    )
    turned = twins.between(data, "RUS", "CHN", TODAY).row()
    assert {k: v for k, v in row.items() if k[0] not in "ab"} == {
        k: v for k, v in turned.items() if k[0] not in "ab"
    }
    pairs = {(item.b, item.a) for item in twins.roll_up(data, "RUS", "CHN", TODAY)}
    assert pairs == {(item.a, item.b) for item in twins.roll_up(data, "CHN", "RUS", TODAY)}
    only = twins.roll_up(data, "CN-JL", "RUS", TODAY)
    assert {(item.a, item.b) for item in only} == {("CN-JL", "RU-AMU"), ("CN-JL", "RU-PRI")}
    with pytest.raises(BadUsage, match="one country"):
        twins.roll_up(data, "CN-HL", "CN-JL", TODAY)


def test_counts_over_many_stand_beside(data: Data) -> None:
    (count,) = twins.counts(data, between=("CN-HL", "RUS"))
    row = count.row()
    assert (row["value_count"], row["counted"], row["source"]) == (
        51,
        "regions with a twin; not pairs",
        "paper",
    )
    assert count.figure.citation is not None
    assert twins.counts(data, between=("CHN", "BLR")) == ()


def test_dormant_ties_are_those_that_were_seen_at_work(data: Data) -> None:
    assert named(twins.dormant(data, "CHN", "RUS", TODAY)) == ["jilin-amur"]
    assert named(twins.dormant(data, "CHN", "RUS", TODAY, years=10)) == []


def test_rows_have_no_holes_that_are_not_none(shipped: Data) -> None:
    rows = [tie.row() for tie in twins.ties(shipped, TODAY)]
    rows += [item.row() for item in twins.roll_up(shipped, "CHN", "BLR", TODAY)]
    rows += [item.row() for item in twins.counts(shipped)]
    rows += ought(shipped, "CHN", "BLR", TODAY).rows()
    for row in rows:
        for value in row.values():
            assert value is None or isinstance(value, str | int | float | bool)
            assert value != ""
            assert not isinstance(value, float) or math.isfinite(value)


def test_every_shipped_tie_is_counted_once(shipped: Data) -> None:
    standing = [r for r in shipped.ledger.records("twinning") if r.standing]
    assert len(twins.ties(shipped, TODAY)) == len(standing)
    umbrellas = {count.record.subject for count in twins.counts(shipped)}
    assert umbrellas == {r.subject for r in shipped.ledger.records("twinning") if not r.standing}
    fifty_one = [c for c in twins.counts(shipped, between=("CHN", "RUS")) if c.figure.value == 51]
    assert len(fifty_one) == 1
    assert twins.between(shipped, "CHN", "RUS", TODAY).row()["region_ties"] < 51


def test_the_shortlist_leaves_out_what_is_tied(data: Data) -> None:
    found = ought(data, "CHN", "RUS", TODAY, limit=3000, each=3000)
    pairs = {(gap.a.place.code, gap.b.place.code): gap for gap in found.gaps}
    assert found.left_out == ()
    assert found.pairs == len(codes.place("CHN").members) * len(codes.place("RUS").members)
    # Amur with two, Primorye with two, Saint Petersburg with one; the tie with Liaoning has ended.
    assert found.tied == 5
    assert len(pairs) == found.pairs - found.tied
    assert ("CN-JL", "RU-AMU") not in pairs, "a dormant tie is a tie"
    assert Ground.ENDED in pairs["CN-LN", "RU-AMU"].counter_reasons
    assert [gap.rank for gap in found.gaps] == sorted(gap.rank for gap in found.gaps)


def test_reasons_follow_from_the_ledger(data: Data) -> None:
    found = ought(data, "CHN", "RUS", TODAY, limit=3000, each=3000)
    pairs = {(gap.a.place.code, gap.b.place.code): gap for gap in found.gaps}
    for gap in found.gaps:
        assert (Ground.CROSSING in gap.grounds) != (Ground.NO_CROSSING in gap.grounds)
        assert (Ground.TRADES in gap.grounds) != (Ground.NO_TRADE in gap.grounds)
        assert Ground.NO_PRODUCTS in gap.counter_reasons, "no trade of regions by product is shipped"
        assert gap.best_rank <= gap.rank <= gap.worst_rank
        assert set(gap.reasons) <= set(FOR)
        assert not (set(gap.counter_reasons) & set(FOR))
    amur = pairs["CN-NM", "RU-AMU"]
    # Amur has ties with Heilongjiang (alive) and Jilin (dormant); that with Liaoning has ended.
    assert len(amur.ties_of_b) == 2
    assert Ground.DORMANT in amur.counter_reasons
    assert Ground.SILENT not in amur.counter_reasons
    assert Ground.COUNCIL in amur.counter_reasons
    assert Ground.MANY not in amur.counter_reasons
    assert Ground.SILENT in pairs["CN-GD", "RU-PRI"].counter_reasons
    assert Ground.COUNCIL not in pairs["CN-GD", "RU-PRI"].counter_reasons
    assert "twinning/jilin-amur" in amur.records


def test_city_ties_and_many_ties_speak_against(tmp_path: Path) -> None:
    more = HELD + "".join(
        f"  - record: twinning/more{at}\n    source: paper\n"
        f"    says: {{parties: [CN-HL, {code}], level: region, active: {{value: A visit, period: 2026-01}}}}\n"
        for at, code in enumerate(("RU-KHA", "RU-IRK"))
    )
    more += (
        "  - record: twinning/harbin-omsk\n    source: paper\n"
        "    says: {name: Harbin and Omsk, parties: [CN-HL, RU-OMS], level: city}\n"
    )
    found = ought(holding(more, tmp_path), "CN-HL", "RU-OMS", TODAY)
    (gap,) = found.gaps
    assert {Ground.CITIES, Ground.MANY} <= set(gap.counter_reasons)
    assert gap.row()["city_ties"] == 1
    assert gap.row()["other_ties_of_a"] == 4


def test_ranks_are_those_of_the_potential_engine(shipped: Data) -> None:
    found = ought(shipped, "CHN", "RUS", TODAY, limit=12)
    for gap in found.gaps[::4]:
        for here, there, ranks in ((gap.a, gap.b, gap.rank_of_b), (gap.b, gap.a, gap.rank_of_a)):
            partners = match(shipped, here.place.code, there.place.country).candidates
            one = next(item for item in partners if item.place == there.place)
            assert ranks == (one.rank, one.best_rank, one.worst_rank)
            assert gap.distance_km == pytest.approx(one.distance.point, rel=1e-12)
            assert there.size.id == one.size.id


def test_no_region_fills_the_list_unless_it_is_named(shipped: Data) -> None:
    found = ought(shipped, "CHN", "RUS", TODAY, limit=12)
    places = [gap.a.place.code for gap in found.gaps] + [gap.b.place.code for gap in found.gaps]
    assert max(places.count(code) for code in places) == twin_gaps.EACH
    assert found.passed_over > 0
    whole = ought(shipped, "CHN", "RUS", TODAY, limit=3000, each=3000)
    assert whole.passed_over == 0
    one = ought(shipped, "CN-HL", "RUS", TODAY, limit=12)
    assert {gap.a.place.code for gap in one.gaps} == {"CN-HL"}
    assert len(one.gaps) == 12
    in_whole = {(gap.a.place.code, gap.b.place.code): gap.rank for gap in whole.gaps}
    assert all(in_whole[gap.a.place.code, gap.b.place.code] == gap.rank for gap in one.gaps)


def test_what_cannot_be_asked_is_refused(shipped: Data) -> None:
    with pytest.raises(BadUsage):
        ought(shipped, "CN-HL", "CHN", TODAY)
    with pytest.raises(BadUsage, match="is none"):
        ought(shipped, "CHN", "RUS", TODAY, limit=0)
    with pytest.raises(NotHeld):
        ought(shipped, "CHN", "DEU", TODAY)


def test_a_loaded_list_reaches_every_view(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "city1,country1_iso3,region1,city2,country2_iso3,region2\n"
        "Shenzhen,CHN,CN-GD,Minsk,BLR,BY-HM\nXinyang District,CHN,CN-GD,Minsk,BLR,BY-HM\n"
    )
    before = ought(load(), "CN-GD", "BY-HM", TODAY).gaps[0]
    assert Ground.CITIES not in before.grounds
    load_twins(Workspace.open_or_create(tmp_path / "space"), [path], load(), Origin("A list"))
    with_list = load(tmp_path / "space")
    row = twins.between(with_list, "CN-GD", "BY-HM", TODAY).row()
    assert (row["region_tie"], row["city_ties"], row["district_ties"], row["unknown"]) == (False, 1, 1, 2)
    after = ought(with_list, "CN-GD", "BY-HM", TODAY).gaps[0]
    assert Ground.CITIES in after.counter_reasons
    assert after.rank == before.rank, "a reason beside the rank does not move it"


def own_trade(folder: Path, country: str, rows: str, mapped: str) -> None:
    """Load trade of regions of one country by partner country."""
    table, map_file = folder / f"{country}.csv", folder / f"{country}.yaml"
    table.write_text("period,home,partner,flow,hs,usd\n" + rows)
    map_file.write_text(mapped.replace("COUNTRY", country))
    load_trade(folder / "space", "csv", [table], str(map_file))


MAP = """about: A test.
tested_against_live_download: true
encodings: [utf-8]
delimiters: [","]
decimal: "."
period: {column: period, formats: [yyyy-mm, yyyy]}
product: {column: hs, digits: 6, keep: 6, restore_zeros: false}
value: {column: usd, currency: USD}
home: {column: home, by: code, within: COUNTRY}
partner: {column: partner, by: code}
direction: {column: flow, exports: [X], imports: [M]}
nomenclature: HS17
reporter: COUNTRY
repeats: refuse
"""


def test_complementarity_stands_beside_where_products_are_held(tmp_path: Path) -> None:
    own_trade(
        tmp_path,
        "CHN",
        "2024,CN-HL,DEU,X,070200,60\n2024,CN-HL,RUS,X,070200,10\n2024,CN-HL,DEU,X,090111,30\n"
        "2024,CN-HL,DEU,M,270900,90\n2024,CN-HL,RUS,M,440710,1\n2025,CN-HL,DEU,X,090111,30\n",
        MAP,
    )
    assert Ground.PRODUCTS not in ought(load(tmp_path / "space"), "CN-HL", "RU-OMS", TODAY).gaps[0].grounds
    own_trade(
        tmp_path,
        "RUS",
        "2024,RU-OMS,DEU,M,070200,50\n2024,RU-OMS,CHN,M,070200,10\n2024,RU-OMS,DEU,M,090111,40\n"
        "2024,RU-OMS,DEU,X,440710,80\n"
        # Two months are no year.
        "2024-01,RU-PSK,DEU,M,070200,50\n2024-02,RU-PSK,DEU,M,070200,50\n",
        MAP,
    )
    with_trade = load(tmp_path / "space")
    (gap,) = ought(with_trade, "CN-HL", "RU-OMS", TODAY).gaps
    assert Ground.PRODUCTS in gap.reasons
    row = gap.row()
    # Shares of exports 70 and 30 of 100, of imports 60 and 40 of 100: 1 - (10 + 10) / 200. 2024 is the year of both.
    assert row["complementarity_a_to_b"] == pytest.approx(0.9)
    # Timber is one part in 91 of what Heilongjiang buys, and all that Omsk sells.
    assert row["complementarity_b_to_a"] == pytest.approx(1 / 91)
    figure = gap.complementarity["a to b"]
    assert (figure.period, [item.value for item in figure.inputs]) == ("2024", [100, 100])
    other = ought(with_trade, "CN-HL", "RU-PSK", TODAY).gaps[0]
    assert Ground.NO_PRODUCTS in other.counter_reasons
    assert other.row()["complementarity_a_to_b"] is None


def test_it_is_said_what_twinning_does_not_mean() -> None:
    assert "not estimated" in twins.NO_EFFECT


def test_a_tie_that_begins_later_ties_nobody_yet(tmp_path: Path) -> None:
    text = HELD.replace("level: region, since: 1999, until: 2021}", "level: region, since: 2035}")
    data = holding(text, tmp_path)
    held = {(item.a, item.b) for item in twins.roll_up(data, "CHN", "RUS", TODAY)}
    assert ("CN-LN", "RU-AMU") not in held
    assert not twins.between(data, "CN-LN", "RU-AMU", TODAY).region_tie
    assert twins.between(data, "CN-LN", "RU-AMU", "2036").region_tie


def test_what_has_ended_is_counted_as_ended_and_in_no_level(data: Data) -> None:
    (links,) = twins.roll_up(data, "CN-LN", "RU-AMU", TODAY)
    row = links.row()
    assert (row["region_ties"], row["ended"], row["alive"], row["unknown"]) == (0, 1, 0, 0)
    listed = [
        item.row() for item in register("twinning").list(data, today=TODAY, between=("CN-LN", "RU-AMU"))
    ]
    assert [item["state"] for item in listed if item["record"] == "twinning/liaoning-amur"] == ["ended"]
    before = twins.between(data, "CN-LN", "RU-AMU", "2020").row()
    assert (before["region_ties"], before["ended"]) == (1, 0)


DOUBLE = """
  - record: twinning/shanghai-and-saint-petersburg
    source: paper
    says: {parties: [CN-SH, RU-SPE], level: region, active: {value: A visit, period: 2026-05}}
  - record: twinning/chita-hailar-hulunbuir
    source: paper
    says: {name: Chita and Hailar (Hulunbuir), parties: [RU-ZAB, CN-NM], level: district}
  - record: twinning/chita-hulunbuir-hailar
    source: board
    says: {name: Chita and Hulunbuir Hailar, parties: [CN-NM, RU-ZAB], level: city}
"""


def test_ties_that_are_perhaps_one_are_counted_once_and_named(tmp_path: Path) -> None:
    held = holding(HELD + DOUBLE.lstrip("\n"), tmp_path)
    row = twins.between(held, "CN-SH", "RU-SPE", TODAY).row()
    assert (row["region_ties"], row["city_ties"], row["alive"], row["unknown"]) == (1, 0, 1, 0)
    assert row["perhaps_one"] == (
        "Perhaps one tie, counted once: twinning/shanghai-and-saint-petersburg and twinning/shanghai-saint-petersburg."
    )
    (links,) = twins.roll_up(held, "CN-NM", "RU-ZAB", TODAY)
    assert (links.row()["city_ties"], links.row()["district_ties"], links.row()["unknown"]) == (1, 0, 1)
    assert "chita-hailar-hulunbuir and twinning/chita-hulunbuir-hailar" in links.notes[0]
    rows = {item.record.subject: item.row() for item in register("twinning").list(held, today=TODAY)}
    assert rows["twinning/chita-hailar-hulunbuir"]["perhaps_one"] == "twinning/chita-hulunbuir-hailar"
    assert rows["twinning/heilongjiang-amur"]["perhaps_one"] is None
    alone = twins.between(held, "CN-HL", "RU-AMU", TODAY)
    assert (alone.notes, len(alone.counted)) == ((), len(alone.ties))
