"""What agreements did to trade: estimates whose checks hold, those whose checks fail apart, and what is not identified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from landbridge.brief.document import Block, Heading, Paragraph, Points
from landbridge.brief.setting import Setting, ends
from landbridge.brief.text import Name, Part, Sentence
from landbridge.provenance import Citation, Figure, Status
from landbridge.release import Data

_EXTENDED, _OVERALL, _PLAIN, _NOT_IDENTIFIED = "extended PPML", "overall by rows", "plain", "not identified"
_REJECTED = ("pre-trend rejected", "placebo rejected")
# The same estimate with other standard errors stands in the table, not on the page.
_BESIDE = "errors by country"


def agreements(setting: Setting) -> list[Block]:
    """What trade agreements did to trade of their members, with the verdict; what twinnings did is not identified."""
    table = _effects(setting.data)
    if table is None or table.is_empty():
        return []
    say = setting.say
    overall = table.filter(
        (pl.col("name") == _OVERALL)
        & (pl.col("estimator") == _EXTENDED)
        & ~pl.col("question").str.contains(_BESIDE, literal=True)
    )
    points = [
        _effect(setting, row, table)
        for row in overall.filter(~pl.col("verdict").is_in(_REJECTED)).iter_rows(named=True)
    ]
    failed = [
        say("{effect} ({where})", effect=_estimate(setting.data, row), where=_panel(setting, row["panel"]))
        for row in overall.filter(pl.col("verdict").is_in(_REJECTED)).iter_rows(named=True)
    ]
    if failed:
        points.append(
            say(
                "Where a check of the time before the agreement fails, the number is shown and not believed: "
                "{failed}.",
                failed=tuple(failed),
            )
        )
    refused = table.filter(pl.col("name") == _NOT_IDENTIFIED).unique("question", maintain_order=True)
    points += [_refused(setting, row) for row in refused.iter_rows(named=True)]
    if not points:
        return []
    return [
        Heading(say("Do agreements raise trade?")),
        Paragraph(
            (
                say(
                    "Estimated from panels of many countries, with all that moves a seller, a buyer or a pair in common "
                    "taken out. It says what such agreements did elsewhere, not what one between these two would do."
                ),
            )
        ),
        Points(tuple(points)),
    ]


def _effects(data: Data) -> pl.DataFrame | None:
    if not (data.folder / "tables" / "agreement_effects.parquet").exists():
        return None
    return data.agreement_effects


def _effect(setting: Setting, row: Mapping[str, Any], table: pl.DataFrame) -> Sentence:
    say = setting.say
    effect = _estimate(setting.data, row)
    plain = table.filter(
        (pl.col("panel") == row["panel"])
        & (pl.col("question") == row["question"])
        & (pl.col("name") == _PLAIN)
    )
    parts: dict[str, Part] = {
        "question": _question(row),
        "where": _panel(setting, row["panel"]),
        "effect": effect,
        "range": ends(effect) or effect,
        "verdict": Name(row["verdict"] or "", f"verdict {row['question']}"),
    }
    if plain.is_empty():
        return say("{question}, {where}: {verdict}; estimate {effect} ({range}).", **parts)
    return say(
        "{question}, {where}: {verdict}; estimate {effect} ({range}). The older method, which also compares with pairs that "
        "had one already, says {plain}.",
        plain=_estimate(setting.data, plain.row(0, named=True)),
        **parts,
    )


def _refused(setting: Setting, row: Mapping[str, Any]) -> Sentence:
    """The reason alone: counts stand in the table."""
    reason = str(row["note"] or "").removeprefix("Not identified: ").split(" (")[0].rstrip(".")
    return setting.say(
        "{question}: not identified, because {reason}.",
        question=_question(row),
        reason=Name(reason, f"question {row['question']}"),
    )


def _question(row: Mapping[str, Any]) -> Name:
    text = str(row["question"])
    return Name(text[:1].upper() + text[1:], f"question {text}")


def _panel(setting: Setting, panel: str) -> Part:
    say = setting.say
    words = {
        "AGTPA every 4 years": say("the countries of the Advanced Guide, every fourth year"),
        "AGTPA yearly": say("the countries of the Advanced Guide, every year"),
        "world every 4 years": say("most countries of the world, every fourth year"),
    }
    return words.get(panel) or Name(panel, f"panel {panel}")


def _estimate(data: Data, row: Mapping[str, Any]) -> Figure:
    return Figure(
        f"Effect on trade: {row['question']}, {row['estimator']}",
        row["percent"],
        "%",
        "",
        Status.ESTIMATED,
        low=row["percent_low"],
        high=row["percent_high"],
        citation=Citation(data.sources[row["source"]]),
        cell=f"agreement_effects:{row['panel']}/{row['question']}/{row['estimator']}/{row['name']}",
        code="scripts/build_agreement_effects.py",
        note=row["note"] or "",
    )
