"""Gravity: estimation with many fixed effects. Arrays and frames in, frozen results out; no data of its own.

Names are loaded when first used, so that nothing is compiled or read before a fit is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOME = {
    "Fit": "landbridge.gravity.result",
    "Fits": "landbridge.gravity.fitting_each",
    "Newton": "landbridge.gravity.ppml",
    "Resistances": "landbridge.gravity.resistance",
    "Specification": "landbridge.gravity.spec",
    "fit": "landbridge.gravity.fitting",
    "fit_each": "landbridge.gravity.fitting_each",
    "parse": "landbridge.gravity.formula",
}
__all__ = ["Fit", "Fits", "Newton", "Resistances", "Specification", "fit", "fit_each", "parse"]

if TYPE_CHECKING:
    from landbridge.gravity.fitting import fit
    from landbridge.gravity.fitting_each import Fits, fit_each
    from landbridge.gravity.formula import parse
    from landbridge.gravity.ppml import Newton
    from landbridge.gravity.resistance import Resistances
    from landbridge.gravity.result import Fit
    from landbridge.gravity.spec import Specification


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'landbridge.gravity' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
