"""Score the grammar of claims on annotated texts, and write the tables of the page that shows the scores.

    python scripts/score_claims.py                                   # the texts of tests/claims_texts
    python scripts/score_claims.py --gold FOLDER                     # also the annotated articles in FOLDER
    python scripts/score_claims.py --gold FOLDER --misses            # and every row missed, misread or too much
    python scripts/score_claims.py --gold FOLDER --write docs/explanation/claims-scores.md

FOLDER holds `gold.jsonl` and `articles/`; the articles are not shipped. Each table stands between `<!-- scores: NAME -->`
and `<!-- end of scores: NAME -->`; a test compares. What a match is: `landbridge.claims.scoring`.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

import landbridge
from landbridge.claims.claim import Claim
from landbridge.claims.grammar.statement_rules import grade
from landbridge.claims.languages import language
from landbridge.claims.reading import Reading, read
from landbridge.claims.scoring import (
    SLOTS,
    Gold,
    Pair,
    Score,
    gold,
    gold_statements,
    score,
    score_statements,
    together,
)
from landbridge.release import Data
from leave_out_claims import LeftOut, read_with

ROOT = Path(__file__).parents[1]
TEXTS = ROOT / "tests" / "claims_texts"
BLOCK = re.compile(
    r"<!-- scores: (?P<name>[\w-]+) -->\n(?P<body>.*?)<!-- end of scores: (?P=name) -->", re.DOTALL
)
# Indicators with fewer rows than this share one line, and confusions met less often another.
FEWEST, SELDOM = 5, 2


@dataclass(frozen=True)
class Corpus:
    """Annotated texts, read: with the date of each, and without."""

    name: str
    rows: tuple[Gold, ...]
    stated: tuple[Gold, ...]
    readings: Mapping[str, Reading]
    undated: Mapping[str, Reading]

    @cached_property
    def score(self) -> Score:
        """The score of claims with a value."""
        return score(self.rows, _claims(self.readings))

    @cached_property
    def score_undated(self) -> Score:
        """The score where nobody says when the texts were written."""
        return score(self.rows, _claims(self.undated))

    @cached_property
    def statements(self) -> Score:
        """The score of claims without a value."""
        return score_statements(self.stated, _claims(self.readings))

    @property
    def texts(self) -> list[str]:
        """The texts, in the order of their names."""
        return [reading.document.text for _, reading in sorted(self.readings.items())]


def _claims(readings: Mapping[str, Reading]) -> dict[str, Sequence[Claim]]:
    return {name: reading.claims for name, reading in readings.items()}


def own(folder: str) -> Corpus:
    """One of the folders of `tests/claims_texts` that are annotated; dates stand beside the texts."""
    place = TEXTS / folder
    dates = json.loads((place / "dates.json").read_text("utf-8"))
    files = sorted(place.glob("*.txt"))
    return Corpus(
        folder,
        gold(place / "gold.jsonl"),
        gold_statements(place / "gold.jsonl"),
        {path.name: read(path, dated=dates.get(path.name, "")) for path in files},
        {path.name: read(path) for path in files},
    )


def articles(folder: Path, data: Data) -> Corpus:
    """The articles that are annotated in `folder`; the ledger knows when each was written."""
    rows = gold(folder / "gold.jsonl")
    files = [folder / "articles" / name for name in sorted({row.doc for row in rows})]
    return Corpus(
        "articles",
        rows,
        gold_statements(folder / "gold.jsonl"),
        {path.name: read(path, data=data) for path in files},
        {path.name: read(path) for path in files},
    )


def left_out(corpus: Corpus, others: Iterable[str]) -> dict[str, tuple[Score, LeftOut]]:
    """For each article its score with a pack that knows nothing that only this article has taught."""
    further = tuple(others)
    found = {}
    for name, reading in corpus.readings.items():
        rest = [one.document.text for other, one in corpus.readings.items() if other != name]
        taken = LeftOut(reading.document.text, [*rest, *further])
        again = read_with(taken.pack(language("en")), reading)
        rows = [row for row in corpus.rows if row.doc == name]
        found[name] = (score(rows, {name: again.claims}), taken)
    return found


def nothing() -> dict[str, int]:
    """Claims read in each text of other domains; every one is wrong."""
    return {path.name: len(read(path).claims) for path in sorted((TEXTS / "nothing").glob("*.txt"))}


@dataclass(frozen=True)
class Scores:
    """Everything that is scored. Without the articles the tables that need them cannot be made."""

    dev: Corpus
    held_out: Corpus
    nothing: Mapping[str, int]
    articles: Corpus | None = None
    without: Mapping[str, tuple[Score, LeftOut]] | None = None

    @classmethod
    def made(cls, folder: Path | None = None, data: Data | None = None) -> Scores:
        """Read and score all texts; the articles where `folder` is given."""
        dev = own("dev")
        scores = cls(dev, own("held_out"), nothing())
        if folder is None:
            return scores
        given = articles(folder, data or landbridge.load())
        return replace(scores, articles=given, without=left_out(given, dev.texts))

    @property
    def corpora(self) -> list[Corpus]:
        """The annotated folders, the articles first."""
        return [*([self.articles] if self.articles else []), self.dev, self.held_out]

    def lines(self) -> Iterator[tuple[str, int, Score]]:
        """What was read how, the number of texts, and its score."""
        if self.articles and self.without:
            count = len(self.articles.readings)
            yield "articles", count, self.articles.score
            yield "articles, undated", count, self.articles.score_undated
            yield "articles, each left out", count, together(one for one, _ in self.without.values())
        for corpus in (self.dev, self.held_out):
            yield corpus.name, len(corpus.readings), corpus.score
            yield f"{corpus.name}, undated", len(corpus.readings), corpus.score_undated


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines: list[Sequence[str]] = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def pct(share: float) -> str:
    """A share in per cent, without decimals; rounded down, so that no table says more than a test holds."""
    return f"{int(100 * share + 1e-9)}"


def _numbers(found: Score) -> list[str]:
    share = found.slots()
    shown = [pct(share[slot]) if found.matched else "" for slot in SLOTS]
    return [
        str(found.given),
        str(found.found),
        pct(found.precision) if found.found else "",
        pct(found.recall) if found.given else "",
        pct(found.whole) if found.matched else "",
        *shown,
    ]


COLUMNS = ("rows", "read", "precision", "recall", "right in every slot", *SLOTS)


def summary(scores: Scores) -> str:
    """The score of each folder, dated, undated and left out."""
    rows = [[name, str(count), *_numbers(found)] for name, count, found in scores.lines()]
    claims = sum(scores.nothing.values())
    rows.append(["nothing", str(len(scores.nothing)), "0", str(claims), *[""] * (len(COLUMNS) - 2)])
    return table(("texts of", "texts", *COLUMNS), rows)


def left(scores: Scores) -> str:
    """Each article, whole and left out, with how much of the pack is then gone."""
    if scores.articles is None or scores.without is None:
        raise ValueError("left-out scores need the articles: --gold FOLDER")
    rows = []
    for name, (again, taken) in scores.without.items():
        before = scores.articles.score.of(name)
        rows.append([name[:3], *(pct(x) for x in (before.precision, before.recall, before.whole))])
        rows[-1] += [str(len(taken.entries)), str(len(taken.alternatives))]
        rows[-1] += [pct(x) for x in (again.precision, again.recall, again.whole)]
    gone = ("entries gone", "alternatives gone")
    after = ("precision without", "recall without", "right without")
    return table(("article", "precision", "recall", "right in every slot", *gone, *after), rows)


def documents(scores: Scores) -> str:
    """Each of our own texts."""
    rows = []
    for corpus in (scores.dev, scores.held_out):
        for name in sorted(corpus.readings):
            rows.append([f"`{corpus.name}/{name}`", *_numbers(corpus.score.of(name))])
    return table(("text", *COLUMNS), rows)


def kinds(scores: Scores) -> str:
    """Each kind in each folder."""
    rows = [
        [corpus.name, f"`{kind}`", *_numbers(found)]
        for corpus in scores.corpora
        for kind, found in corpus.score.by(lambda pair: pair.kind).items()
    ]
    return table(("texts of", "kind", *COLUMNS), rows)


def indicators(scores: Scores) -> str:
    """Each indicator with rows enough, over all folders; the others together."""
    whole = together(corpus.score for corpus in scores.corpora).by(lambda pair: pair.indicator)
    often = {name: found for name, found in whole.items() if found.given >= FEWEST}
    seldom = [found for name, found in whole.items() if name not in often]
    rows = [[f"`{name}`", *_numbers(found)] for name, found in often.items()]
    rows.append([f"{len(seldom)} others, with fewer than {FEWEST} rows each", *_numbers(together(seldom))])
    return table(("indicator", *COLUMNS), rows)


def confusion(scores: Scores) -> str:
    """What was annotated as one indicator and read as another, missed, or read where nothing is."""
    found: Counter[tuple[str, str]] = Counter()
    for corpus in scores.corpora:
        found.update(corpus.score.confusion())
    rows = [
        [_label(was), _label(is_), str(count)]
        for (was, is_), count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        if count >= SELDOM
    ]
    once = sum(1 for count in found.values() if count < SELDOM)
    rows.append(["others, met once each", "", str(once)])
    return table(("annotated as", "read as", "times"), rows)


def _label(name: str) -> str:
    return "nothing" if name == "-" else f"`{name}`"


def statements(scores: Scores) -> str:
    """Claims without a value in the articles, by kind, with the grade that the pack gives."""
    if scores.articles is None:
        raise ValueError("scores of statements need the articles: --gold FOLDER")
    rows = []
    for kind, found in scores.articles.statements.by(lambda pair: pair.kind).items():
        numbers = [str(found.given), str(found.found)]
        numbers += [pct(found.precision) if found.found else "", pct(found.recall) if found.given else ""]
        rows.append([f"`{kind}`", *numbers, grade(found.matched, found.found, found.given)])
    return table(("kind", "rows", "read", "precision", "recall", "grade"), rows)


PARTS: Mapping[str, Callable[[Scores], str]] = {
    "confusion": confusion,
    "documents": documents,
    "indicators": indicators,
    "kinds": kinds,
    "left-out": left,
    "statements": statements,
    "summary": summary,
}
# What can be compared where the articles are absent.
ALONE = ("documents",)


def refreshed(text: str, scores: Scores, parts: Iterable[str] = PARTS) -> str:
    """A page with its tables written anew; with `parts` only those."""
    wanted = frozenset(parts)

    def part(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in wanted:
            return found[0]
        return f"<!-- scores: {name} -->\n\n{PARTS[name](scores).strip()}\n\n<!-- end of scores: {name} -->"

    return BLOCK.sub(part, text)


def misses(scores: Scores) -> Iterator[str]:
    """Every row missed, misread or too much, but for the texts held back: nobody should learn from those."""
    for corpus in scores.corpora:
        if corpus is not scores.held_out:
            yield from filter(None, map(_told, corpus.score.pairs))


def _told(pair: Pair) -> str:
    if pair.gold is None or pair.claim is None:
        one = pair.gold or pair.claim
        assert one is not None
        word = "missed" if pair.claim is None else "too much"
        return f"{pair.doc}: {word}: {one.quote!r}: {one.kind} {one.indicator} {one.value} {one.unit}"
    if not pair.wrong:
        return ""
    claim = pair.claim
    is_ = {slot: getattr(claim, slot) for slot in pair.wrong} | (
        {"period": claim.moment} if "period" in pair.wrong else {}
    )
    was = {slot: getattr(pair.gold, slot) for slot in pair.wrong}
    return f"{pair.doc}: misread: {claim.quote!r} by {claim.rule}: {is_} for {was}"


def main() -> None:
    """Print the tables; with `--write` put them into a page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, metavar="FOLDER", help="a folder with gold.jsonl and articles/")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="the page whose tables are written anew")
    parser.add_argument("--misses", action="store_true", help="also every row missed, misread or too much")
    asked = parser.parse_args()
    if asked.write and asked.gold is None:
        parser.error("--write needs --gold: most tables show the articles too")
    scores = Scores.made(asked.gold)
    shown = [name for name in PARTS if asked.gold or name not in ("left-out", "statements")]
    for line in chain(
        (f"{name}\n\n{PARTS[name](scores)}" for name in shown), misses(scores) if asked.misses else ()
    ):
        print(line)
    if asked.write:
        text = asked.write.read_text("utf-8")
        fresh = refreshed(text, scores)
        if fresh != text:
            asked.write.write_text(fresh, "utf-8")
            print(f"wrote {asked.write}")


if __name__ == "__main__":
    main()
