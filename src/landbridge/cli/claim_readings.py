"""The verb `claims read`, and how the verbs of `claims` open documents."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from landbridge.brief import writing
from landbridge.claims.claim import Claim
from landbridge.claims.decisions import STANDING, Decision
from landbridge.claims.document import Document
from landbridge.claims.documents import Opener
from landbridge.claims.documents.limits import LIMITS
from landbridge.claims.reading import Reading, read_document
from landbridge.claims.review import Review, claim_id, origin_of
from landbridge.claims.verdicts.verdict import shown
from landbridge.claims.wording import said
from landbridge.cli.output import answer
from landbridge.codes.matching import plain, unfit
from landbridge.errors import BadFile, BadUsage, Problem
from landbridge.release import Data
from landbridge.release import load as load_data

STDIN = "-"
_QUOTED = 70
# Above this a reader should know that the answer will take minutes; how long: docs/performance.md.
_LONG = 2_000_000
_KNOWN_BY = {
    "given": "as you gave it",
    "metadata": "after the file's own metadata",
    "ledger": "after the ledger, which holds this text",
    "text": "worked out from the text",
}
_NO_DATE = 'no date is known; with --dated, words such as "last year" can be read'


@dataclass(frozen=True, slots=True)
class Asked:
    """Which documents a call names, and what it says of all of them."""

    files: tuple[str, ...]
    dated: str = ""
    language: str = ""
    format: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The documents that could be read, and what is wrong with the others.

    `origins` says for each reading by what later versions of the document are known; empty for standard input unnamed.
    `lapsed` tells, for each, of decisions on an earlier version that no longer hold; empty where there are none.
    """

    readings: tuple[Reading, ...]
    problems: tuple[Problem, ...] = ()
    origins: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()

    def notes(self) -> Iterator[str]:
        """What a reader must know of each document, and of the decisions on it."""
        yield from notes(self.readings)
        yield from filter(None, self.lapsed)

    def warn(self) -> None:
        """Say on standard error which decisions have lapsed, for an answer in JSON, whose notes may go unread."""
        for note in filter(None, self.lapsed):
            print(plain(note), file=sys.stderr)

    def complain(self) -> None:
        """Raise `BadFile` for what could not be read; to be called when the rest is answered."""
        if self.problems:
            raise BadFile(self.problems)


def read(asked: Asked, *, text_out: Path | None, as_json: bool, workspace: Path | None) -> None:
    """Print the claims of every document that can be read; then refuse those that cannot."""
    found = gather(asked, load_data(workspace))
    if text_out is not None:
        write_texts(text_out, [reading.document for reading in found.readings], many=len(asked.files) > 1)
    if as_json:
        found.warn()
        rows = [
            row
            for reading, lapsed in zip(found.readings, found.lapsed, strict=True)
            for row in _rows(reading, lapsed)
        ]
        print(_visible(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False)))
    else:
        many = len(found.readings) > 1
        answer(
            "claims-read",
            None,
            [
                ({"document": reading.document.name} if many else {}) | row
                for reading in found.readings
                for row in _shown(reading)
            ],
            as_json=False,
            notes=found.notes(),
        )
    found.complain()


def _visible(text: str) -> str:
    """JSON in which what cannot be seen, or what a terminal would obey, is escaped: the same data."""
    for mark in unfit(text):
        sign = chr(int(mark.removeprefix("U+"), 16))
        text = text.replace(sign, json.dumps(sign)[1:-1])
    return text


def gather(asked: Asked, data: Data) -> Gathered:
    """Open and read every document of a call; each file once, however often it is named."""
    files = tuple(dict.fromkeys(asked.files))
    if asked.name and len(files) != 1:
        raise BadUsage("--name is for one document.", remedy="Read the documents one by one.")
    names = [Path(file).name for file in files]
    readings: list[Reading] = []
    origins: list[str] = []
    problems: list[Problem] = []
    with Opener() as opener:
        for file, name in zip(files, names, strict=True):
            try:
                # Documents are told apart by name, so that two files of one name go by their paths.
                called = asked.name or (file if names.count(name) > 1 else "")
                document = _open(opener, file, called, asked.format)
            except BadFile as refusal:
                problems += refusal.problems
                continue
            readings.append(_read(document, asked, data))
            origins.append(origin_of(asked.name or ("" if file == STDIN else Path(file))))
    return Gathered(tuple(readings), tuple(problems), tuple(origins), tuple(_lapsed(readings, origins, data)))


def _lapsed(readings: Sequence[Reading], origins: Sequence[str], data: Data) -> Iterator[str]:
    """What is to be said of decisions on earlier versions of each document. Nothing is written."""
    review = None if data.workspace is None else Review.open(data.workspace)
    for reading, origin in zip(readings, origins, strict=True):
        yield lapse_note(review.lapsing(reading.document, origin=origin), reading.document) if review else ""


def lapse_note(lapsing: Sequence[Decision], document: Document) -> str:
    """Which decisions on an earlier version of a document no longer hold; empty where all do."""
    accepted = sum(decision.action in STANDING for decision in lapsing)
    if not lapsing:
        return ""
    them = (
        f"{counted(accepted, 'accepted claim')} of" if accepted else f"{counted(len(lapsing), 'decision')} on"
    )
    others = len(lapsing) - accepted if accepted else 0
    return (
        f"{document.name}: {them} an earlier version of this file lapsed, because its text has changed"
        + (f" (and {counted(others, 'other decision')})" if others else "")
        + "; the next decision with `landbridge claims review` writes that down and withdraws them from the ledger."
    )


def _open(opener: Opener, file: str, name: str, format: str) -> Document:
    if file != STDIN:
        return opener.open(Path(file), name=name, format=format)
    raw = sys.stdin.buffer.read(LIMITS.bytes + 1)
    return opener.open(raw, name=name or "stdin", format=format)


def _read(document: Document, asked: Asked, data: Data) -> Reading:
    if len(document.text) > _LONG:
        size = f"{len(document.text) / 1e6:.1f} million characters"
        print(plain(f"{document.name} has {size}: reading it takes minutes."), file=sys.stderr)
    return read_document(document, dated=asked.dated, language_code=asked.language, data=data)


def notes(readings: Iterable[Reading]) -> Iterator[str]:
    """What a reader must know of each document: how its text was made, its hash, language and date, what was found."""
    for reading in readings:
        document = reading.document
        dated = f"dated {document.dated} {_KNOWN_BY[document.dated_by]}" if document.dated else f"{_NO_DATE}"
        loose = sum(bool(claim.readings) for claim in reading.claims)
        yield (
            f"{document.name}: text by {document.extractor}, SHA-256 {document.text_sha256}; language {reading.language}; "
            f"{dated}; {counted(len(reading.claims), 'claim')}."
            + (f" {loose} can be read in more than one way: --json has every reading." if loose else "")
        )
        yield from (f"{document.name}: {note}" for note in document.notes)


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 claim`, `3 claims`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _rows(reading: Reading, lapsed: str) -> list[dict[str, Any]]:
    """The rows of a reading, with the id of each claim and what else is known of the document."""
    document = reading.document
    told_too = [*document.notes, *filter(None, (lapsed,))]
    more = {"title": document.title, "language": reading.language, "notes": told_too}
    return [
        row | {"id": claim_id(document, claim), "doc": row["doc"] | more}
        for claim, row in zip(reading.claims, reading.rows(), strict=True)
    ]


def _shown(reading: Reading) -> list[dict[str, Any]]:
    return [
        {
            "id": claim_id(reading.document, claim),
            "quote": short(claim.quote),
            "kind": claim.kind,
            "indicator": claim.indicator,
            "parties": claim.direction or " ".join(claim.parties),
            "period": period(claim),
            "value": "" if claim.value is None else f"{claim.value:,.12g}",
            "unit": claim.unit,
            "comparator": claim.comparator,
            "speaker": claim.speaker,
        }
        for claim in reading.claims
    ]


def short(quote: str) -> str:
    """A quote on one line, cut where a table would grow too wide."""
    line = " ".join(quote.split())
    return line if len(line) <= _QUOTED else f"{line[: _QUOTED - 1].rstrip()}…"


def period(claim: Claim) -> str:
    """The period stated, else the one inferred with the words it was inferred from."""
    words = f'"{claim.asof}"' if claim.asof else ""
    if claim.period:
        return claim.period
    if claim.period_inferred:
        return f"{claim.period_inferred}, inferred" + (f" from {words}" if words else "")
    return words


def told(claim: Claim) -> str:
    """The quote of a claim, on one line; of one that the ledger holds our words for it."""
    return short(said(claim))


def amount(value: float, unit: str | None) -> str:
    """A value with its unit; things that are counted need none."""
    return shown(value, "" if unit in (None, "count") else str(unit))


def write_texts(place: Path, documents: Sequence[Document], *, many: bool) -> None:
    """Write the text of each document as it is: UTF-8, its own line ends. What differs and is already there stays.

    Raises `BadUsage` before anything is written.
    """
    folder = many or place.is_dir()
    if many and place.exists() and not place.is_dir():
        raise BadUsage(
            "several documents need a folder for their texts, and this is a file.",
            where=str(place),
            remedy="Name a folder with --text-out.",
        )
    named: dict[Path, bytes] = {}
    problems: list[Problem] = []
    for document in documents:
        target = place / f"{Path(document.name).name}.txt" if folder else place
        text = document.text.encode("utf-8")
        if target in named or _other(target, text):
            problems.append(
                Problem(
                    "two of the documents would have their text here; nothing was written."
                    if target in named
                    else "something else is here already; nothing was written.",
                    where=str(target),
                    remedy="Choose another place with --text-out.",
                )
            )
        named[target] = text
    if problems:
        raise BadUsage(problems)
    if folder:
        place.mkdir(parents=True, exist_ok=True)
    for target, text in named.items():
        write(target, text, "--text-out")


def _other(target: Path, text: bytes) -> bool:
    """True where a path is taken by anything but this very text."""
    if not target.exists():
        return False
    return not (target.is_file() and target.stat().st_size == len(text) and target.read_bytes() == text)


def write(path: Path, content: bytes, option: str) -> None:
    """Write a file whole or not at all; a refusal names the option to change."""
    try:
        writing.replace(path, content)
    except BadUsage as error:
        remedy = f"Choose another place with {option}."
        raise BadUsage([replace(problem, remedy=remedy) for problem in error.problems]) from None
