"""Reading who signs in, what was asked for about them, and who looked at a record."""

from collections import defaultdict
from itertools import combinations

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.alike import flags, mailbox, plain_name
from leeway.access.looks import REASON_PAGE, looks_on_record
from leeway.access.models import Look, Proposal, SignIn, User
from leeway.access.roles import WHO_CAN, Capability
from leeway.access.states import State


def users_by_name(*, role: str = "") -> QuerySet[User]:
    """Everyone who signs in, by name; of one role when it is given."""
    users = User.objects.select_related("team").order_by("-is_active", "name", "pk")
    return users.filter(roles__contains=[role]) if role else users


def proposals(*, seen_by: User) -> QuerySet[Proposal]:
    """Everything weighty that was asked for about who signs in, the latest first."""
    check_can(seen_by, Capability.ADMINISTER)
    return Proposal.objects.select_related("user", "proposed_by", "settled_by", "team")


def proposals_waiting(*, seen_by: User) -> QuerySet[Proposal]:
    """What waits for an administrator, the longest first."""
    return proposals(seen_by=seen_by).filter(state=State.WAITING).order_by("pk")


def get_proposal(proposal_id: int, *, seen_by: User) -> Proposal:
    """One thing that was asked for."""
    found = proposals(seen_by=seen_by).filter(pk=proposal_id).first()
    if found is None:
        raise Http404("There is nothing of that number.")
    return found


def flags_of(proposal: Proposal, *, reader: User | None = None) -> list[str]:
    """What whoever asked and whoever approved (or would: the reader) have in common, a sentence each."""
    return flags([proposal.proposed_by], proposal.settled_by or reader) + _here_already(proposal)


def _here_already(proposal: Proposal) -> list[str]:
    """A sentence for each member of staff who has the name or the mailbox of whom a proposal is about."""
    found = []
    for each in _staff():
        same = {
            "the same name": plain_name(each.name) == plain_name(proposal.name),
            "the same email address": mailbox(each.email) == mailbox(proposal.email),
        }
        shared = " and ".join(words for words, holds in same.items() if holds)
        if shared and each.pk != proposal.user_id:
            found.append(f"{each.name} ({each.email}) signs in too, with {shared}.")
    return found


def _staff() -> QuerySet[User]:
    return User.objects.filter(is_active=True, roles__overlap=list(WHO_CAN[Capability.WORK_FOR_COUNCIL]))


def staff_alike(*, seen_by: User) -> list[tuple[User, User, str]]:
    """Members of staff who share a name, a mailbox or a device: pairs, with what they share."""
    check_can(seen_by, Capability.ADMINISTER)
    staff = list(_staff())
    by_id = {user.pk: user for user in staff}
    shared: dict[tuple[str, str], set[int]] = defaultdict(set)
    for user in staff:
        shared["the same name", plain_name(user.name)].add(user.pk)
        shared["the same email address", mailbox(user.email)].add(user.pk)
    for device, user_id in SignIn.objects.filter(user__in=by_id).values_list("device", "user").distinct():
        shared["the same device", device].add(user_id)
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    for (words, _value), ids in shared.items():
        for pair in combinations(sorted(ids), 2):
            if words not in found[pair]:
                found[pair].append(words)
    return [(by_id[one], by_id[other], " and ".join(words)) for (one, other), words in sorted(found.items())]


def looks_at(person_id) -> QuerySet:
    """Who looked at a person's record, day by day, the latest first.

    Each line has `viewer_name`, `day`, `reason` (empty in the viewer's own work), `pages` and `latest`.
    """
    looks = Look.objects.filter(looks_on_record(person_id)).annotate(day=TruncDate("at"))
    return (
        looks.values("viewer_id", "viewer_name", "day", "reason")
        .annotate(pages=ArrayAgg("page", distinct=True, filter=~Q(page=REASON_PAGE), default=[]), latest=Max("at"))
        .order_by("-latest")
    )
