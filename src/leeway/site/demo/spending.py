"""Ada's account for her direct payment: months of it, what she spent it on, what she keeps, and what she asked."""

from collections import defaultdict
from datetime import date, timedelta

import typst
from django.core.files.base import ContentFile

from leeway.access.models import User
from leeway.care.people import leave
from leeway.care.people.actions import add_relationship
from leeway.care.people.models import Case, LeaveFor, RelationshipKind
from leeway.care.planning.models import Way
from leeway.money.payments.models import Payment
from leeway.money.payments.states import PaymentState
from leeway.money.spending import actions, queries
from leeway.money.spending.actions import Done
from leeway.money.spending.kinds import ForWhat, Kept, Running, WhoDoes
from leeway.money.statements.actions import keep_statement, open_bank_account
from leeway.money.statements.kinds import Whose
from leeway.site.demo.playing import Staff
from leeway.site.demo.statements import Entry, statement_file
from leeway.versions import version_of

NUMBER, OPENS_WITH = "40000155667788", 231_40
#: How far back the account is read, and of which days nobody has said yet what payments were for.
READ, NOT_SAID = timedelta(days=110), timedelta(days=16)
#: What comes in and goes out after each payment of the council: days after it, pence, what the bank writes, who.
OWN_SHARE = (1, 94_00, "STANDING ORDER", "ADA BELL")
GOES_OUT = (
    (1, -1_012_40, "WAGES", "J MARSH"),
    (1, -988_60, "WAGES", "K OSEI"),
    (2, -8_50, "CARD 4471 SWIMMING", "FAIRBOURNE POOL"),
    (5, -38_00, "PAYROLL JOB", "FAIRSHARE PAYROLL"),
    (6, -181_25, "PAYE", "HMRC CUMBERNAULD"),
    (8, -96_30, "DD PENSION", "NEST"),
    (9, -8_50, "CARD 4471 SWIMMING", "FAIRBOURNE POOL"),
    (13, -18_40, "CARD 4471", "FAIRBOURNE CARS"),
    (20, -24_00, "CARD 4471", "FAIRBOURNE CARS"),
)
SAID = {
    "J MARSH": (ForWhat.WAGES, ""),
    "K OSEI": (ForWhat.WAGES, ""),
    "HMRC CUMBERNAULD": (ForWhat.TAX, ""),
    "NEST": (ForWhat.TAX, ""),
    "FAIRSHARE PAYROLL": (ForWhat.PLAN_LINE, ""),
    "FAIRBOURNE POOL": (ForWhat.ELSE, "Swimming, my assistant’s ticket"),
    "FAIRBOURNE CARS": (ForWhat.ELSE, "Taxi to college and back"),
    "WHEELS AND MORE": (ForWhat.ELSE, "New tyres for my chair"),
    "FAIRBOURNE COLLEGE": (ForWhat.ELSE, "Lunch for my assistant, the whole term"),
}


def keep_account(staff: Staff, person: User, today: date) -> None:
    """Read some months of her account, say what was old for what, attach a receipt, set money aside, and ask."""
    case = Case.objects.filter(person__user=person).earliest("opened_on")
    entries = sorted(_entries(case, today), key=lambda each: each.on)
    if not entries:
        return
    account = open_bank_account(
        whose=Whose.DEDICATED, name="Direct payment", identifier=NUMBER, case=case, by=staff.finance, on=entries[0].on
    )
    months: defaultdict[tuple[int, int], list[Entry]] = defaultdict(list)
    for each in entries:
        months[each.on.year, each.on.month].append(each)
    balance = OPENS_WITH
    for number, some in enumerate(months.values(), start=1):
        file = ContentFile(statement_file(NUMBER, number, balance, some), name=f"ada-{number}.xml")
        keep_statement(account=account, upload=file, by=staff.finance, on=min(today, some[-1].on + timedelta(days=1)))
        balance += sum(each.pence for each in some)
    _let_run(case, staff, entries[0].on)
    _say(case, person, today)
    _set_aside(case, person, today)
    _say_who_does(case, person, entries[0].on, today)
    _ask(case, person, staff, today)


def _let_run(case: Case, staff: Staff, on: date) -> None:
    """Have a payroll firm run the account, and see nothing else of her."""
    details = {"name": "Fairshare Payroll", "kind": RelationshipKind.ORGANISATION, "starts_on": on}
    runs = add_relationship(case=case, details=details, by=staff.worker, on=on)
    runs = leave.give_leave(
        case=case, relationship=runs, email="pay@fairbourne.example", agreed="Ada said so at a visit.",
        leave_for=LeaveFor.ACCOUNT, site_address="", version=version_of(runs), by=staff.worker, on=on,
    )  # fmt: skip
    leave.accept_leave(
        relationship=runs, family_name=case.person.family_name, version=version_of(runs), by=runs.user, on=on
    )


def _say_who_does(case: Case, person: User, first: date, today: date) -> None:
    """A firm began with the paying and the papers; since a week she does the papers with help."""
    firm, with_tom = "Fairshare Payroll", Done(WhoDoes.TOGETHER, "Tom, on Sundays", "The statements, alone")
    began = {
        Running.CHOOSING: Done(WhoDoes.ALONE, "", ""),
        Running.PAYING: Done(WhoDoes.FOR_THEM, firm, ""),
        Running.PAPERS: Done(WhoDoes.FOR_THEM, firm, "Taking photos of the receipts"),
        Running.EMPLOYING: Done(WhoDoes.FOR_THEM, firm, ""),
    }
    for told, on in ((began, first), ({Running.PAPERS: with_tom}, max(first, today - timedelta(days=7)))):
        version = queries.version_of_doing(queries.who_does_what(case))
        actions.say_who_does(case=case, told=told, version=version, by=person, on=on)


def _entries(case: Case, today: date) -> list[Entry]:
    """What the council paid into it, what went out after each payment, and two things bought once."""
    paid = Payment.objects.filter(
        case=case, way=Way.DIRECT_PAYMENT, state=PaymentState.ARRIVED, run__pay_on__range=(today - READ, today)
    )
    arrived = list(paid.select_related("run").order_by("run__pay_on"))
    found = [
        Entry(each.run.pay_on, each.amount_pence, each.reference, "FAIRBOURNE COUNCIL", each.end_to_end_id)
        for each in arrived
    ]
    for each in arrived:
        found += [Entry(each.run.pay_on + timedelta(days=days), *rest) for days, *rest in (OWN_SHARE, *GOES_OUT)]
    if arrived:
        found.append(Entry(today - timedelta(days=40), -126_00, "CARD 4471", "WHEELS AND MORE"))
        found.append(Entry(today - timedelta(days=19), -112_50, "CARD 4471", "FAIRBOURNE COLLEGE"))
    first = min((each.on for each in found if each.pence > 0), default=today)
    return [each for each in found if first <= each.on < today]


def _say(case: Case, person: User, today: date) -> None:
    """Say of what is old what it was for. The latest payments wait, each with what it may have been for."""
    payroll = next((line for line in queries.plan_now(case).lines if "Payroll" in line.what), None)
    for entry in queries.entries(case, today - READ, today - NOT_SAID):
        if not entry.is_out:
            continue
        kind, words = SAID[entry.payee]
        line = payroll if kind == ForWhat.PLAN_LINE else None
        if kind == ForWhat.PLAN_LINE and line is None:
            continue
        on = min(today, entry.line.booked_on + timedelta(days=10))
        actions.say(line=entry.line, kind=kind, plan_line=line, words=words, version=0, by=person, on=on)
        if entry.payee == "WHEELS AND MORE":
            actions.attach_receipt(line=entry.line, upload=_receipt(entry.line.booked_on), by=person, on=on)


def _receipt(on: date) -> ContentFile:
    """A photograph of a receipt."""
    text = rf"Wheels and More \ Two tyres, fitted \ £126.00 \ {on:%d/%m/%Y} \ Paid by card"
    photograph = typst.compile(f"#set page(width: 8cm, height: auto)\n{text}".encode(), format="png")
    return ContentFile(photograph, name="tyres.png")


def _set_aside(case: Case, person: User, today: date) -> None:
    """Keep money for the assistants' holiday, and for the insurance that comes."""
    soon = today + timedelta(days=45)
    kept = (
        (Kept.HOLIDAY, 180_00, "Jo’s and Kwame’s holiday pay", None),
        (Kept.BILL, 98_00, "The insurance for my assistants, for the next year", soon),
    )
    for kind, pence, reason, until in kept:
        actions.set_aside(
            case=case, kind=kind, amount_pence=pence, reason=reason, until=until, by=person,
            on=today - timedelta(days=30),
        )  # fmt: skip


def _ask(case: Case, person: User, staff: Staff, today: date) -> None:
    """One question was answered, and one waits."""
    bought = {entry.payee: entry.line for entry in queries.entries(case, today - READ, today)}
    for payee, words, answer in (
        ("WHEELS AND MORE", "May I pay for tyres from this account?", "Yes: going out is what we agreed. Keep well!"),
        ("FAIRBOURNE COLLEGE", "Is it right that I pay my assistant’s lunch at college?", ""),
    ):
        if payee in bought:
            asked_on = min(today, bought[payee].booked_on + timedelta(days=16))
            question = actions.ask(line=bought[payee], words=words, by=person, on=asked_on)
            if answer:
                actions.answer(question=question, answer=answer, by=staff.worker, on=asked_on + timedelta(days=1))
