"""Every table of states and moves, found where it stands: complete, reachable, and kept to."""

import importlib
import pkgutil
from itertools import product

import pytest

import leeway
from leeway.moves import MoveNotAllowed, require_move

#: Where a thing begins, by the module and the name of its table.
BEGINS = {
    ("leeway.access.states", "MOVES"): {"waiting"},
    ("leeway.jobs.states", "MOVES"): {"waiting"},
    ("leeway.care.people.states", "MOVES"): {"request"},
    ("leeway.care.planning.states", "MOVES"): {"draft"},
    ("leeway.messages.states", "MOVES"): {"waiting", "to_print"},
    ("leeway.money.invoices.states", "MOVES"): {"received"},
    ("leeway.money.payees.states", "MOVES"): {"entered"},
    ("leeway.money.service_funds.states", "MOVES"): {"asked"},
    ("leeway.money.payments.states", "MOVES"): {"made"},
    ("leeway.money.uprating.states", "MOVES"): {"drafted"},
    ("leeway.money.uprating.states", "ROW_MOVES"): {"changes", "stays", "set_apart", "left_out"},
    ("leeway.money.payments.states", "PAYMENT_MOVES"): {"in_run"},
}
TABLES = sorted(
    (module.name, name)
    for module in pkgutil.walk_packages(leeway.__path__, "leeway.")
    if module.name.endswith(".states")
    for name in vars(importlib.import_module(module.name))
    if name.endswith("MOVES")
)


def test_every_table_is_found():
    assert set(TABLES) == set(BEGINS)


@pytest.mark.parametrize(("module", "name"), TABLES)
def test_a_table_is_complete_and_every_state_can_be_reached(module, name):
    moves = getattr(importlib.import_module(module), name)
    states = type(next(iter(moves)))
    assert list(moves) == list(states), "a line for each state, in their order"
    assert all(after <= set(states) and state not in after for state, after in moves.items())
    reached, new = set(), {states(value) for value in BEGINS[module, name]}
    while new:
        reached |= new
        new = {after for state in new for after in moves[state]} - reached
    assert reached == set(states)
    if module != "leeway.care.people.states":  # a case that is closed can be opened again
        assert any(not after for after in moves.values()), "an end"


@pytest.mark.parametrize(("module", "name"), TABLES)
def test_what_the_table_does_not_have_is_refused(module, name):
    moves = getattr(importlib.import_module(module), name)
    for state, to in product(moves, moves):
        if to in moves[state]:
            require_move(moves, state.value, to, of="This")
        else:
            with pytest.raises(MoveNotAllowed, match=f"This is at “{state.label}”, so it cannot become “{to.label}”"):
                require_move(moves, state.value, to, of="This")
