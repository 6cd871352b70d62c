"""Which column of a table means what: for the CSV and XLSX exports of banks and prepaid cards."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """The headings of a table, and what they mean. Each is one heading, or several that mean the same.

    A table has either one column of amounts (`amount`), or one of money in and one of money out. `day_first` says in
    which order 01/04/2026 is meant; None means that the file itself must settle it.
    """

    name: str
    booked_on: tuple[str, ...]
    amount: tuple[str, ...] = ()
    paid_in: tuple[str, ...] = ()
    paid_out: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    description: tuple[str, ...] = ()
    balance: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    day_first: bool | None = None
    currency: str = "GBP"
