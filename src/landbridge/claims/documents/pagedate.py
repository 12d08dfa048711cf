"""The date of publication that a page states in so many words; never one that only looks likely."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from landbridge.claims.documents.extract import SHOWN, day

_META = (
    "article:published_time",
    "datepublished",
    "citation_publication_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "publish_date",
    "publish-date",
    "pubdate",
    "publication_date",
    "parsely-pub-date",
    "sailthru.date",
)
_ARTICLES = (
    "article",
    "newsarticle",
    "report",
    "blogposting",
    "webpage",
    "opinionnewsarticle",
    "analysisnewsarticle",
    "reportagenewsarticle",
    "scholarlyarticle",
    "techarticle",
)
_UNREAD = "The page states its date as {words}; that was not read, as the order of day and month may differ."
_MOST_JSON = 1_000_000
_MOST_NODES = 10_000


def stated(tree: Any) -> tuple[str, tuple[str, ...]]:
    """The date of publication of a page, and notes; nothing where it states none, or several.

    Asked in this order: meta elements, JSON-LD, elements marked as date of publication, and a `time` element if all of
    them in the page name the same day.
    """
    unread = ""
    for found in (_meta(tree), _json(tree), _marked(tree)):
        words = [word for word in found if word.strip()]
        days = list(dict.fromkeys(filter(None, map(day, words))))
        if days:
            # A coarser form of the same date (`2019`, `2019-06`) contradicts nothing.
            fine = [one for one in days if not any(other != one and other.startswith(one) for other in days)]
            also = f"The page states several dates of publication: {', '.join(fine[:SHOWN])}; the first was taken."
            return fine[0], (also,) if len(fine) > 1 else ()
        unread = unread or (words[0].strip()[:60] if words else "")
    times = [day(str(words)) for words in tree.xpath("//time/@datetime")]
    days = list(dict.fromkeys(one for one in times if len(one) == len("2019-06-15")))
    if len(days) == 1:
        return days[0], ("The date is that of the only day a `time` element of the page names.",)
    if len(days) > 1:
        listed = ", ".join(days[:SHOWN])
        return "", (f"The page marks several days ({listed}); none was taken as its date.",)
    return "", (_UNREAD.format(words=repr(unread)),) if unread else ()


def _meta(tree: Any) -> list[str]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop") or ""
        found.setdefault(key.strip().lower(), []).append(element.get("content") or "")
    return [words for key in _META for words in found.get(key, ())]


def _json(tree: Any) -> list[str]:
    """`datePublished` of every article in the JSON-LD of a page."""
    found: list[str] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json" or not script.text:
            continue
        try:
            content = json.loads(script.text) if len(script.text) <= _MOST_JSON else None
        except (ValueError, RecursionError):
            continue
        for node in _nodes(content):
            kinds = node.get("@type")
            names = kinds if isinstance(kinds, list) else [kinds]
            words = node.get("datePublished")
            if isinstance(words, str) and any(str(name).lower() in _ARTICLES for name in names):
                found.append(words)
    return found


def _nodes(content: Any) -> Iterator[dict[str, Any]]:
    """The objects at the top of JSON-LD: those of a list or of `@graph`, and what a page is about."""
    open_, seen = [content], 0
    while open_ and seen < _MOST_NODES:
        one = open_.pop(0)
        seen += 1
        if isinstance(one, list):
            open_ += one[:_MOST_NODES]
        elif isinstance(one, dict):
            yield one
            open_ += [one[key] for key in ("@graph", "mainEntity") if key in one]


def _marked(tree: Any) -> Iterable[str]:
    for element in tree.xpath("//*[@itemprop='datePublished' or (self::time and @pubdate)]"):
        yield element.get("datetime") or element.get("content") or "".join(element.itertext())[:64]
