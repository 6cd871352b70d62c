"""Where no mail server is set, letters by email are printed in the terminal, as they would be read."""

import os
import time

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend

from leeway.messages.queries import MAIL_FOLDER


class Terminal(EmailBackend):
    """Prints the words, not what travels: there a long link is cut in two and cannot be copied.

    A made-up council keeps them for its mailbox page too.
    """

    def write_message(self, message: EmailMessage) -> None:
        self.stream.write(f"To: {', '.join(message.to)}\nSubject: {message.subject}\n\n{message.body}\n{'-' * 79}\n")
        if settings.DEMO:
            folder = settings.DATA_FOLDER / MAIL_FOLDER
            folder.mkdir(mode=0o700, exist_ok=True)
            new = os.open(folder / f"{time.time_ns()}.eml", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(new, "wb") as file:  # links to set a password lie in it
                file.write(message.message().as_bytes())
