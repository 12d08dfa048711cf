"""Sections put in order, and the sources that the whole rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import landbridge
from landbridge.brief.document import Document, Section
from landbridge.brief.sections import (
    answers,
    asking,
    barriers,
    basket,
    bottlenecks,
    claims,
    corridors,
    interview,
    people,
    potential,
    projects,
    prospects,
    regional_potential,
    regions,
    registers,
    targets,
    ties,
    turnover,
    unknown,
    value_added,
    worth,
)
from landbridge.brief.setting import Setting
from landbridge.brief.text import Name, Quote
from landbridge.provenance import Source

_NATIONAL = (
    turnover,
    targets,
    prospects,
    basket,
    value_added,
    potential,
    worth,
    bottlenecks,
    ties,
    projects,
    registers,
    corridors,
    people,
    barriers,
    claims,
    unknown,
)
_REGIONAL = (interview, regions, regional_potential)


def compose(setting: Setting, language: str, begun: Callable[[Section], None] | None = None) -> Document:
    """The whole brief. For regions, what is known of them comes before the frame of their countries.

    `begun` is called with each section as soon as it stands, so that work on it can begin.
    """
    say = setting.say
    a, b = setting.place(setting.a.code), setting.place(setting.b.code)
    modules = (*_REGIONAL, *_NATIONAL) if setting.regional else _NATIONAL
    opening = (answers.section, asking.unknowable, asking.questions)
    front = tuple(_told(make(setting), begun) for make in opening)
    body = tuple(_told(module.section(setting), begun) for module in modules)
    subtitle = (
        say(
            "What is known of the two places and their ties, with {a} and {b} as the frame around them.",
            a=setting.place(setting.nation_a.code),
            b=setting.place(setting.nation_b.code),
        )
        if setting.regional
        else say("What flows between them, what they promised each other, what stands in the way.")
    )
    return Document(
        pair=(setting.a.code, setting.b.code),
        title=say("{a} and {b}", a=a, b=b),
        subtitle=subtitle,
        front=front,
        body=body,
        sources=_sources(setting, (*front, *body)),
        release=setting.data.manifest.id,
        as_of=setting.data.as_of,
        language=language,
        version=landbridge.__version__,
    )


def _told(section: Section, begun: Callable[[Section], None] | None) -> Section:
    if begun is not None:
        begun(section)
    return section


def _sources(setting: Setting, sections: tuple[Section, ...]) -> tuple[Source, ...]:
    """The sources of every figure, name and quote shown, by publisher and title."""
    known = setting.ledger.sources
    found: dict[str, Source] = {}
    for node in _leaves(sections):
        citation = getattr(node, "citation", None)
        if citation is not None:
            found[citation.source.id] = citation.source
        elif isinstance(node, Name | Quote):
            named = node.record if isinstance(node, Name) else node.statement
            statement = setting.ledger.statement(named)
            source = statement.source if statement is not None else named
            if source in known:
                found[source] = known[source]
    return tuple(
        sorted(found.values(), key=lambda source: (source.publisher.casefold(), source.title, source.id))
    )


def _leaves(node: Any) -> Iterator[Any]:
    """Every part of a document below `node`, each object once: a figure stands in many cells and chains."""
    names: dict[type, tuple[str, ...]] = {}
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tuple | list):
            waiting.extend(item)
            continue
        kind = type(item)
        if kind not in names:
            names[kind] = tuple(spec.name for spec in fields(item)) if is_dataclass(item) else ()
        if names[kind] and id(item) not in seen:
            seen.add(id(item))
            yield item
            waiting.extend(getattr(item, name) for name in names[kind])
