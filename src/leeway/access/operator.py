"""What only the operator of an installation may do, at its command line."""

import getpass
import os

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from leeway.access.models import Proposal, ProposalKind, Team, User
from leeway.access.proposals import Settling, administrators_besides, as_it_stands, carry_out
from leeway.access.roles import Role
from leeway.access.states import State
from leeway.refusal import Refusal
from leeway.said import sentence

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
    details = {"email": email.lower(), "name": name, "roles": [Role.ADMINISTRATOR]}
    user = User.objects.create_user(**details)
    _note(ProposalKind.ADD, user, "Added at the command line of the server.")
    return user


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
    _note(ProposalKind.SECOND_STEP, user, "Forgotten at the command line of the server.")
    return user


@transaction.atomic
def approve(*, number: int, why: str, site_address: str) -> Proposal:
    """Approve what an administrator asked for, where there is no other administrator who could."""
    proposal = Proposal.objects.select_related("proposed_by", "user").filter(pk=number).first()
    if proposal is None:
        raise Refusal(f"Nothing of number {number} was asked for. See leeway access proposals.")
    if administrators_besides([proposal.proposed_by, proposal.user]):
        raise Refusal("There is another administrator, who can approve this on the page “Waiting for approval”.")
    why = sentence(why, ask="Say in a sentence why it is approved here, with --why.")
    return carry_out(proposal=proposal, settling=Settling(operator=account()), answer=why, site_address=site_address)


def account() -> str:
    """Whose account on the server this runs in."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _note(kind: ProposalKind, user: User, why: str) -> None:
    """Keep what the operator did beside what administrators ask of each other."""
    Proposal.objects.create(
        kind=kind,
        user=user,
        email=user.email,
        why=why,
        state=State.APPROVED,
        settled_at=timezone.now(),
        operator=account(),
        **as_it_stands(user),
    )
