"""Every write to the ledger. Rows are only ever added."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Q, Sum

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.days import PLANNED, check_day
from leeway.money.ledger.models import Account, Kind, Reason, Transfer
from leeway.money.ledger.queries import held_by_person
from leeway.money.ledger.reasons import DAYS_AHEAD_MOST, FIRST_DAY, REVERSE
from leeway.refusal import Refusal

ROWS_AT_ONCE = 20_000
#: Which account: its kind, the id of its case if it is one of a case, and its name.
type Place = tuple[Kind, uuid.UUID | None, str]


class AlreadyUsed(Refusal):
    """A transfer was asked for under an id that another transfer has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTransfer:
    """Money to move out of the `credit` account into the `debit` account, both given by id."""

    id: uuid.UUID
    debit: uuid.UUID
    credit: uuid.UUID
    amount_pence: int
    reason: Reason
    effective_date: date
    about: uuid.UUID | None = None
    corrects: uuid.UUID | None = None


def open_account(*, kind: Kind, case: Case | None = None, name: str = "", by: User, on: date) -> Account:
    """Give the account of this kind for this case, opening it the first time. A second call opens nothing."""
    check_can(by, Capability.PAY)
    account, _ = Account.objects.get_or_create(kind=kind, case=case, name=name)
    return account


def open_accounts(*, wanted: Collection[Place], by: User, on: date) -> Mapping[Place, uuid.UUID]:
    """Give the ids of many accounts, each told by its kind, case and name, opening those that are not there yet."""
    check_can(by, Capability.PAY)
    places = set(wanted)
    if not places:
        return {}
    known = _accounts_at(places)
    if missing := places - known.keys():
        Account.objects.bulk_create(
            [Account(kind=kind, case_id=case, name=name) for kind, case, name in sorted(missing, key=str)],
            ignore_conflicts=True,  # somebody else may open one at this moment
        )
        known = _accounts_at(places)
    return known


def _accounts_at(places: Collection[Place]) -> dict[Place, uuid.UUID]:
    kinds = {kind for kind, _, _ in places}
    rows = Account.objects.filter(
        Q(case__in={case for _, case, _ in places if case}) | Q(case=None), kind__in=kinds
    ).values_list("kind", "case", "name", "pk")
    found = {(Kind(kind), case, name): pk for kind, case, name, pk in rows}
    return {place: found[place] for place in places if place in found}


def transfer(*, new: NewTransfer, by: User, on: date) -> None:
    """Move money once. The same transfer asked for again does nothing; see transfer_many for what is refused."""
    transfer_many(new=[new], by=by, on=on)


@transaction.atomic
def transfer_many(*, new: Sequence[NewTransfer], by: User, on: date) -> None:
    """Move money many times, all or nothing, however often it is asked.

    A transfer whose id is there with the same content is left as it is, so that a retry pays once. Refuses an
    id that is there with other content (AlreadyUsed), an amount of nothing or less, a transfer from an account
    to itself, and a correction that is not the reverse of what it corrects or gives back more.
    """
    check_can(by, Capability.PAY)
    for each in new:
        _require_sense(each, on)
    _require_mirrors([each for each in new if each.corrects])
    _insert(new, by)


@transaction.atomic
def fall_due(*, new: Sequence[NewTransfer], on: date) -> None:
    """Record shares that have fallen due by themselves, by the calendar: what nobody has to do."""
    assert all(each.reason == Reason.FELL_DUE and each.effective_date <= on for each in new)
    _insert(new, None)


@transaction.atomic
def charge_less(*, new: Sequence[NewTransfer], on: date) -> None:
    """Record what follows from what was delivered: a person is asked for less of a week, or for it after all."""
    assert all(each.reason in (Reason.NOT_CHARGED, Reason.CHARGED_AGAIN) for each in new)
    for each in new:
        _require_sense(each, on)
    _require_mirrors([each for each in new if each.corrects])
    _insert(new, None)


@transaction.atomic
def recharge(*, case: Case, about: uuid.UUID, nhs_pence: int, on: date) -> None:
    """Record what the NHS owes the council since a dispute between them ended; less than nothing: what it is owed."""
    council, _ = Account.objects.get_or_create(kind=Kind.FUNDER_COUNCIL, case=None, name="")
    owed, _ = Account.objects.get_or_create(kind=Kind.OWED_BY_NHS, case=case, name="")
    into, out_of = (council, owed) if nhs_pence > 0 else (owed, council)
    new = NewTransfer(
        id=uuid.uuid5(about, Reason.RECHARGED.value),
        debit=into.pk,
        credit=out_of.pk,
        amount_pence=abs(nhs_pence),
        reason=Reason.RECHARGED,
        effective_date=on,
        about=about,
    )
    _insert([new], None)


@transaction.atomic
def spend(*, case: Case, about: uuid.UUID, amount_pence: int, effective_date: date, on: date) -> bool:
    """Record that money which a person holds was spent; False where less than that is held, and nothing is moved.

    It follows from what was said of a line of the person's bank (`about`), so that nobody makes it. What was undone can
    be recorded anew on a later day, and counts from that day.
    """
    check_day(effective_date, PLANNED, field="effective_date", what="The day of the transfer", on=on)
    before = list(Transfer.objects.filter(reason=Reason.SPENT, about=about).values_list("effective_date", flat=True))
    counts_from = on if before else effective_date
    if counts_from in before or counts_from < FIRST_DAY or held_by_person(case) < amount_pence:
        return False
    held = Account.objects.get(kind=Kind.HELD_BY_PERSON, case=case)
    spent, _ = Account.objects.get_or_create(kind=Kind.SPENT, case=case, name="")
    new = NewTransfer(
        id=uuid.uuid5(about, f"{Reason.SPENT} {len(before)}"),
        debit=spent.pk,
        credit=held.pk,
        amount_pence=amount_pence,
        reason=Reason.SPENT,
        effective_date=counts_from,
        about=about,
    )
    _insert([new], None)
    return True


@transaction.atomic
def unspend(*, about: uuid.UUID, on: date) -> None:
    """Take back that something was spent, where that was recorded: the person holds it as before."""
    for original in Transfer.objects.filter(reason=Reason.SPENT, about=about, corrections=None):
        _insert([given_back(original, uuid.uuid5(original.pk, "undone"), original.amount_pence, on)], None)


def give_back(
    *, original: Transfer, id: uuid.UUID, amount_pence: int, effective_date: date, by: User, on: date
) -> None:
    """Move some or all of an earlier transfer back where it came from, naming it."""
    check_day(effective_date, PLANNED, field="effective_date", what="The day of the transfer", on=on)
    transfer(new=given_back(original, id, amount_pence, effective_date), by=by, on=on)


def given_back(original: Transfer, id: uuid.UUID, amount_pence: int, effective_date: date) -> NewTransfer:
    """The transfer that moves some or all of an earlier one back where it came from."""
    return NewTransfer(
        id=id,
        debit=original.credit_id,
        credit=original.debit_id,
        amount_pence=amount_pence,
        reason=REVERSE[Reason(original.reason)],
        effective_date=effective_date,
        about=original.about,
        corrects=original.pk,
    )


def _require_sense(new: NewTransfer, on: date) -> None:
    if new.amount_pence <= 0:
        raise Refusal("A transfer must move at least one penny. To move money back, correct the transfer.")
    if new.debit == new.credit:
        raise Refusal("A transfer needs two accounts: choose another one to move the money to.")
    if not FIRST_DAY <= new.effective_date <= on + timedelta(days=DAYS_AHEAD_MOST):
        raise Refusal(
            f"A transfer counts on a day from {FIRST_DAY:%-d %B %Y} to a year from now. Check the date of this one.",
            field="effective_date",
        )


def _require_mirrors(new: Sequence[NewTransfer]) -> None:
    """Refuse a correction that is not the reverse of what it corrects, or that gives back more, of all at once."""
    if not new:
        return
    originals = Transfer.objects.select_for_update().in_bulk({each.corrects for each in new})
    before: Counter[uuid.UUID | None] = Counter()
    others = Transfer.objects.order_by().filter(corrects__in=originals).exclude(pk__in=[each.id for each in new])
    before.update(dict(others.values_list("corrects").annotate(Sum("amount_pence"))))
    for each in new:
        original = originals.get(each.corrects) if each.corrects else None
        if original is None:
            raise Refusal("The transfer to correct is not in the ledger.")
        if (each.debit, each.credit) != (original.credit_id, original.debit_id):
            raise Refusal("A correction moves money back between the same two accounts as the transfer it corrects.")
        if each.reason != REVERSE.get(Reason(original.reason)):
            raise Refusal(
                f"“{each.reason.label}” is not how a transfer “{original.get_reason_display()}” is corrected."
            )
        before[each.corrects] += each.amount_pence
        if before[each.corrects] > original.amount_pence:
            raise Refusal("A correction cannot give back more than was moved.")


ARRAYS = """
    UNNEST(%s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[], %s::text[], %s::date[], %s::uuid[], %s::uuid[])
    AS wanted (id, debit_id, credit_id, amount_pence, reason, effective_date, about, corrects_id)
"""
INSERT = f"""
    INSERT INTO ledger_transfer
        (id, debit_id, credit_id, amount_pence, reason, effective_date, about, corrects_id, sending,
         made_by_id, made_at)
    SELECT wanted.*, CASE WHEN wanted.reason = '{Reason.PAYMENT_SENT}' THEN 1 + (
               SELECT count(*) FROM ledger_transfer AS back
                WHERE back.about = wanted.about AND back.reason = '{Reason.PAYMENT_RETURNED}') END, %s::bigint, now()
      FROM {ARRAYS} ON CONFLICT (id) DO NOTHING
"""
DIFFERING = f"""
    SELECT count(*) FROM {ARRAYS} JOIN ledger_transfer AS kept USING (id)
     WHERE (wanted.debit_id, wanted.credit_id, wanted.amount_pence, wanted.reason, wanted.effective_date,
            wanted.about, wanted.corrects_id)
           IS DISTINCT FROM
           (kept.debit_id, kept.credit_id, kept.amount_pence, kept.reason, kept.effective_date,
            kept.about, kept.corrects_id)
"""


def _array(values: Iterable[uuid.UUID | int | date | Reason | None]) -> str:
    """A column as the text of an array of PostgreSQL: none of what a transfer has needs quoting in one."""
    return f"{{{','.join('NULL' if each is None else str(each) for each in values)}}}"


def _insert(new: Sequence[NewTransfer], by: User | None) -> None:
    for start in range(0, len(new), ROWS_AT_ONCE):
        _insert_some(new[start : start + ROWS_AT_ONCE], by)


def _insert_some(new: Sequence[NewTransfer], by: User | None) -> None:
    columns = [_array([getattr(each, field.name) for each in new]) for field in fields(NewTransfer)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [by.pk if by else None, *columns])
        if cursor.rowcount == len(new):
            return
        cursor.execute(DIFFERING, columns)
        if cursor.fetchone()[0]:
            raise AlreadyUsed("A transfer with this id was made before, with other content. Nothing was moved.")
