"""The formula of a gravity equation: a small grammar of our own, read into frozen parts.

    trade ~ log(distance) + border + lag(agreement, 4) + border:year2006 + offset(log(size))

    formula := factor "~" item { ("+" | "-") item }
    item    := "0" | "1" | "offset(" factor ")" | term
    term    := factor { (":" | "*") factor }
    factor  := atom [ "^" digit ]
    atom    := name | "log(" factor ")" | "lag(" factor "," years ")" | "lead(" factor "," years ")"

`a:b` is a product, `a*b` means `a + b + a:b`, `a^2` is a power. A name is a column; one with blanks or signs stands in
back quotes. Fixed effects do not stand here. Length, nesting, shifts and the number of regressors are bounded, so that
whatever is written is either read or refused at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from landbridge.errors import BadUsage, nearest

_TOKEN = re.compile(r"\s*(?:(?P<name>[^\W\d]\w*)|`(?P<quoted>[^`]+)`|(?P<number>\d+)|(?P<sign>\S))")
_PLAIN = re.compile(r"[^\W\d]\w*\Z")
_FUNCTIONS = ("lag", "lead", "log", "offset")
_DUMMIES = ("C", "c", "as", "dummy", "factor", "i", "fe")
_HIGHEST_POWER = 9
_LONGEST = 20_000
"""Characters of a formula."""
_DEEPEST = 10
"""Functions and powers around one column."""
_FARTHEST = 999
"""Periods of a lag or lead."""
_MOST = 500
"""Regressors, once `*` is written out."""
_QUOTED = 200
"""So much of a formula is repeated in a refusal."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the frame."""

    name: str

    def __str__(self) -> str:
        return self.name if _PLAIN.match(self.name) else f"`{self.name}`"


@dataclass(frozen=True, slots=True)
class Log:
    """The natural logarithm of a factor."""

    of: Factor

    def __str__(self) -> str:
        return f"log({self.of})"


@dataclass(frozen=True, slots=True)
class Shift:
    """A factor of another period: `years` earlier if positive (a lag), later if negative (a lead)."""

    of: Factor
    years: int

    def __str__(self) -> str:
        return f"{'lag' if self.years > 0 else 'lead'}({self.of}, {abs(self.years)})"


@dataclass(frozen=True, slots=True)
class Power:
    """A factor to a whole power."""

    of: Factor
    exponent: int

    def __str__(self) -> str:
        return f"{self.of}^{self.exponent}"


Factor = Column | Log | Shift | Power


@dataclass(frozen=True, slots=True)
class Term:
    """One regressor: the product of its factors."""

    factors: tuple[Factor, ...]

    def __str__(self) -> str:
        return ":".join(map(str, self.factors))


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as read. `constant` is whether a constant is wanted where no effect absorbs it."""

    response: Factor
    terms: tuple[Term, ...]
    offsets: tuple[Factor, ...]
    constant: bool

    def __str__(self) -> str:
        right = [*map(str, self.terms), *(f"offset({part})" for part in self.offsets)]
        return f"{self.response} ~ {' + '.join(right if self.constant else ['0', *right])}"

    @property
    def right(self) -> tuple[Factor, ...]:
        """Every factor right of `~`, offsets last, each once."""
        every = (factor for term in self.terms for factor in term.factors)
        return tuple(dict.fromkeys((*every, *self.offsets)))


def column_of(factor: Factor) -> str:
    """The column that a factor is made of."""
    while not isinstance(factor, Column):
        factor = factor.of
    return factor.name


def shifts(factor: Factor) -> Iterator[Shift]:
    """The lags and leads inside a factor."""
    while not isinstance(factor, Column):
        if isinstance(factor, Shift):
            yield factor
        factor = factor.of


def parse(text: str) -> Formula:
    """Read a formula; raises `BadUsage` with the place and the remedy."""
    return _Reader(text).formula()


def parse_factor(text: str) -> Factor:
    """Read one factor, such as `log(size)`; raises `BadUsage`."""
    reader = _Reader(text)
    factor = reader.factor()
    reader.end()
    return factor


class _Reader:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise BadUsage(
                f"a formula is a text, not a {type(text).__name__}.",
                remedy='Write it as "trade ~ log(distance) + border".',
            )
        if len(text) > _LONGEST:
            raise BadUsage(
                f"the formula has {len(text):,} characters; at most {_LONGEST:,} are read.",
                remedy="Name fewer regressors; categories belong into effects.",
            )
        self.text = text
        self.depth = 0
        self.tokens = [
            (str(found.lastgroup), found[str(found.lastgroup)], found.end())
            for found in _TOKEN.finditer(text)
        ]
        self.at = 0

    def formula(self) -> Formula:
        response = self.factor()
        if next(shifts(response), None) is not None:
            raise self.refusal(
                "the left side holds a lag or lead.", "Shift the regressors instead: `lead(x, 1)`."
            )
        self.take("~", "a `~` after the left side")
        terms: dict[frozenset[Factor], Term] = {}
        offsets: list[Factor] = []
        constant, minus = True, False
        if self.peek("-"):
            minus = True
            self.at += 1
        while True:
            constant = self.item(terms, offsets, constant, minus)
            if self.at == len(self.tokens):
                break
            minus = self.peek("-")
            if not minus:
                self.take("+", "`+` between two terms")
            else:
                self.at += 1
        return Formula(response, tuple(terms.values()), tuple(offsets), constant)

    def item(
        self, terms: dict[frozenset[Factor], Term], offsets: list[Factor], constant: bool, minus: bool
    ) -> bool:
        """Read one item into `terms` or `offsets`; returns whether a constant is wanted."""
        kind, word, _ = self.now()
        if kind == "number":
            if word not in ("0", "1"):
                raise self.refusal(
                    f"`{word[:_QUOTED]}` is no term.", "Write `1` for a constant, `0` for none."
                )
            self.at += 1
            return (word == "1") != minus
        if minus:
            raise self.refusal("`-` stands before a term.", "Leave the term out; only `- 1` is read.")
        if kind == "name" and word == "offset" and self.follows("("):
            self.at += 2
            offsets.append(self.factor())
            self.take(")", "`)` after the offset")
            return constant
        for term in self.product():
            terms.setdefault(frozenset(term.factors), term)
        if len(terms) > _MOST:
            raise self.too_many()
        return constant

    def product(self) -> list[Term]:
        """`a:b` as one term; `a*b` as `a`, `b` and `a:b`."""
        parts: list[tuple[Factor, ...]] = [(self.factor(),)]
        joined = False
        while self.peek(":") or self.peek("*"):
            crossed = self.peek("*")
            self.at += 1
            if crossed:
                parts.append((self.factor(),))
                joined = True
                if 2 ** len(parts) > _MOST:
                    raise self.too_many()
            else:
                parts[-1] = (*parts[-1], self.factor())
        if not joined:
            return [Term(parts[0])]
        sizes = range(1, len(parts) + 1)
        return [Term(sum(chosen, ())) for size in sizes for chosen in combinations(parts, size)]

    def factor(self) -> Factor:
        self.depth += 1
        self.not_too_deep()
        made = self.atom()
        powers = 0
        while self.peek("^"):
            self.at += 1
            powers += 1
            self.depth += 1
            self.not_too_deep()
            kind, word, _ = self.now()
            if kind != "number" or not 2 <= _whole(word) <= _HIGHEST_POWER:
                raise self.refusal(
                    "`^` in a formula is a power, and needs a whole number from 2 to 9.",
                    'Interacted fixed effects go into effects: effects=["exporter^year"].',
                )
            self.at += 1
            made = Power(made, int(word))
        self.depth -= 1 + powers
        return made

    def atom(self) -> Factor:
        kind, word, _ = self.now()
        if kind == "quoted":
            self.at += 1
            return Column(word)
        if kind != "name":
            raise self.refusal(f"a column name is needed, not `{word[:_QUOTED]}`.")
        if not self.follows("("):
            self.at += 1
            return Column(word)
        if word not in _FUNCTIONS[:3]:
            raise self.unknown(word)
        self.at += 2
        inner = self.factor()
        made: Factor = Log(inner)
        if word != "log":
            self.take(",", f"`,` and a number of years, as in `{word}(x, 4)`")
            years = self.years(word)
            made = Shift(inner, years if word == "lag" else -years)
        self.take(")", f"`)` after `{word}(`")
        return made

    def years(self, word: str) -> int:
        kind, number, _ = self.now()
        if kind != "number" or not 1 <= _whole(number) <= _FARTHEST:
            remedy = f"Write `{word}(x, 4)`; for the other way take `{'lead' if word == 'lag' else 'lag'}`."
            raise self.refusal(
                f"`{word}` needs a whole number of years above zero, at most {_FARTHEST}.", remedy
            )
        self.at += 1
        return int(number)

    def not_too_deep(self) -> None:
        if self.depth > _DEEPEST:
            raise self.refusal(
                f"more than {_DEEPEST} functions and powers are nested.", "Make a column of it first."
            )

    def too_many(self) -> BadUsage:
        return self.refusal(
            f"the formula has more than {_MOST} regressors once `*` is written out.",
            "Name the products that are wanted as `a:b`; categories belong into effects.",
        )

    def unknown(self, word: str) -> BadUsage:
        if word == "offset":
            return self.refusal("`offset(...)` is a term of its own.", "Put a `+` before it.")
        if word in _DUMMIES:
            return self.refusal(
                f"`{word}(...)` is not read: categories are fixed effects.",
                'Name the column in effects: effects=["exporter"].',
            )
        close = ", ".join(nearest(word, _FUNCTIONS)) or ", ".join(_FUNCTIONS)
        return self.refusal(f"no function is called `{word}`.", f"Nearest valid: {close}.")

    def now(self) -> tuple[str, str, int]:
        if self.at == len(self.tokens):
            raise self.refusal("the formula ends too early.", "Write it as `trade ~ log(distance) + border`.")
        return self.tokens[self.at]

    def peek(self, sign: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][:2] == ("sign", sign)

    def follows(self, sign: str) -> bool:
        return self.at + 1 < len(self.tokens) and self.tokens[self.at + 1][:2] == ("sign", sign)

    def take(self, sign: str, needed: str) -> None:
        if not self.peek(sign):
            if self.peek("|"):
                raise self.refusal(
                    "`|` is not read: fixed effects do not stand in the formula.",
                    'Give them as effects=["exporter^year", "importer^year"].',
                )
            found = f"not `{self.tokens[self.at][1]}`" if self.at < len(self.tokens) else "not the end"
            raise self.refusal(f"{needed} is needed, {found}.")
        self.at += 1

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise self.refusal(f"`{self.tokens[self.at][1]}` is too much.")

    def refusal(self, what: str, remedy: str = "") -> BadUsage:
        read = self.tokens[min(self.at, len(self.tokens) - 1)][2] if self.tokens else 0
        shown = self.text if len(self.text) <= _QUOTED else f"{self.text[:_QUOTED]}..."
        return BadUsage(
            what,
            where=f"formula `{shown}`, character {read}",
            remedy=remedy or "Write it as `trade ~ log(distance) + border`.",
        )


def _whole(digits: str) -> int:
    """The number that digits write, or -1 where they are too many for any use here."""
    return int(digits) if len(digits) <= 4 else -1
