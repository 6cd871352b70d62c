"""What public bodies argue about, and by when each step of a dispute is to be taken. The person is paid meanwhile.

Sources: Care Act 2014 s40 and SI 2014/2829 (between councils: whoever meets the needs goes on meeting them);
SI 2014/2821 (a council and the NHS agree how they settle disputes); the National Framework for NHS Continuing
Healthcare and NHS-funded Nursing Care; Mental Health Act 1983 s117.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from leeway.law.dated import Law
from leeway.law.months import months_later
from leeway.law.outcome import Choice

CONTINUING_HEALTHCARE, RESIDENCE = "continuing_healthcare", "ordinary_residence"
ABOUT: tuple[Choice, ...] = (
    Choice(CONTINUING_HEALTHCARE, "Whether it is NHS continuing healthcare"),
    Choice("section_117", "Who pays for section 117 after-care"),
    Choice("joint_package", "Who pays how much of a joint package"),
    Choice("which_nhs_body", "Which NHS body is responsible"),
    Choice(RESIDENCE, "Where the person is ordinarily resident"),
)
STEPS: tuple[Choice, ...] = (
    Choice("answered", "Answer of the other body"),
    Choice("met", "Meeting of the two bodies"),
    Choice("senior", "Senior officers of both bodies"),
    Choice("decided_nhs", "Decision of the NHS on continuing healthcare"),
    Choice("referred", "Referral to the Secretary of State"),
    Choice("other", "Something else"),
)
ENDED = "ended"
#: Which step is to be taken within how many days by the council's policy.
BY_POLICY = {"answered": "answer_days", "met": "meeting_days", "senior": "senior_days", ENDED: "ended_days"}


@dataclass(frozen=True, slots=True)
class Due:
    """A step of a dispute, the day by which it is to be taken, where that is written, and what is in doubt of it."""

    step: str
    by: date
    source: str
    doubt: str


def clock(about: str, began_on: date, law: Law) -> list[Due]:
    """By when each step of a dispute is to be taken, the first at the top."""
    found = [
        _due(step, began_on + timedelta(days=law[f"disputes.{name}"]), f"disputes.{name}", law)
        for step, name in BY_POLICY.items()
    ]
    if about == CONTINUING_HEALTHCARE:
        name = "disputes.chc_decision_days"
        found.append(_due("decided_nhs", began_on + timedelta(days=law[name]), name, law))
    if about == RESIDENCE:
        name = "disputes.referral_months"
        found.append(_due("referred", months_later(began_on, law[name]), name, law))
    return sorted(found, key=lambda due: due.by)


def _due(step: str, by: date, name: str, law: Law) -> Due:
    dated = law.dated(name)
    return Due(step, by, dated.title, dated.doubt)
