"""What the registers answer: records, statements, what falls due, exports. One function of the package a verb."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landbridge.cli.output import answer
from landbridge.codes.matching import plain
from landbridge.errors import BadUsage
from landbridge.registers.nouns import NOUNS
from landbridge.registers.register import Register
from landbridge.release import Data
from landbridge.release import load as load_data

_LISTED = (
    "record",
    "name",
    "form",
    "parties",
    "begins",
    "ends",
    "stage",
    "state",
    "last_sign_period",
    "near",
    "perhaps_one",
)
_SHOWN = ("property", "comparator", "value", "low", "high", "unit", "period", "valid_from", "valid_to")
_DUE = ("due", "in_days", "overdue_days", "record", "name", "what", "inferred", "source")


@dataclass(frozen=True, slots=True)
class Asked:
    """What every question to a register says: which register, on which dates, of which workspace."""

    noun: str
    on: str | None = None
    as_of: str | None = None
    workspace: Path | None = None
    as_json: bool = False

    @property
    def register(self) -> Register:
        """The register asked."""
        return Register(NOUNS[self.noun])

    def data(self) -> Data:
        """The data, as recorded by the date asked for. Both dates are checked before anything is read."""
        data = load_data(self.workspace)
        if self.on is not None:
            data.on(self.on)
        return data if self.as_of is None else data.at(self.as_of)

    def today(self, data: Data) -> str:
        """The day of the question: the one named, else the last one on which anything was entered."""
        last = max((item.recorded for item in data.ledger.history), default="")
        return self.on or self.as_of or max(data.as_of, last)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which records are meant."""

    place: tuple[str, ...] = ()
    between: tuple[str, str] | None = None
    text: str = ""
    sector: str = ""
    status: str = ""
    state: str = ""


def listed(asked: Asked, which: Filters) -> None:
    """One record a row."""
    data = asked.data()
    today = asked.today(data)
    found = asked.register.list(
        data,
        today=today,
        on=asked.on or "",
        place=which.place,
        between=which.between,
        text=which.text,
        sector=which.sector,
        status=which.status,
        state=which.state,
    )
    rows = [item.row() for item in found]
    notes = [_day(asked, today)] if rows else [_nothing(asked, data)]
    if double := sum(bool(row["perhaps_one"]) for row in rows):
        notes.append(f"{double} rows are perhaps one with another, named in `perhaps_one`; count those once.")
    _answer(asked, "list", data, rows, notes, (*_LISTED, "sources"))


def show(asked: Asked, record: str) -> None:
    """One statement a row."""
    data = asked.data()
    lines = asked.register.show(data, record, on=asked.on or "")
    rows = [line.row() for line in lines]
    notes = ["`landbridge explain ID` walks a statement back to its source."] if rows else []
    if not any(row["stands"] for row in rows):
        notes.append(f"Nothing said of it held on {asked.on}.")
    _answer(asked, "show", data, rows, notes, (*_SHOWN, "status", "source", "superseded_by", "id"))


def due(asked: Asked, within: int, which: Filters) -> None:
    """One thing that is overdue or falls due a row, soonest first."""
    data = asked.data()
    today = asked.today(data)
    found = asked.register.due(data, today, within, place=which.place, between=which.between)
    rows = [item.row() for item in found]
    notes = [f"From {today} on, within {within} days; `--on DATE` looks ahead from another day."]
    late = sum(row["overdue_days"] is not None for row in rows)
    if late:
        notes.append(
            f"{late} are overdue, and stand first: a source set a day that has passed, and no source held says that it came."
        )
    if not rows:
        notes.append(f"Nothing falls due among the {asked.noun} that the ledger holds.")
    _answer(asked, "due", data, rows, notes, _DUE)


def export(asked: Asked, format: str, out: Path | None) -> None:
    """The export on stdout or in a file or folder; then one row that says what was written."""
    if format == "datapackage" and out is None:
        raise BadUsage("a Data Package needs a folder.", remedy="Name a new one with --out.")
    if asked.as_json and out is None:
        raise BadUsage(
            "--json tells what was written, so it needs --out.",
            remedy="Add --out PATH; `--format json` alone prints the register as JSON.",
        )
    data = asked.data()
    made = asked.register.export(
        data,
        format,
        today=asked.today(data),
        on=asked.on or "",
        folder=out if format == "datapackage" else None,
    )
    if out is None:
        print(made.text, end="")
    elif made.path is None:
        # The room of briefs writes files whole or not at all; it is loaded only where a file is asked for.
        from landbridge.brief import writing

        writing.replace(out, made.text.encode())
    why = Counter(item["reason"] for item in made.left_out)
    told = [f"{made.records} records, {made.statements} statements."]
    told += [f"Left out, {count} times: {reason}." for reason, count in why.most_common()]
    if asked.as_json:
        row = made.row() | {"path": str(made.path or out)}
        _answer(asked, "export", data, [row], told, (), made.left_out)
        return
    for note in (*((f"wrote {made.path or out}",) if out else ()), *told):
        print(plain(note), file=sys.stderr)


def _answer(
    asked: Asked,
    verb: str,
    data: Data,
    rows: Sequence[dict[str, Any]],
    notes: Sequence[str],
    shown: Sequence[str],
    dropped: Sequence[dict[str, Any]] = (),
) -> None:
    """Print rows; a table leaves out columns in which nothing stands."""
    # An equals sign is what every plain value has.
    filled = [name for name in shown if any(row[name] not in (None, "", "=") for row in rows)]
    answer(
        f"{asked.noun} {verb}",
        data,
        rows,
        as_json=asked.as_json,
        notes=notes,
        columns=filled,
        dropped=dropped,
    )


def _day(asked: Asked, today: str) -> str:
    if asked.on:
        return f"What held on {today}."
    return f"States as of {today}; `--on DATE` asks about another day, `show ID` gives every statement of a record."


def _nothing(asked: Asked, data: Data) -> str:
    """Why there is no row."""
    when = "".join(
        (
            f" that held on {asked.on}" if asked.on else "",
            f" recorded by {asked.as_of}" if asked.as_of else "",
        )
    )
    total = len(data.ledger.records(asked.register.kind))
    return f"The ledger holds no such {asked.noun}{when}; without filters it holds {total}."
