"""Claims: what a text asserts, read by a grammar, and what statistics, arithmetic and other texts say of it.

`read` gives the claims of a document, `Reading.verify` a verdict on each. How the rooms lie: docs/explanation/claims.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOME = {
    "Claim": "landbridge.claims.claim",
    "Document": "landbridge.claims.document",
    "Reading": "landbridge.claims.reading",
    "read": "landbridge.claims.reading",
    "read_all": "landbridge.claims.reading",
    "read_document": "landbridge.claims.reading",
    "open_document": "landbridge.claims.documents",
    "verify": "landbridge.claims.verifying",
}
__all__ = ["Claim", "Document", "Reading", "open_document", "read", "read_all", "read_document", "verify"]

if TYPE_CHECKING:
    from landbridge.claims.claim import Claim
    from landbridge.claims.document import Document
    from landbridge.claims.documents import open_document
    from landbridge.claims.reading import Reading, read, read_all, read_document
    from landbridge.claims.verifying import verify


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
