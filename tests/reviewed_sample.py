"""A short text with claims in it, for the tests of review."""

from __future__ import annotations

import hashlib
from typing import Any

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.review import Review, claim_id
from landbridge.ledger import Ledger, Statement, check
from landbridge.release.workspace import Workspace

TEXT = (
    "In 2023 trade between China and Russia reached $240.1 billion, up 26.3 percent. "
    "Trade between the two stood at $240 billion in 2023, officials said. "
    "Belarus sold 84 million dollars of goods to China."
)


def document(text: str = TEXT, name: str = "digest.txt", dated: str = "2024-01-12") -> Document:
    raw = text.encode()
    digest = hashlib.sha256(raw).hexdigest()
    return Document(name, text, digest, digest, "text 1", "text", "A digest", dated, "given" if dated else "")


def claim(quote: str, text: str = TEXT, **slots: Any) -> Claim:
    start = text.index(quote)
    base: dict[str, Any] = {
        "kind": "quantity",
        "indicator": "trade_turnover",
        "subject": "trade",
        "parties": ("CHN", "RUS"),
        "period": "2023",
        "value": 240.1e9,
        "unit": "USD",
        "comparator": "=",
        "rule": "level",
    }
    return Claim(quote, start, start + len(quote), **{**base, **slots})


LEVEL = claim("reached $240.1 billion")
GROWTH = claim("up 26.3 percent", kind="change", indicator="trade_turnover_growth", value=26.3, unit="%")
AGAIN = claim("stood at $240 billion", value=240e9, speaker="officials")
SALES = claim(
    "sold 84 million dollars",
    indicator="exports",
    parties=("BLR", "CHN"),
    direction="BLR->CHN",
    value=84e6,
    period=None,
)
CLAIMS = (LEVEL, GROWTH, AGAIN, SALES)
DOC = document()
ID = claim_id(DOC, LEVEL)
# By what later versions of the digest are known.
ORIGIN = "https://example.org/digest"
WHO = {"by": "Anna Petrova", "reason": "Read against the text."}


def ledger(review: Review) -> Ledger:
    return Ledger(*Workspace.open(review.folder).ledger())


def standing(review: Review) -> list[Statement]:
    """The claims that the workspace's ledger asserts."""
    held = ledger(review)
    assert check(held) == []
    return [statement for statement in held.statements if "withdrawn" not in statement.detail]
