"""What a call of `fit` asks for, checked before any row is read: types, names and what excludes each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from landbridge.errors import BadUsage, Problem, nearest
from landbridge.gravity.covariance import Convention, Kind, call_problems
from landbridge.gravity.formula import Log, parse, parse_factor
from landbridge.gravity.levels import parts
from landbridge.gravity.ppml import Newton
from landbridge.gravity.sample import Request

Estimator = Literal["ppml", "ols"]
_ESTIMATORS = get_args(Estimator)


def request_of(
    formula: str,
    effects: str | Sequence[str],
    clusters: str | Sequence[str] | None,
    key: str | Sequence[str] | None,
    named: Mapping[str, Any],
    estimator: Estimator,
) -> Request:
    """The request that arguments make; `named` are those that are the name of one column, `offset` among them.

    Raises `BadUsage` with every argument of a wrong type.
    """
    problems = _types(named, {"effects": effects, "cluster": clusters, "key": key})
    if problems:
        raise BadUsage(problems)
    columns = {name: column for name, column in named.items() if name != "offset"}
    offset = named["offset"]
    return Request(
        parse(formula),
        estimator,
        _names(effects),
        _names(clusters),
        key=None if key is None else (key,) if isinstance(key, str) else tuple(key),
        offset=None if offset is None else parse_factor(offset),
        **columns,
    )


def check(
    request: Request,
    kind: Kind,
    convention: Convention,
    level: float,
    flags: Mapping[str, bool],
) -> None:
    """Raises `BadUsage` with everything in a call that does not exist or excludes something else."""
    problems = [
        Problem(f"{name}={given!r}: it is True or False.", remedy=f"Write {name}=True.")
        for name, given in flags.items()
        if not isinstance(given, bool)
    ]
    if request.estimator not in _ESTIMATORS:
        close = ", ".join(nearest(str(request.estimator), _ESTIMATORS) or _ESTIMATORS)
        what = f"no estimator is called {request.estimator!r}."
        problems.append(Problem(what, remedy=f"Nearest valid: {close}."))
    problems += call_problems(kind, convention, bool(request.clusters))
    if request.estimator == "ppml" and isinstance(request.formula.response, Log):
        what = f"PPML takes trade in levels, not {request.formula.response}."
        remedy = f"Write `{request.formula.response.of} ~ ...`, or take estimator='ols'."
        problems.append(Problem(what, cause="The link of a Poisson model is already a log.", remedy=remedy))
    if not request.formula.terms:
        problems.append(Problem("the formula has no regressor.", remedy="Name one after `~`."))
    if flags["reset"] and request.estimator != "ppml":
        problems.append(
            Problem("the RESET test is for PPML.", remedy="Take estimator='ppml', or reset=False.")
        )
    if flags["bias_correction"]:
        problems += _correctable(request)
    problems += _level(level)
    if problems:
        raise BadUsage(problems)


def settings_of(given: Newton | None) -> Newton:
    """Settings of the iteration; raises `BadUsage` for what is none."""
    if given is None:
        return Newton()
    if not isinstance(given, Newton):
        raise BadUsage(
            f"settings must be a Newton, not a {type(given).__name__}.",
            remedy="Write settings=lb.gravity.Newton(tolerance=1e-8).",
        )
    return given


def between_zero_and_one(level: float) -> float:
    """A confidence level; raises `BadUsage` for 95, 1 and what is no number."""
    if problems := _level(level):
        raise BadUsage(problems)
    return level


def _level(level: object) -> list[Problem]:
    if isinstance(level, int | float) and not isinstance(level, bool) and 0 < level < 1:
        return []
    return [Problem(f"level={level!r}: a confidence level lies between 0 and 1.", remedy="Write 0.95.")]


def _correctable(request: Request) -> list[Problem]:
    """What the bias correction does not apply to. Whether the third effect is one of pairs, its levels will tell."""
    sets = [set(parts(name)) for name in request.effects]
    seller, buyer = ({side, request.time} for side in (request.exporter, request.importer))
    third = [names for names in sets if names not in (seller, buyer)]
    problems = []
    three = len(sets) == 3 and seller in sets and buyer in sets and len(third) == 1
    if request.estimator != "ppml" or not three or request.time in third[0]:
        what = "the bias correction is for PPML with exporter-time, importer-time and pair effects."
        one, other, time = request.exporter, request.importer, request.time
        problems.append(
            Problem(
                what,
                f"effects {', '.join(request.effects) or 'none'}",
                remedy=f'Take effects=["{one}^{time}", "{other}^{time}", "{one}^{other}"]; '
                "say time=... if another column holds the year.",
            )
        )
    if len(request.clusters) > 1:
        what = "the bias correction takes one way of clustering at most."
        problems.append(Problem(what, remedy="Cluster by pair, or leave the correction out."))
    return problems


def _types(named: Mapping[str, Any], listed: Mapping[str, Any]) -> list[Problem]:
    problems = []
    for name, given in named.items():
        optional = name in ("weights", "offset")
        if not (isinstance(given, str) and given.strip()) and not (optional and given is None):
            what = f"{name} must be the name of a column, not a {type(given).__name__}."
            if isinstance(given, str):
                what = f"{name} is an empty name."
            remedy = f'Put the values into the frame and write {name}="column".'
            problems.append(Problem(what, remedy=remedy))
    for name, given in listed.items():
        if given is None and name != "effects":
            continue
        names = (given,) if isinstance(given, str) else given
        if not isinstance(names, Sequence) or not all(isinstance(each, str) for each in names):
            what = f"{name} must be a column name or a list of them, not {_shown(given)}."
            problems.append(Problem(what, remedy=f'Write {name}=["exporter", "importer"], for instance.'))
            continue
        for each in names:
            held = parts(each)
            if not all(held) or len(set(held)) < len(held):
                what = f"{each!r} in {name} joins {'a column with itself' if all(held) else 'a name to nothing'}."
                problems.append(Problem(what, remedy='Write "exporter^year".'))
    return problems


def _shown(given: object) -> str:
    """A wrong argument in few words: an array or a frame is not printed."""
    text = repr(given)
    return text if len(text) <= 60 and "\n" not in text else f"a {type(given).__name__}"


def _names(given: str | Sequence[str] | None) -> tuple[str, ...]:
    """Names of effects or clusters, blanks around `^` taken away."""
    names = () if given is None else (given,) if isinstance(given, str) else tuple(given)
    return tuple(dict.fromkeys("^".join(parts(name)) for name in names))
