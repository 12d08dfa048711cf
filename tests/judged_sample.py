"""A short text with claims and verdicts, some of them hostile, for the tests of exports."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document

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
