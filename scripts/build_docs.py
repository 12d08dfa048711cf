"""Write the parts of docs/ that repeat the code: verbs, units, schema, errors, shares of each status.

    python scripts/build_docs.py

Each part stands between a line `<!-- generated: NAME -->` and a line `<!-- end of NAME -->`; the text around it is
written by hand. A test compares, so that a verb, unit or property without documentation does not land.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import typer.main

import landbridge
from landbridge import errors
from landbridge.brief.statuses import meaning
from landbridge.cli.app import app
from landbridge.ledger import schema
from landbridge.provenance import Status
from landbridge.release import Data, embedded, manifest
from landbridge.units import UNITS

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"<!-- generated: (?P<name>[\w-]+) -->\n(?P<body>.*?)<!-- end of (?P=name) -->", re.DOTALL)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    body = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows)
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {line} |" for line in body)]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Text as code, nothing where there is none."""
    return f"`{text}`" if text else ""


def units() -> str:
    """Every unit."""
    rows = ((code(u.code), u.dimension, u.label, "yes" if u.scaled else "") for u in UNITS.values())
    return table(("code", "measures", "read as", "shown in thousands, millions, billions"), rows)


def statuses() -> str:
    """The order of statuses, strongest first."""
    rows = ((str(status.rank), code(status.value), meaning(status)) for status in Status)
    return table(("rank", "status", "meaning"), rows)


def kinds() -> str:
    """Every kind of record with its properties."""
    parts = []
    for kind in schema.kinds().values():
        rows = []
        for prop in kind.properties.values():
            allowed = ", ".join(map(code, prop.units or prop.codes)).replace("`any`", "any unit")
            allowed = allowed.replace("`money`", "any currency")
            often = " ".join(
                word for word, is_so in (("required", prop.required), ("many", prop.many)) if is_so
            )
            rows.append((code(prop.name), prop.type, allowed, often, prop.doc))
        parts.append(f"### `{kind.name}`\n\n{kind.doc}\n\n")
        parts.append(table(("property", "type", "units or codes", "how often", "meaning"), rows) + "\n")
    return "".join(parts)


def verbs() -> str:
    """Every verb with its arguments and options."""
    group: Any = typer.main.get_command(app)
    parts = ["## `landbridge`\n\n", _options(group.params)]
    for name, verb in named_verbs(group):
        call = " ".join(_shown(param) for param in verb.params if param.param_type_name == "argument")
        parts.append(
            f"## `{name}`\n\n{verb.help}\n\n    landbridge {name} {call}".rstrip() + " [OPTIONS]\n\n"
        )
        parts.append(_options(verb.params))
    return "".join(parts)


def named_verbs(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every verb with its full name (`claims read`), those of a group right behind one another."""
    for name, verb in group.commands.items():
        if hasattr(verb, "commands"):
            yield from named_verbs(verb, f"{before}{name} ")
        else:
            yield f"{before}{name}", verb


def _shown(param: Any) -> str:
    return str(param.metavar or param.name.upper()).strip("{}")


def _options(params: Iterable[Any]) -> str:
    rows = []
    for param in params:
        # Shell completion comes with Typer, which words its help anew from version to version.
        if any("completion" in name or name == "--help" for name in param.opts):
            continue
        if param.param_type_name == "argument":
            rows.append((code(_shown(param)), param.help or ""))
        else:
            value = "" if param.is_flag else f" {_shown(param)}"
            names = ", ".join(code(f"{name}{value}") for name in (*param.opts, *param.secondary_opts))
            rows.append((names, param.help or ""))
    return table(("argument or option", "meaning"), rows) + "\n"


def refusals() -> str:
    """Every class of error with its meaning."""
    rows = []
    for kind in error_classes():
        words = " ".join((kind.__doc__ or "").split())
        rows.append(
            (
                code(f"{kind.__module__}.{kind.__name__}"),
                code(kind.__bases__[0].__name__),
                str(kind.exit_code),
                words,
            )
        )
    return table(("class", "is a", "exit code", "when, and what to do"), rows)


def error_classes() -> list[type[errors.LandbridgeError]]:
    """Every refusal in the package, base first, those of `errors` before the others."""
    for module in walk_packages(landbridge.__path__, "landbridge."):
        import_module(module.name)
    found: list[type[errors.LandbridgeError]] = []
    waiting: list[type[errors.LandbridgeError]] = [errors.LandbridgeError]
    while waiting:
        kind = waiting.pop(0)
        found.append(kind)
        waiting += kind.__subclasses__()
    here = [kind for kind in found if kind.__module__.startswith("landbridge.")]
    return sorted(here, key=lambda kind: kind.__module__ != errors.__name__)


def shares() -> str:
    """How many values of each status the embedded release holds, by part."""
    counted = shares_of(Data(embedded(), manifest.read(embedded())))
    head = ("status", *counted)
    rows = [
        (code(status.value), *(_share(part, status) for part in counted.values()))
        for status in Status
        if any(part[status] for part in counted.values())
    ]
    return table(head, rows)


def shares_of(data: Data) -> Mapping[str, Counter[Status]]:
    """Counts by status of the ledger (claims of articles apart), the tables and the flows by sector."""
    statements = data.ledger.statements
    flows = data.trade.year(data.accounts.year, "sector").frame["status"].to_list()
    return {
        "ledger": Counter(s.status for s in statements if s.kind != "claim"),
        "ledger, numbers": Counter(s.status for s in statements if s.kind != "claim" and s.is_quantity),
        "claims of articles": Counter(s.status for s in statements if s.kind == "claim"),
        "`totals`": Counter(map(Status, data.totals.frame["status"].to_list())),
        "`observations`": Counter(map(Status, data.observations.frame["status"].to_list())),
        "`agreements`": Counter(member.status for member in data.agreements.memberships),
        "flows by sector": Counter(map(Status, flows)),
    }


def _share(part: Counter[Status], status: Status) -> str:
    if not part[status]:
        return ""
    return f"{part[status]:,} ({100 * part[status] / part.total():.1f} %)"


PARTS: Mapping[str, Callable[[], str]] = {
    "errors": refusals,
    "kinds": kinds,
    "shares": shares,
    "statuses": statuses,
    "units": units,
    "verbs": verbs,
}


def refreshed(text: str) -> str:
    """A page with its generated parts written anew."""

    def part(found: re.Match[str]) -> str:
        name = found["name"]
        return f"<!-- generated: {name} -->\n\n{PARTS[name]().strip()}\n\n<!-- end of {name} -->"

    return BLOCK.sub(part, text)


def main() -> None:
    """Rewrite every page whose generated parts differ, and name it."""
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text("utf-8")
        fresh = refreshed(text)
        if fresh != text:
            page.write_text(fresh, "utf-8")
            print(page.relative_to(DOCS.parent))


if __name__ == "__main__":
    main()
