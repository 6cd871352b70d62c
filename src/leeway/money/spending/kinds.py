"""The words of this room: what a payment was for, what money is set aside for, and who runs a direct payment."""

from django.db.models import TextChoices


class ForWhat(TextChoices):
    """What a payment out of an account was for, as whoever spends the money says it."""

    PLAN_LINE = "plan_line", "Something in the plan"
    WAGES = "wages", "Wages"
    TAX = "tax", "Tax, National Insurance and pension"
    SET_ASIDE = "set_aside", "Set aside: moved to savings or another account"
    ELSE = "else", "Something else"


#: What is named by itself: everything else is of the plan.
BY_ITSELF = (ForWhat.WAGES, ForWhat.TAX, ForWhat.SET_ASIDE, ForWhat.ELSE)
#: What left the person's hands. What was moved to savings is theirs to spend as before.
SPENT = frozenset(ForWhat) - {ForWhat.SET_ASIDE}
#: What a shop or a club gives a receipt for. Wages have their payslip.
HAS_A_RECEIPT = frozenset({ForWhat.PLAN_LINE, ForWhat.ELSE})


class Kept(TextChoices):
    """What money is set aside for."""

    HOLIDAY = "holiday", "Holiday pay"
    REDUNDANCY = "redundancy", "Redundancy pay"
    TAX = "tax", "Tax, National Insurance and pension"
    NOTICE = "notice", "Pay for a time of notice"
    BILL = "bill", "A bill that is not paid yet"
    PROMISE = "promise", "Something that the council agreed to in writing"


class Running(TextChoices):
    """A part of running a direct payment."""

    CHOOSING = "choosing", "Choosing who helps, and when"
    PAYING = "paying", "Paying people and bills"
    PAPERS = "papers", "Keeping receipts, and sending statements"
    EMPLOYING = "employing", "Wages, tax and the other duties of an employer"
    COUNCIL = "council", "Answering the council’s letters and questions"


class WhoDoes(TextChoices):
    """Who does a part of it."""

    ALONE = "alone", "Without help"
    TOGETHER = "together", "With help"
    FOR_THEM = "for_them", "Somebody else does it"
