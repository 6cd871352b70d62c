"""Does an account number fit its sort code? Published cases, and a made-up table."""

import csv
import re
from pathlib import Path

import pytest
import yaml

from leeway.money.banking.modulus import (
    BadAccountDetails,
    BadWeightTable,
    WeightTable,
    account_details,
    check,
)

VECTORS = Path(__file__).parents[2] / "vectors" / "money" / "modulus.yaml"


def test_every_published_pair_gets_its_verdict(pay_uk_table):
    vectors = yaml.safe_load(VECTORS.read_text())
    assert (len(vectors["valid"]), len(vectors["not_valid"])) == (26, 8)
    assert [pair for pair in vectors["valid"] if not check(**pair, table=pay_uk_table).valid] == []
    assert [pair for pair in vectors["not_valid"] if check(**pair, table=pay_uk_table).valid] == []


def test_all_official_cases(published, pay_uk_table):
    text = published("banking/modulus/official_cases_v770.txt").read_text()
    cases = re.findall(r"^(\d+) .* (\d{6}) (\d{8}) ([YN])$", text, re.MULTILINE)
    assert len(cases) == 34
    wrong = [n for n, sort, account, yes in cases if check(sort, account, pay_uk_table).valid != (yes == "Y")]
    assert wrong == []


def test_hundreds_of_verdicts_of_another_implementation(published, pay_uk_table):
    with published("banking/modulus/peer_vectors.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 700
    differing = [
        row
        for row in rows
        if check(row["sort_code"], row["account_number"], pay_uk_table).valid != (row["peer_valid"] == "true")
    ]
    assert differing == []


# Each verdict below was worked out by hand from the made-up table in conftest.
@pytest.mark.parametrize(
    ("sort_code", "account", "valid"),
    [
        ("100000", "10000003", True),  # 1x7 + 3x1 = 10
        ("100000", "10000004", False),
        ("100099", "10000003", True),  # the last sort code of the range
        ("110000", "10000003", True),  # 1x8 + 3x1 = 11
        ("110000", "10000002", False),
        ("120000", "00000000", False),  # exception 1: digits of 2, 2: 4, and 27 makes 31
        ("120000", "00000009", True),  # 31 + 9 = 40
        ("130000", "00000000", True),  # both rows
        ("130000", "10000003", False),  # MOD11 passes; DBLAL 2 + 3 = 5 does not
        ("130000", "00600008", True),  # 6x6 + 8 = 44: passes; c is 6, so exception 3 leaves DBLAL out
        ("140000", "10000003", True),  # either row: MOD11 passes
        ("140000", "10000008", True),  # either row: 8 + 8 = 16 fails MOD11; DBLAL 2 + 8 = 10 passes
        ("140000", "10000004", False),
        ("150000", "40000011", True),  # exception 6: a foreign currency account
        ("150000", "40000012", False),
        ("160000", "00000080", True),  # exception 5: 160003 in its place, 3 over, so g is 11 - 3
        ("160000", "00000070", False),
        ("140000", "09000094", True),  # exception 10: ab is 09 and g 9, so c to h alone: 18 + 4 = 22
        ("170000", "40000010", True),  # exception 4: 32 leaves 10, which is gh
        ("170000", "40000011", False),
        ("180000", "00000001", True),  # exception 7 needs g to be 9: 1 + 8 + 1 = 10
        ("180000", "00000091", True),  # g is 9: the sort code is left out, 9 + 1 = 10
        ("180000", "00000092", False),
        ("190000", "00000002", True),  # exception 8: 090126 in its place, 18 + 2 = 20
        ("190000", "00000000", False),
        ("210000", "10000040", True),  # exception 14: h is 0, so 01000004: 7 + 4 = 11
        ("210000", "10000042", False),  # h is 2, which rules that out
        ("220000", "01000004", True),  # exception 2 with a = 0: the weights of the table
        ("220000", "10000005", True),  # a is not 0: 6 + 5 = 11
        ("220000", "10000096", True),  # and g is 9: a and b left out, 27 + 6 = 33
        ("220000", "00000007", True),  # exception 9: 309634 in its place, 4 + 7 = 11
        ("220000", "00000008", False),
        ("230000", "10000003", True),  # exceptions 12 and 13, either row: 8 + 3 = 11
        ("230000", "10000002", True),  # 8 + 2 = 10
        ("230000", "10000004", False),
    ],
)
def test_made_up_table(made_up_table, sort_code, account, valid):
    verdict = check(sort_code, account, made_up_table)
    assert (verdict.valid, verdict.known, verdict.table_used) == (valid, True, True)


def test_a_sort_code_without_a_published_check_is_accepted_and_said_to_be_unknown(made_up_table):
    verdict = check("10-01-00", "12345678", made_up_table)
    assert (verdict.valid, verdict.known, verdict.table_used) == (True, False, True)
    assert "No check is published for sort code 10-01-00" in verdict.why


def test_without_a_table_only_the_form_is_checked_and_the_verdict_says_so():
    verdict = check("10-00-00", "10000004", None)
    assert (verdict.valid, verdict.known, verdict.table_used) == (True, False, False)
    assert "was not checked" in verdict.why


@pytest.mark.parametrize(
    ("sort_code", "account", "expected"),
    [
        ("12-34-56", "1234 5678", ("123456", "12345678")),
        (" 12 34 56 ", "1234567", ("123456", "01234567")),
        ("123456", "123456", ("123456", "00123456")),
        ("09-01-26", "712345678", ("090127", "12345678")),  # Santander: the first of nine digits moves left
        ("08-60-90", "1234567890", ("086090", "12345678")),  # Co-operative Bank: the first eight
        ("60-00-01", "1234567890", ("600001", "34567890")),  # NatWest: the last eight
    ],
)
def test_accounts_as_people_write_them(sort_code, account, expected):
    details = account_details(sort_code, account)
    assert (details.sort_code, details.account_number) == expected


@pytest.mark.parametrize(
    ("sort_code", "account", "field"),
    [
        ("12345", "12345678", "sort_code"),
        ("12-34-5X", "12345678", "sort_code"),
        ("", "", "sort_code"),
        ("١٢٣٤٥٦", "12345678", "sort_code"),
        ("123456", "12345", "account_number"),
        ("123456", "12345678901", "account_number"),
        ("123456", "GB12ABCD", "account_number"),
        ("200000", "123456789", "account_number"),
        ("200000", "1234567890", "account_number"),
    ],
)
def test_what_is_not_an_account_is_refused_with_its_field(sort_code, account, field):
    with pytest.raises(BadAccountDetails, match=r"digits") as refused:
        account_details(sort_code, account)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "is empty"),
        ("100000 100099 MOD12 0 0 0 0 0 0 7 1 3 7 1 3 7 1", "line 1"),
        ("100000 100099 MOD10 0 0 0 0 0 0 7 1 3 7 1 3 7", "line 1"),
        ("100000 100099 MOD10 0 0 0 0 0 0 7 1 3 7 1 3 7 1 15", "exception 15"),
    ],
)
def test_a_spoilt_table_is_refused_with_its_line(tmp_path, made_up_paths, line, said):
    spoilt = tmp_path / "spoilt.txt"
    spoilt.write_text(line)
    with pytest.raises(BadWeightTable, match=said):
        WeightTable.read(spoilt, made_up_paths[1])


def test_a_missing_table_is_refused(tmp_path, made_up_paths):
    with pytest.raises(BadWeightTable, match="cannot be read"):
        WeightTable.read(made_up_paths[0], tmp_path / "nowhere.txt")
