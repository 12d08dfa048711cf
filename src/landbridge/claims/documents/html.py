"""HTML: the main text of a page, its title, and its date where the page states one."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from lxml import etree, html  # type: ignore[import-untyped]
from trafilatura import bare_extraction

from landbridge.claims.documents.extract import Extract, cleaned, fits, hidden, line
from landbridge.claims.documents.limits import VERSION, Limits
from landbridge.claims.documents.pagedate import stated
from landbridge.claims.documents.text import declared, decode
from landbridge.errors import BadFile

_XML_HEAD = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
# Tags that begin a line of their own, in a page and in the tree that trafilatura gives back.
_LINES = frozenset(
    (
        *(
            "p",
            "div",
            "article",
            "section",
            "main",
            "header",
            "footer",
            "aside",
            "nav",
            "address",
            "br",
            "hr",
            "pre",
        ),
        *(
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "blockquote",
            "figure",
            "figcaption",
        ),
        *("table", "caption", "thead", "tbody", "tfoot", "tr", "form", "fieldset", "option", "title"),
        *("head", "list", "item", "quote", "row", "lb", "ab"),
    )
)
_CELLS = frozenset(("td", "th", "cell"))
_UNSEEN = frozenset(
    (
        *("script", "style", "template", "noscript", "svg", "math", "iframe", "object"),
        *("head", "textarea", "select", "button"),
    )
)
_TITLES = (
    "string(//meta[@property='og:title']/@content)",
    "string(//meta[@name='citation_title']/@content)",
    "string(//h1[1])",
    "string(//head/title)",
)
_TITLE_SOUGHT_IN = 1_000
_LONGEST_TITLE = 500


def extract(data: bytes, limits: Limits) -> Extract:
    """The main text of a page, a line a paragraph, cells of tables with tabs between them.

    The title goes before the text where the main text does not begin with it.
    """
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    decoded = decode(data, declared(data))
    tree = _tree(_XML_HEAD.sub("", decoded.text))
    title = _title(tree)
    dated, date_notes = stated(tree)
    text, extractor, notes = _main(tree)
    text, cleaning = cleaned(text)
    if text.strip() and title and title.casefold() not in line(text[:_TITLE_SOUGHT_IN]).casefold():
        text = f"{title}\n{text}"
    if not text.strip():
        raise BadFile(
            "there is no text in the page.",
            cause="It is empty, or a script writes its text.",
            remedy="Open it in a browser, and save what is shown as text or PDF.",
        )
    fits(text, limits.characters)
    notes = (*decoded.notes, *date_notes, *notes, *cleaning, *hidden(text))
    return Extract(text, f"{extractor}+{VERSION}", title, dated, notes)


def _tree(page: str) -> Any:
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        tree = html.document_fromstring(page.replace("\0", ""), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise BadFile(
            "the page cannot be read.",
            cause=f"It is empty, damaged or too large: {str(error)[:200]}.",
            remedy="Open it in a browser, and save what is shown as text.",
        ) from None
    # The parser stops where tags are nested deeper than it can hold, and drops the rest without a word.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise BadFile(
            "the tags of the page are nested too deeply.",
            cause="The page is damaged, or made to stop its readers.",
            remedy="Open it in a browser, and save what is shown as text.",
        )
    return tree


def _title(tree: Any) -> str:
    """The title that the page gives, the fullest form that a reader would see first."""
    for path in _TITLES:
        words = cleaned(line(str(tree.xpath(path))))[0]
        if words:
            return words[:_LONGEST_TITLE]
    return ""


def _main(tree: Any) -> tuple[str, str, tuple[str, ...]]:
    """The main text, what found it, and notes."""
    try:
        found = bare_extraction(tree, include_comments=False, include_tables=True)
    except (RecursionError, ValueError, TypeError, AttributeError, IndexError, KeyError, etree.LxmlError):
        found = None
    body = getattr(found, "body", None)
    text = "\n".join(_lines(body)) if body is not None else ""
    if text:
        return text, f"trafilatura/{version('trafilatura')}", ()
    note = "No main text was found in the page, so all its text was read, menus and notices too."
    body = tree.find("body")
    text = "\n".join(_lines(tree if body is None else body))
    return text, f"lxml/{version('lxml')}", (note,) if text else ()


def _lines(body: Any) -> Iterator[str]:
    """The lines of a tree that are not empty, in order; without recursion, as trees may be deep."""
    words: list[str] = []
    unseen = 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _UNSEEN and not (tag == "head" and _inside(element)):
            unseen += 1 if event == "start" else -1
        # A quotation inside a paragraph is part of its sentence.
        if tag in _LINES and not (
            tag == "quote" and element.getparent() is not None and element.getparent().tag == "p"
        ):
            yield from _flushed(words)
        elif tag in _CELLS and event == "start" and any(word.strip() for word in words):
            words.append("\t")
        piece = element.text if event == "start" else element.tail
        if piece and not unseen and not (event == "end" and element is body):
            words.append(_plain(piece))
    yield from _flushed(words)


def _inside(element: Any) -> bool:
    """Whether a `head` is a heading, as trafilatura writes them, and not the head of a page."""
    parent = element.getparent()
    return parent is not None and parent.tag != "html"


def _plain(words: str) -> str:
    """Words of a page: their own tabs are blanks, since tabs stand between cells here."""
    return re.sub(r"[ \t\r\n\x0b\x0c\x85\u2028\u2029]+", " ", words)


def _flushed(words: list[str]) -> Iterator[str]:
    """The line that `words` make, if they make one; `words` is empty afterwards."""
    cells = [line(cell) for cell in "".join(words).split("\t")]
    words.clear()
    if any(cells):
        yield "\t".join(cells).rstrip("\t")
