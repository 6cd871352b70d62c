"""Who is told of an event by email, text or letter, and what somebody does when a message does not arrive.

Nobody who has died is written to. Whoever settles what they leave is, once, in words that fit.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from leeway.care.circumstances.models import Death
from leeway.care.circumstances.queries import standing_death
from leeway.care.people import actions as people
from leeway.care.people.events import Event
from leeway.care.people.models import Authority, Case, Relationship, StoryLine, Whose
from leeway.care.people.recipients import HasDied
from leeway.care.people.states import Stage
from leeway.care.planning.models import Plan, PlanState
from leeway.care.review.models import Review
from leeway.messages import actions as outbox
from leeway.messages.models import Message
from leeway.messages.queries import left
from leeway.messages.states import State
from leeway.money.banking.reasons import NOT_FOR_A_MESSAGE
from leeway.money.budgets.models import WHILE_AWAY, Hold, HoldKind

AWAY = "we heard that you are away from home, and we want to find out what you need"
#: Why payments wait, as it is told. A safeguarding concern is no message's to tell: somebody else may read it.
WAITS_BECAUSE = {
    **dict.fromkeys(WHILE_AWAY, AWAY),
    HoldKind.REVIEW_OVERDUE: "we have not looked at your plan with you for too long",
    HoldKind.QUERIED: "we want to check something about it first",
}
STUCK = {
    State.FAILED: (
        Event.MESSAGE_FAILED,
        "A message to {name} did not arrive. Find out the right address, and send it again.",
        2,
    ),
    State.TO_PRINT: (Event.LETTER_TO_POST, "A letter to {name} waits here. Print and post it, or tell them.", 1),
}


@dataclass(frozen=True)
class Notice:
    """A message to the person that follows from an event: its words, and what they are filled in with.

    `fields` gives None where nothing is to be told this time.
    """

    template: str
    fields: Callable[[StoryLine], dict[str, str] | None]


def who_has(case: Case) -> str:
    """Whom a message names: the worker, or the team while nobody has the case."""
    return case.worker.name if case.worker else case.team.name


def from_worker(line: StoryLine) -> dict[str, str]:
    """The worker, whom the person may ask."""
    return {"worker": who_has(line.case)}


def from_worker_who_answers(line: StoryLine) -> dict[str, str] | None:
    """The worker, where somebody of the council answered. What somebody took back themselves is no news to them."""
    return from_worker(line) if line.by.is_staff_member else None


def decided(what: str) -> Callable[[StoryLine], dict[str, str]]:
    """What a decision was about."""
    return lambda line: {"what": what}


def why_payments_wait(line: StoryLine) -> dict[str, str] | None:
    """Why payments wait, where it can be told in a message: of the hold that this line tells of, and no other."""
    reason = next((why for kind, why in WAITS_BECAUSE.items() if line.sentence == kind.told), None)
    return {"reason": reason} if reason else None


def amount_that_came_back(line: StoryLine) -> dict[str, str] | None:
    """What the bank sent back, where the account was the person's or held for them; a provider mends its own.

    That the council asked for it, or that the account holder has died, is for somebody to tell.
    """
    amount, _, why = line.sentence.partition(" came back: ")
    return {"amount": amount} if why and why not in NOT_FOR_A_MESSAGE else None


def what_is_left_out(line: StoryLine) -> dict[str, str] | None:
    """Which days are neither paid nor charged, where a message may tell it: the words around them stay on the page."""
    days, _, rest = line.sentence.partition(": nothing is paid, and nothing is charged.")
    return {"days": f"{days[:1].lower()}{days[1:]}" if days.startswith("From") else f"on {days}"} if rest else None


def tell_person(line: StoryLine, notice: Notice) -> None:
    """Write to the person of the case, once for each line of the story."""
    fields = notice.fields(line) if line.case.person.date_of_death is None else None
    if fields is None:
        return
    key = f"{notice.template}:{line.pk}"
    with suppress(HasDied):
        people.write_to_person(
            case=line.case, template=notice.template, data=fields, key=key, by=line.by, on=line.happened_on
        )


def why_not_again(message: Message) -> str:
    """Why a message is not sent again although it did not arrive: what it tells is so no longer. Empty where it is."""
    still_so = STILL_SO.get(message.template)
    return "" if still_so is None or still_so(message) else NO_LONGER_SO


def _death_stands(message: Message) -> bool:
    return Death.objects.filter(person=message.person_id, undone_on=None).exists()


def _payments_wait(message: Message) -> bool:
    kinds = [kind for kind, reason in WAITS_BECAUSE.items() if reason == message.data["reason"]]
    return Hold.objects.filter(budget__case=message.case_id, kind__in=kinds, lifted_on=None).exists()


def _plan_is(state: PlanState) -> Callable[[Message], bool]:
    def is_so(message: Message) -> bool:
        latest = Plan.objects.filter(case=message.case_id).order_by("-number").first()
        return latest is None or latest.state == state

    return is_so


def _review_is_ahead(message: Message) -> bool:
    ahead = Review.objects.filter(case=message.case_id, opened_on=None)
    return any(f"{review.due_on:%-d %B %Y}" == message.data["due_on"] for review in ahead)


NO_LONGER_SO = "What this message tells is no longer so, so it is not sent again."
#: Of what is told, that which may cease to be so, and how one sees it.
STILL_SO: dict[str, Callable[[Message], bool]] = {
    "condolence": _death_stands,
    "payment_held": _payments_wait,
    "plan_returned": _plan_is(PlanState.DRAFT),
    "plan_to_agree": _plan_is(PlanState.SIGNED_OFF),
    "review_due": _review_is_ahead,
}


def condole(line: StoryLine) -> None:
    """After a death: write to whoever settles what is left. Somebody recorded as that later is written to then."""
    case, on = line.case, line.happened_on
    death = standing_death(case.person)
    if death is None:
        return
    for somebody in representatives(line):
        people.write_to_supporter(
            case=case,
            to=somebody,
            template="condolence",
            data={"person": str(case.person), "worker": who_has(case)},
            key=_condolence(death.pk),
            by=line.by,
            on=on,
        )


def _condolence(death_id: UUID) -> str:
    return f"condolence:{death_id}"


def representatives(line: StoryLine) -> list[Relationship]:
    """Who settles what the person of a case leaves, on the day of the line."""
    people_around = line.case.person.relationships.filter(
        authority=Authority.REPRESENTATIVE, starts_on__lte=line.happened_on
    )
    return list(people_around.exclude(ends_on__lt=line.happened_on))


def stop_writing(line: StoryLine) -> None:
    """After a death: what has not left for the person does not leave."""
    because = "They have died."
    outbox.stop_messages(recipient_id=line.case.person_id, because=because, by=line.by, on=line.happened_on)


def stop_condoling(line: StoryLine) -> None:
    """A death was recorded by mistake: what has not left about it does not leave."""
    because = "The death was recorded by mistake."
    for somebody in representatives(line):
        outbox.stop_messages(recipient_id=somebody.pk, because=because, by=line.by, on=line.happened_on)


def condoled_by_mistake(line: StoryLine) -> bool:
    """Whether a message about a death that was recorded by mistake left, or may have, before the mistake was found."""
    undone = Death.objects.filter(person=line.case.person, undone_on=line.happened_on).values_list("pk", flat=True)
    return left(keys=[_condolence(death) for death in undone]).exists()


def ask_to_speak_with_carers(line: StoryLine) -> None:
    """Whoever cared for the person has a life of their own: their worker is asked to look at it."""
    for case in _cases_of_carers(line):
        _ask_to_speak(case, f"{line.case.person}, whom {case.person} looked after, has died.", line)


def ask_to_speak_with_carers_again(line: StoryLine) -> None:
    """A death was recorded by mistake: nobody speaks with the carers about it, or else somebody tells them so."""
    for case in _cases_of_carers(line):
        asked = case.tasks.filter(kind=Event.CARED_FOR_DIED)
        spoken = asked.filter(done_on__isnull=False, ended_with=None).exists()
        people.end_tasks(case=case, kinds=[Event.CARED_FOR_DIED], whose=[Whose.WORKER], line=line)
        if spoken:
            wrong = f"{line.case.person}, whom {case.person} looks after, has not died: it was recorded by mistake."
            _ask_to_speak(case, wrong, line)


def _cases_of_carers(line: StoryLine) -> list[Case]:
    caring = Case.objects.filter(cared_for=line.case.person).exclude(stage=Stage.CLOSED)
    return list(caring.select_related("person"))


def _ask_to_speak(case: Case, because: str, line: StoryLine) -> None:
    people.set_task(
        case=case,
        kind=Event.CARED_FOR_DIED,
        what=f"{because} Speak with {case.person}.",
        whose=Whose.WORKER,
        due_on=line.happened_on + timedelta(days=2),
        on=line.happened_on,
    )


def ask_somebody(messages: Sequence[Message]) -> None:
    """Each message that did not arrive, or waits to be printed, becomes a task of the case's worker."""
    cases = Case.objects.select_related("person").in_bulk({each.case_id for each in messages if each.case_id})
    asked: defaultdict[tuple[State, date], list[tuple[Case, str]]] = defaultdict(list)
    for message in messages:
        case = cases.get(message.case_id) if message.case_id else None
        if case is None or (message.recipient_id == case.person_id and case.person.date_of_death is not None):
            continue
        state, on = State(message.state), message.settled_on or message.written_on
        asked[state, on].append((case, STUCK[state][1].format(name=message.recipient_name)))
    for (state, on), tasks in asked.items():
        kind, _what, days = STUCK[state]
        people.set_tasks(tasks=tasks, kind=kind, whose=Whose.WORKER, due_on=on + timedelta(days=days), on=on)
