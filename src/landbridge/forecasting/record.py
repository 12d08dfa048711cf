"""The record: how good forecasts and probabilities were, for whoever reads a probability today.

Models are chosen on the early parts alone and reported on the late ones. The late parts decide nothing but that a model
which lost to naive there is not shipped. The trajectories shipped come from all origins, early and late, because a path
drawn today may use everything known today; each is marked with its part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, UnknownLabel
from landbridge.forecasting.backtest import Trials
from landbridge.forecasting.cases import EARLY, INTERVALS, LATE, Cases, beside, errors_of, scored, united
from landbridge.forecasting.paths import RULES, Errors
from landbridge.forecasting.scores import When, band, mean, ratio, reliability

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]
Row = dict[str, Any]
Pairs = dict[tuple[str, int], tuple[Cases, Cases]]

BASE, SEASONAL_BASE = "naive", "seasonal naive"
ALL = "all"
FEWEST_YEARS = 3
"""Origin years that a panel's horizon needs to enter the rows over all panels: one year is one draw, whatever its cases."""
PER_CELL = 100
"""Trajectories shipped of one panel and origin year at most. A convention of size, not of precision."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A model against naive. Ratios of the CRPS: mean over horizons, then over panels; None where nothing was scored.

    `by_panel`: the early ratio on each panel alone. `kept`, and `chosen` among the kept; `reason` says why not.
    """

    model: str
    early: float | None
    late: float | None
    by_panel: Mapping[str, float]
    kept: bool
    chosen: bool
    reason: str


def select(cases: Sequence[Cases]) -> tuple[Verdict, ...]:
    """Choose on the early parts, on the cases that all models share; drop what loses to naive, early or late.

    What cannot be scored on both parts is not kept: it says that there are not enough origins.
    """
    models = list(dict.fromkeys(item.model for item in cases))
    early = {model: _ratios(cases, model, EARLY, models) for model in models}
    late = {model: _ratios(cases, model, LATE, ()) for model in models}
    before = {model: _average(early[model]) for model in models}
    after = {model: _average(late[model]) for model in models}
    passed = {model: model == BASE or (_below(before[model]) and _below(after[model])) for model in models}
    ranked = sorted((m for m in models if before[m] is not None), key=lambda m: before[m] or 0.0)
    best = ranked[0] if ranked else None
    return tuple(
        Verdict(
            model=model,
            early=before[model],
            late=after[model],
            by_panel=early[model],
            kept=passed[model],
            chosen=model == best and passed[model],
            reason=_reason(model, before[model], after[model], best),
        )
        for model in models
    )


def _below(ratio: float | None) -> bool:
    """Whether it was scored, and better than naive."""
    return ratio is not None and ratio < 1.0


def _reason(model: str, early: float | None, late: float | None, best: str | None) -> str:
    if model == BASE:
        if best is None:
            return "the yardstick; not enough origins to choose: no model could be scored on early ones"
        return "the yardstick" + ("; best on early origins" if best == BASE else "")
    if best is None:
        return "not enough origins: no model could be scored on early ones"
    if early is None:
        return "not enough origins: could not be scored on early ones"
    if early >= 1.0:
        return "dropped: loses to naive on early origins"
    if late is None:
        return "not enough origins: could not be scored on late ones"
    if late >= 1.0:
        return "dropped: loses to naive on late origins" + (
            ", though best on early ones" if best == model else ""
        )
    return "best on early origins" if best == model else "beats naive, not the best on early origins"


def _average(ratios: Mapping[str, float]) -> float | None:
    return float(np.mean(list(ratios.values()))) if ratios else None


def _ratios(cases: Sequence[Cases], model: str, part: str, shared: Sequence[str]) -> dict[str, float]:
    """CRPS over that of naive on each panel, mean over horizons; on the cases that all `shared` models hold too."""
    at = {(item.panel, item.horizon, item.model): item for item in cases if item.part == part}
    found: dict[str, list[float]] = {}
    for (panel, horizon, name), mine in at.items():
        base = at.get((panel, horizon, BASE))
        rivals = [at[panel, horizon, other] for other in shared if (panel, horizon, other) in at]
        # A horizon that only some of the models can be scored at would decide by who was absent.
        tried = {item.model for item in cases if item.panel == panel and item.model in shared}
        if name != model or base is None or len(rivals) < len(tried):
            continue
        one, other = beside(mine, base)
        for rival in rivals:
            one, _ = beside(one, rival)
        one, other = beside(one, other)
        # Where naive made no error there is nothing to be better than.
        if one.key.size and other.crps.sum() > 0:
            found.setdefault(panel, []).append(float(one.crps.sum() / other.crps.sum()))
    return {panel: float(np.mean(values)) for panel, values in found.items()}


@dataclass(frozen=True, slots=True)
class Pooled:
    """Cases beside those of naive, with weights (cases,) that let every panel count equally."""

    mine: Cases
    base: Cases
    weights: Array


def pooled(pairs: Sequence[tuple[Cases, Cases]]) -> Pooled:
    """Cases of several panels or horizons as one: every panel has the same weight, and so has every horizon in its panel."""
    mine = united([pair[0] for pair in pairs])
    base = united([pair[1] for pair in pairs])
    horizons = Counter(one.panel for one, _ in pairs)
    weights = [np.full(one.key.size, 1.0 / (one.key.size * horizons[one.panel])) for one, _ in pairs]
    return Pooled(mine, base, np.concatenate(weights))


def skill_row(both: Pooled) -> dict[str, float | int | None]:
    """Scores of one group of cases: errors relative to naive, CRPS, coverage, Brier score, each with its standard error."""
    mine, base, w = both.mine, both.base, both.weights
    losses = [((item.chances - item.happened) ** 2).mean(axis=(1, 2)) for item in (mine, base)]
    absolute = mean(mine.absolute, mine.when, w)
    relative, relative_error = _relative(mine.absolute, base.absolute, mine.when, w)
    ranked, ranked_error = _relative(mine.crps, base.crps, mine.when, w)
    quadratic, quadratic_error = _relative(losses[0], losses[1], mine.when, w)
    row: dict[str, float | int | None] = {
        "cases": absolute.cases,
        "origin_years": absolute.origin_years,
        "target_years": absolute.target_years,
        "absolute_error": absolute.value,
        "relative_error": relative,
        "relative_error_se": relative_error,
        "crps": mean(mine.crps, mine.when, w).value,
        "crps_skill": None if ranked is None else 1.0 - ranked,
        "crps_skill_se": ranked_error,
        "brier": mean(losses[0], mine.when, w).value,
        "brier_skill": None if quadratic is None else 1.0 - quadratic,
        "brier_skill_se": quadratic_error,
    }
    for k, percent in enumerate(INTERVALS):
        share = mean(mine.inside[:, k].astype(np.float64), mine.when, w)
        row[f"coverage_{percent:.0f}"] = share.value
        row[f"coverage_{percent:.0f}_se"] = share.error
    return row


def _relative(values: Array, base: Array, when: When, weights: Array) -> tuple[float | None, float | None]:
    """Ratio to naive and its standard error; None where naive made no error at all, so that nothing compares with it."""
    if not float(base.sum()) > 0:
        return None, None
    found = ratio(values, base, when, weights)
    return found.value, found.error


def record(trials: Trials, late: Mapping[str, int], horizon: int, seed: int = 1) -> Record:
    """The whole record of annual panels. `late`: the first late origin of each panel.

    Raises `BadSample` where nothing entered, or nothing can be scored.
    """
    if trials.size == 0:
        reasons = Counter({item.reason: item.count for item in trials.left})
        raise BadSample(
            "no series entered from any origin.",
            cause="; ".join(f"{reason}: {count}" for reason, count in reasons.most_common(5)),
            remedy="Hand over longer series that move.",
        )
    cases = scored(trials, late, horizon, seed)
    if not cases:
        raise BadSample(
            "nothing can be scored: no case has errors of two earlier origin years to be scored with.",
            remedy="Hand over longer series, or begin the late part later.",
        )
    verdicts = select(cases)
    kept = [item.model for item in verdicts if item.kept]
    import polars as pl

    return Record(
        skill=pl.DataFrame(list(skill(cases)), infer_schema_length=None),
        reliability=pl.DataFrame(list(_reliability(cases, kept)), infer_schema_length=None),
        errors=_shipped(trials, late, kept, horizon, seed),
        models=pl.DataFrame([_verdict_row(item) for item in verdicts], infer_schema_length=None),
        left=pl.DataFrame(
            [(item.panel, item.model, item.reason, item.count) for item in trials.left],
            schema={"panel": pl.String, "model": pl.String, "reason": pl.String, "count": pl.Int64},
            orient="row",
        ),
    )


def _verdict_row(verdict: Verdict) -> Row:
    alone = "; ".join(f"{panel} {value:.3f}" for panel, value in sorted(verdict.by_panel.items()))
    return {
        "model": verdict.model,
        "early_ratio": verdict.early,
        "late_ratio": verdict.late,
        "early_by_panel": alone,
        "kept": verdict.kept,
        "chosen": verdict.chosen,
        "reason": verdict.reason,
    }


def _pairs(cases: Sequence[Cases], part: str, model: str) -> Pairs:
    """Cases of a model beside those of naive, by panel and horizon."""
    base = {(item.panel, item.horizon): item for item in cases if item.part == part and item.model == BASE}
    found = {}
    for item in cases:
        at = (item.panel, item.horizon)
        if item.part == part and item.model == model and at in base:
            one, other = beside(item, base[at])
            if one.key.size:
                found[at] = (one, other)
    return found


def _of(pairs: Pairs, panel: str) -> list[tuple[str, int]]:
    """Panel and horizon of what belongs to a panel, or to all: there only with `FEWEST_YEARS` origin years or more."""
    if panel != ALL:
        return [at for at in pairs if at[0] == panel]
    return [at for at, (one, _) in pairs.items() if np.unique(one.when.origin).size >= FEWEST_YEARS]


def _groups(pairs: Pairs) -> Iterator[tuple[str, int | None, list[tuple[str, int]]]]:
    """Panel (or all), horizon (or None for all), and which pairs belong to it."""
    panels = sorted({panel for panel, _ in pairs})
    horizons = sorted({step for _, step in pairs})
    for panel in (*panels, ALL):
        mine = _of(pairs, panel)
        for step in (*horizons, None):
            rows = [at for at in mine if step in (at[1], None)]
            if rows:
                yield panel, step, rows


def skill(cases: Sequence[Cases]) -> Iterator[Row]:
    """Scores by part, model, panel (or all) and horizon (None: all)."""
    for part in (EARLY, LATE):
        for model in dict.fromkeys(item.model for item in cases):
            pairs = _pairs(cases, part, model)
            for panel, step, rows in _groups(pairs):
                yield {
                    "panel": panel,
                    "part": part,
                    "model": model,
                    "against": BASE,
                    "horizon": step,
                    **skill_row(pooled([pairs[at] for at in rows])),
                }


def _reliability(cases: Sequence[Cases], kept: Sequence[str]) -> Iterator[Row]:
    """Late cases: probabilities of all thresholds in bins, by panel, model, rule and span of horizons.

    `reaches` is the longest horizon of the span that entered: over all panels it may be shorter than the span.
    """
    longest = max((item.horizon for item in cases), default=0)
    for model in kept:
        pairs = _pairs(cases, LATE, model)
        for panel in (*sorted({at[0] for at in pairs}), ALL):
            for low, high in ((1, longest), (1, 2), (3, longest)):
                rows = [at for at in _of(pairs, panel) if low <= at[1] <= high]
                if rows:
                    both = pooled([pairs[at] for at in rows])
                    span = {"first_step": low, "last_step": high, "reaches": max(at[1] for at in rows)}
                    for row in curve(both):
                        yield {"panel": panel, "model": model, **span, **row}


def curve(both: Pooled) -> Iterator[Row]:
    """The reliability curve of each rule; every threshold of every case is one probability."""
    mine = both.mine
    count = mine.chances.shape[1]
    when = When(np.repeat(mine.when.origin, count), np.repeat(mine.when.target, count))
    series = np.repeat(mine.key, count)
    for k, rule in enumerate(RULES):
        chances, happened = mine.chances[:, :, k].ravel(), mine.happened[:, :, k].ravel()
        for item in reliability(chances, happened, when, np.repeat(both.weights, count)):
            reach = band(item.came) or (None, None)
            rows = (chances >= item.low) & ((chances < item.high) | (item.high == 1.0))
            yield {
                "rule": rule,
                "low": item.low,
                "high": item.high,
                "said": item.said,
                "came": item.came.value,
                "came_low": reach[0],
                "came_high": reach[1],
                "cases": item.came.cases,
                "forecasts": int(np.unique(series[rows]).size),
                "origin_years": item.came.origin_years,
                "target_years": item.came.target_years,
            }


def _shipped(
    trials: Trials, late: Mapping[str, int], kept: Sequence[str], horizon: int, seed: int
) -> pl.DataFrame:
    """Trajectories of the kept models, at most `PER_CELL` of a panel and origin; the same series for all models."""
    import polars as pl

    rng = np.random.default_rng(seed)
    cells: dict[tuple[str, int], set[str]] = {}
    for panel in sorted(late):
        for year in np.unique(trials.year[trials.panel == panel]).tolist():
            held = np.unique(trials.series[(trials.panel == panel) & (trials.year == year)])
            chosen = rng.permutation(held.size)[:PER_CELL]
            cells[panel, year] = set(held[chosen].tolist())
    frames = []
    for model in kept:
        mine = trials.take(trials.model == model)
        errors = errors_of(trials, model)
        places = zip(mine.panel.tolist(), mine.year.tolist(), mine.series.tolist(), strict=True)
        rows = np.array([series in cells.get((panel, year), ()) for panel, year, series in places])
        part = [
            EARLY if year < late[panel] else LATE
            for panel, year in zip(mine.panel[rows].tolist(), mine.year[rows].tolist(), strict=True)
        ]
        steps = {
            f"z{h + 1}": pl.Series(np.round(errors.z[rows, h], 3)).fill_nan(None) for h in range(horizon)
        }
        frames.append(
            pl.DataFrame(
                {
                    "model": np.full(int(rows.sum()), model).tolist(),
                    "panel": mine.panel[rows].tolist(),
                    "series": mine.series[rows].tolist(),
                    "origin": mine.year[rows],
                    "part": part,
                    "pooled": np.full(int(rows.sum()), round(errors.pooled, 4)),
                    **steps,
                }
            )
        )
    return pl.concat(frames).sort("model", "panel", "origin", "series")


def seasonal_rows(trials: Trials, steps: Sequence[int]) -> Iterator[Row]:
    """Absolute errors relative to the seasonal naive, for a panel too small to give intervals or choose on."""
    for panel in np.unique(trials.panel).tolist():
        here = trials.take(trials.panel == panel)
        base = here.take(here.model == SEASONAL_BASE)
        at = {key: k for k, key in enumerate(zip(base.series.tolist(), base.origin.tolist(), strict=True))}
        for model in dict.fromkeys(here.model.tolist()):
            mine = here.take(here.model == model)
            keys = zip(mine.series.tolist(), mine.origin.tolist(), strict=True)
            both = [(k, at[key]) for k, key in enumerate(keys) if key in at]
            for step in steps:
                rows = [pair for pair in both if mine.lengths[pair[0]] >= step]
                if rows:
                    one = np.abs(mine.error[[pair[0] for pair in rows], step - 1])
                    other = np.abs(base.error[[pair[1] for pair in rows], step - 1])
                    year = mine.year[[pair[0] for pair in rows]]
                    when = When(year, (mine.origin[[pair[0] for pair in rows]] + step) // 12)
                    found = ratio(one, other, when)
                    yield {
                        "panel": panel,
                        "part": ALL,
                        "model": model,
                        "against": SEASONAL_BASE,
                        "horizon": step,
                        "cases": found.cases,
                        "origin_years": found.origin_years,
                        "target_years": found.target_years,
                        "absolute_error": float(one.mean()),
                        "relative_error": found.value,
                        "relative_error_se": found.error,
                    }


@dataclass(frozen=True, slots=True)
class Record:
    """The record as flat frames.

    `skill`: scores by panel (or all), part, model and horizon (null: all). `reliability`: probabilities said and what came.
    `errors`: trajectories for `paths.draw`. `models`: verdicts. `left`: what did not enter, with reasons.
    """

    skill: pl.DataFrame
    reliability: pl.DataFrame
    errors: pl.DataFrame
    models: pl.DataFrame
    left: pl.DataFrame

    @property
    def dropped(self) -> pl.DataFrame:
        """Models that are not shipped, and why."""
        return self.models.filter(~self.models["kept"])

    @property
    def kept(self) -> tuple[str, ...]:
        """Models that beat naive, and naive."""
        return tuple(self.models.filter(self.models["kept"])["model"].to_list())

    @property
    def chosen(self) -> str:
        """The model to use: the best on early origins, naive where that one was dropped."""
        named = self.models.filter(self.models["chosen"])["model"].to_list()
        return str(named[0]) if named else BASE

    def trajectories(self, model: str) -> Errors:
        """Errors of one model for `paths.draw`."""
        if model not in self.kept:
            raise UnknownLabel("model with a record", model, self.kept)
        rows = self.errors.filter(self.errors["model"] == model)
        if rows.is_empty():
            raise BadSample(f"the record holds no trajectories of the model {model!r}.")
        panels = tuple(sorted(rows["panel"].unique().to_list()))
        steps = [name for name in rows.columns if name[0] == "z" and name[1:].isdigit()]
        z = rows.select(steps).cast(dict.fromkeys(steps, float)).fill_null(float("nan")).to_numpy()
        return Errors(
            model=model,
            z=np.ascontiguousarray(z, dtype=np.float64),
            origin=rows["origin"].to_numpy().astype(np.int64),
            panel=np.array([panels.index(name) for name in rows["panel"].to_list()], dtype=np.int64),
            panels=panels,
            pooled=float(rows["pooled"][0]),
        )
