"""What the made-up council's bank answers: a payment status report with one rejection in it."""

import xml.etree.ElementTree as ET
from datetime import date

from leeway.law.numbers import decimal_pounds
from leeway.money.payments.models import Payment, PaymentRun

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"


def rejection_of(payment: Payment, *, in_run: PaymentRun, code: str, on: date) -> bytes:
    """The report in which the bank accepts a run, but for one payment."""
    document = ET.Element("Document", xmlns=NAMESPACE)
    report = ET.SubElement(document, "CstmrPmtStsRpt")
    head = ET.SubElement(report, "GrpHdr")
    _add(head, "MsgId", f"BANK-{in_run.number:06}")
    _add(head, "CreDtTm", f"{on}T07:30:00")
    group = ET.SubElement(report, "OrgnlGrpInfAndSts")
    _add(group, "OrgnlMsgId", in_run.reference)
    _add(group, "OrgnlMsgNmId", "pain.001.001.09")
    _add(group, "OrgnlNbOfTxs", str(in_run.payments_count))
    _add(group, "OrgnlCtrlSum", decimal_pounds(in_run.total_pence))
    _add(group, "GrpSts", "PART")
    batch = ET.SubElement(report, "OrgnlPmtInfAndSts")
    _add(batch, "OrgnlPmtInfId", in_run.reference)
    _add(batch, "PmtInfSts", "PART")
    for each in in_run.payments.all():
        said = ET.SubElement(batch, "TxInfAndSts")
        _add(said, "OrgnlEndToEndId", each.end_to_end_id)
        _add(said, "TxSts", "RJCT" if each == payment else "ACCP")
        if each == payment:
            _add(ET.SubElement(ET.SubElement(said, "StsRsnInf"), "Rsn"), "Cd", code)
    return ET.tostring(document, encoding="utf-8", xml_declaration=True)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
