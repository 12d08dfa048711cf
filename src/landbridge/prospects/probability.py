"""How likely a stated target is: a probability with its range, the path it needs, and the record behind the number.

The model is the one that did best on the early origins of the back-test; its whole error trajectories, as they happened
to hundreds of other pairs of countries, are laid on this series' own median and volatility
(`landbridge.forecasting.paths`). The range of the probability holds the 5 to 95 per cent interval over resampled origin
years, that of so many independent cases (`widened`), and what every other model that beats naive says. It is no
statement about what either side will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from landbridge.errors import BadSample, BadUsage, NotConverged, OutsideSupport
from landbridge.forecasting.paths import STILL, Chance, Paths, Rule, chance, first_passage
from landbridge.forecasting.record import Record
from landbridge.prospects.basis import Basis, basis
from landbridge.prospects.drivers import AS_NOW, STATES, Slope, slope
from landbridge.prospects.outlook import Band, bands, enough, times, within
from landbridge.prospects.support import Support, behind
from landbridge.provenance import Figure, Status, Unavailable, derive
from landbridge.release import Data
from landbridge.release.prospects import NAMES

if TYPE_CHECKING:
    import polars as pl

    from landbridge.forecasting.counterfactual import Effect

GRAVITY = "gravity"
_CODE = "landbridge.prospects.probability.target"


@dataclass(frozen=True, slots=True)
class State:
    """The probability where a driver stands a third lower, as now or a third higher at the deadline."""

    driver: str
    state: str
    probability: Figure
    slope: Figure
    told: bool

    @property
    def words(self) -> str:
        """What the answer rests on."""
        if self.state == AS_NOW:
            return "the answer without a state: the paths hold what such prices did at other times"
        assert self.slope.low is not None
        assert self.slope.high is not None
        doubt = "" if self.told else ", not told apart from none"
        reach = f"{self.slope.low:.2f} to {self.slope.high:.2f}"
        return f"trade moved {self.slope.point:.2f} % with one per cent of it ({reach}{doubt})"


@dataclass(frozen=True, slots=True)
class Stressed:
    """The probability if a measured shock struck again in the first year ahead.

    `words`: its size in the first whole year with the range, and how it was told from ordinary movement.
    """

    shock: str
    probability: Figure
    words: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A target of trade between two places and how likely it is. Probabilities in per cent.

    `models`: what every other model with a record says, or why it cannot; `passage`: the probability of each year as the
    first with the level, and `never` of none by the deadline; `states`: by the oil price and the rouble; `stressed`: after
    a measured shock, where one was asked for; `support`: how often such probabilities came true.
    """

    basis: Basis
    level: Figure
    by: int
    rule: Rule
    model: str
    probability: Figure
    needed_growth: Figure
    models: tuple[tuple[str, Figure | Unavailable], ...]
    passage: tuple[tuple[str, Figure], ...]
    never: Figure
    fan: tuple[Band, ...]
    states: tuple[State | Unavailable, ...]
    stressed: Stressed | None
    support: Support | Unavailable
    notes: tuple[str, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Everything that `landbridge explain` may be asked about."""
        found = [self.probability, self.needed_growth, self.never, self.level]
        found += [figure for _, figure in (*self.models, *self.passage) if isinstance(figure, Figure)]
        found += [band.middle for band in self.fan]
        for state in self.states:
            if isinstance(state, State):
                found += [state.probability, state.slope]
        if self.stressed is not None:
            found.append(self.stressed.probability)
        return tuple(found)

    def rows(self) -> list[dict[str, Any]]:
        """One row a number: what, item, period, value, low, high, unit, note, id."""
        rows = [
            _row("probability", self.model, self.probability),
            _row("needed growth", "a year", self.needed_growth),
            *(_row("first passage", year, figure) for year, figure in self.passage),
            _row("first passage", "not by the deadline", self.never),
            *(_row("path", band.year, band.middle) for band in self.fan),
        ]
        for name, said in self.models:
            rows.append(_row("model", name, said))
        for state in self.states:
            if isinstance(state, Unavailable):
                rows.append(_row("state", "not answered", state))
            else:
                name = f"{NAMES.get(state.driver, state.driver)}: {state.state}"
                rows.append({**_row("state", name, state.probability), "note": state.words})
        if self.stressed is not None:
            struck = _row(
                "stress", f"{self.stressed.shock} again in {self.fan[0].year}", self.stressed.probability
            )
            rows.append({**struck, "note": self.stressed.words or struck["note"]})
        if isinstance(self.support, Unavailable):
            return [*rows, _row("record", "not answered", self.support)]
        return rows + self.support.rows()

    def table(self) -> pl.DataFrame:
        """The rows as a frame; columns: docs/reference/prospects.md."""
        import polars as pl

        return pl.DataFrame(self.rows(), infer_schema_length=None)


def target(
    data: Data,
    indicator: str,
    a: str,
    b: str,
    *,
    value: float,
    by: int,
    reporter: str | None = None,
    definition: str | None = None,
    rule: Rule = "in year",
    repair: Sequence[str] = (),
    stress: Effect | None = None,
    draws: int = 4000,
    seed: int = 1,
) -> Target:
    """How likely it is that trade between `a` and `b` reaches `value` US dollars (current prices).

    `indicator`: trade_turnover (both ways), exports (a to b) or imports (b to a). `rule` "in year": the count of the year
    `by` itself; "by year": of any year up to it. `reporter` and `definition` say whose statistics, and which of them. A
    reporter who stopped publishing is carried on by the partner's count with the gap between the two. Raises
    `BadUsage` where the deadline lies in a counted year, `OutsideSupport` where the record holds no errors so far
    ahead, `BadSample` where the series cannot be forecast, `NotHeld` where nothing is counted.
    """
    stands = basis(data, indicator, a, b, reporter=reporter, definition=definition, repair=repair)
    return reckoned(data, stands, value=value, by=by, rule=rule, stress=stress, draws=draws, seed=seed)


def reckoned(
    data: Data,
    stands: Basis,
    *,
    value: float,
    by: int,
    rule: Rule = "in year",
    stress: Effect | None = None,
    draws: int = 4000,
    seed: int = 1,
) -> Target:
    """The same for a series that is chosen already, such as a user's own."""
    record = data.forecast_record
    _sound(stands, record, value, by)
    enough(draws)
    level = Figure(
        f"Level asked about: {stands.held.newest.measure}",
        value,
        stands.series.unit,
        str(by),
        Status.ASSUMED,
        note="As asked.",
    )
    model, paths, said = _said(stands, record, value, by, rule, draws, seed)
    notes = [*stands.said, times(record.trajectories(model).years(by - stands.series.last).tolist())]
    probability = _probability(stands, level, said, model, by, rule)
    years = [str(year) for year in paths.periods]
    passed = first_passage(paths, value)
    ahead = by - stands.series.last
    support = behind(record, model, probability.point, ahead, rule)
    if isinstance(support, Support) and ahead > support.last_step:
        notes.append(
            f"The question is {ahead} years ahead; the pooled record reaches {support.last_step}, single panels further."
        )
    return Target(
        basis=stands,
        level=level,
        by=by,
        rule=rule,
        model=model,
        probability=probability,
        needed_growth=_needed(stands, level, by),
        models=tuple(
            (name, _percent(stands, f"{_what(level, by, rule)}: the model {name}", found, by))
            if isinstance(found, Chance)
            else (name, found)
            for name, found in said.items()
            if name != model
        ),
        passage=tuple(
            (
                year,
                _percent(
                    stands, f"First year with {stands.series.unit} {value:,.0f}: {year}", float(part), year
                ),
            )
            for year, part in zip(years, passed.chances.tolist(), strict=True)
        ),
        never=_percent(stands, f"{stands.series.unit} {value:,.0f} not reached by {by}", passed.never, by),
        fan=bands(stands, paths),
        stressed=None if stress is None else _stressed(stands, paths, stress, value, by, rule, seed),
        states=tuple(_states(data, stands, paths, value, by, rule, seed)),
        support=support,
        notes=tuple(notes),
    )


def _sound(stands: Basis, record: Record, value: float, by: int) -> None:
    if not (np.isfinite(value) and value > 0):
        raise BadUsage(f"a target is a positive number ({stands.series.unit}); here {value}.")
    if not isinstance(by, int | np.integer):
        raise BadUsage(f"a deadline is a year; here {by!r}.", remedy="Write by=2030.")
    if float(np.ptp(stands.series.logs)) < STILL:
        raise BadSample(
            f"{stands.series.name} never moves: it gives no scale to errors, and such series are not in the record."
        )
    others = sorted({figure.period for figure in stands.held.later if figure.period >= str(by)})
    if stands.mirror is None and others:
        raise BadUsage(
            f"{by} is counted already, by others than {stands.series.counter}.",
            remedy="`landbridge flows A B` shows every count; `landbridge targets A B` whether a target was met.",
        )
    if by <= stands.series.last:
        raise BadUsage(
            f"{by} is counted already: the series ends in {stands.series.last}.",
            remedy="`landbridge targets A B` says whether a past target was met.",
        )
    within(stands, record, by)


def _said(
    stands: Basis, record: Record, value: float, by: int, rule: Rule, draws: int, seed: int
) -> tuple[str, Paths, dict[str, Chance | Unavailable]]:
    """What every model with a record says; the chosen one's paths. A model that cannot be used here says why."""
    said: dict[str, Chance | Unavailable] = {}
    drawn: dict[str, Paths] = {}
    first = record.chosen
    for name in (first, *(kept for kept in record.kept if kept != first)):
        if name == GRAVITY:
            said[name] = Unavailable("Yearly incomes of both places, known at the newest year, are not held.")
            continue
        try:
            drawn[name] = stands.paths(record, name, by, draws, seed)
            said[name] = chance(drawn[name], value, by, rule)
        except (BadSample, NotConverged) as error:
            said[name] = Unavailable(str(error))
        except OutsideSupport:
            if name == first:
                raise
            said[name] = Unavailable("The record of this model does not reach so far ahead.")
    if not drawn:
        raise NotConverged(
            "no model with a record could be fitted to this series.", cause="; ".join(map(str, said.values()))
        )
    best = next(iter(drawn))
    return best, drawn[best], said


def _probability(
    stands: Basis, level: Figure, said: Mapping[str, Chance | Unavailable], model: str, by: int, rule: Rule
) -> Figure:
    """The chosen model's probability; its range widened to what the other models say."""
    mine = said[model]
    assert isinstance(mine, Chance)
    others = [item.point for item in said.values() if isinstance(item, Chance)]
    low, high = min(mine.low, *others), max(mine.high, *others)
    return _percent(
        stands, _what(level, by, rule), Chance(mine.point, low, high, mine.years), by, model=model
    )


def _what(level: Figure, by: int, rule: Rule) -> str:
    when = f"in {by}" if rule == "in year" else f"in any year up to {by}"
    return f"Probability of {level.unit} {level.point:,.0f} or more {when}"


def widened(found: Chance) -> Chance:
    """A chance whose range is nowhere narrower than so few origin years allow.

    Resampling years that all say nought gives nought to nought. Each origin year counts as one independent case: the range
    holds Jeffreys' 5 to 95 per cent, Beta(np + 1/2, n(1 - p) + 1/2) (Brown, Cai and DasGupta 2001, Statistical Science
    16, section 4.1), whose ends move with p without a jump.
    """
    from scipy import stats  # type: ignore[import-untyped]

    came = found.years * found.point
    low, high = stats.beta.ppf((0.05, 0.95), came + 0.5, found.years - came + 0.5)
    # Of none the range begins at nought, and of all it ends at one.
    return replace(
        found, low=min(found.low, found.point, float(low)), high=max(found.high, found.point, float(high))
    )


def _percent(stands: Basis, measure: str, found: Chance | float, year: int | str, model: str = "") -> Figure:
    found = widened(found) if isinstance(found, Chance) else found
    note = (
        f"Model {model}; range: resampled origin years (5 to 95 %), no narrower than their number allows (Jeffreys), and "
        "every other model with a record."
        if model
        else ""
    )
    point, low, high = (
        (found.point, found.low, found.high) if isinstance(found, Chance) else (found, None, None)
    )
    return derive(
        f"{measure}; {stands.held.newest.measure}",
        100 * point,
        "%",
        stands.inputs,
        _CODE,
        period=str(year),
        low=None if low is None else 100 * low,
        high=None if high is None else 100 * high,
        status=Status.FORECAST,
        note=note,
    )


def _needed(stands: Basis, level: Figure, by: int) -> Figure:
    """Constant yearly growth from the newest value, in the reporter's own count, to the level."""
    newest, since = stands.latest.point, stands.series.last
    ratio = stands.mirror.ratio.point if stands.mirror else 1.0
    return derive(
        "Yearly growth needed to reach the target",
        100 * ((level.point / (newest * ratio)) ** (1 / (by - since)) - 1),
        "%",
        (stands.latest, level, *((stands.mirror.ratio,) if stands.mirror else ())),
        _CODE,
        period=f"{since}/{by}",
        note="Constant yearly growth from the newest count."
        + (" That is the partner's, carried over by the ratio of the two." if stands.mirror else ""),
    )


def _states(
    data: Data, stands: Basis, paths: Paths, value: float, by: int, rule: Rule, seed: int
) -> list[State | Unavailable]:
    found: list[State | Unavailable] = []
    for driver in data.drivers.names:
        went = slope(driver, data.drivers.series(driver), stands.years)
        if isinstance(went, Unavailable):
            found.append(went)
            continue
        found += [_state(stands, paths, went, name, size, value, by, rule, seed) for name, size in STATES]
    return found


def _state(
    stands: Basis,
    paths: Paths,
    went: Slope,
    name: str,
    size: float,
    value: float,
    by: int,
    rule: Rule,
    seed: int,
) -> State:
    draws, horizon = paths.levels.shape
    moved = replace(paths, levels=paths.levels * np.exp(went.shift(size, horizon, draws, seed)))
    said = chance(moved, value, by, rule)
    measure = f"Probability with {NAMES.get(went.driver, went.driver)} {name} by {by}"
    return State(went.driver, name, _percent(stands, measure, said, by), went.figure, went.told)


def _stressed(
    stands: Basis, paths: Paths, effect: Effect, value: float, by: int, rule: Rule, seed: int
) -> Stressed:
    """A measured shock laid on every path, striking in the first year ahead."""
    from landbridge.forecasting.counterfactual import laid
    from landbridge.prospects.shock_outcome import Rare

    struck = replace(paths, levels=np.exp(laid(np.log(paths.levels), effect, 0, seed)))
    measure = f"Probability if a shock like {effect.name} struck in {paths.first}"
    low, point, high = (100 * np.expm1(effect.logs[0])).tolist()
    told = (
        f"; {effect.verdict}" if isinstance(effect, Rare) else "; whether placebos show as much was not asked"
    )
    words = f"laid on: {point:+.0f} % in its first year ({low:+.0f} to {high:+.0f}){told}"
    return Stressed(effect.name, _percent(stands, measure, chance(struck, value, by, rule), by), words)


def _row(what: str, item: str, found: Figure | Unavailable) -> dict[str, Any]:
    if isinstance(found, Unavailable):
        return {
            **dict.fromkeys(("what", "item", "period", "value", "low", "high", "unit", "note", "id")),
            "what": what,
            "item": item,
            "note": found.reason,
        }
    return {
        "what": what,
        "item": item,
        "period": found.period,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "unit": found.unit,
        "note": found.note or None,
        "id": found.id,
    }
