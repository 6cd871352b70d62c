"""A bank of the tests' own making: mock-bank takes our file, and answers with reports, returns and statements.

Its clock is moved by the test.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from mockbank.server import Config, make_server

IBAN = "GB33BUKB20201555555555"


@dataclass(frozen=True)
class Bank:
    """The bank as its customer reaches it."""

    address: str

    def ask(self, method: str, path: str, body: bytes = b"") -> str:
        request = Request(f"{self.address}{path}", data=body or None, method=method)
        try:
            with urlopen(request) as response:
                return response.read().decode()
        except HTTPError as refused:  # a file that is turned down whole is answered so
            return refused.read().decode()

    def open_account(self, **account) -> None:
        """An account that the bank holds, ours or that of somebody whom we pay."""
        self.ask("POST", "/_mock/accounts", json.dumps({"currency": "GBP"} | account).encode())

    def change(self, **account) -> None:
        self.ask("PATCH", "/_mock/accounts/COUNCIL", json.dumps(account).encode())

    def take(self, file: str) -> None:
        self.ask("POST", "/payments", file.encode())

    def is_paid(self, **credit) -> None:
        """Somebody else pays into our account."""
        self.ask("POST", "/_mock/credits", json.dumps({"account": "COUNCIL"} | credit).encode())

    def wait_until(self, day: date) -> None:
        self.ask("POST", f"/_mock/advance?to={day}")

    def messages(self, kind: str) -> list[bytes]:
        """What the bank has sent us of a kind since it was last asked. It has other customers too."""
        sent = json.loads(self.ask("GET", f"/_mock/mailbox?type={kind}"))
        return [each["body"].strip().encode() for each in sent if each["account"] == "COUNCIL"]

    def balance(self) -> int:
        return json.loads(self.ask("GET", "/_mock/accounts/COUNCIL"))["balance"]


@contextmanager
def bank_of_ours(on: date, balance_pence: int) -> Iterator[Bank]:
    """A bank at nine in the morning of a day, with our account in it."""
    server = make_server(Config(port=0, quiet=True, clock=f"{on}T09:00"))
    Thread(target=server.serve_forever, daemon=True).start()
    bank = Bank(f"http://127.0.0.1:{server.server_address[1]}")
    bank.ask("PUT", "/_mock/holidays", json.dumps(["2026-05-04"]).encode())
    bank.open_account(id="COUNCIL", iban=IBAN, account_number="00000000", balance=balance_pence)
    yield bank
    server.shutdown()
    server.server_close()
