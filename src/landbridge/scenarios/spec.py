"""A scenario: a name, the year of its accounts, and a list of changes, each with a size and a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

from landbridge.errors import nearest
from landbridge.scenarios.changes import Change, Text
from landbridge.scenarios.forms import Fault, Form, refused
from landbridge.scenarios.sizes import Cited
from landbridge.scenarios.words import Country

BASE_YEAR = 2022
"""The only year whose closed world table is held."""
MODELS = ("caliendo-parro", "without-links", "one-sector")
DEFICITS = ("additive", "multiplicative", "removed")
LONG_RUN = "long-run"


def _chosen(kind: str, valid: tuple[str, ...]) -> Any:
    def choose(given: Any) -> str:
        if given in valid:
            return str(given)
        close = nearest(str(given), valid)
        hint = f"Nearest valid: {', '.join(close)}." if close else ""
        raise refused(f"no {kind} is called {given!r}.", f"Valid: {', '.join(valid)}.", hint)

    return PlainValidator(choose)


def _year(given: Any) -> int:
    if given == BASE_YEAR and not isinstance(given, bool | str):
        return BASE_YEAR
    raise refused(
        f"no closed table of {given!r} is held.",
        f"Write base_year: {BASE_YEAR}, and say in not_captured what has changed since.",
        f"A scenario starts from the world's accounts, and those are of {BASE_YEAR} alone.",
    )


def _horizon(given: Any) -> str:
    if given == LONG_RUN:
        return LONG_RUN
    raise refused(
        f"the horizon {given!r} cannot be answered.",
        f"Write horizon: {LONG_RUN}, or leave the key out.",
        "The models have full employment and finished adjustment: they say where an economy settles, nothing of the "
        "months after an embargo or another shock, when stocks, contracts and idle hands decide.",
    )


def _change(given: Any) -> Change:
    if isinstance(given, Change) and type(given) is not Change:
        return given
    raise refused(
        f"{type(given).__name__} is no change.",
        "Give lb.BorderTime(...), lb.Tariff(...) or another kind; a mapping is read by lb.scenario(mapping).",
    )


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, str | Change) else given


def _named(given: str) -> str:
    if not given.strip():
        raise refused("the name is empty.", "Say in a few words what happens.")
    return given


class Scenario(Form):
    """A named list of changes on the accounts of one year. Results are long-run, with full employment.

    `places` are the headlines, by default those that the changes name; `not_captured` are sentences on what the
    scenario leaves out.
    """

    first = ("name", "changes")
    example = "name: one-stop border"

    name: Annotated[str, Field(max_length=200), AfterValidator(_named)]
    changes: Annotated[
        tuple[Annotated[Change, PlainValidator(_change)], ...], BeforeValidator(_listed), Field(min_length=1)
    ]
    base_year: Annotated[int, PlainValidator(_year)] = BASE_YEAR
    model: Annotated[Literal["caliendo-parro", "without-links", "one-sector"], _chosen("model", MODELS)] = (
        "caliendo-parro"
    )
    deficits: Annotated[
        Literal["additive", "multiplicative", "removed"], _chosen("closure of deficits", DEFICITS)
    ] = "additive"
    horizon: Annotated[str, PlainValidator(_horizon)] = LONG_RUN
    description: Text = ""
    not_captured: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = ()
    places: Annotated[tuple[Country, ...], BeforeValidator(_listed)] = ()

    def unfit_values(self) -> Iterator[Fault]:
        """Two changes of one label that disagree about a size, or a label that is another change's number."""
        held: dict[tuple[str, str], Any] = {}
        for at, (label, change) in enumerate(zip(self.labels, self.changes, strict=True)):
            for name, size in change.ranges().items():
                if held.setdefault((label, name), size) != size:
                    yield Fault(
                        ("changes", at, name),
                        f"two changes are called {label!r} and give {name} two sizes.",
                        "Changes of one label share their draws.",
                        "Give them the same size, or labels of their own.",
                    )
        for at, change in enumerate(self.changes):
            if change.drawn_with and not self.shared(change):
                yield Fault(
                    ("changes", at, "drawn_with"),
                    f"no other change is called {change.drawn_with!r} and has a size like one of these.",
                    _nearest(change.drawn_with, self.labels),
                    "Name a change that gives the same hours, shares or rates; sizes that differ are drawn apart.",
                )
        numbers = Counter(self.labels)
        for at, change in enumerate(self.changes):
            if not change.label and numbers[self.labels[at]] > 1:
                yield Fault(
                    ("changes", at),
                    f"another change is labelled {self.labels[at]!r}, as this one is by its number.",
                    remedy="Give one of them another label.",
                )

    @property
    def labels(self) -> tuple[str, ...]:
        """What each change is called in parameters and results: its label, else its kind and number."""
        return tuple(change.label or f"{change.kind} {at}" for at, change in enumerate(self.changes, 1))

    def shared(self, change: Change) -> dict[str, str]:
        """The sizes of a change that are drawn with those of another, and the label of that one."""
        others = [
            other
            for label, other in zip(self.labels, self.changes, strict=True)
            if label == change.drawn_with
        ]
        own = change.ranges()
        same = [other.ranges() for other in others if other is not change]
        return {
            name: change.drawn_with
            for name, size in own.items()
            if any(held.get(name) == size for held in same)
        }

    @property
    def headlines(self) -> tuple[str, ...]:
        """The places whose results come first."""
        return self.places or tuple(
            dict.fromkeys(place for change in self.changes for place in change.named())
        )


def _nearest(label: str, labels: tuple[str, ...]) -> str:
    close = nearest(label, labels)
    return f"Nearest: {', '.join(close)}." if close else ""


def dump(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain data, the same for every way of writing it: what is hashed.

    Ranges are written in full, groups of sectors as their codes, places whose order says nothing by name; texts that change
    no result (`description`, `not_captured`, `note`) are kept.
    """
    return _plain(scenario, canonical=True)


def to_yaml(scenario: Scenario) -> str:
    """The scenario as the file that `read` reads, in the words of its author."""
    plain = _plain(scenario, canonical=False)
    return str(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None))


def _plain(scenario: Scenario, *, canonical: bool) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name in type(scenario).model_fields:
        value = getattr(scenario, name)
        if name == "changes":
            out[name] = [_plain_change(change, canonical) for change in value]
        elif name == "places" and canonical:
            out[name] = list(scenario.headlines)
        elif value not in ("", ()):
            out[name] = list(value) if isinstance(value, tuple) else value
    # The list of changes is long: it comes last.
    return {**{name: value for name, value in out.items() if name != "changes"}, "changes": out["changes"]}


def _plain_change(change: Change, canonical: bool) -> dict[str, Any]:
    out: dict[str, Any] = {}
    last = ("sectors", "source", "sources", "note")
    own = [field for field in type(change).model_fields if field not in ("kind", "label", *last)]
    sizes = [field for field in own if field in change.sizes()]
    for name in (
        "kind",
        "label",
        *(field for field in own if field not in sizes),
        "sectors",
        *sizes,
        "source",
        "sources",
        "note",
    ):
        value = getattr(change, name)
        if value is None or value in ("", (), {}):
            continue
        if name == "sectors" and canonical:
            value = change.codes
        if name == "sources":
            value = {key: _plain_source(value[key]) for key in sizes if key in value}
        elif isinstance(value, Cited):
            value = _plain_source(value)
        elif name in change.ranges():
            value = value.record() if canonical else value.written()
        elif isinstance(value, tuple):
            value = sorted(value) if canonical and name in ("between", "members") else list(value)
        out[name] = value
    return out


def _plain_source(source: Cited | str) -> dict[str, str] | str:
    if isinstance(source, str):
        return source
    return {key: text for key, text in source.model_dump().items() if text}
