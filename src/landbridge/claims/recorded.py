"""Claims that a ledger holds, as readings of the documents they were found in."""

from __future__ import annotations

from collections import defaultdict

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.reading import Reading
from landbridge.ledger import Ledger, Statement


def readings(ledger: Ledger) -> tuple[Reading, ...]:
    """One reading for each document whose claims the ledger holds and lets stand, by its source.

    The text itself is not held: its hash is, and the claims stand in words of the editors. A claim that was
    withdrawn (no parties, no value) is left out.
    """
    found: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in ledger.statements:
        if (
            statement.kind == "claim"
            and statement.property == "asserts"
            and statement.detail.get("indicator")
        ):
            found[statement.source, statement.sha256].append(statement)
    return tuple(_reading(ledger, source, sha256, said) for (source, sha256), said in sorted(found.items()))


def _reading(ledger: Ledger, source: str, sha256: str, said: list[Statement]) -> Reading:
    held = ledger.sources.get(source)
    dated = max((statement.as_of for statement in said if statement.as_of), default="")
    document = Document(
        name=source,
        text="",
        sha256="",
        text_sha256=sha256,
        extractor="ledger",
        format="ledger",
        title=held.title if held else "",
        dated=dated,
        dated_by="ledger" if dated else "",
    )
    ordered = sorted(said, key=lambda statement: (statement.start or 0, statement.id))
    return Reading(document, tuple(_claim(statement) for statement in ordered))


def _claim(statement: Statement) -> Claim:
    detail = statement.detail
    return Claim(
        # The quote of a ledger claim is the editors' wording; its number stands beside it, so the value itself rounds.
        quote=statement.text,
        start=statement.start or 0,
        end=statement.end or 0,
        kind=detail.get("kind", ""),
        indicator=detail.get("indicator", ""),
        subject=statement.text.replace("{value}", "").replace("{period}", "").strip(),
        parties=tuple(detail.get("parties", "").split()),
        direction=detail.get("direction") or None,
        period=statement.period or None,
        period_inferred=detail.get("period_inferred") or None,
        value=statement.number,
        unit=statement.unit or None,
        comparator=statement.comparator if statement.number is not None else None,
        speaker=statement.speaker or None,
        rule="ledger",
    )
