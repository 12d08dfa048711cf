"""What we do not know, system by system."""

from __future__ import annotations

from landbridge import codes
from landbridge.brief.document import Section, Table
from landbridge.brief.sections.claims import concerning
from landbridge.brief.setting import Setting
from landbridge.brief.text import Label, Part
from landbridge.ledger import Statement

# Which kinds of record speak of which system of cooperation (docs/questions.md).
_KINDS: dict[int, tuple[str, ...]] = {
    1: ("mechanism",),
    2: ("mechanism", "event"),
    3: ("twinning",),
    4: ("document",),
    5: ("event",),
    7: ("target",),
    10: ("barrier",),
    12: ("settlement",),
    13: ("corridor",),
    14: ("crossing",),
    16: ("fund",),
    17: ("project",),
    18: ("zone",),
    22: ("people",),
    23: ("people",),
    24: ("people",),
    25: ("people",),
}


def section(setting: Setting) -> Section:
    """For each of the systems of cooperation: how many records and claims are held, so that gaps show."""
    say = setting.say
    rows: list[tuple[Part | None, ...]] = []
    for system in codes.systems():
        records = setting.between(*_KINDS[system.number]) if system.number in _KINDS else ()
        claims = _claims(setting, system.number)
        if records and claims:
            verdict = say("records and claims held")
        elif records:
            verdict = say("records held, no claim")
        elif claims:
            verdict = say("claims only: nothing held supports or contradicts them")
        elif system.number in (6, 8, 9, 29):
            verdict = say("answered from statistics in the sections above")
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


def _claims(setting: Setting, number: int) -> list[Statement]:
    return [statement for statement in concerning(setting) if statement.detail["system"] == str(number)]
