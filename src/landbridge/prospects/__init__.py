"""What is to be expected: targets and how likely they are, shocks and recovery, whether agreements worked.

`counted` finds the one series that a question is about, `mirror` carries on a reporter who fell silent, `probability` gives
a probability with its record, `drivers` what oil and the rouble change in it, `scorecard` every target with what came of
it, `issued` the dated ledger of our own probabilities, `shocks` what a shock did.

Names are loaded when first used: most questions need no model.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landbridge.prospects.outlook import Outlook, forecast
    from landbridge.prospects.probability import Target, target
    from landbridge.prospects.shocks import Recovery, recovery

_HOME = {
    "Outlook": "outlook",
    "Recovery": "shocks",
    "Target": "probability",
    "forecast": "outlook",
    "recovery": "shocks",
    "target": "probability",
}
__all__ = ["Outlook", "Recovery", "Target", "forecast", "recovery", "target"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
