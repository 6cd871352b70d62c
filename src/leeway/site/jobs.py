"""What the front door has done in the background: the link to set a forgotten password."""

from django.conf import settings

from leeway.access.invitations import send_password_link as send_link
from leeway.access.models import User
from leeway.jobs.kinds import errand


@errand("send_password_link")
def send_password_link(user_id: int) -> None:
    """Email somebody the link to set a new password; nothing for an address that nobody signs in with."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        send_link(user=user, site_address=settings.SITE_ADDRESS)
