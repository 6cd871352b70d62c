"""Easy words on screen, for those who asked for easy read: from a table of easy sentences, none made easy by rule.

Where no easy sentence is written for something, nothing is said of it here: the page below says it in full.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case, CommunicationNeed, Person
from leeway.law.numbers import pounds
from leeway.money.payments.money_now import MoneyNow

TABLE = Path(__file__).parent / "easy_words.yaml"
#: Under which name a reader carries what they asked for, once it was read.
READ = "needs_to_take_part"


@cache
def easy_sentences() -> dict[str, Any]:
    """The table of easy sentences."""
    return yaml.safe_load(TABLE.read_text(encoding="utf-8"))


def asked_for(user: User | AnonymousUser) -> frozenset[str]:
    """What this reader asked for themselves, so that they can take part. Read once a page."""
    if not (isinstance(user, User) and user.can(Capability.TAKE_PART)):
        return frozenset()
    kept = vars(user)
    if READ not in kept:
        needs = Person.objects.filter(user=user).values_list("communication_needs", flat=True).first()
        kept[READ] = frozenset(needs or ())
    return kept[READ]


def keep_asked_for(user: User, own: Person) -> None:
    """Keep what this reader asked for, of the record of theirs that a page read already."""
    vars(user)[READ] = frozenset(own.communication_needs or ())


def wants_easy_words(user: User | AnonymousUser) -> bool:
    """Whether this reader asked for easy read: easy words stand above the page then."""
    return CommunicationNeed.EASY_READ in asked_for(user)


def easy_words_of(request: HttpRequest) -> list[str]:
    """What the page that is read is for, in easy words, where its reader asked for them and there are some."""
    match = request.resolver_match
    if match is None or not wants_easy_words(request.user):
        return []
    said: list[str] = easy_sentences()["pages"].get(match.view_name, [])
    return [] if said and _is_about_somebody_else(request.user, match.kwargs) else said


def _is_about_somebody_else(user: User | AnonymousUser, kwargs: dict[str, Any]) -> bool:
    """Whether a page is about somebody whom its reader helps: easy words say “you”, and mean the person."""
    of_page = {"pk": kwargs["person_id"]} if "person_id" in kwargs else {"cases": kwargs.get("case_id")}
    return None not in of_page.values() and not Person.objects.filter(user=user.pk, **of_page).exists()


def in_easy_words(
    case: Case, *, budget_pence: int | None, pays_pence: int | None, money: MoneyNow | None, letters: int
) -> list[str]:
    """Where things stand for the person of a case, in easy words."""
    table = easy_sentences()
    said = [*table["now"][case.stage], *table["worker"]["known" if case.worker else "nobody"]]
    if budget_pence and pays_pence is not None:
        said += [*table["budget"], *table["pays"]["something" if pays_pence else "nothing"]]
    if money is not None and money.next is not None:
        said += table["payment"]["waits" if money.next.waits else "late" if money.next.late else "comes"]
    if letters:
        said += table["letters"]
    filled = {
        "worker": case.worker.name if case.worker else "",
        "budget": pounds(budget_pence or 0),
        "pays": pounds(pays_pence or 0),
        "amount": pounds(money.next.amount_pence) if money and money.next else "",
        "day": _day(money.next.arrives_on) if money and money.next else "",
    }
    return [sentence.format(**filled) for sentence in said]


def _day(on: date) -> str:
    return f"{on:%A %-d %B}"
