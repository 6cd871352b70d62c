"""Each thing that can be odd in a statement, and the sentence that says so."""

import re
import tracemalloc
from datetime import date

import pytest

from leeway.limits import TooMuch
from leeway.money.banking import statement
from leeway.money.banking.lines import Line
from leeway.money.banking.statement import read_statement
from leeway.reading import CannotRead

from . import statement_writers as write

RENT = Line(
    booked_on=date(2026, 4, 1), amount_pence=-5_00, reference="RUN14-ADA", description="Ada", bank_reference="B1"
)
PAY = Line(
    booked_on=date(2026, 4, 2), amount_pence=12_34, reference="RUN14-BEN", description="Ben", bank_reference="B2"
)
MT940, CAMT = write.mt940([RENT, PAY], opening_pence=100_00), write.camt([RENT, PAY], opening_pence=100_00)
OFX = write.ofx([RENT, PAY], closing_pence=107_34)
CSV = b"Date,Description,Amount,Balance\n2026-04-01,Rent,-5.00,95.00\n2026-04-02,Pay,12.34,107.34\n"
ALL = {"MT940": MT940, "camt.053": CAMT, "OFX": OFX, "CSV": CSV}


def changed(content: bytes, *changes: tuple[str, str]) -> bytes:
    for old, new in changes:
        assert old.encode() in content
        content = content.replace(old.encode(), new.encode())
    return content


def only(content: bytes):
    [statement] = read_statement(content).statements
    return statement


def refusal(content: bytes) -> str:
    with pytest.raises(CannotRead) as refused:
        read_statement(content)
    return str(refused.value)


@pytest.mark.parametrize("kind", ALL)
def test_each_format_gives_the_same_lines(kind):
    found = read_statement(ALL[kind])
    assert found.format == kind
    [statement] = found.statements
    assert [line.amount_pence for line in statement.lines] == [-5_00, 12_34]
    assert [line.booked_on for line in statement.lines] == [date(2026, 4, 1), date(2026, 4, 2)]
    assert statement.closing_balance_pence == 107_34
    assert statement.opening_balance_pence == (None if kind == "OFX" else 100_00)
    assert statement.warnings == (() if kind != "CSV" else ("The table does not say of which account it is.",))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            changed(MT940, (":61:2604010401", ":61:2604310431")),
            "Line 5 (:61:): 31/04/2026 is not a day of the calendar.",
        ),
        (changed(CAMT, ("<Dt>2026-04-02", "<Dt>2026-02-30")), "Statement 1, entry 2, BookgDt: 30/02/2026 is not a day"),
        (changed(OFX, ("20260402", "20261302")), "DTPOSTED: 02/13/2026 is not a day of the calendar."),
        (changed(CSV, ("2026-04-02", "2026-04-31")), "Row 3: 31/04/2026 is not a day of the calendar."),
        (changed(CSV, ("2026-04-02", "0202-04-02")), "Row 3: the year 202 cannot be meant."),
        (changed(CSV, ("2026-04-02", "2 April")), "Row 3: the day “2 April” has no year."),
        (changed(CSV, ("2026-04-02", "soon")), "Row 3: “soon” is not a day."),
    ],
)
def test_a_day_that_is_none_is_named(content, sentence):
    assert sentence in refusal(content)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (changed(MT940, ("C12,34", "C12,345")), "Line 7 (:61:)"),
        (changed(CAMT, ("12.34", "12.345")), "Statement 1, entry 2"),
        (changed(OFX, ("12.34", "12.345")), "TRNAMT"),
        (changed(CSV, ("12.34", "12.345")), "Row 3"),
    ],
)
def test_parts_of_a_penny_are_refused(content, where):
    assert where in refusal(content)
    assert "has parts of a penny" in refusal(content)


@pytest.mark.parametrize("content", [MT940.replace(b"C12,34", b"C1,000"), CAMT.replace(b"12.34", b"1,000")])
def test_a_comma_before_three_noughts_is_not_read_as_a_point(content):
    """A thousand pounds would be one."""
    assert "“1,000” may be thousands" in refusal(content)
    assert "“1,000” may be thousands" in refusal(OFX.replace(b"12.34", b"1,000"))


def test_noughts_after_the_pennies_are_no_parts():
    assert only(changed(CAMT, ("12.34", "12.34000"))).lines[1].amount_pence == 12_34


@pytest.mark.parametrize(
    "content",
    [
        changed(MT940, ("C12,34", "C12,35")),
        changed(CAMT, ('<Ntry><Amt Ccy="GBP">12.34', '<Ntry><Amt Ccy="GBP">12.35')),
    ],
)
def test_balances_that_do_not_add_up_are_read_and_told(content):
    statement = only(content)
    assert [line.amount_pence for line in statement.lines] == [-5_00, 12_35]
    assert statement.warnings == (
        "The balances do not add up: £100.00 at the start and lines of £7.35 make £107.35, and the bank says £107.34. "
        "Lines may be missing: ask the bank.",
    )


def test_a_balance_beside_the_lines_that_does_not_follow_is_told():
    statement = only(changed(CSV, ("95.00", "96.00")))
    assert statement.warnings[0] == "Row 3: the balance does not follow from the row before. Rows may be missing."


def test_lines_of_nothing_are_kept_and_told():
    statement = only(write.mt940([Line(booked_on=RENT.booked_on, amount_pence=0, reference="X", description="told")]))
    assert [line.amount_pence for line in statement.lines] == [0]
    assert statement.warnings == ("1 line is of 0.00: the bank only tells something with it.",)


def test_missing_balances():
    closing = changed(MT940, (":62F:C260401GBP107,34\r\n", ""))
    assert "has no closing balance (field :62F:), so the file may have been cut" in refusal(closing)
    statement = only(changed(CAMT, ("<Cd>CLBD</Cd>", "<Cd>CLAV</Cd>")))
    assert (statement.opening_balance_pence, statement.closing_balance_pence) == (100_00, None)
    assert statement.warnings == ("The bank gives no closing balance, so whether lines are missing cannot be told.",)
    notified = only(write.camt([RENT], kind="camt.054"))
    assert (notified.opening_balance_pence, notified.closing_balance_pence, notified.warnings) == (None, None, ())
    assert only(changed(OFX, ("<BALAMT>107.34", "<BALAMT>"))).closing_balance_pence is None


def test_another_currency_is_read_and_told_and_two_are_refused():
    euros = only(changed(MT940, ("GBP", "EUR")))
    assert euros.currency == "EUR"
    assert euros.warnings == ("The account is in EUR, not in pounds: each amount is in hundredths of EUR.",)
    assert "opens in GBP and closes in EUR" in refusal(changed(MT940, ("GBP107", "EUR107")))
    entry = changed(CAMT, ('<Ntry><Amt Ccy="GBP">12.34', '<Ntry><Amt Ccy="EUR">12.34'))
    assert "Statement 1, entry 2 is in EUR and the account in GBP." in refusal(entry)
    paid = changed(OFX, ("<TRNAMT>12.34\n", "<TRNAMT>12.34\n<CURRENCY><CURSYM>EUR</CURRENCY>\n"))
    assert "the transaction is in EUR and the account in GBP" in refusal(paid)


def test_several_statements_and_several_accounts():
    other = changed(MT940, ("12345678", "87654321"), ("LEEWAY", "SECOND"))
    found = read_statement(MT940 + other)
    assert [each.account for each in found.statements] == ["200000 12345678", "200000 87654321"]
    assert found.warnings == ("The file holds 2 statements, of 2 accounts.",)
    assert read_statement(MT940 + MT940).warnings == (
        "The file holds 2 statements, of 1 account.",
        "A statement is in the file twice, with the same lines and balances: one of them is a copy.",
    )
    statement = CAMT[CAMT.index(b"<Stmt>") : CAMT.index(b"</Stmt>") + len("</Stmt>")].decode()
    twice = changed(CAMT, ("</Stmt>", "</Stmt>" + statement.replace("12345678", "87654321")))
    assert [each.account for each in read_statement(twice).statements] == ["200000 12345678", "200000 87654321"]
    part = OFX[OFX.index(b"<STMTTRNRS>") : OFX.index(b"</STMTTRNRS>") + len("</STMTTRNRS>")].decode()
    twice = changed(OFX, ("</STMTTRNRS>", "</STMTTRNRS>" + part.replace("12345678", "87654321")))
    assert [each.account for each in read_statement(twice).statements] == ["200000 12345678", "200000 87654321"]


def test_letters_of_other_encodings():
    german = changed(MT940, (":86:Ada", ":86:Zoë"))
    assert only(german).lines[0].description == "Zoë"
    windows = german.decode().encode("cp1252")
    found = read_statement(windows)
    assert found.statements[0].lines[0].description == "Zoë"
    assert "is not in UTF-8 and was read as Windows letters" in found.warnings[0]
    assert only(german.decode().encode("utf-16")).lines[0].description == "Zoë"
    for encoding in ("ISO-8859-1", "windows-1252", "utf-16"):
        named = [Line(booked_on=date(2026, 4, 1), amount_pence=1, reference="Zoë", description="")]
        assert only(write.camt(named, encoding=encoding)).lines[0].reference == "Zoë"
    for spaces in ("", " " * 500):
        utf_7 = changed(CAMT, (' encoding="UTF-8"', f'{spaces} encoding="UTF-7"'))
        assert "in UTF-7, which is not read here" in refusal(utf_7)


@pytest.mark.parametrize("kind", ALL)
def test_nul_is_named(kind):
    middle = len(ALL[kind]) // 2
    assert "bytes of nought (NUL)" in refusal(ALL[kind][:middle] + b"\0" + ALL[kind][middle:])


@pytest.mark.parametrize("kind", ALL)
def test_a_file_that_is_too_large_is_one_sentence(kind, monkeypatch):
    monkeypatch.setenv("LEEWAY_MOST_STATEMENT_MB", "1")
    with pytest.raises(TooMuch, match=r"more than 1 MB\. .* LEEWAY_MOST_STATEMENT_MB"):
        read_statement(ALL[kind] + b" " * 1_000_001)


@pytest.mark.parametrize("kind", ALL)
def test_too_many_lines_are_one_sentence(kind, monkeypatch):
    monkeypatch.setenv("LEEWAY_MOST_TABLE_ROWS", "1")
    with pytest.raises(TooMuch, match=r"more than 1 rows\. .* LEEWAY_MOST_TABLE_ROWS"):
        read_statement(ALL[kind])


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">&b;</Document>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_defines_something_is_refused(encoding):
    assert "defines a document type (DOCTYPE)" in refusal(LAUGHS.encode(encoding))


def test_xml_too_deep_or_too_wide_is_refused():
    start = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
    with pytest.raises(TooMuch, match="50 things inside one another"):
        read_statement((start + "<a>" * 100).encode())
    assert "elements beside its entries" in refusal((start + "<a/>" * 200_000).encode())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n\n", "The file is empty."),
        (b"%PDF-1.7", "The file is a PDF"),
        (b"\x1f\x8b\x08", "is packed (gzip)"),
        (b"\xd0\xcf\x11\xe0\xa1", "is a workbook of an old kind"),
        (b"PK\x03\x04 nothing", "is packed (ZIP), and no workbook"),
        (b"PK\x03\x04 [Content_Types].xml nothing", "The workbook cannot be read"),
        (b'{"a": 1}', "The file is JSON"),
        (b"VOL1 623187", "The file is a Bacs file"),
        (b"<html><body>Sign in</body></html>", "There is no statement in it"),
        (b"Dear council, our statement follows.", "no row has headings of a table"),
    ],
)
def test_what_is_no_statement_says_what_it_is(content, sentence):
    assert sentence in refusal(content)


def test_mt940_reversals_are_signed_and_what_is_expected_is_left_out():
    statement = only(changed(MT940, ("0401D5,00", "0401RC5,00"), ("0402C12,34", "0402RD12,34")))
    assert [line.amount_pence for line in statement.lines] == [-5_00, 12_34]
    statement = only(changed(MT940, ("0401D5,00", "0401ED5,00"), ("107,34", "112,34")))
    assert [line.amount_pence for line in statement.lines] == [12_34]
    assert statement.warnings == ("Left out, because they are only expected and not booked: 1.",)


def test_mt940_the_day_of_booking_is_in_the_year_nearest_to_the_day_of_value():
    around = only(changed(MT940, (":61:2604010401", ":61:2512310102"), (":61:2604020402", ":61:2601021231")))
    assert [(line.value_on, line.booked_on) for line in around.lines] == [
        (date(2025, 12, 31), date(2026, 1, 2)),
        (date(2026, 1, 2), date(2025, 12, 31)),
    ]


def test_mt940_a_field_outside_a_statement_is_refused_and_one_inside_a_narrative_is_words():
    assert "Line 11 (:61:): it stands in no statement" in refusal(MT940 + b":61:2604010401D5,00NTRFX\r\n")
    told = only(changed(MT940, (":86:Ada", ":86:Ada\r\n:99:00 o'clock")))
    assert told.lines[0].description == "Ada :99:00 o'clock"


def test_mt942_has_no_balances_and_its_sums_are_compared():
    interim = (
        b":20:A\n:25:20000012345678\n:28C:1\n:34F:GBP0,\n:61:2604010401D5,00NTRFX\n:90D:1GBP5,00\n:90C:1GBP9,00\n-\n"
    )
    found = read_statement(interim)
    assert found.format == "MT942"
    assert (found.statements[0].currency, found.statements[0].closing_balance_pence) == ("GBP", None)
    assert found.statements[0].warnings == (
        "The bank counts 1 of money in, £9.00; the lines are 0, £0.00. Ask the bank.",
    )


BATCH = (
    "<NtryDtls><Btch><PmtInfId>RUN14</PmtInfId></Btch>"
    '<TxDtls><Refs><EndToEndId>RUN14-ADA</EndToEndId></Refs><Amt Ccy="GBP">2.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
    "<RltdPties><Cdtr><Pty><Nm>Ada</Nm></Pty></Cdtr><CdtrAcct><Id><Othr><Id>00000003</Id></Othr></Id></CdtrAcct>"
    "</RltdPties><RltdAgts><CdtrAgt><FinInstnId><ClrSysMmbId><MmbId>100000</MmbId></ClrSysMmbId></FinInstnId>"
    "</CdtrAgt></RltdAgts></TxDtls>"
    '<TxDtls><Refs><EndToEndId>RUN14-BEN</EndToEndId></Refs><Amt Ccy="GBP">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
    "</TxDtls></NtryDtls>"
)


def batch(details: str = BATCH) -> bytes:
    start = CAMT.index(b"<NtryDtls>")
    return CAMT[:start] + details.encode() + CAMT[CAMT.index(b"</NtryDtls>") + len("</NtryDtls>") :]


def test_camt_payments_booked_as_one_amount_are_parts_of_one_line():
    statement = only(batch())
    line = statement.lines[0]
    assert (line.amount_pence, line.reference, line.end_to_end_id) == (-5_00, "RUN14", "")
    assert [(each.amount_pence, each.end_to_end_id) for each in line.details] == [
        (-2_00, "RUN14-ADA"),
        (-3_00, "RUN14-BEN"),
    ]
    assert (line.details[0].counterparty, line.details[0].counterparty_account) == ("Ada", "100000 00000003")
    assert statement.warnings == ()
    [warning] = only(batch(BATCH.replace("3.00", "4.00"))).warnings
    assert warning == ("Statement 1, entry 1 is −£5.00, and the payments inside it are −£6.00. Ask the bank.")


def test_camt_a_payment_that_came_back_names_its_reason_and_who_it_was_for():
    came_back = Line(
        booked_on=date(2026, 4, 3), amount_pence=5_00, reference="RUN14-ADA", description="", counterparty="Ada",
        end_to_end_id="RUN14-ADA", return_reason="AC04",
    )  # fmt: skip
    [line] = only(write.camt([came_back])).lines
    assert (line.return_reason, line.counterparty, line.end_to_end_id) == ("AC04", "Ada", "RUN14-ADA")


def test_camt_what_is_only_expected_is_no_line():
    statement = only(CAMT.replace(b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>", 1))
    assert [line.amount_pence for line in statement.lines] == [12_34]
    assert statement.warnings[0] == "Left out, because they are only expected and not booked: 1."


def test_camt_copies_and_pages_are_told():
    pages = "<StmtPgntn><PgNb>2</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><CpyDplctInd>DUPL</CpyDplctInd>"
    assert only(changed(CAMT, ("<ElctrncSeqNb>", f"{pages}<ElctrncSeqNb>"))).warnings == (
        "The bank marks this statement as a duplicate of one that it sent before.",
        "This is page 2 of a statement; its other pages come in other messages.",
    )


def test_camt_an_entry_without_money_in_or_out_is_refused():
    assert "Statement 1, entry 1: whether money came in or went out" in refusal(
        changed(CAMT, ("<CdtDbtInd>DBIT</CdtDbtInd><Sts>", "<Sts>"))
    )
    assert "Statement 1, entry 1 has no amount (Amt)" in refusal(
        changed(CAMT, ('<Ntry><Amt Ccy="GBP">5.00</Amt>', "<Ntry>"))
    )


def test_ofx_the_day_is_the_one_that_the_bank_wrote():
    """Late in the evening in New York it is tomorrow in London; the bank's statement says today."""
    assert (
        only(changed(OFX, ("20260402120000[0:GMT]", "20260402233000.000[-4:EDT]"))).lines[1].booked_on == PAY.booked_on
    )


def test_ofx_doubles_are_told_and_a_second_file_pasted_to_the_first_is_refused():
    assert only(changed(OFX, ("<FITID>B2", "<FITID>B1"))).warnings == (
        "The bank’s own reference (FITID) “B1” is on 2 lines, and should be on one.",
    )
    assert "stands after </OFX>. Give each file by itself." in refusal(OFX + OFX)


def test_ofx_what_cannot_be_read_is_never_passed_over():
    assert "is not OFX" in refusal(changed(OFX, ("<TRNAMT>12.34", "<TRNAMT 12.34")))
    assert "ends what was not begun" in refusal(changed(OFX, ("</BANKTRANLIST>", "</BANKTRANLIST></INVTRANLIST>")))
    assert "has no amount (TRNAMT)" in refusal(changed(OFX, ("<TRNAMT>12.34\n", "")))


def test_camt_without_its_name_is_refused_and_another_message_is_named():
    name = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
    assert "does not say which message it is" in refusal(changed(CAMT, (f' xmlns="{name}"', "")))
    assert "The file is a message “pain.002.001.03”, and no statement" in refusal(
        changed(CAMT, ("camt.053.001.08", "pain.002.001.03"))
    )


def test_what_somebody_wrote_as_a_reference_does_not_make_it_another_kind_of_file():
    """Whoever pays in chooses the words; they must not be able to make a council's statement unreadable."""
    words = "<OFX> {1:F01 urn:iso:std:iso:20022:tech:xsd:pain.001.001.03 OFXHEADER:100"
    assert read_statement(changed(CSV, ("Pay", words))).format == "CSV"
    assert read_statement(changed(MT940, (":86:Ben", f":86:{words}"))).format == "MT940"
    xml = words.replace("<", "&lt;").replace(">", "&gt;")
    assert read_statement(changed(CAMT, ("Ben", xml))).statements[0].lines[1].description.startswith(words)
    assert read_statement(changed(OFX, ("RUN14-BEN", xml))).statements[0].lines[1].reference == words


@pytest.mark.parametrize("digits", ["0" * 10_000, "9" * 10_000])
def test_numbers_of_thousands_of_figures(digits):
    if digits[0] == "0":
        assert only(changed(CAMT, ("12.34", f"{digits}12.34"))).lines[1].amount_pence == 12_34
    else:
        assert "is larger than any amount" in refusal(changed(CAMT, ("12.34", f"{digits}12.34")))


def test_a_currency_that_is_none_is_refused():
    assert "“POUND” is not a currency" in refusal(changed(OFX, ("<CURDEF>GBP", "<CURDEF>pound")))


def test_mt940_a_field_of_no_end_is_refused():
    assert "Line 6 (:86:): it has more than 20,000 letters, which no field has." in refusal(
        changed(MT940, (":86:Ada", ":86:" + "Ada\r\n" * 6_000))
    )


def test_mt940_a_field_that_is_there_twice_is_refused():
    twice = changed(MT940, (":28C:1/1\r\n", ":28C:1/1\r\n:60F:C260401GBP1,00\r\n"))
    assert "Line 5 (:60F:): the statement that begins on line 1 has this field twice." in refusal(twice)


def test_camt_who_stands_on_the_other_side():
    """Money out went to the creditor; money in came from the debtor; but what came back names those of the payment."""
    both = "<RltdPties><Dbtr><Pty><Nm>Anytown</Nm></Pty></Dbtr><Cdtr><Pty><Nm>Ada</Nm></Pty></Cdtr></RltdPties>"
    content = changed(CAMT, ("<RmtInf>", f"{both}<RmtInf>"))
    assert [line.counterparty for line in only(content).lines] == ["Ada", "Anytown"]
    came_back = changed(content, ("</RmtInf></TxDtls>", "</RmtInf><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>"))
    assert only(came_back).lines[1].counterparty == "Ada"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<BkTxCd/>", f"<BkTxCd {' '.join(f'a{number}=""' for number in range(51))}/>"),
        ("<BkTxCd/>", "".join(f"<n{number}/>" for number in range(2_001))),
        ("RUN14-ADA", "x" * 1_000_001),
    ],
    ids=["attributes", "names", "text"],
)
def test_xml_of_no_end_in_one_place_is_refused(old, new):
    """A few megabytes of these would take gigabytes to hold."""
    assert (
        "names or attributes" in (said := refusal_or_too_much(changed(CAMT, (old, new)))) or "more than 1,000" in said
    )


def refusal_or_too_much(content: bytes) -> str:
    with pytest.raises((CannotRead, TooMuch)) as refused:
        read_statement(content)
    return str(refused.value)


def test_payments_and_statements_of_no_end_are_refused(monkeypatch):
    monkeypatch.setenv("LEEWAY_MOST_TABLE_ROWS", "3")
    detail = re.search(rb"<TxDtls>.*?</TxDtls>", CAMT)[0]
    assert "The entries: more than 3 rows" in refusal_or_too_much(CAMT.replace(detail, detail * 4))
    monkeypatch.setattr(statement, "STATEMENTS_MOST", 1)
    assert "holds more than 1 statements" in refusal(MT940 + MT940)


def test_ofx_a_long_marked_value_takes_no_more_memory_than_it_is_long():
    """Fifty megabytes of one took six gigabytes."""
    content = changed(write.ofx([RENT], sgml=False), ("RUN14-ADA", f"<![CDATA[{'x' * 500_000}]]>"))
    tracemalloc.start()
    assert "10,000 characters in one place" in refusal_or_too_much(content)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_ofx_an_empty_value_without_an_end_swallows_nothing():
    statement = only(changed(OFX, ("<FITID>B2\n", "<FITID>\n<NAME>\n")))
    assert (statement.lines[1].reference, statement.lines[1].amount_pence) == ("RUN14-BEN", 12_34)
    assert statement.lines[1].bank_reference == ""
    assert only(changed(OFX, ("<BANKTRANLIST>", "<BANKTRANLIST><DTSTART>\n"))).lines == only(OFX).lines
