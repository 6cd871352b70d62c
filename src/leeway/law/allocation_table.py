"""The council's allocation table as its policy files give it: questions, points, points to pounds, prices; checked."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from leeway.law.dated import BadParameter, Law
from leeway.law.eligibility_codes import ADULT_OUTCOMES, CARER_OUTCOMES
from leeway.law.outcome import Choice
from leeway.refusal import quoted

#: What a carer can be eligible by, beside the outcomes (SI 2015/313 reg. 3(2)(a)).
HEALTH_AT_RISK = Choice("health_at_risk", "The carer’s own health")
#: What may be bought for a question, and by which unit, in the words of the directory.
SERVICES: tuple[str, ...] = (
    "home_care",
    "personal_assistant",
    "day_support",
    "community",
    "supported_living",
    "extra_care",
)
SERVICES += ("shared_lives", "care_home", "nursing_home", "community_care", "service_fund", "payroll")
UNITS = ("hour", "day", "session", "night", "week", "item")
#: What a question may serve: what eligibility was decided by.
SERVED: dict[str, tuple[Choice, ...]] = {"adult": ADULT_OUTCOMES, "carer": (*CARER_OUTCOMES, HEALTH_AT_RISK)}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer and its points. `costed`: so much support that no table can price it, and the plan is costed.

    `expects`: outcomes of which at least one must be out of reach, or the answer needs to be explained.
    """

    id: str
    label: str
    points: int
    costed: bool
    expects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the table, and the outcomes that it serves: where none is eligible, it counts nothing.

    `family_can_help`: it is asked how much of this family and friends do. `service`: what is bought for it, if said.
    `general`: it is about everything at once, so that its answer speaks against no finding about one outcome.
    """

    id: str
    domain: str
    text: str
    help: str
    outcomes: tuple[str, ...]
    family_can_help: bool
    general: bool
    service: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Help:
    """How much of the support of one question family and friends give, and the percentage that the budget then buys."""

    id: str
    label: str
    percent: int


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What the table reckons that one unit of a service costs: £23.56 an hour of home care."""

    service: str
    unit: str
    pence: int


@dataclass(frozen=True, slots=True)
class Table:
    """A whole allocation table in the prices of one year: its questions, and how points become pence."""

    version: str
    kind: str
    year: str
    prices_percent: int
    unit_prices: tuple[UnitPrice, ...]
    contingency_percent: int
    deflator_percent: int
    ceiling_pence_per_week: int
    most_pence_for_one_point: int
    most_pence_for_one_answer: int
    notice_pence_per_week: int
    points_to_pence: tuple[tuple[int, int], ...]
    help: tuple[Help, ...]
    questions: tuple[Question, ...]

    def price_of_a_point(self, points: int) -> Fraction:
        """What each point costs a week in this year's prices, where there are so many: never less where there are more.

        Read off the table on a straight line between its rows; past its last row, as at that row.
        """
        last = self.points_to_pence[-1][0]
        at = min(max(points, self.points_to_pence[1][0]), last)
        percents = Fraction(self.prices_percent * self.deflator_percent, 100 * 100)
        return percents * pence_at(at, self.points_to_pence) / at

    def price_of(self, service: str) -> UnitPrice | None:
        """What one unit of a service costs by the table, if it says so."""
        return next((price for price in self.unit_prices if price.service == service), None)


def pence_at(points: int | Fraction, rows: tuple[tuple[int, int], ...]) -> Fraction:
    """Read pence off rows of (points, pence), exactly, on a straight line between them; the last row holds above it.

    >>> pence_at(35, ((0, 0), (30, 17000), (40, 30000)))
    Fraction(23500, 1)
    """
    for (low, low_pence), (high, high_pence) in itertools.pairwise(rows):
        if points <= high:
            return low_pence + Fraction((high_pence - low_pence) * (points - low)) / (high - low)
    return Fraction(rows[-1][1])


_TABLES: dict[tuple[str, str], Table] = {}


def allocation_table(law: Law, kind: str) -> Table:
    """Read the table in force for an adult or a carer; refuse one that is broken, jumps or falls.

    `law` holds the two areas `allocation` and `allocation_prices`: a table is read and checked once for its values.
    """
    known = law.digest, kind
    if known not in _TABLES:
        _TABLES[known] = _read_table(law["allocation"], law["allocation_prices"], kind)
    return _TABLES[known]


def _read_table(value: Mapping[str, Any], prices: Mapping[str, Any], kind: str) -> Table:
    try:
        part = value[kind]
        percent = _whole(prices["percent"])
        table = Table(
            version=f"{value['version']}, prices of {prices['year']}",
            kind=kind,
            year=str(prices["year"]),
            prices_percent=percent,
            unit_prices=tuple(
                UnitPrice(str(service), str(given["unit"]), _whole(given["pence"]))
                for service, given in prices["units"].items()
            ),
            contingency_percent=_whole(value["contingency_percent"]),
            deflator_percent=_whole(value["deflator_percent"]),
            ceiling_pence_per_week=_whole(part["ceiling_pence_per_week"]) * percent // 100,
            most_pence_for_one_point=_whole(part["most_pence_for_one_point"]),
            most_pence_for_one_answer=_whole(part["most_pence_for_one_answer"]),
            notice_pence_per_week=_whole(value["notice_pence_per_week"]),
            points_to_pence=tuple((_whole(points), _whole(pence)) for points, pence in part["points_to_pence"]),
            help=tuple(
                Help(str(given["id"]), str(given["label"]), _whole(given["percent"]))
                for given in value["help_from_family"]
            ),
            questions=tuple(_question(question) for question in part["questions"]),
        )
        _check(table)
    except (KeyError, TypeError, ValueError) as problem:
        raise BadParameter(f"The council’s allocation file cannot be used for {kind}s: {problem}.") from problem
    return table


def _question(given: Mapping[str, Any]) -> Question:
    return Question(
        id=str(given["id"]),
        domain=str(given["domain"]),
        text=str(given["text"]),
        help=str(given.get("help", "")),
        outcomes=tuple(given["outcomes"]),
        family_can_help=bool(given.get("family_can_help", False)),
        general=bool(given.get("general", False)),
        service=str(given.get("service", "")),
        answers=tuple(
            Answer(
                id=str(answer["id"]),
                label=str(answer["label"]),
                points=_whole(answer["points"]),
                costed=bool(answer.get("costed", False)),
                expects=tuple(answer.get("expects", ())),
            )
            for answer in given["answers"]
        ),
    )


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{quoted(value)} must be a whole number, nought or more")
    return value


def _check(table: Table) -> None:
    _check_rows(table)
    if not 100_00 <= table.ceiling_pence_per_week <= 20_000_00:
        raise ValueError("ceiling_pence_per_week must be from £100 to £20,000 a week, in whole pence")
    if table.contingency_percent > 100 or not 0 < table.deflator_percent <= 200:
        raise ValueError("contingency_percent must be 0 to 100, and deflator_percent 1 to 200")
    if not 20 <= table.prices_percent <= 500:
        raise ValueError(f"percent of the prices of {table.year} must be 20 to 500")
    for price in table.unit_prices:
        if price.service not in SERVICES or price.unit not in UNITS or not price.pence:
            raise ValueError(
                f"the price of {quoted(price.service)} in {table.year} must be of one of {', '.join(SERVICES)}, for "
                f"one of {', '.join(UNITS)}, and more than nothing"
            )
    percents = [help_given.percent for help_given in table.help]
    if len(percents) < 2 or percents[0] != 100 or percents != sorted(percents, reverse=True):
        raise ValueError("help_from_family must begin with no help, of which the budget buys 100 per cent, and fall")
    ids = [question.id for question in table.questions]
    if len(set(ids)) != len(ids):
        raise ValueError("two questions have the same id")
    for question in table.questions:
        _check_question(question, table)


def _check_rows(table: Table) -> None:
    rows = table.points_to_pence
    if len(rows) < 2 or rows[0] != (0, 0):
        raise ValueError("points_to_pence must begin with no points and no pence, and go on")
    for (points, pence), (more_points, more_pence) in itertools.pairwise(rows):
        if more_points <= points or more_pence < pence:
            raise ValueError(f"points_to_pence must rise: see the row of {more_points} points")
        if more_pence - pence > table.most_pence_for_one_point * (more_points - points):
            raise ValueError(f"one point is worth too much before the row of {more_points} points: a cliff")
        if more_pence * points < pence * more_points:
            raise ValueError(
                f"a point is worth less at {more_points} points than at {points}: who needs more of one thing would be "
                "given less for another"
            )


def _check_question(question: Question, table: Table) -> None:
    known = {outcome.code for outcome in SERVED[table.kind]}
    answers = [answer.id for answer in question.answers]
    points = [answer.points for answer in question.answers]
    if len(set(answers)) != len(answers) or len(answers) < 2:
        raise ValueError(f"{question.id} needs two answers or more, each with its own id")
    if points[0] or points != sorted(points):
        raise ValueError(f"the answers of {question.id} must begin with no points, and rise")
    for code in (*question.outcomes, *(code for answer in question.answers for code in answer.expects)):
        if code not in known:
            raise ValueError(
                f"{question.id} names {quoted(code)}, which is no outcome. Use: {', '.join(sorted(known))}"
            )
    if not question.outcomes:
        raise ValueError(f"{question.id} must name the outcomes that it serves")
    if question.service and table.price_of(question.service) is None:
        raise ValueError(f"{question.id} is met by {question.service}, which has no price in {table.year}")
    for less, more in itertools.pairwise(question.answers):
        if not more.costed and _dearest_step(more.points - less.points, table) > table.most_pence_for_one_answer:
            raise ValueError(f"from {less.id} to {more.id} in {question.id} is too great a step: a cliff")


def _dearest_step(points: int, table: Table) -> int:
    last = table.points_to_pence[-1][0]
    return max(
        int(pence_at(reached + points, table.points_to_pence) - pence_at(reached, table.points_to_pence))
        for reached in range(last)
    )
