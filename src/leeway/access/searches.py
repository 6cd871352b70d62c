"""Words that somebody searches for by a name: they stay in the sign-in, and out of every address.

Addresses are kept in a browser's history, and in the logs of whatever stands in front of Leeway. An address has a word
made by chance instead, which means something in the sign-in that searched, and nothing to anybody else.
"""

from collections.abc import Callable
from functools import wraps
from secrets import token_urlsafe
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect

SEARCHES, SEARCH = "searches", "search"
#: A sign-in remembers so many searches; what is longer is no name, and the forms take less.
REMEMBERED, WORDS_MOST = 20, 1_000


def keeps_words_out_of_addresses(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a page be searched with a form that is posted: its button is `find`, its field is `words`.

    The page is then asked for again, with the other fields of that form and the search in its address.
    """

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or "find" not in request.POST:
            return view(request, *args, **kwargs)
        asked = request.POST.copy()
        words = asked.get("words", "")
        for name in ("csrfmiddlewaretoken", "find", "words"):
            asked.pop(name, None)
        asked[SEARCH] = _remember(request, words if len(words) <= WORDS_MOST else "")
        return redirect(f"{request.path}?{asked.urlencode()}")

    return page


def looked_for(request: HttpRequest, asked: QueryDict | None = None) -> QueryDict:
    """What an address asks for, with the `words` of the search that it names: none of a sign-in that is over."""
    found = (request.GET if asked is None else asked).copy()
    found["words"] = request.session.get(SEARCHES, {}).get(found.get(SEARCH, ""), "")
    return found


def _remember(request: HttpRequest, words: str) -> str:
    """Keep the words of a search in the sign-in; what stands for them in an address."""
    searches = request.session.get(SEARCHES, {})
    known = next((search for search, said in searches.items() if said == words), None) or token_urlsafe(6)
    latest = {search: said for search, said in searches.items() if search != known} | {known: words}
    request.session[SEARCHES] = dict(list(latest.items())[-REMEMBERED:])
    return known
