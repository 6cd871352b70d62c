"""What is open: lines that are not explained, and things that may be on a statement, read for the matcher."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from leeway.money.budgets.dues import Payer
from leeway.money.contributions.models import Receipt
from leeway.money.payments.models import AnsweredPayment, Payment, PaymentRun, named_as_file, named_as_payment
from leeway.money.payments.states import LIVE, PaymentState, Said
from leeway.money.statements.kinds import SIGN, What, Whose
from leeway.money.statements.matching import (
    CUT_AT,
    CUT_KEY,
    DAYS_BY_NAME,
    DAYS_TOGETHER,
    KEY,
    SUMMED_OF,
    Found,
    Named,
    OpenLine,
    OpenThing,
    Thing,
    find,
)
from leeway.money.statements.models import BankAccount, Part, StatementLine

#: From a payment to whom it is for.
PERSON = "case__person"
#: How long after its day a payment that nobody recorded as returned may come back, and be proposed by its amount.
DAYS_TO_COME_BACK = 31
PENCE = Sum("amount_pence")
#: Of how many lines, at most, things are looked up line by line, rather than all that are open.
FEW = 60


def _matched(field: str, *whats: What, of: Aggregate = PENCE) -> Coalesce:
    """How much of a row is matched: signed, as on the statement; or how many parts of matches are `of` it."""
    parts = Part.objects.filter(match__undoing=None, **{field: OuterRef("pk")})
    parts = parts.filter(what__in=whats) if whats else parts
    return Coalesce(Subquery(parts.order_by().values(field).annotate(told=of).values("told")), 0)


def _handled(field: str, *whats: What) -> Exists:
    """Whether a person matched a row, or undid a match of it."""
    parts = Part.objects.filter(Q(match__matched_by__isnull=False) | Q(match__undoing__isnull=False))
    parts = parts.filter(**{field: OuterRef("pk")})
    return Exists(parts.filter(what__in=whats) if whats else parts)


def with_open(lines: QuerySet[StatementLine]) -> QuerySet[Any]:
    """Lines, each with what is not explained of it: `open_pence`."""
    return lines.annotate(open_pence=F("amount_pence") - _matched("line"))


def open_lines(account: BankAccount) -> QuerySet[Any]:
    """The lines of an account that are not explained, or not wholly, in the order of the bank."""
    return with_open(account.lines.all()).exclude(open_pence=0).order_by("booked_on", "statement__kept_at", "place")


def open_of_line(line: StatementLine) -> int:
    """What is not explained of one line, as it stands now."""
    return with_open(StatementLine.objects.filter(pk=line.pk)).get().open_pence


def open_of(things: Iterable[Thing]) -> dict[Thing, int]:
    """What is not on a statement yet of some things, signed as it would be there. What cannot be is left out."""
    by_what: defaultdict[What, list[UUID]] = defaultdict(list)
    for thing in things:
        by_what[thing.what].append(thing.id)
    found: dict[Thing, int] = {}
    runs = {run.id: run for run in _left_of_runs().values()} if {What.RUN, What.SENT} & set(by_what) else {}
    found |= {Thing(What.RUN, pk): -runs[pk].left_pence for pk in by_what[What.RUN] if pk in runs}
    for what in (What.SENT, What.ARRIVED, What.RETURNED):
        rows = Payment.objects.filter(pk__in=by_what[what]).exclude(run__sent_on=None)
        if what == What.RETURNED:
            rows = rows.filter(state=PaymentState.RETURNED)
        for row in rows.annotate(matched=_matched("payment", what)).values("pk", "amount_pence", "matched", "run"):
            left = row["amount_pence"] - abs(row["matched"])
            if what == What.SENT:
                left = min(left, runs[row["run"]].left_pence)
            found[Thing(what, row["pk"])] = SIGN[what] * left
    receipts = Receipt.objects.filter(pk__in=by_what[What.RECEIVED], taken_back=None)
    for receipt in receipts.annotate(matched=_matched("receipt")):
        found[Thing(What.RECEIVED, receipt.pk)] = receipt.amount_pence - receipt.matched
    return found


def as_open(lines: QuerySet[Any]) -> list[OpenLine]:
    """Lines as the matcher reads them."""
    return [_open_line(line) for line in lines.annotate(handled=_handled("line"))]


def _open_line(line: Any) -> OpenLine:
    return OpenLine(
        id=line.pk,
        booked_on=line.booked_on,
        pence=line.amount_pence,
        open_pence=line.open_pence,
        texts=(line.end_to_end_id, line.reference, line.description),
        counterparty=line.counterparty,
        named=tuple(
            Named(pence=each["amount_pence"], texts=(each["end_to_end_id"], each["reference"]))
            for each in line.details
            if each["amount_pence"]
        ),
        handled=line.handled,
    )


@dataclass(frozen=True)
class _Left:
    """A run that was sent, and what of its total is not on a statement yet."""

    id: UUID
    number: int
    total_pence: int
    left_pence: int
    pay_on: date
    sent_on: date
    handled: bool
    open_count: int

    @property
    def reference(self) -> str:
        return named_as_file(self.number)


type Runs = Mapping[int, _Left]


def found_for(account: BankAccount, lines: Sequence[OpenLine]) -> Found:
    """What many lines of an account may stand for."""
    return find(lines, list(things_for(account, lines)))


def found_for_few(account: BankAccount, lines: Sequence[Any]) -> Found:
    """What some lines of a page may stand for, with every other open line in mind: those that name the same.

    It takes no longer where thousands are open: of those, only how many are of which amount on which day is asked.
    """
    shown, said = {line.pk for line in lines}, {text for line in lines for text in _texts_with_a_key(line)}
    same = Q(end_to_end_id__in=said) | Q(reference__in=said) | Q(description__in=said)
    alike = open_lines(account).filter(amount_pence__in={line.amount_pence for line in lines})
    both = as_open(alike.filter(Q(pk__in=shown) | same))
    rest = alike.exclude(pk__in=[line.id for line in both]).order_by()
    counted = rest.values_list("open_pence", "booked_on").annotate(count=Count("pk"))
    mine = [line for line in both if line.id in shown]
    runs = _left_of_runs() if account.whose == Whose.COUNCIL else {}
    return find(
        both,
        list(_things_for(account, mine, runs)),
        others=Counter({(pence, day): count for pence, day, count in counted}),
        crowded=_crowded_days(mine, runs),
    )


def _texts_with_a_key(line: StatementLine) -> Iterable[str]:
    for text in (line.end_to_end_id, line.reference, line.description):
        if KEY.search(text.upper()) or CUT_KEY.search(text.strip().upper()):
            yield text


def things_for(account: BankAccount, lines: Sequence[OpenLine]) -> Iterable[OpenThing]:
    """Everything that these lines may stand for. For many lines, or none: everything that is open."""
    return _things_for(account, lines, _left_of_runs() if account.whose == Whose.COUNCIL else {})


def _things_for(account: BankAccount, lines: Sequence[OpenLine], runs: Runs) -> Iterable[OpenThing]:
    near = _Near(lines, runs) if 0 < len(lines) <= FEW else None
    if account.whose == Whose.COUNCIL:
        back = _to_be_recorded(_Near(lines, runs))
        things = (_runs(runs), _payments(near, runs), _came_back(near), back, _receipts(near))
        return chain(*things)
    return _arrived(account)


def _crowded_days(lines: Iterable[OpenLine], runs: Runs) -> frozenset[date]:
    """The days of lines near which more payments are open than sums are tried of."""
    open_by_day = Counter[date]()
    for run in runs.values():
        if run.left_pence:
            open_by_day[run.pay_on] += run.open_count
    return frozenset(
        day
        for day in {line.booked_on for line in lines}
        if sum(count for on, count in open_by_day.items() if abs((on - day).days) <= DAYS_TOGETHER) > SUMMED_OF
    )


@dataclass(frozen=True)
class _Near:
    """What of the council's things these lines may mean: by key, by amount, by day.

    Only runs that were sent can be meant, so that a line of thousands of references asks of no more than these.
    """

    lines: Sequence[OpenLine]
    runs: Runs

    @property
    def texts(self) -> Iterable[str]:
        for line in self.lines:
            for text in chain(line.texts, *(each.texts for each in line.named)):
                yield text.upper()

    def by_key(self) -> Q:
        """Payments that a text names, and those of a run that one names."""
        ids, runs = set[UUID](), set[int]()
        places: defaultdict[int, set[int]] = defaultdict(set)
        begins = Q()
        for text in self.texts:
            for key in KEY.findall(text):
                if key.startswith("LEEWAY-"):
                    continue
                if "-" in key:
                    places[int(key[:6])].add(int(key[7:]))
                else:
                    ids.add(UUID(key))
            for piece in {text.strip(), *text.split()}:
                if (cut := CUT_KEY.search(piece)) and len(piece) == CUT_AT:
                    left = cut.group()
                    if "-" in left:
                        runs.add(int(left[:6]))
                    else:
                        low, high = left.ljust(32, "0"), left.ljust(32, "F")
                        begins |= Q(pk__gte=UUID(low), pk__lte=UUID(high))
        named = Q(pk__in=ids) | Q(run__number__in=runs) | begins
        for number in places.keys() & self.runs.keys():
            named |= Q(run__number=number, place__in=places[number])
        return named

    def by_amount(self, day: str, *, sign: int, before: int = DAYS_BY_NAME, after: int = DAYS_BY_NAME) -> Q:
        """Rows of the same amount as a line, within so many days of it."""
        amounts = {(abs(line.open_pence), line.booked_on) for line in self.lines if line.open_pence * sign > 0}
        same = Q(pk=None)
        for pence, booked_on in amounts:
            days = (booked_on - timedelta(days=before), booked_on + timedelta(days=after))
            same |= Q(amount_pence=pence, **{f"{day}__range": days})
        return same

    def by_day(self, day: str, *, sign: int, less: Collection[date] = ()) -> Q:
        """Rows within days of a line, which may add up to it; not those of some days."""
        days = {line.booked_on for line in self.lines if line.open_pence * sign > 0}.difference(less)
        same = Q(pk=None)
        for booked_on in days:
            near = (booked_on - timedelta(days=DAYS_TOGETHER), booked_on + timedelta(days=DAYS_TOGETHER))
            same |= Q(**{f"{day}__range": near})
        return same


ROW = (
    "pk", "run__number", "place", "amount_pence", "run__pay_on", "run__sent_on", "returned_on", "payee__account_name",
    f"{PERSON}__given_name", f"{PERSON}__family_name",
)  # fmt: skip


def _runs(runs: Runs) -> Iterable[OpenThing]:
    unfinished = [run for run in runs.values() if run.left_pence]
    less = _turned_down([run.id for run in unfinished])
    for run in unfinished:
        yield OpenThing(
            thing=Thing(What.RUN, run.id),
            called=f"run {run.number}",
            pence=-run.total_pence,
            open_pence=-run.left_pence,
            on=run.pay_on,
            since=run.sent_on,
            keys=(run.reference,),
            run=run.reference,
            handled=run.handled,
            less=tuple(less[run.number]),
        )


def _turned_down(runs: Sequence[UUID]) -> Mapping[int, Sequence[OpenThing]]:
    """By the number of each run: its payments that the bank turned down, and that came in on no statement either."""
    found: defaultdict[int, list[OpenThing]] = defaultdict(list)
    said = AnsweredPayment.objects.filter(payment=OuterRef("pk"), said=Said.REJECTED)
    rows = Payment.objects.filter(Exists(said), run__in=runs, state=PaymentState.RETURNED)
    for row in _with_matched(rows, What.RETURNED).filter(matched=0):
        found[row["run__number"]].append(_back(row))
    return found


def _left_of_runs() -> Runs:
    sent = PaymentRun.objects.exclude(sent_on=None).annotate(
        whole=_matched("run"),
        by_payment=_matched("payment__run", What.SENT),
        parts=_matched("payment__run", What.SENT, of=Count("pk")),
        handled=_handled("run"),
    )
    return {
        run.number: _Left(
            run.pk,
            run.number,
            run.total_pence,
            run.total_pence + run.whole + run.by_payment,
            run.pay_on,
            run.sent_on,
            run.handled,
            run.payments_count - run.parts,
        )
        for run in sent
    }


def _payments(near: _Near | None, runs: Runs) -> Iterable[OpenThing]:
    unfinished = [number for number, run in runs.items() if run.left_pence]
    rows = Payment.objects.filter(run__number__in=unfinished).exclude(run__sent_on=None)
    if near:
        unmatched = ~Exists(Part.objects.filter(payment=OuterRef("pk"), what=What.SENT, match__undoing=None))
        together = near.by_day("run__pay_on", sign=-1, less=_crowded_days(near.lines, runs)) & Q(unmatched)
        rows = rows.filter(near.by_key() | near.by_amount("run__pay_on", sign=-1) | together)
    for row in _with_matched(rows, What.SENT).iterator(chunk_size=5000):
        left = min(row["amount_pence"] + row["matched"], runs[row["run__number"]].left_pence)
        yield _payment(What.SENT, row, -row["amount_pence"], -left, row["run__pay_on"], handled=row["handled"])


def _came_back(near: _Near | None) -> Iterable[OpenThing]:
    rows = Payment.objects.filter(state=PaymentState.RETURNED)
    if near:
        rows = rows.filter(near.by_key() | near.by_amount("returned_on", sign=1) | near.by_day("returned_on", sign=1))
    yield from map(_back, _with_matched(rows, What.RETURNED).iterator(chunk_size=5000))


def _with_matched(rows: QuerySet[Payment], what: What) -> QuerySet[Any]:
    """Payments as the matcher needs them, with how much of each is matched as this."""
    rows = rows.annotate(matched=_matched("payment", what), handled=_handled("payment", what))
    return rows.values(*ROW, "matched", "handled")


def _back(row: Mapping[str, Any]) -> OpenThing:
    pence = row["amount_pence"]
    return _payment(What.RETURNED, row, pence, pence - row["matched"], row["returned_on"], handled=row["handled"])


def _to_be_recorded(near: _Near) -> Iterable[OpenThing]:
    """Payments of which nobody said that they came back, and which money that came in names or is as much as."""
    credits = [line for line in near.lines if line.open_pence > 0]
    if not credits:
        return
    wanted = _Near(credits, near.runs)
    named = wanted.by_key()
    if len(credits) <= FEW:
        named |= wanted.by_amount("run__pay_on", sign=1, before=DAYS_TO_COME_BACK, after=0)
    rows = Payment.objects.filter(state__in=LIVE).exclude(run__sent_on=None).filter(named)
    for row in rows.values(*ROW).iterator(chunk_size=5000):
        pence = row["amount_pence"]
        yield _payment(What.RETURNED, row, pence, pence, row["run__pay_on"] + timedelta(days=3), to_record=True)


def _arrived(account: BankAccount) -> Iterable[OpenThing]:
    """Payments into a person's account."""
    rows = Payment.objects.filter(case=account.case_id).exclude(run__sent_on=None)
    for row in _with_matched(rows, What.ARRIVED):
        pence = row["amount_pence"]
        yield _payment(What.ARRIVED, row, pence, pence - row["matched"], row["run__pay_on"], handled=row["handled"])


def _payment(
    what: What, row: Mapping[str, Any], pence: int, open_pence: int, on: date, *, handled=False, to_record=False
) -> OpenThing:
    reference = named_as_payment(row["run__number"], row["place"])
    person = f"{row[f'{PERSON}__given_name']} {row[f'{PERSON}__family_name']}".strip()
    return OpenThing(
        thing=Thing(what, row["pk"]),
        called=f"payment {reference}{' that came back' if what == What.RETURNED else ''}, {person}",
        pence=pence,
        open_pence=open_pence,
        on=on,
        since=row["run__sent_on"],
        keys=(row["pk"].hex, reference),
        run=named_as_file(row["run__number"]),
        names=(row["payee__account_name"], person),
        handled=handled,
        to_record=to_record,
    )


def _receipts(near: _Near | None) -> Iterable[OpenThing]:
    rows = Receipt.objects.filter(taken_back=None)
    if near:
        rows = rows.filter(near.by_amount("received_on", sign=1) | near.by_day("received_on", sign=1))
    rows = rows.annotate(matched=_matched("receipt"), handled=_handled("receipt"))
    names = ("case__person__given_name", "case__person__family_name")
    for row in rows.values("pk", "payer", "amount_pence", "received_on", "matched", "handled", *names):
        person = f"{row['case__person__given_name']} {row['case__person__family_name']}".strip()
        of_nhs = row["payer"] == Payer.NHS
        yield OpenThing(
            thing=Thing(What.RECEIVED, row["pk"]),
            called=f"the share received from {'the NHS for ' if of_nhs else ''}{person}",
            pence=row["amount_pence"],
            open_pence=row["amount_pence"] - row["matched"],
            on=row["received_on"],
            since=row["received_on"],
            names=("NHS",) if of_nhs else (person,),
            handled=row["handled"],
        )
