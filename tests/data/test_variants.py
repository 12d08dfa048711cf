"""The account under each imputation of final sales, made again from the release: it is what the build made."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from landbridge.errors import BrokenRelease, UnknownLabel
from landbridge.flows import InputOutput, NotBalanced
from landbridge.flows.variants import NAMES, Account, given_by, recomputed
from landbridge.release import load

FREE = tuple(name for name in NAMES if name.endswith(" free"))
BALANCED = tuple(name for name in NAMES if name not in FREE)
# Cells below a thousand dollars are dropped from the release, so a pair may miss a few.
DROPPED_MUSD = 5e-3


@pytest.fixture(scope="module")
def release(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release built from the tables of the checkout over the accounts that it holds."""
    spec = importlib.util.spec_from_file_location("build_release", root / "scripts" / "build_release.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    folder = tmp_path_factory.mktemp("built") / "release"
    script.build(root / "tables", folder, None)
    return folder


@pytest.fixture(scope="module")
def accounts(release: Path) -> InputOutput:
    return load(release=release).accounts


@pytest.fixture
def damaged(release: Path, tmp_path: Path) -> InputOutput:
    """The account of a release folder that a test may damage."""
    for part in ("flows", "tables"):
        shutil.copytree(release / part, tmp_path / part)
    return InputOutput(tmp_path / "flows")


def economies(accounts: InputOutput) -> np.ndarray:
    return np.array([place != "ROW" for place in accounts.places])


def deficits(found: Account) -> tuple[np.ndarray, np.ndarray]:
    """Purchases less sales, and value added, by place."""
    output = found.flows.sum(axis=2)
    return found.flows.sum(axis=(0, 1)) - output.sum(axis=0), ((1 - found.inputs.sum(axis=0)) * output).sum(
        axis=0
    )


def test_the_central_variant_is_the_published_account(accounts: InputOutput) -> None:
    assert accounts.variants[0] == accounts.notes["central"] == "composite"
    assert set(accounts.variants) == set(accounts.notes["variants"])
    found = accounts.variant("composite")
    assert found.flows is accounts.flows
    assert found.inputs is accounts.inputs
    assert found.final_share is accounts.final_share


def test_making_the_central_variant_again_gives_what_is_published(accounts: InputOutput) -> None:
    """The build made it from the source table in full precision; here it is made from the rounded release.

    Distances are stored to 0.1 km, which is 6e-4 of the shortest (78 km); deliveries keep 16 and 20 bits, inputs from
    `ROW` 12. A few columns of inputs from `ROW` are capped and known only up to the cap.
    """
    found, held = recomputed("composite", accounts), accounts.variant("composite")
    np.testing.assert_allclose(found.flows, held.flows, rtol=1e-3, atol=DROPPED_MUSD)
    rest = accounts.place("ROW")
    np.testing.assert_allclose(found.flows[:, rest], held.flows[:, rest], rtol=1e-3, atol=DROPPED_MUSD)
    np.testing.assert_allclose(found.inputs, held.inputs, rtol=0, atol=5e-4)
    np.testing.assert_allclose(found.inputs[:, :, rest], held.inputs[:, :, rest], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.final_share, held.final_share, rtol=0, atol=2e-5)
    assert np.abs(found.flows - held.flows).sum() < 1e-5 * held.flows.sum()


@pytest.mark.parametrize("name", NAMES)
def test_totals_of_pairs_are_those_the_build_wrote_down(accounts: InputOutput, name: str) -> None:
    """`spread.parquet` keeps 18 bits (2e-6); sellers' remainders come from cells of 16 bits (8e-6).

    Where distance has a part its rounding to 0.1 km adds 6e-4 for the nearest pairs; the median pair misses by 1e-5.
    """
    held = accounts.frame("spread").filter(method=name).sort("exporter", "importer")
    totals = held["final_musd"].cast(pl.Float64).to_numpy().reshape(80, 80)
    real = economies(accounts)
    cells = accounts.variant(name).flows - accounts.intermediate
    found = cells[:, real][:, :, real].sum(axis=0)
    by_distance = "distance" in name or name == "composite free"
    np.testing.assert_allclose(found, totals, rtol=6e-4 if by_distance else 5e-5, atol=DROPPED_MUSD)
    large = totals > 1
    assert np.median(np.abs(found[large] / totals[large] - 1)) < 1e-5


@pytest.mark.parametrize(
    ("name", "there_bn", "back_bn"),
    [
        ("composite", 85.7, 94.1),
        ("intermediates", 78.3, 94.2),
        ("ratios", 85.6, 93.3),
        ("distance", 84.5, 95.3),
        ("composite free", 48.4, 105.1),
        ("intermediates free", 40.9, 108.6),
        ("ratios free", 44.7, 104.9),
        ("distance free", 52.0, 105.1),
    ],
)
def test_china_and_russia_by_variant_are_as_documented(
    accounts: InputOutput, root: Path, name: str, there_bn: float, back_bn: float
) -> None:
    flows = accounts.variant(name).flows
    china, russia = accounts.place("CHN"), accounts.place("RUS")
    assert flows[:, china, russia].sum() / 1e3 == pytest.approx(there_bn, abs=0.05)
    assert flows[:, russia, china].sum() / 1e3 == pytest.approx(back_bn, abs=0.05)
    page = (root / "docs" / "explanation" / "imputation.md").read_text("utf-8")
    assert f"| `{name}` | {there_bn} | {back_bn} |" in page


@pytest.mark.parametrize("name", NAMES)
def test_every_variant_is_a_sound_account(accounts: InputOutput, name: str) -> None:
    found = accounts.variant(name)
    assert (found.name, found.sectors, found.places) == (name, accounts.sectors, accounts.places)
    assert found.flows.shape == (50, 81, 81)
    assert found.inputs.shape == (50, 50, 81)
    assert found.final_share.shape == (50, 81)
    for array in (found.flows, found.inputs, found.final_share):
        assert array.dtype == np.float64
        assert array.flags.c_contiguous
        assert np.all(np.isfinite(array))
        assert np.all(array >= 0)
    real = economies(accounts)
    output, bought = found.flows.sum(axis=2), found.flows.sum(axis=1)
    # What is imputed is where sales go, not how much is made.
    np.testing.assert_allclose(output[:, real], accounts.output[:, real], rtol=1e-12)
    assert np.all(found.inputs.sum(axis=0) < 1)
    used = np.einsum("ksj,sj->kj", found.inputs, output)
    short, value_added = deficits(found)
    final = found.final_share * (value_added + short)
    np.testing.assert_allclose(found.final_share.sum(axis=0), 1, rtol=1e-12)
    np.testing.assert_allclose(used + final, bought, rtol=1e-9, atol=1e-9 * bought.sum(axis=0).min())
    assert np.all(value_added + short > 0)
    assert abs(short.sum()) < 1e-12 * output.sum()


@pytest.mark.parametrize("name", BALANCED)
def test_trade_of_every_place_is_balanced_where_that_was_assumed(accounts: InputOutput, name: str) -> None:
    short, value_added = deficits(accounts.variant(name))
    # The published account carries the rounding of 16 bits, the others the tolerance of balancing.
    assert np.max(np.abs(short / value_added)) < (3e-5 if name == "composite" else 1e-8)


@pytest.mark.parametrize("name", FREE)
def test_without_that_assumption_russia_sells_more_than_it_buys(accounts: InputOutput, name: str) -> None:
    short, value_added = deficits(accounts.variant(name))
    share = short / value_added
    assert 0.3 < np.max(np.abs(share)) < 0.9
    assert -0.15 < share[accounts.place("RUS")] < -0.09
    assert accounts.places[int(np.argmax(np.abs(share)))] == "LUX"


@pytest.mark.parametrize("name", ["intermediates", "distance free"])
def test_intermediate_deliveries_are_the_same_in_every_variant(accounts: InputOutput, name: str) -> None:
    """Final sales are what is left: never negative, and used inputs are what is delivered."""
    found = accounts.variant(name)
    real = economies(accounts)
    assert np.min((found.flows - accounts.intermediate)[:, real][:, :, real]) >= 0
    given = given_by(accounts)
    used = np.einsum("ksj,sj->kj", given.by_user, given.output)
    np.testing.assert_allclose(used, given.intermediate.sum(axis=1), rtol=1e-12, atol=1e-6)
    moved = np.abs(given.by_user - accounts.inputs_from_economies[:, :, real])
    assert np.max(moved * (given.output > 100)) < 5e-6
    assert (moved * given.output).sum() < 5e-7 * given.output.sum()


def test_a_variant_is_made_once_and_an_unknown_one_is_refused(accounts: InputOutput) -> None:
    assert accounts.variant("ratios") is accounts.variant("ratios")
    with pytest.raises(UnknownLabel) as refused:
        accounts.variant("ratio free")
    assert refused.value.nearest[0] == "ratios free"


def test_a_release_without_the_ratios_still_gives_the_central_variant(damaged: InputOutput) -> None:
    (damaged.folder.parent / "tables" / "final_use_ratios.parquet").unlink()
    assert damaged.variant("composite").name == "composite"
    with pytest.raises(BrokenRelease, match=r"tables: final_use_ratios.parquet is missing.*[Rr]ebuild"):
        damaged.variant("ratios")
    with pytest.raises(BrokenRelease, match="final_use_ratios"):
        damaged.fingerprint  # noqa: B018


def test_a_sector_without_ratio_and_a_pair_without_distance_are_named(damaged: InputOutput) -> None:
    table = damaged.folder.parent / "tables" / "final_use_ratios.parquet"
    whole = pl.read_parquet(table)
    whole.filter(pl.col("sector") != "B06").write_parquet(table)
    with pytest.raises(BrokenRelease, match="first: B06"):
        damaged.variant("ratios free")
    whole.write_parquet(table)
    pairs = damaged.folder / "pairs.parquet"
    pl.read_parquet(pairs).filter(
        ~((pl.col("exporter") == "CHN") & (pl.col("importer") == "RUS"))
    ).write_parquet(pairs)
    with pytest.raises(BrokenRelease, match="1 distances"):
        damaged.variant("distance free")


def test_deliveries_above_output_give_no_variant(damaged: InputOutput) -> None:
    frame = damaged.frame("deliveries").with_columns(pl.col("intermediate_musd") * 30)
    frame.write_parquet(damaged.folder / "deliveries.parquet")
    with pytest.raises(NotBalanced, match=r"intermediates free 0 cell.*more than they make"):
        InputOutput(damaged.folder).variant("intermediates free")


def test_the_fingerprint_is_that_of_every_file_read(release: Path, damaged: InputOutput) -> None:
    whole = load(release=release).accounts.fingerprint
    assert len(whole) == 64
    assert damaged.fingerprint == whole
    folders = (damaged.folder, damaged.folder.parent / "tables")
    files = [*sorted(folders[0].iterdir()), folders[1] / "final_use_ratios.parquet"]
    assert len(files) == 8
    for path in files:
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert InputOutput(damaged.folder).fingerprint != whole, path.name
        path.write_bytes(content)
    assert InputOutput(damaged.folder).fingerprint == whole
