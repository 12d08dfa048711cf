"""Amounts with a unit beside words that name a measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from landbridge.claims.grammar import linking
from landbridge.claims.grammar.amounts import Amount
from landbridge.claims.grammar.indicators import COUNT, MONEY, PERCENT, unit_class
from landbridge.claims.grammar.linking import Link
from landbridge.claims.grammar.scene import FLOWS, Draft, Scene
from landbridge.claims.grammar.subjects import flow_subject, subject_of

_DURATIONS = frozenset(
    {"partner_rank_duration", "relations_age", "negotiation_duration", "project_duration", "loan_term"}
)
# Durations say what they measure close by; further off they are mere spans of time.
_DURATION_NEAR = 14.0
# A cue that is nearly as near and this much longer is the more telling one.
_NEARLY, _LONGER, _TIE = 1.0, 8, 1.5
_SHARES = ("trade_share", "basket_share")
_WORLDWIDE = {"exports": "total_exports", "imports": "total_imports", "trade_turnover": "total_foreign_trade"}


def measured(scene: Scene, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
    """The claim of an amount whose measure the sentence names; None where it names none."""
    form = linking.construction(scene.said, amount, *scene.span, scene.words)
    sought = amount
    if kind == COUNT:
        sought = in_money(scene, amount, previous)
        if sought is amount:
            return None
        kind = MONEY
    if (
        kind == PERCENT
        and amount.value > 100
        and scene.words.syntax["of_level"].match(scene.behind(amount, 40))
    ):
        # `144 % of the level of 2022` says that something grew by 44 %.
        sought, form = replace(amount, value=amount.value - 100), linking.GROWTH
    links = linking.link(scene.said, sought, scene.cues, scene.amounts, form, scene.words)
    links = tuple(item for item in links if _plausible(scene, item, amount))
    if not links or (previous is not None and _used_up(scene, amount, links[0], previous)):
        return None
    chosen = _telling(links)
    if chosen.indicator in _SHARES:
        # A share of soybean imports has an indicator of its own.
        chosen = next((item for item in links if item.indicator == "soybean_import_share"), chosen)
    indicator = _exactly(scene, chosen, amount, previous)
    value = linking.signed(scene.said, sought, form, *scene.span, scene.words)
    changed = form == linking.GROWTH and (indicator.endswith("_growth") or kind == MONEY)
    measure = chosen.cue.measure
    draft = scene.draft(
        sought,
        indicator,
        kind="change" if changed else "quantity",
        unit=sought.unit,
        value=value,
        span=(min(chosen.cue.start, amount.start), max(chosen.cue.end, amount.end)),
        previous=previous,
        rule=f"measure {measure.indicator}",
        wanted=1 if indicator.startswith("total_") else measure.parties,
        flow=measure.flow,
    )
    if draft is None:
        return None
    readings = dict(draft.readings)
    ties = tuple(dict.fromkeys(item.indicator for item in links if item.cost - chosen.cost < _TIE))
    if len(ties) > 1:
        readings["indicator"] = (indicator, *(name for name in ties if name != indicator))
    if sought.unit != amount.unit:
        readings["unit"] = (sought.unit, "count")
    subject = flow_subject(scene, chosen.cue)
    if indicator == "basket_share" and (part := subject_of(scene, amount)):
        subject = f"{part}: {subject.removeprefix('of ')}"
    flow = indicator.removesuffix("_growth") in FLOWS
    if flow and scene.words.syntax["services_alone"].search(subject):
        # The vocabulary's flows are of goods.
        indicator = "other"
        readings.pop("indicator", None)
    return replace(draft, indicator=indicator, subject=subject, readings=readings)


def in_money(scene: Scene, amount: Amount, previous: Draft | None) -> Amount:
    """A number without unit, as money where the money before it lends currency and scale; else the same object."""
    noun = scene.phrase(amount)
    if noun[1] > noun[0] or amount.form not in ("digits", "words") or scene.behind(amount, 3) == " of":
        return amount
    lent = previous.unit if previous is not None and unit_class(previous.unit) == MONEY else ""
    if previous is not None and not lent and scene.elliptic(amount) and previous.sentence == scene.number:
        return amount
    currency = next((one.unit for one in scene.amounts if unit_class(one.unit) == MONEY), lent)
    if amount.scale >= 1e6:
        # Letters right before the number are a sign of money that no list holds: not dollars.
        return (
            amount
            if scene.words.syntax["unknown_sign"].search(scene.before(amount, 8))
            else replace(amount, unit=currency or "USD")
        )
    if previous is None or not lent or previous.sentence != scene.number or amount.scale != 1.0:
        return amount
    scale = previous.amount.scale
    if not scene.words.syntax["closed"].match(scene.behind(amount, 20)):
        return amount
    short = amount.value < 1000 and (not amount.value.is_integer() or dashed(scene, amount))
    return (
        replace(amount, value=amount.value * scale, unit=lent, scale=scale)
        if scale >= 1e3 and short
        else amount
    )


def dashed(scene: Scene, amount: Amount) -> bool:
    """True for a number behind a dash or colon, which stands for a verb left out: `exports — 3.5`."""
    return re.search(r"[—–:]\s*$|\s-\s*$", scene.before(amount, 4)) is not None


def _plausible(scene: Scene, item: Link, amount: Amount) -> bool:
    if item.indicator in _DURATIONS:
        own = item.indicator == "partner_rank_duration"
        return item.cost <= _DURATION_NEAR and not scene.dated(amount, stated=own)
    return True


def _telling(links: Sequence[Link]) -> Link:
    """The nearest cue, or one nearly as near whose words are longer."""
    best = links[0]
    for item in links[1:]:
        longer = (item.cue.end - item.cue.start) - (best.cue.end - best.cue.start)
        if item.cost - best.cost <= _NEARLY and longer > _LONGER:
            best = item
    return best


def _used_up(scene: Scene, amount: Amount, chosen: Link, previous: Draft) -> bool:
    """True where the cue belongs to the amount before, and this amount continues that one."""
    return (
        previous.sentence == scene.number
        and chosen.cue.end <= previous.amount.start
        and previous.start <= chosen.cue.start
        and chosen.indicator == previous.indicator
    )


def _exactly(scene: Scene, item: Link, amount: Amount, previous: Draft | None) -> str:
    """The indicator, told apart from its neighbours: whose share it is, and whether with a partner or with the world."""
    indicator = item.indicator
    if indicator in _SHARES:
        return _share(scene, item, amount)
    base = indicator.removesuffix("_growth")
    if base in _WORLDWIDE and previous is not None and previous.block == scene.sentence.block:
        # Behind a region's or country's trade with the world, exports without a partner are those to the world too.
        part = scene.part(amount)
        partner = any(
            part[0] <= one.start < part[1]
            and scene.words.syntax["partnered"].search(scene.said[max(part[0], one.start - 9) : one.start])
            for one in scene.named
        )
        if (
            previous.indicator.removesuffix("_growth") in FLOWS
            and previous.indicator.startswith("total_")
            and not partner
        ):
            return _WORLDWIDE[base] + indicator[len(base) :]
    return indicator


def _share(scene: Scene, item: Link, amount: Amount) -> str:
    """A share of exports is a partner's where a place is its subject, else that of goods in the basket."""
    said = scene.said[item.cue.start : item.cue.end]
    if not scene.words.syntax["of_flow"].search(said):
        return "trade_share"
    if scene.words.syntax["of_basket"].search(said):
        return "basket_share"
    left, _ = scene.part(amount)
    for one in reversed(scene.named):
        if one.form == "organisation" or not left <= one.start or one.end > amount.start:
            continue
        gap = scene.said[one.end : amount.start]
        if len(gap) < 40 and scene.words.syntax["takes"].match(gap):
            return "trade_share"
    return "trade_share" if scene.words.syntax["goes"].match(scene.behind(amount, 90)) else "basket_share"
