"""From a dated panel to cohorts: who was treated when, who never, and what has to be left out before any estimate.

A cohort is the set of directed pairs whose policy came into force in the same period. Three things cannot be compared with
a time before: pairs treated since their first row, rows after a policy ended, and, where nobody stays untreated, the time
since the last cohort joined. Each is left out by a rule that is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import polars as pl

from landbridge.errors import BadSample, BadUsage, Problem, nearest
from landbridge.gravity.frames import columns_of, known, table_of

Reversals = Literal["until", "drop", "stay"]
PAIR = ("exporter", "importer")
THREE_WAY = ("exporter^period", "importer^period", "exporter^importer")
BORDER = "border^period"


@dataclass(frozen=True, slots=True)
class NotIdentified:
    """An answer: these data do not identify the effect. `counts` are what was there."""

    reason: str
    remedy: str
    counts: Mapping[str, int] = field(default_factory=dict)

    verdict = "not identified"

    def __str__(self) -> str:
        there = "; ".join(f"{name} {count:,}" for name, count in self.counts.items())
        return f"Not identified: {self.reason}{f' ({there})' if there else ''} {self.remedy}"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "verdict": self.verdict,
            "reason": self.reason,
            "remedy": self.remedy,
            "counts": dict(self.counts),
        }


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows left out for one reason, and of how many directed pairs."""

    reason: str
    rows: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Panel:
    """A dated panel after the rules.

    `table`: exporter, importer (text), period (whole number), outcome, pair (both directions alike), border (`home` or
    `abroad`), cohort (first treated period; null for pairs never treated), treated (true or false), event (periods since
    the cohort, counted in periods of the panel; null for never treated). Within a pair, treated never ends.
    """

    table: pl.DataFrame
    periods: tuple[int, ...]
    rows_in: int
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...] = ()

    @property
    def domestic(self) -> bool:
        """Whether sales at home are among the rows."""
        return bool((self.table["border"] == "home").any())

    @property
    def effects(self) -> tuple[str, ...]:
        """Effects of structural gravity; with sales at home also what every border did in a period."""
        return (*THREE_WAY, BORDER) if self.domestic else THREE_WAY

    def counts(self) -> dict[str, int]:
        """How much there is to compare; a pair is directed unless called a partnership."""
        abroad = self.table.filter(pl.col("border") == "abroad")
        treated = abroad.filter(pl.col("treated"))
        pairs = abroad.group_by(PAIR).agg(pl.col("cohort").first())
        return {
            "rows": self.table.height,
            "treated_rows": treated.height,
            "treated_pairs": treated.select(PAIR).unique().height,
            "treated_partnerships": treated["pair"].n_unique(),
            "never_treated_pairs": pairs["cohort"].null_count(),
            "cohorts": treated["cohort"].n_unique(),
            "periods": len(self.periods),
            "left_out_pairs_treated_from_the_start": sum(
                each.pairs for each in self.left_out if each.reason == ALWAYS
            ),
        }

    def untreated(self) -> Panel:
        """The rows before any policy, as a panel in which nothing is treated yet; cohorts are kept."""
        return replace(self, table=self.table.filter(~pl.col("treated")))

    def dated(self, cohorts: pl.DataFrame) -> Panel:
        """The panel with other dates: exporter, importer, cohort; pairs treated from their first row are left out."""
        plain = self.table.drop("cohort", "treated", "event")
        return replace(self, table=_cohorts(plain.join(cohorts, on=PAIR, how="left"), self.periods)[0])


_PERIOD = pl.col("period").cast(pl.Float64)
_WHOLE = _PERIOD.is_finite() & (_PERIOD.round() == _PERIOD)
ALWAYS = "treated since its first row: nothing before to compare with"
_ENDED = {
    "until": "after the policy ended",
    "drop": "a pair whose policy ended",
}


def read(
    frame: Any,
    *,
    outcome: str,
    exporter: str,
    importer: str,
    period: str,
    treated: str,
    reversals: Reversals = "until",
) -> Panel:
    """The panel of a frame of any library.

    reversals: what is done with a pair whose policy ends: rows `until` the end are kept; the pair is left out (`drop`);
    or it is taken to `stay` treated. Raises `BadUsage` for the call and `BadSample` with every problem of the rows.
    """
    if reversals not in get_args(Reversals):
        close = ", ".join(nearest(str(reversals), get_args(Reversals)) or get_args(Reversals))
        raise BadUsage(f"reversals={reversals!r} is no rule.", remedy=f"Nearest valid: {close}.")
    names = {"outcome": outcome, "exporter": exporter, "importer": importer, "period": period, "now": treated}
    known(list(names.values()), columns_of(frame))
    if len(set(names.values())) < len(names):
        raise BadUsage(
            "one column is named for two things.", remedy="Name a column each for outcome, sides, date."
        )
    table = table_of(frame, list(names.values())).select(
        pl.col(held).alias(name) for name, held in names.items()
    )
    table = (
        _checked(table, names)
        .with_columns(
            pl.col(PAIR).cast(pl.String), pl.col("period").cast(pl.Int64), pl.col("now").cast(pl.Int8)
        )
        .sort(*PAIR, "period")
    )
    rows_in = table.height
    left: list[LeftOut] = []
    table = _without(table, pl.col("outcome").is_null(), "outcome missing", left)
    table = _ended(table, reversals, left)
    periods = tuple(table["period"].unique().sort().to_list())
    low, high = (each("exporter", "importer") for each in (pl.min_horizontal, pl.max_horizontal))
    home = pl.col("exporter") == pl.col("importer")
    first = pl.col("period").filter(pl.col("now") == 1).min().over(PAIR)
    table = table.with_columns(
        pl.concat_str(low, high, separator="–").alias("pair"),
        pl.when(home).then(pl.lit("home")).otherwise(pl.lit("abroad")).alias("border"),
        first.alias("cohort"),
    ).drop("now")
    made, always = _cohorts(table, periods)
    if always.height:
        left.append(LeftOut(ALWAYS, always.height, always.select(PAIR).unique().height))
    return _with_controls(Panel(made, periods, rows_in, tuple(left)))


def _checked(table: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """The table with 0.0 and 1.0 for the policy, however it was written; raises `BadSample` with every problem."""
    problems = []
    for name in ("period", "now"):
        kind = table[name].dtype
        if not (kind.is_integer() or kind.is_float() or (kind == pl.Boolean and name == "now")):
            problems.append(
                Problem(
                    f"this column holds {kind}, and whole numbers are needed.",
                    f"column {names[name]}",
                    remedy="Turn dates into years, and a policy in force into 0 and 1.",
                )
            )
    sides = [table[name].dtype for name in PAIR]
    if sides[0].is_numeric() != sides[1].is_numeric():
        problems.append(
            Problem(
                f"exporters are {sides[0]} and importers {sides[1]}, so nobody would be found on both sides.",
                f"columns {names['exporter']} and {names['importer']}",
                "One side has codes and the other names, or text stands in one of the two only.",
                "Write the same codes or names on both sides.",
            )
        )
    if problems:
        raise BadSample(problems)
    table = table.with_columns(
        pl.col("now").cast(pl.Float64), *(pl.col(name).cast(pl.String) for name in PAIR)
    )
    for name in (*PAIR, "period", "now"):
        if missing := table[name].null_count():
            what = f"{missing:,} cells are missing."
            remedy = (
                "Say 0 or 1 for every row, or leave the row out."
                if name == "now"
                else "Leave these rows out."
            )
            problems.append(Problem(what, f"column {names[name]}", remedy=remedy))
    for name, fits, words in (
        ("now", pl.col("now").is_in([0.0, 1.0]), "other than 0 and 1"),
        # NaN equals itself here, so it has to be asked for.
        ("period", _WHOLE, "not whole"),
    ):
        if wrong := table.filter(~fits).height:
            problems.append(
                Problem(f"{wrong:,} cells are {words}.", f"column {names[name]}", remedy="Mend these cells.")
            )
    if twice := table.height - table.select(*PAIR, "period").unique().height:
        what = f"{twice:,} rows repeat an exporter, importer and period."
        problems.append(Problem(what, remedy="Add them up, or keep one of them."))
    if home := table.filter((pl.col("exporter") == pl.col("importer")) & (pl.col("now") == 1)).height:
        what = f"{home:,} rows of sales at home are marked as treated."
        problems.append(Problem(what, f"column {names['now']}", remedy="Write 0 on the diagonal."))
    if problems:
        raise BadSample(problems)
    return table


def _without(table: pl.DataFrame, mask: pl.Expr, reason: str, left: list[LeftOut]) -> pl.DataFrame:
    gone = table.filter(mask)
    if gone.height:
        left.append(LeftOut(reason, gone.height, gone.select(PAIR).unique().height))
    return table.filter(~mask) if gone.height else table


def _ended(table: pl.DataFrame, reversals: Reversals, left: list[LeftOut]) -> pl.DataFrame:
    begun = pl.col("now").cum_max().over(PAIR)
    after = ((begun == 1) & (pl.col("now") == 0)).cast(pl.Int8).cum_max().over(PAIR) == 1
    if reversals == "stay":
        return table.with_columns(begun)
    table = table.with_columns(after.alias("after"))
    mask = pl.col("after") if reversals == "until" else pl.col("after").any().over(PAIR)
    return _without(table, mask, _ENDED[reversals], left).drop("after")


def _cohorts(table: pl.DataFrame, periods: Sequence[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows with `treated` and `event`, and the rows of pairs that are treated from their first row."""
    order = pl.DataFrame(
        {"period": list(periods), "at": range(len(periods))}, schema={"period": pl.Int64, "at": pl.Int64}
    )
    table = (
        table.join(order, on="period", how="left")
        .join(order.rename({"period": "cohort", "at": "start"}), on="cohort", how="left")
        .with_columns(
            (pl.col("period") >= pl.col("cohort")).fill_null(False).alias("treated"),
            (pl.col("at") - pl.col("start")).alias("event"),
        )
        .drop("at", "start")
        .sort(*PAIR, "period")
    )
    always = pl.col("treated").all().over(PAIR)
    return table.filter(~always), table.filter(always)


def _with_controls(panel: Panel) -> Panel:
    """Where every pair is treated in the end, the time before the last cohort joined, with that cohort as the control."""
    abroad = panel.table.filter(pl.col("border") == "abroad")
    if abroad.is_empty() or abroad["cohort"].null_count() or abroad["cohort"].n_unique() < 2:
        return panel
    last = max(abroad["cohort"].to_list())
    gone = panel.table.filter(pl.col("period") >= last)
    kept = panel.table.filter(pl.col("period") < last)
    reason = f"since {last}, when the last cohort joined and no control was left"
    left = LeftOut(reason, gone.height, gone.select(PAIR).unique().height)
    periods = tuple(each for each in panel.periods if each < last)
    dates = kept.select(
        *PAIR, pl.when(pl.col("cohort") < last).then(pl.col("cohort")).alias("cohort")
    ).unique()
    cut = replace(
        panel,
        table=kept,
        periods=periods,
        left_out=(*panel.left_out, left),
        notes=(
            *panel.notes,
            f"Every pair is treated in the end: the cohort of {last} is the control, until then.",
        ),
    )
    return cut.dated(dates)
