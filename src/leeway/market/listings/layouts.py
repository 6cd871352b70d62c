"""The regulator's file layouts: which columns each has, and what each row says.

* `ratings`: the care directory with ratings; one row for each location, group and question. Its dates are published
  both as 05/29/2026 and as 29/05/2026, so the whole file must show which, or somebody say it.
* `care_homes`: a directory of care homes with longitude and latitude. CSV or GeoJSON.
* `directory`: the "CQC care directory" CSV, with a few title lines above its header. Its columns and its dates
  (`09/Jan/2018 - 00:00` or `09/01/2018`, the day first) follow public descriptions of the file.
* `active`: the active locations (HSCA), a row each, with a column for every kind of service and group of people.

A column that a file does not have tells nothing: it is None, and what is known from another file stays.

Files: Care Quality Commission, Open Government Licence v3. Only business names, places, kinds and ratings are read.
A row that cannot be taken raises ValueError with the reason.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from leeway.market.listings.models import Domain, Kind, RatingGiven
from leeway.reading import CannotRead
from leeway.written_days import Order

KIND_OF_TYPE = {
    "homecare agencies": Kind.HOME_CARE,
    "homecare": Kind.HOME_CARE,
    "residential homes": Kind.CARE_HOME,
    "care home": Kind.CARE_HOME,
    "care homes": Kind.CARE_HOME,
    "nursing homes": Kind.NURSING_HOME,
    "nursing home": Kind.NURSING_HOME,
    "supported living": Kind.SUPPORTED_LIVING,
    "supported housing": Kind.SUPPORTED_LIVING,
    "extra care housing": Kind.EXTRA_CARE,
    "shared lives": Kind.SHARED_LIVES,
    "rehabilitation (substance abuse)": Kind.COMMUNITY_CARE,
    "community services - learning disabilities": Kind.COMMUNITY_CARE,
    "community services - mental health": Kind.COMMUNITY_CARE,
    "domiciliary care service": Kind.HOME_CARE,
    "care home service with nursing": Kind.NURSING_HOME,
    "care home service without nursing": Kind.CARE_HOME,
    "supported living service": Kind.SUPPORTED_LIVING,
    "extra care housing services": Kind.EXTRA_CARE,
    "community based services for people with a learning disability": Kind.COMMUNITY_CARE,
    "community based services for people with mental health needs": Kind.COMMUNITY_CARE,
    "community based services for people who misuse substances": Kind.COMMUNITY_CARE,
}
KIND_OF_CATEGORY = {
    "residential social care": Kind.CARE_HOME,
    "community based adult social care services": Kind.COMMUNITY_CARE,
}
RATING_OF_WORDS = {label.lower(): value for value, label in RatingGiven.choices} | {
    "not rated": RatingGiven.NOT_RATED,
    "no published rating": RatingGiven.NOT_RATED,
    "inspected but not rated": RatingGiven.NOT_RATED,
    "insufficient evidence": RatingGiven.INSUFFICIENT_EVIDENCE,
}
DOMAIN_OF_WORDS = {label.lower(): value for value, label in Domain.choices}
LONGEST = 250


@dataclass(frozen=True, slots=True)
class Location:
    """One place on the regulator's list. None means that this layout does not say."""

    row: int
    external_id: str
    name: str
    provider_name: str
    kinds: tuple[str, ...]
    provider_external_id: str | None = None
    also_known_as: str | None = None
    service_types: tuple[str, ...] | None = None
    specialisms: tuple[str, ...] | None = None
    address: str | None = ""
    shorter_address: str = ""  # without a line that this file does not have: for a place that is new
    town: str = ""
    postcode: str = ""
    area: str = ""
    region: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    phone: str | None = None
    website: str | None = None
    regulator_url: str | None = None
    inspected_on: date | None = None
    overall_rating: str | None = None
    rated_on: date | None = None


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One rating in a file."""

    row: int
    external_id: str
    service_group: str
    domain: str
    rating: str
    published_on: date | None


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that make a layout known, and how to read one of its rows.

    `number` is the column with the regulator's number of the place; `days` are those with dates. `no_day_before` says
    of a column of dates since when there can be any; `day_first` how the layout is published, where nothing else says.
    """

    name: str
    label: str
    columns: frozenset[str]
    read: Callable[[int, dict[str, str], Order], Location]
    number: str
    days: tuple[str, ...]
    no_day_before: Mapping[str, date] = field(default_factory=dict)
    day_first: bool | None = None


def read_ratings_location(row: int, values: dict[str, str], _order: Order) -> Location:
    """The place in a row of the care directory with ratings."""
    kinds = kinds_of([values["service / population group"]])
    category = KIND_OF_CATEGORY.get(values["location primary inspection category"].lower())
    address, shorter_address = address_in_lines(values)
    return Location(
        row=row,
        external_id=needed(values, "location id"),
        name=needed(values, "location name"),
        provider_external_id=needed(values, "provider id"),
        provider_name=needed(values, "provider name"),
        kinds=narrowed(kinds + ((category,) if category else ())),
        address=address,
        shorter_address=shorter_address,
        town=values["location city"],
        postcode=postcode_of(values["location post code"]),
        area=needed(values, "location local authority"),
        region=values.get("location region"),
        regulator_url=told(values, "url", secure),
    )


def address_in_lines(values: dict[str, str]) -> tuple[str | None, str]:
    """An address whose lines have a column each; without the second line's column, None and the shorter address."""
    lines = [values["location street address"], values.get("location address line 2", ""), values["location city"]]
    address = ", ".join(line for line in lines if line)
    whole = "location address line 2" in values
    return (address, "") if whole else (None, address)


def read_rating(row: int, values: dict[str, str], order: Order) -> RatingRow:
    """The rating in a row of the care directory with ratings."""
    domain = DOMAIN_OF_WORDS.get(values["domain"].lower())
    rating = RATING_OF_WORDS.get(values["latest rating"].lower())
    if domain is None:
        raise ValueError(f"the domain “{values['domain']}” is not one of the regulator’s questions")
    if rating is None:
        raise ValueError(f"the rating “{values['latest rating']}” is not one the regulator gives")
    return RatingRow(
        row=row,
        external_id=values["location id"],
        service_group=needed(values, "service / population group"),
        domain=domain,
        rating=rating,
        published_on=day_of(values["publication date"], order),
    )


def read_care_home(row: int, values: dict[str, str], order: Order) -> Location:
    """The place in a row of the directory of care homes."""
    types = split_list(values["type"])
    longitude, latitude = position_of(values["lon"], values["lat"])
    lines = split_address(values["address"])
    return Location(
        row=row,
        external_id=needed(values, "cqc_id"),
        name=needed(values, "name"),
        provider_name=needed(values, "provider"),
        kinds=kinds_of(types),
        service_types=types,
        address=", ".join(lines),
        town=lines[-1] if lines else "",
        postcode=postcode_of(values["postcode"]),
        area=needed(values, "area_name"),
        latitude=latitude,
        longitude=longitude,
        phone=told(values, "telephone", phone_of),
        website=values.get("website"),
        regulator_url=told(values, "cqc_webpage", secure),
        inspected_on=day_of(values["inspection_date"], order),
    )


def read_directory(row: int, values: dict[str, str], order: Order) -> Location:
    """The place in a row of the CQC care directory."""
    types = split_list(values["service types"])
    lines = split_address(values["address"])
    return Location(
        row=row,
        external_id=needed(values, "cqc location id"),
        name=needed(values, "name"),
        also_known_as=values.get("also known as"),
        provider_external_id=needed(values, "cqc provider id"),
        provider_name=needed(values, "provider name"),
        kinds=kinds_of(types),
        service_types=types,
        specialisms=split_list(values["specialisms/services"]),
        address=", ".join(lines),
        town=lines[-1] if lines else "",
        postcode=postcode_of(values["postcode"]),
        area=needed(values, "local authority"),
        region=values.get("region"),
        phone=told(values, "phone number", phone_of),
        website=values.get("service's website"),
        regulator_url=told(values, "location url", secure),
        inspected_on=day_of(values["date of latest check"], order),
    )


SERVICE_TYPE, USER_BAND = "service type - ", "service user band - "


def read_active(row: int, values: dict[str, str], order: Order) -> Location:
    """The place in a row of the active locations. A dormant one gives no care now, and is left out."""
    types = marked(values, SERVICE_TYPE)
    rating = values.get("location latest overall rating", "").lower()
    if rating and rating not in RATING_OF_WORDS:
        raise ValueError(f"the rating “{rating}” is not one the regulator gives")
    longitude, latitude = position_of(values.get("location longitude", ""), values.get("location latitude", ""))
    address, shorter_address = address_in_lines(values)
    return Location(
        row=row,
        external_id=needed(values, "location id"),
        name=needed(values, "location name"),
        provider_external_id=needed(values, "provider id"),
        provider_name=needed(values, "provider name"),
        kinds=() if is_marked(values, "dormant (y/n)") else kinds_of(types),
        service_types=tuple(each.capitalize() for each in types),
        specialisms=tuple(each.capitalize() for each in marked(values, USER_BAND)),
        address=address,
        shorter_address=shorter_address,
        town=values["location city"],
        postcode=postcode_of(values["location postal code"]),
        area=needed(values, "location local authority"),
        region=values.get("location region"),
        phone=told(values, "location telephone number", phone_of),
        website=values.get("location web address"),
        overall_rating=RATING_OF_WORDS[rating] if rating else None,
        rated_on=day_of(values.get("publication date", ""), order) if rating else None,
        longitude=longitude,
        latitude=latitude,
    )


def marked(values: dict[str, str], begins: str) -> list[str]:
    """What the columns say that begin so and have a yes in this row."""
    return [name.removeprefix(begins) for name in values if name.startswith(begins) and is_marked(values, name)]


def is_marked(values: dict[str, str], column: str) -> bool:
    """Whether a column that holds a mark has one. What is neither yes nor no is not taken for a no."""
    mark = values[column].upper()
    if mark not in {"Y", "YES", "N", "NO", ""}:
        raise ValueError(f"“{values[column]}” in “{column}” is neither Y nor N")
    return mark.startswith("Y")


LAYOUTS = {
    layout.name: layout
    for layout in [
        Layout(
            "ratings",
            "the care directory with ratings",
            frozenset(
                [
                    "location id",
                    "location name",
                    "location primary inspection category",
                    "location street address",
                    "location city",
                    "location post code",
                    "location local authority",
                    "service / population group",
                    "domain",
                    "latest rating",
                    "publication date",
                    "provider id",
                    "provider name",
                ]
            ),
            read_ratings_location,
            number="location id",
            days=("publication date",),
        ),
        Layout(
            "care_homes",
            "the directory of care homes",
            frozenset(
                [
                    "name",
                    "cqc_id",
                    "type",
                    "address",
                    "postcode",
                    "provider",
                    "inspection_date",
                    "area_name",
                    "lon",
                    "lat",
                ]
            ),
            read_care_home,
            number="cqc_id",
            days=("inspection_date",),
        ),
        Layout(
            "directory",
            "the CQC care directory",
            frozenset(
                [
                    "name",
                    "address",
                    "postcode",
                    "service types",
                    "date of latest check",
                    "specialisms/services",
                    "provider name",
                    "local authority",
                    "cqc location id",
                    "cqc provider id",
                ]
            ),
            read_directory,
            number="cqc location id",
            days=("date of latest check",),
            day_first=True,
        ),
        Layout(
            "active",
            "the active locations",
            frozenset(
                [
                    "location id",
                    "location hsca start date",
                    "dormant (y/n)",
                    "location name",
                    "location street address",
                    "location city",
                    "location postal code",
                    "location local authority",
                    "provider id",
                    "provider name",
                    "service type - domiciliary care service",
                    "service type - care home service with nursing",
                    "service type - care home service without nursing",
                ]
            ),
            read_active,
            number="location id",
            days=("location hsca start date", "publication date"),
            # Registration under the Health and Social Care Act 2008 began on that day.
            no_day_before={"location hsca start date": date(2010, 4, 1)},
        ),
    ]
}


def kinds_of(types: Iterable[str]) -> tuple[str, ...]:
    """The kinds of support that the regulator's words for a service amount to; none where it is not social care."""
    return narrowed(KIND_OF_TYPE[name.lower()] for name in types if name.lower() in KIND_OF_TYPE)


def narrowed(kinds: Iterable[str]) -> tuple[str, ...]:
    """Kinds in order, without "care in the community" where a more exact kind is known.

    >>> narrowed(["community_care", "home_care"])
    ('home_care',)
    """
    given = {str(kind) for kind in kinds}
    exact = given - {str(Kind.COMMUNITY_CARE)}
    return tuple(sorted(exact or given))


def needed(values: dict[str, str], column: str) -> str:
    """A cell that may not be blank."""
    value = values[column]
    if not value:
        raise ValueError(f"“{column}” is blank")
    if len(value) > LONGEST:
        raise ValueError(f"“{column}” is longer than {LONGEST} characters")
    return value


def told[T](values: dict[str, str], column: str, read: Callable[[str], T]) -> T | None:
    """What a column says, or None where the file does not have it."""
    return read(values[column]) if column in values else None


def day_alone(words: str) -> str:
    """A date without the time that the regulator writes after it: "09/Jan/2018 - 00:00"."""
    return words.partition(" - ")[0].strip()


@lru_cache(maxsize=20_000)  # a file has a million dates, and a few thousand days
def day_of(words: str, order: Order) -> date | None:
    """A date as the file writes it; None where the cell is blank.

    >>> day_of("05/29/2026", Order(day_first=False)), day_of("01/Sept/2024", Order(None))
    (datetime.date(2026, 5, 29), datetime.date(2024, 9, 1))
    """
    try:
        return order.day(day_alone(words), "") if words else None
    except CannotRead:
        expected = {True: " written as DD/MM/YYYY", False: " written as MM/DD/YYYY", None: ""}[order.day_first]
        raise ValueError(f"“{words}” is not a date{expected}") from None


def position_of(longitude: str, latitude: str) -> tuple[float | None, float | None]:
    """Longitude and latitude as numbers, both or neither."""
    if not longitude and not latitude:
        return None, None
    try:
        east, north = float(longitude), float(latitude)
    except ValueError:
        raise ValueError(f"“{longitude}, {latitude}” is not a longitude and a latitude") from None
    if not (-9 < east < 3 and 49 < north < 61):
        raise ValueError(f"longitude {longitude} and latitude {latitude} are not in the United Kingdom")
    return east, north


def postcode_of(words: str) -> str:
    """A postcode in capitals with one space before its last three characters.

    >>> postcode_of("ln35ag")
    'LN3 5AG'
    """
    together = "".join(words.upper().split())
    if not together:
        return ""
    if not (together.isalnum() and 5 <= len(together) <= 7):
        raise ValueError(f"“{words}” is not a postcode")
    return f"{together[:-3]} {together[-3:]}"


def phone_of(words: str) -> str:
    """A telephone number with the 0 that spreadsheets take off.

    >>> phone_of("1617486414.0")
    '01617486414'
    """
    digits = "".join(words.removesuffix(".0").split())
    return f"0{digits}" if digits.isdigit() and not digits.startswith("0") else digits


def secure(url: str) -> str:
    """The regulator's address of a page, over https."""
    return url.replace("http://", "https://", 1)


def split_list(words: str) -> tuple[str, ...]:
    """The pieces of a cell that holds a list parted by "|"."""
    return tuple(piece.strip() for piece in words.split("|") if piece.strip())


def split_address(words: str) -> list[str]:
    """The lines of an address parted by commas."""
    return [piece.strip() for piece in words.split(",") if piece.strip()]
