"""What stands in the navigation for whom: a link shows only to those whom the access table lets in."""

from django.conf import settings
from django.urls import reverse

from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.access.table import may_reach

LINKS = [
    ("home", "Your work"),
    ("team", "Your team"),
    ("people:search", "People"),
    ("asking:waiting", "Requests"),
    ("payments:home", "Payments"),
    ("statements:home", "Bank"),
    ("figures:home", "Books"),
    ("insight:home", "Insight"),
    ("access:users", "Who signs in"),
    ("jobs:every", "Background jobs"),
    ("directory:search", "Find support"),
    ("law", "Rules and figures"),
]
MADE_UP = [("outbox:mailbox", "Mailbox")]  # only a made-up council has one
#: Addresses that belong to a link without beginning as it does.
ALSO = {"insight:home": ("/surveys/",)}


def navigation(request) -> list[dict]:
    """The links that this visitor may follow, with the present one marked."""
    user = getattr(request, "user", None)
    own_life = isinstance(user, User) and user.can(Capability.TAKE_PART)
    here = request.path if request is not None else ""
    links = []
    for name, text in LINKS + (MADE_UP if settings.DEMO else []):
        if may_reach(user, name):
            label = "Your support" if name == "home" and own_life else text
            address = reverse(name)
            parts = (address, *ALSO.get(name, ()))
            current = here == address or (address != "/" and here.startswith(parts))
            links.append({"text": label, "href": address, "current": current})
    return links
