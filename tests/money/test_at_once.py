"""Every two things that can be done with money, at the same moment, both ways round where that can differ.

The list is made from the actions themselves: a new one without its line here fails. Each pair is played on a case as it
was made, with the first holding its commit until the second waits for it or is through; what they did is taken back.
"""

import inspect
from copy import deepcopy
from functools import partial
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
    set_up,
)
from tests.races import Players
from tests.undoing import noting

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


@pytest.mark.parametrize("place", range(len(ACTIONS)), ids=lambda place: NAMES[PLAYED[place]])
def test_two_at_once_leave_the_books_whole(place, begun, agree, undone, players, books_are_whole):
    """Nothing waits for ever, nothing is both cancelled and paid, what was approved may be paid, nothing done is gone.

    A second that was too late is refused in words. The other way round is played wherever it can come out otherwise:
    of two that both went through without either waiting, none saw what the other wrote, whichever began.
    """
    first, done = PLAYED[place], []
    for beginning, worlds in grouped(first, PLAYED[place:]).items():
        with undone():
            before = begun(*beginning)
            for needs, others in worlds.items():
                with undone():
                    made = set_up(deepcopy(before), *needs, agree=agree)
                    for other in others:
                        with undone():
                            said, waited = play(first, other, deepcopy(made), players, books_are_whole)
                        done.append(not isinstance(said, Refusal))
                        if other != first and (waited or isinstance(said, Refusal)):
                            with undone():
                                play(other, first, deepcopy(made), players, books_are_whole)
    assert any(done)


def grouped(first, others):
    """The others by the world that each needs together with the first, and those by how they begin."""
    groups = {}
    for other in others:
        if not meet(first, other):
            continue
        needs = frozenset(ACTIONS[first].needs + ACTIONS[other].needs)
        groups.setdefault(needs & AT_THE_BEGINNING, {}).setdefault(needs, []).append(other)
    return groups


def meet(first, second):
    """Whether two are played together: of rooms whose accounts are their own, only those that may touch the same."""
    rooms = [NAMES[each].partition(".")[0] for each in (first, second)]
    beside = [BESIDE.get(room) for room in rooms]
    return beside == [None, None] or rooms[0] == rooms[1] or second in (beside[0] or ()) or first in (beside[1] or ())


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
