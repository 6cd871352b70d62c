"""The five tables, declared once: each field of the national return, what it means, and which table it goes to.

A return is a flat file with one row an event, and the person's details on every row. Insight works on five tables
made of the same fields: people, requests, assessments, services and reviews. A council's codes come from
`records/lists.yaml`. Names and NHS numbers stop at the door: no table holds them.

Source: Adult social care Client Level Data specification, release 2 (DHSC).
"""

from dataclasses import dataclass
from enum import StrEnum

import narwhals as nw


class Kind(StrEnum):
    """What the cells of a field hold."""

    TEXT = "text"
    CODE = "code"
    DATE = "date"
    WHOLE = "whole number"
    PENCE = "pounds and pence"
    HUNDREDTHS = "number with two decimals"


class Need(StrEnum):
    """Whether a field must be filled in. When a conditional one must, `records.rules` says."""

    MANDATORY = "mandatory"
    CONDITIONAL = "mandatory in some rows"
    OPTIONAL = "optional"


PEOPLE, REQUESTS, ASSESSMENTS, SERVICES, REVIEWS = TABLES = ("people", "requests", "assessments", "services", "reviews")
#: The tables of events, each with its word in the return.
KIND_OF = {REQUESTS: "Request", ASSESSMENTS: "Assessment", SERVICES: "Service", REVIEWS: "Review"}
EVENTS = tuple(KIND_OF)


@dataclass(frozen=True)
class Field:
    """One field of the return: its name there, its column here, and the tables that it goes to."""

    name: str
    column: str
    kind: Kind
    need: Need
    tables: tuple[str, ...]
    meaning: str
    codes: str = ""  # the list in lists.yaml that its values must come from


M, C, O = Need.MANDATORY, Need.CONDITIONAL, Need.OPTIONAL  # noqa: E741, one letter a row keeps the table readable
TEXT, CODE, DATE = Kind.TEXT, Kind.CODE, Kind.DATE
P, A, ALL, NONE = (PEOPLE,), EVENTS, TABLES, ()

FIELDS: tuple[Field, ...] = (
    Field("LA_Code", "council", TEXT, M, ALL, "The council that sends the return."),
    Field("Reporting_Period_Start_Date", "period_starts_on", DATE, M, NONE, "The first day that the return covers."),
    Field("Reporting_Period_End_Date", "period_ends_on", DATE, M, NONE, "The last day that the return covers."),
    Field("NHS_Number", "nhs_number", TEXT, M, NONE, "Ten digits. Checked, then left behind: no table holds it."),
    Field("LA_Person_Unique_Identifier", "person", TEXT, M, ALL, "The council’s own number for the person."),
    Field("GP_Practice_Code", "gp_practice", TEXT, O, NONE, "The practice that the person is registered with."),
    Field("Gender", "gender", CODE, M, P, "The person’s gender.", "gender"),
    Field("Ethnicity", "ethnicity", CODE, M, P, "The person’s ethnic group, as they say it is.", "ethnicity"),
    Field("Date_of_Birth", "born_on", DATE, M, P, "The day the person was born; perhaps only month and year are true."),
    Field("Date_of_Death", "died_on", DATE, O, P, "The day the person died."),
    Field("Client_Type", "client_type", CODE, M, A, "In which part: service user, or unpaid carer.", "client_type"),
    Field("Primary_Support_Reason", "support_reason", CODE, C, A, "The main reason for support.", "support_reason"),
    Field("Postcode", "postcode", TEXT, M, NONE, "Where the person lives. Tables hold only its district."),
    Field("Accommodation_Status", "accommodation", CODE, M, P, "The home the person lives in.", "accommodation"),
    Field("Employment_Status", "employment", CODE, C, P, "Whether the person is in paid work.", "employment"),
    Field("Has_Unpaid_Carer", "has_unpaid_carer", CODE, M, P, "Whether somebody cares for them unpaid.", "yes_no"),
    Field("Autism_Spectrum_Disorder_ASD", "autism", CODE, O, P, "Whether the person is autistic.", "yes_no"),
    Field("Visual_Impairment", "visual_impairment", CODE, O, P, "What sight the person has.", "visual_impairment"),
    Field("Hearing_Impairment", "hearing_impairment", CODE, O, P, "What hearing the person has.", "hearing_impairment"),
    Field("Dementia", "dementia", CODE, O, P, "Whether the person has dementia.", "yes_no"),
    Field("Client_Funding_Status", "funding", CODE, C, A, "Who pays for the support.", "funding"),
    Field("Event_Type", "event", CODE, M, NONE, "The kind of event: the table it goes to.", "event"),
    Field("Event_Reference", "reference", TEXT, O, A, "The council’s own number for the event."),
    Field("Event_Start_Date", "starts_on", DATE, M, A, "The day it began, or was asked for."),
    Field("Event_End_Date", "ends_on", DATE, C, A, "The day it ended. Empty for a service that goes on."),
    Field("Event_Description", "description", TEXT, O, NONE, "The council’s own words for the event."),
    Field("Event_Outcome", "outcome", CODE, C, A, "What followed.", "event_outcome"),
    Field("Request_Route_of_Access", "route", CODE, C, (REQUESTS,), "How the request came.", "route"),
    Field("Assessment_Type", "assessment_type", CODE, C, (ASSESSMENTS,), "What was assessed.", "assessment_type"),
    Field("Eligible_Needs_Identified", "eligible_needs", CODE, O, (ASSESSMENTS,), "What it found.", "eligible_needs"),
    Field("Method_of_Assessment", "method", CODE, C, (ASSESSMENTS,), "Who took part.", "method"),
    Field("Total_Hrs_Caring_per_week", "hours_caring", CODE, O, P, "Hours of unpaid care a week.", "hours_caring"),
    Field("No_of_adults_being_cared_for", "adults_cared_for", Kind.WHOLE, O, P, "How many adults they care for."),
    Field("Adult_1_Linked_Person_ID", "cares_for_1", TEXT, O, P, "The person cared for, by the council’s number."),
    Field("Adult_2_Linked_Person_ID", "cares_for_2", TEXT, O, P, "A second person cared for."),
    Field("Adult_3_Linked_Person_ID", "cares_for_3", TEXT, O, P, "A third person cared for."),
    Field("Service_Type", "service_type", CODE, C, (SERVICES,), "The kind of support.", "service_type"),
    Field("Service_Component", "component", CODE, C, (SERVICES,), "What the support is made of.", "component"),
    Field("Delivery_Mechanism", "mechanism", CODE, O, (SERVICES,), "How the budget is held.", "mechanism"),
    Field("Provider_CQC_Location_ID", "provider", TEXT, O, (SERVICES,), "The provider, by the regulator’s number."),
    Field("Review_Reason", "review_reason", CODE, C, (REVIEWS,), "Why the review was held.", "review_reason"),
    Field("Review_Outcomes_Achieved", "achieved", CODE, C, (REVIEWS,), "How far the aims were met.", "achieved"),
    Field("Method_of_Review", "review_method", CODE, C, (REVIEWS,), "Who took part.", "method"),
    Field("Unit_Cost", "unit_cost_pence", Kind.PENCE, C, (SERVICES,), "What one unit costs the council, gross."),
    Field("Cost_Frequency_Unit_Type", "cost_frequency", CODE, C, (SERVICES,), "What one unit is.", "cost_frequency"),
    Field(
        "Planned_units_per_week", "planned_units_hundredths", Kind.HUNDREDTHS, C, (SERVICES,),
        "Planned units a week, where a unit is shorter than a week. Held as whole hundredths.",
    ),
)  # fmt: skip

#: What the council's own record of choice shows of one plan: that something else was offered and whoever decides chose,
#: that it was not so, or neither. A return holds none of it, so there the column is empty.
CHOSEN, NOT_CHOSEN, CHOICE_NOT_KNOWN = "Chosen", "Not chosen", "Not known"

#: What insight adds to the tables: worked out on reading, or the council's own, and never part of what it sends.
ADDED: tuple[Field, ...] = (
    Field("", "who", Kind.WHOLE, M, ALL, "The person, as one number among all councils’ people: quick to compare."),
    Field("", "district", TEXT, O, P, "The postcode’s first half, such as LS6."),
    Field("Team", "team", TEXT, O, A, "The council’s own team. A column that the national return does not have."),
    Field("", "choice", TEXT, O, (SERVICES,), "What the record of choice behind it shows. Empty in a return."),
    Field(
        "", "held_before", TEXT, O, (SERVICES,), "How an older return said it was held, where only that was changed."
    ),
    Field("", "held_before_until", DATE, O, (SERVICES,), "The last day of the last return that said so."),
)


def fields_of(table: str) -> tuple[Field, ...]:
    """Give the fields that make up one of the five tables, in order."""
    return tuple(field for field in FIELDS + ADDED if table in field.tables)


@dataclass(frozen=True)
class Records:
    """The five tables of one or more councils, as frames that are worked out only when asked for.

    Text and codes are strings (or categories of strings), dates are dates, money is whole pence. A person is one
    row of `people`, named by `council` and `person` together, or by `who` alone; every other row carries all three.
    """

    people: nw.LazyFrame
    requests: nw.LazyFrame
    assessments: nw.LazyFrame
    services: nw.LazyFrame
    reviews: nw.LazyFrame
