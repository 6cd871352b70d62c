"""What each decision letter says. One function makes a letter from a stored decision; page and PDF show that.

Short sentences, “you” and “we”. Figures, steps and reasons are those that were stored, never worked out again.
"""

from datetime import date, timedelta

from django.conf import settings

from leeway.access.models import User
from leeway.care.decisions.models import Decision, DecisionKind
from leeway.care.decisions.queries import follower, went_back
from leeway.care.letters.blocks import Block, Bullet, Bullets, Heading, Letter, Notice, Paragraph, bullets, day
from leeway.care.letters.bodies import BODIES, TITLES
from leeway.care.people.models import Case, CommunicationNeed, Person
from leeway.law.eligibility import CARE_ACT_STARTS

LEGISLATION = "https://www.legislation.gov.uk/"
CARE_ACT = f"{LEGISLATION}ukpga/2014/23/section/"

LAWS: dict[DecisionKind, list[Bullet]] = {
    DecisionKind.ELIGIBILITY: [
        Bullet("Care Act 2014, section 13: eligible needs", CARE_ACT + "13"),
        Bullet("Eligibility regulations 2015 (SI 2015/313)", f"{LEGISLATION}uksi/2015/313"),
    ],
    DecisionKind.INDICATIVE_BUDGET: [Bullet("Care Act 2014, section 26: personal budgets", CARE_ACT + "26")],
    DecisionKind.CHARGE: [
        Bullet("Care Act 2014, section 14: when a council may charge", CARE_ACT + "14"),
        Bullet("Care Act 2014, section 17: working out what someone can pay", CARE_ACT + "17"),
        Bullet("Charging regulations 2014 (SI 2014/2672)", f"{LEGISLATION}uksi/2014/2672"),
    ],
    DecisionKind.DIRECT_PAYMENT: [
        Bullet("Care Act 2014, section 31: direct payments when you can decide for yourself", CARE_ACT + "31"),
        Bullet("Care Act 2014, section 32: direct payments when someone decides for you", CARE_ACT + "32"),
        Bullet("Direct payment regulations 2014 (SI 2014/2871)", f"{LEGISLATION}uksi/2014/2871"),
    ],
    DecisionKind.FINAL_BUDGET: [
        Bullet("Care Act 2014, section 26: personal budgets", CARE_ACT + "26"),
        Bullet("Care Act 2014, section 25: care and support plans", CARE_ACT + "25"),
    ],
    DecisionKind.ENDING: [Bullet("Care Act 2014, section 27: reviewing, changing and ending support", CARE_ACT + "27")],
}
BEFORE_THE_CARE_ACT = [Bullet("Prioritising Need, Department of Health, 2010 (Fair Access to Care Services)")]


def letter_of(decision: Decision) -> Letter:
    """The letter of one stored decision: what we decided, how, why, by what law, and what to do if you disagree."""
    kind = DecisionKind(decision.kind)
    title = TITLES[kind]
    by = decision.decided_by
    return make_letter(
        decision.case,
        title=title,
        dated=decision.decided_on,
        reference=f"{title}. Reference {str(decision.pk)[:8].upper()}",
        blocks=[
            *_replaced(decision),
            *BODIES[kind](decision),
            Heading("Who decided"),
            Paragraph(f"{by.name}, {job_of(by)}, for {settings.COUNCIL_NAME}, on {day(decision.decided_on)}."),
            *_law(decision),
            *_disagree(decision),
            *questions(decision.case),
        ],
        signed=(by.name, job_of(by), settings.COUNCIL_NAME),
    )


def make_letter(
    case: Case, *, title: str, dated: date, reference: str, blocks: list[Block], signed: tuple[str, ...]
) -> Letter:
    """A letter to the person of a case, in large print if they need it."""
    person = case.person
    return Letter(
        title=title,
        sender=settings.COUNCIL_NAME,
        addressed_to=_address(person),
        greeting=f"Dear {person},",
        dated=dated,
        dated_text=day(dated),
        reference=reference,
        blocks=tuple(blocks),
        signed=signed,
        large_print=CommunicationNeed.LARGE_PRINT in person.communication_needs,
    )


def job_of(user: User) -> str:
    """What someone does here, in the words they use for it."""
    return user.job_title or user.comes_as


def questions(case: Case) -> list[Block]:
    """Whom to ask, and in what other forms the letter can be had."""
    worker = case.worker
    ask = f"Ask {worker.name}, {job_of(worker)}: {worker.email}." if worker else f"Ask the {case.team} of the council."
    return [
        Heading("Do you have a question?"),
        Paragraph(ask),
        Paragraph(
            "We can give you this letter in large print, easy read, braille, as a recording or in another language. "
            "We can also read it through with you."
        ),
    ]


def _address(person: Person) -> tuple[str, ...]:
    lines = [line.strip() for line in person.address.replace("\n", ",").split(",")]
    return tuple(line for line in (person.full_name, *lines, person.postcode) if line)


def _replaced(decision: Decision) -> list[Block]:
    later = follower(decision)
    if went_back(decision):
        now = f" What we decided on {day(later.decided_on)} stands." if later else ""
        return [
            Notice(
                f"This decision does not stand: the plan that it was for did not go ahead, or it was taken back.{now}"
            )
        ]
    if later is None:
        return []
    if decision.is_followed_by(later):
        last = later.law_on - timedelta(days=1)
        return [Notice(f"This is until {day(last)}, the last day. See our letter about the days that follow.")]
    return [Notice(f"This decision no longer stands. We made a new one on {day(later.decided_on)}.")]


def _law(decision: Decision) -> list[Block]:
    """The acts and regulations, then where each dated figure was published."""
    laws = LAWS[DecisionKind(decision.kind)] if decision.law_on >= CARE_ACT_STARTS else BEFORE_THE_CARE_ACT
    by_address = {law.address: law for law in laws}
    for step in decision.steps:
        address = step.get("source_url", "")
        if step.get("parameter") and address.startswith("https://"):
            by_address.setdefault(address, Bullet(step["source"], address))
    return [
        Heading("The law we used"),
        Paragraph(f"We used the law as it was on {day(decision.law_on)}."),
        Bullets(tuple(by_address.values())),
    ]


def _disagree(decision: Decision) -> list[Block]:
    worker = decision.case.worker.name if decision.case.worker else f"the {decision.case.team}"
    return [
        Heading("If you disagree"),
        bullets(
            f"Tell {worker} what you think is wrong. Often we can put it right quickly.",
            "You can ask us to look at this decision again. You do not need a form.",
            "You can make a complaint to the council. Do this within 12 months. Our reply must be in writing.",
            Bullet(
                "If you are still not happy, ask the Local Government and Social Care Ombudsman. This is free. "
                "Phone 0300 061 0614.",
                "https://www.lgo.org.uk",
            ),
            "Someone you trust can help you. You may also have the right to an independent advocate. Ask us.",
        ),
    ]
