"""The regulator's three file layouts: which columns each has, and what each row says.

* `ratings`: the care directory with ratings; one row for each location, group and question; MM/DD/YYYY dates.
* `care_homes`: a directory of care homes with longitude and latitude; ISO dates. CSV or GeoJSON.
* `directory`: the "CQC care directory" CSV, with a few title lines above its header. No sample of this one was at
  hand: its columns and its dates (`09/Jan/2018 - 00:00` or `09/01/2018`) follow public descriptions of the file.

Files: Care Quality Commission, Open Government Licence v3. Only business names, places, kinds and ratings are read.
A row that cannot be taken raises ValueError with the reason.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from leeway.market.listings.models import Domain, Kind, RatingGiven

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
    address: str = ""
    town: str = ""
    postcode: str = ""
    area: str = ""
    region: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    phone: str | None = None
    website: str | None = None
    regulator_url: str = ""
    inspected_on: date | None = None


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
    """The columns that make a layout known, and how to read one of its rows."""

    name: str
    label: str
    columns: frozenset[str]
    read: Callable[[int, dict[str, str]], Location]


def read_ratings_location(row: int, values: dict[str, str]) -> Location:
    """The place in a row of the care directory with ratings."""
    kinds = kinds_of([values["service / population group"]])
    category = KIND_OF_CATEGORY.get(values["location primary inspection category"].lower())
    pieces = [values["location street address"], values.get("location address line 2", "")]
    return Location(
        row=row,
        external_id=needed(values, "location id"),
        name=needed(values, "location name"),
        provider_external_id=needed(values, "provider id"),
        provider_name=needed(values, "provider name"),
        kinds=narrowed(kinds + ((category,) if category else ())),
        address=", ".join(piece for piece in [*pieces, values["location city"]] if piece),
        town=values["location city"],
        postcode=postcode_of(values["location post code"]),
        area=needed(values, "location local authority"),
        region=values.get("location region"),
        regulator_url=secure(values.get("url", "")),
    )


def read_rating(row: int, values: dict[str, str]) -> RatingRow:
    """The rating in a row of the care directory with ratings."""
    domain = DOMAIN_OF_WORDS.get(values["domain"].lower())
    rating = RATING_OF_WORDS.get(values["latest rating"].lower())
    if domain is None:
        raise ValueError(f"the domain “{values['domain']}” is not one of the regulator's questions")
    if rating is None:
        raise ValueError(f"the rating “{values['latest rating']}” is not one the regulator gives")
    return RatingRow(
        row=row,
        external_id=values["location id"],
        service_group=needed(values, "service / population group"),
        domain=domain,
        rating=rating,
        published_on=date_of(values["publication date"], ("%m/%d/%Y",), "MM/DD/YYYY"),
    )


def read_care_home(row: int, values: dict[str, str]) -> Location:
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
        phone=phone_of(values.get("telephone", "")),
        website=values.get("website", ""),
        regulator_url=secure(values.get("cqc_webpage", "")),
        inspected_on=date_of(values["inspection_date"], ("%Y-%m-%d",), "YYYY-MM-DD"),
    )


def read_directory(row: int, values: dict[str, str]) -> Location:
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
        phone=phone_of(values.get("phone number", "")),
        website=values.get("service's website", ""),
        regulator_url=secure(values.get("location url", "")),
        inspected_on=date_of(
            values["date of latest check"].partition(" - ")[0], ("%d/%b/%Y", "%d/%m/%Y"), "DD/Mon/YYYY or DD/MM/YYYY"
        ),
    )


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


@lru_cache(maxsize=20_000)  # a file has a million dates, and a few thousand days
def date_of(words: str, formats: tuple[str, ...], expected: str) -> date | None:
    """A date in one of a layout's formats; None where the cell is blank.

    >>> date_of("05/29/2026", ("%m/%d/%Y",), "MM/DD/YYYY")
    datetime.date(2026, 5, 29)
    """
    if not words:
        return None
    for pattern in formats:
        try:
            return datetime.strptime(words.strip(), pattern).date()  # noqa: DTZ007 - a date, not a moment
        except ValueError:
            continue
    raise ValueError(f"“{words}” is not a date written as {expected}")


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
