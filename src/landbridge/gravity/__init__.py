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
    "NotIdentified": "landbridge.gravity.event_study.cohorts",
    "Resistances": "landbridge.gravity.resistance",
    "Robust": "landbridge.gravity.event_study.robust",
    "Specification": "landbridge.gravity.spec",
    "Staggered": "landbridge.gravity.event_study.result",
    "fit": "landbridge.gravity.fitting",
    "fit_each": "landbridge.gravity.fitting_each",
    "parse": "landbridge.gravity.formula",
    "robust": "landbridge.gravity.event_study.robust",
    "staggered": "landbridge.gravity.event_study.estimating",
}
__all__ = [
    "Fit",
    "Fits",
    "Newton",
    "NotIdentified",
    "Resistances",
    "Robust",
    "Specification",
    "Staggered",
    "fit",
    "fit_each",
    "parse",
    "robust",
    "staggered",
]

if TYPE_CHECKING:
    from landbridge.gravity.event_study.cohorts import NotIdentified
    from landbridge.gravity.event_study.estimating import staggered
    from landbridge.gravity.event_study.result import Staggered
    from landbridge.gravity.event_study.robust import Robust, robust
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
