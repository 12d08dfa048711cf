"""`verify`: every claim against what the release holds, each under its own definitions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts import deadlines, rank, registers, shares, soya, ties, trade
from landbridge.claims.verdicts.bounds import impossible
from landbridge.claims.verdicts.context import Context
from landbridge.claims.verdicts.judging import Asked, ruled_out, unheld
from landbridge.claims.verdicts.needs import topic_needed
from landbridge.claims.verdicts.spans import span
from landbridge.claims.verdicts.verdict import Verdict
from landbridge.errors import BadUsage
from landbridge.ledger.vocabulary import vocabulary
from landbridge.release import Data

_ALWAYS = "9999"
_TRADE = frozenset(
    f"{name}{ending}"
    for name in (
        "trade_turnover",
        "exports",
        "imports",
        "total_foreign_trade",
        "total_exports",
        "total_imports",
    )
    for ending in ("", "_growth")
)
_SOYA = frozenset(("soybean_imports", "soybean_import_share"))
_OPINIONS = frozenset(("barrier", "measure"))


def verify(
    claims: Sequence[Claim],
    data: Data,
    *,
    as_of: str = "",
    homes: Mapping[str, str] = MappingProxyType({}),
    text: str = "",
) -> tuple[Verdict, ...]:
    """One verdict for each claim, in their order.

    `as_of` is when the claims were made (YYYY, YYYY-MM or YYYY-MM-DD); without it the date of `data.at` counts,
    where one was set. What was published later is shown and marked as such. `homes` maps the name of a speaker to a
    place, so that the statistics of the speaker's own side are the default; without it, the posts named among the
    claims and the speaker's own words are looked at. `text` is what the claims were read from: with it the sentence around
    a quote is looked at for what is measured and for what a share is of.
    Where `data` is that of a day (`Data.at`), what was published after it is shown and left out of the judgement.
    """
    day = "" if data.recorded_by == _ALWAYS else data.recorded_by
    dated = as_of or day
    if dated and ("/" in dated or span(dated) is None):
        raise BadUsage(f"{dated!r} is not a date.", remedy="Write it as 2022, 2022-06 or 2022-06-30.")
    context = Context(data, tuple(claims), dated, homes, day, text)
    return tuple(_verdict(context, claim) for claim in context.claims)


def _verdict(context: Context, claim: Claim) -> Verdict:
    indicator = claim.indicator
    if claim.value is not None and not math.isfinite(claim.value):
        return ruled_out(claim, "The value is no finite number.", ())
    known = vocabulary()[1].get(indicator)
    units = known.units if known else ()
    if claim.value is not None and units and claim.unit not in units:
        words = f"A value in {claim.unit or 'no unit'} is none of this indicator, which takes {' or '.join(units)}."
        return unheld(claim, Asked("the unit that is meant"), words=words)
    if claim.kind == "target":
        return deadlines.target(context, claim)
    if claim.kind in _OPINIONS:
        words = "What stands in the way, or ought to be done, is a judgement that no series measures."
        return unheld(claim, Asked("a measure of it that both sides accept"), words=words)
    if indicator in ("target_met", "target_missed"):
        return deadlines.outcome(context, claim)
    if indicator in ("record_high", "record_low"):
        return deadlines.record(context, claim)
    if indicator in _TRADE:
        return trade.check(context, claim)
    if indicator in _SOYA:
        return soya.check(context, claim)
    if indicator == "trade_share":
        return shares.check(context, claim)
    if indicator == "partner_rank":
        return rank.check(context, claim)
    if indicator in registers.INDICATORS:
        return registers.check(context, claim)
    if indicator in ties.INDICATORS:
        return ties.check(context, claim)
    wrong = impossible(claim)
    return wrong or unheld(claim, Asked(topic_needed(claim)), words="This release holds no series of it.")
