"""Who may do a thing by what they come to do. Who may do it to one case is asked in that case's room."""

from django.http import HttpRequest

from leeway.access.models import User
from leeway.access.roles import WHO_CAN, Capability, Role
from leeway.refusal import NotAllowed


class SignedIn(HttpRequest):
    """A request that the door has let in: somebody is signed in, and it is one of our users."""

    user: User  # type: ignore[assignment]


def check_can(user: User, capability: Capability) -> None:
    """Refuse whoever has no role that lets them do this, and name those who have."""
    if not user.can(capability):
        labels = [role.label.lower() for role in Role if role in WHO_CAN[capability]]
        names = " or ".join(f"{'an' if label[0] in 'aeiou' else 'a'} {label}" for label in labels)
        raise NotAllowed(f"Only {names} can {capability.value}.")
