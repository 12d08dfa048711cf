"""Between whom: the parties of a claim and the way in which a flow goes, from the places its sentence names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landbridge.claims.grammar.gazetteer import places_by_code
from landbridge.claims.grammar.indicators import Words
from landbridge.claims.grammar.places import Mention, city_region

# Forms of mention that stand for a party; a city does where nothing larger is named, a body and the world do not.
_PARTY = frozenset({"country", "region", "macro", "demonym", "pair", "nickname"})
_CITY = "city"
# How far behind a rank its owner may be named.
_NEAR = 25
# How far from the word for a flow its owner may stand.
_BESIDE = 16


@dataclass(frozen=True, slots=True)
class Frame:
    """Who a sentence may mean without naming: the text's two places, the speaker's own, those of the claim before."""

    dyad: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


def clause(text: str, position: int, start: int, end: int, words: Words) -> tuple[int, int]:
    """The part of a sentence around `position` that no semicolon or `while` cuts off."""
    left, right = start, end
    for match in words.syntax["hard"].finditer(text, start, end):
        if match.end() <= position:
            left = match.end()
        else:
            right = match.start()
            break
    return left, right


def parties(
    text: str,
    at: tuple[int, int],
    part: tuple[int, int],
    named: Sequence[Mention],
    frame: Frame,
    wanted: int,
    words: Words,
) -> tuple[str, ...]:
    """The parties of a claim whose words span `at`, in the clause `part`, sorted by their first mention.

    `wanted` is 2 for what passes between two places, 1 for what one place has, 0 where nothing says: then those named.
    """
    inside = [one for one in named if part[0] <= one.start < part[1]]
    firm = [one for one in inside if one.form in _PARTY or _acts(text, one, words)]
    if not firm:
        # Cities are parties where two are named (flights between them); one alone says where, not who.
        cities = [one for one in inside if one.form == _CITY]
        firm = cities if len({one.codes for one in cities}) > 1 else []
    listed = _nearest(_codes(firm), firm, at, frame)
    ours = bool(words.we.search(text, *part))
    if wanted == 0 and len(listed) == 1:
        # A partner that something goes to or comes from calls for the other side; a place that merely has it does not.
        partner = ours or any(
            words.syntax["with_partner"].search(text[max(part[0], one.start - 9) : one.start]) for one in firm
        )
        return _with_other(listed[0], frame) if partner else listed
    if wanted == 0 and listed:
        return listed
    if (
        wanted < 2
        and len(listed) == 0
        and words.syntax["here"].search(text, *part)
        and (here := _region(frame))
    ):
        return (here,)
    if wanted == 1:
        if ours and frame.home and not listed:
            return _own(frame)[:1]
        return listed or frame.before[:1] or _own(frame)[:1] or frame.dyad[:1]
    if len(listed) >= 2:
        return listed
    if len(listed) == 1:
        unknown = _unknown(text, at, part, named, words)
        return (listed[0], unknown) if unknown else _with_other(listed[0], frame)
    if words.both.search(text, *part) or ours:
        return frame.dyad
    return frame.before if len(frame.before) == 2 else frame.dyad


def ranked(
    text: str, at: tuple[int, int], span: tuple[int, int], named: Sequence[Mention], words: Words
) -> tuple[str, ...]:
    """Who holds a rank, and among whose partners: the subject, and the owner (`X’s largest partner`, `partner of X`)."""
    firm = [
        one for one in named if one.form in _PARTY and one.form != "pair" and span[0] <= one.start < span[1]
    ]
    ahead = [one for one in firm if one.end <= at[0]]
    owner = next(
        (
            one
            for one in firm
            if at[0] <= one.start <= at[1] + _NEAR
            and words.syntax["of"].search(text[max(at[0], one.start - 12) : one.start])
        ),
        None,
    )
    owner = owner or next(
        (one for one in reversed(ahead) if words.syntax["possessive"].match(text, one.end)),
        None,
    )
    if owner is None:
        return ()
    subject = next((one for one in ahead if one is not owner and one.codes != owner.codes), None)
    return (subject.codes[0], owner.codes[0]) if subject is not None else ()


def buying(
    text: str, own: tuple[int, int], named: Sequence[Mention], frame: Frame, way: str | None, words: Words
) -> tuple[tuple[str, ...], str]:
    """Parties and direction of what a place buys: the buyer, and the seller where the words of the claim name one.

    `own` is the part of the sentence that belongs to this amount alone; `way` the direction of the claim before.
    """
    inside = [one for one in named if own[0] <= one.start < own[1] and one.form in _PARTY]
    sellers = [
        one
        for one in inside
        if words.syntax["from"].search(text[max(own[0], one.start - 10) : one.start]) or one.form == "demonym"
    ]
    buyers = [one for one in inside if one not in sellers]
    owners = [one for one in buyers if words.syntax["possessive"].match(text, one.end)]
    if len(buyers) > 1 and owners:
        # `Russia supplies a tenth of China’s imports`: the owner of the imports buys, the other sells.
        sellers = sellers or [one for one in buyers if one is not owners[-1]][:1]
        buyers = owners[-1:]
    seller = sellers[-1].codes[0] if sellers else ""
    if buyers:
        buyer = buyers[0].codes[0]
    elif words.we.search(text, *own) and frame.home:
        buyer = _own(frame)[0]
    else:
        buyer = (way or "").partition("->")[2] or next((code for code in frame.dyad if code != seller), "")
    who = tuple(dict.fromkeys(code for code in (seller, buyer) if code))
    return who, f"{seller or 'World'}->{buyer}"


def direction(
    text: str,
    cue: tuple[int, int],
    part: tuple[int, int],
    named: Sequence[Mention],
    who: tuple[str, ...],
    flow: str,
    frame: Frame,
    words: Words,
) -> str | None:
    """`A->B` where the words say which way a flow goes between the two parties, else None."""
    if len(who) != 2 or not flow:
        return None
    inside = [
        (one, next(code for code in one.codes if code in who))
        for one in named
        if part[0] <= one.start < part[1] and one.form != "pair" and any(code in who for code in one.codes)
    ]

    def behind(turn: str) -> str:
        found = (
            code
            for one, code in inside
            if words.syntax[turn].search(text[max(part[0], one.start - 14) : one.start])
        )
        return next(found, "")

    destination = behind("to")
    origin = next((code for code in (behind("from"),) if code != destination), "")
    if origin or destination:
        origin, destination = origin or _other(destination, who), destination or _other(origin, who)
        return f"{origin}->{destination}"
    owner = _owner(text, cue, inside, words)
    if not owner and words.syntax["our"].search(text[max(0, cue[0] - 30) : cue[1] + 20]):
        owner = next((code for code in _own(frame) if code in who), "")
    if not owner:
        return None
    other = _other(owner, who)
    return f"{owner}->{other}" if flow == "out" else f"{other}->{owner}"


def country(code: str) -> str:
    """The country of a place, empty for macro-regions and for names that lie in no region held."""
    known = places_by_code()
    found = known.get(code) or known.get(city_region(code) or "")
    return found.country if found is not None and found.kind != "macro" else ""


def _owner(text: str, cue: tuple[int, int], inside: Sequence[tuple[Mention, str]], words: Words) -> str:
    """Whose flow it is: the place right before the cue (`Belarusian exports`, `China’s imports`) or behind its `of`."""
    for one, code in reversed(inside):
        if 0 <= cue[0] - one.end <= _BESIDE and words.syntax["owns"].match(text[one.end : cue[0]]):
            return code
    for one, code in inside:
        if 0 <= one.start - cue[1] <= 2 * _BESIDE and words.syntax["owned_by"].match(
            text[cue[1] : one.start]
        ):
            return code
    return ""


def _other(code: str, who: tuple[str, ...]) -> str:
    return next((one for one in who if one != code), "")


def _codes(mentions: Sequence[Mention]) -> tuple[str, ...]:
    """The codes mentioned, each once, without a country that one of its regions already stands for."""
    found = tuple(dict.fromkeys(code for one in mentions for code in _standing(one)))
    if len(found) <= 2 and len({country(code) for code in found}) == len(found):
        return found
    finer = {country(code) for code in found if country(code) and country(code) != code}
    return tuple(code for code in found if code not in finer) if len(found) > 2 or finer else found


def _unknown(
    text: str, at: tuple[int, int], part: tuple[int, int], named: Sequence[Mention], words: Words
) -> str:
    """A partner whose name no list holds (`trade between China and Atlantis`): then it is not the other side of the text."""
    for match in words.syntax["named_partner"].finditer(
        text, max(part[0], at[0] - _NEAR), min(part[1], at[1] + _NEAR)
    ):
        known = any(one.start < match.end("name") and match.start("name") < one.end for one in named)
        joined = match["joint"] != "and" or any(one.end == match.start() - 1 for one in named)
        if not known and joined and match["name"][0].isupper():
            return match["name"]
    return ""


def _acts(text: str, one: Mention, words: Words) -> bool:
    """True for a capital that stands for its state (`Moscow granted Minsk a loan`), not for where something took place."""
    return (
        one.form == _CITY
        and len(one.codes) > 1
        and not words.syntax["where"].search(text[max(0, one.start - 12) : one.start])
    )


def _nearest(
    found: tuple[str, ...], mentions: Sequence[Mention], at: tuple[int, int], frame: Frame
) -> tuple[str, ...]:
    """Of several places the nearest to the words of the claim, and the nearest of another country."""
    lands = {code: country(code) or code for code in found}
    if len(found) < 2 or (len(found) == 2 and len(set(lands.values())) == 2):
        return found
    gaps = {
        code: min(max(at[0] - one.end, one.start - at[1], 0) for one in mentions if code in _standing(one))
        for code in found
    }
    ranked = sorted(found, key=lambda code: gaps[code])
    other = next((code for code in ranked[1:] if lands[code] != lands[ranked[0]]), "")
    if not other:
        # Two regions of one country: with the other side of the text, unless they are its two sides.
        if len(found) == 2 and set(found) == set(frame.dyad):
            return found
        return (ranked[0],)
    return tuple(code for code in found if code in (ranked[0], other))


def _standing(one: Mention) -> tuple[str, ...]:
    """The codes that a mention stands for: a capital for its state alone."""
    return one.codes[:1] if one.form == _CITY else one.codes


def _with_other(code: str, frame: Frame) -> tuple[str, ...]:
    """One named place and its other side: that of the text's two, of the claim before, or the speaker's own."""
    mine = country(code)
    for pair in (frame.before, frame.dyad):
        if len(pair) == 2 and code in pair:
            return pair
    for pair in (frame.dyad, frame.before):
        others = [one for one in pair if country(one) != mine]
        if len(pair) == 2 and len(others) == 1:
            return (code, others[0])
    if frame.home and country(frame.home[0]) != mine:
        return (frame.home[0], code)
    if frame.dyad and frame.dyad[0] != code:
        return (frame.dyad[0], code)
    return (code,)


def _region(frame: Frame) -> str:
    """The one region among the two places of the text, empty where there is none or where both are."""
    regions = [code for code in frame.dyad if country(code) not in ("", code)]
    return regions[0] if len(regions) == 1 else ""


def _own(frame: Frame) -> tuple[str, ...]:
    """The speaker's places as the text speaks of them: the party of the text that lies in the speaker's country, if any."""
    lands = {country(code) for code in frame.home}
    return tuple(code for code in frame.dyad if country(code) in lands) or frame.home
