"""How goods can move: network, modes, crossings, generalised cost, routes, queues. Knows no flow and no statement.

What is asked of a network is here by name: `routes` and `least_costs`, `select_link` and `fed_by` (who uses a link),
`rerouted` (what a closure does), `uncertainty` (what the range of a cost comes from). Four studies of congestion stand
beside it, each a module of its own that knows no network, to be used as `from landbridge.corridors import queues`:

- `queues`: waiting lines in a steady state: `mmc`, `mg1`, `mdc` and `finite_source` exactly, `ggc` approximately.
- `simulation`: the same by simulation: `simulate`, and `approximation_error`, the error of `ggc` where nothing is exact.
- `loading`: a crossing of which little is known: `delay_curve` over load, `capacity_change`, `fluid` and `clearing`.
- `assignment`: traffic on links that slow down with it: `user_equilibrium`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Loaded when first used: the tables and the graph bring heavy packages along.
_HOME = {
    "Amount": "amounts",
    "Capacity": "network",
    "Crossing": "network",
    "Line": "network",
    "Network": "network",
    "Node": "network",
    "Parameter": "network",
    "Transfer": "network",
    "Volume": "network",
    "from_folder": "reading",
    "from_frames": "reading",
    "Cargo": "cost",
    "Documents": "cost",
    "Leg": "cost",
    "Route": "routing",
    "Routes": "routing",
    "least_costs": "routing",
    "routes": "routing",
    "Flow": "choice",
    "fed_by": "choice",
    "rerouted": "choice",
    "select_link": "choice",
    "Uncertainty": "variance",
    "uncertainty": "variance",
    "Use": "use",
    "UseRow": "use",
    "Corridors": "corridors",
}
_STUDIES = ("assignment", "loading", "queues", "simulation")
__all__ = [
    "Amount",
    "Capacity",
    "Cargo",
    "Corridors",
    "Crossing",
    "Documents",
    "Flow",
    "Leg",
    "Line",
    "Network",
    "Node",
    "Parameter",
    "Route",
    "Routes",
    "Transfer",
    "Uncertainty",
    "Use",
    "UseRow",
    "Volume",
    "assignment",
    "fed_by",
    "from_folder",
    "from_frames",
    "least_costs",
    "loading",
    "queues",
    "rerouted",
    "routes",
    "select_link",
    "simulation",
    "uncertainty",
]

if TYPE_CHECKING:
    from landbridge.corridors import assignment, loading, queues, simulation
    from landbridge.corridors.amounts import Amount
    from landbridge.corridors.choice import Flow, fed_by, rerouted, select_link
    from landbridge.corridors.corridors import Corridors
    from landbridge.corridors.cost import Cargo, Documents, Leg
    from landbridge.corridors.network import (
        Capacity,
        Crossing,
        Line,
        Network,
        Node,
        Parameter,
        Transfer,
        Volume,
    )
    from landbridge.corridors.reading import from_folder, from_frames
    from landbridge.corridors.routing import Route, Routes, least_costs, routes
    from landbridge.corridors.use import Use, UseRow
    from landbridge.corridors.variance import Uncertainty, uncertainty


def __getattr__(name: str) -> Any:
    if name in _STUDIES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
