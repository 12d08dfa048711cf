"""Trade of two regions: bounds first, an estimate inside them, refusals with reasons, the user's own files above all."""

from __future__ import annotations

import csv
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from landbridge import codes
from landbridge.errors import BadSample, BadUsage, NotHeld, UnknownLabel
from landbridge.potential import regions
from landbridge.potential.margins import RANGE, TARGET, UNUSED, national, published, ranges
from landbridge.potential.prior import Assumptions, gravity
from landbridge.potential.pseudo import PROBABILITIES, World, from_quantiles, validate
from landbridge.potential.regions import RegionPotential, hold_out, potential
from landbridge.potential.splitting import split
from landbridge.potential.views import BOUNDS, COLUMNS, ESTIMATE, OBSERVED, REFUSED, TOTAL, down, up
from landbridge.provenance import Figure, Status, Unavailable
from landbridge.release import Data, embedded, load
from landbridge.release.loading import load as load_files


@pytest.fixture(scope="module")
def data() -> Data:
    return load(release=embedded())


@pytest.fixture(scope="module")
def pair(data: Data) -> RegionPotential:
    return potential(data, "CN-HL", "RU-PRI")


def chapter(data: Data, exporter: str, year: int, item: str) -> float:
    rows = data.basket.filter(
        (pl.col("exporter") == exporter) & (pl.col("year") == year) & (pl.col("chapter") == item)
    )
    return float(rows["value_usd"].sum())


def test_a_pair_of_regions_has_bounds_an_estimate_inside_them_and_says_which_to_show(
    pair: RegionPotential,
) -> None:
    table = pair.table()
    assert tuple(table.columns) == COLUMNS
    assert (pair.year, pair.classification) == (2023, "hs2")
    assert set(zip(table["exporter"], table["importer"], strict=True)) == {
        ("CN-HL", "RU-PRI"),
        ("RU-PRI", "CN-HL"),
    }
    assert table.null_count().sum_horizontal().item() == 0
    ordered = ("lower_bound_usd", "low_usd", "estimate_usd", "high_usd", "upper_bound_usd")
    for smaller, larger in pairwise(ordered):
        assert (table[smaller] <= table[larger] * (1 + 1e-12)).all(), (smaller, larger)
    assert set(table["status"]) == {"estimated"}
    # Nothing that is published of either region rules out that they trade nothing.
    assert set(table["headline"]) == {BOUNDS}
    assert pair.residual < 1e-6


def test_the_bounds_are_those_of_the_published_figures(data: Data, pair: RegionPotential) -> None:
    """Primorye told 8.6 billion both ways in 2023 (PRIME, 20 December 2024); no direction can be above it, widened by
    what the counts of Russia and China differed by.
    """
    there = pair.row("CN-HL", "RU-PRI")
    gaps = [gap.importer_report.point / gap.exporter_report.point for gap in data.totals.mirror("RUS", "CHN")]
    own = data.totals.flow_by_reporter("RUS", "CHN")["CHN"]["2023"].point
    total = float(
        data.basket.filter((pl.col("exporter") == "RUS") & (pl.col("year") == 2023))["value_usd"].sum()
    )
    assert there["lower_bound_usd"] == 0
    assert there["upper_bound_usd"] == pytest.approx(8.6e9 * total * max(gaps) / own, rel=0.01)
    # Rounded outwards.
    assert float(there["upper_bound_usd"] or 0) >= 8.6e9 * total * max(gaps) / own
    chapters = pair.table().filter((pl.col("item") == "39") & (pl.col("exporter") == "CN-HL"))
    assert chapters["upper_bound_usd"].item() == pytest.approx(chapter(data, "CHN", 2023, "39"), rel=0.01)


def test_every_margin_has_its_year_and_what_was_made_of_it(data: Data, pair: RegionPotential) -> None:
    margins = pair.margin_table()
    assert set(margins["place"]) == {"CN-HL", "RU-PRI"}
    used = margins.filter(pl.col("use") != UNUSED)
    # A hard range is of the same year, other years are soft targets and say so.
    assert set(used.filter(pl.col("use") == RANGE)["period"].str.slice(0, 4)) == {"2023"}
    other = used.filter(pl.col("use") == TARGET)
    assert set(other["period"].str.slice(0, 4)) == {"2021", "2022"}
    assert other["why"].str.contains("times the").all()
    assert not used.filter(pl.col("use") == RANGE)["weak"].any()
    assert (margins["why"] != "").all()
    assert (margins["source"] != "").all()


def test_a_figure_can_be_walked_back_to_totals_sizes_and_margins(pair: RegionPotential) -> None:
    bounds = pair.figure("CN-HL", "RU-PRI")
    assert isinstance(bounds, Figure)
    assert bounds.value is None
    assert (bounds.low, bounds.high) == (0.0, pair.row("CN-HL", "RU-PRI")["upper_bound_usd"])
    estimate = pair.figure("RU-PRI", "CN-HL", "27", of="estimate")
    assert isinstance(estimate, Figure)
    assert estimate.status is Status.ESTIMATED
    assert estimate.value == pair.row("RU-PRI", "CN-HL", "27")["estimate_usd"]
    measures = " | ".join(item.measure for item in estimate.inputs)
    for words in ("trade in goods, CHN to RUS", "Gross regional product", "Trade of Primorsky"):
        assert words in measures
    sources = {
        leaf.citation.source.id for item in estimate.inputs for leaf in (item, *item.inputs) if leaf.citation
    }
    assert {"cepii-baci-v202501", "prime-2024-12-20-primorye", "nbs-china-a060101"} <= sources


def test_wrong_questions_to_a_result_are_refused(pair: RegionPotential) -> None:
    with pytest.raises(UnknownLabel, match="direction"):
        pair.row("CN-HL", "RUS")
    with pytest.raises(UnknownLabel, match="item"):
        pair.figure("CN-HL", "RU-PRI", "C20")
    with pytest.raises(BadUsage, match="no part"):
        pair.figure("CN-HL", "RU-PRI", of="guess")


def test_belarus_is_refused_with_the_reason_and_shown_as_assumed_on_request(data: Data) -> None:
    refused = potential(data, "BY-VI", "CN-HL")
    row = refused.row("BY-VI", "CN-HL")
    assert (refused.year, refused.classification) == (2022, "sector")
    assert row["headline"] == REFUSED
    assert row["estimate_usd"] is None
    assert "No trade of BY-VI" in str(row["reason"])
    found = refused.figure("BY-VI", "CN-HL")
    assert isinstance(found, Unavailable)
    assert "assume_output" in found.remedy
    assert isinstance(refused.figure("BY-VI", "CN-HL", of="bounds"), Figure)
    # What is observed of Belarus to China is 2.2 billion of deliveries for intermediate use.
    assert row["upper_bound_usd"] == pytest.approx(2.2e9, rel=0.02)
    assert any("intermediate use alone" in note for note in refused.notes)
    assumed = potential(data, "BY-VI", "CN-HL", assume_output=True)
    assert set(assumed.table()["status"]) == {"assumed"}
    assert assumed.row("BY-VI", "CN-HL")["estimate_usd"] is not None
    assert "on request" in str(assumed.row("BY-VI", "CN-HL")["reason"])


def test_on_request_belarus_is_split_in_proportion_to_output(data: Data) -> None:
    """8.0 and 27.6 of 85 per cent allocated (Belstat through BelTA, 2020); the rest, 15, can fall anywhere."""
    whole = national(data, "BLR", "CHN")
    made = split(data, whole, draws=200, seed=1, assumed=Assumptions(), assume_output=True)
    sums = made.cells[:, 0].sum(axis=2) / whole.totals[0]
    at = {region: i for i, region in enumerate(made.parts[0].regions)}
    assert sums[0, at["BY-VI"]] == pytest.approx(8.0 / 85)
    assert sums[0, at["BY-HM"]] == pytest.approx(27.6 / 85)
    assert 0.08 <= sums[1:, at["BY-VI"]].min() < sums[1:, at["BY-VI"]].max() <= 0.23


def test_a_province_with_the_country_uses_what_is_published(data: Data) -> None:
    """Liaoning 2023: exports 14.4, imports 40.5 billion yuan (consul general, through Sputnik)."""
    liaoning = potential(data, "CN-LN", "RUS")
    for ways, yuan in ((("CN-LN", "RUS"), 14.4e9), (("RUS", "CN-LN"), 40.5e9)):
        row = liaoning.row(*ways)
        assert row["headline"] == ESTIMATE
        assert row["estimate_usd"] == pytest.approx(yuan / 7.085, rel=0.03)
        assert row["lower_bound_usd"] == pytest.approx(yuan / 7.23, rel=0.02)
        assert row["status"] == "estimated"
    figure = liaoning.figure("CN-LN", "RUS")
    assert isinstance(figure, Figure)
    assert figure.value is not None


def test_a_part_of_the_year_is_a_lower_bound_of_the_year(data: Data) -> None:
    """Heilongjiang, January to August 2022: 117.2 billion yuan both ways (consulate general, through ATI.SU)."""
    whole = national(data, "CHN", "RUS", 2022)
    margins = published(data, whole)
    low, high = ranges(margins, ("CN-HL",))
    assert low[2, 0] == pytest.approx(117.2e9 / 6.87, rel=0.01)
    assert np.isinf(high[2, 0])


def test_figures_held_out_are_not_looked_at(data: Data) -> None:
    whole = national(data, "CHN", "RUS", 2023)
    left = published(data, whole, ["CN-HL"])
    of_hl = [margin for margin in left if margin.place == "CN-HL"]
    assert {margin.figure.citation.source.id for margin in of_hl if margin.figure.citation} == {
        "nbs-china-a060101"
    }
    assert len(left) < len(published(data, whole))


def test_the_published_table_of_held_out_regions_is_what_the_script_gives(data: Data, root: Path) -> None:
    with (root / "tables" / "region_held_out.csv").open(encoding="utf-8", newline="") as file:
        told = [row for row in csv.DictReader(file) if row["year"] == "2022"]
    found = hold_out(data, "CHN", "RUS", year=2022)
    assert len(told) == found.height > 2
    for row, again in zip(told, found.iter_rows(named=True), strict=True):
        assert (row["place"], row["direction"]) == (again["place"], again["direction"])
        assert float(row["ratio"]) == pytest.approx(again["ratio"], rel=1e-3)
        assert (row["inside"] == "true") == again["inside"]


def test_the_page_quotes_the_tables(root: Path) -> None:
    page = (root / "docs" / "explanation" / "potential-regions.md").read_text("utf-8")
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("|")
    ]
    names = {"Heilongjiang": "CN-HL", "Jilin": "CN-JL", "Liaoning": "CN-LN", "Inner Mongolia": "CN-NM"}
    names |= {
        "Primorsky Krai": "RU-PRI",
        "Irkutsk Oblast": "RU-IRK",
        "Sverdlovsk Oblast": "RU-SVE",
        "Tatarstan": "RU-TA",
    }
    with (root / "tables" / "region_held_out.csv").open(encoding="utf-8", newline="") as file:
        both = [row for row in csv.DictReader(file) if row["direction"] == "both ways"]
    held = {(row["place"], row["year"]): row for row in both}
    quoted = {(names[line[0]], line[1][:4]): line for line in lines if line[0] in names}
    assert quoted.keys() == held.keys()
    for key, line in quoted.items():
        assert float(line[2]) == pytest.approx(float(held[key]["published_usd"]) / 1e9, abs=0.06), key
        assert float(line[3]) == pytest.approx(float(held[key]["ratio"]), rel=0.07), key
        assert (line[4] == "yes") == (held[key]["inside"] == "true"), key
        assert ("weak" in line[1]) == (held[key]["weak"] == "true"), key
    with (root / "tables" / "region_held_out.csv").open(encoding="utf-8", newline="") as file:
        single = [row for row in csv.DictReader(file) if row["direction"] != "both ways"]
    ways = {(row["place"], row["year"], row["direction"]): row for row in single}
    sides = {"exports": ("CHN to RUS", "RUS to CHN"), "imports": ("RUS to CHN", "CHN to RUS")}
    shown = {}
    for line in lines:
        name, _, way = line[0].partition(", ")
        if way:
            code = names.get(name, "")
            if code:
                shown[code, line[1], sides[way][code.startswith("RU")]] = line
    assert shown.keys() == ways.keys()
    for key, line in shown.items():
        assert float(line[2]) == pytest.approx(float(ways[key]["published_usd"]) / 1e9, abs=0.06), key
        assert float(line[3]) == pytest.approx(float(ways[key]["ratio"]), rel=0.07), key
        assert (line[4] == "yes") == (ways[key]["inside"] == "true"), key
    assert sum(row["inside"] == "false" for row in single) == 2
    assert "two of the five" in " ".join(page.split())
    margins = {
        "national total": "none",
        "some, none of this cell's": "neither",
        "some, not this row's": "neither",
    }
    margins |= {"row or column": "one", "row and column": "both", "every row and column": "all"}
    levels = {"cell, total": "cell total", "cell, by sector": "cell item", "row, total": "row total"}
    frame = pl.read_csv(root / "tables" / "region_validation.csv")
    rows = [line for line in lines if line[0] in levels]
    assert len(rows) == 7
    # The case that does worst is on the page.
    own = frame.filter(pl.col("prior") == "gravity")
    assert own.sort("coverage_80_pct").row(0, named=True)["margins"] in {margins[line[1]] for line in rows}
    for line in rows:
        case = frame.filter((pl.col("level") == levels[line[0]]) & (pl.col("margins") == margins[line[1]]))
        mine = case.filter(pl.col("prior") == "gravity").row(0, named=True)
        naive = case.filter(pl.col("prior") == "proportional").row(0, named=True)
        assert [float(line[2]), float(line[3])] == pytest.approx(
            [mine["coverage_80_pct"], mine["coverage_90_pct"]], abs=0.051
        )
        ends = [float(end) for end in line[4].split(" to ")]
        assert ends == pytest.approx(
            [mine["coverage_80_lowest_pct"], mine["coverage_80_highest_pct"]], abs=0.51
        )
        errors = [mine["median_abs_log_error"], naive["median_abs_log_error"]]
        assert [float(line[5]), float(line[6])] == pytest.approx(errors, abs=0.0051)
        assert float(line[7]) == pytest.approx(mine["correlation"], abs=0.0051)


def test_the_same_seed_gives_the_same_numbers_and_another_does_not(data: Data, pair: RegionPotential) -> None:
    again = potential(data, "CN-HL", "RU-PRI")
    assert again.table().equals(pair.table())
    other = potential(data, "CN-HL", "RU-PRI", seed=2).row("CN-HL", "RU-PRI")
    mine = pair.row("CN-HL", "RU-PRI")
    assert other["high_usd"] != mine["high_usd"]
    assert other["upper_bound_usd"] == mine["upper_bound_usd"]
    assert other["estimate_usd"] == pytest.approx(mine["estimate_usd"], rel=0.1)


def test_turned_around_the_answer_is_the_same(data: Data, pair: RegionPotential) -> None:
    other = potential(data, "RU-PRI", "CN-HL")
    for ways in (("CN-HL", "RU-PRI"), ("RU-PRI", "CN-HL")):
        mine, theirs = pair.row(*ways), other.row(*ways)
        assert mine["upper_bound_usd"] == pytest.approx(theirs["upper_bound_usd"])
        assert mine["estimate_usd"] == pytest.approx(theirs["estimate_usd"], rel=0.1)


def test_one_pair_takes_about_a_second_and_no_compiler(data: Data) -> None:
    """Under one on an idle machine; counted in time of this thread, so that neighbours do not matter."""
    began = time.thread_time()
    potential(data, "CN-JL", "RU-KHA")
    assert time.thread_time() - began < 2.0
    source = "".join(
        path.read_text("utf-8") for path in Path(str(regions.__file__)).parent.glob("[bmrsv]*.py")
    )
    assert "import numba" not in source


@pytest.mark.parametrize(
    ("places", "words"),
    [
        (("CHN", "RUS"), "both countries"),
        (("CN-HL", "CN-JL"), "lie in one country"),
        (("CN-HL", "CHN"), "lie in one country"),
        (("RU-FD-FAREAST", "CN-HL"), "several regions"),
        (("CN-XX", "RUS"), "no place is called"),
    ],
)
def test_places_that_are_no_such_pair_are_refused(data: Data, places: tuple[str, str], words: str) -> None:
    with pytest.raises(BadUsage, match=words):
        potential(data, *places)


def test_a_year_without_totals_is_refused_and_one_with_totals_alone_has_no_items(data: Data) -> None:
    with pytest.raises(NotHeld, match="2030"):
        potential(data, "CN-HL", "RUS", year=2030)
    newer = potential(data, "RU-PRI", "CHN", year=2024)
    assert newer.classification == "total"
    assert newer.table()["item"].to_list() == [TOTAL, TOTAL]
    # Two officials differ (7.5 and about 6); the stronger source counts, both are shown.
    shown = newer.margin_table().filter(pl.col("period") == "2024")
    assert set(shown["published"]) == {7.5e9, 6.0e9}


def test_few_draws_and_impossible_assumptions_are_refused(data: Data) -> None:
    with pytest.raises(BadUsage, match="too few"):
        potential(data, "CN-HL", "RUS", draws=5)
    with pytest.raises(BadUsage, match="positive"):
        Assumptions(elasticity=(-1.0, 0.5))
    with pytest.raises(BadUsage, match="ends below"):
        Assumptions(detour=(1.6, 1.2))
    one, rng = np.ones((1, 1)), np.random.default_rng(1)
    with pytest.raises(BadSample, match="not positive"):
        gravity(one, one, 0 * one, one > 1, Assumptions(), 2, rng)
    with pytest.raises(BadSample, match="size is zero"):
        gravity(one, 0 * one, one, one > 1, Assumptions(), 2, rng)


def test_a_partner_without_regions_is_split_by_size_alone(data: Data) -> None:
    found = potential(data, "CN-XJ", "KAZ")
    assert found.classification == "sector"
    assert any("distances could not be used" in note for note in found.notes)
    assert found.row("CN-XJ", "KAZ")["headline"] == BOUNDS


# --- the user's own files -----------------------------------------------------------------------------------------

MAP = """
about: Province by partner by chapter, made up for this test.
tested_against_live_download: true
period: {column: year, formats: [yyyy]}
product: {column: hs}
value: {column: value, currency: USD}
home: {column: province, by: code, within: CHN}
partner: {column: partner, by: code}
direction: {column: flow, exports: [X], imports: [M]}
nomenclature: HS17
reporter: CHN
"""


def own(folder: Path, rows: list[str], text: str = MAP) -> Data:
    (folder / "own.csv").write_text("\n".join(["year,province,partner,flow,hs,value", *rows]) + "\n")
    (folder / "map.yaml").write_text(text)
    load_files(folder / "space", "csv", [folder / "own.csv"], str(folder / "map.yaml"))
    return load(folder / "space", release=embedded())


PROVINCE = [
    "2021,CN-HL,RUS,X,840110,300000000",
    "2021,CN-HL,RUS,X,640110,200000000",
    "2021,CN-HL,RUS,M,270900,9000000000",
]


def test_loaded_chapters_of_a_province_are_observed_and_the_others_stay_unknown(tmp_path: Path) -> None:
    """Two chapters of 96: what the file does not hold is missing, not zero."""
    data = own(tmp_path, PROVINCE)
    found = potential(data, "CN-HL", "RUS")
    assert found.year == 2021
    there = found.table().filter(pl.col("exporter") == "CN-HL")
    assert there["item"].to_list()[:3] == [TOTAL, "84", "64"]
    assert there["estimate_usd"].to_list()[1:3] == [3e8, 2e8]
    assert there["headline"].to_list()[:3] == [BOUNDS, OBSERVED, OBSERVED]
    total, missing = found.row("CN-HL", "RUS"), found.row("CN-HL", "RUS", "85")
    # Ten months of 2021 that are published, 8.66 billion yuan, are more than the two chapters.
    assert 5e8 < float(total["lower_bound_usd"] or 0) < float(total["low_usd"] or 0)
    assert total["status"] == "estimated"
    assert float(total["upper_bound_usd"] or 0) > 5e9
    assert missing["lower_bound_usd"] == 0
    assert 0 < float(missing["estimate_usd"] or 0) <= float(missing["upper_bound_usd"] or 0)
    assert float(missing["upper_bound_usd"] or 0) <= chapter(data, "CHN", 2021, "85") * 1.01
    assert OBSERVED not in set(there["headline"][3:])
    figure = found.figure("CN-HL", "RUS", "84")
    assert isinstance(figure, Figure)
    assert (figure.value, figure.status) == (3e8, Status.REPORTED)
    assert figure.citation is not None
    assert "own.csv" in figure.citation.source.title
    (note,) = [note for note in found.notes if "CN-HL to RUS" in note]
    assert "own.csv" in note
    assert "2 of " in note
    assert "may be partial" in note
    assert isinstance(found.figure("CN-HL", "RUS", of=OBSERVED), Unavailable)
    whole = found.figure("CN-HL", "RUS", of="estimate")
    assert isinstance(whole, Figure)
    assert any("by your own files" in item.measure for item in whole.inputs)


def nearly_all(share: float, kept: float) -> list[str]:
    """A file with `share` of every chapter of both directions in 2021, of the largest `kept` of them."""
    base = load(release=embedded())
    rows = []
    for exporter, flow in (("CHN", "X"), ("RUS", "M")):
        frame = base.basket.filter(
            (pl.col("year") == 2021) & (pl.col("exporter") == exporter) & (pl.col("value_usd") > 0)
        ).sort("value_usd", descending=True)
        part = frame.head(round(kept * frame.height))
        rows += [
            f"2021,CN-HL,RUS,{flow},{item}0000,{share * value:.2f}"
            for item, value in part.select("chapter", "value_usd").iter_rows()
        ]
    return rows


def test_a_file_with_nine_tenths_of_the_chapters_is_whole_and_a_note_says_so(tmp_path: Path) -> None:
    data = own(tmp_path, nearly_all(0.05, 0.95))
    found = potential(data, "CN-HL", "RUS")
    assert set(found.table()["headline"]) == {OBSERVED}
    row = found.row("CN-HL", "RUS")
    assert row["status"] == "reported"
    assert row["estimate_usd"] == pytest.approx(
        sum(float(line.split(",")[-1]) for line in nearly_all(0.05, 0.95) if ",X," in line)
    )
    assert sum("taken as whole" in note and "own.csv" in note for note in found.notes) == 2
    pair = potential(data, "CN-HL", "RU-PRI")
    assert float(pair.row("CN-HL", "RU-PRI")["upper_bound_usd"] or 0) <= 1.01 * float(
        row["estimate_usd"] or 0
    )
    (tmp_path / "less").mkdir()
    less = potential(own(tmp_path / "less", nearly_all(0.05, 0.8)), "CN-HL", "RUS")
    assert less.row("CN-HL", "RUS")["headline"] != OBSERVED


def test_a_stated_total_makes_a_file_whole_and_leaves_the_rest_to_the_other_chapters(tmp_path: Path) -> None:
    """A code of zeros is no chapter: 0.5 billion in two chapters of 0.8 stated leave 0.3 to all others together."""
    two = MAP.replace("product: {column: hs}", "product: {column: hs, digits: 2, keep: 2}")
    rows = ["2021,CN-HL,RUS,X,84,300000000", "2021,CN-HL,RUS,X,64,200000000", "2021,CN-HL,RUS,X,00,800000000"]
    found = potential(own(tmp_path, rows, two), "CN-HL", "RUS")
    assert (found.row("CN-HL", "RUS")["headline"], found.row("CN-HL", "RUS")["estimate_usd"]) == (
        OBSERVED,
        8e8,
    )
    rest = found.row("CN-HL", "RUS", "85")
    assert rest["upper_bound_usd"] == 3e8
    others = found.table().filter(
        (pl.col("exporter") == "CN-HL") & ~pl.col("item").is_in([TOTAL, "84", "64"])
    )
    assert "00" not in others["item"]
    assert others["estimate_usd"].sum() == pytest.approx(3e8, rel=0.1)
    assert any("a stated total" in note for note in found.notes)


def test_loaded_chapters_of_a_province_bound_its_pairs_and_leave_the_others_open(tmp_path: Path) -> None:
    data = own(tmp_path, PROVINCE)
    found = potential(data, "CN-HL", "RU-PRI")
    assert found.year == 2021
    row = found.row("CN-HL", "RU-PRI")
    assert row["status"] == "estimated"
    by_item = {item: found.row("CN-HL", "RU-PRI", item) for item in ("84", "64", "85")}
    assert [by_item[item]["upper_bound_usd"] for item in ("84", "64")] == [3e8, 2e8]
    # What the file does not have is unknown.
    assert float(by_item["85"]["upper_bound_usd"] or 0) > 1e9
    assert float(by_item["85"]["estimate_usd"] or 0) > 0
    shares = [float(by_item[item]["estimate_usd"] or 0) / value for item, value in (("84", 3e8), ("64", 2e8))]
    assert shares[0] == pytest.approx(shares[1], rel=0.1)
    assert "no regional figure by product is held unless" not in " ".join(found.notes)
    # With a file that is whole the total of the province is its upper bound.
    (tmp_path / "all").mkdir()
    whole = potential(own(tmp_path / "all", nearly_all(0.001, 1.0)), "CN-HL", "RU-PRI", year=2021)
    most = 0.001 * sum(chapter(data, "CHN", 2021, f"{item:02d}") for item in range(1, 98))
    assert whole.row("CN-HL", "RU-PRI")["upper_bound_usd"] == pytest.approx(most, rel=0.02)


def test_the_loaded_sum_is_the_least_in_every_draw_of_the_split(tmp_path: Path) -> None:
    data = own(tmp_path, PROVINCE)
    whole = national(data, "CHN", "RUS", 2021)
    made = split(data, whole, draws=50, seed=1, assumed=Assumptions())
    at = made.parts[0].regions.index("CN-HL")
    sums = made.cells[:, :, at].sum(axis=2)
    assert sums[:, 0].min() >= 5e8 * (1 - 1e-3)
    assert sums[:, 1].min() >= 9e9 * (1 - 1e-3)
    assert sums[:, 0].max() > 6e8


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["2023,CN-HL,RUS,X,840110,999000000000"], ("own.csv", "CN-HL to RUS", "chapter 84", "999,000,000,000")),
        (["2023,CN-HL,RUS,X,640110,9000000000"], ("chapter 64", "9,000,000,000", "currency and scale")),
        (["2023,CN-HL,RUS,X,999999,150000000000"], ("all chapters", "150,000,000,000")),
        (
            ["2023,CN-HL,RUS,M,270900,50000000000", "2023,CN-SD,RUS,M,270900,70000000000",
             "2023,CN-LN,RUS,M,270900,30000000000"],
            ("the regions of CHN together", "150,000,000,000"),
        ),
    ],
)  # fmt: skip
def test_loaded_figures_above_the_national_total_are_refused_before_balancing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[str], words: tuple[str, ...]
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("balanced")

    monkeypatch.setattr("landbridge.potential.splitting.balance", never)
    with pytest.raises(BadSample) as refused:
        potential(own(tmp_path, rows), "CN-HL", "RU-PRI")
    for word in words:
        assert word in str(refused.value)


def test_all_provinces_loaded_a_little_off_the_national_total_still_balance(tmp_path: Path) -> None:
    """Two counts of one total are never equal: three per cent less or more is no contradiction."""
    base = load(release=embedded())
    provinces = [place.code for place in codes.places("region", "CHN")]
    rows = []
    for exporter, flow, off in (("CHN", "X", 0.97), ("RUS", "M", 1.0)):
        frame = base.basket.filter(
            (pl.col("year") == 2021) & (pl.col("exporter") == exporter) & (pl.col("value_usd") > 0)
        )
        for item, value in frame.select("chapter", "value_usd").iter_rows():
            rows += [
                f"2021,{code},RUS,{flow},{item}0000,{off * value / len(provinces):.4f}" for code in provinces
            ]
    data = own(tmp_path, rows)
    began = time.thread_time()
    found = potential(data, "CN-HL", "RU-PRI")
    assert time.thread_time() - began < 10
    # Each has one part in as many as there are provinces, of which one Russian region can have all.
    row = found.row("CN-HL", "RU-PRI", "84")
    most = 0.97 * chapter(data, "CHN", 2021, "84") / len(provinces)
    assert row["upper_bound_usd"] == pytest.approx(most, rel=0.01)


def test_loaded_trade_of_both_regions_gives_sharp_bounds_by_item(tmp_path: Path) -> None:
    """Everything Russia sold China in chapter 27 less what others may have: 72.06 billion in all chapters in 2021."""
    oil = chapter(load(release=embedded()), "RUS", 2021, "27")
    data = own(tmp_path, [f"2021,CN-HL,RUS,M,270900,{0.8 * oil:.0f}"])
    russian = MAP.replace("within: CHN", "within: RUS").replace("reporter: CHN", "reporter: RUS")
    (tmp_path / "ru.csv").write_text(
        f"year,province,partner,flow,hs,value\n2021,RU-MOW,CHN,X,270900,{0.6 * oil:.0f}\n"
    )
    (tmp_path / "ru.yaml").write_text(russian)
    load_files(tmp_path / "space", "csv", [tmp_path / "ru.csv"], str(tmp_path / "ru.yaml"))
    data = load(tmp_path / "space", release=embedded())
    row = potential(data, "RU-MOW", "CN-HL").row("RU-MOW", "CN-HL", "27")
    assert row["lower_bound_usd"] == pytest.approx(0.4 * oil, rel=0.005)
    assert row["upper_bound_usd"] == pytest.approx(0.6 * oil, rel=0.005)
    assert row["headline"] == ESTIMATE


def test_loaded_trade_of_the_very_pair_is_observed(tmp_path: Path) -> None:
    regional = MAP.replace(
        "partner: {column: partner, by: code}", "partner: {column: partner, by: code, within: RUS}"
    )
    data = own(tmp_path, ["2021,CN-HL,RU-PRI,X,640110,7000000"], regional)
    found = potential(data, "CN-HL", "RU-PRI")
    shoes, total = found.row("CN-HL", "RU-PRI", "64"), found.row("CN-HL", "RU-PRI")
    assert (shoes["estimate_usd"], shoes["headline"], shoes["status"]) == (7e6, OBSERVED, "reported")
    # One chapter is not all: the total and the others are open above it.
    assert total["headline"] == BOUNDS
    assert total["lower_bound_usd"] == 7e6
    assert float(total["low_usd"] or 0) >= 7e6
    assert float(found.row("CN-HL", "RU-PRI", "85")["estimate_usd"] or 0) > 0
    # The way back was not counted, so it stays an estimate.
    assert found.row("RU-PRI", "CN-HL")["status"] == "estimated"


def test_options_that_cannot_be_honoured_are_refused(data: Data) -> None:
    with pytest.raises(NotHeld, match="by hs2"):
        potential(data, "BY-VI", "CN-HL", by="hs2")
    with pytest.raises(NotHeld, match="2023"):
        potential(data, "BY-VI", "CN-HL", by="sector", year=2023)
    with pytest.raises(NotHeld, match="by hs2 in 2024"):
        potential(data, "CN-HL", "RU-PRI", by="hs2", year=2024)
    with pytest.raises(BadUsage, match="hs6"):
        potential(data, "CN-HL", "RU-PRI", by="hs6")
    with pytest.raises(BadUsage, match="assume_output"):
        potential(data, "CN-HL", "RU-PRI", assume_output=True)
    assert potential(data, "CN-HL", "RU-PRI", by="sector").classification == "sector"
    assert potential(data, "CN-HL", "RU-PRI", by="hs2", year=2021).year == 2021


def digits(value: float) -> int:
    return len(f"{value:.12g}".replace(".", "").split("e")[0].strip("0")) if value else 0


def test_numbers_have_the_digits_that_their_interval_deserves(data: Data, pair: RegionPotential) -> None:
    for found in (pair, potential(data, "CN-LN", "RUS"), potential(data, "CN-XJ", "KAZ")):
        for row in found.table().iter_rows(named=True):
            low, high, lower, upper = (
                row[f"{name}_usd"] for name in ("low", "high", "lower_bound", "upper_bound")
            )
            assert digits(lower) <= 3
            assert digits(upper) <= 3
            for value in (row["estimate_usd"], low, high):
                # An end that a bound cuts is the bound.
                assert digits(value) <= 2 or value in (lower, upper, low, high)
            assert digits(low) <= 2 or low in (lower, upper)
            assert digits(high) <= 2 or high in (lower, upper)
            assert lower <= low <= row["estimate_usd"] <= high <= upper


@pytest.mark.parametrize(
    ("value", "below", "above"),
    [(0.0, 0.0, 0.0), (5e8, 5e8, 5e8), (123_456.0, 123_000.0, 124_000.0), (9.999, 9.99, 10.0), (29.0, 29.0, 29.0),
     (1.0e11 + 1e3, 1.0e11, 1.01e11), (0.0012349, 0.00123, 0.00124)],
)  # fmt: skip
def test_bounds_are_rounded_outwards(value: float, below: float, above: float) -> None:
    assert (down(value), up(value)) == (below, above)


# --- pseudo-regions ------------------------------------------------------------------------------------------------


def made_up(seed: int, noise: float, count: int = 60) -> World:
    """A world in which gravity holds up to a lognormal error, so that the right coverage is known."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 5000, (count, 2))
    distance = np.hypot(*(points[:, None] - points).transpose(2, 0, 1)) + 50
    sizes = np.exp(rng.normal(0, 1.2, count))
    flows = sizes[:, None] * sizes * distance**-0.95 * np.exp(rng.normal(0, noise, (2, count, count)))
    flows[:, range(count), range(count)] = 0
    return World(flows, sizes, distance, np.zeros((count, count), dtype=bool))


def test_intervals_cover_what_was_held_out_at_their_nominal_level() -> None:
    found = validate(made_up(1, 0.8), splits=2, groupings=12, draws=40, seed=3).table()
    cells = found.filter(pl.col("level") == "cell total")
    assert cells.height == 10
    assert (cells["coverage_80_pct"] - 80).abs().max() < 8
    assert (cells["coverage_90_pct"] - 90).abs().max() < 8
    by = {(row["prior"], row["margins"]): row for row in cells.iter_rows(named=True)}
    # Gravity knows what a split by size alone does not, and margins add to it.
    assert by["gravity", "none"]["median_abs_log_error"] < by["proportional", "none"]["median_abs_log_error"]
    assert by["gravity", "all"]["median_abs_log_error"] < by["gravity", "none"]["median_abs_log_error"]
    assert by["gravity", "all"]["correlation"] > by["proportional", "none"]["correlation"]


def test_a_spread_tuned_on_a_calm_world_does_not_cover_a_wild_one() -> None:
    """Coverage is not built in: with the wrong spread it is wrong."""
    calm = validate(made_up(1, 0.2), splits=1, groupings=8, draws=40, seed=3).table()
    wild = validate(made_up(1, 1.5), splits=1, groupings=8, draws=40, seed=3).table()
    wanted = (pl.col("level") == "cell total") & (pl.col("prior") == "gravity") & (pl.col("margins") == "all")
    widths = [frame.filter(wanted).select(pl.col("q900") / pl.col("q100")).item() for frame in (calm, wild)]
    assert widths[1] > 4 * widths[0]


def test_the_shipped_validation_is_what_the_script_gives_in_small(data: Data, root: Path) -> None:
    """A run a tenth as large lands near the shipped table; the full one is in tables/region_validation.csv."""
    sys.path.insert(0, str(root / "scripts"))
    try:
        from validate_regions import world
    finally:
        sys.path.pop(0)
    small = validate(world(data.accounts, data.pairs), splits=2, groupings=8, draws=30, seed=5).table()
    shipped = data.region_validation
    for margins in ("none", "neither", "one", "all"):
        spread = shipped.spread("cell total", "gravity", margins)
        row = small.filter(
            (pl.col("level") == "cell total")
            & (pl.col("prior") == "gravity")
            & (pl.col("margins") == margins)
        ).row(0, named=True)
        assert row["median_abs_log_error"] == pytest.approx(spread.median_abs_log_error, rel=0.35)
        assert 70 < spread.coverage_80_pct < 90
        naive = shipped.spread("cell total", "proportional", margins)
        assert spread.median_abs_log_error < 0.8 * naive.median_abs_log_error


def test_goods_of_the_world_matrix_split_like_the_accounts(shared: Path, data: Data) -> None:
    """BACI 2023, all goods, another data set of the same world: errors and coverage are alike."""
    flows = pl.read_parquet(shared / "data" / "trade" / "baci_2023_matrix.parquet")
    sizes = pl.read_csv(shared / "data" / "trade" / "gdp_2023.csv").sort("gdp_usd", descending=True).head(100)
    names = sorted(set(sizes["iso3"].to_list()) & set(data.pairs["exporter"].unique()))
    at = {name: i for i, name in enumerate(names)}
    cube = np.zeros((1, len(names), len(names)))
    distance, touching = np.ones((len(names), len(names))), np.zeros((len(names), len(names)), dtype=bool)
    for one, other, amount in flows.select("exporter", "importer", "value_kusd").iter_rows():
        if one in at and other in at and one != other and amount is not None:
            cube[0, at[one], at[other]] = amount
    for one, other, km, border in data.pairs.select(
        "exporter", "importer", "distance_km", "contiguous"
    ).iter_rows():
        if one in at and other in at:
            distance[at[one], at[other]], touching[at[one], at[other]] = km, border
    gdp = dict(zip(sizes["iso3"], sizes["gdp_usd"].cast(pl.Float64), strict=True))
    there = World(cube, np.array([gdp[name] for name in names]), distance, touching)
    found = validate(there, splits=2, groupings=10, draws=30, seed=7).table()
    row = found.filter(
        (pl.col("level") == "cell total") & (pl.col("prior") == "gravity") & (pl.col("margins") == "one")
    ).row(0, named=True)
    spread = data.region_validation.spread("cell total", "gravity", "one")
    assert row["median_abs_log_error"] == pytest.approx(spread.median_abs_log_error, rel=0.4)
    assert row["coverage_80_pct"] == pytest.approx(80, abs=8)


def test_ratios_are_drawn_from_their_quantiles() -> None:
    quantiles = np.exp(np.linspace(-2, 2, len(PROBABILITIES)))
    at = np.random.default_rng(1).uniform(size=200_000)
    drawn = from_quantiles(np.array(PROBABILITIES), quantiles, at)
    inner = slice(1, -1)
    assert np.quantile(drawn, PROBABILITIES[inner]) == pytest.approx(quantiles[inner], rel=0.03)
    nothing = from_quantiles(np.array(PROBABILITIES), np.where(np.arange(9) < 3, 0.0, quantiles), at)
    assert np.mean(nothing == 0) == pytest.approx(0.25, abs=0.02)
    assert not from_quantiles(np.array(PROBABILITIES), np.zeros(9), at).any()


def test_a_spread_that_was_not_validated_is_refused(data: Data) -> None:
    with pytest.raises(NotHeld, match="validate_regions"):
        data.region_validation.spread("cell total", "gravity", "some")


def test_a_world_of_other_shape_is_refused() -> None:
    with pytest.raises(BadSample, match="one row and column"):
        World(np.zeros((1, 3, 3)), np.ones(4), np.ones((3, 3)), np.zeros((3, 3), dtype=bool))


def test_columns_are_in_the_contract() -> None:
    assert regions.COLUMNS[:5] == ("exporter", "importer", "item", "lower_bound_usd", "upper_bound_usd")
