"""What stands in the way between two places, ranked by what relaxing it is worth.

`bottlenecks` makes a ranking; `candidate` says what an obstacle is, `derived` and `obstacles` where obstacles come from,
`programme` compiles them together, `effects` and `solving` value them in every draw, `ranking` turns gains into ranks,
`result` is what comes out, `shipped` what a release holds of it.

Names are loaded when first used: a page that shows a shipped ranking solves nothing and loads no solver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landbridge.planning.bottlenecks.candidate import Candidate, Step
    from landbridge.planning.bottlenecks.making import bottlenecks, gathered
    from landbridge.planning.bottlenecks.result import Bottlenecks

_HOME = {
    "Candidate": "candidate",
    "Step": "candidate",
    "bottlenecks": "making",
    "gathered": "making",
    "Bottlenecks": "result",
}
__all__ = ["Bottlenecks", "Candidate", "Step", "bottlenecks", "gathered"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
