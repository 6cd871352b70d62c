"""The outbox, with a stand-in of GOV.UK Notify and a real mail server on this machine."""

import socket
import uuid
from datetime import UTC, date, datetime

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as KeepMessages

from leeway.messages import actions
from leeway.messages.recipients import About, Recipient
from tests.messages.notify import KEY, TEMPLATES, Notify

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADA = uuid.UUID(int=1)
CASE = uuid.UUID(int=2)


def to_ada(**known) -> Recipient:
    """Ada, with every address on record unless the test says otherwise."""
    addresses = {
        "email": "ada@home.example",
        "phone": "07700 900982",
        "postal": ("1 Quay Street", "Fairbourne", "LN3 5AG"),
    }
    return Recipient(**{"id": ADA, "name": "Ada Bell"} | addresses | known)


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """Whom the outbox asked for help: this room alone, without what the site does about it."""
    calls = []
    monkeypatch.setattr(
        actions, "_handlers", [lambda stuck: calls.extend((message.pk, message.state) for message in stuck)]
    )
    return calls


@pytest.fixture
def write(bea):
    """Write to Ada that her plan came back."""

    def written(to: Recipient | None = None, *, key="plan-returned:1", template="plan_returned", data=None, **known):
        return actions.write_message(
            template=template,
            to=to or to_ada(**known),
            data={"worker": "Bea Okafor"} if data is None else data,
            about=About(ADA, CASE),
            key=key,
            by=bea,
            on=TODAY,
        )

    return written


@pytest.fixture
def notify(settings):
    """GOV.UK Notify, as far as its interface goes."""
    server = Notify()
    settings.NOTIFY_ADDRESS, settings.NOTIFY_KEY, settings.NOTIFY_TEMPLATES = server.address, KEY, TEMPLATES
    yield server
    server.shutdown()
    server.server_close()


class Postbox(KeepMessages):
    """A mail server that keeps what it takes; `refuses` is what it says to a recipient instead."""

    def __init__(self):
        super().__init__()
        self.letters = []
        self.refuses = ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuses:
            return f"{self.refuses} <{address}>"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message):
        self.letters.append(message)


@pytest.fixture
def postbox(settings):
    """A real mail server on this machine, to which Django's mail goes."""
    kept = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    options = {"host": "127.0.0.1", "port": port}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    yield kept
    server.stop()
