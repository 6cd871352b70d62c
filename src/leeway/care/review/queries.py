"""Reading reviews: the next one, those that are due, and what was found before."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import WORKS_ON, cases_of
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.models import Aim
from leeway.care.planning.queries import aims_in_force
from leeway.care.review.models import Review
from leeway.versions import version_of

#: How far ahead a review is shown as coming up.
COMING = timedelta(weeks=6)
#: How a list of reviews that are due can be sorted.
SORTED = {
    "due": ("due_on", "pk"),
    "name": ("case__person__family_name", "case__person__given_name", "pk"),
    "worker": ("case__worker__name", "due_on", "pk"),
}


def next_review(case: Case) -> Review | None:
    """The review that lies ahead or is under way; one at a time."""
    return Review.objects.filter(case=case, held_on=None).first()


def version_of_next(case: Case) -> int:
    """What the page that starts a review was made from: the review ahead and who asked for it, or none."""
    ahead = next_review(case)
    return version_of(ahead, "reason", "due_on", "asked_on", "needed_because", "opened_on") if ahead else 0


def past_reviews(case: Case) -> QuerySet[Review]:
    """Every review that was held, the latest first."""
    held = Review.objects.filter(case=case, held_on__isnull=False).select_related("held_by")
    return held.prefetch_related("aim_results__aim").order_by("-held_on")


def reviews_due(user: User, on: date) -> QuerySet[Review]:
    """Reviews due by a day: of a worker's own cases, or of every case of a manager's team; the longest due first."""
    mine = cases_of(user, WORKS_ON)
    return reviews_falling_due(until=on).filter(case__in=mine).select_related("case__worker")


def reviews_falling_due(*, until: date) -> QuerySet[Review]:
    """Everybody's reviews due by a day and not held yet, the longest due first. For the nightly work: no user looks."""
    supported = Q(case__stage__in=[Stage.ACTIVE, Stage.REVIEW], case__person__date_of_death=None)
    due = Review.objects.filter(supported, held_on=None, due_on__lte=until)
    return due.select_related("case__person").order_by("due_on", "pk")


def aims_judged(review: Review) -> list[tuple[Aim, str]]:
    """Each aim of the plan in force with how far it was met, or an empty word where nobody has said."""
    said = dict(review.aim_results.values_list("aim", "achieved"))
    return [(aim, said.get(aim.pk, "")) for aim in aims_in_force(review.case)]


def aims_not_judged(review: Review) -> list[Aim]:
    """The aims about which nobody has said yet how far they were met."""
    return [aim for aim, achieved in aims_judged(review) if not achieved]


def reviews_to_report(*, until: date, seen_by: User) -> QuerySet[Review]:
    """Every review held by a day, for the national return."""
    check_can(seen_by, Capability.ANALYSE)
    return Review.objects.filter(held_on__lte=until).order_by()
