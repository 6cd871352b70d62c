"""What an account shows for the days of a check: its lines, the facts beside them, and what is pointed out of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from leeway.care.circumstances.models import StayKind
from leeway.care.employing.queries import Employer, employer, owed_at_end
from leeway.care.people.models import Case, RelationshipKind
from leeway.law import law_on
from leeway.law.employer_duties import Standing
from leeway.law.monitoring import Facts, Flag, Line, Near, Surplus, flags, surplus
from leeway.money.monitoring.models import Check
from leeway.money.monitoring.queries import statements_of
from leeway.money.spending import queries as spending
from leeway.money.spending.queries import Entry, Left
from leeway.money.statements.models import Statement
from leeway.period import Period

DAY = timedelta(days=1)
FAMILY = (
    RelationshipKind.PARTNER,
    RelationshipKind.PARENT,
    RelationshipKind.CHILD,
    RelationshipKind.SIBLING,
    RelationshipKind.OTHER_FAMILY,
)


@dataclass(frozen=True)
class Seen:
    """What whoever checks an account has before them.

    `known_until` is None where no statement covers the days; of those before `known_from` none was read either.
    """

    check: Check
    read: Sequence[Statement]
    entries: Sequence[Entry]
    left: Left
    employer: Employer | None
    surplus: Surplus | None
    flags: Sequence[Flag]
    known_from: date
    known_until: date | None
    from_pence: int

    @property
    def by_line(self) -> Mapping[str, Entry]:
        """The lines by their key, for what points at them."""
        return {str(entry.line.pk): entry for entry in self.entries}

    @property
    def without_receipt(self) -> list[Entry]:
        """The payments of which the council asks for a receipt that is not there."""
        return [entry for entry in self.entries if entry.is_out and entry.asks_for_receipt(self.from_pence)]

    @property
    def last(self) -> date:
        """The last day of the check of which something is known."""
        return min(self.check.until_on, self.known_until or self.check.until_on)

    @property
    def not_known(self) -> list[Period]:
        """The days of the check of which no statement was read, where one was of others."""
        before = Period(self.check.from_on, self.known_from - DAY) if self.known_from > self.check.from_on else None
        after = Period(self.last + DAY, self.check.until_on) if self.last < self.check.until_on else None
        return [each for each in (before, after) if each] if self.is_known else []

    @property
    def is_known(self) -> bool:
        """Whether anything is known of these days."""
        return bool(self.entries) or (self.known_until is not None and self.known_until >= self.check.from_on)


def see(check: Check, on: date) -> Seen:
    """Look at the account of a check as it is on a day."""
    case, law = check.case, law_on(on, settings.COUNCIL_POLICY)
    entries = spending.entries(case, check.from_on, check.until_on)
    left, found, read = spending.left_on(case, on), employer(case, on), statements_of(case)
    known = left.balance.as_at if left.balance else max((entry.line.booked_on for entry in entries), default=None)
    facts = _facts(check, read, left, found, known, on)
    pointed = flags([_line(entry) for entry in entries], facts, law)
    from_pence = law["spending.receipts_from"]
    return Seen(check, read, entries, left, found, surplus(facts, law), pointed, facts.first, known, from_pence)


def _line(entry: Entry) -> Line:
    line = entry.line
    return Line(
        id=str(line.pk),
        on=line.booked_on,
        pence=line.amount_pence,
        payee=entry.payee,
        words=f"{line.description} {line.reference}",
        for_what=entry.purpose.kind if entry.purpose else "",
        from_council=entry.from_council,
        has_receipt=bool(entry.receipts),
    )


def _facts(
    check: Check, read: Sequence[Statement], left: Left, found: Employer | None, known: date | None, on: date
) -> Facts:
    case = check.case
    since = read[0].from_on if read else None
    weekly = spending.weekly_on(case, min(on, check.until_on))
    stays = case.person.stays.filter(taken_back_on=None, kind=StayKind.HOSPITAL)
    return Facts(
        first=max(check.from_on, since) if since else check.from_on,
        last=min(check.until_on, known) if known else check.until_on,
        weekly_pence=weekly.gross_pence if weekly else 0,
        own_share_pence=weekly.gross_pence - weekly.paid_pence if weekly else 0,
        balance_pence=left.balance.pence if left.balance else None,
        set_aside=_by_kind((each.kind, each.amount_pence) for each in left.aside),
        owed_at_end=_by_kind((owed.what.lower(), owed.pence) for owed in owed_at_end(found.jobs, on)) if found else {},
        person=str(case.person.full_name),
        near=_near(case, check),
        council=settings.COUNCIL_NAME,
        hospital=tuple((stay.starts_on, stay.ends_on) for stay in stays),
        died_on=case.person.date_of_death,
        employs=found is not None,
        not_on_record=_not_on_record(found),
    )


def _near(case: Case, check: Check) -> tuple[Near, ...]:
    """Who was in the person's life in the days of a check."""
    around = case.person.relationships.filter(starts_on__lte=check.until_on).exclude(ends_on__lt=check.from_on)
    return tuple(
        Near(each.name, each.kind in FAMILY, each.kind == RelationshipKind.PARTNER, each.same_household)
        for each in around
    )


def _by_kind(pairs) -> dict[str, int]:
    pence: dict[str, int] = {}
    for kind, amount in pairs:
        pence[kind] = pence.get(kind, 0) + amount
    return pence


def _not_on_record(found: Employer | None) -> frozenset[str]:
    """The duties of an employer of which nothing that holds is on record, though their day is over."""
    if found is None:
        return frozenset()
    missing = (Standing.NOT_TOLD, Standing.ENDED)
    return frozenset(item.duty.code for item in found.items if item.standing in missing)
