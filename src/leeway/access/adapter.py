"""How sign-in behaves here: nobody makes their own account, here or through single sign-on."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter

from leeway.access.kept import ENDED_FOR, KEPT


class Accounts(DefaultAccountAdapter):
    """Accounts are made by an administrator, or by an invitation from a worker."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def logout(self, request) -> None:
        """Sign out; what the user typed on another page, and sends from there now, is kept for them alone."""
        left = {ENDED_FOR: request.user.pk, KEPT: request.session.get(KEPT, {})}
        super().logout(request)
        request.session.update(left)


class SingleSignOn(DefaultSocialAccountAdapter):
    """The council's identity provider opens accounts that exist; it makes none."""

    def is_open_for_signup(self, request, sociallogin) -> bool:
        return False
