"""Reading who signs in, and who looked at a record."""

from django.db.models import QuerySet

from leeway.access.models import Look, User


def users_by_name(*, role: str = "") -> QuerySet[User]:
    """Everyone who signs in, by name; of one role when it is given."""
    users = User.objects.select_related("team").order_by("-is_active", "name", "pk")
    return users.filter(role=role) if role else users


def looks_at(person_id) -> QuerySet[Look]:
    """Every look at a person's record, the latest first."""
    return Look.objects.filter(person_id=person_id).order_by("-at")
