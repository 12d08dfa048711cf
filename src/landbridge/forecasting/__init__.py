"""Forecasting: models of one series, paths, back-tests and their scores. Arrays in, frozen results out; no data of its own.

Names are loaded when first used: the libraries underneath take seconds to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOME = {
    "REPAIRS": "landbridge.forecasting.series",
    "ROSTER": "landbridge.forecasting.models",
    "Break": "landbridge.forecasting.ensemble",
    "Chance": "landbridge.forecasting.paths",
    "Counterfactual": "landbridge.forecasting.counterfactual",
    "Errors": "landbridge.forecasting.paths",
    "Fan": "landbridge.forecasting.paths",
    "Model": "landbridge.forecasting.models",
    "Panel": "landbridge.forecasting.backtest",
    "Passage": "landbridge.forecasting.paths",
    "Paths": "landbridge.forecasting.paths",
    "Record": "landbridge.forecasting.record",
    "Repair": "landbridge.forecasting.series",
    "Series": "landbridge.forecasting.series",
    "Trials": "landbridge.forecasting.backtest",
    "chance": "landbridge.forecasting.paths",
    "draw": "landbridge.forecasting.paths",
    "fan": "landbridge.forecasting.paths",
    "first_passage": "landbridge.forecasting.paths",
    "forecast": "landbridge.forecasting.models",
    "latest_break": "landbridge.forecasting.ensemble",
    "prepared": "landbridge.forecasting.series",
    "rolling": "landbridge.forecasting.backtest",
    "scale": "landbridge.forecasting.paths",
    "select": "landbridge.forecasting.record",
    "structural": "landbridge.forecasting.counterfactual",
    "suited": "landbridge.forecasting.models",
    "synthetic": "landbridge.forecasting.counterfactual",
}
# Written out, so that type checkers see it. No name here may be that of a file of the package: importing the file would
# put the module in the place of the name.
__all__ = [
    "REPAIRS",
    "ROSTER",
    "Break",
    "Chance",
    "Counterfactual",
    "Errors",
    "Fan",
    "Model",
    "Panel",
    "Passage",
    "Paths",
    "Record",
    "Repair",
    "Series",
    "Trials",
    "chance",
    "draw",
    "fan",
    "first_passage",
    "forecast",
    "latest_break",
    "prepared",
    "rolling",
    "scale",
    "select",
    "structural",
    "suited",
    "synthetic",
]

if TYPE_CHECKING:
    from landbridge.forecasting.backtest import Panel, Trials, rolling
    from landbridge.forecasting.counterfactual import Counterfactual, structural, synthetic
    from landbridge.forecasting.ensemble import Break, latest_break
    from landbridge.forecasting.models import ROSTER, Model, forecast, suited
    from landbridge.forecasting.paths import (
        Chance,
        Errors,
        Fan,
        Passage,
        Paths,
        chance,
        draw,
        fan,
        first_passage,
        scale,
    )
    from landbridge.forecasting.record import Record, select
    from landbridge.forecasting.series import REPAIRS, Repair, Series, prepared


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'landbridge.forecasting' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
