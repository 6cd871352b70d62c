"""Who pays in the made-up council: an NHS body, an award carried over, a grant that ends soon, a programme's fund."""

from datetime import date, timedelta

from leeway.access.models import User
from leeway.care.planning.models import PlanLine, PlanState
from leeway.money.funders.actions import (
    Pays,
    add_funder,
    add_milestone,
    ask_who_pays_next,
    share_line,
    the_council,
)
from leeway.money.funders.models import Aimed, Funder, FunderKind, Method
from leeway.period import financial_year

#: Line of a story → who pays it: method, and of each funder its code and figure, and why.
SAID = {
    "Support worker who knows music": (
        Method.FIXED,
        (("QF9", 50_00), ("COUNCIL", 50_00)),
        "Half each, by the section 117 agreement of the county.",
    ),
    "Personal assistants, with breathing care": (
        Method.FIXED,
        (("QF9", 60_00), ("COUNCIL", 40_00)),
        "Sixty to forty, agreed at the joint funding panel.",
    ),
    "Personal assistants": (
        Method.INCREMENTAL,
        (("COUNCIL", 340_00), ("ILF-KEPT", None)),
        "The award from the Independent Living Fund was carried over, and pays what lies above the council’s part.",
    ),
    "Sitter on choir nights, and the subscription": (
        Method.FIXED,
        (("CBG", 80_00), ("COUNCIL", 20_00)),
        "Agreed under the carers’ breaks grant.",
    ),
    "Help in the morning and before lunch": (
        Method.FIXED,
        (("DPP", 25_00), ("COUNCIL", 75_00)),
        "The programme pays a quarter of the first year of a direct payment.",
    ),
}


def say_who_pays(finance: User, today: date) -> None:
    """Record the funders, and who pays what of the lines of some stories."""
    _record_funders(finance, today)
    the_council(on=today)
    funders = {each.code: each for each in Funder.objects.all()}
    agreed = PlanLine.objects.filter(plan__state=PlanState.AGREED, what__in=SAID, plan__budgets__isnull=False)
    for line in agreed.select_related("plan").distinct().order_by("what", "pk"):
        method, shares, why = SAID[line.what]
        starts_on = line.plan.budgets.order_by("starts_on").values_list("starts_on", flat=True)[0]
        pays = [Pays(funders[code], figure) for code, figure in shares]
        share_line(
            line=line, starts_on=starts_on, ends_on=None, method=method, pays=pays, reason=why, by=finance, on=today
        )
    ask_who_pays_next(on=today)


def _record_funders(finance: User, today: date) -> None:
    """The funders of the council, each with its rules."""
    year = financial_year(today)
    kinds = FunderKind
    rows = [
        (kinds.NHS_BODY, "NHS Fairbourne Integrated Care Board", "QF9", False, None, None, None,
         "Its part of joint packages and of section 117 after-care.",
         "What the plan says that the NHS pays. Invoiced every four weeks."),
        (kinds.LEGACY_FUND, "Independent Living Fund", "ILF", False, None, date(2015, 6, 30), None,
         "Support of disabled people to live in their own homes.",
         "Closed on 30 June 2015: its awards passed to councils."),
        (kinds.LEGACY_FUND, "Carried-over Independent Living Fund", "ILF-KEPT", True, date(2015, 7, 1), None,
         None, "What awards of the fund paid when it closed, kept by the council’s decision.",
         "For people who had an award on 30 June 2015, for as long as they need it."),
        (kinds.GRANT, "Carers’ breaks grant", "CBG", True, date(year.starts_on.year - 1, 4, 1),
         today + timedelta(days=32), 40_000_00, "Breaks for unpaid carers.", "Breaks only; no equipment."),
        (kinds.PROGRAMME_FUND, "Direct payments programme", "DPP", True, date(year.starts_on.year - 1, 4, 1),
         date(year.ends_on.year + 1, 3, 31), 60_000_00, "More people with a direct payment of their own.",
         "Only in the first year of a direct payment."),
    ]  # fmt: skip
    for kind, name, code, means_tested, starts_on, ends_on, total_pence, purpose, conditions in rows:
        funder = add_funder(
            kind=kind,
            name=name,
            code=code,
            means_tested=means_tested,
            starts_on=starts_on,
            ends_on=ends_on,
            purpose=purpose,
            conditions=conditions,
            total_pence=total_pence,
            by=finance,
            on=today,
        )
        if kind == kinds.PROGRAMME_FUND:
            add_milestone(
                funder=funder, due_on=year.ends_on, aimed=Aimed.DIRECT_PAYMENTS, people=90, by=finance, on=today
            )
