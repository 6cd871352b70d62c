"""What a person owns: its value after costs and debts, its share, its days, and what was given away."""

from datetime import date, timedelta

import pytest

from leeway.law import law_on
from leeway.law.capital import ASKED_OF, OF_EVERY_KIND, OWNED_FIELDS, last_days
from leeway.law.charge_case import read_case
from leeway.law.charging import charge, charge_columns, columns_of
from leeway.law.dated import every_parameter, law_as_it_was
from leeway.law.means import CAPITAL
from leeway.law.outcome import BadInput

ON = date(2023, 6, 1)
LAW = law_on(ON)
PENSIONER = {
    "age": 80,
    "income": [{"kind": "state_pension", "pence_per_week": 23000}],
    "personal_budget_pence_per_week": 30000,
}


def counted(*things, on=ON, **facts):
    """How much capital counts, in pence."""
    return charge(PENSIONER | facts | {"capital_items": list(things)}, law_on(on)).result["capital_pence"]


def charged(*things, on=ON, **facts):
    return charge(PENSIONER | facts | {"capital_items": list(things)}, law_on(on)).result["charge_pence_per_week"]


def given_away(pence=2400000, **more):
    return {"kind": "notional_capital", "pence": pence} | more


# --- the cases made from reports


def test_shares_count_less_a_tenth():
    assert counted({"kind": "investments", "pence": 2450000}) == 2205000
    assert charged({"kind": "investments", "pence": 2450000}) == 4765


def test_a_house_of_three_is_asked_what_the_share_would_fetch():
    house = {"kind": "second_property", "pence": 6000000, "owners": 3}
    with pytest.raises(BadInput, match=r"owned by 3.*share_pence, valued_by and valued_on"):
        counted(house)
    valued = {"share_pence": 800000, "valued_by": "District valuer", "valued_on": "2023-05-02"}
    assert counted(house | valued) == 720000
    with pytest.raises(BadInput, match="say who valued the share"):
        counted(house | {"share_pence": 800000})


def test_capital_given_away_falls_by_the_difference_it_makes():
    result = charge(PENSIONER | {"capital_items": [given_away(weeks_since_received=10)]}, LAW).result
    assert result["notional_capital_left_pence"] == 2289695
    assert result["charge_pence_per_week"] == 5065


def test_arrears_are_left_out_on_the_day_52_weeks_later_and_count_the_day_after():
    arrears = {"kind": "benefit_arrears", "pence": 2000000}
    assert counted(arrears | {"weeks_since_received": 52}) == 0
    assert counted(arrears | {"weeks_since_received": 53}) == 2000000
    came = {"received_on": "2022-06-02"}
    assert counted(arrears | came, on=date(2023, 6, 1)) == 0
    assert counted(arrears | came, on=date(2023, 6, 2)) == 2000000


# --- value, costs, debts and shares


def test_debts_secured_on_a_thing_come_off_and_never_below_nothing():
    flat = {"kind": "second_property", "pence": 10000000}
    assert counted(flat | {"debts_pence": 8000000}) == 1000000
    assert counted(flat | {"debts_pence": 9500000}, {"kind": "savings", "pence": 500}) == 500


def test_a_part_of_a_penny_of_the_costs_goes_to_the_person():
    assert counted({"kind": "investments", "pence": 11}) == 9


def test_cash_and_certificates_have_no_costs_of_sale_and_are_shared_equally():
    assert counted({"kind": "savings", "pence": 1001, "owners": 2}) == 500
    assert counted({"kind": "national_savings_certificates", "pence": 1000}) == 1000


def test_another_share_than_an_equal_one_is_shown():
    shown = {"share_pence": 900, "valued_by": "Passbook: the person paid in nine tenths", "valued_on": "2023-05-02"}
    assert counted({"kind": "savings", "pence": 1000, "owners": 2} | shown) == 900


def test_a_share_is_worth_no_more_than_the_whole():
    house = {"kind": "second_property", "pence": 300_000_00, "owners": 2, "share_pence": 400_000_00}
    with pytest.raises(BadInput, match="worth more than the whole"):
        counted(house | {"valued_by": "Harbour Surveyors", "valued_on": "2023-05-01"})


def test_a_field_that_a_kind_does_not_take_is_refused():
    with pytest.raises(BadInput, match="Savings and bank accounts takes no debts_pence"):
        counted({"kind": "savings", "pence": 100, "debts_pence": 5})


def test_every_way_of_counting_is_asked_something_known():
    ways = {
        dated.value for name, kind in every_parameter().items() if name.startswith(CAPITAL) for dated in kind.history
    }
    assert ways == set(ASKED_OF)
    assert {name for asked in ASKED_OF.values() for name in asked} | set(OF_EVERY_KIND) == set(OWNED_FIELDS)


# --- time


def test_property_that_is_being_sold_counts_as_land_after_26_weeks_or_what_is_reasonable():
    house = {"kind": "property_for_sale", "pence": 10000000, "received_on": "2022-12-01"}
    assert counted(house, on=date(2023, 6, 1)) == 0
    assert counted(house, on=date(2023, 6, 2)) == 9000000
    longer = house | {"left_out_until": "2023-08-31", "longer_because": "The buyer withdrew, and it is on the market."}
    assert counted(longer, on=date(2023, 8, 31)) == 0
    assert counted(longer, on=date(2023, 9, 1)) == 9000000
    sooner = longer | {"left_out_until": "2023-01-01"}
    assert counted(sooner, on=date(2023, 6, 1)) == 0
    with pytest.raises(BadInput, match="say why it is left out for longer"):
        counted(house | {"left_out_until": "2023-08-31"})


def test_whoever_waits_for_the_end_of_a_time_is_told_its_last_day():
    things = [
        {"kind": "property_for_sale", "pence": 1, "received_on": "2023-05-01"},
        {"kind": "benefit_arrears", "pence": 1, "received_on": "2022-06-02"},
        {"kind": "benefit_arrears", "pence": 1, "weeks_since_received": 3},
        {"kind": "savings", "pence": 1},
    ]
    assert last_days(things, LAW) == (
        ("Arrears of benefits", date(2023, 6, 1)),
        ("Property that is being sold", date(2023, 10, 30)),
    )


def test_where_neither_day_nor_weeks_are_known_it_is_asked():
    with pytest.raises(BadInput, match="give received_on, or weeks_since_received"):
        counted({"kind": "benefit_arrears", "pence": 100})


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("child_migrants", date(2020, 2, 25)),
        ("grenfell", date(2020, 7, 15)),
        ("troubles_victims", date(2021, 7, 15)),
        ("windrush", date(2022, 1, 1)),
        ("energy_bills_support", date(2022, 11, 2)),
        ("post_office", date(2023, 7, 9)),
        ("infected_blood_estate", date(2024, 10, 10)),
        ("lgbt_recognition", date(2025, 2, 28)),
        ("miscarriage_of_justice", date(2025, 7, 22)),
    ],
)
def test_a_compensation_scheme_is_left_out_from_its_first_day(kind, first):
    assert counted({"kind": kind, "pence": 3000000}, on=first) == 0
    with pytest.raises(BadInput, match="has no value on"):
        counted({"kind": kind, "pence": 3000000}, on=first - timedelta(1))


# --- given away


def test_capital_given_away_counts_only_if_the_council_found_so():
    found = {
        "weeks_since_received": 0,
        "given_to": "Her son",
        "their_reason": "For his wedding",
        "given_on": "2022-01-01",
    }
    assert counted(given_away(**found, to_avoid_charges=True)) == 2400000
    assert counted(given_away(**found, to_avoid_charges=False)) == 0


def test_what_the_council_found_and_why_is_in_the_steps():
    because = {"weeks_since_received": 0, "finding_because": "She had been told of the charge."}
    for found, motive in ((True, "a significant motive"), (False, "no significant motive")):
        thing = given_away(**because, to_avoid_charges=found)
        steps = charge(PENSIONER | {"capital_items": [thing]}, LAW).steps
        assert f"was {motive}: She had been told of the charge." in steps[0]["sentence"]


def test_it_falls_for_each_whole_week_since_the_first_day_charged_with_it():
    on = date(2023, 7, 1)
    assert counted(given_away(counted_from="2023-04-22"), on=on) == 2289695
    assert counted(given_away(counted_from="2023-04-23"), on=on) > 2289695
    assert counted(given_away(counted_from="2023-07-01")) == 2400000


def test_it_does_not_fall_while_it_makes_no_difference_and_never_below_nothing():
    assert counted(given_away(100000, weeks_since_received=500)) == 100000
    assert counted(given_away(weeks_since_received=2500), capital_pence=1425000) == 1425000


def by_hand(first, on, pence=2400000):
    """Week by week, each charge asked of the law of the day on which the week began."""
    left, day = pence, first
    while day + timedelta(weeks=1) <= on:
        without = charged(on=day)
        left -= min(left, charged({"kind": "savings", "pence": left}, on=day) - without)
        day += timedelta(weeks=1)
    return left


@pytest.mark.parametrize("first", [date(2022, 11, 3), date(2023, 4, 6), date(2015, 12, 1)])
def test_each_week_falls_by_the_law_of_its_own_day(first):
    """Over April the guarantee rises, and the difference that the capital makes is another one."""
    expected = by_hand(first, ON)
    assert counted(given_away(counted_from=first.isoformat())) == expected
    if first.year == 2022:
        old = law_on(date(2023, 4, 5)), law_on(date(2023, 4, 6))
        assert len({each["charging.minimum_income_guarantee.single_pension_age"] for each in old}) == 2


def test_a_week_keeps_its_law_on_each_day_after():
    """The week that began on 3 April has the law of that day, on whichever day of a later week it is looked at."""
    gift = given_away(counted_from="2023-04-03")
    left = {counted(gift, on=date(2023, 4, 17) + timedelta(days)) for days in range(7)}
    assert left == {by_hand(date(2023, 4, 3), date(2023, 4, 17))}


def test_a_decision_keeps_the_values_of_each_week_and_is_worked_out_from_them_again():
    case = PENSIONER | {"capital_items": [given_away(counted_from="2021-01-04")]}
    outcome = charge(case, LAW)
    guarantee = "charging.minimum_income_guarantee.single_pension_age"
    kept = {name for name in outcome.values if name.startswith(guarantee)}
    assert kept == {guarantee, *(f"{guarantee}@{day}" for day in ("2015-04-06", "2022-04-06", "2023-04-06"))}
    again = charge(case, law_as_it_was(ON, outcome.values))
    assert again.result == outcome.result and again.digest == outcome.digest
    bent = dict(outcome.values) | {f"{guarantee}@2022-04-06": 260_00}
    assert charge(case, law_as_it_was(ON, bent)).result != outcome.result
    assert not [name for name in charge(PENSIONER, LAW).values if "@" in name]


def test_two_gifts_fall_together():
    both = counted(given_away(1200000, weeks_since_received=10), given_away(1200000, weeks_since_received=10))
    assert both == 2289695
    later = counted(given_away(2400000, weeks_since_received=10), given_away(100000, weeks_since_received=0))
    assert later == 2389695


def test_one_person_and_columns_agree_on_capital_given_away():
    case = PENSIONER | {"capital_items": [given_away(weeks_since_received=10)]}
    columns = charge_columns(columns_of([case], LAW), LAW)
    assert columns["charge"].tolist() == [5065]
    assert read_case(case, LAW.only("charging", "charging_policy")).means.capital_pence == 2289695


# --- rent


def test_rent_of_property_that_counts_is_no_income_too():
    flat = {"kind": "second_property", "pence": 1000000}
    rent = {"kind": "rental_income", "pence_per_week": 10000}
    with pytest.raises(BadInput, match="would count twice"):
        charged(flat, income=[rent])
    as_capital = charge(
        PENSIONER | {"income": [rent | {"kind": "rent_from_counted_property"}], "capital_items": [flat]}, LAW
    )
    assert as_capital.result["counted_income_pence_per_week"] == 0
    let_at_home = charge(
        PENSIONER | {"income": [rent], "capital_items": [flat, {"kind": "main_home", "pence": 1}]}, LAW
    )
    assert let_at_home.result["counted_income_pence_per_week"] == 10000


# --- without a full check, and over the limit


def reasons_of(**facts):
    return " ".join(charge(PENSIONER | facts, LAW).reasons)


def test_over_the_limit_the_fee_for_arranging_is_said():
    assert "It asks no fee for arranging it." in reasons_of(capital_pence=3000000)
    values = dict(LAW.only("charging", "charging_policy").values) | {"charging_policy.arrangement_fee": 15000}
    asked = charge(PENSIONER | {"capital_pence": 3000000}, law_as_it_was(ON, values))
    assert "£150.00 once for arranging it, which may not be more" in " ".join(asked.reasons)
    assert "arranging it" not in reasons_of()


def test_where_only_capital_is_known_and_over_the_limit_the_steps_tell_nothing_else():
    """Nobody asked for income, the household or housing costs: a blank is no answer, and is not told as one."""
    alone = {"age": 40, "pension_age": False, "light_touch": True, "personal_budget_pence_per_week": 200_00}
    alone |= {"capital_items": [{"kind": "savings", "pence": 30_000_00}]}
    outcome = charge(alone, law_on(date(2026, 11, 23)))
    names = ["Capital", "Personal budget", "Charge", "Left of the budget"]
    assert [step["name"] for step in outcome.steps][1:] == names
    assert outcome.result["charge_pence_per_week"] == 200_00
    within = charge(alone | {"capital_items": []}, law_on(date(2026, 11, 23)))
    asked = charge(alone | {"household": "single"}, law_on(date(2026, 11, 23)))
    for other in (within, asked):
        assert "Minimum income guarantee" in [step["name"] for step in other.steps]


def test_a_lighter_check_and_means_not_disclosed_say_that_a_full_check_can_be_had():
    assert "agreed to a lighter check" in reasons_of(light_touch=True)
    assert "over the upper limit (SI 2014/2672, reg. 10)" in reasons_of(means_not_disclosed=True)
    assert "full check" not in reasons_of()


def test_capital_given_away_is_said_with_what_is_left_of_it():
    assert "£22,896.95 is left of it" in reasons_of(capital_items=[given_away(weeks_since_received=10)])


@pytest.mark.parametrize("written", ["20230501", "2023-W18-1", 20230501])
def test_a_day_is_written_one_way_wherever_the_law_reads_one(written):
    with pytest.raises(BadInput, match="must be a day such as 2026-01-31"):
        counted({"kind": "benefit_arrears", "pence": 1, "received_on": written})
