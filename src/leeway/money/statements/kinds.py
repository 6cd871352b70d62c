"""The words of this room: whose account, what a line can stand for, and why a match was made."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices


class Whose(TextChoices):
    """Whose account it is."""

    COUNCIL = "council", "The council’s own account"
    DEDICATED = "dedicated", "A person’s account for their direct payment"
    ORDINARY = "ordinary", "A person’s ordinary account"


class What(TextChoices):
    """What a part of a line stands for."""

    SENT = "sent", "A payment that left"
    RUN = "run", "A whole payment run that left"
    RETURNED = "returned", "A payment that came back"
    ARRIVED = "arrived", "A payment that arrived"
    RECEIVED = "received", "A share that was received"
    OTHERWISE = "otherwise", "Something else"


class Otherwise(TextChoices):
    """What a line is where it is none of what Leeway pays or is owed. No entry is made of it."""

    CHARGES = "charges", "Bank charges"
    INTEREST = "interest", "Interest"
    REFUND = "refund", "A refund from elsewhere"
    MOVED = "moved", "Moved between accounts of the same owner"
    SPENT = "spent", "Spent from the direct payment"
    OTHER = "other", "Something else"


class Because(TextChoices):
    """What a match rests on, the surest first."""

    EXACT_KEY = "exact_key", "The same key"
    SUM = "sum", "Amounts that add up"
    AMOUNT_DAY = "amount_day", "The same amount, near the day"
    NAME = "name", "The same amount and name"
    BY_HAND = "by_hand", "Matched by hand"


def otherwise_of(whose: str, pence: int) -> list[Otherwise]:
    """What a line can be where nothing in Leeway stands for it: spent is what left the account of a person."""
    is_spent = whose != Whose.COUNCIL and pence < 0
    return [kind for kind in Otherwise if is_spent or kind != Otherwise.SPENT]


#: Which way money goes on the council's statement, or into a person's account: in is positive.
SIGN = {What.SENT: -1, What.RUN: -1, What.RETURNED: 1, What.ARRIVED: 1, What.RECEIVED: 1}


@dataclass(frozen=True)
class Order:
    """One order of the lines that nobody has explained: its words, and what it goes by, the weightiest first."""

    words: str
    by: tuple[str, ...]


#: The orders of the queue, the usual one first; the bank's own order among equals.
ORDERS: Mapping[str, Order] = {
    "oldest": Order("The oldest first", ("booked_on", "statement__kept_at", "place")),
    "newest": Order("The latest first", ("-booked_on", "-statement__kept_at", "-place")),
    "largest": Order("The largest first", ("-open_size", "booked_on", "statement__kept_at", "place")),
}


def order_called(name: str) -> Order:
    """The order of this name, or the usual one."""
    return ORDERS.get(name, ORDERS["oldest"])
