"""Assertions without a number: what the rules find, what they leave alone, and how far they are to be trusted."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest
import yaml

from landbridge.claims.claim import Claim
from landbridge.claims.grammar.blocks import blocks, sentences
from landbridge.claims.grammar.places import mentions
from landbridge.claims.grammar.speakers import speakers
from landbridge.claims.grammar.statement_rules import compiled, grade, rules
from landbridge.claims.grammar.statements import statements
from landbridge.claims.languages import language

ENGLISH = language("en")


def found(text: str, dyad: tuple[str, ...] = ()) -> tuple[Claim, ...]:
    parts = blocks(text)
    split = sentences(text, parts, ENGLISH)
    turns = speakers(text, parts, split, ENGLISH)
    return statements(
        text, parts, split, turns, lambda start, end: mentions(text, start, end, ENGLISH), ENGLISH, dyad=dyad
    )


def labels(text: str, dyad: tuple[str, ...] = ()) -> set[str]:
    return {f"{claim.kind} {claim.indicator}" for claim in found(text, dyad)}


ASSERTED = [
    (
        "A cooperation agreement between Primorsky Krai and Jilin was concluded.",
        "agreement cooperation_memorandum",
    ),
    (
        "Kazakhstan and China put their signatures to a memorandum on energy.",
        "agreement cooperation_memorandum",
    ),
    ("Moscow and Beijing agreed to bring mutual trade to a new level.", "agreement trade_target_agreement"),
    ("Belarusian television concluded a contract with China on films.", "agreement content_agreement"),
    ("Amur Region and Heilongjiang became sister regions.", "twinning sister_regions"),
    ("The Russian-Chinese Intergovernmental Commission oversees it.", "mechanism interregional_mechanism"),
    ("Years of Culture of Russia and China were declared.", "mechanism thematic_year"),
    ("Belarus was among the first to join the Belt and Road Initiative.", "mechanism belt_and_road"),
    ("Firms from Tatarstan took part in the China-Russia Expo in Kazan.", "event fair"),
    ("Xi Jinping paid a state visit to Moscow.", "event state_visit"),
    ("A delegation of Hunan visited Mogilev Region on June 5, 2023.", "event delegation_visit"),
    ("Days of Gansu Province were held in Grodno Region.", "event regional_days"),
    ("Direct flights between Minsk and Beijing resumed.", "event flight_launch"),
    ("A new terminal was opened at Zabaikalsk in Russia.", "event infrastructure_opening"),
    ("China is building a second bridge over the Amur.", "project bridge"),
    (
        "Chinese loans paid for the reconstruction of the Dobrush paper mill.",
        "project industrial_modernisation",
    ),
    ("The Great Stone Industrial Park near Minsk has new residents.", "project industrial_park"),
    ("Russia and China set up a joint investment fund.", "organisation investment_fund"),
    ("Wang Li, Minister of Commerce of China, opened the meeting.", "organisation person_role"),
    ("European markets have been shut for Belarusian potash.", "barrier market_closure"),
    ("Chinese banks delay payments for fear of secondary sanctions.", "barrier sanctions"),
    ("Talks on the pipeline with China have stalled.", "barrier slow_negotiation"),
    ("Freight rates on the route from Chongqing to Moscow remain high.", "barrier transport_cost"),
    ("Residents of Irkutsk protested against a Chinese water plant.", "barrier public_resistance"),
    ("The legislation of Belarus and China on signatures differs.", "barrier legal_differences"),
    ("The transit potential of Belarus is far from being exhausted.", "barrier underused_potential"),
    ("It is necessary to build a modern road to the Chinese border.", "measure m_transport_infrastructure"),
    ("We must train personnel who know China.", "measure m_human_resources"),
    ("Russia and China should harmonise veterinary requirements.", "measure m_standards"),
    ("The plan to double trade with China has not been fulfilled.", "statement target_missed"),
    ("Trade between Belarus and China hit a record high.", "statement record_high"),
    ("Belarusian exports to China mainly include potash and poultry.", "statement export_structure"),
    ("China is the most important partner of Russia.", "statement partner_importance"),
    ("Minsk and Beijing are expanding cooperation in medicine.", "statement sector_cooperation"),
    ("Demand for Russian ice cream in China is growing.", "statement market_demand"),
    ("Chinese companies are ready to invest in Belarusian logistics.", "statement investment_intent"),
    ("Russian exports to China have been growing steadily.", "change exports_growth"),
]


@pytest.mark.parametrize(("text", "label"), ASSERTED)
def test_an_assertion_is_found_by_its_label(text: str, label: str) -> None:
    assert label in labels(text)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("No agreement was signed during the talks in Beijing.", "cooperation_memorandum"),
        ("China and Russia have not signed the agreement.", "cooperation_memorandum"),
        ("The sides could sign a contract with China if prices fall.", "cooperation_memorandum"),
        ("China and Russia plan to sign a memorandum.", "cooperation_memorandum"),
        ("Did China and Russia sign an agreement?", "cooperation_memorandum"),
        ("There is no need to build new checkpoints on the Chinese border.", "m_border_crossing"),
        ("Russia may open a bridge to China one day.", "infrastructure_opening"),
        ("Sanctions against Belarus were lifted.", "sanctions"),
        ("The two signed 19 agreements between Belarus and China.", "cooperation_memorandum"),
        ("Checkpoints on the Chinese border are old.", "m_border_crossing"),
    ],
)
def test_what_is_denied_only_possible_or_asked_is_not_asserted(text: str, label: str) -> None:
    assert label not in {claim.indicator for claim in found(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Beat the eggs, add the Chinese cabbage and bake for 20 minutes. You need a large pan.",
        "Russia beat Belarus in the final of the ice hockey tournament held in Minsk.",
        "The Swiss club signed an agreement with a striker from Belarus.",
        "The novel is set in China during a war between two families.",
        "Scientists in China found a new species of frog in a cave.",
        "She moved to Belarus and built a house near the bridge.",
        "def build(bridge): return china.export('road', signed=True)  # must improve the infrastructure",
        "A court in Spain opened a road accident case.",
        "Colourless green ideas sleep furiously; the borogoves outgrabe in Poland.",
        "The pandemic changed how people in Italy spend their evenings.",
    ],
)
def test_other_domains_and_nonsense_yield_nothing(text: str) -> None:
    assert found(text) == ()


def test_a_cue_without_a_place_in_a_text_about_none_yields_nothing() -> None:
    text = "It is necessary to improve the roads, and the agreement was signed. Sanctions are feared."
    assert found(text) == ()
    assert labels(text, ("BLR", "CHN")) >= {"agreement cooperation_memorandum", "barrier sanctions"}


def test_slots_of_a_statement() -> None:
    text = (
        "Trade grew. However, a delegation of Hunan Province visited Mogilev Region on June 5, 2023, and it rained.\n"
        "“We need more transparency in investment,” Ivan Orlov, Director of the Russian Export Centre."
    )
    claims = {claim.indicator: claim for claim in found(text, ("BLR", "CHN"))}
    visit = claims["delegation_visit"]
    assert visit.quote == "a delegation of Hunan Province visited Mogilev Region on June 5, 2023"
    assert (visit.period, visit.speaker, visit.value, set(visit.parties)) == (
        "2023-06-05",
        None,
        None,
        {"CN-HN", "BY-MA"},
    )
    need = claims["m_transparency"]
    assert (need.speaker, need.quote) == ("Ivan Orlov", "We need more transparency in investment")
    office = claims["person_role"]
    assert office.subject == "Ivan Orlov: Director of the Russian Export Centre"
    assert (office.parties, office.speaker) == (("RUS",), None)
    assert all(claim.quote == text[claim.start : claim.end] for claim in claims.values())


def test_labels_of_one_clause_keep_the_phrase_around_their_cue() -> None:
    text = "A lack of trust, investment barriers, and an economic slowdown hold back trade between Russia and China."
    quotes = {claim.indicator: claim.quote for claim in found(text)}
    assert quotes["mutual_understanding_gap"] == "A lack of trust"
    assert quotes["investment_barriers"] == "investment barriers"
    assert quotes["macroeconomic_instability"].startswith("an economic slowdown")


def test_every_label_and_kind_is_of_the_vocabulary(root: Path) -> None:
    file = root / "src" / "landbridge" / "ledger" / "vocabulary.yaml"
    known = yaml.safe_load(file.read_text(encoding="utf-8"))["indicators"]
    given = rules(ENGLISH)
    assert given is not None
    for rule in given.rules:
        assert rule.kind in known[rule.label]["kinds"]
        assert rule.blocks <= {
            "negated",
            "hypothetical",
            "planned",
            "measure",
            "number",
            "counted",
            "percent",
        }
        assert rule.needs <= {"place", "moment", "name", "sector", "place_behind"}
        assert rule.span in {"clause", "phrase", "name", "behind"}
    unvalued = {name for name, entry in known.items() if not entry.get("units")}
    assert unvalued - {rule.label for rule in given.rules} == {"person_role"}


def test_a_cue_is_a_row_of_words() -> None:
    cue = compiled("sign* <3> @paper|deal", {"paper": ["letter of intent", "treaty"]})
    assert cue.search("They signed the long awaited treaty.")
    assert cue.search("SIGNING a letter of intent")
    assert not cue.search("signed one two three four treaty")
    assert not cue.search("signed; treaty")
    assert not cue.search("resigned treaty")
    assert not cue.search("signed treatyish")
    assert not compiled("^Fair", {}).search("a fair price")


@pytest.mark.parametrize(
    ("matched", "of", "gold", "expected"),
    [
        (9, 10, 10, "A"),
        (89, 100, 100, "B"),
        (3, 4, 5, "B"),
        (5, 10, 10, "C"),
        (4, 10, 9, "D"),
        (4, 4, 4, "D"),
        (0, 0, 9, "D"),
    ],
)
def test_a_grade_follows_precision_and_needs_rows_enough(
    matched: int, of: int, gold: int, expected: str
) -> None:
    assert grade(matched, of, gold) == expected


def test_grades_are_those_measured_on_the_annotated_articles(shared: Path) -> None:
    """Precision per kind by overlapping span, kind and label. The rules were written with these articles in view."""
    rows = [
        json.loads(line)
        for line in (shared / "documents" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    rows = [row for row in rows if row["value"] is None]
    gold = Counter(row["kind"] for row in rows)
    matched: Counter[str] = Counter()
    claimed: Counter[str] = Counter()
    for name in sorted({row["doc"] for row in rows}):
        text = (shared / "documents" / "articles" / name).read_text(encoding="utf-8")
        left = [row for row in rows if row["doc"] == name]
        for claim in found(
            text,
            ("BY-VI", "CHN")
            if name[:3] == "000"
            else ("RUS", "CHN")
            if name[:3] == "001"
            else ("BLR", "CHN"),
        ):
            claimed[claim.kind] += 1
            same = [
                row
                for row in left
                if (row["kind"], row["indicator"]) == (claim.kind, claim.indicator)
                and row["start"] < claim.end
                and claim.start < row["end"]
            ]
            if same:
                left.remove(same[0])
                matched[claim.kind] += 1
    given = rules(ENGLISH)
    assert given is not None
    assert {kind: grade(matched[kind], claimed[kind], gold[kind]) for kind in gold} == dict(given.grades)
    assert sum(matched.values()) / sum(gold.values()) >= 0.9
    assert sum(matched.values()) / sum(claimed.values()) >= 0.85


@pytest.mark.parametrize(
    "bait", ["signed the of ", "build ", "export mainly ", "need to ", "( ", "participation of the "]
)
def test_hostile_texts_take_linear_time(bait: str) -> None:
    def seconds(times: int) -> float:
        started = time.perf_counter()
        found(bait * times, ("RUS", "CHN"))
        return time.perf_counter() - started

    seconds(100)
    assert seconds(8_000) < max(12 * seconds(2_000), 4.0)


def test_a_language_without_rules_finds_nothing() -> None:
    text = "Россия и Китай подписали соглашение."
    parts = blocks(text)
    russian = language("ru")
    split = sentences(text, parts, russian)
    assert statements(text, parts, split, (), lambda start, end: (), russian, dyad=("RUS", "CHN")) == ()
