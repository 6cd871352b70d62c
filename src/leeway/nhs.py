"""NHS numbers: ten digits, the last a check on the others, and none that only fills a box.

The rule is of whole numbers, and works on one of them as on a column of a frame.
"""

from typing import Any


def is_placeholder(number: Any) -> Any:
    """Whether all ten digits are the same: 0000000000, 9999999999 and the like, which pass the check and are nobody's.

    >>> is_placeholder(9999999999), is_placeholder(0), is_placeholder(9991234578)
    (True, True, False)
    """
    return number % 1_111_111_111 == 0


def check_digit_fits(number: Any) -> Any:
    """Whether the last of ten digits is the check on the other nine (modulus 11).

    >>> check_digit_fits(9991234578), check_digit_fits(9991234560)
    (True, False)
    """
    total = sum(number // 10 ** (9 - place) % 10 * (10 - place) for place in range(9))
    return (11 - total % 11) % 11 == number % 10
