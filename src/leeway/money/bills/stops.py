"""Why nothing is sent to somebody, and on which days no clock runs: one place for every bill and reminder."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from leeway.care.people.models import Case
from leeway.money.bills.kinds import BecauseOf
from leeway.money.bills.models import BreathingSpace, Pause, PaymentPlan
from leeway.money.bills.payers import nobody_pays
from leeway.period import Period

SPACE = "They have a breathing space. Nothing about what is owed is sent, and no clock runs, until it is over."
DIED = "They have died. Speak with whoever settles what they leave before anything is sent."
CAPACITY = "They may not be able to manage their money. Find out who does before anything is sent."
DISPUTE = "They dispute a bill. Nobody is reminded until they have an answer."
BEFORE = "What they owed before is not looked at yet. Nobody is reminded until somebody says that it is asked for."
PLAN = "They pay by a plan. Nobody is reminded while it stands."
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why nothing is sent: in a sentence, and whether that holds for bills too or for reminders alone."""

    sentence: str
    of_bills: bool


def stops_of(cases: Collection[UUID], on: date) -> Mapping[UUID, Stop]:
    """What stops bills or reminders to some people on a day, the weightiest for each; few questions for all of them."""
    found: dict[UUID, Stop] = {}
    plans = PaymentPlan.objects.filter(case__in=cases, ended_on=None)
    found |= dict.fromkeys(plans.values_list("case", flat=True), Stop(PLAN, of_bills=False))
    running = Pause.objects.filter(case__in=cases, starts_on__lte=on, ended_on=None)
    pauses = list(running.values_list("case", "because_of"))
    for why, stop in (
        (BecauseOf.BEFORE, Stop(BEFORE, False)),
        (BecauseOf.DISPUTE, Stop(DISPUTE, False)),
        (BecauseOf.CAPACITY, Stop(CAPACITY, True)),
    ):
        found |= dict.fromkeys([case for case, its in pauses if its == why], stop)
    people = list(Case.objects.filter(pk__in=cases).select_related("person"))
    found |= dict.fromkeys(nobody_pays(people, on), Stop(CAPACITY, True))
    died = [case.pk for case in people if case.person.date_of_death is not None]
    found |= dict.fromkeys(died, Stop(DIED, of_bills=True))
    spaces = spaces_on(on).filter(case__in=cases)
    return found | dict.fromkeys(spaces.values_list("case", flat=True), Stop(SPACE, of_bills=True))


def stop_of(case: Case, on: date) -> Stop | None:
    """What stops bills or reminders to one person on a day."""
    return stops_of([case.pk], on).get(case.pk)


def spaces_on(on: date):
    """The breathing spaces that hold on a day."""
    return BreathingSpace.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)


def still_days(cases: Collection[UUID], on: date) -> Mapping[UUID, list[Period]]:
    """The days on which no clock ran for some people, until a day: breathing spaces, pauses and payment plans."""
    found: defaultdict[UUID, list[Period]] = defaultdict(list)
    spaces = BreathingSpace.objects.filter(case__in=cases, starts_on__lte=on)
    for case, first, last in spaces.values_list("case", "starts_on", "ends_on"):
        found[case].append(Period(first, last or on))
    for rows in (
        Pause.objects.filter(case__in=cases).values_list("case", "starts_on", "ended_on"),
        PaymentPlan.objects.filter(case__in=cases).values_list("case", "made_on", "ended_on"),
    ):
        for case, first, ended in rows:
            found[case].append(Period(first, (ended - DAY) if ended else on))
    return found
