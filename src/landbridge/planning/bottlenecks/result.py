"""The ranking: what each relaxation is worth, how sure its rank is, and what the ranking rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.planning.bottlenecks import ranking
from landbridge.planning.bottlenecks.candidate import KINDS, Candidate
from landbridge.planning.bottlenecks.ranking import HIGH, LOW, Error
from landbridge.provenance import Citation, Figure, Status
from landbridge.scenarios.evidence import cited_from

Array = NDArray[np.float64]

NOT_RANKABLE = "not rankable on present evidence"
# Above this share of the variance of ranks due to assumptions nothing is called the bottleneck.
MOST_ASSUMED = 0.5
CODE = "landbridge.planning.bottlenecks.bottlenecks"
_MILLION = 1e6
_WORDS = (
    "candidate",
    "kind",
    "label",
    "benchmark",
    "size_unit",
    "evidence",
    "place_a",
    "place_b",
    "solved",
    "concept",
    "id",
)
_SIZES = ("size_low", "size_value", "size_high")
_GAINS = tuple(f"gain_{whose}{end}_musd" for whose in ("", "a_", "b_") for end in ("value", "low", "high"))
_SAVINGS = ("saving_value_pct", "saving_low_pct", "saving_high_pct")
_CHANCES = ("p_first_pct", "p_top3_pct", "break_even_size", "break_even_factor")
_POSSIBLE = "break_even_possible"
TYPES: dict[str, type[pl.DataType]] = {
    "rank": pl.Int64,
    **dict.fromkeys(_WORDS, pl.String),
    **dict.fromkeys((*_SIZES, *_GAINS, *_SAVINGS, *_CHANCES), pl.Float64),
    _POSSIBLE: pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class Uncosted:
    """An obstacle that the ledger holds and that has no defensible cost, with the grade of its evidence (A to E)."""

    record: str
    name: str
    form: str
    grade: str
    why: str


@dataclass(frozen=True, slots=True)
class Together:
    """Candidates relaxed at once: million US dollars a year, the sum of each alone and all together, at central values."""

    parts: tuple[str, ...]
    gain_alone_musd: float
    gain_together_musd: float

    @property
    def extra_musd(self) -> float:
        """What they bring together beyond the sum of what they bring alone."""
        return self.gain_together_musd - self.gain_alone_musd


@dataclass(frozen=True)
class Bottlenecks:
    """Candidates between two places, ranked by the gain of both together.

    `gains` (D, C, 2), million US dollars a year of the accounts' year; exact for the candidates at `solved`, first order
    for the others. `assumed_share`: of the variance of ranks of those that reach the top ten in some draw; None where no
    rank varies. `topics`: what an assumption is about, and its share of that variance. `concept` names the solution.
    `in_pct`: gains are per cent of the value of what moves both ways, the first place's exports and the second's, where
    one of the two is a region.
    """

    places: tuple[str, str]
    names: Mapping[str, str] = field(repr=False)
    candidates: tuple[Candidate, ...] = field(repr=False)
    gains: Array = field(repr=False)
    solved: tuple[int, ...] = field(repr=False)
    assumed_share: float | None
    interval: tuple[float, float] | None
    topics: tuple[tuple[str, float], ...] = field(repr=False)
    error: Error | None
    contenders_error: Error | None
    together: tuple[Together, ...] = field(repr=False)
    uncosted: tuple[Uncosted, ...] = field(repr=False)
    dropped: tuple[str, ...]
    seed: int
    year: int
    spending_usd: float | None
    accounts: Citation = field(repr=False)
    evidence: tuple[Figure, ...] = field(repr=False)
    concept: str = "sectoral GE"
    in_pct: bool = False
    said: tuple[str, ...] = field(repr=False, default=())

    @property
    def draws(self) -> int:
        """How many joint draws stand behind the ranges."""
        return int(self.gains.shape[0])

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Positions of candidates, the largest median gain first."""
        return tuple(np.argsort(-self._medians, kind="stable").tolist())

    @cached_property
    def _medians(self) -> Array:
        return np.asarray(np.median(self.gains.sum(axis=2), axis=0))

    @cached_property
    def rankable(self) -> bool:
        """Whether present evidence allows a ranking: assumptions make at most half of the variance of ranks, for sure."""
        return (
            self.assumed_share is not None
            and max(self.assumed_share, (self.interval or (0, 0))[1]) <= MOST_ASSUMED
        )

    @property
    def headline(self) -> str:
        """The answer in a sentence: the likeliest first, or that nothing can be ranked, and what to measure next."""
        if not self.candidates:
            return "No obstacle with a defensible cost is held for this pair."
        if self.assumed_share is None:
            return "There is no ranking: no rank varies between draws."
        sourced = [row for row in self.rows() if row["p_first_pct"] is not None]
        likeliest = max(sourced, key=lambda row: row["p_first_pct"]) if len(sourced) > 1 else None
        due = f"{_part(self.assumed_share, self.interval)} of the variance of ranks is due to assumptions."
        if not self.rankable:
            topics = "; ".join(topic for topic, _ in self.topics[:3])
            said = [f"{NOT_RANKABLE[0].upper()}{NOT_RANKABLE[1:]}: {due}"]
            said += [f"Measure next: {topics}."] if topics else []
            if likeliest is not None:
                said.append(
                    f"Among the {len(sourced)} obstacles whose size is sourced, “{likeliest['label']}” ranks first in "
                    f"{likeliest['p_first_pct']:.0f} % of draws."
                )
            return " ".join(said)
        if likeliest is None:
            return f"Fewer than two sizes are sourced, so nothing is called first. {due}"
        return (
            f"{likeliest['label']}: ranks first in {likeliest['p_first_pct']:.0f} % of draws among the {len(sourced)} "
            f"obstacles whose size is sourced; {due}"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known before the table is read."""
        said = [self.headline]
        if not self.in_pct:
            a, b = (self.names[place] for place in self.places)
            said += [
                f"Gains are changes of real income of {a} and {b} together, million US dollars a year in the economy of "
                f"{self.year}, 10th to 90th percentile of {self.draws} draws with seed {self.seed}; each obstacle is "
                "relaxed alone, to its benchmark, at no cost.",
                f"{len(self.solved)} of {len(self.candidates)} candidates reach the top ten in some draw and are solved "
                f"exactly ({self.concept}); the others are first order.",
            ]
        for error, where in (
            (self.contenders_error, "For these"),
            (self.error, "For others, on cells drawn at random,"),
        ):
            if error is not None:
                said.append(
                    f"{where} first order is off by {error.median_pct:.1f} % in the median and {error.most_pct:.0f} % at "
                    f"the 90th percentile ({error.count} cells); most for tariffs, whose gain is curved."
                )
        if self.dropped:
            said.append(f"{len(self.dropped)} kinds of failure took draws out: {self.dropped[0]}")
        return (*said, *self.said)

    def rows(self) -> list[dict[str, Any]]:
        """The rows of `table`."""
        return self._rows

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        joint = self.gains.sum(axis=2)
        sourced = [at for at, one in enumerate(self.candidates) if one.sourced]
        chances = ranking.probabilities(ranking.ranks(joint[:, sourced])) if sourced else np.zeros((0, 0))
        best = max((float(self._medians[at]) for at in sourced), default=0.0)
        solved = set(self.solved)
        figures = self.figures
        found = []
        for rank, at in enumerate(self.order, 1):
            one = self.candidates[at]
            row: dict[str, Any] = {
                "rank": rank,
                "candidate": one.id,
                "kind": KINDS[one.kind],
                "label": one.label,
                "benchmark": one.benchmark,
                "size_low": one.size.low,
                "size_value": one.size.value,
                "size_high": one.size.high,
                "size_unit": one.unit,
                "evidence": one.evidence,
                "place_a": self.places[0],
                "place_b": self.places[1],
            }
            for whose, values in (("", joint), ("a_", self.gains[:, :, 0]), ("b_", self.gains[:, :, 1])):
                low, middle, high = np.percentile(values[:, at], [LOW, 50.0, HIGH])
                row |= {
                    f"gain_{whose}value_musd": middle,
                    f"gain_{whose}low_musd": low,
                    f"gain_{whose}high_musd": high,
                }
            row |= dict.fromkeys((*_SAVINGS, *_CHANCES, _POSSIBLE))
            if self.in_pct:
                row |= {f"saving_{end}_pct": row[f"gain_{end}_musd"] for end in ("value", "low", "high")}
                row |= dict.fromkeys(_GAINS)
            if one.sourced:
                mine = chances[sourced.index(at)]
                row |= {"p_first_pct": 100.0 * mine[0], "p_top3_pct": 100.0 * mine[:3].sum()}
            elif best > 0.0 and (factor := ranking.break_even(float(self._medians[at]), best)) is not None:
                row |= {
                    "break_even_size": factor * one.size.value,
                    "break_even_factor": factor,
                    "break_even_possible": one.reaches(factor),
                }
            row |= {
                "solved": "exactly" if at in solved else "first order",
                "concept": self.concept,
                "id": figures[at].id,
            }
            found.append({name: _plain(row[name]) for name in TYPES})
        return found

    def table(self) -> pl.DataFrame:
        """One row a candidate, the largest median gain first. Columns: docs/reference/bottlenecks.md."""
        return pl.DataFrame(self._rows, schema=TYPES)

    def rank_table(self) -> pl.DataFrame:
        """Probability of each rank among candidates whose size is sourced: candidate, rank, probability_pct."""
        sourced = [at for at in self.order if self.candidates[at].sourced]
        chances = (
            ranking.probabilities(ranking.ranks(self.gains.sum(axis=2)[:, sourced]))
            if sourced
            else np.zeros((0, 0))
        )
        rows = [
            {
                "candidate": self.candidates[at].id,
                "rank": place + 1,
                "probability_pct": 100.0 * float(chances[k, place]),
            }
            for k, at in enumerate(sourced)
            for place in range(len(sourced))
            if chances[k, place] > 0
        ]
        return pl.DataFrame(
            rows, schema={"candidate": pl.String, "rank": pl.Int64, "probability_pct": pl.Float64}
        )

    def together_table(self) -> pl.DataFrame:
        """What brings more together than alone: parts, gains alone and together, and what is extra, million dollars."""
        names = ("gain_alone_musd", "gain_together_musd", "extra_musd")
        rows = [
            {"parts": " + ".join(one.parts), **{name: getattr(one, name) for name in names}}
            for one in self.together
        ]
        return pl.DataFrame(rows, schema={"parts": pl.String, **dict.fromkeys(names, pl.Float64)})

    def uncosted_table(self) -> pl.DataFrame:
        """Obstacles without a defensible cost: record, name, form, grade, why."""
        names = ("record", "name", "form", "grade", "why")
        return pl.DataFrame(
            [{name: getattr(one, name) for name in names} for one in self.uncosted],
            schema=dict.fromkeys(names, pl.String),
        )

    def steps_table(self) -> pl.DataFrame:
        """What each candidate changes, so that it can be written as a scenario: candidate, change, crossing, exporter,
        importer, sectors, size (field=low/value/high), part of what passes the crossing.
        """
        names = ("candidate", "change", "crossing", "exporter", "importer", "sectors", "size")
        rows = []
        for one in self.candidates:
            for step in one.steps:
                change = step.change
                ends = getattr(change, "between", None) or (
                    getattr(change, "exporter", None),
                    getattr(change, "importer", None),
                )
                sizes = (
                    f"{name}={size.low:g}/{size.value:g}/{size.high:g}"
                    for name, size in change.ranges().items()
                )
                crossing = getattr(change, "crossing", "") or None
                words = (
                    one.id,
                    change.kind,
                    crossing,
                    ends[0],
                    ends[1],
                    " ".join(change.sectors),
                    "; ".join(sizes),
                )
                rows.append({**dict(zip(names, words, strict=True)), "part": step.part})
        return pl.DataFrame(rows, schema={**dict.fromkeys(names, pl.String), "part": pl.Float64})

    def topic_table(self) -> pl.DataFrame:
        """What assumptions are about, by how far each decides who is among the first three: topic, share_pct."""
        rows = [{"topic": topic, "share_pct": 100.0 * share} for topic, share in self.topics]
        return pl.DataFrame(rows, schema={"topic": pl.String, "share_pct": pl.Float64})

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The gain of every candidate, US dollars a year or per cent of what moves, with what it rests on."""
        joint = self.gains.sum(axis=2)
        found = []
        for at, one in enumerate(self.candidates):
            scale = 1.0 if self.in_pct else _MILLION
            low, middle, high = (scale * float(end) for end in np.percentile(joint[:, at], [LOW, 50.0, HIGH]))
            found.append(
                Figure(
                    f"{'Saving of traders' if self.in_pct else 'Gain of both places'} from: {one.label}",
                    middle,
                    "%" if self.in_pct else "USD",
                    str(self.year),
                    Status.SIMULATED,
                    low=low,
                    high=high,
                    inputs=(*self._base, self._size(one), *self.evidence),
                    code=CODE,
                    cell=f"bottlenecks:{self.places[0]}-{self.places[1]}/{one.id}",
                )
            )
        return tuple(found)

    @cached_property
    def _base(self) -> tuple[Figure, ...]:
        """What gains in dollars are a change of."""
        if self.spending_usd is None:
            return ()
        places = " and ".join(self.names[place] for place in self.places)
        year, cited = str(self.year), self.accounts
        spent = f"Final spending of {places}"
        return (
            Figure(spent, self.spending_usd, "USD", year, Status.IMPUTED, citation=cited, cell="accounts"),
        )

    def _size(self, one: Candidate) -> Figure:
        """How far a candidate is relaxed, and who says so."""
        cited = None if one.statement is None else cited_from(one.statement)
        return Figure(
            f"{one.label}: size of the relaxation",
            one.size.value,
            "h" if one.unit == "h" else "%",
            str(self.year),
            Status.ASSUMED if cited is None else Status.ESTIMATED,
            low=None if one.size.certain else one.size.low,
            high=None if one.size.certain else one.size.high,
            citation=cited,
            cell=f"bottlenecks:{one.id}",
            note=f"To {one.benchmark}",
        )


def _part(share: float, interval: tuple[float, float] | None) -> str:
    """A share in per cent with its interval; sampling can take it above the whole."""
    shown = [min(100.0, 100.0 * end) for end in (share, *(interval or ()))]
    return f"{shown[0]:.0f} %" + (f" ({shown[1]:.0f} to {shown[2]:.0f})" if interval else "")


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, np.floating) else value
