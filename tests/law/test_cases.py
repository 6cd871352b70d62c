"""Cases made from public reports of other systems, each with the charge that is right, where they are at hand."""

import json
from datetime import date

import pytest

from leeway.law import BadInput, compute
from tests.originals import reported_case

ON = date(2023, 6, 1)


def charged(name):
    """What the person in a case file pays a week."""
    given = json.loads(reported_case("charging", f"{name}.json").read_text(encoding="utf-8"))
    return compute("charge", given, ON).result["charge_pence_per_week"]


@pytest.mark.parametrize(
    ("name", "pence"),
    [
        ("child_maintenance", 67_35),  # maintenance that comes to a parent for a child is left out
        ("joint_award", 77_55),  # half of Universal Credit that a couple was awarded
    ],
)
def test_a_reported_case_is_charged_right(name, pence):
    assert charged(name) == pence


def test_a_couple_of_mixed_ages_has_the_pensioners_guarantee():
    given = json.loads(reported_case("charging", "mixed_age_couple.json").read_text(encoding="utf-8"))
    assert charged("mixed_age_couple") == 100_95
    younger = given | {"pension_age": False}
    assert compute("charge", younger, ON).result["charge_pence_per_week"] == 183_20


def test_whether_a_partner_has_reached_pension_age_is_asked():
    with pytest.raises(BadInput, match="pension_age is missing"):
        charged("mixed_age_unanswered")
