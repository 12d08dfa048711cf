"""Changes out of levels: both of one reporter's one series, or the change as its own reporter published it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landbridge.claims.verdicts.context import Context
from landbridge.claims.verdicts.flow import TURNOVER, Flow
from landbridge.claims.verdicts.measured import GOODS, GOODS_AND_SERVICES
from landbridge.claims.verdicts.series import levels
from landbridge.claims.verdicts.spans import Span, calendar_year, span
from landbridge.claims.verdicts.tolerance import REVISION, SLIP
from landbridge.claims.verdicts.verdict import Held
from landbridge.provenance import Figure, Status, derive

CODE = "landbridge.claims.verdicts.growth"


def change(first: Figure, last: Figure, unit: str) -> Figure | None:
    """The change from `first` to `last` in per cent (`%`) or as a factor (`x`); None from zero or less."""
    if first.point <= 0 or first.unit != last.unit:
        return None
    ratio = last.point / first.point
    exact = first.comparator == last.comparator == "="
    return derive(
        f"Change: {last.measure}, against {first.period}",
        ratio if unit == "x" else 100 * (ratio - 1),
        unit,
        (first, last),
        CODE,
        period=last.period,
        comparator="=" if exact else "~",
    )


def bases(period: Span) -> tuple[Span, Span]:
    """(Base, end) of a change over `period`: the year before, or for several years the first of them."""
    if period.whole_years and not period.year:
        return calendar_year(period.first // 12), calendar_year(period.last // 12)
    return period.back(), period


def growths(context: Context, flow: Flow, period: Span, unit: str) -> tuple[Held, ...]:
    """The changes that are held or follow from levels of one series, for one period."""
    base, end = bases(period)
    now = [item for item in levels(context, flow, end) if item.span == end]
    then = [item for item in levels(context, flow, base) if item.span == base]
    found = tuple(_from_levels(then, now, base, end, unit))
    return (*found, *_published(context, flow, end, unit))


def _from_levels(
    then: Sequence[Held], now: Sequence[Held], base: Span, end: Span, unit: str
) -> Iterator[Held]:
    for last in now:
        peers = [first for first in then if _one_series(first, last)]
        # A pair out of one publication has one vintage; only without one do two publications of the series stand in.
        same = [first for first in peers if first.series == last.series]
        for first in same or peers:
            assert first.figure is not None
            assert last.figure is not None
            figure = change(first.figure, last.figure, unit)
            if figure is None:
                continue
            ratio = figure.point if unit == "x" else 100 + figure.point
            yield Held(
                definition=f"growth from {base.words()} of the same reporter's series: {last.definition}",
                figure=figure,
                span=end,
                reporter=last.reporter,
                series=last.series,
                basis=last.basis,
                main=first.main and last.main,
                slack=REVISION * ratio,
                refutes=first.refutes and last.refutes,
                scope=last.scope,
                note="" if same else "the two levels come from two publications of the series",
            )


def _one_series(first: Held, last: Held) -> bool:
    """One reporter and one of its statistics, in one unit; what nobody is named for makes no series."""
    if first.figure is None or last.figure is None or not last.reporter:
        return False
    alike = (
        first.scope == last.scope
        and first.series.split("|")[0] == last.series.split("|")[0]
        and first.basis == last.basis
    )
    return alike and first.reporter == last.reporter and first.figure.unit == last.figure.unit


def _published(context: Context, flow: Flow, period: Span, unit: str) -> Iterator[Held]:
    """Changes printed by a source that gives no level or another definition, from the ledger's records of trade."""
    for record in context.data.ledger.records("trade"):
        if record.text("product") or set(record.parties) != set(flow.ends):
            continue
        for statement in record.quantities("growth"):
            about = _about(statement.note, flow, record.parties)
            usable = statement.source not in context.texts and statement.status is not Status.FORECAST
            if statement.unit != unit or span(statement.period) != period or not about or not usable:
                continue
            yield Held(
                definition=f"growth as published by {statement.speaker or 'the press'}, {period.words()}",
                figure=record.figure(statement),
                span=period,
                reporter=record.parties[0],
                series=statement.source,
                main=True,
                note=statement.note,
                scope=GOODS_AND_SERVICES if GOODS_AND_SERVICES in statement.note else GOODS,
            )


def _about(note: str, flow: Flow, parties: tuple[str, ...]) -> bool:
    """Whether a growth speaks of this flow: the note says exports or imports, and turnover without it."""
    first = note.partition(";")[0].strip()
    if flow.measure == TURNOVER:
        return first not in ("exports", "imports")
    return first == ("exports" if parties[0] == flow.exporter else "imports")


def across(then: Sequence[Held], now: Sequence[Held]) -> tuple[float, float] | None:
    """The lowest and highest ratio of any level now to any level then, across series: a bound, never a growth."""
    first = [item.figure.point for item in then if item.figure and item.binding and item.figure.point > 0]
    last = [item.figure.point for item in now if item.figure and item.binding]
    if not first or not last:
        return None
    return min(last) / max(first) / SLIP, max(last) / min(first) * SLIP
