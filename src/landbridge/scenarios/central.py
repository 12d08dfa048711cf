"""The central solutions of a run: one in full on the central account, and its outcomes under every imputation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.equilibrium import Equilibrium, decomposition
from landbridge.scenarios.outcomes import Layout
from landbridge.scenarios.plan import Plan
from landbridge.scenarios.solving import ONE_SECTOR, Economy, Prepared, ShadowCost, Solved
from landbridge.scenarios.store import Store

Array = NDArray[np.float64]

_VECTORS = ("real_income_hat", "wage_hat", "price_index_hat", "spending_hat", "tariff_revenue")
_WORDS = ("residual", "iterations", "method", "closure", "concept")
_MUSD = ("base_musd", "new_musd")


@dataclass(frozen=True, slots=True)
class Central:
    """Solutions with central parameters.

    `outcomes` (V, width), the central account first; `pairs` (V, 2, N, N): base and new trade of all sectors; `flows`
    (S, N, N) and `spending` (N,): base, million US dollars; `found`: the equilibrium on the central account;
    `first_order` (3, N): terms of trade, volume of trade and delivery of the first-order decomposition in per cent of
    real income, hundred log points; `residuals` (V,); `repairs`: steps taken on any baseline.
    """

    variants: tuple[str, ...]
    sectors: tuple[str, ...]
    places: tuple[str, ...]
    outcomes: Array
    pairs: Array
    flows: Array
    spending: Array
    found: Equilibrium
    first_order: Array
    residuals: Array
    shadow: tuple[ShadowCost, ...]
    repairs: tuple[str, ...]


def solve_central(plan: Plan, economies: Sequence[Economy], layout: Layout) -> Central:
    """Solve a plan with central parameters on every account; the first is the central one."""
    outcomes, pairs, residuals, repairs = [], [], [], []
    first: Solved | None = None
    for economy in economies:
        solved = Prepared(economy, plan).solve()
        base, found = solved.base, solved.found
        outcomes.append(layout.vector(base.spending, base.flows, found))
        pairs.append(np.stack([base.flows.sum(axis=0), (base.flows * found.flows_hat).sum(axis=0)]))
        residuals.append(found.residual)
        repairs += [f"{economy.variant}: {step}" for step in found.repairs]
        first = first or solved
    assert first is not None
    return Central(
        tuple(economy.variant for economy in economies),
        ("all",) if plan.model == ONE_SECTOR else economies[0].sectors,
        economies[0].places,
        np.array(outcomes),
        np.array(pairs),
        first.base.flows,
        first.base.spending,
        first.found,
        _first_order(first),
        np.array(residuals),
        first.shadow,
        tuple(repairs),
    )


def save(store: Store, central: Central) -> None:
    """Keep central solutions in a run's folder; `central.json` comes last, and says that the rest is there."""
    found, n = central.found, len(central.places)
    sector, seller, buyer = np.nonzero(central.flows)
    sectors, places = np.array(central.sectors), np.array(central.places)
    cells = (sector, seller, buyer)
    base = central.flows[cells]
    store.write_frame(
        "flows.parquet",
        pl.DataFrame(
            {
                "sector": sectors[sector],
                "exporter": places[seller],
                "importer": places[buyer],
                "base_musd": base,
                "flow_hat": found.flows_hat[cells],
            }
        ),
    )
    store.write_frame(
        "sectors.parquet",
        pl.DataFrame(
            {
                "sector": np.repeat(sectors, n),
                "place": np.tile(places, sectors.size),
                "unit_cost_hat": found.unit_cost_hat.ravel(),
                "output_hat": found.output_hat.ravel(),
            }
        ),
    )
    labels = np.array(central.variants)
    store.write_frame(
        "pairs.parquet",
        pl.DataFrame(
            {
                "imputation": np.repeat(labels, n * n),
                "exporter": np.tile(np.repeat(places, n), labels.size),
                "importer": np.tile(places, n * labels.size),
                **{name: central.pairs[:, i].ravel() for i, name in enumerate(_MUSD)},
            }
        ),
    )
    content = {
        **{name: list(getattr(central, name)) for name in ("variants", "sectors", "places", "repairs")},
        "outcomes": central.outcomes.tolist(),
        "spending_musd": central.spending.tolist(),
        "residuals": central.residuals.tolist(),
        "first_order": central.first_order.tolist(),
        "shadow": [asdict(item) for item in central.shadow],
        **{name: getattr(found, name).tolist() for name in _VECTORS},
        **{name: getattr(found, name) for name in _WORDS},
        "history": list(found.history),
        "solution_repairs": list(found.repairs),
    }
    store.write("central.json", json.dumps(content, indent=1, allow_nan=False).encode())


def restore(store: Store) -> Central | None:
    """The central solutions kept in a run's folder; None where any part of them is missing or damaged."""
    text = store.read("central.json")
    frames = [store.read_frame(f"{name}.parquet") for name in ("flows", "sectors", "pairs")]
    if text is None or any(frame is None for frame in frames):
        return None
    flows, sectors, pairs = (frame for frame in frames if frame is not None)
    held = json.loads(text)
    labels = tuple(held["sectors"]), tuple(held["places"])
    s, n = len(labels[0]), len(labels[1])
    cells = tuple(
        flows[name]
        .replace_strict({label: i for i, label in enumerate(axis)}, return_dtype=pl.Int64)
        .to_numpy()
        for name, axis in (("sector", labels[0]), ("exporter", labels[1]), ("importer", labels[1]))
    )
    base, hat = np.zeros((s, n, n)), np.ones((s, n, n))
    base[cells], hat[cells] = flows["base_musd"].to_numpy(), flows["flow_hat"].to_numpy()
    parts: dict[str, Any] = {name: np.array(held[name]) for name in _VECTORS}
    parts |= {name: sectors[name].to_numpy().reshape(s, n) for name in ("unit_cost_hat", "output_hat")}
    parts |= {name: held[name] for name in _WORDS}
    parts |= {"history": tuple(held["history"]), "repairs": tuple(held["solution_repairs"])}
    found = Equilibrium(flows_hat=hat, **parts)
    count = len(held["variants"])
    return Central(
        tuple(held["variants"]),
        *labels,
        np.array(held["outcomes"]),
        np.stack([pairs[name].to_numpy().reshape(count, n, n) for name in _MUSD], axis=1),
        base,
        np.array(held["spending_musd"]),
        found,
        np.array(held["first_order"]),
        np.array(held["residuals"]),
        tuple(ShadowCost(**{**item, "sectors": tuple(item["sectors"])}) for item in held["shadow"]),
        tuple(held["repairs"]),
    )


def _first_order(solved: Solved) -> Array:
    """Terms of trade, volume of trade and delivery of every place in per cent of real income, hundred log points, (3, N)."""
    held = decomposition(solved.base, solved.found, cost_hat=solved.cost_hat)
    parts = (held.terms_of_trade, held.volume_of_trade, held.delivery)
    return 100.0 * np.stack([part.sum(axis=(0, 1)) for part in parts])
