"""A series fit for forecasting: positive, without holes, one unit, one counter.

Whoever counts (a customs service, a partner's, an agency) is the counter of a value. Two counters differ by tens of
per cent on the same trade, so a series that passes from one to the other has a jump that never happened. `prepared`
refuses what a model would swallow, all problems at once, and mends only what it was asked to mend.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, BadUsage, Problem, UnknownLabel

Frequency = Literal["year", "month"]

JUMP = 100.0
"""A value this many times the one before, and staying there, looks like a changed unit. Convention."""
STAYS = 10.0
"""A jump stays when the two values after it are still this many times away from the two before. Convention."""
ODD = 5.0
"""A value so many times the one before, up or down, that is not refused is told as an oddity. Convention."""
NEAR = 0.05
"""How near to a power of 1000 a jump has to be to be rescaled. Convention."""
LEAST = 5
"""Fewest observations of a series, unless the caller wants more."""

_NAMED = 8


@dataclass(frozen=True, slots=True)
class Repair:
    """One step that changed what was handed over: its name, the periods it touched, and what it did in words."""

    step: str
    periods: tuple[int, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Series:
    """A positive series without holes, in one unit, by one counter.

    `first` is a year, or 12 * year + month - 1 for months; `values` float64[T], one a period from `first` on.
    `oddities` say in words which steps are large enough to ask about, though none is refused.
    """

    name: str
    first: int
    values: NDArray[np.float64]
    unit: str
    counter: str
    frequency: Frequency = "year"
    repairs: tuple[Repair, ...] = ()
    oddities: tuple[str, ...] = ()

    @property
    def last(self) -> int:
        """The period of the newest value."""
        return self.first + len(self.values) - 1

    @property
    def logs(self) -> NDArray[np.float64]:
        """Natural logarithms of the values, float64[T]."""
        return np.log(self.values)

    @property
    def periods(self) -> NDArray[np.int64]:
        """Every period, int64[T]."""
        return np.arange(self.first, self.last + 1, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is held so far: period, value (NaN where none is given), unit and counter of every row."""

    periods: tuple[int, ...]
    values: tuple[float, ...]
    units: tuple[str, ...]
    counters: tuple[str, ...]

    def taken(self, rows: Sequence[int]) -> _Rows:
        return _Rows(
            tuple(self.periods[r] for r in rows),
            tuple(self.values[r] for r in rows),
            tuple(self.units[r] for r in rows),
            tuple(self.counters[r] for r in rows),
        )

    @property
    def ordered(self) -> bool:
        return all(a <= b for a, b in zip(self.periods, self.periods[1:], strict=False))

    @property
    def missing(self) -> tuple[int, ...]:
        """Periods between the first and the last row that have no value."""
        given = {p for p, v in zip(self.periods, self.values, strict=True) if not np.isnan(v)}
        return tuple(p for p in range(min(self.periods), max(self.periods) + 1) if p not in given)


def written(period: int, frequency: Frequency) -> str:
    """A period as people write it: 2024, or 2024-03."""
    return str(period) if frequency == "year" else f"{period // 12}-{period % 12 + 1:02d}"


def prepared(
    periods: Sequence[int],
    values: Sequence[float | None],
    *,
    unit: str | Sequence[str],
    counters: str | Sequence[str],
    name: str,
    frequency: Frequency = "year",
    repair: Sequence[str] = (),
    least: int = LEAST,
) -> Series:
    """A series fit for forecasting, or BadSample with everything that is wrong with it.

    `unit` and `counters` are one text for all values or one a value. A value that is None or NaN is a hole, and so is
    a period without a row. `repair` names the steps that may be taken, see `REPAIRS`; they are taken in the order
    in which `REPAIRS` lists them, and each that changed something is told in `Series.repairs`.
    """
    for step in repair:
        if step not in REPAIRS:
            raise UnknownLabel("repair", step, REPAIRS, where=name)
    rows = _rows(periods, values, unit, counters, name)
    told: list[Repair] = []
    for step, mend in _STEPS.items():
        if step in repair and rows.periods:
            rows, repaired = mend(rows, frequency)
            told += repaired
    problems = _problems(rows, frequency, name, least)
    if problems:
        raise BadSample(problems)
    return Series(
        name=name,
        first=rows.periods[0],
        values=np.array(rows.values, dtype=np.float64),
        unit=rows.units[0],
        counter=rows.counters[0],
        frequency=frequency,
        repairs=tuple(told),
        oddities=_oddities(rows, frequency),
    )


def _rows(
    periods: Sequence[int],
    values: Sequence[float | None],
    unit: str | Sequence[str],
    counters: str | Sequence[str],
    name: str,
) -> _Rows:
    count = len(periods)
    columns = {"values": len(values)}
    columns |= {
        what: len(given)
        for what, given in (("units", unit), ("counters", counters))
        if not isinstance(given, str)
    }
    wrong = {what: length for what, length in columns.items() if length != count}
    if wrong:
        raise BadUsage(
            f"{count} periods, but " + ", ".join(f"{length} {what}" for what, length in wrong.items()) + ".",
            where=name,
            remedy="Give one to every period, or one text for all.",
        )
    for period in periods:
        if int(period) != period:
            raise BadUsage(
                f"the period {period!r} is not a whole number.",
                where=name,
                remedy="Give years, or 12 * year + month - 1.",
            )
    return _Rows(
        tuple(int(p) for p in periods),
        tuple(float("nan") if v is None else float(v) for v in values),
        (unit,) * count if isinstance(unit, str) else tuple(unit),
        (counters,) * count if isinstance(counters, str) else tuple(counters),
    )


def _listed(periods: Sequence[int], frequency: Frequency) -> str:
    text = ", ".join(written(p, frequency) for p in periods[:_NAMED])
    return text if len(periods) <= _NAMED else f"{text} and {len(periods) - _NAMED} more"


def _sort(rows: _Rows, frequency: Frequency) -> tuple[_Rows, list[Repair]]:
    if rows.ordered:
        return rows, []
    order = sorted(range(len(rows.periods)), key=lambda r: rows.periods[r])
    moved = tuple(rows.periods[r] for place, r in enumerate(order) if place != r)
    words = f"put in the order of time; {len(moved)} values stood elsewhere"
    return rows.taken(order), [Repair("sort", moved, words)]


def _one_counter(rows: _Rows, frequency: Frequency) -> tuple[_Rows, list[Repair]]:
    newest = max(p for p, v in zip(rows.periods, rows.values, strict=True) if not np.isnan(v))
    at_newest = {c for p, c in zip(rows.periods, rows.counters, strict=True) if p == newest}
    # Two counters that both hold the newest period give no reason to prefer one.
    if len(at_newest) > 1 or set(rows.counters) == at_newest:
        return rows, []
    kept = next(iter(at_newest))
    keep = [r for r, counter in enumerate(rows.counters) if counter == kept]
    left = tuple(p for p, counter in zip(rows.periods, rows.counters, strict=True) if counter != kept)
    others = ", ".join(sorted(set(rows.counters) - {kept}))
    words = f"kept the values of {kept}, who counted the newest; left out {len(left)} of {others}"
    return rows.taken(keep), [Repair("one counter", left, words)]


def _interpolate(rows: _Rows, frequency: Frequency) -> tuple[_Rows, list[Repair]]:
    if not _plain(rows):
        return rows, []
    held = {p: r for r, p in enumerate(rows.periods) if not np.isnan(rows.values[r])}
    filled = {
        p: float(np.sqrt(rows.values[held[p - 1]] * rows.values[held[p + 1]]))
        for p in rows.missing
        if p - 1 in held and p + 1 in held and rows.values[held[p - 1]] > 0 and rows.values[held[p + 1]] > 0
    }
    if not filled:
        return rows, []
    value = {p: rows.values[r] for p, r in held.items()} | filled
    source = {p: held.get(p, held.get(p - 1, 0)) for p in value}
    empty = [p for p in rows.periods if p not in value]
    at = {p: r for r, p in enumerate(rows.periods)}
    all_periods = tuple(sorted([*value, *empty]))
    mended = _Rows(
        all_periods,
        tuple(value.get(p, float("nan")) for p in all_periods),
        tuple(rows.units[source.get(p, at.get(p, 0))] for p in all_periods),
        tuple(rows.counters[source.get(p, at.get(p, 0))] for p in all_periods),
    )
    words = f"{_listed(sorted(filled), frequency)}: the geometric mean of the values before and after"
    return mended, [Repair("interpolate", tuple(sorted(filled)), words)]


def _latest_run(rows: _Rows, frequency: Frequency) -> tuple[_Rows, list[Repair]]:
    if not _plain(rows) or not rows.missing:
        return rows, []
    held = [r for r in range(len(rows.periods)) if not np.isnan(rows.values[r])]
    if not held:
        return rows, []
    start = len(held) - 1
    while start > 0 and rows.periods[held[start - 1]] == rows.periods[held[start]] - 1:
        start -= 1
    kept = held[start:]
    left = tuple(p for r, p in enumerate(rows.periods) if r not in set(kept))
    run = rows.taken(kept)
    words = (
        f"kept {written(run.periods[0], frequency)} to {written(run.periods[-1], frequency)}, the newest run without "
        f"a hole; left out {_listed(left, frequency)}"
    )
    return run, [Repair("latest run", left, words)]


def _rescale(rows: _Rows, frequency: Frequency) -> tuple[_Rows, list[Repair]]:
    if not _plain(rows):
        return rows, []
    values, told = list(rows.values), []
    for place in _jumps(rows.values):
        ratio = rows.values[place] / rows.values[place - 1]
        power = round(np.log(ratio) / np.log(1000.0))
        if power == 0 or abs(ratio / 1000.0**power - 1.0) > NEAR:
            continue
        # Older values are brought to the size of the newer ones: a reader knows the newest best.
        values[:place] = [v * 1000.0**power for v in values[:place]]
        touched = rows.periods[:place]
        words = (
            f"values before {written(rows.periods[place], frequency)} multiplied by {1000.0**power:g}: the jump by "
            f"{ratio:.4g} lies within {NEAR:.0%} of it"
        )
        told.append(Repair("rescale", touched, words))
    return _Rows(rows.periods, tuple(values), rows.units, rows.counters), told


_STEPS: Mapping[str, Callable[[_Rows, Frequency], tuple[_Rows, list[Repair]]]] = {
    "sort": _sort,
    "one counter": _one_counter,
    "interpolate": _interpolate,
    "latest run": _latest_run,
    "rescale": _rescale,
}
REPAIRS: Mapping[str, str] = {
    "sort": "put the values in the order of time",
    "one counter": "keep the values of whoever counted the newest",
    "interpolate": "fill a single missing period by the geometric mean of its neighbours",
    "latest run": "keep the newest run without a hole",
    "rescale": f"multiply the older values by a power of 1000 where a jump is within {NEAR:.0%} of one",
}
"""Named repairs, in the order in which they are taken."""


def _plain(rows: _Rows) -> bool:
    """In order and without doubles, so that a neighbour is a neighbour."""
    return all(a < b for a, b in zip(rows.periods, rows.periods[1:], strict=False))


def _jumps(values: Sequence[float]) -> tuple[int, ...]:
    """Places of values at least `JUMP` times the one before, up or down, that stay there: the two values from there on
    are `STAYS` times away from the two before, so that a single odd value is no jump, neither going nor coming back.

    At either end there is one value only to go by: the newest, and the oldest, count as staying.
    """
    found = []
    for place in range(1, len(values)):
        before, after = values[max(place - 2, 0) : place], values[place : place + 2]
        if not all(v > 0 and np.isfinite(v) for v in (*before, *after)):
            continue
        step = np.log(after[0] / before[-1])
        apart = np.sign(step) * np.log(np.divide.outer(after, before))
        if abs(step) >= np.log(JUMP) and bool(np.all(apart >= np.log(STAYS))):
            found.append(place)
    return tuple(found)


def _oddities(rows: _Rows, frequency: Frequency) -> tuple[str, ...]:
    """Every step of `ODD` times or more, up or down, in words."""
    said = []
    for place in range(1, len(rows.values)):
        ratio = rows.values[place] / rows.values[place - 1]
        size, way = (ratio, "rose") if ratio > 1 else (1.0 / ratio, "fell")
        if size >= ODD:
            before, after = (written(rows.periods[at], frequency) for at in (place - 1, place))
            said.append(
                f"{way} {size:.3g} times from {before} to {after}: trade may do so, and so do a changed unit and another "
                "counter"
            )
    return tuple(said)


def changed_unit(
    periods: Sequence[int], values: Sequence[float], name: str, frequency: Frequency = "year"
) -> Problem | None:
    """The refusal of values that jump by `JUMP` times or more and stay there, if they do; in order."""
    jumped = [periods[place] for place in _jumps(values)]
    if not jumped:
        return None
    return Problem(
        f"a jump by {JUMP:g} times or more that stays: {_listed(jumped, frequency)}.",
        name,
        "The unit changed, from thousands to millions, say.",
        'Convert the values to one unit, or ask for the repair "rescale" (jumps near a power of 1000).',
    )


def _problems(rows: _Rows, frequency: Frequency, name: str, least: int) -> list[Problem]:
    if not rows.periods:
        return [Problem("no observation at all.", name, "", "Load the series, or choose another.")]
    found: list[Problem] = []

    def tell(at: Sequence[int], what: str, cause: str, remedy: str) -> None:
        if at:
            found.append(Problem(f"{what}: {_listed(at, frequency)}.", name, cause, remedy))

    pairs = list(zip(rows.periods, rows.values, strict=True))
    back = [b for a, b in zip(rows.periods, rows.periods[1:], strict=False) if b < a]
    twice = sorted({p for p in rows.periods if rows.periods.count(p) > 1})
    tell(back, "not in the order of time", "", 'Sort the rows, or ask for the repair "sort".')
    tell(
        twice,
        "a period stands more than once",
        "Two tables or two counters were put together.",
        "Keep one row a period.",
    )
    tell(
        rows.missing,
        "no value",
        "A missing value is not zero, and a model would take the neighbours for consecutive.",
        'Load the values, or ask for the repair "interpolate" (single holes) or "latest run".',
    )
    tell([p for p, v in pairs if v < 0], "negative value", "Trade is not negative.", "Mend the value.")
    tell(
        [p for p, v in pairs if v == 0],
        "zero",
        "The models work on logarithms, and a zero has none.",
        "Begin the series after the zero, or forecast a larger aggregate.",
    )
    tell([p for p, v in pairs if np.isinf(v)], "infinite value", "A division by zero, perhaps.", "Mend it.")
    found += _mixtures(rows, name)
    if _plain(rows):
        jump = changed_unit(rows.periods, rows.values, name, frequency)
        found += [jump] if jump else []
    held = sum(not np.isnan(v) for v in rows.values)
    if held < least:
        found.append(
            Problem(
                f"{held} {'observation' if held == 1 else 'observations'}, and at least {least} are needed.",
                name,
                "",
                "Load a longer series, or forecast a larger aggregate.",
            )
        )
    return found


def _mixtures(rows: _Rows, name: str) -> list[Problem]:
    found = []
    units, counters = sorted(set(rows.units)), sorted(set(rows.counters))
    if len(units) > 1:
        found.append(
            Problem(
                f"several units: {', '.join(units)}.",
                name,
                "Two tables were put together.",
                "Convert all values to one unit.",
            )
        )
    if len(counters) > 1:
        found.append(
            Problem(
                f"several counters: {', '.join(counters)}.",
                name,
                "Two reporters were spliced; they differ on the same trade, and the difference would look like growth.",
                'Take the values of one of them, or ask for the repair "one counter".',
            )
        )
    return found
