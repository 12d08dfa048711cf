"""What `solve` returns: a run, frozen and whole, that can be read again from its folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.provenance import Citation, Figure, Status, Unavailable
from landbridge.scenarios import views
from landbridge.scenarios.central import Central
from landbridge.scenarios.headlines import TYPES, Headline, Sampled, headline, no_answer, prior_column
from landbridge.scenarios.outcomes import DOLLARS, PERCENT, REAL_INCOME, TRADE, WORLD, Layout, Measure
from landbridge.scenarios.spec import Scenario
from landbridge.scenarios.views import View

if TYPE_CHECKING:
    from landbridge.release import Data

Array = NDArray[np.float64]
Answer = tuple[Measure, Headline | Unavailable]


@dataclass(frozen=True, slots=True)
class Run:
    """A solved scenario. `id` is the hash of `inputs`; `folder` is where it is kept, None if it is not.

    `central` holds solutions with central parameters under every imputation of final demand, `sampled` the outcomes of
    draws (None without draws), `failures` why draws have no outcome, with their number. `accounts` is what the base
    values are cited from.
    """

    id: str
    scenario: Scenario
    inputs: dict[str, Any] = field(repr=False)
    layout: Layout = field(repr=False)
    central: Central = field(repr=False)
    sampled: Sampled | None = field(repr=False)
    failures: tuple[tuple[str, int], ...]
    evidence: tuple[Figure, ...] = field(repr=False)
    accounts: Citation = field(repr=False)
    said: tuple[str, ...] = field(repr=False)
    folder: Path | None = None

    @property
    def headlines(self) -> tuple[Headline, ...]:
        """The answers that the scenario asks for; a flow that is zero in the base year has none."""
        return tuple(found for _, found in self._answers() if isinstance(found, Headline))

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known before the numbers are read: convergence, closure, draws, what is not captured."""
        return tuple(self._notes())

    def table(self) -> pl.DataFrame:
        """Headlines as a flat Polars frame: central, range over draws, range over imputations, verdict, shares."""
        return self._view(self._answers()).frame

    def real_income(self, places: Sequence[str] | str = ()) -> View:
        """Real income of places (by default those of the scenario) and of the world, in per cent and US dollars a year."""
        wanted = (places,) if isinstance(places, str) else tuple(places) or self.scenario.headlines
        for place in wanted:
            if place != WORLD:
                views.position(self.central, place)
        measures = self.layout.measures(tuple(place for place in wanted if place != WORLD))
        return self._view([(item, self._headline(item)) for item in measures if item.kind == REAL_INCOME])

    def trade(self, exporter: str, importer: str) -> View:
        """Trade of a pair, in per cent and US dollars a year. A pair that the scenario does not name has no range."""
        a, b = (views.position(self.central, place) for place in (exporter, importer))
        pair = exporter, importer
        measures = [Measure(TRADE, "", exporter, importer, unit) for unit in (PERCENT, DOLLARS)]
        if pair in self.layout.pairs:
            return self._view([(item, self._headline(item)) for item in measures])
        layout = Layout(self.layout.places, (pair,))
        known = self.central.outcomes[:, : 2 * len(layout.places)]
        outcomes = np.concatenate([known, self.central.pairs[:, :, a, b]], axis=1)
        found = self._view([(item, self._headline(item, layout, outcomes)) for item in measures])
        note = "The scenario does not name this pair, so draws did not keep its trade: there is no range."
        return View(found.frame, (*found.notes, note))

    def sectors(self, place: str) -> View:
        """Gross output of every sector of a place: base value and change in US dollars a year, largest loss first."""
        return views.sectors(self.central, place)

    def diversion(self, exporter: str, importer: str) -> View:
        """Who gains and loses sales in the importer's market, and where the exporter's other sales go."""
        return views.diversion(self.central, exporter, importer)

    def decomposition(self, place: str) -> View:
        """The exact change in real income beside its first-order parts, terms of trade and volume of trade."""
        return views.decomposition(self.central, place)

    def shadow_costs(self) -> View:
        """What every capacity of the scenario costs: the ad-valorem cost in per cent that makes its flow as large as set."""
        return views.shadow(self.central)

    def contributions(self, data: Data | None = None) -> View:
        """What each change adds to every headline. `data` as in `solve`; the installed release when None."""
        from landbridge.scenarios.attribution import contributions

        return contributions(self, data)

    def priors(self) -> View:
        """Central values by imputation of final demand."""
        return views.view([row for item in self.headlines for row in item.prior_rows()], self.central)

    def variance(self) -> View:
        """Share of the variance of draws by source of uncertainty, with standard errors or the reason for none."""
        note = (
            "Total effects (pick-freeze, Jansen 1999): each includes its interactions with other sources, so shares may "
            "add up to more than 100."
        )
        rows = [row for item in self.headlines for row in item.variance_rows()]
        return views.view(rows, self.central, (note,))

    def figures(self) -> tuple[Figure, ...]:
        """The figures behind the headlines, for `explain`."""
        return tuple(item.figure for item in self.headlines)

    def __str__(self) -> str:
        return f"{self.scenario.name} ({self.id}): {self.central.found}"

    def _answers(self) -> list[Answer]:
        return [(item, self._headline(item)) for item in self.layout.measures(self.scenario.headlines)]

    def _headline(
        self, measure: Measure, layout: Layout | None = None, outcomes: Array | None = None
    ) -> Headline | Unavailable:
        own = layout is None or outcomes is None
        used = self.layout if layout is None else layout
        solutions = self.central.outcomes if outcomes is None else outcomes
        called = views.names()
        year = str(self.scenario.base_year)
        base = float(used.base_usd(measure, solutions)[0])
        about = (
            f"trade from {called[measure.exporter]} to {called[measure.importer]}"
            if measure.kind == TRADE
            else f"final spending, {called[measure.place]}"
        )
        cell = f"accounts:{year}/{measure.kind}/{measure.place or measure.exporter + '/' + measure.importer}"
        known = Figure(about, base, DOLLARS, year, Status.IMPUTED, citation=self.accounts, cell=cell)
        return headline(
            measure,
            used,
            solutions,
            self.central.variants,
            self.sampled if own else None,
            what=f"{measure.words(called)}, in the scenario “{self.scenario.name}”",
            period=year,
            evidence=(known, *self.evidence),
        )

    def _view(self, answers: Sequence[Answer]) -> View:
        rows = [
            found.row() if isinstance(found, Headline) else no_answer(measure, found, self.central.variants)
            for measure, found in answers
        ]
        return views.view(
            rows,
            self.central,
            self.notes,
            {**TYPES, **dict.fromkeys(map(prior_column, self.central.variants), pl.Float64)},
        )

    def _notes(self) -> list[str]:
        central = self.central
        out = [
            f"{central.found.concept}, model {self.scenario.model}, {views.HORIZON}; closure: {central.found.closure}.",
            f"Markets clear to {central.residuals.max():.1e} (relative, worst of {central.residuals.size} accounts).",
            *central.repairs,
        ]
        draws = int(self.inputs["draws"])
        if self.sampled is None:
            out.append("No draws: values are central ones, with their range over imputations alone.")
        else:
            solved = self.sampled.draws.shape[0]
            out.append(
                f"{solved} of {draws} draws (seed {self.inputs['seed']}), joint over elasticities, sizes, parameters and "
                "imputation; low and high are their 10th and 90th percentile."
            )
            out += [
                f"{count} solution(s) failed and are left out: {reason}" for reason, count in self.failures
            ]
        for item in central.shadow:
            out.append(
                f"Shadow cost of the capacity from {item.exporter} to {item.importer} ({', '.join(item.sectors)}): "
                f"{item.cost_pct:+.4g} % of the cost of delivery."
            )
        if any(item.kind == TRADE for item in self.layout.measures(())):
            out.append("Trade is in values with world output as numeraire.")
        out += self.said
        return [*out, *(f"Not captured: {item}" for item in self.scenario.not_captured)]
