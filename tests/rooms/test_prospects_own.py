"""A user's own series and panel: everything wrong is named at once, and nothing is mended unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import BadFile, BadSample, UnknownLabel
from landbridge.forecasting.series import prepared
from landbridge.prospects.own import own
from landbridge.prospects.probability import reckoned
from landbridge.prospects.trying import origins, panel, roster

YEARS = range(2014, 2025)


def written(folder: Path, rows: list[str], head: str = "period,value") -> Path:
    path = folder / "mine.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def good(folder: Path) -> Path:
    return written(folder, [f"{year},{100 + 7 * (year - 2014)}e6" for year in YEARS])


def test_a_sound_series_is_answered(tmp_path: Path) -> None:
    found = reckoned(lb.load(), own(good(tmp_path)), value=250e6, by=2028)
    assert 0 < found.probability.point < 100
    assert found.basis.latest.citation is not None
    assert found.basis.latest.citation.source.id.startswith("file-")


def test_everything_wrong_is_named_at_once(tmp_path: Path) -> None:
    rows = [f"{year},{100 + year % 7},USD,A" for year in range(2010, 2016)]
    rows += ["2017,-5,USD,A", "2018,0,USD,A", "2018,110,USD,B", "2019,120,EUR,B"]
    with pytest.raises(BadFile) as refused:
        own(written(tmp_path, rows, "period,value,unit,reporter"))
    said = str(refused.value)
    for word in ("2016", "2017", "2018", "EUR", "B"):
        assert word in said
    assert len(refused.value.problems) >= 4


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        (["2020,1"], "observation"),
        (["soon,1", "2021,2"], "no period"),
        (["2020,much", "2021,2"], "no number"),
        (["2020,1", "2021-03,2"], "years and months"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(tmp_path: Path, rows: list[str], word: str) -> None:
    with pytest.raises(BadFile, match=word):
        own(written(tmp_path, rows))


def test_a_hole_is_mended_only_when_asked_and_told(tmp_path: Path) -> None:
    rows = [f"{year},{100 + year - 2010}" for year in range(2010, 2020) if year != 2015]
    path = written(tmp_path, rows)
    with pytest.raises(BadFile, match="2015"):
        own(path)
    mended = own(path, repair=("interpolate",))
    assert mended.series.values[5] == pytest.approx((104 * 106) ** 0.5)
    assert any("2015" in step for step in mended.said)


def test_months_are_refused_before_anything_is_said_of_years(tmp_path: Path) -> None:
    rows = [f"{year}-{month:02},5" for year in range(2015, 2017) for month in range(1, 13)]
    with pytest.raises(BadFile, match="by month") as refused:
        own(written(tmp_path, rows))
    assert "errors of forecasts by year" in str(refused.value)
    assert "2418" not in str(refused.value)


def test_a_unit_that_is_not_stated_is_told_and_another_is_kept(tmp_path: Path) -> None:
    assert "Unit not stated: taken as US dollars." in own(good(tmp_path)).said
    rows = [f"{year},{100 + 7 * (year - 2014)},t" for year in YEARS]
    stands = own(written(tmp_path, rows, "period,value,unit"))
    assert any("in t; the record is of trade in US dollars" in said for said in stands.said)
    found = reckoned(lb.load(), stands, value=250, by=2028)
    assert found.level.unit == "t"
    assert "Probability of t 250" in found.probability.measure
    rows = [f"{year},{100 + 7 * (year - 2014)},USD" for year in YEARS]
    assert own(written(tmp_path, rows, "period,value,unit")).notes == ()


def test_a_repair_that_cannot_help_is_not_advised_again(tmp_path: Path) -> None:
    rows = [f"{year},{100 if year < 2020 else 116700}" for year in YEARS]
    with pytest.raises(BadFile, match="within 5% of a power of 1000 only") as refused:
        own(written(tmp_path, rows), repair=("rescale",))
    assert "ask for the repair" not in str(refused.value)
    with pytest.raises(UnknownLabel, match="Valid: sort, one counter"):
        own(good(tmp_path), repair=("foo",))


def test_two_reporters_are_never_spliced(tmp_path: Path) -> None:
    rows = [f"{year},100,USD,{'A' if year < 2018 else 'B'}" for year in YEARS]
    with pytest.raises(BadFile, match="B"):
        own(written(tmp_path, rows, "period,value,unit,reporter"))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        own(tmp_path / "nothing.csv")
    with pytest.raises(BadFile, match="columns value are missing"):
        own(written(tmp_path, ["2020"], "period"))


def panel_file(folder: Path, rows: list[str]) -> Path:
    path = folder / "panel.csv"
    path.write_text("\n".join(["series,year,value", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_panel_keeps_holes_as_holes(tmp_path: Path) -> None:
    held = panel(panel_file(tmp_path, ["a,2000,1", "a,2002,3", "b,2001,2"]))
    assert held.labels == ("a", "b")
    assert held.values.shape == (2, 3)
    assert held.values[0, 1] != held.values[0, 1]


def test_a_panel_with_repeats_and_negatives_names_both(tmp_path: Path) -> None:
    with pytest.raises(BadFile) as refused:
        panel(panel_file(tmp_path, ["a,2000,1", "a,2000,2", "b,2001,-2"]))
    assert "a has 2 values of 2000" in str(refused.value)
    assert "not positive" in str(refused.value)


def test_origins_need_years_before_and_after(tmp_path: Path) -> None:
    held = panel(panel_file(tmp_path, [f"a,{year},1" for year in range(2000, 2012)]))
    assert origins(held, 8) == (2007, 2008, 2009, 2010)
    with pytest.raises(BadSample, match="too few"):
        origins(held, 11)


def test_naive_is_always_among_the_models_tried() -> None:
    assert roster(["theta"]) == ("naive", "theta")
    with pytest.raises(UnknownLabel):
        roster(["oracle"])


STEADY = [10.0, 11, 12, 11, 13, 12, 14, 13, 15, 14]


@pytest.mark.parametrize("factor", [1e-6, 1000.0])
def test_a_unit_that_changes_inside_a_series_is_refused(tmp_path: Path, factor: float) -> None:
    rows = [f"sound,{2000 + k},{value}" for k, value in enumerate(STEADY)]
    rows += [f"mixed,{2000 + k},{value * (factor if k >= 5 else 1)}" for k, value in enumerate(STEADY)]
    with pytest.raises(BadFile, match="stays: 2005") as refused:
        panel(panel_file(tmp_path, rows))
    assert [problem.where for problem in refused.value.problems] == ["mixed"]


def test_a_large_value_that_goes_again_is_no_changed_unit(tmp_path: Path) -> None:
    rows = [f"a,{2000 + k},{value * (1000 if k == 5 else 1)}" for k, value in enumerate(STEADY)]
    assert panel(panel_file(tmp_path, rows)).values[0, 5] == 12_000


def test_every_fault_of_a_panel_is_named_at_once(tmp_path: Path) -> None:
    rows = ["a,1990.7,1", "a,soon,2", ",2001,3", "a,2002,much", "a,2003,-4", "b,2004,1", "b,2004,2"]
    with pytest.raises(BadFile) as refused:
        panel(panel_file(tmp_path, rows))
    said = str(refused.value)
    for words in (
        "'1990.7' is no year", "'soon' is no year", "series has no name", "'much' is no number",
        "-4 is not positive", "b has 2 values of 2004",
    ):  # fmt: skip
        assert words in said
    assert len(refused.value.problems) == 6


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no rows"):
        panel(panel_file(tmp_path, []))


def test_large_steps_are_told_with_the_series() -> None:
    values = [10.0, 11, 66, 70, 71, 10, 11]
    series = prepared(range(2010, 2017), values, unit="USD", counters="CHN", name="made")
    assert [words.split(":")[0] for words in series.oddities] == [
        "rose 6 times from 2011 to 2012",
        "fell 7.1 times from 2014 to 2015",
    ]
    calm = prepared(range(2010, 2017), STEADY[:7], unit="USD", counters="CHN", name="made")
    assert calm.oddities == ()
