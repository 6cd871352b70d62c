"""What other rooms and pages read from the directory. Everyone may see it all."""

import re
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Avg, Case, F, FloatField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import ASin, Cos, Power, Radians, Sin, Sqrt

from leeway.market.listings.models import BEST_FIRST, RatingGiven, Service
from leeway.market.listings.terms import by_words, of_kind
from leeway.refusal import Refusal

PAGE_SIZE = 20
EARTH_RADIUS_MILES = 3958.8
FARTHEST_MILES = 100
SORTS = {"best": "Best match", "distance": "Nearest first", "rating": "Best rated first", "name": "Name, A to Z"}

DISTRICT = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")
WHOLE_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")


@dataclass(frozen=True, slots=True)
class Centre:
    """The point that distances are measured from: the middle of what is listed in a place."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search, and what the searcher should know about it."""

    services: list[Service]
    total: int
    page: int
    pages: int
    centre: Centre | None
    without_position: int
    otherwise: tuple[str, ...] = ()  # the words that nothing has, looked for as what is spelt like them

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE_SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.page * PAGE_SIZE, self.total)


def search(
    *,
    words: str = "",
    place: str = "",
    within_miles: int | None = None,
    kind: str = "",
    rating_at_least: str = "",
    takes_direct_payments: bool | None = None,
    regulated: bool | None = None,
    sort: str = "",
    page: int = 1,
) -> Found:
    """Find support in the directory. What fits most of the words comes first; one is enough.

    A place is a town, a council's area, a postcode or the start of one. With a distance, what is listed within so
    many miles of the middle of the place; each service then has `miles`. Raises Refusal, with the field's name,
    where a distance cannot be measured. Services that are no longer listed are left out.
    """
    found = Service.objects.filter(no_longer_listed_on=None)
    otherwise: tuple[str, ...] = ()
    if words.strip():
        found, otherwise = by_words(found, words)
    if kind:
        found = found.filter(of_kind(kind))
    if rating_at_least:
        good_enough = BEST_FIRST[: BEST_FIRST.index(RatingGiven(rating_at_least)) + 1]
        found = found.filter(overall_rating__in=good_enough)
    if takes_direct_payments is not None:
        found = found.filter(takes_direct_payments=takes_direct_payments)
    if regulated is not None:
        found = found.filter(regulated=regulated)
    centre = middle_of(place) if place.strip() else None
    without_position = 0
    if within_miles:
        if centre is None:
            raise no_middle(place)
        without_position = found.filter(latitude=None).count()
        found = found.annotate(miles=miles_from(centre)).filter(miles__lte=within_miles)
    else:
        if place.strip():
            found = found.filter(in_place(place))
        if centre:
            found = found.annotate(miles=miles_from(centre))
    if sort == "distance" and centre is None:
        raise no_middle(place, field="sort")
    found = in_order(found, sort or "best", ranked=bool(words.strip()), centred=bool(within_miles))
    shown = one_page(found, page=page, centre=centre, without_position=without_position)
    return replace(shown, otherwise=otherwise)


def in_place(place: str) -> Q:
    """Services in a place: by the start of the postcode, or by the name of the town or the council's area.

    “M4” is the district M4 and not M41; “LN” is every district of LN.
    """
    text = " ".join(place.upper().split())
    together = text.replace(" ", "")
    whole = WHOLE_POSTCODE.fullmatch(together)
    if whole:
        return Q(postcode=f"{whole[1]} {whole[2]}")
    if DISTRICT.fullmatch(together):
        return Q(postcode__startswith=f"{together} ")
    if " " in text and DISTRICT.fullmatch(text.split()[0]):
        return Q(postcode__startswith=text)
    named = Q(town__icontains=place.strip()) | Q(area__icontains=place.strip())
    if re.fullmatch(r"[A-Z]{1,2}", together):
        return named | Q(postcode__regex=f"^{together}[0-9]")
    return named


def middle_of(place: str) -> Centre | None:
    """The middle of what is listed in a place and has a position on the map; None where nothing there has.

    A whole postcode that nothing has falls back on its district. No national table of postcodes is part of Leeway.
    """
    whole = WHOLE_POSTCODE.fullmatch("".join(place.upper().split()))
    for name in [place.strip(), *([whole[1]] if whole else [])]:
        listed = Service.objects.filter(in_place(name), latitude__isnull=False)
        middle = listed.aggregate(latitude=Avg("latitude"), longitude=Avg("longitude"))
        if middle["latitude"] is not None:
            return Centre(name.upper() if whole else name, middle["latitude"], middle["longitude"])
    return None


def no_middle(place: str, field: str = "place") -> Refusal:
    if not place.strip():
        return Refusal("Enter a town or a postcode to measure the distance from.", field="place")
    return Refusal(
        f"We do not know where “{place.strip()}” is on the map, so we cannot measure a distance from it. "
        "Choose “Any distance” and “Best match” to see what is listed there, or enter a larger place nearby.",
        field=field,
    )


def miles_from(centre: Centre):
    """Miles as the crow flies from a centre to a service (haversine, a round Earth)."""
    north = Radians(F("latitude") - Value(centre.latitude, FloatField()))
    east = Radians(F("longitude") - Value(centre.longitude, FloatField()))
    here, there = Radians(Value(centre.latitude, FloatField())), Radians(F("latitude"))
    chord = Power(Sin(north * 0.5), 2) + Cos(here) * Cos(there) * Power(Sin(east * 0.5), 2)
    return 2 * EARTH_RADIUS_MILES * ASin(Sqrt(chord), output_field=FloatField())


def in_order(found: QuerySet, sort: str, *, ranked: bool, centred: bool) -> QuerySet:
    """Sorted as asked. Best match is nearest first within a distance, else by the words, else by name."""
    by_name = ["name", "id"]
    if sort == "distance":
        return found.order_by(F("miles").asc(nulls_last=True), *by_name)
    if sort == "rating":
        places = [When(overall_rating=rating, then=Value(place)) for place, rating in enumerate(BEST_FIRST)]
        order = Case(*places, default=Value(len(BEST_FIRST)), output_field=IntegerField())
        return found.order_by(order, *by_name)
    if sort == "best" and centred:
        return found.order_by("miles", *by_name)
    if sort == "best" and ranked:
        return found.order_by("-matched", "-rank", *by_name)
    return found.order_by(*by_name)


def one_page(found: QuerySet, *, page: int, centre: Centre | None, without_position: int) -> Found:
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PAGE_SIZE
    services = list(found.select_related("provider").defer("words")[start : start + PAGE_SIZE])
    return Found(services, total, page, pages, centre, without_position)


def get_service(service_id: UUID | str) -> Service:
    """One listing with its provider and ratings, listed still or not. Raises Service.DoesNotExist."""
    listings = Service.objects.select_related("provider").prefetch_related("ratings").defer("words")
    return listings.get(pk=service_id)


def choices_for_plan(words: str, *, place: str = "", most: int = 20) -> list[Service]:
    """Listed services that fit a few words, best match first, for a support plan to choose from.

    What each costs is asked of contracts.
    """
    if not words.strip() and not place.strip():
        return []
    return search(words=words, place=place).services[:most]


def listed() -> QuerySet[Service]:
    """Every service in the public search, with provider and ratings, in order of name."""
    return (
        Service.objects.filter(no_longer_listed_on=None)
        .select_related("provider")
        .prefetch_related("ratings")
        .defer("words")
        .order_by("name", "id")
    )
