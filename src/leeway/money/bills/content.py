"""What a bill and a statement of account say, as a letter: page and PDF are made from the same blocks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from leeway.care.letters.blocks import (
    Amount,
    Block,
    Bullet,
    Heading,
    Letter,
    Notice,
    Paragraph,
    Table,
    bullets,
    cell,
    day,
)
from leeway.care.letters.content import make_letter, questions
from leeway.care.people.models import Case
from leeway.care.planning.models import Way
from leeway.law.numbers import pounds
from leeway.money.bills.actions.sending import how_to_pay, offer_in_words
from leeway.money.bills.kinds import BecauseOf, LineKind
from leeway.money.bills.models import Bill, BillLine, Lateness, Sending
from leeway.money.ledger.queries import StatementLine

PARTS = {
    Way.DIRECT_PAYMENT: "Support that you buy with a direct payment",
    Way.COUNCIL_MANAGED: "Support that the council arranges",
    Way.SERVICE_FUND: "Support from a service fund",
}
SIGNED = "The care payments team"
#: What moved what is owed, as its owner reads it.
MOVED = {
    "Share fell due": "Your charge for a pay period",
    "Owed since before, and billed elsewhere": "Owed since before we sent these bills",
    "Share not due after all": "Taken off: not due after all",
    "Not charged: it was not delivered": "Taken off: support that you did not get",
    "Charged after all": "Charged after all: you did get it",
    "Share received": "Paid: thank you",
    "Correction of a mistake": "A payment recorded by mistake, taken back",
    "Written off: the council bears it": "Written off: you need not pay it",
    "Not written off after all": "Not written off after all",
    "Paid back to the person": "Paid back to you",
    "Not paid back after all": "Not paid back after all",
}


def bill_letter(bill: Bill, council: str) -> Letter:
    """One bill: what to pay and by when, for what, day by day, how to pay, and what to do if that is hard or wrong."""
    sending: Sending | None = getattr(bill, "sending", None)
    lateness: Lateness | None = getattr(bill, "lateness", None)
    case = bill.case
    letter = make_letter(
        case,
        title=f"Bill {bill.number}: your care and support",
        dated=sending.sent_on if sending else bill.made_on,
        reference=f"Bill {bill.number}. Its digest: {bill.digest}",
        blocks=[
            *_not_sent(sending),
            *_late(lateness),
            *_questioned(case),
            _to_pay(bill, sending, lateness),
            Heading("What this bill is for"),
            _lines(list(bill.lines.all())),
            _adds_up(bill, lateness),
            *_how_to_pay(bill, sending),
            *IF_YOU_CANNOT,
            *IF_IT_IS_WRONG,
            *questions(case),
        ],
        signed=(SIGNED, council),
    )
    if sending is None or sending.to is None:
        return letter
    name = sending.to.name
    about = Notice(f"This is about {case.person}. You get it because you handle their money, or settle what they left.")
    return replace(
        letter, addressed_to=(name,), greeting=f"Dear {name},", blocks=(about, *letter.blocks), large_print=False
    )


def _not_sent(sending: Sending | None) -> list[Block]:
    return [] if sending else [Notice("This bill has not been sent yet. Nothing is asked of anybody by it.")]


def _late(lateness: Lateness | None) -> list[Block]:
    if lateness is None:
        return []
    return [
        Notice("We are sorry. We should have sent you this bill long ago."),
        Paragraph(f"This is why it is late: {lateness.why}"),
        Paragraph(
            f"You do not have to pay it at once. You can pay {offer_in_words(lateness)}, or less if that is too much "
            "for you. Tell us what you can manage."
        ),
    ]


def _questioned(case: Case) -> list[Block]:
    if not any(each.because_of == BecauseOf.DISPUTE and each.ended_on is None for each in case.pauses.all()):
        return []
    return [
        Notice("You told us that a bill looks wrong. You need not pay what you question until you have our answer.")
    ]


def _to_pay(bill: Bill, sending: Sending | None, lateness: Lateness | None) -> Amount:
    if bill.to_pay_pence <= 0:
        owed = f"Nothing. We owe you {pounds(-bill.to_pay_pence)}" if bill.to_pay_pence else "Nothing"
        return Amount("To pay", owed)
    if sending is None:
        return Amount("To pay", pounds(bill.to_pay_pence))
    if lateness:
        return Amount("To pay", f"{pounds(lateness.left_pence)} as we agree with you")
    return Amount("To pay", f"{pounds(bill.to_pay_pence)} by {day(sending.due_by)}")


def _lines(lines: Sequence[BillLine]) -> Table:
    rows = tuple((_what(line), _days(line), pounds(line.amount_pence)) for line in lines)
    return Table("Each part, with its days", ("What", "Days", "Amount"), rows)


def _what(line: BillLine) -> str:
    part = PARTS.get(Way(line.way), "") if line.way else ""
    if line.kind == LineKind.CREDIT:
        return cell("Taken off", part, line.words)
    if line.words:
        return cell(line.words)
    return cell(part or "Your charge", f"You pay {pounds(line.weekly_pence)} a week" if line.weekly_pence else "")


def _days(line: BillLine) -> str:
    count = f"{line.days} day{'' if line.days == 1 else 's'}"
    if line.days == 1:
        return cell(day(line.starts_on), count)
    return cell(f"{day(line.starts_on)} to {day(line.ends_on)}", count)


def _adds_up(bill: Bill, lateness: Lateness | None) -> Table:
    rows = [("To pay by the bill before", bill.earlier_pence), ("This bill", bill.charged_pence)]
    rows.append(("You paid: thank you", -bill.received_pence))
    if bill.settled_pence:
        rows.append(("Written off, or paid back to you", -bill.settled_pence))
    left = lateness.left_pence if lateness else bill.to_pay_pence
    if left != bill.to_pay_pence:
        rows.append(("Paid or taken off since it was made", left - bill.to_pay_pence))
    rows.append(("To pay", left))
    return Table(
        "How it adds up", ("What", "Amount"), tuple((words, pounds(pence)) for words, pence in rows), total=True
    )


def _how_to_pay(bill: Bill, sending: Sending | None) -> list[Block]:
    if bill.to_pay_pence <= 0:
        return [
            Heading("How you get it back"),
            Paragraph("Tell us whether to pay it back, or to take it off later bills."),
        ]
    return [
        Heading("How to pay"),
        bullets(
            f"{how_to_pay()}.",
            f"Give this payment reference: {bill.case.payment_reference}. It is the same for all your bills, so that a "
            "standing order can go on.",
            "For your safety, we never ask for your bank details in a message.",
        ),
    ]


IF_YOU_CANNOT: tuple[Block, ...] = (
    Heading("If you cannot pay"),
    bullets(
        "Tell us. We agree smaller payments with you that leave you enough to live on. You do not lose your support.",
        "We can check that you pay the right amount, since things may have changed for you.",
        "A debt adviser can ask for a breathing space for you. We ask nothing of you while it lasts.",
        Bullet("MoneyHelper is free: 0800 138 7777.", "https://www.moneyhelper.org.uk"),
        Bullet("Citizens Advice is free: 0800 144 8848.", "https://www.citizensadvice.org.uk"),
    ),
)
IF_IT_IS_WRONG: tuple[Block, ...] = (
    Heading("If you think it is wrong"),
    bullets(
        "Tell us what looks wrong, or say so on your page. We look at it again. You do not need a form.",
        "You need not pay what you question until you have our answer. We do not remind you of it.",
        "You can ask us to look again at what you pay, and make a complaint within 12 months.",
        Bullet(
            "If you are still not happy, ask the Local Government and Social Care Ombudsman. This is free. "
            "Phone 0300 061 0614.",
            "https://www.lgo.org.uk",
        ),
    ),
)


def statement_letter(
    case: Case, lines: Sequence[StatementLine], owed_pence: int, overdue_pence: int, on: date, council: str
) -> Letter:
    """Every movement of what somebody owes, with what was owed then: less than nothing is owed to them."""
    rows = tuple(
        (day(line.date), MOVED.get(line.reason, line.reason), pounds(-line.amount_pence), pounds(-line.balance_pence))
        for line in lines
    )
    said = f"You owe {pounds(owed_pence)}" if owed_pence >= 0 else f"We owe you {pounds(-owed_pence)}"
    blocks: list[Block] = [Amount(f"On {day(on)}", said)]
    if overdue_pence:
        blocks.append(Paragraph(f"{pounds(overdue_pence)} of it was to be paid by now. If that is hard, tell us."))
    moved = Table("Every movement, the oldest first", ("Date", "What", "Amount", "Owed then"), rows)
    blocks += [
        moved if rows else Paragraph("There is nothing to list yet."),
        *IF_YOU_CANNOT,
        *IF_IT_IS_WRONG,
        *questions(case),
    ]
    return make_letter(
        case, title="Statement of what you pay", dated=on, reference=f"Statement of {day(on)}", blocks=blocks,
        signed=(SIGNED, council),
    )  # fmt: skip
