"""What every reader of statements shares: amounts, days, accounts and text, and the sentence where one is none."""

import re

from leeway import limits
from leeway.law.numbers import decimal_pounds, pounds
from leeway.money.banking.lines import Line
from leeway.reading import CannotRead
from leeway.refusal import quoted

AMOUNT = re.compile(r"([+-]?)([0-9]+)(?:([.,])([0-9]*))?")
UK_ACCOUNT = re.compile(r"'?([0-9]{2})[- ]?([0-9]{2})[- ]?([0-9]{2})[- ]?([0-9]{8})(?: [A-Z]{3})?")
#: A file of one for each day of five years has fewer.
STATEMENTS_MOST = 2_000
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
NUL = "The file has bytes of nought (NUL): it is no text, or was damaged on its way. Get it again."
NO_UTF_8 = (
    "The file is not in UTF-8 and was read as Windows letters (Windows-1252): letters with accents may be wrong, "
    "amounts and days are not."
)


def pence_of(text: str, where: str) -> int:
    """The pence of an amount with a point or a comma before its decimals.

    Refuses parts of a penny, and noughts after a comma that may well be thousands: 1,000 is no pound.

    >>> pence_of("18.150", "line 4"), pence_of("-200,5", "line 4"), pence_of("6800,", "line 4")
    (1815, -20050, 680000)
    """
    found = AMOUNT.fullmatch(text.strip())
    if not found:
        raise CannotRead(f"{where}: {quoted(text)} is not an amount.")
    sign, whole, decimals = found[1], found[2], (found[4] or "").rstrip("0")
    if found[3] == "," and len(found[4]) > 2 and len(decimals) <= 2:
        raise CannotRead(f"{where}: {quoted(text)} may be thousands, or has noughts too many. Ask for it as 1234.56.")
    if len(decimals) > 2:
        raise CannotRead(f"{where}: {quoted(text)} has parts of a penny. Amounts have two decimals at most.")
    if len(whole.lstrip("0")) > 13:
        raise CannotRead(f"{where}: {quoted(text)} is larger than any amount in a bank account.")
    pence = int(whole.lstrip("0") or "0") * 100 + int(decimals.ljust(2, "0"))
    return -pence if sign == "-" else pence


def uk_account(account: str, sort_code: str = "") -> str:
    """An account as Leeway writes it: sort code and number with a space between where they are British.

    >>> uk_account("12345678", "12-34-56"), uk_account("'12-34-56 12345678"), uk_account("NL26VAYB8060476890")
    ('123456 12345678', '123456 12345678', 'NL26VAYB8060476890')
    """
    account = account.strip()
    if re.fullmatch("'?[0-9]{8}", account) and re.fullmatch("'?[0-9]{2}-?[0-9]{2}-?[0-9]{2}", sort_code.strip()):
        account = f"{sort_code.strip()} {account.lstrip(chr(39))}"
    british = UK_ACCOUNT.fullmatch(account)
    return f"{british[1]}{british[2]}{british[3]} {british[4]}" if british else account.lstrip("'")


def money(pence: int, currency: str) -> str:
    """An amount for a sentence, in its own currency."""
    return pounds(pence) if currency in {"GBP", ""} else f"{decimal_pounds(pence)} {currency}"


def joined(*texts: str) -> str:
    """Texts one after the other, single blanks, none of them twice."""
    once = dict.fromkeys(" ".join(text.split()) for text in texts)
    return " ".join(text for text in once if text)


def text_of_bytes(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file and what to say of how it was read. Refuses NULs."""
    if content.startswith(UTF_16):
        return utf_16(content), ()
    if b"\0" in content:
        raise CannotRead(NUL)
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), (NO_UTF_8,)


def utf_16(content: bytes) -> str:
    """The text of a file that begins as UTF-16."""
    try:
        text = content.decode("utf-16")
    except UnicodeDecodeError as problem:
        raise CannotRead(
            "The file begins as UTF-16 and goes on as none. Save it in UTF-8, or get it again."
        ) from problem
    if "\0" in text:
        raise CannotRead(NUL)
    return text


def warnings_of(
    lines: list[Line], opening_pence: int | None, closing_pence: int | None, currency: str
) -> tuple[str, ...]:
    """What does not fit in a statement: balances that do not add up, lines of nothing, a currency that is not pounds.

    Read all the same, since each line is what the bank said; whoever explains the balance must see that it cannot
    be explained. Refuses more lines than any statement has, and a currency that is none.
    """
    limits.TABLE_ROWS.check(len(lines), "The statement")
    if not re.fullmatch("([A-Z]{3})?", currency):
        raise CannotRead(f"{quoted(currency)} is not a currency. Ask the bank for the file again.")
    found = []
    if opening_pence is not None and closing_pence is not None:
        booked = sum(line.amount_pence for line in lines)
        if opening_pence + booked != closing_pence:
            found.append(
                f"The balances do not add up: {money(opening_pence, currency)} at the start and lines of "
                f"{money(booked, currency)} make {money(opening_pence + booked, currency)}, and the bank says "
                f"{money(closing_pence, currency)}. Lines may be missing: ask the bank."
            )
    if nothing := sum(line.amount_pence == 0 for line in lines):
        which = "1 line is" if nothing == 1 else f"{nothing} lines are"
        found.append(f"{which} of 0.00: the bank only tells something with it.")
    if not currency:
        found.append("The file does not say in which currency the account is.")
    elif currency != "GBP":
        found.append(f"The account is in {currency}, not in pounds: each amount is in hundredths of {currency}.")
    return tuple(found)
