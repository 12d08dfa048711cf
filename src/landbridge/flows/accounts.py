"""`InputOutput`: the closed world table of one year, read from a folder of Parquet files when first asked
for.

The folder is written by scripts/build_accounts.py. Intermediate deliveries and gross output are those of the
OECD table (`reconciled`); final sales by destination are `imputed`; everything about the rest of the world
(`ROW`) is `assumed`. docs/explanation/imputation.md tells how, and what a figure does not mean.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import BrokenRelease, UnknownLabel
from landbridge.flows.indices import share_range
from landbridge.flows.variants import NAMES, Account, account
from landbridge.flows.variants import REST as REST  # the label that readers of the account import from here

Array = NDArray[np.float64]
T = TypeVar("T")

FILES = ("deliveries", "spread", "inputs", "output", "origin", "pairs")
RATIOS = "final_use_ratios"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the value added in one flow comes from: `frame` with columns origin, value_usd, low_usd,
    high_usd, share_pct, share_low_pct, share_high_pct.

    Low and high are sums of the extremes of single cells of the imputed final sales, so no one method need
    reach them: they are wider than the range of the whole flow. The ends of a share are the lowest and highest that
    sales of the sectors anywhere between their extremes can give. How much of a sale is of which origin is that of
    each seller's whole output.
    """

    exporter: str
    importer: str
    year: int
    frame: pl.DataFrame

    def table(self) -> pl.DataFrame:
        """The frame, largest origin first."""
        return self.frame

    def share_pct(self, origin: str) -> float:
        """Share in per cent of the flow that originates in `origin`; raises `UnknownLabel`."""
        found = self.frame.filter(pl.col("origin") == origin)["share_pct"]
        if found.is_empty():
            raise UnknownLabel("place of origin in this flow", origin, self.frame["origin"].to_list())
        return float(found[0])


@dataclass(frozen=True, slots=True)
class InputOutput:
    """A closed input-output account: 50 sectors, 80 economies and the rest of the world, million US dollars.

    Arrays are dense, float64, with the axis order of their docstring; labels are `sectors` and `places`, both
    sorted. Nothing is read before it is asked for, and nothing twice.
    """

    folder: Path
    _held: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def _once(self, name: str, make: Callable[[], T]) -> T:
        if name not in self._held:
            self._held[name] = make()
        return cast(T, self._held[name])

    def frame(self, name: str) -> pl.DataFrame:
        """One of the files as a frame: deliveries, spread, inputs, output, origin, pairs."""
        if name not in FILES:
            raise UnknownLabel("file of the input-output account", name, FILES)
        return self._once(f"frame {name}", lambda: pl.read_parquet(self._path(name)))

    def _path(self, name: str) -> Path:
        """The file of the account's folder, or the table of ratios, which lies with the release's tables."""
        folder = self.folder.parent / "tables" if name == RATIOS else self.folder
        path = folder / (name if "." in name else f"{name}.parquet")
        if not path.is_file():
            raise BrokenRelease(
                f"{path.name} is missing.",
                where=folder.name,
                cause="The release is older than this file, was not built completely, or a file was removed.",
                remedy="Reinstall, or rebuild the release.",
            )
        return path

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the eight imputations of final sales, the central one first."""
        return NAMES

    def variant(self, name: str) -> Account:
        """The account under one imputation; the central one is this account itself.

        The others are made from the release when first asked for and kept. Raises `UnknownLabel`, and `BrokenRelease`
        where the release lacks the ratios they need.
        """
        if name not in self.variants:
            raise UnknownLabel("imputation of final sales", name, self.variants)
        return self._once(f"variant {name}", lambda: account(name, self))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over names and bytes of all files that the account and its variants are read from."""
        return self._once("fingerprint", self._fingerprint)

    def _fingerprint(self) -> str:
        whole = hashlib.sha256()
        for name in ("accounts.json", *FILES, RATIOS):
            content = self._path(name).read_bytes()
            whole.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
        return whole.hexdigest()

    @property
    def final_use_ratios(self) -> tuple[Array, Array]:
        """Final over intermediate sales of the world, at home and across borders, both (sector,)."""
        frame = pl.DataFrame({"sector": self.sectors}).join(
            pl.read_parquet(self._path(RATIOS)), on="sector", how="left", maintain_order="left"
        )
        lacking = frame.filter(pl.any_horizontal(pl.col("^.*_ratio$").is_null()))["sector"].to_list()
        if lacking:
            raise BrokenRelease(
                f"{len(lacking)} sector(s) have no ratio of final use, first: {lacking[0]}.",
                where=RATIOS,
                remedy="Reinstall, or rebuild the release.",
            )
        home, abroad = (frame[f"{side}_ratio"].cast(pl.Float64) for side in ("domestic", "cross_border"))
        return home.to_numpy(), abroad.to_numpy()

    @property
    def notes(self) -> dict[str, Any]:
        """How the account was built: year, central variant, assumed ranges, rounds and residuals, what was
        dropped.
        """
        return self._once(
            "notes", lambda: json.loads((self.folder / "accounts.json").read_text(encoding="utf-8"))
        )

    @property
    def year(self) -> int:
        """Reference year."""
        return int(self.notes["year"])

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sector codes in the order of every array."""
        return self._once("sectors", lambda: tuple(self.frame("output")["sector"].unique().sort().to_list()))

    @property
    def places(self) -> tuple[str, ...]:
        """ISO 3166-1 alpha-3 codes and `ROW`, in the order of every array."""
        return self._once("places", lambda: tuple(self.frame("output")["place"].unique().sort().to_list()))

    @property
    def intermediate(self) -> Array:
        """Deliveries for intermediate use, (sector, exporter, importer); zero where `ROW` takes part (not
        divided).
        """
        return self._once("intermediate", lambda: self._cube("intermediate_musd"))

    @property
    def final(self) -> Array:
        """Sales for final use, imputed, (sector, exporter, importer); zero where `ROW` takes part (not
        divided).
        """
        return self._once("final", lambda: self._cube("final_musd"))

    @property
    def undivided(self) -> Array:
        """Sales for either use where `ROW` takes part, assumed, (sector, exporter, importer); zero elsewhere."""
        return self._once("undivided", lambda: self._cube("undivided_musd"))

    @property
    def flows(self) -> Array:
        """All sales including those at home, (sector, exporter, importer); sums over importers are gross
        output.
        """
        return self._once("flows", lambda: self.intermediate + self.final + self.undivided)

    @property
    def output(self) -> Array:
        """Gross output, (sector, place), as the row sums of `flows`."""
        return self._once("output", lambda: self.flows.sum(axis=2))

    @property
    def inputs(self) -> Array:
        """Inputs per unit of gross output from all places, `ROW` included, (input sector, using sector,
        place).
        """
        return self._once("inputs", lambda: self.inputs_from_economies + self.inputs_from_rest)

    @property
    def inputs_from_economies(self) -> Array:
        """Inputs per unit of gross output bought outside `ROW`, (input sector, using sector, place)."""
        return self._once("inputs from economies", lambda: self._input_shares("share"))

    @property
    def inputs_from_rest(self) -> Array:
        """Inputs per unit of gross output bought from `ROW`, assumed, (input sector, using sector, place)."""
        return self._once("inputs from rest", lambda: self._input_shares("rest_share"))

    @property
    def primary_share(self) -> Array:
        """One less the input shares, (sector, place): value added and taxes less subsidies per unit of
        output.

        The source drops the rest of the world; inputs bought there are taken out by assumption. Sectors
        without output have 1.
        """
        return self._once("primary_share", lambda: 1.0 - self.inputs.sum(axis=0))

    @property
    def final_use(self) -> Array:
        """Final purchases from all places, (sector, importer): total purchases less intermediate use, never
        negative.
        """
        return self._once("final_use", self._final_use)

    @property
    def final_share(self) -> Array:
        """Share of each sector in a place's final purchases, (sector, importer); columns add up to one."""
        return self._once("final_share", lambda: self.final_use / self.final_use.sum(axis=0, keepdims=True))

    def _final_use(self) -> Array:
        used = np.einsum("ksj,sj->kj", self.inputs, self.output)
        return np.asarray(np.maximum(self.flows.sum(axis=1) - used, 0.0), dtype=np.float64)

    def _cube(self, column: str) -> Array:
        frame = self.frame("deliveries")
        cube = np.zeros((len(self.sectors), len(self.places), len(self.places)))
        where = (
            self._codes(frame["sector"], self.sectors),
            self._codes(frame["exporter"], self.places),
            self._codes(frame["importer"], self.places),
        )
        cube[where] = frame[column].cast(pl.Float64).fill_null(0.0).to_numpy()
        return cube

    def _input_shares(self, column: str) -> Array:
        frame = self.frame("inputs")
        cube = np.zeros((len(self.sectors), len(self.sectors), len(self.places)))
        where = (
            self._codes(frame["input_sector"], self.sectors),
            self._codes(frame["using_sector"], self.sectors),
            self._codes(frame["place"], self.places),
        )
        cube[where] = frame[column].cast(pl.Float64).to_numpy()
        return cube

    @staticmethod
    def _codes(labels: pl.Series, valid: tuple[str, ...]) -> NDArray[np.int64]:
        codes = labels.replace_strict({label: i for i, label in enumerate(valid)}, return_dtype=pl.Int64)
        return np.asarray(codes.to_numpy(), dtype=np.int64)

    def sector(self, code: str) -> int:
        """Position of a sector on its axis; raises `UnknownLabel`."""
        if code not in self.sectors:
            raise UnknownLabel("sector", code, self.sectors)
        return self.sectors.index(code)

    def place(self, code: str) -> int:
        """Position of a place on its axis; raises `UnknownLabel`."""
        if code not in self.places:
            raise UnknownLabel(
                "place of the input-output account",
                code,
                self.places,
                remedy="Economies not listed are inside ROW.",
            )
        return self.places.index(code)

    def origin_of(self, exporter: str, importer: str) -> Origin:
        """Value added by place of origin behind all sales of `exporter` to `importer`, US dollars.

        Each seller's sales are traced through all rounds of supply on the full table, v (I - A)^-1 (Koopman,
        Wang and Wei 2014; Los, Timmer and de Vries 2016). `ROW` holds inputs bought from the rest of the
        world (assumed) and origins too small to list. A seller's own share holds taxes less subsidies besides
        value added. Low and high are sums over sectors of per-cell extremes of the methods of imputation; the
        methods' own totals, kept by pair, lie inside them.
        """
        self.place(exporter), self.place(importer)
        if REST in (exporter, importer):
            raise UnknownLabel(
                "economy with traced supply chains",
                REST,
                [place for place in self.places if place != REST],
                remedy="The account does not know what the rest of the world uses.",
            )
        sold = self.frame("deliveries").filter(
            (pl.col("exporter") == exporter) & (pl.col("importer") == importer)
        )
        shares = self.frame("origin").filter(pl.col("place") == exporter)
        origins = tuple(shares["origin"].unique().sort().to_list())
        parts = np.zeros((len(origins), len(self.sectors)))
        parts[self._codes(shares["origin"], origins), self._codes(shares["sector"], self.sectors)] = (
            shares["share"].cast(pl.Float64).to_numpy()
        )
        used, final, low, high = (
            self._by_sector(sold, f"{name}_musd")
            for name in ("intermediate", "final", "final_low", "final_high")
        )
        # Dense arrays in the order of the labels, added by one thread: the last bits are the same on every run.
        value, least, most = ((parts * (used + end)).sum(axis=1) for end in (final, low, high))
        whole = value.sum()
        ends = share_range(used + low, used + high, parts) if whole > 0 else (np.zeros_like(value),) * 2
        percent = 100 * value / whole if whole > 0 else np.zeros_like(value)
        traced = pl.DataFrame(
            {
                "origin": origins,
                "value_usd": 1e6 * value,
                "low_usd": 1e6 * least,
                "high_usd": 1e6 * most,
                "share_pct": percent,
                # The centre is a point between the ends, and can miss them by rounding.
                "share_low_pct": np.minimum(100 * ends[0], percent),
                "share_high_pct": np.maximum(100 * ends[1], percent),
            },
            schema_overrides={"origin": pl.String},
        )
        traced = traced.filter(pl.col("high_usd") > 0).sort("value_usd", "origin", descending=[True, False])
        return Origin(exporter, importer, self.year, traced)

    def _by_sector(self, rows: pl.DataFrame, column: str) -> Array:
        """A column of deliveries of one pair, (sector,); zero where nothing is delivered."""
        out = np.zeros(len(self.sectors))
        out[self._codes(rows["sector"], self.sectors)] = (
            rows[column].cast(pl.Float64).fill_null(0.0).to_numpy()
        )
        return out
