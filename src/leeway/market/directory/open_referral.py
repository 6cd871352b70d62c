"""The directory in the words of Open Referral UK 3.0 (the UK profile of HSDS), for other directories to read.

Source: https://openreferraluk.org, service schema 3.0. Made-up listings say so in their `alert`.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence

from leeway.law.numbers import decimal_pounds
from leeway.market.contracts.models import Rate
from leeway.market.contracts.presenters import price_in_words
from leeway.market.listings.models import Service
from leeway.market.units import Unit

PARTS = uuid.UUID("0d8a6c6e-2b7e-4b69-8f8a-7c5d3b1f9e42")  # fixed, so that a part keeps its id


def as_open_referral(services: Iterable[Service], prices: Mapping[uuid.UUID, Sequence[Rate]]) -> Iterator[dict]:
    """Each service as an Open Referral UK service, with organisation, location, phone, prices and kinds inside.

    What is not known is left out: Open Referral has no word for it.
    """
    for service in services:
        yield without_blanks(
            {
                "id": str(service.id),
                "name": service.name,
                "alternate_name": service.also_known_as,
                "description": service.description,
                "status": "inactive" if service.no_longer_listed_on else "active",
                "url": web_address(service.website),
                "fees": "; ".join(map(price_in_words, prices[service.pk])),
                "accreditations": accreditations(service),
                "alert": "Made up for a demonstration: there is no such service." if service.is_made_up else "",
                "assured_date": service.last_checked_on.isoformat(),
                "organization": organization(service),
                "phones": [{"id": part_id(service, "phone"), "number": service.phone}] if service.phone else [],
                "cost_options": [cost_option(rate) for rate in prices[service.pk]],
                "service_at_locations": locations(service),
                "attributes": attributes(service),
            }
        )


def organization(service: Service) -> dict:
    provider = service.provider
    identifiers = [
        {
            "id": str(uuid.uuid5(PARTS, f"{provider.id} identifier")),
            "identifier_scheme": "GB-CQC",
            "identifier_type": "Care Quality Commission provider",
            "identifier": provider.external_id,
        }
    ]
    return without_blanks(
        {
            "id": str(provider.id),
            "name": provider.name,
            "description": f"Provider of {service.name}",
            "organization_identifiers": identifiers if provider.external_id else [],
        }
    )


def cost_option(rate: Rate) -> dict:
    """A price in pounds, as Open Referral has it; it is exact, since pence are hundredths."""
    return without_blanks(
        {
            "id": str(uuid.uuid5(PARTS, f"{rate.service_id} cost {rate.pk}")),
            "valid_from": rate.starts_on.isoformat(),
            "valid_to": rate.ends_on.isoformat() if rate.ends_on else "",
            "amount": float(decimal_pounds(rate.pence)),
            "amount_description": f"per {Unit(rate.unit).label}" + (f", {rate.note}" if rate.note else ""),
            "currency": "gbp",
        }
    )


def locations(service: Service) -> list[dict]:
    if not (service.postcode or service.town or service.latitude is not None):
        return []
    address = {
        "id": part_id(service, "address"),
        "address_1": service.address or service.town,
        "city": service.town,
        "region": service.region,
        "state_province": service.area,
        "postal_code": service.postcode,
        "country": "GB",
        "address_type": "physical",
    }
    place = {
        "id": part_id(service, "location"),
        "location_type": "physical",
        "name": service.name,
        "latitude": service.latitude,
        "longitude": service.longitude,
        "addresses": [address],
    }
    return [{"id": part_id(service, "at"), "location": without_blanks(place)}]


def attributes(service: Service) -> list[dict]:
    """The kinds of support, as terms of Leeway's own list."""
    return [
        {
            "id": part_id(service, f"kind {kind}"),
            "link_type": "service_type",
            "taxonomy_term": {
                "id": str(uuid.uuid5(PARTS, kind)),
                "code": kind,
                "name": label,
                "description": label,
                "taxonomy": "Leeway kinds of support",
            },
        }
        for kind, label in zip(service.kinds, service.kind_labels, strict=True)
    ]


def accreditations(service: Service) -> str:
    if not service.regulated:
        return "Not regulated"
    rating = service.get_overall_rating_display()
    return f"Care Quality Commission: {rating}" if rating else "Registered with the Care Quality Commission"


def web_address(website: str) -> str:
    if not website:
        return ""
    return website if website.startswith(("http://", "https://")) else f"https://{website}"


def part_id(service: Service, part: str) -> str:
    return str(uuid.uuid5(PARTS, f"{service.id} {part}"))


def without_blanks(values: dict) -> dict:
    return {name: value for name, value in values.items() if value not in ("", None, [])}
