"""Keeps the door: every address is looked up in the access table before its page is made."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied

from leeway.access.table import EVERYONE, who_may_reach


class AccessTable:
    """Refuses whoever the access table does not name; sends a visitor who is not signed in to do so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        allowed = who_may_reach(request.resolver_match.view_name)
        if allowed == EVERYONE:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.user.role not in allowed:
            raise PermissionDenied("Your sign-in is not for this page.")
        return None
