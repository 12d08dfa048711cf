"""The verb `claims verify`: verdicts, what texts say of themselves and each other, and the series compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from landbridge.brief import tracing
from landbridge.claims.acceptance import READ
from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.reading import Reading
from landbridge.claims.recorded import readings as recorded
from landbridge.claims.review import claim_id
from landbridge.claims.verdicts.findings import Address, Finding
from landbridge.claims.verdicts.verdict import Evidence, Verdict
from landbridge.claims.verifying import Verdicts
from landbridge.claims.verifying import verify as judge
from landbridge.claims.wording import said
from landbridge.cli.claim_exports import Targets, export
from landbridge.cli.claim_readings import Asked, Gathered, amount, counted, gather, period, told
from landbridge.cli.output import answer
from landbridge.errors import BadFile, BadUsage, Problem, UnknownLabel
from landbridge.ledger import Ledger
from landbridge.ledger import read as read_ledger
from landbridge.release import Data
from landbridge.release import load as load_data

Row = dict[str, Any]
Place = tuple[str, int, int, str]
LEDGER = "ledger"
_ENDINGS = (".yaml", ".yml")
_VIEWS = ("verdicts", "findings", "evidence")
_AMISS = ("contradiction", "conflicts", "implausible")


def verify(
    asked: Asked, targets: Targets, *, as_of: str | None, show: str, as_json: bool, workspace: Path | None
) -> None:
    """Judge every claim of what can be read; write what is to be exported; then refuse what cannot be read."""
    if show not in _VIEWS:
        raise UnknownLabel("view of verdicts", show, _VIEWS, remedy=f"Valid: {', '.join(_VIEWS)}.")
    targets.refuse()
    data = load_data(workspace)
    data = data if as_of is None else data.at(as_of)
    found, held = _gathered(asked, data)
    verdicts = judge([*held, *found.readings], data, as_of=as_of or "")
    ledger = data.ledger if asked.files == (LEDGER,) else None
    names = (reading.document.name for reading in found.readings)
    written = export(targets, verdicts, data, ledger, dict(zip(names, found.origins, strict=True)))
    tracing.remember(
        data.manifest.id, [figure for _, verdict in verdicts.each() for figure in verdict.figures()]
    )
    amiss = [finding for finding in _ordered(verdicts) if finding.outcome in _AMISS]
    told_too = [*found.notes(), *_empty(held), *_summary(verdicts, amiss, show), *written]
    if show == "verdicts":
        rows = _json_rows(verdicts) if as_json else _verdict_rows(verdicts)
    elif show == "findings":
        rows = _json_findings(verdicts) if as_json else _finding_rows(_ordered(verdicts), verdicts)
    else:
        rows = _evidence(verdicts)
    columns = ("claim", "outcome", "definition", "value", "unit", "period", "agrees", "gap_pct", "tolerance")
    also = () if as_json or show != "verdicts" else amiss
    if as_json:
        found.warn()
    answer(
        "claims-verify",
        data,
        rows,
        as_json=as_json,
        notes=() if also else told_too,
        columns=(*columns, "note", "figure") if show == "evidence" else (),
        more={"findings": _json_findings(verdicts)} if show == "verdicts" else None,
    )
    if also:
        print()
        answer("claims-verify", data, _finding_rows(also, verdicts), as_json=False, notes=told_too)
    found.complain()


def _gathered(asked: Asked, data: Data) -> tuple[Gathered, list[Reading]]:
    """The documents that a call names, and what the ledgers that it names hold."""
    held: list[Reading] = []
    problems: list[Problem] = []
    documents = []
    for file in dict.fromkeys(asked.files):
        if file == LEDGER:
            held += recorded(data.ledger)
        elif Path(file).suffix.lower() in _ENDINGS:
            try:
                held += recorded(_ledger_file(Path(file), data))
            except BadFile as refusal:
                problems += refusal.problems
        else:
            documents.append(file)
    if asked.name and not documents:
        raise BadUsage("--name is for one document.", remedy="What a ledger holds has its sources' names.")
    found = gather(replace(asked, files=tuple(documents)), data)
    return replace(found, problems=(*problems, *found.problems)), held


def _ledger_file(path: Path, data: Data) -> Ledger:
    if not path.is_file():
        raise BadFile(
            "there is no such file.", where=str(path), remedy="Name a ledger file, or the word `ledger`."
        )
    brought = read_ledger(path, data.names)
    sources = {source.id: source for source in brought.sources}
    found = Ledger(brought.statements, {**data.ledger.sources, **sources})
    if not recorded(found):
        raise BadFile(
            "this ledger file holds no claims.",
            where=str(path),
            remedy="See docs/reference/ledger.md, Claims.",
        )
    return found


def _empty(held: Sequence[Reading]) -> Iterator[str]:
    """How many claims come from the ledger, which holds no texts."""
    if held:
        claims = counted(sum(len(reading.claims) for reading in held), "claim")
        texts = counted(len(held), "text")
        yield f"{claims} of {texts} in the ledger, in our words; spans count in texts that it does not hold."


def _summary(verdicts: Verdicts, amiss: Sequence[Finding], show: str) -> Iterator[str]:
    counts = verdicts.counts()
    told = ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
    yield f"{counted(sum(counts.values()), 'claim')}: {told}."
    if amiss and show != "findings":
        them = counted(len(amiss), "finding")
        yield f"{them} of what cannot be right together; `--show findings` has every check."
    if any(verdict.evidence for _, verdict in verdicts.each()):
        yield "`landbridge explain ID` walks a figure back to its source; `--show evidence` has every series compared."


def _json_rows(verdicts: Verdicts) -> list[Row]:
    """The rows of the library, with the id that `claims review` takes."""
    ids = [claim_id(reading.document, verdict.claim) for reading, verdict in verdicts.each()]
    return [{"id": name, **row} for name, row in zip(ids, verdicts.rows(), strict=True)]


def _verdict_rows(verdicts: Verdicts) -> list[Row]:
    return [
        {
            "document": _called(reading.document),
            "at": f"{verdict.claim.start}–{verdict.claim.end}",
            "quote": told(verdict.claim),
            "claimed": claimed(verdict.claim),
            "outcome": verdict.outcome,
            "definition": verdict.definition,
            "held": _held(verdict),
            "reason": verdict.reason,
        }
        for reading, verdict in verdicts.each()
    ]


def claimed(claim: Claim) -> str:
    """Value, unit and period of a claim in words."""
    if claim.value is None:
        return period(claim)
    sign = "" if claim.comparator in (None, "=") else f"{claim.comparator} "
    return ", ".join(filter(None, (f"{sign}{amount(claim.value, claim.unit)}", period(claim))))


def _held(verdict: Verdict) -> str:
    """The value that a verdict rests on: the first that agrees, else the nearest that was compared."""
    compared = [item for item in verdict.evidence if item.compared and item.figure is not None]
    if not compared:
        return ""
    agreeing = [item for item in compared if item.agrees]
    nearest = min(compared, key=lambda item: abs(item.gap_pct) if item.gap_pct is not None else float("inf"))
    return _value(agreeing[0] if agreeing else nearest)


def _value(item: Evidence) -> str:
    if item.value is not None:
        return amount(item.value, item.unit)
    ends = [amount(end, item.unit) for end in (item.low, item.high) if end is not None]
    return " to ".join(ends)


def _evidence(verdicts: Verdicts) -> list[Row]:
    """One row for each series that a verdict looked at."""
    return [
        {
            "id": claim_id(reading.document, verdict.claim),
            "document": reading.document.name,
            "start": verdict.claim.start,
            "end": verdict.claim.end,
            "claim": f"{told(verdict.claim)} ({_called(reading.document)} {verdict.claim.start}–{verdict.claim.end})",
            "outcome": verdict.outcome,
            **item.row(),
        }
        for reading, verdict in verdicts.each()
        for item in verdict.evidence
    ]


def _ordered(verdicts: Verdicts) -> list[Finding]:
    """Every finding, what is amiss before what holds."""
    order = {outcome: place for place, outcome in enumerate((*_AMISS, "implied", "holds"))}
    return sorted(verdicts.findings(), key=lambda finding: order[finding.outcome])


def _finding_rows(findings: Sequence[Finding], verdicts: Verdicts) -> list[Row]:
    words = {
        place: f"{_called(document)} {place[1]}–{place[2]}: {told(claim)}"
        for place, (document, claim) in _placed(verdicts).items()
    }
    return [
        {
            "check": finding.check,
            "outcome": finding.outcome,
            "one": words[_place(finding.claims[0])],
            "other": "; ".join(words[_place(item)] for item in finding.claims[1:]),
            "what follows": finding.says,
        }
        for finding in findings
    ]


def _json_findings(verdicts: Verdicts) -> list[Row]:
    """The findings of the library, with the title of each document and the numbers filled into a ledger's words."""
    placed = _placed(verdicts)
    rows = []
    for finding in _ordered(verdicts):
        ends = []
        for item in finding.claims:
            document, claim = placed[_place(item)]
            ends.append(item.row() | {"title": document.title, "quote": said(claim)})
        rows.append(finding.row() | {"claims": ends})
    return rows


def _placed(verdicts: Verdicts) -> dict[Place, tuple[Document, Claim]]:
    """Every claim by its address, which has the words as they are held: a ledger's have slots for the numbers."""
    return {
        (reading.document.name, verdict.claim.start, verdict.claim.end, verdict.claim.quote): (
            reading.document,
            verdict.claim,
        )
        for reading, verdict in verdicts.each()
    }


def _place(address: Address) -> Place:
    return address.document, address.start, address.end, address.quote


def _called(document: Document) -> str:
    """A document by its name; one whose accepted claims the ledger holds by its file and title, with the source's id."""
    read = document.format == "ledger" and document.name.startswith(READ)
    return f"{document.title} [{document.name}]" if read else document.name
