"""Soybeans: tonnes bought and the part of one origin in them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.asking import Question, answer
from landbridge.claims.verdicts.bounds import impossible
from landbridge.claims.verdicts.context import WORLD, Context
from landbridge.claims.verdicts.flow import arrow
from landbridge.claims.verdicts.judging import Asked, ruled_out, unheld
from landbridge.claims.verdicts.spans import Span, span
from landbridge.claims.verdicts.tolerance import ORDER, REVISION
from landbridge.claims.verdicts.verdict import Held, Verdict, beside, claimed_range, cut, shown
from landbridge.provenance import Figure, Status, derive

CODE = "landbridge.claims.verdicts.soya"
_ALL = "*"
_UNIT = "t"


def check(context: Context, claim: Claim) -> Verdict:
    """The verdict on a claim of soybeans imported, or of the part that one origin has in them."""
    if (wrong := impossible(claim)) is not None:
        return wrong
    ends = _ends(claim)
    if claim.value is None or ends is None:
        return unheld(
            claim, Asked("tonnes of heading 1201 by origin, buyer and year, from customs statistics")
        )
    share = claim.indicator == "soybean_import_share"
    held = _shares if share else _tonnes
    return answer(
        context,
        claim,
        Question(
            held=partial(_of_period, context, ends, share),
            years=lambda: {item.span.first // 12 for item in held(context, ends) if item.span},
            needed=partial(_needed, context, ends),
            ruled_out=(lambda _: None) if share else partial(_out_of_order, context, claim, ends),
            mirrored=True,
            uncounted=partial(_uncounted, context, ends, share),
        ),
    )


def _ends(claim: Claim) -> tuple[str, str] | None:
    """(Origin, buyer), `*` for all origins: as directed; of a single party all that it buys."""
    directed = arrow(claim)
    if directed is None:
        directed = (WORLD, claim.parties[0]) if len(claim.parties) == 1 else None
    if directed is None:
        return None
    return (_ALL if directed[0] == WORLD else directed[0]), directed[1]


def _of_period(context: Context, ends: tuple[str, str], share: bool, period: Span) -> Iterator[Held]:
    found = _shares(context, ends) if share else _tonnes(context, ends)
    yield from (item for item in found if item.span == period)


def _uncounted(context: Context, ends: tuple[str, str], share: bool, period: Span) -> Iterator[str]:
    """The buyer, whose customs count what is imported, where its count of the period is not held."""
    found = _of_period(context, ends, share, period)
    if not any(item.reporter == ends[1] and item.binding for item in found):
        yield ends[1]


def _tonnes(context: Context, ends: tuple[str, str]) -> Iterator[Held]:
    origin, buyer = ends
    for figure in context.data.soya.figures("trade_quantity", origin, buyer):
        if figure.status is Status.FORECAST or figure.unit != _UNIT:
            continue
        when = span(figure.period)
        who, reporter = _counter(context, figure, buyer)
        held = Held(
            definition=f"soybeans (heading 1201), {who}, {when.words() if when else figure.period}",
            figure=figure,
            span=when,
            reporter=reporter,
            series=who,
            main=bool(reporter),
            slack=REVISION * figure.point,
            note=figure.note,
        )
        yield cut(held, context.day)


def _counter(context: Context, figure: Figure, buyer: str) -> tuple[str, str]:
    if figure.status is Status.RECONCILED:
        return "both sides' reports reconciled (BACI)", ""
    if f"customs of {context.name(buyer)}" in figure.note:
        return f"customs of {context.name(buyer)}", buyer
    publisher = figure.citation.source.publisher if figure.citation else "press"
    return f"count not named ({publisher})", ""


def _shares(context: Context, ends: tuple[str, str]) -> Iterator[Held]:
    """Tonnes of one origin over tonnes of all, of one year."""
    parts = list(_tonnes(context, ends))
    wholes = list(_tonnes(context, (_ALL, ends[1])))
    for part in parts:
        for whole in wholes:
            if part.span != whole.span or part.figure is None or not whole.figure or not whole.figure.point:
                continue
            figure = derive(
                f"Part of {part.figure.measure} in {whole.figure.measure}",
                100 * part.figure.point / whole.figure.point,
                "%",
                (part.figure, whole.figure),
                CODE,
                period=part.figure.period,
                comparator="=" if {"="} == {part.figure.comparator, whole.figure.comparator} else "~",
            )
            one_count = part.reporter == whole.reporter != ""
            yield Held(
                definition=f"{part.definition}, over all origins ({whole.series})",
                figure=figure,
                span=part.span,
                reporter=part.reporter,
                series=f"{part.series}|{whole.series}",
                main=one_count,
                slack=2 * REVISION * figure.point,
            )


def _needed(context: Context, ends: tuple[str, str], period: Span | None) -> str:
    origin = "all origins" if ends[0] == _ALL else context.name(ends[0])
    when = f", {period.words()}," if period else ""
    return (
        f"soybeans (heading 1201) from {origin} to {context.name(ends[1])}{when} in tonnes, as published by the customs "
        f"of {context.name(ends[1])}"
    )


def _out_of_order(context: Context, claim: Claim, ends: tuple[str, str], _: Span | None) -> Verdict | None:
    """Tonnes that are an order of magnitude off every year held."""
    wanted = claimed_range(claim)
    held = [item for item in _tonnes(context, ends) if item.binding]
    if wanted is None or wanted.sure.low is None or wanted.sure.high is None or not held:
        return None
    low, high = wanted.sure.low, wanted.sure.high
    by_size = sorted(held, key=lambda item: item.figure.point if item.figure else 0.0)
    least, most = by_size[0], by_size[-1]
    assert least.figure is not None
    assert most.figure is not None
    if low > most.figure.point * ORDER:
        found = most
    elif high < least.figure.point / ORDER:
        found = least
    else:
        return None
    assert found.figure is not None
    size = shown(found.figure.point, _UNIT)
    why = (
        f"More than {ORDER:g} times off every year held, the nearest of which is {size} [{found.figure.id}]."
    )
    return ruled_out(claim, why, (beside(found, context.dated, "a bound"),), found.definition)
