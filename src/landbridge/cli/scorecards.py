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

_SHOWN = ("parties", "by", "value", "verdict", "what is known")
_SIZES = ((1e12, "trn"), (1e9, "bn"), (1e6, "m"), (1e3, "thousand"))


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
    countries: tuple[str, ...]
    if a is None or b is None:
        entries, where, countries = scorecard(data), "", ()
    else:
        sides = setting(data, Writer(catalogue()), a, b).nations
        entries = scorecard(data, sides.between("target"))
        where = f" between {codes.place(a)} and {codes.place(b)}"
        countries = tuple(codes.place(place).country for place in (a, b))
    tracing.remember(data.manifest.id, [figure for entry in entries for figure in _figures(entry)])
    notes = [] if entries else [none_held(f"holds no target{where}", as_of, data)]
    if entries and countries and countries != (codes.place(a or "").code, codes.place(b or "").code):
        notes.append(
            f"These are all targets of {' and '.join(countries)} and of anything in them, not of {a} and {b} alone."
        )
    if any(entry.scored.verdict == "open" for entry in entries):
        notes.append(
            "`landbridge prospects probability A B --value V --by YEAR` says how likely an open one is."
        )
    rows = [_row(entry) for entry in entries]
    if not as_json:
        rows = [_shown(entry, row) for entry, row in zip(entries, rows, strict=True)]
    answer("targets", data, rows, as_json=as_json, notes=notes, columns=_SHOWN)


def _shown(entry: Entry, row: Row) -> Row:
    """What a table shows of a target in 80 columns: numbers in short, the long texts last and in one cell."""
    item = entry.scored
    outcomes = [f"{who or 'unstated'} {short(figure)}" for who, figure in item.outcomes]
    said = [
        f"{entry.record.name} ({row['record']}, {row['id']})",
        f"set {row['announced'] or 'on a day not held'}"
        + (f" by {row['announcers']}" if row["announcers"] else ""),
        f"definition: {row['definition'] or 'not stated'}",
        f"counted: {', '.join(outcomes)}" if outcomes else "",
        f"reached in {row['reached']}" if row["reached"] else "",
        f"counted by {row['counted_by']}" if row["counted_by"] else "",
        _growths(row),
        "; ".join(
            f"{revision.kind}: {short(revision.value)} by {revision.deadline} ({revision.subject})"
            for revision in entry.revisions
        ),
        entry.why.rstrip("."),
    ]
    return {
        "parties": row["parties"],
        "by": row["deadline"] or "no date",
        "value": short(item.target),
        "verdict": row["verdict"],
        "what is known": ". ".join(text for text in said if text) + ".",
    }


def _growths(row: Row) -> str:
    names = {"needed_growth_pct": "needs", "needed_then_pct": "needed when set", "got_pct": "got"}
    told = [f"{name} {row[key]:+.1f} %" for key, name in names.items() if row[key] is not None]
    return f"growth a year: {', '.join(told)}" if told else ""


def short(figure: Figure) -> str:
    """A quantity as people say it: USD 200 bn, 30 bn m3, at least 12–15 %."""
    ends = [figure.value] if figure.value is not None else [figure.low, figure.high]
    held = [end for end in ends if end is not None]
    size, word = next(((size, word) for size, word in _SIZES if held and abs(held[-1]) >= size), (1.0, ""))
    number = "–".join(f"{end / size:.4g}" for end in held) + (f" {word}" if word else "")
    bound = {">=": "at least ", "<=": "at most ", ">": "over ", "<": "under ", "~": "about "}
    worded = f"{figure.unit} {number}" if figure.unit.isupper() else f"{number} {figure.unit}"
    return bound.get(figure.comparator, "") + worded


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
        "low": item.target.low,
        "high": item.target.high,
        "unit": item.target.unit,
        "status": item.target.status.value,
        "strength": entry.strength or None,
        "announced": entry.announced or None,
        "announcers": "; ".join(entry.announcers) or None,
        "verdict": item.verdict,
        "why": entry.why or None,
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
