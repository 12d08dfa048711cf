"""What the statistics say of a claim: the series compared with it, under which definition, and what follows.

Outcomes:

- `consistent`: the default definition of the indicator agrees (docs/explanation/claims.md lists the defaults).
- `consistent_under`: a named definition agrees, but not the default one, or reporters differ, or only a later vintage does.
- `conflicts`: comparable series of that very period are held and none agrees; the reason states the nearest miss.
- `implausible`: a bound of arithmetic or of magnitude rules the claim out, whether or not its own period is held.
- `not_checkable`: no comparable series is held; the reason names the one that is needed. Absence is never a conflict.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.spans import Span, later, span
from landbridge.claims.verdicts.tolerance import Admitted, Range, admitted, stands_for, weak
from landbridge.provenance import Figure

CONSISTENT, CONSISTENT_UNDER, CONFLICTS = "consistent", "consistent_under", "conflicts"
IMPLAUSIBLE, NOT_CHECKABLE = "implausible", "not_checkable"
OUTCOMES = (CONSISTENT, CONSISTENT_UNDER, CONFLICTS, IMPLAUSIBLE, NOT_CHECKABLE)

AFTER = "published after the claim"
LEFT_OUT = "left out of the judgement: published after"
UNDATED = "whether it was published before or after the claim is not held"


@dataclass(frozen=True, slots=True)
class Held:
    """One value that the release holds, before it is set beside a claim.

    `definition` names what is counted, by whom and when. `main` marks the usual definition of the indicator: goods, all
    of them, in the calendar period itself. `series` tells statistics of one reporter apart. `slack` is how much another
    vintage of the same count may differ, in the unit of the figure. A value without a figure is a fact without a
    number, such as a tie; then `cell` names it. `refutes` is False for what rests on another definition altogether, such as
    balanced accounts beside customs statistics: it can bear a claim out and cannot refute one. `scope` is what is counted:
    all goods, goods with services, or some goods. `left_out` is the day asked for, where it was published after that.
    """

    definition: str
    figure: Figure | None
    span: Span | None
    reporter: str = ""
    series: str = ""
    basis: str = ""
    main: bool = True
    slack: float = 0.0
    note: str = ""
    cell: str = ""
    refutes: bool = True
    scope: str = "goods"
    left_out: str = ""

    @property
    def binding(self) -> bool:
        """True where it may refute a claim: somebody's count that was out by the day asked for, no claim, no forecast."""
        return self.refutes and self.figure is not None and not weak(self.figure) and not self.left_out


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comparable series under one named definition, and whether the claim agrees with it.

    `low` and `high` are what the figure may stand for. `compared` is False for what is shown beside the claim only: another
    period, a bound, a level behind a change. `gap_pct` is how far the claim is above (+) or below (-) the figure, in per
    cent, or in percentage points for changes and shares. `later_vintage` says that it agrees only as far as another
    vintage may differ. `note` holds what else a reader must know, such as `published after the claim`.
    """

    definition: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    period: str
    figure: Figure | None
    reporter: str
    basis: str
    tolerance: str
    agrees: bool
    cell: str
    compared: bool = True
    main: bool = True
    binding: bool = True
    gap_pct: float | None = None
    later_vintage: bool = False
    note: str = ""
    scope: str = "goods"

    def row(self) -> dict[str, Any]:
        """The evidence as plain values; `figure` is the id that `landbridge explain` takes."""
        plain = (
            "definition value low high unit period reporter basis tolerance agrees compared gap_pct "
            "later_vintage cell note"
        )
        return {name: getattr(self, name) for name in plain.split()} | {
            "figure": self.figure.id if self.figure else "",
            "status": self.figure.status.value if self.figure else "",
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows for one claim. `definition` is the one under which it agrees, or with which it was compared."""

    claim: Claim
    outcome: str
    definition: str
    evidence: tuple[Evidence, ...]
    reason: str
    tolerance: str = ""
    needed: str = field(default="")

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(f"{self.outcome!r} is no outcome of a verdict")

    @property
    def cells(self) -> tuple[str, ...]:
        """Every cell that the verdict rests on, each once."""
        return tuple(dict.fromkeys(item.cell for item in self.evidence if item.cell))

    def figures(self) -> Iterator[Figure]:
        """The figures shown, for `landbridge explain`."""
        return (item.figure for item in self.evidence if item.figure is not None)

    def row(self) -> dict[str, Any]:
        """The verdict as plain values, ready for a table or JSON."""
        claim = self.claim
        return {
            "outcome": self.outcome,
            "definition": self.definition,
            "reason": self.reason,
            "claimed": {
                "value": claim.value,
                "unit": claim.unit,
                "comparator": claim.comparator,
                "period": claim.period,
                "period_inferred": claim.period_inferred,
            },
            "held": [item.row() for item in self.evidence],
            "tolerance": self.tolerance,
            "cells": list(self.cells),
            "needed": self.needed,
        }


def cell(held: Held) -> str:
    """The cells behind a value: its own, or those of everything it was made of."""
    if held.cell or held.figure is None:
        return held.cell
    return "; ".join(dict.fromkeys(_cells(held.figure)))


def _cells(figure: Figure) -> Iterator[str]:
    if figure.cell:
        yield figure.cell
    for item in figure.inputs:
        yield from _cells(item)


def claimed_range(claim: Claim) -> Admitted | None:
    """What the claim admits; None where it states no value."""
    if claim.value is None:
        return None
    return admitted(claim.value, claim.unit or "", claim.comparator or "=", claim.quote)


def compare(claim: Claim, held: Held, dated: str) -> Evidence:
    """The value beside the claim, with what agrees and what does not. `dated` is when the claim was made, or nothing."""
    wanted, figure = claimed_range(claim), held.figure
    if wanted is None or figure is None or figure.unit != claim.unit or held.left_out:
        return beside(held, dated)
    stands = stands_for(figure)
    note = [held.note]
    strictly, loosely = wanted.sure.meets(stands), wanted.wide.meets(stands)
    revised = False
    if not strictly and not loosely and held.slack:
        revised = wanted.wide.meets(stands.wider(held.slack))
    if loosely and not strictly:
        note.append(f"the bound is understated by more than a tenth: {shown(figure.point, figure.unit)}")
    return Evidence(
        definition=held.definition,
        value=figure.value,
        low=stands.low,
        high=stands.high,
        unit=figure.unit,
        period=figure.period,
        figure=figure,
        reporter=held.reporter,
        basis=held.basis,
        tolerance=_tolerance(wanted.sure, held, revised),
        agrees=strictly or loosely or revised,
        cell=cell(held),
        main=held.main,
        binding=held.binding,
        gap_pct=_gap(claim, figure),
        scope=held.scope,
        later_vintage=revised,
        note=_noted(note, figure, dated),
    )


def beside(held: Held, dated: str, note: str = "") -> Evidence:
    """A value that is shown with a claim and not compared with it."""
    figure = held.figure
    return Evidence(
        definition=held.definition,
        value=figure.value if figure else None,
        low=figure.low if figure else None,
        high=figure.high if figure else None,
        unit=figure.unit if figure else "",
        period=figure.period if figure else "",
        figure=figure,
        reporter=held.reporter,
        basis=held.basis,
        tolerance="",
        agrees=False,
        cell=cell(held),
        compared=False,
        main=held.main,
        binding=held.binding,
        scope=held.scope,
        note=_noted([held.note, note, f"{LEFT_OUT} {held.left_out}" if held.left_out else ""], figure, dated),
    )


def _tolerance(wanted: Range, held: Held, revised: bool) -> str:
    if not revised or held.figure is None:
        return wanted.words
    unit = "percentage points" if held.figure.unit == "%" else held.figure.unit
    return f"{wanted.words}; other vintages may differ by {shown(held.slack, unit)}"


def _noted(words: list[str], figure: Figure | None, dated: str) -> str:
    kept = [word for word in words if word]
    if dated and figure is not None:
        kept += _vintage(figure, dated)
    return "; ".join(dict.fromkeys(filter(None, kept)))


def _vintage(figure: Figure, dated: str) -> Iterator[str]:
    """What the sources' dates of publication say of the vintage, and where they are not held, that they are not."""
    words = {published_words(published, dated) for published in _sources(figure)}
    yield AFTER if AFTER in words else UNDATED if UNDATED in words else ""


def published_words(published: str, dated: str) -> str:
    """Whether a source was published after a date, in words; empty where it was not."""
    after = later(published, dated)
    return UNDATED if after is None else AFTER if after else ""


def _sources(figure: Figure) -> Iterator[str]:
    if figure.citation is not None:
        yield figure.citation.source.published
    for item in figure.inputs:
        yield from _sources(item)


def cut(held: Held, day: str) -> Held:
    """The value, marked as left out where it was published after a day, or is of a time that was not over by then."""
    if not day or held.figure is None or held.left_out:
        return held
    when = span(held.figure.period)
    limit = span(day)
    ahead = when is not None and limit is not None and not when.open and when.last > limit.last
    late = ahead or any(later(published, day) for published in _sources(held.figure))
    return replace(held, left_out=day) if late else held


def undated(figure: Figure) -> bool:
    """True where the date of publication of a source behind the figure is not held."""
    return not all(_sources(figure))


def _gap(claim: Claim, figure: Figure) -> float | None:
    if claim.value is None:
        return None
    if claim.unit == "%":
        return claim.value - figure.point
    return 100 * (claim.value / figure.point - 1) if figure.point else None


def times(ratio: float) -> str:
    """A ratio for a sentence, with three digits at most: `1.35 times`, `375 times`, `37,400 times`."""
    if ratio >= 1_000:
        power = 10.0 ** (math.floor(math.log10(ratio)) - 2)
        return f"{round(ratio / power) * power:,.0f} times"
    return f"{ratio:.3g} times"


def shown(value: float, unit: str) -> str:
    """A number with its unit for a sentence: `84.22 billion USD`, `458 thousand t`, `33.5 %`."""
    size = abs(value)
    for scale, word in ((1e12, "trillion "), (1e9, "billion "), (1e6, "million ")):
        if size >= scale:
            return f"{value / scale:.4g} {word}{unit}".strip()
    if size >= 1000 or value == int(value):
        return f"{value:,.0f} {unit}".strip()
    return f"{value:.3g} {unit}".strip()
