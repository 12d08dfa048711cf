"""What we do not know, system by system."""

from __future__ import annotations

from landbridge import codes
from landbridge.brief.document import Section, Table
from landbridge.brief.sections.claims import concerning
from landbridge.brief.sections.corridors import crossings
from landbridge.brief.sections.ranked import ranked
from landbridge.brief.setting import Setting
from landbridge.brief.text import Label, Part
from landbridge.errors import NotHeld
from landbridge.ledger import Record, Statement

# Which records speak of which system of cooperation (docs/questions.md): a kind, or a kind and one of its forms.
_RECORDS: dict[int, tuple[str, ...]] = {
    1: ("mechanism",),
    2: ("mechanism", "event"),
    3: ("twinning",),
    4: ("document",),
    5: ("event",),
    6: ("trade",),
    7: ("target",),
    8: ("trade",),
    10: ("barrier",),
    11: ("barrier/sanctions", "barrier/payment"),
    12: ("settlement", "barrier/payment"),
    13: ("corridor",),
    14: ("crossing",),
    15: ("barrier/customs",),
    16: ("fund",),
    17: ("project",),
    18: ("zone",),
    20: ("actor",),
    21: ("barrier/investment-climate",),
    22: ("people/tourism", "people/flights", "people/visa"),
    23: ("people/students", "people/universities"),
    24: ("people/content", "people/culture"),
    25: ("people/survey", "barrier/perception", "barrier/information"),
    27: ("event/shock",),
    28: ("barrier",),
}
# What statistics answer in sections of their own: turnover, basket and complementarity, outlook.
_TURNOVER, _BASKET, _OUTLOOK = 6, (8, 9), 29
# What a ranking answers, where one is held.
_BOTTLENECK = 28


def section(setting: Setting) -> Section:
    """For each of the systems of cooperation: how many records and claims are held, so that gaps show."""
    setting = setting.nations
    say = setting.say
    rows: list[tuple[Part | None, ...]] = []
    counted, held = _counted(setting), ranked(setting)
    for system in codes.systems():
        records = _records(setting, system.number)
        claims = _claims(setting, system.number)
        if system.number in counted:
            verdict = say("statistics, in sections above")
        elif system.number == _BOTTLENECK and held is not None:
            verdict = say("a ranking, in a section above")
        elif records and claims:
            verdict = say("records and claims")
        elif records:
            verdict = say("records, no claim")
        elif claims:
            verdict = say("claims only: no record held supports or contradicts them")
        else:
            verdict = say("nothing held")
        rows.append(
            (
                Label(system.name, f"system {system.number}"),
                Label(system.question, f"system {system.number}"),
                verdict,
            )
        )
    return Section(
        "unknown",
        say("What we do not know"),
        (
            Table(
                "coverage",
                say("What this release holds on each system of cooperation"),
                (say("System"), say("Question"), say("Held for this pair")),
                tuple(rows),
                note=say(
                    "Nothing held means that no source has been entered, not that there is nothing to know."
                ),
                fold=True,
            ),
        ),
    )


def _counted(setting: Setting) -> set[int]:
    """The systems that the statistics of this pair speak of."""
    found = {_TURNOVER, _OUTLOOK} if setting.turnover else set()
    try:
        setting.data.trade.best(setting.a.code, setting.b.code)
    except NotHeld:
        return found
    return found | {_TURNOVER, *_BASKET}


def _records(setting: Setting, number: int) -> list[Record]:
    found = []
    for spec in _RECORDS.get(number, ()):
        kind, _, form = spec.partition("/")
        held = crossings(setting) if kind == "crossing" else setting.between(kind)
        found += [item for item in held if not form or item.text("form") == form]
    return found


def _claims(setting: Setting, number: int) -> list[Statement]:
    return [statement for statement in concerning(setting) if statement.detail["system"] == str(number)]
