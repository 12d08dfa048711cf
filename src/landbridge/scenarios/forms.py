"""What an author may write, checked: all faults of one form together, each with the way to it and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from landbridge.errors import BadUsage, Problem, nearest

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at `path` of a form: `("changes", 0, "hours")`."""

    path: Path
    what: str
    cause: str = ""
    remedy: str = ""

    def under(self, *path: str | int) -> Fault:
        """The same fault seen from the form that holds this one."""
        return replace(self, path=(*path, *self.path))

    def problem(self, where: str = "") -> Problem:
        """The fault as a `Problem` at `where`."""
        return Problem(self.what, where or spelled(self.path), self.cause, self.remedy)


def spelled(path: Path) -> str:
    """A path in words: `changes 1, hours`; entries of lists count from 1."""
    words: list[str] = []
    for part in path:
        if isinstance(part, int) and words:
            words[-1] += f" {part + 1}"
        else:
            words.append(str(part))
    return ", ".join(words)


def refused(
    what: str, remedy: str = "", cause: str = "", faults: Iterable[Fault] = ()
) -> PydanticCustomError:
    """What a validator raises; `faults` are those of a form inside the value."""
    held = {"what": what, "remedy": remedy, "cause": cause, "faults": tuple(faults)}
    return PydanticCustomError("refused", "{what}", held)


class Form(BaseModel):
    """A frozen form that refuses unknown keys. `first` names the fields that may be given by position in Python."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[str] = ""

    def __init__(self, *given: Any, **named: Any) -> None:
        called = type(self).__name__
        if len(given) > len(self.first):
            at_most = (
                f"At most {len(self.first)}: {', '.join(self.first)}." if self.first else "There are none."
            )
            raise BadUsage(f"{called} takes fewer values by position.", cause=at_most, remedy="Name them.")
        again = [name for name, _ in zip(self.first, given, strict=False) if name in named]
        if again:
            raise BadUsage(f"{called}: {again[0]} is given twice.", remedy="Give it once.")
        whole = {**dict(zip(self.first, given, strict=False)), **named}
        found = self._fill({name: value for name, value in whole.items() if value is not None})
        if found:
            raise BadUsage(
                [fault.problem(", ".join(filter(None, (called, spelled(fault.path))))) for fault in found]
            )

    def _fill(self, given: Mapping[Any, Any]) -> list[Fault]:
        """Fills this empty form; every fault, and none if the form is good."""
        found = list(self.unfit_keys({str(key) for key in given}))
        try:
            self.__pydantic_validator__.validate_python(dict(given), self_instance=self)
        except ValidationError as error:
            return [*_told(error, type(self)), *found]
        return found or list(self.unfit_values())

    @classmethod
    def attempt(cls, given: Mapping[Any, Any]) -> tuple[Self | None, list[Fault]]:
        """The form out of a mapping, or None and everything that is wrong with it."""
        made = cls.__new__(cls)
        found = [
            Fault(
                (str(key),), f"nothing is written at {key!r}.", remedy="Write a value, or leave the key out."
            )
            for key, value in given.items()
            if value is None
        ]
        found += made._fill({key: value for key, value in given.items() if value is not None})
        return (None if found else made), found

    @classmethod
    def unfit_keys(cls, given: set[str]) -> Iterator[Fault]:
        """Faults of which keys are there, told even where their values are wrong too."""
        yield from ()

    def unfit_values(self) -> Iterator[Fault]:
        """Faults of values that are good one by one and not together."""
        yield from ()


def _told(error: ValidationError, form: type[Form]) -> Iterator[Fault]:
    for item in error.errors(include_url=False, include_input=False):
        path = tuple(item["loc"])
        context = item.get("ctx", {})
        if item["type"] == "refused":
            inner = context["faults"]
            if inner:
                yield from (fault.under(*path) for fault in inner)
            else:
                yield Fault(path, context["what"], context["cause"], context["remedy"])
        elif item["type"] == "extra_forbidden":
            close = nearest(str(path[-1]), form.model_fields)
            hint = f"Nearest valid: {', '.join(close)}." if close else ""
            yield Fault(
                path, f"no key is called {path[-1]!r}.", hint, f"Valid: {', '.join(form.model_fields)}."
            )
        elif item["type"] == "missing":
            remedy = f"Write it like this: {form.example}" if form.example else ""
            yield Fault(path[:-1], f"the key {path[-1]!r} is missing.", remedy=remedy)
        elif item["type"] == "invalid_key":
            yield Fault(
                (*path[:-1], str(path[-1])),
                "a key is a word.",
                remedy=f"Valid: {', '.join(form.model_fields)}.",
            )
        elif item["type"] == "string_type":
            why = "YAML reads 2024-02-28 as a date, 12 as a number, and NO, ON and YES as true or false."
            yield Fault(path, "this is no text.", why, "Write it in quotes.")
        else:
            words = item["msg"].removeprefix("Value error, ")
            yield Fault(path, words if words.endswith(".") else f"{words}.")
