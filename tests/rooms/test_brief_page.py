"""The page: self-contained, inert, and without a digit that has no origin."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest

import sample_document as sample
from landbridge.brief import lint, page
from landbridge.brief.document import Paragraph, Points
from landbridge.brief.text import Label, Name, Quote
from landbridge.errors import BadUsage, UntracedDigit
from landbridge.provenance import Citation, Source, Status

HOSTILE = "<script>alert(1)</script>"


class Elements(HTMLParser):
    """Start tags with attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def every(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def html() -> str:
    return page.render(sample.document())


@pytest.fixture(scope="module")
def elements(html: str) -> Elements:
    return Elements(html)


def records(html: str) -> dict[str, dict[str, object]]:
    found = re.search(r'<script type="application/json" id="figures">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_nothing_is_asked_from_outside(html: str, elements: Elements) -> None:
    policy = next(item["content"] or "" for item in elements.every("meta") if "http-equiv" in item)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")
    for tag, attributes in elements.found:
        assert tag not in ("link", "img", "iframe", "object", "embed", "form", "base")
        assert "src" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        if tag == "a":
            assert re.match(r"#|https?://", attributes["href"] or "")
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_the_policy_admits_the_script_and_no_other(html: str, elements: Elements) -> None:
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    policy = next(item["content"] or "" for item in elements.every("meta") if "http-equiv" in item)
    assert re.findall(r"'sha256-([^']+)'", policy) == [digest]


def test_every_figure_shown_opens_a_record(html: str, elements: Elements) -> None:
    held = records(html)
    shown = [item for item in elements.every("data") if item.get("class", "").startswith("fig")]
    assert len(shown) > 40
    for item in shown:
        record = held[item["data-figure"] or ""]
        assert item["tabindex"] == "0"
        assert str(record["status"]) in (item["title"] or "")
        assert f"is-{record['status']}" in (item["class"] or "")
    everything = sample.document().to_dict()["figures"]
    assert {
        name: {key: held[name][key] for key in record} for name, record in everything.items()
    } == everything


def test_estimated_never_hides_among_observed(elements: Elements) -> None:
    for item in elements.every("data"):
        reported = "is-reported" in (item["class"] or "")
        assert ("data-flag" in item) is not reported


def test_ids_stand_on_paper(html: str, elements: Elements) -> None:
    rows = {item["id"] for item in elements.every("tr") if "id" in item}
    assert rows == set(sample.document().figures())
    for identifier in rows:
        assert f">{identifier}</td>" in html
    assert "attr(data-n)" in html
    assert "In the list of figures:" in html


def test_headings_are_in_order_and_ids_are_unique(elements: Elements) -> None:
    levels = [int(tag[1]) for tag, _ in elements.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [item["href"] or "" for item in elements.every("a") if (item["href"] or "").startswith("#")]
    assert {target[1:] for target in targets} <= set(ids)
    assert elements.every("html")[0]["lang"] == "en"
    assert {"main", "nav", "header", "footer"} <= {tag for tag, _ in elements.found}


def test_rendering_is_repeatable(html: str) -> None:
    assert page.render(sample.document()) == html


def test_hostile_words_are_shown_inert() -> None:
    evil = Source(
        "test-evil", HOSTILE, '"></script><img src=x onerror=alert(1)>', "2024", "javascript:alert(1)", "none"
    )
    figure = sample.fig("</script><script>alert(1)</script>", 5.0, "days", citation=Citation(evil, HOSTILE),
                        note="<!-- <script>")  # fmt: skip
    document = sample.document(
        Paragraph((sample.say("{name} and {label} at {figure}.", name=Name(HOSTILE, '"><b>'),
                              label=Label("<b>x</b>", HOSTILE), figure=figure),)),
        Points((sample.say("It reads {words}.", words=Quote('</script><img onerror="alert(1)">', "s-1")),)),
    )  # fmt: skip
    document = type(document)(**{
        name: getattr(document, name) for name in document.__dataclass_fields__ if name != "sources"
    }, sources=(*document.sources, evil))  # fmt: skip
    html = page.render(document)
    found = Elements(html)
    assert not found.every("img")
    assert not found.every("b") or all("onerror" not in item for item in found.every("b"))
    assert len(found.every("script")) == 3
    assert all(not (item.get("href") or "").lower().startswith("javascript") for item in found.every("a"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert records(html)[figure.id]["measure"] == "</script><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://example.org/a?b=1", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("JAVASCRIPT:alert(1)", False),
        (" java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://", False),
        ("http://[bad", False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(address: str, kept: bool) -> None:
    assert bool(page.web_address(address)) is kept


@pytest.mark.parametrize(
    ("html", "where"),
    [
        ("<h2>Trade in 2023</h2>", "<h2>"),
        ("<svg><text>40</text></svg>", "<text>"),
        ("<svg><g><text>Ⅻ ½</text></g></svg>", "<text>"),
        ('<img alt="rose by 5">', "alt"),
        ('<button aria-label="page 2">x</button>', "aria-label"),
        ('<p title="7 of them">x</p>', "title"),
        ("<svg><desc>from 1 to 2</desc></svg>", "<desc>"),
        ("<p><span data-date='2023'>2023</span> and 2024</p>", "<p>"),
        ("<p>&#50;</p>", "<p>"),
        ("<p>٣</p>", "<p>"),
    ],
)
def test_a_digit_without_origin_fails_the_page(html: str, where: str) -> None:
    with pytest.raises(UntracedDigit) as refused:
        lint.check_page(html)
    assert where in str(refused.value)


@pytest.mark.parametrize(
    "html",
    [
        "<p>In <time data-date='2023'>2023</time> it was <data data-figure='f-a' title='5 sources'>7</data>.</p>",
        "<style>p{margin:0}</style><script>let a = 1;</script>",
        "<p>一万</p>",
        "<tr data-figure='f-a'><td>1</td><td><b>2</b></td></tr>",
        "<p id='a1'>x</p>",
    ],
)
def test_traced_digits_pass(html: str) -> None:
    lint.check_page(html)


def test_all_digits_are_listed_at_once() -> None:
    with pytest.raises(UntracedDigit) as refused:
        lint.check_page("<h1>1</h1>\n<p>2</p>\n<p title='3'>x</p>")
    assert len(refused.value.problems) == 3
    assert "line 2" in str(refused.value)


def test_every_status_has_a_meaning(html: str) -> None:
    messages = re.search(r'id="messages">(.*?)</script>', html)
    assert messages
    assert {f"is-{status.value}" for status in Status} <= set(json.loads(messages[1]))


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "brief.html"
    page.write("<p>первый</p>", target)
    page.write("<p>второй</p>", target)
    assert target.read_text(encoding="utf-8") == "<p>второй</p>"
    assert [item.name for item in tmp_path.iterdir()] == ["brief.html"]
    assert target.stat().st_mode & stat.S_IRUSR


def test_a_place_that_cannot_be_written_is_refused_kindly(tmp_path: Path) -> None:
    for target in (tmp_path / "absent" / "brief.html", tmp_path):
        with pytest.raises(BadUsage) as refused:
            page.write("<p></p>", target)
        assert str(target) in str(refused.value)
    assert list(tmp_path.iterdir()) == []
