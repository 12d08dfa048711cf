"""Verdicts and decisions for other programs: sound JSON-LD, and a chain that `prov` reads."""

from __future__ import annotations

import html.parser
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import prov
import pytest
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

from judged_sample import CLAIMS, DOC, FALL, HOSTILE, LEVEL, TEXT, Outcome, document
from landbridge.claims.acceptance import our_words
from landbridge.claims.export.claimreview import RATINGS, claim_reviews, script_safe
from landbridge.claims.export.judged import references, verdict_id
from landbridge.claims.export.provenance import prov_json
from landbridge.claims.review import Review, claim_id
from landbridge.errors import BadUsage, UnknownLabel

# --- ClaimReview ------------------------------------------------------------------------------------------------------


def one(outcome: str = "consistent", **changes: Any) -> dict[str, Any]:
    (found,) = claim_reviews(
        DOC, [Outcome(LEVEL, outcome, **changes)], reviewed="2024-03-01", author="A desk"
    )
    return found


ORIGIN = "https://example.org/digest"


def test_a_verdict_becomes_a_claim_review() -> None:
    assert one() == {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "@id": f"urn:landbridge:{verdict_id(DOC, Outcome(LEVEL, 'consistent'))}",
        "datePublished": "2024-03-01",
        "author": {"@type": "Organization", "name": "A desk"},
        "claimReviewed": (
            "Quantity: trade turnover, trade, China and Russia: about 240.1 billion USD in 2023"
        ),
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


def test_an_outcome_without_a_rating_is_refused() -> None:
    with pytest.raises(UnknownLabel, match="implausible"):
        one("implausable")


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
    review.decide(DOC, CLAIMS, ids[0], "accept", by="Anna", reason="Read.", origin=ORIGIN)
    sum_of = {"value": 241e9}
    review.decide(DOC, CLAIMS, ids[0], "correct", by="Li", reason="Sum.", corrected=sum_of, origin=ORIGIN)
    review.decide(DOC, CLAIMS, ids[1], "merge", by="Li", reason="Twice.", into=ids[0], origin=ORIGIN)
    new = document(TEXT + " End.")
    review.settle(new, origin=ORIGIN)
    for text in (DOC, new):
        verdicts = [Outcome(replace(LEVEL, value=241e9), "conflicts", evidence=())]
        chain = read_back(prov_json(text, CLAIMS, review.decisions(), verdicts, version="1", origin=ORIGIN))
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
