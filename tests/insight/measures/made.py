"""Small records made by hand or by chance, in the shape of a return."""

from datetime import date, timedelta
from random import Random

import narwhals as nw
import polars as pl

from leeway.insight.records.read import who
from leeway.insight.records.tables import TABLES, Kind, Records, fields_of

KINDS = {Kind.DATE: pl.Date, Kind.WHOLE: pl.Int64, Kind.PENCE: pl.Int64, Kind.HUNDREDTHS: pl.Int64}
DAY = date(2025, 3, 31)


def records(**rows: list[dict]) -> Records:
    """Records of these rows; a person named by any event and not among the people gets a row of their own."""
    people = rows.setdefault("people", [])
    there = {(row.get("council", "A"), row["person"]) for row in people}
    for table in TABLES[1:]:
        for row in rows.get(table, []):
            if (key := (row.get("council", "A"), row["person"])) not in there:
                there.add(key)
                people.append({"council": key[0], "person": key[1], "born_on": date(1950, 1, 1)})
    return Records(**{table: _frame(table, rows.get(table, [])) for table in TABLES})


def _frame(table: str, rows: list[dict]) -> nw.LazyFrame:
    schema = {field.column: KINDS.get(field.kind, pl.String) for field in fields_of(table)}
    defaults = {} if table == "people" else {"client_type": "Service user"}
    filled = [dict.fromkeys(schema) | {"council": "A"} | defaults | row for row in rows]
    return nw.from_native(pl.LazyFrame(filled, schema=schema).with_columns(who()))


def by_person(rows: nw.LazyFrame, of: Records) -> dict[str, dict]:
    """The rows of a frame that has one a person, each by the name that the records have for them."""
    named = rows.join(of.people.select("who", "person"), on="who").collect("polars").to_native()
    return {row["person"]: row for row in named.to_dicts()}


def community(person: str, mechanism: str | None = None, **more: object) -> dict:
    """A community service that began long ago and goes on."""
    return {
        "person": person,
        "service_type": "Long term support: Community",
        "mechanism": mechanism,
        "starts_on": date(2022, 1, 1),
    } | more


def by_chance(seed: int, people: int) -> Records:
    """Records of made-up people with all the awkward cases: nulls, edges of the year, deaths, double holders."""
    chance = Random(seed)
    edges = [date(2024, 3, 31), date(2024, 4, 1), date(2024, 4, 2), date(2025, 3, 30), DAY, date(2025, 4, 1)]

    def day() -> date:
        return chance.choice(edges) if chance.random() < 0.4 else date(2022, 6, 1) + timedelta(chance.randrange(1100))

    def perhaps(value: object, likely: float = 0.7) -> object:
        return value if chance.random() < likely else None

    def event(person: dict, **more: object) -> dict:
        starts = day()
        ends = perhaps(starts + timedelta(chance.choice([-3, 0, 1, 2, 5, 30, 90, 400])), 0.6)
        client = chance.choice(["Service user"] * 5 + ["Unpaid carer", "Unpaid carer known by association"])
        keys = {key: person[key] for key in ("council", "person")}
        words = {"support_reason": perhaps(chance.choice(REASONS)), "team": perhaps(chance.choice(["East", "West"]))}
        return keys | {"client_type": client, "starts_on": starts, "ends_on": ends} | words | more

    made: dict[str, list[dict]] = {table: [] for table in TABLES}
    for n in range(people):
        person = {
            "council": chance.choice(["A", "B", "C"]),
            "person": str(n),
            "born_on": perhaps(
                date(chance.choice([1930, 1955, 1960, 1998, 2000, 2006, 2007]), chance.randint(1, 12), 9)
            ),
            "died_on": perhaps(day(), 0.15),
            "gender": perhaps(chance.choice(["Male", "Female", "Other"])),
            "accommodation": perhaps(chance.choice(HOMES)),
            "district": perhaps(chance.choice(["LS6", "BD1"])),
        }
        made["people"].append(person)
        for _ in range(chance.choice([0, 1, 1, 2, 3])):
            service = event(
                person,
                service_type=chance.choice(SERVICE_TYPES),
                component=perhaps(chance.choice(["Direct payment", "Home support or domiciliary care", *HOME_PARTS])),
                mechanism=perhaps(chance.choice(MECHANISMS)),
                outcome=perhaps(chance.choice(OUTCOMES)),
            )
            made["services"].append(service)
            if service["ends_on"] and chance.random() < 0.5:  # what follows soon after, or long after
                gap = timedelta(chance.choice([-2, 0, 1, 2, 3, 4, 90, 91, 92, 364, 365, 366]))
                more = {"starts_on": service["ends_on"] + gap, "ends_on": None}
                made["services"].append(service | more | {"service_type": chance.choice(SERVICE_TYPES)})
        for _ in range(chance.choice([0, 0, 1, 2])):
            made["requests"].append(event(person, outcome=perhaps(chance.choice(OUTCOMES)), route=perhaps("Prison")))
            made["assessments"].append(event(person, assessment_type=chance.choice(ASSESSMENT_TYPES)))
            made["reviews"].append(
                event(person, review_reason=perhaps(chance.choice(["Planned", "Unplanned: Hospital"])))
            )
    return records(**made)


REASONS = ("Learning disability support", "Mental health support", "Physical support: Personal care support")
SHELTERED = "Sheltered housing, extra care housing or other sheltered housing"
HOMES = ("Owner occupier or shared ownership scheme", "Registered care home", "Unknown", SHELTERED)
HOME_PARTS = ("Long term residential care", "Short term residential care", "Long term nursing care")
SERVICE_TYPES = (
    "Long term support: Nursing care",
    "Long term support: Residential care",
    *["Long term support: Community"] * 4,
    "Long term support: Prison",
    "Short term support: ST-Max",
    "Short term support: ST-Max",
    "Short term support: Other short term",
    "Unpaid carer support: Direct to unpaid carer",
    "Unpaid carer support: Direct to unpaid carer",
    "Unpaid carer support: Support involving the person cared-for",
)
MECHANISMS = ("Direct payment", "CASSR managed personal budget", "CASSR commissioned support")
ASSESSMENT_TYPES = ("Short term assessment", "Long term assessment", "Financial assessment")
OUTCOMES = (
    "Progress to reablement/ST-Max",
    "Progress to assessment, review or reassessment",
    "Admitted to hospital",
    "NFA: Support declined",
    "NFA: Support ended as planned",
    "NFA: Self-funded client or under 12wk disregard",
    "NFA: Other",
)
