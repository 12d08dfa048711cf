"""The stages of an estimation between sample and result: what cannot be estimated, the kernel, its covariance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from landbridge.errors import BadSample, BadUsage, Problem
from landbridge.gravity.absorb import independent, project
from landbridge.gravity.bias import three_way
from landbridge.gravity.covariance import Convention, Covariance, Kind, nested, parameters, sandwich
from landbridge.gravity.least_squares import least_squares
from landbridge.gravity.levels import Codes, Levels, groups, members
from landbridge.gravity.ppml import Newton, poisson
from landbridge.gravity.reset import reset
from landbridge.gravity.result import Array, Fit, Omitted
from landbridge.gravity.sample import Request, Sample
from landbridge.gravity.separation import separated, singletons, zero_levels
from landbridge.gravity.sparse import inner

PERFECT = 1e-8
"""Residuals below this share of the left side are rounding: the fit is perfect and has no spread to judge by."""


def codes_of(sample: Sample) -> tuple[np.ndarray, ...]:
    """The codes (N,) of every effect."""
    return tuple(effect.codes for effect in sample.effects)


def without_singletons(sample: Sample) -> Sample:
    """Without rows that are alone in a level: its effect fits them exactly, and they tell nothing else."""
    if not sample.effects:
        return sample
    left = sample.without(singletons(codes_of(sample)), "singleton: alone in a level of an effect")
    return _some_left(left)


def without_separated(sample: Sample) -> Sample:
    """Without rows of zero trade whose fitted value would have to go to zero, so that no maximum exists."""
    if (sample.y > 0).all():
        return sample
    empty = zero_levels(sample.y, codes_of(sample))
    for at, effect in enumerate(sample.effects):
        gone = empty == at
        sample = sample.without(gone, f"separated: all zero in a level of {effect.name}")
        empty = empty[~gone]
    _some_left(sample)
    found = separated(sample.y, sample.x, codes_of(sample)).rows
    return _some_left(sample.without(found, "separated: zero, and told apart by the regressors"))


def _some_left(sample: Sample) -> Sample:
    if sample.y.size:
        return sample
    lost = "; ".join(f"{drop.reason} ({drop.rows:,} rows)" for drop in sample.dropped)
    raise BadSample(
        "no row is left to estimate from.",
        cause=f"Dropped: {lost}.",
        remedy="The effects are too fine for these rows: leave one out, or add rows.",
    )


def identified(sample: Sample, request: Request) -> tuple[Sample, tuple[Omitted, ...]]:
    """The sample with the regressors that can be estimated, and those that cannot."""
    weights = sample.weights
    within = project(sample.x, codes_of(sample), weights)
    found = independent(sample.x, within, weights)
    omitted = tuple(
        Omitted(term, reason) for term, reason in zip(sample.terms, found.reasons, strict=True) if reason
    )
    levels = max((effect.count for effect in sample.effects), default=0)
    if not found.keep.any():
        named = ", ".join(f"{item.term} ({item.reason})" for item in omitted)
        raise BadSample(
            f"no regressor varies once the effects are taken out: {named}.",
            cause="Pair effects hold everything that does not change over time, country-year effects every country trait.",
            remedy="Take an effect out, or regressors that vary within the effects.",
        )
    if sample.y.size <= levels + int(found.keep.sum()):
        raise BadSample(
            f"{sample.y.size:,} rows are left for {int(found.keep.sum())} regressors and {levels:,} levels of one effect.",
            cause="With at least as many parameters as rows every equation fits perfectly.",
            remedy="Add rows, or take coarser effects.",
        )
    return sample.only(np.flatnonzero(found.keep)), omitted


def several_groups(sample: Sample) -> None:
    """Raises `BadSample` naming every cluster of which one group is left."""
    problems = [
        Problem(
            "it has one group only in the rows that are left, so the spread between groups cannot be seen.",
            f"cluster {cluster.name}",
            remedy="Cluster by something finer, or ask for a robust covariance.",
        )
        for cluster in sample.clusters
        if cluster.count < 2
    ]
    if problems:
        raise BadSample(problems)


def fit_poisson(
    request: Request, sample: Sample, kind: Kind, convention: Convention, settings: Newton
) -> Fit:
    """PPML of a sample."""
    effects = codes_of(sample)
    made = poisson(
        sample.y, sample.x, effects, weights=sample.weights, offset=sample.offset, settings=settings
    )
    weights = np.ones(sample.y.size) if sample.weights is None else sample.weights
    _imperfect(sample.y, made.mu, weights)
    clusters = tuple(cluster.codes for cluster in sample.clusters)
    errors = sandwich(
        made.within,
        weights * (sample.y - made.mu),
        weights * made.mu,
        kind=kind,
        clusters=clusters,
        convention=convention,
        parameters=parameters(sample.x.shape[1], effects, clusters),
        model="poisson",
    )
    fit = _fit(request, sample, made.beta, errors, made.mu, made.eta)
    return replace(
        fit,
        steps=made.steps,
        violation=made.violation,
        deviance=made.deviance,
        log_likelihood=made.log_likelihood,
    )


def fit_least_squares(request: Request, sample: Sample, kind: Kind, convention: Convention) -> Fit:
    """Least squares of a sample; an offset is taken off the left side."""
    effects = codes_of(sample)
    y = sample.y if sample.offset is None else sample.y - sample.offset
    made = least_squares(y, sample.x, effects, weights=sample.weights)
    weights = np.ones(y.size) if sample.weights is None else sample.weights
    fitted = sample.y - made.residual
    _imperfect(sample.y, fitted, weights)
    clusters = tuple(cluster.codes for cluster in sample.clusters)
    errors = sandwich(
        made.within,
        weights * made.residual,
        weights,
        kind=kind,
        clusters=clusters,
        convention=convention,
        parameters=parameters(sample.x.shape[1], effects, clusters),
        model="least_squares",
    )
    return _fit(request, sample, made.beta, errors, fitted, fitted)


def _imperfect(y: Array, fitted: Array, weights: Array) -> None:
    """Raises `BadSample` for a fit without residuals."""
    left = y - fitted
    if inner(weights, left * left) <= PERFECT**2 * inner(weights, y * y):
        raise BadSample(
            "the fit is perfect: nothing is left of the rows once effects and regressors are taken out.",
            cause="The left side was computed from the right side, or there are as many effects as rows.",
            remedy="Take trade as it was observed, or coarser effects.",
        )


def _fit(
    request: Request, sample: Sample, beta: Array, errors: Covariance, fitted: Array, linear: Array
) -> Fit:
    groups = zip((cluster.name for cluster in sample.clusters), errors.groups, strict=True)
    notes = list(sample.notes)
    if errors.repair:
        notes.append(
            "The multi-way covariance had a negative eigenvalue, set to zero (Cameron, Gelbach and Miller, 2011), as a "
            f"correlation {errors.repair:.1e} of the largest; other programs may repair it otherwise, or not at all."
        )
    absent = [term for term, error in zip(sample.terms, np.diag(errors.matrix), strict=True) if not error > 0]
    if absent:
        notes.append(f"No standard error exists for {', '.join(absent)}: its score is zero in every cluster.")
    return Fit(
        request=request,
        terms=sample.terms,
        estimates=beta,
        covariance=errors,
        n=sample.y.size,
        rows_in=sample.rows_in,
        clusters=tuple(groups),
        steps=(),
        violation=None,
        deviance=None,
        log_likelihood=None,
        level=0.95,
        drops=sample.dropped,
        omitted=(),
        notes=tuple(notes),
        corrected=None,
        reset=None,
        rows=sample.rows,
        observed=sample.y,
        fitted=fitted,
        linear=linear,
        weights=sample.weights,
        absorbed=sample.effects,
        x=sample.x,
        offset=sample.offset,
        cluster_codes=tuple(cluster.codes for cluster in sample.clusters),
    )


def correct(fit: Fit) -> Fit:
    """The fit with the bias correction of Weidner and Zylkin (2021)."""
    exporter, importer, time = fit.request.exporter, fit.request.importer, fit.request.time
    columns = [set(effect.columns) for effect in fit.absorbed]
    sellers, buyers = (fit.absorbed[columns.index({side, time})] for side in (exporter, importer))
    pairs = next(effect for effect in fit.absorbed if effect is not sellers and effect is not buyers)
    labels = [
        side.labels[side.columns.index(name)].cast(pl.String)
        for side, name in ((sellers, exporter), (buyers, importer))
    ]
    countries = {label: at for at, label in enumerate(pl.concat(labels).unique().sort())}
    sources, goals = members(sellers, exporter, countries), members(buyers, importer, countries)
    _of_pairs(pairs, sources, goals)
    weights = np.ones(fit.n) if fit.weights is None else fit.weights
    hessian = weights * fit.fitted
    made = three_way(
        fit.estimates,
        project(fit.x, tuple(effect.codes for effect in fit.absorbed), hessian),
        weights * (fit.observed - fit.fitted),
        hessian,
        exporter=sources,
        importer=goals,
        time=groups(sellers, exporter),
        pair=pairs.codes,
        cluster=fit.cluster_codes[0] if fit.cluster_codes else None,
    )
    made = replace(made, cluster=fit.clusters[0][0] if fit.clusters else pairs.name)
    notes = [
        "Estimates and errors of the table are corrected for the bias of three-way PPML (Weidner and Zylkin, 2021); "
        f"the correction moves them by at most {np.abs(made.bias).max():.2g}."
    ]
    if fit.covariance.convention != "stata" or not fit.cluster_codes:
        notes.append(
            f"Corrected errors exist only clustered and with the factor G/(G-1); here by {made.cluster}. The "
            f"{fit.covariance.kind} ones that were asked for are those of `table(corrected=False)`."
        )
    if made.by == "country":
        notes.append(
            "The bias is worked out country by country, because pair effects join both directions or domestic trade is in "
            "the sample; that goes beyond the paper."
        )
    if made.whole_clusters:
        notes.append(
            f"{made.whole_clusters:,} clusters are fitted exactly in some direction and are not corrected there."
        )
    return replace(fit, corrected=made, notes=(*fit.notes, *notes))


def _of_pairs(effect: Levels, exporter: Codes, importer: Codes) -> None:
    """Raises `BadUsage` unless every pair has one level, and every level one pair, one direction of it, or sales at home."""
    many = int(max(exporter.max(), importer.max())) + 1
    directed = exporter.astype(np.int64) * many + importer
    joint = np.minimum(exporter, importer).astype(np.int64) * many + np.maximum(exporter, importer)
    joint[exporter == importer] = -1
    pair, either = (np.unique(each, return_inverse=True)[1].astype(np.int32) for each in (directed, joint))
    if not (nested(pair, effect.codes) and nested(effect.codes, either)):
        raise BadUsage(
            "the bias correction needs a third effect of pairs.",
            where=f"effect {effect.name}",
            cause="Its levels hold several pairs, or one pair has several of them.",
            remedy="Take exporter^importer, or a column that numbers the pairs.",
        )


def with_reset(fit: Fit, settings: Newton) -> Fit:
    """The PPML fit with Ramsey's test of its functional form, under its own covariance."""
    made = reset(
        fit.observed,
        fit.x,
        tuple(effect.codes for effect in fit.absorbed),
        fit.linear,
        beta=fit.estimates,
        weights=fit.weights,
        offset=fit.offset,
        kind=fit.covariance.kind,
        clusters=fit.cluster_codes,
        convention=fit.covariance.convention,
        settings=settings,
    )
    return replace(fit, reset=made)
