"""Reading bank accounts: the queue of lines, what a line may stand for, what was matched, and a month's end."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Func, Max, Min, OuterRef, Prefetch, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Abs, Cast, Coalesce
from django.http import Http404

from leeway.access.access import check_can
from leeway.access.looks import record_look_over, record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.models import Case
from leeway.care.people.queries import people_called
from leeway.jobs.models import Job
from leeway.jobs.queries import jobs_about
from leeway.law.numbers import pounds
from leeway.money.banking.reasons import ReasonSet, reason_for
from leeway.money.budgets.dues import Payer
from leeway.money.contributions.models import Receipt
from leeway.money.contributions.queries import PAYER_OF
from leeway.money.ledger import queries as ledger
from leeway.money.ledger.models import Account, Kind
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.payments.queries import findings as findings_of_payments
from leeway.money.payments.queries import get_run, runs_to_confirm
from leeway.money.payments.states import PaymentState
from leeway.money.statements import candidates
from leeway.money.statements.keeping import changed_since
from leeway.money.statements.kinds import Because, What, Whose, order_called
from leeway.money.statements.matching import OpenLine, Proposal, Thing, find
from leeway.money.statements.models import BankAccount, Match, Part, StatementLine
from leeway.money.statements.relations import RELATIONS
from leeway.money.statements.standing import Standing, chains, standings
from leeway.money.statements.told_twice import REPORTS

FILES_OF_ACCOUNT = "statements.account"
#: The kinds of job that read a bank's file, and that confirm a run by what it says.
KEEP_STATEMENT, CONFIRM, RECEIVE = "keep_statement", "confirm_from_statement", "receive_referenced"
LINES_SHOWN = 50
#: How many lines are named where a run is confirmed from them; of the others it says how many they are.
NAMED = 3
AMOUNT = re.compile(r"£?[0-9]{1,3}(,?[0-9]{3}){0,3}(\.[0-9]{2})?")
#: As little as is left of a reference or an id of ours that a bank cut: what has none of it names no payment.
MAY_NAME = "[0-9]{6}-|[0-9a-f]{16}"
PARTS = ("parts__line", "parts__payment__run", "parts__run", "parts__receipt__case__person")


@dataclass(frozen=True)
class Left:
    """What the statements say of a run: whether all of it left, and which of its payments came back, and why.

    `left_pence` is what left in fact: a bank may keep what it turned down. `all_the_same_pence` of it the bank had
    turned down, and no matched line says that it came back.
    """

    left_whole: bool
    left_pence: int
    returned: tuple[tuple[Payment, str, Proposal], ...]
    all_the_same_pence: int


@dataclass(frozen=True)
class Evidence(Left):
    """The same, with the lines that say so, in words."""

    words: str

    @property
    def seen(self) -> str:
        """All that it says, for a page to carry, so that what is confirmed is what was shown."""
        said = (self.left_pence, self.words, *((payment.reference, reason) for payment, reason, _ in self.returned))
        return sha256(repr(said).encode()).hexdigest()


@dataclass(frozen=True)
class Unexplained:
    """What nobody has explained of one of the council's own accounts: how many lines, what of them, since when."""

    account_id: UUID
    name: str
    count: int
    came_in_pence: int
    went_out_pence: int
    oldest: date

    def age(self, on: date) -> int:
        """How many days the oldest of them has waited."""
        return (on - self.oldest).days


def unexplained(*, seen_by: User) -> list[Unexplained]:
    """What nobody has explained of the council's own accounts, the oldest first: one question for all of them."""
    check_can(seen_by, Capability.SEE_BANK)
    lines = candidates.with_open(StatementLine.objects.filter(account__whose=Whose.COUNCIL)).exclude(open_pence=0)
    rows = (
        lines.order_by()
        .values_list("account", "account__name")
        .annotate(
            count=Count("pk"),
            came_in=Sum("open_pence", filter=Q(open_pence__gt=0), default=0),
            went_out=Sum("open_pence", filter=Q(open_pence__lt=0), default=0),
            oldest=Min("booked_on"),
        )
    )
    return [Unexplained(*row) for row in rows.order_by("oldest", "account")]


def accounts_of_people(*, seen_by: User, words: str = "") -> QuerySet[BankAccount]:
    """The accounts of people whose statements are read, or of whom some words find, or so called, by last name."""
    check_can(seen_by, Capability.SEE_BANK)
    found = BankAccount.objects.exclude(whose=Whose.COUNCIL).select_related("case__person")
    if words:
        found = found.filter(Q(case__person__in=people_called(words)) | Q(name__icontains=words.strip()))
    return found.order_by("case__person__family_name", "case__person__given_name", "name", "pk")


def how_they_stand(theirs: Iterable[BankAccount], *, seen_by: User) -> tuple[list[Standing], list[Standing]]:
    """How every account of the council's own stands, and how some accounts of people do, the look noted."""
    check_can(seen_by, Capability.SEE_BANK)
    found = [*BankAccount.objects.filter(whose=Whose.COUNCIL), *theirs]
    record_looks(viewer=seen_by, person_ids=_people_of(found), page="Bank accounts")
    stands = standings(found)
    ours = [each for each in stands if each.account.whose == Whose.COUNCIL]
    return ours, stands[len(ours) :]


def get_account(account_id: UUID, *, seen_by: User, page: str) -> BankAccount:
    """One account, for finance; the look at whose it is noted."""
    check_can(seen_by, Capability.SEE_BANK)
    found = BankAccount.objects.select_related("case__person").filter(pk=account_id).first()
    if found is None:
        raise Http404("There is no such bank account.")
    record_looks(viewer=seen_by, person_ids=_people_of([found]), page=page)
    return found


def ordinary_accounts(case: Case) -> QuerySet[BankAccount]:
    """The ordinary accounts of a case that this user was already found to be allowed to see, with the lines kept."""
    lines = StatementLine.objects.select_related("statement__kept_by").order_by("-booked_on", "place")
    found = BankAccount.objects.filter(case=case, whose=Whose.ORDINARY)
    return found.prefetch_related(Prefetch("lines", lines))


def get_ordinary_account(case: Case, account_id: UUID) -> BankAccount:
    """One ordinary account of a case that this user was already found to be allowed to see."""
    found = BankAccount.objects.filter(case=case, whose=Whose.ORDINARY, pk=account_id).first()
    if found is None:
        raise Http404("There is no such bank account.")
    found.case = case
    return found


def accounts_with(person_id: UUID) -> QuerySet:
    """The bank accounts whose lines tell of a person, by their keys: who looked at one of them saw that person."""
    of_payments = Part.objects.filter(**{f"payment__{candidates.PERSON}": person_id})
    of_receipts = Part.objects.filter(receipt__case__person=person_id)
    return BankAccount.objects.filter(
        Q(pk__in=of_payments.values("match__account")) | Q(pk__in=of_receipts.values("match__account"))
    ).values("pk")


def may_read_files(owner_id: UUID, *, user: User, kind: str, page: str) -> bool:
    """Whether a user may read the files of a bank account: finance, with the look noted."""
    if not user.can(Capability.SEE_BANK):
        return False
    account = BankAccount.objects.select_related("case").filter(pk=owner_id).first()
    if account is None:
        return False
    look_over(account, seen_by=user, page=page)
    return True


def jobs_of(account: BankAccount) -> QuerySet[Job]:
    """The jobs about an account: those that read its statements."""
    return jobs_about(account=account.pk)


def look_over(account: BankAccount, *, seen_by: User, page: str) -> None:
    """Note that this user saw the lines of an account, with whoever is in them."""
    parts = Part.objects.filter(match__account=account).order_by()
    paid = parts.filter(payment__case__isnull=False).values(f"payment__{candidates.PERSON}")
    people = paid.union(parts.filter(receipt__isnull=False).values("receipt__case__person"))
    record_look_over(viewer=seen_by, thing_id=account.pk, people_count=people.count(), page=page)


@dataclass(frozen=True)
class Item:
    """A line of the queue: what is open of it, and what it may stand for."""

    line: StatementLine
    open_pence: int
    proposals: tuple[Proposal, ...]


def lines_to_explain(account: BankAccount, *, words: str = "", sort: str = "") -> QuerySet[Any]:
    """The lines that are not explained and that have some words, or an amount, in one of the `ORDERS`."""
    lines = candidates.open_lines(account).annotate(open_size=Abs("open_pence"))
    for word in words.split():
        named = ("counterparty", "reference", "description", "end_to_end_id")
        has = Q(*((f"{name}__icontains", word) for name in named), _connector=Q.OR)
        if AMOUNT.fullmatch(word):
            pence = int(Decimal(word.lstrip("£").replace(",", "")) * 100)
            has |= Q(amount_pence__in=(pence, -pence)) | Q(open_pence__in=(pence, -pence))
        lines = lines.filter(has)
    return lines.order_by(*order_called(sort).by)


def queue(account: BankAccount, *, seen_by: User, first: int = 0, **asked: str) -> list[Item]:
    """Some of `lines_to_explain`, each with what it may stand for."""
    shown = list(lines_to_explain(account, **asked)[first : first + LINES_SHOWN])
    found = _proposals(account, shown)
    _look_at(found.values(), seen_by, f"Lines of {account.name}")
    return [Item(line, line.open_pence, found.get(line.pk, ())) for line in shown]


def get_line(account: BankAccount, line_id: UUID) -> Any:
    """One line of an account that this user was already found to be allowed to see, with what is open of it."""
    line = candidates.with_open(account.lines.filter(pk=line_id)).select_related("statement").first()
    if line is None:
        raise Http404("There is no such line on this account.")
    return line


def item(account: BankAccount, line_id: UUID, *, seen_by: User) -> Item:
    """One line of an account, with what it may stand for."""
    line = get_line(account, line_id)
    found = _proposals(account, [line]) if line.open_pence else {}
    _look_at(found.values(), seen_by, f"A line of {account.name}")
    return Item(line, line.open_pence, found.get(line.pk, ()))


def next_line(account: BankAccount, after: Any = None, **asked: str) -> Any:
    """Of `lines_to_explain`, the one after another, as that stood when it was looked at; or the first."""
    lines = lines_to_explain(account, **asked)
    if after is not None:
        lines = lines.filter(_comes_after(after, order_called(asked.get("sort", "")).by))
    return lines.first()


def _comes_after(line: Any, order: Iterable[str]) -> Q:
    """What comes after a line in an order."""
    is_at = {
        "booked_on": line.booked_on,
        "statement__kept_at": line.statement.kept_at,
        "place": line.place,
        "open_size": abs(line.open_pence),
    }
    later, same = Q(pk__in=[]), Q()
    for each in order:
        name = each.removeprefix("-")
        later |= same & Q(**{f"{name}__{'lt' if each.startswith('-') else 'gt'}": is_at[name]})
        same &= Q(**{name: is_at[name]})
    return later


def _proposals(account: BankAccount, shown: Sequence[Any]) -> Mapping[UUID, tuple[Proposal, ...]]:
    """What lines may stand for, with every other open line that names the same in mind."""
    if not shown:
        return {}
    mine = {line.pk for line in shown}
    found = candidates.found_for(account, shown)
    proposed = dict(found.proposed)
    for each in found.by_itself:  # which the next statement would match, and a person may as well
        for line, _ in each.lines:
            proposed[line] = (each,)
    return {line: some for line, some in proposed.items() if line in mine}


def matches_of(line: StatementLine, *, seen_by: User) -> list[Match]:
    """What was said of a line, the latest first, with what was undone; the look at those it names is noted."""
    found = Match.objects.filter(parts__line=line).distinct().select_related("matched_by", "undoing__undone_by")
    matches = list(found.prefetch_related(*PARTS))
    parts = [part for match in matches for part in match.parts.all() if part.line_id is None]
    look_at_things({thing for part in parts if (thing := _thing_of(part))}, seen_by, "What was said of a bank line")
    return matches


def _thing_of(part: Part) -> Thing | None:
    found = part.payment_id or part.receipt_id
    return Thing(What(part.what), found) if found else None


def get_match(account: BankAccount, match_id: UUID) -> Match:
    """One match of an account that this user was already found to be allowed to see."""
    found = Match.objects.filter(account=account, pk=match_id).select_related("matched_by", "undoing__undone_by")
    match = found.prefetch_related(*PARTS).first()
    if match is None:
        raise Http404("There is no such match on this account.")
    return match


def last_match_by(account: BankAccount, user: User) -> Match | None:
    """The last match that this user made on an account and that stands, for whoever wants it undone."""
    return Match.objects.filter(account=account, matched_by=user, undoing=None).first()


def evidence_of(run: PaymentRun) -> Evidence:
    """What the statements of the council's accounts say of a run that was sent, and which lines say it."""
    left = left_of([run])[run.pk]
    lines = StatementLine.objects.filter(parts__match__in=_leaving([run]).values("match"))
    words = [words_of(line) for line in lines.select_related("statement", "account").distinct()[:NAMED]]
    if len(words) == NAMED and (more := lines.distinct().count() - NAMED):
        words.append(f"and {more:,} more line{'' if more == 1 else 's'}")
    return Evidence(left.left_whole, left.left_pence, left.returned, left.all_the_same_pence, "; ".join(words))


def left_of(runs: Collection[PaymentRun]) -> dict[UUID, Left]:
    """What the statements of the council's accounts say of some runs that were sent, asked at once for all of them.

    What is known to have come back may never have left: a bank debits all of a run, or all but that. What came back
    besides is asked of runs that left.
    """
    leaving = _leaving(runs).annotate(of=Coalesce("run", "payment__run"))
    went_out = _pence_by_run(leaving)
    turned_down = _pence_by_run(Payment.objects.filter(run__in=runs, state=PaymentState.RETURNED).annotate(of=F("run")))
    came_in = Part.objects.filter(match__undoing=None, what=What.RETURNED, payment__run__in=runs)
    back = came_in.annotate(of=F("payment__run"))
    of_same = leaving.filter(match=OuterRef("match"), of=OuterRef("payment__run"))
    on_lines, never_left = _pence_by_run(back), _pence_by_run(back.filter(Exists(of_same)))
    left = {run.pk: -went_out[run.pk] for run in runs}
    whole = [
        run
        for run in runs
        if left[run.pk] > 0 and left[run.pk] in (run.total_pence, run.total_pence - turned_down[run.pk])
    ]
    returned = _returned_of(whole) if whole else {}
    return {
        run.pk: Left(
            run in whole,
            left[run.pk] - never_left[run.pk],
            tuple(returned.get(run.pk, ())),
            max(0, left[run.pk] - on_lines[run.pk] - (run.total_pence - turned_down[run.pk])),
        )
        for run in runs
    }


def _leaving(runs: Collection[PaymentRun]) -> QuerySet[Part]:
    """The parts of matches that say that some runs left, whole or payment by payment."""
    live = Part.objects.filter(match__undoing=None)
    return live.filter(Q(run__in=runs) | Q(payment__run__in=runs, what=What.SENT))


def _pence_by_run(rows: QuerySet[Any]) -> Counter[UUID]:
    """What rows come to, by the run that each is `of`."""
    return Counter(dict(rows.order_by().values_list("of").annotate(pence=Sum("amount_pence"))))


def _returned_of(runs: Collection[PaymentRun]) -> Mapping[UUID, list[tuple[Payment, str, Proposal]]]:
    """The payments of each of some runs of which a line says surely that it came back, why, and by which line.

    What is named by two lines is left to a person.
    """
    first = min(map(_sent_on, runs))
    texts = ("end_to_end_id", "reference", "description", Cast("details", TextField()))
    said = Func(Value(" "), *texts, function="CONCAT_WS", output_field=TextField())
    came_in = candidates.open_lines_of_council().filter(amount_pence__gt=0, booked_on__gte=first)
    came_in = came_in.annotate(said=said).filter(said__iregex=MAY_NAME)
    told: defaultdict[UUID, list[tuple[OpenLine, Proposal]]] = defaultdict(list)
    for some, things in candidates.pieces_of_council(came_in):
        proposed = find(some, things).proposed
        for line in some:
            sure = [one for one in proposed.get(line.id, ()) if _says_returned(one, line)]
            if len(sure) == 1:
                told[sure[0].things[0][0].id].append((line, sure[0]))
    payments = (
        Payment.objects.filter(run__in=runs).select_related("run", candidates.PERSON, "provider").in_bulk(list(told))
    )
    since = {pk: _sent_on(one.run) for pk, one in payments.items()}
    once = {pk: [each for each in told[pk] if each[0].booked_on >= since[pk]] for pk in payments}
    written = StatementLine.objects.in_bulk([line.id for lines in once.values() for line, _ in lines])
    found: defaultdict[UUID, list[tuple[Payment, str, Proposal]]] = defaultdict(list)
    for pk, by_lines in once.items():
        if len(by_lines) == 1:
            ((by, proposal),) = by_lines
            found[payments[pk].run_id].append((payments[pk], why_returned(written[by.id]), proposal))
    return found


def _sent_on(run: PaymentRun) -> date:
    return run.sent_on or run.made_on


def _says_returned(proposal: Proposal, line: OpenLine) -> bool:
    """Whether a line names one payment, of the same amount, that nobody has said came back."""
    (thing, pence), *others = proposal.things
    same = proposal.because == Because.EXACT_KEY and proposal.confidence >= 95 and pence == line.open_pence
    return same and not others and thing.what == What.RETURNED and proposal.to_record


def why_returned(line: StatementLine) -> str:
    """Why a payment came back, as people read it."""
    return reason_for(line.return_reason.strip().upper(), ReasonSet.RETURN).words


def words_of(line: StatementLine) -> str:
    """How a line is named where somebody looked at it."""
    return f"“{line.account.name}”, {line.statement.called}, line {line.place} of {line.booked_on:%-d %B %Y}"


def runs_that_left(*, seen_by: User, on: date) -> list[tuple[PaymentRun, Left]]:
    """Runs whose day has come, that nobody confirmed, and of which the statements say that all of it left."""
    check_can(seen_by, Capability.SEE_BANK)
    runs = list(runs_to_confirm(on, seen_by=seen_by))
    left = left_of(runs) if runs else {}
    return [(run, left[run.pk]) for run in runs if left[run.pk].left_whole]


def read_up_to() -> QuerySet[Any]:
    """The council's own accounts, each with the last day of its statements: `up_to`. A report has no day whole."""
    found = BankAccount.objects.filter(whose=Whose.COUNCIL)
    whole = ~Q(statements__format__in=REPORTS)
    return found.annotate(up_to=Max("statements__to_on", filter=whole)).order_by("name", "pk")


def last_day_of(account: BankAccount) -> date | None:
    """The day of the last line of an account; None before the first."""
    last: date | None = account.lines.aggregate(last=Max("booked_on"))["last"]
    return last


def has_lines_before(account: BankAccount, day: date) -> bool:
    """Whether an account has lines of an earlier day."""
    return account.lines.filter(booked_on__lt=day).exists()


def month(account: BankAccount, first: date, last: date, *, open_first: bool = False) -> QuerySet[Any]:
    """Every line of some days, each with what is not explained of it, in the order of the bank; or that first."""
    lines = candidates.with_open(account.lines.filter(booked_on__range=(first, last))).select_related("statement")
    order = ("booked_on", "statement__kept_at", "place")
    return lines.annotate(explained=Q(open_pence=0)).order_by(*(["explained"] if open_first else []), *order)


def with_matches(lines: Collection[Any]) -> list[tuple[Any, list[Match]]]:
    """Some lines, each with the matches of it that stand."""
    parts = Part.objects.filter(line__in=[line.pk for line in lines], match__undoing=None)
    matches: defaultdict[UUID | None, list[Match]] = defaultdict(list)
    for part in parts.select_related("match__matched_by"):
        matches[part.line_id].append(part.match)
    return [(line, matches[line.pk]) for line in lines]


@dataclass(frozen=True)
class OwedShare:
    """What one payer owes for one case."""

    case: Case
    payer: Payer
    owed_pence: int

    @property
    def key(self) -> str:
        """How a form names it, with the amount that its page showed."""
        return f"{self.case.pk}:{self.payer.value}:{self.owed_pence}"

    @property
    def words(self) -> str:
        """How a form offers it."""
        payer = f"The NHS, for {self.case.person}" if self.payer == Payer.NHS else str(self.case.person)
        return f"{payer}: {pounds(self.owed_pence)} is owed"


def owed_by(words: str, *, seen_by: User) -> list[OwedShare]:
    """What is owed for the people whose names have all of these words, the look noted."""
    of_them = Case.objects.filter(person__in=people_called(words)).select_related("person")
    cases: dict[UUID | None, Case] = {case.pk: case for case in of_them[:LINES_SHOWN]}
    accounts = Account.objects.filter(case__in=cases, kind__in=PAYER_OF)
    pence = ledger.balances(accounts.values_list("pk", flat=True))
    found = [
        OwedShare(cases[each.case_id], PAYER_OF[Kind(each.kind)], -pence[each.pk])
        for each in accounts
        if pence.get(each.pk, 0) < 0
    ]
    record_looks(viewer=seen_by, person_ids=[each.case.person_id for each in found], page="A share that was received")
    return sorted(found, key=lambda each: each.words)


def run_to_confirm(run_id: UUID, *, seen_by: User) -> tuple[PaymentRun, Evidence]:
    """A run, and what the statements say of it."""
    check_can(seen_by, Capability.SEE_BANK)
    run = get_run(run_id, seen_by=seen_by)
    evidence = evidence_of(run)
    things = {Thing(What.RETURNED, payment.pk) for payment, _, _ in evidence.returned}
    look_at_things(things, seen_by, f"Payments of run {run.number} that came back")
    return run, evidence


def first_line_of(match: Match) -> StatementLine:
    """The first line of a match."""
    return min((part.line for part in match.parts.all() if part.line), key=lambda line: (line.booked_on, line.place))


def findings() -> Iterable[str]:
    """Everything wrong with the books, and with what was said of the bank's lines, a sentence each."""
    yield from findings_of_payments()
    for relation in RELATIONS:
        yield from relation.findings()
    for line in changed_since():
        yield f"Line {line} says something else than the bank wrote when it was kept."


def gaps() -> Iterable[str]:
    """Where statements do not join, a sentence each: nothing is wrong with the books, and days are missing."""
    accounts = list(BankAccount.objects.exclude(whose=Whose.ORDINARY))
    joined = chains(accounts)
    for account in accounts:
        for gap in joined[account.pk].gaps:
            yield (
                f"{account}: {gap.before.called} ends with {gap.before.closing_balance_pence} pence, and "
                f"{gap.after.called} does not begin there: {gap.pence} pence apart."
            )


def _people_of(found: Iterable[BankAccount]) -> list[UUID]:
    return [account.case.person_id for account in found if account.case_id]


def _look_at(proposals: Iterable[tuple[Proposal, ...]], seen_by: User, page: str) -> None:
    look_at_things({thing for some in proposals for each in some for thing, _ in each.things}, seen_by, page)


def look_at_things(things: Iterable[Thing], seen_by: User, page: str) -> None:
    """Note that a page showed whom some things are of."""
    payments = [thing.id for thing in things if thing.what not in (What.RUN, What.RECEIVED)]
    receipts = [thing.id for thing in things if thing.what == What.RECEIVED]
    paid = Payment.objects.filter(pk__in=payments, case__isnull=False).values_list(candidates.PERSON, flat=True)
    people = [*paid, *Receipt.objects.filter(pk__in=receipts).values_list("case__person", flat=True)]
    record_looks(viewer=seen_by, person_ids=people, page=page)
