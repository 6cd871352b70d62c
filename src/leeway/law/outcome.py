"""What every rule answers: a result, the steps to it, and the reasons in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from leeway.refusal import Refusal

if TYPE_CHECKING:
    from leeway.law.dated import Law


class BadInput(Refusal):
    """A rule was given something it cannot use; the sentence names the field and says what to do."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a rule, with everything needed to explain it now and to work it out again years later.

    `steps` are in the order in which they were worked; each has a name, an amount (`pence`) or a `value`, the
    source in law, the sentence that explains it and, where a dated value was used, its `parameter`. `law` is the part
    of the law that the rule may read.
    """

    rule: str
    inputs: Mapping[str, Any]
    law: "Law"
    result: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    reasons: tuple[str, ...]

    @property
    def on(self) -> date:
        """The day whose law applies."""
        return self.law.on

    @property
    def digest(self) -> str:
        """Fingerprint of `values`."""
        return self.law.digest

    @property
    def values(self) -> Mapping[str, Any]:
        """Each value that the rule could read, by name, as it was in force: what a decision keeps of the law."""
        return self.law.values

    def as_json(self) -> dict[str, Any]:
        """Give the whole answer as plain lists, texts and numbers, ready to store."""
        return {
            "rule": self.rule,
            "inputs": dict(self.inputs),
            "on": self.on.isoformat(),
            "digest": self.digest,
            "values": dict(self.values),
            "result": dict(self.result),
            "steps": [dict(step) for step in self.steps],
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a code list: the code that is stored, the words people read, and a line of help."""

    code: str
    label: str
    help: str = ""
