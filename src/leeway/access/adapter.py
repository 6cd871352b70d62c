"""How sign-in behaves here: nobody makes their own account, here or through single sign-on."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class Accounts(DefaultAccountAdapter):
    """Accounts are made by an administrator, or by an invitation from a worker."""

    def is_open_for_signup(self, request) -> bool:
        return False


class SingleSignOn(DefaultSocialAccountAdapter):
    """The council's identity provider opens accounts that exist; it makes none."""

    def is_open_for_signup(self, request, sociallogin) -> bool:
        return False
