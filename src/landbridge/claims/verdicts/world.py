"""What countries trade with all others."""

from __future__ import annotations

from collections.abc import Iterator

from landbridge.claims.verdicts.context import Context
from landbridge.claims.verdicts.spans import Span, span
from landbridge.claims.verdicts.tolerance import REVISION
from landbridge.claims.verdicts.verdict import Held, cut
from landbridge.provenance import Figure, derive

CODE = "landbridge.claims.verdicts.world"
_BASIS = {"exports": "f.o.b.", "imports": "c.i.f.", "trade": "exports f.o.b. + imports c.i.f."}


def world(context: Context, place: str, what: str, period: Span | None = None) -> Iterator[Held]:
    """`exports`, `imports` or `trade` (both) of a country with all others, as its own statistics count them."""
    names = ("exports", "imports") if what == "trade" else (what,)
    found = [{figure.period: figure for figure in context.data.observations.series(place, n)} for n in names]
    for year in sorted(set.intersection(*(set(held) for held in found))):
        when = span(year)
        if when is None or (period is not None and when != period):
            continue
        figures = [held[year] for held in found]
        figure = figures[0] if len(figures) == 1 else _both(context, place, figures, year)
        held = Held(
            definition=f"goods, {context.name(place)} (customs statistics), {what} with all partners {_BASIS[what]}, "
            f"{when.words()}",
            figure=figure,
            span=when,
            reporter=place,
            series="observations",
            basis=_BASIS[what],
            slack=REVISION * figure.point,
        )
        yield cut(held, context.day)


def _both(context: Context, place: str, figures: list[Figure], year: str) -> Figure:
    return derive(
        f"Exports plus imports of {context.name(place)}, all partners",
        sum(item.point for item in figures),
        figures[0].unit,
        figures,
        CODE,
        period=year,
    )
