"""The two places that a text is about: `both countries` and `the two sides` mean them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from landbridge.claims.grammar.blocks import HEADING, Block
from landbridge.claims.grammar.gazetteer import places_by_code, plain_names
from landbridge.claims.grammar.places import Mention, mentions
from landbridge.claims.languages import Language

# A text is about what its title names, less so what its first paragraphs name, and least what the rest does.
_ZONES = {"title": 0.4, "lead": 0.25, "body": 0.35}
_FORMS = {
    "country": 1.0,
    "demonym": 1.0,
    "region": 1.0,
    "pair": 1.0,
    "nickname": 1.0,
    "macro": 0.5,
    "city": 0.5,
    "organisation": 0.5,
}
_LONGEST_TITLE = 200
_LONGEST_LEAD = 800
_MOST_TITLES = 4
# Beyond this many characters nothing changes what a text is about.
_LOOKED_AT = 200_000
# A second place with less than this part of the first's weight is mentioned in passing.
_SECOND = 0.2
# A region stands for its country where the text speaks of it at least about half as much as of the country itself.
_FINER = 0.5


@dataclass(frozen=True, slots=True)
class Dyad:
    """The places a text is about, at most two, in the order of their codes; `state` holds their countries, each once."""

    parties: tuple[str, ...] = ()
    state: tuple[str, ...] = ()


@dataclass(slots=True)
class _Weights:
    """What a text says of one country: of itself, of each of its regions, and where regions come first."""

    own: float = 0.0
    inside: float = 0.0
    regions: dict[str, float] = field(default_factory=dict)
    first: int = 0
    zones: dict[tuple[str, str], float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        return self.own + self.inside + sum(self.regions.values())


def context(text: str, blocks: Iterable[Block], language: Language) -> Dyad:
    """The dyad of a text. A region stands for its country where title or lead are about the region."""
    found = _weigh(text, tuple(blocks), language)
    order = sorted(found, key=lambda code: (-found[code].total, found[code].first))
    chosen = order[:1]
    if len(order) > 1 and found[order[1]].total >= _SECOND * found[order[0]].total:
        chosen.append(order[1])
    parties = [_finest(code, found[code]) for code in chosen]
    if len(chosen) == 1:
        parties = [_two_regions(found[chosen[0]]) or parties[0]]
    codes = sorted(code for party in parties for code in party)
    return Dyad(tuple(codes), tuple(dict.fromkeys(places_by_code()[code].country for code in codes)))


def _finest(country: str, weights: _Weights) -> tuple[str, ...]:
    """The region that a text speaks of in place of its country, else the country."""
    ranked = sorted(weights.regions.items(), key=lambda item: (-item[1], item[0]))
    if not ranked:
        return (country,)
    region, weight = ranked[0]
    if len(ranked) > 1 and ranked[1][1] >= _FINER * weight:
        return (country,)

    def in_zone(zone: str, code: str) -> float:
        return weights.zones.get((zone, code), 0.0)

    if in_zone("title", region) > in_zone("title", country):
        return (region,)
    leads = in_zone("title", region) or in_zone("lead", region) >= max(in_zone("lead", country), 1e-9)
    return (region,) if leads and weight >= _FINER * weights.own else (country,)


def _two_regions(weights: _Weights) -> tuple[str, ...]:
    """Two regions of one country that the title names, where there is no other country."""
    named = [code for code in weights.regions if weights.zones.get(("title", code))]
    return tuple(named) if len(named) == 2 else ()


def _weigh(text: str, blocks: tuple[Block, ...], language: Language) -> dict[str, _Weights]:
    counted: dict[str, list[tuple[Mention, float]]] = {zone: [] for zone in _ZONES}
    for block, zone in _zoned(blocks):
        extra = 1.5 if zone == "body" and block.kind == HEADING else 1.0
        counted[zone] += [
            (mention, extra * _FORMS[mention.form])
            for mention in mentions(text, block.start, min(block.end, block.start + _LOOKED_AT), language)
            if mention.form in _FORMS
        ]
    found: dict[str, _Weights] = {}
    for zone, rows in counted.items():
        parts = [part for mention, weight in rows for part in _parts(mention, weight)]
        total = sum(weight for _, _, weight, _ in parts)
        for country, region, weight, start in parts:
            share = _ZONES[zone] * weight / total
            row = found.setdefault(country, _Weights(first=start))
            key = region or country
            row.zones[zone, key] = row.zones.get((zone, key), 0.0) + share
            if region == "":
                row.own += share
            elif region in places_by_code() and places_by_code()[region].kind == "region":
                row.regions[region] = row.regions.get(region, 0.0) + share
            else:
                row.inside += share
    return found


def _zoned(blocks: tuple[Block, ...]) -> Iterable[tuple[Block, str]]:
    """Each block with its zone: short blocks before the first long one are title, then a few paragraphs are lead."""
    lead, titled = 0, True
    for number, block in enumerate(blocks):
        if block.start > _LOOKED_AT:
            return
        titled = titled and number < _MOST_TITLES and block.end - block.start <= _LONGEST_TITLE
        if titled and number + 1 < len(blocks):
            yield block, "title"
        elif lead < _LONGEST_LEAD:
            lead += block.end - block.start
            yield block, "lead"
        else:
            yield block, "body"


def _parts(mention: Mention, weight: float) -> Iterable[tuple[str, str, float, int]]:
    """The countries of a mention: (country, region or plain name in it, weight, where)."""
    known = places_by_code()
    # The seat of a state says which country, but not whether the state or the region around it is meant.
    seat = mention.codes[-1] if mention.form == "city" and len(mention.codes) > 1 else ""
    # Nor does the name of a body that bears the state's.
    seat = mention.name if mention.form == "organisation" else seat
    for code in mention.codes:
        if code in known:
            inside = code if known[code].kind == "region" else seat
            yield known[code].country, inside, weight, mention.start
        elif code != seat and plain_names().get(code, ("", ""))[1]:
            yield plain_names()[code][1], code, weight, mention.start
