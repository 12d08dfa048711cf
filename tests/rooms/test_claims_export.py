"""Verdicts and decisions for other programs: sound JSON-LD, a chain that `prov` reads, packages that frictionless accepts."""

from __future__ import annotations

import csv
import hashlib
import html.parser
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import prov
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prov.model import (
    ProvActivity,
    ProvAgent,
    ProvAlternate,
    ProvAssociation,
    ProvDerivation,
    ProvDocument,
    ProvEntity,
    ProvGeneration,
    ProvInvalidation,
    ProvUsage,
)

from landbridge.claims.acceptance import our_words
from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.export.claimreview import RATINGS, claim_reviews, script_safe
from landbridge.claims.export.datapackage import claims_package, ledger_package
from landbridge.claims.export.judged import references, verdict_id
from landbridge.claims.export.provenance import prov_json
from landbridge.claims.export.tables import quoted, short_quote, unquoted
from landbridge.claims.review import Review, claim_id
from landbridge.errors import BadUsage
from landbridge.ledger import Ledger
from landbridge.release import load as load_data
from landbridge.release.workspace import Workspace

TEXT = (
    "In 2023 trade between China and Russia reached a level of some 240.1 billion dollars in all, which has never been "
    "seen before by anyone at all, officials said. Exports fell by 5 percent. =SUM(A1) of 7 percent."
)
HOSTILE = '</script><script>alert("x")</script> <!-- & \u2028'


@dataclass(frozen=True)
class Series:
    """As much of a verdict's evidence as exports look at."""

    cell: str
    figure: Any = None


@dataclass(frozen=True)
class Outcome:
    claim: Claim
    outcome: str
    definition: str = "goods, both reporters"
    evidence: tuple[Series, ...] = (
        Series("totals:CHN-RUS-2023; totals:RUS-CHN-2023"),
        Series("totals:CHN-RUS-2023"),
    )
    reason: str = "China counts 240.1 billion."


def document(text: str = TEXT) -> Document:
    digest = hashlib.sha256(text.encode()).hexdigest()
    raw = hashlib.sha256(b"<p>" + text.encode()).hexdigest()
    return Document(
        "digest.html", text, raw, digest, "trafilatura 2", "html", "A digest", "2024-01", "metadata"
    )


def claim(quote: str, **slots: Any) -> Claim:
    start = TEXT.index(quote)
    base: dict[str, Any] = {
        "kind": "quantity",
        "indicator": "trade_turnover",
        "subject": "trade",
        "parties": ("CHN", "RUS"),
        "period": "2023",
        "value": 240.1e9,
        "unit": "USD",
        "comparator": "~",
        "speaker": "officials",
        "rule": "level",
    }
    return Claim(quote, start, start + len(quote), **{**base, **slots})


LEVEL = claim(TEXT[8 : TEXT.index(", officials")])
FALL = claim(
    "fell by 5 percent", kind="change", indicator="exports_growth", value=-5.0, unit="%", period=None
)
SUM = claim(
    "=SUM(A1) of 7 percent", indicator="trade_share", subject="=SUM(A1)", value=7.0, unit="%", speaker="@all"
)
CLAIMS = (LEVEL, FALL, SUM)
DOC = document()


# --- ClaimReview ------------------------------------------------------------------------------------------------------


def one(outcome: str = "consistent", **changes: Any) -> dict[str, Any]:
    (found,) = claim_reviews(
        DOC, [Outcome(LEVEL, outcome, **changes)], reviewed="2024-03-01", author="A desk"
    )
    return found


def test_a_verdict_becomes_a_claim_review() -> None:
    assert one() == {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "@id": f"urn:landbridge:{verdict_id(DOC, Outcome(LEVEL, 'consistent'))}",
        "datePublished": "2024-03-01",
        "author": {"@type": "Organization", "name": "A desk"},
        "claimReviewed": ("Quantity: trade turnover, trade, China and Russia: ~ 240,100,000,000 USD in 2023"),
        "itemReviewed": {
            "@type": "Claim",
            "@id": f"urn:landbridge:{claim_id(DOC, LEVEL)}",
            "appearance": {
                "@type": "CreativeWork",
                "name": "A digest",
                "identifier": f"sha256:{DOC.sha256}",
                "datePublished": "2024-01",
            },
            "author": {"@type": "Person", "name": "officials"},
            "datePublished": "2024-01",
        },
        "reviewRating": {
            "@type": "Rating",
            "alternateName": "Consistent with the statistics",
            "ratingValue": 5,
            "bestRating": 5,
            "worstRating": 1,
        },
        "reviewBody": "China counts 240.1 billion.",
    }


def test_outcomes_are_rated_in_their_order_and_what_cannot_be_checked_has_no_number() -> None:
    order = ("consistent", "consistent_under", "implausible", "conflicts")
    values = [one(outcome)["reviewRating"]["ratingValue"] for outcome in order]
    assert values == sorted(set(values), reverse=True)
    assert all(1 <= value <= 5 for value in values)
    unknown = one("not_checkable")["reviewRating"]
    assert set(unknown) == {"@type", "alternateName"}
    assert len({one(outcome)["reviewRating"]["alternateName"] for outcome in RATINGS}) == 5
    under = one("consistent_under", definition="goods and services")["reviewRating"]
    assert under["alternateName"].endswith("goods and services")


def test_the_mapping_that_the_page_shows_is_the_one_used(root: Path) -> None:
    page = (root / "docs/howto/review-claims.md").read_text("utf-8")
    for outcome, (value, name) in RATINGS.items():
        assert f"| `{outcome}` | {'none' if value is None else value} | {name}" in page


def test_the_claim_is_told_in_our_words() -> None:
    long = [word for word in LEVEL.quote.split() if word]
    assert len(long) > 12
    assert "never been seen" not in json.dumps(one())
    assert "seen before" not in our_words(replace(LEVEL, subject=LEVEL.quote))


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(DOC, dated="", title="")
    (found,) = claim_reviews(bare, [Outcome(FALL, "conflicts")], reviewed="2024-03-01", author="A")
    assert "datePublished" not in found["itemReviewed"]
    assert "url" not in found
    assert found["itemReviewed"]["appearance"]["name"] == "digest.html"
    (silent,) = claim_reviews(
        bare, [Outcome(replace(FALL, speaker=None), "conflicts")], reviewed="2024-03-01", author="A"
    )
    assert "author" not in silent["itemReviewed"]
    (placed,) = claim_reviews(
        bare,
        [Outcome(FALL, "conflicts")],
        reviewed="2024-03-01",
        author="A",
        address="https://example.org/a",
        page="https://example.org/b",
    )
    assert placed["itemReviewed"]["appearance"]["url"] == "https://example.org/a"
    assert placed["url"] == "https://example.org/b"


@pytest.mark.parametrize(
    "change",
    [
        {"reviewed": "March"},
        {"reviewed": "20240301"},
        {"reviewed": "2024-02-30"},
        {"author": " "},
        {"address": "javascript:alert(1)"},
        {"page": "data:text/html,x"},
    ],
)
def test_a_review_without_day_author_or_sound_address_is_refused(change: dict[str, str]) -> None:
    call = {"reviewed": "2024-03-01", "author": "A"} | change
    with pytest.raises(BadUsage):
        claim_reviews(DOC, [Outcome(LEVEL, "consistent")], **call)


class Scripts(html.parser.HTMLParser):
    """What a page runs, as a browser splits it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.inside += data


def test_nothing_in_a_claim_can_leave_the_script_it_stands_in() -> None:
    hostile = replace(LEVEL, indicator="other", subject=HOSTILE, speaker=HOSTILE)
    data = claim_reviews(
        replace(DOC, title=HOSTILE),
        [Outcome(hostile, "conflicts", definition=HOSTILE, reason=HOSTILE)],
        reviewed="2024-03-01",
        author=HOSTILE,
    )
    text = script_safe(data)
    assert not set(text) & {"<", ">", "&", "\u2028", "\u2029"}
    assert json.loads(text) == json.loads(json.dumps(data))
    page = Scripts()
    page.feed(f'<script type="application/ld+json">{text}</script>')
    page.close()
    assert page.tags == ["script"]
    assert json.loads(page.inside)[0]["author"]["name"] == HOSTILE


# --- PROV -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def review(tmp_path: Path) -> Review:
    return Review.open(tmp_path / "w")


def read_back(text: str) -> ProvDocument:
    found = prov.read(text, format="json")
    assert isinstance(found, ProvDocument)
    return found


def relations(chain: ProvDocument, kind: type[Any]) -> set[tuple[str, str]]:
    return {tuple(str(value) for _, value in item.formal_attributes[:2]) for item in chain.get_records(kind)}


def paths(chain: ProvDocument, start: str) -> set[str]:
    """Everything that can be reached from an entity by derivation."""
    edges = relations(chain, ProvDerivation)
    found, todo = set(), [start]
    while todo:
        here = todo.pop()
        found.add(here)
        todo += [end for begin, end in edges if begin == here and end not in found]
    return found


def test_the_chain_leads_from_the_verdict_to_the_document_and_the_cells(review: Review) -> None:
    accepted = review.decide(DOC, CLAIMS, claim_id(DOC, LEVEL), "accept", by="Anna", reason="Read.")
    verdict = Outcome(LEVEL, "consistent")
    chain = read_back(prov_json(DOC, CLAIMS, review.decisions(), [verdict], version="1.2"))
    end = f"lb:{verdict_id(DOC, verdict)}"
    reached = paths(chain, end)
    assert {
        f"lb:{claim_id(DOC, LEVEL)}",
        f"lb:text-{DOC.text_sha256}",
        f"lb:document-{DOC.sha256}",
    } <= reached
    (entity,) = [item for item in chain.get_records(ProvEntity) if str(item.identifier) == end]
    assert "consistent" in {str(value) for _, value in entity.attributes}
    cells = {
        str(value)
        for item in chain.get_records(ProvEntity)
        for name, value in item.attributes
        if str(name) == "lb:cell" and str(item.identifier) in reached
    }
    assert cells == {"totals:CHN-RUS-2023", "totals:RUS-CHN-2023"} == set(references(verdict))
    assert (f"lb:{accepted.id}", f"lb:deciding-{accepted.id}") in relations(chain, ProvGeneration)
    (person,) = [item for item in chain.get_records(ProvAgent) if "person" in str(item.identifier)]
    assert person.label == "Anna"
    assert (f"lb:deciding-{accepted.id}", str(person.identifier)) in relations(chain, ProvAssociation)
    (extraction,) = [item for item in chain.get_records(ProvActivity) if "extraction" in str(item.identifier)]
    assert ("lb:extractor", "trafilatura 2") in {(str(name), value) for name, value in extraction.attributes}
    assert (str(extraction.identifier), f"lb:document-{DOC.sha256}") in relations(chain, ProvUsage)


def test_every_identifier_that_a_relation_names_is_there(review: Review) -> None:
    ids = [claim_id(DOC, item) for item in CLAIMS]
    review.decide(DOC, CLAIMS, ids[0], "accept", by="Anna", reason="Read.")
    review.decide(DOC, CLAIMS, ids[0], "correct", by="Li", reason="Sum.", corrected={"value": 241e9})
    review.decide(DOC, CLAIMS, ids[1], "merge", by="Li", reason="Twice.", into=ids[0])
    new = document(TEXT + " End.")
    review.note(new)
    for text in (DOC, new):
        verdicts = [Outcome(replace(LEVEL, value=241e9), "conflicts", evidence=())]
        chain = read_back(prov_json(text, CLAIMS, review.decisions(), verdicts, version="1"))
        known = {str(item.identifier) for item in chain.get_records() if item.is_element()}
        for item in chain.get_records():
            if item.is_relation():
                named = {
                    str(value)
                    for name, value in item.formal_attributes
                    if value is not None and "time" not in str(name)
                }
                assert named <= known, item
    lapses = relations(chain, ProvInvalidation)
    assert len(lapses) == 2
    assert relations(chain, ProvAlternate) == {(f"lb:{ids[1]}", f"lb:{ids[0]}")}


def test_a_correction_is_a_revision_on_which_the_verdict_rests(review: Review) -> None:
    name = claim_id(DOC, LEVEL)
    review.decide(DOC, CLAIMS, name, "correct", by="Li", reason="Sum.", corrected={"value": 241e9})
    right = review.reviewed()[0].claim
    verdict = Outcome(right, "conflicts")
    chain = read_back(prov_json(DOC, CLAIMS, review.decisions(), [verdict], version="1"))
    edges = relations(chain, ProvDerivation)
    assert (f"lb:{verdict_id(DOC, verdict)}", f"lb:{claim_id(DOC, right)}") in edges
    assert (f"lb:{claim_id(DOC, right)}", f"lb:{name}") in edges


def test_the_chain_carries_no_words_of_the_text_and_is_the_same_each_time(review: Review) -> None:
    review.decide(DOC, CLAIMS, claim_id(DOC, LEVEL), "accept", by="Anna", reason="Read.")
    made = [prov_json(DOC, CLAIMS, review.decisions(), version="1") for _ in range(2)]
    assert made[0] == made[1]
    for words in ("never been", "SUM", "officials", "fell by"):
        assert words not in made[0]


def test_prov_needs_no_heavy_package_to_run() -> None:
    script = (
        "import sys, landbridge.claims.export.provenance, landbridge.claims.export.claimreview\n"
        "print(sorted({'networkx', 'rdflib', 'pydot', 'matplotlib', 'lxml', 'frictionless'} & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], check=True, capture_output=True, text=True
    )
    assert ended.stdout.strip() == "[]"


# --- Data packages ----------------------------------------------------------------------------------------------------


def problems(descriptor: Path) -> list[str]:
    """What frictionless finds wrong with a package."""
    from frictionless import validate

    report = validate(str(descriptor))
    return [f"{item[0]} {item[1]}" for item in report.flatten(["type", "note"])]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def package(tmp_path: Path, review: Review) -> Path:
    review.decide(DOC, CLAIMS, claim_id(DOC, LEVEL), "accept", by="=Anna", reason="+1")
    review.decide(DOC, CLAIMS, claim_id(DOC, FALL), "correct", by="Li", reason="-", corrected={"value": -6})
    return claims_package(
        tmp_path / "out" / "package",
        [(DOC, CLAIMS)],
        states=review.states(DOC, CLAIMS),
        decisions=review.decisions(),
        verdicts=[(DOC, [Outcome(LEVEL, "consistent"), Outcome(FALL, "not_checkable", evidence=())])],
    )


def test_a_package_of_claims_is_valid_and_holds_everything(package: Path) -> None:
    assert problems(package) == []
    descriptor = json.loads(package.read_text("utf-8"))
    assert [item["name"] for item in descriptor["resources"]] == [
        "claims",
        "decisions",
        "verdicts",
        "sources",
    ]
    assert descriptor["licenses"][0]["name"] == "Apache-2.0"
    assert DOC.sha256 in descriptor["sources"][0]["title"]
    for item in descriptor["resources"]:
        raw = (package.parent / item["path"]).read_bytes()
        assert item["hash"] == f"sha256:{hashlib.sha256(raw).hexdigest()}"
        assert item["bytes"] == len(raw)
    states = {row["id"]: row["state"] for row in rows(package.parent / "claims.csv")}
    assert states == {
        claim_id(DOC, LEVEL): "accepted",
        claim_id(DOC, FALL): "corrected",
        claim_id(DOC, SUM): "open",
    }
    assert [row["action"] for row in rows(package.parent / "decisions.csv")] == ["accept", "correct"]
    assert json.loads(rows(package.parent / "decisions.csv")[1]["corrected"]) == {"value": -6.0}
    verdicts = rows(package.parent / "verdicts.csv")
    assert [row["cells"] for row in verdicts] == ["totals:CHN-RUS-2023|totals:RUS-CHN-2023", ""]
    assert {item.name for item in package.parent.parent.iterdir()} == {"package"}


def test_numbers_and_blanks_are_read_back_as_they_were(package: Path) -> None:
    from frictionless import Package

    found = {row["id"]: row for row in Package(str(package)).get_resource("claims").read_rows()}
    fall, level = found[claim_id(DOC, FALL)], found[claim_id(DOC, LEVEL)]
    assert float(fall["value"]) == -5.0
    assert fall["period"] is None
    assert float(level["value"]) == 240.1e9
    assert (level["start"], level["end"]) == (LEVEL.start, LEVEL.end)


def test_no_cell_of_text_can_run_in_a_spreadsheet_and_quotes_stay_short(package: Path) -> None:
    descriptor = json.loads(package.read_text("utf-8"))
    seen = 0
    for item in descriptor["resources"]:
        types = {field["name"]: field["type"] for field in item["schema"]["fields"]}
        for row in rows(package.parent / item["path"]):
            for name, cell in row.items():
                if types[name] == "string" and cell:
                    assert cell.lstrip()[0] not in "=+-@＝＋－＠", (name, cell)
                    seen += cell.startswith("'")
    assert seen >= 5
    claims = {row["id"]: row for row in rows(package.parent / "claims.csv")}
    assert unquoted(claims[claim_id(DOC, SUM)]["quote"]) == SUM.quote
    assert claims[claim_id(DOC, FALL)]["value"] == "-5.0"
    assert len(claims[claim_id(DOC, LEVEL)]["quote"].split()) <= 13
    assert (package.parent / "claims.csv").read_text("utf-8").startswith('"id","document"')


@given(st.text())
def test_quoting_is_undone_and_hides_every_formula(text: str) -> None:
    cell = quoted(text)
    assert unquoted(cell) == text
    assert cell.lstrip(" \u00a0")[:1] not in tuple("=+-@\t\r\n")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\tx", "\r=1", " =1", "\u00a0@x", "＝1", "'=1", "'"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert quoted(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "1-2", "trade", "5"])
def test_what_it_would_not_run_stays(text: str) -> None:
    assert quoted(text) == text


def test_a_quote_is_cut_after_twelve_words() -> None:
    assert short_quote("one two") == "one two"
    assert short_quote("w " * 13) == " ".join(["w"] * 12) + " …"
    assert len(short_quote("贸" * 500)) < 130


def test_frictionless_finds_what_is_wrong_with_a_spoilt_package(package: Path) -> None:
    path = package.parent / "claims.csv"
    path.write_text(
        path.read_text("utf-8").replace('"quantity"', '""').replace('"-5.0"', '"few"'), encoding="utf-8"
    )
    found = " ".join(problems(package))
    assert "hash-count" in found or "byte-count" in found
    text = json.loads(package.read_text("utf-8"))
    for item in text["resources"]:
        del item["hash"], item["bytes"]
    package.write_text(json.dumps(text), encoding="utf-8")
    found = " ".join(problems(package))
    assert "constraint-error" in found
    assert "type-error" in found


def test_the_ledger_of_the_release_is_a_valid_package(tmp_path: Path) -> None:
    ledger = load_data().ledger
    descriptor = ledger_package(tmp_path / "ledger", ledger)
    assert problems(descriptor) == []
    found = rows(descriptor.parent / "statements.csv")
    assert {row["id"] for row in found} == {statement.id for statement in ledger.history}
    cited = {row["source"] for row in found} - {"assumed"}
    listed = rows(descriptor.parent / "sources.csv")
    assert {row["id"] for row in listed} == cited
    licences = {item["id"]: item["licence"] for item in json.loads(descriptor.read_text("utf-8"))["sources"]}
    assert licences == {row["id"]: unquoted(row["licence"]) for row in listed}


def test_a_ledger_with_corrections_tells_what_stands(tmp_path: Path, review: Review) -> None:
    name = claim_id(DOC, LEVEL)
    review.decide(DOC, CLAIMS, name, "accept", by="Anna", reason="Read.")
    review.decide(DOC, CLAIMS, name, "reject", by="Li", reason="No.")
    descriptor = ledger_package(tmp_path / "ledger", Ledger(*Workspace.open(review.folder).ledger()))
    assert problems(descriptor) == []
    stands: Mapping[str, str] = {
        row["id"]: row["stands"] for row in rows(descriptor.parent / "statements.csv")
    }
    accepted, rejected = review.history(name)
    assert stands == {accepted.statement: "false", rejected.statement: "true"}


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    made = [claims_package(tmp_path / name, [(DOC, CLAIMS)], states={}) for name in ("a", "b")]
    first, second = ({item.name: item.read_bytes() for item in path.parent.iterdir()} for path in made)
    assert first == second


def test_nothing_is_overwritten_and_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes").write_text("x")
    with pytest.raises(BadUsage, match="new or empty"):
        claims_package(tmp_path / "mine", [(DOC, CLAIMS)], states={})
    with pytest.raises(BadUsage, match="name of a package"):
        claims_package(tmp_path / "new", [(DOC, CLAIMS)], states={}, name="My Claims")
    with pytest.raises(BadUsage, match="licence"):
        claims_package(tmp_path / "new", [(DOC, CLAIMS)], states={}, licence={"title": "mine"})

    def full(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("landbridge.claims.export.datapackage.Path.write_text", full)
    with pytest.raises(OSError, match="disk full"):
        claims_package(tmp_path / "new", [(DOC, CLAIMS)], states={})
    assert {item.name for item in tmp_path.iterdir()} == {"mine"}
    monkeypatch.undo()
    (tmp_path / "empty").mkdir()
    assert problems(claims_package(tmp_path / "empty", [(DOC, CLAIMS)], states={})) == []
