"""Statements as tables: exports of banks, a council's own mapping, and what a table must settle."""

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from leeway import workbook as opened_apart
from leeway.money.banking.readers.mapping import mapping_named, shipped
from leeway.money.banking.statement import read_statement
from leeway.reading import CannotRead
from tests.workbooks import xlsx


def read(text: str, mapping: str | None = None):
    return read_statement(text.encode(), mapping=mapping_named(mapping) if mapping else None).statements


def only(text: str, mapping: str | None = None):
    [statement] = read(text, mapping)
    return statement


def refusal(text: str, mapping: str | None = None) -> str:
    with pytest.raises(CannotRead) as refused:
        read(text, mapping)
    return str(refused.value)


def test_a_row_that_tells_neither_an_amount_nor_a_balance_is_not_passed_over():
    """A cell of an amount that the spreadsheet could not work out (#REF!) comes as an empty one."""
    rows = ["Date,Description,Amount", "2026-04-01,Taxi,", "2026-04-02,Shop,-5.00", ""]
    assert "Row 2 has a day, and neither an amount nor a balance" in refusal("\n".join(rows))


def test_a_workbook_of_more_cells_than_any_is_refused_before_they_are_read(monkeypatch):
    """Two kilobytes with a cell far down and far right are thirty million empty ones."""
    content = xlsx({"S": [["Date", "Amount"], ["2026-04-01", "5"]]})
    assert len(list(opened_apart._told(content))) == 3
    monkeypatch.setattr(opened_apart, "CELLS_MOST", 3)
    with pytest.raises(CannotRead, match="unpacks to more than can be meant"):
        list(opened_apart._told(content))


# Headings as they were found in public, with rows of our own.
LLOYDS = """Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,\
Credit Amount,Balance,
30/10/2015,BGC,'20-00-00,12345678,ADA PB 14 ,,5259.31,14298.40
29/10/2015,DEB,'20-00-00,12345678,SWIMMING ,4.60,,9039.09
"""
LLOYDS_COMMERCIAL = """Post Date,Account Number,Account Name,Type,Amount,Customer Reference,Transaction Detail,Balance
29/10/2015,200000-12345678 GBP,ANYTOWN,Payment,-4.60,RUN14 ADA,SWIMMING,9039.09
30/10/2015,200000-12345678 GBP,ANYTOWN,Transfer,5259.31,PB 14,ADA,14298.40
"""
STARLING = """Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP),Spending Category,Notes
29/10/2015,Pool,SWIMMING,FASTER PAYMENT,-4.60,9039.09,FUN,
30/10/2015,Anytown,ADA PB 14,FASTER PAYMENT,5259.31,14298.40,INCOME,
"""
NATWEST = """Date, Type, Description, Value, Balance, Account Name, Account Number

29/10/2015,POS,"'SWIMMING , POOL",-4.60,9039.09,"'ADA","'200000-12345678",
30/10/2015,BAC,"'ADA PB 14",5259.31,14298.40,"'ADA","'200000-12345678",
"""
BARCLAYS = """Number,Date,Account,Amount,Subcategory,Memo
,30/10/2015,20-00-00 12345678,5259.31,DIRECTDEP,ADA PB 14
,29/10/2015,20-00-00 12345678,-4.60,PAYMENT,SWIMMING
"""
EXPORTS = {
    "lloyds": LLOYDS,
    "lloyds-commercial": LLOYDS_COMMERCIAL,
    "starling": STARLING,
    "natwest": NATWEST,
    "barclays": BARCLAYS,
}


def test_every_mapping_of_a_bank_has_an_example():
    assert set(shipped()) == {*EXPORTS, "usual", "day-first"}


@pytest.mark.parametrize("name", EXPORTS)
def test_the_exports_of_banks_are_known_by_their_headings(name):
    for chosen in (None, name):
        statement = only(EXPORTS[name], chosen)
        assert [line.amount_pence for line in statement.lines] == [-4_60, 5259_31]
        assert [line.booked_on for line in statement.lines] == [date(2015, 10, 29), date(2015, 10, 30)]
        assert statement.account == ("" if name == "starling" else "200000 12345678")
        balances = (statement.opening_balance_pence, statement.closing_balance_pence)
        assert balances == ((None, None) if name == "barclays" else (9043_69, 14298_40))
        assert statement.lines[1].reference in {"ADA PB 14", "PB 14"}


@pytest.mark.parametrize(
    ("written", "pence"),
    [
        ("1234.56", 1234_56), ("£1,234.56", 1234_56), ("-£5", -5_00), ("(5.00)", -5_00), ("5.00-", -5_00),
        ("5.00 DR", -5_00), ("1,234.56CR", 1234_56), ("+5.5", 5_50), ("−5.00", -5_00), ("£ 1,234,567.80", 1234567_80),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(written, pence):
    assert only(f'Date,Amount\n2026-04-01,"{written}"\n').lines[0].amount_pence == pence


@pytest.mark.parametrize("written", ["1.234,56", "12,50", "1,23,456.00", "five", "--5", "(-5.00)", "5 00,0", "£"])
def test_what_is_no_amount_is_refused_with_its_row(written):
    assert "Row 2" in refusal(f'Date,Amount\n2026-04-01,"{written}"\n')


def test_the_order_of_day_and_month_is_settled_by_the_whole_file():
    rows = "Date,Amount\n01/04/2026,1.00\n{}/2026,2.00\n"
    assert only(rows.format("13/04")).lines[0].booked_on == date(2026, 4, 1)
    assert only(rows.format("01/13")).lines[0].booked_on == date(2026, 1, 4)
    assert "Row 2 (01/04/2026) can be meant day first or month first" in refusal(rows.format("02/04"))
    assert only(rows.format("02/04"), "day-first").lines[0].booked_on == date(2026, 4, 1)
    assert "Row 3 (01/13/2026) cannot have the day first, as the mapping says" in refusal(
        rows.format("01/13"), "day-first"
    )
    both = rows.format("13/04") + "01/14/2026,3.00\n"
    assert "Row 3 (13/04/2026) has the day first, and Row 4 (01/14/2026) the month." in refusal(both)


@pytest.mark.parametrize("written", ["2026-04-06", "20260406", "6 April 2026", "06-Apr-26", "2026-04-06T09:30:00Z"])
def test_days_that_cannot_be_mistaken(written):
    assert only(f"Date,Amount\n{written},1.00\n").lines[0].booked_on == date(2026, 4, 6)


def test_money_out_is_written_with_a_minus_everywhere_or_nowhere():
    rows = "Date,Paid out,Paid in\n2026-04-01,{},\n2026-04-02,{},\n2026-04-03,,9.00\n"
    assert [line.amount_pence for line in only(rows.format("5.00", "6.00")).lines] == [-5_00, -6_00, 9_00]
    assert [line.amount_pence for line in only(rows.format("-5.00", "-6.00")).lines] == [-5_00, -6_00, 9_00]
    assert "have a minus and some have none" in refusal(rows.format("-5.00", "6.00"))
    assert "Row 2 has money in and money out" in refusal("Date,Paid out,Paid in\n2026-04-01,5.00,6.00\n")
    assert "Row 2: money in is “-6.00”, below nought" in refusal("Date,Paid out,Paid in\n2026-04-01,,-6.00\n")


def test_rows_without_an_amount_are_no_lines_and_are_told():
    statement = only(
        "Anytown Bank\n\nDate,Details,Amount,Balance\n2026-04-01,Brought forward,,100.00\n2026-04-02,Rent,-5.00,95.00\n"
        ",Thank you for banking with us,,\n"
    )
    assert (statement.opening_balance_pence, statement.closing_balance_pence, len(statement.lines)) == (
        100_00,
        95_00,
        1,
    )
    assert statement.warnings[:2] == (
        "Rows without a day and an amount were left out: 6.",
        "Rows without an amount tell only a balance, and are no lines: 4.",
    )
    assert "Row 2 has an amount and no day" in refusal("Date,Amount\n,5.00\n")


def test_a_row_that_was_cut_or_has_a_comma_more_is_refused():
    assert "Row 3 has 2 cells, and the headings are 3" in refusal(
        "Date,Details,Amount\n2026-04-01,x,1.00\n2026-04-02,y"
    )
    assert "Row 2 has 4 cells" in refusal("Date,Details,Amount\n2026-04-01,x,1,234.00\n")
    assert "Row 2 has 4 cells" in refusal("Date,Details,Amount\n2026-04-01,Smith, John,1.00\n")
    assert "not a CSV file that can be read" in refusal('Date,Amount\n2026-04-01,"1.00')


def test_several_accounts_and_currencies_are_several_statements():
    rows = "Date,Account number,Currency,Amount\n2026-04-01,1,GBP,1.00\n2026-04-01,2,GBP,2.00\n2026-04-02,1,EUR,3.00\n"
    found = [(each.account, each.currency, [line.amount_pence for line in each.lines]) for each in read(rows)]
    assert found == [("1", "GBP", [1_00]), ("2", "GBP", [2_00]), ("1", "EUR", [3_00])]


def test_columns_may_be_parted_by_semicolons_or_tabs():
    for sign in ";\t":
        assert len(only("Date,Details,Amount\n2026-04-01,x,1.00\n".replace(",", sign)).lines) == 1


OWN = """about: The card of the council's own provider.
columns: {booked_on: Settled, amount: Sum, reference: Purpose, description: [Shop, Purpose], balance: Left}
days: day first
"""


def test_a_councils_own_mapping(tmp_path):
    own = tmp_path / "card.yaml"
    own.write_text(OWN)
    rows = "Card of Ada\nSettled,Sum,Purpose,Shop,Left\n01/04/2026,-5.00,Swim,Pool,95.00\n"
    [line] = only(rows, str(own)).lines
    assert (line.booked_on, line.amount_pence, line.reference) == (date(2026, 4, 1), -5_00, "Swim")
    assert line.description == "Pool Swim"
    assert "no row has headings" in refusal(rows)
    assert "The headings of the mapping “Card” are not in the first 50 rows." in refusal("a,b\n1,2\n", str(own))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("days: day first", "days: any"), "days is “any”; use “day first” or “month first”"),
        (("amount: Sum, ", ""), "columns must name booked_on, and amount or paid_in and paid_out"),
        (("balance: Left", "ballance: Left"), "the column “ballance” is not known"),
        (("about:", "abuot:"), "“abuot” is not known"),
        (("Sum", "[]"), "the column “amount” must have a heading, or a list of headings"),
        (("days: day first", "currency: pounds"), "currency is “pounds”; use three letters"),
        (("columns:", "columns: 1\nabout2:"), "it must have `columns`"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_one_sentence(tmp_path, change, sentence):
    own = tmp_path / "card.yaml"
    own.write_text(OWN.replace(*change))
    with pytest.raises(CannotRead) as refused:
        mapping_named(str(own))
    assert sentence in str(refused.value)
    assert str(own) in str(refused.value)


def test_a_card_may_write_what_was_spent_without_a_minus(tmp_path):
    own = tmp_path / "card.yaml"
    own.write_text("columns: {booked_on: Day, amount: Sum, balance: Left}\nsigns: money out has no minus\n")
    statement = only("Day,Sum,Left\n14/04/2026,8.50,91.50\n15/04/2026,-2.00,93.50\n", str(own))
    assert [line.amount_pence for line in statement.lines] == [-8_50, 2_00] and not [
        note for note in statement.warnings if "follow" in note
    ]
    own.write_text("columns: {booked_on: Day, amount: Sum}\nsigns: the other way round\n")
    with pytest.raises(CannotRead, match="signs is “the other way round”"):
        mapping_named(str(own))


def test_two_columns_of_one_name_are_not_told_apart(tmp_path):
    assert "no row has headings of a table" in refusal("Date,Amount,Amount\n14/04/2026,1.00,2.00\n")


def test_a_mapping_that_is_not_there_names_those_that_are():
    with pytest.raises(CannotRead, match=r"There is no mapping “barklays”.*barclays"):
        mapping_named("barklays")


def workbook(*sheets: list[list]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"default_date_format": "dd/mm/yy"}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return written.getvalue()


ROWS = [
    ["Anytown Bank"],
    ["Date", "Details", "Amount", "Balance"],
    [datetime(2026, 4, 1), "Rent", -5, 95],
    [datetime(2026, 4, 2), "Pay", 0.1 + 0.2, 95.3],
]


def test_a_workbook():
    found = read_statement(workbook(ROWS))
    assert found.format == "XLSX"
    [statement] = found.statements
    assert [(line.booked_on, line.amount_pence, line.reference) for line in statement.lines] == [
        (date(2026, 4, 1), -5_00, "Rent"),
        (date(2026, 4, 2), 30, "Pay"),
    ]
    assert (statement.opening_balance_pence, statement.closing_balance_pence) == (100_00, 95_30)
    assert read_statement(workbook(ROWS, [])).statements == found.statements


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (workbook(ROWS, ROWS), "2 sheets have rows (“Sheet1”, “Sheet2”), and one must."),
        (workbook([]), "No sheet of the workbook has a row."),
        (workbook([["a", "b"]]), "no row has headings of a table"),
        (workbook(ROWS)[:900], "The workbook cannot be read"),
        (xlsx({"S": [["Date", "Amount"], ["2026-04-01", "27.5%"]]}), "Row 2: “27.5%” is not an amount."),
    ],
)
def test_a_workbook_that_cannot_be_read_is_one_sentence(content, sentence):
    with pytest.raises(CannotRead) as refused:
        read_statement(content)
    assert sentence in str(refused.value)


def test_a_workbook_that_unpacks_to_gigabytes_is_one_sentence():
    """The process that opens it has a limit of memory, whatever its parts say of their size."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(ROWS))) as honest,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for name in honest.namelist():
            if "sheet1" not in name:
                bomb.writestr(name, honest.read(name))
        start, end = honest.read("xl/worksheets/sheet1.xml").split(b"<sheetData>")
        with bomb.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(start + b"<sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>")
            for _ in range(1_500):
                sheet.write(b"x" * 1_000_000)
            sheet.write(b"</t></is></c></row></sheetData>" + end.split(b"</sheetData>")[1])
    assert len(made.getvalue()) < 2_000_000
    with pytest.raises(CannotRead, match="The workbook cannot be read"):
        read_statement(made.getvalue())


def test_a_workbook_with_a_cell_at_the_end_of_the_world_is_one_sentence():
    with pytest.raises(CannotRead):
        read_statement(workbook([*ROWS, *[[]] * 400_000, [None] * 16_000 + ["x"]]))
