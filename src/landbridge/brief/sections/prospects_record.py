"""The record behind a probability: how often such numbers came true, and what was issued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landbridge.brief.document import Block, Heading, Points, Table
from landbridge.brief.likely import HUNDRED, Likely, between, frequency
from landbridge.brief.setting import Setting
from landbridge.brief.text import Date, Name, Part, Sentence
from landbridge.forecasting.record import ALL, BASE
from landbridge.prospects.issued import Issued, issued
from landbridge.prospects.probability import Target
from landbridge.prospects.support import Support
from landbridge.provenance import Citation, Figure, Source, Status, Unavailable, derive

_CODE = "scripts/build_forecast_record.py"
_SECTION = "landbridge.brief.sections.prospects_record"


def behind(setting: Setting, answered: list[tuple[Likely, Target]]) -> list[Block]:
    """What stands behind the probabilities: how often such ones came true, skill, coverage, other answers, the dated one."""
    say = setting.say
    points = [sentence for _, target in answered for sentence in _came(setting, target)]
    first = answered[0][1]
    points += _skill(setting, first)
    notes = [note for _, target in answered for note in target.notes if note not in target.basis.said]
    points += _common(setting, answered)
    points += [say("{note}", note=Name(note, "record of forecasts")) for note in dict.fromkeys(notes)]
    for item, target in answered:
        points += _models(setting, item, target, several=len(answered) > 1)
    points += _announced(setting)
    points += _dated(setting, answered)
    return [Heading(say("What stands behind the number")), Points(tuple(points)), _passage(setting, answered)]


def _panels(setting: Setting) -> tuple[Figure, ...]:
    """The panels that the record was made on, as figures: how many series of each were tried."""
    used = set(setting.data.forecast_record.errors["panel"].unique().to_list())
    return tuple(
        Figure(
            f"Series on which forecasts were tried: {row['title']}",
            float(row["series_entered"]),
            "count",
            f"{row['first_origin']}/{row['last_origin']}",
            Status.ESTIMATED,
            citation=Citation(
                Source(
                    f"forecast-panel-{row['panel']}",
                    row["source"],
                    row["title"],
                    "",
                    "",
                    row["licence"],
                    "dataset",
                )
            ),
            cell=f"forecast_panels:{row['panel']}",
        )
        for row in setting.data.forecast_panels.iter_rows(named=True)
        if row["panel"] in used
    )


def _tried(
    setting: Setting,
    what: str,
    value: float | None,
    unit: str,
    low: float | None = None,
    high: float | None = None,
) -> Figure:
    """A number of the record, resting on the panels it was made on."""
    return derive(what, value, unit, _panels(setting), _CODE, low=low, high=high)


def _came(setting: Setting, target: Target) -> Iterator[Sentence]:
    say = setting.say
    held = target.support
    if isinstance(held, Unavailable):
        yield say(
            "How often such a probability came true: {reason}", reason=Name(held.reason, "refusal record")
        )
        return
    said = _tried(setting, "Probability said of past thresholds of this size, mean", held.said, "%")
    came = _tried(
        setting,
        "Share of past thresholds of this probability that were reached",
        held.came,
        "%",
        held.came_low,
        held.came_high,
    )
    parts: dict[str, Part] = {
        "said": frequency(said),
        "came": frequency(came),
        "forecasts": _tried(
            setting, "Past forecasts with a threshold of this probability", float(held.forecasts), "count"
        ),
        "years": _tried(
            setting, "Years from which these forecasts started", float(held.origin_years), "count"
        ),
        "steps": say(
            "{span} ahead",
            span=_tried(
                setting,
                "Years ahead of these forecasts",
                None,
                "years",
                float(held.first_step),
                float(held.last_step),
            ),
        ),
    }
    span = between(came)
    if span is None:
        yield say(
            "Where the same method said {said} in the past, {steps}, {came} came true: {forecasts} forecasts for "
            "other pairs from {years} starting years. These forecasts had no part in choosing it; others of the same "
            "years had.",
            **parts,
        )
        yield from _apart(setting, held)
        return
    yield say(
        "Where the same method said {said} in the past, {steps}, {came} came true ({range}): {forecasts} forecasts "
        "for other pairs from {years} starting years. These forecasts had no part in choosing it; others of the same "
        "years had.",
        range=span,
        **parts,
    )
    yield from _apart(setting, held)


def _apart(setting: Setting, held: Support) -> Iterator[Sentence]:
    """How far the panels lie apart, which the average of all hides."""
    if len(held.alone) < 2:
        return
    lowest, highest = (pick(item.came for item in held.alone) for pick in (min, max))
    what = "Share of past thresholds of this probability that were reached, in one panel alone"
    yield setting.say(
        "In single panels of the record, which reach further ahead, from {low} to {high} came true: the average hides how "
        "far they differ.",
        low=frequency(_tried(setting, what, lowest, "%")),
        high=frequency(_tried(setting, what, highest, "%")),
    )


def _skill(setting: Setting, target: Target) -> Iterator[Sentence]:
    """Skill over carrying on the newest count, and how wide the bands proved."""
    say = setting.say
    held = target.support
    models = setting.data.forecast_record.models
    if target.model == BASE:
        lost = models.filter(~models["kept"])["model"].to_list()
        yield say(
            "The method carries on the newest count and lets it move as other pairs moved. {lost} models of growth were "
            "tried beside it. By the score that judges the whole range and not only its middle (CRPS), none did better, and "
            "none is used; the middle of {nearer} of them lay nearer to what came.",
            lost=_tried(
                setting, "Models that lost to carrying on the newest count", float(len(lost)), "count"
            ),
            nearer=_tried(
                setting,
                "Dropped models whose medians lay nearer than the newest count, late origins, all horizons",
                float(_nearer(setting, lost)),
                "count",
            ),
        )
    if isinstance(held, Unavailable):
        return
    ahead = _tried(setting, "Years ahead", float(held.horizon), "years")
    if target.model != BASE and held.skill_pct is not None and held.skill_error_pct is not None:
        yield say(
            "The method ({model}) was {skill} closer than carrying on the newest count, {ahead} ahead (standard error "
            "{error}).",
            model=Name(target.model, f"model {target.model}"),
            skill=_tried(setting, "Skill over naive (CRPS)", held.skill_pct, "%"),
            error=_tried(setting, "Skill over naive (CRPS), standard error", held.skill_error_pct, "pp"),
            ahead=ahead,
        )
    if held.coverage_80_pct is not None:
        yield _coverage(setting, held, held.coverage_80_pct, ahead)


def _coverage(setting: Setting, held: Support, percent: float, ahead: Figure) -> Sentence:
    """How many ranges held the truth, how sure that is, and from how many starting years it is known."""
    say = setting.say
    parts: dict[str, Part] = {
        "meant": _tried(setting, "Share that the range is meant to hold", 80.0, HUNDRED),
        "held": frequency(_tried(setting, "Share of ranges that held the truth", percent, "%")),
        "ahead": ahead,
        "years": _tried(
            setting, "Years from which these ranges started", float(held.coverage_years or 0), "count"
        ),
    }
    if held.coverage_80_error_pct is None:
        return say(
            "Of its ranges meant to hold {meant}, {held} held the truth, {ahead} ahead, from {years} starting years, too "
            "few for a standard error.",
            **parts,
        )
    return say(
        "Of its ranges meant to hold {meant}, {held} held the truth (standard error {error}), {ahead} ahead, from {years} "
        "starting years.",
        error=_tried(
            setting,
            "Share of ranges that held the truth, standard error",
            held.coverage_80_error_pct,
            "pp",
        ),
        **parts,
    )


def _nearer(setting: Setting, models: Sequence[str]) -> int:
    """How many of the models had medians nearer to what came than the newest count, over all late origins."""
    rows = setting.data.forecast_record.skill
    return len(
        rows.filter(
            (rows["panel"] == ALL)
            & (rows["part"] == "late")
            & rows["horizon"].is_null()
            & rows["model"].is_in(models)
            & (rows["relative_error"] < 1.0)
        )
    )


def _common(setting: Setting, answered: list[tuple[Likely, Target]]) -> Iterator[Sentence]:
    """How much of the chances rests on the growth common to the record's years."""
    say = setting.say
    resting = [(item, target, item.resting) for item, target in answered if item.resting is not None]
    if not resting:
        return
    farthest = max(resting, key=lambda row: row[1].by)[2]
    yield say(
        "The middle of the paths moves by {growth} a year: growth that was common to all pairs in the years of the record. "
        "If the middle stayed level, the chance would be {chances}.",
        growth=farthest.growth,
        chances=tuple(
            say(
                "{chance} for {target} in {year} (range {range})",
                chance=frequency(rest.level),
                target=item.scored.target,
                year=Date(str(target.by)),
                range=between(rest.level) or say("not told"),
            )
            for item, target, rest in resting
        ),
    )


def _models(setting: Setting, item: Likely, target: Target, *, several: bool) -> Iterator[Sentence]:
    """What other models with a record say."""
    say = setting.say
    others = [(model, said) for model, said in target.models if isinstance(said, Figure)]
    if not others:
        return
    listed = tuple(
        say("{model} {chance}", model=Name(model, f"model {model}"), chance=frequency(said))
        for model, said in others
    )
    yield (
        say(
            "Of {target}, other models with a record say: {listed}.", target=item.scored.target, listed=listed
        )
        if several
        else say("Other models with a record say: {listed}.", listed=listed)
    )


def _announced(setting: Setting) -> Iterator[Sentence]:
    """Targets of trade whose year was counted: few, and chosen by those who announced them."""
    say = setting.say
    passed = [entry for entry in setting.scorecard if entry.scored.outcomes]
    if not passed:
        return
    inputs = tuple(entry.scored.target for entry in passed)
    met = sum(entry.scored.verdict == "met" for entry in passed)
    yield say(
        "Of {whole} announced targets of trade whose year is counted, {met} met in that year: too few to test any method, "
        "and chosen by those who hoped for them.",
        whole=derive(
            "Announced targets of trade whose year is counted", float(len(passed)), "count", inputs, _SECTION
        ),
        met=derive(
            "Announced targets of trade that were met in their year", float(met), "count", inputs, _SECTION
        ),
    )


def _dated(setting: Setting, answered: list[tuple[Likely, Target]]) -> Iterator[Sentence]:
    """The newest probabilities that were issued for these targets, by date."""
    say = setting.say
    # A brief as of an earlier day does not know what was issued later.
    known = [row for row in issued(setting.data.issued) if row.issued <= setting.data.recorded_by]
    by_day: dict[str, list[Part]] = {}
    for item, target in answered:
        mine = [row for row in known if row.record == item.scored.record.subject]
        count = target.basis.held.years.get(str(mine[-1].counted_until)) if mine else None
        if count is None:
            continue
        row = mine[-1]
        said = say(
            "{chance} for {target} in {year}",
            chance=frequency(_as_issued(row, count)),
            target=item.scored.target,
            year=Date(str(row.by)),
        )
        by_day.setdefault(row.issued, []).append(said)
    for day, listed in by_day.items():
        yield say(
            "Issued and sealed on {date}: {listed}. Each is scored when its year is counted.",
            date=Date(day),
            listed=tuple(listed),
        )


def _as_issued(row: Issued, count: Figure) -> Figure:
    return Figure(
        f"Probability of USD {row.value_usd:,.0f} or more in {row.by}, as issued on {row.issued}",
        row.probability_pct,
        "%",
        str(row.by),
        Status.FORECAST,
        low=row.low_pct,
        high=row.high_pct,
        inputs=(count,),
        cell=f"issued_probabilities:{row.id}",
        code="scripts/issue_probabilities.py",
        note=f"Model {row.model}; errors {row.errors}.",
    )


def _passage(setting: Setting, answered: list[tuple[Likely, Target]]) -> Table:
    """Which year would be the first with the level."""
    say = setting.say
    rows: list[tuple[Part | None, ...]] = []
    for item, target in answered:
        rows += [(item.scored.target, Date(year), figure) for year, figure in target.passage]
        rows.append((item.scored.target, say("not by the deadline"), target.never))
    return Table(
        "first years",
        say("In which year a target would be reached first"),
        (say("Target"), say("first reached in"), say("probability")),
        tuple(rows),
        note=say(
            "A level that is reached may be lost again by the deadline; the chance above is of the deadline's year itself."
        ),
        fold=True,
    )
