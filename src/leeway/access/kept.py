"""What someone was writing when the door closed on them: kept for half an hour, and offered back to them alone."""

import time
from collections.abc import Callable, Iterable, Sequence
from html.parser import HTMLParser
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from leeway.forms import DateParts
from leeway.refusal import Refusal

KEPT = "kept_pages"
#: A page sends what is being typed under this header, to be kept and not to be done (`site/static/typing.js`).
KEEP_HEADER = "Leeway-Keep"
ENDED_FOR = "session_ended_for"
KEPT_SECONDS = 30 * 60
KEPT_BYTES_MAX = 200_000
#: The rooms whose forms are kept. No other: not signing in, nor who signs in, nor bank details, nor payments.
WRITING = frozenset(
    {
        "people",
        "asking",
        "corrections",
        "conditions",
        "employing",
        "circumstances",
        "assessment",
        "planning",
        "review",
        "budgets",
        "funders",
        "bills",
        "claims",
        "recovery",
        "invoices",
        "directory",
    }
)
NOT_WRITING = {"csrfmiddlewaretoken", "version", "seen"}


def keep_writing(request: HttpRequest) -> None:
    """Keep a form that is not taken in yet: it is being typed, its user's session ended, or a reason comes first.

    Nothing is kept but from the rooms in `WRITING`, so that no password is; nor when it is not known whose session it
    was, or when the form is large. What is written on one page takes no other page's place, while there is room. A
    file that came with it is not kept, and the page says so: it was never looked at, and its user has it.
    """
    written = request.POST.copy()
    written.pop("csrfmiddlewaretoken", None)
    text, user_id = written.urlencode(), _whose(request)
    if request.resolver_match.namespace not in WRITING or user_id is None or len(text) > KEPT_BYTES_MAX:
        return
    kept, address = _kept(request), address_of(request)
    kept.pop(address, None)
    kept[address] = {"user": user_id, "written": text, "at": time.time(), "had_file": bool(request.FILES)}
    while sum(len(one["written"]) for one in kept.values()) > KEPT_BYTES_MAX:
        del kept[next(iter(kept))]  # the oldest
    request.session[KEPT] = kept


def _whose(request: HttpRequest) -> int | None:
    """The user whose session this is, or was until it ended."""
    return request.user.pk or request.session.get(ENDED_FOR)


def _kept(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """What this session keeps for its user by address, the oldest first: nobody else's, and nothing of too long ago."""
    since = time.time() - KEPT_SECONDS
    every = request.session.get(KEPT, {})
    return {address: one for address, one in every.items() if one["user"] == _whose(request) and one["at"] >= since}


def what_was_sent(request: HttpRequest) -> list[tuple[str, str]]:
    """What came with a form that no page could take in, to be copied by its writer; from the rooms in `WRITING`."""
    if request.method != "POST" or not keeps_writing(request):
        return []
    return in_words(Questions(), _one_by_one(request.POST))


def _one_by_one(written: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name, values in written.lists() for value in values]


def keeps_writing(request: HttpRequest) -> bool:
    """Whether what is typed on this page is kept."""
    return (
        bool(request.resolver_match) and request.resolver_match.namespace in WRITING and request.user.is_authenticated
    )


def offer_kept_writing(request: HttpRequest, page: Callable[[], HttpResponse]) -> HttpResponse | None:
    """A page that gives back what was kept, when its user comes to the same address again; else None.

    `page` makes the page of that address, which has the words that asked for it.
    """
    if KEPT not in request.session:
        return None
    kept, address = _kept(request), address_of(request)
    one = kept.get(address)
    if one is not None and (request.method == "POST" or request.GET.get("kept") == "throw-away"):
        del kept[address]
    if len(kept) < len(request.session[KEPT]):
        request.session[KEPT] = kept
    if one is None or request.method == "POST":
        return None
    if address not in kept:
        return redirect(address)
    fields = _one_by_one(QueryDict(one["written"]))
    context = {"fields": fields, "shown": in_words(questions_of(page), fields), "had_file": one["had_file"]}
    throw_away = f"{address}{'&' if '?' in address else '?'}kept=throw-away"
    return render(request, "access/kept.jinja", context | {"address": address, "throw_away": throw_away})


def address_of(request: HttpRequest) -> str:
    """The address of a page with what it asks by, such as the service that a line of a plan is about."""
    asked = request.GET.copy()
    asked.pop("kept", None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


class Questions(HTMLParser):
    """What a page asks for: the question of each box by its name, and the words of each choice by name and value.

    Where boxes stand in groups, as those of each line of income do, the question begins with the name of its group.
    """

    def __init__(self, page: str = ""):
        super().__init__()
        self.asked: dict[str, str] = {}
        self.choices: dict[tuple[str, str], str] = {}
        self._labels: dict[str, str] = {}  # the words of each label, by the box that they are of
        self._groups: list[tuple[str, str]] = []  # the tags and names of the groups that the reader is in
        self._boxes: list[tuple[str, str, str, list[tuple[str, str]]]] = []
        self._words: list[str] = []
        self._of = ("", "")  # the list that the reader is in, and the choice; or the box that a label is of
        self.feed(page)
        for name, box, value, groups in self._boxes:
            self._ask(name, self._labels.get(box, ""), value, groups)

    def _ask(self, name: str, label: str, value: str, groups: Sequence[tuple[str, str]]) -> None:
        whole, _, part = name.rpartition("_")
        is_day = part in DateParts.parts
        if (is_day or value) and groups and groups[-1][0] == "fieldset":
            question, around, said = groups[-1][1], groups[:-1], label
        else:
            question, around, said = label, groups, "Yes"
        group = next((words for _tag, words in around if words), "")
        self.asked.setdefault(whole if is_day else name, f"{group}: {question}" if group else question)
        if value:
            self.choices[name, value] = said

    def handle_starttag(self, tag, attrs):
        """Note a box, or that a group or words begin."""
        given = {name: value or "" for name, value in attrs}
        if tag in ("fieldset", "details"):
            self._groups.append((tag, ""))
        elif tag in ("input", "select", "textarea") and given.get("name") and given.get("type") != "hidden":
            ticked = given.get("value", "") if given.get("type") in ("radio", "checkbox") else ""
            self._boxes.append((given["name"], given.get("id", ""), ticked, self._groups[:]))
            self._of = (given["name"], "")
        elif tag in ("legend", "label", "option") or given.get("class") == "govuk-details__summary-text":
            self._words = []
            self._of = (self._of[0], given.get("value", "")) if tag == "option" else (given.get("for", ""), tag)

    def handle_data(self, data):
        """Note the words."""
        self._words.append(data)

    def handle_endtag(self, tag):
        """Words of a group, a question or a choice end, or a group of boxes does."""
        words = " ".join("".join(self._words).split()).partition(" (optional")[0]
        if self._groups and (tag == "legend" or (tag == "span" and self._of == ("", "span"))):
            self._groups[-1] = (self._groups[-1][0], words)
            self._of = ("", "")
        elif tag == "label":
            self._labels[self._of[0]] = words
        elif tag == "option":
            self.choices[self._of] = words
        elif tag in ("fieldset", "details") and self._groups:
            self._groups.pop()


def questions_of(page: Callable[[], HttpResponse]) -> Questions:
    """What a page asks for; nothing where it cannot be seen as it was, since the case went on meanwhile."""
    try:
        made = page()
    except (Http404, Refusal):
        return Questions()
    return Questions(getattr(made, "content", b"").decode())


def in_words(questions: Questions, written: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What was written on a page, each thing once, under the words that ask for it there."""
    rows: dict[str, list[str]] = {}
    for name, value in written:
        if name in NOT_WRITING or not value.strip():
            continue
        whole, _, part = name.rpartition("_")
        of_a_day = part in DateParts.parts and name not in questions.asked
        said = rows.setdefault(whole if of_a_day else name, [])
        said[:] = [" ".join([*said, value])] if of_a_day else [*said, questions.choices.get((name, value), value)]
    return [(questions.asked.get(name) or _named(name), "\n".join(said)) for name, said in rows.items()]


def _named(name: str) -> str:
    """What the page does not ask any more, by its name: request_words is “Request words”."""
    return name.replace("_", " ").replace("-", " ").capitalize().replace("Nhs", "NHS")
