"""The directory's pages: to search and to read for everyone, to add to for those who may."""

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from leeway.access.access import SignedIn
from leeway.access.table import may_reach
from leeway.acting import act, attempt
from leeway.market.listings import actions, queries
from leeway.market.listings.forms import ListingForm, PriceForm, SearchForm
from leeway.market.listings.models import Domain, Service


@require_safe
def search(request: HttpRequest):
    """Find support: words, place and distance, kind, rating, direct payments, regulated or not."""
    form = SearchForm(request.GET)
    read = attempt(form, lambda: queries.search(**form.cleaned_data))
    found = read and read.result
    shown = {
        "form": form,
        "found": found,
        "empty": found is not None and found.total == 0 and not queries.listed().exists(),
        "pagination": pagination(request, found) if found and found.pages > 1 else None,
        "asked": any(request.GET.values()),
        "may_add": may_reach(request.user, "listings:add"),
    }
    return render(request, "listings/search.jinja", shown)


def pagination(request: HttpRequest, found: queries.Found) -> dict:
    """The links to the pages of a search, near the one that is shown."""
    asked = request.GET.copy()

    def link(page: int) -> str:
        asked["page"] = str(page)
        return f"{reverse('listings:search')}?{asked.urlencode()}"

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
def service(request: HttpRequest, service_id):
    """One listing: what it is, its quality, its price, when it was last checked, and what is not known."""
    listing = get_listing(service_id)
    came_from = request.META.get("HTTP_REFERER", "")
    search_page = request.build_absolute_uri(reverse("listings:search"))
    shown = {
        "service": listing,
        "groups": by_group(listing),
        "back": came_from if came_from.startswith(search_page) else reverse("listings:search"),
        "may_price": may_reach(request.user, "listings:price"),
    }
    return render(request, "listings/service.jinja", shown)


def get_listing(service_id) -> Service:
    try:
        return queries.get_service(service_id)
    except Service.DoesNotExist:
        raise Http404("There is no such service in the directory.") from None


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


def add(request: SignedIn):
    """List something people could choose that the regulator's files do not have."""
    form = ListingForm(request.POST or None)
    if done := act(form, lambda **by_on: actions.list_service(**form.cleaned_data, **by_on), request):
        messages.success(request, f"{done.result.name} is in the directory now. Everyone can find it.")
        return redirect("listings:service", done.result.pk)
    return render(request, "listings/add.jinja", {"form": form, "back": reverse("listings:search")})


def price(request: SignedIn, service_id):
    """Record what a service costs, as checked today."""
    listing = get_listing(service_id)
    form = PriceForm(request.POST or None)
    if act(form, lambda **by_on: actions.record_price(service=listing, **form.cleaned_data, **by_on), request):
        messages.success(request, "The price is recorded, as checked today.")
        return redirect("listings:service", listing.pk)
    shown = {"form": form, "service": listing, "back": reverse("listings:service", args=[listing.pk])}
    return render(request, "listings/price.jinja", shown)
