"""Every two things that can be done with money, at the same moment, both ways round where that can differ.

The list is made from the actions themselves: a new one without its line here fails. Each pair is played on a case of
its own, with the first holding its commit until the second waits for it or is through.
"""

import inspect
from functools import partial

import pytest
from django.db.models import Q

from leeway.money.ledger.queries import balance
from leeway.money.payments import actions as payments
from leeway.money.payments.models import Payment
from leeway.money.payments.queries import stopped_since
from leeway.money.payments.states import LIVE
from leeway.money.statements.queries import findings
from leeway.refusal import Refusal
from tests.money.every_action import ACTIONS, MOVES_NO_MONEY, NAMES, ROOMS, put_aside
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)
PLAYED = list(ACTIONS)


def test_every_action_of_these_rooms_is_here():
    """An action is a public function that is told the day it happens on."""
    found = {
        function
        for room in ROOMS
        for name, function in inspect.getmembers(room, inspect.isfunction)
        if function.__module__.startswith(room.__name__) and not name.startswith("_")
        if (on := inspect.signature(function).parameters.get("on")) and on.kind == on.KEYWORD_ONLY
    }
    assert found == set(ACTIONS) | MOVES_NO_MONEY


@pytest.mark.parametrize("place", range(len(ACTIONS)), ids=lambda place: NAMES[PLAYED[place]])
def test_two_at_once_leave_the_books_whole(place, world):
    """Nothing waits for ever, nothing is both cancelled and paid, and what was approved may be paid.

    A second that was too late is refused in words. The other way round is played wherever it can come out otherwise:
    of two that both went through without either waiting, none saw what the other wrote, whichever began.
    """
    done = []
    for other in PLAYED[place:]:
        said, waited = play(PLAYED[place], other, world)
        done.append(not isinstance(said, Refusal))
        if other != PLAYED[place] and (waited or isinstance(said, Refusal)):
            play(other, PLAYED[place], world)
    assert any(done)
    assert list(findings()) == []  # of all the pairs: nothing that was done is ever gone


def play(first, second, world):
    """Two actions at once in a world of their own; what the first said, and whether the second waited for it."""
    pair = f"{NAMES[first]} × {NAMES[second]}"
    ours = world(*ACTIONS[first].needs, *ACTIONS[second].needs)
    both, waited = race(partial(ACTIONS[first].call, ours), partial(ACTIONS[second].call, ours))
    for said in both:
        assert isinstance(said, Refusal) or not isinstance(said, BaseException), f"{pair}: {said!r}"
    if second == payments.approve_run and not isinstance(both[1], Refusal):
        assert not stopped_since(both[1]), f"{pair}: approved what may not be paid"
    assert not paid_and_cancelled().exists(), pair
    assert balance(ours.budget.committed) >= 0, pair
    put_aside(ours)
    return both[0], waited


def paid_and_cancelled():
    """Payments of an approved run for instalments that were cancelled."""
    approved = Q(run__approved_on__isnull=False, state__in=LIVE)
    return Payment.objects.filter(approved, instalment__cancellation__isnull=False)
