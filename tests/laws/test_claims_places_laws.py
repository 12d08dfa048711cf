"""What holds of places in every text: spans, codes, one answer, time in proportion to length, no name forgotten."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.claims.grammar.blocks import blocks
from landbridge.claims.grammar.dyad import context
from landbridge.claims.grammar.gazetteer import gazetteer, plain_names
from landbridge.claims.grammar.places import mentions
from landbridge.claims.languages import language
from landbridge.codes import place, places

FORMS = {"country", "region", "macro", "city", "demonym", "pair", "nickname", "organisation", "world"}
PIECES = [
    "China", "CHINA", "china", "Chinese", "Russia", "Russian", "Belarus", "Sino", "Bank", "of", "the", "and", "in",
    "Embassy", "Republic", "Korea", "North", "South", "Far", "East", "Jordan", "Georgia", "Vitebsk", "Mogilev",
    "regions", "Region", "U", "S", "US", "Ltd", "Chamber", "Commerce", "Moscow", "Harbin", "Guinea", "Sea", "dollars",
    "$", ".", ",", "'", "s", "-", "–", " ", "  ", "\u00a0", "(", ")", "&", "\u202e", "7",
    "Китай", "Китаем", "российско", "области", "Витебская", "Банк", "中国", "俄", "中俄", "银行", "驻", "远东",
    "й̆", "İ", "ﬁ", "\U0001f1e8\U0001f1f3", "\x00",
]  # fmt: skip
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.text(max_size=80),
)
packs = st.sampled_from(["en", "ru", "zh"])


@settings(max_examples=400, deadline=None)
@given(texts, packs, st.data())
def test_spans_are_inside_ordered_and_apart_and_codes_are_known(text, code, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = mentions(text, start, end, language(code))
    assert found == mentions(text, start, end, language(code))
    behind = start
    for item in found:
        assert behind <= item.start < item.end <= end
        behind = item.end
        assert item.form in FORMS
        assert item.codes
        assert len(set(item.codes)) == len(item.codes)
        for known in item.codes:
            if known not in plain_names():
                assert place(known).code == known
        assert text[item.start : item.end].strip() == text[item.start : item.end]


@settings(max_examples=200, deadline=None)
@given(texts, packs)
def test_a_text_is_about_at_most_two_places_that_its_words_name(text, code):
    dyad = context(text, blocks(text), language(code))
    assert len(dyad.parties) <= 2
    assert set(dyad.state) == {place(party).country for party in dyad.parties}
    assert dyad == context(text, blocks(text), language(code))


@settings(max_examples=200, deadline=None)
@given(texts, packs)
def test_what_stands_outside_the_span_adds_no_mention(text, code):
    """A text cut out gives what it gives in place; only `Far East` may ask the rest of the text."""
    pack = language(code)
    around = f"Prices rose. {text} Prices fell."
    inside = mentions(around, 13, 13 + len(text), pack)
    alone = mentions(text, 0, len(text), pack)
    assert [(item.start - 13, item.end - 13, item.codes) for item in inside] == [
        (item.start, item.end, item.codes) for item in alone
    ]


SENTENCE = {"en": "Last year trade with {} grew.", "ru": "Торговля: {}, рост.", "zh": "出口{}增长。"}
# Names of the code lists that no text uses: a list with commas, and abbreviated islands that two countries share.
UNNAMED = {("ru", "BES"), ("ru", "VGB"), ("ru", "VIR"), ("zh", "COD"), ("zh", "COG")}


@pytest.mark.parametrize("code", ["en", "ru", "zh"])
def test_no_country_and_no_region_of_the_code_lists_is_forgotten(code):
    missed = []
    for item in places():
        if item.code == "ROW" or (code, item.code) in UNNAMED:
            continue
        name = re.sub(r"\s*[(（].*", "", item.names[code])
        text = SENTENCE[code].format(name)
        found = mentions(text, 0, len(text), language(code))
        whole = len(found) == 1 and text[found[0].start : found[0].end] == name
        held = whole and any(
            known == item.code or plain_names().get(known, ("", ""))[0] == item.code
            for known in found[0].codes
        )
        if not held:
            missed.append((item.code, name, found))
    assert missed == []


def test_every_plain_name_lies_where_the_code_lists_have_a_place():
    for plain, (inside, country) in plain_names().items():
        if inside:
            assert place(inside).country == country, plain
        if country:
            assert place(country).kind == "country", plain


def test_every_list_of_a_pack_holds_words():
    """A bare `on` or `no` is a truth value in YAML, and a list with one would be lost."""
    for code in ("en", "ru", "zh"):
        part = language(code).part("places")
        for key in (
            "heads",
            "plain",
            "titles",
            "person",
            "money",
            "several",
            "masks",
            "of",
            "posted",
            "titled",
        ):
            assert all(isinstance(word, str) for word in part[key]), (code, key)
            assert gazetteer(language(code)).words[key] >= set(part[key])


def test_names_of_a_pack_are_of_known_countries():
    for code in ("en", "ru", "zh"):
        part = language(code).part("places")
        held = {item.code for item in places()}
        named = {*part["countries"], *part["regions"], *part["nicknames"], *part["capitals"].values()}
        assert named <= held
        assert gazetteer(language(code)) is gazetteer(language(code))


HOSTILE = {
    "names": "China ",
    "chain": "China-",
    "heads": "China Bank of ",
    "links": "Bank of the ",
    "linked": "China of the ",
    "capitals": "China Aa ",
    "people": "People's ",
    "openings": "upper and middle reaches of the ",
    "titles": "Republic of the ",
    "plural": "Vitebsk and regions ",
    "senses": "Far East ",
    "letters": "x",
    "joined": "中国科",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_time_grows_no_faster_than_the_text(kind):
    pack = language("zh" if kind == "joined" else "en")

    def seconds(length: int) -> float:
        text = (HOSTILE[kind] * (length // len(HOSTILE[kind]) + 1))[:length]
        begun = time.process_time()
        mentions(text, 0, len(text), pack)
        return time.process_time() - begun

    gazetteer(pack)
    short, long = min(seconds(20_000) for _ in range(3)), min(seconds(160_000) for _ in range(2))
    # Eight times the text; quadratic work would take sixty-four times as long.
    assert long < 24 * short + 0.05
