"""The schema of the ledger as data: which kinds of record there are and what may be said of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from landbridge.errors import UnknownLabel
from landbridge.units import CURRENCIES, MONEY

_ANY = "any"


@dataclass(frozen=True, slots=True)
class Property:
    """One thing that may be said of a kind of record (see the head of schema.yaml)."""

    name: str
    type: str
    doc: str
    units: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    many: bool = False
    required: bool = False
    required_with: tuple[str, ...] = ()

    def takes(self, unit: str) -> bool:
        """Whether a value may have a unit: one of its list, any currency where it takes money, or just any."""
        if self.units == (MONEY,):
            return unit in CURRENCIES
        return unit in self.units or self.units == (_ANY,)

    @property
    def allowed(self) -> str:
        """The units in words."""
        return "any currency of ISO 4217" if self.units == (MONEY,) else ", ".join(self.units)

    @property
    def compulsory(self) -> bool:
        """Whether a record must state it, always or together with some other property."""
        return self.required or bool(self.required_with)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record."""

    name: str
    doc: str
    properties: dict[str, Property]

    def property(self, name: str, where: str = "") -> Property:
        """The property called `name`; raises `UnknownLabel` with the nearest ones."""
        try:
            return self.properties[name]
        except KeyError:
            raise UnknownLabel(f"property of {self.name}", name, self.properties, where=where) from None


@lru_cache
def kinds() -> dict[str, Kind]:
    """Every kind of record by name."""
    raw = yaml.load(files("landbridge.ledger").joinpath("schema.yaml").read_bytes(), Loader=_Loader)
    return {
        name: Kind(
            name, kind["doc"], {prop: _property(prop, spec) for prop, spec in kind["properties"].items()}
        )
        for name, kind in raw["kinds"].items()
    }


def kind(name: str, where: str = "") -> Kind:
    """The kind called `name`; raises `UnknownLabel` with the nearest ones."""
    try:
        return kinds()[name]
    except KeyError:
        raise UnknownLabel("kind of record", name, kinds(), where=where) from None


def _property(name: str, spec: dict[str, object]) -> Property:
    units, codes = spec.get("unit", ()), spec.get("codes", ())
    return Property(
        name=name,
        type=str(spec["type"]),
        doc=str(spec["doc"]),
        units=(str(units),) if isinstance(units, str) else tuple(map(str, units)),  # type: ignore[call-overload]
        codes=tuple(map(str, codes)),  # type: ignore[call-overload]
        many=bool(spec.get("many", False)),
        required=bool(spec.get("required", False)),
        required_with=tuple(map(str, spec.get("required_with", ()))),  # type: ignore[call-overload]
    )


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
