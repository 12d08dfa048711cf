"""What projects and funds disclose, the card of a fund and the profile of a zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landbridge.cli import registers
from landbridge.cli.room_options import AnyRecord, Asking, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landbridge.registers.projects.stages import Stage

_CLAIM = ("kind", "comparator", "value", "low", "high", "unit", "claimed_on", "by", "status", "note", "id")


def _disclosing(noun: str, one: str) -> None:
    """Add the verb that lists items of disclosure to the register of projects or of funds."""

    @registers.verb(
        noun,
        name="transparency",
        help=f"Which items of disclosure the ledger holds of a {one} and which are missing; without ID the score of all.",
    )
    def run(record: AnyRecord = None, asking: Asking = Asking()) -> None:
        disclosed(noun, record, asking)


_disclosing("projects", "project")
_disclosing("funds", "fund")


def disclosed(noun: str, record: str | None, asking: Asking) -> None:
    """Items of disclosure of one project or fund, or the score of all."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.nouns import NOUNS
    from landbridge.registers.projects.transparency import transparency as found_by

    asked = rooms.ask(f"{noun} transparency", *asking.given)
    kind = NOUNS[noun].kind
    note = "Counted is what the ledger holds from published sources, not what was published at all."
    begun = {item.subject: item for item in asked.held.ledger.records(kind)}
    if record is not None:
        subject = asked.subject(kind, record)
        if subject not in begun:
            rooms.tell(
                asked,
                [],
                nothing=f"Asked about {asked.today}: {subject} had not begun or was over, so nothing was due.",
                more={"score": []},
            )
            return
        found = found_by(asked.data.ledger.record(subject), asked.today)
        score = found.row()
        told = ("item", "title", "group", "oc4ids_field", "state", "by")
        rooms.tell(asked, found.rows(), columns=told, notes=[_counted(score), note], more={"score": [score]})
        return
    rows = [found_by(asked.data.ledger.record(subject), asked.today).row() for subject in begun]
    counts = ("held_count", "undated_count", "missing_count", "not_due_count")
    undated = any(row["undated_count"] for row in rows)
    rooms.tell(
        asked,
        rows,
        columns=("record", "name", "score_pct", *(("score_high_pct",) * undated), *counts, "missing"),
        notes=[note, _UNDATED if undated else ""],
        nothing=f"The ledger holds no {noun}.",
    )


_UNDATED = "Undated pages may have been out by then or not, which makes a score a range."


def _counted(score: dict[str, object]) -> str:
    """How many items are held, undated and missing, in words."""
    told = f"{score['held_count']} items held, {score['missing_count']} missing"
    if score["undated_count"]:
        told += (
            f", {score['undated_count']} from pages without a date, which may have been out by then or not"
        )
    return f"{told}."


@registers.verb("funds")
def card(record: Record, asking: Asking = Asking()) -> None:
    """The card of a fund: sums claimed by date and source, what it tells of itself and what it does not."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects.funds import card as found_by

    asked = rooms.ask("funds card", *asking.given)
    found = found_by(asked.data.ledger, asked.subject("fund", record), asked.today)
    whole = found.row()
    said = [claim.row() for claim in (*found.capital, *found.invested, *found.projects)]
    rooms.tell(
        asked,
        said,
        columns=_CLAIM,
        notes=[
            f"{found.name}. Sponsors: {'; '.join(whole['sponsors']) or 'none named'}.",
            f"It tells of itself: {'; '.join(whole['discloses']) or 'nothing that a source held reports'}.",
            f"Missing: {'; '.join(whole['missing']) or 'nothing'}.",
        ],
        nothing="No sum and no number of projects is held.",
        more={"card": [whole]},
    )


def _same(project: str, stages: Sequence[Stage]) -> str:
    """That a zone is entered as a project too, with the stages of it; empty where it is not."""
    if not project:
        return ""
    reached = ", ".join(f"{stage.code} {stage.period}".strip() for stage in stages if not stage.planned)
    return f"The same as {project}{f' ({reached})' if reached else ''}: one thing in two registers, counted once."


@registers.verb("zones")
def profile(record: Record, asking: Asking = Asking()) -> None:
    """The profile of a zone: residents, area, investment, exports and jobs by date, each by source."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects.zones import profile as found_by

    asked = rooms.ask("zones profile", *asking.given)
    found = found_by(asked.data.ledger, asked.subject("zone", record), asked.today)
    rooms.tell(
        asked,
        found.rows(),
        columns=("measured", "kind", "period", *_CLAIM[1:]),
        notes=[
            f"{found.name}, {found.place or 'place not stated'}. Ratios, of one source and date, are in the JSON.",
            "A stock is what there was on a day, a flow what came about in the period; the two are not added.",
            _same(found.project, found.stages),
        ],
        nothing="No figure is held of it.",
        more={"profile": [found.row()]},
    )
