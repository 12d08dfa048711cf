"""What would be normal: expected against traded by sector, and what the expected level of access would bring."""

from __future__ import annotations

from collections.abc import Iterator

from landbridge import codes
from landbridge.brief.document import (
    Against,
    Block,
    Chart,
    Contrast,
    Paragraph,
    Points,
    Refusal,
    Section,
    Table,
)
from landbridge.brief.setting import Setting, ends
from landbridge.brief.text import Code, Date, Label, Name, Part, Sentence
from landbridge.potential import inverse
from landbridge.potential.countries import potential
from landbridge.potential.country_result import ABOVE, BELOW, REFUSED, SUM, WITHIN, CountryPotential, Line
from landbridge.provenance import Figure

_DRAWN = 12
_SHOWN = 8
_LISTED = 15
_GOODS, _SERVICES, _ALL = "goods", "services", "all"
_AGGREGATES = (_GOODS, _SERVICES, _ALL)


def section(setting: Setting) -> Section:
    """Expected against observed both ways between the two countries, and the sectors ranked by what the pair would gain."""
    setting = setting.nations
    say = setting.say
    title = say("Expected and actual trade")
    places = setting.data.accounts.places
    missing = [place for place in (setting.a, setting.b) if place.code not in places]
    if missing:
        refusal = Refusal(
            say("What trade would be normal."),
            say(
                "The estimate needs the trade of both sides with many partners, which the accounts hold for eighty "
                "economies; not among them: {missing}.",
                missing=tuple(setting.place(place.code) for place in missing),
            ),
        )
        return Section("potential", title, (refusal,))
    ways = ((setting.a.code, setting.b.code), (setting.b.code, setting.a.code))
    found = [potential(setting.data, *way) for way in ways]
    verdicts = [sentence for pair in found for sentence in _verdicts(setting, pair)]
    blocks: list[Block] = [Points(tuple(verdicts)), Paragraph((_what_it_means(setting),))]
    for pair in found:
        blocks += _direction(setting, pair)
    blocks.append(Paragraph((*_distance_between(setting), _adding_up(setting))))
    return Section("potential", title, tuple(blocks))


def _what_it_means(setting: Setting) -> Sentence:
    return setting.say(
        "Expected is what a pair of countries of this size, distance, border, language and agreements would deliver to "
        "each other for use in production in {year}, estimated from all other pairs and with this pair left out. Goods for "
        "final use, such as cars and telephones, are not in it, because their destinations are imputed. Potential is "
        "neither a forecast nor a recommendation.",
        year=Date(str(setting.data.accounts.year)),
    )


def _verdicts(setting: Setting, found: CountryPotential) -> Iterator[Sentence]:
    """Goods together in one direction: by one equation for the sum, and by the sum of the sectors' equations.

    The two may differ, because an equation for the sum does not know what a country makes; both are said.
    """
    say = setting.say
    names: dict[str, Part] = {"a": setting.place(found.exporter), "b": setting.place(found.importer)}
    whole, parts = found.line(_GOODS), found.line(_GOODS + SUM)
    figures = _three(found, whole)
    if figures is not None:
        yield say(
            "{a} delivered goods for {observed} to {b}. One equation for all goods expects {expected}, and four of five "
            "pairs like it lie within {normal}: {verdict}.",
            **names,
            **figures,
            verdict=_verdict(setting, whole.verdict),
        )
    else:
        yield say(
            "For all goods of {a} to {b} one equation gives no expectation: {reason}.",
            **names,
            reason=_reason(whole),
        )
    figures = _three(found, parts)
    if figures is not None:
        yield say(
            "Sector by sector, those of {a} to {b} that have an expectation add up to {observed}; {expected} are expected "
            "of them, and normal is {normal}: {verdict}.",
            **names,
            **figures,
            verdict=_verdict(setting, parts.verdict),
        )


def _three(found: CountryPotential, line: Line) -> dict[str, Figure] | None:
    """Observed, expected and normal of a line; None where one of them does not stand."""
    figures = {of: found.figure(line.item, of) for of in ("observed", "expected", "normal")}
    held = {of: figure for of, figure in figures.items() if isinstance(figure, Figure)}
    return held if len(held) == len(figures) and line.verdict != REFUSED else None


def _verdict(setting: Setting, verdict: str) -> Sentence:
    say = setting.say
    match verdict:
        case _ if verdict == ABOVE:
            return say("above normal")
        case _ if verdict == BELOW:
            return say("below normal")
        case _ if verdict == WITHIN:
            return say("within the normal range")
        case _other:
            return say("no estimate")


def _reason(line: Line) -> Name:
    return Name(line.reason, f"refusal {line.item}")


def _item(line: Line) -> Label:
    return Label(line.name if line.item in _AGGREGATES else codes.sector(line.item).name, line.item)


def _direction(setting: Setting, found: CountryPotential) -> list[Block]:
    say = setting.say
    names: dict[str, Part] = {"a": setting.place(found.exporter), "b": setting.place(found.importer)}
    key = f"{found.exporter}-{found.importer}"
    held = [line for line in found.lines if line.kind == "sector" and line.expected_usd is not None]
    if not held:
        return [
            Refusal(
                say("Expected deliveries of {a} to {b} by sector.", **names),
                say("No sector keeps the rules under which an expectation is given."),
            )
        ]
    outside = [line for line in held if line.verdict in (ABOVE, BELOW)]
    # What lies outside the range of normal is always drawn, however small; the largest fill the rest.
    largest = sorted(
        held,
        key=lambda line: (line not in outside, -max(line.expected_usd or 0.0, line.observed_usd or 0.0)),
    )
    drawn = sorted(largest[: max(_DRAWN, len(outside))], key=lambda line: -(line.expected_usd or 0.0))
    rows = [row for line in drawn if (row := _against(found, line)) is not None]
    chart = Chart(
        f"normal-{key}",
        say("{a} to {b}: traded and expected by sector", **names),
        _see(setting, outside),
        say(
            "For each sector a band for the range of normal, a tick for the expected and a mark for the traded "
            "deliveries; the table below holds every number."
        ),
        Contrast(tuple(rows), say("traded"), say("expected")),
    )
    return [chart, _opportunities(setting, found, names, key), _everything(setting, found, names, key)]


def _against(found: CountryPotential, line: Line) -> Against | None:
    figures = _three(found, line)
    return None if figures is None else Against(_item(line), **figures)


def _see(setting: Setting, outside: list[Line]) -> Sentence:
    say = setting.say
    above = tuple(_item(line) for line in outside if line.verdict == ABOVE)
    below = tuple(_item(line) for line in outside if line.verdict == BELOW)
    if above and below:
        return say("Above normal: {above}. Below normal: {below}.", above=above, below=below)
    if above:
        return say("Above normal: {above}. No sector lies below.", above=above)
    if below:
        return say("Below normal: {below}. No sector lies above.", below=below)
    return say("No sector lies outside the range of normal.")


def _opportunities(setting: Setting, found: CountryPotential, names: dict[str, Part], key: str) -> Block:
    say = setting.say
    rows: list[tuple[Part | None, ...]] = []
    for item in found.opportunities()["item"].to_list()[:_LISTED]:
        line, observed, gain = found.line(item), found.figure(item, "observed"), found.figure(item, "gain")
        if isinstance(observed, Figure) and isinstance(gain, Figure):
            rows.append((_item(line), observed, gain, ends(gain), _verdict(setting, line.verdict)))
    title = say("{a} to {b}: what the expected level of access would add, largest first", **names)
    if not rows:
        return Refusal(
            title,
            say("In no sector that {a} shows it can sell does it deliver less than expected.", a=names["a"]),
        )
    return Table(
        f"gains {key}",
        title,
        (say("Sector"), say("traded"), say("gain"), say("gain, from and to"), say("against other pairs")),
        tuple(rows),
        note=say(
            "The pair's access is moved to the level the equation expects, and markets clear again with everybody's output "
            "and spending as they are; others lose what the pair gains. Only sectors that {a} shows it can sell, and that "
            "the rules of support allow. A range that begins below zero does not tell a gain from none; within the normal "
            "range means that many pairs deliver as little.",
            a=names["a"],
        ),
        shown=_SHOWN,
    )


def _everything(setting: Setting, found: CountryPotential, names: dict[str, Part], key: str) -> Table:
    say = setting.say
    rows: list[tuple[Part | None, ...]] = []
    for line in found.lines:
        if line.kind == "sum of items":
            continue
        shown = [_shown(found, line, of) for of in ("observed", "expected", "in-sample", "normal")]
        observed, expected, inside, normal = shown
        spread = None if expected is None else ends(expected)
        verdict = _reason(line) if line.verdict == REFUSED else _verdict(setting, line.verdict)
        rows.append((_item(line), Code(line.item), observed, expected, spread, inside, normal, verdict))
    return Table(
        f"normal {key}",
        say("{a} to {b}: every sector, and why some have no expectation", **names),
        (
            say("Sector"),
            say("Code"),
            say("traded"),
            say("expected"),
            say("expected, from and to"),
            say("with the pair in the sample"),
            say("normal, from and to"),
            say("verdict or reason"),
        ),
        tuple(rows),
        note=say(
            "The range of what is expected is that of the equation's parameters; the range of normal is where four of five "
            "other pairs of the same expected size lie. With the pair in the sample the value is pulled towards what is "
            "traded; it is shown for comparison only."
        ),
        fold=True,
        shown=_LISTED,
    )


def _shown(found: CountryPotential, line: Line, of: str) -> Figure | None:
    figure = found.figure(line.item, of)
    return figure if isinstance(figure, Figure) else None


def _distance_between(setting: Setting) -> list[Sentence]:
    """The tariff equivalent of all that divides the two."""
    say, a, b = setting.say, setting.a.code, setting.b.code
    out: list[Sentence] = []
    cost = inverse.tariff_equivalents(setting.data, a, b, items=["goods"]).figure(a, b, "goods")
    if isinstance(cost, Figure):
        out.append(
            say(
                "All that divides the two more than each is divided within works on goods like a tariff of {cost} "
                "({range}); the range is that of an elasticity that is assumed.",
                cost=cost,
                range=ends(cost) or say("no range"),
            )
        )
    return out


def _adding_up(setting: Setting) -> Sentence:
    return setting.say(
        "Gaps of one country over all its partners cancel: what one pair lacks, others have, so a gap is no sum that could "
        "be added to world trade."
    )
