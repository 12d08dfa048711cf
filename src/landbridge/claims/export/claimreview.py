"""Verdicts as schema.org ClaimReview, in JSON-LD.

A rating says how a claim fits the statistics held under named definitions, not whether its speaker is honest:

| outcome | ratingValue (1 worst, 5 best) | alternateName |
|---|---|---|
| consistent | 5 | Consistent with the statistics |
| consistent_under | 4 | Consistent under a named definition |
| implausible | 2 | Implausible |
| conflicts | 1 | Conflicts with the statistics |
| not_checkable | none | Not checkable with the statistics held |

No outcome lies in the middle, so 3 is never given. What cannot be checked has no number at all: absence of a series
says nothing about a claim.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from landbridge.claims.acceptance import our_words
from landbridge.claims.document import Document
from landbridge.claims.export.judged import Judged, verdict_id
from landbridge.claims.review import claim_id
from landbridge.codes.matching import plain
from landbridge.errors import BadUsage, UnknownLabel

RATINGS: dict[str, tuple[int | None, str]] = {
    "consistent": (5, "Consistent with the statistics"),
    "consistent_under": (4, "Consistent under a named definition"),
    "implausible": (2, "Implausible"),
    "conflicts": (1, "Conflicts with the statistics"),
    "not_checkable": (None, "Not checkable with the statistics held"),
}
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def claim_reviews(
    document: Document,
    verdicts: Iterable[Judged],
    *,
    reviewed: str,
    author: str,
    address: str = "",
    page: str = "",
) -> tuple[dict[str, Any], ...]:
    """One ClaimReview for each verdict.

    `reviewed` is the day of the review (YYYY-MM-DD), `author` who stands behind it, `address` where the document can be
    read, `page` where the review is published; both addresses may be left out. The claim is told in our words, never in
    those of the text.
    """
    _require_day(reviewed)
    if not author.strip():
        raise BadUsage(
            "a review needs an author.", remedy="Name the person or organisation that publishes it."
        )
    for name, given in (("address", address), ("page", page)):
        if given and not given.startswith(("https://", "http://")):
            raise BadUsage(
                f"{name}: {given!r} is not an address.", remedy="It begins with https:// or http://."
            )
    appearance = _appearance(document, address)
    return tuple(_review(document, verdict, appearance, reviewed, author, page) for verdict in verdicts)


def _review(
    document: Document, verdict: Judged, appearance: dict[str, Any], reviewed: str, author: str, page: str
) -> dict[str, Any]:
    claim = verdict.claim
    item: dict[str, Any] = {
        "@type": "Claim",
        "@id": f"urn:landbridge:{claim_id(document, claim)}",
        "appearance": appearance,
    }
    # The vocabulary of schema.org knows persons and organisations alone; whoever a text names is given as a person.
    if claim.speaker:
        item["author"] = {"@type": "Person", "name": plain(claim.speaker)}
    if document.dated:
        item["datePublished"] = document.dated
    out: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "@id": f"urn:landbridge:{verdict_id(document, verdict)}",
        "datePublished": reviewed,
        "author": {"@type": "Organization", "name": plain(author)},
        "claimReviewed": plain(our_words(claim, filled=True)),
        "itemReviewed": item,
        "reviewRating": rating(verdict),
        "reviewBody": plain(verdict.reason),
    }
    if page:
        out["url"] = page
    return out


def rating(verdict: Judged) -> dict[str, Any]:
    """The rating of a verdict, after the table at the head of this module."""
    if verdict.outcome not in RATINGS:
        raise UnknownLabel("outcome that can be rated", verdict.outcome, RATINGS)
    value, name = RATINGS[verdict.outcome]
    if verdict.outcome == "consistent_under" and verdict.definition:
        name = f"{name}: {plain(verdict.definition)}"
    out: dict[str, Any] = {"@type": "Rating", "alternateName": name}
    return out if value is None else out | {"ratingValue": value, "bestRating": 5, "worstRating": 1}


def _appearance(document: Document, address: str) -> dict[str, Any]:
    where = address or (document.name if document.name.startswith(("https://", "http://")) else "")
    out: dict[str, Any] = {
        "@type": "CreativeWork",
        "name": plain(document.title or document.name),
        "identifier": f"sha256:{document.sha256}",
    }
    if where:
        out["url"] = where
    if document.dated:
        out["datePublished"] = document.dated
    return out


def script_safe(data: Any) -> str:
    """`data` as JSON that may stand inside `<script type="application/ld+json">`: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False)
    for sign, escaped in _ESCAPED.items():
        text = text.replace(sign, escaped)
    return text


def _require_day(text: str) -> None:
    try:
        sound = len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        sound = False
    if not sound:
        raise BadUsage(f"{text!r} is not a day.", remedy="Write it as 2024-01-31.")
