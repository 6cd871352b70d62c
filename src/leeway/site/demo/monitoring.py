"""Checks of direct payments: Ada's, in which nothing is pointed out, and one with things that turn out well."""

from datetime import date, timedelta

from django.core.files.base import ContentFile

from leeway.care.conditions.actions import set_condition
from leeway.care.conditions.kinds import Because, What
from leeway.care.people.models import Case
from leeway.care.people.states import Stage
from leeway.care.planning.models import Way
from leeway.law.numbers import floor_div
from leeway.money.monitoring import actions
from leeway.money.monitoring.kinds import Answer
from leeway.money.monitoring.models import Check
from leeway.money.monitoring.queries import said_of, version_said
from leeway.money.monitoring.seeing import see
from leeway.money.payments.models import Payment
from leeway.money.payments.states import PaymentState
from leeway.money.spending.actions import set_aside
from leeway.money.spending.kinds import Kept
from leeway.money.spending.queries import weekly_on
from leeway.money.statements.actions import keep_statement, open_bank_account
from leeway.money.statements.kinds import Whose
from leeway.site.demo.playing import Staff
from leeway.site.demo.statements import Entry, statement_file

NUMBER = "40000155669911"
#: How far back the second account is read.
READ = timedelta(days=100)
HOLIDAY_PENCE = 2_400_00
#: For how many weeks one payment is, and how many weeks of it the account begins with.
WEEKS_PAID, WEEKS_KEPT = 4, 9


def check_accounts(staff: Staff, today: date) -> None:
    """Have an account that looks worrying be checked and turn out well, and then every check fall due that does."""
    case, fell_due_on = _somebody(today), today - timedelta(days=9)
    if case is not None:
        _keep_account(case, staff, fell_due_on)
        actions.make_due(on=fell_due_on)
        _turns_out_well(case, staff, fell_due_on)
        _ask_for_receipts(case, staff, today)
    actions.make_due(on=today)


def _turns_out_well(case: Case, staff: Staff, fell_due_on: date) -> None:
    """What was over is holiday pay, which is set aside; and what the cash was for, they told on the phone."""
    asked_on = fell_due_on + timedelta(days=3)
    by_on = {"by": case.worker or staff.finance, "on": asked_on}
    set_aside(case=case, kind=Kept.HOLIDAY, amount_pence=HOLIDAY_PENCE, reason="Two helpers’ holiday, August", **by_on)
    check = Check.objects.get(case=case, finished_on=None)
    said = actions.Said(Answer.EXPLAINED, "They rang: the stall on the market takes no cards.")
    actions.answer(
        check=check,
        answers={flag.kind.value: said for flag in see(check, asked_on).flags},
        version=version_said(check, said_of(check)),
        by=staff.second_finance,
        on=asked_on,
    )


def _keep_account(case: Case, staff: Staff, until: date) -> None:
    """Read what the bank says of some months: the council's payments, a club, a helper, and cash on market days."""
    paid = Payment.objects.filter(
        case=case, way=Way.DIRECT_PAYMENT, state=PaymentState.ARRIVED, run__pay_on__range=(until - READ, until)
    )
    weekly = weekly_on(case, until)
    own_pence = WEEKS_PAID * (weekly.gross_pence - weekly.paid_pence) if weekly else 0
    entries = []
    for each in paid.select_related("run").order_by("run__pay_on"):
        half = floor_div(each.amount_pence, 2)
        entries += [
            Entry(each.run.pay_on, each.amount_pence, each.reference, "FAIRBOURNE COUNCIL", each.end_to_end_id),
            Entry(each.run.pay_on + timedelta(days=1), own_pence, "STANDING ORDER", str(case.person).upper()),
            Entry(each.run.pay_on + timedelta(days=4), -half, "CARD 2210", "SALTMERE HELP AT HOME"),
            Entry(each.run.pay_on + timedelta(days=9), -floor_div(half, 2), "CASH MARKET SQ ATM", "CASH"),
        ]
    entries = sorted((each for each in entries if each.on < until and each.pence), key=lambda each: each.on)
    account = open_bank_account(
        whose=Whose.DEDICATED, name="Direct payment", identifier=NUMBER, case=case, by=staff.finance, on=until
    )
    file = ContentFile(
        statement_file(NUMBER, 1, WEEKS_KEPT * weekly.gross_pence if weekly else 0, entries), name="account.xml"
    )
    keep_statement(account=account, upload=file, by=staff.finance, on=until)


def _ask_for_receipts(case: Case, staff: Staff, today: date) -> None:
    """Ask for one thing beside the law, for a reason that is of this account alone, until spring at the latest."""
    set_condition(
        case=case,
        what=What.TELL,
        words="Keep a note of what the market stalls were paid, and send it every three months.",
        because=Because.SHOW,
        reason="The stalls take no cards and give no receipts, so that the bank’s lines show cash alone.",
        offered="",
        said_of_it="A note is fine, as long as nobody asks for each apple.",
        starts_on=today,
        ends_on=today + timedelta(days=180),
        by=staff.manager,
        on=today,
    )


def _somebody(today: date) -> Case | None:
    """The first person by name, but for those with an account already, who had a direct payment for long enough."""
    since = today - timedelta(weeks=16)
    paid = Payment.objects.filter(way=Way.DIRECT_PAYMENT, state=PaymentState.ARRIVED, run__pay_on__lte=since)
    lives = Case.objects.filter(
        pk__in=paid.values("case"), person__date_of_death=None, bank_accounts=None, stage=Stage.ACTIVE
    )
    return lives.order_by("person__family_name", "person__given_name", "pk").first()
