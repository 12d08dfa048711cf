"""General equilibrium of trade in changes: arrays in, frozen results out, usable alone.

`armington` for one sector, `caliendo_parro` for many with input-output links (`baseline` and `solve` are its two halves,
for many shocks to one economy), `spatial` for places that share a country, `conditional` and `ge_ppml` for the steps of the
Advanced Guide, `gains_from_trade` for the closed form against autarky, `decomposition` for the first-order parts of a gain.
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
    "Spatial": "places",
    "spatial": "places",
}
__all__ = [
    "Baseline",
    "Decomposition",
    "Equilibrium",
    "Gains",
    "GuideResult",
    "Spatial",
    "armington",
    "baseline",
    "caliendo_parro",
    "conditional",
    "decomposition",
    "gains_from_trade",
    "ge_ppml",
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
    from landbridge.equilibrium.welfare import Decomposition, decomposition


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'landbridge.equilibrium' has no attribute {name!r}")
    return getattr(import_module(f"landbridge.equilibrium.{home}"), name)
