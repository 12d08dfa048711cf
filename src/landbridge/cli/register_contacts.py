"""Verbs of events and twins alone: editions and what followed, ties rolled up, and those that ought to be."""

from __future__ import annotations

from typing import Annotated

import typer

from landbridge.cli import registers
from landbridge.cli.options import Folder, Json, PlaceA, PlaceB
from landbridge.cli.registers import AsOf
from landbridge.cli.room_options import AnyA, AnyB, AnyRecord, Day

SELDOM = "Silence of the ledger is not silence of the tie."


@registers.verb("events")
def series(on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None) -> None:
    """Every series of events with its editions, and which are missing or counted twice."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers import events

    asked = rooms.ask("events series", on, as_of, workspace, as_json)
    rooms.tell(
        asked,
        [item.row() for item in events.series(asked.held, asked.today)],
        columns=(
            "series",
            "series_from",
            "editions",
            "numbers",
            "first",
            "last",
            "missing",
            "twice",
            "events",
        ),
        nothing="The ledger holds no series.",
    )


@registers.verb("events")
def followed(
    record: AnyRecord = None,
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """What followed an event within one and two years: of all events in one row each, or of one in detail."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers import followup

    asked = rooms.ask("events followed", on, as_of, workspace, as_json)
    reading = f"What followed by {asked.today}; nothing here says that the event brought it about."
    if record is None:
        rows = [item.row() for item in followup.follow_ups(asked.held, asked.today)]
        after = ("event", "name", "date", "event_state", "followed_1y", "followed_2y")
        trade = ("trade_change_1y_pct", "trade_change_2y_pct", "trade_of", "open")
        rooms.tell(asked, rows, columns=(*after, *trade), notes=[reading])
        return
    found = followup.follow_up(asked.data, asked.subject("event", record), asked.today)
    changes = [item.row() for item in found.trade]
    notes = [
        reading,
        found.why_nothing,
        f"JSON has trade of {len(changes)} pairs of places." if changes else "",
    ]
    columns = ("date", "within_years", "what", "record", "name", "certain", "places", "source", "id")
    nothing = (
        "" if found.why_nothing else "The ledger holds nothing of these places in the two years after it."
    )
    rooms.tell(asked, found.rows(), columns=columns, notes=notes, nothing=nothing, more={"trade": changes})


@registers.verb("twins")
def between(
    a: PlaceA, b: PlaceB, on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None
) -> None:
    """The ties of two places by pair of regions, cities and districts rolled up; JSON has every tie too."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers import twins

    rooms.pair(a, b)
    asked = rooms.ask("twins between", on, as_of, workspace, as_json)
    links = twins.roll_up(asked.held, a, b, asked.today)
    ties = twins.between(asked.held, a, b, asked.today).ties
    count = ("region_ties", "city_ties", "district_ties", "councils_of_many")
    states = ("alive", "dormant", "unknown", "ended")
    over = any(item.row()["ended"] for item in links)
    ended = "What has ended stands in the column `ended` and is counted in no other." if over else ""
    rooms.tell(
        asked,
        [item.row() for item in links],
        columns=("a", "a_name", "b", "b_name", *count, *states, "earliest_since"),
        notes=[SELDOM, ended, *dict.fromkeys(note for item in links for note in item.notes)],
        nothing=f"The ledger holds no tie of {a} and {b}.",
        more={"ties": [item.row() for item in ties]},
    )


@registers.verb("twins")
def ought(
    a: PlaceA,
    b: PlaceB,
    first: Annotated[int, typer.Option("--first", metavar="N", help="How many pairs.")] = 10,
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Pairs of regions that no tie binds, by size over distance, with reasons for and against each."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers import twin_gaps

    rooms.require_positive("--first", first)
    asked = rooms.ask("twins ought", on, as_of, workspace, as_json)
    found = twin_gaps.ought(asked.held, a, b, asked.today, limit=first)
    rooms.tell(
        asked,
        found.rows(),
        columns=(
            "rank",
            "best_rank",
            "worst_rank",
            "a_name",
            "b_name",
            "distance_km",
            "reasons",
            "counter_reasons",
        ),
        notes=[
            f"{found.pairs} pairs of regions, {found.tied} of them tied. The order is no score and no advice."
        ],
        nothing="Every pair of regions that can be compared is tied.",
    )


@registers.verb("twins")
def dormant(
    a: PlaceA, b: PlaceB, on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None
) -> None:
    """Ties of two places that look dormant by the rule, each with the reason."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers import twins

    rooms.pair(a, b)
    asked = rooms.ask("twins dormant", on, as_of, workspace, as_json)
    rooms.tell(
        asked,
        [item.row() for item in twins.dormant(asked.held, a, b, asked.today)],
        columns=("record", "name", "level", "places", "since", "last_activity_period", "state_since", "why"),
        notes=[f"{SELDOM} Ties of which nothing was ever heard are not among them."],
        nothing=f"No tie of {a} and {b} looks dormant by the rule.",
    )


@registers.verb("twins")
def counts(
    a: AnyA = None,
    b: AnyB = None,
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """The numbers that sources give for many ties at once."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers import twins

    places = rooms.pair(a, b)
    asked = rooms.ask("twins counts", on, as_of, workspace, as_json)
    rooms.tell(
        asked,
        [item.row() for item in twins.counts(asked.held, between=places)],
        columns=(
            "record",
            "name",
            "counted",
            "comparator",
            "value_count",
            "low_count",
            "high_count",
            "period",
            "source",
        ),
        notes=["Counts of sources, not of this ledger; they count different things."],
        nothing="The ledger holds no such count.",
    )
