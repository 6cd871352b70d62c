"""What a needs assessment consists of: its outcomes, its budget questions, and which of them are answered."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from leeway.care.assessment.models import Assessment, OutcomeNote, TookPart
from leeway.care.people.models import Case, CaseKind
from leeway.law import Choice, Outcome, compute, law_on
from leeway.law.allocation import Contradiction, Question, contradictions, helps, questions
from leeway.law.allocation_table import HEALTH_AT_RISK, Help
from leeway.law.eligibility_codes import ADULT_OUTCOMES, CARER_OUTCOMES, CARER_UNABLE_REASONS, UNABLE_REASONS
from leeway.said import REASON, says_something

#: A need that goes up and down, looked at over fewer weeks than these, asks why they are enough.
FEW_WEEKS, WEEKS_OF_A_YEAR = 12, 52
BY_THE_YEAR = re.compile(r"\b(year|winter|spring|summer|autumn|season)", re.IGNORECASE)
#: What is kept where it was asked whether somebody else must pay, and nobody must.
NOBODY_ELSE = "nobody"


@dataclass(frozen=True)
class Task:
    """One part of an assessment: the page it is done on, and how far it is. `missing` says what is still to do.

    `place` is where on its page, by its id. One that `waits` has nothing to ask before other parts are answered.
    """

    page: str
    title: str
    argument: str = ""
    place: str = ""
    hint: str = ""
    started: bool = False
    missing: str = ""
    needed: bool = True
    waits: bool = False

    @property
    def done(self) -> bool:
        return not self.missing and not self.waits


@dataclass(frozen=True)
class Progress:
    """How far an assessment is, and what the answers so far would decide (None while they are not enough)."""

    tasks: Sequence[Task]
    eligibility: Outcome | None

    @property
    def missing(self) -> list[Task]:
        return [task for task in self.tasks if task.needed and task.missing]

    @property
    def eligible(self) -> bool | None:
        return None if self.eligibility is None else self.eligibility.result["eligible"]


def outcomes_of(case: Case) -> tuple[Choice, ...]:
    """The outcomes asked about: ten for an adult, eight for a carer."""
    return CARER_OUTCOMES if case.kind == CaseKind.CARER else ADULT_OUTCOMES


def unable_reasons_of(case: Case) -> tuple[Choice, ...]:
    """The ways of being unable that the law counts: four for an adult, three for a carer."""
    return CARER_UNABLE_REASONS if case.kind == CaseKind.CARER else UNABLE_REASONS


def who_took_part(case: Case) -> dict[str, str]:
    """Who can have taken part in an assessment: in a carer's own, nobody else is their carer."""
    if case.kind == CaseKind.CARER:
        return {
            TookPart.PERSON.value: "The carer alone",
            TookPart.PERSON_AND_CARER.value: "The carer, and the person they care for",
        }
    return {value: str(label) for value, label in TookPart.choices}


def budget_questions(case: Case, on: date) -> tuple[Question, ...]:
    """The questions of the council's allocation table in force."""
    return questions(law_on(on, settings.COUNCIL_POLICY), case.kind)


def kinds_of_help(case: Case, on: date) -> tuple[Help, ...]:
    """How much of something family and friends may do, beginning with none of it."""
    return helps(law_on(on, settings.COUNCIL_POLICY), case.kind)


def budget_asked(assessment: Assessment, on: date) -> tuple[Question, ...]:
    """The questions to ask: those that serve nothing but what can be managed are left out.

    One that was answered stays, so that an answer that does not fit can be mended.
    """
    managed = {note.outcome for note in assessment.outcomes.all() if note.answered and not note.unable}
    managed |= {HEALTH_AT_RISK.code} if assessment.health_at_risk is False else set()
    given = answers_given(assessment, on)
    return tuple(
        question
        for question in budget_questions(assessment.case, on)
        if not managed.issuperset(question.outcomes)
        or given.get(question.id, question.answers[0].id) != question.answers[0].id
    )


def answers_given(assessment: Assessment, on: date) -> dict[str, str]:
    """The budget answers that the council's table of a day knows."""
    given = assessment.allocation_answers
    known = {
        question.id: {answer.id for answer in question.answers} for question in budget_questions(assessment.case, on)
    }
    return {name: given[name] for name, answers in known.items() if given.get(name) in answers}


def out_of_reach(assessment: Assessment) -> list[str]:
    """What cannot be managed, as far as it is answered: outcomes, and for a carer their own health."""
    unable = [note.outcome for note in assessment.outcomes.all() if note.answered and note.unable]
    return unable + ([HEALTH_AT_RISK.code] if assessment.health_at_risk else [])


def asks_help(assessment: Assessment, question: Question, answers: dict[str, str]) -> bool:
    """Whether it matters how much of something family and friends do: some support is needed with it."""
    none = question.answers[0].id
    counts = not set(question.outcomes).isdisjoint(out_of_reach(assessment))
    return question.family_can_help and counts and answers.get(question.id, none) != none


def helped_with(assessment: Assessment, on: date) -> list[Question]:
    """The questions of which family and friends are said to do some."""
    given, none = answers_given(assessment, on), kinds_of_help(assessment.case, on)[0].id
    return [
        question
        for question in budget_questions(assessment.case, on)
        if asks_help(assessment, question, given) and assessment.allocation_help.get(question.id, none) != none
    ]


def help_noted(assessment: Assessment, question: Question) -> list[tuple[str, str]]:
    """Who helps now with the parts of life that a budget question is about: pairs of the part and the words."""
    names = {choice.code: choice.label for choice in outcomes_of(assessment.case)}
    noted = {note.outcome: note.help_now.strip() for note in assessment.outcomes.all()}
    return [(names[code], noted[code]) for code in names if code in question.outcomes and noted.get(code)]


def help_not_counted(assessment: Assessment, on: date) -> list[Question]:
    """The questions of which family and friends are said to do nothing, though help was noted with what it is about."""
    given, none = answers_given(assessment, on), kinds_of_help(assessment.case, on)[0].id
    return [
        question
        for question in budget_questions(assessment.case, on)
        if asks_help(assessment, question, given)
        and assessment.allocation_help.get(question.id) == none
        and help_noted(assessment, question)
    ]


def what_does_not_fit(assessment: Assessment, on: date) -> tuple[Contradiction, ...]:
    """Where the budget answers and the parts of life contradict each other, as far as these are answered."""
    law = law_on(on, settings.COUNCIL_POLICY)
    said = {note.outcome for note in assessment.outcomes.all() if note.answered}
    said |= set() if assessment.health_at_risk is None else {HEALTH_AT_RISK.code}
    found = contradictions(out_of_reach(assessment), answers_given(assessment, on), law, assessment.case.kind)
    return tuple(one for one in found if said.issuperset(one.outcomes))


def eligibility_inputs(assessment: Assessment, notes: Sequence[OutcomeNote]) -> dict:
    """The facts of the eligibility rule. Help from others is left out: eligibility does not look at it."""
    facts = {
        "kind": assessment.case.kind,
        "outcomes": {note.outcome: {"unable": note.unable} for note in notes if note.answered},
        "fluctuates": assessment.fluctuates,
        "weeks_looked_at": assessment.weeks_looked_at,
        "wellbeing_impact": assessment.wellbeing_impact,
        "wellbeing_areas": assessment.wellbeing_areas if assessment.wellbeing_impact else [],
    }
    if assessment.case.kind == CaseKind.CARER:
        contract = assessment.contract_or_voluntary_work
        return facts | {
            "contract_or_voluntary_work": contract,
            "regarded_as_carer": assessment.regarded_as_carer if contract else None,
            "necessary_care": assessment.necessary_care,
            "health_at_risk": assessment.health_at_risk,
        }
    funding = None if assessment.funding == NOBODY_ELSE else assessment.funding
    return facts | {"impairment": assessment.impairment, "funding": funding}


def allocation_inputs(assessment: Assessment, on: date) -> dict:
    """The facts of the allocation rule, with what explains each thing that does not fit."""
    answers = answers_given(assessment, on)
    asked = [question for question in budget_questions(assessment.case, on) if asks_help(assessment, question, answers)]
    facts: dict[str, object] = {
        "kind": assessment.case.kind,
        "unable": out_of_reach(assessment),
        "answers": answers,
        "help": {q.id: assessment.allocation_help[q.id] for q in asked if q.id in assessment.allocation_help},
        "explained": {
            one.code: assessment.explained[one.code]
            for one in what_does_not_fit(assessment, on)
            if one.code in assessment.explained
        },
    }
    if helped_with(assessment, on):
        facts |= {"willing_and_able": assessment.helpers_willing, "helpers_words": assessment.helpers_words}
    return facts


def progress(assessment: Assessment, on: date) -> Progress:
    """Which parts are answered, which are missing, and what the answers would decide by the law of a day."""
    notes = list(assessment.outcomes.all())
    before = [_conversation(assessment), *_outcomes(assessment.case, notes), _conditions(assessment)]
    eligibility = None
    if not any(task.missing for task in before[1:]):
        eligibility = compute("eligibility", eligibility_inputs(assessment, notes), on, policy=settings.COUNCIL_POLICY)
    budget_needed = eligibility is None or eligibility.result["eligible"]
    budget = _budget(assessment, on, budget_needed)
    waits = eligibility is None or (budget_needed and any(task.missing for task in budget))
    return Progress([*before, *budget, _cross_check(assessment, on, budget_needed, waits)], eligibility)


def _conversation(assessment: Assessment) -> Task:
    wanted = {
        "what_matters": ("what matters to the person", assessment.what_matters),
        "took_part": ("who took part", assessment.took_part),
        "advocacy": ("whether an advocate was needed", assessment.advocacy),
    }
    missing = {name: words for name, (words, answer) in wanted.items() if not answer}
    return Task(
        page="conversation",
        place=_box_of_first(missing),
        title="The conversation",
        hint="What matters, what a good day is, who took part",
        started=len(missing) < len(wanted) or bool(assessment.good_day),
        missing=f"The conversation: say {_and([*missing.values()])}." if missing else "",
    )


def _box_of_first(missing: Mapping[str, str]) -> str:
    """Where the first of the fields that lack an answer stands on its page."""
    return next((f"id_{name}" for name in missing), "")


def _outcomes(case: Case, notes: Sequence[OutcomeNote]) -> list[Task]:
    by_code = {note.outcome: note for note in notes}
    return [_outcome(choice, by_code.get(choice.code)) for choice in outcomes_of(case)]


def _outcome(choice: Choice, note: OutcomeNote | None) -> Task:
    missing = []
    if note is None or not note.answered:
        missing.append("whether they can do this")
    if note is None or (note.unable and not note.assessor_words.strip()):
        missing.append("in the assessor’s words, what they cannot do and why")
    return Task(
        page="outcomes",
        place=choice.code,
        title=choice.label,
        started=note is not None and bool(note.answered or note.person_words or note.assessor_words or note.help_now),
        missing=f"{choice.label}: say {_and(missing)}." if missing else "",
    )


def _conditions(assessment: Assessment) -> Task:
    ups_and_downs = ("whether the level of need goes up and down", assessment.fluctuates)
    wanted: dict[str, tuple[str, object]] = {**_where_from(assessment), "fluctuates": ups_and_downs}
    if assessment.fluctuates:
        wanted["weeks_looked_at"] = ("over how many weeks that was looked at", assessment.weeks_looked_at)
        wanted["ups_and_downs"] = ("how it goes up and down", assessment.ups_and_downs.strip() or None)
        if looked_at_too_briefly(assessment):
            enough = says_something(assessment.long_enough, REASON)
            wanted["long_enough"] = (f"why {_weeks(assessment.weeks_looked_at)} will do", enough or None)
    wanted["wellbeing_impact"] = ("whether there is a significant impact on wellbeing", assessment.wellbeing_impact)
    if assessment.wellbeing_impact:
        wanted["wellbeing_areas"] = ("which parts of wellbeing are affected", assessment.wellbeing_areas or None)
    if assessment.case.kind == CaseKind.ADULT:
        wanted["funding"] = ("whether somebody else must pay for the support", assessment.funding or None)
    missing = {name: words for name, (words, answer) in wanted.items() if answer is None}
    return Task(
        page="conditions",
        place=_box_of_first(missing),
        title="Conditions and wellbeing",
        hint="Where the needs come from, whether they go up and down, and what they do to the person’s life",
        started=len(missing) < len(wanted),
        missing=f"Conditions and wellbeing: say {_and([*missing.values()])}." if missing else "",
    )


def looked_at_too_briefly(assessment: Assessment) -> bool:
    """Whether a need that goes up and down was looked at over weeks so few that a reason is asked for.

    The law sets no number: over a period that is long enough to know the level of need (SI 2015/313 reg. 2(4)).
    """
    by_the_year = BY_THE_YEAR.search(assessment.ups_and_downs)
    weeks = assessment.weeks_looked_at
    return weeks is not None and weeks < (WEEKS_OF_A_YEAR if by_the_year else FEW_WEEKS)


def _weeks(number: int | None) -> str:
    return "one week" if number == 1 else f"{number} weeks"


def _where_from(assessment: Assessment) -> dict[str, tuple[str, object]]:
    if assessment.case.kind != CaseKind.CARER:
        return {"impairment": ("whether the needs come from an impairment or illness", assessment.impairment)}
    paid = assessment.contract_or_voluntary_work
    wanted: dict[str, tuple[str, object]] = {
        "contract_or_voluntary_work": ("whether care is given under a contract or as voluntary work", paid)
    }
    if paid:
        regarded = assessment.regarded_as_carer
        wanted["regarded_as_carer"] = ("whether the council regards them as a carer all the same", regarded)
        wanted["regarded_reason"] = ("the reason for that", assessment.regarded_reason.strip() or None)
    return wanted | {
        "necessary_care": ("whether the care given is necessary", assessment.necessary_care),
        "health_at_risk": ("whether the carer’s health is at risk", assessment.health_at_risk),
    }


def _budget(assessment: Assessment, on: date, needed: bool) -> list[Task]:
    asked, answers = budget_asked(assessment, on), answers_given(assessment, on)
    if not asked:
        return []
    unanswered = [question for question in asked if question.id not in answers]
    unsaid = [q for q in asked if asks_help(assessment, q, answers) and q.id not in assessment.allocation_help]
    missing = [*unanswered, *unsaid]
    domains = dict.fromkeys(question.domain.lower() for question in asked)
    return [
        Task(
            page="budget_questions",
            place=missing[0].id if missing else "",
            title="Budget questions",
            hint="; ".join(domains).capitalize(),
            started=len(unanswered) < len(asked),
            missing=f"Budget questions: {len(missing)} still to answer." if missing else "",
            needed=needed,
        )
    ]


def _cross_check(assessment: Assessment, on: date, needed: bool, waits: bool) -> Task:
    """Whoever helps is asked, and what does not fit is explained or mended. Not needed where there is neither.

    Until the other parts are answered, nobody knows that there is neither.
    """
    helped, misfits = helped_with(assessment, on), what_does_not_fit(assessment, on)
    missing = []
    if helped and assessment.helpers_willing is None:
        missing.append("whether those who help are willing and able to go on")
    if helped and not says_something(assessment.helpers_words, REASON):
        missing.append("who helps and what they said")
    unexplained = [one for one in misfits if not says_something(assessment.explained.get(one.code, ""), REASON)]
    if unexplained:
        missing.append(f"why {len(unexplained)} {'answer does' if len(unexplained) == 1 else 'answers do'} not fit")
    return Task(
        page="cross_check",
        title="Who helps, and what does not fit",
        hint="Whether those who help can go on; answers that contradict each other",
        started=bool(assessment.helpers_words or assessment.explained),
        missing=f"Who helps, and what does not fit: say {_and(missing)}." if missing else "",
        needed=needed and bool(helped or misfits or help_not_counted(assessment, on)),
        waits=waits and not (helped or misfits),
    )


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
