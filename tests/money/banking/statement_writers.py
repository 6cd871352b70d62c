"""Small writers of statements, for what is written to be read back. Each writes what a bank would, and no more."""

import csv
import io
from datetime import date
from xml.sax.saxutils import escape

from leeway.law.numbers import decimal_pounds
from leeway.money.banking.lines import Line

ACCOUNT = "200000 12345678"
ISO = "urn:iso:std:iso:20022:tech:xsd:"
BODY = {"camt.052": ("BkToCstmrAcctRpt", "Rpt"), "camt.053": ("BkToCstmrStmt", "Stmt")}
BODY |= {"camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}


def mt940(lines: list[Line], *, opening_pence: int = 0, newline: str = "\r\n") -> bytes:
    closing = opening_pence + sum(line.amount_pence for line in lines)
    written = [":20:LEEWAY", ":25:200000 12345678", ":28C:1/1", f":60F:{_swift_balance(opening_pence)}"]
    for line in lines:
        mark, amount = _swift(line.amount_pence)
        days = f"{line.value_on or line.booked_on:%y%m%d}{line.booked_on:%m%d}"
        bank = f"//{line.bank_reference}" if line.bank_reference else ""
        written += [f":61:{days}{mark}{amount}NTRF{line.reference or 'NONREF'}{bank}", f":86:{line.description}"]
    return newline.join([*written, f":62F:{_swift_balance(closing)}", "-", ""]).encode()


def _swift(pence: int) -> tuple[str, str]:
    return "D" if pence < 0 else "C", decimal_pounds(abs(pence)).replace(".", ",")


def _swift_balance(pence: int) -> str:
    return "{}260401GBP{}".format(*_swift(pence))


def camt(
    lines: list[Line], *, kind: str = "camt.053", version: str = "08", opening_pence: int = 0, encoding: str = "UTF-8"
) -> bytes:
    body, statement = BODY[kind]
    closing = opening_pence + sum(line.amount_pence for line in lines)
    balances = "" if kind == "camt.054" else _balance("OPBD", opening_pence) + _balance("CLBD", closing)
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<Document xmlns="{ISO}{kind}.001.{version}"><{body}>'
        "<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-04-01T06:00:00</CreDtTm></GrpHdr>"
        f"<{statement}><Id>1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-04-01T06:00:00</CreDtTm>"
        "<Acct><Id><Othr><Id>12345678</Id></Othr></Id><Ccy>GBP</Ccy><Svcr><FinInstnId><ClrSysMmbId>"
        f"<MmbId>200000</MmbId></ClrSysMmbId></FinInstnId></Svcr></Acct>{balances}"
        f"{''.join(_entry(line) for line in lines)}</{statement}></{body}></Document>"
    )
    return text.encode(encoding)


def _balance(kind: str, pence: int) -> str:
    return f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(pence)}<Dt><Dt>2026-04-01</Dt></Dt></Bal>"


def _amount(pence: int) -> str:
    return f'<Amt Ccy="GBP">{decimal_pounds(abs(pence))}</Amt><CdtDbtInd>{"DBIT" if pence < 0 else "CRDT"}</CdtDbtInd>'


def _entry(line: Line) -> str:
    value = f"<ValDt><Dt>{line.value_on}</Dt></ValDt>" if line.value_on else ""
    bank = f"<AcctSvcrRef>{escape(line.bank_reference)}</AcctSvcrRef>" if line.bank_reference else ""
    role = "Cdtr" if (line.amount_pence < 0) != bool(line.return_reason) else "Dbtr"
    party = f"<RltdPties><{role}><Pty><Nm>{escape(line.counterparty)}</Nm></Pty></{role}></RltdPties>"
    came_back = f"<RtrInf><Rsn><Cd>{line.return_reason}</Cd></Rsn></RtrInf>" if line.return_reason else ""
    details = (
        f"<TxDtls><Refs><EndToEndId>{escape(line.end_to_end_id) or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"{_amount(line.amount_pence)}{party if line.counterparty else ''}"
        f"<RmtInf><Ustrd>{escape(line.reference)}</Ustrd></RmtInf>{came_back}</TxDtls>"
    )
    return (
        f"<Ntry>{_amount(line.amount_pence)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{line.booked_on}</Dt></BookgDt>"
        f"{value}{bank}<BkTxCd/><NtryDtls>{details}</NtryDtls>"
        f"<AddtlNtryInf>{escape(line.description)}</AddtlNtryInf></Ntry>"
    )


def ofx(lines: list[Line], *, closing_pence: int = 0, sgml: bool = True) -> bytes:
    header = "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nENCODING:UTF-8\r\n\r\n"
    if not sgml:
        header = '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE"?>\n'

    def tag(name: str, value: str) -> str:
        return f"<{name}>{escape(value)}\n" if sgml else f"<{name}>{escape(value)}</{name}>\n"

    written = "".join(
        "<STMTTRN>"
        + tag("DTPOSTED", f"{line.booked_on:%Y%m%d}120000[0:GMT]")
        + tag("TRNAMT", decimal_pounds(line.amount_pence))
        + (tag("FITID", line.bank_reference) if line.bank_reference else "")
        + (tag("NAME", line.counterparty) if line.counterparty else "")
        + (tag("MEMO", line.reference) if line.reference else "")
        + "</STMTTRN>\n"
        for line in lines
    )
    account = tag("BANKID", "200000") + tag("ACCTID", "12345678")
    balance = tag("BALAMT", decimal_pounds(closing_pence)) + tag("DTASOF", "20260401")
    return (
        f"{header}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>{tag('CURDEF', 'GBP')}<BANKACCTFROM>{account}</BANKACCTFROM>"
        f"<BANKTRANLIST>{written}</BANKTRANLIST><LEDGERBAL>{balance}</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1>"
        "</OFX>\n"
    ).encode()


def table(lines: list[Line], *, opening_pence: int = 0, newest_first: bool = False, day: str = "%d/%m/%Y") -> bytes:
    balance, rows = opening_pence, []
    for line in lines:
        balance += line.amount_pence
        rows.append(
            [_day(line.booked_on, day), line.reference, *_in_and_out(line.amount_pence), decimal_pounds(balance)]
        )
    written = io.StringIO()
    heading = ["Date", "Description", "Paid in", "Paid out", "Balance"]
    csv.writer(written).writerows([heading, *(reversed(rows) if newest_first else rows)])
    return written.getvalue().encode()


def _day(on: date, form: str) -> str:
    return on.strftime(form).replace("%Y", str(on.year))


def _in_and_out(pence: int) -> list[str]:
    return ["", decimal_pounds(-pence)] if pence < 0 else [decimal_pounds(pence), ""]
