"""The directory's pages, for everyone, signed in or not."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from leeway.directory import queries
from leeway.directory.forms import SearchForm
from leeway.directory.models import Domain, Service
from leeway.forms import attempt


@require_safe
def search(request):
    """Find support: words, place and distance, kind, rating, direct payments, regulated or not."""
    form = SearchForm(request.GET)
    found = None
    if form.is_valid():
        found = attempt(form, lambda: queries.search(**form.cleaned_data))
    shown = {
        "form": form,
        "found": found,
        "empty": found is not None and found.total == 0 and not queries.listed().exists(),
        "pagination": pagination(request, found) if found and found.pages > 1 else None,
        "asked": any(request.GET.values()),
    }
    return render(request, "directory/search.jinja", shown)


def pagination(request, found: queries.Found) -> dict:
    """The links to the pages of a search, near the one that is shown."""
    asked = request.GET.copy()

    def link(page: int) -> str:
        asked["page"] = str(page)
        return f"{reverse('directory:search')}?{asked.urlencode()}"

    near = sorted({1, found.pages, *range(max(1, found.page - 1), min(found.pages, found.page + 1) + 1)})
    items: list[dict] = []
    for before, number in zip([0, *near], near, strict=False):
        if number > before + 1:
            items.append({"ellipsis": True})
        items.append({"number": str(number), "href": link(number), "current": number == found.page})
    shown: dict = {"items": items, "landmarkLabel": "Pages of results"}
    if found.page > 1:
        shown["previous"] = {"href": link(found.page - 1)}
    if found.page < found.pages:
        shown["next"] = {"href": link(found.page + 1)}
    return shown


@require_safe
def service(request, service_id):
    """One listing: what it is, its quality, its price, when it was last checked, and what is not known."""
    try:
        listing = queries.get_service(service_id)
    except Service.DoesNotExist:
        raise Http404("There is no such service in the directory.") from None
    came_from = request.META.get("HTTP_REFERER", "")
    search_page = request.build_absolute_uri(reverse("directory:search"))
    shown = {
        "service": listing,
        "groups": by_group(listing),
        "back": came_from if came_from.startswith(search_page) else reverse("directory:search"),
    }
    return render(request, "directory/service.jinja", shown)


def by_group(listing: Service) -> list[dict]:
    """A service's ratings, one table for each group of people; groups with the very same answers share a table."""
    order = list(Domain.values)
    groups: dict[str, list] = {}
    for rating in sorted(listing.ratings.all(), key=lambda rating: order.index(rating.domain)):
        groups.setdefault(rating.service_group, []).append(rating)
    tables: dict[tuple, dict] = {}
    for name in sorted(groups, key=lambda name: (name != "Overall", name)):
        answers = tuple((rating.domain, rating.rating, rating.published_on) for rating in groups[name])
        tables.setdefault(answers, {"names": [], "ratings": groups[name]})["names"].append(name)
    return [
        {"name": ", and the same for ".join(table["names"]), "ratings": table["ratings"]} for table in tables.values()
    ]
