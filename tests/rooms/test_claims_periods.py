"""Periods of sentences: what is named, which part it plays, and what words counted from the date of the text come to."""

from __future__ import annotations

import pytest

from landbridge.claims.grammar.dating import resolve, text_date
from landbridge.claims.grammar.periods import Moment, periods
from landbridge.claims.languages import detect, language

ENGLISH = language("en")


def told(sentence: str) -> list[tuple[str, str | None, str]]:
    """Words, period and role of each moment."""
    found = periods(sentence, 0, len(sentence), detect(sentence))
    return [(sentence[moment.start : moment.end], moment.period, moment.role) for moment in found]


def one(sentence: str) -> tuple[str, str | None, str]:
    """The only moment of a sentence."""
    (found,) = told(sentence)
    return found


@pytest.mark.parametrize(
    ("sentence", "words", "period"),
    [
        ("Turnover fell in 2017.", "in 2017", "2017"),
        ("Days of the region (September 2022) were held.", "September 2022", "2022-09"),
        ("In 2021–2023 exports grew.", "In 2021–2023", "2021/2023"),
        ("In 2021-23 exports grew.", "In 2021-23", "2021/2023"),
        ("From 2019 to 2023 exports grew.", "From 2019 to 2023", "2019/2023"),
        ("Turnover doubled between 2010 and 2020.", "between 2010 and 2020", "2010/2020"),
        ("The 2022/23 season was good.", "2022/23", "2022/2023"),
        ("In the 1990s trade collapsed.", "In the 1990s", "1990/1999"),
        ("Trade was small in the early 2010s.", "in the early 2010s", "2010/2019"),
        ("From January to August 2023, trade surged.", "From January to August 2023", "2023-01/2023-08"),
        ("January–August 2023 was strong.", "January–August 2023", "2023-01/2023-08"),
        ("Jan.-Aug. 2023 was strong.", "Jan.-Aug. 2023", "2023-01/2023-08"),
        ("Between May and July 2022 it fell.", "Between May and July 2022", "2022-05/2022-07"),
        ("From November to March 2023 it fell.", "From November to March 2023", "2022-11/2023-03"),
        ("It fell from March 2021 to June 2023.", "from March 2021 to June 2023", "2021-03/2023-06"),
        ("In the first five months of 2022, it fell.", "In the first five months of 2022", "2022-01/2022-05"),
        ("In 11 months of 2022 it fell.", "In 11 months of 2022", "2022-01/2022-11"),
        ("It fell in the last three months of 2022.", "in the last three months of 2022", "2022-10/2022-12"),
        ("It rose in the first half of 2022.", "in the first half of 2022", "2022-H1"),
        ("H1 2023 was weak.", "H1 2023", "2023-H1"),
        ("The second half of 2021 was weak.", "The second half of 2021", "2021-H2"),
        ("Q3 2022 was weak.", "Q3 2022", "2022-Q3"),
        ("It fell in the fourth quarter of 2022.", "in the fourth quarter of 2022", "2022-Q4"),
        (
            "In the first three quarters of 2023 it fell.",
            "In the first three quarters of 2023",
            "2023-01/2023-09",
        ),
        ("In Q1-Q3 2023 it fell.", "In Q1-Q3 2023", "2023-01/2023-09"),
        ("In the year to March 2023 it fell.", "In the year to March 2023", "2022-04/2023-03"),
        ("In the three months to June 2023 it fell.", "In the three months to June 2023", "2023-04/2023-06"),
        ("They met on May 16, 2024.", "May 16, 2024", "2024-05-16"),
        ("They met on the 16th of May 2024.", "the 16th of May 2024", "2024-05-16"),
        ("They met on 16.05.2024.", "16.05.2024", "2024-05-16"),
        ("They met on 2024-05-16.", "2024-05-16", "2024-05-16"),
        ("They met on 16/05/2024.", "16/05/2024", "2024-05-16"),
        ("Data of 2022-10 are final.", "2022-10", "2022-10"),
        (
            "It was held from June 15 to 19, 2019.",
            "from June 15 to 19, 2019",
            "2019-06-15/2019-06-19",
        ),
        ("The forum ran 28 February – 2 March 2023.", "28 February – 2 March 2023", "2023-02-28/2023-03-02"),
        ("It fell in late 2021.", "in late 2021", "2021"),
        ("It fell in mid-2021.", "in mid-2021", "2021"),
        ("The late 2021 and most of 2022 were lost.", "The late 2021 and most of 2022", "2021/2022"),
        ("The 12th Five-Year Plan (2011-2015) ended.", "2011-2015", "2011/2015"),
        ("In fiscal year 2022 it fell.", "In fiscal year 2022", "2022"),
        ("FY2022 was weak.", "FY2022", "2022"),
        ("And 2022 became a record year.", "2022", "2022"),
        ("2019 marks the 70th anniversary.", "2019", "2019"),
        ("Over 2018-2022, exports grew 3.4 times.", "2018-2022", "2018/2022"),
        ("It sold little in April 2023.", "in April 2023", "2023-04"),
    ],
)
def test_a_time_is_named(sentence: str, words: str, period: str) -> None:
    assert one(sentence) == (words, period, "at")


def test_no_break_spaces_and_capitals_do_not_matter() -> None:
    sentence = "IN\u00a02022 TRADE GREW; JANUARY–AUGUST\u00a02023 WAS BETTER"
    assert [period for _, period, _ in told(sentence)] == ["2022", "2023-01/2023-08"]


@pytest.mark.parametrize(
    ("sentence", "period", "role"),
    [
        ("Turnover is to reach $200 billion by 2030.", "2030", "deadline"),
        ("The parties agreed to increase trade to $100 billion by 2015.", "2015", "deadline"),
        ("200 billion — by 2020.", "2020", "deadline"),
        ("The bridge is to be completed by 2025.", "2025", "deadline"),
        ("By the end of 2025 the plant will produce five tonnes.", "2025", "deadline"),
        ("The quota applies until the end of 2025.", "2025", "deadline"),
        ("They plan five projects before 2027.", "2027", "deadline"),
        ("No later than 2028 the road opens.", "2028", "deadline"),
        ("The programme up to 2035 is signed.", "2035", "deadline"),
        ("By 2020, China became the largest partner.", "2020", "asof"),
        ("By the end of 2021, the basket expanded to 28 positions.", "2021", "asof"),
        ("By November 2023, exports had exceeded $500 million.", "2023-11", "asof"),
        ("Until 2014 it was the largest.", "2014", "asof"),
        ("As of October 2022, China financed at least 35 projects.", "2022-10", "asof"),
        ("As of 1 October 2022 there were 40 residents.", "2022-10-01", "asof"),
        ("At the end of 2022 there were 40 residents.", "2022", "asof"),
        ("Since 2013, they have met 13 times.", "2013/..", "since"),
        ("It has grown since May 2014.", "2014-05/..", "since"),
        ("Since the beginning of 2023 it has grown.", "2023/..", "since"),
        ("From 2013 onwards it grew.", "2013/..", "since"),
        ("After 2014 trade fell.", "2014/..", "since"),
        ("It grew by 50% since 2010.", "2010/..", "since"),
        ("An almost twofold increase against the 2021 level.", "2021", "base"),
        ("It is up 5% compared with 2022.", "2022", "base"),
        ("It grew 5% from 2020 levels.", "2020", "base"),
        ("It grew 5% versus 2019.", "2019", "base"),
        ("It grew 5% relative to 2015.", "2015", "base"),
        ("It was higher than in 2021.", "2021", "base"),
        ("It was higher than it was in 2021.", "2021", "base"),
        ("It was up 5% on 2021.", "2021", "base"),
        ("This is growth of 5% over 2021.", "2021", "base"),
        ("It was up from 27 million in 2021.", "2021", "base"),
        ("It is 5 billion, compared with 3.8 billion in 2021.", "2021", "base"),
        ("It rose by 33% to the level of 2021.", "2021", "base"),
        ("It rose by 33% compared to the same period of 2021.", "2021", "base"),
        ("It grew by 4.5% against January-August 2022.", "2022-01/2022-08", "base"),
        ("It is worth five billion in 2015 prices.", "2015", "base"),
    ],
)
def test_the_words_around_decide_the_role(sentence: str, period: str, role: str) -> None:
    assert one(sentence)[1:] == (period, role)


def test_only_the_start_of_a_change_is_its_base() -> None:
    assert told("It rose from 5 billion in 2020 to 10 billion in 2021.") == [
        ("2020", "2020", "base"),
        ("in 2021", "2021", "at"),
    ]
    assert told("Compared with 2021, in 2022 exports grew.") == [
        ("2021", "2021", "base"),
        ("in 2022", "2022", "at"),
    ]
    # Orders from countries are no amount that grew.
    assert one("Imports grew on orders from 27 countries in 2021.") == ("in 2021", "2021", "at")


def test_the_results_of_a_year_are_not_what_they_are_compared_with() -> None:
    assert told("According to the results of 2022, exports doubled compared to 2021.") == [
        ("2022", "2022", "at"),
        ("2021", "2021", "base"),
    ]
    assert one("The figure for 2022 is 5 billion.") == ("for 2022", "2022", "at")


def test_years_named_together_share_their_words() -> None:
    assert told("Exports in 2020 and 2021 exceeded 27 million.") == [
        ("in 2020 and 2021", "2020", "each"),
        ("in 2020 and 2021", "2021", "each"),
    ]
    assert [period for _, period, _ in told("In 2021, 2022 and 2023 it fell.")] == ["2021", "2022", "2023"]
    assert [period for _, period, _ in told("In May and June 2023 it fell.")] == ["2023-05", "2023-06"]
    # Each with its own figure: three moments, each at its place.
    sentence = "It grew 12 percent in 2019, 3 percent in 2020 and 35 percent in 2021."
    assert [words for words, _, _ in told(sentence)] == ["in 2019", "in 2020", "in 2021"]


@pytest.mark.parametrize(
    "sentence",
    [
        "It sold 2,018 tonnes.",
        "2000 people came.",
        "In 2000 people the mood changed to 2018 tonnes.",
        "It sold 1,500 units and 2018.5 more.",
        "The number of visitors rose to 2019 people.",
        "A total of 2019 was reached.",
        "The company expects to ship 2025 containers.",
        "They adopted the 2030 strategy.",
        "Made in China 2025 is a plan.",
        "We took flight 2019.",
        "It holds ISO 9001:2015.",
        "Call +375 17 2022 2021.",
        "The 2022 FIFA World Cup was far away.",
        "The 2014 agreement on gas runs.",
        "COVID-2019 spread.",
        "It cost $2020.",
        "Trade rose from 1950 to 2018 units.",
        "Over 2000 firms came.",
        "Article 2021-style prose.",
        "They met on 31 February 2024.",
        "They met on 32 May 2024.",
        "They met on February 30, 2023.",
        "They met on 29.02.2023.",
        "They met on 31.13.2024.",
        "They met on 2024-13-05.",
        "We may march on.",
        "A year-old march, a second half-hearted try.",
        "The product of 12345 and 67890.",
        "",
    ],
)
def test_what_is_no_time_is_none(sentence: str) -> None:
    assert told(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "asof", "role"),
    [
        ("It was up by 55% last year.", "last year", "at"),
        ("It was up by another 35% this year.", "this year", "at"),
        ("So far this year it grew.", "So far this year", "at"),
        ("It grew over the past five years.", "over the past five years", "at"),
        ("In the past decades it grew.", "In the past decades", "at"),
        ("It has grown in recent years.", "in recent years", "at"),
        ("The current volume is $80 billion.", "current", "at"),
        ("At present, the task is clear.", "At present", "at"),
        ("In November, 70 enterprises took part.", "In November", "at"),
        ("In November 70 enterprises took part.", "In November", "at"),
        ("In March 20 companies signed.", "In March", "at"),
        ("The summit was held on December 4.", "December 4", "at"),
        ("It was discussed in June last year.", "in June last year", "at"),
        ("In the first eight months of this year it grew.", "In the first eight months of this year", "at"),
        ("In the first quarter it grew.", "In the first quarter", "at"),
        ("They met on Tuesday.", "Tuesday", "at"),
        ("In the same year they met.", "In the same year", "at"),
        ("Since then, exports have grown.", "Since then", "at"),
        ("By the end of the year, there will be 20 such flights.", "By the end of the year", "deadline"),
        ("Turnover is expected to double by the end of the decade.", "by the end of the decade", "deadline"),
        ("By the end of last year trade reached 5 billion.", "By the end of last year", "asof"),
        ("Since last year it has grown.", "Since last year", "since"),
        ("It was up 5% from the same period last year.", "the same period last year", "base"),
        ("It was 5% more than a year earlier.", "a year earlier", "base"),
        ("It grew 5% compared with last year.", "last year", "base"),
        ("It grew 17.5% over the previous year.", "the previous year", "base"),
    ],
)
def test_words_counted_from_the_text_stay_as_they_are(sentence: str, asof: str, role: str) -> None:
    (found,) = periods(sentence, 0, len(sentence), ENGLISH)
    assert (found.period, found.asof, found.role) == (None, asof, role)
    assert sentence[found.start : found.end] == asof


def test_year_on_year_compares_and_names_nothing() -> None:
    sentence = "In 2022 it was $5.08 billion, a 33 percent year-on-year increase."
    found = periods(sentence, 0, len(sentence), ENGLISH)
    assert [(moment.period, moment.asof, moment.role) for moment in found] == [
        ("2022", None, "at"),
        (None, None, "base"),
    ]


@pytest.mark.parametrize(
    ("sentence", "dated", "period"),
    [
        ("It was up by 55% last year.", "2018", "2017"),
        ("It was up by 35% this year.", "2018-11", "2018"),
        ("Next year it will grow.", "2018", "2019"),
        ("By the end of the year, there will be 20 such flights.", "2018", "2018-12"),
        ("By the end of next year it will open.", "2018", "2019-12"),
        ("A fair is planned in December.", "2018", "2018-12"),
        ("A fair is planned in March.", "2018-11-05", "2019-03"),
        ("In November they met.", "2023-12", "2023-11"),
        ("In November they met.", "2023-03", "2022-11"),
        ("They met on December 4.", "2023-12", "2023-12-04"),
        ("They met on December 4.", "2023-12-02", "2022-12-04"),
        ("They will meet on December 4.", "2023-12-02", "2023-12-04"),
        ("It was discussed in June last year.", "2023", "2022-06"),
        ("In the first eight months of this year it grew.", "2023", "2023-01/2023-08"),
        ("In January–August it grew.", "2023-09-10", "2023-01/2023-08"),
        ("In the first quarter it grew.", "2023-05", "2023-Q1"),
        ("In the fourth quarter it grew.", "2023-05", "2022-Q4"),
        ("In the second quarter it grew.", "2023-05", None),
        ("Last November it grew.", "2023-12", "2023-11"),
        ("Last November it grew.", "2023", None),
        ("Last month it grew.", "2023-01", "2022-12"),
        ("Last month it grew.", "2023", None),
        ("Last quarter it grew.", "2023-02", "2022-Q4"),
        ("Yesterday they met.", "2024-03-01", "2024-02-29"),
        ("They met on Tuesday.", "2024-05-16", "2024-05-14"),
        ("They will meet on Tuesday.", "2024-05-16", "2024-05-21"),
        ("It is to double by the end of the decade.", "2023", "2030"),
        ("It is to double by the end of the decade.", "2020", None),
        ("It is to double by mid-century.", "2023", "2050"),
        ("Since last year it has grown.", "2018", "2017/.."),
        ("Since March it has grown.", "2018-06", "2018-03/.."),
        ("A year ago it was five.", "2018", "2017"),
        ("Ten years ago it was five.", "2018", "2008"),
        ("In the same year they met.", "2018", None),
        ("It has grown in recent years.", "2018", None),
        ("At present it is five.", "2018", None),
        ("In 2017 it was five.", "2018", None),
        ("It was up by 55% last year.", "", None),
        ("It was up by 55% last year.", "soon", None),
    ],
)
def test_words_counted_from_the_text_resolve(sentence: str, dated: str, period: str | None) -> None:
    (found,) = periods(sentence, 0, len(sentence), ENGLISH)
    assert resolve(found, dated) == period


def test_words_without_their_sentence_resolve_too() -> None:
    assert resolve(Moment(0, 9, None, "last year", "at"), "2018") == "2017"
    assert resolve(Moment(0, 4, None, "去年", "at"), "2018") == "2017"
    assert resolve(Moment(0, 9, None, "someday or other", "at"), "2018") is None


@pytest.mark.parametrize(
    ("sentence", "period", "role"),
    [
        ("В 2022 году товарооборот составил 5,08 млрд долларов.", "2022", "at"),
        ("За январь–август 2023 г. экспорт вырос на 77%.", "2023-01/2023-08", "at"),
        ("С января по август 2023 года экспорт вырос.", "2023-01/2023-08", "at"),
        ("За первое полугодие 2023 года экспорт вырос.", "2023-H1", "at"),
        ("Во II квартале 2022 года экспорт вырос.", "2022-Q2", "at"),
        ("За 5 месяцев 2022 года экспорт вырос.", "2022-01/2022-05", "at"),
        ("В 2021–2023 гг. экспорт вырос.", "2021/2023", "at"),
        ("С 2019 по 2023 год экспорт вырос.", "2019/2023", "at"),
        ("В мае 2023 года они встретились.", "2023-05", "at"),
        ("Они встретились 16 мая 2024 года.", "2024-05-16", "at"),
        ("По итогам 2022 года экспорт вырос.", "2022", "at"),
        ("Стороны намерены довести оборот до 200 млрд к 2030 году.", "2030", "deadline"),
        ("К концу 2021 года экспорт вырос до 28 позиций.", "2021", "asof"),
        ("На 1 октября 2022 года их было 35.", "2022-10-01", "asof"),
        ("С 2013 года они встретились 13 раз.", "2013/..", "since"),
        ("Это на 33% больше по сравнению с 2021 годом.", "2021", "base"),
        ("Экспорт вырос на 5% к уровню 2021 года.", "2021", "base"),
        ("В прошлом году экспорт вырос.", None, "at"),
        ("В I квартале экспорт вырос.", None, "at"),
    ],
)
def test_russian(sentence: str, period: str | None, role: str) -> None:
    assert one(sentence)[1:] == (period, role)


@pytest.mark.parametrize(
    ("sentence", "period", "role"),
    [
        ("2022年双边贸易额为50.8亿美元。", "2022", "at"),
        ("2023年1至8月,贸易额为58亿美元。", "2023-01/2023-08", "at"),
        ("2023年1-8月,贸易额为58亿美元。", "2023-01/2023-08", "at"),
        ("2023年前八个月贸易额为58亿美元。", "2023-01/2023-08", "at"),
        ("2023年上半年贸易额增长。", "2023-H1", "at"),
        ("2022年第三季度贸易额增长。", "2022-Q3", "at"),
        ("2021年至2023年贸易额增长。", "2021/2023", "at"),
        ("2024年5月16日两国元首会晤。", "2024-05-16", "at"),
        ("到2030年,双边贸易额将达到2000亿美元。", "2030", "deadline"),
        ("截至2022年10月,项目为35个。", "2022-10", "asof"),
        ("自2013年以来,两国元首会晤13次。", "2013/..", "since"),
        ("与2021年相比增长33%。", "2021", "base"),
        ("贸易额同比增长33%。", None, "base"),
        ("今年贸易额增长。", None, "at"),
        ("前八个月出口增长。", None, "at"),
    ],
)
def test_chinese(sentence: str, period: str | None, role: str) -> None:
    assert one(sentence)[1:] == (period, role)


def test_russian_and_chinese_words_resolve() -> None:
    for sentence, dated, period in (
        ("В прошлом году экспорт вырос.", "2018", "2017"),
        ("В I квартале экспорт вырос.", "2018-05", "2018-Q1"),
        ("今年前八个月出口增长。", "2023-09", "2023-01/2023-08"),
        ("去年出口增长。", "2018", "2017"),
    ):
        (found,) = periods(sentence, 0, len(sentence), detect(sentence))
        assert resolve(found, dated) == period


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("Trade grows\n16 May 2024\nTrade grew in 2023 and is growing.", "2024-05-16"),
        ("Trade grows\nPublished: May 16, 2024, 10:05 GMT\nTrade grew in 2023.", "2024-05-16"),
        ("Trade grows\nMINSK, 16 May 2024 (BelTA) – Trade grew in 2023.", "2024-05-16"),
        ("Trade grows\nThursday, 16 May 2024\nTrade grew.", "2024-05-16"),
        # A day in a title is that of the event.
        ("Forum in Minsk, 16 May 2024, and what came of it\nTrade grew.", ""),
        # The latest figures are of part of a year that the text calls this one.
        (
            "In 2022 trade was 5 billion. In January–August 2023 it was 6 billion. They met in March. It grew this year.",
            "2023",
        ),
        # Annual figures are told in the year after as well.
        ("In 2021 trade was 5 billion. In 2022 it was 6 billion. This year it grew.", ""),
        # History.
        ("Relations began in October 1949. This year trade reached 6 billion.", ""),
        ("They agreed to reach 100 billion by 2015, and 200 billion by 2020. Last year it was up.", ""),
        (
            "The fair is held in Harbin from June 15 to 19, 2019. The presidents met in June 2019 and agreed.",
            "2019-06",
        ),
        ("The fair was held from June 15 to 19, 2019. The presidents met in 2018.", ""),
        ("Дата публикации: 16 мая 2024 года\nТоварооборот вырос.", "2024-05-16"),
        ("发布时间：2024年5月16日\n贸易额增长。", "2024-05-16"),
        ("", ""),
    ],
)
def test_the_date_of_a_text_is_told_only_where_it_is_sure(text: str, dated: str) -> None:
    assert text_date(text, detect(text)) == dated


def test_the_articles_are_dated_with_care(shared) -> None:  # type: ignore[no-untyped-def]
    found = {
        path.name[:3]: text_date(path.read_text(encoding="utf-8"), ENGLISH)
        for path in (shared / "documents" / "articles").glob("*.txt")
    }
    assert found == {"000": "", "001": "", "002": "", "003": "2023", "004": "2019-06"}
