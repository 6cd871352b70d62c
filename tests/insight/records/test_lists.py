"""The code lists say what the centre's own tables say, and guess nothing."""

import csv
import json

import pytest

from leeway.insight.records.lists import code_list, settings
from leeway.insight.records.tables import FIELDS
from tests.originals import original

NAMES = sorted({field.codes for field in FIELDS if field.codes})
PUBLISHED = {
    "service_type": "service_type",
    "event_outcome": "event_outcome",
    "accommodation_status": "accommodation",
    "delivery_mechanism": "mechanism",
    "primary_support_reason": "support_reason",
    "has_unpaid_carer": "yes_no",
    "ethnicity_description": "ethnicity",
    "employment_status": "employment",
}
#: What the centre's own code makes up, and no council may send.
MADE_BY_THE_CENTRE = (
    "",
    "Invalid",
    "Invalid and not mapped",
    "Unknown: presumed at home",
    "Unknown: presumed in community",
)


@pytest.mark.parametrize("name", NAMES)
def test_every_value_is_read_as_itself(name):
    told = code_list(name)
    assert told.values or told.open
    for code in told.codes:
        assert told.read(f"  {code.value.upper()} ") == ((code.value, 1) if code.never_sent else (code.value, 2))
        for old in code.release_1:
            assert told.read(old) == (code.value, 2 if old.casefold() == code.value.casefold() else 1), old


@pytest.mark.parametrize("name", [name for name in NAMES if not code_list(name).open])
def test_what_is_in_no_list_is_not_guessed(name):
    assert code_list(name).read("Neither here nor there") == (None, 0)


@pytest.mark.parametrize(
    ("name", "written", "meant"),
    [
        ("service_type", "Long Term Support: Community", "Long term support: Community"),
        ("client_type", "Carer", "Unpaid carer"),
        ("client_type", "Service User", "Service user"),
        ("event_outcome", "NFA- Other", "NFA: Other"),
        ("event_outcome", "NFA - Support ended – other reason", "NFA: Support ended for other reason"),
        ("event_outcome", "NFA - Support ended \ufffd other reason", "NFA: Support ended for other reason"),
        ("event_outcome", "Provision of service", "Continuation of support or services"),
        ("ethnicity", "Mixed: White and Asian", "Mixed or multiple ethnic groups: White and Asian"),
        ("support_reason", "Support with Memory & Cognition", "Support with memory and cognition"),
        ("event", "Referral", "Request"),
        ("review_reason", "Unplanned: Safeguarding concern", "Unplanned: Other"),
    ],
)
def test_older_spellings_are_read_as_release_2(name, written, meant):
    assert code_list(name).read(written)[0] == meant


def test_all_the_values_the_centre_has_published_are_known():
    with original("cld", "cld_defined_lists.csv").open(encoding="utf-8") as opened:
        published = [(row["field"], row["value"]) for row in csv.DictReader(opened) if row["field"] in PUBLISHED]
    unknown = [(field, value) for field, value in published if not code_list(PUBLISHED[field]).read(value)[0]]
    assert len(published) > 120
    assert {value.casefold() for _, value in unknown} <= {value.casefold() for value in MADE_BY_THE_CENTRE}


def test_ranks_and_settled_homes_are_those_of_the_published_tables():
    with original("cld", "cld_reference_values.csv").open(encoding="utf-8") as opened:
        rows = [(row["reference_table"].upper(), json.loads(row["row_json"])) for row in csv.DictReader(opened)]
    ranked = {(setting.service_type.casefold(), setting.mechanism.casefold()): setting.rank for setting in settings()}
    settled = {code.value: code.settled for code in code_list("accommodation").codes}
    types = {code.value: code.rank for code in code_list("service_type").codes}
    seen = 0
    for table, row in rows:
        if table == "REF_SERVICE_TYPE_DELIVERY_MECH" and "Delivery_Mechanism" in row:
            key = (row["Service_Type"].casefold(), row["Delivery_Mechanism"].casefold())
            assert ranked[key] == int(row["Hierarchy"])
            seen += 1
        elif table == "REF_ACCOMMODATION_STATUS" and "presumed" not in row["Accommodation_Status"].casefold():
            home = code_list("accommodation").read(row["Accommodation_Status"])[0]
            assert settled[home] is bool(int(row["Accommodation_Status_Group"])), home
            seen += 1
        elif table == "REF_SERVICE_TYPE" and "Service_Type_Hierarchy" in row:
            assert types[row["Service_Type"]] == int(row["Service_Type_Hierarchy"])
            seen += 1
    assert seen > 50
