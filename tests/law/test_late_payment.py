"""What a provider may claim of an invoice paid late, against worked examples."""

import pytest

from leeway.law import law_on
from leeway.law.late_payment import begins_to_run, late_claim
from tests.law.vectors import examples


@pytest.mark.parametrize("example", examples("late_payment"), ids=str)
def test_what_may_be_claimed(example):
    due_on = example["due_on"]
    claim = late_claim(example["owed_pence"], due_on, example["paid_on"], law_on(begins_to_run(due_on)))
    found = (claim.days, claim.interest_pence, claim.sum_pence)
    assert found == (example["days"], example["interest_pence"], example["sum_pence"])
    assert claim.pence == claim.interest_pence + claim.sum_pence
