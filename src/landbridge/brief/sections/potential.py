"""What would be normal: expected against traded by sector, where the gap is, and the level of the pair's peers."""

from __future__ import annotations

from landbridge import codes
from landbridge.brief.document import Against, Block, Chart, Contrast, Paragraph, Refusal, Section, Table
from landbridge.brief.setting import Setting, ends
from landbridge.brief.text import Code, Date, Label, Name, Part, Sentence
from landbridge.errors import OutsideSupport
from landbridge.potential import inverse, peers
from landbridge.potential.countries import potential
from landbridge.potential.country_result import ABOVE, BELOW, REFUSED, WITHIN, CountryPotential, Line
from landbridge.provenance import Figure

_DRAWN = 12
_SHOWN = 8
_LISTED = 15
_GOODS, _SERVICES, _ALL = "goods", "services", "all"
_AGGREGATES = (_GOODS, _SERVICES, _ALL)


def section(setting: Setting) -> Section:
    """Expected against observed both ways between the two countries, the ranked gaps, and the level of peers."""
    setting = setting.nations
    say = setting.say
    title = say("Unused potential")
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
    blocks: list[Block] = [Paragraph((_what_it_means(setting), *map(_verdict_on_all, [setting] * 2, found)))]
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


def _verdict_on_all(setting: Setting, found: CountryPotential) -> Sentence:
    """One direction in a sentence: goods together, traded against expected and against what is normal."""
    say = setting.say
    line = found.line(_GOODS)
    names: dict[str, Part] = {"a": setting.place(found.exporter), "b": setting.place(found.importer)}
    figures = {of: found.figure(_GOODS, of) for of in ("observed", "expected", "normal")}
    if line.verdict == REFUSED or not all(isinstance(figure, Figure) for figure in figures.values()):
        return say(
            "For all goods of {a} to {b} no expectation stands: {reason}.",
            **names,
            reason=_reason(line),
        )
    held = {of: figure for of, figure in figures.items() if isinstance(figure, Figure)}
    return say(
        "{a} delivered goods for {observed} to {b}; expected are {expected}, and pairs like it lie within {normal}: "
        "{verdict}.",
        **names,
        **held,
        verdict=_verdict(setting, line.verdict),
    )


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
    largest = sorted(held, key=lambda line: -max(line.expected_usd or 0.0, line.observed_usd or 0.0))
    rows = [row for line in largest[:_DRAWN] if (row := _against(found, line)) is not None]
    outside = [line for line in held if line.verdict in (ABOVE, BELOW)]
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
    observed, expected, normal = (found.figure(line.item, of) for of in ("observed", "expected", "normal"))
    if isinstance(observed, Figure) and isinstance(expected, Figure) and isinstance(normal, Figure):
        return Against(_item(line), observed, expected, normal)
    return None


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
        line = found.line(item)
        observed, expected, gap = (found.figure(item, of) for of in ("observed", "expected", "gap"))
        if isinstance(observed, Figure) and isinstance(expected, Figure) and isinstance(gap, Figure):
            rows.append((_item(line), Code(item), observed, gap, ends(gap), _verdict(setting, line.verdict)))
    title = say("{a} to {b}: sectors with less trade than expected, largest gap first", **names)
    if not rows:
        return Refusal(
            title,
            say("In no sector that {a} shows it can sell does it deliver less than expected.", a=names["a"]),
        )
    return Table(
        f"gaps {key}",
        title,
        (
            say("Sector"),
            say("Code"),
            say("traded"),
            say("gap"),
            say("gap, from and to"),
            say("against other pairs"),
        ),
        tuple(rows),
        note=say(
            "Only sectors that {a} shows it can sell, and that the rules of support allow. A range that begins below zero "
            "does not tell a gap from none. Within the normal range means that many pairs lack as much.",
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
        observed, expected, normal = (
            found.figure(line.item, of) for of in ("observed", "expected", "normal")
        )
        refused = line.verdict == REFUSED
        rows.append(
            (
                _item(line),
                Code(line.item),
                observed if isinstance(observed, Figure) else None,
                expected if isinstance(expected, Figure) else None,
                ends(expected) if isinstance(expected, Figure) else None,
                normal if isinstance(normal, Figure) else None,
                _reason(line) if refused else _verdict(setting, line.verdict),
            )
        )
    return Table(
        f"normal {key}",
        say("{a} to {b}: every sector, and why some have no expectation", **names),
        (
            say("Sector"),
            say("Code"),
            say("traded"),
            say("expected"),
            say("expected, from and to"),
            say("normal, from and to"),
            say("verdict or reason"),
        ),
        tuple(rows),
        note=say(
            "The range of what is expected is that of the equation's parameters; the range of normal is where four of five "
            "other pairs of the same expected size lie."
        ),
        fold=True,
        shown=_LISTED,
    )


def _distance_between(setting: Setting) -> list[Sentence]:
    """The tariff equivalent of all that divides the two, and what the peers' level of access would change."""
    say, a, b = setting.say, setting.a.code, setting.b.code
    out: list[Sentence] = []
    cost = inverse.tariff_equivalents(setting.data, a, b, items=["goods"]).figure(a, b, "goods")
    if isinstance(cost, Figure):
        out.append(
            say(
                "All that divides the two more than each is divided within works on goods like a tariff of {cost} "
                "({range}).",
                cost=cost,
                range=ends(cost) or say("no range"),
            )
        )
    for seller, buyer in ((a, b), (b, a)):
        try:
            moved = peers.peers(setting.data, seller, buyer)
        except OutsideSupport:
            continue
        change = moved.figure("all")
        if isinstance(change, Figure):
            out.append(
                say(
                    "Were the access of {a} to {b} like that of its peers ({peers}), goods delivered would change by "
                    "{change}, output and spending of everybody as they are.",
                    a=setting.place(seller),
                    b=setting.place(buyer),
                    peers=tuple(
                        say("{seller} to {buyer}", seller=setting.place(x), buyer=setting.place(y))
                        for x, y in moved.peers
                    ),
                    change=change,
                )
            )
    return out


def _adding_up(setting: Setting) -> Sentence:
    return setting.say(
        "Gaps of one country over all its partners cancel: what one pair lacks, others have, so a gap is no sum that could "
        "be added to world trade."
    )
