"""The directory's pages: to search and to read for everyone, to add to for those who may."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from leeway.access.access import SignedIn
from leeway.access.table import may_reach
from leeway.acting import act, attempt
from leeway.market.contracts.actions import end_rate, record_rate
from leeway.market.contracts.models import Rate, RateKind
from leeway.market.contracts.presenters import kind_in_words, price_in_words
from leeway.market.contracts.queries import PricesOf, listed_prices, prices_of
from leeway.market.contracts.sufficiency import sufficiency
from leeway.market.directory.actions import list_service
from leeway.market.directory.forms import EndForm, ListingForm, PriceForm, SearchForm
from leeway.market.listings import queries
from leeway.market.listings.models import Domain, Service
from leeway.versions import version_of


@require_safe
def search(request: HttpRequest):
    """Find support: words, place and distance, kind, rating, direct payments, regulated or not."""
    form = SearchForm(request.GET)
    read = attempt(form, lambda: queries.search(**form.cleaned_data))
    found = read and read.result
    shown = {
        "form": form,
        "found": found,
        "prices": priced(found) if found else {},
        "empty": found is not None and found.total == 0 and not queries.listed().exists(),
        "pagination": pagination(request, found) if found and found.pages > 1 else None,
        "asked": any(request.GET.values()),
        "may_add": may_reach(request.user, "directory:add"),
        "may_compare": may_reach(request.user, "directory:prices"),
    }
    return render(request, "directory/search.jinja", shown)


@require_safe
def prices(request: SignedIn):
    """Whether the prices of the allocation table buy what is offered here: for the council's staff."""
    today = timezone.localdate()
    found = sufficiency(today, settings.COUNCIL_POLICY)
    shown = {"found": found, "today": today, "too_low": [each for each in found if each.enough is False]}
    return render(request, "directory/prices.jinja", shown)


def priced(found: queries.Found) -> dict:
    """What the services of a page of results cost today, in words."""
    prices = listed_prices(found.services, timezone.localdate())
    return {service_id: "; ".join(map(price_in_words, rates)) for service_id, rates in prices.items()}


def pagination(request: HttpRequest, found: queries.Found) -> dict:
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
def service(request: HttpRequest, service_id):
    """One listing: what it is, its quality, its price, when it was last checked, and what is not known."""
    listing = get_listing(service_id)
    came_from = request.META.get("HTTP_REFERER", "")
    search_page = request.build_absolute_uri(reverse("directory:search"))
    may_price = may_reach(request.user, "directory:price")
    kinds = RateKind.values if may_price else [RateKind.LISTED]
    shown = {
        "service": listing,
        "prices": price_rows(prices_of(listing, timezone.localdate(), kinds=kinds)),
        "groups": by_group(listing),
        "back": came_from if came_from.startswith(search_page) else reverse("directory:search"),
        "may_price": may_price,
    }
    return render(request, "directory/service.jinja", shown)


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
    if done := act(form, lambda **by_on: list_service(**form.cleaned_data, **by_on), request):
        messages.success(request, f"{done.result.name} is in the directory now. Everyone can find it.")
        return redirect("directory:service", done.result.pk)
    return render(request, "directory/add.jinja", {"form": form, "back": reverse("directory:search")})


def price(request: SignedIn, service_id):
    """Record what a service costs from a day on, beside what it costs and did cost."""
    listing, today = get_listing(service_id), timezone.localdate()
    form = PriceForm(request.POST or None, initial={"starts_on": today})
    coming = [rate.pk for rate in prices_of(listing, today).coming] if form.is_bound else []
    if done := act(form, lambda **by_on: record_rate(service=listing, **form.cleaned_data, **by_on), request):
        gone = [_from_day(rate) for rate in Rate.objects.filter(pk__in=coming).order_by("starts_on") if rate.never_held]
        instead = f" It takes the place of what was to come: {', '.join(gone)}." if gone else ""
        messages.success(request, f"Recorded: {_from_day(done.result)}.{instead}")
        return redirect("directory:service", listing.pk)
    shown = {
        "form": form,
        "service": listing,
        "prices": price_rows(prices_of(listing, today)),
        "back": reverse("directory:service", args=[listing.pk]),
    }
    return render(request, "directory/price.jinja", shown)


def end_price(request: SignedIn, service_id, rate_id):
    """Say when a price holds for the last time, where no other takes its place."""
    listing = get_listing(service_id)
    rate = get_object_or_404(Rate, pk=rate_id, service=listing)
    form = EndForm(request.POST or None, initial={"ends_on": timezone.localdate(), "version": version_of(rate)})
    if done := act(form, lambda **by_on: end_rate(rate=rate, **form.cleaned_data, **by_on), request):
        messages.success(request, "The price is taken back." if done.result.never_held else "The end is recorded.")
        return redirect("directory:price", listing.pk)
    shown = {
        "form": form,
        "service": listing,
        "rate": price_row(rate),
        "back": reverse("directory:price", args=[listing.pk]),
    }
    return render(request, "directory/end_price.jinja", shown)


def _from_day(rate: Rate) -> str:
    return f"{price_in_words(rate)} from {rate.starts_on:%-d %B %Y}"


def price_rows(prices: PricesOf) -> dict[str, list[dict]]:
    """The prices of a service as its pages show them: now, coming, and of before."""
    return {
        "now": [price_row(rate) for rate in prices.now],
        "coming": [price_row(rate) for rate in prices.coming],
        "before": [price_row(rate) for rate in prices.before],
    }


def price_row(rate: Rate) -> dict:
    return {
        "id": rate.pk,
        "price": price_in_words(rate),
        "kind": kind_in_words(rate),
        "is_listed": rate.kind == RateKind.LISTED,
        "starts_on": rate.starts_on,
        "ends_on": rate.ends_on,
        "never_held": rate.never_held,
        "checked_on": rate.recorded_on,
        "recorded_by": rate.recorded_by.name if rate.recorded_by else "",
    }
