"""Views of `indicators` beside those of a pair: specialisation, two-way trade, concentration, complexity, market share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from landbridge import codes
from landbridge.cli.output import Row, answer
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.flows import indicators
from landbridge.flows.trade import TradeFlows
from landbridge.provenance import Figure, Unavailable
from landbridge.release import Data
from landbridge.release import load as load_data

PAIR = "pair"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call asks for beside the view: one place or two, the flows, an item, an earlier year."""

    a: str
    b: str | None
    year: int | None = None
    by: str | None = None
    item: str | None = None
    since: int | None = None
    intermediates_only: bool = False


_Answer = tuple[Sequence[Row], dict[str, Figure | Unavailable], str]


def view(name: str, asked: Asked, *, as_json: bool, workspace: Path | None) -> None:
    """Print one view; its totals stand in the notes as figures that `explain` knows."""
    from landbridge.brief import tracing

    if name not in VIEWS:
        valid = (PAIR, *VIEWS)
        raise UnknownLabel("view of indicators", name, valid, remedy=f"Valid: {', '.join(valid)}.")
    for code in filter(None, (asked.a, asked.b)):
        codes.place(code)
    if name in _TWO and asked.b is None:
        raise BadUsage(f"--show {name} is about two places.", remedy="Name the partner second.")
    if (name == "rivals") != (asked.item is not None):
        raise BadUsage(
            "--show rivals needs --item, the other views take none.",
            remedy="`landbridge indicators CHN --show rivals --item C20` lists who sells it to China.",
        )
    if (name == "market-share") != (asked.since is not None) and name != "rivals":
        raise BadUsage("--show market-share needs --since, an earlier year.", remedy="Add `--since 2019`.")
    data = load_data(workspace)
    flows = _flows(data, asked, asked.year)
    rows, figures, basis = VIEWS[name](data, flows, asked)
    held = {key: figure for key, figure in figures.items() if isinstance(figure, Figure)}
    tracing.remember(data.manifest.id, list(held.values()))
    notes = [f"{flows.year} by {flows.classification}, {basis}."]
    notes += [
        f"{key}: {_short(figure)} ({figure.status.value}, {figure.id})"
        if isinstance(figure, Figure)
        else f"{key}: {figure}"
        for key, figure in figures.items()
    ]
    answer("indicators", data, rows, as_json=as_json, notes=notes)


def _flows(data: Data, asked: Asked, year: int | None) -> TradeFlows:
    """World trade, so by sector unless the call says otherwise: the shipped chapters hold one pair alone."""
    by = asked.by or "sector"
    held = data.trade.years(by)
    return data.trade.year(year if year is not None else max(held, default=0), by)


def _short(figure: Figure) -> str:
    return f"{figure.point:,.0f}" if abs(figure.point) >= 1000 else f"{figure.point:.4g}"


def _specialisation(data: Data, flows: TradeFlows, asked: Asked) -> _Answer:
    found = indicators.specialisation(flows, asked.a, intermediates_only=asked.intermediates_only)
    return found.table().to_dicts(), found.indicators, found.basis


def _intra_industry(data: Data, flows: TradeFlows, asked: Asked) -> _Answer:
    assert asked.b is not None
    found = indicators.intra_industry(flows, asked.a, asked.b, intermediates_only=asked.intermediates_only)
    return found.table().to_dicts(), {"grubel_lloyd": found.total}, found.basis


def _concentration(data: Data, flows: TradeFlows, asked: Asked) -> _Answer:
    found = indicators.theil(flows, asked.a, asked.b or "", intermediates_only=asked.intermediates_only)
    parts = {"theil": found.index, "between": found.between, "within": found.within}
    return found.table().to_dicts(), parts, found.basis


def _complexity(data: Data, flows: TradeFlows, asked: Asked) -> _Answer:
    found = indicators.complexity(flows, intermediates_only=asked.intermediates_only)
    return found.table().to_dicts(), {}, found.basis


def _products(data: Data, flows: TradeFlows, asked: Asked) -> _Answer:
    found = indicators.complexity(flows, intermediates_only=asked.intermediates_only)
    return found.products().to_dicts(), {}, found.basis


def _rivals(data: Data, flows: TradeFlows, asked: Asked) -> _Answer:
    assert asked.item is not None
    earlier = None if asked.since is None else _flows(data, asked, asked.since)
    found = indicators.rivals(
        flows, asked.a, asked.item, earlier=earlier, intermediates_only=asked.intermediates_only
    )
    return found.table().to_dicts(), {}, f"{found.basis}. {found.note}".rstrip(". ")


def _market_share(data: Data, flows: TradeFlows, asked: Asked) -> _Answer:
    earlier = _flows(data, asked, asked.since)
    found = indicators.market_share(
        earlier, flows, asked.a, asked.b or "", intermediates_only=asked.intermediates_only
    )
    return found.table().to_dicts(), found.effects, f"{earlier.year} to {flows.year}, {found.basis}"


VIEWS: dict[str, Callable[[Data, TradeFlows, Asked], _Answer]] = {
    "specialisation": _specialisation,
    "intra-industry": _intra_industry,
    "concentration": _concentration,
    "complexity": _complexity,
    "products": _products,
    "rivals": _rivals,
    "market-share": _market_share,
}
_TWO = ("intra-industry",)
