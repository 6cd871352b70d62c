"""Direct payments: the conditions of sections 31 and 32, who may be paid, and when to review.

Source: Care Act 2014 ss31 to 33; SI 2014/2871 (the Direct Payments Regulations).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from leeway.law import inputs as read
from leeway.law.dated import Law, law_on
from leeway.law.months import months_later
from leeway.law.outcome import BadInput, Choice, Outcome
from leeway.refusal import quoted

UNKNOWN = "unknown"
NOT_BARRED = "not_barred"
SECTION = {"section_31": "Care Act 2014 s31", "section_32": "Care Act 2014 s32"}
DETAINED_URL = "https://www.legislation.gov.uk/ukpga/2014/23/section/76"
URLS = {route: f"https://www.legislation.gov.uk/ukpga/2014/23/section/{route[-2:]}" for route in SECTION}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a direct payment: what it asks, and what would change a “no”."""

    code: str
    label: str
    change: str
    source: str = ""


SECTION_31: tuple[Condition, ...] = (
    Condition(
        "has_capacity",
        "The person has capacity to ask for a direct payment",
        "If the person lacks capacity for this decision, an authorised person may ask under section 32.",
    ),
    Condition(
        "nominee_agrees",
        "The person nominated to receive the payment agrees to",
        "The person can nominate somebody who agrees, or receive the payment themselves.",
    ),
    Condition(
        NOT_BARRED,
        "The person is not under a court order that bars direct payments",
        "The bar lasts as long as the order does. The council meets the needs in another way meanwhile.",
    ),
    Condition(
        "can_manage",
        "The person, or the one nominated, can manage the payment, alone or with help",
        "Help can make the difference: a managed account, payroll, a support service, or nominating somebody.",
    ),
    Condition(
        "appropriate",
        "A direct payment is an appropriate way to meet the needs",
        "Say which needs, and why; a direct payment for part of the budget may still be appropriate.",
    ),
)
SECTION_32: tuple[Condition, ...] = (
    Condition(
        "lacks_capacity",
        "The person lacks capacity to ask for a direct payment",
        "A person with capacity asks for themselves, under section 31, and may nominate somebody.",
    ),
    Condition(
        "requester_authorised",
        "The one asking is authorised under the Mental Capacity Act to decide about care, or those who are agree",
        "A deputy or attorney for care decisions must ask, or agree with the council that this person is suitable. "
        "Where there is none, the council must itself find this person suitable.",
    ),
    Condition(
        NOT_BARRED,
        "The person is not under a court order that bars direct payments",
        "The bar lasts as long as the order does. The council meets the needs in another way meanwhile.",
    ),
    Condition(
        "best_interests",
        "The authorised person will act in the person's best interests",
        "Somebody else may be suitable as the authorised person.",
    ),
    Condition(
        "can_manage",
        "The authorised person can manage the payment, alone or with help",
        "Help can make the difference: a managed account, payroll, or a support service.",
    ),
    Condition(
        "appropriate",
        "A direct payment is an appropriate way to meet the needs",
        "Say which needs, and why; a direct payment for part of the budget may still be appropriate.",
    ),
)
NOT_DETAINED = Condition(
    "not_detained",
    "The person is not, having been convicted, in prison or in approved premises",
    "This lasts as long as the stay does. The council meets the needs in another way meanwhile.",
    source="Care Act 2014 s76",
)
DETAINED_IN = ("prison", "approved_premises")
CONDITIONS: dict[str, tuple[Condition, ...]] = {"section_31": SECTION_31, "section_32": SECTION_32}

#: Court orders that bar a direct payment (SI 2014/2871, Sch. 1), in groups; whoever records one names the order.
BARRED_ORDERS: tuple[Choice, ...] = (
    Choice("drug_rehabilitation", "Drug rehabilitation requirement of a community or suspended sentence order"),
    Choice("alcohol_treatment", "Alcohol treatment requirement of a community or suspended sentence order"),
    Choice("release_on_licence", "Released on licence with a drug or alcohol condition"),
    Choice("youth_rehabilitation", "Youth rehabilitation order with a drug or intoxicating substance requirement"),
    Choice("earlier_order", "Community rehabilitation, or drug treatment and testing, under an earlier Act"),
    Choice("scottish_order", "Scottish probation, drug treatment or community payback order of the same kind"),
)

RELATIONSHIPS: tuple[Choice, ...] = (
    Choice("spouse_or_civil_partner", "Husband, wife or civil partner"),
    Choice("living_as_partner", "Lives with the person as husband, wife or civil partner"),
    Choice("parent", "Parent or parent-in-law"),
    Choice("child", "Son, daughter, or son- or daughter-in-law"),
    Choice("step_family", "Step-parent or step-child"),
    Choice("sibling", "Brother or sister"),
    Choice("aunt_or_uncle", "Aunt or uncle"),
    Choice("grandparent", "Grandparent"),
    Choice("partner_of_relative", "Husband, wife or partner of one of these"),
    Choice("other_relative", "Another relative"),
    Choice("friend_or_neighbour", "Friend or neighbour"),
    Choice("not_related", "Not related"),
)
CLOSE_RELATIVES = frozenset(
    ("parent", "child", "step_family", "sibling", "aunt_or_uncle", "grandparent", "partner_of_relative")
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Whether a direct payment may be used in this way, and why."""

    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewDates:
    """The last day on which the next review of a direct payment is in time, and the rule it follows."""

    first_due: date
    next_due: date
    reason: str


def conditions(inputs: Mapping[str, Any], law: Law) -> Outcome:
    """Say whether the council must make a direct payment: each condition met, not met or not yet known.

    `inputs`: `route` (`section_31`: the person asks; `section_32`: an authorised person asks for somebody who
    lacks capacity), `answers` (each condition's code: true, false or "unknown"), `barred_orders` (codes of
    `BARRED_ORDERS`), `nominated_person` (true when the person asks that somebody else receives it),
    `detained_in` (`prison` or `approved_premises`, of somebody convicted), and `payees` (list of relationship,
    same_household, council_considers_necessary).
    """
    given = read.mapping(inputs, "The direct payment answers")
    known = ("route", "answers", "barred_orders", "nominated_person", "detained_in", "payees")
    read.only_known(given, known, "The direct payment answers")
    route = read.one_of(read.needed(given, "route"), SECTION, "route")
    part = law.only("direct_payments")
    months = part["direct_payments.first_review_months"]
    nominated = read.yes_or_no(given.get("nominated_person", False), "nominated_person")
    if nominated and route == "section_32":
        raise BadInput(
            "A nominated person is for somebody who has capacity (section 31). Somebody who lacks it has an "
            "authorised person (section 32). Choose one.",
            field="nominated_person",
        )
    asked = [c for c in CONDITIONS[route] if c.code != "nominee_agrees" or nominated]
    orders = read.some_of(given.get("barred_orders", []), [order.code for order in BARRED_ORDERS], "barred_orders")
    answers = _answers(given, asked, orders)
    if given.get("detained_in") is not None:
        read.one_of(given["detained_in"], DETAINED_IN, "detained_in")
        asked, answers = [*asked, NOT_DETAINED], {**answers, NOT_DETAINED.code: False}
    payees = [_payee(line, number) for number, line in enumerate(read.sequence(given.get("payees", []), "payees"), 1)]
    found = [_found(condition, answers[condition.code], route) for condition in asked]
    decision = _decision(answers)
    result = {
        "route": route,
        "section": SECTION[route],
        "received_by": "authorised_person" if route == "section_32" else ["person", "nominated_person"][nominated],
        "decision": decision,
        "must_pay": decision == "must_pay",
        "conditions": [{key: step[key] for key in ("code", "label", "answer", "what_would_change")} for step in found],
        "not_met": [code for code, answer in answers.items() if answer is False],
        "not_known": [code for code, answer in answers.items() if answer == UNKNOWN],
        "barred_orders": list(orders),
        "payees": [{**line, "allowed": answer.allowed, "reason": answer.reason} for line, answer in payees],
        "first_review_within_months": months,
    }
    reasons = (_WORDS[decision], *(step["sentence"] for step in found), *(answer.reason for _, answer in payees))
    return Outcome("direct_payment", given, part, result, tuple(found), reasons)


def may_pay(relationship: str, same_household: bool, council_considers_necessary: bool) -> Allowed:
    """Say whether a direct payment may be used to pay this person: the family bar.

    A husband, wife or civil partner is barred wherever they live; a close relative only in the same household.
    The bar falls when the council considers it necessary, for care or for help to manage the payment.
    Source: SI 2014/2871, reg. 3.
    """
    code = read.one_of(relationship, [choice.code for choice in RELATIONSHIPS], "relationship")
    read.yes_or_no(same_household, "same_household")
    read.yes_or_no(council_considers_necessary, "council_considers_necessary")
    label = next(choice.label for choice in RELATIONSHIPS if choice.code == code)
    spouse = code in ("spouse_or_civil_partner", "living_as_partner")
    if not spouse and not (code in CLOSE_RELATIVES and same_household):
        return Allowed(True, f"{label}: may be paid, as the family bar does not reach them (SI 2014/2871, reg. 3).")
    if council_considers_necessary:
        return Allowed(
            True, f"{label}: may be paid, because the council considers it necessary (SI 2014/2871, reg. 3)."
        )
    where = "wherever they live" if spouse else "as they live in the same household"
    return Allowed(
        False,
        f"{label}: may not be paid, {where}, unless the council considers it necessary for the person's care or for "
        "help to manage the payment (SI 2014/2871, reg. 3).",
    )


def review_dates(start: date, last_review: date | None = None) -> ReviewDates:
    """Give the day by which a direct payment must next be reviewed: within 6 months, then every 12.

    Source: SI 2014/2871, reg. 7; Care Act 2014 s27.
    """
    if last_review is not None and last_review < start:
        raise BadInput(
            f"The last review ({last_review}) is before the direct payment began ({start}).", field="last_review"
        )
    first = law_on(start)["direct_payments.first_review_months"]
    first_due = months_later(start, first)
    if last_review is None:
        return ReviewDates(first_due, first_due, f"The first review is due within {first} months of the start.")
    later = law_on(last_review)["direct_payments.later_review_months"]
    return ReviewDates(
        first_due, months_later(last_review, later), f"The next review is due within {later} months of the last one."
    )


def care_home_stays(stays: Sequence[tuple[date, date]], law: Law) -> Allowed:
    """Say whether a direct payment may pay for these stays in a care home (first night, day of leaving).

    A stay may last four weeks in a row; shorter stays less than four weeks apart are added together.
    Source: SI 2014/2871, reg. 6.
    """
    part = law.only("direct_payments")
    most_days = 7 * part["direct_payments.care_home_weeks"]
    gap_days = 7 * part["direct_payments.care_home_gap_weeks"]
    together, left = 0, None
    for begins, ends in sorted(stays):
        if ends < begins or (left is not None and begins < left):
            raise BadInput(
                f"The stay from {begins} to {ends} ends before it begins, or overlaps another.", field="stays"
            )
        apart = left is None or (begins - left).days >= gap_days
        together = (ends - begins).days + (0 if apart else together)
        left = ends
        if together > most_days:
            return Allowed(
                False,
                f"By {ends} the stays come to {together} days; a direct payment may pay for {most_days} in a row, and "
                f"stays less than {gap_days} days apart count together. The council arranges longer stays.",
            )
    return Allowed(True, f"No run of stays is longer than {most_days} days.")


_WORDS = {
    "must_pay": "Every condition is met: the council must make the direct payment.",
    "may_not_pay": "A condition is not met: the council gives its reasons in writing, and says what would change them.",
    "not_yet_known": "Not every condition is known yet: find out before deciding.",
}


def _answers(given: Mapping[str, Any], asked: Sequence[Condition], orders: Sequence[str]) -> dict[str, bool | str]:
    answers = read.mapping(read.needed(given, "answers"), "answers")
    read.only_known(answers, [condition.code for condition in asked], "answers")
    found: dict[str, bool | str] = {}
    for condition in asked:
        answer = answers.get(condition.code, UNKNOWN)
        if not isinstance(answer, bool) and answer != UNKNOWN:
            raise BadInput(
                f"{condition.code} must be true, false or “unknown”, not {quoted(answer)}.", field=condition.code
            )
        found[condition.code] = answer
    if orders and found[NOT_BARRED] is True:
        raise BadInput(
            "not_barred says there is no bar, but barred_orders names one. Change one of them.", field=NOT_BARRED
        )
    if orders:
        found[NOT_BARRED] = False
    return found


def _decision(answers: Mapping[str, bool | str]) -> str:
    if any(answer is False for answer in answers.values()):
        return "may_not_pay"
    return "not_yet_known" if UNKNOWN in answers.values() else "must_pay"


def _found(condition: Condition, answer: bool | str, route: str) -> dict[str, Any]:
    said = {True: "Met", False: "Not met", UNKNOWN: "Not yet known"}[answer]
    change = "" if answer is True else condition.change
    return {
        "name": condition.code,
        "code": condition.code,
        "label": condition.label,
        "value": answer,
        "answer": answer,
        "what_would_change": change,
        "source": condition.source or SECTION[route],
        "source_url": DETAINED_URL if condition.source else URLS[route],
        "sentence": f"{said}. {condition.label}." + (f" {change}" if change else ""),
    }


def _payee(line: object, number: int) -> tuple[dict[str, Any], Allowed]:
    field = f"payees, line {number}"
    line = read.mapping(line, field)
    names = ("relationship", "same_household", "council_considers_necessary")
    read.only_known(line, names, field)
    relationship, same_household, necessary = (read.needed(line, name) for name in names)
    return dict(line), may_pay(relationship, same_household, necessary)
