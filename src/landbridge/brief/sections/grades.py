"""Evidence grades in the words of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from landbridge.brief.setting import Setting
from landbridge.brief.text import Code, Sentence
from landbridge.planning import grading
from landbridge.provenance import Figure


def grade(
    setting: Setting, figures: Sequence[Figure], counts: Mapping[str, Figure] | None = None
) -> tuple[Code, Sentence]:
    """The letter of an answer that rests on `figures`, and why; the rule is `planning.grading.grade`."""
    say = setting.say
    words = {
        grading.NOTHING: say("No figure stands behind it."),
        grading.ASSUMED: say("An assumption enters it."),
        grading.SAID: say("It rests on what speakers say or expect."),
        grading.REPEATED: say("It repeats past counts into the future, where no count is."),
        grading.WEAK: say(
            "It rests on estimates, or on counts whose source is weak or does not name its side."
        ),
        grading.AGREED: say("Two official counts of the same thing lie within a tenth of each other."),
        grading.OFFICIAL: say("It rests on official counts, of one side only or further than a tenth apart."),
    }
    found = grading.grade(figures, counts)
    return Code(found.letter), words[found.why]
