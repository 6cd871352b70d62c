"""What nobody may be charged for: which part of a budget is free by law, up to which cost, and until which day.

Only one rule frees an adult altogether. Every other belongs to a part of the budget, and what stands beside it is
charged as ever. Sources: Care Act 2014 s14 and s22; SI 2014/2672 regs 3 and 4; SI 2014/2673 reg. 2; Mental Health
Act 1983 s117; NHS Act 2006 s1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from leeway.law import inputs as read
from leeway.law.dated import Law
from leeway.law.numbers import pounds
from leeway.law.outcome import BadInput, Choice

#: The words for what frees an adult from any charge (`charging.free.adult_exemptions`).
ADULT_EXEMPTIONS: tuple[Choice, ...] = (
    Choice("cjd", "Creutzfeldt-Jakob disease", "SI 2014/2672, reg. 4, and statutory guidance, ch. 8"),
)
#: What frees a part of the budget, and nothing beside it.
PART_EXEMPTIONS: tuple[Choice, ...] = (
    Choice("section_117", "Section 117 after-care", "Mental Health Act 1983, s. 117"),
    Choice("continuing_healthcare", "NHS continuing healthcare", "Care Act 2014, s. 22: the NHS provides it"),
    Choice("reablement", "Reablement or intermediate care", "SI 2014/2672, reg. 3(2)(b)"),
    Choice("aid", "Equipment that is an aid", "SI 2014/2672, reg. 3(2)(a): at any cost"),
    Choice("minor_adaptation", "Minor adaptation", "SI 2014/2672, reg. 3(2)(a); SI 2014/2673, reg. 2"),
)
PART_BY_CODE = {choice.code: choice for choice in PART_EXEMPTIONS}

#: Each field of a part of the budget that is said to be free, with what it means.
PART_FIELDS: dict[str, str] = {
    "exemption": "section_117, continuing_healthcare, reablement, aid or minor_adaptation",
    "what": "What it is, in a few words; may be left out",
    "pence_per_week": "What it costs a week of the budget; needed where pence_once is left out",
    "pence_once": "What it costs once, beside the weekly budget; needed for a minor adaptation",
    "started_on": "The first day of reablement; needed for it",
    "agreed_until": "The last day up to which the council decided on free reablement, if longer than the law’s",
    "agreed_by": "Who decided that; needed with agreed_until",
    "agreed_why": "Why; needed with agreed_until",
}
WEEKS, LIMIT = "charging.free.reablement_weeks", "charging.free.minor_adaptation_limit"
LONGER = ("agreed_until", "agreed_by", "agreed_why")


@dataclass(frozen=True, slots=True, kw_only=True)
class FreePart:
    """A part of a budget that is said to be free by a rule, with what its limit and its time are measured by."""

    exemption: str
    what: str = ""
    pence_per_week: int = 0
    pence_once: int = 0
    started_on: date | None = None
    agreed_until: date | None = None
    agreed_by: str = ""
    agreed_why: str = ""

    @property
    def name(self) -> str:
        """What it is called: its own words, or else those of the rule."""
        return self.what or PART_BY_CODE[self.exemption].label

    def as_given(self) -> dict[str, Any]:
        """The part as a case gives it: what is blank is left out, and days are written 2026-01-31."""
        given = {name: getattr(self, name) for name in PART_FIELDS}
        needed = {"pence_once" if self.exemption == "minor_adaptation" or self.pence_once else "pence_per_week"}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in given.items()
            if value or name in needed
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Whether a part is free on the day asked about, until when, and why, in a sentence."""

    part: FreePart
    free: bool
    until: date | None
    why: str
    parameter: str = ""

    @property
    def sentence(self) -> str:
        """The part, what it costs, and the answer with its reason."""
        cost = [
            *([f"{pounds(self.part.pence_per_week)} a week"] if self.part.pence_per_week else []),
            *([f"{pounds(self.part.pence_once)} once"] if self.part.pence_once else []),
        ]
        answer = "Free" if self.free else "Not free"
        return f"{answer}: {self.part.name}, {' and '.join(cost) or 'at no cost'}. {self.why}"

    def as_result(self) -> dict[str, Any]:
        """The part and the answer, ready to store."""
        return {
            "exemption": self.part.exemption,
            "what": self.part.name,
            "pence_per_week": self.part.pence_per_week,
            "pence_once": self.part.pence_once,
            "free": self.free,
            "until": self.until.isoformat() if self.until else None,
            "why": self.why,
        }


def adult_exemption(given: Mapping[str, Any], law: Law) -> str | None:
    """Read what frees the adult altogether, if anything does; say how a part's exemption is written now."""
    exemption = given.get("exemption")
    if exemption in PART_BY_CODE or exemption == "minor_equipment":
        raise BadInput(
            f"exemption frees the adult from any charge, and “{exemption}” frees a part of the budget alone. Write "
            'each free part in free_parts instead, for example {"exemption": "section_117", "pence_per_week": 20000}; '
            "where all of the budget is free, with its whole cost.",
            field="exemption",
        )
    if exemption is None:
        return None
    return read.one_of(exemption, law["charging.free.adult_exemptions"], "exemption")


def free_parts(given: object, budget_pence: int) -> tuple[FreePart, ...]:
    """Read the parts of a budget that are said to be free; together they are never more than the budget."""
    parts = tuple(_part(part, f"free_parts, part {n}") for n, part in enumerate(read.sequence(given, "free_parts"), 1))
    together = sum(part.pence_per_week for part in parts)
    if together > budget_pence:
        raise BadInput(
            f"free_parts come to {pounds(together)} a week, and the budget to {pounds(budget_pence)}. Check both.",
            field="free_parts",
        )
    return parts


def _part(given: object, field: str) -> FreePart:
    part = read.mapping(given, field)
    read.only_known(part, PART_FIELDS, field)
    exemption = read.one_of(read.needed(part, "exemption", PART_BY_CODE), PART_BY_CODE, f"{field}, exemption")
    once, week = (read.pence(part.get(name, 0), f"{field}, {name}") for name in ("pence_once", "pence_per_week"))
    _only_its_own_fields(part, exemption, field)
    if exemption == "minor_adaptation" and ("pence_once" not in part or week):
        raise BadInput(
            f"{field}: an adaptation is made once, and what it costs decides whether it is free. Give its whole cost "
            "as pence_once, and no pence_per_week.",
            field="free_parts",
        )
    if "pence_once" not in part and "pence_per_week" not in part:
        raise BadInput(
            f"{field}: what it costs is missing. Give pence_per_week, or pence_once, or both.", field="free_parts"
        )
    started_on = None
    if exemption == "reablement":
        started_on = read.day(read.needed(part, "started_on"), f"{field}, started_on")
    until = part.get("agreed_until")
    if until is not None and read.day(until, f"{field}, agreed_until").isoformat() < str(started_on):
        raise BadInput(
            f"{field}: agreed_until is {until}, before reablement starts on {started_on}. Change one of them.",
            field="free_parts",
        )
    return FreePart(
        exemption=exemption,
        what=read.words(part.get("what", ""), f"{field}, what"),
        pence_per_week=week,
        pence_once=once,
        started_on=started_on,
        agreed_until=read.day(until, f"{field}, agreed_until") if until is not None else None,
        agreed_by=read.words(part.get("agreed_by", ""), f"{field}, agreed_by"),
        agreed_why=read.words(part.get("agreed_why", ""), f"{field}, agreed_why"),
    )


def _only_its_own_fields(part: Mapping[str, Any], exemption: str, field: str) -> None:
    for name in ("started_on", *LONGER):
        if name in part and exemption != "reablement":
            raise BadInput(f"{field} has {name}, which is asked of reablement alone. Take it out.", field="free_parts")
    said = [name for name in LONGER if part.get(name)]
    if said and len(said) < len(LONGER):
        raise BadInput(
            f"{field}: reablement is free for longer only by a recorded decision. Give agreed_until, agreed_by and "
            "agreed_why together.",
            field="free_parts",
        )


def judge(part: FreePart, law: Law) -> Judged:
    """Say whether a part of a budget is free on the day of the law, until when, and why."""
    if part.exemption == "reablement":
        return _judge_reablement(part, law)
    if part.exemption == "minor_adaptation":
        return _judge_adaptation(part, law)
    why = {
        "section_117": "It is after-care under section 117, which nobody may be charged for.",
        "continuing_healthcare": "It is NHS continuing healthcare, which nobody may be charged for.",
        "aid": "It is an aid, which is free at any cost.",
    }[part.exemption]
    return Judged(part=part, free=True, until=None, why=why)


def _judge_adaptation(part: FreePart, law: Law) -> Judged:
    limit = law[LIMIT]
    free = part.pence_once <= limit
    why = f"An adaptation is free where it costs {pounds(limit)} or less, and this one costs {pounds(part.pence_once)}."
    return Judged(part=part, free=free, until=None, why=why, parameter=LIMIT)


def are_all_free(parts: Sequence[FreePart], budget_pence: int, law: Law) -> bool:
    """Whether every part of a budget is free on the day of the law, so that nobody's means matter."""
    free = sum(part.pence_per_week for part in parts)
    return bool(parts) and free == budget_pence and all(judge(part, law).free for part in parts)


def last_free_day(part: FreePart, law: Law) -> date | None:
    """The last day on which a part is free; None where no day ends it.

    Reablement is free for the law's weeks from its first day, or longer where the council decided so.
    """
    if part.started_on is None:
        return None
    by_law = part.started_on + timedelta(weeks=law[WEEKS], days=-1)
    return max(by_law, part.agreed_until or by_law)


def _judge_reablement(part: FreePart, law: Law) -> Judged:
    assert part.started_on is not None, "the first day of reablement is asked"
    until = last_free_day(part, law)
    assert until is not None, "reablement ends"
    free = part.started_on <= law.on <= until
    why = f"Reablement from {_day(part.started_on)} on is free by law for {law[WEEKS]} weeks"
    if until > part.started_on + timedelta(weeks=law[WEEKS], days=-1):
        why += f", and longer as {part.agreed_by} decided: {part.agreed_why.rstrip('.')}"
    why = f"{why}. The last free day {'is' if law.on <= until else 'was'} {_day(until)}."
    return Judged(part=part, free=free, until=until, why=why, parameter=WEEKS)


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
