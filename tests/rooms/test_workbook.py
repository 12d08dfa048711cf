"""The workbook: numbers in base units with their origin beside them, text that no program will run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

import sample_document as sample
from landbridge.brief import workbook
from landbridge.brief.document import Section, Table
from landbridge.errors import BadUsage
from landbridge.provenance import Figure


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("book") / "brief.xlsx"
    workbook.write(sample.document(), path)
    return openpyxl.load_workbook(path)


def test_sheets_are_named_once_and_within_the_limit(book: openpyxl.Workbook) -> None:
    names = book.sheetnames
    assert names[0] == "About"
    assert names[-2:] == ["Figures", "Sources"]
    assert "partners" in names
    assert len(names) == len({name.casefold() for name in names}) == 3 + len(sample.document().tables())
    assert max(map(len, names)) <= 31


def test_names_that_a_sheet_may_not_have_are_mended() -> None:
    names = workbook._names(["About", "a/b:c", "x" * 40, "x" * 40, "about", "History", "'", "Figures"])
    assert names == [
        "About",
        "a b c",
        "x" * 31,
        "x" * 29 + " 2",
        "about 2",
        "History of records",
        "Table",
        "Figures",
    ]


def test_figures_are_numbers_in_base_units_with_their_origin(book: openpyxl.Workbook) -> None:
    rows = list(book["partners"].iter_rows(values_only=True))
    head = rows[0]
    at = head.index("Turnover")
    assert head[at : at + 8] == (
        "Turnover", "Turnover: unit", "Turnover: period", "Turnover: status", "Turnover: low", "Turnover: high",
        "Turnover: source", "Turnover: figure",
    )  # fmt: skip
    first = sample.TURNOVER[0]
    assert rows[1][at : at + 8] == (88.8e9, "USD", "2013", "reported", None, None, "test-invented", first.id)
    assert "Remarks: unit" not in head


def test_a_hedge_stands_beside_its_figure_in_words(tmp_path: Path) -> None:
    def figure(value: float, comparator: str) -> Figure:
        return replace(sample.TURNOVER[0], value=value, comparator=comparator)

    rows = tuple(
        (figure(1.0 + at, sign), figure(5.0, "=")) for at, sign in enumerate(("=", "~", ">", "<", ">=", "<="))
    )
    table = Table("hedges", sample.say("Hedges"), (sample.say("Sum"), sample.say("Exact")), rows)
    section = Section("s", sample.say("Hedges"), (table,))
    workbook.write(replace(sample.document(), front=(), body=(section,)), tmp_path / "h.xlsx")
    book = openpyxl.load_workbook(tmp_path / "h.xlsx")
    head, *lines = book["hedges"].iter_rows(values_only=True)
    at = head.index("Sum: hedge")
    said = [None, "about", "more than", "less than", "at least", "up to"]
    assert [line[at] for line in lines] == said
    assert lines[1][head.index("Sum: figure")] == rows[1][0].id
    assert "Exact: hedge" not in head
    listed = list(book["Figures"].iter_rows(values_only=True))
    assert "note" in listed[0]
    place = listed[0].index("hedge")
    assert {line[0]: line[place] for line in listed}[rows[1][0].id] == "about"


def test_unknown_stays_empty_and_a_range_has_no_value(book: openpyxl.Workbook) -> None:
    rows = list(book["partners"].iter_rows(values_only=True))
    year = next(row for row in rows if row[0] == "2015")
    assert year[rows[0].index("Russian exports")] is None
    figures = {row[0]: row for row in book["Figures"].iter_rows(values_only=True)}
    assert figures[sample.WAIT.id][2:5] == (None, 5, 7)


def test_every_figure_and_source_is_listed(book: openpyxl.Workbook) -> None:
    listed = [row[0] for row in book["Figures"].iter_rows(min_row=2, values_only=True)]
    assert listed == list(sample.document().figures())
    chain = next(row for row in book["Figures"].iter_rows(values_only=True) if row[0] == sample.SHARE.id)
    assert chain[13] == f"{sample.EXPORTS[-1].id}; {sample.TURNOVER[-1].id}"
    sources = [row[0] for row in book["Sources"].iter_rows(min_row=2, values_only=True)]
    assert sources == [source.id for source in sample.document().sources]


def test_no_text_becomes_a_formula_or_a_link(book: openpyxl.Workbook) -> None:
    found = False
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                assert cell.hyperlink is None
                found |= str(cell.value).startswith("=HYPERLINK(")
    assert found


def test_mixed_cells_keep_their_words_and_name_their_figures(book: openpyxl.Workbook) -> None:
    sheet = next(sheet for sheet in book.worksheets if sheet.title.startswith("a very long"))
    row = next(row for row in sheet.iter_rows(values_only=True) if str(row[0]).startswith("Settlement"))
    assert row[2] == "−4.2 points, 0.031 %"
    assert row[-1] == f"{sample.LOSS.id}; {sample.DEEP.id}"


def test_same_document_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        workbook.write(sample.document(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_an_unwritable_place_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="absent"):
        workbook.write(sample.document(), tmp_path / "absent" / "brief.xlsx")
    assert list(tmp_path.iterdir()) == []
