"""Reading claims: how each stands, what is to chase, and the lines of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.law import law_on
from leeway.money.claims.actions import left_of, left_of_lines
from leeway.money.claims.models import Claim, ClaimLine

SENT, TO_SEND, RECEIVED, LATE = "Sent", "To send", "Received", "To chase"
QUERIED, ANSWERED = "Queried", "Queried, answered"


@dataclass(frozen=True)
class Standing:
    """How a claim stands: what is left to receive, its state, and by when it is chased next."""

    claim: Claim
    left_pence: int
    state: str
    chase_on: date | None
    days_late: int


@dataclass(frozen=True)
class LineNow:
    """A line of a claim with what is left of it."""

    line: ClaimLine
    left_pence: int

    @property
    def state(self) -> str:
        query = getattr(self.line, "query", None)
        if not self.left_pence:
            return RECEIVED
        part = "Part received" if self.left_pence < self.line.amount_pence else ""
        if query is not None:
            queried = ANSWERED if query.answered_on else QUERIED
            return f"{part}, {queried.lower()}" if part else queried
        return part or "Open"

    @property
    def is_queried(self) -> bool:
        """Whether what is left of it is queried, and not answered yet."""
        return self.state.lower().endswith(QUERIED.lower())


def standings(*, seen_by: User, on: date, rows: int = 60) -> list[Standing]:
    """How the latest claims stand, what is to chase first."""
    check_can(seen_by, Capability.PAY)
    claims = list(Claim.objects.select_related("funder", "sent").annotate(chased_on=Max("chases__chased_on"))[:rows])
    left = left_of(claims)
    found = [_standing(claim, left[claim.pk], on) for claim in claims]
    return sorted(found, key=lambda each: (each.state != LATE, -each.claim.number))


def _standing(claim, left_pence: int, on: date) -> Standing:
    sent = getattr(claim, "sent", None)
    if sent is None:
        return Standing(claim, left_pence, TO_SEND, None, 0)
    if not left_pence:
        return Standing(claim, 0, RECEIVED, None, 0)
    every = law_on(on, settings.COUNCIL_POLICY)["billing.claim_chase_every_days"]
    chase_on = (claim.chased_on or sent.due_by) + timedelta(days=every)
    late = max((on - sent.due_by).days, 0)
    return Standing(claim, left_pence, LATE if chase_on <= on else SENT, chase_on, late)


def get_claim(number: int, *, seen_by: User, on: date) -> tuple[Standing, Sequence[LineNow]]:
    """One claim with its lines. Whoever is in it counts as looked at."""
    check_can(seen_by, Capability.PAY)
    claims = Claim.objects.select_related("funder", "sent").annotate(chased_on=Max("chases__chased_on"))
    claim = claims.filter(number=number).prefetch_related("chases__chased_by").first()
    if claim is None:
        raise Http404("There is no such claim.")
    lines = list(claim.lines.select_related("case__person", "query"))
    left = left_of_lines([claim])
    record_looks(viewer=seen_by, person_ids=[line.case.person_id for line in lines], page="Claim on the NHS")
    return _standing(claim, sum(left.values()), on), [LineNow(line, left[line.pk]) for line in lines]


def get_line(claim: Claim, line_id: UUID) -> ClaimLine:
    """One line of a claim that this user was already found to be allowed to see."""
    line = claim.lines.select_related("query", "case__person").filter(pk=line_id).first()
    if line is None:
        raise Http404("There is no such line.")
    return line
