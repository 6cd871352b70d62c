"""The payment reference of a case: what somebody writes on a standing order, and a bank's line is known by.

`PAY 1234 5674`: seven figures and one that checks them, so that a slip of the pen pays nobody else's bill.
"""

import re

from leeway.law.numbers import floor_div

#: As people write it, with spaces or without; the last figure checks the rest.
PATTERN = r"PAY ?[0-9]{4} ?[0-9]{4}"
WHOLE = re.compile(PATTERN)


def reference_of(number: int) -> str:
    """The payment reference that has this number.

    >>> reference_of(1), reference_of(1234567)
    ('PAY00000018', 'PAY12345674')
    """
    figures = f"{number:07}"
    return f"PAY{figures}{_check_figure(figures)}"


def in_fours(reference: str) -> str:
    """A payment reference as it is printed.

    >>> in_fours("PAY00000018")
    'PAY 0000 0018'
    """
    return f"{reference[:3]} {reference[3:7]} {reference[7:]}"


def number_in(text: str) -> int | None:
    """The number of a payment reference as it was written; None where it is none, or its last figure does not fit.

    >>> number_in("PAY 0000 0018"), number_in("pay00000018"), number_in("PAY 0000 0081")
    (1, 1, None)
    """
    plain = text.upper().replace(" ", "")
    if not WHOLE.fullmatch(plain) or plain != reference_of(int(plain[3:10])):
        return None
    return int(plain[3:10])


def _check_figure(figures: str) -> int:
    """The figure that makes the sum of all come to a multiple of ten, every other one doubled (Luhn's rule)."""
    total = 0
    for place, figure in enumerate(reversed(figures)):
        doubled = int(figure) * 2 if place % 2 == 0 else int(figure)
        total += floor_div(doubled, 10) + doubled % 10
    return -total % 10
