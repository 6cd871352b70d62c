"""pain.002: what a bank says of each payment of a file that it was given: accepted, not settled yet, or rejected.

Versions .03 to .12 are read: in both of these the elements that are read here have the same names and places, as
their schemas show. A bank may send several reports about one file. One that names only some payments says nothing of
the others, unless the file as a whole was accepted or rejected.
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from io import BytesIO

from leeway import limits
from leeway.money.banking.readers.camt import ATTRIBUTES_MOST, NAMES_MOST
from leeway.money.banking.reasons import DUPLICATES, Reason, ReasonSet, reason_for
from leeway.reading import endless_in, seen_alone
from leeway.refusal import Refusal, quoted

NAMESPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.(0[3-9]|1[0-2])\}Document")
POUNDS = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2}0{0,3})?")


class BadStatusReport(Refusal):
    """A file is not a payment status report that can be acted on."""

    def __init__(self, sentence: str):
        super().__init__(sentence, field="upload")


class Verdict(Enum):
    """What a bank's status of a payment comes to."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"  # turned down because the bank has it already: the first one stands


#: ISO's statuses of a payment, a batch or a file. A payment whose payee was checked, only, is not settled.
VERDICTS = (
    dict.fromkeys(
        ("ACCC", "ACCP", "ACFC", "ACFW", "ACIS", "ACPD", "ACSC", "ACSP", "ACTC", "ACWC", "ACWP", "CPUC"),
        Verdict.ACCEPTED,
    )
    | dict.fromkeys(
        ("BLCK", "PATC", "PDNG", "PRES", "RCVC", "RCVD", "RVCM", "RVMC", "RVNA", "RVNC", "RVNM"), Verdict.PENDING
    )
    | dict.fromkeys(("CANC", "RJCT"), Verdict.REJECTED)
)
IN_PART = "PART"
#: Of a report of 150,000 payments: a run has fewer, and each element takes a hundred times its letters to hold.
ELEMENTS_MOST = 2_000_000
TURNED_DOWN = {Verdict.REJECTED, Verdict.DUPLICATE}
#: What can be said of a payment of a file that was turned down: of one that the bank has already, that it stands.
OF_A_FILE_TURNED_DOWN = {Verdict.REJECTED: TURNED_DOWN, Verdict.DUPLICATE: {Verdict.DUPLICATE}}


@dataclass(frozen=True)
class PaymentStatus:
    """What the bank says of one payment."""

    end_to_end_id: str
    verdict: Verdict
    reason: Reason | None
    amount_pence: int | None


@dataclass(frozen=True)
class StatusReport:
    """One report about one file. `whole` is what the bank says of the file as a whole, where it is one thing."""

    message_id: str
    about: str
    count: int | None
    total_pence: int | None
    whole: Verdict | None
    why: Reason | None
    payments: tuple[PaymentStatus, ...]


def is_status_report(content: bytes) -> bool:
    """Whether a file calls itself a payment status report, of whatever version."""
    return content.find(b"xsd:pain.002.", 0, 2000) >= 0


def read(content: bytes) -> StatusReport:
    """Read a payment status report. Refuses (BadStatusReport) what is none, and one that contradicts itself."""
    report = _report(content)
    group = report.find("{*}OrgnlGrpInfAndSts")
    about = _text(group, "OrgnlMsgId")
    if group is None or not about:
        raise BadStatusReport("The report does not say which file it is about. Ask the bank for a whole one.")
    batches = report.findall("{*}OrgnlPmtInfAndSts")
    payments = tuple(_status(each) for batch in batches for each in batch.findall("{*}TxInfAndSts"))
    whole, why = _of_the_whole(group, batches)
    found = StatusReport(
        message_id=_text(report, "GrpHdr", "MsgId"),
        about=about,
        count=_count(_text(group, "OrgnlNbOfTxs")),
        total_pence=_pence(_text(group, "OrgnlCtrlSum")),
        whole=whole,
        why=why,
        payments=payments,
    )
    _require_sense(found, [group, *batches])
    return found


def _report(content: bytes) -> ET.Element:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise BadStatusReport("The file has a DTD in it, which no bank sends. Ask the bank for it again.")
    document = _document(content)
    if not NAMESPACE.fullmatch(document.tag):
        raise BadStatusReport("The file is not a payment status report of versions pain.002.001.03 to .12.")
    report = document.find("{*}CstmrPmtStsRpt")
    if len(document) > 1:
        raise BadStatusReport("The file holds several reports. Give each by itself.")
    if report is None or not _text(report, "GrpHdr", "MsgId"):
        raise BadStatusReport("The payment status report has no name of its own (MsgId). Ask the bank for a whole one.")
    return report


def _document(content: bytes) -> ET.Element:
    """The whole document. What no report has is refused as it comes: depth, and names or attributes without end."""
    depth, elements, names, document = 0, 0, set[str](), None
    deepest = limits.DEPTH.most
    try:
        if endless_in(content):
            raise limits.LINE.passed("A part of the XML")
        for event, element in ET.iterparse(BytesIO(content), events=("start", "end")):
            document = element if document is None else document
            depth += 1 if event == "start" else -1
            elements += event == "start"
            names.add(element.tag)
            of_one = depth > deepest or len(element.attrib) > ATTRIBUTES_MOST
            if of_one or elements > ELEMENTS_MOST or len(names) > NAMES_MOST:
                raise BadStatusReport(
                    "The file has more in it than any payment status report. Ask the bank for it again."
                )
    except ET.ParseError as problem:
        raise BadStatusReport("The file is XML that is damaged. Ask the bank for it again.") from problem
    except limits.TooMuch as problem:
        raise BadStatusReport(str(problem)) from problem
    assert document is not None
    return document


def _of_the_whole(group: ET.Element, batches: list[ET.Element]) -> tuple[Verdict | None, Reason | None]:
    """What is said of all payments at once: by the file's status, or by that of its one batch."""
    of_group = _of_level(group, "GrpSts")
    of_batches = [_of_level(batch, "PmtInfSts") for batch in batches]
    for each in of_batches:
        if of_group[0] not in (None, Verdict.PENDING, each[0]) and each[0] and {of_group[0], each[0]} & TURNED_DOWN:
            raise BadStatusReport(
                f"The report says of the whole file “{of_group[0].value}”, and of a batch of it “{each[0].value}”. Ask "
                "the bank which one holds."
            )
    return of_batches[0] if len(batches) == 1 and of_batches[0][0] else of_group


def _of_level(element: ET.Element, name: str) -> tuple[Verdict | None, Reason | None]:
    status = _text(element, name)
    return _verdict(status, element) if status and status != IN_PART else (None, None)


def _status(element: ET.Element) -> PaymentStatus:
    end_to_end_id, status = _text(element, "OrgnlEndToEndId"), _text(element, "TxSts")
    if not end_to_end_id or not status:
        raise BadStatusReport("The report speaks of a payment without its end-to-end id or its status. Ask the bank.")
    verdict, reason = _verdict(status, element)
    amount = element.find("{*}OrgnlTxRef/{*}Amt/{*}InstdAmt")
    if amount is not None and amount.get("Ccy") != "GBP":
        raise BadStatusReport(
            f"The report has an amount in {quoted(amount.get('Ccy', ''))}, not in pounds. Ask the bank."
        )
    return PaymentStatus(end_to_end_id, verdict, reason, None if amount is None else _pence(amount.text or ""))


def _verdict(status: str, element: ET.Element) -> tuple[Verdict, Reason | None]:
    verdict = VERDICTS.get(status)
    if verdict is None:
        raise BadStatusReport(f"The report has a status {quoted(status)} that ISO 20022 does not have. Ask the bank.")
    reason = _reason(element)
    if verdict == Verdict.REJECTED and reason is None:
        reason = reason_for("", ReasonSet.STATUS)
    if verdict == Verdict.REJECTED and reason is not None and reason.code in DUPLICATES:
        verdict = Verdict.DUPLICATE
    return verdict, reason


def _reason(element: ET.Element) -> Reason | None:
    given = element.findall("{*}StsRsnInf")
    if not given:
        return None
    codes = [code for each in given if (code := _text(each, "Rsn", "Cd") or _text(each, "Rsn", "Prtry"))]
    said = " ".join(line.text or "" for each in given for line in each.findall("{*}AddtlInf"))
    return reason_for(codes[0] if codes else "", ReasonSet.STATUS, said=said)


def _require_sense(report: StatusReport, levels: list[ET.Element]) -> None:
    twice = [name for name, times in Counter(each.end_to_end_id for each in report.payments).items() if times > 1]
    if twice:
        raise BadStatusReport(f"The report names the payment {quoted(twice[0])} twice. Ask the bank which one holds.")
    verdicts = Counter(each.verdict for each in report.payments)
    if report.whole in OF_A_FILE_TURNED_DOWN and (other := set(verdicts) - OF_A_FILE_TURNED_DOWN[report.whole]):
        raise BadStatusReport(
            f"The report says of the whole file “{report.whole.value}”, and of a payment of it "
            f"“{min(each.value for each in other)}”. Ask the bank which one holds."
        )
    rejected = sum(verdicts[each] for each in TURNED_DOWN)
    for said in _said_to_be_rejected(levels):
        if report.payments and said != rejected:
            raise BadStatusReport(
                f"The report says that {said} payments were rejected, and names {rejected}. Ask the bank for all of it."
            )


def _said_to_be_rejected(levels: list[ET.Element]) -> Iterator[int]:
    """How many payments each level says were rejected, where one does."""
    for level in levels:
        for counted in level.findall("{*}NbOfTxsPerSts"):
            if _text(counted, "DtldSts") == "RJCT":
                yield _count(_text(counted, "DtldNbOfTxs")) or 0


def _text(element: ET.Element | None, *path: str) -> str:
    """The text of an element below another, or nothing."""
    found = None if element is None else element.find("/".join(f"{{*}}{name}" for name in path))
    return "" if found is None else seen_alone(found.text or "")


def _count(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,15}", text) else None


def _pence(text: str) -> int | None:
    """Pounds as whole pence; None where none are given. Refuses what are none."""
    text = text.strip()
    if text and not POUNDS.fullmatch(text):
        raise BadStatusReport(
            f"The report has an amount {quoted(text)} that is none in pounds and pence. Ask the bank."
        )
    return int(Decimal(text) * 100) if text else None
