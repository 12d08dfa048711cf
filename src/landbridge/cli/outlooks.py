"""What the verbs under `prospects` do on forecasts: call one public function, turn its result into rows."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landbridge import codes
from landbridge.cli.output import answer
from landbridge.cli.progress import bars
from landbridge.codes.matching import plain
from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.prospects.counted import TURNOVER
from landbridge.provenance import Unavailable
from landbridge.release import Data
from landbridge.release import load as load_data

if TYPE_CHECKING:
    from landbridge.forecasting.counterfactual import Effect
    from landbridge.prospects.basis import Basis
    from landbridge.prospects.outlook import Band
    from landbridge.prospects.probability import Target

Row = dict[str, Any]

_VIEWS = {
    "answer": ("probability", "stress", "needed growth", "record"),
    "path": ("path",),
    "passage": ("first passage",),
    "models": ("probability", "model"),
    "states": ("state", "stress"),
    "record": ("record",),
    "all": (),
}
_RECORD = ("models", "skill", "reliability", "panels", "left-out", "targets")
_AHEAD = 5
_TRIED = (
    "part",
    "model",
    "horizon",
    "cases",
    "origin_years",
    "relative_error",
    "crps_skill",
    "crps_skill_se",
    "coverage_80",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which series a call is about, and how many paths."""

    indicator: str
    reporter: str | None
    definition: str | None
    own: Path | None
    repair: tuple[str, ...]
    draws: int
    seed: int

    def basis(self, data: Data, a: str | None, b: str | None) -> Basis:
        """The series of two places, or of a file."""
        if self.own is not None:
            if self.indicator != TURNOVER:
                raise BadUsage(
                    "--series is a series of your own; --indicator does not choose from it.",
                    remedy="Leave out one.",
                )
            if a is not None or b is not None or self.reporter is not None or self.definition is not None:
                raise BadUsage(
                    "--series stands instead of A, B, --reporter and --definition.", remedy="Leave out one."
                )
            from landbridge.prospects.own import own

            return own(self.own, repair=self.repair)
        if a is None or b is None:
            raise BadUsage("two places are needed, or --series FILE.", remedy="For example: CHN RUS.")
        from landbridge.prospects.basis import basis

        return basis(
            data,
            self.indicator,
            codes.place(a).code,
            codes.place(b).code,
            reporter=self.reporter,
            definition=self.definition,
            repair=self.repair,
        )


def probability(
    a: str | None,
    b: str | None,
    asked: Asked,
    *,
    value: str | None,
    by: int | None,
    rule: str,
    stress: str | None,
    show: str,
    picture: Path | None,
    as_json: bool,
    workspace: Path | None,
) -> None:
    """The probability of one level by one year, with what stands behind it."""
    from landbridge.forecasting.paths import RULES
    from landbridge.prospects.probability import reckoned

    if show not in _VIEWS:
        raise UnknownLabel("view", show, _VIEWS, remedy=f"Valid: {', '.join(_VIEWS)}.")
    if rule not in RULES:
        raise UnknownLabel("rule", rule, RULES, remedy=f"Valid: {', '.join(RULES)}.")
    if stress is not None and asked.own is not None:
        raise BadUsage(
            "--stress is a shock of the ledger, measured on the trade of two places; it cannot be laid on --series.",
            remedy="Leave out one.",
        )
    _writable(picture)
    if value is None or by is None:
        raise BadUsage("--value and --by are needed.", remedy="For example: --value 400e9 --by 2030.")
    data = load_data(workspace)
    stands = asked.basis(data, a, b)
    found = reckoned(
        data,
        stands,
        value=_level(value),
        by=by,
        rule=rule,
        stress=None if stress is None else _measured(data, stands, stress, asked.indicator),
        draws=asked.draws,
        seed=asked.seed,
    )
    _remember(data, found.figures)
    if picture is not None:
        _draw(picture, stands, found.fan, found)
    wanted = _VIEWS[show]
    rows = [row for row in found.rows() if not wanted or row["what"] in wanted]
    notes = list(found.notes)
    if not as_json:
        # The answer in a sentence comes first; the numbers follow.
        print(plain(sentence(found)), file=sys.stderr)
    notes.append(_NO_PLAN)
    answer("prospects probability", data, rows, as_json=as_json, notes=notes)


_RECORD_SAYS = "`landbridge prospects record` says how good such numbers were."
_NO_PLAN = (
    "A probability from how trade of other pairs departed from such forecasts; it knows nothing of what either side "
    f"plans. {_RECORD_SAYS}"
)
_NO_PLANS = (
    "Paths from how trade of other pairs departed from such forecasts; they know nothing of what either side "
    f"plans. {_RECORD_SAYS}"
)


def sentence(found: Target) -> str:
    """The answer as one sentence."""
    said = found.probability
    assert said.value is not None
    assert said.low is not None
    assert said.high is not None
    when = f"in {found.by}" if found.rule == "in year" else f"by {found.by}"
    growth = found.needed_growth.value
    return (
        f"{found.level.unit} {found.level.point:,.0f} {when}: probability {said.value:.0f} % "
        f"({said.low:.0f} to {said.high:.0f}); it needs {growth:+.1f} % a year from {found.basis.series.last}."
        + _struck(found)
    )


def _struck(found: Target) -> str:
    """The clause on a shock that was laid on the paths; empty where none was asked for."""
    if found.stressed is None:
        return ""
    again = found.stressed.probability
    assert again.value is not None
    assert again.low is not None
    assert again.high is not None
    return (
        f" If {found.stressed.shock} struck again in {found.fan[0].year}: {again.value:.0f} % "
        f"({again.low:.0f} to {again.high:.0f})."
    )


def forecast(
    a: str | None,
    b: str | None,
    asked: Asked,
    *,
    until: int | None,
    picture: Path | None,
    as_json: bool,
    workspace: Path | None,
) -> None:
    """The fan of paths, one row a year."""
    from landbridge.prospects.outlook import continued

    _writable(picture)
    data = load_data(workspace)
    stands = asked.basis(data, a, b)
    found = continued(
        data, stands, until=until or stands.series.last + _AHEAD, draws=asked.draws, seed=asked.seed
    )
    _remember(data, [band.middle for band in found.fan])
    if picture is not None:
        _draw(picture, stands, found.fan, None)
    notes = [*found.notes, _NO_PLANS]
    answer("prospects forecast", data, found.rows(), as_json=as_json, notes=notes)


def record(*, show: str, as_json: bool, workspace: Path | None) -> None:
    """The record of back-tests; announced targets apart."""
    if show not in _RECORD:
        raise UnknownLabel("view", show, _RECORD, remedy=f"Valid: {', '.join(_RECORD)}.")
    data = load_data(workspace)
    held = data.forecast_record
    if show == "targets":
        _announced(data, as_json)
        return
    frames = {
        "models": held.models,
        "skill": held.skill,
        "reliability": held.reliability,
        "panels": data.forecast_panels,
        "left-out": held.left,
    }
    notes = [
        "Models were chosen on early origins; late ones are reported. Method: docs/explanation/forecast-record.md."
    ]
    answer("prospects record", data, frames[show].to_dicts(), as_json=as_json, notes=notes)


def _announced(data: Data, as_json: bool) -> None:
    """Announced targets of trade whose year is counted: they were chosen by those who set them, and are few."""
    from landbridge.prospects.scorecard import scorecard

    passed = [entry for entry in scorecard(data) if entry.scored.outcomes]
    rows = [
        {
            "target": entry.record.name,
            "record": entry.record.subject,
            "value": entry.scored.target.value,
            "deadline": entry.scored.deadline,
            "verdict": entry.scored.verdict,
        }
        for entry in passed
    ]
    met = sum(entry.scored.verdict == "met" for entry in passed)
    answer(
        "prospects record",
        data,
        rows,
        as_json=as_json,
        notes=[
            f"{met} of {len(passed)} announced targets of trade were met in their year. They are few, overlap, and were set "
            "by those who hoped for them: they validate no probability."
        ],
    )


def issued(*, as_json: bool, workspace: Path | None) -> None:
    """Every probability that was issued, with outcome and score."""
    from landbridge.prospects.issued import judged, mean_brier

    data = load_data(workspace)
    found = judged(data)
    rows = [
        {
            **{"row" if name == "id" else name: value for name, value in item.issued.row().items()},
            "outcome": item.outcome,
            "brier": item.brier,
            "count": item.count.id if item.count else None,
        }
        for item in found
    ]
    mean = mean_brier(found)
    scored = sum(item.brier is not None for item in found)
    notes = [
        f"{len(found)} probabilities issued, none scored yet: no deadline has passed."
        if mean is None
        else f"Mean Brier score {mean:.3f} over {scored} scored of {len(found)}.",
        "`row` (with --json) is the seal of a row, a hash of its content and of the row before; it is no figure to explain.",
    ]
    shown = (
        "issued",
        "record",
        "value_usd",
        "by",
        "reporter",
        "probability_pct",
        "low_pct",
        "high_pct",
        "outcome",
        "brier",
    )
    answer("prospects issued", data, rows, as_json=as_json, notes=notes, columns=shown)


def backtest(
    path: Path,
    *,
    horizon: int,
    least: int,
    late: int | None,
    models: Sequence[str] | None,
    workers: int | None,
    as_json: bool,
) -> None:
    """The record of a user's own panel."""
    import os

    from landbridge.forecasting.backtest import rolling
    from landbridge.forecasting.record import record as recorded
    from landbridge.prospects.trying import origins, panel, roster

    if horizon < 1 or least < 3:
        raise BadUsage("--horizon is one or more and --least three or more.")
    held = panel(path)
    started = origins(held, least)
    first_late = late if late is not None else started[len(started) // 2]
    if not started[0] < first_late <= started[-1]:
        raise BadUsage(
            f"--late {first_late} leaves no early or no late origin.",
            remedy=f"Origins run from {started[0]} to {started[-1]}.",
        )
    with bars() as show:
        trials = rolling(
            [held],
            models=roster(models),
            origins={held.name: started},
            horizon=horizon,
            least=least,
            workers=workers or os.cpu_count(),
            progress=show,
        )
    made = recorded(trials, {held.name: first_late}, horizon)
    rows = made.skill.filter(made.skill["panel"] != "all").to_dicts()
    notes = [f"{row['model']}: {row['reason']}." for row in made.models.to_dicts()]
    notes += [
        f"{item['count']} left out ({item['model'] or 'all models'}): {item['reason']}."
        for item in made.left.to_dicts()
    ]
    shown = (
        "part",
        "model",
        "horizon",
        "cases",
        "origin_years",
        "relative_error",
        "crps_skill",
        "crps_skill_se",
        "coverage_80",
    )
    answer("prospects backtest", None, rows, as_json=as_json, notes=notes, columns=shown)


def _measured(data: Data, stands: Basis, shock: str, part: str) -> Effect:
    """The effect of a shock of the ledger on this trade; raises `NotHeld` where it was not told."""
    from landbridge.prospects.shocks import measured

    found = measured(data, stands.held.a, stands.held.b, shock, part)
    if isinstance(found, Unavailable):
        raise NotHeld(
            f"what {shock} did to this trade is not told from ordinary movement, so it is not laid on its paths.",
            cause=found.reason,
            remedy="`landbridge prospects shocks A B` says which shocks were measured.",
        )
    return found


def _writable(picture: Path | None) -> None:
    """Refuses a picture that could not be written, before anything is drawn."""
    if picture is None:
        return
    if picture.suffix.lower() != ".svg":
        raise BadUsage(f"--picture {picture}: only SVG is drawn.", remedy="Let the name end in .svg.")
    if not picture.absolute().parent.is_dir():
        raise BadUsage(
            f"--picture {picture}: there is no folder {picture.parent}.", remedy="Make it, or choose another."
        )


def _level(text: str) -> float:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value <= 0:
        raise BadUsage(f"--value {text!r} is not a positive number.", remedy="Write 400e9 or 400000000000.")
    return value


def _remember(data: Data, figures: Sequence[Any]) -> None:
    from landbridge.brief import tracing

    tracing.remember(data.manifest.id, [figure for figure in figures if not isinstance(figure, Unavailable)])


def _draw(picture: Path, stands: Basis, fan: Sequence[Band], found: Target | None) -> None:
    from landbridge.brief.chart_fan import picture_of

    picture_of(picture, stands, fan, None if found is None else (found.by, found.level))
