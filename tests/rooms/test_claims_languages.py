"""Russian and Chinese: what the small packs read in sentences of our own, and what they leave alone."""

from __future__ import annotations

import re
from pathlib import Path
from time import perf_counter

import pytest
import yaml

from landbridge.claims.claim import Claim
from landbridge.claims.grammar.amounts import amounts
from landbridge.claims.grammar.indicators import words
from landbridge.claims.grammar.ready import claims_of
from landbridge.claims.languages import Language, detect, language

RUSSIAN, CHINESE = language("ru"), language("zh")
# Texts of the field say what they are about; the sentences below follow on one of these.
ABOUT = {
    "ru": "Торговля, инвестиции и сотрудничество России и Китая.",
    "zh": "中俄贸易、投资和合作取得进展。",
}
# Kind, indicator, value, unit, comparator, period.
Told = tuple[str, str, float, str, str, str | None]


def read(sentence: str, *, dated: str = "2024-03-01") -> tuple[Claim, ...]:
    """The claims of a sentence that stands in a text on trade."""
    pack = detect(sentence)
    return claims_of(f"{ABOUT[pack.code]}\n{sentence}", pack, dated=dated)


def told(sentence: str) -> list[Told]:
    """What the sentence says, in order."""
    return [
        (
            one.kind,
            one.indicator,
            round(one.value or 0.0, 4),
            one.unit or "",
            one.comparator or "",
            one.period,
        )
        for one in read(sentence)
    ]


LEVEL, CHANGE, TARGET = "quantity", "change", "target"
RUSSIAN_SENTENCES: list[tuple[str, list[Told]]] = [
    (
        "В 2023 году товарооборот России и Китая достиг 240,1 млрд долларов, увеличившись на 26,3%.",
        [
            (LEVEL, "trade_turnover", 240.1e9, "USD", "=", "2023"),
            (CHANGE, "trade_turnover_growth", 26.3, "%", "=", "2023"),
        ],
    ),
    ("Экспорт из Белоруссии в Китай вырос в 1,5 раза.", [(CHANGE, "exports_growth", 1.5, "x", "=", None)]),
    (
        "За январь–август 2023 года взаимная торговля Белоруссии и Китая выросла более чем на треть.",
        [(CHANGE, "trade_turnover_growth", 33.3333, "%", ">", "2023-01/2023-08")],
    ),
    (
        "В 2022 году китайский экспорт составил около 84 млн долл. США.",
        [(LEVEL, "exports", 84e6, "USD", "~", "2022")],
    ),
    (
        "В 2022 году китайский экспорт составил примерно 84 миллиона долларов США.",
        [(LEVEL, "exports", 84e6, "USD", "~", "2022")],
    ),
    (
        "В индустриальном парке работают свыше 3 тыс. предприятий из Китая.",
        [(LEVEL, "enterprises_count", 3000, "count", ">", None)],
    ),
    (
        "К 2030 году товарооборот должен вырасти до 300 млрд долларов.",
        [(TARGET, "trade_turnover", 300e9, "USD", "=", "2030")],
    ),
    (
        "Планируется довести товарооборот до 200 млрд долларов к концу 2024 года.",
        [(TARGET, "trade_turnover", 200e9, "USD", "=", "2024")],
    ),
    (
        "На долю Китая приходится 30 % экспорта России.",
        [(LEVEL, "trade_share", 30, "%", "=", None)],
    ),
    (
        "Доля России в китайском импорте нефти в 2023 году составила 19 процентов.",
        [(LEVEL, "trade_share", 19, "%", "=", "2023")],
    ),
    (
        "Импорт из Китая снизился на 9,7 процента по сравнению с 2022 годом.",
        [(CHANGE, "imports_growth", -9.7, "%", "=", None)],
    ),
    (
        "В 2024 году экспорт сократился почти на 12 %.",
        [(CHANGE, "exports_growth", -12, "%", "~", "2024")],
    ),
    (
        "Белорусский экспорт в Китай превысил 1,7 млрд юаней.",
        [(LEVEL, "exports", 1.7e9, "CNY", ">", None)],
    ),
    (
        "Товарооборот Белоруссии и Китая за 2022 год удвоился.",
        [(CHANGE, "trade_turnover_growth", 2, "x", "=", "2022")],
    ),
    (
        "В первом полугодии 2023 года товарооборот вырос в два с половиной раза.",
        [(CHANGE, "trade_turnover_growth", 2.5, "x", "=", "2023-H1")],
    ),
    (
        "Китай остаётся крупнейшим торговым партнёром России 13 лет подряд.",
        [
            (LEVEL, "partner_rank", 1, "rank", "=", None),
            (LEVEL, "partner_rank_duration", 13, "years", "=", None),
        ],
    ),
    (
        "В 2023 году в Китае учились 16,5 тыс. российских студентов.",
        [(LEVEL, "students", 16_500, "persons", "=", "2023")],
    ),
    (
        "За 2023 год Россию посетили не менее 200 тысяч китайских туристов.",
        [(LEVEL, "tourists", 200_000, "persons", ">=", "2023")],
    ),
    (
        "На форуме стороны подписали двенадцать соглашений и 30 меморандумов.",
        [
            (LEVEL, "bilateral_documents", 12, "count", "=", None),
            (LEVEL, "bilateral_documents", 30, "count", "=", None),
        ],
    ),
    (
        "Сейчас обсуждаются 50 проектов китайских предприятий.",
        [(LEVEL, "investment_projects_count", 50, "count", "=", None)],
    ),
    (
        "Перевозки контейнеров между Китаем и Россией увеличились на 33 %.",
        [(CHANGE, "container_traffic_growth", 33, "%", "=", None)],
    ),
    (
        "По железной дороге в 2023 году перевезено 161,4 млн тонн грузов.",
        [(LEVEL, "rail_cargo_volume", 161.4e6, "t", "=", "2023")],
    ),
    (
        "Экспорт России в Китай в 2023 году составил 129,1 млрд долларов, импорт — 111 млрд.",
        [
            (LEVEL, "exports", 129.1e9, "USD", "=", "2023"),
            (LEVEL, "imports", 111e9, "USD", "=", "2023"),
        ],
    ),
    (
        "Протяжённость российско-китайской границы составляет 4209 км.",
        [(LEVEL, "border_length", 4209, "km", "=", None)],
    ),
    (
        "Экспорт вырос на 10–15 %.",
        [
            (CHANGE, "exports_growth", 10, "%", ">=", None),
            (CHANGE, "exports_growth", 15, "%", "<=", None),
        ],
    ),
    (
        "Накопленные китайские инвестиции в Белоруссии превысили 1 500 000 000 рублей.",
        [(LEVEL, "investment_stock", 1.5e9, "RUB", ">", None)],
    ),
    (
        "Внешнеторговый оборот Белоруссии составил в 2021 году 5,3 трлн российских рублей.",
        [(LEVEL, "total_foreign_trade", 5.3e12, "RUB", "=", "2021")],
    ),
    (
        "Между городами открыто более 40 новых прямых рейсов.",
        [(LEVEL, "flights", 40, "count", ">", None)],
    ),
    (
        "В парке будет создано не более 5 тыс. рабочих мест.",
        [(TARGET, "jobs", 5000, "persons", "<=", None)],
    ),
]

CHINESE_SENTENCES: list[tuple[str, list[Told]]] = [
    (
        "2023年中俄贸易额达2401亿美元，同比增长26.3%。",
        [
            (LEVEL, "trade_turnover", 240.1e9, "USD", "=", "2023"),
            (CHANGE, "trade_turnover_growth", 26.3, "%", "=", "2023"),
        ],
    ),
    (
        "2023年中国对俄罗斯出口1109.7亿美元，增长46.9%。",
        [
            (LEVEL, "exports", 110.97e9, "USD", "=", "2023"),
            (CHANGE, "exports_growth", 46.9, "%", "=", "2023"),
        ],
    ),
    ("赴俄罗斯旅游的人数为1.5万人次。", [(LEVEL, "tourists", 15_000, "persons", "=", None)]),
    ("超过30家企业参加了博览会。", [(LEVEL, "enterprises_count", 30, "count", ">", None)]),
    (
        "到2030年双边贸易额将达到3000亿美元。",
        [(TARGET, "trade_turnover", 300e9, "USD", "=", "2030")],
    ),
    (
        "双方力争到2025年贸易额达到2000亿美元。",
        [(TARGET, "trade_turnover", 200e9, "USD", "=", "2025")],
    ),
    (
        "2023年前8个月中白贸易额同比增长12.3%。",
        [(CHANGE, "trade_turnover_growth", 12.3, "%", "=", "2023-01/2023-08")],
    ),
    ("黑龙江省对俄贸易占全国的三分之一。", [(LEVEL, "trade_share", 33.3333, "%", "=", None)]),
    ("中国占俄罗斯外贸总额的三分之二以上。", [(LEVEL, "trade_share", 66.6667, "%", ">=", None)]),
    (
        "2022年中国外贸进出口总值为2.1万亿元人民币。",
        [(LEVEL, "total_foreign_trade", 2.1e12, "CNY", "=", "2022")],
    ),
    ("2022年中白贸易额翻一番。", [(CHANGE, "trade_turnover_growth", 2, "x", "=", "2022")]),
    (
        "2023年中国自俄罗斯进口同比下降2.1%。",
        [(CHANGE, "imports_growth", -2.1, "%", "=", "2023")],
    ),
    (
        "中国自俄罗斯进口１２９１亿美元，增长１２．７％。",
        [
            (LEVEL, "imports", 129.1e9, "USD", "=", None),
            (CHANGE, "imports_growth", 12.7, "%", "=", None),
        ],
    ),
    (
        "2023年，出口1109.7亿美元，进口1291.4亿美元。",
        [
            (LEVEL, "exports", 110.97e9, "USD", "=", "2023"),
            (LEVEL, "imports", 129.14e9, "USD", "=", "2023"),
        ],
    ),
    (
        "2022年黑龙江省对俄进出口总额1889.5亿元，同比增长41.3%。",
        [
            (LEVEL, "trade_turnover", 188.95e9, "CNY", "=", "2022"),
            (CHANGE, "trade_turnover_growth", 41.3, "%", "=", "2022"),
        ],
    ),
    ("双方签署了15份合作文件。", [(LEVEL, "bilateral_documents", 15, "count", "=", None)]),
    ("中国是俄罗斯最大贸易伙伴。", [(LEVEL, "partner_rank", 1, "rank", "=", None)]),
    (
        "2018年中俄贸易额首次突破1000亿美元大关。",
        [(LEVEL, "trade_turnover", 100e9, "USD", ">", "2018")],
    ),
    (
        "2023年1至8月中俄贸易额约1551亿美元。",
        [(LEVEL, "trade_turnover", 155.1e9, "USD", "~", "2023-01/2023-08")],
    ),
    (
        "预计2024年中俄贸易额将增长10%左右。",
        [(TARGET, "trade_turnover_growth", 10, "%", "~", "2024")],
    ),
    ("俄罗斯有4.8万名中国留学生。", [(LEVEL, "students", 48_000, "persons", "=", None)]),
    ("2400多亿美元的中俄贸易额创历史新高。", [(LEVEL, "trade_turnover", 240e9, "USD", ">", None)]),
    ("中俄边境线长4300多公里。", [(LEVEL, "border_length", 4300, "km", ">", None)]),
    ("中国企业在白俄罗斯累计投资近10亿美元。", [(LEVEL, "investment_stock", 1e9, "USD", "~", None)]),
    ("黑龙江省有25个对俄口岸。", [(LEVEL, "border_ports_count", 25, "count", "=", None)]),
    ("2022年铁路运输量达3000万吨。", [(LEVEL, "rail_cargo_volume", 30e6, "t", "=", "2022")]),
    (
        "2023年中俄贸易额增长10%至15%。",
        [
            (CHANGE, "trade_turnover_growth", 10, "%", ">=", "2023"),
            (CHANGE, "trade_turnover_growth", 15, "%", "<=", "2023"),
        ],
    ),
    ("两国实施80个投资合作项目。", [(LEVEL, "investment_projects_count", 80, "count", "=", None)]),
    ("两国之间开通了至少20条航线。", [(LEVEL, "flights", 20, "count", ">=", None)]),
]


@pytest.mark.parametrize(("sentence", "expected"), RUSSIAN_SENTENCES, ids=lambda item: str(item)[:40])
def test_russian_sentences(sentence: str, expected: list[Told]) -> None:
    assert told(sentence) == expected


@pytest.mark.parametrize(("sentence", "expected"), CHINESE_SENTENCES, ids=lambda item: str(item)[:40])
def test_chinese_sentences(sentence: str, expected: list[Told]) -> None:
    assert told(sentence) == expected


@pytest.mark.parametrize("pack", [RUSSIAN, CHINESE], ids=["ru", "zh"])
def test_every_indicator_is_of_the_vocabulary(pack: Language, root: Path) -> None:
    file = root / "src" / "landbridge" / "ledger" / "vocabulary.yaml"
    known = set(yaml.safe_load(file.read_text(encoding="utf-8"))["indicators"])
    found = words(pack)
    # A measure without units of its own is only ever named for its growth.
    named = {measure.indicator for measure, _ in found.cues if measure.units}
    named |= {name for measure, _ in found.cues for name in (measure.growth, measure.share) if name}
    assert named | {one.indicator for one in found.counted} <= known
    assert len(named) > 10


@pytest.mark.parametrize(
    "sentence",
    [
        "Экспорт российской нефти в Китай вырос на 24 %.",
        "Импорт соевых бобов из России сократился на 3 %.",
        "中国自俄罗斯进口原油1.07亿吨，增长24%。",
    ],
)
def test_the_change_of_one_good_is_not_that_of_all_exports(sentence: str) -> None:
    assert not {one.indicator for one in read(sentence)} & {"exports_growth", "imports_growth"}


def test_each_pack_is_tried_on_at_least_25_sentences() -> None:
    assert min(len(RUSSIAN_SENTENCES), len(CHINESE_SENTENCES)) >= 25
    assert {detect(sentence).code for sentence, _ in RUSSIAN_SENTENCES} == {"ru"}
    assert {detect(sentence).code for sentence, _ in CHINESE_SENTENCES} == {"zh"}


@pytest.mark.parametrize(
    "sentence",
    [sentence for sentence, _ in RUSSIAN_SENTENCES + CHINESE_SENTENCES],
    ids=lambda item: item[:40],
)
def test_quotes_are_the_words_of_the_text(sentence: str) -> None:
    pack = detect(sentence)
    text = f"{ABOUT[pack.code]}\n{sentence}"
    for claim in claims_of(text, pack):
        assert claim.quote == text[claim.start : claim.end]
        assert re.search(r"\d", claim.quote) or claim.rule == "rank" or claim.unit in ("x", "%", "count")


@pytest.mark.parametrize(
    ("sentence", "parties"),
    [
        ("В 2023 году товарооборот Белоруссии и Китая вырос на 5 %.", {"BLR", "CHN"}),
        ("Китайский экспорт в Россию составил около 84 млн долл. США.", {"CHN", "RUS"}),
        ("Двусторонний товарооборот вырос на 5 %.", {"CHN", "RUS"}),
        ("2023年中白贸易额同比增长12.3%。", {"BLR", "CHN"}),
        ("黑龙江省对俄贸易额增长3%。", {"CN-HL", "RUS"}),
        ("双边贸易额增长3%。", {"CHN", "RUS"}),
    ],
)
def test_parties(sentence: str, parties: set[str]) -> None:
    (claim,) = read(sentence)
    assert set(claim.parties) == parties


@pytest.mark.parametrize(
    ("sentence", "words", "period"),
    [
        ("В прошлом году товарооборот вырос на 5 %.", "прошлом году", "2023"),
        ("去年双边贸易额增长3%。", "去年", "2023"),
        ("今年前2个月双边贸易额增长3%。", "今年前2个月", "2024-01/2024-02"),
    ],
)
def test_words_counted_from_the_date_of_the_text(sentence: str, words: str, period: str) -> None:
    (claim,) = read(sentence)
    assert words in (claim.asof or "")
    assert (claim.period, claim.period_inferred) == (None, period)
    (undated,) = read(sentence, dated="")
    assert (undated.period, undated.period_inferred) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "Смешайте 200 г муки, 3 яйца и 1,5 стакана молока. Выпекайте 40 минут при 180 градусах.",
        "Сборная выиграла матч со счётом 3:1, нападающий забил 2 гола за 15 минут.",
        "Население города за 10 лет выросло на 4,5 % и достигло 312 тыс. человек.",
        "Теорема 4.2 доказана для n = 17; погрешность не превышает 0,3 %.",
        "Врач назначил 500 мг препарата 2 раза в день, температура упала на 1,5 градуса.",
        "Квартира площадью 54 кв. м на 7 этаже продана за 9,8 млн рублей.",
        "В романе 24 главы и более 600 страниц, тираж вырос втрое.",
        "Население Китая в 2022 году сократилось на 0,06 %.",
        "Сборная России обыграла Китай со счётом 84:79, собрав 12 передач.",
        "将面粉200克、鸡蛋3个和牛奶1.5杯搅拌，烤40分钟。",
        "主队以3比1获胜，前锋打入2球，控球率占60%。",
        "患者每日服药2次，每次500毫克，体温下降1.5摄氏度。",
        "这部小说共24章，超过60万字，销量翻一番。",
        "该套房面积54平方米，售价980万元，比去年上涨3%。",
        "定理4.2对n=17成立，误差不超过0.3%。",
        "2022年中国人口比上年减少85万人，下降0.06%。",
        "一带一路，三心二意，十分重要，万一百分。",
    ],
)
def test_other_domains_yield_nothing(text: str) -> None:
    assert claims_of(text, detect(text)) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "Китай — один из крупнейших торговых партнёров России.",
        "中国是俄罗斯最大的贸易伙伴之一。",
        "第30家企业入驻了工业园。",
        "Статья 12 соглашения о торговле вступила в силу.",
        "Рейс 302 в Пекин задержан.",
        "COVID-19 повлиял на торговлю.",
    ],
)
def test_names_and_groups_are_no_quantities(sentence: str) -> None:
    assert told(sentence) == []


@pytest.mark.parametrize(
    ("written", "value", "unit", "comparator"),
    [
        ("240,1 млрд. долл.", 240.1e9, "USD", ""),
        ("1\u00a0234,5 тыс. тонн", 1_234_500, "t", ""),
        ("3,125 млн рублей", 3.125e6, "RUB", ""),
        ("полтора миллиарда юаней", 1.5e9, "CNY", ""),
        ("двести пятьдесят миллионов евро", 250e6, "EUR", ""),
        ("один миллиард белорусских рублей", 1e9, "BYN", ""),
        ("чуть более 2 трлн руб.", 2e12, "RUB", "~"),
        ("как минимум 7 процентных пунктов", 7, "pp", ">="),
        ("менее 400 га", 4, "km2", "<"),
        ("две трети экспорта", 66.6667, "%", ""),
        ("втрое", 3, "x", ""),
        ("100 и более компаний", 100, "", ">="),
        ("30多家企业", 30, "", ">"),
        ("20余万人次", 200_000, "", ">"),
        ("1,234.5亿元", 123.45e9, "CNY", ""),
        ("不到2.5个百分点", 2.5, "pp", "<"),
        ("不超过80万吨", 800_000, "t", "<="),
        ("四分之三", 75, "%", ""),
        ("逾3千亿卢布", 300e9, "RUB", ">"),
        ("50万标箱", 500_000, "TEU", ""),
        ("$5亿", 500e6, "USD", ""),
        ("翻了一番", 2, "x", ""),
    ],
)
def test_written_numbers(written: str, value: float, unit: str, comparator: str) -> None:
    pack = CHINESE if re.search("[\u4e00-\u9fff]", written) else RUSSIAN
    (found, *others) = amounts(written, 0, len(written), pack)
    assert (pytest.approx(value), unit, comparator) == (found.value, found.unit, found.comparator)
    assert others == []


def test_a_quarter_of_a_century_is_no_share() -> None:
    text = "За четверть века страна изменилась."
    assert amounts(text, 0, len(text), RUSSIAN) == ()


@pytest.mark.parametrize(
    "bait",
    [
        "более чем на " * 800,
        "российско-" * 1_000 + "товарооборот",
        "экспорт " + "1 000 " * 1_500,
        "增长超过三分之" * 1_500,
        "贸易额占" + "9" * 10_000,
        "1亿" * 4_000,
    ],
    ids=lambda bait: bait[:12],
)
def test_bait_is_read_in_bounded_time(bait: str) -> None:
    began = perf_counter()
    assert all(abs(claim.value or 0) < 1e18 for claim in read(bait + "。"))
    # Ten thousand characters take a second or two; backtracking would take hours.
    assert perf_counter() - began < 20


# The turns that a pack may list in `syntax.yaml` decide these; without that list the packs do not promise them.
RUSSIAN_TURNS = pytest.mark.skipif(not RUSSIAN.part("syntax"), reason="the Russian pack lists no turns")
CHINESE_TURNS = pytest.mark.skipif(not CHINESE.part("syntax"), reason="the Chinese pack lists no turns")


@RUSSIAN_TURNS
@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Товарооборот вырос на 5 млрд долларов.", (CHANGE, "trade_turnover", 5e9, "USD", "=", None)),
        ("Товарооборот вырос более чем на 5 млрд евро.", (CHANGE, "trade_turnover", 5e9, "EUR", ">", None)),
        ("Экспорт превысил исторический рубеж в 200 млн юаней.", (LEVEL, "exports", 200e6, "CNY", ">", None)),
        ("Число туристов из Китая достигло 300 тыс.", (LEVEL, "tourists", 300_000, "persons", "=", None)),
        (
            "200 млрд долларов товарооборота планируется достичь.",
            (TARGET, "trade_turnover", 200e9, "USD", "=", None),
        ),
    ],
)
def test_russian_turns(sentence: str, expected: Told) -> None:
    assert told(sentence) == [expected]


@RUSSIAN_TURNS
def test_russian_wagons_are_no_dollars() -> None:
    assert (LEVEL, "exports", 12e9, "USD", "=", None) not in told(
        "Экспорт составил 5 млрд долларов и 12 вагонов."
    )


@RUSSIAN_TURNS
@pytest.mark.parametrize(
    ("sentence", "way"),
    [
        ("Экспорт из Белоруссии в Китай вырос в 1,5 раза.", "BLR->CHN"),
        ("Импорт из Китая снизился на 9,7 процента.", "CHN->RUS"),
        ("Экспорт России в Китай вырос на 3 %.", "RUS->CHN"),
        ("В России экспорт вырос на 3 %.", None),
        ("Импорт российской нефти вырос на 3 %.", None),
    ],
)
def test_russian_flows_go_where_the_words_say(sentence: str, way: str | None) -> None:
    (claim,) = read(sentence)
    assert claim.direction == way


@CHINESE_TURNS
@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("双边贸易额增加50亿美元。", [(CHANGE, "trade_turnover", 5e9, "USD", "=", None)]),
        ("双边贸易额增长了超过50亿美元。", [(CHANGE, "trade_turnover", 5e9, "USD", ">", None)]),
        ("双边贸易额增至50亿美元。", [(LEVEL, "trade_turnover", 5e9, "USD", "=", None)]),
        ("双边贸易额达50亿美元，3位总统出席。", [(LEVEL, "trade_turnover", 5e9, "USD", "=", None)]),
    ],
)
def test_chinese_turns(sentence: str, expected: list[Told]) -> None:
    assert told(sentence) == expected
