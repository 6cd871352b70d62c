"""pain.002: what a bank says of each payment, read from reports that ISO's schemas accept."""

import pytest
import xmlschema

from leeway.money.banking import make_reason_codes, reasons, status_report
from leeway.money.banking.reasons import DUPLICATES, PLAIN, Reason, ReasonSet, reason_for
from leeway.money.banking.status_report import VERDICTS, BadStatusReport, PaymentStatus, Verdict

from .reports import report, status

VERSIONS = ("03", "12")
ADA, BEN, CAZ = (name * 16 for name in ("ad", "be", "ca"))
CLOSED = Reason("AC04", "the account is closed")


@pytest.mark.parametrize("version", VERSIONS)
def test_each_payment_by_name(version, published):
    written = report(
        status(ADA, "ACSP", pence=71_43),
        status(BEN, "RJCT", code="AC04"),
        status(CAZ, "PDNG"),
        version=version,
        group="PART",
        batch="PART",
        count=3,
        pence=100_00,
        rejected=1,
    )
    xmlschema.XMLSchema(published(f"banking/iso20022/xsd/pain.002.001.{version}.xsd")).validate(written.decode())
    found = status_report.read(written)
    assert (found.message_id, found.about, found.count, found.total_pence) == ("BANK-1", "LEEWAY-000001", 3, 100_00)
    assert (found.whole, found.why) == (None, None)
    assert found.payments == (
        PaymentStatus(ADA, Verdict.ACCEPTED, None, 71_43),
        PaymentStatus(BEN, Verdict.REJECTED, CLOSED, None),
        PaymentStatus(CAZ, Verdict.PENDING, None, None),
    )


def test_the_whole_file_at_once():
    assert status_report.read(report(group="ACCP")).whole == Verdict.ACCEPTED
    turned_down = status_report.read(report(group="RJCT", group_code="FF01"))
    assert (turned_down.whole, turned_down.why) == (
        Verdict.REJECTED,
        Reason("FF01", "the bank could not read the file"),
    )
    assert status_report.read(report(group="PART", batch="PDNG")).whole == Verdict.PENDING
    assert status_report.read(report()).whole is None


@pytest.mark.parametrize("code", sorted(DUPLICATES))
def test_what_the_bank_has_already_is_not_taken_for_a_rejection(code):
    """The first one stands: to pay it again would be to pay twice."""
    assert status_report.read(report(group="RJCT", group_code=code)).whole == Verdict.DUPLICATE
    (payment,) = status_report.read(report(status(ADA, "RJCT", code=code))).payments
    assert payment.verdict == Verdict.DUPLICATE


def two_reports():
    """What two reports come to when somebody pastes one behind the other."""
    first, second = report(), report(status(ADA, "RJCT"))
    return first.replace(b"</Document>", second[second.index(b"<CstmrPmt") :])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (report(status(ADA, "ACSP"), status(ADA, "RJCT")), "names the payment .* twice"),
        (report(status(ADA, "ACSP"), group="RJCT"), "whole file “rejected”, and of a payment of it “accepted”"),
        (report(status(ADA, "PDNG"), group="RJCT"), "whole file “rejected”, and of a payment of it “pending”"),
        (
            report(status(ADA, "ACSP"), group="RJCT", group_code="AM05"),
            "“duplicate”, and of a payment of it “accepted”",
        ),
        (
            report(status(ADA, "RJCT"), group="RJCT", group_code="AM05"),
            "“duplicate”, and of a payment of it “rejected”",
        ),
        (report(group="RJCT", batch="ACCP"), "whole file “rejected”, and of a batch of it “accepted”"),
        (report(group="RJCT", batch="PDNG"), "whole file “rejected”, and of a batch of it “pending”"),
        (report(group="ACCP", batch="RJCT"), "whole file “accepted”, and of a batch of it “rejected”"),
        (report(status(ADA, "ACSP", pence=1).replace("GBP", "EUR"), count=1), "an amount in “EUR”, not in pounds"),
        (report(status(ADA, "ACSP", amount="-7.12")), "an amount “-7.12”"),
        (report(status(ADA, "ACSP", amount="7e30")), "an amount “7e30”"),
        (report(status(ADA, "ACSP", amount="9" * 30)), "an amount “9{30}”"),
        (two_reports(), "several reports"),
        (report(status(ADA, "RJCT"), rejected=2), "2 payments were rejected, and names 1"),
        (report(status(ADA, "GONE")), "a status “GONE” that ISO 20022 does not have"),
        (report(status("", "RJCT")), "without its end-to-end id"),
        (report(status(ADA, "")), "or its status"),
        (report(about=""), "does not say which file"),
        (report(message_id=""), "no name of its own"),
        (report(status(ADA, "ACSP", amount="7.123")), "an amount “7.123”"),
        (report(version="02"), "versions pain.002.001.03 to .12"),
        (report().replace(b"</Document>", b""), "damaged"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + report(), "a DTD"),
    ],
)
def test_what_cannot_be_acted_on_is_refused(written, said):
    with pytest.raises(BadStatusReport, match=said) as refused:
        status_report.read(written)
    assert refused.value.field == "upload"


@pytest.mark.parametrize(
    "more", ["<a>" * 60 + "</a>" * 60, "".join(f"<n{n}/>" for n in range(2_001)), "x" * 1_000_001], ids=len
)
def test_a_report_of_no_end_is_refused(more):
    with pytest.raises(BadStatusReport, match=r"more in it than any|more than 1,000,000 characters"):
        status_report.read(report(status(ADA, "ACSP")).replace(b"<GrpHdr>", f"{more}<GrpHdr>".encode()))


def test_a_report_of_more_elements_than_any_is_refused(monkeypatch):
    monkeypatch.setattr(status_report, "ELEMENTS_MOST", 5)
    with pytest.raises(BadStatusReport, match="more in it than any"):
        status_report.read(report(status(ADA, "ACSP")))


def test_every_status_that_iso_has_comes_to_something(published):
    from leeway.reading import json_of

    definitions = json_of(published("banking/iso20022/external_codes/2Q2026_v3.json"))["definitions"]
    codes = {
        code
        for of in ("ExternalPaymentTransactionStatus1Code", "ExternalPaymentGroupStatus1Code")
        for code in definitions[of]["enum"]
    }
    assert codes - {status_report.IN_PART} == set(VERDICTS)


def test_the_table_of_reasons_is_what_iso_publishes(published):
    made = make_reason_codes.make(published("banking/iso20022/external_codes/2Q2026_v3.json"))
    assert made == reasons.TABLE.read_text(encoding="utf-8")
    codes = {line.split(",")[1] for line in made.splitlines()[1:]}
    assert codes >= set(PLAIN) | DUPLICATES


def test_a_reason_is_said_in_plain_words():
    assert reason_for("MD07", ReasonSet.RETURN).words == "the account holder has died"
    assert reason_for("RR04", ReasonSet.RETURN).words == "regulatory Reason"
    assert reason_for("", ReasonSet.RETURN).words == "the bank gave no reason"
    assert reason_for("ZZ99", ReasonSet.STATUS).words == "the bank’s reason is “ZZ99”, which is not in ISO’s list"
    assert reason_for("ZZ99", ReasonSet.STATUS, said="No such roll").words == "the bank says: No such roll"
    assert reason_for("AC04", ReasonSet.STATUS, said="See screen 4").words == "the account is closed"
