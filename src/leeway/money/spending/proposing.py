"""What a payment may have been for, by what was said of the same payee and by the words of the bank. Never forced."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from leeway.care.planning.models import PlanLine
from leeway.money.spending.kinds import ForWhat
from leeway.money.statements.models import StatementLine

#: Words of a bank line that say what it was for, whoever writes them.
TELLING: Mapping[ForWhat, frozenset[str]] = {
    ForWhat.TAX: frozenset({"hmrc", "paye", "nest", "pension", "tax", "nic"}),
    ForWhat.WAGES: frozenset({"wages", "wage", "salary", "payslip"}),
}
#: Words that stand in the names of many, and so tell nothing.
COMMON = frozenset(
    {"the", "and", "of", "for", "a", "to", "ltd", "limited", "plc", "card", "payment", "care", "home", "support", "at"}
)
#: A word as short as this is in many others' names.
LETTERS_LEAST = 4


@dataclass(frozen=True)
class Proposal:
    """What a payment may have been for, and why it is proposed."""

    kind: ForWhat
    plan_line: PlanLine | None
    words: str
    because: str

    @property
    def in_words(self) -> str:
        """What it may have been for, as a sentence would name it."""
        return self.plan_line.what if self.plan_line else self.words or str(self.kind.label)


@dataclass(frozen=True)
class Said:
    """What was said of a payee last: `of_plan` is the first of the lines of the plans that it named."""

    kind: ForWhat
    of_plan: UUID | None
    words: str
    on: date


def payee_of(line: StatementLine) -> str:
    """By what a payee is known again: the name that the bank gives, or its words, without numbers and signs."""
    return " ".join(_words(line.counterparty or line.description or line.reference))


def propose(
    line: StatementLine, *, lines: Sequence[PlanLine], first: Mapping[UUID, UUID], before: Mapping[str, Said]
) -> Proposal | None:
    """What a line may have been for. `first` has the first line of each line of a plan, `before` what was said."""
    name = payee_of(line)
    known = before.get(name) if name else None
    if known is not None and (proposal := _as_before(known, lines, first)) is not None:
        return proposal
    words = {*_words(line.counterparty), *_words(line.description), *_words(line.reference)}
    for kind, telling in TELLING.items():
        if named := sorted(words & telling):
            return Proposal(kind, None, "", f"The bank’s line says “{named[0]}”.")
    found = [each for each in lines if words & _telling(each)]
    if len(found) != 1:
        return None
    named = sorted(words & _telling(found[0]))
    return Proposal(ForWhat.PLAN_LINE, found[0], "", f"The bank’s line says “{named[0]}”, as the plan does.")


def _as_before(known: Said, lines: Iterable[PlanLine], first: Mapping[UUID, UUID]) -> Proposal | None:
    because = f"That was said of a payment to the same name on {known.on:%-d %B %Y}."
    if known.kind != ForWhat.PLAN_LINE:
        return Proposal(known.kind, None, known.words, because)
    same = next((each for each in lines if first.get(each.pk) == known.of_plan), None)
    return Proposal(known.kind, same, known.words, because) if same else None


def _telling(line: PlanLine) -> set[str]:
    names = [line.what, line.supplier]
    if line.service is not None:
        names += [line.service.name, line.service.provider.name]
    return {word for name in names for word in _words(name) if len(word) >= LETTERS_LEAST and word not in COMMON}


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())
