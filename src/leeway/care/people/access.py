"""Who may see and who may change a case. `check_…` raises with the sentence the user will see; `can_…` answers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from leeway.access.looks import require_reason
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case, Person, Relationship, Task, Whose
from leeway.care.people.states import Stage
from leeway.refusal import NotAllowed, Refusal

FINANCE_STAGES = frozenset({Stage.PLANNING, Stage.AGREEMENT, Stage.ARRANGING, Stage.ACTIVE, Stage.REVIEW})


@dataclass(frozen=True)
class Tie:
    """One way in which a case is somebody's work: what they must be able to do, and the fields that must fit them."""

    capability: Capability
    fits: Callable[[User], Mapping[str, Iterable]]


WORKER = Tie(Capability.HOLD_CASES, lambda user: {"worker_id": [user.pk]})
LEADER = Tie(Capability.LEAD_TEAM, lambda user: {"team_id": [user.team_id]})
FREE_IN_TEAM = Tie(Capability.HOLD_CASES, lambda user: {"worker_id": [None], "team_id": [user.team_id]})
MONEY_TO_LOOK_AFTER = Tie(Capability.START_BUDGETS, lambda user: {"stage": FINANCE_STAGES})
UNGIVEN = Tie(Capability.LEAD_TEAM, lambda user: {"worker_id": [None], "team_id": [user.team_id]})
ALL_MONEY = Tie(Capability.START_BUDGETS, lambda user: {})
ALL_TO_APPROVE = Tie(Capability.APPROVE_RECOVERIES, lambda user: {})
MONEY_TO_START = Tie(Capability.START_BUDGETS, lambda user: {"stage": [Stage.ARRANGING]})

#: Who has a case, written here alone: `has` asks it of one case, `cases_of` of all of them in one query.
WORKS_ON = (WORKER, LEADER)
WAITS_ON = (*WORKS_ON, MONEY_TO_START)
OWN_CARE = (*WORKS_ON, FREE_IN_TEAM)
OWN_WORK = (*OWN_CARE, MONEY_TO_LOOK_AFTER)

#: Who is asked to do a task, and who may say that it is done: a manager may for a worker who is away.
IS_ASKED = {
    Whose.WORKER: (WORKER, UNGIVEN),
    Whose.MANAGER: (LEADER,),
    Whose.FINANCE: (ALL_MONEY,),
    Whose.APPROVER: (ALL_TO_APPROVE,),
}
MAY_FINISH = IS_ASKED | {Whose.WORKER: WORKS_ON}


def has(user: User, case: Case, ties: Iterable[Tie]) -> bool:
    """Whether one of these ties holds between a user and a case."""
    return any(
        user.can(tie.capability) and all(getattr(case, name) in values for name, values in tie.fits(user).items())
        for tie in ties
    )


def cases_of(user: User, ties: Iterable[Tie]) -> QuerySet[Case]:
    """Every case to which one of these ties holds."""
    wanted = Q(pk__in=[])
    for tie in ties:
        if user.can(tie.capability):
            wanted |= Q(*(_is_one_of(name, values) for name, values in tie.fits(user).items())) or Q(pk__isnull=False)
    return Case.objects.filter(wanted)


def _is_one_of(name: str, values: Iterable) -> Q:
    """A field holds one of these values; SQL asks for an empty one in a way of its own."""
    given = [value for value in values if value is not None]
    return Q(**{f"{name}__in": given}) | (Q(**{f"{name}__isnull": True}) if None in values else Q(pk__in=[]))


_open_money: list[Callable[[Case], bool]] = []


def let_ask_for_open_money(asks: Callable[[Case], bool]) -> None:
    """Name what says whether finance has something to do with a case yet. Called once, by the site at start."""
    _open_money[:] = [asks]


def has_open_money(user: User, case: Case) -> bool:
    """Whether the case is finance's work after it was closed: money is open, and looking after it needs no reason."""
    closed = case.stage == Stage.CLOSED
    return closed and user.can(Capability.START_BUDGETS) and any(asks(case) for asks in _open_money)


def is_own_case(user: User, case: Case, on: date) -> bool:
    """Whether a look at this case needs no reason: it is the user's work, or the user's own life."""
    return has(user, case, OWN_WORK) or has_open_money(user, case) or is_own_care(user, case, on)


def is_own_care(user: User, case: Case, on: date) -> bool:
    """Whether reading the assessment and the reviews needs no reason. Whoever looks after the money says why."""
    if has(user, case, OWN_CARE):
        return True
    return user.can(Capability.TAKE_PART) and may_see_person(user, case.person, on)


def is_anothers(user: User, person: Person) -> bool:
    """Whether somebody else works with this person: on a case that is open, or on an old one where none is."""
    cases = list(person.cases.all())
    standing = [case for case in cases if case.stage != Stage.CLOSED] or cases
    return not all(has(user, case, OWN_WORK) for case in standing)


def check_reason(user: User, person: Person) -> None:
    """Ask for a reason (ReasonNeeded) whoever reaches for a person with whom somebody else works."""
    if is_anothers(user, person):
        require_reason(viewer=user, person_id=person.pk)


def is_the_person(user: User, case: Case) -> bool:
    """Whether the case is about this user's own life: such a reader is spoken to as “you”."""
    return case.person.user_id == user.pk


def leave_given(user: User, on: date) -> QuerySet[Relationship]:
    """Where this user was given leave to see somebody's record, as it stands on a day."""
    in_force = Q(ends_on=None) | Q(ends_on__gte=on)
    return Relationship.objects.filter(in_force, user=user, may_see_record=True, starts_on__lte=on)


def accounts_to_run(user: User, on: date) -> QuerySet[Relationship]:
    """Where this user may see the account for somebody's direct payment, and nothing else of them, on a day."""
    in_force = Q(ends_on=None) | Q(ends_on__gte=on)
    return Relationship.objects.filter(in_force, user=user, may_run_account=True, starts_on__lte=on)


def may_run_account(user: User, person: Person, on: date) -> bool:
    """Whether somebody who is not staff may run an account: the person, and whom they gave leave, for it alone too."""
    given = leave_given(user, on) | accounts_to_run(user, on)
    return person.user_id == user.pk or given.filter(person=person).exists()


def asked_to_help(user: User, on: date) -> QuerySet[Relationship]:
    """Where this user was asked to help somebody and has not answered, as it stands on a day."""
    in_force = Q(ends_on=None) | Q(ends_on__gte=on)
    return Relationship.objects.filter(in_force, user=user, asked_on__lte=on)


def may_take_back(user: User, case: Case, relationship: Relationship) -> bool:
    """Whether this user may end the leave: the person, who gave it; who has it; and whoever works on the case."""
    return user.pk in {case.person.user_id, relationship.user_id} or can_work_on(user, case)


def may_see_person(user: User, person: Person, on: date) -> bool:
    """Whether someone who is not staff may see this record: their own, or one they were given leave to see."""
    return person.user_id == user.pk or leave_given(user, on).filter(person=person).exists()


def can_take_part(user: User, case: Case, on: date) -> bool:
    """Whether this user may have a say in the case: the person, whom they gave leave, and whoever works on it."""
    return can_work_on(user, case) or (user.can(Capability.TAKE_PART) and may_see_person(user, case.person, on))


def leads(user: User, case: Case) -> bool:
    """Whether this user leads the team that has the case, and so gives it out."""
    return has(user, case, [LEADER])


def lives(person: Person) -> bool:
    return person.date_of_death is None


def check_lives(person: Person) -> None:
    """Refuse to plan or decide anything about somebody who has died."""
    if person.date_of_death is not None:
        raise Refusal(
            f"{person} died on {person.date_of_death:%-d %B %Y}, so nothing more is decided about them. "
            "Close the case once everything is settled. If the death was recorded by mistake, undo it first."
        )


def can_work_on(user: User, case: Case) -> bool:
    """Whether this user may change the case: its worker, or the manager of its team."""
    return has(user, case, WORKS_ON)


def check_can_add_file(user: User, case: Case, on: date) -> None:
    if not can_take_part(user, case, on):
        raise NotAllowed(f"{case.person}, anyone they gave leave, or the case’s worker can add a file.")


def is_task_of(user: User, task: Task) -> bool:
    """Whether a task is this user's to do."""
    return has(user, task.case, MAY_FINISH[Whose(task.whose)])


def check_can_work_on(user: User, case: Case) -> None:
    if not can_work_on(user, case):
        raise NotAllowed("Only the case’s worker or the manager of its team can do this. Ask one of them.")
