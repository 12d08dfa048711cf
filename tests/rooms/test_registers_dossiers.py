"""Sector dossiers: words that find their own and nothing else, parts that are missing by name, depth with evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import landbridge as lb
from landbridge import codes
from landbridge.errors import BadFile, BadUsage, UnknownLabel
from landbridge.ledger import Ledger, read
from landbridge.registers.dossier_words import found, match, names, scope
from landbridge.registers.dossier_words import read as read_scopes
from landbridge.registers.dossiers import PARTS, Dossier, dossier
from landbridge.release.data import Data

TODAY = "2026-11-22"
HEAD = """
recorded: 2026-01-01
recorder: test
sources:
  - {id: one, publisher: First Paper, published: 2024-03}
entries:
"""
WORKS = (
    HEAD
    + """
  - record: project/works
    source: one
    says:
      name: New works
      parties: [RUS, CHN]
      sector: aircraft
      document: document/pact
      actor: State Lender of China
      stage: [{value: construction, period: 2015}, {value: frozen, period: 2023}]
      depth:
        - {value: assembling, period: 2014}
        - {value: developing, period: 2016}
        - {value: making, period: 2030, status: forecast}
  - record: project/quiet
    source: one
    says: {name: Quiet plant, parties: [RUS, CHN], sector: aircraft}
  - record: document/pact
    source: one
    says: {name: The pact, type: agreement, parties: [RUS, CHN], signed: 2014}
  - record: document/under
    source: one
    says: {name: Another paper, type: protocol, parties: [RUS, CHN], signed: 2015, parent: document/pact}
  - record: barrier/rule
    source: one
    says: {name: Rule on helicopters, form: legal, parties: [RUS, CHN]}
  - record: measure/relief
    source: one
    says: {name: Ease the rule, parties: [RUS, CHN], against: barrier/rule}
  - record: actor/lender
    source: one
    says: {name: State Lender of China, parties: [CHN], role: Lender}
  - record: actor/stranger
    source: one
    says: {name: Aviation Bureau of Kazakhstan, parties: [KAZ], role: Regulator}
  - record: project/elsewhere
    source: one
    says: {name: Aircraft plant elsewhere, parties: [CHN, KAZ], sector: aircraft}
"""
)


def with_ledger(text: str, folder: Path) -> Data:
    path = folder / "ledger.yaml"
    path.write_text(text, encoding="utf-8")
    file = read(path, [place.code for place in codes.places()])
    data = replace(lb.load())
    data.__dict__["ledger"] = Ledger(file.statements, {source.id: source for source in file.sources})
    return data


@pytest.fixture(scope="module")
def shipped() -> Data:
    return lb.load()


def subjects(page: Dossier, part: str) -> set[str]:
    return {line.record.subject for line in page.part(part) if line.record is not None}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("energy", "Power of Siberia gas pipeline"),
        ("energy", "crude oil"),
        ("energy", "Oil for China"),
        ("energy", "nuclear energy"),
        ("agri-food", "crude linseed oil"),
        ("agri-food", "soya beans"),
        ("agri-food", "Sugar beet pulp"),
        ("timber", "sawn spruce and fir"),
        ("timber", "pulp for viscose"),
        ("machinery and cars", "electric cars"),
        ("machinery and cars", "vehicles"),
        ("potash", "Nezhinsky potash mine"),
        ("aircraft", "Wide-body aircraft CR929"),
        ("digital", "digital economy"),
        ("digital", "electronic trade across the border"),
    ],
)
def test_words_find_their_own(name: str, text: str) -> None:
    assert found(scope(name), text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # A fat is no fuel.
        ("energy", "rapeseed oil"),
        ("energy", "refined soya oil, tariff line 15079000"),
        ("energy", "crude linseed oil, heading 151511"),
        ("energy", "oil seeds"),
        ("energy", "Gasthaus"),
        ("energy", "coalition"),
        # Care, cargo and carriage are no cars; a pact on data about vehicles is one of customs.
        ("machinery and cars", "Care for environment"),
        ("machinery and cars", "Cargo over the bridge"),
        ("machinery and cars", "carriage by road"),
        ("machinery and cars", "Agreement on exchange of information on goods and vehicles"),
        ("machinery and cars", "Lorry drivers and vehicle crews still need visas"),
        # Feed is not wood, a place called Log no log, papers at the border no paper.
        ("timber", "Sugar beet pulp"),
        ("timber", "Kamenny Log–Medininkai, road"),
        ("timber", "Electronic papers of rail freight"),
        ("timber", "Paperless trade across borders"),
        # Air freight papers and flights are no aircraft.
        ("aircraft", "Air waybill"),
        ("aircraft", "Flights of Air China between Beijing and Minsk"),
        ("digital", "Plan for digital rail freight in trade with China"),
        ("digital", "Electronic papers of rail freight between the union and China"),
        ("digital", "Electronic navigation seal"),
        ("potash", "Chemicals"),
        ("agri-food", "oil and gas"),
    ],
)
def test_words_do_not_catch_others(name: str, text: str) -> None:
    assert not found(scope(name), text)


def test_sectors_of_the_shipped_ledger_do_not_take_each_others_goods(shipped: Data) -> None:
    """A duty on goods belongs to one dossier, and every duty on goods to some: what is in none is named here."""
    homeless = set()
    for record in shipped.ledger.records("barrier", "trade"):
        if product := record.text("product"):
            homes = [name for name in names() if found(scope(name), product)]
            assert len(homes) <= 1, (record.subject, homes)
            if not homes and record.text("form") == "tariff":
                homeless.add(record.subject)
    assert homeless == {"barrier/china-duty-viscose-yarn"}


def test_every_code_is_whole_in_one_dossier_at_most() -> None:
    for listed in ("sectors", "chapters"):
        whole = [code for name in names() for code, own in getattr(scope(name), listed).items() if own]
        assert len(whole) == len(set(whole))


def test_definitions_with_mistakes_are_refused_all_at_once() -> None:
    wrong = """
one: {title: One, sectors: {B99: whole}, chapters: {"27": some}, words: [], except: [], note: ""}
two: {title: Two}
"""
    with pytest.raises(BadFile) as refused:
        read_scopes(wrong, "mine.yaml")
    for words in ("B99", "some", "no words", "two: the keys"):
        assert words in str(refused.value)


def test_links_bring_what_belongs_and_no_more(tmp_path: Path) -> None:
    page = dossier(with_ledger(WORKS, tmp_path), "aircraft", "RUS", "CHN", TODAY)
    assert subjects(page, "projects") == {"project/works", "project/quiet"}
    # The agreement of a project comes along; what else was concluded under it does not.
    assert subjects(page, "documents") == {"document/pact"}
    assert subjects(page, "barriers") == {"barrier/rule"}
    assert subjects(page, "measures") == {"measure/relief"}
    assert subjects(page, "actors") == {"actor/lender"}
    why = {line.record.subject: line.found_by for line in page.lines if line.record is not None}
    assert why["measure/relief"] == "its against is barrier/rule"
    assert why["actor/lender"] == "an actor of project/works"
    assert why["document/pact"] == "the document of project/works"
    assert why["barrier/rule"] == "“helicopter” in its name"


def test_depth_counts_what_was_reached_by_the_day(tmp_path: Path) -> None:
    data = with_ledger(WORKS, tmp_path)
    depth = dossier(data, "aircraft", "RUS", "CHN", TODAY).depth
    assert (depth.furthest, depth.basis) == ("developing", "projects")
    # It stands still, and the page says so rather than call the sector developed.
    assert "frozen now" in depth.why
    assert [rung.statement.text for rung in depth.evidence] == ["developing", "assembling"]
    assert [rung.statement.text for rung in depth.foreseen] == ["making"]
    assert [record.subject for record in depth.silent] == ["project/quiet"]
    before = dossier(data, "aircraft", "RUS", "CHN", "2015").depth
    assert before.furthest == "assembling"
    assert "frozen" not in before.why


def test_trade_alone_shows_buying_and_says_so(shipped: Data) -> None:
    page = dossier(shipped, "timber", "CHN", "RUS", TODAY)
    assert (page.depth.furthest, page.depth.basis) == ("buying", "trade alone")
    assert "no source says how far its projects go" in page.depth.why
    assert page.depth.ids
    # An industry that holds other goods too is weaker evidence still.
    blurred = dossier(shipped, "aircraft", "BLR", "CHN", TODAY).depth
    assert "holds other goods too" in blurred.why


def test_nothing_held_is_no_depth(tmp_path: Path) -> None:
    page = dossier(with_ledger(WORKS, tmp_path), "timber", "RU-AMU", "CN-HL", TODAY)
    assert (page.depth.furthest, page.depth.basis) == ("", "nothing")


def test_shipped_depths_rest_on_their_projects(shipped: Data) -> None:
    aircraft = dossier(shipped, "aircraft", "CHN", "RUS", TODAY).depth
    assert aircraft.furthest == "developing"
    assert {rung.record.subject for rung in aircraft.evidence} == {"project/cr929-aircraft"}
    assert dossier(shipped, "machinery and cars", "CHN", "RUS", TODAY).depth.furthest == "making"
    assert dossier(shipped, "energy", "CHN", "RUS", TODAY).depth.furthest == "buying"
    # A potash mine was begun, yet no source says how far it went: trade alone counts.
    assert dossier(shipped, "potash", "BLR", "CHN", TODAY).depth.basis == "trade alone"


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize(("a", "b"), [("CHN", "RUS"), ("BLR", "CHN"), ("RU-AMU", "CN-HL")])
def test_every_part_is_there_or_named_as_missing(shipped: Data, name: str, a: str, b: str) -> None:
    page = dossier(shipped, name, a, b, TODAY)
    gaps = {gap.part for gap in page.missing}
    for part in PARTS:
        assert page.part(part) or part in gaps, part
    assert [row["part"] for row in page.summary()] == [*PARTS, "depth"]
    for row in page.rows():
        assert row["found_by"]
        assert row["ids"] or row["figure"]
    for gap in page.missing:
        assert gap.row()["missing"].endswith(".")


def test_sums_add_up_and_hold_no_part_that_is_only_partly_the_sectors(shipped: Data) -> None:
    page = dossier(shipped, "machinery and cars", "CHN", "RUS", TODAY)
    flows = [line for line in page.part("flows") if line.figure is not None]
    for line in flows:
        if line.found_by != "sum":
            continue
        assert line.figure is not None
        parts = {item.id: item for item in line.figure.inputs}
        assert line.figure.value == pytest.approx(sum(item.point for item in parts.values()))
        held = [other for other in flows if other.figure is not None and other.figure.id in parts]
        assert len(held) == len(parts) > 1
        assert not any(other.detail == "holds other goods too" for other in held)


def test_flows_agree_with_the_accounts(shipped: Data) -> None:
    page = dossier(shipped, "energy", "RUS", "CHN", TODAY)
    figures = {line.what: line.figure for line in page.part("flows") if line.found_by.startswith("industry")}
    table = shipped.by_sector.between("RUS", "CHN")
    for code in ("B05", "B06", "C19"):
        figure = figures[f"{codes.sector(code).name} (industry {code}), RUS to CHN"]
        assert figure is not None
        assert figure.value == pytest.approx(table.filter(table["item"] == code)["value_usd"][0])


def test_a_region_has_the_records_of_its_country_marked_as_such(shipped: Data) -> None:
    page = dossier(shipped, "timber", "RU-IRK", "CN-HL", TODAY)
    logs = next(line for line in page.lines if line.record is not None and "logs" in line.found_by)
    assert "RU-IRK through RUS around it" in logs.near
    assert any(gap.part == "flows" for gap in page.missing)


def test_flows_of_two_regions_are_those_of_their_countries_and_say_so(shipped: Data) -> None:
    page = dossier(shipped, "energy", "CN-HL", "RU-AMU", TODAY)
    whole = dossier(shipped, "energy", "CHN", "RUS", TODAY)
    flows = page.part("flows")
    assert {(line.what, line.figure and line.figure.id) for line in flows} == {
        (line.what, line.figure and line.figure.id) for line in whole.part("flows")
    }
    assert {line.near for line in flows} == {"of CHN and RUS as a whole, not of CN-HL and RU-AMU"}
    assert {line.near for line in whole.part("flows")} == {""}
    said = [gap.why for gap in page.missing if gap.part == "flows"]
    assert (
        "By industry: no flow between CN-HL and RU-AMU is held; those listed are of China and Russia as a whole."
        in said
    )
    # The regions' names stand on no figure of their countries.
    assert not any(
        "CN-HL" in line.figure.measure or "RU-AMU" in line.figure.measure for line in flows if line.figure
    )


def test_trade_of_the_countries_is_no_sign_that_two_regions_buy(tmp_path: Path) -> None:
    data = with_ledger(WORKS, tmp_path)
    whole, regions = (dossier(data, "energy", *pair, TODAY) for pair in (("CHN", "RUS"), ("CN-HL", "RU-AMU")))
    assert len(whole.part("flows")) == len(regions.part("flows")) > 0
    assert (whole.depth.furthest, regions.depth.furthest) == ("buying", "")


def test_records_of_other_pairs_stay_out(shipped: Data) -> None:
    page = dossier(shipped, "energy", "CHN", "RUS", TODAY)
    assert "project/vitebsk-hydropower" not in subjects(page, "projects")
    assert "actor/cneec" not in subjects(page, "actors")
    assert "actor/cneec" in subjects(dossier(shipped, "energy", "BLR", "CHN", TODAY), "actors")


def test_match_says_by_which_word_where(shipped: Data) -> None:
    hit = match(scope("potash"), shipped.ledger.record("barrier/china-duty-potassium-chloride"))
    assert hit is not None
    assert str(hit) == "“potassium chloride” in its product"


def test_refusals(shipped: Data) -> None:
    with pytest.raises(UnknownLabel, match="potash"):
        dossier(shipped, "potsh", "BLR", "CHN", TODAY)
    with pytest.raises(BadUsage, match="named twice"):
        dossier(shipped, "potash", "BLR", "BLR", TODAY)


def test_a_member_of_a_union_levies_the_duty_of_the_union(shipped: Data) -> None:
    page = dossier(shipped, "energy", "CHN", "BLR", TODAY)
    duties = [line for line in page.part("tariffs") if line.what.startswith("Duty of BLR")]
    assert duties
    for line in duties:
        assert "the common tariff of the Eurasian Economic Union, cited of RUS" in line.what
    own = shipped.tariffs.rate("RUS", "CHN", "C19")
    assert [line.figure for line in duties if "refined oil" in line.what] == [own]
    # Before the union nobody shares its tariff.
    assert not dossier(shipped, "energy", "CHN", "BLR", "2005").part("tariffs")
    # Members do not levy it on each other.
    inside = dossier(shipped, "energy", "RUS", "BLR", TODAY).part("tariffs")
    assert not [line for line in inside if "common tariff" in line.what]


def test_a_missing_duty_points_at_duties_on_single_goods(shipped: Data) -> None:
    page = dossier(shipped, "agri-food", "CHN", "BLR", TODAY)
    gap = next(item for item in page.missing if item.part == "tariffs" and "duty of CHN" in item.why)
    assert "Import duty of China on beef within the country quotas" in gap.why
    named = gap.why.partition("among the barriers: ")[2].rstrip(".").split("; ")
    assert set(named) <= {line.what for line in page.part("barriers")}


def test_no_two_flows_of_a_page_have_one_label_and_no_gap_contradicts_itself(shipped: Data) -> None:
    for sector in names():
        for a, b in (("CHN", "RUS"), ("CHN", "BLR")):
            page = dossier(shipped, sector, a, b, TODAY)
            labels = [line.what for line in page.part("flows")]
            assert len(labels) == len(set(labels)), sector
            assert not [gap for gap in page.missing if "Held: by" in gap.why]


def test_an_actor_of_one_side_that_a_word_alone_found_is_marked(shipped: Data) -> None:
    page = dossier(shipped, "energy", "CHN", "BLR", TODAY)
    by_name = {line.what: line.near for line in page.part("actors")}
    assert by_name["China National Nuclear Corporation"] == "CHN alone; nothing held ties it to BLR"
    assert by_name["Vitebskenergo"] == "BLR alone"
