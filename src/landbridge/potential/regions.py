"""Trade of two places of which at least one is a region: sharp bounds first, then a model's interval inside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge import codes
from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.flows.loaded import one_account
from landbridge.potential.margins import BOTH, RANGE, UNUSED, Margin, National, figure_of, national, table
from landbridge.potential.own import Own, read
from landbridge.potential.prior import Assumptions
from landbridge.potential.splitting import Split, newest, split
from landbridge.potential.views import (
    BOUNDS,
    COLUMNS,
    ESTIMATE,
    NOMINAL,
    OBSERVED,
    REFUSED,
    TOTAL,
    Cell,
    View,
    ratios,
)
from landbridge.provenance import Citation, Figure, Status, Unavailable, derive

if TYPE_CHECKING:
    from landbridge.codes import Place
    from landbridge.release import Data

Array = NDArray[np.float64]

_CODE = "landbridge.potential.regions.potential"


@dataclass(frozen=True, slots=True)
class RegionPotential:
    """What is known and what is estimated of the trade of two places in one year, in US dollars.

    `frame` has the columns of `COLUMNS`, the total of a direction first, then its items (chapters or sectors), largest
    national total first (what your own files count comes before the rest). `headline` says what to show: `bounds`,
    `estimate`, `refused` or `observed`. Estimates and their ends have two significant digits, bounds three and round
    outwards; counted values stay as they are. `own` is what your files hold on the two places, `notes` say what must
    stand beside any number.
    """

    places: tuple[str, str]
    year: int
    classification: str
    frame: pl.DataFrame = field(repr=False)
    margins: tuple[Margin, ...] = field(repr=False)
    whole: National = field(repr=False)
    inputs: tuple[Figure, ...] = field(repr=False)
    own: tuple[Own, ...] = field(repr=False)
    rounds: int
    residual: float
    notes: tuple[str, ...]

    def table(self) -> pl.DataFrame:
        """The frame."""
        return self.frame

    def margin_table(self) -> pl.DataFrame:
        """Every published figure on the regions concerned: period, publisher, status, and what was made of it."""
        return table(self.margins, self.whole)

    def row(self, exporter: str, importer: str, item: str = TOTAL) -> dict[str, Cell]:
        """One row of the table; raises `UnknownLabel` for a direction or item that it does not have."""
        ways = self.frame.filter((pl.col("exporter") == exporter) & (pl.col("importer") == importer))
        if ways.is_empty():
            pairs = [f"{a} {b}" for a, b in (self.places, self.places[::-1])]
            raise UnknownLabel("direction of this pair", f"{exporter} {importer}", pairs)
        found = ways.filter(pl.col("item") == item)
        if found.is_empty():
            raise UnknownLabel("item of this pair", item, ways["item"].to_list())
        return found.row(0, named=True)

    def figure(
        self, exporter: str, importer: str, item: str = TOTAL, *, of: str = "headline"
    ) -> Figure | Unavailable:
        """The headline (or the `bounds`, or the `estimate`) of one direction and item as a `Figure` with its inputs."""
        row = self.row(exporter, importer, item)
        kind = str(row["headline"]) if of == "headline" else of
        if kind not in (BOUNDS, ESTIMATE, REFUSED, OBSERVED):
            raise BadUsage(
                f"{of!r} is no part of a regional potential.", remedy="Valid: headline, bounds, estimate."
            )
        reason = str(row["reason"])
        if kind == REFUSED or (kind == ESTIMATE and row["estimate_usd"] is None):
            return Unavailable(
                reason, "Ask with assume_output=True to see it assumed in proportion to output."
            )
        everything = "all sectors, intermediate use" if self.classification == "sector" else "all goods"
        label = everything if item == TOTAL else item
        names = f"{exporter} to {importer}, {label}"
        if row["headline"] == OBSERVED and kind in (OBSERVED, ESTIMATE):
            citation = next(
                Citation(own.source)
                for own in self.own
                if (own.exporter, own.importer) == (exporter, importer)
            )
            return Figure(
                f"Trade, {names}", _number(row["estimate_usd"]), "USD", str(self.year), Status.REPORTED, citation=citation,
                cell=f"loaded:{citation.source.id}/{exporter}>{importer}/{self.year}/{item}", note=reason,
            )  # fmt: skip
        if kind == OBSERVED:
            return Unavailable(
                f"Your files do not count {item} of {exporter} to {importer} in {self.year}.",
                "Load a file that does, or ask for the bounds.",
            )
        bounds = kind == BOUNDS
        ends = ("lower_bound_usd", "upper_bound_usd") if bounds else ("low_usd", "high_usd")
        status = Status(str(row["status"]))
        return derive(
            f"{'Bounds of trade' if bounds else 'Estimated trade'}, {names}",
            None if bounds else _number(row["estimate_usd"]),
            "USD",
            self.inputs,
            _CODE,
            period=str(self.year),
            low=_number(row[ends[0]]),
            high=_number(row[ends[1]]),
            status=Status.ESTIMATED if bounds else status,
            note=reason,
        )


def potential(
    data: Data,
    place_a: str,
    place_b: str,
    *,
    year: int | None = None,
    by: str | None = None,
    assume_output: bool = False,
    draws: int = 400,
    seed: int = 1,
    assumed: Assumptions | None = None,
) -> RegionPotential:
    """Trade of two places of different countries, at least one of them a region, both directions, by item.

    `year` and `by` (`hs2`, `sector`) choose the national totals; without them the newest year with chapters, or one for
    which the workspace holds the regions' trade. A country that publishes no trade of its regions is refused unless
    `assume_output` asks to split it in proportion to output. Raises `BadUsage` for places that are no such pair and
    for options that do not apply, `NotHeld` for a year or classification that is not held, `BadSample` where the user's
    own files are above the national total.
    """
    a, b = _pair(place_a, place_b)
    if draws < 20:
        raise BadUsage(f"{draws} draws are too few for an interval.", remedy="Ask for at least 20.")
    silent = tuple(place.code for place in (a, b) if place.kind == "region" and _silent(data, place))
    if assume_output and not silent:
        raise BadUsage(
            f"assume_output has nothing to assume: the countries of {a.code} and {b.code} publish trade of their regions.",
            remedy="Leave it out.",
        )
    whole = _national(data, a, b, year, by)
    # Read first: figures above the national total are refused before anything is balanced.
    seen = read(data, whole, [a.code], [b.code]) | read(data, whole, [b.code], [a.code])
    made = split(
        data,
        whole,
        draws=draws,
        seed=seed,
        assumed=assumed or Assumptions(),
        assume_output=assume_output,
    )
    view = View(data, made, (a, b), silent, assume_output, np.random.default_rng([seed, 1]), seen)
    rows = [row for direction in (0, 1) for row in view.rows(direction)]
    concerned = {place.code for place in (a, b)}
    margins = tuple(margin for margin in made.margins if margin.place in concerned)
    found = {(own.exporter, own.importer): own for part in made.parts for own in part.loaded.values()}
    own = tuple(own for pair, own in (found | seen).items() if concerned & set(pair))
    frame = pl.DataFrame(
        rows, schema={name: pl.Float64 if name.endswith("_usd") else pl.String for name in COLUMNS}
    )
    return RegionPotential(
        (a.code, b.code), whole.year, whole.classification, frame, margins, whole, _inputs(data, made, margins, own, a, b),
        own, made.rounds, made.residual, _notes(made, silent, assume_output, margins, own),
    )  # fmt: skip


def hold_out(data: Data, a: str, b: str, *, year: int, draws: int = 400, seed: int = 1) -> pl.DataFrame:
    """Regions whose trade with the other country is published for a year, beside estimates that did not see it."""
    whole = national(data, a, b, year)
    rows = []
    given = Assumptions()
    everything = split(data, whole, draws=20, seed=seed, assumed=given)
    told = [
        m
        for m in everything.margins
        if m.months == 12 and m.year == year and m.low_usd > 0 and m.use != UNUSED
    ]
    for place in sorted({margin.place for margin in told}):
        made = split(data, whole, draws=draws, seed=seed, assumed=given, left_out=[place])
        side = 0 if place in made.parts[0].regions else 1
        at = made.parts[side].regions.index(place)
        sums = made.cells[:, :, at].sum(axis=2) if side == 0 else made.cells[:, :, :, at].sum(axis=2)
        spread = ratios(data, "row total", made.prior, "neither", draws, np.random.default_rng([seed, 2]))
        for margin in (m for m in told if m.place == place and m.figure.unit != "%"):
            value = sums.sum(axis=1) if margin.direction == BOTH else sums[:, margin.direction]
            low, high = np.quantile(value[1:] * spread, [(1 - NOMINAL) / 2, (1 + NOMINAL) / 2])
            known = (
                margin.low_usd
                if np.isinf(margin.high_usd)
                else float(np.sqrt(margin.low_usd * margin.high_usd))
            )
            rows.append(
                {
                    "place": place,
                    "direction": (f"{a} to {b}", f"{b} to {a}", "both ways")[margin.direction],
                    "year": year,
                    "published_usd": known,
                    "estimate_usd": float(value[0]),
                    "low_usd": float(low),
                    "high_usd": float(high),
                    "ratio": float(value[0] / known),
                    "inside": bool(low <= known <= high),
                    "weak": margin.weak,
                    "source": margin.figure.citation.source.id if margin.figure.citation else "",
                }
            )
    return pl.DataFrame(rows)


def _number(value: Cell) -> float | None:
    return None if value is None else float(value)


def _pair(place_a: str, place_b: str) -> tuple[Place, Place]:
    a, b = codes.place(place_a), codes.place(place_b)
    if "macro" in (a.kind, b.kind):
        macro = a if a.kind == "macro" else b
        raise BadUsage(
            f"{macro} is several regions.", remedy=f"Ask for one of them: {', '.join(macro.members[:6])}."
        )
    if a.kind == b.kind == "country":
        raise BadUsage(f"{a} and {b} are both countries.", remedy="Use `potential` of countries for them.")
    if a.country == b.country:
        raise BadUsage(
            f"{a} and {b} lie in one country.",
            cause="Trade inside a country is counted by no customs service.",
            remedy="Ask for two places of different countries.",
        )
    return a, b


def _silent(data: Data, region: Place) -> bool:
    """Whether nothing is published on the trade of this country's regions as a series."""
    regions = tuple(place.code for place in codes.places("region", region.country))
    return not any(newest(data, regions, name) for name in ("exports", "imports", "trade_by_trader"))


def _national(data: Data, a: Place, b: Place, year: int | None, by: str | None) -> National:
    """The national totals as asked for, or a refusal: nothing else is put in their place."""
    if by not in (None, "hs2", "sector"):
        raise BadUsage(f"{by!r} cannot be split among regions.", remedy="Valid: hs2, sector.")
    pair = a.country, b.country
    loaded = None if by == "sector" else year or _loaded_year(data, a, b)
    whole = national(data, *pair, year or loaded, by)
    if by == "hs2" and year is None and whole.classification != "hs2":
        whole = national(data, *pair, None, by)
    if by not in (None, whole.classification) or year not in (None, whole.year):
        asked = " ".join([*([f"by {by}"] if by else []), *([f"in {year}"] if year else [])])
        raise NotHeld(
            f"no trade between {pair[0]} and {pair[1]} {asked} is held; {whole.classification} of {whole.year} is.",
            remedy="Leave the option out, or load a BACI year with `landbridge load baci FILE`.",
        )
    return whole


def _loaded_year(data: Data, a: Place, b: Place) -> int | None:
    """The newest year in which the workspace holds trade of one of the regions with the other place or country."""
    space = data.workspace
    if space is None:
        return None
    ways = [
        (x.code, y)
        for x, other in ((a, b), (b, a))
        if x.kind == "region"
        for y in {other.code, other.country}
    ]
    for year in sorted(space.years(), reverse=True):
        rows = space.trade(year)
        for one, other in ways:
            sides = pl.col("exporter").is_in([one, other]) & pl.col("importer").is_in([one, other])
            try:
                one_account(rows.filter(sides), year, "hs2")
            except NotHeld:
                continue
            return year
    return None


def _inputs(
    data: Data, made: Split, margins: tuple[Margin, ...], own: tuple[Own, ...], a: Place, b: Place
) -> tuple[Figure, ...]:
    used = [figure_of(margin, made.whole) for margin in margins if margin.use != UNUSED]
    sizes = []
    for place in (a, b):
        for indicator in ("output", "gdp_share") if place.kind == "region" else ():
            found = data.observations.latest(place.code, indicator)
            if isinstance(found, Figure):
                sizes.append(found)
                break
    return (*made.whole.figures, *sizes, *used, *(held.figure() for held in own))


def _notes(
    made: Split,
    silent: tuple[str, ...],
    assume_output: bool,
    margins: tuple[Margin, ...],
    own: tuple[Own, ...],
) -> tuple[str, ...]:
    whole = made.whole
    notes = [
        "Margins do not say which region trades with which: inside the bounds sizes and distances alone answer.",
        f"National totals are those of {whole.year}; outputs of regions are of other years, each with its own.",
        _of_items(whole, own),
        *(held.note() for held in own),
    ]
    named = {(held.exporter, held.importer) for held in own}
    others = {(held.exporter, held.importer) for part in made.parts for held in part.loaded.values()} - named
    if others:
        notes.append(f"Your files hold {len(others)} more flows of other regions; they fix what these leave.")
    if whole.classification == "sector":
        notes.append(
            "Totals by sector are deliveries for intermediate use alone; final sales by destination would be imputed. They "
            "are no customs values, so published regional trade is not set against them."
        )
    if any(part.country == "RUS" for part in made.parts):
        notes.append(
            "Russian regions' trade is counted where the declaring firm is registered: bounds are of declared trade, and "
            "the model takes declared sums as soft targets, Moscow's between its share in output and its declared share."
        )
    if any(margin.use == RANGE and margin.weak for margin in margins):
        notes.append("Some of the figures come from weak sources; the table of margins marks them.")
    if made.prior != "gravity":
        notes.append("The place of one side is not known region by region, so distances could not be used.")
    if silent and assume_output:
        notes.append(
            "Belarus publishes no trade of its regions; 15 per cent of output is not allocated and is drawn by lot."
            if "BLR" in {codes.place(code).country for code in silent}
            else "No regional trade is published."
        )
    return tuple(notes)


def _of_items(whole: National, own: tuple[Own, ...]) -> str:
    if own:
        return (
            "Chapters that your files hold enter as counted; all others are split like the total, because no regional "
            "figure by product is held for them."
        )
    if not whole.items:
        return "No chapters of this year are held, so there is nothing by product."
    return "An item is split like the total: no regional figure by product is held unless you load one."
