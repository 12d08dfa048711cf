"""The code lists: exact labels, and refusals that find what a user meant."""

from __future__ import annotations

import subprocess
import sys

import pytest

from landbridge import codes
from landbridge.errors import UnknownLabel


def test_a_region_knows_its_country_names_and_seat() -> None:
    region = codes.place("CN-HL")
    assert (region.kind, region.country, region.capital) == ("region", "CHN", "Harbin")
    assert dict(region.names) == {"en": "Heilongjiang", "ru": "Хэйлунцзян", "zh": "黑龙江省"}
    assert region.lat == pytest.approx(45.75)
    assert str(region) == "CN-HL (Heilongjiang)"


def test_places_are_selected_by_kind_and_country() -> None:
    assert len(codes.places("region", "BLR")) == 7
    assert {item.kind for item in codes.places(country="RUS")} == {"country", "region", "macro"}
    assert codes.places("country", "CHN") == (codes.place("CHN"),)
    assert len(codes.places("country")) == 250


def test_members_are_places_of_the_same_country() -> None:
    for macro in codes.places("macro"):
        assert {codes.place(code).country for code in macro.members} == {macro.country}
        assert macro.note
    assert codes.place("CHN").members == tuple(item.code for item in codes.places("region", "CHN"))
    assert codes.place("CN-HL").members == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Heilongjiang", "CN-HL (Heilongjiang)"),
        ("Heilongjang", "CN-HL (Heilongjiang)"),
        ("黑龙江", "CN-HL (Heilongjiang)"),
        ("cn-hl", "CN-HL (Heilongjiang)"),
        ("Harbin", "CN-HL (Heilongjiang)"),
        ("Vitebsk", "BY-VI (Vitebsk Oblast)"),
        ("витебская область", "BY-VI (Vitebsk Oblast)"),
        ("CHINA", "CHN (China)"),
        ("CN", "CHN (China)"),
        ("Китай", "CHN (China)"),
        ("Yakutia", "RU-SA (Sakha Republic (Yakutia))"),
        ("Volga", "RU-FD-VOLGA (Volga Federal District)"),
    ],
)
def test_a_name_is_refused_and_answered_with_its_code(typed: str, meant: str) -> None:
    with pytest.raises(UnknownLabel) as caught:
        codes.place(typed)
    assert caught.value.nearest[0] == meant
    assert meant in str(caught.value)
    assert caught.value.label == typed


def test_a_full_name_leaves_no_lookalikes() -> None:
    with pytest.raises(UnknownLabel) as caught:
        codes.place("Moscow")
    assert caught.value.nearest == ("RU-MOW (Moscow)",)


@pytest.mark.parametrize("typed", ["", "zzzz", " "])
def test_nonsense_gets_no_suggestion_but_still_a_next_step(typed: str) -> None:
    with pytest.raises(UnknownLabel) as caught:
        codes.place(typed)
    assert caught.value.nearest == ()
    assert caught.value.problems[0].remedy


def test_a_region_is_no_country_and_a_wrong_kind_is_named() -> None:
    with pytest.raises(UnknownLabel, match=r"It lies in CHN \(China\)"):
        codes.places(country="CN-HL")
    with pytest.raises(UnknownLabel, match="country, region, macro"):
        codes.places("province")


def test_sectors_chapters_and_systems_match_exactly() -> None:
    assert codes.sector("B06").group == "mining"
    assert codes.chapter("27").name == "Oil, gas, coal and other fuels"
    assert codes.system(14).question.endswith("?")
    with pytest.raises(UnknownLabel) as sector:
        codes.sector("steel")
    assert sector.value.nearest == ("C24A (Iron and steel)",)
    with pytest.raises(UnknownLabel) as chapter:
        codes.chapter("1")
    assert chapter.value.nearest[0] == "01 (Live animals)"
    with pytest.raises(UnknownLabel) as system:
        codes.system(30)
    assert "3 (Twinned regions and cities)" in system.value.nearest


def test_records_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        codes.place("CHN").names["en"] = "x"  # type: ignore[index]
    with pytest.raises(AttributeError):
        codes.sector("B06").name = "x"  # type: ignore[misc]
    assert len({codes.place("CHN"), codes.place("CHN"), codes.place("RUS")}) == 2


def test_the_lists_load_without_a_frame_library() -> None:
    script = (
        "import sys, landbridge.codes as c; c.place('CHN'); print({'polars', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
