"""A check by sample: some payments of a run, drawn by chance, and what somebody without a part in the run found."""

import secrets
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from math import comb

import numpy as np
from django.db import transaction
from django.http import Http404

from leeway import said
from leeway.access.access import check_can
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.payments.models import PaymentRun, Sample, Sampled
from leeway.money.payments.states import State
from leeway.money.payments.steps import locked_run, require_another
from leeway.refusal import Refusal

#: How unlikely what was found must be, on either side, for a number of wrong ones to be ruled out: 95% in all.
UNLIKELY = 0.025


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
    fewest = fewest_to_check(run.payments_count)
    if not fewest <= size <= run.payments_count:
        few = f"between {fewest} and {run.payments_count}" if fewest < run.payments_count else f"all {fewest}"
        raise Refusal(
            f"Choose {few} payments: with fewer, one wrong payment in ten could well go unseen.", field="size"
        )
    because = said.sentence(because, ask="Say why so many, in a few words.", field="because", least=said.FEW)
    seed = secrets.randbelow(2**31)
    sample = Sample.objects.create(run=run, size=size, because=because, seed=seed, drawn_by=by, drawn_on=on)
    places = drawn(size, run.payments_count, seed)
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


@dataclass(frozen=True)
class Checked:
    """What a sample says so far: how many were looked at and wrong, and between how many of the run are."""

    sample: Sample
    rows: list[Sampled]
    looked: int
    wrong: int
    low: int | None
    high: int | None


def drawn(size: int, count: int, seed: int) -> list[int]:
    """The places of a sample of a run's payments: the same for the same seed."""
    chosen = np.random.default_rng(seed).choice(count, size=size, replace=False)
    return sorted(int(place) + 1 for place in chosen)


def fewest_to_check(count: int) -> int:
    """The fewest of so many payments that say something of them all.

    If one in ten of the run were wrong, as few as that would have one of the wrong ones among them with 95%
    confidence: of a small run that is nearly all of it, and of a large one never more than 29.

    >>> [fewest_to_check(count) for count in (1, 10, 40, 200, 100_000)]
    [1, 10, 21, 27, 29]
    """
    right = count - (count + 9) // 10
    return next(size for size in range(1, count + 1) if 20 * comb(right, size) <= comb(count, size))


def sample_of(run: PaymentRun, *, seen_by: User) -> Checked | None:
    """The sample of a run with what was found, and between how many of its payments are wrong (95%).

    The interval is exact for a part drawn of a whole without putting back: it promises at least that much, however few
    were looked at, and of a run that was looked at whole it is the number itself.
    """
    sample = Sample.objects.select_related("drawn_by").filter(run=run).first()
    if sample is None:
        return None
    rows = list(sample.rows.select_related("payment__case__person", "payment__provider", "payment__run", "looked_by"))
    people = [pk for row in rows for pk in row.payment.person_ids]
    record_looks(viewer=seen_by, person_ids=people, page=f"Sample of run {run.number}")
    looked = sum(row.right is not None for row in rows)
    wrong = sum(row.right is False for row in rows)
    low, high = wrong_between(wrong, looked, run.payments_count) if looked else (None, None)
    return Checked(sample, rows, looked, wrong, low, high)


def get_sampled(run: PaymentRun, place: int, *, seen_by: User) -> Sampled:
    """One payment of a run's sample."""
    found = Sampled.objects.select_related(
        "sample__run", "payment__case__person", "payment__provider", "payment__owed__invoice", "payment__run"
    )
    one = found.filter(payment__run=run, payment__place=place).first()
    if one is None:
        raise Http404("There is no such payment in the sample of this run.")
    record_looks(viewer=seen_by, person_ids=one.payment.person_ids, page=f"Sample of run {run.number}")
    return one


def wrong_between(wrong: int, looked: int, of: int) -> tuple[int, int]:
    """Between how many of all lie that are wrong, where some of those looked at were: of all looked at, so many.

    >>> wrong_between(0, 59, 100_000), wrong_between(0, 59, 80), wrong_between(2, 80, 80)
    ((0, 6059), (0, 2), (2, 2))
    """
    from scipy.stats import hypergeom  # a second, which only this page needs

    could = range(wrong, of - (looked - wrong) + 1)  # the more are wrong, the likelier so many or more, and never fewer
    low = bisect_right(could, UNLIKELY, key=lambda all_wrong: hypergeom.sf(wrong - 1, of, all_wrong, looked))
    high = bisect_left(could, -UNLIKELY, key=lambda all_wrong: -hypergeom.cdf(wrong, of, all_wrong, looked))
    return could[low], could[high - 1]
