"""Answers made before the release: probabilities of the open targets, and what shocks did, as a page reads them back.

A page must not wait for models to be fitted. Each answer carries a hash of everything it was made from: the ids of the
figures, the record of forecast errors, the shocks of the ledger. Where a workspace or a newer table changes any of it, the
hash differs and the answer is not used. Figures are written out in full and come back with the ids that they had.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from landbridge.provenance import Figure, Status, Unavailable
from landbridge.release import Data

if TYPE_CHECKING:
    from landbridge.forecasting.paths import Rule
    from landbridge.prospects.basis import Basis
    from landbridge.prospects.level import Resting
    from landbridge.prospects.probability import Target
    from landbridge.prospects.shocks import Outcome

SCHEMA = "landbridge/prospects/1"
_DIGITS = 16
_PLAIN = ("measure", "value", "unit", "period", "low", "high", "code", "note", "comparator")


@dataclass(frozen=True, slots=True)
class Struck:
    """The probability of a target if a measured shock came again in the first year ahead. `since`: when it came first."""

    shocks: tuple[str, ...]
    since: str
    probability: Figure


@dataclass(frozen=True, slots=True)
class Told:
    """What one blow did to one part of the trade. `back`: the period from which it was back inside the band for good.

    `since` is the period from which it counts; `shocks` the records of the ledger that no series tells apart; `left`:
    whether it ever left the band. `verdict` as in `landbridge.prospects.shock_outcome.Outcome`.
    """

    shocks: tuple[str, ...]
    since: str
    part: str
    method: str
    verdict: str
    effect: Figure
    left: bool
    back: str | None


@dataclass(frozen=True, slots=True)
class Book:
    """What the release holds for two countries: answers as plain data, and the figures they name by id."""

    places: tuple[str, str]
    targets: tuple[Mapping[str, Any], ...] = field(repr=False)
    shocks: Mapping[str, Any] = field(repr=False)
    figures: Mapping[str, Mapping[str, Any]] = field(repr=False)


def book(data: Data, a: str, b: str) -> Book | None:
    """The answers held for two countries in either order; None where the release holds none."""
    for path in data.outlooks.values():
        held = json.loads(path.read_text("utf-8"))
        if set(held["places"]) == {a, b}:
            return Book(tuple(held["places"]), tuple(held["targets"]), held["shocks"], held["figures"])
    return None


def record_hash(data: Data) -> str:
    """Which record of forecasts paths are drawn from: the trajectories and the verdicts on models."""
    record = data.forecast_record
    return _hash([record.errors.write_csv(), record.models.write_csv()])


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:_DIGITS]


def _target_hash(data: Data, stands: Basis, record: str, value: float, by: int, rule: Rule) -> str:
    """Everything that the probability of one target rests on."""
    drivers = [figure.id for name in data.drivers.names for figure in data.drivers.series(name).values()]
    series = [stands.held.indicator, *stands.held.counted, stands.series.first, stands.series.last]
    return _hash([series, [figure.id for figure in stands.inputs], drivers, record, value, by, rule])


def _shocks_hash(data: Data, a: str, b: str) -> str:
    """Everything that the effects of shocks on the trade of a pair rest on."""
    from landbridge.prospects.shock_events import every

    known = [shock.row() for shock in every(data)]
    return _hash([sorted((a, b)), known, data.monthly.frame.write_csv(), data.totals.frame.write_csv()])


def answer(
    data: Data, held: Book | None, stands: Basis, *, value: float, by: int, rule: Rule = "in year"
) -> tuple[Target, tuple[Struck, ...]]:
    """The probability of a target, as it was made before the release where nothing under it has changed, else made now.

    With it what measured shocks would change; empty where the answer is made now. Errors as in
    `landbridge.prospects.probability.target`.
    """
    from landbridge.prospects.probability import reckoned

    item = _written(data, held, stands, value, by, rule)
    if item is not None:
        assert held is not None
        return _read(data, held, item, stands)
    return reckoned(data, stands, value=value, by=by, rule=rule), ()


def rests(data: Data, held: Book | None, found: Target) -> Resting:
    """How much of a target's probability rests on common growth, as written beside it where nothing has changed."""
    from landbridge.prospects.level import Resting, resting

    stands, value, by, rule = found.basis, found.level.point, found.by, found.rule
    item = _written(data, held, stands, value, by, rule)
    if item is None or "resting" not in item:
        return resting(data, stands, model=found.model, value=value, by=by, rule=rule)
    assert held is not None
    figures = _Figures(held, stands.inputs)
    return Resting(figures[item["resting"]["growth"]], figures[item["resting"]["level"]])


def _written(
    data: Data, held: Book | None, stands: Basis, value: float, by: int, rule: Rule
) -> Mapping[str, Any] | None:
    """The answer in the book that was made of these very data; None where there is none."""
    for item in held.targets if held is not None else ():
        asked = (item["indicator"], item["value"], item["by"], item["rule"])
        if asked != (stands.held.indicator, value, by, rule):
            continue
        if item["inputs"] == _target_hash(data, stands, record_hash(data), value, by, rule):
            return item
    return None


def told(data: Data, held: Book | None) -> tuple[Told, ...] | None:
    """What the shocks of a pair did to its trade; None where nothing is held, or not of these data.

    Nothing is measured here: that takes half a minute, and `landbridge.prospects.shocks.recovery` does it.
    """
    if held is None or held.shocks["inputs"] != _shocks_hash(data, *held.places):
        return None
    figures = _Figures(held, _of_trade(data, *held.places))
    return tuple(
        Told(
            tuple(row["shocks"]),
            row["since"],
            row["part"],
            row["method"],
            row["verdict"],
            figures[row["effect"]],
            row["left"],
            row["back"],
        )
        for row in held.shocks["told"]
    )


def _of_trade(data: Data, a: str, b: str) -> list[Figure]:
    """The counted figures that effects of shocks may rest on: trade by month, and by year with every partner."""
    found = [*data.monthly.series(a, b), *data.monthly.series(b, a)]
    frame = data.totals.frame
    near = frame.filter(frame["exporter"].is_in([a, b]) | frame["importer"].is_in([a, b]))
    for exporter, importer in near.select("exporter", "importer").unique(maintain_order=True).rows():
        found += [total.figure for total in data.totals.flow(exporter, importer)]
        found += [total.figure for total in data.totals.turnover(exporter, importer)]
        for years in data.totals.turnover_by_series(exporter, importer).values():
            found += years.values()
    return found


class _Figures:
    """Figures by id: counted ones from the data, the rest out of the book, each made once."""

    def __init__(self, held: Book, counted: Iterable[Figure]) -> None:
        self._written = held.figures
        self._made = {figure.id: figure for figure in counted}

    def __getitem__(self, name: str) -> Figure:
        if name not in self._made:
            row = self._written[name]
            self._made[name] = Figure(
                **{key: row[key] for key in _PLAIN if key in row},
                status=Status(row["status"]),
                inputs=tuple(self[below] for below in row["inputs"]),
            )
        return self._made[name]


def _read(
    data: Data, held: Book, item: Mapping[str, Any], stands: Basis
) -> tuple[Target, tuple[Struck, ...]]:
    from landbridge.prospects.outlook import Band
    from landbridge.prospects.probability import State, Target
    from landbridge.prospects.support import behind

    counted = [
        *stands.inputs,
        *(f for name in data.drivers.names for f in data.drivers.series(name).values()),
    ]
    figures = _Figures(held, counted)
    probability = figures[item["probability"]]
    made = Target(
        basis=stands,
        level=figures[item["level"]],
        by=item["by"],
        rule=item["rule"],
        model=item["model"],
        probability=probability,
        needed_growth=figures[item["needed_growth"]],
        models=tuple((name, _either(said, figures)) for name, said in item["models"]),
        passage=tuple((year, figures[name]) for year, name in item["passage"]),
        never=figures[item["never"]],
        fan=tuple(Band(year, figures[name], (low, high)) for year, name, low, high in item["fan"]),
        states=tuple(
            Unavailable(**state)
            if "reason" in state
            else State(
                state["driver"],
                state["state"],
                figures[state["probability"]],
                figures[state["slope"]],
                state["told"],
            )
            for state in item["states"]
        ),
        stressed=None,
        support=behind(
            data.forecast_record,
            item["model"],
            probability.point,
            item["by"] - stands.series.last,
            item["rule"],
        ),
        notes=tuple(item["notes"]),
    )
    struck = tuple(
        Struck(tuple(row["shocks"]), row["since"], figures[row["probability"]]) for row in item["struck"]
    )
    return made, struck


def _either(said: Any, figures: _Figures) -> Figure | Unavailable:
    return figures[said] if isinstance(said, str) else Unavailable(**said)


class Writing:
    """Collects answers and the figures under them, to be written as one file of a pair."""

    def __init__(self, places: tuple[str, str]) -> None:
        self.places = places
        self._figures: dict[str, dict[str, Any]] = {}
        self._targets: list[dict[str, Any]] = []
        self._shocks: dict[str, Any] = {}

    def add_target(
        self, data: Data, found: Target, struck: Sequence[Struck], rest: Resting | None = None
    ) -> None:
        """One target with its answer, and how much of it rests on common growth."""
        stands = found.basis
        self._targets.append(
            {
                "indicator": stands.held.indicator,
                "value": found.level.point,
                "by": found.by,
                "rule": found.rule,
                "inputs": _target_hash(
                    data, stands, record_hash(data), found.level.point, found.by, found.rule
                ),
                "model": found.model,
                "notes": list(found.notes),
                "level": self._keep(found.level),
                "probability": self._keep(found.probability),
                "needed_growth": self._keep(found.needed_growth),
                "models": [[name, self._said(said)] for name, said in found.models],
                "passage": [[year, self._keep(figure)] for year, figure in found.passage],
                "never": self._keep(found.never),
                "fan": [[band.year, self._keep(band.middle), *band.inner] for band in found.fan],
                "states": [
                    self._said(state)
                    if isinstance(state, Unavailable)
                    else {
                        "driver": state.driver,
                        "state": state.state,
                        "probability": self._keep(state.probability),
                        "slope": self._keep(state.slope),
                        "told": state.told,
                    }
                    for state in found.states
                ],
                "struck": [
                    {
                        "shocks": list(row.shocks),
                        "since": row.since,
                        "probability": self._keep(row.probability),
                    }
                    for row in struck
                ],
                **(
                    {"resting": {"growth": self._keep(rest.growth), "level": self._keep(rest.level)}}
                    if rest is not None
                    else {}
                ),
            }
        )

    def add_shocks(self, data: Data, outcomes: Iterable[Outcome]) -> None:
        """What shocks did, as far as it is told."""
        self._shocks = {
            "inputs": _shocks_hash(data, *self.places),
            "told": [
                {
                    "shocks": [shock.subject for shock in outcome.blow.shocks],
                    "since": outcome.blow.since,
                    "part": outcome.part,
                    "method": outcome.method,
                    "verdict": outcome.verdict,
                    "effect": self._keep(outcome.effect),
                    "left": outcome.recovery != "never left the band",
                    "back": outcome.back,
                }
                for outcome in outcomes
                if isinstance(outcome.effect, Figure)
            ],
        }

    def text(self) -> str:
        """The file."""
        content = {
            "schema": SCHEMA,
            "places": list(self.places),
            "targets": self._targets,
            "shocks": self._shocks,
            "figures": self._figures,
        }
        return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def _said(self, said: Figure | Unavailable) -> Any:
        if isinstance(said, Unavailable):
            return {"reason": said.reason, "remedy": said.remedy}
        return self._keep(said)

    def _keep(self, figure: Figure) -> str:
        """The id of a figure; what was computed or assumed is written down, what was read stays where it is."""
        computed = figure.code != "" or figure.status is Status.ASSUMED
        if computed and figure.citation is None and figure.id not in self._figures:
            row = {name: getattr(figure, name) for name in _PLAIN}
            self._figures[figure.id] = {
                **{name: value for name, value in row.items() if value not in (None, "") or name == "value"},
                "status": figure.status.value,
                "inputs": [self._keep(below) for below in figure.inputs],
            }
        return figure.id
