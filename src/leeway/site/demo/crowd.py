"""From a drawn person to a script: what they said, what they answered, what their plan buys, where they stand."""

from datetime import date, timedelta

import numpy as np
from django.conf import settings

from leeway.care.people.models import SupportReason
from leeway.care.people.states import Stage
from leeway.law import compute, law_on
from leeway.law.allocation import questions
from leeway.law.charge_case import QUALIFYING_INCOME
from leeway.site.demo.people import MadeUp, pick
from leeway.site.demo.saying import WORDS, Voice
from leeway.site.demo.script import Death, End, Help, Line, Script, Switch, Wait

OUTCOMES_OF_QUESTION = {
    "personal_care": ["hygiene", "clothing", "toilet"],
    "meals": ["nutrition"],
    "home": ["habitable_home"],
    "wellbeing": ["relationships"],
    "relationships": ["relationships", "community"],
    "decisions": ["habitable_home"],
    "safety": ["home_safety"],
    "nights": ["home_safety"],
    "work": ["work_education", "community"],
    "parenting": ["parenting"],
}
#: How often family and friends do none, some or most of something, where they can.
HELP_PERCENT = {"none": 75, "some": 15, "most": 10}
AS_FOUND = "Talked through together at the visit: both are as they were found."
HELPERS = "Family, who were asked without the person there and want to go on as they do now."
STAGES_PERCENT = {
    Stage.REQUEST: 4,
    Stage.ASSESSMENT: 4,
    Stage.PLANNING: 5,
    Stage.SIGN_OFF: 3,
    Stage.AGREEMENT: 2,
    Stage.ARRANGING: 2,
    Stage.ACTIVE: 74,
    Stage.REVIEW: 3,
    Stage.CLOSED: 3,
}
DAYS_TO_STAGE = {Stage.ACTIVE: 40, Stage.REVIEW: 200, Stage.CLOSED: 20}
LONGEST_OPEN_DAYS = 600
#: How many of those whose budget the council manages have what they had, with nothing else asked.
AS_BEFORE = 1 / 3
#: How long ago the request was where something may have happened since support began.
MONTHS_ENOUGH = timedelta(days=180)
ROUTES = ["Community / Other route", "Community / Other route", "Community / Other route", "Discharge from Hospital"]


def write_script(
    person: MadeUp, chance: np.random.Generator, voice: Voice, today: date, details_of_cared_for: dict | None
) -> Script:
    """What happened, or is happening, to one drawn person."""
    kind = "carer" if person.carer else "adult"
    until = list(STAGES_PERCENT)[pick(chance, list(STAGES_PERCENT.values()))]
    eligible = until != Stage.CLOSED
    days = DAYS_TO_STAGE.get(until, 30)
    opened = today - timedelta(days=int(chance.integers(days, LONGEST_OPEN_DAYS if days > 30 else days + 15)))
    help_given = draw_help(kind, chance, opened)
    answers = draw_answers(person, kind, chance, opened, help_given) if eligible else least_answers(kind, opened)
    outcomes = draw_outcomes(kind, answers, chance, voice, eligible)
    way = person.way if not person.carer else "direct_payment"
    as_before = way == "council_managed" and chance.random() < AS_BEFORE
    lines = draw_lines(person, way, indicative(kind, answers, opened, help_given), chance, voice)
    lived_on = until == Stage.ACTIVE and today - opened > MONTHS_ENOUGH
    return Script(
        details=person.details(),
        opened_on=opened,
        until=until,
        request_route=draw(chance, ROUTES),
        request_words=f"{voice.say(WORDS['happened'])} {voice.say(WORDS['wishes'])}",
        reason=person.reason,
        what_matters=voice.say(WORDS["matters"]),
        good_day=f"{voice.say(WORDS['mornings'])} {voice.say(WORDS['rest_of_day'])}",
        outcomes=outcomes,
        answers=answers,
        help_given=help_given,
        helpers_words=HELPERS,
        means=draw_means(person, chance),
        aims=voice.say_two(WORDS["aims"]),
        lines=lines,
        had_before=draw_before(way, as_before, lines, chance),
        then=draw_what_follows(way, opened, today, chance, voice) if lived_on else (),
        way=way,
        choice_words=voice.say(WORDS["choices"]["as_before" if as_before else way]),
        why_not_direct_payment=why_not(way, as_before),
        independent_advice="" if as_before else draw(chance, WORDS["advice"]),
        why_not_told="The letter went out before the table had been worked through." if as_before else "",
        kind=kind,
        cared_for=details_of_cared_for if person.carer else None,
        author="worker" if as_before else "person_with_help",
        contingency=voice.say(WORDS["if_it_fails"]),
        review_words=voice.say(WORDS["reviews"]),
    )


def draw_before(way: str, as_before: bool, lines: tuple[Line, ...], chance: np.random.Generator) -> tuple[Line, ...]:
    """What the council bought before: the same for whoever carries on; of others the same, other support or none."""
    share = chance.random()
    if way != "council_managed":
        return ()
    if as_before or share < 0.3:
        return lines
    return (Line("Day centre", "day_support", 60_00),) if share < 0.55 else ()


def draw_what_follows(
    way: str, opened: date, today: date, chance: np.random.Generator, voice: Voice
) -> tuple[Switch | Wait | End | Death, ...]:
    """What happens to some whose support has run for months: one of 30 dies, others switch, wait or end."""
    share, days = chance.random(), int(chance.integers(120, (today - opened).days - 30))
    if share < 0.03:
        return (Death(days, voice.say(WORDS["told_by"])),)
    if share < 0.06:
        return (End(days, voice.say(WORDS["ends"]), voice.say(WORDS["reviews"])),)
    if share < 0.10 and way == "council_managed":
        words, why = voice.say(WORDS["switches"])
        return (Switch(days, "direct_payment", words, why, voice.say(WORDS["reviews"])),)
    if share < 0.14 and way == "direct_payment":
        return (Wait(days, 21, "hospital", voice.say(WORDS["waits"])),)
    return ()


def why_not(way: str, as_before: bool) -> str:
    """Why a direct payment was not chosen, where it was not."""
    if way in {"direct_payment", "mixed"}:
        return ""
    return "happy_now" if as_before else "not_wanted"


def draw(chance: np.random.Generator, from_list: list):
    return from_list[int(chance.integers(len(from_list)))]


def least_answers(kind: str, on: date) -> dict[str, str]:
    """The first answer to each question: hardly any support."""
    return {question.id: question.answers[0].id for question in questions(law_on(on, settings.COUNCIL_POLICY), kind)}


def middling_answers(kind: str, on: date) -> dict[str, str]:
    """An answer from the middle to each question."""
    asked = questions(law_on(on, settings.COUNCIL_POLICY), kind)
    return answers_at(0.6, dict.fromkeys([question.id for question in asked], 0.0), asked)


def draw_help(kind: str, chance: np.random.Generator, on: date) -> dict[str, str]:
    """How much of each thing family and friends do, where they can."""
    helped = [question for question in questions(law_on(on, settings.COUNCIL_POLICY), kind) if question.family_can_help]
    return {question.id: list(HELP_PERCENT)[pick(chance, list(HELP_PERCENT.values()))] for question in helped}


def draw_answers(
    person: MadeUp, kind: str, chance: np.random.Generator, on: date, help_given: dict[str, str]
) -> dict[str, str]:
    """Answers whose indicative budget comes near the drawn cost, with ups and downs between the questions."""
    asked = questions(law_on(on, settings.COUNCIL_POLICY), kind)
    bias = {question.id: float(chance.normal(0, 0.18)) for question in asked}
    if chance.random() > 0.1 or person.band == "65+":
        bias["parenting"] = -9.0
    target = person.weekly_pence if kind == "adult" else person.weekly_pence // 6
    low, high = 0.05, 1.0
    for _ in range(7):
        middle = (low + high) / 2
        answers = answers_at(middle, bias, asked)
        low, high = (middle, high) if indicative(kind, answers, on, help_given) < target else (low, middle)
    return answers_at(high, bias, asked)


def answers_at(level: float, bias: dict[str, float], asked) -> dict[str, str]:
    places = {q.id: int(np.clip((level + bias[q.id]) * len(q.answers), 0, len(q.answers) - 1)) for q in asked}
    return {question.id: question.answers[places[question.id]].id for question in asked}


def indicative(kind: str, answers: dict[str, str], on: date, help_given: dict[str, str]) -> int:
    """The figure that these answers give somebody who cannot manage anything that they ask support for."""
    asked = questions(law_on(on, settings.COUNCIL_POLICY), kind)
    unable = {code for q in asked if answers[q.id] != q.answers[0].id for code in q.outcomes}
    everything = {code for q in asked for code in (q.id, *q.outcomes)}
    inputs = {
        "kind": kind,
        "unable": sorted(unable),
        "answers": answers,
        "help": help_given,
        "willing_and_able": True,
        "explained": dict.fromkeys(everything, AS_FOUND),
    }
    outcome = compute("allocation", inputs, on, policy=settings.COUNCIL_POLICY)
    return outcome.result["indicative_pence_per_week"]


def draw_outcomes(
    kind: str, answers: dict[str, str], chance: np.random.Generator, voice: Voice, eligible: bool
) -> dict[str, Help]:
    """What was said about each outcome with which the answers say that support is needed."""
    said = WORDS[kind]
    if kind == "carer":
        needed = list(said)
    else:
        none = {question for question, answer in answers.items() if answer == "nothing"}
        needed = [code for q, codes in OUTCOMES_OF_QUESTION.items() if q not in none for code in codes]
        needed = [*needed, "hygiene", "nutrition"][: max(2, len(needed))]
    chosen = needed if eligible else needed[:1]
    outcomes = {}
    for code in dict.fromkeys(chosen):
        person, assessor = voice.say(said[code])
        unable = ("cannot",) if chance.random() < 0.7 else ("pain_distress_anxiety",)
        outcomes[code] = Help(unable if eligible else (), person, assessor)
    return outcomes


def draw_means(person: MadeUp, chance: np.random.Generator) -> dict:
    """Income, savings and costs, at benefit rates of 2026-27."""
    if person.band == "65+":
        income = [("state_pension", int(chance.choice([184_90, 210_00, 241_30])))]
        income += [("private_pension", int(chance.integers(5, 180)) * 100)] if chance.random() < 0.6 else []
        income += [("attendance_allowance", int(chance.choice([76_70, 114_60])))] if chance.random() < 0.7 else []
        savings = int(np.exp(chance.normal(9.0, 1.3))) * 100
    else:
        income = [("universal_credit", 98_05), ("pip_daily_living", int(chance.choice([76_70, 114_60])))]
        income += [("earnings", int(chance.integers(60, 200)) * 100)] if chance.random() < 0.1 else []
        savings = int(np.exp(chance.normal(7.0, 1.2))) * 100
    qualifying = sum(pence for kind, pence in income if kind.endswith("_pension"))
    weekly = [{"kind": kind, "amount_pence": pence, "every": "weekly"} for kind, pence in income]
    council_tax = {"kind": "council_tax", "amount_pence": int(chance.integers(4, 24)) * 100, "every": "weekly"}
    disability = {"kind": "heating", "amount_pence": int(chance.integers(2, 16)) * 100, "every": "weekly"}
    return {
        "basis": {"basis": "full", "basis_reason": ""},
        "household": {"household": "single", "dependent_children": 0, "premiums": []},
        "income": {"lines": weekly, QUALIFYING_INCOME: qualifying if person.band == "65+" else None},
        "savings": {"lines": [{"kind": "savings", "pence": min(savings, 60_000_00)}]},
        "housing": {"lines": [council_tax]},
        "disability_costs": {"lines": [disability]},
        "evidence": {"evidence": "Award letters and three months of bank statements seen."},
    }


def draw_lines(person: MadeUp, way: str, pence: int, chance: np.random.Generator, voice: Voice) -> tuple[Line, ...]:
    """What the plan buys, near the indicative budget: from assistants, agencies, day support or supported living."""

    def buys(kind: str, pence: int, way: str) -> Line:
        return Line(voice.say(WORDS["buys"][kind]), kind, pence, way)

    target = max(20_00, int(pence * np.exp(chance.normal(0, 0.12))))
    if person.carer:
        return (buys("community", target, "direct_payment"),)
    if way == "direct_payment":
        return (
            buys("personal_assistant", target * 9 // 10, way),
            Line("Payroll and insurance", "payroll", target // 10, way),
        )
    if way == "mixed":
        return (
            Line("Personal assistant at weekends", "personal_assistant", target // 2, "direct_payment"),
            Line("Help in the mornings", "home_care", target - target // 2, "council_managed"),
        )
    if person.reason == SupportReason.LEARNING_DISABILITY:
        return (
            buys("supported_living", target * 3 // 4, way),
            buys("day_support", target // 4, way),
        )
    return (buys("home_care", target, way),)
