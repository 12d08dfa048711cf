"""Landbridge: what flows between two places, what they promised each other, and what stands in the way.

Names are loaded when first used, so that `import landbridge` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "load": "landbridge.release",
    "Data": "landbridge.release",
    "brief": "landbridge.brief",
    "indicators": "landbridge.flows.indicators",
    "potential": "landbridge.potential",
    "Figure": "landbridge.provenance",
    "Status": "landbridge.provenance",
    "Unavailable": "landbridge.provenance",
    "errors": "landbridge.errors",
    "gravity": "landbridge.gravity",
}
_MODULES = ("brief", "errors", "gravity", "indicators", "potential")
__all__ = [
    "Data",
    "Figure",
    "Status",
    "Unavailable",
    "__version__",
    "brief",
    "errors",
    "gravity",
    "indicators",
    "load",
]

if TYPE_CHECKING:
    from landbridge import errors, gravity
    from landbridge.brief import brief
    from landbridge.flows import indicators
    from landbridge.provenance import Figure, Status, Unavailable
    from landbridge.release import Data, load


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'landbridge' has no attribute {name!r}")
    module = import_module(home)
    return module if name in _MODULES else getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
