"""Every rule: a row that breaks it is found, on its row and field, and the sound rows break none."""

import nhs_number
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.insight.records.check import check
from leeway.insight.records.lists import code_list
from leeway.insight.records.rules import BELONGS, NEEDED, nhs_number_is_right, rules
from leeway.insight.records.tables import FIELDS, Kind, Need
from tests.insight.records.rows import NAMES, SOUND, numbered, write

OF = {field.name: field for field in FIELDS}
#: A kind of row in which the field is filled in lawfully, where that is not a service.
HOME = {
    "Employment_Status": "service", "Request_Route_of_Access": "request", "Assessment_Type": "assessment",
    "Method_of_Assessment": "assessment", "Review_Reason": "review", "Review_Outcomes_Achieved": "review",
    "Method_of_Review": "review", "Adult_1_Linked_Person_ID": "carer", "Adult_2_Linked_Person_ID": "carer",
    "Adult_3_Linked_Person_ID": "carer", "Total_Hrs_Caring_per_week": "carer", "No_of_adults_being_cared_for": "carer",
    "Eligible_Needs_Identified": "assessment",
}  # fmt: skip
#: A kind of row in which the field may not be.
AWAY = {
    "service users": "carer", "carers": "service", "events": "association", "requests": "review",
    "assessments": "review", "services": "review", "reviews": "service", "short units": "carer",
}  # fmt: skip
LEARNING = {"Primary_Support_Reason": "Learning disability support", "Date_of_Birth": "05/06/1990"}
BREAKS: list[tuple[str, dict[str, str], str, str]] = [
    # kind of row, what is changed, the field and the rule that must be named
    ("service", LEARNING, "Employment_Status", "blank"),
    ("service", {"Date_of_Death": "01/09/2024", "Event_Outcome": "NFA: Deceased"}, "Event_End_Date", "blank"),
    ("review", {"Review_Outcomes_Achieved": ""}, "Review_Outcomes_Achieved", "blank"),
    ("carer", {"Unit_Cost": ""}, "Unit_Cost", "blank"),
    ("service", {"NHS_Number": "9999999990"}, "NHS_Number", "nhs-number"),
    ("service", {"NHS_Number": "99999"}, "NHS_Number", "nhs-number"),
    ("service", {"NHS_Number": "999 999 9999"}, "NHS_Number", "nhs-number"),
    ("service", {"NHS_Number": "0000000000"}, "NHS_Number", "nhs-number"),
    ("service", {"Postcode": "ZX1"}, "Postcode", "postcode"),
    ("service", {"Provider_CQC_Location_ID": "123456789"}, "Provider_CQC_Location_ID", "provider"),
    ("service", {"Service_Type": "Long term support: Prison", "Delivery_Mechanism": "Direct payment"},
     "Delivery_Mechanism", "prison-direct-payment"),
    ("service", {"Service_Type": "Long term support: Prison", "Service_Component": "Direct payment"},
     "Delivery_Mechanism", "prison-direct-payment"),
    ("service", {"Event_Description": "Home care - CANCELLED"}, "Event_Description", "cancelled"),
    ("service", {"Unit_Cost": "-23.56"}, "Unit_Cost", "negative-cost"),
    ("service", {"Unit_Cost": "0.00"}, "Unit_Cost", "no-cost"),
    ("service", {"Planned_units_per_week": "0.00"}, "Planned_units_per_week", "negative-units"),
    ("service", {"Reporting_Period_End_Date": "31/03/2024"}, "Reporting_Period_End_Date", "period-backwards"),
    ("service", {"Date_of_Birth": "02/05/2024"}, "Date_of_Birth", "born-late"),
    ("service", {"Date_of_Birth": "01/04/2025"}, "Date_of_Birth", "born-after-period"),
    ("request", {"Date_of_Death": "01/01/1950"}, "Date_of_Death", "died-before-birth"),
    ("request", {"Date_of_Death": "01/07/2025"}, "Date_of_Death", "died-in-future"),
    ("request", {"Event_End_Date": "01/05/2024"}, "Event_End_Date", "starts-after-end"),
    ("service", {"Event_Start_Date": "01/04/2025"}, "Event_Start_Date", "starts-after-period"),
    ("review", {"Event_End_Date": "01/04/2025"}, "Event_End_Date", "completed-outside-period"),
    ("request", {"Event_Start_Date": "01/03/2024", "Event_End_Date": "31/03/2024"},
     "Event_End_Date", "completed-outside-period"),
    ("service", {"Event_Start_Date": "01/03/2024", "Event_End_Date": "31/03/2024"},
     "Event_End_Date", "ended-before-period"),
    ("request", {"Date_of_Death": "08/05/2024"}, "Event_End_Date", "ends-after-death"),
    ("request", {"Date_of_Death": "01/05/2024"}, "Event_Start_Date", "starts-after-death"),
    ("service", {"Reporting_Period_Start_Date": "02/04/2024"}, "Reporting_Period_End_Date", "another-period"),
]  # fmt: skip
#: On an edge of a rule, on the sound side.
KEEPS: list[tuple[str, dict[str, str]]] = [
    ("service", {"Event_Start_Date": "31/03/2025"}),
    ("service", {"Event_Start_Date": "01/03/2024", "Event_End_Date": "01/04/2024"}),
    ("review", {"Event_End_Date": "31/03/2025"}),
    ("request", {"Event_Start_Date": "01/03/2024", "Event_End_Date": "01/04/2024"}),
    ("request", {"Event_End_Date": "02/05/2024"}),
    ("request", {"Date_of_Death": "09/05/2024"}),
    ("request", {"Date_of_Death": "30/06/2025"}),
    ("request", {"Primary_Support_Reason": ""}),
    ("service", LEARNING | {"Employment_Status": "Unknown"}),
    ("service", LEARNING | {"Date_of_Birth": "01/04/1950"}),
    ("service", {"Delivery_Mechanism": "CASSR commissioned support", "Unit_Cost": "", "Cost_Frequency_Unit_Type": "",
                 "Planned_units_per_week": ""}),
    ("service", {"Service_Type": "Short term support: ST-Max", "Service_Component": "Reablement", "Unit_Cost": "",
                 "Cost_Frequency_Unit_Type": "", "Planned_units_per_week": ""}),
    ("service", {"Cost_Frequency_Unit_Type": "Weekly", "Planned_units_per_week": ""}),
    ("service", {"Unit_Cost": "0", "Cost_Frequency_Unit_Type": "No charge to client", "Planned_units_per_week": ""}),
    ("service", {"Unit_Cost": "£1,023.5"}),
    ("service", {"Event_Start_Date": "2024-05-02"}),
    ("review", {"Review_Reason": "Unplanned: Other", "Review_Outcomes_Achieved": ""}),
    ("service", {"Postcode": "zx12ab"}),
    ("service", {"Delivery_Mechanism": ""}),
]  # fmt: skip


def _declared() -> list[tuple[str, dict[str, str], str, str]]:
    """Break what each field's declaration says: empty it, move it, misspell it."""
    cases = []
    for field in FIELDS:
        home = HOME.get(field.name, "service")
        if field.need is Need.MANDATORY or (field.column in NEEDED and field.name != "Employment_Status"):
            home_of_end = "request" if field.name == "Event_End_Date" else home
            cases.append((home_of_end, {field.name: ""}, field.name, "blank"))
        if field.column in BELONGS:
            away = AWAY[BELONGS[field.column]]
            cases.append((away, {field.name: _lawful(field.name)}, field.name, "does-not-belong"))
        if field.kind is Kind.CODE:
            told = code_list(field.codes)
            if not told.open:
                cases.append((home, {field.name: "Something else"}, field.name, "not-in-list"))
            old = next((old for code in told.codes for old in code.release_1 if told.read(old)[1] == 1), None)
            if old:
                cases.append((home, {field.name: old}, field.name, "release-1"))
        elif field.kind is not Kind.TEXT:
            wrong = {Kind.DATE: "31/02/2024", Kind.WHOLE: "1.5"}.get(field.kind, "12.345")
            cases.append((home, {field.name: wrong}, field.name, "unreadable"))
    return cases


def _lawful(name: str) -> str:
    field = OF[name]
    if field.kind is Kind.CODE:
        return (*code_list(field.codes).values, "Yes")[0]
    return {Kind.DATE: "02/05/2024", Kind.TEXT: "1-5"}.get(field.kind, "2")


CASES = [*_declared(), *BREAKS]


def _ids(cases):
    return [f"{rule} {field}: {place}" for place, (_, _, field, rule) in enumerate(cases)]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """All the broken rows in one file, checked once: the findings by row number."""
    rows = numbered(SOUND[kind] | change for kind, change, _, _ in CASES)
    checked = check([write(tmp_path_factory.mktemp("rules") / "broken.csv", rows)])
    by_row: dict[int, set[tuple[str, str]]] = {}
    for row, field, rule in checked.findings().select("row", "field", "rule").iter_rows():
        by_row.setdefault(row, set()).add((field, rule))
    return by_row


@pytest.mark.parametrize("place", range(len(CASES)), ids=_ids(CASES))
def test_a_broken_row_is_found_on_its_row_and_field(found, place):
    _, _, field, rule = CASES[place]
    assert (field, rule) in found.get(place + 2, set())


def test_sound_rows_and_those_on_the_edge_break_no_rule(tmp_path):
    rows = numbered([*SOUND.values(), *(SOUND[kind] | change for kind, change in KEEPS)])
    checked = check([write(tmp_path / "sound.csv", rows)])
    assert checked.findings().rows() == []


def test_every_rule_of_single_rows_is_broken_by_some_row():
    broken = {(field, rule) for _, _, field, rule in CASES}
    open_lists = {field.name for field in FIELDS if field.codes and code_list(field.codes).open}
    for rule in rules():
        if rule.broken is None or (rule.code in ("not-in-list", "release-1") and rule.field in open_lists):
            continue
        if rule.code == "release-1":
            told = code_list(OF[rule.field].codes)
            if not any(told.read(old)[1] == 1 for code in told.codes for old in code.release_1):
                continue  # a list that release 2 left as it was
        assert (rule.field, rule.code) in broken, rule


def test_every_rule_says_what_to_do_and_what_follows():
    for rule in rules():
        assert rule.reason.endswith((".", ".)")) and rule.todo.strip() and rule.effect.startswith("The centre"), rule
        assert rule.field in (*NAMES, "")


@settings(max_examples=20)
@given(st.lists(st.integers(4_000_000_000, 9_999_999_999), max_size=20), st.integers(400_000_000, 999_999_999))
def test_the_check_digit_is_that_of_the_library(numbers, stem):
    """Above Scotland's, which the library also holds against a calendar. It takes ten digits that are all the same."""
    texts = [f"{number}" for number in numbers] + [f"{stem}{digit}" for digit in range(10)]
    texts += [f"{text[:3]} {text[3:6]} {text[6:]}" for text in texts]
    ours = pl.DataFrame({"number": texts}).select(nhs_number_is_right(pl.col("number")))["number"].to_list()
    assert ours == [nhs_number.is_valid(text) and len({*text} - {" "}) > 1 for text in texts]
