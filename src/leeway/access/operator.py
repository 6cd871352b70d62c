"""What only the operator of an installation may do, at its command line."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from leeway.access.models import Team, User
from leeway.access.roles import Role
from leeway.refusal import Refusal

NAME_LONGEST = 100


@transaction.atomic
def add_administrator(*, email: str, name: str) -> User:
    """Let someone sign in as an administrator, once they have set a password."""
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal(f"{email} is not an email address.") from None
    if not 0 < len(name.strip()) <= NAME_LONGEST:
        raise Refusal(f"Give their name in {NAME_LONGEST} characters or fewer.")
    if User.objects.filter(email__iexact=email).exists():
        raise Refusal(f"Someone already signs in as {email}.")
    return User.objects.create_user(email.lower(), name=name, roles=[Role.ADMINISTRATOR])


@transaction.atomic
def add_team(*, name: str) -> Team:
    """Add a team whose staff share a caseload."""
    if not 0 < len(name.strip()) <= NAME_LONGEST:
        raise Refusal(f"Give the team a name of {NAME_LONGEST} characters or fewer.")
    if Team.objects.filter(name__iexact=name.strip()).exists():
        raise Refusal(f"There is already a team called {name.strip()}.")
    return Team.objects.create(name=name.strip())


@transaction.atomic
def forget_second_factor(*, email: str) -> User:
    """Take away someone's codes and passkeys, so that they set up new ones."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise Refusal(f"Nobody signs in as {email}.")
    Authenticator.objects.filter(user=user).delete()
    return user
