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


def sent_back(
    end_to_end_id: str, pence: int, *, code: str = "AC04", reference: str = "", mark: str = "CRDT", ccy: str = "GBP"
) -> str:
    """One payment that came in, as a detail of an entry."""
    reason = f"<RtrInf><Rsn><Cd>{code}</Cd></Rsn></RtrInf>" if code else ""
    remittance = f"<RmtInf><Ustrd>{reference}</Ustrd></RmtInf>" if reference else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end_id or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f'<Amt Ccy="{ccy}">{pence / 100:.2f}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{remittance}{reason}</TxDtls>'
    )


def notification(*entries: list[str], pence: list[int], mark: str = "CRDT", ccy: str = "GBP") -> bytes:
    """A camt.054 with an entry for each list of details, booked as one amount."""
    written = "".join(
        f'<Ntry><Amt Ccy="{ccy}">{amount / 100:.2f}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>2026-04-27</Dt></BookgDt><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd>"
        f"<SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls>{''.join(details)}</NtryDtls></Ntry>"
        for details, amount in zip(entries, pence, strict=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>'
        "<GrpHdr><MsgId>N-1</MsgId><CreDtTm>2026-04-27T18:00:00</CreDtTm></GrpHdr>"
        "<Ntfctn><Id>N-1</Id><CreDtTm>2026-04-27T18:00:00</CreDtTm>"
        f"<Acct><Id><Othr><Id>00000000</Id></Othr></Id><Ccy>{ccy}</Ccy></Acct>{written}</Ntfctn>"
        "</BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


def _in(name: str, text: str) -> str:
    return f"<{name}>{text}</{name}>" if text else ""


def _reason(code: str, said: str) -> str:
    if not code and not said:
        return ""
    return f"<StsRsnInf>{f'<Rsn><Cd>{code}</Cd></Rsn>' if code else ''}{_in('AddtlInf', escape(said))}</StsRsnInf>"
