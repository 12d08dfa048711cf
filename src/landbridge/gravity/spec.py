"""A specification: one estimation written down, in YAML or as a mapping."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from landbridge.errors import BadFile, LandbridgeError, Problem, nearest
from landbridge.gravity.formula import parse, parse_factor
from landbridge.gravity.frames import known

Scalar = str | int | float | bool


def _listed(given: object) -> object:
    """One name is a list of one."""
    return [given] if isinstance(given, str) else given


def _within(given: object) -> object:
    """`year: 2006` means `year: {in: [2006]}`."""
    return (
        given if isinstance(given, dict | Within) else {"in": given if isinstance(given, list) else [given]}
    )


Names = Annotated[list[str], BeforeValidator(_listed)]


_EXAMPLE = "Write `data: trade.csv` and `formula: trade ~ log(distance)`."
_WRITTEN = {
    "data": "trade.csv",
    "formula": "trade ~ log(distance)",
    "effects": "[exporter^year, importer^year]",
    "cluster": "exporter^importer",
    "weights": "column",
    "offset": "log(size)",
    "estimator": "ppml",
    "covariance": "robust",
    "convention": "stata",
    "key": "[exporter, importer, year]",
    "exporter": "origin",
    "importer": "destination",
    "time": "year",
    "where": '{year: {between: [2001, 2006]}, exporter: [BLR, "NO"]}',
    "by": "sector",
    "level": "0.95",
}
"""How a key may be written. Those that are not here are true or false."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Within(_Strict):
    """Which values of a column are kept: `in` a list, or `between` two values, both included."""

    one_of: Annotated[list[Scalar], Field(min_length=1)] | None = Field(default=None, alias="in")
    between: Annotated[list[Scalar], Field(min_length=2, max_length=2)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Within:
        if (self.one_of is None) == (self.between is None):
            raise ValueError("give either in or between, with a value")
        return self


class Specification(_Strict):
    """Everything that `fit` needs. `data` is a csv or parquet file, beside the specification unless absolute."""

    data: str
    formula: str
    effects: Names = []
    cluster: Names = []
    weights: str | None = None
    offset: str | None = None
    estimator: Literal["ppml", "ols"] = "ppml"
    covariance: Literal["iid", "robust", "cluster"] | None = None
    convention: Literal["stata", "fixest", "none"] = "stata"
    key: Names | None = None
    exporter: str = "exporter"
    importer: str = "importer"
    time: str = "year"
    where: dict[str, Annotated[Within, BeforeValidator(_within)]] = {}
    by: str | None = None
    keep_singletons: bool = False
    bias_correction: bool = False
    reset: bool = False
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95

    @field_validator("formula", "offset")
    @classmethod
    def _readable(cls, text: str | None, info: ValidationInfo) -> str | None:
        try:
            if text is not None:
                parse(text) if info.field_name == "formula" else parse_factor(text)
        except LandbridgeError as error:
            raise ValueError(str(error)) from None
        return text

    def options(self) -> dict[str, Any]:
        """The arguments of `fit` besides frame and formula."""
        apart = {"data", "formula", "where", "by", "cluster"}
        return {**self.model_dump(exclude=apart), "cluster": self.cluster or None}

    def chosen(self, table: pl.DataFrame) -> tuple[pl.DataFrame, str]:
        """The rows that `where` keeps, and a note of how many they are; raises `UnknownLabel` for a column not held."""
        known(list(self.where), table.columns)
        if not self.where:
            return table, ""
        kept = table.filter([_test(table[name], wanted) for name, wanted in self.where.items()])
        return kept, f"where: {kept.height:,} of {table.height:,} rows kept."


def specification(content: Any, where: str) -> Specification:
    """A specification out of a mapping read from the file `where`; raises `BadFile` with every problem."""
    if not isinstance(content, Mapping):
        raise BadFile("the file is no specification.", where=where, remedy=_EXAMPLE)
    try:
        return Specification.model_validate(dict(content))
    except ValidationError as error:
        raise BadFile(list(_problems(error, where))) from None


def data_path(spec: Specification, beside: Path) -> Path:
    """The file of the data: relative to the folder of the specification. Raises `BadFile` for a home that is none."""
    try:
        return beside.parent / Path(spec.data).expanduser()
    except RuntimeError:
        raise BadFile(
            f"the folder that {spec.data!r} begins with is nobody's.",
            where=f"{beside.name}, data",
            cause="A `~` at the beginning means a home folder.",
            remedy="Write the whole path, or one relative to the specification.",
        ) from None


def _problems(error: ValidationError, where: str) -> Iterator[Problem]:
    told = set()
    for item in error.errors(include_url=False, include_input=False):
        # Alternatives of one value (text, number) fail together; the user wrote one thing.
        path = [str(part) for part in item["loc"]]
        shown = [part for part in path if part not in ("str", "int", "float", "bool")]
        if (place := tuple(shown)) in told:
            continue
        told.add(place)
        at = f"{where}, {'.'.join(shown)}" if shown else where
        if item["type"] == "extra_forbidden":
            valid = ("in", "between") if len(path) > 1 else tuple(Specification.model_fields)
            close = nearest(path[-1], valid)
            hint = f"Nearest valid: {', '.join(close)}." if close else ""
            yield Problem(f"no key is called {path[-1]!r}.", at, hint, f"Valid: {', '.join(valid)}.")
        elif item["type"] == "missing":
            yield Problem(f"the key {path[-1]!r} is missing.", where, remedy=_EXAMPLE)
        else:
            said = item["msg"].removeprefix("Value error, ")
            key = path[0] if path else ""
            remedy = f"Write `{key}: {_WRITTEN.get(key, 'true')}`."
            if key not in Specification.model_fields:
                remedy = f"Valid keys: {', '.join(Specification.model_fields)}."
            yield Problem(said if said.endswith(".") else f"{said}.", at, remedy=remedy)


def _test(cells: pl.Series, wanted: Within) -> pl.Expr:
    values = wanted.one_of or wanted.between or []
    where = f"where, {cells.name}"
    _alike(cells.dtype, values, where)
    column = pl.col(cells.name)
    if any(isinstance(value, float) for value in values):
        # Whole numbers and fractions are not compared with each other by themselves.
        column, values = column.cast(pl.Float64), [float(value) for value in values]
    elif isinstance(cells.dtype, pl.Categorical | pl.Enum):
        column = column.cast(pl.String)
    if wanted.between is None:
        return column.is_in(values)
    if values[0] > values[1]:  # type: ignore[operator]
        raise BadFile(
            f"nothing lies between {values[0]} and {values[1]}.",
            where=where,
            remedy="Write the smaller value first.",
        )
    return column.is_between(values[0], values[1])


def _alike(kind: pl.DataType, values: list[Any], where: str) -> None:
    """Raises `BadFile` where a column is compared with values of another kind, which would keep nothing."""
    text, flags = kind in (pl.String, pl.Categorical, pl.Enum), kind == pl.Boolean
    if not (text or flags or kind.is_numeric()):
        raise BadFile(
            f"this column holds {kind}; only text, numbers and true or false are compared.",
            where=where,
            remedy="Add a column of years or of text to the file and name that.",
        )
    if any(isinstance(value, float) and not math.isfinite(value) for value in values):
        raise BadFile(
            "a value is not a number or infinite.",
            where=where,
            remedy="Write a number, or leave the key out.",
        )
    wrong = [value for value in values if isinstance(value, str) != text or isinstance(value, bool) != flags]
    if wrong:
        held = "text" if text else "true or false" if flags else "numbers"
        remedy = f'Write "{wrong[0]}" in quotes.' if text else f"Write {wrong[0]} without quotes."
        if flags:
            remedy = "Write true or false."
        elif isinstance(wrong[0], bool):
            remedy = "YAML reads NO, ON and YES as false and true; write such a label in quotes."
        raise BadFile(f"{wrong[0]!r} is compared with {held}.", where=where, remedy=remedy)
