"""Claims that a ledger holds, as readings of the documents they were found in."""

from __future__ import annotations

import re
from collections import defaultdict

from landbridge.claims.acceptance import WITHDRAWN, read_from, subject_in
from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.reading import Reading
from landbridge.claims.verdicts.findings import FLOWS
from landbridge.claims.wording import LEDGER
from landbridge.ledger import Ledger, Statement
from landbridge.provenance import Source

# How sentences on a flow lead from what flows to how much: `came to {value}`, `was meant to reach {value}`.
_LEADS = re.compile(
    r"\s(?:(?:amounts?|amounted|comes?|came|is|are|was|were|stands?|stood|reach(?:es|ed)?|rose|rises|fell|falls|grew|grows|went|"
    r"will|at|be|by|down|expected|hoped|meant|planned|set|supposed|to|touch|up)\s){1,6}\{value\}"
)
_BOTH_WAYS = re.compile(r"\bboth ways\b", re.IGNORECASE)


def readings(ledger: Ledger) -> tuple[Reading, ...]:
    """One reading for each document whose claims the ledger holds and lets stand, by its source.

    The text itself is not held: its hash is, and the claims stand in words of the editors. A statement that withdraws a
    claim is none.
    """
    found: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in ledger.statements:
        if _asserts(statement):
            found[statement.source, statement.sha256].append(statement)
    return tuple(_reading(ledger, source, sha256, said) for (source, sha256), said in sorted(found.items()))


def name_of(source: Source | None, otherwise: str) -> str:
    """A source by its title, with the name of the file where a person accepted claims of one; else `otherwise`."""
    if source is None:
        return otherwise
    file, title = read_from(source) or ("", source.title)
    return f"{file} ({title})" if file and title != file else title or otherwise


def _asserts(statement: Statement) -> bool:
    return (
        statement.kind == "claim"
        and statement.property == "asserts"
        and bool(statement.detail.get("indicator"))
        and WITHDRAWN not in statement.detail
    )


def _reading(ledger: Ledger, source: str, sha256: str, said: list[Statement]) -> Reading:
    dated = max((statement.as_of for statement in said if statement.as_of), default="")
    document = Document(
        name=source,
        text="",
        sha256="",
        text_sha256=sha256,
        extractor="ledger",
        format="ledger",
        title=name_of(ledger.sources.get(source), ""),
        dated=dated,
        dated_by="ledger" if dated else "",
    )
    ordered = sorted(said, key=lambda statement: (statement.start or 0, statement.id))
    return Reading(document, tuple(claim_in(statement) for statement in ordered))


def claim_in(statement: Statement) -> Claim:
    """The claim that a statement of the ledger records."""
    detail = statement.detail
    return Claim(
        # The quote of a ledger claim is the editors' wording; its number stands beside it, so the value itself rounds.
        quote=statement.text,
        start=statement.start or 0,
        end=statement.end or 0,
        kind=detail.get("kind", ""),
        indicator=detail.get("indicator", ""),
        subject=_subject(statement),
        parties=tuple(detail.get("parties", "").split()),
        direction=detail.get("direction") or None,
        period=statement.period or None,
        period_inferred=detail.get("period_inferred") or None,
        value=statement.number,
        unit=statement.unit or None,
        comparator=statement.comparator if statement.number is not None else None,
        speaker=statement.speaker or None,
        rule=LEDGER,
    )


def _subject(statement: Statement) -> str:
    """Whose value it is. Two sentences on one flow differ in how they lead to the value; what flows is the rest."""
    text = subject_in(statement)
    if statement.detail.get("indicator", "").removesuffix("_growth") in FLOWS:
        text = _BOTH_WAYS.sub(" ", _LEADS.sub(" ", text, count=1))
    return " ".join(text.replace("{value}", "").replace("{period}", "").split())
