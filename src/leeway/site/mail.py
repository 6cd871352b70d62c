"""Where no mail server is set, letters by email are printed in the terminal, as they would be read."""

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend


class Terminal(EmailBackend):
    """Prints the words, not what travels: there a long link is cut in two and cannot be copied."""

    def write_message(self, message: EmailMessage) -> None:
        self.stream.write(f"To: {', '.join(message.to)}\nSubject: {message.subject}\n\n{message.body}\n{'-' * 79}\n")
