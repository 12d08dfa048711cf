"""Plain text: which encoding it is in, and whether it is text at all."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from landbridge.claims.documents.extract import Extract, fits, hidden
from landbridge.claims.documents.kinds import marked
from landbridge.claims.documents.limits import Limits
from landbridge.errors import BadFile

EXTRACTOR = "landbridge-text/1"
# The encodings of texts from this part of the world; others are read where the file names them.
_LIKELY = [
    "cp1251",
    "gb18030",
    "cp1252",
    "koi8_r",
    "big5",
    "cp866",
    "mac_cyrillic",
    "cp1250",
    "shift_jis",
    "euc_kr",
]
# Names in files that mean more than they say (the rules of browsers, https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    # A page that says so in ASCII cannot be in UTF-16.
    "utf-16": "utf-8",
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
# Encodings of texts; Python knows others, some of which take time without end.
_TEXTUAL = re.compile(r"(?:cp|iso8859|koi8|mac|gb|big5|shift|euc|utf-8|utf-16|ascii|johab|ptcp|kz|tis)[\w-]*")
_HIGH = re.compile(rb"[\x80-\xff]")
# No encoding of `_LIKELY` has one of these inside a character of several bytes, so a text can be cut before it.
_SEAM = re.compile(rb"[\x00-\x2f]")
_SAMPLE = 65_536
# Letters of Western European languages; a text of Cyrillic read as cp1252 has most others beside them.
_WESTERN = frozenset("éèêëàâäçñöüßáíóúøåæÉÀÄÖÜÅØÇôîïûùœ")
_MOST_LETTERS = 14
_BEFORE, _AFTER = 80, 160
_DECLARED = re.compile(rb"""(?:charset|encoding|coding)\s{0,9}[=:]\s{0,9}["']?([A-Za-z0-9_.:-]{2,40})""")
_HEAD = 4096
# Of all non-ASCII characters in a text that is UTF-8 but for some damage, at least so many are sound for each broken one.
_SOUND = 20
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_MOST_CONTROL = 0.02


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding it was in, and what is to be said about that."""

    text: str
    encoding: str
    notes: tuple[str, ...] = field(default=())


def extract(data: bytes, limits: Limits) -> Extract:
    """The characters of a plain text, all of them as they are: a position in the text is one in the file."""
    decoded = decode(data, declared(data) if data.lstrip()[:5] == b"<?xml" else "")
    text = fits(decoded.text, limits.characters)
    control = len(text) - len(_CONTROL.sub("", text))
    if control > _MOST_CONTROL * len(text):
        raise BadFile(
            "this is not text.",
            cause=f"{control:,} of {len(text):,} characters are control characters.",
            remedy="If it is UTF-16 or another encoding, save it as UTF-8. Plain text, HTML, PDF and DOCX are read.",
        )
    return Extract(text, EXTRACTOR, notes=(*decoded.notes, *hidden(text)))


def declared(data: bytes) -> str:
    """The encoding that the head of a page or XML file names, as Python calls it; nothing where it names none we know."""
    named = _DECLARED.search(data[:_HEAD])
    if not named:
        return ""
    try:
        name = codecs.lookup(named[1].decode("ascii")).name
    except LookupError:
        return ""
    return _MEANT.get(name, name) if _TEXTUAL.fullmatch(name) else ""


def decode(data: bytes, said: str = "") -> Decoded:
    """`data` as text: by its byte order mark, as UTF-8, in the encoding it says (`said`), or in the likeliest one.

    UTF-8 goes first, since text in another encoding is all but never sound UTF-8, while headers often lie. A few broken
    bytes in UTF-8 become U+FFFD. A byte order mark is no character of the text. Raises `BadFile` where nothing fits.
    """
    encoding, length = marked(data)
    if encoding:
        return _with_mark(data[length:], encoding)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        first = error.start
    if b"\0" in data and data.count(b"\0") > _MOST_CONTROL * len(data):
        raise BadFile(
            "this is not text.",
            cause="It is a binary file, or text in UTF-16 without a byte order mark.",
            remedy="Save it as UTF-8. Plain text, HTML, PDF and DOCX are read.",
        )
    mended = data.decode("utf-8", errors="replace")
    broken = mended.count("\ufffd")
    sound = len(mended) - broken - len(mended.encode("ascii", errors="ignore"))
    if sound >= _SOUND * broken:
        note = f"{broken:,} pieces of the file are not UTF-8, the first at byte {first:,}; each is shown as U+FFFD."
        return Decoded(mended, "utf-8", (note,))
    return _other(data, said)


def _with_mark(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    notes = [f"Read as {encoding.upper()}; the byte order mark is not part of the text."]
    broken = text.count("\ufffd")
    if broken:
        notes.append(f"{broken:,} pieces of the file are not {encoding.upper()}; each is shown as U+FFFD.")
    return Decoded(text, encoding, tuple(notes))


def _other(data: bytes, said: str) -> Decoded:
    """`data`, which is not UTF-8, in the encoding it names or the likeliest of a few."""
    import charset_normalizer

    if said:
        try:
            return Decoded(data.decode(said), said, (f"Read as {said}, as the file says.",))
        except (UnicodeError, LookupError):
            pass
    sample = _sample(data)
    if _western(sample):
        return Decoded(
            data.decode("cp1252", "replace"),
            "cp1252",
            ("The file is not UTF-8 and was read as cp1252, the likeliest.",),
        )
    found = charset_normalizer.from_bytes(sample, cp_isolation=_LIKELY)
    for match in found:
        try:
            text = data.decode(match.encoding)
        except (UnicodeError, LookupError):
            continue
        return Decoded(
            text, match.encoding, (f"The file is not UTF-8 and was read as {match.encoding}, the likeliest.",)
        )
    raise BadFile(
        "the file is in no encoding that is known here.",
        cause="It is damaged or not text.",
        remedy="Save it as UTF-8. Plain text, HTML, PDF and DOCX are read.",
    )


def _western(sample: bytes) -> bool:
    """True where every byte beyond ASCII is a mark, a currency sign or a letter of Western Europe in cp1252.

    Statistics of letters cannot tell a lone pound sign or dash from a Central European letter.
    """
    try:
        high = {char for char in sample.decode("cp1252") if char > "\x7f"}
    except UnicodeDecodeError:
        return False
    letters = {char for char in high if char.isalpha()}
    return bool(high) and letters <= _WESTERN and (not letters or len(letters) <= _MOST_LETTERS)


def _sample(data: bytes) -> bytes:
    """The parts of `data` around bytes that are not ASCII: only these tell encodings apart, and some thousand are enough."""
    pieces: list[bytes] = []
    size = end = 0
    while size < _SAMPLE and (high := _HIGH.search(data, end)):
        start = max(end, high.start() - _BEFORE)
        seam = _SEAM.search(data, high.start() + _AFTER)
        end = seam.start() if seam else len(data)
        pieces.append(data[start:end])
        size += end - start
    return b"\n".join(pieces)
