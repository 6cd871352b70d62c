"""What one administrator may only ask for: another approves it, and only then is it done.

Whoever gives people what is weighty (`WEIGHTY` in `roles.py`), a higher limit or a way round their second step could
otherwise be both halves of every pair. See docs/decisions/0027.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from leeway.access.access import check_can
from leeway.access.alike import check_two_mailboxes
from leeway.access.invitations import send_invitation
from leeway.access.models import Proposal, ProposalKind, User
from leeway.access.roles import WEIGHTY, WHO_CAN, Capability, capabilities_of
from leeway.access.states import MOVES, State
from leeway.moves import require_move
from leeway.refusal import NotAllowed, Refusal
from leeway.said import sentence

#: What the page about someone who signs in shows and changes.
STAFF_DETAILS = ("name", "roles", "team", "job_title", "sign_off_limit_pence_per_week")
WHY_NEEDED = "Say in a sentence why. Another administrator reads it before they approve."


@dataclass(frozen=True)
class Settling:
    """Who settles a proposal: another administrator, or the operator by the name of their account on the server."""

    by: User | None = None
    operator: str = ""


def is_weighty(user: User | None, details: Mapping[str, Any]) -> bool:
    """Whether this would give somebody what is weighty, or change a limit that they keep."""
    before = capabilities_of(user.roles if user else [])
    after = capabilities_of(details["roles"])
    limit = user.sign_off_limit_pence_per_week if user else 0
    changed = details["sign_off_limit_pence_per_week"] != limit and Capability.SIGN_OFF in after
    return bool((after - before) & WEIGHTY) or changed


def holds_weight(user: User) -> bool:
    """Whether a user may do something weighty once they sign in."""
    return bool(capabilities_of(user.roles) & WEIGHTY)


@transaction.atomic
def propose(
    *, kind: ProposalKind, details: Mapping[str, Any], why: str, by: User | None, user: User | None = None
) -> Proposal:
    """Ask for something weighty about who signs in. It waits for another administrator; one for a person."""
    why = sentence(why, ask=WHY_NEEDED, field="why")
    email = user.email if user else details["email"].lower()
    if Proposal.objects.filter(email=email, state=State.WAITING).exists():
        raise Refusal("Something about this person waits for another administrator already. Settle that first.")
    stood = {"roles_before": user.roles, "limit_before": user.sign_off_limit_pence_per_week} if user else {}
    return Proposal.objects.create(
        kind=kind, user=user, why=why, proposed_by=by, **{**details, **stood, "email": email}
    )


def as_it_stands(user: User) -> dict[str, Any]:
    """The details of a proposal that changes none of them."""
    return {name: getattr(user, name) for name in STAFF_DETAILS}


@transaction.atomic
def propose_forgetting_second_step(*, user: User, why: str, by: User, on: Any) -> Proposal:
    """Ask to forget somebody's codes and passkeys, since they lost them."""
    check_can(by, Capability.ADMINISTER)
    if user == by:
        raise Refusal("You cannot ask this for yourself. Ask another administrator, who makes sure that it is you.")
    return propose(kind=ProposalKind.SECOND_STEP, details=as_it_stands(user), why=why, by=by, user=user)


@transaction.atomic
def approve(*, proposal: Proposal, site_address: str, by: User, on: Any) -> Proposal:
    """Approve what another administrator asked for, which does it. Refused to whoever it is about."""
    check_can(by, Capability.ADMINISTER)
    return carry_out(proposal=proposal, settling=Settling(by), answer="", site_address=site_address)


@transaction.atomic
def turn_down(*, proposal: Proposal, answer: str, by: User, on: Any) -> Proposal:
    """Turn down what another administrator asked for, with the reason. Nothing of it is done."""
    check_can(by, Capability.ADMINISTER)
    answer = sentence(answer, ask="Say in a sentence why it is turned down.", field="answer")
    proposal = _to_settle(proposal, Settling(by), State.TURNED_DOWN)
    return _settle(proposal, Settling(by), State.TURNED_DOWN, answer)


@transaction.atomic
def withdraw(*, proposal: Proposal, by: User, on: Any) -> Proposal:
    """Take back what one asked for oneself."""
    check_can(by, Capability.ADMINISTER)
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.proposed_by_id != by.pk:
        raise NotAllowed("Only whoever asked for it can take it back. You can turn it down.")
    require_move(MOVES, proposal.state, State.WITHDRAWN, of="What was asked for")
    return _settle(proposal, Settling(by), State.WITHDRAWN, "")


@transaction.atomic
def carry_out(*, proposal: Proposal, settling: Settling, answer: str, site_address: str) -> Proposal:
    """Do what was asked for, and note who approved it. The operator's command and the approval end here alike."""
    proposal = _to_settle(proposal, settling, State.APPROVED)
    DOES[ProposalKind(proposal.kind)](proposal, site_address)
    return _settle(proposal, settling, State.APPROVED, answer)


def _to_settle(proposal: Proposal, settling: Settling, to: State) -> Proposal:
    proposal = Proposal.objects.select_for_update(of=("self",)).select_related("proposed_by").get(pk=proposal.pk)
    require_move(MOVES, proposal.state, to, of="What was asked for")
    by = settling.by
    if by is not None and proposal.proposed_by_id == by.pk:
        raise NotAllowed("You asked for this, so another administrator must decide.")
    if by is not None and proposal.user_id == by.pk:
        raise NotAllowed("This is about you, so another administrator must decide.")
    if by is not None:
        check_two_mailboxes(proposal.proposed_by, by)
    return proposal


def _settle(proposal: Proposal, settling: Settling, to: State, answer: str) -> Proposal:
    proposal.state, proposal.settled_by, proposal.operator = to, settling.by, settling.operator
    proposal.settled_at, proposal.answer = timezone.now(), answer.strip()
    proposal.save(update_fields=["user", "state", "settled_by", "operator", "settled_at", "answer"])
    return proposal


def _add(proposal: Proposal, site_address: str) -> None:
    if User.objects.filter(email__iexact=proposal.email).exists():
        raise Refusal("Someone already signs in with this email address. Turn this down.")
    details = {name: getattr(proposal, name) for name in ("name", "team", "job_title", "sign_off_limit_pence_per_week")}
    proposal.user = user = User.objects.create_user(proposal.email, roles=proposal.roles, **details)
    transaction.on_commit(lambda: send_invitation(user=user, site_address=site_address))


def _as_it_was(proposal: Proposal) -> User:
    """The user of a proposal, locked; refused where somebody changed meanwhile what was asked to be changed."""
    user = User.objects.select_for_update(of=("self",)).get(proposals=proposal)
    stood = (set(proposal.roles_before), proposal.limit_before)
    if (set(user.roles), user.sign_off_limit_pence_per_week) != stood:
        raise Refusal(f"What {user.name} may do was changed since this was asked for. Turn it down, and ask anew.")
    return user


def _change(proposal: Proposal, site_address: str) -> None:
    user = _as_it_was(proposal)
    user.roles, user.team = proposal.roles, proposal.team
    user.sign_off_limit_pence_per_week = proposal.sign_off_limit_pence_per_week
    user.save(update_fields=["roles", "team", "sign_off_limit_pence_per_week"])


def _let_in(proposal: Proposal, site_address: str) -> None:
    user = _as_it_was(proposal)
    user.is_active = True
    user.save(update_fields=["is_active"])


def _forget_second_step(proposal: Proposal, site_address: str) -> None:
    Authenticator.objects.filter(user=proposal.user_id).delete()


DOES: Mapping[ProposalKind, Callable[[Proposal, str], None]] = {
    ProposalKind.ADD: _add,
    ProposalKind.CHANGE: _change,
    ProposalKind.LET_IN: _let_in,
    ProposalKind.SECOND_STEP: _forget_second_step,
}


def administrators_besides(users: Iterable[User | None]) -> bool:
    """Whether somebody is left who could approve: an administrator who signs in and is none of these."""
    taken = [user.pk for user in users if user is not None]
    others = User.objects.filter(is_active=True, roles__overlap=list(WHO_CAN[Capability.ADMINISTER]))
    return others.exclude(pk__in=taken).exists()
