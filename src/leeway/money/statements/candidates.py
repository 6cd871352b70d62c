"""What is open: lines that are not explained, and things that may be on a statement, read for the matcher."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import batched, chain
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from rapidfuzz import utils

from leeway.jobs.kinds import Progress, untold
from leeway.money.budgets.dues import Payer
from leeway.money.contributions.models import Receipt
from leeway.money.payments.models import AnsweredPayment, Payment, PaymentRun, named_as_file, named_as_payment
from leeway.money.payments.states import LIVE, PaymentState, Said
from leeway.money.statements.kinds import SIGN, What, Whose
from leeway.money.statements.matching import (
    CUT_AT,
    CUT_KEY,
    DAYS_BY_NAME,
    DAYS_NEAR,
    DAYS_TOGETHER,
    KEY,
    LOOKED_AT,
    SUMMED_OF,
    Found,
    Named,
    OpenLine,
    OpenThing,
    Piece,
    Proposal,
    Thing,
    find,
    find_sure,
)
from leeway.money.statements.models import BankAccount, Part, StatementLine
from leeway.money.statements.relations import LIVE as LIVE_PARTS

#: From a payment to the person whom it is for; a provider is paid for many.
PERSON = "case__person"
#: How long after its day a payment that nobody recorded as returned may come back, and be proposed by its amount.
DAYS_TO_COME_BACK = 31
PENCE = Sum("amount_pence")
#: What the bank wrote in a line, as far as the matcher reads it.
WRITTEN = (
    "pk", "booked_on", "amount_pence", "end_to_end_id", "reference", "description", "counterparty", "details",
)  # fmt: skip
#: How many lines are matched, and rows read, at a time.
LINES_AT_ONCE = 5_000


def _matched(field: str, *whats: What) -> Coalesce:
    """How much of a row is matched: signed, as on the statement."""
    parts = Part.objects.filter(match__undoing=None, **{field: OuterRef("pk")})
    parts = parts.filter(what__in=whats) if whats else parts
    return Coalesce(Subquery(parts.order_by().values(field).annotate(told=PENCE).values("told")), 0)


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


def open_lines_of_council() -> QuerySet[Any]:
    """The lines of all of the council's own accounts that are not explained, or not wholly, in their order."""
    lines = StatementLine.objects.filter(account__whose=Whose.COUNCIL)
    return with_open(lines).exclude(open_pence=0).order_by("booked_on", "statement__kept_at", "place")


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


def as_open(lines: QuerySet[Any]) -> Iterator[OpenLine]:
    """Lines as the matcher reads them, in order."""
    rows = lines.annotate(handled=_handled("line")).values(*WRITTEN, "open_pence", "handled")
    return map(_open_line, rows.iterator(chunk_size=LINES_AT_ONCE))


def _open_line(row: Mapping[str, Any]) -> OpenLine:
    return OpenLine(
        id=row["pk"],
        booked_on=row["booked_on"],
        pence=row["amount_pence"],
        open_pence=row["open_pence"],
        texts=(row["end_to_end_id"], row["reference"], row["description"]),
        counterparty=row["counterparty"],
        named=tuple(
            Named(pence=each["amount_pence"], texts=(each["end_to_end_id"], each["reference"]))
            for each in row["details"]
            if each["amount_pence"]
        ),
        handled=row["handled"],
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
    file_number: int | None

    @property
    def reference(self) -> str:
        return named_as_file(self.number)

    @property
    def keys(self) -> tuple[str, ...]:
        """What a bank may call it: its own file, or the file that it shares with others."""
        return (self.reference, *([named_as_file(self.file_number)] if self.file_number else []))


#: The runs that were sent, by their numbers.
type Runs = Mapping[int, _Left]
#: The payments of a run that what is left of a reference begins: its id, the first place and the last.
type _Span = tuple[UUID, int, int]


def sure_of(account: BankAccount, progress: Progress = untold) -> Iterator[list[Proposal]]:
    """What of an account is matched by itself, so many lines at a time. It tells how many were looked at, of all."""
    lines = open_lines(account)
    return find_sure(_told(pieces(account, lines), lines.count(), progress))


def _told(found: Iterable[Piece], lines: int, progress: Progress) -> Iterator[Piece]:
    for place, piece in enumerate(found):
        progress(done=min(place * LINES_AT_ONCE, lines), of=lines)
        yield piece


def pieces(account: BankAccount, lines: QuerySet[Any]) -> Iterator[Piece]:
    """Open lines of an account, so many at a time, each time with what they name."""
    runs = runs_of(account)
    for some in batched(as_open(lines), LINES_AT_ONCE):
        yield some, list(_things_for(account, _ByKey(some, runs)))


def pieces_of_council(lines: QuerySet[Any]) -> Iterator[Piece]:
    """The same of lines of several of the council's own accounts: one thing may be on any of them."""
    runs = _left_of_runs()
    for some in batched(as_open(lines), LINES_AT_ONCE):
        yield some, list(_things_of_council(_ByKey(some, runs)))


def found_for(account: BankAccount, lines: Sequence[Any]) -> Found:
    """What some lines of a page may stand for, with every other open line in mind: those that name the same.

    It takes no longer where thousands are open: of those, only how many are of which amount on which day is asked.
    """
    shown, said = {line.pk for line in lines}, {text for line in lines for text in _texts_with_a_key(line)}
    same = Q(end_to_end_id__in=said) | Q(reference__in=said) | Q(description__in=said)
    alike = open_lines(account).filter(amount_pence__in={line.amount_pence for line in lines})
    both = list(as_open(alike.filter(Q(pk__in=shown) | same)))
    rest = alike.exclude(pk__in=[line.id for line in both]).order_by()
    counted = rest.values_list("open_pence", "booked_on").annotate(count=Count("pk"))
    near = _Near([line for line in both if line.id in shown], runs_of(account))
    return find(
        both,
        list(_things_for(account, near)),
        others=Counter({(pence, day): count for pence, day, count in counted}),
        crowded=near.crowded_days(),
    )


def _texts_with_a_key(line: StatementLine) -> Iterable[str]:
    for text in (line.end_to_end_id, line.reference, line.description):
        if KEY.search(text.upper()) or CUT_KEY.search(text.strip().upper()):
            yield text


def _things_for(account: BankAccount, near: "_Near") -> Iterable[OpenThing]:
    """Everything that these lines may stand for."""
    return _things_of_council(near) if account.whose == Whose.COUNCIL else _arrived(account)


def _things_of_council(near: "_Near") -> Iterable[OpenThing]:
    return chain(runs_in(near.runs), _payments(near), _came_back(near), _to_be_recorded(near), _receipts(near))


@dataclass
class _Meant:
    """Payments by their ids, by run and place, and by what begins a place: a span of them, with the amounts."""

    ids: set[UUID] = field(default_factory=set)
    places: defaultdict[UUID, set[int]] = field(default_factory=lambda: defaultdict(set))
    spans: defaultdict[_Span, set[int]] = field(default_factory=lambda: defaultdict(set))


@dataclass(frozen=True)
class _Near:
    """What of the council's things these lines may mean: by key, by amount, by day.

    Only runs that were sent can be meant, so that a line of thousands of references asks of no more than these.
    """

    lines: Sequence[OpenLine]
    runs: Runs

    @property
    def texts(self) -> Iterable[tuple[str, int]]:
        """What the bank wrote, each text with the amount that it is about."""
        for line in self.lines:
            for each in (Named(pence=line.open_pence, texts=line.texts), *line.named):
                for text in each.texts:
                    yield text.upper(), abs(each.pence)

    @cached_property
    def named(self) -> "_Meant":
        """What the texts name: by whole keys, and by what is left of one."""
        found, begun = _Meant(), []
        for text, pence in self.texts:
            for key in KEY.findall(text):
                if "-" not in key:
                    found.ids.add(UUID(key))
                elif key[:6].isdigit() and (run := self.runs.get(int(key[:6]))):
                    found.places[run.id].add(int(key[7:]))
            for left in _left_of_keys(text):
                if "-" not in left:
                    begun.append((UUID(left.ljust(32, "0")), UUID(left.ljust(32, "F"))))
                elif run := self.runs.get(int(left[:6])):
                    low, high = (int(left[7:].ljust(6, end)) for end in "09")
                    found.spans[run.id, low, high].add(pence)
        if begun:
            with connection.cursor() as cursor:
                cursor.execute(BEGUN, [list(ends) for ends in zip(*begun, strict=True)])
                found.ids.update(pk for (pk,) in cursor.fetchall())
        return found

    def by_key(self, *, of_few: bool = False) -> Q:
        """Payments that a text names, whole or by what is left of a reference.

        Where a short piece is left, as many are read as are looked at, and those of the same amount; all `of_few`.
        """
        named = Q(pk__in=self.named.ids)
        for run_id, some in self.named.places.items():
            named |= Q(run=run_id, place__in=some)
        for (run_id, low, high), amounts in self.named.spans.items():
            if of_few:
                named |= Q(run=run_id, place__range=(low, high))
            else:
                named |= Q(run=run_id, place__range=(low, min(high, low + LOOKED_AT)))
                named |= Q(run=run_id, place__range=(low, high), amount_pence__in=amounts)
        return named

    def by_amount(self, day: str, *, sign: int, before: int = DAYS_BY_NAME, after: int = DAYS_BY_NAME) -> Q:
        """Rows of the same amount as a line, within so many days of it."""
        amounts = {(abs(line.open_pence), line.booked_on) for line in self.lines if line.open_pence * sign > 0}
        same = Q(pk=None)
        for pence, booked_on in amounts:
            days = (booked_on - timedelta(days=before), booked_on + timedelta(days=after))
            same |= Q(amount_pence=pence, **{f"{day}__range": days})
        return same

    def likely_payments(self, unfinished: Iterable[UUID]) -> Q:
        """Payments that left, of the same amount as a line: as many near its day as are looked at, and of its name."""
        lines = {
            (abs(line.open_pence), line.booked_on, utils.default_process(line.counterparty))
            for line in self.lines
            if line.open_pence < 0
        }
        if not lines:
            return Q(pk=None)
        amounts, days, names = map(list, zip(*lines, strict=True))
        most = LOOKED_AT + 1  # one more says that there are more
        return Q(pk__in=RawSQL(LIKELY, [amounts, days, names, list(unfinished), amounts, most, most]))

    def by_day(self, day: str, *, sign: int, less: Collection[date] = ()) -> Q:
        """Rows within days of a line, which may add up to it; not those of some days."""
        days = {line.booked_on for line in self.lines if line.open_pence * sign > 0}.difference(less)
        same = Q(pk=None)
        for booked_on in days:
            near = (booked_on - timedelta(days=DAYS_TOGETHER), booked_on + timedelta(days=DAYS_TOGETHER))
            same |= Q(**{f"{day}__range": near})
        return same

    def crowded_days(self) -> frozenset[date]:
        """The days of lines near which more payments are open than sums are tried of."""
        open_by_day = Counter[date]()
        for run in self.runs.values():
            if run.left_pence:
                open_by_day[run.pay_on] += run.open_count
        return frozenset(
            day
            for day in {line.booked_on for line in self.lines}
            if sum(count for on, count in open_by_day.items() if abs((on - day).days) <= DAYS_TOGETHER) > SUMMED_OF
        )


class _ByKey(_Near):
    """What of the council's things these lines name: by key alone."""

    def by_amount(self, day: str, *, sign: int, before: int = 0, after: int = 0) -> Q:
        return Q(pk=None)

    def likely_payments(self, unfinished: Iterable[UUID]) -> Q:
        return Q(pk=None)

    def by_day(self, day: str, *, sign: int, less: Collection[date] = ()) -> Q:
        return Q(pk=None)


def _left_of_keys(text: str) -> Iterable[str]:
    """What is left of keys in a text that the bank cut."""
    for piece in {text.strip(), *text.split()} if len(text) >= CUT_AT else ():
        if len(piece) == CUT_AT and (cut := CUT_KEY.search(piece)):
            yield cut.group()


#: The payments whose ids lie in some spans, each span looked up in the index.
BEGUN = """
    SELECT payment.id FROM UNNEST(%s::uuid[], %s::uuid[]) AS span (low, high)
      JOIN payments_payment AS payment ON payment.id BETWEEN span.low AND span.high
"""
#: Open payments of the amounts of lines: the first few within days of each, and the first few of its name within weeks.
#: Names are compared as the matcher does, without signs and capitals.
LIKELY = f"""
    WITH line AS (SELECT * FROM UNNEST(%s::bigint[], %s::date[], %s::text[]) AS line (pence, day, called)),
    paid AS (
      SELECT payment.id, payment.amount_pence AS pence, payment.payee_id, payment.case_id, payment.provider_id,
             run.pay_on,
             ROW_NUMBER() OVER (ORDER BY run.pay_on, run.number, payment.place) AS place
        FROM payments_payment AS payment JOIN payments_paymentrun AS run ON run.id = payment.run_id
       WHERE run.id = ANY(%s) AND payment.amount_pence = ANY(%s) AND payment.id NOT IN (
           SELECT p.payment_id FROM {LIVE_PARTS} WHERE u.match_id IS NULL AND p.what = '{What.SENT.value}'
       )
    )
    SELECT id FROM (
      SELECT paid.id, ROW_NUMBER() OVER (PARTITION BY line.pence, line.day ORDER BY paid.place) AS nth
        FROM (SELECT DISTINCT pence, day FROM line) AS line JOIN paid USING (pence)
       WHERE paid.pay_on BETWEEN line.day - {DAYS_NEAR} AND line.day + {DAYS_NEAR}
    ) AS near WHERE nth <= %s
    UNION ALL
    SELECT id FROM (
      SELECT paid.id, ROW_NUMBER() OVER (PARTITION BY line.pence, line.day, line.called ORDER BY paid.place) AS nth
        FROM paid JOIN payees_payeeaccount AS payee ON payee.id = paid.payee_id
        LEFT JOIN people_case AS its ON its.id = paid.case_id
        LEFT JOIN people_person AS person ON person.id = its.person_id
        LEFT JOIN listings_provider AS provider ON provider.id = paid.provider_id
       CROSS JOIN LATERAL (
           VALUES (payee.account_name), (COALESCE(person.given_name || ' ' || person.family_name, provider.name))
       ) AS named (name)
        JOIN line ON line.pence = paid.pence AND line.called <> ''
             AND line.called = BTRIM(REGEXP_REPLACE(LOWER(named.name), '[^[:alnum:]]', ' ', 'g'))
       WHERE paid.pay_on BETWEEN line.day - {DAYS_BY_NAME} AND line.day + {DAYS_BY_NAME}
    ) AS named WHERE nth <= %s
"""
NAMES = (f"{PERSON}__given_name", f"{PERSON}__family_name")
ROW = (
    "pk", "run", "run__number", "place", "amount_pence", "run__pay_on", "run__sent_on", "returned_on",
    "payee__account_name", "provider__name", *NAMES,
)  # fmt: skip


def runs_in(runs: Runs) -> Iterable[OpenThing]:
    """Each run of which something is not on a statement yet."""
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
            keys=run.keys,
            run=run.reference,
            handled=run.handled,
            less=tuple(less[run.number]),
        )


def _turned_down(runs: Sequence[UUID]) -> Mapping[int, Sequence[OpenThing]]:
    """By the number of each run: its payments that the bank turned down, and that came in on no statement either."""
    found: defaultdict[int, list[OpenThing]] = defaultdict(list)
    said = AnsweredPayment.objects.filter(payment=OuterRef("pk"), said=Said.REJECTED)
    rows = Payment.objects.filter(Exists(said), run__in=runs, state=PaymentState.RETURNED)
    for row in with_matched(rows, What.RETURNED).filter(matched=0):
        found[row["run__number"]].append(back(row))
    return found


def runs_of(account: BankAccount) -> Runs:
    """The runs that were sent, where the account is the council's."""
    return _left_of_runs() if account.whose == Whose.COUNCIL else {}


def _left_of_runs() -> Runs:
    live = Part.objects.filter(match__undoing=None).order_by()
    whole = dict(live.filter(what=What.RUN).values_list("run").annotate(pence=PENCE))
    of_payments = live.filter(what=What.SENT).values_list("payment__run").annotate(pence=PENCE, parts=Count("pk"))
    one_by_one = {run: (pence, parts) for run, pence, parts in of_payments}
    left = {}
    for run in PaymentRun.objects.exclude(sent_on=None).annotate(handled=_handled("run"), in_file=F("file__number")):
        pence, parts = one_by_one.get(run.pk, (0, 0))
        left[run.number] = _Left(
            run.pk,
            run.number,
            run.total_pence,
            run.total_pence + whole.get(run.pk, 0) + pence,
            run.pay_on,
            run.sent_on,
            run.handled,
            run.payments_count - parts,
            run.in_file,
        )
    return left


def _payments(near: _Near) -> Iterable[OpenThing]:
    unfinished = {run.id: run.left_pence for run in near.runs.values() if run.left_pence}
    unmatched = ~Exists(Part.objects.filter(payment=OuterRef("pk"), what=What.SENT, match__undoing=None))
    near_by = near.by_day("run__pay_on", sign=-1, less=near.crowded_days()) & Q(unmatched)
    rows = Payment.objects.filter(near.by_key() | near.likely_payments(unfinished) | near_by)
    for row in with_matched(rows.filter(run__in=unfinished), What.SENT).iterator(chunk_size=LINES_AT_ONCE):
        yield sent(row, unfinished[row["run"]])


def sent(row: Mapping[str, Any], left_of_run: int) -> OpenThing:
    """A payment that left, of a run of which so much is not on a statement yet."""
    left = min(row["amount_pence"] + row["matched"], left_of_run)
    return _payment(What.SENT, row, -row["amount_pence"], -left, row["run__pay_on"], handled=row["handled"])


def _came_back(near: _Near) -> Iterable[OpenThing]:
    wanted = near.by_key(of_few=True) | near.by_amount("returned_on", sign=1) | near.by_day("returned_on", sign=1)
    rows = Payment.objects.filter(wanted, state=PaymentState.RETURNED)
    yield from map(back, with_matched(rows, What.RETURNED).iterator(chunk_size=LINES_AT_ONCE))


def with_matched(rows: QuerySet[Payment], what: What) -> QuerySet[Any]:
    """Payments as the matcher needs them, with how much of each is matched as this."""
    rows = rows.annotate(matched=_matched("payment", what), handled=_handled("payment", what))
    return rows.values(*ROW, "matched", "handled")


def back(row: Mapping[str, Any]) -> OpenThing:
    """A payment that came back."""
    pence = row["amount_pence"]
    return _payment(What.RETURNED, row, pence, pence - row["matched"], row["returned_on"], handled=row["handled"])


def _to_be_recorded(near: _Near) -> Iterable[OpenThing]:
    """Payments of which nobody said that they came back, and which money that came in names or is as much as.

    What names a payment of its own amount leaves no room for others of that amount: a council has thousands of them.
    """
    came_in = replace(near, lines=[line for line in near.lines if line.open_pence > 0])
    if not came_in.lines:
        return
    named = [*_as_come_back(came_in.by_key())]
    yield from named
    told = {(key.upper(), thing.open_pence) for thing in named for key in thing.keys}
    left = replace(came_in, lines=[line for line in came_in.lines if told.isdisjoint(_keys_of(line))])
    if left.lines:
        as_much = left.by_amount("run__pay_on", sign=1, before=DAYS_TO_COME_BACK, after=0)
        yield from _as_come_back(as_much & ~Q(pk__in=[thing.thing.id for thing in named]))


def _keys_of(line: OpenLine) -> Iterable[tuple[str, int]]:
    """The whole keys in a line, each with its amount."""
    return ((key, line.open_pence) for text in line.texts for key in KEY.findall(text.upper()))


def _as_come_back(wanted: Q) -> Iterable[OpenThing]:
    rows = Payment.objects.filter(wanted, state__in=LIVE).exclude(run__sent_on=None)
    for row in rows.values(*ROW).iterator(chunk_size=LINES_AT_ONCE):
        pence = row["amount_pence"]
        yield _payment(What.RETURNED, row, pence, pence, row["run__pay_on"] + timedelta(days=3), to_record=True)


def _arrived(account: BankAccount) -> Iterable[OpenThing]:
    """Payments into a person's account."""
    rows = Payment.objects.filter(case=account.case_id).exclude(run__sent_on=None)
    yield from map(arrived, with_matched(rows, What.ARRIVED))


def arrived(row: Mapping[str, Any]) -> OpenThing:
    """A payment into a person's account."""
    pence = row["amount_pence"]
    return _payment(What.ARRIVED, row, pence, pence - row["matched"], row["run__pay_on"], handled=row["handled"])


def _payment(
    what: What, row: Mapping[str, Any], pence: int, open_pence: int, on: date, *, handled=False, to_record=False
) -> OpenThing:
    reference = named_as_payment(row["run__number"], row["place"])
    whose = row["provider__name"] or _person(row)
    return OpenThing(
        thing=Thing(what, row["pk"]),
        called=f"payment {reference}{' that came back' if what == What.RETURNED else ''}, {whose}",
        pence=pence,
        open_pence=open_pence,
        on=on,
        since=row["run__sent_on"],
        keys=(row["pk"].hex, reference),
        run=named_as_file(row["run__number"]),
        names=(row["payee__account_name"], whose),
        handled=handled,
        to_record=to_record,
    )


def _receipts(near: _Near) -> Iterable[OpenThing]:
    wanted = near.by_amount("received_on", sign=1) | near.by_day("received_on", sign=1)
    yield from map(received, receipts_with_matched(Receipt.objects.filter(wanted)))


def receipts_with_matched(rows: QuerySet[Receipt]) -> QuerySet[Any]:
    """Receipts that stand as the matcher needs them, with how much of each is matched."""
    rows = rows.filter(taken_back=None).annotate(matched=_matched("receipt"), handled=_handled("receipt"))
    return rows.values("pk", "payer", "amount_pence", "received_on", "matched", "handled", *NAMES)


def received(row: Mapping[str, Any]) -> OpenThing:
    """A share that the NHS or a person paid."""
    person, of_nhs = _person(row), row["payer"] == Payer.NHS
    return OpenThing(
        thing=Thing(What.RECEIVED, row["pk"]),
        called=f"the share received from {'the NHS for ' if of_nhs else ''}{person}",
        pence=row["amount_pence"],
        open_pence=row["amount_pence"] - row["matched"],
        on=row["received_on"],
        since=row["received_on"],
        names=("NHS",) if of_nhs else (person,),
        handled=row["handled"],
    )


def _person(row: Mapping[str, Any]) -> str:
    return " ".join(row[name] for name in NAMES).strip()
