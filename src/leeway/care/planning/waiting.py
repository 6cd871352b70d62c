"""How long people wait from asking for help to their assessment, and to a plan: who had one, and who waits still.

A wait begins on the day on which help was asked for, not when a worker is found. Closing a case before anybody
assessed stops no clock: opened again, it has waited since its first day. A case that was opened again after an
assessment asks anew, from that day.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from leeway.access.access import check_can
from leeway.access.models import Team, User
from leeway.access.roles import Capability
from leeway.care.assessment.models import Assessment
from leeway.care.people.events import Event
from leeway.care.people.models import Case, StoryLine
from leeway.care.people.states import Stage
from leeway.care.planning.models import Agreement, Plan, PlanState

ASSESSED_BEFORE = Assessment.objects.filter(case=OuterRef("case"), completed_on__lte=OuterRef("happened_on"))
ASKED_ANEW = StoryLine.objects.filter(Exists(ASSESSED_BEFORE), case=OuterRef("pk"), kind=Event.REOPENED)


class Awaited(Enum):
    """What somebody waits for who asked for help."""

    ASSESSMENT = "assessment"
    PLAN = "plan"


@dataclass(frozen=True)
class Wait:
    """How many days one case waited, or has waited so far, and whose work it is: without a name."""

    case: UUID
    days: int
    client_group: str
    team: int
    worker: int | None


#: What of a case a wait tells.
TOLD = ("pk", "support_reason", "team", "worker")

#: By what is awaited: the days on which a case had it since it asked, the first at the top.
HAD = {
    Awaited.ASSESSMENT: Assessment.objects.filter(case=OuterRef("pk"), completed_on__gte=OuterRef("asked_on"))
    .order_by("completed_on")
    .values("completed_on"),
    Awaited.PLAN: Agreement.objects.filter(plan__case=OuterRef("pk"), agreed_on__gte=OuterRef("asked_on"))
    .exclude(plan__state=PlanState.TAKEN_BACK)
    .order_by("agreed_on")
    .values("agreed_on"),
}
IN_FORCE = Plan.objects.filter(case=OuterRef("pk"), state=PlanState.AGREED)
#: By what is awaited: which cases wait for it.
WAITS = {
    Awaited.ASSESSMENT: Q(stage=Stage.REQUEST) | Q(stage=Stage.ASSESSMENT, had_on=None),
    Awaited.PLAN: Q(stage__in=[Stage.PLANNING, Stage.SIGN_OFF, Stage.AGREEMENT]) & ~Exists(IN_FORCE),
}


def waited(what: Awaited, *, since: date, until: date, seen_by: User, team: Team | None = None) -> list[Wait]:
    """The cases that had what they waited for between two days: of one team, or of all."""
    check_can(seen_by, Capability.SEE_WAITS)
    had = _asked(what, team).filter(had_on__gte=since, had_on__lte=until)
    return waits(had.annotate(ended_on=F("had_on")))


def still_waiting(what: Awaited, *, on: date, seen_by: User, team: Team | None = None) -> list[Wait]:
    """The cases that wait on a day, of people who live: of one team, or of all."""
    check_can(seen_by, Capability.SEE_WAITS)
    waiting = _asked(what, team).filter(WAITS[what], person__date_of_death=None)
    return waits(waiting, on=on)


def left_without(*, since: date, until: date, seen_by: User, team: Team | None = None) -> list[Wait]:
    """The cases that were closed between two days without an assessment since help was asked for."""
    check_can(seen_by, Capability.SEE_WAITS)
    closed = _asked(Awaited.ASSESSMENT, team).filter(stage=Stage.CLOSED, had_on=None)
    return waits(closed.filter(closed_on__gte=since, closed_on__lte=until).annotate(ended_on=F("closed_on")))


def waits(cases: QuerySet[Case], *, on: date | None = None) -> list[Wait]:
    """Each of these cases with its days from `asked_on` until a day, or until its `ended_on`."""
    days = ("asked_on",) if on else ("asked_on", "ended_on")
    return [
        Wait(pk, ((on or ended[0]) - asked).days, client_group(reason), team, worker)
        for pk, reason, team, worker, asked, *ended in cases.order_by().values_list(*TOLD, *days)
    ]


def of_team(team: Team | None) -> QuerySet[Case]:
    """The cases of one team, or of all."""
    return Case.objects.all() if team is None else Case.objects.filter(team=team)


def client_group(reason: str) -> str:
    """The client group of a support reason: its words before the colon."""
    return reason.partition(":")[0] or "Unknown"


def _asked(what: Awaited, team: Team | None) -> QuerySet[Any]:
    """Cases, each with the days on which help was asked for last, and on which they had what they waited for since."""
    anew = ASKED_ANEW.order_by("-happened_on").values("happened_on")[:1]
    asked_on = Coalesce(Subquery(anew), F("opened_on"), output_field=DateField())
    return of_team(team).annotate(asked_on=asked_on).annotate(had_on=Subquery(HAD[what][:1]))
