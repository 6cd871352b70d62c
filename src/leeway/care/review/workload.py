"""Who has how many cases of a team: at which stage, and with which reviews late or coming. And which nobody has."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from leeway.access.access import check_can
from leeway.access.models import Team, User
from leeway.access.roles import Capability
from leeway.care.people.access import LEADER, cases_of
from leeway.care.people.queries import workers_of
from leeway.care.people.states import Stage
from leeway.care.planning.waiting import Wait, client_group, of_team
from leeway.care.review.queries import reviews_falling_due


@dataclass(frozen=True)
class Workload:
    """The open cases of a team that one worker has, or that nobody has: how many at each stage, and their reviews."""

    worker: User | None
    stages: Mapping[str, int] = field(default_factory=Counter)
    late: int = 0
    coming: int = 0

    @property
    def cases(self) -> int:
        """All of them."""
        return sum(self.stages.values())


def workloads(*, seen_by: User, on: date, ahead: date) -> list[Workload]:
    """The work of a manager's team, by worker: everyone who could have a case or has one, by name, nobody last.

    Reviews due before `on` are late; those due from then until `ahead` are coming.
    """
    check_can(seen_by, Capability.LEAD_TEAM)
    cases = cases_of(seen_by, [LEADER]).exclude(stage=Stage.CLOSED).order_by()
    stages: dict[int | None, Counter[str]] = {}
    for worker, stage, count in cases.values_list("worker", "stage").annotate(Count("pk")):
        stages.setdefault(worker, Counter())[stage] = count
    due = reviews_falling_due(until=ahead).filter(case__in=cases).order_by().values_list("case__worker")
    counted = due.annotate(late=Count("pk", filter=Q(due_on__lt=on)), every=Count("pk"))
    reviews = {worker: (late, every - late) for worker, late, every in counted}
    of_team = workers_of(seen_by.team).values("pk") if seen_by.team else []
    named = User.objects.filter(Q(pk__in=of_team) | Q(pk__in=[pk for pk in stages if pk])).order_by("name", "pk")
    everyone: list[User | None] = [*named, *([None] if None in stages else [])]
    keys = [worker.pk if worker else None for worker in everyone]
    return [
        Workload(worker, stages.get(key, Counter()), *reviews.get(key, (0, 0)))
        for worker, key in zip(everyone, keys, strict=True)
    ]


def late_reviews(*, on: date, seen_by: User, team: Team | None = None) -> list[Wait]:
    """The cases whose review is late, each with the days since it was due: of one team, or of all. Nobody is named."""
    check_can(seen_by, Capability.SEE_WAITS)
    late = reviews_falling_due(until=on).filter(due_on__lt=on, case__in=of_team(team))
    told = late.order_by().values_list("case", "case__support_reason", "case__team", "case__worker", "due_on")
    return [Wait(pk, (on - due).days, client_group(reason), team, worker) for pk, reason, team, worker, due in told]
