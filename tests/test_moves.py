"""Every table of states and moves, found where it stands: complete, reachable, and kept to."""

import importlib
import pkgutil
from itertools import product

import pytest

import leeway
from leeway.moves import MoveNotAllowed, require_move

#: Where a thing begins, by the module of its table.
BEGINS = {
    "leeway.access.states": {"waiting"},
    "leeway.jobs.states": {"waiting"},
    "leeway.care.people.states": {"request"},
    "leeway.care.planning.states": {"draft"},
    "leeway.messages.states": {"waiting", "to_print"},
    "leeway.money.payees.states": {"entered"},
    "leeway.money.payments.states": {"made"},
}
TABLES = sorted(
    module.name for module in pkgutil.walk_packages(leeway.__path__, "leeway.") if module.name.endswith(".states")
)


def test_every_table_is_found():
    assert set(TABLES) == set(BEGINS)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_complete_and_every_state_can_be_reached(name):
    moves = importlib.import_module(name).MOVES
    states = type(next(iter(moves)))
    assert list(moves) == list(states), "a line for each state, in their order"
    assert all(after <= set(states) and state not in after for state, after in moves.items())
    reached, new = set(), {states(value) for value in BEGINS[name]}
    while new:
        reached |= new
        new = {after for state in new for after in moves[state]} - reached
    assert reached == set(states)
    assert any(not after for after in moves.values()), "an end"


@pytest.mark.parametrize("name", TABLES)
def test_what_the_table_does_not_have_is_refused(name):
    moves = importlib.import_module(name).MOVES
    for state, to in product(moves, moves):
        if to in moves[state]:
            require_move(moves, state.value, to, of="This")
        else:
            with pytest.raises(MoveNotAllowed, match=f"This is at “{state.label}”, so it cannot become “{to.label}”"):
                require_move(moves, state.value, to, of="This")
