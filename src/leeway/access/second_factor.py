"""Whether someone must prove in a second way who they are."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings


def needs_second_factor(request) -> bool:
    """Whether this member of staff must set up a second way of proving who they are before anything else.

    Whoever came by the council's own single sign-on has proved it there.
    """
    if not settings.STAFF_NEED_SECOND_FACTOR or not request.user.is_staff_member:
        return False
    ways = [way["method"] for way in request.session.get("account_authentication_methods", [])]
    return "socialaccount" not in ways and not is_mfa_enabled(request.user)
