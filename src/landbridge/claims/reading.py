"""Reading: a document, made into claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.errors import BadUsage

if TYPE_CHECKING:
    import polars as pl

    from landbridge.claims.verifying import Verdicts
    from landbridge.release import Data


@dataclass(frozen=True)
class Reading:
    """A document with every claim read in it, by place in the text.

    `homes` maps the name of each speaker to the place that the words on the speaker's office name, and `parties` are the two
    places (or one) that the text is about.
    """

    document: Document
    claims: tuple[Claim, ...]
    homes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    parties: tuple[str, ...] = ()
    language: str = "en"

    @cached_property
    def address(self) -> dict[str, Any]:
        """What the claims are claims of: name, hashes, extractor and date of the document."""
        names = ("name", "sha256", "text_sha256", "extractor", "dated", "dated_by")
        return {name: getattr(self.document, name) for name in names}

    def rows(self) -> list[dict[str, Any]]:
        """One plain row a claim, with the document it stands in."""
        return [claim.row() | {"doc": self.address} for claim in self.claims]

    def table(self) -> pl.DataFrame:
        """The claims as a flat frame, lists written out with blanks between."""
        import polars as pl

        return pl.DataFrame(
            [
                {"document": self.document.name}
                | {
                    slot: " ".join(value) if isinstance(value, list) else value
                    for slot, value in claim.row().items()
                    if slot != "readings"
                }
                for claim in self.claims
            ],
            infer_schema_length=None,
        )

    def verify(self, data: Data | None = None, *, as_of: str = "") -> Verdicts:
        """A verdict on every claim, from the statistics of `data` (the embedded release) and from the text itself."""
        from landbridge.claims.verifying import verify

        return verify([self], data, as_of=as_of)


def read(
    source: Path | str | bytes,
    *,
    name: str = "",
    dated: str = "",
    language_code: str = "",
    data: Data | None = None,
) -> Reading:
    """Read the claims of a file (or of the bytes of one).

    `dated` is the date at which the text speaks (YYYY, YYYY-MM or YYYY-MM-DD); without it the file's own metadata, the
    ledger of `data` (where it holds the same content) and what the text states are asked in turn. `language_code`
    overrules the script.
    Raises `BadFile` for what cannot be opened or read.
    """
    # The readers of formats and the grammar are loaded by whoever reads: verdicts on a ledger's claims do without.
    from landbridge.claims.documents import open_document

    return read_document(
        open_document(source, name=name), dated=dated, language_code=language_code, data=data
    )


def read_document(
    document: Document, *, dated: str = "", language_code: str = "", data: Data | None = None
) -> Reading:
    """Read the claims of a document that is open."""
    from landbridge.claims.grammar.dating import text_date
    from landbridge.claims.grammar.ready import understand
    from landbridge.claims.languages import detect, language
    from landbridge.ledger.forms import is_period

    if dated and not (
        is_period(dated) and "/" not in dated and dated[4:5] in ("", "-") and dated[5:6] not in ("H", "Q")
    ):
        raise BadUsage(f"{dated!r} is not a date.", remedy="Write it as 2018, 2018-11 or 2018-11-05.")
    spoken = language(language_code) if language_code else detect(document.text)
    if dated:
        document = replace(document, dated=dated, dated_by="given")
    elif not document.dated and data is not None and (held := _held_date(document, data)):
        document = replace(document, dated=held, dated_by="ledger")
    elif not document.dated and (stated := text_date(document.text, spoken)):
        document = replace(document, dated=stated, dated_by="text")
    found = understand(document.text, spoken, dated=document.dated)
    return Reading(document, found.claims, found.homes, found.parties, spoken.code)


def _held_date(document: Document, data: Data) -> str:
    """The date at which the ledger says that a text of this content speaks."""
    hashes = {document.sha256, document.text_sha256}
    return max(
        (s.as_of for s in data.ledger.statements if s.kind == "claim" and s.sha256 in hashes), default=""
    )


def read_all(documents: Iterable[Document], **options: Any) -> list[Reading]:
    """Read several documents, in their order."""
    return [read_document(document, **options) for document in documents]
