"""Editorial rules on the shipped ledger (docs/reference/ledger.md), and the promise that its ids stay."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from landbridge.errors import BadFile
from landbridge.ledger import ASSUMED, Statement, check
from landbridge.provenance import Status
from landbridge.release import Data, embedded, load, manifest

RELEASE = "src/landbridge/data/release/manifest.json"
# Figures whose source states no date: lengths and design capacities of works that stand, rates of duties that hold
# until changed, and a few counts. The number may fall, not rise.
MORE = ("unit_values.csv", "belt_and_road.csv")
UNDATED = {"corridor": 12, "crossing": 13, "barrier": 15}
QUOTED = re.compile(r"[“«\"]([^”»\"]+)[”»\"]")


@pytest.fixture(scope="module")
def data() -> Data:
    return load(release=embedded())


@pytest.fixture(scope="module")
def statements(data: Data) -> tuple[Statement, ...]:
    return data.ledger.history


def test_the_records_as_a_whole_are_sound(data: Data) -> None:
    assert check(data.ledger) == []


def test_every_row_is_cited_or_assumed(data: Data, statements: tuple[Statement, ...]) -> None:
    assert [s.id for s in statements if (s.source == ASSUMED) != (s.status is Status.ASSUMED)] == []
    assert {s.source for s in statements} - {ASSUMED} <= set(data.sources)


def test_what_is_assumed_is_a_range_or_a_text(statements: tuple[Statement, ...]) -> None:
    assumed = [s for s in statements if s.status is Status.ASSUMED]
    assert assumed
    assert [s.subject for s in assumed if s.number is not None] == []
    assert [s.subject for s in assumed if not s.text and not (s.low is not None and s.high is not None)] == []


def test_every_number_has_a_unit_and_every_statement_a_content(statements: tuple[Statement, ...]) -> None:
    assert [s.id for s in statements if s.is_quantity and not s.unit] == []
    assert [s.id for s in statements if not s.is_quantity and not s.text] == []


def test_past_numbers_have_a_period(statements: tuple[Statement, ...]) -> None:
    undated = Counter(
        s.kind
        for s in statements
        if s.is_quantity and s.status is Status.REPORTED and not (s.period or s.as_of or s.valid_from)
    )
    assert all(count <= UNDATED.get(kind, 0) for kind, count in undated.items()), undated


def test_plans_are_no_outcomes(statements: tuple[Statement, ...]) -> None:
    later = [
        s
        for s in statements
        if s.is_quantity and s.status is Status.REPORTED and s.period[:4] > s.recorded[:4]
    ]
    assert [f"{s.subject} {s.period}" for s in later] == []


def test_a_document_is_signed_or_intended_never_both(data: Data) -> None:
    documents = data.ledger.records("document")
    intended = {record.subject for record in documents if record.text("intended") == "true"}
    assert "document/polotsk-mudanjiang-protocol" in intended
    assert [
        r.subject for r in documents if r.subject in intended and (r.all("signed") or r.all("in_force"))
    ] == []


def test_no_quote_is_longer_than_twelve_words(statements: tuple[Statement, ...]) -> None:
    quotes = [
        (s.subject, quote) for s in statements for text in (s.text, s.note) for quote in QUOTED.findall(text)
    ]
    assert [item for item in quotes if len(item[1].split()) > 12] == []


def test_umbrellas_have_no_umbrella_above_them(data: Data) -> None:
    projects = {record.subject: record for record in data.ledger.records("project")}
    umbrellas = {subject for subject, record in projects.items() if record.text("umbrella") == "true"}
    assert umbrellas
    for subject, record in projects.items():
        if record.text("parent"):
            assert record.text("parent") in umbrellas, f"the parent of {subject} is no umbrella"
            assert subject not in umbrellas, f"{subject} is an umbrella under another"


def test_a_record_is_of_one_kind_and_named_after_it(statements: tuple[Statement, ...]) -> None:
    assert {s.subject for s in statements if s.subject.partition("/")[0] != s.kind} == set()


def test_every_source_is_used_or_packaged(data: Data, statements: tuple[Statement, ...], root: Path) -> None:
    sys.path.insert(0, str(root / "scripts"))
    from build_release import PACKAGED

    cited = {s.source for s in statements}
    parameters = (data.elasticities, data.tariffs, data.time_values, data.monthly, data.soya, data.drivers)
    tables = (data.totals, data.observations, data.region_trade, *parameters)
    for frame in (
        data.basket,
        data.elasticities.estimates,
        data.agreement_effects,
        *(table.frame for table in tables),
    ):
        for column in {"source", "second_source"} & set(frame.columns):
            cited |= set(frame[column].drop_nulls().to_list())
    cited |= {membership.source for membership in data.agreements.memberships}
    # Of the network some tables are shipped, and some stand beside the code that is checked against them.
    for path in (
        *sorted((root / "tables").glob("network_*.csv")),
        *(root / "tables" / name for name in MORE),
    ):
        frame = pl.read_csv(path, infer_schema=False)
        for column in (column for column in frame.columns if column.endswith("source")):
            cited |= {word for cell in frame[column].drop_nulls() for word in cell.split()}
    assert set(data.sources) - cited - set(PACKAGED) == set()
    assert set(PACKAGED) <= set(data.sources)


def test_addresses_are_of_the_web_or_empty(data: Data) -> None:
    bad = [
        s.id for s in data.sources.values() if s.url and not re.fullmatch(r"https?://[^\s]+\.[^\s]+", s.url)
    ]
    assert bad == []
    assert [s.id for s in data.sources.values() if not s.publisher or not s.title or not s.licence] == []


def test_the_manifest_lists_exactly_the_statements_of_the_files(
    data: Data, statements: tuple[Statement, ...]
) -> None:
    assert dict(data.manifest.statements) == {s.id: s.recorded for s in statements}


def test_no_sealed_statement_is_lost_or_changed(data: Data, root: Path) -> None:
    path = root / "tables" / "ledger" / "sealed.json"
    if not path.exists():
        pytest.skip("no release has been published, so no statement is sealed")
    sealed = json.loads(path.read_text("utf-8"))
    now = data.manifest.statements
    assert sorted(sealed.keys() - now.keys()) == [], "statements are superseded, never removed or changed"
    assert {name for name, day in sealed.items() if now[name] != day} == set(), "a recording date was changed"


def test_rebuilding_gives_the_same_release(root: Path, tmp_path: Path) -> None:
    sys.path.insert(0, str(root / "scripts"))
    from build_release import build

    out = tmp_path / "release"
    shutil.copytree(embedded() / "flows", out / "flows")
    made = build(root / "tables", out, None)
    shipped = manifest.read(embedded())
    assert dict(made.statements) == dict(shipped.statements)
    assert made.files.keys() == shipped.files.keys()
    differing = [name for name in made.files if made.files[name] != shipped.files[name]]
    if f"polars=={pl.__version__}" in (root / "pyproject.toml").read_text("utf-8"):
        assert differing == []
        assert (out / manifest.FILE).read_bytes() == (embedded() / manifest.FILE).read_bytes()
    for name in differing:
        # Another version of the writer may lay the same table out in other bytes; the content may not differ.
        assert name.endswith(".parquet"), name
        assert pl.read_parquet(out / name).equals(pl.read_parquet(embedded() / name)), name


@pytest.mark.parametrize("sealed", [{"s-lost": "2026-11-21"}, "redated"])
def test_a_rebuild_refuses_the_loss_of_a_published_statement(
    sealed: dict[str, str] | str, root: Path, tmp_path: Path
) -> None:
    sys.path.insert(0, str(root / "scripts"))
    from build_release import SEALED, build

    shutil.copytree(root / "tables", tmp_path / "tables")
    if isinstance(sealed, str):
        sealed = {next(iter(manifest.read(embedded()).statements)): "1999-01-01"}
    (tmp_path / "tables" / SEALED).write_text(json.dumps(sealed), "utf-8")
    out = tmp_path / "release"
    (out / "flows").mkdir(parents=True)
    (out / "kept.txt").write_text("x")
    with pytest.raises(BadFile, match="sealed"):
        build(tmp_path / "tables", out, None)
    assert (out / "kept.txt").exists(), "what was there stays where a build is refused"
