"""One row of a list of twinned places: what it states, and everything that is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from landbridge import codes
from landbridge.codes import Place
from landbridge.codes.matching import plain, unfit
from landbridge.errors import Problem, UnknownLabel
from landbridge.ledger import schema
from landbridge.ledger.forms import is_period

CITIES = ("city1", "country1_iso3", "region1", "city2", "country2_iso3", "region2")
REGIONS = ("cn_regions", "partner_regions")
_LONGEST = 160
# How lists name a part of a city or a district, in the languages that the code lists hold.
_DISTRICT = re.compile(
    r"\b(district|county|raion|rayon)\b|\([^)]+\)$| [–—] |\bрайон\b|[区县]$", re.IGNORECASE
)
_REGION = re.compile(r"\s+(oblast|krai|region|province|republic)$", re.IGNORECASE)
_FORMS = (
    ("sister", r"\bsister\b|\btwin"),
    ("memorandum", r"\bmou\b|\bmemorandum\b"),
    ("agreement", r"\bagreement\b"),
    ("friendship", r"\bfriend"),
    ("partnership", r"\bpartner|\bcouncil\b|\bcooperation\b"),
)
# Words by which a row with several places means one tie of them all, not a tie of every pair.
_JOINT = re.compile(r"\b(tripartite|trilateral|three-sided|multilateral|council)\b", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]{2,3}(-[A-Z0-9][A-Z0-9-]*)?")
NO_CODE = "one side is not given as place codes"


@dataclass(frozen=True, slots=True)
class Stated:
    """One tie as a row states it.

    `names` are the two cities (empty for a tie of regions), `parties` place codes in the order of the row, `note` how they
    were found; `level_note` says how the level was read, `since_note` belongs to the date. `publisher` and `url` are those
    of the row, if it names its own.
    """

    line: int
    level: str
    parties: tuple[str, ...]
    names: tuple[str, ...] = ()
    form: str = ""
    since: str = ""
    until: str = ""
    since_note: str = ""
    remark: str = ""
    note: str = ""
    level_note: str = ""
    publisher: str = ""
    url: str = ""

    @property
    def identity(self) -> tuple[frozenset[str], frozenset[str], str, str]:
        """What makes two rows of a file speak of one tie: the places, whichever stands first, and who says it."""
        cities = frozenset(map(known_by, self.names))
        return cities, frozenset(self.parties), self.publisher, self.url

    @property
    def title(self) -> str:
        """The tie in words."""
        return " – ".join(self.names or self.parties)


@dataclass(slots=True)
class Reading:
    """What was found in a file so far."""

    name: str
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    ties: list[Stated] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    placeless: list[str] = field(default_factory=list)
    one_point: list[str] = field(default_factory=list)
    points: list[tuple[Stated, tuple[float, ...]]] = field(default_factory=list)

    def wrong(self, line: int, what: str, cause: str = "", remedy: str = "") -> None:
        """Note a problem of one line."""
        self.problems.append((line, Problem(what, f"{self.name}, line {line}", cause, remedy)))


def folded(name: str) -> str:
    """A name in small Latin letters, digits and hyphens, accents off; empty where it is in another script."""
    flat = "".join(
        sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign)
    )
    found = re.sub(r"[^a-z0-9]+", "-", flat.replace("'", "").replace("’", "")).strip("-")
    return found if not any(ord(sign) > 127 and sign.isalpha() for sign in flat) else ""


def known_by(name: str) -> str:
    """What two spellings of one name have in common: case and accents off."""
    return folded(name) or name.casefold()


def require_plain(line: int, row: Mapping[str, str], reading: Reading) -> None:
    """Note cells that hide characters or are too long for a name or a list of codes."""
    for column, cell in row.items():
        if found := unfit(cell):
            reading.wrong(
                line,
                f"{column} holds {', '.join(found)}.",
                "Control characters and marks of direction cannot be seen.",
                "Delete them.",
            )
        if column in (*CITIES, *REGIONS) and len(cell) > _LONGEST:
            reading.wrong(line, f"{column} has {len(cell)} characters; at most {_LONGEST} are read.")


def city_row(line: int, row: Mapping[str, str], reading: Reading) -> None:
    """Add the tie of two cities that a row states to `reading`, or what is wrong with the row."""
    before = len(reading.problems)
    sides = [_side(line, row, number, reading) for number in "12"]
    _require_cells(line, row, reading)
    form, level = row.get("form", ""), row.get("level", "")
    known = schema.kind("twinning").property
    for column, cell in (("form", form), ("level", level)):
        if cell and cell not in known(column).codes:
            reading.wrong(line, f"{column} {cell!r} is not one of {', '.join(known(column).codes)}.")
    first, second = sides
    if first is not None and second is not None:
        _require_two(line, row, (first[0], second[0]), reading)
    if len(reading.problems) > before or first is None or second is None:
        return
    names = (row["city1"], row["city2"])
    regional = all(
        _names_region(name, place) for name, (place, _) in zip(names, (first, second), strict=True)
    )
    stated = Stated(
        line,
        level or ("region" if regional else "district" if any(map(_DISTRICT.search, names)) else "city"),
        (first[0].code, second[0].code),
        () if regional and level in ("", "region") else names,
        form,
        row.get("since", ""),
        row.get("until", ""),
        remark=row.get("remark", ""),
        note="; ".join(filter(None, (first[1], second[1]))),
        level_note="" if level else "read from the names",
        publisher=row.get("source", ""),
        url=row.get("url", ""),
    )
    reading.placeless += [
        f"{name} ({place.code}), line {line}"
        for name, (place, _) in zip(names, (first, second), strict=True)
        if place.kind == "country"
    ]
    reading.ties.append(stated)
    _keep_points(stated, row, reading)


def _side(line: int, row: Mapping[str, str], number: str, reading: Reading) -> tuple[Place, str] | None:
    """The place that stands for one city, and how it was found: its region where that is known, else its country."""
    city, iso, code = row[f"city{number}"], row[f"country{number}_iso3"], row[f"region{number}"]
    if not city:
        reading.wrong(line, f"city{number} is empty.")
    if iso not in _countries():
        reading.wrong(line, f"country{number}_iso3 {iso!r} is not the code of a country.", _nearest(iso))
        return None
    country = codes.place(iso)
    _require_point(line, row, number, reading)
    if not code or not country.members:
        regions = map(codes.place, country.members)
        named = next((region for region in regions if _names_region(city, region)), None)
        if named is not None:
            return named, f"{city} is the region itself"
        why = (
            f"the region of {city} is not given"
            if country.members
            else f"the regions of {country.name} are not held"
        )
        return country, f"{why}: its country stands for it"
    if code not in country.members:
        reading.wrong(line, f"region{number} {code!r} of {city} is no region of {country}.", _nearest(code))
        return None
    matched = row.get(f"match{number}", "")
    return codes.place(code), f"region of {city} by {matched}" if matched else ""


def _names_region(name: str, place: Place) -> bool:
    """Whether a list that writes `Sverdlovsk Oblast` or `Grodno Region` for a city means the region itself."""
    said, known = _REGION.subn("", name.casefold())
    if known:
        return said in {_REGION.sub("", word.casefold()) for word in place.names.values()}
    return name != place.capital and name.casefold() in {word.casefold() for word in place.names.values()}


def _nearest(code: str) -> str:
    """What a code that is not the right one may be: the place it names, else the codes most like it."""
    try:
        return f"It is {codes.place(code)}."
    except UnknownLabel as error:
        return f"Nearest valid: {', '.join(error.nearest)}." if error.nearest else "There is no such code."


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(place.code for place in codes.places("country"))


def _require_point(line: int, row: Mapping[str, str], number: str, reading: Reading) -> None:
    for column, most in ((f"lat{number}", 90.0), (f"lon{number}", 180.0)):
        if cell := row.get(column, ""):
            try:
                sound = abs(float(cell)) <= most
            except ValueError:
                sound = False
            if not sound:
                reading.wrong(line, f"{column} {cell!r} is no number from -{most:.0f} to {most:.0f}.")


def _require_cells(line: int, row: Mapping[str, str], reading: Reading) -> None:
    since, until = row.get("since", ""), row.get("until", "")
    for column, cell in (("since", since), ("until", until)):
        if cell and not is_period(cell):
            reading.wrong(
                line, f"{column} {cell!r} is not a date.", remedy="Write it as 2013, 2013-05 or 2013-05-10."
            )
    if (url := row.get("url", "")) and not re.match(r"https?://\S+$", url):
        reading.wrong(
            line, f"url {url[:60]!r} is not an address.", remedy="Write it as https://..., or leave it empty."
        )
    if since and until and not is_period(f"{since}/{until}"):
        reading.wrong(line, f"since {since} is after until {until}.")


def _require_two(line: int, row: Mapping[str, str], sides: tuple[Place, Place], reading: Reading) -> None:
    first, second = sides
    if first.country == second.country:
        same = row["city1"].casefold() == row["city2"].casefold()
        reading.wrong(
            line,
            f"{row['city1']} is twinned with itself."
            if same
            else f"{row['city1']} and {row['city2']} both lie in {codes.place(first.country)}.",
            remedy=""
            if same
            else "Landbridge holds ties across a border: delete the row, or correct the country.",
        )
    pair = row.get("pair", "")
    if pair and set(pair.split("-")) != {first.country, second.country}:
        reading.wrong(
            line, f"pair {pair!r} does not name the countries {first.country} and {second.country}."
        )


def _keep_points(stated: Stated, row: Mapping[str, str], reading: Reading) -> None:
    cells = [row.get(column, "") for column in ("lat1", "lon1", "lat2", "lon2")]
    if all(cells):
        point = tuple(map(float, cells))
        reading.points.append((stated, point))
        if point[:2] == point[2:]:
            reading.one_point.append(f"{stated.title}, line {stated.line}")


def region_row(line: int, row: Mapping[str, str], reading: Reading) -> None:
    """Add the ties of regions that a row states to `reading`: one for every pair, or one of all where the row says so."""
    before = len(reading.problems)
    sides = [[part.strip() for part in row[column].split(",") if part.strip()] for column in REGIONS]
    if not all(part and _CODE.fullmatch(part) for side in sides for part in side) or not all(sides):
        reading.left[NO_CODE].append(
            f"line {line}: {' | '.join(plain(row[column][:60]) for column in REGIONS)}"
        )
        return
    for part in (*sides[0], *sides[1]):
        try:
            codes.place(part)
        except UnknownLabel as error:
            reading.wrong(line, str(error))
    _require_cells(line, row, reading)
    if len(reading.problems) > before:
        return
    nations = [{codes.place(part).country for part in side} for side in sides]
    if nations[0] & nations[1]:
        reading.wrong(line, f"{row[REGIONS[0]]} and {row[REGIONS[1]]} lie in one country.")
        return
    status, noted = row.get("status", ""), row.get("since_note", "")
    joint = bool(_JOINT.search(status))
    ties = [[*sides[0], *sides[1]]] if joint else [[a, b] for a in sides[0] for b in sides[1]]
    form = next((code for code, words in _FORMS if re.search(words, status, re.IGNORECASE)), "")
    reading.ties += [
        Stated(
            line,
            "region",
            tuple(parties),
            form=form,
            since=row.get("since", ""),
            until=row.get("until", ""),
            since_note=noted,
            remark=f"The list calls it: {status}" if status else "",
            publisher=row.get("source", ""),
            url=row.get("url", ""),
        )
        for parties in ties
    ]
