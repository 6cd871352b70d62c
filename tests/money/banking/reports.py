"""Payment status reports as a bank would write them, and wrong ones."""

from xml.sax.saxutils import escape


def status(
    end_to_end_id: str, status: str, *, code: str = "", said: str = "", pence: int | None = None, amount: str = ""
):
    """What a report says of one payment."""
    amount = amount or (f"{pence / 100:.2f}" if pence is not None else "")
    paid = f'<OrgnlTxRef><Amt><InstdAmt Ccy="GBP">{amount}</InstdAmt></Amt></OrgnlTxRef>' if amount else ""
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{end_to_end_id}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"{_reason(code, said)}{paid}</TxInfAndSts>"
    )


def report(
    *statuses: str,
    version: str = "12",
    message_id: str = "BANK-1",
    about: str = "LEEWAY-000001",
    group: str = "",
    group_code: str = "",
    batch: str = "",
    count: int | None = None,
    pence: int | None = None,
    rejected: int | None = None,
) -> bytes:
    """A report about one file."""
    counted = (
        f"<NbOfTxsPerSts><DtldNbOfTxs>{rejected}</DtldNbOfTxs><DtldSts>RJCT</DtldSts></NbOfTxsPerSts>"
        if rejected is not None
        else ""
    )
    batches = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{about}</OrgnlPmtInfId>{_in('PmtInfSts', batch)}{counted}"
        f"{''.join(statuses)}</OrgnlPmtInfAndSts>"
        if statuses or batch
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}">'
        f"<CstmrPmtStsRpt><GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-04-21T09:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{about}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"{_in('OrgnlNbOfTxs', '' if count is None else str(count))}"
        f"{_in('OrgnlCtrlSum', '' if pence is None else f'{pence / 100:.2f}')}{_in('GrpSts', group)}"
        f"{_reason(group_code, '')}</OrgnlGrpInfAndSts>{batches}</CstmrPmtStsRpt></Document>"
    ).encode()


def _in(name: str, text: str) -> str:
    return f"<{name}>{text}</{name}>" if text else ""


def _reason(code: str, said: str) -> str:
    if not code and not said:
        return ""
    return f"<StsRsnInf>{f'<Rsn><Cd>{code}</Cd></Rsn>' if code else ''}{_in('AddtlInf', escape(said))}</StsRsnInf>"
