"""Every write about those who sign in: made by an administrator, or invited from a person's record by a worker."""

from datetime import date

from django.db import transaction

from leeway.access.access import check_can
from leeway.access.invitations import send_invitation
from leeway.access.models import Proposal, ProposalKind, User
from leeway.access.proposals import STAFF_DETAILS, as_it_stands, holds_weight, is_weighty, propose
from leeway.access.roles import WHO_CAN, Capability, Role, why_apart
from leeway.refusal import Refusal
from leeway.versions import lock_as_seen

SIGN_IN = ("is_active",)  # what the page of somebody's sign-in changes


@transaction.atomic
def add_user(*, details: dict, site_address: str, why: str = "", by: User, on: date) -> User | Proposal:
    """Let someone sign in as a member of staff or a provider, and email them an invitation to set a password.

    `details` are the fields of User; `site_address` begins the link, like https://leeway.example. Where they would do
    something weighty, another administrator must approve it first, and it is a Proposal that comes back.
    """
    check_can(by, Capability.ADMINISTER)
    if Role.PERSON in details["roles"]:
        raise Refusal("A person or supporter is invited from the person’s record, by its worker.", field="roles")
    if User.objects.filter(email__iexact=details["email"]).exists():
        raise Refusal("Someone already signs in with this email address.", field="email")
    check_roles(details)
    if is_weighty(None, details):
        return propose(kind=ProposalKind.ADD, details=details, why=why, by=by)
    user = User.objects.create_user(**details | {"email": details["email"].lower()})
    transaction.on_commit(lambda: send_invitation(user=user, site_address=site_address))
    return user


@transaction.atomic
def change_user(*, user: User, details: dict, why: str = "", version: int, by: User, on: date) -> User | Proposal:
    """Change what a user comes to do, their team or their sign-off limit. Every version is kept by the database.

    Something weighty, or another limit, waits as a Proposal for another administrator; the name is changed at once.
    `version` is `version_of` the STAFF_DETAILS that the administrator saw. Raises EditedMeanwhile.
    """
    check_can(by, Capability.ADMINISTER)
    lock_as_seen(user, version, *STAFF_DETAILS)
    if user == by and set(details["roles"]) != set(user.roles):
        raise Refusal("You cannot change your own roles. Ask another administrator.", field="roles")
    if (Role.PERSON in user.roles) != (Role.PERSON in details["roles"]):
        raise Refusal("A person’s sign-in cannot become someone else’s, nor the other way round.", field="roles")
    check_roles(details)
    weighty = is_weighty(user, details)
    at_once = ("name", "job_title") if weighty else STAFF_DETAILS
    proposal = propose(kind=ProposalKind.CHANGE, details=details, why=why, by=by, user=user) if weighty else None
    for name in at_once:
        setattr(user, name, details[name])
    user.save(update_fields=at_once)
    return proposal or user


@transaction.atomic
def deactivate_user(*, user: User, version: int, by: User, on: date) -> User:
    """Stop someone from signing in, at once. What they did stays on record under their name."""
    check_can(by, Capability.ADMINISTER)
    if user == by:
        raise Refusal("You cannot stop your own sign-in. Ask another administrator.")
    lock_as_seen(user, version, *SIGN_IN)
    return _set_sign_in(user, is_active=False)


@transaction.atomic
def reactivate_user(*, user: User, why: str = "", version: int, by: User, on: date) -> User | Proposal:
    """Let someone sign in again; once another administrator approves it, where they may do something weighty."""
    check_can(by, Capability.ADMINISTER)
    lock_as_seen(user, version, *SIGN_IN)
    if holds_weight(user):
        return propose(kind=ProposalKind.LET_IN, details=as_it_stands(user), why=why, by=by, user=user)
    return _set_sign_in(user, is_active=True)


def _set_sign_in(user: User, *, is_active: bool) -> User:
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    return user


@transaction.atomic
def invite(*, email: str, name: str, site_address: str, by: User, on: date) -> User:
    """Let a person or a supporter sign in, and email them a link to set their own password.

    Someone who signs in as a person or supporter already keeps their sign-in, and gets no second invitation. Whoever
    never set a password gets a new link: that of the first may have run out. What they may see is decided by the
    person's record, never by the invitation.
    """
    check_can(by, Capability.WORK_ON_CASES)
    user = User.objects.filter(email__iexact=email).first()
    if user is not None:
        if not user.can(Capability.TAKE_PART) or not user.is_active:
            raise Refusal("This email address cannot be used here. Ask for another one.", field="email")
    else:
        user = User.objects.create_user(email.lower(), name=name, roles=[Role.PERSON])
    if not user.has_usable_password():
        transaction.on_commit(lambda: send_invitation(user=user, site_address=site_address))
    return user


def check_roles(details: dict) -> None:
    """Refuse roles that are kept apart, and details that do not fit them: a team for casework, a limit for sign-off."""
    roles = set(details["roles"])
    if not roles:
        raise Refusal("Choose what they come to do.", field="roles")
    if apart := why_apart(roles):
        raise Refusal(apart, field="roles")
    if roles & WHO_CAN[Capability.WORK_ON_CASES] and details["team"] is None:
        raise Refusal("Choose the team whose cases they work on.", field="team")
    if details["sign_off_limit_pence_per_week"] and not roles & WHO_CAN[Capability.SIGN_OFF]:
        raise Refusal("Only a team manager signs off budgets. Leave this empty.", field="sign_off_limit_pence_per_week")
