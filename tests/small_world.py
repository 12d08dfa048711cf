"""A world of four places and three sectors, made of random numbers with a seed: what scenarios need, in milliseconds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl

from landbridge.flows.variants import Account
from landbridge.provenance import Figure, Source, Status, Unavailable
from landbridge.release.observations import Agreements
from landbridge.scenarios import reading
from landbridge.scenarios.spec import Scenario

SECTORS = ("A01", "C20", "J61")
PLACES = ("BLR", "CHN", "KAZ", "RUS")
VARIANTS = ("composite", "ratios", "distance")
THETA = {"A01": (3.0, 4.0, 6.0), "C20": (2.0, 5.0, 7.0), "J61": (1.5, 2.5, 4.0)}


def account(name: str, seed: int) -> Account:
    """One imputation: the same inputs, other flows."""
    rng = np.random.default_rng([seed, VARIANTS.index(name)])
    s, n = len(SECTORS), len(PLACES)
    size = np.array([0.1, 10.0, 0.5, 2.0])
    flows = 10.0 * rng.uniform(0.5, 1.5, (s, n, n)) * np.sqrt(size[None, :, None] * size[None, None, :])
    flows[:, np.arange(n), np.arange(n)] += 200.0 * size
    flows[0, 0, 2] = 0.0
    inputs = np.random.default_rng(seed).uniform(0.05, 0.15, (s, s, n))
    final = flows.sum(axis=1) - np.einsum("ksj,sj->kj", inputs, flows.sum(axis=2))
    return Account(name, SECTORS, PLACES, flows, inputs, final / final.sum(axis=0))


@dataclass
class Accounts:
    seed: int = 7
    year: int = 2022
    sectors: tuple[str, ...] = SECTORS
    places: tuple[str, ...] = PLACES
    variants: tuple[str, ...] = VARIANTS
    asked: list[str] = field(default_factory=list)

    def variant(self, name: str) -> Account:
        self.asked.append(name)
        return account(name, self.seed)

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(f"small world {self.seed}".encode()).hexdigest()


_MEMBERSHIP = ("agreement", "name", "form", "member", "from", "to", "side", "status", "source", "note")


class Elasticities:
    def theta(self, sector: str) -> Figure:
        low, value, high = THETA[sector]
        return Figure(f"theta {sector}", value, "index", "2022", Status.ASSUMED, low=low, high=high)


def world(seed: int = 7) -> Any:
    """What `solve` asks of a release."""
    rates = SimpleNamespace(
        table=lambda: pl.DataFrame(schema={"importer": str, "exporter": str, "sector": str}),
    )
    days = SimpleNamespace(per_day=lambda sector: Unavailable("not held in the small world"))
    source = Source("oecd-icio-2025", "nobody", "a small world", "2022", "https://example.org", "CC0-1.0")
    return SimpleNamespace(
        accounts=Accounts(seed),
        elasticities=Elasticities(),
        tariffs=rates,
        time_values=days,
        agreements=Agreements(pl.DataFrame(schema=dict.fromkeys(_MEMBERSHIP, str))),
        sources={source.id: source},
        corridors=SimpleNamespace(
            network=SimpleNamespace(crossings={}), use=SimpleNamespace(rows=()), unit_values={}
        ),
        manifest=SimpleNamespace(id=f"small-{seed}", files={"tables/elasticities.parquet": "0" * 64}),
    )


def scenario(*changes: dict[str, Any], **more: Any) -> Scenario:
    """A scenario of these changes, whose source is always `assumed`; by default one cheaper pair."""
    listed = changes or ({"kind": "trade_cost", "between": ["CHN", "RUS"], "change_pct": [-8, -2]},)
    content = {"name": "a test", "changes": [{"source": "assumed", **change} for change in listed], **more}
    return reading.scenario(content)
