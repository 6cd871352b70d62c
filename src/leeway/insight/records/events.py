"""From a council's cases to the events of the national return: which of them it asks for, and in which words.

Frames in, frames out. Codes are values of `lists.yaml`; what the specification asks and cases do not say is in
`CANNOT_SAY`, with what is sent instead. Choices that the specification leaves open:

- A direct payment is called by the support it buys, where the directory knows that, and else “Direct payment”.
- A service fund that a provider holds has no code of its own. Its money is not paid to the person, so it counts as
  a managed personal budget. Somebody with a direct payment for a part has a row for each part.
- A line that goes on unchanged from one plan to the next is one service, from its first day. Lines of one plan that
  differ in nothing but the provider are one service, since the return could not tell them apart.
- What costs the council nothing is no service of its own. A hold on payments ends nothing.
- What ends after the period has not ended yet. Nothing begins after a death.

Source: Adult social care Client Level Data specification, release 2 (DHSC).
"""

from dataclasses import dataclass
from datetime import date, timedelta

import narwhals as nw
import polars as pl

from leeway.insight.records.cells import TYPES, codes_in, district_in
from leeway.insight.records.lists import code_list
from leeway.insight.records.read import who
from leeway.insight.records.tables import (
    CHOICE_NOT_KNOWN,
    CHOSEN,
    FIELDS,
    KIND_OF,
    NOT_CHOSEN,
    PEOPLE,
    Field,
    Records,
    fields_of,
)
from leeway.law.numbers import ceil_div
from leeway.market.weeks import TIMES_A_WEEK, a_week_rounded_up
from leeway.period import year_to

REQUEST, ASSESSMENT, MONEY_CHECK, REVIEW, SERVICE = ("request", "assessment", "money-check", "review", "service")
EVENT_OF = {REQUEST: "Request", ASSESSMENT: "Assessment", MONEY_CHECK: "Assessment", REVIEW: "Review",
            SERVICE: "Service"}  # fmt: skip

CANNOT_SAY: tuple[tuple[str, str], ...] = (
    ("GP_Practice_Code", "Not recorded: left empty."),
    ("Client_Type", "An unpaid carer known by association is on record by name only, so no row tells of them."),
    ("Accommodation_Status", "Not recorded: Unknown."),
    ("Employment_Status", "Not recorded: Unknown for everyone who draws on support."),
    ("Has_Unpaid_Carer", "Yes where a carer is recorded. Where none is, nobody need have asked: Unknown."),
    ("Autism_Spectrum_Disorder_ASD", "Not recorded: left empty, as are dementia and impaired sight and hearing."),
    ("Client_Funding_Status", "By what the person pays. The share that the NHS pays has no value that was seen."),
    ("Event_Description", "Left empty: no words of or about a person go out."),
    ("Event_Outcome", "Why a request or support ended is in free words: “Other”, or “Deceased” after a death."),
    ("Eligible_Needs_Identified", "The list was not seen: left empty. The outcome says whether needs were eligible."),
    ("Total_Hrs_Caring_per_week", "Not recorded: left empty."),
    ("No_of_adults_being_cared_for", "As many as the carer’s own cases name."),
    ("Service_Type", "Unpaid carers’ support is always “Direct to unpaid carer”. No short-term support is on record."),
    ("Service_Component", "By the directory’s kind of support; “Other” where a plan names a supplier of its own."),
    ("Provider_CQC_Location_ID", "Empty for whoever is not registered with the regulator."),
    ("Method_of_Review", "Who took part in a review is not recorded: who took part in the assessment before it."),
    ("Unit_Cost", "The whole price in the plan, with the share that the NHS pays."),
)

COMPONENT_OF_KIND = {
    "nursing_home": "Long term nursing care", "care_home": "Long term residential care",
    "home_care": "Home support or domiciliary care", "day_support": "Day support",
    "supported_living": "Community supported living", "extra_care": "Extra care housing",
    "shared_lives": "Shared Lives",
}  # fmt: skip
#: How support was held that the council bought before there was a budget.
COMMISSIONED = "CASSR commissioned support"
MECHANISM_OF_WAY = {
    "direct_payment": "Direct payment",
    "council_managed": "CASSR managed personal budget",
    "service_fund": "CASSR managed personal budget",
}
SERVICE_TYPE_OF = {
    "Long term nursing care": "Long term support: Nursing care",
    "Long term residential care": "Long term support: Residential care",
}
CONTINUES = "Continuation of support or services"
ENDED = "NFA: Support ended for other reason"
OUTCOME_OF_RESULT = {
    "continue": CONTINUES,
    "change_plan": "Progress to support planning or services",
    "reassess": "Progress to assessment, review or reassessment",
    "end": ENDED,
}
UNTIL_DEATH = (CONTINUES, ENDED, "NFA: Other")
#: Reasons why a direct payment was not chosen that are the council's or the market's: then it was not there to choose.
NOT_THEIRS = ("no_supply", "not_appropriate", "too_risky")
SHORT_UNITS = {"hour": "Hourly", "day": "Daily", "session": "Per session", "night": "Per session"}
HOW_OFTEN = {"weekly": "Weekly", "fortnightly": "Fortnightly", "four_weekly": "4-weekly", "monthly": "Monthly",
             "quarterly": "Quarterly", "yearly": "Annually", "once": "One-off"}  # fmt: skip
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Raw:
    """What was read of a council's cases, one frame a kind of object, keys as text. See `records.council`."""

    cases: pl.DataFrame
    helped: pl.Series  # people who have somebody on record as their unpaid carer
    assessments: pl.DataFrame
    money_checks: pl.DataFrame
    reviews: pl.DataFrame
    budgets: pl.DataFrame
    lines: pl.DataFrame
    choices: pl.DataFrame  # in the order in which they were offered
    earlier: pl.DataFrame  # support from before any budget, priced as lines are


def price(*, unit: str, hundredths: int, unit_cost_pence: int, frequency: str) -> tuple[int, str, int | None]:
    """Give what one unit costs in pence, what the unit is, and how many hundredths of it are planned a week.

    `hundredths` of a unit are bought each time. What is bought by the week, as an item or once is priced whole. Parts
    of a penny, and of a hundredth of a unit, are rounded up, as the plan does.

    >>> price(unit="hour", hundredths=7_00, unit_cost_pence=2_000, frequency="fortnightly")
    (2000, 'Hourly', 350)
    >>> price(unit="item", hundredths=1_00, unit_cost_pence=900, frequency="monthly")
    (900, 'Monthly', None)
    """
    if unit in SHORT_UNITS and TIMES_A_WEEK[frequency]:
        return unit_cost_pence, SHORT_UNITS[unit], a_week_rounded_up(hundredths, frequency)
    return ceil_div(hundredths * unit_cost_pence, 100), HOW_OFTEN[frequency], None


def events_of(raw: Raw, ends_on: date, council: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make the events of the twelve months to a day, and the lineage of each: see `council.Return`."""
    starts_on = year_to(ends_on).starts_on
    closed = _until("closed_on", ends_on), _until("died_on", ends_on)
    raw = Raw(**vars(raw) | {"cases": raw.cases.with_columns(closed)})
    parts = [_requests(raw), _assessments(raw), _money_checks(raw), _reviews(raw), _services(raw, ends_on)]
    events = pl.concat(parts, how="diagonal").join(_cases(raw), on="case").filter(_before_death("starts_on"))
    over = pl.col("ends_on").is_null() | (pl.col("ends_on") >= pl.col("died_on"))
    deceased = over & pl.col("died_on").is_not_null() & pl.col("outcome").is_in(UNTIL_DEATH)
    events = events.with_columns(
        pl.when(deceased).then(pl.lit("NFA: Deceased")).otherwise("outcome").alias("outcome"),
        pl.min_horizontal("ends_on", "died_on").alias("ends_on"),
        pl.col("about").replace_strict(EVENT_OF, return_dtype=pl.String).alias("event"),
        pl.format("{}:{}", "about", pl.col("ids").list.first()).alias("reference"),
        pl.when(pl.col("client_type") == "Service user").then("funding").alias("funding"),
        pl.lit(council).alias("council"),
        pl.lit(starts_on).alias("period_starts_on"),
        pl.lit(ends_on).alias("period_ends_on"),
    )
    goes_on = (pl.col("event") == "Service") & pl.col("ends_on").is_null()
    events = events.filter(goes_on | pl.col("ends_on").is_between(starts_on, ends_on))
    events = events.sort("person", "starts_on", "reference").unique(_TOLD_BY, keep="first", maintain_order=True)
    events = events.with_row_index("row", 2)
    lineage = events.select("row", "reference", "about", pl.col("ids").alias("id"), "case").explode("id")
    return events.select(*(_column(field, events) for field in FIELDS), "district", "team", "choice"), lineage


#: Two events that agree in all of this would be counted once.
_TOLD_BY = ["person", "client_type", "event", "starts_on", "ends_on", "route", "assessment_type", "service_type",
            "component", "mechanism", "unit_cost_pence", "cost_frequency", "planned_units_hundredths"]  # fmt: skip


def tables_of(events: pl.DataFrame) -> Records:
    """Give the five tables of such events."""
    events = events.with_columns(who())
    people = events.sort("starts_on", maintain_order=True).unique("who", keep="last", maintain_order=True)
    whole = {PEOPLE: people} | {table: events.filter(pl.col("event") == kind) for table, kind in KIND_OF.items()}
    return Records(
        *(
            nw.from_native(rows.select(_column(field, rows) for field in fields_of(table)).lazy())
            for table, rows in whole.items()
        )
    )


def _until(name: str, last: date) -> pl.Expr:
    """Give a day, or nothing where it comes after the period: then it has not happened yet."""
    return pl.when(pl.col(name) <= last).then(name).alias(name)


def _before_death(day: str) -> pl.Expr:
    return pl.col("died_on").is_null() | (pl.col(day) <= pl.col("died_on"))


def _column(field: Field, events: pl.DataFrame) -> pl.Expr:
    value = pl.col(field.column) if field.column in events.columns else pl.lit(None)
    return value.cast(TYPES[field.kind]).alias(field.column)


def _cases(raw: Raw) -> pl.DataFrame:
    """Give what stands on every row of a case: whose it is, and what is known about them."""
    carer = pl.col("kind") == "carer"
    caring = raw.cases.filter(carer).group_by("person").agg(pl.col("cared_for").unique(maintain_order=True))
    cared_for = raw.cases.filter(carer, pl.col("closed_on").is_null())["cared_for"]
    helped = pl.concat([raw.helped, cared_for]).unique().implode()
    on_record = pl.col("all_cared_for").list.drop_nulls()
    ethnicities = dict(zip(ETHNICITIES, code_list("ethnicity").values, strict=True))
    return raw.cases.join(caring.rename({"cared_for": "all_cared_for"}), on="person", how="left").select(
        "case", "person", "born_on", "died_on", "nhs_number", "team",
        pl.when(pl.col("postcode") != "").then("postcode").alias("postcode"),
        district_in(pl.col("postcode")).alias("district"),
        pl.when(carer).then(pl.lit("Unpaid carer")).otherwise(pl.lit("Service user")).alias("client_type"),
        codes_in(raw.cases["reason"], "support_reason").alias("support_reason"),
        codes_in(raw.cases["gender"], "gender").alias("gender"),
        pl.col("ethnicity").replace_strict(ethnicities),
        pl.lit("Unknown").alias("accommodation"),
        pl.when(~carer).then(pl.lit("Unknown")).alias("employment"),
        pl.when(pl.col("person").is_in(helped)).then(pl.lit("Yes")).otherwise(pl.lit("Unknown"))
        .alias("has_unpaid_carer"),
        pl.when(carer).then(pl.col("all_cared_for").list.len()).alias("adults_cared_for"),
        *(pl.when(carer).then(on_record.list.get(n, null_on_oob=True)).alias(f"cares_for_{n + 1}")
          for n in range(3)),
    )  # fmt: skip


#: The product's ethnic groups, in the order of the return's.
ETHNICITIES = (
    "White British", "White Irish", "Gypsy or Irish Traveller", "Roma", "White other",
    "White and Black Caribbean", "White and Black African", "White and Asian", "Mixed other",
    "Indian", "Pakistani", "Bangladeshi", "Chinese", "Asian other",
    "African", "Caribbean", "Black other", "Arab", "Other", "Refused", "Unknown",
)  # fmt: skip


def _requests(raw: Raw) -> pl.DataFrame:
    """Give each request that was decided: by an assessment that began, or by closing the case."""
    first = raw.assessments.group_by("case").agg(pl.col("starts_on").min().alias("assessed_on"))
    onward = pl.lit("Progress to assessment, review or reassessment")
    cases = raw.cases.with_columns(codes_in(raw.cases["route"], "route"))
    return cases.join(first, on="case", how="left").select(
        pl.lit(REQUEST).alias("about"), "case", "route",
        pl.concat_list("case").alias("ids"),
        pl.col("opened_on").alias("starts_on"),
        pl.coalesce("assessed_on", "closed_on").alias("ends_on"),
        pl.when(pl.col("assessed_on").is_not_null()).then(onward).otherwise(pl.lit("NFA: Other")).alias("outcome"),
    ).filter(pl.col("ends_on").is_not_null())  # fmt: skip


def _assessments(raw: Raw) -> pl.DataFrame:
    """Give each needs assessment that was completed. Whoever had no eligible needs was given advice, as is the law."""
    cases = raw.cases.select("case", "kind", "closed_on")
    done = raw.assessments.drop_nulls("ends_on").join(cases, on="case")
    here = pl.col("closed_on") == pl.col("ends_on")
    return done.select(
        *_known(ASSESSMENT),
        pl.lit("Long term assessment").alias("assessment_type"),
        _method().alias("method"),
        pl.when("eligible").then(pl.lit("Progress to support planning or services"))
        .when("nhs_funded").then(pl.lit("NFA: Referral to NHS services or NHS funded social care"))
        .when(here).then(pl.lit("NFA: Information and advice or signposting"))
        .otherwise(pl.lit(CONTINUES)).alias("outcome"),
    )  # fmt: skip


def _method() -> pl.Expr:
    """Say who took part. In a carer's own case, “the person alone” is the carer."""
    carer_alone = (pl.col("kind") == "carer") & (pl.col("took_part") == "Service user only")
    return pl.when(carer_alone).then(pl.lit("Carer only")).when(pl.col("took_part") != "").then("took_part")


def _known(about: str) -> list[pl.Expr]:
    return [pl.lit(about).alias("about"), pl.col("case"), pl.concat_list("id").alias("ids"), *map(pl.col, _DAYS)]


_DAYS = ("starts_on", "ends_on")


def _money_checks(raw: Raw) -> pl.DataFrame:
    """Give each money check that was completed, with who pays by the budget that came of it."""
    budgets = raw.budgets.select("case", "begun_on", _funding().alias("paid_by")).sort("begun_on")
    joined = raw.money_checks.sort("ends_on").join_asof(
        budgets, left_on="ends_on", right_on="begun_on", by="case", strategy="forward", check_sortedness=False
    )
    known = {"free": "Fully social care funded", "not_disclosed": "Fully client funded"}
    by_basis = pl.col("basis").replace_strict(known, default=None, return_dtype=pl.String)
    return joined.select(
        *_known(MONEY_CHECK),
        pl.lit("Financial assessment").alias("assessment_type"),
        pl.coalesce(by_basis, "paid_by", pl.lit("Unknown")).alias("funding"),
    )


def _funding() -> pl.Expr:
    """Say who pays for a budget, by the person's charge."""
    return (
        pl.when(pl.col("charge") == 0)
        .then(pl.lit("Fully social care funded"))
        .when(pl.col("charge") >= pl.col("cost"))
        .then(pl.lit("Fully client funded"))
        .otherwise(pl.lit("Joint client and social care funded"))
    )


def _reviews(raw: Raw) -> pl.DataFrame:
    """Give each review that was held, with who pays by the budget of its day."""
    budgets = raw.budgets.select("case", pl.col("starts_on").alias("from"), _funding().alias("paid_by")).sort("from")
    before = raw.assessments.drop_nulls("ends_on").select("case", "took_part", pl.col("ends_on").alias("assessed_on"))
    reviews = raw.reviews.join(raw.cases.select("case", "kind"), on="case").sort("ends_on")
    joined = reviews.join_asof(budgets, left_on="ends_on", right_on="from", by="case", check_sortedness=False)
    joined = joined.join_asof(
        before.sort("assessed_on"), left_on="ends_on", right_on="assessed_on", by="case", check_sortedness=False
    )
    return joined.select(
        *_known(REVIEW),
        codes_in(joined["reason"], "review_reason").alias("review_reason"),
        codes_in(joined["achieved"], "achieved").alias("achieved"),
        _method().alias("review_method"),
        pl.col("result").replace_strict(OUTCOME_OF_RESULT, return_dtype=pl.String).alias("outcome"),
        pl.coalesce("paid_by", pl.lit("Unknown")).alias("funding"),
    )


def _services(raw: Raw, last: date) -> pl.DataFrame:
    """Give what every budget pays for, from its first day to its last, joined up over plans that change nothing."""
    cases = raw.cases.select("case", "kind", "closed_on")
    budgets = raw.budgets.join(cases, on="case").sort("case", "starts_on")
    after = pl.col("starts_on").shift(-1).over("case")
    budgets = budgets.with_columns((after == pl.col("ends_on") + DAY).fill_null(False).alias("replaced"))
    budgets = budgets.with_columns(pl.coalesce("ends_on", "closed_on").alias("ends_on"))
    once = pl.col("cost_frequency") == "One-off"
    first = pl.col("starts_on") == pl.col("starts_on").min().over("plan")  # a plan may have a budget after another
    lines = (
        raw.lines.join(budgets, on="plan")
        .join(_choices(raw), on="plan", how="left")
        .filter(first | ~once)
        .with_columns(pl.when(once).then("starts_on").otherwise("ends_on").alias("ends_on"), **_service_words())
    )
    happened = (pl.col("ends_on") >= pl.col("starts_on")).fill_null(True)
    lines = lines.filter(happened, pl.col("unit_cost_pence") > 0)
    lines = lines.with_columns(
        _until("ends_on", last), _funding().alias("funding"), pl.col("choice").fill_null(CHOICE_NOT_KNOWN)
    )
    joined = _joined_up(_told_apart(pl.concat([lines, _earlier(raw, budgets, last)], how="diagonal")))
    planned = pl.lit("NFA: Support ended as planned")
    return joined.with_columns(
        pl.lit(SERVICE).alias("about"),
        pl.when(once).then(planned)
        .when(pl.col("ends_on").is_null() | pl.col("replaced")).then(pl.lit(CONTINUES))
        .otherwise(pl.lit(ENDED)).alias("outcome"),
    ).drop("replaced")  # fmt: skip


def _earlier(raw: Raw, budgets: pl.DataFrame, last: date) -> pl.DataFrame:
    """Give what the council bought before a budget: to its last day, or else to the day before the first budget's."""
    first = budgets.group_by("case").agg(pl.col("starts_on").min().alias("budget_on"))
    before = raw.earlier.join(raw.cases.select("case", "kind", "closed_on"), on="case")
    before = before.join(first, on="case", how="left").with_columns(
        kinds=pl.concat_list("support"), way=pl.lit(""), plan="id", funding=pl.lit("Unknown")
    )
    before = before.with_columns(**_service_words()).with_columns(mechanism=pl.lit(COMMISSIONED))
    ends_on = pl.coalesce("ends_on", pl.col("budget_on") - DAY, "closed_on")
    before = before.with_columns(ends_on.alias("ends_on"), (ends_on == pl.col("budget_on") - DAY).alias("replaced"))
    happened = (pl.col("ends_on") >= pl.col("starts_on")).fill_null(True)
    return before.filter(happened, pl.col("unit_cost_pence") > 0).with_columns(
        _until("ends_on", last), pl.col("replaced").fill_null(False)
    )


def _choices(raw: Raw) -> pl.DataFrame:
    """Say of each plan with a choice on record whether it was one; the latest choice speaks.

    It was, where a direct payment was among the ways explained, the amount was told first, and whoever decides gave
    words and a reason of their own. It is not known where no reason was said, or where the council decided in the
    person's best interests, as nobody else may.
    """
    offered = pl.col("told") & pl.col("explained").list.contains("direct_payment")
    there = offered & (pl.col("explained").list.len() > 1) & ~pl.col("why_not").is_in(NOT_THEIRS)
    silent = pl.col("not_said") | (pl.col("why_not") == "not_said") | pl.col("best_interests")
    said = (
        pl.when(~there).then(pl.lit(NOT_CHOSEN)).when(silent).then(pl.lit(CHOICE_NOT_KNOWN)).otherwise(pl.lit(CHOSEN))
    )
    latest = raw.choices.unique("plan", keep="last", maintain_order=True)
    return latest.select("plan", said.alias("choice"))


def _service_words() -> dict[str, pl.Expr]:
    """Say what a line of a plan is, in the return's words."""
    carer, paid = pl.col("kind") == "carer", pl.col("way") == "direct_payment"
    of = pl.col("kinds").list.contains
    known = [pl.when(of(kind)).then(pl.lit(told)) for kind, told in COMPONENT_OF_KIND.items()]
    component = (
        pl.when(carer & paid).then(pl.lit("Direct payment"))
        .when(carer).then(pl.lit("Other unpaid carer support"))
        .otherwise(pl.coalesce(
            *known,
            pl.when(paid).then(pl.lit("Direct payment")),
            pl.when(of("personal_assistant")).then(pl.lit("Home support or domiciliary care")),
            pl.lit("Other long term support"),
        ))
    )  # fmt: skip
    in_a_home = component.replace_strict(SERVICE_TYPE_OF, default="Long term support: Community")
    to_carer = pl.lit("Unpaid carer support: Direct to unpaid carer")
    return {
        "component": component,
        "service_type": pl.when(carer).then(to_carer).otherwise(in_a_home),
        "mechanism": pl.col("way").replace_strict(MECHANISM_OF_WAY, default=None, return_dtype=pl.String),
        "provider": pl.when(pl.col("provider").str.contains(r"^1-\d+$")).then("provider"),
    }


_SAME = ["case", "service_type", "component", "mechanism", "unit_cost_pence", "cost_frequency",
         "planned_units_hundredths"]  # fmt: skip


def _told_apart(lines: pl.DataFrame) -> pl.DataFrame:
    """Make one row of a budget's lines that the return could not tell apart, with their units or cost together."""
    summed = lines.sort("id").group_by("plan", "starts_on", *_SAME, maintain_order=True).agg(
        pl.len().alias("count"),
        pl.col("id").alias("ids"),
        pl.when(pl.col("provider").n_unique() == 1).then(pl.col("provider").first()).alias("provider"),
        pl.col("ends_on", "replaced", "funding", "choice").first(),
    )  # fmt: skip
    by_the_unit = pl.col("planned_units_hundredths").is_not_null()
    return summed.with_columns(
        pl.col("planned_units_hundredths") * pl.col("count"),
        pl.when(by_the_unit).then("unit_cost_pence").otherwise(pl.col("unit_cost_pence") * pl.col("count"))
        .alias("unit_cost_pence"),
    )  # fmt: skip


def _joined_up(lines: pl.DataFrame) -> pl.DataFrame:
    """Make one row of a service that goes on unchanged from the day after one budget's last into the next."""
    same = [*_SAME, "provider"]
    lines = lines.sort("case", "starts_on", pl.col("ids").list.first())
    before = pl.col("ends_on").shift(1).over(same)
    begins = (pl.col("cost_frequency") == "One-off") | (pl.col("starts_on") != before + DAY).fill_null(True)
    run = lines.with_columns(begins.cum_sum().over(same).alias("run"))
    return run.group_by(*same, "run", maintain_order=True).agg(
        pl.col("ids").list.explode().unique(maintain_order=True),
        pl.col("starts_on", "choice").first(),
        pl.col("ends_on", "replaced", "funding").last(),
    ).drop("run")  # fmt: skip
