"""Who may see and who may change a case. `check_…` raises with the sentence the user will see; `can_…` answers."""

from leeway.access.models import Role, User
from leeway.care.people.models import Case, Person, Relationship, Task, Whose
from leeway.care.people.states import Stage
from leeway.refusal import NotAllowed

FINANCE_STAGES = frozenset({Stage.PLANNING, Stage.AGREEMENT, Stage.ARRANGING, Stage.ACTIVE, Stage.REVIEW})


def is_own_case(user: User, case: Case) -> bool:
    """Whether a look at this case needs no reason: it is the user's work, or the user's own life."""
    if user.role == Role.MANAGER:
        return case.team_id == user.team_id
    if user.role == Role.ASSESSOR:
        waits_in_own_team = case.worker_id is None and case.team_id == user.team_id
        return case.worker_id == user.pk or waits_in_own_team
    if user.role == Role.FINANCE:
        return case.stage in FINANCE_STAGES
    return user.role == Role.PERSON


def is_the_person(user: User, case: Case) -> bool:
    """Whether the case is about this user's own life: such a reader is spoken to as “you”."""
    return case.person.user_id == user.pk


def may_see_person(user: User, person: Person, on) -> bool:
    """Whether someone who is not staff may see this record: their own, or one they were given leave to see."""
    if person.user_id == user.pk:
        return True
    given_leave = Relationship.objects.filter(person=person, user=user, may_see_record=True, starts_on__lte=on)
    return given_leave.exclude(ends_on__lt=on).exists()


def can_work_on(user: User, case: Case) -> bool:
    """Whether this user may change the case: its worker, or the manager of its team."""
    if user.role == Role.MANAGER:
        return case.team_id == user.team_id
    return user.role == Role.ASSESSOR and case.worker_id == user.pk


def is_task_of(user: User, task: Task) -> bool:
    """Whether a task is this user's to do."""
    if task.whose == Whose.FINANCE:
        return user.role == Role.FINANCE
    if task.whose == Whose.MANAGER:
        return user.role == Role.MANAGER and task.case.team_id == user.team_id
    return can_work_on(user, task.case)


def check_can_work_on(user: User, case: Case) -> None:
    if not can_work_on(user, case):
        raise NotAllowed("Only the case's worker or the manager of its team can do this. Ask one of them.")
