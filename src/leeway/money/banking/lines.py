"""What a bank says of an account: statements, their lines, and the parts of a line that was booked as one amount.

Facts as the bank gave them: money in is positive, money out negative, in whole pence (hundredths of the unit, where
the account is not in pounds). What the bank did not say is empty or None, and never guessed. What was left out or
does not fit is a sentence in `warnings`.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One payment inside a line that the bank booked as one amount; its own amount where the bank gave it."""

    amount_pence: int | None
    end_to_end_id: str = ""
    reference: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    bank_reference: str = ""
    return_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What happened on the account, once and for good: nothing that is only expected is a line.

    `reference` is what the payer wrote for the payee, `end_to_end_id` what the payer's own file called the payment,
    `bank_reference` the bank's own name for the line. A UK `counterparty_account` is written “123456 12345678”.
    `return_reason` is the code (such as AC04) with which a payment came back.
    """

    booked_on: date
    amount_pence: int
    reference: str
    description: str
    value_on: date | None = None
    end_to_end_id: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    bank_reference: str = ""
    return_reason: str = ""
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What happened on one account, in the order of the file. A balance is None where the file has none.

    `is_page`: the bank says that it goes on in another statement, or goes on with one.
    """

    account: str
    currency: str
    opening_balance_pence: int | None
    closing_balance_pence: int | None
    lines: tuple[Line, ...]
    number: str = ""
    opening_on: date | None = None
    closing_on: date | None = None
    from_on: date | None = None
    to_on: date | None = None
    is_page: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file of statements as it was read. `version` is the format's own full name, such as camt.053.001.08."""

    format: str
    statements: tuple[Statement, ...]
    version: str = ""
    warnings: tuple[str, ...] = ()
