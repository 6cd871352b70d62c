"""Entries of a camt message: what was booked, by whom and for what, and the payments inside one entry."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import date

from leeway.money.banking.lines import Detail, Line
from leeway.money.banking.readers.values import (
    joined,
    money,
    pence_of,
    uk_account,
)
from leeway.reading import CannotRead
from leeway.refusal import quoted
from leeway.written_days import iso_day

ACCOUNT = ("IBAN", "BBAN", "Othr/Id", "PrtryAcct/Id", "UPIC")
SORT_CODE = ("FinInstnId/ClrSysMmbId/MmbId", "FinInstnId/ClrSysMmbId/Id")
AMOUNT = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
STRUCTURED = ("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef")
NO_ID = {"NOTPROVIDED", "NONREF"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody in a payment, and the account."""

    name: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One payment inside an entry (TxDtls), as it was written."""

    amount: str
    currency: str
    mark: str
    end_to_end_id: str
    reference: str
    told: str
    bank_reference: str
    return_reason: str
    debtor: Party
    creditor: Party

    def other(self, *, pence: int) -> Party:
        """Who stands on the other side. A payment that came back still names the council as the one who paid."""
        came_from_debtor = (pence >= 0) != bool(self.return_reason)
        first, second = (self.debtor, self.creditor) if came_from_debtor else (self.creditor, self.debtor)
        return first if first.name or first.account else second


def text_in(given: ET.Element, *paths: str) -> str:
    """The text at the first of these places that has any, in one line."""
    return next((words for path in paths if (words := " ".join((given.findtext(path) or "").split()))), "")


def day_in(given: ET.Element, path: str, where: str) -> date | None:
    """A day that stands as a date or as a date and time."""
    text = text_in(given, f"{path}/Dt", f"{path}/DtTm")
    return iso_day(text, f"{where}, {path}") if text else None


def account_of(given: ET.Element | None, agent: ET.Element | None = None) -> str:
    """An account, British ones with their sort code."""
    if given is None:
        return ""
    bank = agent if agent is not None else given.find("Svcr")
    sort_code = text_in(bank, *SORT_CODE) if bank is not None else ""
    return uk_account(text_in(given, *(f"Id/{path}" for path in ACCOUNT)), sort_code)


def part_of(given: ET.Element) -> Part:
    """One payment inside an entry."""
    amount = next((found for path in AMOUNT if (found := given.find(path)) is not None), None)
    words = joined(*(each.text or "" for each in given.findall("RmtInf/Ustrd")))
    return Part(
        amount=(amount.text or "") if amount is not None else "",
        currency=amount.get("Ccy", "") if amount is not None else "",
        mark=text_in(given, "CdtDbtInd"),
        end_to_end_id=_id(text_in(given, "Refs/EndToEndId")),
        reference=text_in(given, *STRUCTURED) or words,
        told=joined(words, text_in(given, "AddtlTxInf")),
        bank_reference=_id(text_in(given, "Refs/AcctSvcrRef")),
        return_reason=text_in(given, "RtrInf/Rsn/Cd", "RtrInf/RtrRsn/Cd", "RtrInf/Rsn/Prtry", "RtrInf/RtrRsn/Prtry"),
        debtor=_party(given, "Dbtr"),
        creditor=_party(given, "Cdtr"),
    )


def _party(given: ET.Element, role: str) -> Party:
    parties = given.find("RltdPties")
    if parties is None:
        return Party(name="", account="")
    named = [party for who in (role, f"Ultmt{role}") if (party := parties.find(who)) is not None]
    name = next((name for party in named if (name := text_in(party, "Nm", "Pty/Nm", "Agt/FinInstnId/Nm"))), "")
    account = parties.find(f"{role}Acct")
    return Party(name=name, account=account_of(account, given.find(f"RltdAgts/{role}Agt")))


def _id(text: str) -> str:
    return "" if text.upper() in NO_ID else text


@dataclass(slots=True)
class Entries:
    """The entries of one statement, each a line as soon as it is read."""

    name: str
    version: str
    currency: str = ""
    lines: list[Line] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    number: int = 0
    expected: int = 0

    @property
    def next(self) -> str:
        """The entry that is being read, for a sentence."""
        return f"{self.name}, entry {self.number + 1}"

    def take(self, entry: ET.Element, parts: list[Part], statement: ET.Element) -> None:
        """Turn an entry into a line. One that is not booked (pending, or for information) is counted and left out."""
        where = self.next
        self.number += 1
        if text_in(entry, "Sts", "Sts/Cd", "Sts/Prtry") not in {"BOOK", ""}:
            self.expected += 1
            return
        pence, currency = _amount(entry, where)
        self.currency = self.currency or self.currency_of(statement) or currency
        if currency != self.currency:
            raise CannotRead(f"{where} is in {currency} and the account in {self.currency}. Ask the bank.")
        value_on = day_in(entry, "ValDt", where)
        booked_on = day_in(entry, "BookgDt", where) or value_on or self._created_on(statement, where)
        self.lines.append(_line(entry, parts, pence, booked_on, value_on, self._details(parts, pence, where)))

    def currency_of(self, statement: ET.Element) -> str:
        """The account's currency, or that of its booked balance, or nothing."""
        if found := text_in(statement, "Acct/Ccy"):
            return found
        for balance in statement.findall("Bal"):
            amount = balance.find("Amt")
            if amount is not None and text_in(balance, "Tp/CdOrPrtry/Cd", "Tp/Cd") in {"OPBD", "PRCD", "CLBD", "ITBD"}:
                return amount.get("Ccy", "")
        return ""

    def all_warnings(self) -> tuple[str, ...]:
        """What there is to say of the entries."""
        left = f"Left out, because they are only expected and not booked: {self.expected}."
        return (*([left] if self.expected else []), *dict.fromkeys(self.warnings))

    def _created_on(self, statement: ET.Element, where: str) -> date:
        """The day of the message stands for the day of booking, which a notification may leave out."""
        text = text_in(statement, "CreDtTm")
        if not text:
            raise CannotRead(f"{where} has no day (BookgDt). Ask the bank for the file again.")
        self.warnings.append("Entries without a day of booking have the day on which the bank made the message.")
        return iso_day(text, f"{where}, CreDtTm")

    def _details(self, parts: list[Part], pence: int, where: str) -> tuple[Detail, ...]:
        """The payments inside an entry, where there are several. One alone is the entry itself."""
        if len(parts) < 2:
            return ()
        details = tuple(self._detail(part, pence, f"{where}, payment {number}") for number, part in enumerate(parts, 1))
        amounts = [each.amount_pence for each in details if each.amount_pence is not None]
        if len(amounts) == len(details) and sum(amounts) != pence:
            self.warnings.append(
                f"{where} is {money(pence, self.currency)}, and the payments inside it are "
                f"{money(sum(amounts), self.currency)}. Ask the bank."
            )
        return details

    def _detail(self, part: Part, pence: int, where: str) -> Detail:
        own = None
        if part.amount and part.currency == self.currency:
            own = pence_of(part.amount, where)
            own = -own if part.mark == "DBIT" or (not part.mark and pence < 0) else own
        other = part.other(pence=own if own is not None else pence)
        return Detail(
            amount_pence=own,
            end_to_end_id=part.end_to_end_id,
            reference=part.reference or part.end_to_end_id,
            counterparty=other.name,
            counterparty_account=other.account,
            bank_reference=part.bank_reference,
            return_reason=part.return_reason,
        )


def _amount(entry: ET.Element, where: str) -> tuple[int, str]:
    amount = entry.find("Amt")
    if amount is None:
        raise CannotRead(f"{where} has no amount (Amt). Ask the bank for the file again.")
    pence = pence_of(amount.text or "", where)
    mark = text_in(entry, "CdtDbtInd")
    if mark not in {"CRDT", "DBIT"} or pence < 0:
        raise CannotRead(f"{where}: whether money came in or went out (CdtDbtInd) is {quoted(mark)}. Ask the bank.")
    return (-pence if mark == "DBIT" else pence), amount.get("Ccy", "")


def _line(
    entry: ET.Element,
    parts: list[Part],
    pence: int,
    booked_on: date,
    value_on: date | None,
    details: tuple[Detail, ...],
) -> Line:
    only = parts[0] if len(parts) == 1 else None
    other = only.other(pence=pence) if only else Party(name="", account="")
    end_to_end_id = only.end_to_end_id if only else ""
    batch = text_in(entry, "NtryDtls/Btch/PmtInfId", "NtryDtls/Btch/MsgId", "Btch/PmtInfId", "Btch/MsgId")
    return Line(
        booked_on=booked_on,
        value_on=value_on,
        amount_pence=pence,
        reference=(only.reference if only else "") or end_to_end_id or batch,
        description=joined(text_in(entry, "AddtlNtryInf"), only.told if only else ""),
        end_to_end_id=end_to_end_id,
        counterparty=other.name,
        counterparty_account=other.account,
        bank_reference=_id(text_in(entry, "AcctSvcrRef", "NtryRef")) or (only.bank_reference if only else ""),
        return_reason=only.return_reason if only else "",
        details=details,
    )
