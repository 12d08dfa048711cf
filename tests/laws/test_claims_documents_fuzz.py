"""Whatever the bytes: a sound document or a refusal, in bounded time, and never another exception."""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from document_samples import SENTENCE, docx, html, pdf, repacked, wrapped
from landbridge.claims.documents import Limits, Opener
from landbridge.claims.documents import text as plain
from landbridge.claims.documents.extract import day
from landbridge.claims.documents.limits import FORMATS
from landbridge.claims.documents.reflow import reflowed
from landbridge.errors import BadFile, LandbridgeError

LIMITS = Limits(seconds=10, characters=200_000)
WHOLE = {
    "text": f"{SENTENCE}\r\n«Объём» 5,08 млрд, 同比增长33%。\n".encode(),
    "html": html(
        [SENTENCE] * 4, head='<meta charset="cp1251"><meta name="pubdate" content="2019-06-15">'
    ).encode(),
    "pdf": pdf([wrapped(SENTENCE * 2), wrapped(SENTENCE)], info="/Title(Trade)"),
    "docx": repacked(docx([SENTENCE, SENTENCE], table=[["Exports", "3.5"]]), {}),
}
# Words of each format that steer a parser, to be put where they do not belong.
WORDS = {
    "text": [b"\x00", b"\xff\xfe", b"\xe2\x80\xae", b"\xf0\x9f", b"\r", b"<html>", b"%PDF-"],
    "html": [b"<table>", b"</p>", b"<!--", b"<script>", b"<![CDATA[", b"&#0;", b"&#xD800;", b"<time datetime=x>", b"<q>"],
    "pdf": [b"1 0 R", b"endobj", b"stream\n", b"<<", b">>", b"[", b"/Filter/LZWDecode", b"/Length 99999999999", b"/Kids"],
    "docx": [b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff", b"word/document.xml", b"\x00" * 8],
}  # fmt: skip


@pytest.fixture(scope="module")
def opener() -> Iterator[Opener]:
    with Opener(LIMITS) as one:
        yield one


@st.composite
def damaged(draw: st.DrawFn, format: str) -> bytes:
    """A sound file with some of its bytes replaced, doubled, cut out, or moved behind others."""
    data = WHOLE[format]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 60))
        put = draw(
            st.one_of(
                st.binary(max_size=20),
                st.sampled_from(WORDS[format]),
                st.integers(1, 40).map(lambda times, at=at, data=data: data[at : at + 30] * times),
            )
        )
        data = data[:at] + put + data[at + length :]
    return data


def check(opener: Opener, data: bytes, format: str = "") -> None:
    began = time.monotonic()
    try:
        document = opener.open(data, format=format)
    except BadFile as error:
        document, refusal = None, error
    if document is None:
        assert all(problem.what and problem.where for problem in refusal.problems)
        # A slip of ours would be told as a damaged file.
        assert "NameError" not in str(refusal)
    else:
        assert document.text.strip()
        assert len(document.text) <= LIMITS.characters
        assert document.sha256 == sha256(data).hexdigest()
        assert document.text_sha256 == sha256(document.text.encode()).hexdigest()
        assert document.format in FORMATS
        assert (document.dated_by == "metadata") == bool(document.dated)
        if document.format != "text":
            assert not any(char in document.text for char in "\x00\x07\x1b\r\ud800")
    assert time.monotonic() - began < 2 * LIMITS.seconds + 5


FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("format", FORMATS)
@FEW
@given(data=st.data())
def test_damaged_files(opener: Opener, format: str, data: st.DataObject) -> None:
    check(opener, data.draw(damaged(format)))


@pytest.mark.parametrize("format", FORMATS)
@FEW
@given(data=st.binary(max_size=300))
def test_any_bytes_in_a_format_that_the_user_names(opener: Opener, format: str, data: bytes) -> None:
    check(opener, data, format)


PARTS = ["word/document.xml", "word/styles.xml", "[Content_Types].xml", "_rels/.rels", "docProps/core.xml"]
XML = st.text(max_size=60).map(lambda words: f"<a>{words}</a>".encode("utf-8", "replace"))


@FEW
@given(part=st.sampled_from(PARTS), content=st.one_of(st.binary(max_size=60), XML))
def test_word_documents_with_a_part_that_is_wrong(opener: Opener, part: str, content: bytes) -> None:
    check(opener, repacked(WHOLE["docx"], {part: content}))


TAGS = st.sampled_from(["p", "div", "table", "td", "q", "li", "a", "head", "body", "script", "time"])


def wrapped_in(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", TAGS, st.lists(inner, max_size=4))


@FEW
@given(st.recursive(st.text("trade 5.08 <&>\u202e\x00é", max_size=12), wrapped_in, max_leaves=20))
def test_pages_with_tags_in_any_order(opener: Opener, body: str) -> None:
    check(opener, f"<html><body>{body}</body></html>".encode("utf-8", "replace"))


@given(
    st.text(st.characters(codec="utf-8"), min_size=1),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_text_in_unicode_comes_back_as_it_was(words: str, encoding: str) -> None:
    """Unless it is refused: no position in the text differs from the one in the file."""
    # A text in UTF-16 that begins with NUL has the byte order mark of UTF-32.
    assume(not (encoding == "utf-16" and words[0] == "\0"))
    data = words.encode(encoding)
    try:
        found = plain.extract(data, LIMITS).text
    except LandbridgeError:
        return
    # A mark at the very start is that of the byte order, whoever put it there.
    assert found == (words.removeprefix("\ufeff") if encoding == "utf-8" else words)


@given(st.lists(st.lists(st.text("ab-Z.—1 \u00ad额。•", max_size=30), max_size=8), max_size=6))
def test_reflowing_loses_nothing_but_line_ends_hyphens_and_heads(pages: list[list[str]]) -> None:
    text, notes = reflowed(["\n".join(lines) for lines in pages])
    bare = "".join(
        char
        for page in pages
        for words in page
        for char in words
        if not char.isspace() and char not in "-\u00ad"
    )
    found = "".join(char for char in text if not char.isspace() and char not in "-\u00ad")
    if notes:
        assert len(found) < len(bare)
    else:
        assert found == bare


@given(st.text(max_size=40))
def test_a_day_is_a_day_or_nothing(words: str) -> None:
    found = day(words)
    assert found == "" or (found == day(found) and len(found) in (4, 7, 10))
