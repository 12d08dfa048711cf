"""Which trade a claim is about: who sells to whom, one way or both."""

from __future__ import annotations

from dataclasses import dataclass

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.context import WORLD, country, resolved

TURNOVER, EXPORTS = "turnover", "exports"


@dataclass(frozen=True, slots=True)
class Flow:
    """Goods from `exporter` to `importer`, or with `measure` turnover both ways; a code, or `World` for all partners."""

    measure: str
    exporter: str
    importer: str

    @property
    def national(self) -> Flow:
        """The same flow between the countries of both ends."""
        return Flow(self.measure, country(self.exporter) or WORLD, country(self.importer) or WORLD)

    @property
    def ends(self) -> tuple[str, str]:
        """Both ends."""
        return self.exporter, self.importer


def flows(claim: Claim) -> tuple[Flow, ...]:
    """The flows that the claim may mean: one, or two where it states exports or imports and no direction."""
    indicator = claim.indicator.removesuffix("_growth")
    if indicator == "trade_turnover" or indicator not in ("exports", "imports"):
        ends = tuple(map(resolved, claim.parties))
        return (Flow(TURNOVER, *sorted(ends)),) if len(ends) == 2 else ()
    directed = arrow(claim)
    if directed is not None:
        return (Flow(EXPORTS, *directed),)
    if len(claim.parties) != 2:
        return ()
    first, second = map(resolved, claim.parties)
    return Flow(EXPORTS, first, second), Flow(EXPORTS, second, first)


def arrow(claim: Claim) -> tuple[str, str] | None:
    """Both ends of `direction`, where it states one."""
    begins, arrowed, ends = (claim.direction or "").partition("->")
    if not arrowed or not begins or not ends:
        return None
    return resolved(begins.strip()), resolved(ends.strip())
