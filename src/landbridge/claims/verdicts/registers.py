"""Counts and sums that the registers of the ledger hold: what another source counted, and how many records there are.

Records held are a lower bound: more may exist. A claim below the bound conflicts with it; a claim above it does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from landbridge import codes
from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.asking import dating
from landbridge.claims.verdicts.bounds import impossible
from landbridge.claims.verdicts.context import Context, country, is_country, resolved
from landbridge.claims.verdicts.judging import Asked, judge, ruled_out, unheld
from landbridge.claims.verdicts.naming import same
from landbridge.claims.verdicts.needs import topic_needed
from landbridge.claims.verdicts.spans import Span, calendar_year, later, span
from landbridge.claims.verdicts.verdict import (
    CONFLICTS,
    CONSISTENT_UNDER,
    Evidence,
    Held,
    Verdict,
    beside,
    claimed_range,
)
from landbridge.ledger import Record, Statement
from landbridge.provenance import Figure, Status, derive

CODE = "landbridge.claims.verdicts.registers"
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Register:
    """Where the ledger holds an indicator: kinds of record and their properties.

    `lasting` marks what does not change from year to year, so that a statement of any date is comparable. `forms` are the
    codes of `form`, `mode`, `level` or `type` whose single records may be counted. `total` says that the indicator means all
    there are, so that fewer than are held cannot be; other counts may be of a part (`two documents were signed at
    the meeting`), which only a claim of none at all contradicts.
    """

    kinds: tuple[str, ...]
    properties: tuple[str, ...]
    lasting: bool = False
    counted: str = ""
    forms: tuple[str, ...] = ()
    total: bool = False


_SIGNED = ("treaty", "agreement", "protocol", "programme", "memorandum")
_REGISTERS = {
    "twinned_regions": Register(
        ("twinning",), ("number",), counted="twinning", forms=("region",), total=True
    ),
    "bilateral_documents": Register(("document",), ("number",), counted="document", forms=_SIGNED),
    "partner_provinces": Register(("twinning",), (), counted="twinning", forms=("region",)),
    "cooperation_mechanisms_count": Register(("mechanism",), (), counted="mechanism"),
    "zones_count": Register(("zone",), (), counted="zone"),
    "leader_meetings": Register(("event",), (), counted="event", forms=("summit", "visit")),
    "border_bridges": Register(
        ("crossing",), (), counted="crossing", forms=("bridge-road", "bridge-rail"), total=True
    ),
    "investment_projects_count": Register(("project", "fund"), ("number",)),
    "infrastructure_projects_count": Register(("project",), ("number",)),
    "investment_projects_value": Register(
        ("project",), ("announced", "committed", "contracted", "disbursed")
    ),
    "project_value": Register(
        ("project",), ("announced", "committed", "contracted", "disbursed"), lasting=True
    ),
    "project_duration": Register(("project",), ("duration",), lasting=True),
    "negotiation_duration": Register(("project",), ("duration",), lasting=True),
    "fund_capital": Register(("fund",), ("capital",), lasting=True),
    "fund_investments": Register(("fund",), ("invested",)),
    "loan_amount": Register(("fund", "project"), ("capital", "committed"), lasting=True),
    "bridge_length": Register(("crossing",), ("length",), lasting=True),
    "enterprises_count": Register(("zone", "event"), ("residents", "participants")),
    "participants": Register(("event",), ("participants",)),
    "project_area": Register(("zone",), ("area",), lasting=True),
    "jobs": Register(("zone",), ("jobs",)),
    "tourists": Register(("people",), ("number",)),
    "students": Register(("people",), ("number",)),
    "flights": Register(("people",), ("number",)),
    "air_passengers": Register(("people",), ("number",)),
    "air_traffic_growth": Register(("people",), ("growth",)),
    "container_traffic_growth": Register(("corridor",), ("growth",)),
    "transit_cargo_growth": Register(("corridor",), ("growth",)),
    "rail_cargo_volume": Register(("corridor",), ("volume",)),
}
# Of the registers above, those of people hold several fields; the field that each indicator means.
_FIELDS = {
    "tourists": "tourism",
    "students": "students",
    "flights": "flights",
    "air_passengers": "flights",
    "air_traffic_growth": "flights",
}
INDICATORS = frozenset(_REGISTERS)
# Trips are counted where texts say tourists or persons: another definition of the same thing.
_ALIKE = {"persons": ("persons", "trips"), "passengers": ("passengers",)}


def check(context: Context, claim: Claim) -> Verdict:
    """The verdict on a count or a sum that only the ledger can bear out."""
    if (wrong := impossible(claim)) is not None:
        return wrong
    if claim.value is None:
        return unheld(claim, Asked("a number to compare with"), words="The claim states no number.")
    register = _REGISTERS[claim.indicator]
    if (outside := _more_than_exist(context, claim)) is not None:
        return outside
    stated = list(_stated(context, claim, register))
    compared = [item for item, comparable in stated if comparable]
    further = [item for item, same in stated if not same]
    others = tuple(beside(item, context.dated, "another date or record") for item in further[:_SHOWN])
    counted = _counted(context, claim, register) if register.counted else None
    if counted is not None:
        others = (beside(counted, context.dated, "records held: a lower bound"), *others)
    asked = Asked(topic_needed(claim), dating=dating(claim), beside=others)
    if counted is not None and (register.total or claim.value == 0):
        below = _below(claim, counted, others)
        if below is not None:
            return below
    if compared:
        return judge(context, claim, compared, asked)
    if counted is not None and register.total and _reached(claim, counted):
        words = f"As many records are held: {counted.definition}. More may exist."
        return Verdict(
            claim, CONSISTENT_UNDER, counted.definition, others, f"{words} {dating(claim)}".strip()
        )
    return unheld(claim, asked)


def _stated(context: Context, claim: Claim, register: Register) -> Iterator[tuple[Held, bool]]:
    """(Value, whether it is comparable) of every quantity of the register between the parties, of another source."""
    # Without a property there is nothing stated: an empty list of names would mean all of them.
    for record in _between(context, claim, register.kinds) if register.properties else ():
        if not _in_field(record, claim):
            continue
        named = same(context, record, claim)
        for statement in record.quantities(*register.properties):
            if not _usable(context, statement, claim):
                continue
            held = _of(context, record, statement, claim, sure=named)
            yield held, named and (register.lasting or _same_time(context, statement, claim))


def _between(context: Context, claim: Claim, kinds: Sequence[str]) -> Iterator[Record]:
    parties = {resolved(party) for party in claim.parties}
    if not parties:
        return
    for record in context.data.ledger.records(*kinds):
        if parties <= set(record.places):
            yield record


def _in_field(record: Record, claim: Claim) -> bool:
    field = _FIELDS.get(claim.indicator)
    return field is None or record.text("form") == field


def _usable(context: Context, statement: Statement, claim: Claim) -> bool:
    """Another source than the texts checked, no forecast, and a unit that can be compared."""
    units = _ALIKE.get(claim.unit or "", (claim.unit,))
    independent = statement.source not in context.texts and statement.source != "assumed"
    return independent and statement.status is not Status.FORECAST and statement.unit in units


def _of(context: Context, record: Record, statement: Statement, claim: Claim, *, sure: bool) -> Held:
    figure = record.figure(statement)
    if figure.unit != claim.unit:
        figure = derive(
            f"{figure.measure}, {figure.unit} for {claim.unit}",
            figure.point,
            claim.unit or "",
            (figure,),
            CODE,
            comparator=figure.comparator,
        )
    source = context.data.ledger.sources[statement.source]
    who = statement.speaker or source.publisher
    moment = statement.period or statement.as_of
    note = "; ".join(filter(None, (statement.note, record.text("definition"))))
    return Held(
        definition=f"{record.name}, {statement.property.replace('_', ' ')}, {who}{f', {moment}' if moment else ''}",
        figure=figure,
        span=span(moment) if moment else None,
        reporter="",
        series=record.subject,
        main=False,
        note=note,
        refutes=sure,
    )


def _same_time(context: Context, statement: Statement, claim: Claim) -> bool:
    """Whether a statement and a claim are about one year; without a period a claim is about its text's year."""
    about, own = span(statement.period or statement.as_of), context.span(claim)
    if own is None and context.year is not None:
        own = calendar_year(context.year)
    if about is None or own is None or own.open:
        return False
    if statement.period and claim.period and not _is_count(claim):
        return about == own
    return bool(about.within) and about.within == own.within


def _is_count(claim: Claim) -> bool:
    return claim.unit in ("count", "rank")


def _counted(context: Context, claim: Claim, register: Register) -> Held | None:
    """How many single records are held between the parties at the date of the claim; None where the date is not known.

    What has no date of its own is left out, so that the number stays a lower bound.
    """
    own = context.span(claim)
    moment = context.dated or (own.months[-1] if own is not None and not own.open else "")
    if not moment:
        return None
    kept = [
        record
        for record in _records(context, claim, register)
        if _independent(context, record) and _begun(record, moment, own, register)
    ]
    number = _regions(kept, claim) if register.counted == "twinning" else len(kept)
    if not number:
        return None
    return Held(
        definition=f"{register.counted} records of the ledger by {moment}, a lower bound",
        figure=_number(kept, number, moment, claim),
        span=own,
        series="records",
        main=False,
        cell="; ".join(f"ledger:{record.statements[0].id}" for record in kept),
        note=", ".join(_called(context, record) for record in kept[:8]),
    )


def _records(context: Context, claim: Claim, register: Register) -> Iterator[Record]:
    """Single records with both sides: of a country its regions count too; sets and umbrellas do not."""
    if len(claim.parties) != 2:
        return
    first, second = (_stands_for(resolved(party)) for party in claim.parties)
    for record in context.data.ledger.between(first, second, *register.kinds):
        forms = {record.text(name) for name in ("form", "mode", "level", "type")}
        single = record.standing and record.text("type") != "set"
        if single and (not register.forms or forms & set(register.forms)):
            yield record


def _stands_for(party: str) -> tuple[str, ...]:
    if not is_country(party):
        return (party,)
    return (party, *codes.place(party).members)


def _called(context: Context, record: Record) -> str:
    """The name of a record; of a tie without one the places that it joins."""
    return record.text("name") or " and ".join(context.name(place) for place in record.parties)


def _regions(kept: Sequence[Record], claim: Claim) -> int:
    """How many regions the ties held are of: regions are counted, not pairs.

    Of two countries the smaller number, because whose regions a claim counts is not told by the order of its parties.
    """
    sides = [_stands_for(party) for party in map(resolved, claim.parties) if is_country(party)]
    counts = [
        len({place for record in kept for place in record.parties if place in side and not is_country(place)})
        for side in sides
    ]
    return min(counts, default=0)


def _independent(context: Context, record: Record) -> bool:
    sources = context.data.ledger.sources
    return any(
        s.source not in context.texts
        and s.source != "assumed"
        and not later(sources[s.source].published, context.day)
        for s in record.statements
    )


def _begun(record: Record, moment: str, own: Span | None, register: Register) -> bool:
    begins = next(
        (record.text(name) for name in ("opened", "date", "since", "signed") if record.text(name)), ""
    ).partition("/")[0]
    if not begins or later(begins, moment) is not False:
        return False
    if register.counted == "event" and own is not None:
        happened = span(begins)
        return happened is not None and (happened.first >= own.first if own.open else own.covers(happened))
    ends = record.text("until")
    return not ends or later(moment, ends) is not True


def _number(kept: Sequence[Record], number: int, moment: str, claim: Claim) -> Figure | None:
    """The count as a figure that cites the first record counted; none where nothing is held."""
    cited = next(
        (c for record in kept for s in record.statements if (c := s.citation(record.sources)) is not None),
        None,
    )
    if cited is None:
        return None
    return Figure(
        measure=f"Records held: {claim.indicator.replace('_', ' ')}, {' and '.join(claim.parties)}",
        value=float(number),
        unit="count",
        period=moment,
        status=Status.REPORTED,
        citation=cited,
        cell="; ".join(f"ledger:{record.statements[0].id}" for record in kept),
        code=CODE,
        note="A lower bound: more may exist. The first record's source is cited; the cell names them all.",
        comparator=">=",
    )


def _below(claim: Claim, counted: Held, items: tuple[Evidence, ...]) -> Verdict | None:
    """A claim of fewer than are held at that date."""
    wanted = claimed_range(claim)
    if counted.figure is None or wanted is None or wanted.sure.high is None:
        return None
    if claim.comparator in (">", ">=") or wanted.sure.high >= counted.figure.point:
        return None
    reason = (
        f"Held by that date: at least {counted.figure.point:.0f} [{counted.figure.id}], namely {counted.note}. "
        f"The claim is {counted.figure.point - (claim.value or 0):.0f} below that. {dating(claim)}"
    )
    return Verdict(
        claim, CONFLICTS, counted.definition, items, reason.strip(), "a lower bound: fewer cannot be"
    )


def _reached(claim: Claim, counted: Held) -> bool:
    wanted = claimed_range(claim)
    if counted.figure is None or wanted is None or wanted.sure.low is None or claim.value is None:
        return False
    if claim.value == 0:
        return False
    return counted.figure.point >= (claim.value if claim.comparator in (">", ">=") else wanted.sure.low)


def _more_than_exist(context: Context, claim: Claim) -> Verdict | None:
    """More regions than a country has: a bound from the code lists."""
    if claim.indicator not in ("twinned_regions", "partner_provinces") or claim.value is None:
        return None
    countries = [country(party) for party in claim.parties]
    most = max((len(codes.place(home).members) for home in countries if home), default=0)
    if not most or claim.value <= most or claim.comparator in ("<", "<="):
        return None
    names = " and ".join(context.name(home) for home in dict.fromkeys(filter(None, countries)))
    why = f"More regions than either side has: the code lists hold at most {most} for {names}."
    return ruled_out(claim, why, ())
