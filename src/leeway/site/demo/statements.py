"""What the bank of the made-up council says: that it rejects a payment, and a statement a month, worked through."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from xml.etree.ElementTree import Element, SubElement, tostring

from django.core.files.base import ContentFile

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.law.numbers import decimal_pounds, least
from leeway.money.banking.statement import Line
from leeway.money.banking.working_days import working_day_after
from leeway.money.bills.models import PaymentReference
from leeway.money.bills.standing import owed_by
from leeway.money.contributions.models import Receipt
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.payments.states import PaymentState, Said
from leeway.money.statements import actions, candidates
from leeway.money.statements.kinds import Otherwise, Whose
from leeway.money.statements.models import BankAccount

NUMBER, OPENS_WITH, OWN_NUMBER = "40000187654321", 250_000_00, "40000211223344"
CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"
#: What is not looked at yet: the last weeks, so that the queue is worth opening.
LEFT_TO_DO = timedelta(days=35)
SURE_ENOUGH = 70
FROM_COUNCIL, CHARGES = "FROM GENERAL FUND", "CHARGES"
MEANS = {
    FROM_COUNCIL: (Otherwise.MOVED, "Moved from the council’s general account, to pay the run of this month."),
    CHARGES: (Otherwise.CHARGES, "The bank’s charges of the month."),
}


@dataclass(frozen=True)
class Entry:
    """One line of a statement."""

    on: date
    pence: int
    words: str
    who: str = ""
    end_to_end_id: str = ""
    return_code: str = ""


def keep_statements(finance: User, today: date, last_run: PaymentRun | None) -> None:
    """Keep a statement for each month since the first run, explain what is old, and confirm the last run by it."""
    entries = sorted(_entries(today, last_run), key=lambda each: each.on)
    if not entries:
        return
    account = actions.open_bank_account(
        whose=Whose.COUNCIL, name="Care payments", identifier=NUMBER, by=finance, on=entries[0].on
    )
    months: defaultdict[tuple[int, int], list[Entry]] = defaultdict(list)
    for each in entries:
        months[each.on.year, each.on.month].append(each)
    balance = OPENS_WITH
    for number, some in enumerate(months.values(), start=1):
        file = ContentFile(statement_file(NUMBER, number, balance, some), name=f"statement-{number}.xml")
        kept_on = min(today, some[-1].on + timedelta(days=1))
        actions.keep_statement(account=account, upload=file, by=finance, on=kept_on)
        balance += sum(each.pence for each in some)
    if last_run is not None:
        actions.confirm_from_statement(run=last_run, by=finance, on=today)
    explain_the_old(account, finance, today)


def pick_own_lines(person: User, today: date) -> None:
    """Have somebody show two lines of their everyday account, which are kept, and nothing else of it."""
    case = Case.objects.filter(person__user=person).earliest("opened_on")
    account = actions.open_bank_account(
        whose=Whose.ORDINARY, name="My everyday account", identifier=OWN_NUMBER, case=case, by=person, on=today
    )
    paid = (("FAIRBOURNE CARS", -18_40, 20), ("FAIRBOURNE MOBILITY", -32_50, 13))
    lines = [
        Line(booked_on=today - timedelta(days=days), amount_pence=pence, reference="CARD PAYMENT", description=words)
        for words, pence, days in paid
    ]
    actions.keep_picked(account=account, lines=lines, format="CSV", places=[1, 2], by=person, on=today)


def _entries(today: date, last_run: PaymentRun | None) -> Iterator[Entry]:
    """What happened: runs that left, what came back, shares, charges; and some things that nobody knows."""
    runs = PaymentRun.objects.exclude(sent_on=None).filter(pay_on__lte=today).order_by("number")
    returned = Payment.objects.filter(state=PaymentState.RETURNED, run__in=runs).select_related("run", "payee")
    rejected = returned.filter(answered__said=Said.REJECTED)
    for run in runs:
        topped_up = run.total_pence // 10_000_00 * 10_000_00 + 10_000_00
        yield Entry(run.pay_on - timedelta(days=1), topped_up, FROM_COUNCIL, "FAIRBOURNE COUNCIL")
        turned_down = sum(payment.amount_pence for payment in rejected if payment.run == run)
        yield Entry(run.pay_on, turned_down - run.total_pence, f"BACS {run.reference}")
        yield Entry(run.pay_on, -12_50, CHARGES)
    for payment in returned.exclude(pk__in=rejected):
        yield _came_back(payment)
    for receipt in Receipt.objects.filter(taken_back=None).select_related("case__person"):
        who = "NHS FAIRBOURNE ICB" if receipt.payer == "nhs" else str(receipt.case.person).upper()
        yield Entry(receipt.received_on, receipt.amount_pence, "CONTRIBUTION", who)
    if last_run is not None and not returned.filter(run=last_run).exclude(pk__in=rejected).exists():
        back = last_run.payments.filter(case__isnull=False, case__person__user=None).exclude(
            state=PaymentState.RETURNED
        )
        for payment in back.select_related("run", "payee")[:1]:
            yield _came_back(payment)
    for reference in PaymentReference.objects.select_related("case__person").order_by("number")[:3]:
        owed = owed_by([reference.case_id], today).get(reference.case_id, 0)
        if owed > 0:
            who = str(reference.case.person).upper()
            yield Entry(today - timedelta(days=2), least(owed, 25_00), f"STANDING ORDER {reference}", who)
    yield Entry(today - timedelta(days=26), 240_00, "REFUND OVERPAID INVOICE 3381", "SUNRISE HOME CARE")
    yield Entry(today - timedelta(days=12), 61_35, "LEFT OVER", "T BELL")
    yield Entry(today - timedelta(days=5), -89_90, "DD LIBRARY SUPPLIES", "FAIRBOURNE LIBRARIES")


def _came_back(payment: Payment) -> Entry:
    on = working_day_after(payment.run.pay_on)
    words = f"RETURNED {payment.reference}"
    return Entry(on, payment.amount_pence, words, payment.payee.account_name.upper(), payment.end_to_end_id, "AC04")


def explain_the_old(account: BankAccount, finance: User, today: date) -> None:
    """Go through the queue as an officer does: accept what is likely, and say what the rest is."""
    old = candidates.open_lines(account).filter(booked_on__lt=today - LEFT_TO_DO).select_related("account")
    proposed = candidates.found_for(account, list(old)).proposed
    for line in old:
        likely = [each for each in proposed.get(line.pk, ()) if each.confidence >= SURE_ENOUGH][:1]
        known = next((means for words, means in MEANS.items() if words in line.description + line.reference), None)
        if known:
            actions.explain(line=line, kind=known[0], words=known[1], by=finance, on=today)
        elif likely:
            actions.accept(account=account, proposal=likely[0], by=finance, on=today)


def rejection_of(payment: Payment, *, code: str, on: date) -> bytes:
    """The report in which the bank accepts a run, but for one payment: pain.002 of ISO 20022."""
    run = payment.run
    document = Element("Document", xmlns=PAIN)
    report = SubElement(document, "CstmrPmtStsRpt")
    _texts(SubElement(report, "GrpHdr"), MsgId=f"BANK-{run.number:06}", CreDtTm=f"{on}T07:30:00")
    group = SubElement(report, "OrgnlGrpInfAndSts")
    _texts(group, OrgnlMsgId=run.reference, OrgnlMsgNmId="pain.001.001.09", OrgnlNbOfTxs=str(run.payments_count))
    _texts(group, OrgnlCtrlSum=decimal_pounds(run.total_pence), GrpSts="PART")
    batch = SubElement(report, "OrgnlPmtInfAndSts")
    _texts(batch, OrgnlPmtInfId=run.reference, PmtInfSts="PART")
    for each in run.payments.all():
        said = SubElement(batch, "TxInfAndSts")
        _texts(said, OrgnlEndToEndId=each.end_to_end_id, TxSts="RJCT" if each == payment else "ACCP")
        if each == payment:
            _texts(SubElement(SubElement(said, "StsRsnInf"), "Rsn"), Cd=code)
    return tostring(document, encoding="utf-8", xml_declaration=True)


def statement_file(account: str, number: int, opening_pence: int, entries: list[Entry]) -> bytes:
    """A statement as a bank gives it: camt.053 of ISO 20022."""
    document = Element("Document", xmlns=CAMT)
    message = SubElement(document, "BkToCstmrStmt")
    _texts(SubElement(message, "GrpHdr"), MsgId=f"S{number}", CreDtTm=f"{entries[-1].on}T18:00:00")
    statement = SubElement(message, "Stmt")
    _texts(statement, Id=str(number), ElctrncSeqNb=str(number), CreDtTm=f"{entries[-1].on}T18:00:00")
    period = SubElement(statement, "FrToDt")
    _texts(period, FrDtTm=f"{entries[0].on}T00:00:00", ToDtTm=f"{entries[-1].on}T23:59:59")
    holder = SubElement(statement, "Acct")
    _texts(SubElement(SubElement(holder, "Id"), "Othr"), Id=account)
    _texts(holder, Ccy="GBP")
    closing = opening_pence + sum(each.pence for each in entries)
    for code, pence, on in (("OPBD", opening_pence, entries[0].on), ("CLBD", closing, entries[-1].on)):
        balance = SubElement(statement, "Bal")
        _texts(SubElement(SubElement(balance, "Tp"), "CdOrPrtry"), Cd=code)
        _amount(balance, pence)
        _texts(SubElement(balance, "Dt"), Dt=on.isoformat())
    for place, each in enumerate(entries, start=1):
        _entry(statement, f"{number}/{place}", each)
    return tostring(document, encoding="utf-8", xml_declaration=True)


def _entry(statement: Element, bank_reference: str, each: Entry) -> None:
    entry = SubElement(statement, "Ntry")
    _amount(entry, each.pence)
    _texts(entry, Sts="BOOK")
    for name in ("BookgDt", "ValDt"):
        _texts(SubElement(entry, name), Dt=each.on.isoformat())
    _texts(entry, AcctSvcrRef=bank_reference)
    _texts(SubElement(SubElement(entry, "BkTxCd"), "Prtry"), Cd="MSC")
    one = SubElement(SubElement(entry, "NtryDtls"), "TxDtls")
    _texts(SubElement(one, "Refs"), EndToEndId=each.end_to_end_id or "NOTPROVIDED")
    if each.who:
        party = "Dbtr" if each.pence > 0 else "Cdtr"
        _texts(SubElement(SubElement(one, "RltdPties"), party), Nm=each.who)
    _texts(SubElement(one, "RmtInf"), Ustrd=each.words)
    if each.return_code:
        _texts(SubElement(SubElement(one, "RtrInf"), "Rsn"), Cd=each.return_code)


def _amount(where: Element, pence: int) -> None:
    amount = SubElement(where, "Amt", Ccy="GBP")
    amount.text = decimal_pounds(abs(pence))
    _texts(where, CdtDbtInd="CRDT" if pence >= 0 else "DBIT")


def _texts(where: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(where, name).text = text
