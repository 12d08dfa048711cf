"""Part of the register section on steps at the border, each way and on each side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from landbridge.brief.document import Block, Heading, Refusal, Table
from landbridge.brief.sections.registers_works import ROWS, number
from landbridge.brief.setting import Setting
from landbridge.brief.text import Part
from landbridge.codes import Place
from landbridge.ledger import schema
from landbridge.provenance import Figure
from landbridge.registers.steps import Passage, Step, Steps, along

_MODES = tuple(code for code in schema.kind("step").property("mode").codes if code != "any")


def border(setting: Setting) -> Iterator[Block]:
    """How many steps a consignment needs each way, and which go in electronic form on each side."""
    say = setting.say
    yield Heading(say("Steps at the border"))
    rows: list[tuple[Part | None, ...]] = []
    nations = (setting.nation_a, setting.nation_b)
    for origin, destination in (nations, nations[::-1]):
        # No route: which way the goods take is the question of another section. A consignment goes by one mode.
        by_mode = {
            mode: along(
                setting.ledger,
                Passage((origin.code, destination.code), (mode,), ()),
                "",
                setting.data.as_of,
            )
            for mode in _MODES
        }
        for mode, found in by_mode.items():
            if any(_goes_by(step, mode) for step in found.steps):
                rows += (_side(setting, found, origin, destination, at, mode) for at in (origin, destination))
    if not rows:
        yield Refusal(
            say("Which steps a consignment needs."), say("No steps are held on a way between the two.")
        )
        return
    yield Table(
        "border steps",
        say("Documents and procedures that each side asks for"),
        (
            say("Way"),
            say("By"),
            say("Side"),
            say("Steps"),
            say("Electronic form"),
        ),
        tuple(rows),
        note=say(
            "Counted are steps that the ledger holds for this way by the mode, and those that it holds for every mode; "
            "they are not to be added up over modes. Those held for the other way alone, and those of countries that are "
            "only passed, are left out. None held does not mean none needed."
        ),
        fold=len(rows) > ROWS,
        shown=ROWS,
    )


def _goes_by(step: Step, mode: str) -> bool:
    """Whether a step of this way is named for a mode itself: one for all modes does not show that the mode is used."""
    return step.way == "this way" and any(said.text == mode for said in step.record.all("mode"))


def _by(setting: Setting, mode: str) -> Part:
    say = setting.say
    return {"rail": say("rail"), "road": say("road"), "sea": say("sea"), "air": say("air")}[mode]


def _side(
    setting: Setting, found: Steps, origin: Place, destination: Place, at: Place, mode: str
) -> tuple[Part | None, ...]:
    say = setting.say
    own = [step for step in found.steps if step.side == at.country and step.way == "this way"]
    way = say("{origin} to {end}", origin=setting.place(origin.code), end=setting.place(destination.code))

    def how_many(what: str, chosen: Iterable[Step]) -> Figure | None:
        measure = f"Steps of {at.country} from {origin.code} to {destination.code} by {mode}: {what}"
        held = [step.record.first("parties") or step.record.statements[0] for step in chosen]
        return number(setting, measure, held) if held else None

    states = {"yes": "yes", "partly": "some", "planned": "some"}
    by_form = {step.record.subject: states.get(step.electronic.state, "no") for step in own}
    every = how_many("for every consignment", (step for step in own if not step.goods))
    goods = how_many("for some goods", (step for step in own if step.goods))
    forms = {
        "yes": how_many("electronic form accepted", (s for s in own if by_form[s.record.subject] == "yes")),
        "some": how_many("partly or planned", (s for s in own if by_form[s.record.subject] == "some")),
        "no": how_many("on paper or not known", (s for s in own if by_form[s.record.subject] == "no")),
    }
    # Only what is held stands in a cell: a row of noughts would be read as a finding.
    asked = (
        say("{number} for every consignment", number=every) if every else None,
        say("{number} only for some goods", number=goods) if goods else None,
    )
    electronic = (
        say("accepted in {number}", number=forms["yes"]) if forms["yes"] else None,
        say("in {number} partly or planned", number=forms["some"]) if forms["some"] else None,
        say("in {number} on paper, or not known", number=forms["no"]) if forms["no"] else None,
    )
    return (
        way,
        _by(setting, mode),
        setting.place(at.country),
        tuple(part for part in asked if part is not None) or say("none held"),
        tuple(part for part in electronic if part is not None) or None,
    )
