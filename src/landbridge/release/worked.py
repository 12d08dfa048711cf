"""Worked scenarios: what was solved before the release, read back with its ranges, its assumptions and its origin."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from landbridge.errors import BrokenRelease, UnknownLabel
from landbridge.flows.accounts import InputOutput
from landbridge.flows.trade import ACCOUNTS_SOURCE
from landbridge.provenance import Citation, Figure, Source, Status, Unavailable, derive
from landbridge.release.parameters import Elasticities

REAL_INCOME, TRADE = "real income", "trade"
PERCENT, DOLLARS = "%", "USD"
WORLD = "WLD"
GAIN, LOSS, UNDETERMINED = "gain", "loss", "undetermined"
# What a scenario is: only the first two say anything about obstacles.
REMOVED, ADDED, WHAT_IF, STRESS, NOT_FEASIBLE = (
    "obstacle removed",
    "obstacle added",
    "what if",
    "stress",
    "not feasible",
)
ROLES = (REMOVED, ADDED, WHAT_IF, STRESS, NOT_FEASIBLE)
SOURCES_OF_VARIANCE = ("elasticities", "sizes", "parameters", "imputation")
# The reasons of an undetermined verdict, word for word as a run gives them.
TOO_SMALL = "The change is smaller than what the solver resolves."
WITHIN_SPREAD = "The change is smaller than the spread between imputations of final demand."
HOLDS_ZERO = "The range of the draws holds zero."

# A place, or exporter and importer.
Where = str | tuple[str, str]
Row = Mapping[str, Any]

_CODE = "landbridge.scenarios.making.solve"
_KEY = ("slug", "measure", "where", "unit")
_NUMBERS = ("value", "low", "high", "prior_low", "prior_high", "spread", "residual")
# Fields of a change that hold a size, beside those that end in `_pct`.
_UNITS = {"hours": "h", "delay_days": "days", "coefficient": "index"}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Assumption:
    """One size that a scenario rests on: which of its changes, and the figure; cited, or assumed."""

    change: str
    figure: Figure


class Worked:
    """The results of worked scenarios. Columns: docs/reference/tables.md, `worked_scenarios.csv`.

    `files` are the scenarios by slug. Nothing is solved here: `command` says how to do it again.
    """

    def __init__(
        self,
        frame: pl.DataFrame,
        files: Mapping[str, Path],
        accounts: InputOutput,
        elasticities: Elasticities,
        sources: Mapping[str, Source],
        names: Mapping[str, str],
    ) -> None:
        self.frame = frame.with_columns(
            pl.col(column).cast(pl.Float64)
            for column in frame.columns
            if column in _NUMBERS or column.startswith("variance_")
        )
        self._paths = files
        self._accounts = accounts
        self._elasticities = elasticities
        self._sources = sources
        self._names = {**names, WORLD: "the world", "ROW": "the rest of the world"}
        self._rows: dict[tuple[str, str, Where, str], Row] = {}
        for row in self.frame.iter_rows(named=True):
            where = row["place"] or (row["exporter"], row["importer"])
            self._rows[row["slug"], row["measure"], where, row["unit"]] = row
        self._bases: dict[Where, Figure] = {}
        self._files: dict[str, Row] = {}
        self._assumed: dict[str, tuple[Assumption, ...]] = {}

    @cached_property
    def slugs(self) -> tuple[str, ...]:
        """Every scenario, in the order of the table."""
        return tuple(dict.fromkeys(slug for slug, *_ in self._rows))

    def between(self, a: str, b: str) -> tuple[str, ...]:
        """The scenarios that say something of two countries: real income of both, or of one and their trade.

        Those that move the pair's own trade come first.
        """
        direct, around = [], []
        for slug in self.slugs:
            incomes = sum((slug, REAL_INCOME, place, DOLLARS) in self._rows for place in (a, b))
            traded = any((slug, TRADE, way, DOLLARS) in self._rows for way in ((a, b), (b, a)))
            if traded and incomes:
                direct.append(slug)
            elif incomes == 2:
                around.append(slug)
        return (*direct, *around)

    def title(self, slug: str) -> str:
        """The scenario by name."""
        return str(self._any(slug)["title"])

    def role(self, slug: str) -> str:
        """What the scenario is, one of `ROLES`; a release that does not say calls none an obstacle."""
        return str(self._any(slug).get("role") or WHAT_IF)

    def caveat(self, slug: str) -> str:
        """What decides how the scenario's numbers are read, in words to follow its name; empty where nothing is said."""
        return str(self._any(slug).get("caveat") or "")

    def run(self, slug: str) -> str:
        """The id of the run that the results are from."""
        return str(self._any(slug)["run"])

    def command(self, slug: str) -> str:
        """The call that solves the scenario again."""
        row = self._any(slug)
        return f"landbridge solve {slug} --draws {row['draws']} --seed {row['seed']}"

    def not_captured(self, slug: str) -> tuple[str, ...]:
        """What the scenario leaves out, in its author's sentences."""
        return tuple(self._file(slug).get("not_captured", ()))

    def figure(self, slug: str, measure: str, where: Where, unit: str) -> Figure | Unavailable:
        """The change of `real income` of a place, or of `trade` of an exporter and importer, in `%` or `USD` a year.

        Low and high are the tenth and ninetieth percentile of draws. Under it stand the base value from the accounts, the
        sizes of the changes, and the trade elasticities.
        """
        row = self._row(slug, measure, where, unit)
        if row is None or row["value"] is None:
            return self._missing(slug, measure, where)
        verdict = f"Verdict: {row['verdict']}. {row['reason'] or ''}".strip()
        return Figure(
            self._words(slug, measure, where),
            row["value"],
            unit,
            str(self._accounts.year),
            Status.SIMULATED,
            low=row["low"],
            high=row["high"],
            inputs=(
                self.base(where),
                *(item.figure for item in self.assumptions(slug)),
                self.elasticities,
            ),
            code=_CODE,
            cell=self._cell(slug, measure, where, unit),
            note=f"Long-run, full employment: what changes once the economy has adjusted, beside the base year. {verdict} "
            f"Run {row['run']}, {row['draws']} draws, seed {row['seed']}; {row['closure']}.",
        )

    def imputations(self, slug: str, measure: str, where: Where, unit: str) -> Figure | Unavailable:
        """The lowest and highest central value over the imputations of final demand."""
        row, found = self._row(slug, measure, where, unit), self.figure(slug, measure, where, unit)
        if row is None or isinstance(found, Unavailable):
            return self._missing(slug, measure, where)
        return Figure(
            f"{found.measure}, over imputations of final demand",
            None,
            unit,
            found.period,
            Status.SIMULATED,
            low=row["prior_low"],
            high=row["prior_high"],
            inputs=found.inputs,
            code=_CODE,
            cell=f"{found.cell}/prior_low..prior_high",
            note="Central values of the scenario, solved on the account of each imputation.",
        )

    def verdict(self, slug: str, measure: str, where: Where, unit: str) -> str:
        """`gain`, `loss` or `undetermined`; the last also where nothing is held."""
        row = self._row(slug, measure, where, unit)
        return UNDETERMINED if row is None else str(row["verdict"])

    def reason(self, slug: str, measure: str, where: Where, unit: str) -> str:
        """Why a verdict is undetermined; empty where it is not."""
        row = self._row(slug, measure, where, unit)
        return self._missing(slug, measure, where).reason if row is None else str(row["reason"] or "")

    def agreed(self, slug: str, measure: str, where: Where) -> str:
        """The verdict in per cent and in dollars as one: `undetermined` if either is, or if they differ."""
        found = {self.verdict(slug, measure, where, unit) for unit in (PERCENT, DOLLARS)}
        return found.pop() if len(found) == 1 else UNDETERMINED

    def doubt(self, slug: str, measure: str, where: Where) -> str:
        """Why the verdict of both units is undetermined; empty where it is not."""
        return next(
            (text for unit in (DOLLARS, PERCENT) if (text := self.reason(slug, measure, where, unit))), ""
        )

    def shares(self, slug: str, measure: str, where: Where, unit: str) -> dict[str, Figure]:
        """The share of the variance of draws by source of uncertainty, in per cent; a source that is not drawn has none.

        Total effects: each holds its interactions with the others, so that they may add up to more than the whole.
        """
        row, found = self._row(slug, measure, where, unit), self.figure(slug, measure, where, unit)
        if row is None or isinstance(found, Unavailable):
            return {}
        held = {name: row[f"variance_{name}_pct"] for name in SOURCES_OF_VARIANCE}
        return {
            name: Figure(
                f"{found.measure}: share of the variance of draws that is due to {name}",
                share,
                PERCENT,
                found.period,
                Status.SIMULATED,
                inputs=(found,),
                code=_CODE,
                cell=f"{found.cell}/variance_{name}_pct",
            )
            for name, share in held.items()
            if share is not None
        }

    def errors(self, slug: str, measure: str, where: Where, unit: str) -> dict[str, Figure]:
        """The standard error of each share of variance, in percentage points, where one is held."""
        row = self._row(slug, measure, where, unit)
        if row is None:
            return {}
        return {
            name: Figure(
                f"{share.measure}, standard error",
                error,
                PERCENT,
                share.period,
                Status.SIMULATED,
                inputs=(share,),
                code=_CODE,
                cell=f"{self._cell(slug, measure, where, unit)}/variance_{name}_error_pct",
                note="Of a ratio of two means over pairs of draws (delta method).",
            )
            for name, share in self.shares(slug, measure, where, unit).items()
            if (error := row.get(f"variance_{name}_error_pct")) is not None
        }

    @cached_property
    def elasticities(self) -> Figure:
        """The lowest and highest trade elasticity, out of the two sectors that hold them; every sector has its own."""
        order = self._elasticities.table().sort("theta", "sector")["sector"].to_list()
        ends = [self._elasticities.theta(sector) for sector in (order[0], order[-1])]
        return derive(
            "trade elasticities by sector, lowest and highest central value",
            None,
            "index",
            ends,
            "landbridge.release.worked.Worked.elasticities",
            low=ends[0].point,
            high=ends[1].point,
        )

    def base(self, where: Where) -> Figure:
        """What a change is a change of: final spending of a place, or trade of a pair, in US dollars a year."""
        if where not in self._bases:
            self._bases[where] = self._base(where)
        return self._bases[where]

    def assumptions(self, slug: str) -> tuple[Assumption, ...]:
        """The sizes of the changes, in the order of the file."""
        if slug not in self._assumed:
            self._assumed[slug] = tuple(self._sizes(self._file(slug)))
        return self._assumed[slug]

    def _base(self, where: Where) -> Figure:
        accounts, pair = self._accounts, isinstance(where, tuple)
        year = accounts.year
        if isinstance(where, tuple):
            value = _sold(accounts, *where)
            about = f"trade from {self._names[where[0]]} to {self._names[where[1]]}"
        else:
            places = accounts.places if where == WORLD else (where,)
            value = sum(_spending(accounts, place) for place in places)
            about = f"final spending, {self._names[where]}"
        note = (
            ""
            if pair
            else "Before the revenue of tariffs, which a scenario that takes one off counts as well."
        )
        return Figure(
            about,
            1e6 * value,
            DOLLARS,
            str(year),
            Status.IMPUTED,
            citation=Citation(self._sources[ACCOUNTS_SOURCE], f"closed account of {year}"),
            cell=f"accounts:{year}/{'trade' if pair else 'real_income'}/{'/'.join(where) if pair else where}",
            note=note,
        )

    def _words(self, slug: str, measure: str, where: Where) -> str:
        about = (
            f"change in trade from {self._names[where[0]]} to {self._names[where[1]]}"
            if isinstance(where, tuple)
            else f"change in {measure}, {self._names[where]}"
        )
        return f"{about}, in the scenario “{self.title(slug)}”"

    def _cell(self, slug: str, measure: str, where: Where, unit: str) -> str:
        place = ">".join(where) if isinstance(where, tuple) else where
        return f"worked_scenarios:{slug}/{measure}/{place}/{unit}"

    def _any(self, slug: str) -> Row:
        for (found, *_), row in self._rows.items():
            if found == slug:
                return row
        raise UnknownLabel("worked scenario", slug, self.slugs)

    def _row(self, slug: str, measure: str, where: Where, unit: str) -> Row | None:
        return self._rows.get((slug, measure, where, unit))

    def _missing(self, slug: str, measure: str, where: Where) -> Unavailable:
        return Unavailable(
            f"No result is kept of the {self._words(slug, measure, where)}.",
            f"`{self.command(slug)}` solves it again; its run knows every place and pair.",
        )

    def _file(self, slug: str) -> Row:
        if slug not in self._files:
            try:
                content = yaml.load(self._paths[slug].read_bytes(), Loader=_Loader)
            except (KeyError, OSError, yaml.YAMLError) as error:
                raise BrokenRelease(
                    f"the scenario {slug} cannot be read.",
                    where="scenarios",
                    cause=f"{error}.",
                    remedy="`landbridge check` names every damaged file; install the package again.",
                ) from None
            self._files[slug] = content
        return self._files[slug]

    def _sizes(self, file: Row) -> list[Assumption]:
        found = []
        for number, change in enumerate(file["changes"], 1):
            label = change.get("label") or f"{change['kind']} {number}"
            for name, given in change.items():
                unit = PERCENT if name.endswith("_pct") else _UNITS.get(name)
                if unit is None:
                    continue
                low, value, high = _ends(given)
                whole = change.get("from_source" if name == "from_pct" else "source")
                source = change.get("sources", {}).get(name, whole)
                cited = source if isinstance(source, Mapping) else None
                figure = Figure(
                    f"{label}: {name.removesuffix('_pct').replace('_', ' ')}",
                    value,
                    unit,
                    str(self._accounts.year),
                    Status.ASSUMED if cited is None else Status.REPORTED,
                    low=None if low == high else low,
                    high=None if low == high else high,
                    citation=None if cited is None else _citation(cited),
                    cell=f"scenario:{label}/{name}",
                )
                found.append(Assumption(label, figure))
        return found


def _ends(given: Any) -> tuple[float, float, float]:
    """Low, central and high of a size as a scenario writes it: a number, two ends, or three names."""
    if isinstance(given, Mapping):
        low, high = float(given["low"]), float(given["high"])
        return low, float(given.get("value", (low + high) / 2)), high
    if isinstance(given, list):
        low, high = (float(end) for end in given)
        return low, (low + high) / 2, high
    return (float(given),) * 3


def _citation(cited: Row) -> Citation:
    # The same id as in a run, so that one page is one source.
    source = Source(
        f"scenario-{sha256(cited['url'].encode()).hexdigest()[:10]}",
        cited["publisher"],
        cited.get("title", ""),
        str(cited.get("date", "")),
        cited["url"],
        "as at source",
        "cited in a scenario",
    )
    words = cited.get("words", "")
    return Citation(source, words and f"“{words}”")


# Read off the frames and not the arrays of the accounts, which take longer to fill than all else that is done here; added
# exactly, so that the last bits are the same on every run.
def _sold(accounts: InputOutput, exporter: str, importer: str) -> float:
    """Sales of a pair, all sectors together, million US dollars."""
    rows = _deliveries(accounts, (pl.col("exporter") == exporter) & (pl.col("importer") == importer))
    return math.fsum(value for _, value in rows)


def _spending(accounts: InputOutput, place: str) -> float:
    """What a place buys less what its sectors use up, million US dollars: the solver's final spending."""
    output: defaultdict[str, list[float]] = defaultdict(list)
    for sector, value in _deliveries(accounts, pl.col("exporter") == place):
        output[sector].append(value)
    made = {sector: math.fsum(values) for sector, values in output.items()}
    shares = pl.sum_horizontal(pl.col("share", "rest_share").cast(pl.Float64))
    inputs = accounts.frame("inputs").filter(pl.col("place") == place).select("using_sector", shares)
    bought = math.fsum(value for _, value in _deliveries(accounts, pl.col("importer") == place))
    return bought - math.fsum(share * made.get(sector, 0.0) for sector, share in inputs.iter_rows())


def _deliveries(accounts: InputOutput, chosen: pl.Expr) -> list[tuple[str, float]]:
    """Sector and value of the chosen deliveries, for all uses."""
    value = pl.sum_horizontal(pl.col("intermediate_musd", "final_musd", "undivided_musd").cast(pl.Float64))
    return accounts.frame("deliveries").filter(chosen).select("sector", value).rows()
