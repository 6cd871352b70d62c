"""Saying what a payment was for, its receipts, setting money aside, and asking the worker. The bank's lines stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.files.base import File as DjangoFile
from django.db import transaction
from django.db.models import Exists

from leeway import said
from leeway.access.models import User
from leeway.care.people.access import check_can_work_on
from leeway.care.people.actions import finish_tasks, set_task, tell, write_to_person
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case, StoryLine, Whose
from leeway.care.planning.models import PlanLine, Way
from leeway.days import PLANNED, check_day
from leeway.files.actions import KeptAlready, keep_file
from leeway.files.models import File, FileKind
from leeway.law.numbers import pounds
from leeway.money.banking.statement import Mapping as Columns
from leeway.money.banking.statement import lines_about
from leeway.money.ledger.actions import spend, unspend
from leeway.money.ledger.queries import held_by_person
from leeway.money.spending import queries
from leeway.money.spending.access import check_can_keep, check_can_send, check_is_theirs
from leeway.money.spending.kinds import ForWhat, Kept, Running, WhoDoes
from leeway.money.spending.models import AttachedReceipt, Doing, Purpose, Question, SetAside
from leeway.money.statements.actions import keep_statement, open_bank_account
from leeway.money.statements.keeping import Kept as KeptOfFile
from leeway.money.statements.kinds import Whose as OfWhom
from leeway.money.statements.models import BankAccount, StatementLine
from leeway.refusal import EditedMeanwhile, Refusal

#: How soon a question about a payment is to be answered.
ANSWERED_WITHIN = timedelta(days=5)
#: More than anybody holds for somebody's care: a slip of a key.
SET_ASIDE_MOST_PENCE = 100_000_00


@dataclass(frozen=True)
class Done:
    """Who does a part of running a direct payment, who helps, and what the person wants to take over next."""

    who: WhoDoes
    words: str
    step: str


@transaction.atomic
def say(
    *,
    line: StatementLine,
    kind: ForWhat,
    plan_line: PlanLine | None = None,
    words: str = "",
    version: int,
    by: User,
    on: date,
) -> Purpose:
    """Say what a payment was for. What was said of it before is taken back; nothing is refused for being too much.

    `version` is `queries.version_said` of the line, as the user saw it. Raises EditedMeanwhile.
    """
    case = _case_of(line)
    check_can_keep(by, case, on)
    if line.amount_pence > 0:
        raise Refusal("This is money that came in. Only what a payment out was for is said.")
    if (kind == ForWhat.PLAN_LINE) != (plan_line is not None):
        raise Refusal("Choose what it was for.", field="kind")
    if plan_line is not None and (plan_line.plan.case_id != case.pk or plan_line.way != Way.DIRECT_PAYMENT):
        raise Refusal("Choose something that the plan has a direct payment for.", field="kind")
    if kind == ForWhat.ELSE:
        ask = "Say in a few words what it was for."
        words = said.sentence(words, ask=ask, field="words", least=said.A_WORD)
    before, words = queries.standing_of(line), words.strip()
    if queries.version_said(before) != version:
        raise EditedMeanwhile
    if before is not None:
        if (before.kind, before.plan_line_id, before.words) == (kind, plan_line.pk if plan_line else None, words):
            raise Refusal("This is what was said of it already.")
        _take_back(before, by, on)
    purpose = Purpose.objects.create(line=line, kind=kind, plan_line=plan_line, words=words, said_by=by, said_on=on)
    _count_as_spent(case, on)
    return purpose


@transaction.atomic
def take_back(*, purpose: Purpose, by: User, on: date) -> Purpose:
    """Take back what was said of a payment: it is not said yet, as before."""
    case = _case_of(purpose.line)
    check_can_keep(by, case, on)
    standing = queries.standing_of(purpose.line)
    if standing is None or standing.pk != purpose.pk:
        raise Refusal("This was taken back already. Open the payment again to see what stands.")
    _take_back(standing, by, on)
    _count_as_spent(case, on)
    return standing


@transaction.atomic
def attach_receipt(*, line: StatementLine, upload: DjangoFile, by: User, on: date) -> AttachedReceipt:
    """Keep a receipt, or a photograph of one, with a payment. The same one may belong to several payments."""
    case = _case_of(line)
    check_can_keep(by, case, on)
    if line.amount_pence > 0:
        raise Refusal("This is money that came in. Choose the payment that the receipt is for.", field="upload")
    file = _kept_once(case, line, upload, by, on)
    if AttachedReceipt.objects.filter(line=line, file=file, taken_back_on=None).exists():
        raise Refusal("This receipt is with the payment already.", field="upload")
    return AttachedReceipt.objects.create(line=line, file=file, attached_by=by, attached_on=on)


def _kept_once(case: Case, line: StatementLine, upload: DjangoFile, by: User, on: date) -> File:
    words = f"Receipt for {pounds(-line.amount_pence)} on {line.booked_on:%-d %B %Y}"
    owner = queries.owner_of_receipts(case)
    try:
        return keep_file(upload=upload, kind=FileKind.RECEIPT, words=words, owner=owner, by=by, on=on)
    except KeptAlready as known:
        return known.file


@transaction.atomic
def take_off_receipt(*, attached: AttachedReceipt, by: User, on: date) -> AttachedReceipt:
    """Take a receipt off a payment to which it does not belong. The file itself is kept."""
    check_can_keep(by, _case_of(attached.line), on)
    attached = AttachedReceipt.objects.select_for_update(of=("self",)).get(pk=attached.pk)
    if attached.taken_back_on is not None:
        raise Refusal("This receipt was taken off already.")
    attached.taken_back_by, attached.taken_back_on = by, on
    attached.save(update_fields=["taken_back_by", "taken_back_on"])
    return attached


@transaction.atomic
def set_aside(
    *, case: Case, kind: Kept, amount_pence: int, reason: str, until: date | None = None, by: User, on: date
) -> SetAside:
    """Set money aside: for what, how much, why, and until when it is kept, where that is known."""
    case = lock_case(case.pk)
    check_can_keep(by, case, on)
    if not 0 < amount_pence <= SET_ASIDE_MOST_PENCE:
        raise Refusal(f"Enter an amount from 1p to {pounds(SET_ASIDE_MOST_PENCE)}.", field="amount_pence")
    reason = said.sentence(reason, ask="Say in a few words what it is for.", field="reason", least=said.FEW)
    check_day(until, PLANNED, field="until", what="The last day", on=on)
    if until is not None and until < on:
        raise Refusal("The last day is over. Leave it empty, or choose a day to come.", field="until")
    return SetAside.objects.create(
        case=case, kind=kind, amount_pence=amount_pence, reason=reason, until=until, set_by=by, set_on=on
    )


@transaction.atomic
def say_who_does(*, case: Case, told: Mapping[Running, Done], version: int, by: User, on: date) -> list[Doing]:
    """Say who does which part of running the direct payment. What is as it was is not said again.

    `version` is `queries.version_of_doing` of the page. Raises EditedMeanwhile. Gives what changed.
    """
    check_can_keep(by, case, on)
    case = lock_case(case.pk)
    before = queries.who_does_what(case)
    if queries.version_of_doing(before) != version:
        raise EditedMeanwhile
    changed = []
    for part, done in told.items():
        words, step = done.words.strip(), done.step.strip()
        if done.who != WhoDoes.ALONE:
            who = f"Say who helps, or who does it: {part.label}."
            words = said.sentence(words, ask=who, field=f"words_{part}", least=said.A_WORD)
        known = before.get(part)
        if known is None or (known.who, known.words, known.step) != (done.who, words, step):
            changed.append(
                Doing.objects.create(case=case, part=part, who=done.who, words=words, step=step, said_by=by, said_on=on)
            )
    if not changed:
        raise Refusal("Nothing is different from before. Change what you want to change, or go back.")
    return changed


@transaction.atomic
def no_longer_aside(*, aside: SetAside, reason: str, by: User, on: date) -> SetAside:
    """Set money aside no longer, from today: it was paid out, or is not needed."""
    case = lock_case(aside.case_id)
    check_can_keep(by, case, on)
    reason = said.sentence(
        reason, ask="Say in a few words why it is set aside no longer.", field="reason", least=said.FEW
    )
    aside = SetAside.objects.get(pk=aside.pk)
    if not aside.holds_on(on):
        raise Refusal("This is set aside no longer already.")
    aside.taken_back_by, aside.taken_back_on, aside.taken_back_because = by, on, reason
    aside.save(update_fields=["taken_back_by", "taken_back_on", "taken_back_because"])
    return aside


@transaction.atomic
def send_statement(
    *,
    case: Case,
    account: BankAccount | None,
    identifier: str,
    upload: DjangoFile,
    mapping: Columns | None,
    by: User,
    on: date,
) -> KeptOfFile:
    """Send a statement of the account for the direct payment: it is kept whole, and what came since is seen at once.

    Without an account, that which `identifier` names is begun with. Raises Refusal as `keep_statement` does.
    """  # fmt: skip
    check_can_send(by, case, on)
    if lines_about(upload.read()) > settings.AT_ONCE_MOST:
        raise Refusal(f"It has more than {settings.AT_ONCE_MOST:,} lines. Send fewer months at once.", field="upload")
    if account is None:
        account = open_bank_account(
            whose=OfWhom.DEDICATED, name="Direct payment", identifier=identifier, case=case, by=by, on=on
        )
    return keep_statement(account=account, upload=upload, mapping=mapping, by=by, on=on)


@transaction.atomic
def ask(*, line: StatementLine, words: str, by: User, on: date) -> Question:
    """Ask the worker something about a payment, which becomes a task of theirs."""
    case = _case_of(line)
    check_is_theirs(by, case, on)
    words = said.sentence(words, ask="Write what you want to know.", field="words", least=said.FEW)
    if line.questions.filter(answered_on=None, words=words).exists():
        raise Refusal("You asked this already. It waits for an answer.", field="words")
    question = Question.objects.create(line=line, words=words, asked_by=by, asked_on=on)
    sentence = f"{by.name} asked about a payment of {line.booked_on:%-d %B %Y}."
    tell(case=case, kind=Event.SPENDING_ASKED, sentence=sentence, by=by, on=on)
    what = f"Answer what was asked about a payment from {case.person}’s account."
    due_on = on + ANSWERED_WITHIN
    set_task(case=case, kind=Event.SPENDING_ASKED, what=what, whose=Whose.WORKER, due_on=due_on, on=on)
    return question


@transaction.atomic
def answer(*, question: Question, answer: str, by: User, on: date) -> Question:
    """Answer what was asked about a payment: the person is told that there is an answer."""
    case = _case_of(question.line)
    check_can_work_on(by, case)
    words = said.sentence(answer, ask="Write the answer, in a sentence.", field="answer")
    question = Question.objects.select_related("line__account").get(pk=question.pk)
    if question.answered_on is not None:
        raise Refusal("This was answered already. Open the payment to read the answer.")
    question.answer, question.answered_by, question.answered_on = words, by, on
    question.save(update_fields=["answer", "answered_by", "answered_on"])
    sentence = f"{by.name} answered a question about a payment of {question.line.booked_on:%-d %B %Y}."
    line = tell(case=case, kind=Event.SPENDING_ANSWERED, sentence=sentence, by=by, on=on)
    if not queries.open_questions(case).exists():
        finish_tasks(case=case, kinds=[Event.SPENDING_ASKED], by=by, on=on)
    if case.person.date_of_death is None:
        key = f"question_answered:{line.pk}"
        write_to_person(case=case, template="question_answered", data={"worker": by.name}, key=key, by=by, on=on)
    return question


def _case_of(line: StatementLine) -> Case:
    """The case whose account a line is of, which stands as it is until this is done."""
    case_id = line.account.case_id
    if case_id is None:
        raise Refusal("This line is of the council’s own account.")
    return lock_case(case_id)


def _take_back(purpose: Purpose, by: User, on: date) -> None:
    """Take back what was said, and with it that the money was spent."""
    purpose.taken_back_by, purpose.taken_back_on = by, on
    purpose.save(update_fields=["taken_back_by", "taken_back_on"])
    unspend(about=purpose.pk, on=on)


def _count_as_spent(case: Case, on: date) -> int:
    """Count in the ledger what was said as spent and is not counted yet, the earliest first, up to what is held.

    Gives how many could be counted. The rest waits: other money than the council's was in the account.
    """
    waiting = queries.said_as_spent(case).filter(~Exists(queries.COUNTED)).select_related("line")
    return sum(
        spend(
            case=case,
            about=each.pk,
            amount_pence=-each.line.amount_pence,
            effective_date=min(each.line.booked_on, on),
            on=on,
        )
        for each in waiting.order_by("line__booked_on", "said_on", "pk")
    )


@transaction.atomic
def count_as_spent(*, on: date) -> int:
    """Count what was said as spent, in every case in which something waits for money to arrive. Nightly work."""
    waiting = queries.waits_to_be_counted()
    return sum(_count_as_spent(lock_case(case_id), on) for case_id in waiting)


@transaction.atomic
def hold_again(line: StoryLine) -> int:
    """Count less as spent, the latest first, where a payment came back that was taken to have arrived.

    Gives how many are counted no longer. The night counts them again once money is there.
    """
    many = 0
    for each in queries.counted_as_spent(line.case):
        if held_by_person(line.case) >= 0:
            break
        unspend(about=each.pk, on=line.happened_on)
        many += 1
    return many
