"""What each verb does: call one public function, turn its result into rows."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from landbridge import codes
from landbridge.cli.classical import Asked
from landbridge.cli.output import answer
from landbridge.codes.matching import plain
from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.flows.indicators import Basket
from landbridge.flows.indicators import basket as made_of
from landbridge.flows.trade import TradeFlows
from landbridge.provenance import Figure, Unavailable
from landbridge.release import Data
from landbridge.release import load as load_data


def _data(workspace: Path | None, as_of: str | None = None) -> Data:
    data = load_data(workspace)
    return data if as_of is None else data.at(as_of)


def _two(a: str, b: str) -> tuple[codes.Place, codes.Place]:
    """Both places; raises `UnknownLabel` for a code that no list holds and `BadUsage` for one place named twice."""
    first, second = codes.place(a), codes.place(b)
    if first == second:
        raise BadUsage(f"{first} is named twice.", remedy="Name the partner second.")
    return first, second


def _four_digits(year: int | None) -> None:
    if year is not None and not 1000 <= year <= 9999:
        raise BadUsage(f"--year {year}: a year has four digits.", remedy="Write it as 2023.")


def _figure(figure: Figure | None, prefix: str = "") -> dict[str, Any]:
    """The columns of one figure: value, range, unit, status, source, id."""
    names = ("value", "low", "high", "unit", "period", "status", "source", "id")
    if figure is None:
        return {prefix + name: None for name in names}
    return {
        prefix + "value": figure.value,
        prefix + "low": figure.low,
        prefix + "high": figure.high,
        prefix + "unit": figure.unit,
        prefix + "period": figure.period,
        prefix + "status": figure.status.value,
        prefix + "source": figure.citation.source.id if figure.citation else figure.code or None,
        prefix + "id": figure.id,
    }


def brief(
    a: str,
    b: str,
    *,
    out: Path | None,
    xlsx: Path | None,
    as_json: bool,
    as_of: str | None,
    workspace: Path | None,
) -> None:
    """Compose a brief and write it."""
    from landbridge.brief import brief as compose
    from landbridge.brief import tracing, writing

    target = None if as_json and out is None else out if out is not None else Path(f"brief-{a}-{b}.html")
    if target is not None and xlsx is not None and os.path.realpath(target) == os.path.realpath(xlsx):
        raise BadUsage(
            "the page and the workbook would be written to the same file.",
            where=str(xlsx),
            remedy="Give --out and --xlsx different names.",
        )
    # Before anything is composed or written, so that a refusal leaves no half of what was asked for.
    for path in filter(None, (target, xlsx)):
        writing.refuse(path)
    if target is not None:
        from landbridge.brief import charts

        charts.wake()
    made = compose(_data(workspace), a, b, as_of=as_of, drawn=target is not None)
    tracing.remember(made.document.release, made.document.figures().values())
    if xlsx is not None:
        print(f"wrote {made.write_xlsx(xlsx)}", file=sys.stderr)
    if as_json:
        print(json.dumps(made.to_dict(), ensure_ascii=False, indent=1, allow_nan=False))
    if target is not None:
        print(f"wrote {made.write(target)}", file=sys.stderr)


def flows(a: str, b: str, *, year: int | None, by: str, as_json: bool, workspace: Path | None) -> None:
    """A's exports to B."""
    from landbridge.brief import tracing

    _four_digits(year)
    data = _data(workspace)
    exporter, importer = _two(a, b)
    if by == "total":
        held_totals = (*data.totals.flow(a, b), *data.trade.totals(a, b))
        totals = [total for total in held_totals if year is None or total.period[:4] == str(year)]
        if not totals:
            raise NotHeld(
                f"No totals of exports of {exporter} to {importer}{f' in {year}' if year else ''} are held.",
                cause=_both_ways(data, a, b, year),
                remedy="No region's trade by partner is shipped; load your own customs file with `landbridge load csv`."
                if "region" in (exporter.kind, importer.kind)
                else "Try `--by sector`, which covers eighty economies in one year, or load a BACI year.",
            )
        rows = [
            {
                "exporter": a,
                "importer": b,
                "period": total.period,
                "reporter": total.reporter or None,
                "value_usd": total.figure.value,
                "basis": total.basis.value,
                "status": total.figure.status.value,
                "source": total.figure.citation.source.id if total.figure.citation else None,
                "id": total.figure.id,
            }
            for total in totals
        ]
        figures = [total.figure for total in totals]
    else:
        held = data.trade.best(a, b, year, by)
        table = held.between(a, b)
        figures = [figure for item in table["item"] if isinstance(figure := held.item(a, b, item), Figure)]
        rows = [
            {**row, "id": figure.id} for row, figure in zip(table.iter_rows(named=True), figures, strict=True)
        ]
    tracing.remember(data.manifest.id, figures)
    answer(
        "flows",
        data,
        rows,
        as_json=as_json,
        notes=["`landbridge explain ID` walks a figure back to its source."],
    )


def _both_ways(data: Data, a: str, b: str, year: int | None) -> str:
    """What is held of trade both ways (of the newest year without `year`), where one direction is not."""
    from landbridge.brief.numbers import show_figure

    found = [total for total in data.totals.turnover(a, b) if year is None or total.period[:4] == str(year)]
    newest = max((total.period[:4] for total in found), default="")
    said = [
        f"{show_figure(total.figure)} in {total.period}, counted by {total.reporter or 'a side not named'}"
        + (f" ({total.figure.citation.source.id})" if total.figure.citation else "")
        for total in found
        if total.period[:4] == newest
    ]
    return f"Trade both ways together is held: {'; '.join(said)}." if said else ""


def basket(
    a: str, b: str, *, year: int | None, by: str | None, as_json: bool, workspace: Path | None
) -> None:
    """Items both ways with their shares."""
    from landbridge.brief import tracing

    data, held, both = _baskets(a, b, year, by, workspace)
    rows: list[dict[str, Any]] = []
    figures: list[Figure] = []
    for made in both:
        for row in made.table().iter_rows(named=True):
            figure = held.item(made.exporter, made.importer, row["item"])
            if isinstance(figure, Figure):
                figures.append(figure)
            rows.append(
                {
                    "exporter": made.exporter,
                    "importer": made.importer,
                    "year": held.year,
                    **row,
                    "id": figure.id if isinstance(figure, Figure) else None,
                }
            )
    tracing.remember(data.manifest.id, figures)
    answer("basket", data, rows, as_json=as_json, notes=[_counted(held)])


def indicators(asked: Asked, *, as_json: bool, workspace: Path | None) -> None:
    """One indicator a row, both ways."""
    from landbridge.brief import tracing

    if asked.b is None:
        raise BadUsage(
            "indicators of a pair need two places.",
            remedy="Name the partner second, or ask for `--show specialisation`.",
        )
    if asked.item is not None or asked.since is not None:
        raise BadUsage(
            "--item and --since belong to --show rivals and market-share.", remedy="Leave them out."
        )
    data, held, both = _baskets(asked.a, asked.b, asked.year, asked.by, workspace, asked.intermediates_only)
    rows: list[dict[str, Any]] = []
    figures: list[Figure] = []
    for made in both:
        for name, found in made.indicators.items():
            row: dict[str, Any] = {
                "exporter": made.exporter,
                "importer": made.importer,
                "indicator": name,
                "basis": made.basis,
            }
            if isinstance(found, Unavailable):
                row |= {**_figure(None), "unavailable": str(found)}
            else:
                row |= {**_figure(found), "unavailable": None}
                figures.append(found)
            rows.append(row)
    tracing.remember(data.manifest.id, figures)
    answer("indicators", data, rows, as_json=as_json, notes=[_counted(held)])


def _baskets(
    a: str, b: str, year: int | None, by: str | None, workspace: Path | None, intermediates_only: bool = False
) -> tuple[Data, TradeFlows, tuple[Basket, Basket]]:
    """The data, the flows in them that answer a call, and the basket of each direction."""
    _four_digits(year)
    data = _data(workspace)
    _two(a, b)
    held = data.trade.best(a, b, year, by)
    options = {"intermediates_only": intermediates_only}
    return data, held, (made_of(held, a, b, **options), made_of(held, b, a, **options))


def _counted(flows: TradeFlows) -> str:
    if flows.classification == "sector":
        return f"{flows.year} by sector, goods and services at basic prices; final use by destination is imputed."
    return f"{flows.year} by {flows.classification}, goods."


def none_held(nothing: str, as_of: str | None, data: Data) -> str:
    """Why the ledger gives no row: nothing at all, or nothing recorded by the date asked for."""
    if as_of is None:
        return f"The ledger {nothing}."
    begun = min(data.manifest.statements.values(), default="")
    early = f" The release's entries begin on {begun}." if as_of < begun else ""
    return f"The ledger {nothing}: nothing recorded by then ({as_of}).{early}"


def ties(
    a: str,
    b: str,
    *,
    kind: str | None,
    on: str | None,
    as_json: bool,
    as_of: str | None,
    workspace: Path | None,
) -> None:
    """One statement a row."""
    from landbridge.brief.catalogue import catalogue
    from landbridge.brief.setting import setting
    from landbridge.brief.text import Writer
    from landbridge.ledger import schema

    if kind is not None and kind not in schema.kinds():
        valid = tuple(schema.kinds())
        raise UnknownLabel("kind of record", kind, valid, remedy=f"Valid: {', '.join(valid)}.")
    data = _data(workspace, as_of)
    data = data if on is None else data.on(on)
    sides = setting(data, Writer(catalogue()), a, b)
    chosen = (kind,) if kind else tuple(name for name in schema.kinds() if name != "claim")
    records = sides.between(*chosen)
    rows = [
        {
            "record": record.subject,
            "kind": record.kind,
            "name": record.name,
            "property": said.property,
            "value": said.text or said.number,
            "low": said.low,
            "high": said.high,
            "unit": said.unit or None,
            "period": said.period or said.as_of or None,
            "status": said.status.value,
            "source": said.source,
            "speaker": said.speaker or None,
            "note": said.note or None,
            "id": said.id,
        }
        for record in records
        for said in record.statements
    ]
    nothing = f"holds nothing that touches {codes.place(a)} and {codes.place(b)}"
    notes = [] if rows else [none_held(nothing, as_of, data)]
    columns = ("record", "property", "value", "unit", "period", "status", "source", "id")
    answer("ties", data, rows, as_json=as_json, notes=notes, columns=columns)


def sources(*, places: bool, as_json: bool, workspace: Path | None) -> None:
    """Every source, or every place code."""
    data = _data(workspace)
    rows: list[dict[str, Any]]
    if places:
        rows = [{"code": place.code, "kind": place.kind, **dict(place.names)} for place in codes.places()]
    else:
        rows = [
            {
                "id": source.id,
                "publisher": source.publisher,
                "title": source.title,
                "published": source.published or None,
                "licence": source.licence,
                "kind": source.kind or None,
                "weak": source.weak,
                "url": source.url or None,
            }
            for source in data.ledger.sources.values()
        ]
    answer("sources", data, rows, as_json=as_json)


def load(
    kind: str,
    files: list[Path],
    *,
    map_file: str | None,
    publisher: str | None = None,
    licence: str | None = None,
    as_json: bool,
    workspace: Path | None,
) -> None:
    """Load files and report what was dropped."""
    from landbridge.release import loading, own_ledger
    from landbridge.release.workspace import KINDS, Workspace, default_workspace

    kinds = (*KINDS, "ledger", "twins")
    if kind not in kinds:
        raise UnknownLabel("kind of load", kind, kinds, remedy=f"Valid: {', '.join(kinds)}.")
    if (kind == "csv") != (map_file is not None):
        raise BadUsage(
            "`load csv` needs --map, the other kinds take none.",
            remedy="Name a map file or a preset; docs/howto/load-your-own-trade.md shows both.",
        )
    if kind != "twins" and (publisher, licence) != (None, None):
        raise BadUsage(
            "--source and --licence belong to `load twins`.",
            remedy="The other kinds say in the file where they come from; leave the options out.",
        )
    folder = default_workspace(workspace)
    target = Workspace.open_or_create(folder)
    if kind == "ledger":
        data = load_data(workspace) if target.exists else load_data()
        added = own_ledger.load_ledger(target, files, data)
        notes = [f"workspace: {folder}", f"{added.added} statements were new.", *added.notes]
        answer("load", None, list(added.rows), as_json=as_json, notes=notes)
        return
    if kind == "twins":
        from landbridge.registers import twin_files

        data = load_data(workspace) if target.exists else load_data()
        ties = twin_files.load_twins(target, files, data, twin_files.Origin(publisher or "", licence or ""))
        notes = [f"workspace: {folder}", f"{ties.added} statements were new.", *ties.notes]
        answer("load", None, list(ties.rows), as_json=as_json, notes=notes, dropped=ties.dropped)
        return
    report = loading.load(target, kind, files, map=map_file)
    notes = [f"workspace: {folder}", *report.notes]
    answer("load", None, report.table().to_dicts(), as_json=as_json, notes=notes, dropped=report.dropped())


def check(path: Path, *, as_json: bool) -> None:
    """Say what is wrong with a ledger file, release folder or workspace."""
    from landbridge.release import checking

    problems = checking.check(path)
    rows = [{"problem": problem} for problem in problems]
    answer("check", None, rows, as_json=as_json, notes=[] if problems else [f"{path}: nothing wrong."])
    if problems:
        raise SystemExit(1)


def explain(
    identifier: str, *, page: Path | None, pair: tuple[str, str] | None, as_json: bool, workspace: Path | None
) -> None:
    """Print the chain under a figure or statement."""
    from landbridge.brief import tracing

    data = _data(workspace)
    chain = tracing.find(data, identifier, page, pair)
    if as_json:
        answer("explain", data, [chain], as_json=True)
        return
    for line in tracing.lines(chain):
        print(plain(line))
