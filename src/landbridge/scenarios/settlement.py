"""What happened to China's exports to Russia around 22 December 2023, and what friction in settlement may cost.

On that day an order of the United States threatened banks abroad with secondary sanctions. A fall of trade after it may
be friction in payments; it may be demand, the rouble, or a boom that ended. Placebo dates, a second outcome and other
partners say how far the three can be told apart (docs/explanation/settlement.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample
from landbridge.provenance import Figure, Status, Unavailable, derive
from landbridge.release import Data

EVENT, FIRST_MONTH = "2023-12-22", "2024-01"
EXPORTER, IMPORTER = "CHN", "RUS"
YEAR = 12
NO_BREAK = "no break beyond what earlier dates show"
NOT_SEPARABLE = "not separable from demand and rouble"
OWN_BREAK = "a break of its own at this date"
# One-sided levels at which a statistic counts as unusual, and above which it counts as usual.
UNUSUAL, USUAL = 0.05, 0.10
# Cost of money that is tied up, per cent a year: assumed, from a yuan deposit to rouble credit of 2024.
CAPITAL_COST = (5.0, 20.0)
_CODE = "landbridge.scenarios.settlement"
Statistic = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class BreakTest:
    """One statistic at one date, beside the same statistic at every earlier date whose window ended before it.

    `value` and `placebos` are differences of logs. `p_value` is one-sided: the share of dates, this one counted, with
    a statistic as low as this. Windows of neighbouring dates overlap, so the dates are fewer than they look.
    """

    value: float
    placebos: NDArray[np.float64]
    p_value: float


def change_test(series: NDArray[np.float64], at: int, window: int = 6) -> BreakTest:
    """Log of the sum of `window` months from position `at` over the same months a year before; `series` (months,)."""
    _check(series, at, window, YEAR)
    return _test(lambda month: _growth(series, month, window), range(YEAR, at - window + 1), at)


def break_test(series: NDArray[np.float64], at: int, window: int = 6) -> BreakTest:
    """`change_test` less its value one window earlier: the error of a forecast with season and last drift."""
    _check(series, at, window, YEAR + window)
    return _test(
        lambda month: _growth(series, month, window) - _growth(series, month - window, window),
        range(YEAR + window, at - window + 1),
        at,
    )


def _growth(series: NDArray[np.float64], month: int, window: int) -> float:
    after, before = series[month : month + window], series[month - YEAR : month - YEAR + window]
    return float(np.log(after.sum() / before.sum()))


def _test(statistic: Statistic, earlier: range, at: int) -> BreakTest:
    value = statistic(at)
    placebos = np.array([statistic(month) for month in earlier])
    return BreakTest(value, placebos, float((1 + np.sum(placebos <= value)) / (1 + placebos.size)))


def _check(series: NDArray[np.float64], at: int, window: int, first: int) -> None:
    if not (1 <= window <= YEAR and at + window <= series.size and at - window - first >= 1):
        raise BadSample(
            f"{series.size} months with the date at position {at} leave no placebo date for windows of {window} months.",
            remedy=f"Give at least {first + window + 1} months before the date and {window} from it on.",
        )
    if not np.all(np.isfinite(series)) or not np.all(series > 0):
        raise BadSample("a month without positive trade has no logarithm.", where="the monthly series")


def verdict(
    exports: Mapping[str, BreakTest], imports: Mapping[str, BreakTest], own: float, controls: Sequence[float]
) -> str:
    """One of three sentences, by rule.

    `NO_BREAK`: neither statistic of exports is unusual at 10 %. `OWN_BREAK`: both are at 5 %, neither of the second
    outcome is at 10 %, and yearly growth `own` (log) lies below that of every control. Anything else: `NOT_SEPARABLE`.
    """
    found = [test.p_value for test in exports.values()]
    other = [test.p_value for test in imports.values()]
    if min(found) > USUAL:
        return NO_BREAK
    alone = max(found) <= UNUSUAL and min(other) > USUAL
    return OWN_BREAK if alone and controls and own < min(controls) else NOT_SEPARABLE


@dataclass(frozen=True, slots=True)
class Measured:
    """One statistic as figures: its value in %, the range of placebo dates in %, the one-sided p-value."""

    value: Figure
    placebo: Figure
    p_value: Figure


@dataclass(frozen=True, slots=True)
class Calibration:
    """The evidence and the verdict.

    `exports` and `imports` hold `change` and `break`. `growth` is exports of 2024 over 2023 and `controls` the same to
    other partners, as those count it. `friction` is the bound in % of value from fees and delays; `implied` what the
    regression would say if all of the fall were friction, for comparison alone.
    """

    event: str
    window: int
    exports: Mapping[str, Measured]
    imports: Mapping[str, Measured]
    growth: Figure
    controls: tuple[Figure, ...]
    friction: Figure | Unavailable
    implied: Figure
    verdict: str
    reasons: tuple[str, ...]
    missing: tuple[str, ...]


def calibration(data: Data, *, window: int = 6) -> Calibration:
    """Everything this release can say about the date; raises `BadSample` where the monthly series is too short."""
    out, back = data.monthly.series(EXPORTER, IMPORTER), data.monthly.series(IMPORTER, EXPORTER)
    tests = {
        name: {
            kind: test(np.array([month.point for month in months]), _position(months), window)
            for kind, test in (("change", change_test), ("break", break_test))
        }
        for name, months in (("exports", out), ("imports", back))
    }
    growth, controls = _yearly(out), _controls(data)
    logs = [float(np.log1p(figure.point / 100)) for figure in (growth, *controls)]
    found = verdict(tests["exports"], tests["imports"], logs[0], logs[1:])
    exports = {kind: _measured(kind, test, out, window) for kind, test in tests["exports"].items()}
    imports = {kind: _measured(kind, test, back, window) for kind, test in tests["imports"].items()}
    return Calibration(
        event=EVENT,
        window=window,
        exports=exports,
        imports=imports,
        growth=growth,
        controls=controls,
        friction=_friction(data),
        implied=_implied(data, exports),
        verdict=found,
        reasons=_reasons(tests, growth, controls, window),
        missing=(
            "Monthly exports of China to other partners are not held: only yearly ones, as the partners count them.",
            "No monthly series of the rouble or of demand in Russia is held, so neither is controlled for.",
            "Values alone: prices and quantities are not told apart.",
        ),
    )


def _position(months: Sequence[Figure]) -> int:
    periods = [month.period for month in months]
    if FIRST_MONTH not in periods:
        raise BadSample(f"the monthly series does not reach {FIRST_MONTH}.", where="monthly_trade")
    return periods.index(FIRST_MONTH)


def _per_cent(log: float) -> float:
    return 100 * float(np.expm1(log))


def _measured(kind: str, test: BreakTest, months: Sequence[Figure], window: int) -> Measured:
    at = _position(months)
    flow = months[0].measure.partition(",")[0]
    words = {
        "change": f"{flow}, {window} months from {FIRST_MONTH} over the same months a year before",
        "break": f"{flow}, the same change over what season and last drift would give",
    }[kind]
    first = at - YEAR - (window if kind == "break" else 0)
    code = f"{_CODE}.{kind}_test"
    used, count = months[first : at + window], len(test.placebos)
    note = (
        f"{count} earlier dates; windows overlap, about {max(1, count // window)} of them are apart in time."
    )
    return Measured(
        derive(words, _per_cent(test.value), "%", used, code),
        derive(
            f"{words}: placebo dates",
            None,
            "%",
            months[:at],
            code,
            low=_per_cent(float(test.placebos.min())),
            high=_per_cent(float(test.placebos.max())),
            note=note,
        ),
        derive(f"{words}: one-sided p-value over dates", test.p_value, "index", months, code, note=note),
    )


def _yearly(months: Sequence[Figure]) -> Figure:
    """Growth of 2024 over 2023 from twelve months each."""
    both = [[month for month in months if month.period.startswith(year)] for year in ("2023", "2024")]
    if any(len(year) != YEAR for year in both):
        raise BadSample("2023 or 2024 lacks a month.", where="monthly_trade")
    before, after = (sum(month.point for month in year) for year in both)
    flow = months[0].measure.partition(",")[0]
    return derive(
        f"{flow}, 2024 over 2023",
        100 * (after / before - 1),
        "%",
        [*both[0], *both[1]],
        f"{_CODE}.calibration",
    )


def _controls(data: Data) -> tuple[Figure, ...]:
    """Growth of China's exports in 2024 to every partner that published both years, by the partner's own count."""
    found = []
    others = set(data.totals.frame["importer"].to_list()) - {EXPORTER, IMPORTER}
    for partner in sorted(others):
        years = data.totals.flow_by_reporter(EXPORTER, partner).get(partner, {})
        if "2023" in years and "2024" in years:
            before, after = years["2023"], years["2024"]
            found.append(
                derive(
                    f"{after.measure}, 2024 over 2023",
                    100 * (after.point / before.point - 1),
                    "%",
                    [before, after],
                    f"{_CODE}.calibration",
                    note="By the partner's count, mostly with freight and insurance.",
                )
            )
    return tuple(found)


def _friction(data: Data) -> Figure | Unavailable:
    """Fees of intermediaries, from none, plus the cost of money that lies idle: per cent of the value of a payment."""
    stated = {
        (record.subject.partition("/")[2], statement.property): statement
        for record in data.ledger.records("settlement")
        for statement in record.quantities("fee", "delay")
    }
    fee, delay = (
        stated.get(("rus-chn-intermediaries", "fee")),
        stated.get(("rus-chn-returned-payments", "delay")),
    )
    if fee is None or delay is None:
        return Unavailable("The ledger at this date holds no fee or no delay of payments to China.")
    charged = fee.figure("Fee of payment intermediaries", data.ledger.sources)
    idle = delay.figure("Days that money lies idle", data.ledger.sources)
    capital = Figure(
        "Cost of money tied up, a year",
        None,
        "%",
        "2024",
        Status.ASSUMED,
        low=CAPITAL_COST[0],
        high=CAPITAL_COST[1],
        note="From a deposit in yuan to credit in roubles.",
    )
    days = idle.point if idle.high is None else idle.high
    return derive(
        "Friction in settlement between Russia and China, share of the value of a payment",
        None,
        "%",
        [charged, idle, capital],
        f"{_CODE}.calibration",
        low=0.0,
        high=charged.point + days * CAPITAL_COST[1] / 365,
        note="From nothing, for firms whose bank pays as before, to the highest fee plus the longest wait at the dearest "
        "credit. Reports of 2024; which share of payments met which is not held.",
    )


def _implied(data: Data, exports: Mapping[str, Measured]) -> Figure:
    """The cost that would bring about the fall at given prices: both statistics, elasticities weighted by the flow."""
    cells = data.by_sector.between(EXPORTER, IMPORTER)
    sold: dict[str, float] = dict(zip(cells["item"], cells["value_usd"], strict=True))
    thetas = {sector: data.elasticities.theta(sector) for sector in sold}
    total = sum(sold.values())

    def weighted(ends: Mapping[str, float | None]) -> float:
        parts = [value * (ends[sector] or thetas[sector].point) for sector, value in sold.items()]
        return math.fsum(parts) / total

    lows = {sector: figure.low for sector, figure in thetas.items()}
    highs = {sector: figure.high for sector, figure in thetas.items()}
    # A rise stands for no friction, not for a subsidy.
    falls = [max(0.0, -float(np.log1p(found.value.point / 100))) for found in exports.values()]
    return derive(
        "Cost that would bring about the fall if all of it were friction",
        None,
        "%",
        [found.value for found in exports.values()] + [thetas[sector] for sector in sorted(thetas)],
        f"{_CODE}.calibration",
        low=_per_cent(min(falls) / weighted(highs)),
        high=_per_cent(max(falls) / weighted(lows)),
        note="For comparison alone: demand, the rouble and the end of a boom are in it. Elasticities are weighted by trade "
        "by sector of the accounts.",
    )


def _reasons(
    tests: Mapping[str, Mapping[str, BreakTest]], growth: Figure, controls: Sequence[Figure], window: int
) -> tuple[str, ...]:
    lines = [
        f"{flow.capitalize()}, {kind} over {window} months: {_per_cent(test.value):+.1f} %, p = {test.p_value:.2f} over "
        f"{test.placebos.size} earlier dates, which reach from {_per_cent(test.placebos.min()):+.1f} to "
        f"{_per_cent(test.placebos.max()):+.1f} %."
        for flow, kinds in tests.items()
        for kind, test in kinds.items()
    ]
    if not controls:
        return (*lines, "No other partner is held for 2023 and 2024.")
    points = sorted(figure.point for figure in controls)
    below = sum(point < growth.point for point in points)
    return (
        *lines,
        f"In 2024 exports to Russia grew by {growth.point:+.1f} %; to {len(points)} other partners by {points[0]:+.1f} to "
        f"{points[-1]:+.1f} %, {below} of them by less than to Russia.",
    )
