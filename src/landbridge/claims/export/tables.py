"""The tables that data packages hold: fields with their types, and rows out of claims, decisions, verdicts, statements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landbridge.claims.acceptance import WITHDRAWN, our_words
from landbridge.claims.claim import Claim
from landbridge.claims.decisions import Decision
from landbridge.claims.document import Document
from landbridge.claims.export.judged import Judged, references, verdict_id
from landbridge.claims.review import State, claim_id
from landbridge.ledger import Ledger, Statement
from landbridge.provenance import Source

# Longer quotes are cut: a package of claims shows where a text says something, it does not carry the text.
WORDS_QUOTED = 12
_CHARACTERS_QUOTED = 120
_NUMBERS = ("number", "low", "high")
_WHOLE = ("start", "end")


@dataclass(frozen=True, slots=True)
class Field:
    """One column: `type` as in Table Schema (string, number, integer, boolean, object)."""

    name: str
    type: str
    about: str
    required: bool = False
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """One table of a package. `key` names the fields that tell rows apart."""

    name: str
    about: str
    fields: tuple[Field, ...]
    rows: tuple[Mapping[str, Any], ...]
    key: tuple[str, ...]


def claims_table(
    readings: Iterable[tuple[Document, Sequence[Claim]]], states: Mapping[str, State]
) -> Resource:
    """Every claim of some documents as the program read it, with its state."""
    rows: dict[str, dict[str, Any]] = {}
    for document, claims in readings:
        for claim in claims:
            name = claim_id(document, claim)
            slots = claim.row()
            rows[name] = {
                "id": name,
                "document": document.name,
                "text_sha256": document.text_sha256,
                "state": states.get(name, State("open")).name,
                "words": our_words(claim, filled=True),
                **{field.name: slots.get(field.name) for field in _CLAIM},
                "quote": short_quote(claim.quote),
                "parties": " ".join(claim.parties),
                "readings": slots["readings"] or None,
            }
    head = (
        Field("id", "string", "hash of the text and of what tells the claim apart", required=True),
        Field("document", "string", "name of the document", required=True),
        Field("text_sha256", "string", "hash of the text in which offsets count", required=True),
        Field(
            "state",
            "string",
            "what a person decided",
            required=True,
            one_of=("open", "accepted", "corrected", "rejected", "merged", "lapsed"),
        ),
        Field("words", "string", "the claim in our words", required=True),
    )
    return Resource("claims", "What the documents assert.", head + _CLAIM, tuple(rows.values()), ("id",))


_CLAIM = (
    Field("quote", "string", f"the words of the text, at most {WORDS_QUOTED} of them"),
    Field("start", "integer", "first code point", required=True),
    Field("end", "integer", "code point after the last", required=True),
    Field("kind", "string", "sort of assertion", required=True),
    Field("indicator", "string", "what it is about", required=True),
    Field("subject", "string", "whose value it is"),
    Field("parties", "string", "codes of places, with spaces between"),
    Field("direction", "string", "which way a flow goes, origin first"),
    Field("period", "string", "the time stated"),
    Field("asof", "string", "words that date it by the time of writing"),
    Field("period_inferred", "string", "our reading of them"),
    Field("value", "number", "value in the base unit"),
    Field("unit", "string", "unit"),
    Field("comparator", "string", "the text's own hedge"),
    Field("speaker", "string", "who says so"),
    Field("readings", "object", "slots that are ambiguous, with every value they may have"),
    Field("rule", "string", "rule of the grammar that found it"),
    Field("grade", "string", "how far rules of that kind are to be trusted"),
)


def decisions_table(decisions: Iterable[Decision]) -> Resource:
    """Every decision, oldest first, with the quote left out of what was read."""
    fields = (
        Field("id", "string", "id of the decision", required=True),
        Field("claim", "string", "id of the claim", required=True),
        Field(
            "action",
            "string",
            "what was decided",
            required=True,
            one_of=("accept", "correct", "reject", "merge", "lapse"),
        ),
        Field("by", "string", "who decided", required=True),
        Field("reason", "string", "why", required=True),
        Field("decided", "string", "when, in UTC", required=True),
        Field("document", "string", "name of the document", required=True),
        Field("sha256", "string", "its hash then", required=True),
        Field("text_sha256", "string", "hash of its text then", required=True),
        Field("extractor", "string", "program that made the text", required=True),
        Field("into", "string", "the claim that it repeats"),
        Field("statement", "string", "the statement that the decision added to the ledger"),
        Field("corrected", "object", "slots put in place"),
    )
    rows = []
    for decision in decisions:
        told = decision.record()
        corrected = {slot: value for slot, value in told["corrected"].items() if slot != "quote"}
        rows.append({field.name: told[field.name] for field in fields} | {"corrected": corrected or None})
    return Resource("decisions", "What people decided about claims.", fields, tuple(rows), ("id",))


def verdicts_table(judged: Iterable[tuple[Document, Iterable[Judged]]]) -> Resource:
    """Every verdict with the cells it rests on."""
    fields = (
        Field("id", "string", "id of the verdict", required=True),
        Field("claim", "string", "id of the claim", required=True),
        Field(
            "outcome",
            "string",
            "what follows",
            required=True,
            one_of=("consistent", "consistent_under", "conflicts", "implausible", "not_checkable"),
        ),
        Field("definition", "string", "the definition compared with"),
        Field("reason", "string", "why", required=True),
        Field("cells", "string", "cells and ids of figures it rests on, with | between"),
    )
    rows = {
        verdict_id(document, verdict): {
            "id": verdict_id(document, verdict),
            "claim": claim_id(document, verdict.claim),
            "outcome": verdict.outcome,
            "definition": verdict.definition,
            "reason": verdict.reason,
            "cells": "|".join(references(verdict)),
        }
        for document, verdicts in judged
        for verdict in verdicts
    }
    return Resource("verdicts", "What statistics say of the claims.", fields, tuple(rows.values()), ("id",))


def statements_table(ledger: Ledger) -> Resource:
    """Every statement of a ledger, superseded ones too, which `stands` tells."""
    names = [name for name in Statement.__dataclass_fields__ if name not in ("id", "detail")]
    needed = ("subject", "kind", "property", "source", "status", "recorded", "recorder")
    fields = (
        Field("id", "string", "hash of the content", required=True),
        Field(
            "stands",
            "boolean",
            "false where a later statement supersedes it, and for one that takes a claim back",
            required=True,
        ),
        *(
            Field(
                name,
                "number" if name in _NUMBERS else "integer" if name in _WHOLE else "string",
                f"see docs/reference/ledger.md: {name.replace('_', ' ')}",
                required=name in needed,
            )
            for name in names
        ),
        Field("detail", "object", "slots of a claim"),
    )
    standing = {item.id for item in ledger.statements if WITHDRAWN not in item.detail}
    rows = tuple(
        {"id": item.id, "stands": item.id in standing}
        | {name: getattr(item, name) for name in names}
        | {"status": item.status.value, "detail": dict(item.detail) or None}
        for item in sorted(ledger.history, key=lambda item: item.id)
    )
    return Resource("statements", "What sources state; see docs/reference/ledger.md.", fields, rows, ("id",))


def sources_table(sources: Iterable[Source]) -> Resource:
    """Every source with publisher, address and licence."""
    about = {
        "id": "id, as in the column `source`",
        "publisher": "who published it",
        "title": "what",
        "published": "when",
        "url": "where",
        "licence": "on which terms",
        "kind": "sort of source",
        "weak": "true for copies, aggregators and anonymous pages",
    }
    fields = tuple(
        Field(name, "boolean" if name == "weak" else "string", text, required=name in ("id", "publisher"))
        for name, text in about.items()
    )
    ordered = sorted(sources, key=lambda item: item.id)
    rows = tuple({name: getattr(item, name) for name in about} for item in ordered)
    return Resource("sources", "Where the rest comes from.", fields, rows, ("id",))


def cells(row: Mapping[str, Any], fields: Iterable[Field]) -> Iterator[str]:
    """The cells of one row as text; what is missing is empty."""
    for field in fields:
        value = row[field.name]
        if value is None or value == "":
            yield ""
        elif field.type == "boolean":
            yield "true" if value else "false"
        elif field.type == "number":
            yield repr(float(value))
        elif field.type == "object":
            yield json.dumps(value, ensure_ascii=False, sort_keys=True)
        elif field.type == "integer":
            yield str(int(value))
        else:
            yield quoted(str(value))


# What a spreadsheet takes for the beginning of a formula, full-width forms included.
_FORMULA = "=+-@\t\r\n＝＋－＠"


def quoted(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before one that begins like it.

    Leading spaces are looked through, and a text that begins with an apostrophe gets another, so that `unquoted`
    always gives the text back.
    """
    risky = text.startswith(("'", *_FORMULA)) or text.lstrip(" \u00a0").startswith(tuple(_FORMULA))
    return f"'{text}" if risky else text


def unquoted(cell: str) -> str:
    """The text behind a cell that `quoted` made."""
    return cell.removeprefix("'")


def short_quote(quote: str) -> str:
    """At most twelve words of a quote; what is cut off shows as an ellipsis."""
    words = quote.split()
    text = " ".join(words[:WORDS_QUOTED])
    cut = len(words) > WORDS_QUOTED or len(text) > _CHARACTERS_QUOTED
    return text[:_CHARACTERS_QUOTED] + " …" if cut else text
