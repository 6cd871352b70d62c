"""What finance does today about the bank's lines, in words."""

from datetime import date

from django.urls import reverse

from leeway.law.numbers import pounds
from leeway.money.payments.presenters import ToDo, to_do
from leeway.money.statements.queries import Unexplained


def to_explain(found: Unexplained, today: date) -> ToDo:
    """The lines of an account that nobody has explained, and how long the oldest of them has waited."""
    one, age = found.count == 1, found.age(today)
    came_in = f"{pounds(found.came_in_pence)} came in" if found.came_in_pence else ""
    went_out = f"{pounds(-found.went_out_pence)} went out" if found.went_out_pence else ""
    old = f"{age} day{'' if age == 1 else 's'} old" if age else "of today"
    lines = f"{found.count:,} line{'' if one else 's'} of {found.name}"
    moved = " and ".join(filter(None, (came_in, went_out)))
    unsaid = "nobody has said what it is" if one else "nobody has said what they are"
    page = reverse("statements:queue", args=[found.account_id])
    return to_do("Explain", (lines, page), f": {moved}, and {unsaid}. The oldest is {old}.")
