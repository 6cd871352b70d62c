"""A pooled fund of the made-up council and the NHS: mental health first, with a seconded team, and two disputes."""

from datetime import date, timedelta
from typing import Any

from leeway.access.models import Team
from leeway.care.people.models import Case
from leeway.law.recharge import WHOLE
from leeway.law.risk_share import HOST_FIRST
from leeway.money.budgets.models import Budget
from leeway.money.disputes import actions as disputes
from leeway.money.funders.actions import add_funder, the_council
from leeway.money.funders.models import Funder, FunderKind
from leeway.money.pools import actions
from leeway.money.pools.models import Pool
from leeway.money.pools.reporting import digest_of, figures_of
from leeway.money.pools.untangling import untangle
from leeway.period import Period, financial_year, quarter
from leeway.site.demo.playing import Staff

GROUPS = ("Mental Health Support", "Learning Disability Support")
TRUST = "Fairbourne and Vale Mental Health Trust"
NURSES, HOSTING, BLOCK = 73_600_00, 15_600_00, 10_400_00  # of a year


def pool_money(staff: Staff, today: date) -> None:
    """Set the pool up, untangle and report the last quarter, and argue about who pays for two people."""
    last = quarter(quarter(today).starts_on - timedelta(days=1))
    council, icb = the_council(on=last.starts_on), _nhs_body(staff, last.starts_on)
    pool = _set_up(staff, council, icb, last)
    in_pool = _put_in(pool, staff, last)
    if not in_pool:
        return
    _overheads(pool, staff, council, icb, last, in_pool)
    found = untangle(pool, [last])[0]
    for partner, share in zip(pool.partners.order_by("funder__kind"), (6, 4), strict=True):  # four in the hundred short
        _contribute(partner, staff, found.spent_pence * 4 * share * 96 // 1000, financial_year(last.starts_on))
    seen = digest_of(figures_of(pool, found))
    actions.report_quarter(pool=pool, period=last, seen=seen, by=staff.finance, on=today)
    _argue(staff, council, icb, last, today)


def _nhs_body(staff: Staff, on: date) -> Funder:
    """The NHS body of the area: the first that is on record, or else one is recorded."""
    return Funder.objects.filter(kind=FunderKind.NHS_BODY).order_by("name").first() or add_funder(
        kind=FunderKind.NHS_BODY,
        name="NHS Fairbourne and Vale Integrated Care Board",
        code="ICB",
        means_tested=False,
        starts_on=None,
        ends_on=None,
        purpose="",
        conditions="",
        total_pence=None,
        by=staff.finance,
        on=on,
    )


def _set_up(staff: Staff, council: Funder, icb: Funder, last: Period) -> Pool:
    terms = {
        "name": "Mental health and learning disability pool",
        "agreement": "Section 75 agreement, kept in the council’s register of contracts",
        "functions": "Care and after-care of adults, so that one team serves each person and nobody pays twice.",
        "client_groups": list(GROUPS),
        "host": council,
        "manager": staff.manager,
        "starts_on": financial_year(last.starts_on).starts_on,
        "notice_months": 12,
        "vat": "The council’s",
        "risk_rule": HOST_FIRST,
        "first_percent": 1,
    }
    return actions.set_up_pool(partners=[council, icb], terms=terms, by=staff.finance, on=last.starts_on)


def _put_in(pool: Pool, staff: Staff, last: Period) -> list[Case]:
    """Every group of the agreement, and who is then in the pool."""
    for group in GROUPS:
        actions.put_in(pool=pool, client_group=group, starts_on=pool.starts_on, by=staff.finance, on=last.starts_on)
    facts = {leaf.case.case for leaf in untangle(pool, [last])[0].leaves}
    return list(Case.objects.filter(pk__in=facts).select_related("team").order_by("pk"))


def _overheads(pool: Pool, staff: Staff, council: Funder, icb: Funder, last: Period, in_pool: list[Case]) -> None:
    """A seconded team by its staff, a day service by days, management by spend; and a question still open."""
    teams = list(Team.objects.filter(pk__in={case.team_id for case in in_pool}).order_by("pk"))
    year = financial_year(last.starts_on)
    locked = {"locked_percent": 70, "locked_until": date(last.ends_on.year + 2, 3, 31)}
    in_quarter = {"starts_on": last.starts_on, "ends_on": last.ends_on}
    every = {
        "owner": staff.manager,
        "starts_on": year.starts_on,
        "ends_on": year.ends_on,
        "reason": "NHS Act 2006, s. 75: the agreement",
    }
    rows: tuple[tuple[str, str, str, Funder, str, int, str, dict[str, Any]], ...] = (
        ("Nurses and social workers", "seconded", TRUST, icb, "health", NURSES, "headcount", locked),
        ("Hosting and systems", "overhead", "", council, "social_care", HOSTING, "spend", locked),
        ("Drop-in day service", "block", "Harbour Centre", council, "social_care", BLOCK, "caseload", {}),
        ("Recharge of the trust’s car park", "overhead", TRUST, icb, "health", 480_00, "", in_quarter),
    )
    for what, kind, employer, paid_by, function, pence, driver, held in rows:
        facts = {"what": what, "kind": kind, "employer": employer, "paid_by": paid_by, "function": function}
        facts |= {"pence": pence, "driver": driver, **every, **held}
        facts["question"] = "" if driver else "Which of the team’s visits was it for, and for whom?"
        figures = {team: 2 + number for number, team in enumerate(teams)} if driver == "headcount" else {}
        actions.add_overhead(pool=pool, facts=facts, figures=figures, by=staff.finance, on=last.ends_on)


def _contribute(partner, staff: Staff, pence: int, year: Period) -> None:
    said = {"starts_on": year.starts_on, "ends_on": year.ends_on, "dated_on": year.starts_on}
    words = "Minute 3 of the partners’ board"
    by_on = {"by": staff.finance, "on": year.starts_on + timedelta(days=30)}
    actions.contribute(partner=partner, kind="agreed", pence=pence, words=words, **said, **by_on)
    first = quarter(year.starts_on)
    invoiced = said | {"starts_on": first.starts_on, "ends_on": first.ends_on, "dated_on": first.starts_on}
    for kind, known in (("invoiced", "Invoice of the first quarter"), ("paid_in", "Line of the bank’s statement")):
        actions.contribute(partner=partner, kind=kind, pence=pence // 4, words=known, **invoiced, **by_on)


def _argue(staff: Staff, council: Funder, icb: Funder, last: Period, today: date) -> None:
    """One dispute that runs and is late, and one that ended and was recharged."""
    budgets = Budget.objects.filter(starts_on__lt=last.starts_on, ending=None, nhs_pence_per_week=0)
    budgets = budgets.filter(case__support_reason__in=("Mental Health Support", "Learning Disability Support"))
    running, ended = ([*budgets.select_related("case").order_by("case", "starts_on").distinct("case")[:2], None, None])[
        :2
    ]
    said = {"line": None, "claimed_by": council, "claimed_of": icb, "paid_by": council, "by": staff.finance}
    if running:
        disputes.open_dispute(
            case=running.case,
            about="section_117",
            claimed_share=WHOLE // 2,
            claimed_from=last.starts_on,
            began_on=today - timedelta(days=40),
            reason="After-care under section 117 is a joint duty, and the council has paid for all of it.",
            on=today - timedelta(days=40),
            **said,
        )
    if ended:
        dispute = disputes.open_dispute(
            case=ended.case,
            about="continuing_healthcare",
            claimed_share=WHOLE,
            claimed_from=last.starts_on,
            began_on=last.ends_on - timedelta(days=50),
            reason="The checklist was positive, and the assessment found a primary health need.",
            on=last.ends_on - timedelta(days=50),
            **said,
        )
        disputes.end_dispute(
            dispute=dispute,
            ended_on=today - timedelta(days=3),
            decided_by="Both bodies’ panel",
            starts_on=last.starts_on,
            ends_on=None,
            shares={icb: WHOLE, council: 0},
            reason="The needs are beyond what a council can lawfully meet.",
            by=staff.finance,
            on=today - timedelta(days=3),
        )
