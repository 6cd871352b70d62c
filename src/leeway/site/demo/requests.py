"""Requests for help that came from the public page and wait: for oneself, for another, and one that cannot wait."""

from datetime import date, timedelta
from uuid import uuid4

from leeway.care.asking.actions import send
from leeway.care.asking.forms import AskForm

#: Each with how many days ago it came.
REQUESTS = (
    (
        2,
        {
            "for_whom": "self",
            "words": "I get breathless on the stairs now, so I sleep in the chair. I want to sleep in a bed again.",
            "name": "Vera Lunt",
            "born": "1941",
            "phone": "01632 960 671",
            "careful": "Please let it ring, I am slow to the phone.",
        },
    ),
    (
        0,
        {
            "for_whom": "other",
            "words": "He is well enough to leave on Tuesday and there is nobody at home. He says he will manage.",
            "urgent": ["hospital"],
            "name": "Otto Fell",
            "born": "about 1938",
            "lives_at": "Ward 6, Fairbourne General",
            "asker_name": "Nadia Rahman",
            "asker_is": "professional",
            "knows": "yes",
            "phone": "01632 960 688",
        },
    ),
    (
        6,
        {
            "for_whom": "other",
            "words": "My sister says she is fine. She has stopped going out since her helper left.",
            "name": "Ada Bell",
            "asker_name": "Tom Bell",
            "asker_is": "family",
            "knows": "no",
            "other_way": "12 Quay Street, Fairbourne",
            "careful": "Letters only, I work nights.",
        },
    ),
)


def ask(today: date) -> None:
    """Have each of them sent, as its form would send it."""
    for days_ago, answers in REQUESTS:
        form = AskForm({"no_way": "on", **answers})
        assert form.is_valid(), form.errors
        send(form_id=uuid4(), typed=form.typed, on=today - timedelta(days=days_ago))
