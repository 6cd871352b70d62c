"""A message as a letter to print: a tagged PDF. Its words reach Typst as JSON, never as markup."""

import json
from datetime import UTC, datetime, time
from pathlib import Path

import typst
from django.conf import settings

from leeway import typeface
from leeway.messages.models import Message
from leeway.refusal import Refusal

TEMPLATE = Path(__file__).parent / "typst" / "message.typ"
LARGE_PRINT = "Large print"


class CannotBePrinted(Refusal):
    """The letter has writing that no typeface on this computer can show."""


def message_pdf(message: Message) -> bytes:
    """The letter as a PDF: in 14 point, or 18 point for somebody who needs large print. The same bytes each time."""
    content = {
        "sender": settings.COUNCIL_NAME,
        "to": [message.recipient_name, *message.address.splitlines()],
        "dated": f"{message.written_on:%-d %B %Y}",
        "subject": message.subject,
        "paragraphs": [part for part in message.body.split("\n\n") if part.strip()],
        "large_print": LARGE_PRINT in message.needs,
    }
    made_at = datetime.combine(message.written_on, time(), UTC)
    inputs = {"letter": json.dumps(content, ensure_ascii=False)}
    for fonts in (typeface.SHIPPED, typeface.ALL):
        try:
            return typst.compile(TEMPLATE, sys_inputs=inputs, font_paths=fonts, pdf_standards="ua-1", timestamp=made_at)
        except typst.TypstError as problem:
            if "text" not in problem.diagnostic:  # anything but a letter that the typeface lacks is a fault of ours
                raise
    raise CannotBePrinted(
        "This letter has writing that no typeface on this computer can show. Print the page itself instead, or ask "
        "your administrator to install a typeface for it."
    )
