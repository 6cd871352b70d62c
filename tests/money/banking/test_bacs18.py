"""Bacs Standard 18 files: every position, totals that balance, and what is refused."""

import re
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.money.banking import bacs18
from leeway.money.banking.characters import NotCarried, bacs_text, iso_text
from leeway.money.banking.payment import CannotBePaid, Credit
from leeway.money.banking.working_days import BankDayRefused
from leeway.refusal import Refusal

from .strategies import COUNCIL, credits

ADA = Credit(
    reference="PB 2026/14",
    name="Ada Łovelaçe",
    sort_code="100000",
    account_number="00000003",
    amount_pence=912_45,
    end_to_end_id="RUN14-ADA",
)
ISO_SIGNS = r"""[A-Za-z0-9/?:().,'+ !#&%*=^_`{|}~";@\[\\\]$<>-]+"""
TUESDAY, WEDNESDAY = date(2026, 4, 7), date(2026, 4, 8)
DAYS = {"processing_day": date(2026, 4, 7), "created_on": date(2026, 4, 2)}


def written(*paid, council=COUNCIL, **changes):
    return bacs18.write(paid, council, **({"serial_number": 7} | DAYS | changes))


def test_every_position_of_a_file_that_pays_ada():
    assert written(ADA).split("\r\n") == [
        "VOL1000007                               654321                                1",
        "HDR1A654321S  165432100000700010001       26092 26104 000000                    ",
        "HDR2F0200000100                                   00                            ",
        "UHL1 26097999999    00      1 DAILY  001                                        ",
        "1000000000000309920000012345678    00000091245ANYTOWN COUNCIL   PB 2026/14        ADA LOVELACE      ",
        "2000001234567801720000012345678    00000091245ANYTOWN COUNCIL   CONTRA            ANYTOWN COUNCIL   ",
        "EOF1A654321S  165432100000700010001       26092 26104 000000                    ",
        "EOF2F0200000100                                   00                            ",
        "UTL10000000091245000000009124500000010000001                                    ",
        "",
    ]


@given(paid=credits())
def test_any_payments_come_back_with_the_same_totals(paid):
    text = written(*paid)
    lines = text.splitlines()
    assert {len(line) for line in lines} == {80, 100}
    assert re.fullmatch(r"[A-Z0-9.&/ \r\n-]+", text)
    file = bacs18.read(text)
    assert file.credits == tuple(bacs18.as_carried(credit) for credit in paid)
    assert [credit.amount_pence for credit in file.credits] == [credit.amount_pence for credit in paid]
    assert file.total_pence == sum(credit.amount_pence for credit in paid) == int(lines[-1][4:17])
    assert (file.processing_day, file.created_on) == (DAYS["processing_day"], DAYS["created_on"])
    assert (file.originator, file.serial_number) == (bacs18.originator_as_carried(COUNCIL), 7)


@given(text=st.text(max_size=40), width=st.integers(1, 40))
def test_banks_get_only_what_they_carry_and_never_lose_a_digit(text, width):
    digits = "".join(
        str(unicodedata.digit(character))
        for character in unicodedata.normalize("NFKD", text)
        if unicodedata.digit(character, None) is not None
    )
    for carry, allowed in ((bacs_text, "[A-Z0-9.&/ -]+"), (iso_text, ISO_SIGNS)):
        try:
            carried = carry(text, width=width)
        except NotCarried:
            assert len(digits) > width or not digits
            continue
        assert re.fullmatch(allowed, carried)
        assert len(carried) <= width
        assert re.sub("[^0-9]", "", carried) == digits


@pytest.mark.parametrize(
    ("text", "carried"),
    [
        ("Zoë O’Brien", "ZOE OBRIEN"),
        ("Straße Ægir Łódź Þór", "STRASSE AEGIR LODZ"),  # Þór no longer fits
        ("Bea & Sons (Care) Ltd.", "BEA & SONS CARE L."),
        ("Invoice number ２０２６/٤٢", "INVOICE NU 2026/42"),
        ("Smith—Jones_3", "SMITH-JONES 3"),
    ],
)
def test_names_in_bacs_characters(text, carried):
    assert bacs_text(text) == carried


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount_pence": 0}, "at least one penny"),
        ({"amount_pence": -1}, "at least one penny"),
        ({"amount_pence": 20_000_000_01}, "£20 million"),
        ({"sort_code": "10-00-00"}, "6-digit sort code"),
        ({"account_number": "1234567"}, "8-digit account"),
        ({"name": "明"}, "Banks cannot carry"),
        ({"reference": " "}, "Banks cannot carry"),
        ({"reference": "1234567890123456789"}, "more than 18 digits"),
    ],
)
def test_a_payment_that_no_bank_would_take_is_refused(change, said):
    with pytest.raises(Refusal, match=said):
        written(replace(ADA, **change))


def test_the_most_that_bacs_carries_is_accepted():
    file = bacs18.read(written(replace(ADA, amount_pence=20_000_000_00)))
    assert file.total_pence == 20_000_000_00


def test_a_total_beyond_eleven_digits_is_refused():
    many = [replace(ADA, amount_pence=20_000_000_00, end_to_end_id=str(n)) for n in range(50)]
    with pytest.raises(CannotBePaid, match="two runs"):
        written(*many)


def test_nobody_is_paid_by_an_empty_file():
    with pytest.raises(CannotBePaid, match="nobody to pay"):
        written()


def test_one_payment_twice_is_refused():
    with pytest.raises(CannotBePaid, match="RUN14-ADA is in the run more than once"):
        written(ADA, replace(ADA, amount_pence=1))


def test_a_council_without_a_service_user_number_is_refused():
    with pytest.raises(CannotBePaid, match="service user number"):
        written(ADA, council=replace(COUNCIL, service_user_number=""))


@pytest.mark.parametrize("day", [date(2026, 4, 3), date(2026, 4, 4), date(2026, 4, 6)])
def test_bacs_does_not_work_over_easter(day):
    with pytest.raises(BankDayRefused, match="Thursday 2 April 2026 is"):
        written(ADA, processing_day=day, created_on=date(2026, 4, 1))


def test_the_processing_day_is_one_to_31_days_after_the_file_is_made():
    for created_on in (date(2026, 4, 7), date(2026, 3, 6)):
        with pytest.raises(Refusal, match="within 31 days"):
            written(ADA, created_on=created_on)
    for created_on in (date(2026, 4, 6), date(2026, 3, 7)):
        assert bacs18.read(written(ADA, created_on=created_on)).created_on == created_on


BEN = replace(ADA, name="Ben Hart", account_number="00000011", amount_pence=1_00, end_to_end_id="RUN14-BEN")
CAZ = replace(ADA, name="Caz Hart", account_number="00000020", amount_pence=2_00, end_to_end_id="RUN14-CAZ")


def written_for_days(credits_by_day, **changes):
    given = {"created_on": DAYS["created_on"], "serial_number": 7} | changes
    return bacs18.write_days(credits_by_day, COUNCIL, **given)


def test_every_position_of_a_file_of_two_days():
    assert written_for_days({WEDNESDAY: [CAZ], TUESDAY: [ADA, BEN]}).split("\r\n") == [
        "VOL1000007                               654321                                1",
        "HDR1A654321S  165432100000700010001       26092 26105 000000                    ",
        "HDR2F0200000106                                   00                            ",
        "UHL1 26097999999    00      4 MULTI  001                                        ",
        "1000000000000309920000012345678    00000091245ANYTOWN COUNCIL   PB 2026/14        ADA LOVELACE       26097",
        "1000000000001109920000012345678    00000000100ANYTOWN COUNCIL   PB 2026/14        BEN HART           26097",
        "2000001234567801720000012345678    00000091345ANYTOWN COUNCIL   CONTRA            ANYTOWN COUNCIL    26097",
        "1000000000002009920000012345678    00000000200ANYTOWN COUNCIL   PB 2026/14        CAZ HART           26098",
        "2000001234567801720000012345678    00000000200ANYTOWN COUNCIL   CONTRA            ANYTOWN COUNCIL    26098",
        "EOF1A654321S  165432100000700010001       26092 26105 000000                    ",
        "EOF2F0200000106                                   00                            ",
        "UTL10000000091545000000009154500000020000003                                    ",
        "",
    ]


@given(paid=credits(), split=st.integers(0, 12))
def test_the_payments_of_each_day_come_back_on_that_day(paid, split):
    by_day = {day: some for day, some in ((TUESDAY, paid[:split]), (WEDNESDAY, paid[split:])) if some}
    file = bacs18.read(written_for_days(by_day))
    carried = {day: tuple(bacs18.as_carried(credit) for credit in some) for day, some in by_day.items()}
    assert file.credits_by_day == carried
    assert (file.processing_day, file.total_pence) == (min(by_day), sum(credit.amount_pence for credit in paid))


def test_no_day_of_a_file_is_empty_or_a_day_on_which_bacs_rests():
    with pytest.raises(CannotBePaid, match="Nobody is paid on the processing day 8 April 2026"):
        written_for_days({TUESDAY: [ADA], WEDNESDAY: []})
    with pytest.raises(BankDayRefused, match="Monday 6 April 2026 is not a bank working day"):
        written_for_days({TUESDAY: [ADA], date(2026, 4, 6): [BEN]})
    with pytest.raises(Refusal, match="within 31 days"):
        written_for_days({TUESDAY: [ADA], date(2026, 5, 5): [BEN]})
    with pytest.raises(CannotBePaid, match="more than once"):
        written_for_days({TUESDAY: [ADA], WEDNESDAY: [ADA]})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ADA LOVELACE       26097", "ADA LOVELACE       26098", "Line 5 .* transaction code 17"),
        ("CAZ HART           26098", "CAZ HART           26099", "Line 8 .* transaction code 17"),
        ("00000000200ANYTOWN COUNCIL   PB", "00000000300ANYTOWN COUNCIL   PB", "do not come to the same"),
        ("00000020000003", "00000010000003", "number of payments differs"),
        ("4 MULTI", "7 OTHER", "Line 4 .* work code"),
        ("4 MULTI", "1 DAILY", "Line 5 should have 100 characters"),
    ],
)
def test_a_file_of_days_changed_on_the_way_is_refused(old, new, said):
    text = written_for_days({TUESDAY: [ADA, BEN], WEDNESDAY: [CAZ]})
    assert text.count(old) == 1
    with pytest.raises(bacs18.BadBacsFile, match=said):
        bacs18.read(text.replace(old, new))


def test_a_day_whose_contra_is_given_does_not_come_again():
    lines = written_for_days({TUESDAY: [ADA], WEDNESDAY: [CAZ]}).splitlines()
    with pytest.raises(bacs18.BadBacsFile, match="Line 9 has a processing day that was closed"):
        bacs18.read("\r\n".join([*lines[:8], *lines[4:6], *lines[8:]]))


def test_a_roll_number_stands_where_the_reference_does():
    member = replace(ADA, roll_number="A/1234567890ABC")
    assert "ANYTOWN COUNCIL   A/1234567890ABC   ADA LOVELACE" in written(member)
    assert bacs18.read(written(member)).credits[0].reference == "A/1234567890ABC"


@pytest.mark.parametrize("roll", ["1234567890123456789", "a1", "A&1", "ABC", "1-", " 1", "Å1", "1\n"])
def test_a_roll_number_that_would_not_arrive_whole_is_refused(roll):
    with pytest.raises(CannotBePaid, match="roll number of payment 1"):
        written(replace(ADA, roll_number=roll))


@pytest.mark.parametrize("serial_number", [0, 1_000_000])
def test_serial_numbers_have_six_digits(serial_number):
    with pytest.raises(Refusal, match="1 to 999999"):
        written(ADA, serial_number=serial_number)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("VOL1", "VOL2", "Line 1 should be the label VOL1"),
        ("UHL1 26097", "UHL1 26400", "Line 4 should have a day"),
        ("99200000", "17200000", "Line 5 .* transaction code 99"),
        ("00000091245ANYTOWN COUNCIL   PB", "0000009124XANYTOWN COUNCIL   PB", "Line 5 .* digits alone"),
        ("00000091245ANYTOWN COUNCIL   PB", "00000091246ANYTOWN COUNCIL   PB", "do not come to the same"),
        ("00000091245ANYTOWN COUNCIL   CON", "00000091246ANYTOWN COUNCIL   CON", "do not come to the same"),
        ("00000010000001", "00000010000002", "number of payments differs"),
        ("LOVELACE      ", "LOVELACE", "Line 5 should have 100 characters"),
    ],
)
def test_a_file_changed_on_the_way_is_refused(old, new, said):
    text = written(ADA)
    assert text.count(old) == 1
    with pytest.raises(bacs18.BadBacsFile, match=said):
        bacs18.read(text.replace(old, new))


def test_what_is_no_bacs_file_is_refused(published):
    with pytest.raises(bacs18.BadBacsFile):
        bacs18.read("")
    with pytest.raises(bacs18.BadBacsFile):
        bacs18.read(published("banking/bacs/bacs_received_credits_sample.txt").read_text())
