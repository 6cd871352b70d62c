"""Claiming from NHS bodies: made by night from what fell due, sent, chased, queried line by line, received."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Sum

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.locks import lock_cases
from leeway.care.people.models import Case
from leeway.days import HAPPENED, check_day
from leeway.law import law_on
from leeway.law.numbers import greatest, least, pounds, split
from leeway.money.bills.actions.making import Movement, last_period
from leeway.money.budgets.dues import Payer
from leeway.money.claims.models import Chase, Claim, Claimed, ClaimLine, ClaimSent, Paid, Query
from leeway.money.contributions.actions import confirm_receipt
from leeway.money.contributions.models import Receipt
from leeway.money.contributions.queries import owed_account
from leeway.money.disputes.queries import bodies_recharged
from leeway.money.funders.models import Purse
from leeway.money.funders.queries import attributed_in
from leeway.money.ledger.queries import balance
from leeway.period import Period
from leeway.refusal import Refusal

#: What the NHS owes that is on no claim yet, with the days that it is for: as bills have it of people.
MOVEMENTS = """
    SELECT a.case_id, t.id, t.reason, moved.pence - COALESCE(claimed.pence, 0),
           COALESCE(original.effective_date, t.effective_date), f.starts_on, f.ends_on, p.way,
           p.nhs_pence_per_week, b.pay_calendar_starts_on, e.ends_on, e.left_out_until, e.reason,
           (SELECT min(effective_date) FROM ledger_transfer AS promised
             WHERE promised.about = f.id AND promised.reason = 'promised')
      FROM ledger_account AS a JOIN ledger_transfer AS t ON t.credit_id = a.id OR t.debit_id = a.id
     CROSS JOIN LATERAL (SELECT CASE WHEN t.credit_id = a.id THEN t.amount_pence ELSE -t.amount_pence END AS pence)
        AS moved
      LEFT JOIN (SELECT transfer_id, SUM(amount_pence)::bigint AS pence FROM claims_claimed GROUP BY transfer_id)
        AS claimed ON claimed.transfer_id = t.id
      LEFT JOIN ledger_transfer AS original ON original.id = t.corrects_id
      LEFT JOIN budgets_funding AS f ON f.id = t.about LEFT JOIN budgets_part AS p ON p.id = f.part_id
      LEFT JOIN budgets_budget AS b ON b.id = p.budget_id LEFT JOIN budgets_ending AS e ON e.budget_id = b.id
     WHERE a.kind = 'owed_by_nhs' AND t.effective_date <= %(until)s
       AND t.reason IN ('fell_due', 'no_longer_due', 'recharged', 'recharge_undone')
       AND moved.pence <> COALESCE(claimed.pence, 0)
     ORDER BY a.case_id, 5, t.id
"""
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('numbers of claims', 0))"


@dataclass(slots=True)
class _Line:
    """What is claimed of one body for one case, before it is written: its days and each movement's part of it."""

    days: list[Period] = field(default_factory=list)
    parts: list[tuple[UUID, int]] = field(default_factory=list)

    @property
    def pence(self) -> int:
        return sum(pence for _, pence in self.parts)


@dataclass(frozen=True, slots=True)
class _Parted:
    """A movement with each NHS body's part of it."""

    movement: Movement
    parts: Mapping[UUID | None, int]


@transaction.atomic
def make_claims(*, on: date) -> int:
    """Make the claim on each NHS body for the last pay period that is over; how many. Nightly work.

    Who pays which line on which day is asked of the funders. What was received beside claims is not claimed. Where
    more of a case was taken back from a body than fell due, that waits for the next period: nobody is claimed less
    than nothing from.
    """
    period = last_period(on)
    with connection.cursor() as cursor:
        cursor.execute(_ALONE)
        cursor.execute(MOVEMENTS, {"until": period.ends_on})
        found = [Movement(*row) for row in cursor.fetchall()]
    found = _not_received(found, on)
    lock_cases(Case.objects.filter(pk__in={each.case for each in found}))
    if Claim.objects.filter(period_starts_on=period.starts_on).exists():
        return 0
    number = Claim.objects.aggregate(last=Max("number"))["last"] or 0
    count = 0
    for body, lines in sorted(_by_body(found).items(), key=lambda each: (each[0] is None, str(each[0]))):
        count += 1
        _write(body, lines, period, number + count, on)
    return count


def _not_received(found: Sequence[Movement], on: date) -> list[Movement]:
    """What is left of some movements once what came in beside claims is taken off, the oldest of each case first."""
    beside = Receipt.objects.filter(payer=Payer.NHS, taken_back=None, claim_paid=None, confirmed_on__lte=on)
    beside = beside.filter(case__in={each.case for each in found}).order_by()
    came = Counter(dict(beside.values_list("case").annotate(Sum("amount_pence"))))
    left = []
    for each in found:
        off = greatest(least(each.pence, came[each.case]), 0)
        came[each.case] -= off
        if each.pence != off:
            left.append(replace(each, pence=each.pence - off))
    return left


def _by_body(found: Sequence[Movement]) -> Mapping[UUID | None, Mapping[UUID, _Line]]:
    """What each body owes for each case. What a body is owed back of a case waits, with what else it is a part of."""
    bodies: defaultdict[UUID | None, dict[UUID, _Line]] = defaultdict(dict)
    by_case: defaultdict[UUID, list[_Parted]] = defaultdict(list)
    for each in _parted(found):
        by_case[each.movement.case].append(each)
    for case, moved in by_case.items():
        while True:
            lines: defaultdict[UUID | None, _Line] = defaultdict(_Line)
            for each in moved:
                for body, pence in each.parts.items():
                    lines[body].parts.append((each.movement.transfer, pence))
                    lines[body].days.append(each.movement.days())
            waiting = {body for body, line in lines.items() if line.pence <= 0}
            if not waiting:
                break
            moved = [each for each in moved if waiting.isdisjoint(each.parts)]
        for body, line in lines.items():
            bodies[body][case] = line
    return bodies


def _parted(found: Sequence[Movement]) -> Iterator[_Parted]:
    """Each movement with its bodies: of what fell due, those that pay for its days; of a recharge, the one it is of."""
    weights = _who_pays(found)
    recharged = bodies_recharged([each.transfer for each in found if not each.is_charge])
    for each in found:
        shares: Mapping[UUID | None, int] = {recharged.get(each.transfer): 1}
        if each.is_charge:
            shares = weights.get((each.case, each.days())) or {None: 1}
        parts = zip(shares, split(abs(each.pence), list(shares.values())), strict=True)
        yield _Parted(each, {body: pence if each.pence > 0 else -pence for body, pence in parts if pence})


def _who_pays(found: Sequence[Movement]) -> Mapping[tuple[UUID, Period], Mapping[UUID | None, int]]:
    """Of each case and its days, which NHS bodies pay its NHS share of them, in proportion to the pence of each."""
    cases_by_days: defaultdict[Period, set[UUID]] = defaultdict(set)
    for each in found:
        if each.is_charge:
            cases_by_days[each.days()].add(each.case)
    spans = [(days.starts_on, days.ends_on) for days in cases_by_days]
    weights: defaultdict[tuple[UUID, Period], defaultdict[UUID | None, int]]
    weights = defaultdict(lambda: defaultdict(int))
    told = attributed_in(spans, cases=set().union(*cases_by_days.values()))
    for (days, cases), rows in zip(cases_by_days.items(), told, strict=True):
        for row in rows:
            if row.case_id in cases and row.purse == Purse.NHS and row.pence > 0:
                weights[row.case_id, days][row.funder_id] += row.pence
    return weights


def _write(body: UUID | None, lines: Mapping[UUID, _Line], period: Period, number: int, on: date) -> None:
    claim = Claim(
        id=uuid5(period_id(period), f"{body}"), number=number, funder_id=body, period_starts_on=period.starts_on,
        period_ends_on=period.ends_on, made_on=on, total_pence=sum(line.pence for line in lines.values()),
    )  # fmt: skip
    rows = [
        ClaimLine(
            claim=claim,
            place=place,
            case_id=case,
            starts_on=min(days.starts_on for days in line.days),
            ends_on=max(days.ends_on for days in line.days),
            amount_pence=line.pence,
        )
        for place, (case, line) in enumerate(lines.items(), start=1)
    ]
    claim.digest = digest_of(claim, rows)
    claim.save(force_insert=True)
    ClaimLine.objects.bulk_create(rows)
    Claimed.objects.bulk_create(
        [
            Claimed(transfer_id=transfer, line=row, amount_pence=pence)
            for row, line in zip(rows, lines.values(), strict=True)
            for transfer, pence in line.parts
        ]
    )


def period_id(period: Period) -> UUID:
    """One id for each pay period, so that a claim made twice is the same row."""
    return uuid5(UUID(int=0), f"claims {period.starts_on}")


def digest_of(claim: Claim, lines: Sequence[ClaimLine]) -> str:
    """The digest of a claim and its lines, as the relations ask for it of the rows."""
    head = (
        claim.number, claim.funder_id or "", claim.period_starts_on, claim.period_ends_on, claim.made_on,
        claim.total_pence,
    )  # fmt: skip
    rows = [(one.place, one.case_id, one.starts_on, one.ends_on, one.amount_pence) for one in lines]
    text = "\n".join("|".join(map(str, row)) for row in (head, *rows))
    return hashlib.sha256(text.encode()).hexdigest()


def _locked(claim: Claim) -> Claim:
    return Claim.objects.select_for_update(no_key=True).get(pk=claim.pk)


@transaction.atomic
def send_claim(*, claim: Claim, how: str, by: User, on: date) -> ClaimSent:
    """Say that a claim was sent, to whom and how. From then on its time to pay runs."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    claim = _locked(claim)
    if ClaimSent.objects.filter(claim=claim).exists():
        raise Refusal("This claim was sent already.")
    how = said.sentence(how, ask="Say to whom it went, and how.", field="how")
    days = law_on(on, settings.COUNCIL_POLICY)["billing.claim_days_to_pay"]
    return ClaimSent.objects.create(claim=claim, sent_on=on, due_by=on + timedelta(days=days), how=how, sent_by=by)


@transaction.atomic
def chase_claim(*, claim: Claim, words: str, by: User, on: date) -> Chase:
    """Record a step of chasing a claim that was to be paid by now."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    claim = _locked(claim)
    sent = ClaimSent.objects.filter(claim=claim).first()
    if sent is None or on <= sent.due_by:
        raise Refusal("This claim is not late: there is nothing to chase yet.")
    if not left_of([claim])[claim.pk]:
        raise Refusal("This claim was paid whole.")
    words = said.sentence(words, ask="Say whom you reached, and what they said.", field="words")
    if claim.chases.filter(chased_on=on, words=words).exists():
        raise Refusal(
            "This step is on record already. Where you reached somebody again, say what they said.", field="words"
        )
    number = claim.chases.count() + 1
    return Chase.objects.create(claim=claim, number=number, words=words, chased_on=on, chased_by=by)


@transaction.atomic
def raise_query(*, line: ClaimLine, words: str, raised_on: date, by: User, on: date) -> Query:
    """Record that the NHS body queries one line. The others are asked for as before."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    check_day(raised_on, HAPPENED, field="raised_on", what="The day of the query", on=on)
    claim = _locked(line.claim)
    if not ClaimSent.objects.filter(claim=claim, sent_on__lte=raised_on).exists():
        raise Refusal("A line is queried once its claim was sent. Check the day.", field="raised_on")
    if Query.objects.filter(line=line).exists():
        raise Refusal("A query of this line is on record already.")
    words = said.sentence(words, ask="Say what they query, in their words.", field="words")
    return Query.objects.create(line=line, words=words, raised_on=raised_on, recorded_by=by)


@transaction.atomic
def answer_query(*, query: Query, answer: str, by: User, on: date) -> Query:
    """Record what was answered to a query of a line."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    _locked(query.line.claim)
    query = Query.objects.get(pk=query.pk)
    if query.answered_on is not None:
        raise Refusal("This query was answered already.")
    query.answer = said.sentence(answer, ask="Say what you answered.", field="answer", least=said.REASON)
    query.answered_on, query.answered_by = on, by
    query.save(update_fields=["answer", "answered_on", "answered_by"])
    return query


def left_of(claims: Collection[Claim]) -> dict[UUID, int]:
    """What is left to receive of some claims, by their ids."""
    paid = Paid.objects.filter(line__claim__in=claims, receipt__taken_back=None).order_by()
    came = dict(paid.values_list("line__claim").annotate(Sum("receipt__amount_pence")))
    return {claim.pk: claim.total_pence - came.get(claim.pk, 0) for claim in claims}


def left_of_lines(claims: Collection[Claim]) -> dict[UUID, int]:
    """What is left to receive of each line of some claims, by the lines' ids."""
    paid = Paid.objects.filter(line__claim__in=claims, receipt__taken_back=None).order_by()
    came = dict(paid.values_list("line").annotate(Sum("receipt__amount_pence")))
    lines = ClaimLine.objects.filter(claim__in=claims).values_list("pk", "amount_pence")
    return {line: pence - came.get(line, 0) for line, pence in lines}


@transaction.atomic
def receive_claim(
    *,
    claim: Claim,
    lines: Collection[ClaimLine],
    amount_pence: int,
    received_on: date,
    looked_at: str,
    by: User,
    on: date,
) -> list[Paid]:
    """Confirm that an NHS body paid these lines of a claim, each with a receipt of its own.

    `amount_pence` is what came in: refused where it is not what is left of the lines, so that no penny is guessed at.
    """
    check_can(by, Capability.CONFIRM_RECEIPTS)
    check_day(received_on, HAPPENED, field="received_on", what="The day on which it was received", on=on)
    claim = _locked(claim)
    lock_cases(Case.objects.filter(pk__in=[line.case_id for line in lines]))
    _require_counted_once(claim, lines)
    left = left_of_lines([claim])
    wanted = [line for line in lines if left.get(line.pk)]
    total = sum(left[line.pk] for line in wanted)
    if not wanted:
        raise Refusal("Choose at least one line that is not paid yet.", field="lines")
    if total != amount_pence:
        raise Refusal(
            f"The lines that you chose come to {pounds(total)}. Choose those that were paid, so that they come to what "
            "was received.",
            field="amount_pence",
        )
    return [_receive(line, left[line.pk], received_on, looked_at, by, on) for line in wanted]


@transaction.atomic
def receive_part(
    *,
    line: ClaimLine,
    amount_pence: int,
    received_on: date,
    looked_at: str,
    words: str = "",
    by: User,
    on: date,
) -> Paid:
    """Confirm that an NHS body paid a part of one line, and what it queries of the rest, where it does not yet."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    check_day(received_on, HAPPENED, field="received_on", what="The day on which it was received", on=on)
    claim = _locked(line.claim)
    lock_cases(Case.objects.filter(pk=line.case_id))
    _require_counted_once(claim, [line])
    sent = ClaimSent.objects.filter(claim=claim).first()
    if sent is None:
        raise Refusal("Say first that this claim was sent: nobody pays a part of what they were not asked for.")
    left = left_of_lines([claim])[line.pk]
    if not 0 < amount_pence < left:
        raise Refusal(
            f"{pounds(left)} is left of this line. Enter a part of it; what was paid whole is confirmed on the claim.",
            field="amount_pence",
        )
    paid = _receive(line, amount_pence, received_on, looked_at, by, on)
    if not Query.objects.filter(line=line).exists():
        raise_query(line=line, words=words, raised_on=max(received_on, sent.sent_on), by=by, on=on)
    return paid


def _require_counted_once(claim: Claim, lines: Collection[ClaimLine]) -> None:
    """Refuse where the NHS's money for one of these cases was confirmed beside the claim since it was made."""
    beside = Receipt.objects.filter(
        case__in=[line.case_id for line in lines],
        payer=Payer.NHS,
        taken_back=None,
        claim_paid=None,
        confirmed_on__gte=claim.made_on,
    ).first()
    if beside is not None:
        raise Refusal(
            f"{pounds(beside.amount_pence)} of the NHS was confirmed on {beside.confirmed_on:%-d %B %Y} for one of "
            "these cases, and not on this claim. If it was for the claim, take it back under “Contributions and NHS "
            "shares” first, so that it counts once; if it was for other days, choose the other lines.",
            field="lines",
        )


def _receive(line: ClaimLine, pence: int, received_on: date, looked_at: str, by: User, on: date) -> Paid:
    account = owed_account(line.case, Payer.NHS)
    receipt = confirm_receipt(
        case=line.case,
        payer=Payer.NHS,
        amount_pence=pence,
        received_on=received_on,
        looked_at=f"{line.claim}, line {line.place}: {looked_at}",
        owed_pence=-balance(account) if account else 0,
        by=by,
        on=on,
    )
    return Paid.objects.create(receipt=receipt, line=line)
