"""Documents of every format become text; files that are none get one clear refusal, in bounded time and memory."""

from __future__ import annotations

import gzip
import json
import os
import re
import time
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from document_samples import SENTENCE, assembled, docx, html, pdf, repacked, stream, wrapped
from landbridge.claims.documents import Document, Limits, Opener, open_document, open_documents
from landbridge.claims.documents.child import Child
from landbridge.claims.documents.extract import day
from landbridge.claims.documents.reflow import reflowed
from landbridge.errors import BadFile, UnknownLabel

RUSSIAN = "Объём торговли между двумя странами вырос на 33 процента и достиг 5,08 млрд долларов."
LINKED = '<script type="application/ld+json">{}</script>'
CHINESE = "两国贸易额达到50.8亿美元，同比增长33%。中俄地区合作不断扩大，双方签署了多项协议。"


@pytest.fixture(scope="module")
def opener() -> Iterator[Opener]:
    with Opener(Limits(seconds=20)) as one:
        yield one


def refusal(opener: Opener, data: bytes | Path | str, name: str = "") -> str:
    with pytest.raises(BadFile) as caught:
        opener.open(data, name=name)
    return str(caught.value)


# Plain text


@pytest.mark.parametrize(
    ("words", "encoding", "note"),
    [
        (f"{SENTENCE}\r\n\r\n“{RUSSIAN}”\r{CHINESE}\u00a0\u200b\n", "utf-8", ""),
        (RUSSIAN + SENTENCE, "utf-8-sig", "byte order mark"),
        (RUSSIAN + SENTENCE, "utf-16", "byte order mark"),
        (RUSSIAN + SENTENCE, "utf-32", "byte order mark"),
        (RUSSIAN, "cp1251", "read as cp1251"),
        (RUSSIAN, "koi8-r", "read as koi8_r"),
        (RUSSIAN, "cp866", "read as cp866"),
        (CHINESE, "gb18030", "read as gb18030"),
        (f"{SENTENCE} It “fell” — said Müller", "cp1252", "not UTF-8"),
        # What is not ASCII stands far behind the head of the file.
        (SENTENCE * 3_000 + RUSSIAN, "cp1251", "read as cp1251"),
    ],
)
def test_plain_text_is_kept_as_it_is(opener: Opener, words: str, encoding: str, note: str) -> None:
    data = words.encode(encoding)
    document = opener.open(data, name="a.txt")
    assert document.text == words
    assert (document.format, document.extractor) == ("text", "landbridge-text/1")
    assert (document.sha256, document.text_sha256) == (
        sha256(data).hexdigest(),
        sha256(words.encode()).hexdigest(),
    )
    assert note in " ".join(document.notes)
    assert bool(note) == bool(document.notes)


def test_the_articles_of_the_gold_have_the_offsets_of_the_gold(opener: Opener, shared: Path) -> None:
    rows = [json.loads(row) for row in (shared / "documents/gold.jsonl").read_text("utf-8").splitlines()]
    texts = {
        name: opener.open(shared / "documents/articles" / name).text for name in {row["doc"] for row in rows}
    }
    assert len(rows) > 100
    assert all(texts[row["doc"]][row["start"] : row["end"]] == row["quote"] for row in rows)


def test_a_few_broken_bytes_are_shown_and_counted(opener: Opener) -> None:
    data = (RUSSIAN * 3).encode()
    document = opener.open(data[:39] + b"\xff" + data[39:-2])
    assert document.text.count("\ufffd") == 2
    assert "2 pieces of the file are not UTF-8, the first at byte 39" in document.notes[0]


def test_what_cannot_be_seen_stays_at_its_place_and_is_counted(opener: Opener) -> None:
    words = f"Trade \u202ereached\u202c 5\u0000 billion. {SENTENCE}"
    document = opener.open(words.encode())
    assert document.text == words
    assert "U+0000 (1), U+202C (1), U+202E (1)" in document.notes[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "no text in the file"),
        (bytes(range(256)) * 20, "not text"),
        (SENTENCE.encode("utf-16-le"), "not text.*UTF-16"),
        (b"\x00\x01\x02trade", "not text"),
        (gzip.compress(b"trade", mtime=0), "gzip archive.*Unpack"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "picture.*OCR"),
        (b"{\\rtf1 trade}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Office"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "Office document under a password",
        ),
        (
            b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n",
            "web archive",
        ),
    ],
)
def test_what_is_no_document(opener: Opener, data: bytes, words: str) -> None:
    message = refusal(opener, data, "a.txt")
    assert message.startswith("a.txt: ")
    assert re.search(words, message), message


def test_more_than_the_limits_allow_is_refused_and_never_cut() -> None:
    with pytest.raises(BadFile, match="110 characters; at most 100"):
        open_document(b"trade fell " * 10, limits=Limits(characters=100))
    with pytest.raises(BadFile, match="at most 1 are read"):
        open_document(b"a" * (2**20 + 1), limits=Limits(bytes=2**20))
    with pytest.raises(BadFile, match="48,000,000 characters; at most 5,000,000"):
        open_document(b"trade 5 bn\r\n" * 4_000_000)


# Paths


def test_what_is_no_file(tmp_path: Path, opener: Opener) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "empty.txt").touch()
    big = tmp_path / "big.txt"
    with big.open("wb") as file:
        file.truncate(60 * 2**20)
    assert "this is a folder" in refusal(opener, tmp_path)
    assert "No such file" in refusal(opener, str(tmp_path / "missing.pdf"))
    assert "pipe or device" in refusal(opener, tmp_path / "pipe")
    assert "symbolic links" in refusal(opener, tmp_path / "loop")
    assert "empty" in refusal(opener, tmp_path / "empty.txt")
    assert "60.0 MiB; at most 50" in refusal(opener, big)
    assert "No file can have this name" in refusal(opener, "a\0b.txt")
    assert "File name too long" in refusal(opener, "a" * 5_000)


def test_names_are_shown_as_text(tmp_path: Path, opener: Opener) -> None:
    path = tmp_path / "a\u202eb.txt"
    path.write_text(SENTENCE, encoding="utf-8")
    assert opener.open(path).name == "a<U+202E>b.txt"
    assert opener.open(path, name="other").name == "other"
    assert opener.open(b"trade").name == "document"


def test_formats_go_by_content_and_a_lying_suffix_is_noted(opener: Opener) -> None:
    for name, data, format in (
        ("a.txt", pdf([wrapped(SENTENCE)]), "pdf"),
        ("a.pdf", docx([SENTENCE]), "docx"),
        ("a.docx", html([SENTENCE] * 5).encode(), "html"),
        ("a.html", SENTENCE.encode(), "text"),
    ):
        document = opener.open(data, name=name)
        assert document.format == format
        assert f"The suffix .{name[2:]} says" in document.notes[0]
    assert opener.open(b"<b>5</b> bn", format="text").text == "<b>5</b> bn"
    assert opener.open(b"a<b and b>c in the text of %PDF-1.7").format == "text"
    with pytest.raises(UnknownLabel, match="no format is called 'odt'"):
        opener.open(b"trade", format="odt")


# HTML


def test_a_page_gives_its_main_text_and_nothing_else(opener: Opener) -> None:
    page = html(
        [
            f"{SENTENCE} Exports &mdash; 3.5&nbsp;billion, by <b>32%</b> this <q>year</q>.",
            f"{SENTENCE} Second.",
        ]
        * 3,
        title="Trade &amp; transit",
        head="<script>var x = 'trade of 7 billion';</script><style>p {}</style>",
    ).replace("</article>", "<table><tr><td>Exports</td><td>3.5</td></tr></table></article>")
    document = opener.open(page.encode())
    lines = document.text.split("\n")
    assert document.title == lines[0] == "Trade & transit"
    assert lines[1] == f"{SENTENCE} Exports — 3.5\u00a0billion, by 32% this year."
    assert lines[-1] == "Exports\t3.5"
    assert len(lines) == 8
    assert not {"Home", "rights reserved", "7 billion"} & set(document.text.split("\n"))
    assert document.extractor.startswith("trafilatura/")


def test_a_page_without_main_text_gives_all_its_text_and_says_so(opener: Opener) -> None:
    document = opener.open(
        b"<html><body><form><div>Trade: 5 bn</div></form><script>x()</script></body></html>"
    )
    assert document.text == "Trade: 5 bn"
    assert "No main text was found" in " ".join(document.notes) or document.extractor.startswith(
        "trafilatura"
    )


def test_pages_in_their_declared_encodings(opener: Opener) -> None:
    for encoding in ("windows-1251", "gb2312", "koi8-r"):
        words = CHINESE if encoding == "gb2312" else RUSSIAN
        page = html([words * 4], title="", head=f'<meta charset="{encoding}">')
        document = opener.open(page.encode(encoding))
        assert words in document.text
        assert "as the file says" in document.notes[0]
    xml = '<?xml version="1.0" encoding="utf-8"?>' + html([RUSSIAN] * 4)
    assert RUSSIAN in opener.open(xml.encode()).text


@pytest.mark.parametrize(
    ("head", "dated"),
    [
        ('<meta property="article:published_time" content="2019-06-15T23:30:00+08:00">', "2019-06-15"),
        ('<meta name="DC.date" content="2019-06">', "2019-06"),
        ('<meta name="pubdate" content="Sat, 15 Jun 2019 08:00:00 GMT">', "2019-06-15"),
        (LINKED.format('{"@graph":[{"@type":"NewsArticle","datePublished":"2019-06-15"}]}'), "2019-06-15"),
        (LINKED.format('{"@type":["Thing","Report"],"datePublished":"2019"}'), "2019"),
        (LINKED.format('{"@type":"Event","datePublished":"2019-06-15"}'), ""),
        (LINKED.format("[" * 5_000), ""),
        ('<meta name="date" content="06/07/2019"><meta name="pubdate" content="06/07/2019">', ""),
        ('<meta property="article:published_time" content="2019-02-30">', ""),
        ('<meta property="article:modified_time" content="2019-06-15">', ""),
        ("", ""),
    ],
)
def test_a_date_is_taken_only_where_the_page_states_it(opener: Opener, head: str, dated: str) -> None:
    # The text names days too, and a copyright has a year: neither is a date of publication.
    page = html([f"{SENTENCE} On 3 May 2018 they met."] * 4, head=head).replace(
        "All rights", "© 2022. All rights"
    )
    document = opener.open(page.encode())
    assert (document.dated, document.dated_by) == (dated, "metadata" if dated else "")


def test_days_that_a_page_marks(opener: Opener) -> None:
    one = html([SENTENCE] * 4).replace("<h1>", "<time datetime='2019-06-15T10:00'>June</time><h1>")
    assert opener.open(one.encode()).dated == "2019-06-15"
    two = one.replace("<footer>", "<footer><time datetime='2022-01-01'>other</time>")
    document = opener.open(two.encode())
    assert document.dated == ""
    assert "marks several days (2019-06-15, 2022-01-01)" in " ".join(document.notes)


def test_day_reads_only_what_is_certain() -> None:
    cases = {
        "2019": "2019",
        "20190615": "2019-06-15",
        "2019/06/15 10:00": "2019-06-15",
        "2019-13-01": "",
        "15.06.2019": "",
        "June 15": "",
        "20190": "",
        "": "",
        "0000-01-01": "",
    }
    assert {words: day(words) for words in cases} == cases


# PDF


def test_a_pdf_gives_paragraphs_again(opener: Opener) -> None:
    first = f"{SENTENCE} Exports grew by 3.5 percent — by 2020 they may double. They met in the long-term pro-gramme."
    pages = [
        [
            "Annual report on trade",
            *wrapped(first),
            "Belarus and China",
            *wrapped(f"{SENTENCE} They asked for more {'and more ' * 30}"),
        ],
        ["Annual report on trade", *wrapped("of the same sentence. " * 9)],
        ["Annual report on trade", "• One item", "• Another item", "Total 5,080"],
    ]
    document = opener.open(pdf(pages, info="/Title(Trade report)/CreationDate(D:20190615080000Z)"))
    lines = document.text.split("\n")
    assert lines[0] == first
    assert lines[1] == "Belarus and China"
    # A paragraph goes on over the end of a page, without the running head in its midst.
    assert lines[2].startswith(SENTENCE)
    assert "and more of the same sentence." in lines[2]
    assert lines[3:] == ["• One item", "• Another item", "Total 5,080"]
    assert document.title == "Trade report"
    assert document.dated == ""
    assert "made on 2019-06-15; that is no date of publication" in " ".join(document.notes)
    assert "left out of the text: 'Annual report on trade'" in " ".join(document.notes)
    assert document.extractor.startswith("pypdf/")


def test_reflowing_words_that_a_line_cuts() -> None:
    full = "x" * 40
    latin = f"{full} the coope-\nration and the long-\nterm {full}\nplan. A long-term one. {full}"
    text, notes = reflowed([f"{latin}\n由于贸易{'额' * 25}\n增长了"])
    assert text.startswith(f"{full} the cooperation and the long-term {full} plan.")
    assert text.endswith(f"由于贸易{'额' * 25}增长了")
    assert notes == ()
    # The years of a table are no page numbers, and a sentence is no running head.
    pages = [
        f"Trade reached 5 billion.\nIn {2018 + at} it fell {at * at}\n{2018 + 3 * at}" for at in range(5)
    ]
    text, notes = reflowed(pages)
    assert notes == ()
    assert all(str(2018 + 3 * at) in text for at in range(5))
    text, notes = reflowed([f"Report | {at + 7}\nTrade reached {at} billion.\n{at + 7}" for at in range(5)])
    assert text == " ".join(f"Trade reached {at} billion." for at in range(5))


def test_cyrillic_and_ligatures_in_a_pdf(opener: Opener) -> None:
    assert opener.open(pdf([wrapped(f"{RUSSIAN} \ufb01ve o\ufb03ces")])).text == f"{RUSSIAN} five offices"


def test_pdfs_without_text_or_under_a_password(opener: Opener) -> None:
    scan = pdf([[]])
    assert "no text layer" in refusal(opener, scan)
    assert "OCR" in refusal(opener, scan)
    part = opener.open(pdf([wrapped(SENTENCE), [], []]))
    assert "Pages without a text layer, missing from the text: 2, 3." in part.notes
    for password, words in (("secret", "under a password"), ("", "")):
        writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf([wrapped(SENTENCE)]))))
        writer.encrypt(password, "owner", algorithm="RC4-128")
        out = BytesIO()
        writer.write(out)
        if words:
            assert words in refusal(opener, out.getvalue())
        else:
            assert opener.open(out.getvalue()).text == SENTENCE


PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F 3 0 R>>>>>>"
ONE_PAGE = {
    1: b"<</Type/Catalog/Pages 2 0 R>>",
    2: b"<</Type/Pages/Count 1/Kids[4 0 R]>>",
    3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    4: PAGE,
    5: stream(b"BT /F 11 Tf (Trade) Tj ET"),
}


def _flate_bomb() -> bytes:
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(b" " * 10**6) for _ in range(300)) + packer.flush()
    return b"<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (len(data), data)


def _forms() -> dict[int, bytes]:
    """Thirty forms, each of which draws the next ten times."""
    kind = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    return {at: stream(b"/X Do " * 10, kind % (at + 1)) for at in range(10, 40)}


@pytest.mark.parametrize(
    "objects",
    [
        {5: _flate_bomb()},
        {5: stream(b"[" * 200_000)},
        {4: b"<</A" * 50_000 + b">>" * 50_000},
        {2: b"<</Type/Pages/Count 1/Kids[2 0 R 2 0 R]>>"},
        {2: b"<</Type/Pages/Count 1/Kids[10 0 R]>>"}
        | {at: b"<</Type/Pages/Kids[%d 0 R]>>" % (at + 1) for at in range(10, 3000)},
        {2: b"<</Type/Pages/Kids[10 0 R]>>"}
        | {at: b"<</Type/Pages/Kids[%s]>>" % (b"%d 0 R " % (at + 1) * 100) for at in range(10, 16)}
        | {16: PAGE},
        _forms() | {5: stream(b"/X Do"), 4: PAGE.replace(b"/Font<</F 3 0 R>>", b"/XObject<</X 10 0 R>>")},
    ],
    ids=["flate", "arrays", "dicts", "loop", "deep", "wide", "forms"],
)
def test_a_pdf_that_is_made_to_exhaust_its_reader(opener: Opener, objects: dict[int, bytes]) -> None:
    began = time.monotonic()
    assert "the PDF" in refusal(opener, assembled(ONE_PAGE | objects))
    assert time.monotonic() - began < 20
    assert opener.open(assembled(ONE_PAGE)).text == "Trade"


def test_pages_and_tables_of_offsets_that_lie(opener: Opener) -> None:
    good = pdf([wrapped(SENTENCE)])
    assert opener.open(good.replace(b"startxref\n", b"startxref\n9")).text == SENTENCE
    assert "damaged" in refusal(opener, b"%PDF-1.7\n")
    assert "damaged" in refusal(opener, good[:300])
    lie = assembled(ONE_PAGE | {2: b"<</Type/Pages/Count 999999999/Kids[4 0 R]>>"})
    assert opener.open(lie).text == "Trade"
    with pytest.raises(BadFile, match="3 pages; at most 2"):
        open_document(pdf([["a"]] * 3), limits=Limits(pages=2))
    with pytest.raises(BadFile, match="more than 60 characters"):
        open_document(pdf([wrapped(SENTENCE)]), limits=Limits(characters=60))


# DOCX


def _body(xml: str, **parts: str) -> bytes:
    good = docx(["First."])
    with zipfile.ZipFile(BytesIO(good)) as archive:
        body = archive.read("word/document.xml").decode()
    changed = {"word/document.xml": body.replace("<w:body>", f"<w:body>{xml}").encode()}
    return repacked(good, changed | {name: words.encode() for name, words in parts.items()})


def test_a_word_document_in_its_order_with_tables(opener: Opener) -> None:
    document = opener.open(
        docx([SENTENCE, f"{RUSSIAN}\tA\nB", ""], title=" The  title", table=[["Exports", "3.5"], ["", "4"]])
    )
    assert document.text.split("\n") == [SENTENCE, "Exports\t3.5", "\t4", f"{RUSSIAN} A", "B"]
    assert (document.title, document.dated) == ("The title", "")
    assert "no date of publication" in " ".join(document.notes)


def test_what_word_hides_and_hangs_on_paragraphs(opener: Opener) -> None:
    run = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"
    box = f"<w:r><w:pict><w:txbxContent><w:p>{run.format('In a box.')}</w:p></w:txbxContent></w:pict></w:r>"
    xml = (
        f"<w:p>{run.format('Kept ')}<w:del w:id='1'><w:r><w:delText>gone </w:delText></w:r></w:del>"
        f"<w:ins w:id='2'>{run.format('put in ')}</w:ins><w:hyperlink>{run.format('link.')}</w:hyperlink>{box}</w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run.format('Controlled.')}</w:p></w:sdtContent></w:sdt>"
        f"<w:tbl><w:tr><w:tc><w:p>{run.format('One.')}</w:p><w:p>{run.format('Two.')}</w:p></w:tc></w:tr></w:tbl>"
    )
    assert opener.open(_body(xml)).text.split("\n") == [
        "Kept put in link.",
        "In a box.",
        "Controlled.",
        "One.",
        "Two.",
        "First.",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lambda: _body(" " * 30_000_000), "unpacks to far too much"),
        (lambda: repacked(docx(["A"]), {f"word/{at}": b"" for at in range(10_001)}), "unpacks to far too much"),
        (lambda: _body("<w:sdt>" * 9_000 + "</w:sdt>" * 9_000), "damaged"),
        (lambda: repacked(docx(["A"]), {"word/styles.xml": b'<!DOCTYPE a [<!ENTITY a "b">]><a/>'}), "entities"),
        (
            lambda: repacked(docx(["A"]), {"word/styles.xml": '<!DOCTYPE a><a/>'.encode("utf-16")}),
            "declares entities",
        ),
        (lambda: docx(["A"])[:5_000], "damaged archive"),
        (lambda: repacked(docx(["A"]), {"word/document.xml": b"<w:document"}), "damaged"),
        (lambda: docx(["A"]).replace(b"word/", b"wxyz/"), "without a Word document"),
        (lambda: docx(["A"]).replace(b"word/", b"xl/ab"), "an Excel workbook"),
        (lambda: docx([""]), "no text in the file"),
    ],
)  # fmt: skip
def test_word_documents_that_are_none(opener: Opener, data, words: str) -> None:  # type: ignore[no-untyped-def]
    assert words in refusal(opener, data(), "a.docx")


def test_a_damaged_part_is_a_refusal(opener: Opener) -> None:
    data = bytearray(docx([SENTENCE * 50]))
    with zipfile.ZipFile(BytesIO(bytes(data))) as archive:
        part = archive.getinfo("word/document.xml")
    for at in range(part.header_offset + 80, part.header_offset + 120):
        data[at] ^= 0xFF
    assert "damaged archive" in refusal(opener, bytes(data))


# The process that reads


def test_time_and_memory_are_bounded_and_the_next_file_is_read() -> None:
    slow = html(["x"], head="").replace("<p>", "<p " + " ".join(f"a{at}=1" for at in range(60_000)) + ">")
    with Opener(Limits(seconds=1)) as opener:
        began = time.monotonic()
        assert "more than 1 seconds of computing" in refusal(opener, slow.encode())
        assert time.monotonic() - began < 10
        assert opener.open(html([SENTENCE] * 4).encode()).format == "html"
    many = html([f"Trade {at}" for at in range(400_000)])
    with Opener(Limits(memory=256 * 2**20)) as opener:
        message = refusal(opener, many.encode())
        assert "memory" in message or "too large" in message
        assert opener.open(html([SENTENCE] * 4).encode()).format == "html"


def test_tags_nested_without_end_are_refused_and_deep_ones_read(opener: Opener) -> None:
    assert "nested too deeply" in refusal(opener, f"<html><body>{'<div>' * 100_000}{SENTENCE}".encode())
    deep = (
        f"<html><body>{'<div>' * 1_500}<p>{SENTENCE}</p>{'</div>' * 1_500}<p>{SENTENCE * 3}</p></body></html>"
    )
    assert SENTENCE in opener.open(deep.encode()).text


def test_a_reader_that_dies_is_a_refusal_and_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with Child(Limits()) as child:
        child.extract("html", html([SENTENCE] * 4).encode())
        # Another one is started if the first document used up its memory.
        process = child._started()
        process.stdin.close()  # type: ignore[union-attr]
        # It dies in the midst of a document, not before: it must still be taken for alive when the document is handed over.
        monkeypatch.setattr(process, "poll", lambda: None)
        with pytest.raises(BadFile, match="broke down over the file"):
            child.extract("html", html([SENTENCE] * 4).encode())
        assert SENTENCE in child.extract("html", html([SENTENCE] * 4).encode()).text


def test_a_module_in_the_current_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lxml", "docx", "json", "pypdf", "trafilatura"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert open_document(docx([SENTENCE])).text == SENTENCE
    assert not (tmp_path / "run").exists()


def test_many_documents_share_one_process_and_keep_their_order(tmp_path: Path) -> None:
    sources: list[Path | str | bytes] = [
        docx([SENTENCE]),
        b"",
        pdf([wrapped(SENTENCE)]),
        tmp_path / "missing",
        SENTENCE.encode(),
    ]
    found = list(open_documents(sources))
    assert [type(one) for one in found] == [Document, BadFile, Document, BadFile, Document]
    assert [one.text for one in found if isinstance(one, Document)] == [SENTENCE] * 3
    with Opener() as opener:
        opener.open(sources[0])
        first = opener._child._process
        opener.open(sources[2])
        assert opener._child._process is first
    assert opener._child._process is None


def test_plain_text_starts_no_process() -> None:
    with Opener() as opener:
        opener.open(SENTENCE.encode())
        assert opener._child._process is None


def test_the_same_bytes_give_the_same_text() -> None:
    for data in (pdf([wrapped(SENTENCE * 9)]), html([SENTENCE] * 9).encode(), docx([SENTENCE])):
        assert open_document(data) == open_document(data)
