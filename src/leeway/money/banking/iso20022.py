"""ISO 20022 pain.001.001.09: the XML message that asks a bank to pay people by Bacs.

Written with the standard library: the message has thirty elements, and the tests hold it against ISO's own
schema. Each payment is written as it is asked for, so that a large run takes no more memory than a small one.
UK banks are found by sort code (clearing system GBDSC) and accounts by number (scheme BBAN), as in
the Bacs ISO 20022 translation guide.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from itertools import chain
from xml.sax.saxutils import escape

from leeway.law.numbers import decimal_pounds
from leeway.money.banking.characters import bacs_text, iso_text
from leeway.money.banking.payment import ControlTotals, Credit, Originator, require_payable
from leeway.money.banking.working_days import require_bank_working_day
from leeway.refusal import Refusal

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
NAME_LENGTH_MAX = 70  # the schema has room for 140; UK banks carry 70
#: ISO 20022 service levels: Bacs (not urgent), and Faster Payments (urgent, settled net). Which of them a bank reads as
#: Faster Payments is the bank's to say: no public guide of one was had, so an officer asks (docs/how-to/pay-people.md).
NOT_URGENT, URGENT = "NURG", "URNS"
#: A payment. What becomes Bacs' field 10 is no longer than it: the roll number, where there is one, or the reference.
CREDIT = """\
      <CdtTrfTxInf>
        <PmtId>
          <EndToEndId>{end_to_end_id}</EndToEndId>
        </PmtId>
        <Amt>
          <InstdAmt Ccy="GBP">{amount}</InstdAmt>
        </Amt>
        <CdtrAgt>
          <FinInstnId>
            <ClrSysMmbId>
              <ClrSysId>
                <Cd>GBDSC</Cd>
              </ClrSysId>
              <MmbId>{sort_code}</MmbId>
            </ClrSysMmbId>
          </FinInstnId>
        </CdtrAgt>
        <Cdtr>
          <Nm>{name}</Nm>
        </Cdtr>
        <CdtrAcct>
          <Id>
            <Othr>
              <Id>{account_number}</Id>
              <SchmeNm>
                <Cd>BBAN</Cd>
              </SchmeNm>
            </Othr>
          </Id>
        </CdtrAcct>
        <RmtInf>
          <Ustrd>{told}</Ustrd>
        </RmtInf>
      </CdtTrfTxInf>
"""
AFTER_CREDITS = "    </PmtInf>"
IDENTIFIER = r"(?!/)(?!.*//)[A-Za-z0-9/?:().,'+-]{1,35}(?<!/)"


class BadIdentifier(Refusal):
    """A message or payment has an identifier that banks do not carry unchanged."""


def write(
    credits: Collection[Credit],
    originator: Originator,
    *,
    message_id: str,
    created_at: datetime,
    execute_on: date,
    faster: bool = False,
) -> Iterator[str]:
    """Write the pain.001.001.09 message that pays these people by Bacs, or by Faster Payments where `faster`.

    The text comes in pieces, and what is refused is refused before the first. `message_id` is the caller's own, and
    the bank refuses it a second time. `execute_on` is the day on which people have their money. The same input gives
    the same text. Amounts in whole pence become pounds.
    Refuses: a run that no bank would take (CannotBePaid), a day on which banks do not work (BankDayRefused),
    a name that banks cannot carry (NotCarried), an identifier they would change (BadIdentifier).
    """
    require_bank_working_day(execute_on)
    _require_identifier(message_id)
    totals = require_payable(_as_carried(credits), originator)
    document = ET.Element("Document", xmlns=NAMESPACE)
    initiation = ET.SubElement(document, "CstmrCdtTrfInitn")
    header = ET.SubElement(initiation, "GrpHdr")
    _add(header, "MsgId", message_id)
    _add(header, "CreDtTm", created_at.isoformat(timespec="seconds"))
    _add_control_totals(header, totals)
    _add_council(ET.SubElement(header, "InitgPty"), originator)
    payment = ET.SubElement(initiation, "PmtInf")
    _add_payment_information(payment, totals, originator, message_id, execute_on, URGENT if faster else NOT_URGENT)
    ET.indent(document)
    before, closing, after = ET.tostring(document, encoding="unicode").partition(AFTER_CREDITS)
    return chain(
        ['<?xml version="1.0" encoding="UTF-8"?>\n', before],
        map(_credit, credits),
        [closing, after, "\n"],
    )


def _add_payment_information(
    payment: ET.Element,
    totals: ControlTotals,
    originator: Originator,
    message_id: str,
    execute_on: date,
    level: str,
) -> None:
    """Who pays, how, and on which day: one batch, in the order that the schema lays down."""
    _add(payment, "PmtInfId", message_id)
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "BtchBookg", "true")
    _add_control_totals(payment, totals)
    _add(payment, "PmtTpInf/SvcLvl/Cd", level)
    _add(payment, "ReqdExctnDt/Dt", execute_on.isoformat())
    _add_council(ET.SubElement(payment, "Dbtr"), originator)
    account = ET.SubElement(payment, "DbtrAcct")
    _add_account(account, originator.account_number)
    _add(account, "Ccy", "GBP")
    _add_bank(ET.SubElement(payment, "DbtrAgt"), originator.sort_code)
    _add(payment, "ChrgBr", "SLEV")


def _as_carried(credits: Iterable[Credit]) -> Iterator[Credit]:
    """The payments, each once it is sure that banks can carry its name and identifier."""
    for credit in credits:
        _require_identifier(credit.end_to_end_id)
        _words(credit)
        yield credit


def _words(credit: Credit) -> tuple[str, str]:
    """Whom a payment is to, and what stands on the statement of whoever is paid."""
    return iso_text(credit.name, width=NAME_LENGTH_MAX), credit.roll_number or bacs_text(credit.reference)


def _credit(credit: Credit) -> str:
    name, told = _words(credit)
    return CREDIT.format(
        end_to_end_id=credit.end_to_end_id,
        amount=decimal_pounds(credit.amount_pence),
        sort_code=credit.sort_code,
        name=escape(name),
        account_number=credit.account_number,
        told=escape(told),
    )


def _add_control_totals(parent: ET.Element, totals: ControlTotals) -> None:
    _add(parent, "NbOfTxs", str(totals.count))
    _add(parent, "CtrlSum", decimal_pounds(totals.pence))


def _add_council(party: ET.Element, originator: Originator) -> None:
    _add(party, "Nm", iso_text(originator.name, width=NAME_LENGTH_MAX))
    other = ET.SubElement(ET.SubElement(ET.SubElement(party, "Id"), "OrgId"), "Othr")
    _add(other, "Id", originator.service_user_number)
    _add(other, "SchmeNm/Prtry", "SUN")


def _add_account(account: ET.Element, account_number: str) -> None:
    other = ET.SubElement(ET.SubElement(account, "Id"), "Othr")
    _add(other, "Id", account_number)
    _add(other, "SchmeNm/Cd", "BBAN")


def _add_bank(agent: ET.Element, sort_code: str) -> None:
    member = ET.SubElement(ET.SubElement(agent, "FinInstnId"), "ClrSysMmbId")
    _add(member, "ClrSysId/Cd", "GBDSC")
    _add(member, "MmbId", sort_code)


def _add(parent: ET.Element, path: str, text: str) -> ET.Element:
    """Add elements one inside the other, with the text in the innermost."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    parent.text = text
    return parent


def _require_identifier(identifier: str) -> None:
    if not re.fullmatch(IDENTIFIER, identifier):
        raise BadIdentifier(f"“{identifier}” cannot identify a payment. Use up to 35 letters, digits or hyphens.")
