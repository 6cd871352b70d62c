"""Bacs Standard 18: the file of fixed positions that pays people through Bacs.

A file for one processing day: four labels (VOL1, HDR1, HDR2, UHL1), a record of 100 characters for each
payment, one contra record that takes the total from the council's account, and three labels (EOF1, EOF2,
UTL1). A file for several days has the work code “4 MULTI”, a contra for each day, and records of 106 characters,
the last six of which are the day. Sources: Bacs Standard 18, with the label positions as in Bank of Ireland's and
HSBC's guides to it; for several days, HSBC's layout as Acumatica documents it (“BACS HSBC File”). The number of a
building society account (its roll number) stands in field 10, where the reference stands otherwise: Bacs,
“Crediting and debiting building society accounts”, version 25.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, groupby

from leeway.money.banking.characters import bacs_text
from leeway.money.banking.payment import CannotBePaid, Credit, Originator, require_payable
from leeway.money.banking.working_days import require_bank_working_day
from leeway.refusal import Refusal

CREDIT, CONTRA_DEBIT = "99", "17"
BACS = "999999"  # the receiving party of every file
LABELS_BEFORE, LABELS_AFTER = ("VOL1", "HDR1", "HDR2", "UHL1"), ("EOF1", "EOF2", "UTL1")
LABEL_LENGTH, BLOCK_LENGTH = 80, 2000
RECORD_LENGTH, RECORD_LENGTH_OF_MANY_DAYS = 100, 106
ONE_DAY, MANY_DAYS = "1 DAILY", "4 MULTI"
DAYS_AHEAD_MAX = 31  # how far ahead of its making a file may pay
DAYS_KEPT = 7  # how long after processing the file must not be overwritten
LINE_END = "\r\n"


class BadBacsFile(Refusal):
    """A text is not a Standard 18 file of payments whose totals agree."""


@dataclass(frozen=True)
class Bacs18File:
    """What a Standard 18 file says. The contra has been checked: it takes exactly what the payments give."""

    originator: Originator
    created_on: date
    serial_number: int
    credits_by_day: Mapping[date, tuple[Credit, ...]]

    @property
    def processing_day(self) -> date:
        """The day on which Bacs processes the file, or the first of them."""
        return min(self.credits_by_day)

    @property
    def credits(self) -> tuple[Credit, ...]:
        """The payments of every day."""
        return tuple(credit for credits in self.credits_by_day.values() for credit in credits)

    @property
    def total_pence(self) -> int:
        """What leaves the council's account."""
        return sum(credit.amount_pence for credit in self.credits)


def write(
    credits: Collection[Credit],
    originator: Originator,
    *,
    processing_day: date,
    created_on: date,
    serial_number: int,
) -> str:
    """Write the Bacs file that pays these people: they have the money the working day after `processing_day`.

    `serial_number` (1 to 999999) must not be used twice on one day. The same input gives the same text.
    Refuses: a run that no bank would take (CannotBePaid), a day on which Bacs does not work
    (BankDayRefused), a day not within 31 days after `created_on`, a name that Bacs cannot carry (NotCarried).
    """
    days = {processing_day: credits}
    return write_days(days, originator, created_on=created_on, serial_number=serial_number)


def write_days(
    credits_by_day: Mapping[date, Collection[Credit]], originator: Originator, *, created_on: date, serial_number: int
) -> str:
    """Write one Bacs file for one or several processing days, each with its own contra. Refuses as `write`."""
    days = sorted(credits_by_day)
    totals = require_payable(chain.from_iterable(credits_by_day[day] for day in days), originator)
    for day in days:
        _require_processing_day(day, created_on)
        if not credits_by_day[day]:
            raise CannotBePaid(f"Nobody is paid on the processing day {day:%-d %B %Y}. Leave that day out.")
    if not 1 <= serial_number <= 999_999:
        raise Refusal("The serial number of a Bacs file must be from 1 to 999999.")
    payer = originator_as_carried(originator)
    file_label = _file_label(payer.service_user_number, days[-1], created_on, serial_number)
    layout_label = _layout_label(RECORD_LENGTH_OF_MANY_DAYS if len(days) > 1 else RECORD_LENGTH)
    lines = chain(
        [
            _volume_label(payer.service_user_number, serial_number),
            f"HDR1{file_label}",
            f"HDR2{layout_label}",
            _processing_label(days[0], MANY_DAYS if len(days) > 1 else ONE_DAY),
        ],
        (
            record + (_day(day) if len(days) > 1 else "")
            for day in days
            for record in _records_of_a_day(credits_by_day[day], payer)
        ),
        [
            f"EOF1{file_label}",
            f"EOF2{layout_label}",
            _totals_label(totals.pence, len(days), totals.count),
        ],
    )
    return "".join(line + LINE_END for line in lines)


def read(text: str) -> Bacs18File:
    """Read a Standard 18 file of payments back, and prove that its totals, counts and contra agree.

    The credits come as the file carries them: without an end-to-end id, for which it has no place.
    Refuses (BadBacsFile) anything else, naming the line.
    """
    lines = text.splitlines()
    if len(lines) < len(LABELS_BEFORE) + 2 + len(LABELS_AFTER):
        raise BadBacsFile("This is not a Bacs Standard 18 file: it has fewer lines than one payment needs.")
    numbered = list(enumerate(lines, start=1))
    labels = numbered[: len(LABELS_BEFORE)] + numbered[-len(LABELS_AFTER) :]
    records = numbered[len(LABELS_BEFORE) : -len(LABELS_AFTER)]
    for (number, line), label in zip(labels, LABELS_BEFORE + LABELS_AFTER, strict=True):
        if not line.startswith(label) or len(line) != LABEL_LENGTH:
            raise BadBacsFile(f"Line {number} should be the label {label}, of {LABEL_LENGTH} characters.")
    volume, header, _, user_header = lines[: len(LABELS_BEFORE)]
    credits_by_day = _read_days(records, user_header)
    contra = records[-1][1]
    file = Bacs18File(
        originator=Originator(
            name=_field(contra, 83, 100),
            service_user_number=_field(volume, 42, 47),
            sort_code=_field(contra, 1, 6),
            account_number=_field(contra, 7, 14),
        ),
        created_on=_read_day(_field(header, 42, 47), line_number=2),
        serial_number=int(_digits(volume, 5, 10, line_number=1)),
        credits_by_day=credits_by_day,
    )
    _require_agreement(file, lines[-1], len(lines))
    return file


def as_carried(credit: Credit) -> Credit:
    """The payment as a Standard 18 file carries it: 18 characters of name and reference, no end-to-end id.

    Where there is a roll number, it is what stands as the reference.
    """
    return Credit(
        reference=credit.roll_number or bacs_text(credit.reference),
        name=bacs_text(credit.name),
        sort_code=credit.sort_code,
        account_number=credit.account_number,
        amount_pence=credit.amount_pence,
        end_to_end_id="",
    )


def originator_as_carried(originator: Originator) -> Originator:
    """The council as a Standard 18 file carries it: 18 characters of name."""
    return Originator(
        name=bacs_text(originator.name),
        service_user_number=originator.service_user_number,
        sort_code=originator.sort_code,
        account_number=originator.account_number,
    )


def _require_processing_day(day: date, created_on: date) -> None:
    require_bank_working_day(day)
    if not created_on < day <= created_on + timedelta(days=DAYS_AHEAD_MAX):
        raise Refusal(
            f"The processing day must be after the day the file is made, and within {DAYS_AHEAD_MAX} days of it."
        )


def _records_of_a_day(credits: Iterable[Credit], payer: Originator) -> Iterator[str]:
    """A record for each payment, and then the contra that takes their total out of the council's account."""
    total_pence = 0
    for credit in credits:
        total_pence += credit.amount_pence
        yield _record(as_carried(credit), CREDIT, payer)
    yield _record(_contra(payer, total_pence), CONTRA_DEBIT, payer)


def _contra(payer: Originator, total_pence: int) -> Credit:
    """The record that balances the file: the total, out of the council's account."""
    return Credit(
        reference="CONTRA",
        name=payer.name,
        sort_code=payer.sort_code,
        account_number=payer.account_number,
        amount_pence=total_pence,
        end_to_end_id="",
    )


def _record(item: Credit, transaction_code: str, payer: Originator) -> str:
    return (
        f"{item.sort_code}{item.account_number}0{transaction_code}"  # 1-6, 7-14, 15 account type, 16-17
        f"{payer.sort_code}{payer.account_number}"  # 18-23, 24-31
        f"{'':4}{item.amount_pence:011}"  # 32-35 free format, 36-46
        f"{payer.name:18}{item.reference:18}{item.name:18}"  # 47-64, 65-82, 83-100
    )


def _volume_label(sun: str, serial_number: int) -> str:
    """5-10 serial number, 42-47 service user number, 80 label standard."""
    return f"VOL1{serial_number:06}{'':31}{sun:38}1"


def _file_label(sun: str, processing_day: date, created_on: date, serial_number: int) -> str:
    """5-21 identifier, 22-27 serial number, 28-35 section and sequence, 42-53 created and expires."""
    expires = processing_day + timedelta(days=DAYS_KEPT)
    return f"A{sun}S  1{sun}{serial_number:06}00010001{'':6}{_day(created_on)}{_day(expires)} 000000{'':20}"


def _layout_label(record_length: int) -> str:
    """5 fixed length, 6-10 block length, 11-15 record length, 51-52 buffer offset."""
    return f"F{BLOCK_LENGTH:05}{record_length:05}{'':35}00{'':28}"


def _processing_label(processing_day: date, work_code: str) -> str:
    """5-10 processing day, 11-20 receiving party, 21-22 sterling, 29-37 work code, 38-40 file number."""
    return f"UHL1{_day(processing_day)}{BACS:10}00{'':6}{work_code:9}001{'':40}"


def _totals_label(total_pence: int, contras: int, payments: int) -> str:
    """5-17 pence out, 18-30 pence in, 31-37 records out, 38-44 records in."""
    return f"UTL1{total_pence:013}{total_pence:013}{contras:07}{payments:07}{'':36}"


def _day(day: date) -> str:
    """A space, the year's last two digits and the day of the year."""
    return f" {day:%y%j}"


def _read_day(text: str, *, line_number: int) -> date:
    try:
        return datetime.strptime(text, "%y%j").date()  # noqa: DTZ007  a day has no time zone
    except ValueError as error:
        raise BadBacsFile(f"Line {line_number} should have a day written like 26096.") from error


def _field(line: str, first: int, last: int) -> str:
    """The text between two positions, counted from 1 as the standard does."""
    return line[first - 1 : last].strip()


def _digits(line: str, first: int, last: int, *, line_number: int) -> str:
    text = line[first - 1 : last]
    if not (text.isascii() and text.isdigit()):
        raise BadBacsFile(f"Line {line_number} should have digits alone in positions {first} to {last}.")
    return text


def _read_days(records: Sequence[tuple[int, str]], user_header: str) -> dict[date, tuple[Credit, ...]]:
    """The payments of each processing day, each day's proved against its contra."""
    many = _field(user_header, 29, 37) == MANY_DAYS
    if not many and _field(user_header, 29, 37) != ONE_DAY:
        raise BadBacsFile(f"Line 4 should have the work code “{ONE_DAY}” or “{MANY_DAYS}” in positions 29 to 37.")
    one_day = _read_day(_field(user_header, 5, 10), line_number=4)
    length = RECORD_LENGTH_OF_MANY_DAYS if many else RECORD_LENGTH
    found: dict[date, tuple[Credit, ...]] = {}
    for written, group in groupby(records, key=lambda numbered: numbered[1][RECORD_LENGTH:] if many else ""):
        of_the_day = list(group)
        for number, line in of_the_day:
            _require_record(number, line, CREDIT if number < of_the_day[-1][0] else CONTRA_DEBIT, length)
        day = _read_day(written.strip(), line_number=of_the_day[0][0]) if many else one_day
        if day in found:
            raise BadBacsFile(f"Line {of_the_day[0][0]} has a processing day that was closed by its contra before.")
        found[day] = tuple(_credit(line) for _, line in of_the_day[:-1])
        contra_pence = int(_field(of_the_day[-1][1], 36, 46))
        if sum(credit.amount_pence for credit in found[day]) != contra_pence:
            raise BadBacsFile("The payments, the contra and the totals of the last line do not come to the same.")
    return found


def _require_record(number: int, line: str, transaction_code: str, length: int) -> None:
    if len(line) != length or _field(line, 16, 17) != transaction_code:
        raise BadBacsFile(f"Line {number} should have {length} characters and transaction code {transaction_code}.")
    _digits(line, 1, 15, line_number=number)
    _digits(line, 18, 31, line_number=number)
    _digits(line, 36, 46, line_number=number)


def _credit(line: str) -> Credit:
    return Credit(
        reference=_field(line, 65, 82),
        name=_field(line, 83, 100),
        sort_code=_field(line, 1, 6),
        account_number=_field(line, 7, 14),
        amount_pence=int(_field(line, 36, 46)),
        end_to_end_id="",
    )


def _require_agreement(file: Bacs18File, trailer: str, line_number: int) -> None:
    pence_out, pence_in, records_out, records_in = (
        int(_digits(trailer, first, last, line_number=line_number))
        for first, last in ((5, 17), (18, 30), (31, 37), (38, 44))
    )
    if not file.total_pence == pence_out == pence_in:
        raise BadBacsFile("The payments, the contra and the totals of the last line do not come to the same.")
    if (records_out, records_in) != (len(file.credits_by_day), len(file.credits)):
        raise BadBacsFile("The number of payments differs from the one on the last line.")
