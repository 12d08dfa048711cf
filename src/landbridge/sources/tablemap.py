"""Map files: what the columns of somebody's csv mean.

Written by people, in YAML; presets are in `presets/`.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from landbridge.errors import BadFile, BadUsage, Problem, nearest
from landbridge.sources.guard import LIMITS, Limits, yaml_file
from landbridge.sources.places import By, country_codes, labels

Encoding = Literal["utf-8", "gb18030", "cp1251", "cp1252", "koi8-r"]
PeriodFormat = Literal["yyyy", "yyyymm", "yyyy-mm", "mm/yyyy", "yyyy年mm月"]
Basis = Literal["fob", "cif", "unstated"]
_HS = r"^HS(92|96|02|07|12|17|22)?$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PeriodColumn(_Strict):
    """Where the period stands and how it is written; several ways are tried in order."""

    column: str
    formats: Annotated[list[PeriodFormat], Field(min_length=1)]


class PlaceColumn(_Strict):
    """Where a place stands. `within` names a country if its regions are meant; `first` takes so many leading
    characters.

    `aliases` are spellings that the code lists do not hold, with their ISO 3166 code.
    """

    column: str
    by: By = "name"
    within: str = ""
    first: Annotated[int, Field(ge=1)] | None = None
    aliases: dict[str, str] = {}

    @model_validator(mode="after")
    def _codes_exist(self) -> PlaceColumn:
        if self.within and self.within not in country_codes():
            raise ValueError(f"within: {self.within!r} is not an ISO 3166-1 alpha-3 code")
        valid = set(labels("code", self.within).values())
        wrong = sorted(set(self.aliases.values()) - valid)
        if wrong:
            raise ValueError(
                f"aliases: {', '.join(wrong)} not in the code list; nearest: {nearest(wrong[0], valid)}"
            )
        return self


class Direction(_Strict):
    """Whether the home place exports or imports: a `column` with words for both, words in the `file_name`, or
    `always`.
    """

    column: str | None = None
    file_name: bool = False
    always: Literal["exports", "imports"] | None = None
    exports: list[str] = []
    imports: list[str] = []

    @model_validator(mode="after")
    def _one_way(self) -> Direction:
        if (self.column is not None) + self.file_name + (self.always is not None) != 1:
            raise ValueError("give exactly one of column, file_name, always")
        if self.always is None and not (self.exports and self.imports):
            raise ValueError("exports and imports must list the words used for them")
        return self


class ProductColumn(_Strict):
    """HS codes with `digits` digits, cut to the first `keep`.

    Lost leading zeros are put back only with `restore_zeros`.
    """

    column: str
    digits: Literal[2, 4, 6, 8, 10] = 6
    keep: Literal[2, 4, 6] = 6
    restore_zeros: bool = False

    @model_validator(mode="after")
    def _long_enough(self) -> ProductColumn:
        if self.keep > self.digits:
            raise ValueError("keep may not exceed digits")
        return self


class ValueColumn(_Strict):
    """The value, in units of `scale` US dollars.

    Other currencies are refused: nothing is converted silently.
    """

    column: str
    currency: Literal["USD"]
    scale: Annotated[float, Field(gt=0)] = 1.0


class QuantityColumn(_Strict):
    """A quantity: `tonnes_per_unit` of one unit, or by the unit in `unit_column`.

    Other units leave it missing.
    """

    column: str
    tonnes_per_unit: Annotated[float, Field(gt=0)] | None = None
    unit_column: str | None = None
    tonnes_per: dict[str, Annotated[float, Field(gt=0)]] = {}

    @model_validator(mode="after")
    def _one_way(self) -> QuantityColumn:
        if (self.tonnes_per_unit is None) == (self.unit_column is None):
            raise ValueError("give either tonnes_per_unit, or unit_column with tonnes_per")
        return self


class TableMap(_Strict):
    """A whole map file. Places are `exporter` and `importer`, or `home`, `partner` and `direction`."""

    about: str
    tested_against_live_download: bool
    notes: list[str] = []
    encodings: Annotated[list[Encoding], Field(min_length=1)] = ["utf-8"]
    delimiters: Annotated[list[Literal[",", ";", "\t", "|"]], Field(min_length=1)] = [","]
    decimal: Literal[".", ",", "either"] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    missing: list[str] = []
    period: PeriodColumn
    product: ProductColumn
    value: ValueColumn
    quantity: list[QuantityColumn] = []
    exporter: PlaceColumn | None = None
    importer: PlaceColumn | None = None
    home: PlaceColumn | None = None
    partner: PlaceColumn | None = None
    direction: Direction | None = None
    nomenclature: dict[int, Annotated[str, Field(pattern=_HS)]] | Annotated[str, Field(pattern=_HS)]
    reporter: str = ""
    basis: Basis | dict[Literal["exports", "imports"], Basis] = "unstated"
    status: Literal["reported", "mirrored", "reconciled"] = "reported"
    repeats: Literal["refuse", "add"] = "refuse"

    @field_validator("reporter")
    @classmethod
    def _reporter_exists(cls, code: str) -> str:
        if code and code not in country_codes():
            raise ValueError(f"{code!r} is not an ISO 3166-1 alpha-3 code")
        return code

    @model_validator(mode="after")
    def _fits_together(self) -> TableMap:
        pair = self.exporter is not None and self.importer is not None
        sides = self.home is not None and self.partner is not None and self.direction is not None
        both = any((self.exporter, self.importer)) and any((self.home, self.partner, self.direction))
        if both or not (pair or sides):
            raise ValueError("give exporter and importer, or home, partner and direction")
        if self.thousands and self.decimal in (self.thousands, "either"):
            raise ValueError("with a thousands separator the decimal sign must be the other one")
        if isinstance(self.basis, dict) and self.direction is None:
            raise ValueError("a basis by direction needs home, partner and direction")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that a file must have."""
        parts = [self.period, self.product, self.value, self.exporter, self.importer, self.home, self.partner]
        names = [part.column for part in parts if part is not None]
        if self.direction is not None and self.direction.column is not None:
            names.append(self.direction.column)
        return tuple(dict.fromkeys(names))


def presets() -> tuple[str, ...]:
    """Names of the maps that come with the package."""
    folder = files("landbridge.sources").joinpath("presets")
    return tuple(
        sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))
    )


def map_path(name: str) -> Path:
    """The file of the map `name`: a preset, or the path of a user's own.

    Raises `BadUsage` where there is neither.
    """
    if name in presets():
        return Path(str(files("landbridge.sources").joinpath("presets", f"{name}.yaml")))
    if not Path(name).is_file():
        like = nearest(name, presets())
        raise BadUsage(
            f"there is no map file {name!r} and no preset of that name.",
            cause=f"Nearest preset: {like[0]}." if like else "",
            remedy=f"Presets: {', '.join(presets())}. How to write a map: docs/howto/load-your-own-trade.md.",
        )
    return Path(name)


def read_map(path: Path, limits: Limits = LIMITS) -> TableMap:
    """The map in a YAML file; raises `BadFile` with every key that is wrong."""
    content = yaml_file(path, limits)
    try:
        return TableMap.model_validate(content)
    except ValidationError as error:
        remedy = "How to write a map: docs/howto/load-your-own-trade.md."
        problems = [
            Problem(
                f"{item['msg']}.",
                f"{path.name}, {'.'.join(map(str, item['loc'])) or 'top level'}",
                remedy=remedy,
            )
            for item in error.errors(include_url=False, include_context=False, include_input=False)[:20]
        ]
        raise BadFile(problems) from None
