"""A mail server, through Django's mail. It says whether it took a message, and never whether it arrived."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

from leeway.messages.carriers import Fate, TryLater, WillNotCarry
from leeway.messages.models import Message

NAME = "Mail server"
FINAL = range(500, 600)


def carry(message: Message) -> str:
    """Hand a message to the mail server. Its Message-ID is ours, the same at every attempt."""
    message_id = f"<{message.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    letter = EmailMessage(message.subject, message.body, None, [message.address], headers=headers)
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as problem:
        codes = [code for code, _words in problem.recipients.values()]
        raise _in_words(codes[0] if codes else 0, "this address") from None
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused):
        raise TryLater("The mail server does not accept the council’s sign-in or its address.") from None
    except smtplib.SMTPResponseException as problem:
        raise _in_words(problem.smtp_code, "this message") from None
    except (smtplib.SMTPException, OSError):
        raise TryLater("The mail server did not answer.") from None
    return message_id


def find(message: Message) -> str | None:
    """A mail server cannot be asked what it took before."""
    return None


def fate(message: Message) -> Fate | None:
    """A mail server cannot be asked either: a bounce goes to the council's own mailbox, and is recorded by hand."""
    return None


def _in_words(code: int, what: str) -> Exception:
    """The server's codes from 500 are final. Its sentences quote the address, so they are not kept."""
    if code in FINAL:
        return WillNotCarry(f"The mail server refused {what} (code {code}).")
    return TryLater(f"The mail server did not take {what} now (code {code}).")
