"""The UK bank account modulus check: does this account number fit this sort code?

Source: Pay.UK (Vocalink), Validating account numbers, UK modulus checking, version 7.70. The tables of
weights and of substituted sort codes are Pay.UK's and change several times a year, so none is shipped here:
the operator obtains them and says where they are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from leeway.reading import text_of
from leeway.refusal import Refusal

MODULUS = {"MOD10": 10, "MOD11": 11, "DBLAL": 10}
WEIGHT_ROW = r"\d{6} \d{6} (MOD1[01]( -?\d+){14}|DBLAL( \d+){14})( \d+)?"
PASSING_EITHER_ROW = {(2, 9), (10, 11), (12, 13)}
SORT_CODE_FOR_EXCEPTION = {8: "090126", 9: "309634"}
EURO_WEIGHTS = (0, 0, 1, 2, 5, 3, 6, 4, 8, 7, 10, 9, 3, 1)
LEADING_POSITIONS = 8  # the six digits of the sort code and the first two of the account: u to b


class BadAccountDetails(Refusal):
    """A sort code or account number is not written as one."""


class BadWeightTable(Refusal):
    """A modulus table cannot be read."""


@dataclass(frozen=True)
class AccountDetails:
    """A six-digit sort code and an eight-digit account number, as a payment file carries them."""

    sort_code: str
    account_number: str


@dataclass(frozen=True)
class WeightRow:
    """One line of the weight table: the check to apply to a range of sort codes."""

    first_sort_code: str
    last_sort_code: str
    method: str
    weights: tuple[int, ...]
    exception: int


@dataclass(frozen=True)
class WeightTable:
    """The checks for every range of sort codes, and the sort codes that stand in for others."""

    rows: tuple[WeightRow, ...]
    substitutions: dict[str, str]

    @classmethod
    def read(cls, weights_path: Path | str, substitutions_path: Path | str) -> Self:
        """Read the two tables that the operator obtained from Pay.UK.

        Refused with the file and line named: a file that is missing, empty or not of that form.
        """
        rows = tuple(_weight_row(*line) for line in _table_lines(weights_path))
        substitutions = dict(_substitution(fields, where) for fields, where in _table_lines(substitutions_path))
        return cls(rows=rows, substitutions=substitutions)

    def rows_for(self, sort_code: str) -> tuple[WeightRow, ...]:
        """The one or two checks that apply to a sort code, in order; none where none is published."""
        return tuple(row for row in self.rows if row.first_sort_code <= sort_code <= row.last_sort_code)


@dataclass(frozen=True)
class Verdict:
    """What the check found.

    `known`: a published check covers this sort code. `table_used`: there was a table to look in.
    """

    valid: bool
    known: bool
    table_used: bool
    why: str
    sort_code: str
    account_number: str


def check(sort_code: str, account_number: str, table: WeightTable | None) -> Verdict:
    """Say whether an account number fits its sort code, and why.

    Without a table only the form of the two numbers is checked, and the verdict says so. A sort code for
    which no check is published is taken as valid: nothing can be said against it. The verdict carries the
    six and eight digits to use in a payment. Refuses (BadAccountDetails) what is not a sort code or account.
    Source: Pay.UK, Validating account numbers, version 7.70, section 4.
    """
    details = account_details(sort_code, account_number)
    rows = table.rows_for(details.sort_code) if table else ()
    written = "-".join(re.findall("..", details.sort_code))
    if table is None:
        valid, why = (
            True,
            (
                "The numbers are in the right form. Whether they belong together was not checked, "
                "because no modulus table is set up."
            ),
        )
    elif not rows:
        valid, why = (
            True,
            (
                f"No check is published for sort code {written}, so the account number cannot be tested. "
                f"It is taken as valid."
            ),
        )
    elif _is_foreign_currency(rows, details.account_number):
        valid, why = (
            True,
            "This is a foreign currency account, which the check cannot test. It is taken as valid.",
        )
    elif _passes(rows, details, table):
        valid, why = True, f"The account number fits sort code {written}."
    else:
        valid, why = (
            False,
            (f"The account number does not fit sort code {written}. Check both against a bank card or a statement."),
        )
    return Verdict(
        valid=valid,
        known=bool(rows),
        table_used=table is not None,
        why=why,
        sort_code=details.sort_code,
        account_number=details.account_number,
    )


def account_details(sort_code: str, account_number: str) -> AccountDetails:
    """Turn a sort code and account number as people write them into six and eight digits.

    Spaces and hyphens are ignored; six and seven digit accounts get zeros in front. Nine digits (Santander)
    and ten digits (Co-operative Bank, NatWest) are turned into eight as those banks lay down.
    Refuses (BadAccountDetails) anything else. Source: as `check`, section 3.

    >>> account_details("12-34-56", "123456")
    AccountDetails(sort_code='123456', account_number='00123456')
    """
    return _eight_digit_account(sort_code_digits(sort_code), account_digits(account_number))


def sort_code_digits(written: str) -> str:
    """The six digits of a sort code. Refuses (BadAccountDetails) what is none."""
    digits = re.sub(r"[\s\-–]", "", written)
    if not re.fullmatch("[0-9]{6}", digits):
        raise BadAccountDetails("Enter a sort code of 6 digits, like 12-34-56.", field="sort_code")
    return digits


def account_digits(written: str) -> str:
    """The digits of an account number, as many as were written. Refuses (BadAccountDetails) what is none."""
    digits = re.sub(r"[\s\-–]", "", written)
    if not re.fullmatch("[0-9]{6,10}", digits):
        raise BadAccountDetails(
            "Enter an account number of 8 digits (6 to 10 where the bank uses them).", field="account_number"
        )
    return digits


def _eight_digit_account(sort_code: str, account: str) -> AccountDetails:
    if len(account) <= 8:
        return AccountDetails(sort_code, account.zfill(8))
    if len(account) == 9 and sort_code.startswith(("09", "72")):  # Santander
        return AccountDetails(sort_code[:5] + account[0], account[1:])
    if len(account) == 10 and sort_code.startswith("08"):  # Co-operative Bank
        return AccountDetails(sort_code, account[:8])
    if len(account) == 10 and (sort_code.startswith("01") or "50" <= sort_code[:2] <= "66"):  # NatWest
        return AccountDetails(sort_code, account[2:])
    raise BadAccountDetails(
        f"The bank with this sort code does not use account numbers of {len(account)} digits. "
        f"Enter the 8 digits from a bank card or statement.",
        field="account_number",
    )


def _is_foreign_currency(rows: Sequence[WeightRow], account: str) -> bool:
    """Exception 6: such accounts follow no check."""
    return any(row.exception == 6 for row in rows) and account[0] in "45678" and account[6] == account[7]


def _passes(rows: Sequence[WeightRow], details: AccountDetails, table: WeightTable) -> bool:
    exceptions = tuple(row.exception for row in rows)
    if exceptions in PASSING_EITHER_ROW:
        return any(_row_passes(row, details, table) for row in rows)
    if exceptions[-1] == 3 and details.account_number[2] in "69":
        rows = rows[:-1]
    return all(_row_passes(row, details, table) for row in rows)


def _row_passes(row: WeightRow, details: AccountDetails, table: WeightTable) -> bool:
    account = details.account_number
    if _remainder_fits(row, _remainder(row, details, table), account):
        return True
    if row.exception == 14 and account[7] in "019":  # a Coutts account written with one digit too many
        shorter = AccountDetails(details.sort_code, "0" + account[:7])
        return _remainder(row, shorter, table) == 0
    return False


def _remainder(row: WeightRow, details: AccountDetails, table: WeightTable) -> int:
    """What is left of the weighted digits after dividing by the modulus."""
    sort_code = SORT_CODE_FOR_EXCEPTION.get(row.exception, details.sort_code)
    if row.exception == 5:
        sort_code = table.substitutions.get(sort_code, sort_code)
    digits = [int(digit) for digit in sort_code + details.account_number]
    products = [d * w for d, w in zip(digits, _weights(row, details.account_number), strict=True)]
    if row.method == "DBLAL":
        products = [int(digit) for product in products for digit in str(product)]
    total = sum(products) + (27 if row.exception == 1 else 0)
    return total % MODULUS[row.method]


def _weights(row: WeightRow, account: str) -> tuple[int, ...]:
    """The weights of the row, or those that an exception puts in their place."""
    ends_in_9 = account[6] == "9"
    weights = row.weights
    if row.exception == 2 and account[0] != "0":
        weights = EURO_WEIGHTS
        only_the_account = ends_in_9
    else:
        only_the_account = ends_in_9 and (row.exception == 7 or (row.exception == 10 and account[:2] in ("09", "99")))
    return (0,) * LEADING_POSITIONS + weights[LEADING_POSITIONS:] if only_the_account else weights


def _remainder_fits(row: WeightRow, remainder: int, account: str) -> bool:
    """Nothing is left over, or exceptions 4 and 5: what is left over agrees with the check digits g and h."""
    if row.exception == 4:
        return remainder == int(account[6:])
    if row.exception == 5:
        check_digit = account[6] if row.method == "MOD11" else account[7]
        return (MODULUS[row.method] - remainder) % MODULUS[row.method] == int(check_digit)
    return remainder == 0


def _table_lines(path: Path | str) -> list[tuple[list[str], str]]:
    """The fields of each line that is not blank, and where the line is, for a message."""
    try:
        text = text_of(Path(path))
    except Refusal as error:
        raise BadWeightTable(f"The modulus table {path} cannot be read. Give Pay.UK’s text file.") from error
    lines = [(line.split(), f"{path}, line {n}") for n, line in enumerate(text.splitlines(), 1) if line.split()]
    if not lines:
        raise BadWeightTable(f"The modulus table {path} is empty. Give Pay.UK’s text file.")
    return lines


def _weight_row(fields: list[str], where: str) -> WeightRow:
    if not re.fullmatch(WEIGHT_ROW, " ".join(fields), re.ASCII):
        raise BadWeightTable(
            f"{where}: expected two sort codes, MOD10, MOD11 or DBLAL, 14 weights and perhaps an exception."
        )
    first, last, method, *numbers = fields
    weights, exception = tuple(int(number) for number in numbers[:14]), numbers[14:]
    if exception and not 1 <= int(exception[0]) <= 14:
        raise BadWeightTable(f"{where}: exception {exception[0]} is not one of the 14 that Leeway knows.")
    return WeightRow(first, last, method, weights, int(exception[0]) if exception else 0)


def _substitution(fields: list[str], where: str) -> tuple[str, str]:
    if not re.fullmatch(r"\d{6} \d{6}", " ".join(fields), re.ASCII):
        raise BadWeightTable(f"{where}: expected two sort codes, the one to replace and the one to use.")
    return fields[0], fields[1]
