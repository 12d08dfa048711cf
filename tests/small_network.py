"""A small network of two countries: two rail crossings with a break of gauge, one road, a sea, a pipeline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from landbridge.corridors.amounts import Amount
from landbridge.corridors.cost import Cargo
from landbridge.corridors.network import (
    PARAMETERS,
    UNITS,
    Capacity,
    Crossing,
    Line,
    Network,
    Node,
    Parameter,
    Transfer,
)

NODES = {
    "R1": ("region", "RUS"),
    "R2": ("region", "RUS"),
    "RJ": ("junction", "RUS"),
    "RS": ("station", "RUS"),
    "RT": ("station", "RUS"),
    "RP": ("port", "RUS"),
    "RO": ("pump", "RUS"),
    "C1": ("region", "CHN"),
    "C2": ("region", "CHN"),
    "CS": ("station", "CHN"),
    "CT": ("station", "CHN"),
    "CP": ("port", "CHN"),
    "CO": ("pump", "CHN"),
}
LINES = [
    ("r1-rj", "R1", "RJ", "rail-1520", 1000),
    ("r1-rj-old", "R1", "RJ", "rail-1520", 1200),
    ("rj-r2", "RJ", "R2", "rail-1520", 400),
    ("rj-rs", "RJ", "RS", "rail-1520", 2000),
    ("r2-rt", "R2", "RT", "rail-1520", 2100),
    ("rs-rp", "RS", "RP", "rail-1520", 900),
    ("rt-rp", "RT", "RP", "rail-1520", 500),
    ("r2-rt-road", "R2", "RT", "road", 2200),
    ("r1-r2-road", "R1", "R2", "road", 1100),
    ("cs-c1", "CS", "C1", "rail-1435", 800),
    ("c1-c2", "C1", "C2", "rail-1435", 700),
    ("ct-c2", "CT", "C2", "rail-1435", 600),
    ("ct-c2-road", "CT", "C2", "road", 640),
    ("c1-c2-road", "C1", "C2", "road", 690),
    ("cp-c2", "CP", "C2", "rail-1435", 300),
    ("cp-c1-road", "CP", "C1", "road", 400),
    ("sea", "RP", "CP", "sea", 1800),
    ("pipe", "RO", "CO", "crude-pipe", 900),
]
# speed km/day, USD/tkm, kg/tkm, share, hours, USD/t
MODES = {
    "rail-1520": (500, 0.03, 0.025, 0.2, 24, 8),
    "rail-1435": (600, 0.028, 0.026, 0.15, 24, 7),
    "road": (550, 0.06, 0.1, 0.1, 4, 3),
    "sea": (600, 0.008, 0.013, 0.25, 48, 9),
    "crude-pipe": (120, 0.005, 0.004, 0.05, 12, 1),
}
# USD/tkm and USD/t of cargo in bulk; lorries have no rates of their own for it.
BULK_MODES = {
    ("rail-1520", "ALL", "bulk_rate_usd_tkm"): 0.011,
    ("rail-1520", "RUS", "bulk_terminal_usd_t"): 2.5,
    ("rail-1435", "CHN", "bulk_rate_usd_tkm"): 0.019,
    ("sea", "ALL", "bulk_rate_usd_tkm"): 0.003,
}


def amount(value: float, unit: str, spread: float = 0.4, status: str = "assumed") -> Amount:
    """A value with a lopsided range."""
    source = () if status == "assumed" else ("a-survey",)
    return Amount(value * (1 - spread / 2), value, value * (1 + spread), unit, status, source)


def crossing(name: str, a: str, b: str, mode_a: str, mode_b: str, hours: float) -> Crossing:
    broken = mode_a != mode_b
    return Crossing(
        name,
        name.title(),
        *(a, b, mode_a, mode_b, "RUS", "CHN"),
        length=amount(12, "km", 0),
        hours=amount(hours, "h", 0.9, "estimated"),
        charge=amount(4, "USD/t"),
        gauge_break=broken,
        gauge_hours=amount(15, "h") if broken else None,
        gauge_usd_t=amount(9, "USD/t") if broken else None,
        capacity=Capacity(amount(20, "trains/day"), "2024"),
    )


CROSSINGS = [
    crossing("north-rail", "RS", "CS", "rail-1520", "rail-1435", 30),
    crossing("south-rail", "RT", "CT", "rail-1520", "rail-1435", 20),
    crossing("south-road", "RT", "CT", "road", "road", 18),
]


def parameters() -> list[Parameter]:
    return [
        Parameter(mode, "ALL", name, amount(value, unit))
        for mode, values in MODES.items()
        for (name, unit), value in zip(PARAMETERS.items(), values, strict=True)
    ] + [Parameter(*key, amount(value, UNITS[key[2]])) for key, value in BULK_MODES.items()]


def transfers() -> list[Transfer]:
    pairs = [
        ("rail-1520", "sea"),
        ("sea", "rail-1435"),
        ("road", "sea"),
        ("rail-1520", "road"),
        ("rail-1435", "road"),
    ]
    return [Transfer(a, b, "ALL", amount(20, "h"), amount(5, "USD/t")) for a, b in pairs]


def nodes() -> list[Node]:
    return [
        Node(name, f"Town {name}", kind, country, country, 50.0 + number / 10, 100.0)
        for number, (name, (kind, country)) in enumerate(NODES.items())
    ]


def lines() -> list[Line]:
    return [Line(name, a, b, mode, amount(km, "km", 0.1)) for name, a, b, mode, km in LINES]


def small() -> Network:
    """The network as written above."""
    return Network.of(nodes(), lines(), CROSSINGS, parameters(), transfers())


def shaken(seed: int) -> Network:
    """The same network with other lengths, hours and transfers, and now and then a line one-way."""
    rng = np.random.default_rng(seed)
    some = [
        replace(
            line,
            length=amount(line.length.value * rng.uniform(0.4, 2.5), "km"),
            one_way=bool(rng.uniform() < 0.1),
        )
        for line in lines()
    ]
    over = [replace(item, hours=amount(rng.uniform(1, 200), "h")) for item in CROSSINGS]
    change = [replace(item, hours=amount(rng.uniform(1, 60), "h")) for item in transfers()]
    return Network.of(nodes(), some, over, parameters(), change)


def machines() -> Cargo:
    return Cargo(
        "C28", amount(6000, "USD/t"), Amount(0.6, 1.0, 2.1, "%/day", "estimated", ("hummels-schaur-2013",))
    )


def ore() -> Cargo:
    return Cargo("B07", amount(120, "USD/t"), Amount(0.0137, 0.0274, 0.0411, "%/day", "assumed"))


def crude() -> Cargo:
    return Cargo("B06", amount(450, "USD/t"), Amount(0.0137, 0.0274, 0.0411, "%/day", "assumed"))
