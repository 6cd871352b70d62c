"""The Jinja environment that every page is made in, and the words that its templates use."""

from datetime import date, datetime
from typing import cast

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.paginator import Page
from django.forms import BoundField, ChoiceField
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import json_script
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader, pass_context
from jinja2.runtime import Context

from leeway.access.kept import keeps_writing, what_was_sent
from leeway.access.second_factor import needs_second_factor
from leeway.care.people.addressing import addressed
from leeway.care.people.models import CommunicationNeed, Person
from leeway.forms import DateParts, asked_with, error_in_words
from leeway.law.numbers import pounds as pounds_in_words
from leeway.law.sharing import percent
from leeway.said import ended
from leeway.site.easy import asked_for, easy_words_of
from leeway.site.navigation import navigation
from leeway.site.next_steps import onward

WIDGET_KINDS = {
    "HiddenInput": "hidden",
    "RadioSelect": "radios",
    "CheckboxSelectMultiple": "checkboxes",
    "CheckboxInput": "checkbox",
    "DateParts": "date",
    "Select": "select",
    "Textarea": "textarea",
    "PasswordInput": "password",
    "FileInput": "file",
    "ClearableFileInput": "file",
}


def environment(**options) -> Environment:
    """Jinja with the GOV.UK macros beside our own templates."""
    ours = options.pop("loader")
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    options["undefined"] = ChainableUndefined  # the GOV.UK macros rely on it
    options["autoescape"] = lambda name: not (name or "").endswith(".txt")  # an email is no page: it would say &#39;
    env = Environment(loader=ChoiceLoader([ours, macros]), **options)
    env.globals.update(
        url=url,
        static=static,
        messages=get_messages,
        navigation=navigation,
        onward=onward,
        council_name=settings.COUNCIL_NAME,
        council_contact=settings.COUNCIL_CONTACT,
        council_phone=settings.COUNCIL_PHONE,
        urgent_phone=settings.URGENT_PHONE,
        widget_kind=widget_kind,
        error_in_words=error_in_words,
        choice_items=choice_items,
        date_items=date_items,
        field_value=field_value,
        communication_words=communication_words,
        large_print=large_print,
        easy_words_of=easy_words_of,
        keeps_writing=keeps_writing,
        what_was_sent=what_was_sent,
        pagination_of=pagination_of,
        second_step_needed=needs_second_factor,
        single_sign_on=lambda: bool(settings.OIDC_ISSUER),
    )
    env.filters.update(
        pounds=pounds,
        percent=percent,
        day=day,
        moment=moment,
        lines=lines,
        ended=ended,
        for_reader=for_reader,
        json_script=json_script,
    )
    return env


@pass_context
def for_reader(context: Context, text: str) -> str:
    """Stored words as this reader is addressed: staff read of “the person”, others of “you”, or of whom they help."""
    user, case = context.get("user"), context.get("case")
    if case is None or not user or user.is_staff_member:
        return text
    return addressed(str(text), you=case.person.user_id == user.pk, name=case.person.called)


def url(name: str, *args, **kwargs) -> str:
    """The address of a page by its name."""
    return reverse(name, args=args, kwargs=kwargs)


def pounds(pence: int | None) -> str:
    """Whole pence as pounds: 123450 is £1,234.50."""
    return "not known" if pence is None else pounds_in_words(pence)


def day(value: date | str | None) -> str:
    """A date as people say it: 6 April 2026."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return f"{value:%-d %B %Y}" if value else "not known"


def moment(value: datetime) -> str:
    """A time as people say it: 6 April 2026 at 2:05pm."""
    local = timezone.localtime(value)
    return f"{local:%-d %B %Y} at {local:%-I:%M}{local:%p}".replace("AM", "am").replace("PM", "pm")


def lines(text: str) -> list[str]:
    """The paragraphs of a text that someone typed."""
    return [line for line in text.splitlines() if line.strip()]


def widget_kind(bound: BoundField) -> str:
    """Which GOV.UK component shows this field."""
    return WIDGET_KINDS.get(type(bound.field.widget).__name__, "input")


def field_value(bound: BoundField) -> str:
    """What stands in a text field: what was typed, or else what is stored."""
    value = bound.value()
    return "" if value is None else str(value)


def choice_items(bound: BoundField) -> list[dict]:
    """The choices of a field as the GOV.UK components want them. A help line follows a label after “ | ”."""
    value = bound.value()
    chosen = {str(item) for item in (value if isinstance(value, list | tuple) else [value])}
    asks = asked_with(bound.field)
    items = []
    for key, label in list(cast(ChoiceField, bound.field).choices):
        text, _, help_line = str(label).partition(" | ")
        on = str(key) in chosen
        item = {"value": str(key), "text": text, "checked": on, "selected": on}
        item |= {"hint": {"text": help_line}} if help_line else {}
        items.append(item | ({"attributes": {"data-asks": " ".join(asks[str(key)])}} if asks.get(str(key)) else {}))
    return items


def date_items(bound: BoundField) -> list[dict]:
    """Three boxes of a date, each marked when the date is wrong."""
    value = bound.value()
    values = value if isinstance(value, list) else bound.field.widget.decompress(value)
    error = " govuk-input--error" if bound.errors else ""
    return [
        {
            "name": f"{bound.html_name}_{part}",
            "id": f"{bound.auto_id}_{part}",
            "label": part.capitalize(),
            "value": "" if item is None else str(item),
            "classes": f"govuk-input--width-{4 if part == 'year' else 2}{error}",
        }
        for part, item in zip(DateParts.parts, values, strict=True)
    ]


def communication_words(person: Person) -> list[str]:
    """What helps this person take part, in words."""
    labels = dict(CommunicationNeed.choices)
    words = [labels[need] for need in person.communication_needs]
    if person.language != "English":
        words.append(f"speaks {person.language}")
    return words + ([person.communication_note] if person.communication_note else [])


def large_print(user) -> bool:
    """Whether this reader asked for large print: pages are larger then, as their letters are."""
    return CommunicationNeed.LARGE_PRINT in asked_for(user)


def pagination_of(page: Page, request, at: str = "") -> dict:
    """What the GOV.UK pagination wants to know, with the other words of the address kept; and where the list begins."""

    def address(number: int | str) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}{at and '#'}{at}"

    items = [
        {"ellipsis": True}
        if number == page.paginator.ELLIPSIS
        else {"number": number, "href": address(number), "current": number == page.number}
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    shown: dict = {"items": items}
    if page.has_previous():
        shown["previous"] = {"href": address(page.previous_page_number())}
    if page.has_next():
        shown["next"] = {"href": address(page.next_page_number())}
    return shown
