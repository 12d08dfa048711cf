"""The verb `bottlenecks`: what stands in the way between two places, ranked by what relaxing it is worth."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landbridge.cli.output import answer
from landbridge.cli.progress import bars
from landbridge.codes.matching import plain
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.planning.bottlenecks import Bottlenecks
from landbridge.planning.bottlenecks import bottlenecks as rank
from landbridge.planning.bottlenecks.making import FOLDER
from landbridge.release import load as load_data

Row = dict[str, Any]

_VIEWS = ("ranking", "ranks", "together", "uncosted", "topics", "steps")
_TOP = 20
_NOTHING = {
    "ranking": "Nothing to rank.",
    "ranks": "No size is sourced, so no probability of a rank is shown.",
    "together": "No two obstacles bring notably more together than alone.",
    "uncosted": "Every barrier in the ledger between the two has a cost.",
    "topics": "No assumption decides who is among the first three.",
    "steps": "Nothing is changed.",
}
# What is done at each stage of the work, for its bar.
_STAGES = {"slopes": "first order", "exact": "exact solutions"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call of `bottlenecks` asks for, beside the two places."""

    draws: int = 200
    seed: int = 1
    workers: int | None = None
    runs: Path | None = None
    top: int | None = None
    show: str = "ranking"


def bottlenecks(a: str, b: str, asked: Asked, *, as_json: bool) -> None:
    """Make the ranking, or take up one that was begun; headline and notes first, then the view asked for."""
    if asked.show not in _VIEWS:
        raise UnknownLabel("view of a ranking", asked.show, _VIEWS, remedy=f"Valid: {', '.join(_VIEWS)}.")
    if asked.top is not None and (asked.top < 1 or asked.show != "ranking"):
        raise BadUsage(
            "--top says how many rows of the ranking to show.",
            remedy="Ask for one or more, with --show ranking.",
        )
    data = load_data()
    with bars() as show:
        try:
            found = rank(
                data,
                *(a, b),
                draws=asked.draws,
                seed=asked.seed,
                workers=asked.workers,
                runs=asked.runs or FOLDER,
                progress=None
                if show is None
                else lambda stage, *done: show(_STAGES.get(stage, stage), *done),
            )
        except KeyboardInterrupt:
            print(
                "Interrupted. What was solved is kept; the same command goes on from there.", file=sys.stderr
            )
            raise
    from landbridge.brief import tracing

    tracing.remember(data.manifest.id, found.figures)
    rows = _rows(found, asked.show)
    notes = list(found.notes)
    if asked.show == "ranking":
        top = asked.top or (len(rows) if as_json else _TOP)
        if top < len(rows):
            notes.append(f"{top} of {len(rows)} candidates are shown; --top {len(rows)} shows all.")
        rows = rows[:top]
        notes += [] if as_json else ["What each is relaxed to stands in the column `benchmark` of --json."]
        notes.append("`landbridge explain ID` walks a gain back to what it rests on.")
    if not rows:
        notes.append(_NOTHING[asked.show])
    if as_json:
        answer("bottlenecks", data, rows, as_json=True, notes=notes)
        return
    # The headline is the first of the notes, and stands before the numbers.
    for note in notes:
        print(plain(note), file=sys.stderr)
    spoken = rows if asked.show != "ranking" else _spoken(rows)
    answer("bottlenecks", data, spoken, as_json=False)


def _rows(found: Bottlenecks, show: str) -> list[Row]:
    tables = {
        "ranking": found.table,
        "ranks": found.rank_table,
        "together": found.together_table,
        "uncosted": found.uncosted_table,
        "topics": found.topic_table,
        "steps": found.steps_table,
    }
    return list(tables[show]().to_dicts())


def _spoken(rows: list[Row]) -> list[Row]:
    """Rows for a reader: sizes in words, gains in million dollars, or savings in per cent where regions are asked about."""
    saved = any(row["saving_value_pct"] is not None for row in rows)
    gain = "saving, % of the value moved" if saved else "gain, USD million a year"
    return [
        {
            "rank": row["rank"],
            "obstacle": row["label"],
            "kind": row["kind"],
            "relaxed by": _size(row),
            "evidence": row["evidence"],
            gain: _range(row, "saving", "_pct") if saved else _range(row, "gain", "_musd"),
            "first %": _chance(row["p_first_pct"]),
            "top three %": _chance(row["p_top3_pct"]),
            "would be first at": _break_even(row),
            "id": row["id"],
        }
        for row in rows
    ]


def _size(row: Row) -> str:
    """How far an obstacle is relaxed: `22 h less (9 to 44)` of it, or `17 % more (8 to 29)` trade."""
    low, value, high = (row[f"size_{end}"] for end in ("low", "value", "high"))
    near, far = sorted((abs(low), abs(high)))
    # What is relaxed is less of a cost, or more of a flow.
    word = "less" if value < 0 else "more trade" if row["size_unit"] == "%" else "more"
    if low < 0 < high:
        return f"{_number(value)} ({_number(low)} to {_number(high)}) {row['size_unit']}"
    between = "" if low == high else f" ({_number(near)} to {_number(far)})"
    return f"{_number(abs(value))} {row['size_unit']} {word}{between}"


def _range(row: Row, name: str, unit: str) -> str:
    low, value, high = (row[f"{name}_{end}{unit}"] for end in ("low", "value", "high"))
    if value is None:
        return ""
    return _number(value) if low == high else f"{_number(value)} ({_number(low)} to {_number(high)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _chance(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def _break_even(row: Row) -> str:
    """The size at which an assumed obstacle would be worth as much as the best sourced one."""
    if row["break_even_size"] is None:
        return ""
    size, factor = abs(row["break_even_size"]), row["break_even_factor"]
    beyond = "" if row["break_even_possible"] else "; more than there is"
    return f"{_number(size)} {row['size_unit']} ({_number(factor)} times this{beyond})"
