"""`fit`: from a frame and a formula to a result, by way of the sample, the kernels and the covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from landbridge.gravity.calls import Estimator, check, request_of, settings_of
from landbridge.gravity.covariance import Convention, Kind
from landbridge.gravity.estimation import (
    correct,
    fit_least_squares,
    fit_poisson,
    identified,
    several_groups,
    with_reset,
    without_separated,
    without_singletons,
)
from landbridge.gravity.ppml import Newton
from landbridge.gravity.result import Fit
from landbridge.gravity.sample import read


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
    key: str | Sequence[str] | None = None,
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
    named = {"weights": weights, "offset": offset, "exporter": exporter, "importer": importer, "time": time}
    request = request_of(formula, effects, cluster, key, named, estimator)
    kind: Kind = covariance or ("cluster" if request.clusters else "robust")
    flags = {"keep_singletons": keep_singletons, "bias_correction": bias_correction, "reset": reset}
    check(request, kind, convention, level, flags)
    newton = settings_of(settings)
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
    several_groups(sample)
    if estimator == "ppml":
        made = fit_poisson(request, sample, kind, convention, newton)
    else:
        made = fit_least_squares(request, sample, kind, convention)
    made = replace(made, omitted=omitted, level=level)
    if bias_correction:
        made = correct(made)
    return with_reset(made, newton) if reset else made
