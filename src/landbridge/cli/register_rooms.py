"""What only some registers answer, put into the house's envelope: the data of a question, its rows, its refusals.

The verbs stand in `register_relations`, `register_projects` and `register_borders`; each asks one function of the
package and prints what it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landbridge.cli.output import answer
from landbridge.cli.register_answers import Asked
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.registers.nouns import KINDS
from landbridge.registers.register import Register
from landbridge.release import Data

Row = Mapping[str, Any]
Views = Mapping[str, Callable[[], Iterable[Row]]]


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the verb as it is typed, the data and the day, and the data as they held on that day.

    `data` know both what was before and what came after; `held` are narrowed where a date was asked for. Views that
    tell the past of a record take `data`, lists of what there was take `held`.
    """

    verb: str
    data: Data
    held: Data
    today: str
    as_json: bool

    def subject(self, kind: str, name: str) -> str:
        """The record meant by a name; refuses unknown ones with the nearest, and records of another kind."""
        return Register(KINDS[kind]).find(self.data.ledger, name)


def ask(verb: str, on: str | None, as_of: str | None, workspace: Path | None, as_json: bool) -> Question:
    """Open the data for a question. Both dates are checked before anything is read."""
    asked = Asked(verb.split()[0], on, as_of, workspace, as_json)
    data = asked.data()
    return Question(verb, data, data if on is None else data.on(on), asked.today(data), as_json)


def tell(
    question: Question,
    rows: Iterable[Row],
    *,
    columns: Sequence[str] = (),
    notes: Iterable[str] = (),
    nothing: str = "",
    more: Mapping[str, Sequence[Row]] | None = None,
    dropped: Iterable[Row] = (),
) -> None:
    """Print the rows of an answer; `nothing` is what to say where there is none. A table shows lists in one line."""
    found = list(rows)
    said = [note for note in notes if note]
    if not found and nothing:
        said.append(nothing)
    shown: Sequence[Row] = found
    if not question.as_json:
        shown = [{name: _line(value) for name, value in row.items()} for row in found]
    filled = [name for name in columns if any(row.get(name) not in (None, "", "=") for row in shown)]
    answer(
        question.verb,
        question.data,
        shown,
        as_json=question.as_json,
        notes=said,
        columns=filled,
        more=more,
        dropped=dropped,
    )


def chosen(option: str, value: str, views: Views) -> list[Row]:
    """The rows of the view that an option names; refuses a name that is none."""
    if value not in views:
        raise UnknownLabel(f"value of {option}", value, tuple(views), remedy=f"Valid: {', '.join(views)}.")
    return list(views[value]())


def others(views: Views, shown: str) -> dict[str, list[Row]]:
    """The rows of the views that are not shown, for the JSON."""
    return {name: list(view()) for name, view in views.items() if name != shown}


def require_positive(option: str, value: int) -> None:
    """Refuse a number of rows or days below one."""
    if value < 1:
        raise BadUsage(f"{option} {value} is none.", remedy=f"Write {option} 1 or more.")


def pair(a: str | None, b: str | None) -> tuple[str, str] | None:
    """Two places, or none at all; refuses one alone, one twice and unknown ones."""
    from landbridge import codes

    if a is None or b is None:
        if a is not None:
            raise BadUsage(
                "one place is named, and a pair has two.", remedy="Name the second place too, or none."
            )
        return None
    if codes.place(a).code == codes.place(b).code:
        raise BadUsage(f"{a} is named twice.", remedy="Name two places.")
    return a, b


def _line(value: Any) -> Any:
    """A cell of a table: lists of words apart by semicolons; of nested rows only how many there are."""
    if not isinstance(value, list | tuple):
        return value
    if value and isinstance(value[0], Mapping):
        return len(value)
    return "; ".join(str(item) for item in value) or None
