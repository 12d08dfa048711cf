"""The chart of worked scenarios: obstacles first, then what is none, each block and scale apart."""

from __future__ import annotations

import math

from landbridge.brief.document import Chart, Effect, Spread
from landbridge.brief.setting import Setting
from landbridge.brief.text import Date, Name, Sentence
from landbridge.codes import Place
from landbridge.provenance import Figure
from landbridge.release.worked import (
    ADDED,
    DOLLARS,
    GAIN,
    LOSS,
    NOT_FEASIBLE,
    REAL_INCOME,
    REMOVED,
    STRESS,
)

OBSTACLES = (REMOVED, ADDED)
# Reaches further apart than this do not share a scale: the smaller one would be a dot.
_WIDEST = 12.0


def chart(setting: Setting, slugs: tuple[str, ...], place: Place) -> Chart | None:
    """What each scenario does to the real income of a place; None where nothing is held of it."""
    effects = _effects(setting, slugs, place)
    if not effects:
        return None
    say = setting.say
    return Chart(
        f"worth-{place.code}",
        say("{place}: what each scenario does to real income", place=setting.place(place.code)),
        _see(setting, slugs, effects),
        say(
            "For each scenario a band of draws, a thin line over imputations and a mark for the central change of real "
            "income, left of zero a loss, right of it a gain; the table below holds every number."
        ),
        Spread(tuple(effects), say("loses"), say("gains")),
    )


def what_kind(setting: Setting, role: str, why: str) -> Sentence:
    """What the scenarios of a block are."""
    say = setting.say
    match role:
        case _ if role == STRESS:
            return say("A stress, not an obstacle")
        case _ if role == NOT_FEASIBLE and why:
            return say("Not feasible at present: {why}", why=Name(why, "worked scenarios"))
        case _ if role == NOT_FEASIBLE:
            return say("Not feasible at present")
        case _ if role in OBSTACLES:
            return say("Obstacles")
        case _other:
            return say("What if, not an obstacle")


def called(setting: Setting, slug: str) -> Name:
    """The name of a scenario, which leads to its file."""
    return Name(setting.data.worked.title(slug), f"scenario {slug}")


def _effects(setting: Setting, slugs: tuple[str, ...], place: Place) -> list[Effect]:
    """The scenarios in their order, those of one block and one scale together."""
    worked, asked = setting.data.worked, (REAL_INCOME, place.code)
    found: dict[tuple[str, str], list[tuple[float, Effect]]] = {}
    for slug in slugs:
        figure, methods = (
            worked.figure(slug, *asked, DOLLARS),
            worked.imputations(slug, *asked, DOLLARS),
        )
        if isinstance(figure, Figure) and isinstance(methods, Figure):
            numbers = (figure.value, figure.low, figure.high, methods.low, methods.high)
            reach = max(abs(number) for number in numbers if number is not None)
            effect = Effect(called(setting, slug), figure, methods, worked.agreed(slug, *asked))
            role = REMOVED if worked.role(slug) in OBSTACLES else worked.role(slug)
            why = worked.caveat(slug) if role == NOT_FEASIBLE else ""
            found.setdefault((role, why), []).append((reach, effect))
    out = []
    for (role, why), block in found.items():
        for scale in _scales(block):
            widest = _scale(setting, max(reach for reach, _ in scale))
            group = setting.say("{what}. {scale}", what=what_kind(setting, role, why), scale=widest)
            out += [Effect(row.label, row.figure, row.methods, row.verdict, group) for _, row in scale]
    return out


def _scales(block: list[tuple[float, Effect]]) -> list[list[tuple[float, Effect]]]:
    """A block in parts that can share a scale; parts and rows keep the order of the block."""
    scales: list[list[tuple[float, Effect]]] = []
    for item in sorted(block, key=lambda item: item[0], reverse=True):
        if scales and item[0] * _WIDEST >= scales[-1][0][0]:
            scales[-1].append(item)
        else:
            scales.append([item])
    ordered = [sorted(scale, key=block.index) for scale in scales]
    return sorted(ordered, key=lambda scale: block.index(scale[0]))


def _scale(setting: Setting, reach: float) -> Sentence:
    """What the widest number of a scale is counted in."""
    say = setting.say
    match math.floor(math.log10(reach)) if reach > 0 else 0:
        case 5:
            return say("Scale of hundreds of thousands of dollars")
        case 6:
            return say("Scale of millions of dollars")
        case 7:
            return say("Scale of tens of millions of dollars")
        case 8:
            return say("Scale of hundreds of millions of dollars")
        case 9:
            return say("Scale of billions of dollars")
        case 10:
            return say("Scale of tens of billions of dollars")
        case 11:
            return say("Scale of hundreds of billions of dollars")
        case power if power < 5:
            return say("Scale of thousands of dollars")
        case _more:
            return say("Scale of trillions of dollars")


def _see(setting: Setting, slugs: tuple[str, ...], effects: list[Effect]) -> Sentence:
    """The unit, and what is largest on either side among obstacles with a determined verdict."""
    say = setting.say
    year = Date(str(setting.data.accounts.year))
    obstacles = [called(setting, slug) for slug in slugs if setting.data.worked.role(slug) in OBSTACLES]
    gains = [effect for effect in effects if effect.verdict == GAIN and effect.label in obstacles]
    losses = [effect for effect in effects if effect.verdict == LOSS and effect.label in obstacles]
    parts: list[Sentence] = [say("US dollars a year, in prices of {year}.", year=year)]
    if gains:
        best = max(gains, key=lambda effect: effect.figure.point)
        parts.append(
            say(
                "Largest determined gain among the obstacles: {name}, {figure}.",
                name=best.label,
                figure=best.figure,
            )
        )
    if losses:
        worst = min(losses, key=lambda effect: effect.figure.point)
        parts.append(
            say(
                "Largest determined loss among the obstacles: {name}, {figure}.",
                name=worst.label,
                figure=worst.figure,
            )
        )
    if len({effect.group for effect in effects}) > 1:
        parts.append(say("Each block has a scale of its own."))
    out = parts[0]
    for part in parts[1:]:
        out = say("{first} {second}", first=out, second=part)
    return out
