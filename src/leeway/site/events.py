"""What follows from each thing that happens in a case: kind → what money does → whose task it is → who is told.

Care tells a line of the story with its kind; `follow` is called in the transaction of that line, so that all of it
happens or none. Every kind has a row: “nothing follows” is written down too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from leeway.care.people.actions import finish_tasks, set_task
from leeway.care.people.events import Event
from leeway.care.people.models import Authority, Case, StoryLine, Whose
from leeway.care.people.states import Stage
from leeway.care.planning.actions import end_plan
from leeway.care.planning.queries import plan_in_force
from leeway.money.budgets.actions import go_on_after, wait_after
from leeway.money.budgets.models import Hold, HoldKind
from leeway.site.telling import (
    Notice,
    amount_that_came_back,
    condole,
    condoled_by_mistake,
    decided,
    from_worker,
    stop_condoling,
    stop_writing,
    tell_person,
    why_payments_wait,
)


@dataclass(frozen=True)
class ToDo:
    """A task that follows: whose it is, what to do (with `{person}`), and within how many days."""

    whose: Whose
    what: str
    days: int = 5
    only: Callable[[StoryLine], bool] = lambda line: True


@dataclass(frozen=True)
class Follows:
    """What follows from one kind of event."""

    then: tuple[Callable[[StoryLine], object], ...] = ()
    tasks: tuple[ToDo, ...] = ()
    notices: tuple[Notice, ...] = ()


def follow(line: StoryLine) -> None:
    """Do what follows from a line of the story, in its transaction."""
    row = EVENTS[Event(line.kind)]
    for act in row.then:
        act(line)
    for task in row.tasks:
        if task.only(line):
            set_task(
                case=line.case,
                kind=Event(line.kind),
                what=task.what.format(person=line.case.person),
                whose=task.whose,
                due_on=line.happened_on + timedelta(days=task.days),
                on=line.happened_on,
            )
    for notice in row.notices:
        tell_person(line, notice)


def _said_by_another(line: StoryLine) -> bool:
    """Whether somebody else than the case's worker said it, so that the worker, or else the manager, learns of it."""
    return line.by_id != line.case.worker_id


def _goes_on(line: StoryLine) -> bool:
    """Whether the person lives and support goes on, so that payments that wait leave a gap to fill."""
    return line.case.person.date_of_death is None and line.case.stage != Stage.CLOSED


def _has_running_budget(line: StoryLine) -> bool:
    """Whether a budget runs, or was to run on after that day."""
    return line.case.budgets.filter(Q(ending=None) | Q(ending__ends_on__gt=line.happened_on)).exists()


def _nobody_settles(line: StoryLine) -> bool:
    people = line.case.person.relationships.filter(authority=Authority.REPRESENTATIVE)
    return not people.exclude(ends_on__lt=line.happened_on).exists()


def _wait_after_death(line: StoryLine) -> None:
    reason = f"{line.sentence} Nothing more falls due after that day."
    wait_after(case=line.case, kind=HoldKind.DEATH, reason=reason, by=line.by, on=line.happened_on)


def _go_on_after_death(line: StoryLine) -> None:
    go_on_after(case=line.case, kind=HoldKind.DEATH, by=line.by, on=line.happened_on)


def _wait_after_ending(line: StoryLine) -> None:
    wait_after(case=line.case, kind=HoldKind.ENDED, reason=line.sentence, by=line.by, on=line.happened_on)


def _end_the_plan(line: StoryLine) -> None:
    plan = plan_in_force(line.case)
    if plan is not None:
        end_plan(plan=plan, by=line.by, on=line.happened_on)


def _nothing_left_to_do(line: StoryLine) -> None:
    """What was still to be done with the person, or to reach them, is not to be done any more."""
    finish_tasks(case=line.case, kinds=ENDS_WITH_THE_PERSON, by=line.by, on=line.happened_on)


def _looked_at(line: StoryLine) -> None:
    """Finance has looked at what came back, once no hold for it is left."""
    if not Hold.objects.filter(budget__case=line.case, kind=HoldKind.RETURNED, lifted_on=None).exists():
        finish_tasks(case=line.case, kinds=[Event.PAYMENT_RETURNED], by=line.by, on=line.happened_on)


def _tell_carers(line: StoryLine) -> None:
    """Whoever cared for the person has a life of their own: their worker is asked to look at it."""
    on = line.happened_on
    for case in Case.objects.filter(cared_for=line.case.person).exclude(stage=Stage.CLOSED).select_related("person"):
        what = f"{line.case.person}, whom {case.person} looked after, has died. Speak with {case.person}."
        set_task(case=case, kind=Event.DIED, what=what, whose=Whose.WORKER, due_on=on + timedelta(days=2), on=on)


NOTHING = Follows()
ENDS_WITH_THE_PERSON = (
    Event.REVIEW_DUE,
    Event.REVIEW_ASKED,
    Event.PLAN_RETURNED,
    Event.DISAGREED,
    Event.CHOICE,
    Event.HELD,
    Event.STAY,
    Event.STAY_ENDED,
    Event.MESSAGE_FAILED,
    Event.LETTER_TO_POST,
)


def _asks(*tasks: ToDo) -> Follows:
    return Follows(tasks=tasks)


def _decides(what: str) -> Follows:
    return Follows(notices=(Notice("decision_ready", decided(what)),))


EVENTS: dict[Event, Follows] = {
    Event.REQUEST: NOTHING,
    Event.GIVEN: NOTHING,
    Event.DETAILS: NOTHING,
    Event.ASSESSMENT_STARTED: NOTHING,
    Event.ELIGIBLE: _decides("the care and support you can have"),
    Event.NOT_ELIGIBLE: _decides("the help you asked for"),
    Event.MONEY_CHECK_STARTED: NOTHING,
    Event.MONEY_CHECK_DONE: _decides("what you pay towards your support"),
    Event.RELATIONSHIP: Follows(then=(condole,)),
    Event.CAPACITY: NOTHING,
    Event.LEAVE: NOTHING,
    Event.INVITED: NOTHING,
    Event.FILE: _asks(ToDo(Whose.WORKER, "Look at what was added to {person}'s files.", only=_said_by_another)),
    Event.PLAN_STARTED: NOTHING,
    Event.WAYS_EXPLAINED: NOTHING,
    Event.CHOICE: _asks(ToDo(Whose.WORKER, "{person} has chosen how to hold the budget.", only=_said_by_another)),
    Event.DIRECT_PAYMENT_DECIDED: _decides("your direct payment"),
    Event.PLAN_SUBMITTED: NOTHING,
    Event.SIGNED_OFF: Follows(notices=(Notice("plan_to_agree", from_worker),)),
    Event.PLAN_RETURNED: Follows(
        tasks=(ToDo(Whose.WORKER, "{person}'s plan came back: read why, and change it."),),
        notices=(Notice("plan_returned", from_worker),),
    ),
    Event.DISAGREED: _asks(ToDo(Whose.WORKER, "{person}'s plan is not agreed. Talk about what is wrong.")),
    Event.AGREED: NOTHING,
    Event.REVIEW_DUE: NOTHING,
    Event.REVIEW_ASKED: _asks(ToDo(Whose.WORKER, "Agree a day for {person}'s review.", only=_said_by_another)),
    Event.REVIEW_STARTED: NOTHING,
    Event.REVIEW_HELD: NOTHING,
    Event.SUPPORT_ENDED: Follows(
        then=(_end_the_plan, _wait_after_ending),
        tasks=(ToDo(Whose.FINANCE, "{person}'s support has ended. End the budget.", only=_has_running_budget),),
    ),
    Event.CLOSED: Follows(
        then=(_end_the_plan, _wait_after_ending),
        tasks=(ToDo(Whose.FINANCE, "{person}'s case is closed. End the budget.", only=_has_running_budget),),
    ),
    Event.DIED: Follows(
        then=(_nothing_left_to_do, _wait_after_death, _tell_carers, stop_writing, condole),
        tasks=(
            ToDo(Whose.FINANCE, "{person} has died. End the budget.", only=_has_running_budget),
            ToDo(Whose.WORKER, "Find out who settles what {person} leaves, and record them.", only=_nobody_settles),
        ),
    ),
    Event.DEATH_UNDONE: Follows(
        then=(_go_on_after_death, stop_condoling),
        tasks=(
            ToDo(Whose.FINANCE, "{person} has not died. Check that payments go on.", days=1),
            ToDo(Whose.WORKER, "{person} was recorded as dead by mistake. Check what stopped.", days=1),
            ToDo(
                Whose.WORKER,
                "A letter of condolence for {person}, who lives, was sent. Speak with whoever had it, and apologise.",
                days=1,
                only=condoled_by_mistake,
            ),
        ),
    ),
    Event.STAY: _asks(
        ToDo(Whose.FINANCE, "Decide what is paid while {person} is away.", days=2, only=_has_running_budget)
    ),
    Event.STAY_ENDED: _asks(
        ToDo(Whose.FINANCE, "{person} is back. Check that payments go on.", days=2, only=_has_running_budget)
    ),
    Event.BANK_DETAILS: NOTHING,
    Event.BUDGET_STARTED: NOTHING,
    Event.BUDGET_ENDED: NOTHING,
    Event.LAST_COST: NOTHING,
    Event.HELD: Follows(
        tasks=(ToDo(Whose.WORKER, "{person}'s payments wait. Make sure that support goes on.", days=2, only=_goes_on),),
        notices=(Notice("payment_held", why_payments_wait),),
    ),
    Event.HOLD_LIFTED: Follows(then=(_looked_at,)),
    Event.PAYMENT_SENT: NOTHING,  # every four weeks, and on the page: a letter each time would tell no more
    Event.PAYMENT_RETURNED: Follows(
        tasks=(
            ToDo(
                Whose.FINANCE,
                "{person}'s payment came back. Find out why, see to the bank details, and lift the hold.",
                days=1,
            ),
        ),
        notices=(Notice("payment_returned", amount_that_came_back),),
    ),
    Event.SHARE_RECEIVED: NOTHING,
    Event.MESSAGE_FAILED: NOTHING,
    Event.LETTER_TO_POST: NOTHING,
}
