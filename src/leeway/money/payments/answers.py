"""What the bank says of a run that it was given: its answer is matched, acted upon and kept as evidence.

A status report (pain.002) is about one run and names its payments by their end-to-end ids; each rejection brings its
payment back at once, also before the pay day. A notification (camt.054) tells what was sent back later, and may have
payments of several runs, and of other systems, in it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.files.base import File as DjangoFile
from django.db import transaction

from leeway import limits
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.files.actions import keep_file
from leeway.files.formats import ACCEPTED, HEAD, NotAccepted
from leeway.files.models import FileKind, Owner
from leeway.law.numbers import pounds
from leeway.money.banking import status_report
from leeway.money.banking.lines import Detail, Line
from leeway.money.banking.reasons import FAILED_WITH_US, Reason, ReasonSet, reason_for
from leeway.money.banking.statement import CannotRead, read_statement
from leeway.money.banking.status_report import PaymentStatus, StatusReport, Verdict
from leeway.money.payments import queries
from leeway.money.payments.models import AnsweredPayment, BankAnswer, Payment, PaymentRun, named_as_payment
from leeway.money.payments.returning import take_back
from leeway.money.payments.states import TURNED_DOWN, AnswerKind, PaymentState, Said, State
from leeway.money.payments.steps import locked_run
from leeway.refusal import Refusal, quoted

FILES_OF_RUN = "payments.run"
REFERENCE = re.compile("([0-9]{6})-([0-9]{6})")
ARUCS = re.compile(rb"\bARUCS\b|Automated Return of Unapplied Credit", re.IGNORECASE)
NAME_LONGEST, CODE_LONGEST = 70, 35
AN_ANSWER = "A bank’s answer is a pain.002 or a camt.054."
A_STATEMENT = "A statement is uploaded under Bank, at its account; what it says of this run is confirmed from there."
SAID = {Verdict.PENDING: Said.PENDING, Verdict.DUPLICATE: Said.DUPLICATE, Verdict.REJECTED: Said.REJECTED}

#: What names a payment: its key, or the number of its run and its place in it; None, where nothing does.
type Named = UUID | tuple[int, int] | None


class AnswerRefused(Refusal):
    """An answer of the bank that cannot be taken for this run. Nothing of it was acted upon, or kept."""

    def __init__(self, sentence: str):
        super().__init__(sentence, field="upload")


@dataclass(frozen=True)
class Heard:
    """What a file says of a run's payments: how many of each, and of which by name, with the bank's reason."""

    kind: AnswerKind
    message_id: str
    counts: Counter[Verdict]
    named: dict[UUID, tuple[Said, Reason | None]]
    words: str = ""
    of_the_whole: bool = False


@transaction.atomic
def take_answer(*, run: PaymentRun, upload: DjangoFile, by: User, on: date) -> BankAnswer:
    """Take in what the bank answered to a run's file: keep it, and bring back what it rejected or sent back.

    All of it or nothing. Refused, each with a sentence: a run of which the bank has no file, an answer to another run,
    one that was given before, totals or amounts that are not the run's, a payment that the run does not have, one
    named twice, one that came back already. What the bank turned down because it has it already stands.
    """
    check_can(by, Capability.PAY)
    _require_known_layout(upload)
    run = locked_run(run)
    require_given_to_the_bank(run)
    owner = Owner(FILES_OF_RUN, run.pk)
    words = f"The bank’s answer to payment run {run.number}"
    try:
        file = keep_file(upload=upload, kind=FileKind.STATEMENT, words=words, owner=owner, by=by, on=on)
    except NotAccepted as problem:
        raise AnswerRefused(f"{str(problem).removesuffix(ACCEPTED)}{AN_ANSWER}") from problem
    heard = _hear(run, upload)
    _require_room_for(heard)
    if heard.message_id and run.answers.filter(kind=heard.kind, message_id=heard.message_id).exists():
        raise AnswerRefused(f"The bank’s answer “{heard.message_id}” was given for this run before. Look at it there.")
    answer = BankAnswer.objects.create(
        run=run,
        kind=heard.kind,
        message_id=heard.message_id,
        file=file,
        accepted_count=heard.counts[Verdict.ACCEPTED],
        pending_count=heard.counts[Verdict.PENDING],
        duplicate_count=heard.counts[Verdict.DUPLICATE],
        back_count=heard.counts[Verdict.REJECTED],
        words=heard.words,
        given_by=by,
        given_on=on,
    )
    _act_upon(answer, heard, by, on)
    return answer


def may_read_files(run_id: UUID, *, user: User, kind: str, page: str) -> bool:
    """Whether this user may read the bank's answers to a run, with the look at everybody in it noted."""
    run = PaymentRun.objects.filter(pk=run_id).first()
    if run is None or not user.can(Capability.PAY):
        return False
    queries.look_over(run, seen_by=user, page=f"{page} of payment run")
    return True


def _act_upon(answer: BankAnswer, heard: Heard, by: User, on: date) -> None:
    """Write down what is said of each payment by name, and take back what the bank did not carry out."""
    about = {
        payment: AnsweredPayment(
            answer=answer,
            payment_id=payment,
            said=said,
            code=reason.code if reason else "",
            words=reason.words if reason else "",
            ours=said in TURNED_DOWN and (heard.of_the_whole or (reason is not None and reason.code in FAILED_WITH_US)),
        )
        for payment, (said, reason) in heard.named.items()
    }
    AnsweredPayment.objects.bulk_create(about.values())
    back = {payment: one for payment, one in about.items() if one.said in TURNED_DOWN}
    for payment in queries.payments_of(answer.run).filter(pk__in=back):
        take_back(payment, back[payment.pk].words, by, on, ours=back[payment.pk].ours)


def _require_known_layout(upload: DjangoFile) -> None:
    upload.seek(0)
    if ARUCS.search(upload.read(HEAD)):
        raise AnswerRefused(
            "This is a Bacs ARUCS report. Its layout is not published, so Leeway does not read it: name what came back "
            "where you confirm what arrived, or beside the payment, or give the bank’s camt.054 here."
        )


def require_given_to_the_bank(run: PaymentRun) -> None:
    """Refuse an answer to a run of which the bank has no file, and say what is wrong then."""
    if run.state in (State.SENT, State.CONFIRMED):
        return
    if run.state == State.WITHDRAWN:
        raise AnswerRefused(
            "This run was withdrawn because the bank had no file of it, and here is an answer to it. Ring the bank "
            "at once: people may be paid twice."
        )
    if run.state == State.APPROVED:
        raise AnswerRefused("Say first that the bank has the file of this run, and on which day.")
    raise AnswerRefused(f"This run is at “{run.get_state_display()}”, so the bank has no file of it to answer.")


def _require_room_for(heard: Heard) -> None:
    """Refuse names and codes without end, for which no bank has room, and words that nobody would read."""
    reasons = [reason for _said, reason in heard.named.values() if reason]
    codes = max((reason.code for reason in reasons), key=len, default="")
    for text, longest in ((heard.message_id, NAME_LONGEST), (codes, CODE_LONGEST)):
        if len(text) > longest:
            raise AnswerRefused(f"Something in this file is called {quoted(text)}, which no bank does. Ask the bank.")
    if max(map(len, (heard.words, *(reason.words for reason in reasons)))) > limits.BANK_WORDS.most:
        raise AnswerRefused(str(limits.BANK_WORDS.passed("The bank’s reason")))


def _hear(run: PaymentRun, upload: DjangoFile) -> Heard:
    upload.seek(0)
    content = upload.read()
    if status_report.is_status_report(content):
        return _from_report(run, status_report.read(content))
    return _from_notification(run, content)


def _from_report(run: PaymentRun, report: StatusReport) -> Heard:
    """What a status report says, of every payment by name or of the whole file."""
    _require_about(run, report)
    payments = {key.hex: (key, pence, place, state) for key, pence, place, state in _facts(run)}
    named: dict[UUID, tuple[Said, Reason | None]] = {}
    counts: Counter[Verdict] = Counter()
    for status in report.payments:
        if status.end_to_end_id not in payments:
            raise AnswerRefused(
                f"The answer names a payment {quoted(status.end_to_end_id)} that this run does not have. Ask the bank."
            )
        key, pence, place, state = payments.pop(status.end_to_end_id)
        _require_possible(run, status, pence, place, state)
        counts[status.verdict] += 1
        if status.verdict in SAID:
            named[key] = (SAID[status.verdict], status.reason)
    unnamed = [key for key, _pence, _place, state in payments.values() if state != PaymentState.RETURNED]
    counts[report.whole or Verdict.PENDING] += len(unnamed)
    if report.whole == Verdict.REJECTED:
        named |= dict.fromkeys(unnamed, (Said.REJECTED, report.why))
    return Heard(
        AnswerKind.STATUS,
        report.message_id,
        counts,
        named,
        words=_of_the_whole(report),
        of_the_whole=report.whole == Verdict.REJECTED and not report.payments,
    )


def _require_about(run: PaymentRun, report: StatusReport) -> None:
    if report.about != run.reference:
        raise AnswerRefused(
            f"This answer is about {quoted(report.about)}, and this run is {run.reference}. Give it where it belongs."
        )
    if report.count not in (None, run.payments_count) or report.total_pence not in (None, run.total_pence):
        count = "" if report.count is None else f"{report.count} payments, "
        total = "" if report.total_pence is None else pounds(report.total_pence)
        raise AnswerRefused(
            f"The bank answers to a file of {(count + total).rstrip(', ')}, and this run is of {run.payments_count} "
            f"payments, {pounds(run.total_pence)}. Ask the bank which file it was given."
        )


def _require_possible(run: PaymentRun, status: PaymentStatus, pence: int, place: int, state: str) -> None:
    """Refuse what cannot be so of a payment: another amount, or a word about one that has come back."""
    called = named_as_payment(run.number, place)
    if status.amount_pence not in (None, pence):
        raise AnswerRefused(
            f"The answer has {pounds(status.amount_pence or 0)} for {called}, not {pounds(pence)}. Ask the bank."
        )
    if state != PaymentState.RETURNED:
        return
    if status.verdict == Verdict.REJECTED:
        raise AnswerRefused(f"The answer rejects {called}, which came back already. Nothing of it was taken in.")
    raise AnswerRefused(
        f"The answer does not reject {called}, which came back already. Ask the bank before anything is paid again: it "
        "may be paid twice."
    )


def _of_the_whole(report: StatusReport) -> str:
    why = f": {report.why.words}" if report.why else ""
    if report.whole == Verdict.REJECTED and not report.payments:
        return f"The bank did not take the file{why}. Nobody in it is paid."
    if report.whole == Verdict.DUPLICATE:
        return "The bank did not take this file because it has it already: its first answer stands."
    return ""


def _from_notification(run: PaymentRun, content: bytes) -> Heard:
    """What a notification says was sent back of this run, and what else is in it."""
    try:
        read = read_statement(content)
    except CannotRead as problem:
        raise AnswerRefused(f"{problem} {AN_ANSWER} {A_STATEMENT}") from problem
    if not read.version.startswith("camt.054"):
        raise AnswerRefused(
            f"This is a statement ({read.version or read.format}), and a bank’s answer to a run is a pain.002 or a "
            f"camt.054. {A_STATEMENT}"
        )
    if foreign := [each.currency for each in read.statements if each.currency not in ("GBP", "")]:
        raise AnswerRefused(f"This file is about an account in {foreign[0]}, and payments are made in pounds.")
    named: dict[UUID, tuple[Said, Reason | None]] = {}
    elsewhere: set[int] = set()
    strangers = 0
    back = list(_sent_back(line for statement in read.statements for line in statement.lines))
    ours = _our_payments({_named_by(part) for part, _ in back})
    for part, pence in back:
        payment = ours.get(_named_by(part))
        if payment is None:
            strangers += bool(part.return_reason)
        elif payment.run_id != run.pk:
            elsewhere.add(payment.run.number)
        else:
            _require_return(payment, part, pence)
            _require_whole(payment, pence, twice=payment.pk in named)
            named[payment.pk] = (Said.RETURNED, reason_for(part.return_reason, ReasonSet.RETURN))
    if not named:
        raise AnswerRefused(
            f"Nothing in this file was sent back of run {run.number}."
            + (f" It has payments of run {_and(elsewhere)}: give it there." if elsewhere else "")
        )
    more = [f"It also has payments of run {_and(elsewhere)}: give it there too."] if elsewhere else []
    more += [f"{strangers} more in it were sent back that Leeway did not pay."] if strangers else []
    return Heard(AnswerKind.RETURNS, "", Counter({Verdict.REJECTED: len(named)}), named, words=" ".join(more))


def _sent_back(lines: Iterable[Line]) -> Iterator[tuple[Line | Detail, int]]:
    """Each payment that came in, by itself or inside a line that was booked as one amount, and how much."""
    for line in lines:
        if line.amount_pence <= 0:
            continue
        for part in line.details or (line,):
            pence = part.amount_pence if part.amount_pence is not None or len(line.details) > 1 else line.amount_pence
            yield part, pence or 0


def _named_by(part: Line | Detail) -> Named:
    """What names a payment of ours in a line: its end-to-end id; in what the bank calls a return, its reference too.

    Somebody who pays money back may write our reference on it: that is no return.
    """
    if re.fullmatch("[0-9a-fA-F]{32}", part.end_to_end_id):
        return UUID(part.end_to_end_id)
    named = REFERENCE.search(part.reference) if part.return_reason else None
    return (int(named[1]), int(named[2])) if named else None


def _our_payments(named: Collection[Named]) -> dict[Named, Payment]:
    """Our own payments that some lines name, by what names them there."""
    ours = Payment.objects.select_related("run")
    found: dict[Named, Payment] = {**ours.in_bulk([each for each in named if isinstance(each, UUID)])}
    references = [each for each in named if isinstance(each, tuple)]
    runs, places = {run for run, _ in references}, {place for _, place in references}
    of_runs = ours.filter(run__number__in=runs, place__in=places) if references else []
    return found | {key: each for each in of_runs if (key := (each.run.number, each.place)) in named}


def _require_return(payment: Payment, part: Line | Detail, pence: int) -> None:
    """Money that came in under our key is a return only where the bank says so: somebody may have paid it back."""
    if not part.return_reason:
        raise AnswerRefused(
            f"{pounds(pence)} came in with the key of {payment.reference}, and the file does not call it a return. Ask "
            "the bank what it is; if the payment came back, say so on its page."
        )


def _require_whole(payment: Payment, pence: int, *, twice: bool) -> None:
    if twice:
        raise AnswerRefused(f"The file sends {payment.reference} back twice. Ask the bank.")
    if pence != payment.amount_pence:
        raise AnswerRefused(
            f"The bank sent back {pounds(pence)} of {payment.reference}, which is of {pounds(payment.amount_pence)}. A "
            "payment comes back whole: ask the bank for the rest."
        )
    if payment.state == PaymentState.RETURNED:
        raise AnswerRefused(f"{payment.reference} came back already. Nothing of this file was taken in.")


def _facts(run: PaymentRun) -> Iterable[tuple[UUID, int, int, str]]:
    """Each payment's key, pence, place and state."""
    return run.payments.values_list("pk", "amount_pence", "place", "state")


def _and(numbers: Iterable[int]) -> str:
    return " and ".join(str(number) for number in sorted(numbers))
