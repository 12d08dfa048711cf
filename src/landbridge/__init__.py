"""Landbridge: what flows between two places, what they promised each other, and what stands in the way.

Names are loaded when first used, so that `import landbridge` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_CHANGES = (
    "Agreement",
    "BorderTime",
    "Capacity",
    "Closure",
    "DocumentStep",
    "Productivity",
    "Sanction",
    "Settlement",
    "Tariff",
    "TradeCost",
)
_HOME = {
    "load": "landbridge.release",
    "Data": "landbridge.release",
    "brief": "landbridge.brief",
    "target": "landbridge.prospects",
    "forecast": "landbridge.prospects",
    "forecasting": "landbridge.forecasting",
    "claims": "landbridge.claims",
    "indicators": "landbridge.flows.indicators",
    "potential": "landbridge.potential",
    "bottlenecks": "landbridge.planning.bottlenecks",
    "corridors": "landbridge.corridors",
    "Figure": "landbridge.provenance",
    "Status": "landbridge.provenance",
    "Unavailable": "landbridge.provenance",
    "errors": "landbridge.errors",
    "gravity": "landbridge.gravity",
    "equilibrium": "landbridge.equilibrium",
    "solve": "landbridge.scenarios.making",
    "load_run": "landbridge.scenarios.making",
    "compare": "landbridge.scenarios.comparing",
    "Scenario": "landbridge.scenarios.spec",
    "Range": "landbridge.scenarios.sizes",
    "Cited": "landbridge.scenarios.sizes",
    "ASSUMED": "landbridge.scenarios.sizes",
    **dict.fromkeys(_CHANGES, "landbridge.scenarios.changes"),
}
_MODULES = (
    "brief",
    "claims",
    "corridors",
    "equilibrium",
    "errors",
    "forecasting",
    "gravity",
    "indicators",
    "potential",
)
__all__ = [
    "ASSUMED",
    "Agreement",
    "BorderTime",
    "Capacity",
    "Cited",
    "Closure",
    "Data",
    "DocumentStep",
    "Figure",
    "Productivity",
    "Range",
    "Sanction",
    "Scenario",
    "Settlement",
    "Status",
    "Tariff",
    "TradeCost",
    "Unavailable",
    "__version__",
    "bottlenecks",
    "brief",
    "claims",
    "compare",
    "corridors",
    "equilibrium",
    "errors",
    "forecast",
    "forecasting",
    "gravity",
    "indicators",
    "load",
    "load_run",
    "potential",
    "solve",
    "target",
]

if TYPE_CHECKING:
    from landbridge import claims, corridors, equilibrium, errors, forecasting, gravity, potential
    from landbridge.brief import brief
    from landbridge.flows import indicators
    from landbridge.planning.bottlenecks import bottlenecks
    from landbridge.prospects import forecast, target
    from landbridge.provenance import Figure, Status, Unavailable
    from landbridge.release import Data, load
    from landbridge.scenarios.changes import (
        Agreement,
        BorderTime,
        Capacity,
        Closure,
        DocumentStep,
        Productivity,
        Sanction,
        Settlement,
        Tariff,
        TradeCost,
    )
    from landbridge.scenarios.comparing import compare
    from landbridge.scenarios.making import load_run, solve
    from landbridge.scenarios.sizes import ASSUMED, Cited, Range
    from landbridge.scenarios.spec import Scenario


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'landbridge' has no attribute {name!r}")
    module = import_module(home)
    return module if name in _MODULES else getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
