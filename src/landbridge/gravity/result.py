"""What an estimation gives: numbers only, never the frame they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import BadUsage, UnknownLabel
from landbridge.gravity.absorb import recover
from landbridge.gravity.bias import Corrected
from landbridge.gravity.calls import between_zero_and_one
from landbridge.gravity.covariance import Covariance
from landbridge.gravity.levels import Codes, Levels, Rows
from landbridge.gravity.ppml import Step
from landbridge.gravity.reset import Reset
from landbridge.gravity.sample import INTERCEPT, Drop, Request

if TYPE_CHECKING:
    from landbridge.gravity.resistance import Resistances

Array = NDArray[np.float64]
_NAMES = {"ppml": "Poisson pseudo-maximum-likelihood", "ols": "ordinary least squares"}


@dataclass(frozen=True, slots=True)
class Omitted:
    """A regressor that was asked for and not estimated, because it is `absorbed` by the effects or `collinear`."""

    term: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fit:
    """One estimation that converged. N rows used, K regressors.

    `estimates` (K,) belong to `terms`; `covariance.matrix` (K, K). `rows` (N,) are the rows used by their number in the
    frame, from 0; `observed`, `fitted` and `linear` (N,) stand in their order: left side of the formula, its fitted
    value, and the linear predictor with effects and offset. `rows_in` equals `n` plus the rows of `dropped`. `steps` is
    the log of the iteration, empty for least squares, and `violation` the largest relative violation of the first-order
    conditions. `corrected` and `reset` are None unless asked for.
    """

    request: Request
    terms: tuple[str, ...]
    estimates: Array
    covariance: Covariance
    n: int
    rows_in: int
    clusters: tuple[tuple[str, int], ...]
    steps: tuple[Step, ...]
    violation: float | None
    deviance: float | None
    log_likelihood: float | None
    level: float
    drops: tuple[Drop, ...]
    omitted: tuple[Omitted, ...]
    notes: tuple[str, ...]
    corrected: Corrected | None
    reset: Reset | None
    rows: Rows
    observed: Array
    fitted: Array
    linear: Array
    weights: Array | None
    offset: Array | None
    absorbed: tuple[Levels, ...]
    cluster_codes: tuple[Codes, ...]
    x: Array

    @property
    def formula(self) -> str:
        """The formula as it was understood."""
        return str(self.request.formula)

    @property
    def estimator(self) -> str:
        """`ppml` or `ols`."""
        return self.request.estimator

    @property
    def std_errors(self) -> Array:
        """Standard errors (K,) of `estimates`."""
        return self.covariance.std_error

    @property
    def r_squared(self) -> float | None:
        """The squared correlation of `observed` and `fitted`: R squared of least squares, a pseudo R squared of PPML.

        None where one of them does not vary.
        """
        w = np.ones(self.n) if self.weights is None else self.weights
        a, b = (
            self.observed - np.average(self.observed, weights=w),
            self.fitted - np.average(self.fitted, weights=w),
        )
        spread = float(np.sum(w * a * a) * np.sum(w * b * b))
        return float(np.sum(w * a * b)) ** 2 / spread if spread > 0 else None

    @property
    def dropped(self) -> pl.DataFrame:
        """Rows left out: `reason`, `rows`, `first_rows` (numbers in the frame, from 0)."""
        schema = {"reason": pl.String(), "rows": pl.Int64(), "first_rows": pl.List(pl.Int64)}
        held = [(drop.reason, drop.rows, list(drop.first)) for drop in self.drops]
        return pl.DataFrame(held, schema=schema, orient="row")

    @property
    def iterations(self) -> pl.DataFrame:
        """The log of the iteration, one row a step."""
        names = tuple(Step.__dataclass_fields__)
        return pl.DataFrame({name: [getattr(step, name) for step in self.steps] for name in names})

    def table(self, *, level: float | None = None, corrected: bool | None = None) -> pl.DataFrame:
        """`term, estimate, std_error, statistic, p_value, ci_low, ci_high`, one row a regressor.

        Intervals are normal for PPML and t with the degrees of freedom of `covariance` for least squares. Where the bias
        correction was asked for, estimates and standard errors are the corrected ones; `corrected=False` gives the
        maximum of the likelihood. A standard error that does not exist is null, and so is what follows from it.
        """
        if corrected and self.corrected is None:
            raise BadUsage("the bias correction was not asked for.", remedy="Fit with bias_correction=True.")
        beta, errors = self.estimates, self.std_errors
        if self.corrected is not None and corrected is not False:
            beta, errors = self.corrected.beta, self.corrected.covariance.std_error
        width = self.level if level is None else between_zero_and_one(level)
        return _inference(self.terms, beta, errors, self.covariance.degrees_of_freedom, width)

    def predict(self, frame: Any = None) -> pl.DataFrame:
        """`row, fitted`: of the rows used, or of a new frame.

        New rows need the columns of the right side and labels of effects that were in the sample; a cell that is missing
        gives a missing value. Raises `UnknownLabel` for labels and `OutsideSupport` for combinations without an effect.
        """
        if frame is None:
            return pl.DataFrame({"row": self.rows, "fitted": self.fitted})
        from landbridge.gravity.prediction import predict

        return predict(self, frame)

    def level_effects(self) -> tuple[Array, ...]:
        """One array (L,) an absorbed effect, in the order of `absorbed`; the normalisation is that of `recover`."""
        rest = self.linear - self.x @ self.estimates
        if self.offset is not None:
            rest = rest - self.offset
        return recover(rest, tuple(effect.codes for effect in self.absorbed), self.weights)

    def effects(self, name: str) -> pl.DataFrame:
        """Estimates of one effect: `level`, `estimate` and the columns that make the level.

        Only sums over all effects are identified; levels are comparable within one effect and one connected part.
        """
        names = [effect.name for effect in self.absorbed]
        if name not in names:
            raise UnknownLabel("effect", name, names, remedy=f"This fit has: {', '.join(names) or 'none'}.")
        at = names.index(name)
        labels = self.absorbed[at].frame()
        texts = pl.concat_str([pl.col(column).cast(pl.String) for column in labels.columns], separator="^")
        level = labels.select(texts.alias("level")).to_series()
        parts = labels.select(
            pl.col(column) for column in labels.columns if column not in ("level", "estimate")
        )
        return pl.DataFrame([level, pl.Series("estimate", self.level_effects()[at]), *parts])

    def multilateral_resistance(
        self, importer: str | None = None, *, sigma: float | None = None, base: Any = None
    ) -> Resistances:
        """Outward and inward multilateral resistances, from exporter and importer effects (Fally, 2015).

        With pair effects their levels are not identified, and `OutsideSupport` is raised; `base`, a year, gives their
        changes since then, which are.
        """
        from landbridge.gravity.resistance import resistances

        return resistances(self, importer, sigma, base)

    def summary(self) -> str:
        """A text that tells convergence and dropped rows before any estimate."""
        return "\n".join([*self.before(), "", *_lines(self.table())])

    def before(self) -> tuple[str, ...]:
        """What must be known before the estimates are read: convergence, rows, errors, notes."""
        ended = (
            f"converged in {len(self.steps)} steps; first-order conditions hold to {self.violation:.1e}"
            if self.violation is not None
            else "solved directly"
        )
        said = [f"{_NAMES[self.estimator]}, {ended}.", self._rows(), self._errors()]
        if self.reset is not None:
            test = self.reset
            chi = f"chi squared {test.statistic:.2f} with {test.degrees_of_freedom} degree of freedom"
            said.append(
                f"RESET (Ramsey) on the square of the fitted predictor: {chi}, p = {test.p_value:.4f}."
            )
        said += [f"Not estimated: {item.term} ({item.reason})." for item in self.omitted]
        return (*said, *self.notes)

    def _rows(self) -> str:
        lost = "; ".join(f"{drop.reason} {drop.rows:,}" for drop in self.drops)
        return f"{self.rows_in:,} rows in, {self.n:,} used; dropped: {lost or 'none'}."

    def _errors(self) -> str:
        used, clusters = self._shown()
        by = " and ".join(f"{name} ({count:,} clusters)" for name, count in clusters)
        freedom = used.degrees_of_freedom
        law = "normal" if freedom is None else f"t with {freedom:,.0f} degrees of freedom"
        how = f"{used.kind}{f' by {by}' if by else ''}"
        if self.corrected is not None:
            how += ", corrected for leverage"
        return f"Standard errors: {how}, convention {used.convention}; {self.level:.0%} intervals, {law}."

    def _shown(self) -> tuple[Covariance, tuple[tuple[str, int], ...]]:
        """The covariance of `table()`, and name and number of its clusters."""
        if self.corrected is None:
            return self.covariance, self.clusters
        used = self.corrected.covariance
        return used, ((self.corrected.cluster, used.groups[0]),)

    def to_dict(self) -> dict[str, Any]:
        """Everything but the rows, for JSON. `covariance` is that of `table`; where the bias correction was asked for,
        `uncorrected` has both as they were before it.
        """
        return {
            "formula": self.formula,
            "estimator": self.estimator,
            "effects": [{"name": effect.name, "levels": effect.count} for effect in self.absorbed],
            "rows_in": self.rows_in,
            "n": self.n,
            "dropped": self.dropped.to_dicts(),
            "omitted": [{"term": item.term, "reason": item.reason} for item in self.omitted],
            "iterations": self.iterations.to_dicts(),
            "violation": self.violation,
            "deviance": self.deviance,
            "log_likelihood": self.log_likelihood,
            "r_squared": self.r_squared,
            "covariance": _described(*self._shown()),
            "reset": asdict(self.reset) if self.reset is not None else None,
            "bias_corrected": self.corrected is not None,
            "table": self.table().to_dicts(),
            "uncorrected": None
            if self.corrected is None
            else {
                "covariance": _described(self.covariance, self.clusters),
                "table": self.table(corrected=False).to_dicts(),
            },
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        return self.summary()


def _described(used: Covariance, clusters: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    return {
        "kind": used.kind,
        "convention": used.convention,
        "factor": used.factor,
        "clusters": [{"name": name, "count": count} for name, count in clusters],
        "matrix": used.matrix.tolist(),
    }


def _inference(
    terms: Sequence[str], beta: Array, errors: Array, freedom: float | None, level: float
) -> pl.DataFrame:
    from scipy import special  # type: ignore[import-untyped]

    there = errors > 0
    ratio = np.divide(beta, errors, out=np.zeros_like(beta), where=there)
    if freedom is None:
        tail = special.ndtr(-np.abs(ratio))
        width = float(special.ndtri(0.5 + level / 2))
    else:
        tail = special.stdtr(freedom, -np.abs(ratio))
        width = float(special.stdtrit(freedom, 0.5 + level / 2))
    held = {
        "std_error": errors,
        "statistic": ratio,
        "p_value": 2 * tail,
        "ci_low": beta - width * errors,
        "ci_high": beta + width * errors,
    }
    shown = [pl.when(pl.lit(pl.Series(there))).then(pl.col(name)).alias(name) for name in held]
    return pl.DataFrame({"term": list(terms), "estimate": beta, **held}).with_columns(shown)


def _lines(table: pl.DataFrame) -> list[str]:
    """A plain table of estimates, constants last."""
    rows = sorted(table.iter_rows(), key=lambda row: row[0] == INTERCEPT)
    cells = [list(table.columns)]
    cells += [[row[0], *("" if value is None else f"{value:.4f}" for value in row[1:])] for row in rows]
    widths = [max(len(row[at]) for row in cells) for at in range(len(cells[0]))]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
        ).rstrip()
        for row in cells
    ]
