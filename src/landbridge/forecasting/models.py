"""Models of one series: logs in, median logs out.

Every model reads the natural logarithms of a positive series, float64[T] in the order of time, and gives the median of
the next `horizon` values, float64[horizon], in logs. On logs all components are additive, so that a change of unit
shifts a forecast and does nothing else: series are centred on their newest value and divided by their own standard
deviation before a library sees them, and brought back afterwards. A model that cannot fit raises NotConverged, one
that has too little to read raises BadSample; no forecast holds NaN.

Exponential smoothing and theta are those of statsforecast (Nixtla), after the R package `forecast` of Hyndman and
Khandakar (2008), https://doi.org/10.18637/jss.v027.i03.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, BadUsage, NotConverged, UnknownLabel

Logs = NDArray[np.float64]
Kernel = Callable[[Logs, int, int], Logs]


@dataclass(frozen=True, slots=True)
class Model:
    """One way to carry a series on.

    `words` say what it does and where it comes from. `least` is the number of observations it needs, `cycles` the
    number of whole seasons where the series has one. A model that is `season_free` takes no account of a season: on
    monthly values it serves as a benchmark only.
    """

    name: str
    words: str
    least: int
    season_free: bool
    kernel: Kernel = field(repr=False, compare=False)
    cycles: int = 0

    def needed(self, season: int = 1) -> int:
        """Observations needed when the series has a season of that length."""
        return max(self.least, self.cycles * season if season > 1 else 0)


def naive(logs: Logs, horizon: int, season: int = 1) -> Logs:
    """The newest value, for ever: the median of a random walk without drift."""
    return np.full(horizon, logs[-1])


def drift(logs: Logs, horizon: int, season: int = 1) -> Logs:
    """The newest value and the mean growth of the series: l_T + h (l_T - l_1) / (T - 1), a random walk with drift."""
    growth = float(logs[-1] - logs[0]) / (len(logs) - 1)
    return np.asarray(logs[-1] + growth * np.arange(1, horizon + 1), dtype=np.float64)


def seasonal_naive(logs: Logs, horizon: int, season: int = 1) -> Logs:
    """The value of the same month in the newest year."""
    return logs[len(logs) - season + np.arange(horizon) % season]


def damped(logs: Logs, horizon: int, season: int = 1) -> Logs:
    """Exponential smoothing with a damped additive trend, ETS(A,Ad,N), by maximum likelihood.

    Gardner and McKenzie (1985), https://doi.org/10.1287/mnsc.31.10.1237; the damping lies between 0.8 and 0.98 as in
    statsforecast's AutoETS, which estimates it with the two smoothing and two initial values.
    """

    def fitted(scaled: Logs) -> Logs:
        from statsforecast.models import AutoETS

        return _smoothed_on(AutoETS(season_length=1, model="AZN", damped=True).fit(scaled).model_, horizon)

    return _through("damped", logs, horizon, fitted)


def _smoothed_on(model: Mapping[str, Any], horizon: int) -> Logs:
    """An additive smoothing model of statsforecast carried on from its last states.

    l_n + (phi + ... + phi^h) b_n + s_(n + h - m), Hyndman, Koehler, Ord and Snyder (2008), table 2.1. Done here because
    statsforecast 2.1.1 takes 2 phi for phi + phi^2 at the second step (corrected upstream by its pull request 1219).
    """
    _, trend, seasonal, is_damped = model["components"]
    states = model["states"][-1]
    phi = float(model["par"][3]) if is_damped == "D" else 1.0
    slope = float(states[1]) if trend == "A" else 0.0
    found = states[0] + slope * np.cumsum(phi ** np.arange(1, horizon + 1))
    if seasonal == "A":
        newest_first = states[1 + (trend == "A") :]
        found = found + newest_first[::-1][np.arange(horizon) % len(newest_first)]
    return np.asarray(found, dtype=np.float64)


def theta(logs: Logs, horizon: int, season: int = 1) -> Logs:
    """The theta method: simple exponential smoothing with half the slope of the linear trend as its drift.

    Assimakopoulos and Nikolopoulos (2000), https://doi.org/10.1016/S0169-2070(00)00066-2, in the state space form of
    Fiorucci et al. (2016), https://doi.org/10.1016/j.ijforecast.2016.02.005, "STM": AutoTheta of statsforecast. A
    season that the autocorrelation at its length shows (90 %) is taken out additively and put back.
    """

    def fitted(scaled: Logs) -> Any:
        from statsforecast.models import AutoTheta

        model = AutoTheta(season_length=season, decomposition_type="additive", model="STM")
        return model.forecast(scaled, horizon)["mean"]

    return _through("theta", logs, horizon, fitted)


def ets(logs: Logs, horizon: int, season: int = 1) -> Logs:
    """Exponential smoothing chosen by AICc among no, additive and damped trend, and with or without additive season.

    Hyndman, Koehler, Snyder and Grose (2002), https://doi.org/10.1016/S0169-2070(01)00110-8: AutoETS of statsforecast.
    Errors are additive: on logs a multiplicative part would depend on the unit of the series.
    """

    def fitted(scaled: Logs) -> Any:
        from statsforecast.models import AutoETS

        model = AutoETS(season_length=season, model="AZN" if season == 1 else "AZZ")
        return _smoothed_on(model.fit(scaled).model_, horizon)

    return _through("ets", logs, horizon, fitted)


def arima(logs: Logs, horizon: int, season: int = 1) -> Logs:
    """The best by AICc of six models of growth: ARIMA(0,1,0), (1,1,0) and (0,1,1), each with and without drift.

    One difference is taken a priori, because growth is what the models forecast and a unit-root test on ten values
    has no power; higher orders have more parameters than such series can carry. Choice by AICc after Hyndman and
    Khandakar (2008); exact maximum likelihood in `landbridge.forecasting.growth`, which says why not the library's. A
    model whose maximum lies within 0.01 of a unit root is no candidate.
    """

    def fitted(scaled: Logs) -> Any:
        from landbridge.forecasting.growth import best

        growth = np.diff(scaled)
        if float(np.ptp(growth)) < 1e-9:
            return growth.mean() * np.arange(1, horizon + 1)
        return best(growth).forecast(horizon)

    return _through("arima", logs, horizon, fitted)


def _ensemble(logs: Logs, horizon: int, season: int = 1) -> Logs:
    from landbridge.forecasting.ensemble import ensemble

    return ensemble(logs, horizon)


def _through(name: str, logs: Logs, horizon: int, fitted: Callable[[Logs], Any]) -> Logs:
    """What `fitted` makes of the series centred on its newest value in units of its own spread, brought back.

    A constant series has no spread and stays where it is under every model.
    """
    spread = float(np.std(logs))
    if spread <= 1e-12 * max(1.0, float(np.abs(logs).max())):
        return np.full(horizon, logs[-1])
    try:
        found = np.asarray(fitted((logs - logs[-1]) / spread), dtype=np.float64)
    except Exception as fault:  # the libraries raise bare exceptions of many kinds
        raise NotConverged(
            f"the model {name!r} could not be fitted to {len(logs)} values: {fault}.",
            remedy="Use another model of the roster, such as naive.",
        ) from fault
    if found.shape != (horizon,) or not np.all(np.isfinite(found)):
        raise NotConverged(
            f"the model {name!r} gave no finite forecast from {len(logs)} values.",
            remedy="Use another model of the roster, such as naive.",
        )
    return np.asarray(logs[-1] + spread * found, dtype=np.float64)


ROSTER: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            Model("naive", "the newest value; random walk", 1, True, naive),
            Model(
                "drift", "the newest value and the mean growth so far; random walk with drift", 3, True, drift
            ),
            Model(
                "damped",
                "exponential smoothing, damped trend (Gardner and McKenzie 1985; statsforecast)",
                8,
                True,
                damped,
            ),
            Model(
                "theta",
                "smoothing with half the trend (Assimakopoulos and Nikolopoulos 2000; statsforecast)",
                6,
                False,
                theta,
                cycles=2,
            ),
            Model(
                "ets",
                "additive exponential smoothing chosen by AICc (Hyndman et al. 2002; statsforecast)",
                8,
                False,
                ets,
                cycles=3,
            ),
            Model(
                "arima",
                "best by AICc of six ARIMA models of growth (after Hyndman and Khandakar 2008)",
                8,
                True,
                arima,
            ),
            Model(
                "ensemble",
                "median of naive, damped, theta, ets and the drift after the newest break",
                8,
                True,
                _ensemble,
            ),
            Model("seasonal naive", "the same month of the newest year", 1, False, seasonal_naive, cycles=1),
        )
    }
)
"""Every model of one series, by name."""


def suited(season: int = 1) -> tuple[str, ...]:
    """Names of the models made for series with a season of this length: 1 for yearly values, 12 for monthly."""
    if season == 1:
        return tuple(name for name in ROSTER if name != "seasonal naive")
    return tuple(name for name, model in ROSTER.items() if not model.season_free)


def forecast(name: str, logs: Logs, horizon: int, *, season: int = 1) -> Logs:
    """Median logs of the next `horizon` values, float64[horizon], by the model of this name.

    `logs` float64[T], oldest first. `season` is 1 for yearly values and 12 for monthly ones; a `season_free` model
    does not look at it.
    """
    model = ROSTER.get(name)
    if model is None:
        raise UnknownLabel("model", name, ROSTER)
    if horizon < 1 or season < 1:
        raise BadUsage(
            f"horizon {horizon}, season {season}: both are at least 1.",
            remedy="Ask for one period ahead or more.",
        )
    series = np.asarray(logs, dtype=np.float64)
    if series.ndim != 1 or not np.all(np.isfinite(series)):
        raise BadSample(
            f"the model {name!r} reads one row of finite logs.",
            cause="A hole, a zero or a negative value became NaN or infinite.",
            remedy="Make the series with landbridge.forecasting.prepared.",
        )
    if len(series) < model.needed(season):
        raise BadSample(
            f"{len(series)} values, and the model {name!r} needs {model.needed(season)}.",
            remedy="Use naive or drift, or load a longer series.",
        )
    return model.kernel(series, horizon, season)
