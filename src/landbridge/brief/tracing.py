"""From an id back to where the number comes from: `landbridge explain`.

An id is a content hash, so it cannot be computed backwards. It is looked for among the statements and cells of the
data, in the brief that the user names or that lies in the current folder, among what is made anew of the pair that the
user names, and among the figures that were printed here before; an id found anywhere means the same figure everywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import platformdirs

from landbridge import codes
from landbridge.brief.catalogue import catalogue
from landbridge.brief.compose import compose
from landbridge.brief.setting import setting
from landbridge.brief.text import Writer
from landbridge.errors import BadFile, BadUsage, NotHeld, UnknownLabel
from landbridge.flows.indicators import basket
from landbridge.flows.trade import CLASSIFICATIONS
from landbridge.potential.countries import potential
from landbridge.provenance import Figure, content_id
from landbridge.release import Data

_ISLAND = re.compile(r'<script type="application/json" id="figures">(.*?)</script>', re.DOTALL)
_KEEP = 40
_MAX_PAGE_BYTES = 100_000_000


def find(
    data: Data, identifier: str, page: Path | None = None, pair: tuple[str, str] | None = None
) -> dict[str, Any]:
    """The chain under a figure or statement as plain data; raises `UnknownLabel` naming where to look.

    `page` is the brief that shows the figure. `pair` are two places: what a brief and the other verbs show of them is
    made again, so that the answer depends on the data alone.
    """
    if page is not None and pair is not None:
        raise BadUsage("a page and a pair are named.", remedy="Name one of them.")
    if page is not None:
        held = _read_page(page)
        if identifier in held:
            return _unfold(identifier, held)
        raise UnknownLabel("figure in this brief", identifier, held, where=str(page))
    statement = data.ledger.statement(identifier)
    if statement is not None:
        return _statement(data, identifier)
    for figure in _cells(data):
        if figure.id == identifier:
            return figure.chain()
    if pair is not None:
        return _anew(data, identifier, pair)
    seen: dict[str, Any] = {}
    for brief in sorted(Path.cwd().glob("brief-*.html")):
        try:
            seen |= _read_page(brief)
        except BadFile:
            continue
        if identifier in seen:
            return _unfold(identifier, seen)
    for file in _memories():
        try:
            held = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if not isinstance(held, dict):
            continue
        if identifier in held:
            return _unfold(identifier, held)
        seen |= held
    raise UnknownLabel(
        "figure or statement",
        identifier,
        seen,
        remedy="Name the two places it is about with `--pair A B`, or the brief that shows it with `--in FILE`.",
    )


def _anew(data: Data, identifier: str, pair: tuple[str, str]) -> dict[str, Any]:
    """The chain under a figure that verbs show of a pair: of the brief first, then of sums and baskets."""
    a, b = pair
    made = compose(setting(data, Writer(catalogue()), a, b), "en").figures()
    if identifier in made:
        return made[identifier].chain()
    for shown in _of_the_verbs(data, a, b):
        for figure in (shown, *shown.inputs):
            made[figure.id] = figure
            if figure.id == identifier:
                return figure.chain()
    raise UnknownLabel(
        "figure",
        identifier,
        made,
        where=f"{a} and {b}",
        remedy="Name the places in the order of the call, and the workspace it was made with.",
    )


def _of_potential(data: Data, a: str, b: str) -> Iterator[Figure]:
    """What `potential` prints of two countries beyond the brief: sums of sectors, and every gain."""
    if {codes.place(code).kind for code in (a, b)} != {"country"}:
        return
    for exporter, importer in ((a, b), (b, a)):
        try:
            found = potential(data, exporter, importer)
        except NotHeld:
            return
        for line in found.lines:
            kinds = ("expected", "gain") if line.gap_usd is not None and line.gap_usd > 0 else ("expected",)
            figures = (found.figure(line.item, of) for of in kinds)
            yield from (figure for figure in figures if isinstance(figure, Figure))


def _of_the_verbs(data: Data, a: str, b: str) -> Iterator[Figure]:
    for exporter, importer in ((a, b), (b, a)):
        yield from (total.figure for total in data.trade.totals(exporter, importer))
    yield from _of_potential(data, a, b)
    for by in CLASSIFICATIONS:
        try:
            flows = data.trade.best(a, b, by=by)
        except NotHeld:
            continue
        for exporter, importer in ((a, b), (b, a)):
            for item in flows.between(exporter, importer)["item"]:
                figure = flows.item(exporter, importer, item)
                if isinstance(figure, Figure):
                    yield figure
            found = basket(flows, exporter, importer).indicators.values()
            yield from (figure for figure in found if isinstance(figure, Figure))


def lines(chain: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """The chain as indented text, inputs under what they made."""
    pad = "  " * depth
    yield f"{pad}{chain.get('measure', chain.get('subject', ''))}"
    for name, value in chain.items():
        if name in ("inputs", "measure") or value is None:
            continue
        if name == "low" and chain.get("high") is not None:
            yield f"{pad}  range: {_plain(value)} to {_plain(chain['high'])}"
        elif name != "high" or chain.get("low") is None:
            yield f"{pad}  {name}: {_plain(value)}"
    for item in chain.get("inputs", ()):
        yield from lines(item, depth + 1)


def _plain(value: object) -> str:
    """A number in full, without an exponent and without the noise of binary fractions; anything else as it is."""
    if not isinstance(value, float):
        return str(value)
    return f"{float(f'{value:.12g}'):,f}".rstrip("0").rstrip(".")


def remember(release: str, figures: Iterable[Figure]) -> None:
    """Keep the figures that a verb has shown, so that `explain` knows them. A cache that cannot be written is no error."""
    flat: dict[str, Any] = {}
    stack = list(figures)
    while stack:
        figure = stack.pop()
        if figure.id in flat:
            continue
        stack += figure.inputs
        flat[figure.id] = figure.record()
    if not flat:
        return
    try:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        name = content_id(f"{release}-", sorted(flat))
        (folder / f"{name}.json").write_text(json.dumps(flat, ensure_ascii=False), encoding="utf-8")
        for old in _memories()[_KEEP:]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _folder() -> Path:
    return Path(platformdirs.user_cache_dir("landbridge")) / "figures"


def _memories() -> list[Path]:
    return sorted(_folder().glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)


def _read_page(path: Path) -> dict[str, Any]:
    """The figures of a brief, from its page or from its JSON model."""
    if not path.is_file():
        raise BadUsage(
            "there is no such file or folder." if not path.exists() else "this is not a file.",
            where=str(path),
            remedy="Name the HTML or JSON of a brief.",
        )
    if path.stat().st_size > _MAX_PAGE_BYTES:
        raise BadFile("the file is larger than any brief.", where=str(path))
    text = path.read_text("utf-8", errors="replace")
    found = _ISLAND.search(text)
    try:
        content = json.loads(found.group(1)) if found else json.loads(text)["figures"]
    except (ValueError, KeyError, TypeError):
        raise BadFile(
            "the file is not a brief: it holds no figures.",
            where=str(path),
            remedy="Name the HTML or JSON of a brief.",
        ) from None
    if not isinstance(content, dict) or not all(isinstance(item, dict) for item in content.values()):
        raise BadFile("the figures in the file are damaged.", where=str(path))
    return content


def _unfold(identifier: str, held: dict[str, Any], above: tuple[str, ...] = ()) -> dict[str, Any]:
    if identifier in above or identifier not in held:
        raise BadFile(
            f"the chain of figures breaks off at {identifier}.", cause="The file is damaged or was edited."
        )
    record = dict(held[identifier])
    if record.get("inputs"):
        record["inputs"] = [
            _unfold(item, held, (*above, identifier)) if isinstance(item, str) else item
            for item in record["inputs"]
        ]
    return record


def _cells(data: Data) -> Iterator[Figure]:
    for record in data.ledger.records():
        for statement in record.quantities():
            yield record.figure(statement)
    pairs = data.totals.frame.select("exporter", "importer").unique(maintain_order=True).rows()
    for exporter, importer in pairs:
        yield from (total.figure for total in data.totals.flow(exporter, importer))
        yield from (total.figure for total in data.totals.turnover(exporter, importer))
    for place, indicator in (
        data.observations.frame.select("place", "indicator").unique(maintain_order=True).rows()
    ):
        yield from data.observations.series(place, indicator)


def _statement(data: Data, identifier: str) -> dict[str, Any]:
    statement = data.ledger.statement(identifier)
    assert statement is not None
    citation = statement.citation(data.ledger.sources)
    out: dict[str, Any] = {"id": statement.id, **statement.content()}
    out |= {"recorded": statement.recorded, "recorder": statement.recorder}
    if citation is not None:
        out |= {"citation": str(citation), "url": citation.source.url, "licence": citation.source.licence}
    return out
