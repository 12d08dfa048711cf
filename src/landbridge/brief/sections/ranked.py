"""The ranking of bottlenecks that the release holds, in typed parts, and what may be concluded from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from landbridge.brief.setting import Setting, ends
from landbridge.brief.text import Name, Part, Sentence
from landbridge.planning.bottlenecks.shipped import Shipped, shipped
from landbridge.provenance import Figure, Status

Row = Mapping[str, Any]
_MILLION = 1e6
# Topics that a sentence has room for; the table holds the others.
_NEXT = 3


@dataclass(frozen=True, slots=True)
class Ranked:
    """A shipped ranking whose every number can be walked back. Rows come largest median gain first."""

    setting: Setting
    shipped: Shipped

    @property
    def pair(self) -> str:
        """What records of the ranking are named after."""
        a, b = self.shipped.places
        return f"bottlenecks:{a}-{b}"

    @property
    def rows(self) -> tuple[Row, ...]:
        """The candidates, largest median gain first."""
        return self.shipped.rows

    @property
    def likeliest(self) -> Row | None:
        """The candidate likeliest to rank first among those whose size is sourced; None where none is."""
        found = [row for row in self.rows if row["p_first_pct"] is not None]
        return max(found, key=lambda row: (row["p_first_pct"], row["gain_value_musd"]), default=None)

    def label(self, row: Row) -> Name:
        """What is relaxed."""
        return Name(row["label"], f"{self.pair}/{row['candidate']}")

    def words(self, row: Row, column: str) -> Name:
        """A text of the row."""
        return Name(row[column], f"{self.pair}/{row['candidate']}#{column}")

    def gain(self, row: Row) -> Figure:
        """Gain of both places together, US dollars a year, with its range."""
        return self.shipped.figures[row["candidate"]]

    def size(self, row: Row) -> Figure:
        """How far it is relaxed, with its range."""
        return self.gain(row).inputs[0]

    def own(self, row: Row, place: str) -> Figure:
        """Gain of one of the two places, with its range."""
        side = "a" if place == self.shipped.places[0] else "b"
        low, value, high = (_MILLION * row[f"gain_{side}_{end}_musd"] for end in ("low", "value", "high"))
        gain = self.gain(row)
        return replace(
            gain,
            measure=f"Gain of {self.setting.data.names[place]} from: {row['label']}",
            value=value,
            low=low,
            high=high,
            cell=f"{gain.cell}#{place}",
        )

    def chance(self, row: Row, column: str) -> Figure | None:
        """Probability of the first rank (`p_first_pct`) or of one of the first three (`p_top3_pct`), per cent of draws;
        None for a candidate whose size is assumed.
        """
        words = {"p_first_pct": "first", "p_top3_pct": "among the first three"}[column]
        measure = f"Draws in which it ranks {words}, of obstacles with a sourced size: {row['label']}"
        return self._of(row, row[column], measure, "%", column)

    def break_even(self, row: Row) -> Figure | None:
        """The size at which an assumed candidate would match the best sourced one; None for a sourced one."""
        measure = f"Size at which it would match the best with a sourced size: {row['label']}"
        return self._of(row, row["break_even_size"], measure, self.size(row).unit, "break_even_size")

    def share(self) -> Figure | None:
        """The part of the variance of ranks that is due to assumptions; None where no rank varies."""
        part = self.shipped.assumed_share
        if part is None:
            return None
        # Sampling can take it above the whole.
        return self._whole("Part of the variance of ranks that is due to assumptions", min(100.0, 100 * part))

    def topics(self) -> tuple[tuple[Name, Figure], ...]:
        """What assumptions are about, with the part that each alone has in who is among the first three."""
        return tuple(
            (
                Name(topic, f"{self.pair}#topics"),
                self._whole(f"Part in who is among the first three that is due to: {topic}", 100 * part),
            )
            for topic, part in self.shipped.topics
        )

    def parts(self, item: Row) -> Name:
        """The candidates that are relaxed together."""
        labels = {row["candidate"]: row["label"] for row in self.rows}
        named = [labels.get(part, part) for part in item["parts"].split(" + ")]
        return Name(" + ".join(named), f"{self.pair}/{item['parts']}")

    def together(self, item: Row) -> tuple[Figure, ...]:
        """Gains of candidates: the sum of each alone, together, and what that is beyond the sum."""
        names = {
            "gain_alone_musd": f"{item['parts']}, the sum of each alone",
            "gain_together_musd": f"{item['parts']} together",
            "extra_musd": f"{item['parts']} beyond the sum of each alone",
        }
        return tuple(
            self._whole(f"Gain at central values: {words}", _MILLION * item[column], "USD")
            for column, words in names.items()
        )

    def _of(self, row: Row, value: float | None, measure: str, unit: str, column: str) -> Figure | None:
        if value is None:
            return None
        gain = self.gain(row)
        cell = f"{gain.cell}#{column}"
        return replace(
            gain, measure=measure, value=value, unit=unit, low=None, high=None, inputs=(), cell=cell
        )

    def _whole(self, measure: str, value: float, unit: str = "%") -> Figure:
        """A figure of the ranking as a whole, on the same accounts and draws as every gain."""
        gain = self.gain(self.rows[0])
        return Figure(
            measure,
            value,
            unit,
            gain.period,
            Status.SIMULATED,
            citation=gain.citation,
            cell=self.pair,
            code=gain.code,
            note=f"{self.shipped.draws} draws",
        )


def ranked(setting: Setting) -> Ranked | None:
    """The ranking that the release holds for the two countries of a setting; None where it holds none."""
    found = shipped(setting.data, setting.nation_a.code, setting.nation_b.code)
    return None if found is None else Ranked(setting, found)


def command(setting: Setting) -> str:
    """What makes a ranking of the two places."""
    return f"landbridge bottlenecks {setting.a.code} {setting.b.code}"


def verdict(held: Ranked) -> Sentence:
    """The headline of the ranking: what may be concluded, and what to measure next."""
    say = held.setting.say
    share, first = held.share(), held.likeliest
    if not held.rows:
        return say("No obstacle with a defensible cost is held between the two.")
    if share is None:
        return say("Not rankable on present evidence: no rank varies between draws.")
    if not held.shipped.rankable:
        topics: tuple[Part, ...] = tuple(topic for topic, _ in held.topics()[:_NEXT])
        if not topics:
            return say(
                "Not rankable on present evidence: {share} of the variance of ranks is due to assumptions.",
                share=share,
            )
        return say(
            "Not rankable on present evidence: {share} of the variance of ranks is due to assumptions. Measure next: "
            "{topics}.",
            share=share,
            topics=topics,
        )
    if first is None:
        return say("Every size is assumed, so nothing is ranked.")
    return say(
        "{label}: ranks first in {chance} of draws among obstacles whose size is sourced; {share} of the variance of ranks "
        "is due to assumptions.",
        label=held.label(first),
        chance=held.chance(first, "p_first_pct") or say("an unknown part"),
        share=share,
    )


def likeliest(held: Ranked) -> Sentence | None:
    """Which obstacle is likeliest to rank first, and what it is worth; None where every size is assumed."""
    say, first = held.setting.say, held.likeliest
    if first is None:
        return None
    chance = held.chance(first, "p_first_pct")
    if held.shipped.rankable or chance is None:
        return say("Relaxing it is worth {gain} a year to both together.", gain=worth(held, first))
    return say(
        "Of the obstacles whose size is sourced, the likeliest to rank first is “{label}”: in {chance} of draws, worth "
        "{gain} a year to both together.",
        label=held.label(first),
        chance=chance,
        gain=worth(held, first),
    )


def worth(held: Ranked, row: Row) -> Sentence:
    """A gain with its range in words."""
    say, gain = held.setting.say, held.gain(row)
    span = ends(gain)
    if span is None:
        return say("{gain}", gain=gain)
    return say("{gain} ({span})", gain=gain, span=span)
