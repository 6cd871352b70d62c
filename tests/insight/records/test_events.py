"""From cases to events: what the return asks for and what it does not, one small case at a time."""

from datetime import date

import polars as pl
import pytest

from leeway.care.assessment.models import TookPart
from leeway.care.people.models import Ethnicity, Gender, RequestRoute, SupportReason
from leeway.care.planning.models import NotChosen, Way
from leeway.care.review.models import Achieved, ReviewReason, ReviewResult
from leeway.insight.records import events as made
from leeway.insight.records.lists import code_list
from leeway.market.listings.models import Kind
from leeway.market.units import Frequency, Unit
from leeway.period import Period, year_to

ENDS = date(2026, 3, 31)
SCHEMAS = {
    "cases": {
        "case": pl.String, "person": pl.String, "kind": pl.String, "cared_for": pl.String, "reason": pl.String,
        "route": pl.String, "team": pl.String, "opened_on": pl.Date, "closed_on": pl.Date, "nhs_number": pl.String,
        "gender": pl.String, "ethnicity": pl.String, "born_on": pl.Date, "died_on": pl.Date, "postcode": pl.String,
    },
    "assessments": {
        "id": pl.String, "case": pl.String, "starts_on": pl.Date, "ends_on": pl.Date, "took_part": pl.String,
        "eligible": pl.Boolean, "nhs_funded": pl.Boolean,
    },
    "money_checks": {
        "id": pl.String, "case": pl.String, "starts_on": pl.Date, "ends_on": pl.Date, "basis": pl.String,
    },
    "reviews": {
        "id": pl.String, "case": pl.String, "starts_on": pl.Date, "ends_on": pl.Date, "reason": pl.String,
        "result": pl.String, "achieved": pl.String,
    },
    "budgets": {
        "plan": pl.String, "case": pl.String, "starts_on": pl.Date, "ends_on": pl.Date, "begun_on": pl.Date,
        "cost": pl.Int64, "charge": pl.Int64,
    },
    "lines": {
        "id": pl.String, "plan": pl.String, "kinds": pl.List(pl.String), "provider": pl.String, "way": pl.String,
        "unit_cost_pence": pl.Int64, "cost_frequency": pl.String, "planned_units_hundredths": pl.Int64,
    },
    "choices": {
        "plan": pl.String, "told": pl.Boolean, "explained": pl.List(pl.String), "not_said": pl.Boolean,
        "why_not": pl.String, "best_interests": pl.Boolean,
    },
    "earlier": {
        "id": pl.String, "case": pl.String, "support": pl.String, "provider": pl.String, "starts_on": pl.Date,
        "ends_on": pl.Date, "unit_cost_pence": pl.Int64, "cost_frequency": pl.String,
        "planned_units_hundredths": pl.Int64,
    },
}  # fmt: skip
CASE = {
    "case": "c1", "person": "p1", "kind": "adult", "reason": "Learning Disability Support", "team": "Harbour",
    "route": "Community / Other route", "opened_on": date(2025, 1, 6), "gender": "Female", "ethnicity": "Roma",
    "born_on": date(1980, 1, 1), "postcode": "FB1 2AB", "nhs_number": "9990000018",
}  # fmt: skip
BUDGET = {"plan": "1", "case": "c1", "starts_on": date(2025, 2, 3), "cost": 20_000, "charge": 0}
LINE = {
    "id": "a", "plan": "1", "kinds": ["home_care"], "provider": "1-101", "way": "council_managed",
    "unit_cost_pence": 2_000, "cost_frequency": "Hourly", "planned_units_hundredths": 10_00,
}  # fmt: skip


def told(**rows: list[dict]) -> pl.DataFrame:
    """The events of the year to 31 March 2026 of so many objects; the case is there unless others are given."""
    return both(**rows)[0]


def both(**rows: list[dict]) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows = {"cases": [CASE], **rows}
    helped = pl.Series("person", rows.pop("helped", []), dtype=pl.String)
    frames = {name: pl.DataFrame(rows.get(name, []), schema=schema) for name, schema in SCHEMAS.items()}
    return made.events_of(made.Raw(helped=helped, **frames), ENDS, "901")


def services(
    budgets: list[dict], lines: list[dict], *, choices: list[dict] = (), earlier: list[dict] = (), **case: object
) -> list[dict]:
    found = told(cases=[CASE | case], budgets=budgets, lines=lines, choices=choices, earlier=earlier)
    found = found.filter(pl.col("event") == "Service")
    return found.sort("starts_on", "component").to_dicts()


CHOICE = {
    "plan": "1", "told": True, "explained": ["direct_payment", "council_managed", "service_fund", "mixed"],
    "not_said": False, "why_not": "happy_now", "best_interests": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "choice"),
    [
        ({}, "Chosen"),
        ({"why_not": ""}, "Chosen"),
        ({"told": False}, "Not chosen"),
        ({"explained": ["council_managed", "service_fund"]}, "Not chosen"),
        ({"explained": ["direct_payment"], "why_not": ""}, "Not chosen"),
        *(({"why_not": reason}, "Not chosen") for reason in made.NOT_THEIRS),
        ({"not_said": True}, "Not known"),
        ({"why_not": "not_said"}, "Not known"),
        ({"best_interests": True}, "Not known"),
        ({"not_said": True, "told": False}, "Not chosen"),
        ({"plan": "2"}, "Not known"),  # another plan's
    ],
)
def test_a_choice_was_one_where_something_else_was_there_and_the_amount_was_known(change, choice):
    (row,) = services([BUDGET], [LINE], choices=[CHOICE | change])
    assert row["choice"] == choice


EARLIER = {
    "id": "e", "case": "c1", "support": "home_care", "provider": "1-101", "starts_on": date(2023, 5, 1),
    "unit_cost_pence": 2_000, "cost_frequency": "Hourly", "planned_units_hundredths": 10_00,
}  # fmt: skip


def test_support_from_before_ends_where_the_budget_begins_and_is_held_by_nobody():
    begins = BUDGET | {"starts_on": date(2025, 6, 2)}
    before, after = services([begins], [LINE], choices=[CHOICE], earlier=[EARLIER])
    assert (before["starts_on"], before["ends_on"]) == (date(2023, 5, 1), date(2025, 6, 1))
    assert (before["mechanism"], before["choice"]) == ("CASSR commissioned support", None)
    assert before["outcome"] == "Continuation of support or services"
    assert all(before[same] == after[same] for same in ("service_type", "component", "provider", "unit_cost_pence"))


@pytest.mark.parametrize(
    ("change", "ends_on"),
    [({"ends_on": date(2025, 5, 1)}, date(2025, 5, 1)), ({"ends_on": date(2024, 5, 1)}, "before the year"), ({}, None)],
)
def test_support_from_before_ends_on_its_own_day_or_goes_on(change, ends_on):
    found = services([], [], earlier=[EARLIER | change])
    assert [row["ends_on"] for row in found] == ([] if ends_on == "before the year" else [ends_on])


def test_the_latest_choice_of_a_plan_speaks_and_none_on_record_is_not_known():
    (row,) = services([BUDGET], [LINE], choices=[CHOICE | {"told": False}, CHOICE])
    assert row["choice"] == "Chosen"
    (row,) = services([BUDGET], [LINE])
    assert row["choice"] == "Not known"


def test_a_service_that_goes_on_into_the_next_plan_keeps_the_choice_it_began_with():
    first, second = BUDGET | {"ends_on": date(2025, 6, 1)}, BUDGET | {"plan": "2", "starts_on": date(2025, 6, 2)}
    lines = [LINE, LINE | {"id": "b", "plan": "2"}]
    (row,) = services([first, second], lines, choices=[CHOICE | {"told": False}, CHOICE | {"plan": "2"}])
    assert row["choice"] == "Not chosen"


def test_every_reason_against_a_direct_payment_is_somebodys():
    """A new reason must be said to be theirs or not."""
    theirs = {"not_wanted", "paperwork", "no_help", "happy_now"}
    assert {reason.value for reason in NotChosen} == theirs | set(made.NOT_THEIRS) | {"not_said"}


def test_a_service_that_goes_on_is_open():
    (row,) = services([BUDGET], [LINE])
    assert row["starts_on"] == date(2025, 2, 3)
    assert row["ends_on"] is None
    assert row["outcome"] == "Continuation of support or services"
    assert (row["service_type"], row["component"]) == (
        "Long term support: Community",
        "Home support or domiciliary care",
    )
    assert (row["mechanism"], row["provider"]) == ("CASSR managed personal budget", "1-101")
    assert (row["unit_cost_pence"], row["cost_frequency"], row["planned_units_hundredths"]) == (2_000, "Hourly", 10_00)


@pytest.mark.parametrize(
    ("ends", "closed", "died", "told_end", "outcome"),
    [
        (date(2025, 9, 30), None, None, date(2025, 9, 30), "NFA: Support ended for other reason"),
        (None, date(2025, 9, 1), None, date(2025, 9, 1), "NFA: Support ended for other reason"),
        (date(2025, 9, 30), date(2025, 9, 1), None, date(2025, 9, 30), "NFA: Support ended for other reason"),
        (None, None, date(2025, 8, 8), date(2025, 8, 8), "NFA: Deceased"),
        (date(2025, 9, 30), None, date(2025, 8, 8), date(2025, 8, 8), "NFA: Deceased"),
        (date(2025, 7, 1), None, date(2025, 8, 8), date(2025, 7, 1), "NFA: Support ended for other reason"),
        (date(2026, 4, 1), None, None, None, "Continuation of support or services"),
        (None, None, date(2026, 4, 1), None, "Continuation of support or services"),
    ],
)
def test_when_and_why_a_service_ends(ends, closed, died, told_end, outcome):
    (row,) = services([BUDGET | {"ends_on": ends}], [LINE], closed_on=closed, died_on=died)
    assert (row["ends_on"], row["outcome"]) == (told_end, outcome)
    assert row["died_on"] == (died if died and died <= ENDS else None)


def test_what_ended_before_the_year_what_never_began_and_what_costs_nothing_is_left_out():
    assert services([BUDGET | {"ends_on": date(2025, 3, 31)}], [LINE]) == []
    assert len(services([BUDGET | {"ends_on": date(2025, 4, 1)}], [LINE])) == 1
    assert services([BUDGET | {"starts_on": date(2025, 6, 1), "ends_on": date(2025, 5, 31)}], [LINE]) == []
    assert services([BUDGET], [LINE], died_on=date(2025, 2, 2)) == []
    assert services([BUDGET], [LINE | {"unit_cost_pence": 0}]) == []


LATER = BUDGET | {"plan": "2", "starts_on": date(2025, 10, 6)}
REPLACED = [BUDGET | {"ends_on": date(2025, 10, 5)}, LATER | {"charge": 5_000}]


def test_a_line_that_goes_on_unchanged_is_one_service_with_both_lines_in_its_lineage():
    events, lineage = both(budgets=REPLACED, lines=[LINE, LINE | {"id": "b", "plan": "2"}])
    (row,) = events.filter(pl.col("event") == "Service").to_dicts()
    assert (row["starts_on"], row["ends_on"]) == (BUDGET["starts_on"], None)
    assert row["funding"] == "Joint client and social care funded"  # as it is paid for now
    assert lineage["id"].to_list() == ["a", "b"]
    assert lineage["reference"].unique().to_list() == [row["reference"]] == ["service:a"]


@pytest.mark.parametrize(
    "change", [{"way": "direct_payment"}, {"unit_cost_pence": 2_100}, {"provider": "1-102"}, {"kinds": ["day_support"]}]
)
def test_a_line_that_changes_is_another_service(change):
    first, second = services(REPLACED, [LINE, LINE | {"id": "b", "plan": "2"} | change])
    assert (first["ends_on"], first["outcome"]) == (date(2025, 10, 5), "Continuation of support or services")
    assert (second["starts_on"], second["ends_on"]) == (date(2025, 10, 6), None)


def test_a_service_that_stopped_for_a_while_begins_again():
    gap = [BUDGET | {"ends_on": date(2025, 9, 30)}, LATER]
    first, second = services(gap, [LINE, LINE | {"id": "b", "plan": "2"}])
    assert (first["ends_on"], first["outcome"]) == (date(2025, 9, 30), "NFA: Support ended for other reason")
    assert second["starts_on"] == date(2025, 10, 6)


def test_lines_that_the_return_cannot_tell_apart_are_added_up():
    (row,) = services([BUDGET], [LINE, LINE | {"id": "b", "provider": "1-102"}])
    assert (row["planned_units_hundredths"], row["unit_cost_pence"], row["provider"]) == (20_00, 2_000, None)
    weekly = LINE | {"cost_frequency": "Weekly", "planned_units_hundredths": None, "unit_cost_pence": 1_500}
    (row,) = services([BUDGET], [weekly, weekly | {"id": "b"}])
    assert (row["unit_cost_pence"], row["provider"]) == (3_000, "1-101")
    assert len(services([BUDGET], [LINE, LINE | {"id": "b", "planned_units_hundredths": 5_00}])) == 2


def test_what_is_bought_once_begins_and_ends_on_the_first_day():
    once = LINE | {"cost_frequency": "One-off", "planned_units_hundredths": None}
    (row,) = services([BUDGET | {"starts_on": date(2025, 6, 2)}], [once])
    assert (row["starts_on"], row["ends_on"], row["outcome"]) == (
        date(2025, 6, 2), date(2025, 6, 2), "NFA: Support ended as planned",
    )  # fmt: skip
    assert services([BUDGET], [once]) == []  # before the year


AT_HOME, TO_CARER = "Long term support: Community", "Unpaid carer support: Direct to unpaid carer"
NURSED, IN_A_HOME = "Long term support: Nursing care", "Long term support: Residential care"


@pytest.mark.parametrize(
    ("kind", "way", "kinds", "component", "service_type"),
    [
        ("adult", "direct_payment", ["personal_assistant"], "Direct payment", AT_HOME),
        ("adult", "direct_payment", ["day_support"], "Day support", AT_HOME),
        ("adult", "direct_payment", None, "Direct payment", AT_HOME),
        ("adult", "service_fund", ["personal_assistant"], "Home support or domiciliary care", AT_HOME),
        ("adult", "council_managed", ["payroll"], "Other long term support", AT_HOME),
        ("adult", "council_managed", None, "Other long term support", AT_HOME),
        ("adult", "council_managed", ["care_home", "nursing_home"], "Long term nursing care", NURSED),
        ("adult", "council_managed", ["care_home"], "Long term residential care", IN_A_HOME),
        ("carer", "direct_payment", ["community"], "Direct payment", TO_CARER),
        ("carer", "council_managed", ["home_care"], "Other unpaid carer support", TO_CARER),
    ],
)
def test_what_a_line_is_called(kind, way, kinds, component, service_type):
    (row,) = services([BUDGET], [LINE | {"way": way, "kinds": kinds}], kind=kind, cared_for="p2")
    assert (row["component"], row["service_type"]) == (component, service_type)
    assert (row["mechanism"] == "Direct payment") == (way == "direct_payment")


def test_only_the_regulators_numbers_name_a_provider():
    assert services([BUDGET], [LINE | {"provider": "council-17"}])[0]["provider"] is None


@pytest.mark.parametrize(
    ("charge", "funding"),
    [
        (0, "Fully social care funded"),
        (1, "Joint client and social care funded"),
        (20_000, "Fully client funded"),
    ],
)
def test_who_pays(charge, funding):
    assert services([BUDGET | {"charge": charge}], [LINE])[0]["funding"] == funding


def test_a_request_is_told_when_it_was_decided():
    def requests(**rows):
        return told(**rows).filter(pl.col("event") == "Request").to_dicts()

    asked = CASE | {"opened_on": date(2025, 5, 1)}
    assert requests(cases=[asked]) == []
    (row,) = requests(cases=[asked], assessments=[{"case": "c1", "id": "x", "starts_on": date(2025, 5, 9)}])
    assert (row["ends_on"], row["outcome"]) == (date(2025, 5, 9), "Progress to assessment, review or reassessment")
    (row,) = requests(cases=[asked | {"closed_on": date(2025, 5, 20)}])
    assert (row["ends_on"], row["outcome"]) == (date(2025, 5, 20), "NFA: Other")
    (row,) = requests(cases=[asked | {"closed_on": date(2025, 5, 20), "died_on": date(2025, 5, 18)}])
    assert (row["ends_on"], row["outcome"]) == (date(2025, 5, 18), "NFA: Deceased")
    assert requests(cases=[asked | {"closed_on": date(2026, 4, 1)}]) == []


def test_assessments_of_the_year_and_their_outcomes():
    done = {"case": "c1", "starts_on": date(2025, 5, 1), "ends_on": date(2025, 5, 9), "took_part": "Service user only"}

    def outcomes(**more):
        rows = told(cases=[CASE | {"closed_on": more.pop("closed_on", None)}], assessments=[done | {"id": "x"} | more])
        return rows.filter(pl.col("event") == "Assessment")["outcome"].to_list()

    assert outcomes(eligible=True) == ["Progress to support planning or services"]
    assert outcomes(eligible=False, nhs_funded=True) == ["NFA: Referral to NHS services or NHS funded social care"]
    assert outcomes(eligible=False, closed_on=date(2025, 5, 9)) == ["NFA: Information and advice or signposting"]
    assert outcomes(eligible=False) == ["Continuation of support or services"]
    assert outcomes(eligible=True, ends_on=None) == outcomes(eligible=True, ends_on=date(2025, 3, 31)) == []


def test_a_money_check_says_who_pays_by_the_budget_that_came_of_it():
    check = {"case": "c1", "id": "m", "starts_on": date(2025, 5, 1), "ends_on": date(2025, 5, 9), "basis": "full"}
    before, after = BUDGET | {"begun_on": date(2025, 2, 1)}, LATER | {"begun_on": date(2025, 10, 1), "charge": 1}

    def funding(**more):
        rows = told(money_checks=[check | more], budgets=[before, after])
        return rows.filter(pl.col("assessment_type") == "Financial assessment")["funding"].item()

    assert funding() == "Joint client and social care funded"
    assert funding(basis="free") == "Fully social care funded"
    assert funding(basis="not_disclosed") == "Fully client funded"
    assert funding(ends_on=date(2025, 10, 2)) == "Unknown"


def test_a_review_says_why_how_far_and_what_followed():
    assessed = {"id": "x", "case": "c1", "starts_on": date(2025, 1, 7), "ends_on": date(2025, 1, 9)}
    review = {"id": "r", "case": "c1", "starts_on": date(2025, 8, 1), "ends_on": date(2025, 8, 4)}
    review |= {"reason": "Unplanned: asked for", "result": "end", "achieved": "Partially Met"}
    rows = told(assessments=[assessed | {"took_part": "Service user and carer"}], reviews=[review], budgets=[BUDGET])
    (row,) = rows.filter(pl.col("event") == "Review").to_dicts()
    assert (row["review_reason"], row["achieved"]) == ("Unplanned: Other", "Partially met")
    assert (row["review_method"], row["funding"]) == ("Service user and carer", "Fully social care funded")
    assert row["outcome"] == "NFA: Support ended for other reason"


def test_a_carers_rows_say_for_whom_and_who_took_part():
    carer = CASE | {"kind": "carer", "case": "c2", "person": "p2", "cared_for": "p1"}
    other = carer | {"case": "c3", "cared_for": "p3", "closed_on": date(2024, 1, 1), "opened_on": date(2023, 1, 1)}
    done = {"id": "x", "case": "c2", "starts_on": date(2025, 5, 1), "ends_on": date(2025, 5, 9), "eligible": True}
    rows = told(
        cases=[CASE | {"opened_on": date(2025, 5, 1), "closed_on": date(2025, 5, 2)}, carer, other],
        assessments=[done | {"took_part": "Service user only"}],
        budgets=[BUDGET | {"case": "c2"}],
        lines=[LINE],
    )
    (assessed,) = rows.filter(pl.col("event") == "Assessment").to_dicts()
    assert (assessed["client_type"], assessed["method"]) == ("Unpaid carer", "Carer only")
    assert assessed["adults_cared_for"] == 2
    assert {assessed["cares_for_1"], assessed["cares_for_2"], assessed["cares_for_3"]} == {"p1", "p3", None}
    helped = dict(rows.select("person", "has_unpaid_carer").iter_rows())
    assert helped == {"p1": "Yes", "p2": "Unknown"}
    assert rows.filter(pl.col("client_type") == "Unpaid carer")["funding"].to_list() == [None] * 3


def test_a_carer_of_somebody_who_is_not_on_record_cares_for_one_without_a_number():
    carer = CASE | {"kind": "carer", "case": "c2", "person": "p2"}
    done = {"id": "x", "case": "c2", "starts_on": date(2025, 5, 1), "ends_on": date(2025, 5, 9), "eligible": True}
    rows = told(
        cases=[carer | {"cared_for": None}, carer | {"case": "c3", "cared_for": "p3"}],
        assessments=[done | {"took_part": "Service user only"}],
    )
    (assessed,) = rows.filter(pl.col("event") == "Assessment").to_dicts()
    assert assessed["adults_cared_for"] == 2
    assert (assessed["cares_for_1"], assessed["cares_for_2"]) == ("p3", None)


def test_the_year_to_a_day():
    assert year_to(date(2024, 2, 29)) == Period(date(2023, 3, 1), date(2024, 2, 29))
    assert year_to(date(2028, 2, 28)).starts_on == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("hour", 7_25, 2_000, "weekly"), (2_000, "Hourly", 7_25)),
        (("hour", 7_25, 2_000, "fortnightly"), (2_000, "Hourly", 3_63)),
        (("night", 1_00, 9_000, "monthly"), (9_000, "Per session", 24)),
        (("day", 2_00, 6_000, "weekly"), (6_000, "Daily", 2_00)),
        (("hour", 1_00, 2_000, "quarterly"), (2_000, "Hourly", 8)),
        (("week", 2_00, 60_000, "yearly"), (120_000, "Annually", None)),
        (("item", 1_50, 333, "four_weekly"), (500, "4-weekly", None)),
        (("hour", 3_00, 2_000, "once"), (6_000, "One-off", None)),
    ],
)
def test_what_a_unit_costs(given, expected):
    names = ("unit", "hundredths", "unit_cost_pence", "frequency")
    assert made.price(**dict(zip(names, given, strict=True))) == expected


def test_every_value_of_the_product_has_a_value_of_the_return():
    lists = {"support_reason": SupportReason, "route": RequestRoute, "gender": Gender, "method": TookPart,
             "review_reason": ReviewReason, "achieved": Achieved}  # fmt: skip
    for name, choices in lists.items():
        assert None not in [code_list(name).read(value)[0] for value in choices.values], name
    assert set(made.MECHANISM_OF_WAY) == set(Way.values)
    assert set(made.HOW_OFTEN) == set(Frequency.values)
    assert set(made.SHORT_UNITS) == set(Unit.values) - {"week", "item"}
    assert set(made.OUTCOME_OF_RESULT) == set(ReviewResult.values)
    assert set(made.COMPONENT_OF_KIND) <= set(Kind.values)
    for name, values in {
        "component": made.COMPONENT_OF_KIND, "mechanism": made.MECHANISM_OF_WAY, "service_type": made.SERVICE_TYPE_OF,
        "event_outcome": made.OUTCOME_OF_RESULT, "cost_frequency": made.SHORT_UNITS | made.HOW_OFTEN,
    }.items():  # fmt: skip
        assert set(values.values()) <= set(code_list(name).values), name


def test_ethnic_groups_are_the_same_groups():
    assert set(made.ETHNICITIES) == set(Ethnicity.values)
    told_as = dict(zip(made.ETHNICITIES, code_list("ethnicity").values, strict=True))
    last_words = {Ethnicity(own).label.split()[-1].casefold(): value for own, value in told_as.items()}
    for word in ("irish", "traveller", "roma", "caribbean", "african", "asian", "indian", "pakistani", "bangladeshi",
                 "chinese", "arab", "known"):  # fmt: skip
        assert word in last_words[word].casefold()
    assert told_as["African"] == "Black, Black British, Caribbean or African: African"
    assert told_as["White and Black African"] == "Mixed or multiple ethnic groups: White and Black African"
    assert told_as["Refused"] == "No data: Refused"
