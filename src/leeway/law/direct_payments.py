"""Direct payments: the conditions of sections 31 and 32, whom to consult, and when to review.

Source: Care Act 2014 ss31 to 33 and 76; SI 2014/2871 (the Direct Payments Regulations).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from leeway.law import inputs as read
from leeway.law.dated import Law, law_on
from leeway.law.direct_payment_codes import (
    AUTHORISED_IS,
    BARRED_ORDERS,
    CONDITIONS,
    CONSULTATION,
    CONSULTED,
    DETAINED_IN,
    HEARD,
    NOT_BARRED,
    NOT_DETAINED,
    PERHAPS_DETAINED_IN,
    RECORD_CHECK,
    UNKNOWN,
    Condition,
)
from leeway.law.direct_payment_uses import (
    Allowed,
    care_home_weeks,
    may_buy_from_council,
    may_pay,
    may_plan_homes,
    may_plan_stays,
)
from leeway.law.months import months_later
from leeway.law.outcome import BadInput, Outcome
from leeway.refusal import quoted

SECTION = {"section_31": "Care Act 2014 s31", "section_32": "Care Act 2014 s32"}
URLS = {route: f"https://www.legislation.gov.uk/ukpga/2014/23/section/{route[-2:]}" for route in SECTION}
CARE_ACT = date(2015, 4, 1)
#: The law of direct payments before the Care Act, each from its first day, the latest first.
BEFORE = (
    (date(2009, 11, 9), "the Health and Social Care Act 2001, section 57, and SI 2009/1887"),
    (date(2003, 4, 8), "the Health and Social Care Act 2001, section 57, and SI 2003/762"),
    (date(1997, 4, 1), "the Community Care (Direct Payments) Act 1996"),
)
IN_SECTION_32 = ("consulted", "consultation_words", "authorised_is", "criminal_record_check")


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
    `detained_in` (`prison` or `approved_premises`, of somebody convicted; `prison_not_known` where nobody knows yet),
    `stays` (in a care home so far) and `uses` (what it would pay for: see `answer_use`). By section 32 also `consulted`
    (codes of `CONSULTED`, each with one of `HEARD`), `consultation_words`, `authorised_is` (one of `AUTHORISED_IS`) and
    `criminal_record_check` (true: it raises no concern, false: it does, "unknown"), as reg. 5 asks.
    """
    given = read.mapping(inputs, "The direct payment answers")
    refuse_before_care_act(law.on)
    route = read.one_of(read.needed(given, "route", SECTION), SECTION, "route")
    known = ("route", "answers", "barred_orders", "nominated_person", "detained_in", "uses", "stays")
    read.only_known(given, (*known, *(IN_SECTION_32 if route == "section_32" else ())), "The direct payment answers")
    part = law.only("direct_payments")
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
    further = [*_detained(given), *(_steps_of_reg_5(given) if route == "section_32" else ())]
    asked = [*asked, *(condition for condition, _ in further)]
    answers |= {condition.code: answer for condition, answer in further}
    stays = _stays(given)
    uses = answer_uses(given.get("uses", []), law)
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
        "uses": [{"what": what, "allowed": answer.allowed, "reason": answer.reason} for what, answer in uses],
        "first_review_within_months": part["direct_payments.first_review_months"],
    }
    reasons = (
        _WORDS[decision],
        *(step["sentence"] for step in found),
        *(f"{what}: {answer.reason}" for what, answer in uses),
        *([care_home_weeks(stays, law, law.on).reason] if stays else ()),
    )
    return Outcome("direct_payment", given, part, result, tuple(found), reasons)


def answer_uses(uses: object, law: Law) -> list[tuple[str, Allowed]]:
    """Say of each thing whether a direct payment may pay for it, and of stays in several care homes, of all together.

    See `answer_use` for what is asked of each.
    """
    asked = read.sequence(uses, "uses")
    answered = [answer_use(use, law) for use in asked]
    homes = [(what, use["care_home"]) for use, (what, _) in zip(asked, answered, strict=True) if "care_home" in use]
    if len(homes) > 1:
        planned = [(home["nights_at_a_time"], home["days_between"], home["nights_a_year"]) for _, home in homes]
        answered.append((", ".join(what for what, _ in homes), may_plan_homes(planned, law)))
    return answered


def answer_use(use: object, law: Law) -> tuple[str, Allowed]:
    """Say whether a direct payment may pay for one thing: `what`, and `family`, `council` or `care_home` about it.

    `family`: relationship, same_household (or nothing), necessary_for, why. `council`: from_council (or nothing), once,
    because. `care_home`: nights_at_a_time, days_between, nights_a_year, start.
    """
    line = read.mapping(use, "Each of uses")
    read.only_known(line, ("what", *_USES), "uses")
    about = [name for name in _USES if name in line]
    if len(about) != 1:
        raise BadInput(f"Each of uses must be about one of: {', '.join(_USES)}.", field="uses")
    details = read.mapping(line[about[0]], about[0])
    read.only_known(details, _USES[about[0]], about[0])
    values = {name: _READ[name](read.needed(details, name), name) for name in _USES[about[0]]}
    what = str(read.needed(line, "what"))
    if about == ["family"]:
        return what, may_pay(**values)
    return what, may_buy_from_council(**values) if about == ["council"] else may_plan_stays(**values, law=law)


def refuse_before_care_act(on: date) -> None:
    """Refuse a question about a direct payment before 1 April 2015, and name the law that held then."""
    if on >= CARE_ACT:
        return
    then = next((law for first, law in BEFORE if first <= on), None)
    said = f"Direct payments were made under {then} then" if then else "No law let a council make direct payments then"
    raise BadInput(
        f"The Care Act’s conditions hold from 1 April 2015, and this is about {on:%-d %B %Y}. {said}. Use a day from "
        "1 April 2015 on.",
        field="on",
    )


def goes_on(route: str, has_capacity: bool, for_a_time: bool | None, somebody_manages: bool) -> Allowed:
    """Say whether a direct payment goes on when the person has lost, or regained, the capacity to ask for it.

    Lost for a time, it goes on where somebody is willing to manage it meanwhile; regained for a time, it goes on to
    the authorised person. Source: SI 2014/2871, reg. 8.
    """
    if has_capacity == (read.one_of(route, SECTION, "route") == "section_31"):
        return Allowed(True, "Capacity is as it was when the direct payment was decided.")
    if for_a_time is None:
        return Allowed(None, "Find out whether this is for a time only: then the direct payment may go on (reg. 8).")
    if has_capacity and for_a_time:
        return Allowed(True, "They can decide for a time only: it goes on to the authorised person (reg. 8).")
    if has_capacity:
        return Allowed(False, "They can decide now: ask them how the budget is held, and check under section 31.")
    if for_a_time and somebody_manages:
        return Allowed(
            True,
            "They cannot decide for a time, and somebody is willing to manage it until they can: it goes on (reg. 8).",
        )
    return Allowed(
        False,
        "It cannot go on under section 31: somebody may be authorised under section 32, or the money is held in "
        "another way. The needs are met meanwhile.",
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
        "source_url": condition.url or URLS[route],
        "sentence": f"{said}. {condition.label}." + (f" {change}" if change else ""),
    }


def _detained(given: Mapping[str, Any]) -> list[tuple[Condition, bool | str]]:
    if given.get("detained_in") is None:
        return []
    kind = read.one_of(given["detained_in"], (*DETAINED_IN, *PERHAPS_DETAINED_IN), "detained_in")
    return [(NOT_DETAINED, UNKNOWN if kind in PERHAPS_DETAINED_IN else False)]


def _steps_of_reg_5(given: Mapping[str, Any]) -> list[tuple[Condition, bool | str]]:
    """What the council does before it pays an authorised person: whom it asks, and a criminal record check."""
    heard = read.mapping(given.get("consulted", {}), "consulted")
    read.only_known(heard, [choice.code for choice in CONSULTED], "consulted")
    for code, answer in heard.items():
        read.one_of(answer, [choice.code for choice in HEARD], code)
    everybody = all(heard.get(choice.code, UNKNOWN) != UNKNOWN for choice in CONSULTED)
    who = read.one_of(given.get("authorised_is", UNKNOWN), [choice.code for choice in AUTHORISED_IS], "authorised_is")
    check = given.get("criminal_record_check", UNKNOWN)
    if not isinstance(check, bool) and check != UNKNOWN:
        raise BadInput(
            f"criminal_record_check must be true, false or “unknown”, not {quoted(check)}.",
            field="criminal_record_check",
        )
    needs_none = who in ("family", "friend")
    return [
        (CONSULTATION, True if everybody else UNKNOWN),
        (RECORD_CHECK, True if needs_none else UNKNOWN if who == UNKNOWN else check),
    ]


def _stays(given: Mapping[str, Any]) -> list[tuple[date, date | None]]:
    """The stays in a care home so far, each its first night and the day of leaving (none: still there)."""
    found = []
    for pair in read.sequence(given.get("stays", []), "stays"):
        days = [None if day is None else read.day(day, "stays") for day in read.sequence(pair, "stays")]
        if len(days) != 2 or days[0] is None:
            raise BadInput("stays must each give the first night, and the day of leaving or nothing.", field="stays")
        found.append((days[0], days[1]))
    return found


def _yes_no_or_nothing(value: object, field: str) -> bool | None:
    return None if value is None else read.yes_or_no(value, field)


def _nights_or_nothing(value: object, field: str) -> int | None:
    return None if value is None else read.whole(value, field, least=int(field == "nights_at_a_time"), most=1000)


_READ: Mapping[str, Callable[[Any, str], Any]] = {
    "relationship": read.words,
    "same_household": _yes_no_or_nothing,
    "necessary_for": read.words,
    "why": read.words,
    "from_council": _yes_no_or_nothing,
    "once": read.yes_or_no,
    "because": read.words,
    "nights_at_a_time": _nights_or_nothing,
    "days_between": _nights_or_nothing,
    "nights_a_year": partial(read.whole, most=366),
    "start": read.day,
}
_USES = {
    "family": ("relationship", "same_household", "necessary_for", "why"),
    "council": ("from_council", "once", "because"),
    "care_home": ("nights_at_a_time", "days_between", "nights_a_year", "start"),
}
