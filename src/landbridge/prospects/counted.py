"""Which one series a question is about: one measure, one reporter, one of its statistics; never a splice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from landbridge import codes
from landbridge.errors import NotHeld, UnknownLabel
from landbridge.flows.totals import Counted
from landbridge.provenance import Figure
from landbridge.release import Data

TURNOVER, EXPORTS, IMPORTS = "trade_turnover", "exports", "imports"
# What an indicator counts, in words: both ways, or one of them as seen from the first place.
INDICATORS = (TURNOVER, EXPORTS, IMPORTS)
# Fewest yearly values that can be forecast: `landbridge.forecasting.series.LEAST`, whose module is heavy to load.
LEAST = 5


@dataclass(frozen=True, slots=True)
class Held:
    """One statistical series of trade between two places, by year, and the others that count the same.

    `counted` is (reporter, series); `years` its exact values; `left_out` years that it states only as a bound or roughly;
    `others` the series of other reporters for the same measure; `listed` every other series held, in words with its years;
    `doubted` years of the series that its source or neighbours cast doubt on: none of them is forecast from. `later`
    are counts of the same trade, by anybody and bounds too, of years after the series.
    """

    indicator: str
    a: str
    b: str
    counted: Counted
    years: dict[str, Figure]
    left_out: tuple[str, ...]
    others: dict[Counted, dict[str, Figure]]
    listed: tuple[str, ...] = ()
    doubted: dict[str, Figure] = field(default_factory=dict)
    later: tuple[Figure, ...] = ()

    @property
    def reporter(self) -> str:
        """Whose statistics these are."""
        return self.counted[0]

    @property
    def definition(self) -> str:
        """Which of that reporter's statistics."""
        return self.counted[1]

    @property
    def newest(self) -> Figure:
        """The newest exact value."""
        return self.years[max(self.years)]


def held(
    data: Data, indicator: str, a: str, b: str, *, reporter: str | None = None, definition: str | None = None
) -> Held:
    """The series that `indicator` between `a` and `b` is counted by.

    `exports` are those of `a` to `b`, `imports` those of `b` to `a`. Without a reporter a series
    of a named one that can be forecast is taken (five yearly values or more, without a hole), of several the newest, of
    equally new ones the longest. `definition` names one of a reporter's statistics. Raises `UnknownLabel`
    for a word that is not held and `NotHeld` where nothing is counted at all.
    """
    if indicator not in INDICATORS:
        raise UnknownLabel("indicator", indicator, INDICATORS, remedy=f"Valid: {', '.join(INDICATORS)}.")
    first, second = codes.place(a), codes.place(b)
    every = _series(data, indicator, first.code, second.code)
    exact = {
        counted: {year: figure for year, figure in years.items() if figure.comparator == "="}
        for counted, years in every.items()
        if counted[0]
    }
    exact = {counted: years for counted, years in exact.items() if years}
    if not exact:
        raise NotHeld(
            f"no yearly series of {indicator} between {first.code} and {second.code} is held.",
            remedy="`landbridge flows A B` lists what is held; load your own with `landbridge load`.",
        )
    chosen = _chosen(exact, reporter, definition)
    return Held(
        indicator,
        first.code,
        second.code,
        chosen,
        exact[chosen],
        tuple(sorted(every[chosen].keys() - exact[chosen].keys())),
        {counted: years for counted, years in exact.items() if counted[0] != chosen[0]},
        tuple(_listed(counted, years) for counted, years in sorted(exact.items()) if counted != chosen),
        {
            year: figure
            for year, figure in _series(data, indicator, first.code, second.code, doubted=True)[
                chosen
            ].items()
            if year not in every[chosen] and figure.comparator == "="
        },
        tuple(
            years[year]
            for _, years in sorted(every.items())
            for year in sorted(years)
            if year > max(exact[chosen])
        ),
    )


def usable(years: Collection[str]) -> bool:
    """Whether a series can be forecast as it is: enough yearly values, and no hole between them."""
    return len(years) >= LEAST and int(max(years)) - int(min(years)) + 1 == len(years)


def _listed(counted: Counted, years: Collection[str]) -> str:
    """A series in words: who counted, from when to when, and how many values where some are missing."""
    first, last = min(years), max(years)
    span = first if first == last else f"{first}–{last}"
    whole = int(last) - int(first) + 1
    holes = f", {len(years)} of {whole} years" if len(years) < whole else ""
    return f"{', '.join(part for part in counted if part)} ({span}{holes})"


def _series(
    data: Data, indicator: str, a: str, b: str, *, doubted: bool = False
) -> dict[Counted, dict[str, Figure]]:
    if indicator == TURNOVER:
        return data.totals.turnover_by_series(a, b, doubted=doubted)
    return data.totals.flow_by_series(*((a, b) if indicator == EXPORTS else (b, a)), doubted=doubted)


def _chosen(exact: dict[Counted, dict[str, Figure]], reporter: str | None, definition: str | None) -> Counted:
    if reporter is not None:
        who = sorted({name for name, _ in exact})
        if reporter not in who:
            raise UnknownLabel("reporter of this trade", reporter, who, remedy=f"Held: {', '.join(who)}.")
        exact = {counted: years for counted, years in exact.items() if counted[0] == reporter}
    if definition is not None:
        what = sorted({name for _, name in exact})
        if definition not in what:
            raise UnknownLabel(
                "statistics of this trade", definition, what, remedy=f"Held: {'; '.join(what)}."
            )
        exact = {counted: years for counted, years in exact.items() if counted[1] == definition}
    return max(
        exact,
        key=lambda counted: (usable(exact[counted]), max(exact[counted]), len(exact[counted]), counted),
    )
