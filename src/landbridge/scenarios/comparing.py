"""Two runs side by side: first what differs in what went in, then in what came out, then which difference makes which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import BadUsage, NotConverged, NotHeld
from landbridge.provenance import Unavailable
from landbridge.scenarios import views
from landbridge.scenarios.attribution import ORDER, Solver, Subset, central_values, parts, rows
from landbridge.scenarios.changes import Change
from landbridge.scenarios.headlines import HIGH, LEAST_FOR_RANGE, LOW, RESOLUTION
from landbridge.scenarios.outcomes import PERCENT, TRADE, Layout, Measure
from landbridge.scenarios.plan import SIZES
from landbridge.scenarios.views import View

if TYPE_CHECKING:
    from landbridge.release import Data
    from landbridge.scenarios.run import Run

Array = NDArray[np.float64]

ONLY_A, ONLY_B, SIZE = "change only in A", "change only in B", "size of a change"
_SETTINGS = ("base_year", "model", "deficits")
_PLAIN = ("accounts_sha256", "imputations", "draws", "seed", "code_sha256")
_TYPES: dict[str, type[pl.DataType]] = dict.fromkeys(("input", "item", "a", "b"), pl.String)


@dataclass(frozen=True, slots=True)
class Differing:
    """A change that differs: as it is in A and in B, None where it is not there; `label` names it."""

    label: str
    a: tuple[str, Change] | None
    b: tuple[str, Change] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between runs `a` and `b`: in `inputs`, in results, and by which difference (`attribution`)."""

    a: str
    b: str
    inputs: View = field(repr=False)
    results: View = field(repr=False)
    attribution: View | Unavailable = field(repr=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known before the numbers are read."""
        told = self.attribution.notes if isinstance(self.attribution, View) else (str(self.attribution),)
        return (*self.results.notes, *told)

    def table(self) -> pl.DataFrame:
        """Inputs that differ, then results, then attribution, in one flat frame; `section` says which a row is of."""
        views = {"inputs": self.inputs, "results": self.results}
        if isinstance(self.attribution, View):
            views["attribution"] = self.attribution
        frames = [held.frame.select(pl.lit(name).alias("section"), pl.all()) for name, held in views.items()]
        return pl.concat(frames, how="diagonal_relaxed")

    def __str__(self) -> str:
        return f"{self.inputs.frame}\n{self.results}\n{self.attribution}"


def compare(a: Run, b: Run, data: Data | None = None) -> Comparison:
    """Compare two runs.

    For the attribution the differing changes are solved again with `data` (None: the installed release). Raises
    `BadUsage` where the runs are of different places.
    """
    if a.central.places != b.central.places:
        raise BadUsage(
            "the runs are of accounts with different places.",
            where=f"{a.id}, {b.id}",
            remedy="Solve one again.",
        )
    differing, common = _changes(a, b)
    attribution: View | Unavailable
    try:
        attribution = _attribution(a, b, differing, common, data)
    except (NotHeld, NotConverged, BadUsage) as error:
        attribution = Unavailable(f"The difference is not attributed to changes: {error}")
    return Comparison(a.id, b.id, _inputs(a, b, differing), _results(a, b), attribution)


def _changes(a: Run, b: Run) -> tuple[list[Differing], list[tuple[str, Change]]]:
    """Changes that differ, and those that are the same; a change is known by its kind, places and sectors."""
    ours = list(zip(a.scenario.labels, a.scenario.changes, strict=True))
    theirs = list(zip(b.scenario.labels, b.scenario.changes, strict=True))
    common, left = [], []
    for label, change in ours:
        twin = next((item for item in theirs if _effect(item[1]) == _effect(change)), None)
        if twin is None:
            left.append((label, change))
        else:
            theirs.remove(twin)
            common.append((label, change))
    differing = []
    for label, change in left:
        twin = next((item for item in theirs if _where(item[1]) == _where(change)), None)
        if twin is not None:
            theirs.remove(twin)
        differing.append(Differing(label, (label, change), twin))
    differing += [Differing(label, None, (label, change)) for label, change in theirs]
    return differing, common


def _where(change: Change) -> tuple[Any, ...]:
    """Kind, places and sectors: what makes it the same change with another size."""
    sizes = set(change.sizes())
    skipped = {"label", "source", "sources", "from_source", "note", "sectors", *sizes}
    rest = sorted((name, getattr(change, name)) for name in type(change).model_fields if name not in skipped)
    return (tuple((name, repr(value)) for name, value in rest), change.codes)


def _effect(change: Change) -> tuple[Any, ...]:
    """Everything about a change that moves a number."""
    sizes = [(name, repr(getattr(change, name))) for name in sorted(change.sizes())]
    return (_where(change), tuple(sizes))


def _inputs(a: Run, b: Run, differing: Sequence[Differing]) -> View:
    found: list[tuple[str, str, Any, Any]] = []
    if a.scenario.name != b.scenario.name:
        found.append(("scenario", "name", a.scenario.name, b.scenario.name))
    for item in differing:
        if item.a is None or item.b is None:
            kind = ONLY_B if item.a is None else ONLY_A
            found.append((kind, item.label, _told(item.a), _told(item.b)))
        else:
            ours, theirs = item.a[1], item.b[1]
            for name in ours.sizes():
                one, two = getattr(ours, name), getattr(theirs, name)
                if one != two:
                    found.append((SIZE, f"{item.label}: {name}", _size(one), _size(two)))
    for name in _SETTINGS:
        found.append((name, name, getattr(a.scenario, name), getattr(b.scenario, name)))
    found += [(name, name, _short(a.inputs[name]), _short(b.inputs[name])) for name in _PLAIN]
    found += [
        (f"version of {name}", name, *both)
        for name, both in _both(a.inputs["versions"], b.inputs["versions"])
    ]
    found += [
        ("table", name, *both) for name, both in _both(a.inputs["tables_sha256"], b.inputs["tables_sha256"])
    ]
    ranges = [_ranges(run) for run in (a, b)]
    shared = ranges[0].keys() & ranges[1].keys()
    found += [("parameter", name, *both) for name, both in _both(*ranges) if name in shared]
    same = [(kind, item, one, two) for kind, item, one, two in found if one != two]
    frame = pl.DataFrame(
        [
            {
                "input": kind,
                "item": item,
                "a": None if one is None else str(one),
                "b": None if two is None else str(two),
            }
            for kind, item, one, two in same
        ],
        schema=_TYPES,
    )
    return View(frame, () if same else ("The two runs have the same inputs.",))


def _told(item: tuple[str, Change] | None) -> str | None:
    if item is None:
        return None
    sizes = "; ".join(f"{name} {_size(size)}" for name, size in item[1].ranges().items())
    return f"{item[1].kind} {', '.join(item[1].named())} {sizes}".strip()


def _size(size: Any) -> str | None:
    if size is None or isinstance(size, str):
        return size
    return f"{size.value:g}" if size.certain else f"{size.value:g} ({size.low:g} to {size.high:g})"


def _short(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return value[:12] if isinstance(value, str) and len(value) == 64 else str(value)


def _both(one: Mapping[str, Any], two: Mapping[str, Any]) -> list[tuple[str, tuple[Any, Any]]]:
    return [(name, (one.get(name), two.get(name))) for name in sorted({*one, *two})]


def _ranges(run: Run) -> dict[str, str]:
    return {
        item["name"]: f"{item['value']:g} ({item['low']:g} to {item['high']:g})"
        for item in run.inputs["parameters"]
        if item["group"] != SIZES
    }


def _measures(a: Run, b: Run) -> tuple[Layout, list[Measure]]:
    pairs = tuple(dict.fromkeys((*a.layout.pairs, *b.layout.pairs)))
    places = tuple(dict.fromkeys((*a.scenario.headlines, *b.scenario.headlines)))
    layout = Layout(a.central.places, pairs)
    return layout, list(layout.measures(places))


def _central(run: Run, layout: Layout) -> Array:
    """Outcomes of a run's central solutions with the pairs of another layout, (V, width)."""
    n = len(layout.places)
    at = [(layout.places.index(x), layout.places.index(y)) for x, y in layout.pairs]
    pairs = [run.central.pairs[:, :, x, y] for x, y in at]
    return np.concatenate([run.central.outcomes[:, : 2 * n], *pairs], axis=1)


def _results(a: Run, b: Run) -> View:
    layout, measures = _measures(a, b)
    ours, theirs = _central(a, layout), _central(b, layout)
    paired = _same_draws(a, b)
    made = []
    for measure in measures:
        one, two = layout.values(measure, ours), layout.values(measure, theirs)
        base = float(layout.base_usd(measure, ours)[0])
        low, high = _range(a, b, measure, paired)
        gaps = two - one if one.size == two.size else two[:1] - one[:1]
        spread = float(gaps.max() - gaps.min())
        gap = float(gaps[0])
        least = RESOLUTION * (100.0 if measure.unit == PERCENT else base)
        unsure = abs(gap) < spread or (low is not None and high is not None and low <= 0.0 <= high)
        made.append(
            {
                "measure": measure.kind.replace("_", " "),
                "place": measure.place or None,
                "exporter": measure.exporter or None,
                "importer": measure.importer or None,
                "unit": measure.unit,
                "value_a": float(one[0]),
                "value_b": float(two[0]),
                "difference": gap,
                "low": low,
                "high": high,
                "prior_spread": spread,
                "verdict": "same"
                if abs(gap) <= least
                else "undetermined"
                if unsure
                else "higher"
                if gap > 0
                else "lower",
            }
        )
    notes = ["Differences are B less A, with central parameters."]
    if a.sampled is not None and b.sampled is not None:
        basis = (
            "both runs draw the same parameters with the same seed, so they are compared draw by draw"
            if paired
            else "the draws of the runs are not the same, so they are taken as independent and the range is wide"
        )
        notes.append(f"Low and high: 10th and 90th percentile of the difference; {basis}.")
    else:
        notes.append("No range: one of the runs has no draws.")
    types: dict[str, type[pl.DataType]] = dict.fromkeys(("place", "exporter", "importer"), pl.String)
    types |= dict.fromkeys(("low", "high"), pl.Float64)
    found = views.view(made, a.central, tuple(notes), types)
    if (
        a.central.found.concept != b.central.found.concept
        or a.central.found.closure != b.central.found.closure
    ):
        told = "; ".join(
            f"{name}: {run.central.found.concept}, {run.central.found.closure}"
            for name, run in (("A", a), ("B", b))
        )
        both = found.frame.with_columns(
            pl.lit(f"{a.central.found.concept} | {b.central.found.concept}").alias("concept"),
            pl.lit(f"{a.central.found.closure} | {b.central.found.closure}").alias("closure"),
        )
        found = View(both, (*found.notes, told))
    return found


def _same_draws(a: Run, b: Run) -> bool:
    """Whether draw k of both runs has the same quantiles of the same parameters, and none failed."""
    names = [
        [(item["name"], item["group"], item["low"] == item["high"]) for item in run.inputs["parameters"]]
        for run in (a, b)
    ]
    same = all(a.inputs[key] == b.inputs[key] for key in ("draws", "seed", "imputations"))
    return same and names[0] == names[1] and not a.failures and not b.failures


def _range(a: Run, b: Run, measure: Measure, paired: bool) -> tuple[float | None, float | None]:
    if a.sampled is None or b.sampled is None:
        return None, None
    pair = (measure.exporter, measure.importer)
    if measure.kind == TRADE and not (pair in a.layout.pairs and pair in b.layout.pairs):
        return None, None
    ours = a.layout.values(measure, a.sampled.draws)
    theirs = b.layout.values(measure, b.sampled.draws)
    if min(ours.size, theirs.size) < LEAST_FOR_RANGE:
        return None, None
    gaps = theirs - ours if paired else (theirs[:, None] - ours[None, :]).ravel()
    low, high = np.percentile(gaps, [LOW, HIGH])
    return float(low), float(high)


def _attribution(
    a: Run,
    b: Run,
    differing: Sequence[Differing],
    common: Sequence[tuple[str, Change]],
    data: Data | None,
) -> View | Unavailable:
    """What each differing change adds to each difference: from A to B, over all orders."""
    if a.inputs["accounts_sha256"] != b.inputs["accounts_sha256"]:
        return Unavailable(
            "The runs rest on different accounts, so the difference is not attributed to changes."
        )
    layout, measures = _measures(a, b)
    solver = Solver.of(a, data, layout)
    ours, theirs = central_values(a), central_values(b)
    settings = any(getattr(a.scenario, name) != getattr(b.scenario, name) for name in _SETTINGS)
    released = [{name: held[name] for name in _ranges(run)} for run, held in ((a, ours), (b, theirs))]
    moved = any(released[0][name] != released[1][name] for name in released[0].keys() & released[1].keys())
    # Two runs may give one label to different changes.
    labels = [
        f"{item.label} (only in {'B' if item.a is None else 'A'})" if None in (item.a, item.b) else item.label
        for item in differing
    ]
    labels += ["model and closure"] if settings else []
    labels += ["parameters of the release"] if moved else []
    if not labels:
        return Unavailable("No change differs between the runs.")

    def value(subset: Subset) -> Array:
        chosen = list(common)
        turned = moved and len(labels) - 1 in subset
        # Sizes go by labels, which may mean another change in the other run: only A's are taken as they are.
        values = {**released[1], **ours, **(released[1] if turned else {})}
        for i, item in enumerate(differing):
            version, held = (item.b, theirs) if i in subset else (item.a, ours)
            if version is not None:
                label, change = version
                # Sizes under a name of their own: A and B may use one label for different sizes.
                chosen.append((f"{i}/{label}", change))
                values |= {
                    f"{i}/{name}": size for name, size in held.items() if name.startswith(f"{label}: ")
                }
        setting = b.scenario if settings and len(differing) in subset else a.scenario
        outcomes = solver.outcomes(setting, chosen, values)
        return np.array([layout.values(item, outcomes)[0] for item in measures])

    found, _, method = parts(len(labels), value)
    made = rows(measures, labels, found, method, found.sum(axis=0))
    notes = ["Contributions: B less A, central parameters, central imputation of final demand."]
    notes += (
        ["More parts than can be solved in every order: shares depend on the order."]
        if method == ORDER
        else []
    )
    return views.view(made, a.central, tuple(notes))
