"""The verb `targets`: every stated target with what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from landbridge import codes
from landbridge.cli.output import answer
from landbridge.cli.verbs import none_held
from landbridge.errors import BadUsage
from landbridge.prospects.scorecard import Entry, scorecard
from landbridge.provenance import Figure
from landbridge.release import load as load_data

Row = dict[str, Any]

_SHOWN = (
    "target",
    "record",
    "deadline",
    "value",
    "unit",
    "announced",
    "announcers",
    "verdict",
    "outcome",
    "reached",
    "needed_growth_pct",
    "needed_then_pct",
    "got_pct",
    "id",
)


def targets(
    a: str | None, b: str | None, *, as_json: bool, as_of: str | None, workspace: Path | None
) -> None:
    """One target a row: all of the ledger, or those of two places or anything in them."""
    from landbridge.brief import tracing
    from landbridge.brief.catalogue import catalogue
    from landbridge.brief.setting import setting
    from landbridge.brief.text import Writer

    if (a is None) != (b is None):
        raise BadUsage("one place is named.", remedy="Name both, or none for every target of the ledger.")
    data = load_data(workspace)
    data = data if as_of is None else data.at(as_of)
    if a is None or b is None:
        entries, where = scorecard(data), ""
    else:
        sides = setting(data, Writer(catalogue()), a, b).nations
        entries = scorecard(data, sides.between("target"))
        where = f" between {codes.place(a)} and {codes.place(b)}"
    tracing.remember(data.manifest.id, [figure for entry in entries for figure in _figures(entry)])
    notes = [] if entries else [none_held(f"holds no target{where}", as_of, data)]
    if any(entry.scored.verdict == "open" for entry in entries):
        notes.append(
            "`landbridge prospects probability A B --value V --by YEAR` says how likely an open one is."
        )
    answer("targets", data, [_row(entry) for entry in entries], as_json=as_json, notes=notes, columns=_SHOWN)


def _row(entry: Entry) -> Row:
    item = entry.scored
    return {
        "target": entry.record.name,
        "record": entry.record.subject,
        "parties": " ".join(entry.record.parties),
        "indicator": entry.record.text("indicator"),
        "definition": entry.definition or None,
        "deadline": item.deadline,
        "value": item.target.value,
        "unit": item.target.unit,
        "status": item.target.status.value,
        "strength": entry.strength or None,
        "announced": entry.announced or None,
        "announcers": "; ".join(entry.announcers) or None,
        "verdict": item.verdict,
        "outcome": "; ".join(f"{who or 'unstated'} {figure.point:,.0f}" for who, figure in item.outcomes)
        or None,
        "reached": item.reached or None,
        "counted_by": None if entry.counted is None else ", ".join(part for part in entry.counted if part),
        "needed_growth_pct": _value(item.needed_growth),
        "needed_then_pct": _value(entry.needed_then),
        "got_pct": _value(entry.got),
        "revisions": "; ".join(
            f"{revision.kind}: {revision.value.point:,.0f} by {revision.deadline} ({revision.subject})"
            for revision in entry.revisions
        )
        or None,
        "source": item.target.citation.source.id if item.target.citation else None,
        "id": item.target.id,
    }


def _figures(entry: Entry) -> list[Figure]:
    told = (entry.scored.needed_growth, entry.needed_then, entry.got)
    found = [entry.scored.target, *(figure for _, figure in entry.scored.outcomes)]
    return [*found, *(figure for figure in told if isinstance(figure, Figure))]


def _value(figure: object) -> float | None:
    return figure.value if isinstance(figure, Figure) else None
