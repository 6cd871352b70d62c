"""One person and a million get the same charge, and no charge does what a charge must not."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.law import BadInput, compute, law_on
from leeway.law.charge_case import ALWAYS_PENSION_AGE_FROM, HOUSEHOLDS, NEVER_PENSION_AGE_UNDER, PREMIUMS
from leeway.law.charging import charge, charge_columns, columns_of
from leeway.law.dated import DEFAULT_POLICY
from leeway.law.income import AWARDED_TO, COVERS, OTHER, PAID_FOR_NIGHTS
from leeway.law.means import INCOME, LEFT_OUT, kinds_on

DAYS = st.dates(date(2015, 4, 1), date(2027, 4, 5))
MONEY = st.integers(0, 200_000)
#: Kinds that there were on the first day, and are still.
KINDS = [kind.code for kind in kinds_on(INCOME, law_on(date(2015, 4, 1)))]
COLUMNS = {
    "charge": "charge_pence_per_week",
    "net_direct_payment": "net_direct_payment_pence_per_week",
    "full_cost": "full_cost",
    "tariff": "tariff_income_pence_per_week",
    "counted_income": "counted_income_pence_per_week",
    "floor": "floor_pence_per_week",
    "disposable": "disposable_income_pence_per_week",
    "maximum": "maximum_charge_pence_per_week",
    "chargeable": "chargeable_pence_per_week",
}


@st.composite
def rows(draw, *, couple):
    """An income of any kind, taxed or not, of one or of both."""
    kind, paid = draw(st.sampled_from(KINDS)), draw(MONEY)
    row = {"kind": kind, "pence_per_week": paid}
    if draw(st.booleans()):
        row["tax_pence_per_week"] = draw(st.integers(0, paid))
    if couple and draw(st.booleans()):
        row["awarded_to"] = draw(st.sampled_from([choice.code for choice in AWARDED_TO]))
    if row.get("awarded_to") == "couple" and draw(st.booleans()):
        share = draw(st.integers(0, paid - row.get("tax_pence_per_week", 0)))
        row |= {"own_share_pence_per_week": share, "share_shown_by": "the award letter"}
    if kind in PAID_FOR_NIGHTS and draw(st.booleans()):
        row["covers"] = draw(st.sampled_from([choice.code for choice in COVERS]))
    return row | ({"what": "Royalties", "from_whom": "a publisher"} if kind == OTHER else {})


@st.composite
def people(draw):
    """Anybody at all: every field, each limit likely."""
    person = draw(without_income())
    income = draw(st.lists(rows(couple=person["household"] == "couple"), max_size=5))
    return person | {"income": income}


def without_income():
    """Anybody at all, but for what comes in."""
    return (
        st.fixed_dictionaries(
            {
                "age": st.integers(18, 110),
                "pension_age": st.booleans(),
                "household": st.sampled_from([h.code for h in HOUSEHOLDS]),
                "dependent_children": st.integers(0, 4),
                "premiums": st.lists(st.sampled_from([p.code for p in PREMIUMS]), unique=True),
                "partner_has_savings_disregard": st.booleans(),
                "savings_credit_qualifying_income_pence_per_week": MONEY,
                "capital_pence": st.one_of(
                    st.sampled_from([0, 1425000, 1425001, 1450000, 1450001, 2325000, 2325001]),
                    st.integers(0, 5_000_000),
                ),
                "housing_costs_pence_per_week": st.integers(0, 30_000),
                "disability_related_expenditure_pence_per_week": st.integers(0, 10_000),
                "personal_budget_pence_per_week": MONEY,
                "exemption": st.sampled_from([None, None, "cjd"]),
                "carers_own_support": st.booleans(),
                "means_not_disclosed": st.booleans(),
            }
        )
        .map(with_an_age_that_fits)
        .map(with_a_child_where_a_parent)
        .flatmap(with_free_parts)
    )


def with_an_age_that_fits(person):
    """The same person, of pension age where the age leaves no doubt of it."""
    if person["age"] >= ALWAYS_PENSION_AGE_FROM:
        return person | {"pension_age": True}
    if person["age"] < NEVER_PENSION_AGE_UNDER and person["household"] != "couple":
        return person | {"pension_age": False}
    return person


def with_a_child_where_a_parent(person):
    """The same person, with one child or more where they are a lone parent."""
    return person | {"dependent_children": max(person["dependent_children"], int(person["household"] == "lone_parent"))}


def with_free_parts(person):
    """The same person with nothing, a part or the whole of the budget free, for good or for a time."""
    budget = person["personal_budget_pence_per_week"]
    first_day = st.dates(date(2015, 4, 1), date(2027, 4, 5)).map(date.isoformat)
    for_good = st.fixed_dictionaries({"exemption": st.sampled_from(["section_117", "continuing_healthcare", "aid"])})
    for_a_time = st.fixed_dictionaries({"exemption": st.just("reablement"), "started_on": first_day})
    once = st.fixed_dictionaries({"exemption": st.just("minor_adaptation"), "pence_once": MONEY})
    costs = st.one_of(st.just(budget), st.integers(0, budget))
    weekly = st.tuples(st.one_of(for_good, for_a_time), costs).map(lambda part: part[0] | {"pence_per_week": part[1]})
    return st.tuples(st.lists(weekly, max_size=1), st.lists(once, max_size=1)).map(
        lambda parts: {**person, "free_parts": [*parts[0], *parts[1]]}
    )


@settings(deadline=None)
@given(st.lists(people(), min_size=1, max_size=20), DAYS)
def test_one_person_and_a_population_agree(crowd, on):
    law = law_on(on)
    columns = charge_columns(columns_of(crowd, law), law)
    for index, person in enumerate(crowd):
        alone = charge(person, law).result
        assert {name: columns[name][index] for name in COLUMNS} == {
            name: alone[field] for name, field in COLUMNS.items()
        }


@settings(deadline=None)
@given(people(), DAYS)
def test_a_charge_is_never_negative_and_never_more_than_the_budget(person, on):
    result = charge(person, law_on(on)).result
    assert 0 <= result["charge_pence_per_week"] <= person["personal_budget_pence_per_week"]
    assert (
        result["charge_pence_per_week"] + result["net_direct_payment_pence_per_week"]
        == person["personal_budget_pence_per_week"]
    )
    assert result["charge_pence_per_week"] <= result["chargeable_pence_per_week"]
    free = sum(part["pence_per_week"] for part in result["free_parts"] if part["free"])
    assert result["chargeable_pence_per_week"] == person["personal_budget_pence_per_week"] - free
    if person["exemption"]:
        assert result["charge_pence_per_week"] == 0
    elif not result["full_cost"]:
        left = result["counted_income_pence_per_week"] - result["charge_pence_per_week"]
        assert result["charge_pence_per_week"] == 0 or left >= result["floor_pence_per_week"]


@settings(deadline=None)
@given(people(), DAYS, rows(couple=False))
def test_more_income_never_lowers_the_charge(person, on, row):
    richer = {**person, "income": [*person["income"], row]}
    before, after = (charge(p, law_on(on)).result["charge_pence_per_week"] for p in (person, richer))
    assert after >= before
    if law_on(on)[INCOME + row["kind"]] == LEFT_OUT:
        assert after == before


@settings(deadline=None)
@given(people(), DAYS, st.integers(0, 3_000_000))
def test_more_capital_never_lowers_the_charge_and_more_costs_never_raise_it(person, on, more):
    law = law_on(on)
    before = charge(person, law).result["charge_pence_per_week"]
    assert (
        charge({**person, "capital_pence": person["capital_pence"] + more}, law).result["charge_pence_per_week"]
        >= before
    )
    dearer = {**person, "housing_costs_pence_per_week": person["housing_costs_pence_per_week"] + more}
    assert charge(dearer, law).result["charge_pence_per_week"] <= before


@settings(deadline=None)
@given(people(), DAYS)
def test_the_steps_add_up_to_the_charge(person, on):
    outcome = charge(person, law_on(on))
    steps = {}
    income = 0
    for step in outcome.steps:
        if step["name"].startswith("Income: "):
            income += step["pence"]
        steps[step["name"]] = step["pence"]
    income += steps["Income assumed from capital"]
    income += steps.get("War pension left out", 0) + steps.get("Savings disregard", 0)
    floor = ("Minimum income guarantee", "For children", "Disability premium", "Enhanced disability premium")
    assert income == steps["Counted income"]
    assert steps["Income left to the person"] == sum(steps.get(name, 0) for name in (*floor, "Carer premium"))
    assert steps["Income left over"] == (
        income - steps["Income left to the person"] - steps["Housing costs"] - steps["Disability-related expenditure"]
    )
    assert steps["Charge"] == outcome.result["charge_pence_per_week"]


@settings(deadline=None)
@given(people(), DAYS)
def test_a_free_part_never_raises_the_charge_and_its_end_never_lowers_it(person, on):
    law = law_on(on)
    with_parts, without = (charge(p, law).result for p in (person, {**person, "free_parts": []}))
    assert with_parts["charge_pence_per_week"] <= without["charge_pence_per_week"]
    assert not with_parts["free_until"] or with_parts["free_until"] >= on.isoformat()


def test_a_million_people_are_charged_in_one_go():
    law = law_on(date(2026, 4, 6))
    one = columns_of([{"age": 40, "capital_pence": 2000000, "personal_budget_pence_per_week": 30000}], law)
    many = {name: np.repeat(column, 1_000_000) for name, column in one.items()}
    many["fully_counted_pence"] = np.arange(1_000_000)
    charges = charge_columns(many, law)["charge"]
    assert charges.shape == (1_000_000,)
    assert charges.max() == 30000
    assert (np.diff(charges) >= 0).all()


@pytest.fixture
def council(tmp_path):
    """A council with its own policy: starts as the default one, and changes what a test asks."""

    def change(**values):
        folder = tmp_path / "council"
        for path in DEFAULT_POLICY.rglob("*.yaml"):
            target = folder / path.relative_to(DEFAULT_POLICY)
            target.parent.mkdir(parents=True, exist_ok=True)
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
            if path.stem in values:
                for dated in data["values"].values():
                    dated["value"] = values.pop(path.stem)
            target.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        assert not values
        return folder

    return change


ADA = {
    "age": 40,
    "income": [
        {"kind": "universal_credit", "pence_per_week": 20000},
        {"kind": "pip_daily_living", "pence_per_week": 7390},
    ],
    "disability_related_expenditure_pence_per_week": 1000,
    "personal_budget_pence_per_week": 30000,
}
ON = date(2025, 6, 1)


@pytest.mark.parametrize(
    ("policy", "charge_pence"),
    [
        ({}, 15140),  # 273.90 - 112.50 - 10.00
        ({"percent_of_disposable": 75}, 11355),
        ({"percent_of_disposable": 33}, 4996),  # 49.962: part of a penny goes to the person
        ({"standard_disability_expenditure": 1085}, 15055),
        ({"standard_disability_expenditure": 900}, 15140),  # what was proved is more
        ({"buffer_above_guarantee": 500}, 14640),
        ({"percent_of_disposable": 30, "smallest_charge": 4543}, 0),
        ({"percent_of_disposable": 30, "smallest_charge": 4542}, 4542),
        ({"largest_charge": 9999}, 9999),
        ({"counts_disability_benefits": False}, 7750),
    ],
)
def test_a_gentler_council(council, policy, charge_pence):
    folder: Path = council(**policy)
    assert compute("charge", ADA, ON, folder).result["charge_pence_per_week"] == charge_pence


def test_a_council_that_charges_carers(council):
    own = {**ADA, "carers_own_support": True}
    assert compute("charge", own, ON).result["charge_pence_per_week"] == 0
    assert compute("charge", own, ON, council(charges_carers=True)).result["charge_pence_per_week"] == 15140


def test_the_standard_amount_needs_a_disability_benefit(council):
    without = {"age": 40, "income": ADA["income"][:1], "personal_budget_pence_per_week": 30000}
    folder = council(standard_disability_expenditure=1085)
    assert compute("charge", without, ON, folder).result["disability_related_expenditure_pence_per_week"] == 0


NIGHTS = {"age": 80, "pension_age": True, "personal_budget_pence_per_week": 30000}


def test_a_council_that_buys_no_nights_may_leave_their_part_out(council):
    row = {"kind": "attendance_allowance", "pence_per_week": 110_40, "covers": "day_and_night"}
    case = NIGHTS | {"income": [row]}
    folder = council(leaves_out_night_part=True)
    assert compute("charge", case, ON).result["counted_income_pence_per_week"] == 110_40
    assert compute("charge", case, ON, folder).result["counted_income_pence_per_week"] == 73_90
    by_day = NIGHTS | {"income": [row | {"pence_per_week": 73_90, "covers": "day_or_night"}]}
    assert compute("charge", by_day, ON, folder).result["counted_income_pence_per_week"] == 73_90
    law = law_on(ON, folder)
    assert charge_columns(columns_of([case], law), law)["counted_income"][0] == 73_90


def test_a_council_that_leaves_nights_out_asks_which_rate_it_is(council):
    case = NIGHTS | {"income": [{"kind": "attendance_allowance", "pence_per_week": 110_40}]}
    with pytest.raises(BadInput, match="covers is missing"):
        compute("charge", case, ON, council(leaves_out_night_part=True))


def test_what_was_not_stated_is_said_and_how_an_amount_came_about():
    income = [{"kind": "universal_credit", "pence_per_week": 15390}]
    couple = {"age": 45, "pension_age": True, "household": "couple", "income": income}
    steps = {step["name"]: step for step in compute("charge", NIGHTS | couple, ON).steps}
    assert steps["Savings disregard"]["pence"] == 0
    assert "was not stated" in steps["Savings disregard"]["sentence"]
    shared = next(step for name, step in steps.items() if name.startswith("Income: Universal Credit"))
    assert "half of £153.90 that was awarded to the couple" in shared["sentence"]


def test_a_policy_changes_the_digest_of_the_charge_alone(council):
    folder = council(percent_of_disposable=75)
    assert compute("charge", ADA, ON, folder).digest != compute("charge", ADA, ON).digest
    answers = {"route": "section_31", "answers": {}}
    assert compute("direct_payment", answers, ON, folder).digest == compute("direct_payment", answers, ON).digest


def test_nobody_is_nobody():
    law = law_on(ON)
    nobody = {name: column[:0] for name, column in columns_of([ADA], law).items()}
    assert charge_columns(nobody, law)["charge"].size == 0


def test_columns_must_be_whole():
    law = law_on(ON)
    columns = columns_of([ADA], law)
    del columns["couple"]
    with pytest.raises(BadInput, match="couple is missing"):
        charge_columns(columns, law)
