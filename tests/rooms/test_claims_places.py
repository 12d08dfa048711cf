"""Places named in sentences, bodies named after places, and the two places a text is about."""

from __future__ import annotations

import pytest

from landbridge.claims.grammar.blocks import blocks
from landbridge.claims.grammar.dyad import Dyad, context
from landbridge.claims.grammar.places import Mention, city_region, mentions
from landbridge.claims.languages import language


def found(text: str, code: str = "en") -> list[tuple[str, tuple[str, ...], str]]:
    return [
        (item.form, item.codes, text[item.start : item.end])
        for item in mentions(text, 0, len(text), language(code))
    ]


def codes(text: str, code: str = "en") -> list[tuple[str, ...]]:
    return [places for _, places, _ in found(text, code)]


def test_a_mention_holds_its_span_and_its_usual_name():
    text = "Trade with the PRC grew."
    assert mentions(text, 0, len(text), language("en")) == (Mention(15, 18, ("CHN",), "country", "China"),)


def test_only_the_span_asked_for_is_read():
    text = "China sold. Russia bought. Belarus waited."
    middle = mentions(text, 12, 26, language("en"))
    assert [(item.start, item.codes) for item in middle] == [(12, ("RUS",))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trade between China, Russia and Belarus", [("CHN",), ("RUS",), ("BLR",)]),
        ("South Korea, not North Korea", [("KOR",), ("PRK",)]),
        (
            "Equatorial Guinea, Guinea-Bissau, Papua New Guinea and Guinea",
            [("GNQ",), ("GNB",), ("PNG",), ("GIN",)],
        ),
        ("Inner Mongolia borders Mongolia", [("CN-NM",), ("MNG",)]),
        ("Niger, Nigeria, a Nigerien and a Nigerian firm", [("NER",), ("NGA",), ("NER",), ("NGA",)]),
        ("the Dominican Republic and Dominica", [("DOM",), ("DMA",)]),
        ("DR Congo and the Republic of the Congo", [("COD",), ("COG",)]),
        ("the Republic of Korea and the Democratic People's Republic of Korea", [("KOR",), ("PRK",)]),
        ("the People’s Republic of China and the Republic of China", [("CHN",), ("TWN",)]),
        ("the U.S. and the U.K., the US Virgin Islands aside", [("USA",), ("GBR",), ("VIR",)]),
        ("Côte d’Ivoire, Cote d'Ivoire and Ivory Coast", [("CIV",)] * 3),
        ("Bosnia & Herzegovina, Trinidad and Tobago", [("BIH",), ("TTO",)]),
        ("Turkey and Türkiye", [("TUR",), ("TUR",)]),
        ("Shaanxi Province is not Shanxi Province", [("CN-SN",), ("CN-SX",)]),
        ("Amur Oblast and the Jewish Autonomous Region", [("RU-AMU",), ("RU-YEV",)]),
        ("Altai Republic, Altai Territory", [("RU-AL",), ("RU-ALT",)]),
        ("Primorye, Primorsky Krai, Primorsky Territory", [("RU-PRI",)] * 3),
        ("Zabaikalye, Trans-Baikal Territory, Zabaykalsky Krai", [("RU-ZAB",)] * 3),
        ("Yakutia and the Republic of Sakha (Yakutia)", [("RU-SA",), ("RU-SA",)]),
        ("Vitebsk region, Viciebsk Region, Vitsebsk voblast", [("BY-VI",)] * 3),
        ("the Moscow Region and Moscow", [("RU-MOS",), ("RUS", "Moscow")]),
        ("Harbin, Heihe and Blagoveshchensk", [("Harbin",), ("Heihe",), ("Blagoveshchensk",)]),
        ("northeast China and North-East China", [("Northeast China",), ("Northeast China",)]),
        ("the Volga Federal District", [("Volga Federal District",)]),
        ("the maritime provinces of southeast China", [("Southeast China maritime provinces",)]),
        ("exports to the rest of the world and to the world", [("ROW",), ("World",)]),
    ],
)
def test_names_and_their_variants(text, expected):
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a ship in the Indian Ocean and the South China Sea",
        "Peking duck in China Town",
        "the plan Made in China 2025",
        "ports of New Jersey and New Mexico",
        "fine china, roast turkey and a chad of paper",
        "It cost US$5 billion, or 5 billion US dollars, or 30 billion Chinese yuan.",
        "It cost 5 billion U.S. dollars.",
        "they told us; it may polish the jersey",
        "the Amur River and the Niger Delta",
        "Polish your shoes, said the cook",
        "Vladimir Putin and Boris Kirov met",
        "Franco and Indo-Pacific and Anglo-Saxon",
        "the Far East, it is said, grew",
    ],
)
def test_what_only_looks_like_a_place_is_none(text):
    assert found(text) == []


def test_capitals_make_a_heading_count_and_small_letters_porcelain():
    assert codes("CHINA AND RUSSIA SIGN") == [("CHN",), ("RUS",)]
    assert codes("we packed the china and fed the turkey") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the player Michael Jordan sold shoes", []),
        ("exports to Jordan rose", [("JOR",)]),
        ("the singer Chad Smith sang", []),
        ("last year Chad exported oil", [("TCD",)]),
        ("wine from Georgia is sold", [("GEO",)]),
        ("peaches from Atlanta and all of Georgia", [("Atlanta",)]),
        ("oil of Congo", [("Congo",)]),
        ("Congo, whose capital is Kinshasa", [("COD",), ("COD", "Kinshasa")]),
        ("Korea sold ships", [("KOR",)]),
        ("North Korea is the Korea of the title", [("PRK",), ("PRK",)]),
    ],
)
def test_words_around_decide_between_senses(text, expected):
    assert codes(text) == expected


def test_the_far_east_is_russian_in_a_text_about_russia():
    text = "Russia invests. The Far East gains."
    assert mentions(text, 16, len(text), language("en"))[0].codes == ("Russian Far East",)
    assert codes("The Far East gains. Hong Kong trades.") == [("HKG",)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sino-Russian ties", ("CHN", "RUS")),
        ("Russian-Chinese fund", ("RUS", "CHN")),
        ("China-Belarus park", ("CHN", "BLR")),
        ("Russia–China trade", ("RUS", "CHN")),
        ("Russia — China trade", ("RUS", "CHN")),
        ("U.S.-China trade", ("USA", "CHN")),
        ("Heilongjiang‑Russia border", ("CN-HL", "RUS")),
    ],
)
def test_pairs(text, expected):
    (pair,) = found(text)
    assert pair[:2] == ("pair", expected)


def test_what_is_no_pair_stays_apart():
    assert codes("the China-Mongolia-Russia corridor") == [("CHN",), ("MNG",), ("RUS",)]
    assert codes("exports to Russia – China’s neighbour") == [("RUS",), ("CHN",)]
    assert found("Sino-foreign ventures") == [("demonym", ("CHN",), "Sino")]


def test_a_type_in_the_plural_makes_regions_of_cities():
    assert found("farms of Vitebsk and Mogilev regions") == [
        ("region", ("BY-VI",), "Vitebsk"),
        ("region", ("BY-MA",), "Mogilev"),
    ]
    assert codes("flights of Vitebsk and Mogilev to other regions") == [("Vitebsk",), ("Mogilev",)]


@pytest.mark.parametrize(
    ("text", "places", "body"),
    [
        ("loans of the Bank of China rose", ("CHN",), "Bank of China"),
        ("loans of the People’s Bank of China rose", ("CHN",), "People’s Bank of China"),
        ("said China Huaxin Import Trading Co., Ltd. on Monday", ("CHN",), "China Huaxin Import Trading Co., Ltd."),
        ("by the Chinese Embassy in the Republic of Cuba", ("CHN", "CUB"), "Chinese Embassy in the Republic of Cuba"),
        ("a note of the Embassy of Kazakhstan in China", ("KAZ", "CHN"), "Embassy of Kazakhstan in China"),
        ("the Belarusian Chamber of Commerce and Industry said", ("BLR",), "Belarusian Chamber of Commerce and Industry"),
        ("the Chamber of Commerce and Industry of Belarus said", ("BLR",), "Chamber of Commerce and Industry of Belarus"),
        ("the Gomel Oblast Executive Committee signed", ("BY-HO",), "Gomel Oblast Executive Committee"),
        ("students of Harbin Engineering University left", ("Harbin",), "Harbin Engineering University"),
        ("it was in China Daily of today", ("CHN",), "China Daily"),
        ("money of the Russia-China Investment Fund went", ("RUS", "CHN"), "Russia-China Investment Fund"),
        ("by the General Administration of Customs of China", ("CHN",), "General Administration of Customs of China"),
        ("The National Bank of the Republic of Belarus lent", ("BLR",), "National Bank of the Republic of Belarus"),
        ("Rosneft and China National Petroleum Corporation Agree", ("CHN",), "China National Petroleum Corporation"),
        ("flights of Kenya Airways ceased", ("KEN",), "Kenya Airways"),
    ],
)  # fmt: skip
def test_bodies_named_after_places(text, places, body):
    assert found(text) == [("organisation", places, body)]


def test_two_bodies_stay_two_and_a_state_is_no_body():
    assert found("More went by Russian Railways and Chinese Railways than by sea.") == [
        ("organisation", ("RUS",), "Russian Railways"),
        ("organisation", ("CHN",), "Chinese Railways"),
    ]
    assert found("the Government of the Russian Federation decided")[0][0] == "country"
    assert found("the Chinese government and President Xi decided")[0][0] == "demonym"


def test_a_headline_makes_no_body_of_every_capital():
    assert [form for form, *_ in found("China Trade With Russia Hits Record High Says Customs Ministry")] == [
        "country",
        "country",
    ]


def test_a_seat_of_a_state_gives_the_state_and_the_city():
    assert found("ties with both Moscow and Beijing") == [
        ("city", ("RUS", "Moscow"), "Moscow"),
        ("city", ("CHN", "Beijing"), "Beijing"),
    ]
    assert found("the Celestial Empire")[0][:2] == ("nickname", ("CHN",))


@pytest.mark.parametrize(
    ("city", "region"),
    [
        ("Harbin", "CN-HL"),
        ("Heihe", "CN-HL"),
        ("Manzhouli", "CN-NM"),
        ("Blagoveshchensk", "RU-AMU"),
        ("Orsha", "BY-VI"),
        ("Shanghai", "CN-SH"),
        ("Moscow", "RU-MOW"),
        ("St Petersburg", "RU-SPE"),
        ("Minsk", "BY-HM"),
        ("Russian Far East", "RU-FD-FAREAST"),
        ("Tokyo", None),
        ("Nowhere", None),
    ],
)
def test_the_region_of_a_city(city, region):
    assert city_region(city) == region


def test_russian_forms_pairs_and_bodies():
    text = "Торговля России с Китаем и Белоруссией, поставки в КНР из Республики Беларусь"
    assert codes(text, "ru") == [("RUS",), ("CHN",), ("BLR",), ("CHN",), ("BLR",)]
    assert found("рост российско-китайского товарооборота", "ru")[0][:2] == ("pair", ("RUS", "CHN"))
    assert codes("в Витебской области, Приморском крае и Еврейской автономной области", "ru") == [
        ("BY-VI",),
        ("RU-PRI",),
        ("RU-YEV",),
    ]
    assert codes("Витебская и Могилёвская области", "ru") == [("BY-VI",), ("BY-MA",)]
    assert codes("из Харбина в Благовещенск и Москву", "ru") == [
        ("Harbin",),
        ("Blagoveshchensk",),
        ("RUS", "Moscow"),
    ]
    assert found("Посольство Китая сообщило", "ru") == [("organisation", ("CHN",), "Посольство Китая")]
    assert found("5 млрд китайских юаней, 3 млрд российских рублей", "ru") == []


def test_chinese_names_pairs_and_bodies():
    assert codes("中俄贸易额增长，中国对俄出口增长", "zh") == [("CHN", "RUS"), ("CHN",), ("RUS",)]
    assert codes("内蒙古、蒙古、印度尼西亚、黑龙江和阿穆尔州", "zh") == [
        ("CN-NM",),
        ("MNG",),
        ("IDN",),
        ("CN-HL",),
        ("RU-AMU",),
    ]
    assert found("中白工业园", "zh") == [("pair", ("CHN", "BLR"), "中白")]
    assert found("中国驻白俄罗斯大使馆表示", "zh") == [
        ("organisation", ("CHN", "BLR"), "中国驻白俄罗斯大使馆")
    ]
    assert found("中国从俄罗斯银行", "zh")[0] == ("country", ("CHN",), "中国")
    assert found("南中国海和印度洋", "zh") == []


def about(text: str, code: str = "en") -> Dyad:
    return context(text, blocks(text), language(code))


BODY = (
    "\n\nIt was a good year for farms, mills and ports. " + "Prices of grain stayed where they had been. " * 5
)


@pytest.mark.parametrize(
    ("text", "parties", "state"),
    [
        ("How China and Russia trade" + BODY + "China sold more.", ("CHN", "RUS"), ("CHN", "RUS")),
        (
            "What do farms of Gomel Oblast sell to China?" + BODY + "Gomel Oblast sold milk to China. Belarus is proud.",
            ("BY-HO", "CHN"),
            ("BLR", "CHN"),
        ),
        (
            "Amur Oblast and Heilongjiang build bridges" + BODY + "China and Russia agreed. Heilongjiang paid.",
            ("CN-HL", "RU-AMU"),
            ("CHN", "RUS"),
        ),
        (
            "China's economy slows" + BODY + "China built less. China saved more. China sold cars, some of them to Chile.",
            ("CHN",),
            ("CHN",),
        ),
        (
            "Belarus looks to China" + BODY + "China lent, Belarus built. Belarus and China met, and Russia looked on.",
            ("BLR", "CHN"),
            ("BLR", "CHN"),
        ),
        ("Guangdong and Shandong sign a pact" + BODY, ("CN-GD", "CN-SD"), ("CHN",)),
        (
            "Minsk and Guangdong meet" + BODY + "Minsk Region sells milk to Guangdong. Minsk Region gains.",
            ("BY-MI", "CN-GD"),
            ("BLR", "CHN"),
        ),
        ("Moscow and Beijing speak" + BODY + "They agreed.", ("CHN", "RUS"), ("CHN", "RUS")),
        ("How to bake bread" + BODY, (), ()),
        ("Trade between Kazakhstan and China reached a record.", ("CHN", "KAZ"), ("CHN", "KAZ")),
    ],
)  # fmt: skip
def test_the_places_a_text_is_about(text, parties, state):
    assert about(text) == Dyad(parties, state)


def test_the_title_outweighs_a_place_that_the_body_names_oftener():
    body = "Russia sold gas. Russia sold oil. Russia sold coal. Mongolia sold copper to China. " * 3
    assert about("Mongolia and China renew their ties" + BODY + body).parties == ("CHN", "MNG")


def test_the_places_of_russian_and_chinese_texts():
    assert about("Российско-китайская торговля растёт", "ru").parties == ("CHN", "RUS")
    assert about("中白贸易额创新高", "zh").parties == ("BLR", "CHN")


@pytest.mark.parametrize(
    ("article", "parties"),
    [
        ("000", ("BY-VI", "CHN")),
        ("001", ("CHN", "RUS")),
        ("002", ("CHN", "RUS")),
        ("003", ("BLR", "CHN")),
        ("004", ("CHN", "RUS")),
    ],
)
def test_the_places_of_the_articles(shared, article, parties):
    (path,) = (shared / "documents" / "articles").glob(f"{article}_*.txt")
    text = path.read_text(encoding="utf-8")
    assert about(text).parties == parties
