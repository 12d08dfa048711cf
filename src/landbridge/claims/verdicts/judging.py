"""From evidence to outcome: which definition is the default, what agrees, how far the nearest miss is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.context import Context, country, is_country
from landbridge.claims.verdicts.tolerance import MIRROR, MIRROR_POINTS, SLIP, weak
from landbridge.claims.verdicts.verdict import (
    AFTER,
    CONFLICTS,
    CONSISTENT,
    CONSISTENT_UNDER,
    IMPLAUSIBLE,
    NOT_CHECKABLE,
    Evidence,
    Held,
    Verdict,
    compare,
    cut,
    shown,
    times,
    undated,
)

_CHANGES = ("_growth",)
# Further off than that, a distance is told in times and not in per cent.
_IN_TIMES = 1_000.0
_OWN_WORD = "That figure is itself somebody's claim, so it refutes nothing."
_OTHER_READING = (
    "It is of another definition, of a count not named, or perhaps of another thing, so it refutes nothing."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """How a claim is to be judged.

    `reporters` are those whose count is the default where the speaker's side is not known; None stands for all that
    hold the period, an empty tuple for none, because the claim has several readings. `needed` names the series that would
    settle the claim. `dating` says how its period is known, `sure` whether the period is the claim's own, so that a
    miss counts. `lead` says why nothing compares, where more is to be said than that nothing is held.
    `mirrored` marks what two sides count, each for itself: then `uncounted` names the counts that the definition admits
    and that are not held, and a miss refutes only as `_refuted` says.
    """

    needed: str
    reporters: tuple[str, ...] | None = None
    dating: str = ""
    sure: bool = True
    lead: str = ""
    beside: tuple[Evidence, ...] = ()
    mirrored: bool = False
    uncounted: tuple[str, ...] = ()


def judge(context: Context, claim: Claim, held: Sequence[Held], asked: Asked) -> Verdict:
    """The verdict over what is held for the very period of the claim."""
    timely = [cut(item, context.day) for item in held]
    evidence = [compare(claim, item, context.dated) for item in timely]
    compared = [item for item in evidence if item.compared]
    left_out = [item for item, one in zip(evidence, timely, strict=True) if one.left_out]
    if compared and not context.day and all(AFTER in item.note for item in compared):
        asked = replace(asked, dating=_said(asked.dating, f"All that is compared was {AFTER}."))
    if context.day:
        asked = replace(asked, dating=_said(asked.dating, _vintages(context.day, compared, left_out)))
    everything = (*evidence, *asked.beside)
    if not compared:
        return unheld(claim, asked, everything)
    agreeing = [item for item in compared if item.agrees]
    if not agreeing:
        return _missed(context, claim, compared, everything, asked)
    defaults = _defaults(context, claim, compared, asked)
    if asked.sure and defaults and all(_one_voice(group, compared) for group in defaults):
        first = next(item for item in defaults[0] if _plainly(item))
        return Verdict(
            claim,
            CONSISTENT,
            first.definition,
            everything,
            _said(f"Agrees with the default definition: {_figure(first)}.", asked.dating),
            first.tolerance,
        )
    return _under(claim, agreeing, compared, everything, asked)


def _vintages(day: str, compared: Sequence[Evidence], left_out: Sequence[Evidence]) -> str:
    """What the reason says of dates of publication, where only what was out by a day is to count."""
    words = []
    if left_out:
        named = ", ".join(_figure(item) for item in left_out)
        words.append(f"Left out, published after {day}: {named}.")
    if any(item.figure is not None and undated(item.figure) for item in compared):
        words.append(f"Whether what is compared was published by {day} is not held for every figure.")
    return " ".join(words)


def _plainly(item: Evidence) -> bool:
    return item.agrees and not item.later_vintage


def _one_voice(group: Sequence[Evidence], compared: Sequence[Evidence]) -> bool:
    """Whether the claim agrees with a reporter: with all its figures of that definition, and plainly with one of them.

    A region has no statistics of its own here, only what its officials and the press say: each of them counts.
    """
    place = group[0].reporter
    said = [item for item in compared if item.reporter == place and item.scope == group[0].scope]
    voices = group if is_country(place) else said
    return all(item.agrees for item in voices) and any(map(_plainly, group))


def _defaults(
    context: Context, claim: Claim, compared: Sequence[Evidence], asked: Asked
) -> list[list[Evidence]]:
    """The evidence of the default definition, one group for each reporter that has to agree; empty where none is held."""
    usual = [item for item in compared if item.main and item.binding and item.reporter]
    if asked.reporters == ():
        return []
    side = _side(context, claim)
    if side:
        own = [item for item in usual if country(item.reporter) == side]
        return [own] if own else []
    groups: dict[str, list[Evidence]] = {}
    for item in usual:
        if asked.reporters is None or item.reporter in asked.reporters:
            groups.setdefault(item.reporter, []).append(item)
    return list(groups.values())


def _under(
    claim: Claim,
    agreeing: Sequence[Evidence],
    compared: Sequence[Evidence],
    everything: tuple[Evidence, ...],
    asked: Asked,
) -> Verdict:
    best = min(agreeing, key=lambda item: (item.later_vintage, not item.binding, not item.main))
    words = [f"Agrees with {best.definition}: {_figure(best)}."]
    if best.later_vintage:
        words.append("It agrees only as far as vintages of the count may differ.")
    if best.figure is not None and weak(best.figure):
        words.append("That figure is itself somebody's claim.")
    for reporter in dict.fromkeys(item.reporter for item in compared if not item.agrees):
        apart = [item for item in compared if not item.agrees and item.reporter == reporter]
        nearest = min(apart, key=lambda item: _distance(claim, item))
        words.append(f"Not with {nearest.definition}: {_figure(nearest)}; the claim is {miss(nearest)}.")
    definition = best.definition + (", a later vintage" if best.later_vintage else "")
    reason = _said(" ".join(words), asked.dating)
    return Verdict(claim, CONSISTENT_UNDER, definition, everything, reason, best.tolerance)


def _missed(
    context: Context,
    claim: Claim,
    compared: Sequence[Evidence],
    everything: tuple[Evidence, ...],
    asked: Asked,
) -> Verdict:
    binding = [item for item in compared if item.binding]
    side = _side(context, claim)
    own = [item for item in binding if side and country(item.reporter) == side]
    nearest = min(binding or compared, key=lambda item: _distance(claim, item))
    words = (
        f"The nearest figure held is {_figure(nearest)} ({nearest.definition}); the claim is {miss(nearest)}."
    )
    if not binding:
        own_word = nearest.figure is not None and weak(nearest.figure)
        words += f" {_OWN_WORD if own_word else _OTHER_READING}"
        return _unsettled(claim, everything, words, asked)
    if _slipped(claim, nearest):
        reason = _said(f"{words} That is more than a factor of {SLIP:.2g} off.", asked.dating)
        return Verdict(claim, IMPLAUSIBLE, nearest.definition, everything, reason, nearest.tolerance)
    if not asked.sure:
        return _unsettled(claim, everything, words, asked)
    if asked.mirrored and (why := _spared(context, claim, side, own, binding, asked)):
        return _unsettled(claim, everything, f"{words} {why}", asked)
    if own and nearest not in own:
        nearest = min(own, key=lambda item: _distance(claim, item))
        words = (
            f"The nearest figure of {context.name(side)}, whose side speaks, is {_figure(nearest)} "
            f"({nearest.definition}); the claim is {miss(nearest)}. No other count held agrees either."
        )
    if (rounded := _as_rounding(claim, nearest)) != "":
        words += rounded
    reason = _said(words, asked.dating)
    return Verdict(claim, CONFLICTS, nearest.definition, everything, reason, nearest.tolerance)


def _spared(
    context: Context,
    claim: Claim,
    side: str,
    own: Sequence[Evidence],
    binding: Sequence[Evidence],
    asked: Asked,
) -> str:
    """Why a miss refutes nothing, in words; empty where it does.

    It does where the speaker's own side counts otherwise, or where nobody's side is known, every count that may be meant is
    held, and each is further off than two sides' counts of one thing are known to be from each other.
    """
    if own:
        return ""
    if side:
        name = context.name(side)
        return (
            f"The count of {name}, whose side speaks, is not held, and another side's count refutes nothing."
        )
    if asked.uncounted:
        names = " and ".join(map(context.name, asked.uncounted))
        return f"The count of {names} may be meant and is not held: one side's count refutes nothing."
    if any(_mirrored(claim, item) for item in binding):
        room = f"{MIRROR_POINTS:g} percentage points" if claim.unit == "%" else f"{MIRROR - 1:.0%}"
        return (
            f"Whose count is meant is not said, and counts of two sides may differ by as much (up to {room})."
        )
    return ""


def _side(context: Context, claim: Claim) -> str:
    """The side that speaks, where it is one of the two that are spoken of."""
    side = context.side(claim)
    return side if side in {country(party) for party in claim.parties} else ""


def _unsettled(claim: Claim, everything: tuple[Evidence, ...], words: str, asked: Asked) -> Verdict:
    reason = _said(f"{words} Needed: {asked.needed}.", asked.dating)
    return Verdict(claim, NOT_CHECKABLE, "", everything, reason, "", asked.needed)


def unheld(claim: Claim, asked: Asked, everything: tuple[Evidence, ...] = (), words: str = "") -> Verdict:
    """The verdict where nothing comparable is held: no conflict, but the name of the series that is needed."""
    lead = words or asked.lead or "No comparable series of that period is held."
    reason = _said(f"{lead} Needed: {asked.needed}.", asked.dating)
    return Verdict(claim, NOT_CHECKABLE, "", everything or asked.beside, reason, "", asked.needed)


def ruled_out(claim: Claim, why: str, shown_beside: tuple[Evidence, ...], definition: str = "") -> Verdict:
    """The verdict where a bound rules the claim out."""
    return Verdict(claim, IMPLAUSIBLE, definition, shown_beside, why)


def _said(words: str, dating: str) -> str:
    return f"{words} {dating}".strip()


def _figure(item: Evidence) -> str:
    if item.figure is None:
        return "a record without a number"
    hedge = "" if item.figure.comparator == "=" else f"{item.figure.comparator} "
    return f"{hedge}{shown(item.figure.point, item.unit)} [{item.figure.id}]"


def miss(item: Evidence) -> str:
    """How far the claim is from the figure, in words."""
    if item.gap_pct is None:
        return "not comparable in per cent"
    side = "above" if item.gap_pct > 0 else "below"
    if item.unit != "%" and item.gap_pct >= _IN_TIMES:
        return f"{times(1 + item.gap_pct / 100)} as much"
    if item.unit == "%" and abs(item.gap_pct) >= _IN_TIMES:
        return f"{item.gap_pct:+,.0f} percentage points off"
    points = "percentage points" if item.unit == "%" else "%"
    return f"{abs(item.gap_pct):.3g} {points} {side} it"


def _ratio(claim: Claim, item: Evidence) -> float | None:
    """Claim over figure; for changes in per cent the ratio of the factors of growth; None where it has no meaning."""
    if claim.value is None or item.figure is None:
        return None
    value, held = claim.value, item.figure.point
    if claim.unit == "%" and claim.indicator.endswith(_CHANGES):
        value, held = 100 + value, 100 + held
    return value / held if value > 0 and held > 0 else None


def _distance(claim: Claim, item: Evidence) -> float:
    ratio = _ratio(claim, item)
    if ratio is None:
        return abs(item.gap_pct) if item.gap_pct is not None else float("inf")
    return max(ratio, 1 / ratio)


def _slipped(claim: Claim, item: Evidence) -> bool:
    ratio = _ratio(claim, item)
    return ratio is not None and claim.unit not in ("rank", "count") and max(ratio, 1 / ratio) > SLIP


def _mirrored(claim: Claim, item: Evidence) -> bool:
    """Whether two sides' counts of one thing may differ by as much."""
    if claim.unit == "%":
        return item.gap_pct is not None and abs(item.gap_pct) <= MIRROR_POINTS
    ratio = _ratio(claim, item)
    return ratio is not None and max(ratio, 1 / ratio) <= MIRROR


def _as_rounding(claim: Claim, item: Evidence) -> str:
    """A remark where the figure, rounded to the digits of the claim that are not zero, is the claim."""
    if not claim.value or item.figure is None or claim.unit not in ("USD", "CNY", "t", "persons"):
        return ""
    mantissa, exponent = f"{claim.value:.6e}".split("e")
    step = 10.0 ** (int(exponent) - len(mantissa.replace(".", "").rstrip("0")) + 1)
    if round(item.figure.point / step) * step != claim.value:
        return ""
    nearest = shown(step, claim.unit or "")
    return (
        f" Rounded to the nearest {nearest} it is the claim, but that is a coarser rounding than is admitted."
    )
