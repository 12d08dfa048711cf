"""What a text says is measured, where that is not trade in all goods: the words, why they matter, what would settle it.

Services, one product, one means of payment or one kind of trader are parts of trade or reach beyond it. Such a claim is set
against series of that very definition alone; all goods neither bear it out nor refute it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.findings import FLOWS, about

GOODS = "goods"
GOODS_AND_SERVICES = "goods and services"
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Measured:
    """Something else than all goods. `scope` is what a series of that definition is called by (`Held.scope`)."""

    scope: str
    why: str
    needed: str


@dataclass(frozen=True, slots=True)
class _Words:
    scope: str
    pattern: re.Pattern[str]
    why: str
    needed: str


def _words(scope: str, pattern: str, why: str, needed: str) -> _Words:
    return _Words(scope, re.compile(pattern, re.IGNORECASE), why, needed)


# `The customs services of both sides` are offices; `without services` says that goods alone are meant.
_NO_SERVICES = re.compile(
    r"\b(?:excluding|without|except|not counting|customs|press|news|statistical|border|security|intelligence|tax)"
    r"\s{1,3}services?\b|без учёта услуг",
    re.IGNORECASE,
)
# The one list of words that change what is measured. The first that is found counts.
_OTHERS = (
    _words(
        GOODS_AND_SERVICES,
        r"\bgoods\s{1,3}(?:and|with|plus)\s{1,3}services\b|\b(?:including|with|counting)\s{1,3}services\b"
        r"|товар\w{1,4}\s{1,3}и\s{1,3}услуг|货物(?:和|与)服务",
        "services are counted in, which customs statistics leave out",
        "trade in goods and services, from the balance of payments by partner of either central bank",
    ),
    _words(
        "services",
        r"\bservices\b|\bservice\s{1,3}(?:trade|exports?|imports?)\b|\bуслуг|服务贸易|服务出口|服务进口",
        "services cross no customs border and are in no customs statistics",
        "trade in services by partner, from the balance of payments of either central bank",
    ),
    _words(
        "payments in national currencies",
        r"\b(?:national|local|own|domestic)\s{1,3}currenc(?:y|ies)\b|\bsettle(?:d|ment|ments)\b"
        r"|\b(?:roubles?|rubles?)\s{1,3}(?:and|or)\s{1,3}(?:the\s{1,3})?yuan\b"
        r"|\byuan\s{1,3}(?:and|or)\s{1,3}(?:the\s{1,3})?(?:roubles?|rubles?)\b"
        r"|национальн\w{1,4}\s{1,3}валют|本币",
        "the currency of payment is measured, which is a part of trade",
        "payments for trade by currency, as published by the central bank of either side",
    ),
    _words(
        "without some goods",
        r"\bnon-(?:oil|energy|commodity|commodities|resource|raw|primary|fuel|food)\b|несырьев|неэнергетич",
        "some goods are left out",
        "trade by product, from the customs statistics of either side",
    ),
    _words(
        "cross-border e-commerce",
        r"\be-?commerce\b|\bonline\s{1,3}(?:trade|sales|retail)\b|электронн\w{1,4}\s{1,3}торговл|跨境电商",
        "online trade is a part of trade, and parcels may be in no customs statistics",
        "cross-border e-commerce, as published by the customs of the buyer",
    ),
    _words(
        "private firms",
        r"\bprivate(?:ly)?\b|частн\w{1,4}\s{1,3}(?:компани|предприяти)|民营企业",
        "the trade of one kind of trader is a part of trade",
        "trade by kind of enterprise, from the customs statistics of the side that is meant",
    ),
    _words(
        "one regime of trade",
        r"\b(?:border|frontier|barter|processing|transit|shuttle|bonded)\s{1,3}trade\b|\bbarter\b|\bre-?exports?\b"
        r"|边境贸易|边贸|加工贸易|приграничн\w{1,4}\s{1,3}торговл",
        "one regime of trade is a part of trade",
        "trade by customs regime, from the customs statistics of the side that is meant",
    ),
    _words(
        "one mode of transport",
        r"\bby\s{1,3}(?:rail|railway|road|sea|air|river|truck|pipeline|post)\b"
        r"|\b(?:rail|railway|road|seaborne|maritime|air|freight|overland)\s{1,3}(?:trade|exports|imports)\b"
        r"|по железной дороге|автотранспортом|铁路运输",
        "what one mode of transport carries is a part of trade",
        "trade by mode of transport, from the customs statistics of either side",
    ),
)
_TRADED = r"(?:trade|turnover|exports?|imports?|sales|suppl(?:y|ies)|deliver(?:y|ies)|shipments?|purchases?)"
# `Exports of cars`: a noun in small letters behind the flow is a product, but for words that every flow may be told with.
_OF = re.compile(rf"\b(?i:{_TRADED})\s{{1,3}}(?:of|in)\s{{1,3}}(?P<what>[a-z][a-z-]{{2,30}})")
_NO_PRODUCT_NAMED = """
about all almost annual any approximately around at between bilateral both bulk close commodities
commodity comparable comparison countries country current dollar dollars each euros every exactly
exceeding excess exports fact figures first five foreign four fourth full general goods half her his
hundred hundreds imports its just kind last less local manufactured merchandise monetary more mutual
nearly nominal numbers one only our over part past percentage physical previous products real recent
regional regions roughly scale second size slightly some such sum ten tens terms that the their these
third this those three total trade two under value various volume well what which whose within yuan
"""
_NO_PRODUCT = frozenset(_NO_PRODUCT_NAMED.split())
_PRODUCT = re.compile(
    r"\b(?P<what>agricultur\w{1,4}|agri-?food|agro-?industrial|aluminium|arms|beef|car|cars|chemicals?|coal|copper|cotton"
    r"|crude|dairy|diesel|electricity|electronics?|energy|equipment|farm|fertili[sz]ers?|fish|food|fuel|furniture|gas|gold"
    r"|grain|hydrocarbons?|lng|lumber|machinery|meat|metals?|military|oil|ore|petroleum|pharmaceuticals?|pork|potash"
    r"|poultry|rice|seafood|soy\w{0,8}|steel|sugar|textiles?|timber|vehicles?|weapons|wheat|wood)"
    rf"\s{{1,3}}(?:products?\s{{1,3}})?{_TRADED}\b",
    re.IGNORECASE,
)
_BY_PRODUCT = "trade in {what}, by product, from the customs statistics of either side"


def measured(claim: Claim, sentence: str = "") -> Measured | None:
    """What the claim measures, where its words (or the `sentence` around it) say that it is not all goods; else None."""
    quoted = f"{claim.quote[:_LONGEST]} \n {claim.subject[:_LONGEST]}"
    # Words that stand outside the quote may belong to another figure of the sentence: only the clearest are taken.
    for words, known in ((quoted, _OTHERS), (sentence[:_LONGEST], _OTHERS[:1])):
        plain = _NO_SERVICES.sub(" ", words)
        for other in known:
            if other.pattern.search(plain):
                return Measured(other.scope, other.why, other.needed)
    what = _product(claim, quoted)
    if what:
        return Measured(what, "one product is a part of trade", _BY_PRODUCT.format(what=what))
    return None


def _product(claim: Claim, words: str) -> str:
    for found in _OF.finditer(words):
        if found["what"] not in _NO_PRODUCT:
            return found["what"]
    found_before = _PRODUCT.search(words)
    return found_before["what"].lower() if found_before else ""


def scope(claim: Claim) -> str:
    """What a flow of trade is of: all goods, or what the words say."""
    if claim.indicator.removesuffix("_growth") not in FLOWS:
        return ""
    other = measured(claim)
    return other.scope if other else " ".join(sorted(about(claim)))
