"""Everything that changes the directory."""

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.market.listings.extracts import BadRow, open_extract
from leeway.market.listings.merging import merge, refresh_words
from leeway.market.listings.models import Kind, Provider, Rating, Service, Source
from leeway.refusal import Refusal

UNREGULATED = frozenset({Kind.PERSONAL_ASSISTANT, Kind.COMMUNITY, Kind.DAY_SUPPORT, Kind.SERVICE_FUND, Kind.PAYROLL})


class BadRows(Refusal):
    """Some rows of a file cannot be taken, so none was."""

    def __init__(self, *, path: Path, rows: list[BadRow], most_of: int = 0):
        first = rows[0]
        these = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
        these = f"most of it, {these} of {most_of:,}," if most_of else these
        super().__init__(
            f"{path.name} was not imported: {these} cannot be read, the first being row {first.row}: {first.reason}"
        )
        self.rows = rows


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: places by what became of them, and the rows that were left out.

    Those `held` are listed in a row that cannot be read, and stayed as they were. Where it is
    `nameless`, such a row does not say which place it lists, so that none was marked as no longer listed.
    """

    file: str
    layout: str
    new: int
    changed: int
    unchanged: int
    held: int
    no_longer_listed: int
    ratings: int
    not_social_care: int
    bad_rows: list[BadRow]
    nameless: bool

    def as_dict(self) -> dict:
        return asdict(self)


def import_file(
    path: Path | str,
    *,
    by: User | None = None,
    on: date,
    leave_out_bad_rows: bool = False,
    day_first: bool | None = None,
    take_away: bool = False,
) -> Imported:
    """Bring the directory in line with one of the regulator's published files; the same file again changes nothing.

    Without `by` it is the operator at the command line. All or nothing: raises UnreadableFile or BadRows with one
    sentence and writes nothing. With `leave_out_bad_rows` the rest is imported and the bad rows are listed, unless they
    are most of the file; a place that such a row lists stays as it was. Places that the file no longer lists, in the
    council areas it covers, are marked and leave the search; where they are most of a council's, only with
    `take_away` (raises TakesAway).
    `day_first` says how dates are written, where the file itself does not show it.
    """
    if by is not None:
        check_can(by, Capability.IMPORT_LISTINGS)
    extract = open_extract(Path(path), day_first=day_first)
    with transaction.atomic():
        merged = merge(extract, on=on, take_away=take_away)
        if extract.bad_rows and not leave_out_bad_rows:
            raise BadRows(path=extract.path, rows=extract.bad_rows)
        if len(extract.bad_rows) * 2 > extract.rows_read:
            raise BadRows(path=extract.path, rows=extract.bad_rows, most_of=extract.rows_read)
        if not extract.places:
            raise Refusal(f"{extract.path.name} has a header but no places in it.")
    return Imported(
        file=extract.path.name,
        layout=extract.layout,
        new=merged.new,
        changed=merged.changed,
        unchanged=merged.unchanged,
        held=merged.held,
        no_longer_listed=merged.no_longer_listed,
        ratings=merged.ratings,
        not_social_care=extract.left_out,
        bad_rows=extract.bad_rows,
        nameless=extract.nameless,
    )


@transaction.atomic
def list_service(
    *,
    name: str,
    provider_name: str,
    kind: str,
    description: str = "",
    address: str = "",
    town: str = "",
    postcode: str = "",
    area: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    phone: str = "",
    website: str = "",
    takes_direct_payments: bool | None = None,
    by: User,
    on: date,
) -> Service:
    """Add a community offer, a personal assistant or other support that the regulator does not list.

    A regulated kind of care is refused: it comes with the regulator's file. So is what is listed already. The name
    of a personal assistant is the one they agreed to be listed under.
    """
    check_can(by, Capability.LIST_SERVICES)
    check_can_be_listed(name=name, provider_name=provider_name, kind=kind, town=town, postcode=postcode)
    service = Service(
        provider=council_provider(provider_name.strip()),
        name=name.strip(),
        description=description.strip(),
        source=Source.COUNCIL,
        kinds=[kind],
        regulated=False,
        address=address.strip(),
        town=town.strip(),
        postcode=postcode.strip().upper(),
        area=area.strip(),
        latitude=latitude,
        longitude=longitude,
        phone=phone.strip(),
        phone_since=on,
        website=website.strip(),
        takes_direct_payments=takes_direct_payments,
        last_checked_on=on,
    )
    save_checked(service)
    refresh_words([service.pk])
    return service


def check_can_be_listed(*, name: str, provider_name: str, kind: str, town: str, postcode: str) -> None:
    """Refuse a listing without a name, of a regulated kind, or that the council has listed already."""
    if not name.strip() or not provider_name.strip():
        raise Refusal("Give the name of the service and of who provides it.", field="name")
    if kind not in UNREGULATED:
        raise Refusal("This kind of care is regulated: import the regulator’s file to list it.", field="kind")
    same = Service.objects.filter(
        provider__name__iexact=provider_name.strip(),
        source=Source.COUNCIL,
        name__iexact=name.strip(),
        kinds=[kind],
        town__iexact=town.strip(),
        postcode__iexact=postcode.strip(),
        no_longer_listed_on=None,
    )
    if same.exists():
        raise Refusal(f"{name.strip()} is in the directory already, at the same place.", field="name")


def council_provider(name: str) -> Provider:
    """The provider of this name among those that the council listed, new where there is none."""
    known = Provider.objects.filter(name=name, source=Source.COUNCIL, external_id=None).order_by("pk").first()
    return known or Provider.objects.create(name=name, source=Source.COUNCIL)


@transaction.atomic
def list_market(*, providers: list[Provider], services: list[Service], ratings: list[Rating]) -> None:
    """Add a made-up market all at once. Every listing must say that it is made up."""
    sources = {provider.source for provider in providers} | {service.source for service in services}
    if sources - {Source.DEMO}:
        raise ValueError("a made-up market may hold made-up listings only")
    Provider.objects.bulk_create(providers)
    Service.objects.bulk_create(services)
    Rating.objects.bulk_create(ratings)
    refresh_words([service.pk for service in services])


def save_checked(service: Service) -> None:
    try:
        service.full_clean(exclude=["words"])
    except ValidationError as problem:
        field, sentences = next(iter(problem.message_dict.items()))
        raise Refusal(f"{field.replace('_', ' ').capitalize()}: {sentences[0]}", field=field) from problem
    service.save(force_insert=True)
