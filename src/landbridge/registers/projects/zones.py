"""The profile of a zone: residents, area, investment, exports and jobs by date, and ratios only from one source and date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from landbridge.errors import BadUsage
from landbridge.ledger import Ledger, Record, Statement
from landbridge.provenance import Figure, derive
from landbridge.registers.projects.money import Claim, claims, hedge, opposite, said_until
from landbridge.registers.projects.stages import Stage, stages

KINDS = ("residents", "area", "declared_investment", "invested", "exports", "jobs")
_RATIOS = tuple(
    (top, bottom) for bottom in ("area", "residents") for top in KINDS if top not in ("area", bottom)
)
_HA_PER_KM2 = 100.0
STOCK, FLOW = "stock", "flow"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure of a zone by another of the same source and moment, in `unit` per square kilometre or resident."""

    measure: str
    unit: str
    per: str
    figure: Figure
    note: str

    def row(self) -> dict[str, Any]:
        """Plain columns; `value` is in `unit` by `per`."""
        figure = self.figure
        return {
            "measure": self.measure,
            "value": figure.value,
            "low": figure.low,
            "high": figure.high,
            "unit": self.unit,
            "per": self.per,
            "comparator": figure.comparator,
            "period": figure.period or None,
            "status": figure.status.value,
            "source": figure.inputs[0].citation.source.id if figure.inputs[0].citation else None,
            "note": self.note or None,
            "id": figure.id,
            "ids": [item.cell.removeprefix("ledger:") for item in figure.inputs],
        }


@dataclass(frozen=True, slots=True)
class Profile:
    """One zone as the ledger knows it on a day: `claims` by property, oldest first, and the ratios that may be formed.

    `project` is the record of the project that is the same thing, with the `stages` that it reached; the two are one.
    """

    record: str
    name: str
    parties: tuple[str, ...]
    place: str
    since: str
    regimes: tuple[Statement, ...]
    sectors: tuple[str, ...]
    claims: tuple[Claim, ...]
    ratios: tuple[Ratio, ...]
    project: str = ""
    stages: tuple[Stage, ...] = ()

    def of(self, kind: str) -> tuple[Claim, ...]:
        """The claims of one property, oldest first."""
        return tuple(claim for claim in self.claims if claim.kind == kind)

    def rows(self) -> list[dict[str, Any]]:
        """One row a claim: what there was on a day first, then what came about in a span of time."""
        found = [{"measured": measured(claim), **claim.row()} for claim in self.claims]
        return sorted(found, key=lambda row: row["measured"] == FLOW)

    def row(self) -> dict[str, Any]:
        """Plain columns; claims and ratios as lists."""
        return {
            "record": self.record,
            "name": self.name,
            "parties": list(self.parties),
            "place": self.place or None,
            "since": self.since or None,
            "regimes": [statement.text for statement in self.regimes],
            "sectors": list(self.sectors),
            "project": self.project or None,
            "stages": [stage.row() for stage in self.stages],
            **{kind: [claim.row() for claim in self.of(kind)] for kind in KINDS},
            "ratios": [ratio.row() for ratio in self.ratios],
        }


def measured(claim: Claim) -> str:
    """Whether a figure is a stock on a day or a flow over a span of time; exports are a flow however they are dated."""
    return FLOW if claim.statement.period or claim.kind == "exports" else STOCK


def profile(ledger: Ledger, subject: str, today: str) -> Profile:
    """The profile of one zone as things were known on `today`; raises `BadUsage` where the record is no zone."""
    record = ledger.record(subject)
    if record.kind != "zone":
        raise BadUsage(f"{subject} is no zone.", remedy="`landbridge zones list` shows them.")
    said = claims(ledger, subject, today, *KINDS)
    known = [s for name in ("regime", "sector") for s in record.all(name)]
    known = [s for s in known if said_until(s, record.sources, today)]
    same = next((r for r in ledger.records("project") if r.text("same_as") == subject), None)
    return Profile(
        subject,
        record.name,
        record.parties,
        record.text("place"),
        record.text("since"),
        tuple(s for s in known if s.property == "regime"),
        tuple(s.text for s in known if s.property == "sector"),
        said,
        tuple(_ratios(record, said)),
        "" if same is None else same.subject,
        () if same is None else stages(same, today),
    )


def profiles(ledger: Ledger, today: str) -> tuple[Profile, ...]:
    """The profile of every zone, by subject."""
    return tuple(profile(ledger, record.subject, today) for record in ledger.records("zone"))


def _ratios(record: Record, said: Sequence[Claim]) -> Iterator[Ratio]:
    """Every ratio of two figures that one source gives for one moment; parts and superseded claims are left out."""
    whole = [claim for claim in said if not (claim.part or claim.superseded_by)]
    for top, bottom in _RATIOS:
        for above in (claim for claim in whole if claim.kind == top):
            for below in (claim for claim in whole if claim.kind == bottom):
                if _moment(above) and _moment(above) == _moment(below) and below.bounds[0] > 0:
                    yield _ratio(record, above, below)


def _moment(claim: Claim) -> tuple[str, ...]:
    """The source and the time of a figure, all of which must agree; empty for what is undated."""
    said = claim.statement
    if not (said.period or said.as_of):
        return ()
    return (said.source, said.period, said.as_of, said.speaker)


def _ratio(record: Record, above: Claim, below: Claim) -> Ratio:
    scale = _HA_PER_KM2 if below.statement.unit == "ha" else 1.0
    low, high = above.bounds[0] / below.bounds[1] * scale, above.bounds[1] / below.bounds[0] * scale
    per = "km2" if below.kind == "area" else "resident"
    unit = above.statement.unit
    label = above.kind.replace("_", " ")
    one = low == high
    # The notes say what each figure counts (a first stage, new residents), so they go where the ratio goes.
    notes = "; ".join(
        f"{c.kind.replace('_', ' ')}: {c.statement.note}" for c in (above, below) if c.statement.note
    )
    figure = derive(
        f"{record.name}: {label} per {'square kilometre' if per == 'km2' else per}",
        low if one else None,
        unit,
        [record.figure(above.statement), record.figure(below.statement)],
        "landbridge.registers.projects.zones.profile",
        low=None if one else low,
        high=None if one else high,
        note=notes,
        comparator=hedge((above.statement.comparator, opposite(below.statement.comparator))),
    )
    return Ratio(label, unit, per, figure, notes)
