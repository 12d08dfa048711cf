"""The register section of a brief: each part agrees with its register, is traced, and says so where nothing is held."""

from __future__ import annotations

import re
import statistics
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import landbridge as lb
from landbridge import brief as brief_package
from landbridge import codes
from landbridge.brief.catalogue import catalogue
from landbridge.brief.document import Bars, Block, Chart, Heading, Paragraph, Points, Refusal, Section, Table
from landbridge.brief.numbers import show
from landbridge.brief.sections import registers
from landbridge.brief.sections.registers_works import number
from landbridge.brief.setting import Setting, setting
from landbridge.brief.text import Date, Name, Writer, atoms
from landbridge.provenance import Figure, Status
from landbridge.registers.coverage import coverage
from landbridge.registers.documents import documents
from landbridge.registers.membership import covers
from landbridge.registers.projects.headline import decompose
from landbridge.registers.projects.transparency import transparency
from landbridge.registers.steps import both_ways
from landbridge.registers.twins import between
from landbridge.release import Data

PAIRS = [("CHN", "RUS"), ("BY-VI", "CN-HL")]


@cache
def data() -> Data:
    return lb.load()


@cache
def made(a: str, b: str) -> Setting:
    return setting(data(), Writer(catalogue("en")), a, b)


@cache
def section(a: str, b: str) -> Section:
    return registers.section(made(a, b))


def table(a: str, b: str, name: str) -> Table:
    return next(block for block in section(a, b).blocks if isinstance(block, Table) and block.name == name)


def words(part: Any) -> str:
    return "" if part is None else "".join(p if isinstance(p, str) else show(p) for p in atoms(part))


def figures(part: Any) -> list[Figure]:
    return [] if part is None else [piece for piece in atoms(part) if isinstance(piece, Figure)]


def value(part: Any) -> float:
    """The number in a cell; a cell of words counts nothing."""
    found = figures(part)
    return found[0].point if found else 0.0


def subjects(part: Any) -> set[str]:
    return {piece.record for piece in atoms(part) if isinstance(piece, Name)}


def sentences(a: str, b: str) -> list[Any]:
    """Every sentence and point outside of tables."""
    found: list[Any] = []
    for block in section(a, b).blocks:
        if isinstance(block, Paragraph):
            found += block.sentences
        elif isinstance(block, Points):
            found += block.items
    return found


def parts(blocks: tuple[Block, ...]) -> list[list[Block]]:
    """The blocks of each part, its heading left out."""
    out: list[list[Block]] = []
    for block in blocks:
        if isinstance(block, Heading):
            out.append([])
        else:
            out[-1].append(block)
    return out


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_every_cover_has_a_row_with_its_state(a: str, b: str) -> None:
    found = covers(data(), a, b, data().as_of)
    rows = table(a, b, "mechanisms today").rows
    assert {item.record.subject for item in found} == set().union(*(subjects(row[0]) for row in rows))
    told = {next(iter(subjects(row[0]))): words(row[2]) for row in rows}
    shown = {"alive": "alive", "dormant": "dormant", "unknown": "not known", "ended": "ended"}
    assert told == {item.record.subject: shown[item.dormancy.state] for item in found}
    assert value(sentences(a, b)[0]) == len(found)
    assert all(words(row[3]) and words(row[4]) for row in rows)


def test_a_region_is_covered_through_its_country() -> None:
    paths = [words(row[1]) for row in table("BY-VI", "CN-HL", "mechanisms today").rows]
    assert "Vitebsk Oblast through Belarus; Heilongjiang through China" in paths


@pytest.mark.parametrize(
    ("a", "b", "covered"),
    [
        ("CN-HL", "RU-AMU", "covered once: Intergovernmental commission for the Far East"),
        ("CN-AH", "RU-SAM", "covered once: Volga–Yangtze council"),
        ("BY-VI", "CN-HL", "covered by nothing"),
    ],
)
def test_two_regions_see_how_often_they_are_covered_as_regions(a: str, b: str, covered: str) -> None:
    said = [sentence for sentence in sentences(a, b) if words(sentence).startswith("As regions the two are")]
    assert [covered in words(sentence) for sentence in said] == [True]
    (pair,) = coverage(data(), a, b, data().as_of).pairs
    assert subjects(said[0]) == {item.record.subject for item in pair.mechanisms}
    whole = next(s for s in sentences(a, b) if words(s).startswith("Mechanisms of their countries alone"))
    assert value(whole) == len(covers(data(), a, b, data().as_of)) - len(pair.mechanisms)
    held = between(data(), a, b, data().as_of)
    ties = next(s for s in sentences(a, b) if words(s).startswith("Ties between them"))
    assert sum(figure.point for figure in figures(ties)) == len(held.ties)


def test_two_countries_are_no_pair_of_regions() -> None:
    assert not any(words(s).startswith("As regions") for s in sentences("CHN", "RUS"))


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_document_stages_count_each_document_once(a: str, b: str) -> None:
    held = {record.subject for record in made(a, b).nations.between("document")}
    found = [item for item in documents(data(), data().as_of) if item.record.subject in held]
    rows = table(a, b, "document stages").rows
    assert sum(value(row[1]) for row in rows) == len(found)
    promised = sum(len(item.obligations) for item in found)
    assert len(table(a, b, "promises").rows) == promised
    silent = sum(any(s.name == "activity" and s.state == "overdue" for s in i.stages) for i in found)
    late = [s for s in sentences(a, b) if words(s).startswith("Overdue, as no source shows anything done")]
    assert [value(sentence) for sentence in late] == [silent]


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_ties_are_rolled_up_and_the_dormant_ones_named(a: str, b: str) -> None:
    held = between(data(), a, b, data().as_of)
    rows = table(a, b, "ties rolled up").rows
    levels = {"regions": held.region_ties, "cities": held.city_ties, "districts": held.district_ties}
    assert {words(row[0]): value(row[1]) for row in rows} == {k: len(v) for k, v in levels.items() if v}
    for row in rows:
        assert value(row[1]) == sum(figure.point for figure in figures(row[2]))
    asleep = {tie.record.subject for tie in held.ties if tie.life.state == "dormant"}
    assert {next(iter(subjects(row[0]))) for row in table(a, b, "dormant ties").rows} == asleep


def test_headlines_are_the_sums_of_the_register_the_newest_first() -> None:
    umbrellas = [r for r in made("CHN", "RUS").between("project") if r.text("umbrella") == "true"]
    apart = [decompose(data().ledger, record.subject, data().as_of) for record in umbrellas]
    sums = [
        (whole.record, part.claim.statement.number, len(part.named.parts), len(part.candidates.parts))
        for whole in apart
        for part in whole.remainders
        if not part.claim.converted
    ]
    rows = table("CHN", "RUS", "headlines apart").rows
    shown = [
        (next(iter(subjects(row[0]))), figures(row[1])[0].value, bool(figures(row[2])), bool(figures(row[3])))
        for row in rows
    ]
    assert sorted(shown, key=str) == sorted(((s, n, bool(k), bool(c)) for s, n, k, c in sums), key=str)
    # Where no part states a sum, nothing of the headline is named: words, never a zero.
    assert all(figure.point for row in rows for cell in row[2:4] for figure in figures(cell))
    claimed = {whole.record: whole.shown[0].claimed_on for whole in apart if whole.shown}
    years = [claimed[record][:4] for record, *_ in shown]
    assert years == sorted(years, reverse=True)
    # A sum over candidates that is mostly one project says so.
    told = next(words(row[3]) for row in rows if "project/rus-chn-headline-2023" in subjects(row[0]))
    assert "of which" in told
    assert "Power of Siberia" in told
    # An article that speaks for itself is told as one, without its note on the site.
    assert any("an unsigned article" in words(row[4]) for row in rows)


def test_the_picture_counts_what_a_headline_names_and_leaves_unnamed() -> None:
    chart = next(block for block in section("CHN", "RUS").blocks if isinstance(block, Chart))
    assert isinstance(chart.data, Bars)
    counts: dict[str, float] = {}
    for bar in chart.data.bars:
        (record,) = subjects(bar.group)
        counts[record] = counts.get(record, 0) + bar.figure.point
    held = [r for r in made("CHN", "RUS").between("project") if r.text("umbrella") == "true"]
    for record in held:
        found = decompose(data().ledger, record.subject, data().as_of)
        newest = [claim.number for claim in found.claims if claim.number is not None]
        if found.number is not None or newest:
            stated = found.number or newest[-1]
            assert counts.pop(record.subject) == stated.statement.number
            shown = next(words(bar.group) for bar in chart.data.bars if record.subject in subjects(bar.group))
            assert shown.startswith(show(Date(stated.claimed_on))), "the date is that of the count"
        else:
            assert record.subject not in counts
    assert counts == {}
    assert all(words(bar.label) for bar in chart.data.bars), "every bar says itself what it counts"


def test_a_newest_claim_without_a_count_shows_the_newest_count_with_its_own_date() -> None:
    """On 3 November 2025 a sum was named without a number; 86 projects were counted in October 2025."""
    portfolio = "project/rus-chn-investment-commission-portfolio"
    found = decompose(data().ledger, portfolio, data().as_of)
    assert found.number is None
    assert found.counted is not None
    assert (found.counted.statement.number, found.counted.claimed_on) == (86, "2025-10")
    assert any("none of 86 projects (October 2025, the newest count held)" in note for note in found.notes)
    rows = table("CHN", "RUS", "headlines apart").rows
    claimed = next(words(row[1]) for row in rows if portfolio in subjects(row[0]))
    assert "without a number of projects; the newest count is 86, October 2025" in claimed


def test_cells_of_cards_hold_no_stacks_of_none() -> None:
    for a, b in PAIRS:
        for name in ("ties rolled up", "border steps"):
            for row in table(a, b, name).rows:
                assert [words(cell) for cell in row].count("none") == 0
                assert sum(words(cell) == "none held" for cell in row) <= 1


def test_a_brief_of_regions_says_whose_documents_and_projects_these_are_and_puts_its_own_first() -> None:
    a, b = "CN-HL", "RU-AMU"
    here = made(a, b)
    for kind in ("document", "project"):
        held = here.nations.between(kind)
        if kind == "document":
            # What counts several documents in one is none itself.
            single = {item.record.subject for item in documents(data(), data().as_of)}
            held = tuple(record for record in held if record.subject in single)
        places = {a, b} | {m.code for m in codes.places("macro") if {a, b} & set(m.members)}
        near = {record.subject for record in held if places & set(record.parties)}
        assert near
        assert near < {record.subject for record in held}
        said = [s for s in sentences(a, b) if "where a list names any of them" in words(s)]
        assert [len(held), len(near)] in [[figure.point for figure in figures(s)] for s in said], kind
        tables = ("document stages", "promises") if kind == "document" else ("headlines apart",)
        for name in tables:
            if name == "document stages":
                lists = [
                    [p.record for p in atoms(row[2]) if isinstance(p, Name)] for row in table(a, b, name).rows
                ]
            else:
                lists = [[next(iter(subjects(row[0]))) for row in table(a, b, name).rows]]
            for listed in lists:
                order = [subject not in near for subject in listed]
                assert order == sorted(order), name
    named = near & {next(iter(subjects(row[0]))) for row in table(a, b, "headlines apart").rows}
    none = any("No headline sum held names any of these regions" in words(s) for s in sentences(a, b))
    assert none == (not named)
    assert ("regions first" in words(table(a, b, "headlines apart").title)) == bool(named)
    both = {words(s) for s in sentences(a, b)} - {words(s) for s in sentences("CHN", "RUS")}
    assert any("not of this pair alone" in said for said in both)
    assert not any("of this pair alone" in words(s) for s in sentences("CHN", "RUS"))


def test_the_median_of_disclosure_is_that_of_the_single_projects() -> None:
    single = [r for r in made("CHN", "RUS").between("project") if r.text("umbrella") != "true"]
    scores = [transparency(record, data().as_of).score_pct for record in single]
    said = next(s for s in sentences("CHN", "RUS") if words(s).startswith("Of the items of disclosure"))
    median = next(figure for figure in figures(said) if figure.unit == "%")
    assert median.point == pytest.approx(statistics.median(float(str(score)) for score in scores))
    assert len(median.inputs) == len(single)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_border_steps_are_those_held_for_each_way_and_each_is_of_one_form(a: str, b: str) -> None:
    rows = table(a, b, "border steps").rows
    nations = {made(a, b).nation_a.code, made(a, b).nation_b.code}
    # Each step is asked for one way between the two, by the order of its parties, or for both; the register holds it once.
    held = [
        ({said.text for said in record.all("mode")}, 2 if both_ways(record) else 1)
        for record in data().ledger.records("step")
        if nations <= {codes.place(code).country for code in record.parties}
        and codes.place(record.text("side")).country in nations
    ]
    # A consignment goes by one mode: what is asked for by rail is never added to what is asked for by sea.
    shown: dict[str, float] = {}
    ways: dict[str, set[str]] = {}
    for row in rows:
        steps = sum(figure.point for figure in figures(row[3]))
        shown[words(row[1])] = shown.get(words(row[1]), 0) + steps
        ways.setdefault(words(row[1]), set()).add(words(row[0]))
        assert steps == sum(figure.point for figure in figures(row[4]))
        assert (row[4] is None) == (words(row[3]) == "none held")
    assert {"rail", "road"} & set(shown)
    for mode, total in shown.items():
        every = sum(times for modes, times in held if not modes or modes & {mode, "any"})
        assert total == every if len(ways[mode]) == 2 else total <= every


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_a_page_shows_six_rows_at_most_and_folds_longer_tables(a: str, b: str) -> None:
    for block in section(a, b).blocks:
        if isinstance(block, Table):
            assert block.fold or len(block.rows) <= 6, block.name
            assert len(block.rows) <= 6 or block.shown == 6


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_on_a_phone_every_table_is_a_list_of_cards(a: str, b: str) -> None:
    """A table that is not stacked scrolls sideways where the screen is narrow."""
    source = Path(brief_package.__file__).with_name("templates") / "blocks.html.j2"
    stacked = re.search(r"set stack = block\.name in \((.*?)\)", source.read_text("utf-8"), re.DOTALL)
    assert stacked
    names = set(re.findall(r'"([^"]+)"', stacked[1]))
    assert {block.name for block in section(a, b).blocks if isinstance(block, Table)} <= names


def test_a_part_of_which_nothing_is_held_says_so_in_one_refusal() -> None:
    found = parts(section("VUT", "NRU").blocks)
    assert [[type(block) for block in part] for part in found] == [[Refusal]] * 5


def test_what_no_source_says_is_counted_as_assumed() -> None:
    assumed = [s for s in data().ledger.statements if s.source not in data().ledger.sources][:2]
    known = [s for s in data().ledger.statements if s.source in data().ledger.sources]
    sourced = [s for s in known if s.status is Status.REPORTED][:3]
    assert len(assumed) == 2
    figure = number(made("CHN", "RUS"), "Things", [*sourced, *assumed])
    assert (figure.value, figure.status) == (5.0, Status.ASSUMED)
    assert sum(item.point for item in figure.inputs) == 5.0
    assert [item.citation is None for item in figure.inputs].count(True) == 1
