"""Builds the input-output part of the embedded release from one pinned package and the project's own tables.

`build(wheel, tables, out)` writes Parquet files; the same inputs give the same bytes on one machine. What the
figures mean and which of them are imputed is told in docs/explanation/imputation.md.

The package is read, not imported or installed: it carries the OECD inter-country input-output table of 2022
as NumPy arrays, without final demand and without the rest of the world.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.flows.imputation import Closed
from landbridge.flows.variants import NAMES, REST, Given, complete, impute

sys.path.insert(0, str(Path(__file__).parent))
from build_pairs import distances, place_pairs

Array = NDArray[np.float64]

WHEEL_SHA256 = "1c29bce64dd5e15d14b956556fc544cae21ac504f0cea07558019c4b9eae4909"
MEMBER = "sanction_simulator/data/bench_cache.npz"
YEAR = 2022

# Assumed: trade with the rest of the world as a share of cross-border trade among the 80 economies, and the
# final use of the rest of the world as a share of theirs. Low and high ends go to the build notes and to
# every figure.
REST_TRADE = {"value": 0.06, "low": 0.03, "high": 0.10}
REST_SIZE = {"value": 0.045, "low": 0.035, "high": 0.055}
CENTRAL = "composite"
TINY_MUSD = 1e-3
TINY_ORIGIN = 1e-5


@dataclass(frozen=True, slots=True)
class Table(Given):
    """The table as published by the package: see `read_table` for axes."""

    places: list[str]
    sectors: list[str]
    leontief: Array


def read_table(wheel: Path) -> Table:
    """Opens the pinned package and returns the table in million dollars.

    `intermediate` (sector, exporter, importer); `by_user` and `imported` (input sector, using sector,
    importer): inputs per unit of output, all and bought abroad; `leontief` (4000, 4000): inputs per unit of
    output by node; `primary_share`, `other_sales`, `output` (sector, place).
    """
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != WHEEL_SHA256:
        raise SystemExit(f"{wheel.name}: SHA-256 is {digest}, expected {WHEEL_SHA256}. Fetch version 0.1.4.")
    with (
        zipfile.ZipFile(wheel) as package,
        np.load(io.BytesIO(package.read(MEMBER)), allow_pickle=False) as held,
    ):
        places, sectors = [str(x) for x in held["countries"]], [str(x) for x in held["sectors"]]
        shares, ratio = held["A"], held["omb"]
        output, other = held["s"], held["z"]
    n_sectors, n = len(sectors), len(places)
    technical = shares * ratio[None, :]
    blocks = (technical * output[None, :]).reshape(n_sectors, n, n_sectors, n)
    intermediate = blocks.sum(axis=2)
    by_seller_place = technical.reshape(n_sectors, n, n_sectors, n)
    by_user = by_seller_place.sum(axis=1)
    at_home = np.einsum("kisi->ksi", by_seller_place)
    return Table(
        intermediate,
        by_user,
        by_user - at_home,
        (1 - ratio).reshape(n_sectors, n) * (output.reshape(n_sectors, n) > 0),
        other.reshape(n_sectors, n),
        output.reshape(n_sectors, n),
        places,
        sectors,
        technical,
    )


def final_use_ratios(tables: Path, sectors: list[str]) -> tuple[Array, Array]:
    """Final-to-intermediate ratios of `final_use_ratios.csv`, at home and across borders, both (sector,)."""
    with (tables / "final_use_ratios.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["sector"]: row for row in csv.DictReader(file)}
    return (
        np.array([float(rows[sector]["domestic_ratio"]) for sector in sectors]),
        np.array([float(rows[sector]["cross_border_ratio"]) for sector in sectors]),
    )


def variants(table: Table, tables: Path) -> dict[str, Closed]:
    """Every imputation of final sales by name; their spread is published beside the central one."""
    ratios, apart = final_use_ratios(tables, table.sectors), distances(table.places)
    return {name: impute(name, table, ratios, apart, REST_TRADE["value"]) for name in NAMES}


def short(values: NDArray[np.floating[Any]], bits: int) -> NDArray[np.float32]:
    """Float32 with `bits` of the 23 mantissa bits kept (rounded): imputed digits are noise and cost space."""
    raw = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    drop = 23 - bits
    half = np.uint32(1 << (drop - 1))
    mask = np.uint32((0xFFFFFFFF >> drop) << drop)
    return ((raw + half) & mask).view(np.float32)


def write(frame: pl.DataFrame, path: Path) -> Path:
    """Deterministic Parquet: fixed compression and row groups, no time stamps."""
    frame.write_parquet(
        path, compression="zstd", compression_level=19, statistics=False, row_group_size=1 << 20
    )
    return path


def cube_labels(first: list[str], second: list[str], third: list[str]) -> list[NDArray[np.int64]]:
    """Index of each cell along the three axes, in row-major order."""
    return [axis.ravel() for axis in np.indices((len(first), len(second), len(third)))]


def build(wheel: Path, tables: Path, out: Path) -> list[Path]:
    """Writes the input-output part of the release to `out` and returns the files written."""
    out.mkdir(parents=True, exist_ok=True)
    table = read_table(wheel)
    imputed = variants(table, tables)
    made = complete(table, imputed[CENTRAL], REST_SIZE["value"])
    rest, rest_inputs = made.rest, made.rest_inputs
    deliveries, dropped = deliveries_frame(table, imputed, made.bought, rest.domestic)
    written = [
        write(deliveries, out / "deliveries.parquet"),
        write(spread_frame(table, imputed), out / "spread.parquet"),
        write(inputs_frame(table, rest_inputs, rest.inputs), out / "inputs.parquet"),
        write(output_frame(table, rest.output, rest.inputs), out / "output.parquet"),
        write(origin_frame(table, rest_inputs), out / "origin.parquet"),
        write(place_pairs(), out / "pairs.parquet"),
    ]
    notes = {
        "year": YEAR,
        "central": CENTRAL,
        "variants": {
            name: {"rounds": found.rounds, "residual": float(f"{found.residual:.1e}")}
            for name, found in imputed.items()
        },
        "rest_trade": REST_TRADE | {"status": "assumed"},
        "rest_size": REST_SIZE | {"status": "assumed"},
        "dropped_below_musd": TINY_MUSD,
        "dropped_musd": float(f"{dropped:.4g}"),
    }
    path = out / "accounts.json"
    path.write_text(json.dumps(notes, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return [*written, path]


def deliveries_frame(
    table: Table, imputed: dict[str, Closed], bought: Array, rest_domestic: Array
) -> tuple[pl.DataFrame, float]:
    """Sales by seller and destination; `undivided_musd` where the rest of the world takes part. Also what was
    dropped.
    """
    places = [*table.places, REST]
    n = len(table.places)
    shape = (len(table.sectors), n + 1, n + 1)
    stack = np.stack([found.final for found in imputed.values()])
    columns = {
        name: np.full(shape, np.nan)
        for name in ("intermediate", "final", "final_low", "final_high", "undivided")
    }
    columns["intermediate"][:, :n, :n] = table.intermediate
    columns["final"][:, :n, :n] = imputed[CENTRAL].final
    columns["final_low"][:, :n, :n] = stack.min(axis=0)
    columns["final_high"][:, :n, :n] = stack.max(axis=0)
    columns["undivided"][:, :n, n] = imputed[CENTRAL].to_rest
    columns["undivided"][:, n, :n] = bought
    columns["undivided"][:, n, n] = rest_domestic
    size = np.nansum(
        np.stack([columns[name] for name in ("intermediate", "final_high", "undivided")]), axis=0
    )
    keep = (size >= TINY_MUSD).ravel()
    value = np.nansum(np.stack([columns[name] for name in ("intermediate", "final", "undivided")]), axis=0)
    sector, exporter, importer = cube_labels(table.sectors, places, places)
    bits = {"intermediate": 20, "final": 16, "final_low": 10, "final_high": 10, "undivided": 16}
    stored = {name: short(held.ravel()[keep], bits[name]) for name, held in columns.items()}
    # Coarser digits must not push an end of the range past the value between them.
    stored["final_low"] = np.minimum(stored["final_low"], stored["final"])
    stored["final_high"] = np.maximum(stored["final_high"], stored["final"])
    frame = pl.DataFrame(
        {
            "sector": np.array(table.sectors)[sector[keep]],
            "exporter": np.array(places)[exporter[keep]],
            "importer": np.array(places)[importer[keep]],
            **{f"{name}_musd": held for name, held in stored.items()},
        }
    )
    floats = [name for name in frame.columns if name.endswith("_musd")]
    frame = frame.with_columns(pl.col(floats).fill_nan(None)).sort("sector", "exporter", "importer")
    return frame, float(value.ravel()[~keep].sum())


def spread_frame(table: Table, imputed: dict[str, Closed]) -> pl.DataFrame:
    """Final sales of all sectors together by pair and method: the range of a sum is that of the methods' sums."""
    totals = np.stack([found.final.sum(axis=0) for found in imputed.values()], axis=2)
    exporter, importer, method = cube_labels(table.places, table.places, list(imputed))
    return pl.DataFrame(
        {
            "exporter": np.array(table.places)[exporter],
            "importer": np.array(table.places)[importer],
            "method": np.array(list(imputed))[method],
            "final_musd": short(totals.ravel(), 18),
        }
    ).sort("exporter", "importer", "method")


def inputs_frame(table: Table, rest_inputs: Array, average: Array) -> pl.DataFrame:
    """Inputs per unit of gross output: `share` from the 80 economies, `rest_share` from the rest of the world
    (assumed).
    """
    places = [*table.places, REST]
    share = np.concatenate([table.by_user, average[:, :, None]], axis=2)
    extra = np.concatenate([rest_inputs, np.zeros_like(average)[:, :, None]], axis=2)
    kept = (share + extra >= 1e-7).ravel()
    used, user, place = cube_labels(table.sectors, table.sectors, places)
    return pl.DataFrame(
        {
            "input_sector": np.array(table.sectors)[used[kept]],
            "using_sector": np.array(table.sectors)[user[kept]],
            "place": np.array(places)[place[kept]],
            "share": short(share.ravel()[kept], 18),
            "rest_share": short(extra.ravel()[kept], 12),
        }
    ).sort("input_sector", "using_sector", "place")


def output_frame(table: Table, rest_output: Array, average: Array) -> pl.DataFrame:
    """Gross output, share of intermediate inputs from the 80 economies, and status, by sector and place."""
    places = [*table.places, REST]
    output = np.concatenate([table.output, rest_output[:, None]], axis=1)
    share = np.concatenate([table.by_user.sum(axis=0), average.sum(axis=0)[:, None]], axis=1)
    sector, place = (axis.ravel() for axis in np.indices(output.shape))
    return pl.DataFrame(
        {
            "sector": np.array(table.sectors)[sector],
            "place": np.array(places)[place],
            "output_musd": output.ravel(),
            "intermediate_share": share.ravel(),
            "status": np.where(np.array(places)[place] == REST, "assumed", "reconciled"),
        }
    ).sort("sector", "place")


def origin_frame(table: Table, rest_inputs: Array) -> pl.DataFrame:
    """Where one unit of a seller's output originates: primary inputs by place, summed through all rounds of
    supply.

    The shares solve origin = v (I - A)^-1 on the full table; v is split into the seller's own place (value
    added and taxes less subsidies) and the rest of the world (assumed). What falls below the threshold goes
    to the rest of the world.
    """
    n_sectors, n = len(table.sectors), len(table.places)
    from_rest = rest_inputs.sum(axis=0)
    own = table.primary_share - from_rest
    sources = np.zeros((n + 1, n_sectors, n))
    sources[np.arange(n), :, np.arange(n)] = own.T
    sources[n] = from_rest
    nodes = n_sectors * n
    found = np.linalg.solve((np.eye(nodes) - table.leontief).T, sources.reshape(n + 1, nodes).T)
    shares = found.T.reshape(n + 1, n_sectors, n)
    small = shares[:n] < TINY_ORIGIN
    shares[n] += np.where(small, shares[:n], 0.0).sum(axis=0)
    shares[:n][small] = 0.0
    active = np.broadcast_to(table.output > 0, shares.shape)
    kept = ((shares > 0) & active).ravel()
    origin, sector, place = (axis.ravel() for axis in np.indices(shares.shape))
    origins = np.array([*table.places, REST])
    return pl.DataFrame(
        {
            "sector": np.array(table.sectors)[sector[kept]],
            "place": np.array(table.places)[place[kept]],
            "origin": origins[origin[kept]],
            "share": short(shares.ravel()[kept], 16),
        }
    ).sort("sector", "place", "origin")


if __name__ == "__main__":
    package, own_tables, target = (Path(argument) for argument in sys.argv[1:4])
    for made in build(package, own_tables, target):
        print(
            f"{made.stat().st_size:>10,d}  {hashlib.sha256(made.read_bytes()).hexdigest()[:16]}  {made.name}"
        )
