"""What the crowd says: sentences of each one's need, with their own people, days and places in them.

A sentence comes again once the others of its list have come, so that two who stand next to each other never say the
same. It has a chance of its own: what is said changes nothing of who lives here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from leeway.care.people.models import SupportReason
from leeway.site.demo.people import MadeUp

WORDS = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
#: The group of need whose words somebody has; others are on their own.
GROUPS = {
    SupportReason.ACCESS: "body",
    SupportReason.PERSONAL_CARE: "body",
    SupportReason.VISUAL: "senses",
    SupportReason.HEARING: "senses",
    SupportReason.DUAL: "senses",
    SupportReason.MEMORY: "memory",
    SupportReason.LEARNING_DISABILITY: "learning",
    SupportReason.MENTAL_HEALTH: "mind",
    SupportReason.CARER: "carer",
}


class Sayings:
    """The words of a whole crowd, and how often each was said."""

    def __init__(self, seed: int):
        self.chance = np.random.default_rng(seed)
        self.times: Counter[str] = Counter()
        self.last: Counter[str] = Counter()

    def next(self, among: Sequence) -> Any:
        """One of the things that were said the least, and not the one that was said last."""
        newest = max(self.last[str(each)] for each in among)
        others = [each for each in among if not newest or self.last[str(each)] < newest] or among
        one = min(others, key=lambda each: (self.times[str(each)], self.chance.random()))
        self.times[str(one)] += 1
        self.last[str(one)] = self.times.total()
        return one

    def voice_of(self, person: MadeUp) -> "Voice":
        """The voice of one person: who is around them, their day, their hour and their place."""
        kin = WORDS["kin"]["older" if person.band == "65+" else "younger"]
        around = {"kin": kin, "day": WORDS["days"], "hour": WORDS["hours"], "place": WORDS["places"]}
        return Voice(
            self,
            GROUPS.get(SupportReason(person.reason), "alone"),
            {name: self.next(among) for name, among in around.items()},
        )


@dataclass(frozen=True)
class Voice:
    """How one person of the crowd speaks."""

    sayings: Sayings
    group: str
    around: Mapping[str, str]

    def say(self, words: Sequence | Mapping[str, Sequence]) -> Any:
        """Something of a list, or of what a table has for their group and for anybody: one sentence, or several."""
        return self._filled(self.sayings.next(self._theirs(words)))

    def say_two(self, words: Sequence | Mapping[str, Sequence]) -> tuple[Any, Any]:
        """Two different things."""
        theirs = self._theirs(words)
        one = self.sayings.next(theirs)
        other = self.sayings.next([each for each in theirs if each != one])
        return self._filled(one), self._filled(other)

    def _theirs(self, words: Sequence | Mapping[str, Sequence]) -> Sequence:
        return [*words.get(self.group, ()), *words.get("any", ())] if isinstance(words, Mapping) else words

    def _filled(self, said: str | Sequence[str]) -> Any:
        return (
            said.format(**self.around) if isinstance(said, str) else tuple(each.format(**self.around) for each in said)
        )
