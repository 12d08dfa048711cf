"""The forms of a ledger file: what people may write, entry by entry, before it is read as statements."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from landbridge.provenance import Status

PERIOD = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-H[12]|-Q[1-4])?"
    r"(/(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-H[12]|-Q[1-4])?|\.\.))?",
    re.ASCII,
)
# Before and after these years lies what no record of today's cooperation can mean: a slip or a stand-in for `unknown`.
FIRST_YEAR, LAST_YEAR = 1500, 2200
RECORD = re.compile(r"[a-z]+/[a-z0-9][a-z0-9-]*")
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
# Strict, because a lax reader would take the text '012' for twelve.
Whole = Annotated[int, Field(strict=True)]


def is_period(text: str) -> bool:
    """True for a period as docs/reference/ledger.md describes it, whose days exist and whose end is not before its start."""
    if not PERIOD.fullmatch(text):
        return False
    begins, _, ends = text.partition("/")
    for moment in filter(None, (begins, ends.strip("."))):
        try:
            date.fromisoformat(moment if len(moment) == 10 else f"{moment[:4]}-01-01")
        except ValueError:
            return False
    both = f"{begins}{ends}"
    length = 4 if "H" in both or "Q" in both else min(len(begins), len(ends))
    return ends in ("", "..") or begins[:length] <= ends[:length]


def within_reach(period: str) -> bool:
    """False for a period in years that a ledger cannot mean, such as 0001 or 9999."""
    begins, _, ends = period.partition("/")
    return all(FIRST_YEAR <= int(end[:4]) <= LAST_YEAR for end in (begins, ends.strip(".")) if end)


def _words(value: object) -> object:
    """Dates and years that YAML reads as such, back to the words written."""
    return value if value is None or isinstance(value, str | list | dict) else str(value)


def _day(value: object) -> object:
    """The day on which a file was recorded; versions of the ledger are told apart by it."""
    text = _words(value)
    if not isinstance(text, str) or len(text) != 10 or not is_period(text):
        raise ValueError("is not a day such as 2026-11-21")
    return text


class Form(BaseModel):
    """A form without room for keys that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ValueForm(Form):
    """A value with what belongs to it."""

    value: Any = None
    low: Number | None = None
    high: Number | None = None
    unit: str = ""
    period: str = ""
    from_: str = Field("", alias="from")
    to: str = ""
    as_of: str = ""
    comparator: str = Field("=", pattern=r"^(=|~|>|<|>=|<=)$")
    speaker: str = ""
    locator: str = ""
    status: Status | None = None
    note: str = ""
    supersedes: str = ""

    _period = field_validator("period", "from_", "to", "as_of", mode="before")(_words)


class EntryForm(Form):
    """What one source says about one record."""

    record: str
    says: dict[str, Any]
    source: str
    kind: str = ""
    locator: str = ""
    speaker: str = ""
    status: Status | None = None
    as_of: str = ""

    _as_of = field_validator("as_of", mode="before")(_words)


class SourceForm(Form):
    """A source that a file brings along, for ledgers that are not the project's own."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    publisher: str
    title: str = ""
    published: str = ""
    url: str = Field("", pattern=r"^(https?://.*)?$")
    licence: str = ""
    kind: str = ""
    weak: bool = False

    _published = field_validator("published", mode="before")(_words)


class RegisterForm(Form):
    """The head of a file of entries. Entries and sources are read one by one, so that one bad one hides no other."""

    recorded: str
    recorder: str
    entries: list[Any]
    kind: str = ""
    sources: list[Any] = []

    _recorded = field_validator("recorded", mode="before")(_day)


class ClaimForm(Form):
    """An assertion found in a span of a text, in our words."""

    at: tuple[Whole, Whole]
    system: Whole = Field(ge=1, le=29)
    kind: str
    indicator: str
    asserts: str
    parties: list[str] = []
    direction: str = ""
    period: str = ""
    period_inferred: str = ""
    asof: str = ""
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    unit: str = ""
    comparator: str = Field("=", pattern=r"^(=|~|>|<|>=|<=)$")
    speaker: str = ""
    note: str = ""
    beside: str = ""
    supersedes: str = ""

    _period = field_validator("period", "period_inferred", "asof", mode="before")(_words)


class ClaimsForm(Form):
    """The head of a file of claims from one text; the claims are read one by one."""

    recorded: str
    recorder: str
    source: str
    sha256: str
    claims: list[Any]
    document: str = ""
    title: str = ""
    asof: str = ""
    # For readers of the file alone. A statement's id covers its note, so to say it there would give every claim of a
    # published file another id.
    asof_inferred: bool = False

    _recorded = field_validator("recorded", mode="before")(_day)
    _asof = field_validator("asof", mode="before")(_words)


# The keys that each form knows, by its name, for hints on a misspelt one.
FORMS = {
    model.__name__: tuple(spec.alias or name for name, spec in model.model_fields.items())
    for model in (ValueForm, EntryForm, SourceForm, RegisterForm, ClaimForm, ClaimsForm)
}
