"""Whole pence, and five words in which every rule is written, so that it serves one person or a million.

Each word takes Python whole numbers or NumPy `int64` columns and gives the same kind back. Division says which
way it rounds. Nothing here knows what a budget is.
"""

from collections.abc import Sequence
from typing import Any

from leeway.refusal import Refusal

#: A whole number, or a NumPy int64 column of them; a truth value, or a column of them.
type Whole = Any
type Truth = Any


def is_column(value: Whole | Truth) -> bool:
    """Whether this is a column of values rather than one. NumPy is loaded for columns only: one person need not wait.

    >>> is_column(5), is_column(True)
    (False, False)
    """
    return hasattr(value, "dtype")


def where(condition: Truth, yes: Whole, no: Whole) -> Whole:
    """Take the first value where the condition holds, and the second where it does not.

    >>> where(3 > 2, 10, 20)
    10
    """
    if is_column(condition):
        import numpy as np

        if np.result_type(yes, no).kind == "b":
            return (condition & yes) | (~condition & no)
        return no + condition * (yes - no)  # np.where guesses at each row, and takes up to eight times as long
    return yes if condition else no


def least(one: Whole, other: Whole) -> Whole:
    """Take the smaller of two amounts.

    >>> least(5, 7)
    5
    """
    if is_column(one) or is_column(other):
        import numpy as np

        return np.minimum(one, other)
    return one if one < other else other


def greatest(one: Whole, other: Whole) -> Whole:
    """Take the larger of two amounts.

    >>> greatest(5, 7)
    7
    """
    if is_column(one) or is_column(other):
        import numpy as np

        return np.maximum(one, other)
    return one if one > other else other


def floor_div(amount: Whole, by: Whole) -> Whole:
    """Divide and leave off any part of a penny.

    >>> floor_div(-7, 2)
    -4
    """
    return amount // by


def ceil_div(amount: Whole, by: Whole) -> Whole:
    """Divide and count any part as a whole one.

    >>> ceil_div(7, 2)
    4
    """
    return -(-amount // by)


def split(pence: int, shares: Sequence[int]) -> list[int]:
    """Share pence out: each share is rounded down and the last one takes what is left, so nothing is lost.

    `shares` are whole numbers of any scale (50 and 50, or 1 and 2). A negative amount is shared the same way.

    >>> split(10001, [50, 50])
    [5000, 5001]
    """
    whole = sum(shares)
    if not shares or whole <= 0 or min(shares) < 0:
        raise Refusal("Shares must be whole numbers of nought or more, and at least one must be more than nought.")
    sign = -1 if pence < 0 else 1
    parts = [sign * floor_div(abs(pence) * share, whole) for share in shares]
    last = max(index for index, share in enumerate(shares) if share)
    parts[last] += pence - sum(parts)
    return parts


def decimal_pounds(pence: int) -> str:
    """Write pence as programs read money: pounds and two decimals.

    >>> decimal_pounds(123_45), decimal_pounds(-50)
    ('123.45', '-0.50')
    """
    whole, part = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}{whole}.{part:02d}"


def pounds(pence: int) -> str:
    """Write pence as people read money.

    >>> pounds(123456), pounds(-50)
    ('£1,234.56', '\N{MINUS SIGN}£0.50')
    """
    whole, part = divmod(abs(pence), 100)
    return f"{'−' if pence < 0 else ''}£{whole:,}.{part:02d}"
