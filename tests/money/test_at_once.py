"""Every two things that can be done with money, at the same moment, both ways round where that can differ.

The list is made from the actions themselves: a new one without its line here fails. Each pair is played on a case as it
was made, with the first holding its commit until the second waits for it or is through; what they did is taken back.
"""

import inspect
from copy import deepcopy
from functools import partial
from itertools import combinations_with_replacement, groupby
from operator import itemgetter
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import Q

from leeway.money.ledger.queries import balance
from leeway.money.ledger.relations import Relation
from leeway.money.payments import actions as payments
from leeway.money.payments.models import Payment
from leeway.money.payments.queries import stopped_since
from leeway.money.payments.states import LIVE
from leeway.money.proving import findings
from leeway.refusal import Refusal
from tests.money.every_action import (
    ACTIONS,
    AT_THE_BEGINNING,
    BESIDE,
    MOVES_NO_MONEY,
    NAMES,
    ROOMS,
    in_order,
    set_up,
)
from tests.races import Players
from tests.undoing import noting

pytestmark = pytest.mark.django_db(transaction=True)


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


@pytest.fixture(scope="module")
def undone(django_db_setup, django_db_blocker):
    """Takes back what is committed meanwhile: a world is made once for all the pairs that need it."""
    with django_db_blocker.unblock(), noting() as taking_back:
        yield taking_back


@pytest.fixture(scope="module")
def players():
    with Players() as both:
        yield both


@pytest.fixture
def books_are_whole(transactional_db):
    """Whether `findings` has nothing to tell. All that its relations ask is one question here, and is planned once."""
    asked = []

    def the_rest():
        asked.clear()
        with patch.object(Relation, "findings", lambda relation: asked.append(relation) or ()):
            return list(findings())

    the_rest()
    with connection.cursor() as cursor:
        each = [cursor.mogrify(relation.sql, relation.values or None) for relation in asked]
        cursor.execute(
            "PREPARE wrong AS " + " UNION ALL ".join(f"(SELECT 1 FROM ({sql}) AS told LIMIT 1)" for sql in each)
        )

        def whole():
            cursor.execute("EXECUTE wrong")
            return not cursor.fetchall() and not the_rest()

        yield whole


def worlds():
    """All pairs that are played, by what their world begins with and then by what comes about in it, in order."""
    found = {}
    for first, second in combinations_with_replacement(ACTIONS, 2):
        if meet(first, second):
            needs = {*ACTIONS[first].needs, *ACTIONS[second].needs}
            ways = found.setdefault((tuple(sorted(needs & AT_THE_BEGINNING)), in_order(needs)[:1]), [])
            ways.append((in_order(needs), first, second))
    return {place: sorted(pairs, key=itemgetter(0)) for place, pairs in found.items()}


def meet(first, second):
    """Whether two are played together: of rooms whose accounts are their own, only those that may touch the same."""
    rooms = [NAMES[each].partition(".")[0] for each in (first, second)]
    beside = [BESIDE.get(room) for room in rooms]
    return beside == [None, None] or rooms[0] == rooms[1] or second in (beside[0] or ()) or first in (beside[1] or ())


WORLDS = worlds()


@pytest.mark.parametrize(("begins", "with_"), WORLDS, ids=lambda names: " ".join(names) or "nothing")
def test_two_at_once_leave_the_books_whole(begins, with_, begun, undone, players, books_are_whole):
    """Nothing waits for ever, nothing is both cancelled and paid, what was approved may be paid, nothing done is gone.

    A second that was too late is refused in words. The other way round is played wherever it can come out otherwise:
    of two that both went through without either waiting, none saw what the other wrote, whichever began.
    """

    def go_on(world, pairs, far):
        """Play the pairs whose world this is; for the others, add what comes next, once for all that need it."""
        for step, others in groupby(pairs, key=lambda pair: pair[0][far : far + 1]):
            with undone():
                if step:
                    go_on(set_up(deepcopy(world), *step), list(others), far + 1)
                else:
                    for _, first, second in others:
                        both_ways(first, second, world)

    def both_ways(first, second, world):
        with undone():
            said, waited = play(first, second, deepcopy(world), players, books_are_whole)
        if first == second:
            assert not isinstance(said, Refusal), f"{NAMES[first]}: {said}"
        elif waited or isinstance(said, Refusal):
            with undone():
                play(second, first, deepcopy(world), players, books_are_whole)

    with undone():
        go_on(begun(*begins), WORLDS[begins, with_], 0)


def play(first, second, ours, players, books_are_whole):
    """Two actions at once in a world of their own; what the first said, and whether the second waited for it."""
    pair = f"{NAMES[first]} × {NAMES[second]}"
    both, waited = players.race(partial(ACTIONS[first].call, ours), partial(ACTIONS[second].call, ours))
    for said in both:
        assert isinstance(said, Refusal) or not isinstance(said, BaseException), f"{pair}: {said!r}"
    if second == payments.approve_run and not isinstance(both[1], Refusal):
        assert not stopped_since(both[1]), f"{pair}: approved what may not be paid"
    assert not paid_and_cancelled().exists(), pair
    assert balance(ours.budget.committed) >= 0, pair
    assert books_are_whole(), f"{pair}: {list(findings())}"
    return both[0], waited


def paid_and_cancelled():
    """Payments of an approved run for instalments that were cancelled."""
    approved = Q(run__approved_on__isnull=False, state__in=LIVE)
    return Payment.objects.filter(approved, instalment__cancellation__isnull=False)
