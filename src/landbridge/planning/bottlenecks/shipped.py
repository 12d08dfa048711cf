"""A ranking that was made before the release, as it is read back: what a page shows without solving anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from landbridge.flows.trade import ACCOUNTS_SOURCE
from landbridge.provenance import Citation, Figure, Source, Status
from landbridge.release import Data

if TYPE_CHECKING:
    # A page that shows a ranking solves nothing, so it loads nothing that could.
    from landbridge.planning.bottlenecks.candidate import Candidate
    from landbridge.planning.bottlenecks.result import Bottlenecks

SCHEMA = "landbridge/bottlenecks/1"
CODE = "scripts/build_bottlenecks.py"


@dataclass(frozen=True, slots=True)
class Shipped:
    """The ranking of two countries as the release holds it.

    `rows` as those of `Bottlenecks.table`, without ids; `figures` the gain of every candidate by its id, in US dollars a
    year. `assumed_share` (0 to 1, None where no rank varies), `topics` (topic, share), `together` and `uncosted` as the
    tables of that name; `rankable` and `headline` say what may be concluded.
    """

    places: tuple[str, str]
    headline: str
    rankable: bool
    assumed_share: float | None
    draws: int
    seed: int
    year: int
    rows: tuple[Mapping[str, Any], ...] = field(repr=False)
    topics: tuple[tuple[str, float], ...] = field(repr=False)
    together: tuple[Mapping[str, Any], ...] = field(repr=False)
    uncosted: tuple[Mapping[str, Any], ...] = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
    figures: Mapping[str, Figure] = field(repr=False)


def record(found: Bottlenecks) -> dict[str, Any]:
    """A ranking as plain data: what is written beside the release's tables."""
    by_id = {one.id: one for one in found.candidates}
    rows = [
        {name: _short(value) for name, value in row.items() if name != "id"}
        | {"source": _source(by_id[row["candidate"]])}
        for row in found.rows()
    ]
    return {
        "schema": SCHEMA,
        "places": list(found.places),
        "headline": found.headline,
        "rankable": found.rankable,
        "assumed_share": _short(found.assumed_share),
        "draws": found.draws,
        "seed": found.seed,
        "year": found.year,
        "topics": [[topic, _short(share)] for topic, share in found.topics],
        "together": [
            {name: _short(value) for name, value in row.items()} for row in found.together_table().to_dicts()
        ],
        "uncosted": found.uncosted_table().to_dicts(),
        "notes": list(found.notes),
        "rows": rows,
    }


def shipped(data: Data, a: str, b: str) -> Shipped | None:
    """The ranking that the release holds for two countries in either order; None where it holds none."""
    for path in data.rankings.values():
        held = json.loads(path.read_text("utf-8"))
        if set(held["places"]) == {a, b}:
            return _read(held, data)
    return None


def _read(held: Mapping[str, Any], data: Data) -> Shipped:
    names = ("headline", "rankable", "assumed_share", "draws", "seed", "year")
    places = held["places"][0], held["places"][1]
    return Shipped(
        places=places,
        **{name: held[name] for name in names},
        rows=tuple(held["rows"]),
        topics=tuple((topic, share) for topic, share in held["topics"]),
        together=tuple(held["together"]),
        uncosted=tuple(held["uncosted"]),
        notes=tuple(held["notes"]),
        figures={row["candidate"]: _figure(row, held, data) for row in held["rows"]},
    )


def _figure(row: Mapping[str, Any], held: Mapping[str, Any], data: Data) -> Figure:
    """The gain of a candidate, with the accounts and the size of the relaxation under it."""
    a, b = held["places"]
    cell = f"bottlenecks:{a}-{b}/{row['candidate']}"
    certain = row["size_low"] == row["size_high"]
    source = row["source"]
    cited = None if source is None else Citation(Source(**source))
    size = Figure(
        f"{row['label']}: size of the relaxation",
        row["size_value"],
        "h" if row["size_unit"] == "h" else "%",
        str(held["year"]),
        Status.ASSUMED if cited is None else Status.ESTIMATED,
        low=None if certain else row["size_low"],
        high=None if certain else row["size_high"],
        citation=cited,
        cell=f"{cell}#size",
        note=f"To {row['benchmark']}. {'Rests on a source' if row['evidence'] == 'sourced' else 'Assumed'}.",
    )
    return Figure(
        f"Gain of {data.names[a]} and {data.names[b]} from: {row['label']}",
        1e6 * row["gain_value_musd"],
        "USD",
        str(held["year"]),
        Status.SIMULATED,
        low=1e6 * row["gain_low_musd"],
        high=1e6 * row["gain_high_musd"],
        citation=Citation(data.sources[ACCOUNTS_SOURCE], f"closed account of {held['year']}"),
        cell=cell,
        inputs=(size,),
        code=CODE,
        note=f"Median and 10th to 90th percentile of {held['draws']} draws",
    )


def _source(one: Candidate) -> dict[str, str] | None:
    """Who states the size of a relaxation, or what it is computed from, as a source; None where it is assumed."""
    cited = one.statement
    if cited is None:
        return None
    words = {"publisher": cited.publisher, "title": cited.title, "published": cited.date, "url": cited.url}
    return {"id": f"bottleneck-{one.id}", **words, "licence": "as at source"}


def _short(value: Any) -> Any:
    """Numbers at six digits: more would be noise, and would differ between machines."""
    return float(f"{value:.6g}") if isinstance(value, float) else value
