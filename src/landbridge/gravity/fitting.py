"""`fit`: from a frame and a formula to a result, by way of the sample, the kernels and the covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, get_args

from landbridge.errors import BadUsage, Problem, nearest
from landbridge.gravity.covariance import Convention, Kind
from landbridge.gravity.estimation import (
    correct,
    fit_least_squares,
    fit_poisson,
    identified,
    with_reset,
    without_separated,
    without_singletons,
)
from landbridge.gravity.formula import Log, parse, parse_factor
from landbridge.gravity.levels import parts
from landbridge.gravity.ppml import Newton
from landbridge.gravity.result import Fit, between_zero_and_one
from landbridge.gravity.sample import Request, read

Estimator = Literal["ppml", "ols"]


def fit(
    frame: Any,
    formula: str,
    effects: str | Sequence[str] = (),
    *,
    cluster: str | Sequence[str] | None = None,
    weights: str | None = None,
    offset: str | None = None,
    estimator: Estimator = "ppml",
    covariance: Kind | None = None,
    convention: Convention = "stata",
    key: Sequence[str] | None = None,
    exporter: str = "exporter",
    importer: str = "importer",
    time: str = "year",
    keep_singletons: bool = False,
    bias_correction: bool = False,
    reset: bool = False,
    level: float = 0.95,
    settings: Newton | None = None,
) -> Fit:
    """Estimate a gravity equation with absorbed effects.

    frame: any table that Narwhals knows. formula: see `landbridge.gravity.formula`. effects and cluster: columns, or
    interactions such as "exporter^year"; several clusters give multi-way errors (Cameron, Gelbach and Miller, 2011).
    estimator: "ppml" takes trade in levels (Santos Silva and Tenreyro, 2006), "ols" any left side, usually `log(trade)`.
    covariance: "cluster" where a cluster is named, else "robust"; or "iid". key: columns that are unique together.
    bias_correction: Weidner and Zylkin (2021), for exporter-time, importer-time and pair effects. reset: Ramsey's test.

    Raises `BadUsage` and `UnknownLabel` for the call, `BadSample` for the rows (all problems at once) and `NotConverged`.
    """
    clusters = _names(cluster)
    kind: Kind = covariance or ("cluster" if clusters else "robust")
    request = Request(
        parse(formula),
        estimator,
        _names(effects),
        clusters,
        weights,
        None if offset is None else parse_factor(offset),
        None if key is None else tuple(key),
        exporter,
        importer,
        time,
    )
    _check_call(request, kind, convention, bias_correction, reset)
    between_zero_and_one(level)
    newton = settings or Newton()
    sample = read(frame, request)
    before = -1
    # Each can make work for the other: a level may be left with one row, or with zeros only.
    while sample.y.size != before:
        before = sample.y.size
        if not keep_singletons:
            sample = without_singletons(sample)
        if estimator == "ppml":
            sample = without_separated(sample)
    sample, omitted = identified(sample, request)
    if estimator == "ppml":
        made = fit_poisson(request, sample, kind, convention, newton)
    else:
        made = fit_least_squares(request, sample, kind, convention)
    made = replace(made, omitted=omitted, level=level)
    if bias_correction:
        made = correct(made, convention)
    return with_reset(made, newton) if reset else made


def _names(given: str | Sequence[str] | None) -> tuple[str, ...]:
    """Names of effects or clusters, blanks around `^` taken away."""
    names = () if given is None else (given,) if isinstance(given, str) else tuple(given)
    return tuple(dict.fromkeys("^".join(parts(name)) for name in names))


def _check_call(request: Request, kind: str, convention: str, bias_correction: bool, reset: bool) -> None:
    problems = [
        Problem(f"no {what} is called {given!r}.", remedy=f"Nearest valid: {_close(given, valid)}.")
        for what, given, valid in (
            ("estimator", request.estimator, get_args(Estimator)),
            ("kind of covariance", kind, get_args(Kind)),
            ("convention", convention, get_args(Convention)),
        )
        if given not in valid
    ]
    if request.estimator == "ppml" and isinstance(request.formula.response, Log):
        what = f"PPML takes trade in levels, not {request.formula.response}."
        remedy = f"Write `{request.formula.response.of} ~ ...`, or take estimator='ols'."
        problems.append(Problem(what, cause="The link of a Poisson model is already a log.", remedy=remedy))
    if (kind == "cluster") != bool(request.clusters):
        what = f"covariance={kind!r} with {'a' if request.clusters else 'no'} cluster."
        problems.append(Problem(what, remedy="Give cluster=..., or take covariance='robust' without one."))
    if not request.formula.terms:
        problems.append(Problem("the formula has no regressor.", remedy="Name one after `~`."))
    if reset and request.estimator != "ppml":
        problems.append(
            Problem("the RESET test is for PPML.", remedy="Take estimator='ppml', or reset=False.")
        )
    if bias_correction and (request.estimator != "ppml" or len(request.effects) != 3):
        what = "the bias correction is for PPML with exporter-time, importer-time and pair effects."
        remedy = f'Take effects=["{request.exporter}^{request.time}", "{request.importer}^{request.time}", "pair"].'
        problems.append(Problem(what, remedy=remedy))
    if problems:
        raise BadUsage(problems)


def _close(given: str, valid: Sequence[str]) -> str:
    return ", ".join(nearest(str(given), valid) or valid)
