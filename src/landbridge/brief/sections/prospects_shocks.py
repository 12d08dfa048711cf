"""What earlier shocks did to the trade of the pair, and whether it came back."""

from __future__ import annotations

from landbridge.brief.document import Block, Heading, Points, Refusal, Table
from landbridge.brief.setting import Setting, ends, name
from landbridge.brief.text import Code, Date, Name, Part, Sentence
from landbridge.prospects.counted import EXPORTS, IMPORTS, TURNOVER
from landbridge.prospects.shipped import Told, told
from landbridge.prospects.shock_events import every
from landbridge.provenance import Figure, derive

RARE = "rare"
_CODE = "landbridge.brief.sections.prospects_shocks"


def earlier(setting: Setting) -> list[Block]:
    """Dated shocks and recovery, out of what was measured before the release; refused where the data are others."""
    say = setting.say
    a, b = setting.nation_a.code, setting.nation_b.code
    if not any(shock.concerns(a, b) for shock in every(setting.data)):
        return []
    heading = Heading(say("What earlier shocks did"))
    found = told(setting.data, setting.outlooks)
    if found is None:
        return [
            heading,
            Refusal(
                say("How far shocks threw this trade off its path, and whether it came back."),
                say("Nothing that was measured before the release fits these data."),
                say(
                    "To measure it, which takes a minute: {command}.",
                    command=Code(f"landbridge prospects shocks {a} {b}"),
                ),
            ),
        ]
    if not found:
        return [
            heading,
            Refusal(
                say("How far shocks threw this trade off its path, and whether it came back."),
                say("No series of this pair is long enough before any of its shocks."),
            ),
        ]
    return [heading, Points(tuple(_points(setting, found))), _table(setting, found)]


def named(setting: Setting, subjects: tuple[str, ...]) -> Part:
    """The shocks that no series tells apart, by name."""
    return tuple(
        name(record) for subject in subjects if (record := setting.ledger.record(subject)) is not None
    )


def _points(setting: Setting, found: tuple[Told, ...]) -> list[Sentence]:
    """The gaps that ordinary times rarely show, and how many of the others there are."""
    say = setting.say
    rare = [row for row in found if row.verdict == RARE]
    out = [_rare(setting, row) for row in rare]
    others = [row for row in found if row.verdict != RARE]
    if others:
        count = derive(
            "Gaps after shocks that placebos do not show to be rare", float(len(others)), "count",
            tuple(row.effect for row in others), _CODE,
        )  # fmt: skip
        whole = derive(
            "Gaps after shocks that could be measured", float(len(found)), "count",
            tuple(row.effect for row in found), _CODE,
        )  # fmt: skip
        out.append(
            say(
                "{count} of {whole} measured gaps are no larger than those at dates or partners without a shock, or too few "
                "of these are held to tell. What else happened at the time is in every gap.",
                count=count,
                whole=whole,
            )
        )
    return out


def _rare(setting: Setting, row: Told) -> Sentence:
    say = setting.say
    parts: dict[str, Part] = {
        "since": Date(row.since),
        "shock": named(setting, row.shocks),
        "part": _part(setting, row.part),
        "effect": row.effect,
        "range": ends(row.effect) or row.effect,
    }
    if row.back is not None:
        return say(
            "After {shock} ({since}), {part} lay {effect} from where their own past led ({range}), more than most ordinary "
            "times show, as one or two of so many gaps would by chance; they were back inside the usual range in {back}.",
            back=Date(row.back),
            **parts,
        )
    return say(
        "After {shock} ({since}), {part} lay {effect} from where their own past led ({range}), more than most ordinary "
        "times show, as one or two of so many gaps would by chance; they were still outside the usual range at the end.",
        **parts,
    )


def _part(setting: Setting, part: str) -> Part:
    """A part of the trade in words; exports and imports as seen from the first place of the book."""
    say = setting.say
    assert setting.outlooks is not None
    a, b = (setting.place(code) for code in setting.outlooks.places)
    match part:
        case _ if part == EXPORTS:
            return say("goods of {a} to {b}", a=a, b=b)
        case _ if part == IMPORTS:
            return say("goods of {b} to {a}", a=a, b=b)
        case _ if part == TURNOVER:
            return say("goods both ways")
        case _:
            return Name(part.replace("_", " "), f"part {part}")


def _table(setting: Setting, found: tuple[Told, ...]) -> Table:
    say = setting.say
    verdicts = {
        RARE: say("rare in ordinary times"),
        "ordinary": say("no larger than at placebos"),
        "too few placebos": say("too few placebos to tell"),
    }
    rows: list[tuple[Part | None, ...]] = []
    for row in found:
        back: Part | None = (
            say("never outside") if not row.left else Date(row.back) if row.back else say("not by the end")
        )
        shown: Figure | None = ends(row.effect)
        rows.append(
            (
                named(setting, row.shocks),
                Date(row.since),
                _part(setting, row.part),
                Name(row.method, f"method {row.method}"),
                row.effect,
                shown,
                verdicts.get(row.verdict),
                back,
            )
        )
    return Table(
        "shocks",
        say("Shocks, the gap that followed, and recovery"),
        (
            say("Shock"),
            say("counts from"),
            say("part of the trade"),
            say("method"),
            say("gap"),
            say("range"),
            say("placebos say"),
            say("back inside the range in"),
        ),
        tuple(rows),
        note=say(
            "Gap: to what the part would have been, over its first year or as long as is held. By month a part is carried "
            "on from its own past; by year it is set beside other partners. No cause is claimed."
        ),
        fold=True,
    )
