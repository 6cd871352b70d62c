"""What is done with statements: accounts opened, files kept, lines matched and explained, matches undone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import batched, chain
from uuid import UUID, uuid4

from django.core.files.base import File as DjangoFile
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.locks import lock_cases
from leeway.care.people.models import Case
from leeway.files.actions import keep_file
from leeway.files.models import FileKind, Owner
from leeway.jobs.kinds import Progress, half, untold
from leeway.law.numbers import pounds
from leeway.money.banking.statement import Line
from leeway.money.banking.statement import Mapping as Columns
from leeway.money.budgets.dues import Payer
from leeway.money.claims.actions import receive_claim
from leeway.money.contributions.actions import confirm_receipt
from leeway.money.contributions.models import Receipt
from leeway.money.payments.actions import confirm_run
from leeway.money.payments.models import Payment, PaymentRun
from leeway.money.payments.returning import return_payment
from leeway.money.payments.states import PaymentState
from leeway.money.payments.steps import lock_paid
from leeway.money.statements import candidates, columns, keeping, picking, queries
from leeway.money.statements.access import check_can_pick, check_can_send
from leeway.money.statements.keeping import Kept
from leeway.money.statements.kinds import Because, Otherwise, What, Whose, otherwise_of
from leeway.money.statements.matching import Proposal, Thing
from leeway.money.statements.models import (
    BankAccount,
    ColumnMapping,
    MappingEnding,
    Match,
    Part,
    StatementLine,
    Undoing,
)
from leeway.money.statements.referenced import claims_named, referenced
from leeway.money.statements.relations import ONE_AT_A_TIME
from leeway.refusal import Refusal
from leeway.said import sentence

#: Of how many lines that are left it is asked what is proposed, and of how many at a time.
ASKED_MOST, ASKED_AT_ONCE = 500, 25
ROWS_AT_ONCE, MATCHES_AT_ONCE = 5_000, 20_000
#: A large statement has hundreds of thousands of these rows: none is an object first.
NEW_MATCHES = """
    INSERT INTO statements_match (account_id, matched_by_id, matched_on, matched_at, id, because, why, confidence)
    SELECT %s, %s, %s, %s, new.* FROM UNNEST(%s::uuid[], %s::text[], %s::text[], %s::int[]) AS new
"""
NEW_PARTS = f"""
    INSERT INTO statements_part
        (id, match_id, line_id, what, payment_id, run_id, receipt_id, amount_pence, kind, words)
    SELECT gen_random_uuid(), match, line, what, CASE WHEN what NOT IN ('{What.RUN}', '{What.RECEIVED}') THEN thing END,
           CASE what WHEN '{What.RUN}' THEN thing END, CASE what WHEN '{What.RECEIVED}' THEN thing END, pence, '', ''
      FROM UNNEST(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::bigint[]) AS new (match, line, what, thing, pence)
"""


class NotAsSeen(Refusal):
    """What was proposed is no longer open as it was."""


@transaction.atomic
def open_bank_account(
    *, whose: Whose, name: str, identifier: str, case: Case | None = None, by: User, on: date
) -> BankAccount:
    """Begin to read the statements of an account: the council's own, or one of a person's.

    A person, or whom they gave leave, may begin with an account of theirs.
    """
    if case is not None and whose == Whose.ORDINARY:
        check_can_pick(by, case, on)
    else:
        check_can_send(by, case if whose == Whose.DEDICATED else None, on)
    identifier = keeping.identifier_of(identifier)
    if not 8 <= len(identifier) <= 34:
        raise Refusal(
            "Write the account as its statements name it: sort code and account number, IBAN, or the number of a "
            "card; 8 to 34 letters and digits.",
            field="identifier",
        )
    if keeping.is_mistyped(identifier):
        raise Refusal(
            "This IBAN cannot be right: its check digits do not fit. Compare it with the statement.", field="identifier"
        )
    if (case is None) != (whose == Whose.COUNCIL):
        raise Refusal("Say whose account it is: a person’s account belongs to a case.", field="whose")
    _alone()
    same = keeping.known_by(identifier)
    if same is not None:
        named = f"“{same.name}”" if by.can(Capability.RECONCILE) or same.case == case else "ask the council about it"
        raise Refusal(f"The statements of this account are read already: {named}.", field="identifier")
    return BankAccount.objects.create(
        whose=whose, case=case, name=name.strip(), identifier=identifier, opened_by=by, opened_on=on
    )


@transaction.atomic
def save_mapping(
    *, name: str, version: int, described: Mapping[str, object], rows: list[list[str]], by: User, on: date
) -> ColumnMapping:
    """Keep which column of a table is what, once an example is read right with it. From then on it is offered.

    `version` is the one that it takes the place of, as the page showed it; nought for a new name.
    """
    check_can(by, Capability.RECONCILE)
    _alone()
    name = columns.name_of(name)
    columns.require_free(name, version)
    columns.prove(rows, described, name=name)
    latest = columns.versions_of(name).first()
    if version and (latest is None or latest.version != version):
        raise Refusal("Somebody made this mapping anew since you opened the page. Look at theirs first.")
    number = (latest.version if latest else 0) + 1
    return ColumnMapping.objects.create(name=name, version=number, described=described, made_by=by, made_on=on)


@transaction.atomic
def end_mapping(*, mapping: ColumnMapping, by: User, on: date) -> ColumnMapping:
    """Offer a mapping no longer. Its versions stay on record, and so does what was read with it."""
    check_can(by, Capability.RECONCILE)
    mapping = ColumnMapping.objects.select_for_update(no_key=True).get(pk=mapping.pk)
    if mapping.is_ended or columns.versions_of(mapping.name).filter(version__gt=mapping.version).exists():
        raise Refusal("This version is not in use any more. Open the mapping again to see where it stands.")
    MappingEnding.objects.create(mapping=mapping, ended_by=by, ended_on=on)
    return mapping


@transaction.atomic
def keep_statement(
    *,
    account: BankAccount,
    upload: DjangoFile,
    mapping: Columns | None = None,
    by: User,
    on: date,
    progress: Progress = untold,
) -> Kept:
    """Keep a bank's file whole, its statements of this account, and the lines that are not kept yet; then match.

    Refused whole where it cannot be read, is not of this account, is here already, or does not fit what is kept.
    """
    check_can_send(by, account.case, on)
    account = _locked(account)
    if account.whose == Whose.ORDINARY:
        raise Refusal("Of a person’s ordinary account only the lines that are picked are kept.", field="upload")
    kept = _read_and_keep(account, upload, mapping, by, on, half(progress, 0))
    _match_by_itself(account, on, half(progress, 1))
    still_open = candidates.open_lines(account).filter(statement__in=kept.statements)
    count = still_open.count()
    return replace(
        kept, matched=kept.new - count, proposed=_proposed(account, still_open) if count <= ASKED_MOST else None
    )


def _proposed(account: BankAccount, lines: QuerySet[StatementLine]) -> int:
    """For how many of some open lines something is proposed."""
    pages = batched(lines, ASKED_AT_ONCE)
    return sum(len({line.pk for line in some} & candidates.found_for(account, some).proposed.keys()) for some in pages)


def _read_and_keep(
    account: BankAccount, upload: DjangoFile, mapping: Columns | None, by: User, on: date, progress: Progress
) -> Kept:
    """Keep a file and its lines. What was read of it is let go before anything is matched."""
    upload.seek(0)
    format, ours, left_out = keeping.read_of(upload.read(), account, mapping, on)
    owner = Owner(queries.FILES_OF_ACCOUNT, account.pk)
    file = keep_file(upload=upload, kind=FileKind.STATEMENT, owner=owner, by=by, on=on)
    if not all(one.account for one in ours):
        keeping.require_of_no_other(file)
    kept = keeping.keep(account, ours, format=format, file=file, by=by, on=on, progress=progress)
    return replace(kept, left_out=left_out)


@transaction.atomic
def keep_picked(
    *, account: BankAccount, lines: Sequence[Line], format: str, places: Iterable[int], by: User, on: date
) -> Kept:
    """Keep only the lines that somebody picked of a person's ordinary account: no other line, balance or file."""
    if account.case is None or account.whose != Whose.ORDINARY:
        check_can(by, Capability.RECONCILE)
        raise Refusal("The statements of this account are kept whole.")
    check_can_pick(by, account.case, on)
    account = _locked(account)
    wanted = set(places)
    if not wanted:
        raise Refusal("Pick at least one line to keep.", field="places")
    kept = picking.keep_lines(account, lines, format=format, places=wanted, by=by, on=on)
    match_by_itself(account=account, on=on)
    return kept


@transaction.atomic
def match_by_itself(*, account: BankAccount, on: date) -> int:
    """Match what a key names exactly with the same amount, and nothing else; how many matches that made.

    Nothing that a person matched, or undid, is touched.
    """
    return _match_by_itself(_locked(account), on)


def _match_by_itself(account: BankAccount, on: date, progress: Progress = untold) -> int:
    """The same for an account that is locked."""
    _alone()
    sure = chain.from_iterable(candidates.sure_of(account, progress))
    count = sum(len(_write(some, account, None, on)) for some in batched(sure, MATCHES_AT_ONCE))
    if count > ROWS_AT_ONCE:  # the database plans as if there were few, until it is told
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE statements_statementline, statements_match, statements_part")
    return count


@transaction.atomic
def accept(*, account: BankAccount, proposal: Proposal, by: User, on: date) -> Match:
    """Match what was proposed, as a person saw it. What it takes to be true is recorded first, by its own action."""
    check_can(by, Capability.RECONCILE)
    account = _locked(account)
    if proposal.to_record:
        _record_returns(proposal.things, StatementLine.objects.get(pk=proposal.lines[0][0]), by, on)
    return _match(proposal, account, by, on)


@transaction.atomic
def match_by_hand(
    *,
    account: BankAccount,
    lines: Mapping[UUID, int],
    things: Mapping[Thing, int],
    why: str,
    by: User,
    on: date,
) -> Match:
    """Match one or more lines with one or more things, as a person says, who says why."""
    check_can(by, Capability.RECONCILE)
    why = sentence(why, ask="Say in a sentence why these belong together.", field="why")
    proposal = Proposal(
        lines=tuple(lines.items()),
        things=tuple(things.items()),
        because=Because.BY_HAND,
        confidence=0,
        why=why,
    )
    return _match(proposal, _locked(account), by, on)


@transaction.atomic
def explain(
    *,
    line: StatementLine,
    kind: Otherwise,
    words: str,
    amount_pence: int | None = None,
    seen_pence: int | None = None,
    by: User,
    on: date,
) -> Match:
    """Say what a line is, or a part of it, where nothing in Leeway stands for it. No entry is made of it.

    `seen_pence` is what was open of the line when the officer looked: refused where that has changed since.
    """
    check_can(by, Capability.RECONCILE)
    words = sentence(words, ask="Say in a sentence what this is, as the auditor should read it.", field="words")
    account = _locked(line.account)
    open_pence = candidates.open_of_line(line)
    if not open_pence:
        raise Refusal("This line is explained already. Undo a match of it first, if that is mistaken.")
    _require_as_seen(open_pence, seen_pence)
    if kind not in otherwise_of(account.whose, open_pence):
        raise Refusal("Only what left a person’s account was spent from their direct payment.", field="kind")
    pence = open_pence if amount_pence is None else amount_pence * (1 if open_pence > 0 else -1)
    if not 0 < abs(pence) <= abs(open_pence):
        raise Refusal(
            f"{pounds(abs(open_pence))} of this line is open. Explain no more than that.", field="amount_pence"
        )
    match = Match.objects.create(
        account=account, because=Because.BY_HAND, why=words.strip(), matched_by=by, matched_on=on
    )
    otherwise = Part(match=match, what=What.OTHERWISE, kind=kind, words=words.strip(), amount_pence=pence)
    Part.objects.bulk_create([Part(match=match, line=line, amount_pence=pence), otherwise])
    return match


@transaction.atomic
def undo(*, match: Match, reason: str, by: User, on: date) -> Undoing:
    """Say that a match was mistaken, and why. It stays on record, its lines are open again, and others stand."""
    check_can(by, Capability.RECONCILE)
    reason = sentence(reason, ask="Say in a sentence what was mistaken.", field="reason")
    _locked(match.account)
    if Undoing.objects.filter(match=match).exists():
        raise Refusal("This match was undone already.")
    return Undoing.objects.create(match=match, reason=reason, undone_by=by, undone_on=on)


@transaction.atomic
def confirm_from_statement(
    *, run: PaymentRun, seen: str | None = None, by: User, on: date, progress: Progress = untold
) -> PaymentRun:
    """Confirm a run by what the statements say: it left, and these of its payments came back.

    Refused where no line says that all of it left, or all but what the bank had turned down. Each return is matched
    with the line that tells of it. `seen` is the evidence that the officer saw: refused where there is other by now.
    """
    check_can(by, Capability.RECONCILE)
    _lock_every_account()
    evidence = queries.evidence_of(run)
    if not evidence.left_whole:
        raise Refusal(
            f"The statements do not say that all of run {run.number} left the account. Match the line that does, or "
            "confirm the run by something else."
        )
    if seen is not None and seen != evidence.seen:
        raise Refusal("The statements say something else of this run than when you looked. Here is what they say now.")
    returned = {payment.reference: reason for payment, reason, _ in evidence.returned}
    run = confirm_run(run=run, confirmed_from=evidence.words, returned=returned, by=by, on=on, progress=progress)
    for _payment, _reason, proposal in evidence.returned:
        account = StatementLine.objects.select_related("account").get(pk=proposal.lines[0][0]).account
        _match(proposal, account, by, on)
    return run


@transaction.atomic
def receive_from_line(
    *, line: StatementLine, case: Case, payer, owed_pence: int, seen_pence: int | None = None, by: User, on: date
) -> Match:
    """Confirm what the NHS or the person paid, from the line that shows it, and match the two.

    `owed_pence` and `seen_pence` are what was owed and what was open of the line when the officer looked.
    """
    check_can(by, Capability.RECONCILE)
    account = _locked(line.account)
    open_pence = candidates.open_of_line(line)
    if open_pence <= 0:
        raise Refusal("Only money that came in, and is not explained, can be a share that was received.")
    _require_as_seen(open_pence, seen_pence)
    receipt = confirm_receipt(
        case=case,
        payer=payer,
        amount_pence=min(open_pence, owed_pence),
        received_on=line.booked_on,
        looked_at=queries.words_of(line),
        owed_pence=owed_pence,
        by=by,
        on=on,
    )
    why = f"Received from {receipt.get_payer_display()}, as {by.name} says who confirmed it from this line."
    thing = Thing(What.RECEIVED, receipt.pk)
    pence = receipt.amount_pence
    return match_by_hand(account=account, lines={line.pk: pence}, things={thing: pence}, why=why, by=by, on=on)


@transaction.atomic
def receive_referenced(*, account: BankAccount, by: User, on: date, progress: Progress = untold) -> tuple[int, int]:
    """Record what people paid of their bills, from every line that names a payment reference and is no more than owed.

    And what NHS bodies paid of claims, from lines that name one and come to what is left of it. Each is matched with
    the line that shows it; how many, and how much. What is left needs somebody to say what it is.
    """
    check_can(by, Capability.RECONCILE)
    account = _locked(account)
    claimed = _receive_claims(account, by, on)
    found = [each for each in referenced(account, seen_by=by, on=on) if each.fits]
    lock_cases(Case.objects.filter(pk__in=[each.case.pk for each in found]))
    for place, each in enumerate(found, start=1):
        receipt = confirm_receipt(
            case=each.case, payer=Payer.PERSON, amount_pence=each.open_pence, received_on=each.line.booked_on,
            looked_at=queries.words_of(each.line), owed_pence=each.owed_pence, by=by, on=on,
        )  # fmt: skip
        why = f"The line names the payment reference {each.reference}, and is no more than is owed."
        _match(_named(each.line, [receipt], why), account, by, on)
        progress(done=place, of=len(found))
    return len(claimed) + len(found), sum(claimed) + sum(each.open_pence for each in found)


def _receive_claims(account: BankAccount, by: User, on: date) -> list[int]:
    """Record what NHS bodies paid of claims that lines name; the amounts. One that is refused is left to somebody."""
    done = []
    for each in claims_named(account, seen_by=by):
        if not each.fits:
            continue
        with suppress(Refusal), transaction.atomic():
            paid = receive_claim(
                claim=each.claim, lines=each.pays, amount_pence=each.open_pence, received_on=each.line.booked_on,
                looked_at=queries.words_of(each.line), by=by, on=on,
            )  # fmt: skip
            why = f"The line names {each.claim.reference}, and comes to what was left of it."
            _match(_named(each.line, [one.receipt for one in paid], why), account, by, on)
            done.append(each.open_pence)
    return done


def _named(line: StatementLine, receipts: Sequence[Receipt], why: str) -> Proposal:
    """That a line stands for receipts, by the reference that it names."""
    return Proposal(
        lines=((line.pk, sum(each.amount_pence for each in receipts)),),
        things=tuple((Thing(What.RECEIVED, each.pk), each.amount_pence) for each in receipts),
        because=Because.EXACT_KEY,
        confidence=100,
        why=why,
    )


def _locked(account: BankAccount) -> BankAccount:
    """An account once nobody else keeps or matches lines of it. It comes before the person, cases and runs."""
    return BankAccount.objects.select_for_update(no_key=True).get(pk=account.pk)


def _lock_every_account() -> None:
    list(BankAccount.objects.filter(whose=Whose.COUNCIL).select_for_update(no_key=True).order_by("pk"))


def _alone() -> None:
    """Let nobody else match anything, open an account or save a mapping until this is done. It comes last of locks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [ONE_AT_A_TIME])


def _match(proposal: Proposal, account: BankAccount, by: User, on: date) -> Match:
    """Write one match, once it is certain that both sides are open as far as it goes."""
    things = [thing for thing, _ in proposal.things]
    receipts = [thing.id for thing in things if thing.what == What.RECEIVED]
    lock_cases(Case.objects.filter(receipts__in=receipts))
    _alone()
    _require_open(proposal, account)
    [match] = _write([proposal], account, by, on)
    return Match.objects.get(pk=match)


def _require_as_seen(open_pence: int, seen_pence: int | None) -> None:
    """Refuse to take what is left of a line for all that an officer saw of it."""
    if seen_pence not in (None, open_pence):
        raise NotAsSeen(f"{pounds(abs(open_pence))} of this line is open now, and no longer what you saw. Look again.")


def _require_open(proposal: Proposal, account: BankAccount) -> None:
    if sum(pence for _, pence in proposal.lines) != sum(pence for _, pence in proposal.things):
        raise Refusal(
            f"The lines come to {pounds(sum(pence for _, pence in proposal.lines))} and what they stand for to "
            f"{pounds(sum(pence for _, pence in proposal.things))}. Both sides of a match are equal, to the penny."
        )
    lines = {line.pk: line for line in candidates.with_open(account.lines.filter(pk__in=dict(proposal.lines)))}
    for line, pence in proposal.lines:
        if line not in lines or not _within(pence, lines[line].open_pence):
            raise NotAsSeen("This line is not open any more as you saw it. Look at it again.")
    open_now = candidates.open_of([thing for thing, _ in proposal.things])
    for thing, pence in proposal.things:
        if not _within(pence, open_now.get(thing, 0)):
            raise NotAsSeen(f"{thing.what.label}: it is not open any more as you saw it. Look at it again.")


def _within(pence: int, open_pence: int) -> bool:
    return pence * open_pence > 0 and abs(pence) <= abs(open_pence)


def _write(proposals: Sequence[Proposal], account: BankAccount, by: User | None, on: date) -> list[UUID]:
    """Write matches, with one statement for all their parts, whose two sides the database compares."""
    ids = [uuid4() for _ in proposals]
    matches = zip(*((each.because.value, each.why, each.confidence or None) for each in proposals), strict=True)
    parts = zip(*chain.from_iterable(map(_parts, ids, proposals)), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(NEW_MATCHES, [account.pk, by.pk if by else None, on, timezone.now(), ids, *map(list, matches)])
        cursor.execute(NEW_PARTS, [*map(list, parts)])
    return ids


def _parts(match: UUID, proposal: Proposal) -> Iterator[tuple]:
    """The parts of a match: of which line, or of what and its id, and the pence."""
    for line, pence in proposal.lines:
        yield match, line, "", None, pence
    for thing, pence in proposal.things:
        yield match, None, thing.what.value, thing.id, pence


def _record_returns(things: Sequence[tuple[Thing, int]], line: StatementLine, by: User, on: date) -> None:
    """Record that payments came back, as a line says, where nobody has yet: each whole, as all of it is taken back."""
    told = {thing.id: pence for thing, pence in things}
    payments = Payment.objects.filter(pk__in=told).select_related("run")
    lock_paid(list(payments.order_by().values_list("run", flat=True).distinct()))
    for payment in payments.exclude(state=PaymentState.RETURNED):
        if payment.state != PaymentState.ARRIVED:
            raise Refusal(
                f"Run {payment.run.number} is not confirmed yet. Confirm it first: this payment is then recorded as "
                "come back along with it."
            )
        if told[payment.pk] != payment.amount_pence:
            raise Refusal(
                f"{pounds(told[payment.pk])} of {payment.reference} came in, which is of "
                f"{pounds(payment.amount_pence)}. A payment comes back whole: ask the bank for the rest. Once all of "
                "it is there, say so on the page of the payment, and match its lines by hand."
            )
        return_payment(payment=payment, reason=queries.why_returned(line), by=by, on=on)
