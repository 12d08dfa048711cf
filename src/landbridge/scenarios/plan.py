"""A scenario made plain: what worker processes need, numbers and labels only.

S sectors, N places; every array of cells is in the order of the account's axes (sector, exporter, importer).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

ELASTICITIES, SIZES, PARAMETERS = "elasticities", "sizes", "parameters"
GROUPS = (ELASTICITIES, SIZES, PARAMETERS)


@dataclass(frozen=True, slots=True)
class Known:
    """A number of the release with its range, where it comes from, and how it came to be known."""

    low: float
    value: float
    high: float
    source: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that draws vary: `low <= value <= high`; `group` is elasticities, sizes or parameters.

    Numbers that are `linked` by the same word rest on the same evidence: where it overstates one it overstates the others.
    """

    name: str
    group: str
    low: float
    value: float
    high: float
    unit: str
    source: str
    linked: str = ""

    @property
    def fixed(self) -> bool:
        """Whether the number has no range, so that every draw is the same."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Use:
    """The share of one flow, by value, that passes a crossing, in per cent."""

    exporter: str
    importer: str
    sector: str
    share_pct: Known


@dataclass(frozen=True, slots=True)
class Context:
    """What a scenario is read against: labels of the account, and what the release knows besides flows.

    `theta`: trade elasticity of each sector (S of them). `time_values`: per cent of the value that a day costs, by
    sector; a sector that is absent has none. `tariffs`: per cent, by (importer, exporter, sector); a cell that is absent
    is unknown, not zero. `agreement`: the fitted coefficient, in log points of trade. `agreements`: names of the free
    trade areas and unions in force in `year`, by pair of places in the order of their codes; a pair that is absent has none.
    None: nothing is known of agreements. `crossings`: who uses each crossing of the network; `tonnes`: US dollars that a
    tonne is worth, by (exporter, importer, sector).
    """

    sectors: tuple[str, ...]
    places: tuple[str, ...]
    year: int
    theta: tuple[Known, ...]
    time_values: Mapping[str, Known] = field(default_factory=dict)
    tariffs: Mapping[tuple[str, str, str], Known] = field(default_factory=dict)
    agreement: Known | None = None
    agreements: Mapping[tuple[str, str], tuple[str, ...]] | None = None
    crossings: Mapping[str, tuple[Use, ...]] = field(default_factory=dict)
    tonnes: Mapping[tuple[str, str, str], Known] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CostStep:
    """Cost of some sectors (k,) on some pairs (p,), by the formula called `formula`.

    `sizes` names the parameter behind each number of the formula, or k of them where it differs by sector; `days` that of
    the value of a day in each sector, empty where the formula needs none. `part`: the part of what the sizes say that
    reaches these flows, such as that of what passes a crossing which uses a line behind it.
    """

    formula: str
    sectors: Indices
    exporters: Indices
    importers: Indices
    sizes: Mapping[str, str | tuple[str, ...]]
    days: tuple[str, ...] = ()
    part: float = 1.0

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of all parameters that it reads, elasticities left out."""
        sizes = [(size,) if isinstance(size, str) else size for size in self.sizes.values()]
        return (*(name for size in sizes for name in size), *self.days)


@dataclass(frozen=True, slots=True)
class TariffStep:
    """Tariffs of cells (c,): the parameter of each base rate, and that of the new rate."""

    sectors: Indices
    exporters: Indices
    importers: Indices
    base: tuple[str, ...]
    new: str


@dataclass(frozen=True, slots=True)
class TargetStep:
    """The total of one pair in some sectors that is to change by the per cent called `size`."""

    sectors: tuple[int, ...]
    exporter: int
    importer: int
    size: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario compiled against a context: picklable, to be sent to a worker once.

    `model` and `deficits` are the words of the scenario. `theta` names the parameter of each sector's elasticity;
    `notes` say what the shock does not know.
    """

    model: str
    deficits: str
    sectors: tuple[str, ...]
    places: tuple[str, ...]
    theta: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    costs: tuple[CostStep, ...]
    tariffs: tuple[TariffStep, ...]
    targets: tuple[TargetStep, ...]
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters, in their order."""
        return tuple(parameter.name for parameter in self.parameters)

    def central(self) -> dict[str, float]:
        """The central value of every parameter."""
        return {parameter.name: parameter.value for parameter in self.parameters}


@dataclass(frozen=True, slots=True)
class Target:
    """The total of the base flows of one pair in `sectors` times `flow_hat` is what the flow after the shock must be."""

    sectors: tuple[int, ...]
    exporter: int
    importer: int
    flow_hat: float


@dataclass(frozen=True, slots=True)
class Shock:
    """What is handed to a model: `cost_hat` (S, N, N), infinite where a flow stops; `tariff` and `tariff_new` (S, N, N),
    fractions, or None where no change sets a rate; `targets` for which a cost is solved afterwards; `theta` (S,).
    """

    cost_hat: Array
    tariff: Array | None
    tariff_new: Array | None
    targets: tuple[Target, ...]
    theta: Array
    notes: tuple[str, ...] = ()
