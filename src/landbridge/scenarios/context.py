"""What the release knows besides flows, made plain for scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from landbridge.corridors.amounts import Amount
from landbridge.potential.panel import FREE_TRADE, agreement_matrix
from landbridge.provenance import Citation, Figure
from landbridge.release import Data
from landbridge.scenarios.plan import Context, Known, Use

_NORMAL_95 = 1.959963984540054


class Labelled(Protocol):
    """An account: the labels of its axes."""

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sector codes in the order of the arrays."""

    @property
    def places(self) -> tuple[str, ...]:
        """Place codes in the order of the arrays."""


def context(
    data: Data,
    account: Labelled | None = None,
    *,
    agreement: tuple[float, float] | None = None,
    equation: str = "",
    network: bool = True,
) -> Context:
    """The context of scenarios on an account, by default the release's own; without its crossings unless `network`.

    `agreement` is a fitted coefficient in log points of trade with its standard error, `equation` the words that say
    how it was fitted; its range is the 95 % interval.
    """
    labels = data.accounts if account is None else account
    cited = data.tariffs.table().select("importer", "exporter", "sector").unique(maintain_order=True).rows()
    rates = {cell: data.tariffs.rate(*cell) for cell in cited}
    days = {sector: data.time_values.per_day(sector) for sector in labels.sectors}
    fitted = None
    if agreement is not None:
        value, error = agreement
        fitted = Known(value - _NORMAL_95 * error, value, value + _NORMAL_95 * error, equation, "estimated")
    return Context(
        tuple(labels.sectors),
        tuple(labels.places),
        data.accounts.year,
        tuple(_known(data.elasticities.theta(sector)) for sector in labels.sectors),
        {sector: _known(figure) for sector, figure in days.items() if isinstance(figure, Figure)},
        {cell: _known(figure) for cell, figure in rates.items() if isinstance(figure, Figure)},
        fitted,
        _in_force(data, labels.places),
        _users(data, labels) if network else {},
        _tonnes(data) if network else {},
    )


def _tonnes(data: Data) -> dict[tuple[str, str, str], Known]:
    """What a tonne is worth, by exporter, importer and sector."""
    return {cell: _of(data, amount) for cell, amount in data.corridors.unit_values.items()}


def _of(data: Data, amount: Amount) -> Known:
    cited = "; ".join(str(Citation(data.sources[name])) for name in amount.source) or "assumed"
    return Known(amount.low, amount.value, amount.high, cited, amount.status)


def _users(data: Data, labels: Labelled) -> dict[str, tuple[Use, ...]]:
    """The flows of the account that pass each crossing of the network, with the share of each."""
    found: dict[str, list[Use]] = {name: [] for name in data.corridors.network.crossings}
    for row in data.corridors.use.rows:
        ends = {row.exporter, row.importer}
        if row.crossing in found and ends <= set(labels.places) and row.sector in labels.sectors:
            found[row.crossing].append(Use(row.exporter, row.importer, row.sector, _of(data, row.share)))
    return {name: tuple(users) for name, users in found.items() if users}


def _in_force(data: Data, places: Sequence[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Names of the free trade areas and unions that bind each pair of places in the year of the accounts."""
    ordered = sorted(places)
    year = data.accounts.year
    bound = agreement_matrix(data.agreements, ordered, year)
    found = {}
    for one, other in np.argwhere(np.triu(bound)):
        pair = ordered[one], ordered[other]
        held = data.agreements.in_force(*pair, str(year))
        found[pair] = tuple(ours.name for ours, _ in held if ours.form in FREE_TRADE)
    return found


def _known(figure: Figure) -> Known:
    value = figure.point
    low = value if figure.low is None else figure.low
    high = value if figure.high is None else figure.high
    cited = [item.citation for item in (figure, *figure.inputs) if item.citation is not None]
    source = "; ".join(dict.fromkeys(str(item) for item in cited)) or "assumed"
    return Known(min(low, value), value, max(high, value), source, figure.status.value)
