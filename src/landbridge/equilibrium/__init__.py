"""General equilibrium of trade in changes: arrays in, frozen results out, usable alone.

`armington` for one sector, `caliendo_parro` for many with input-output links (`baseline` and `solve` are its two halves,
for many shocks to one economy), `real_income_elasticities` for what each cost and tariff does to first order,
`spatial` for places that share a country, `network_equilibrium` and `link_elasticities` for places tied by the links of a
transport network, `conditional` and `ge_ppml` for the steps of the Advanced Guide, `gains_from_trade` for the closed form
against autarky, `decomposition` for the first-order parts of a gain.
Nothing here knows a file, a frame or a place by name; symbols are those of docs/notation.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from landbridge.equilibrium.result import Equilibrium

# Loaded when first used: the many-sector rounds bring a compiler along.
_HOME = {
    "armington": "endowment",
    "conditional": "endowment",
    "Baseline": "economy",
    "baseline": "sectoral",
    "solve": "sectoral",
    "caliendo_parro": "sectoral",
    "Decomposition": "welfare",
    "decomposition": "welfare",
    "Gains": "gains",
    "gains_from_trade": "gains",
    "GuideResult": "guide",
    "ge_ppml": "guide",
    "NetworkEquilibrium": "traffic",
    "link_elasticities": "traffic",
    "network_equilibrium": "traffic",
    "Sensitivity": "sensitivity",
    "real_income_elasticities": "sensitivity",
    "Spatial": "places",
    "spatial": "places",
}
__all__ = [
    "Baseline",
    "Decomposition",
    "Equilibrium",
    "Gains",
    "GuideResult",
    "NetworkEquilibrium",
    "Sensitivity",
    "Spatial",
    "armington",
    "baseline",
    "caliendo_parro",
    "conditional",
    "decomposition",
    "gains_from_trade",
    "ge_ppml",
    "link_elasticities",
    "network_equilibrium",
    "real_income_elasticities",
    "solve",
    "spatial",
]

if TYPE_CHECKING:
    from landbridge.equilibrium.economy import Baseline
    from landbridge.equilibrium.endowment import armington, conditional
    from landbridge.equilibrium.gains import Gains, gains_from_trade
    from landbridge.equilibrium.guide import GuideResult, ge_ppml
    from landbridge.equilibrium.places import Spatial, spatial
    from landbridge.equilibrium.sectoral import baseline, caliendo_parro, solve
    from landbridge.equilibrium.sensitivity import Sensitivity, real_income_elasticities
    from landbridge.equilibrium.traffic import (
        NetworkEquilibrium,
        link_elasticities,
        network_equilibrium,
    )
    from landbridge.equilibrium.welfare import Decomposition, decomposition


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'landbridge.equilibrium' has no attribute {name!r}")
    return getattr(import_module(f"landbridge.equilibrium.{home}"), name)
