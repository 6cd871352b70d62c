"""A check by sample: some payments of a run, drawn by chance, and what somebody without a part in the run found."""

import secrets
from datetime import date

from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.payments import queries
from leeway.money.payments.actions import locked_run, require_another
from leeway.money.payments.models import PaymentRun, Sample, Sampled
from leeway.money.payments.states import State
from leeway.refusal import Refusal


@transaction.atomic
def draw_sample(*, run: PaymentRun, size: int, because: str, by: User, on: date) -> Sample:
    """Draw a sample of a run's payments by chance, to be checked one by one, and say why so many. Once a run.

    Refused of whoever made the run, chose its day, checked or approved it, and of so few that nothing could be said.
    """
    check_can(by, Capability.PAY)
    run = locked_run(run)
    require_no_part_in(run, by, "draws its sample")
    if run.state in (State.CANCELLED, State.WITHDRAWN):
        raise Refusal("This run was given up, so there is nothing to check.")
    if Sample.objects.filter(pk=run.pk).exists():
        raise Refusal("A sample of this run was drawn already. It is drawn once, so that nobody draws until it fits.")
    fewest = queries.fewest_to_check(run.payments_count)
    if not fewest <= size <= run.payments_count:
        few = f"between {fewest} and {run.payments_count}" if fewest < run.payments_count else f"all {fewest}"
        raise Refusal(
            f"Choose {few} payments: with fewer, one wrong payment in ten could well go unseen.", field="size"
        )
    because = said.sentence(because, ask="Say why so many, in a few words.", field="because", least=said.FEW)
    seed = secrets.randbelow(2**31)
    sample = Sample.objects.create(run=run, size=size, because=because, seed=seed, drawn_by=by, drawn_on=on)
    places = queries.drawn(size, run.payments_count, seed)
    chosen = run.payments.filter(place__in=places)
    Sampled.objects.bulk_create([Sampled(payment=payment, sample=sample) for payment in chosen])
    return sample


@transaction.atomic
def record_checked(*, sampled: Sampled, right: bool, found: str, by: User, on: date) -> Sampled:
    """Say what was found of one payment of a sample, by somebody without a part in its run so far. Once."""
    check_can(by, Capability.PAY)
    run = locked_run(sampled.sample.run)
    sampled = Sampled.objects.get(pk=sampled.pk)
    require_no_part_in(run, by, "checks its sample")
    if sampled.looked_on:
        raise Refusal("Somebody has looked at this payment already.")
    ask = "Say what you looked at, and what is wrong where something is."
    found = said.sentence(found, ask=ask, field="found", least=said.FEW)
    sampled.right, sampled.found, sampled.looked_by, sampled.looked_on = right, found, by, on
    sampled.save(update_fields=["right", "found", "looked_by", "looked_on"])
    return sampled


def require_no_part_in(run: PaymentRun, by: User, what: str) -> None:
    """Refuse whoever made a run, chose its day, checked or approved it: nobody looks after their own work."""
    require_another(run, by, what)
    if by.pk in (run.checked_by_id, run.approved_by_id):
        raise SecondOfficerNeeded(f"You checked or approved this run, so another finance officer {what}.")
