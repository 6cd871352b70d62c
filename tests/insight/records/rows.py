"""Sound rows of a return as a council writes them, one of each kind, for tests to break."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from leeway.insight.records.made_up import made_up_return
from leeway.insight.records.tables import FIELDS

NAMES = [field.name for field in FIELDS]
NUMBERS = made_up_return(people=1200)["nhs_number"].unique(maintain_order=True).to_list()

PERSON = {
    "LA_Code": "901", "Reporting_Period_Start_Date": "01/04/2024", "Reporting_Period_End_Date": "31/03/2025",
    "Gender": "Female", "Ethnicity": "White: Irish", "Date_of_Birth": "05/06/1950", "Client_Type": "Service user",
    "Primary_Support_Reason": "Physical support: Personal care support", "Postcode": "ZX1 2AB",
    "Accommodation_Status": "Tenant: Private landlord", "Has_Unpaid_Carer": "No",
    "Event_Start_Date": "02/05/2024", "Event_End_Date": "09/05/2024",
    "Event_Outcome": "Progress to support planning or services",
}  # fmt: skip
SERVICE = PERSON | {
    "Event_Type": "Service", "Event_End_Date": "", "Event_Outcome": "Continuation of support or services",
    "Client_Funding_Status": "Fully social care funded", "Service_Type": "Long term support: Community",
    "Service_Component": "Home support or domiciliary care", "Delivery_Mechanism": "CASSR managed personal budget",
    "Provider_CQC_Location_ID": "1-123456789", "Unit_Cost": "23.56", "Cost_Frequency_Unit_Type": "Hourly",
    "Planned_units_per_week": "7.50",
}  # fmt: skip
ASSESSMENT = PERSON | {
    "Event_Type": "Assessment", "Assessment_Type": "Long term assessment", "Method_of_Assessment": "Service user only",
}  # fmt: skip
SOUND = {
    "request": PERSON | {"Event_Type": "Request", "Request_Route_of_Access": "Community / Other route"},
    "assessment": ASSESSMENT,
    "financial": ASSESSMENT | {
        "Assessment_Type": "Financial assessment", "Method_of_Assessment": "", "Event_Outcome": "",
        "Client_Funding_Status": "Joint client and social care funded",
    },
    "service": SERVICE,
    "review": PERSON | {
        "Event_Type": "Review", "Review_Reason": "Planned", "Review_Outcomes_Achieved": "Fully met",
        "Method_of_Review": "Service user only", "Client_Funding_Status": "Unknown",
    },
    "carer": SERVICE | {
        "Client_Type": "Unpaid carer", "Client_Funding_Status": "", "Service_Component": "Direct payment",
        "Primary_Support_Reason": "Social support: Support to unpaid carer", "Delivery_Mechanism": "Direct payment",
        "Service_Type": "Unpaid carer support: Direct to unpaid carer", "Provider_CQC_Location_ID": "",
        "Cost_Frequency_Unit_Type": "One-off", "Unit_Cost": "250.00", "Planned_units_per_week": "",
        "Adult_1_Linked_Person_ID": "P9",
    },
    "association": {
        name: value
        for name, value in PERSON.items()
        if not name.startswith("Event") and name != "Client_Type"
    } | {"Client_Type": "Unpaid carer known by association"},
}  # fmt: skip


def numbered(rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Give each row a person of its own."""
    told = [
        {"LA_Person_Unique_Identifier": f"P{place}", "NHS_Number": NUMBERS[place]} | dict(row)
        for place, row in enumerate(rows)
    ]
    assert len(told) < len(NUMBERS)
    return told


def write(path: Path, rows: Iterable[Mapping[str, str]], *, names: list[str] = NAMES) -> Path:
    """Write rows as a council's system would."""
    with path.open("w", encoding="utf-8", newline="") as opened:
        sheet = csv.DictWriter(opened, names, restval="")
        sheet.writeheader()
        sheet.writerows(rows)
    return path
