"""Pages of what was sent about a case: to whom, how, when, and whether it arrived."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from leeway.access.access import SignedIn
from leeway.access.models import User
from leeway.acting import act
from leeway.care.people import actions, forms, queries
from leeway.care.people.access import can_work_on, is_the_person
from leeway.care.people.models import Case
from leeway.messages.models import Message
from leeway.messages.printing import CannotBePrinted, message_pdf
from leeway.messages.queries import about_case, get_message
from leeway.messages.recipients import Channel
from leeway.messages.states import SENT_AGAIN, State

PAGE = "Messages"
A_PAGE = 25
COLOURS = {State.DELIVERED: "green", State.POSTED: "teal", State.FAILED: "red", State.TO_PRINT: "yellow"}


@dataclass(frozen=True, slots=True)
class Row:
    """One message in words: what the pages say of it, and where it is read in full."""

    address: str
    when: date
    to: str
    how: str
    subject: str
    stands: str
    colour: str


def row_of(case: Case, message: Message) -> Row:
    """A message as a line of the table."""
    stands = "Sent again since" if sent_again(message) else message.get_state_display()
    return Row(
        address=reverse("people:message", args=[case.pk, message.pk]),
        when=message.written_on,
        to=message.recipient_name,
        how=message.get_channel_display(),
        subject=message.subject,
        stands=stands,
        colour="grey" if sent_again(message) else COLOURS.get(State(message.state), "blue"),
    )


def sent_again(message: Message) -> Message | None:
    """The message that took the place of one that did not arrive."""
    return getattr(message, "sent_again", None)


@require_safe
def messages(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Everything that was sent about a case, the latest first; the person sees what was sent to them."""
    case = queries.get_case(case_id, seen_by=request.user, page=PAGE)
    found = about_case(case.pk, to=queries.whose_messages(case, seen_by=request.user))
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "case": case,
        "page": page,
        "rows": [row_of(case, message) for message in page],
        "you": is_the_person(request.user, case),
        "back": reverse("case", args=[case.pk]),
    }
    return render(request, "people/messages.jinja", context)


@require_safe
def message(request: SignedIn, case_id: UUID, message_id: UUID) -> HttpResponse:
    """One message: the words as sent, how it went, and what somebody can do about it."""
    case, found = _find(request, case_id, message_id)
    return _page(request, case, found, forms.ReturnedForm())


@require_safe
def pdf(request: SignedIn, case_id: UUID, message_id: UUID) -> HttpResponse:
    """A message as a letter to print."""
    case, found = _find(request, case_id, message_id)
    try:
        content = message_pdf(found)
    except CannotBePrinted as refusal:
        return _page(request, case, found, forms.ReturnedForm(), problem=str(refusal))
    headers = {
        "Content-Disposition": f'attachment; filename="letter-{found.written_on.isoformat()}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_POST
def posted(request: SignedIn, case_id: UUID, message_id: UUID) -> HttpResponse:
    """Say that the letter is in the post, or that they were told in another way."""
    case, found = _find(request, case_id, message_id)
    form = forms.ConfirmForm(request.POST)
    if act(form, lambda **by_on: actions.record_posted(case=case, message=found, **by_on), request):
        notices.success(request, "It is noted that this was posted.")
        return redirect("people:messages", case_id=case.pk)
    return _page(request, case, found, form)


@require_POST
def returned(request: SignedIn, case_id: UUID, message_id: UUID) -> HttpResponse:
    """Say that the message did not arrive."""
    case, found = _find(request, case_id, message_id)
    form = forms.ReturnedForm(request.POST)
    if act(
        form,
        lambda **by_on: actions.record_returned(case=case, message=found, reason=form.cleaned_data["reason"], **by_on),
        request,
    ):
        notices.success(request, "It is noted that this did not arrive.")
        return redirect("people:message", case_id=case.pk, message_id=found.pk)
    return _page(request, case, found, form)


@require_POST
def again(request: SignedIn, case_id: UUID, message_id: UUID) -> HttpResponse:
    """Send a message that did not arrive once more, to what is on record now."""
    case, found = _find(request, case_id, message_id)
    form = forms.ConfirmForm(request.POST)
    done = act(form, lambda **by_on: actions.send_again(case=case, message=found, **by_on), request)
    if done:
        sent = done.result
        notices.success(request, f"It goes to {sent.recipient_name} again: {sent.get_channel_display().lower()}.")
        return redirect("people:message", case_id=case.pk, message_id=sent.pk)
    return _page(request, case, found, form)


def _find(request: SignedIn, case_id: UUID, message_id: UUID) -> tuple[Case, Message]:
    """The case, with the look noted, and one of its messages that this user may read."""
    case = queries.get_case(case_id, seen_by=request.user, page=PAGE)
    whose = queries.whose_messages(case, seen_by=request.user)
    return case, get_message(message_id, case_id=case.pk, to=whose)


def _page(request: SignedIn, case: Case, found: Message, form, *, problem: str = "") -> HttpResponse:
    context = {
        "case": case,
        "row": row_of(case, found),
        "body": found.body,
        "facts": facts(found, staff=request.user.is_staff_member),
        "form": form,
        "stopped": found.state == State.STOPPED,
        "problem": problem,
        "back": reverse("people:messages", args=[case.pk]),
        **what_can_be_done(case, found, request.user),
    }
    return render(request, "people/message.jinja", context)


def may_send_again(case: Case, found: Message) -> bool:
    """Whether there is still somebody to send it to, and nobody has sent it again yet."""
    fits = (found.recipient_id == case.person_id) == (case.person.date_of_death is None)
    return found.state in SENT_AGAIN and sent_again(found) is None and fits


def what_can_be_done(case: Case, found: Message, user: User) -> dict[str, str]:
    """Where this user prints the message, says that it was posted or came back, or sends it again."""
    if not can_work_on(user, case):
        return {}
    pages = {
        "pdf": ("people:message_pdf", found.channel in {Channel.POST, Channel.PRINT}),
        "posted": ("people:message_posted", found.state == State.TO_PRINT),
        "returned": ("people:message_returned", found.state in {State.SENT, State.POSTED}),
        "again": ("people:message_again", may_send_again(case, found)),
    }
    return {name: reverse(page, args=[case.pk, found.pk]) for name, (page, shown) in pages.items() if shown}


def facts(found: Message, *, staff: bool) -> list[tuple[str, str]]:
    """How a message went, line by line."""
    known = [("To", found.recipient_name), ("How", found.get_channel_display())]
    if found.address:
        known.append(("Address", ", ".join(found.address.splitlines())))
    if found.sent_at:
        known.append(("Sent", f"{timezone.localtime(found.sent_at):%-d %B %Y, %H:%M}"))
    if found.settled_on:
        known.append((found.get_state_display(), f"{found.settled_on:%-d %B %Y}"))
    if not staff:
        return known
    who = found.written_by.name if found.written_by else "By itself, at night"
    known.append(("Written", f"{who}, {found.written_on:%-d %B %Y}"))
    if found.why_this_way:
        known.append(("Why this way", found.why_this_way))
    if found.last_error:
        known.append(("What went wrong", found.last_error))
    if found.carrier:
        known.append(
            ("Carried by", f"{found.carrier}, after {found.attempts} tries" if found.attempts > 1 else found.carrier)
        )
    if found.settled_by:
        known.append(("Noted by", found.settled_by.name))
    return known
