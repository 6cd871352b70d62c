"""A script: everything that happens on one made-up person's journey, so that one function can play it."""

from dataclasses import dataclass, field
from datetime import date

from leeway.care.people.states import Stage
from leeway.care.planning.models import ORDINARY


@dataclass(frozen=True)
class Help:
    """What was said about one outcome of the assessment."""

    unable: tuple[str, ...] = ()
    person: str = ""
    assessor: str = ""
    help_now: str = ""


@dataclass(frozen=True)
class Around:
    """Someone in the person's life, and what they may do."""

    name: str
    kind: str
    authority: str = "none"
    evidence: str = ""
    same_household: bool = False
    login: str = ""


@dataclass(frozen=True)
class Line:
    """One thing the budget pays for. `weekly_pence` gives the number of units; `once_pence` is paid to get started."""

    what: str
    kind: str
    weekly_pence: int
    way: str = ""
    nhs_percent: int = 0
    exemption: str = ORDINARY
    relationship: str = "not_related"
    same_household: bool | None = None
    necessary_for: str = ""
    necessary: str = ""
    once_pence: int = 0


@dataclass(frozen=True)
class Answer:
    """How a need is met that nothing in the plan pays for: by somebody unpaid, or why it is not."""

    words: str
    who: str = ""


@dataclass(frozen=True)
class Challenge:
    """What the manager found where a direct payment was said to be too risky."""

    words: str
    safer: str


@dataclass(frozen=True)
class Switch:
    """A budget that comes to be held another way, after a review: how many days after the request, why, whose words."""

    days: int
    way: str
    words: str
    why: str
    said: tuple[str, str]
    why_not_direct_payment: str = ""


@dataclass(frozen=True)
class Wait:
    """Payments that wait for some days, and go on."""

    days: int
    for_days: int
    kind: str
    why: str


@dataclass(frozen=True)
class End:
    """Support that a review ends, and the budget with it."""

    days: int
    why: str
    said: tuple[str, str]
    still_to_pay: str = "Nothing: the last invoice is paid."
    cover: str = "Nobody has to: the review found that support is not needed any more."


@dataclass(frozen=True)
class Death:
    """That the person dies, and who tells."""

    days: int
    told_by: str


@dataclass(frozen=True)
class Script:
    """One person's journey as far as `until`."""

    details: dict
    opened_on: date
    until: Stage
    request_route: str
    request_words: str
    reason: str
    what_matters: str
    good_day: str
    outcomes: dict[str, Help]
    answers: dict[str, str]
    means: dict
    aims: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    way: str
    choice_words: str
    why_not_direct_payment: str = ""
    independent_advice: str = ""
    why_not_told: str = ""
    seen_instead: str = ""  # what the worker saw, where nobody said why: `choice_words` is empty then
    needs: dict[str, Answer] = field(default_factory=dict)  # those that nothing in the plan pays for
    challenge: Challenge | None = None
    help_given: dict[str, str] = field(default_factory=dict)  # by budget question, where somebody does some of it
    helpers_words: str = ""  # who they are, and what they said about going on
    explained: dict[str, str] = field(default_factory=dict)  # why what does not seem to fit is right
    around: tuple[Around, ...] = ()
    cannot_decide: tuple[str, ...] = ()
    decided_by: str = ""
    kind: str = "adult"
    cared_for: dict | None = None
    funding: str = ""
    ups_and_downs: str = ""
    weeks_looked_at: int | None = None
    final_reason: str = ""
    author: str = "person_with_help"
    contingency: str = ""
    risks: str = ""
    login: str = ""
    review_words: tuple[str, str] = ("It is going well. I see my friends again.", "Support works as planned.")
    receipt: tuple[str, ...] = ()  # the lines of one that the person photographed: the first says what it was for
    had_before: tuple[Line, ...] = ()  # what the council bought for them before there was a budget
    then: tuple[Switch | Wait | End | Death, ...] = ()  # what happens once support has begun
    story: str = ""
