"""Reading who signs in, and who looked at a record."""

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import TruncDate

from leeway.access.looks import REASON_PAGE, looks_on_record
from leeway.access.models import Look, User


def users_by_name(*, role: str = "") -> QuerySet[User]:
    """Everyone who signs in, by name; of one role when it is given."""
    users = User.objects.select_related("team").order_by("-is_active", "name", "pk")
    return users.filter(roles__contains=[role]) if role else users


def looks_at(person_id) -> QuerySet:
    """Who looked at a person's record, day by day, the latest first.

    Each line has `viewer_name`, `day`, `reason` (empty in the viewer's own work), `pages` and `latest`.
    """
    looks = Look.objects.filter(looks_on_record(person_id)).annotate(day=TruncDate("at"))
    return (
        looks.values("viewer_id", "viewer_name", "day", "reason")
        .annotate(pages=ArrayAgg("page", distinct=True, filter=~Q(page=REASON_PAGE), default=[]), latest=Max("at"))
        .order_by("-latest")
    )
