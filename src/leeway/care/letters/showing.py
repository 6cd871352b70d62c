"""A letter as a page and as a PDF, for every room that writes one."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from leeway.access.access import SignedIn
from leeway.care.letters.blocks import Letter
from leeway.care.letters.pdf import CannotBePrinted, letter_pdf


def letter_page(
    request: SignedIn, letter: Letter, *, back: str, back_text: str, pdf: str = "", problem: str = ""
) -> HttpResponse:
    """The page of a letter, with the way to its PDF."""
    context = {"letter": letter, "pdf": pdf, "problem": problem, "back": back, "back_text": back_text}
    return render(request, "letters/letter.jinja", context)


def letter_as_pdf(request: SignedIn, letter: Letter, *, back: str, back_text: str) -> HttpResponse:
    """The same letter as a PDF; the page again, with what to do, where no typeface can show it."""
    try:
        content = letter_pdf(letter)
    except CannotBePrinted as refusal:
        return letter_page(request, letter, back=back, back_text=back_text, problem=str(refusal))
    name = f"{slugify(letter.title) or 'letter'}-{letter.dated.isoformat()}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
