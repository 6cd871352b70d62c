"""Every step of a batch of new charges that somebody takes. What takes long is done in the background, in parts."""

from datetime import date

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.days import PLANNED, check_day
from leeway.jobs.actions import queue_errand
from leeway.law import law_on
from leeway.law.uprating import not_known_yet, policy_on
from leeway.money.payees.actions import SecondOfficerNeeded
from leeway.money.uprating.models import Batch
from leeway.money.uprating.states import BEFORE_APPLYING, MOVES, State
from leeway.moves import require_move
from leeway.refusal import Refusal

CARRY_ON = "carry_on_batch"
WORDS_MOST = 100


@transaction.atomic
def draft(*, day: date, what_for: str, puts_benefits_up: bool, takes_prices: bool = False, by: User, on: date) -> Batch:
    """Begin a batch of new charges from a day on. It is worked out in the background; nothing changes by it.

    With `takes_prices`, budgets go on at the recorded prices that begin on that day. Refused for a day of a year whose
    figures are not on record yet, and while another batch is under way.
    """
    check_can(by, Capability.START_BUDGETS)
    check_day(day, PLANNED, field="day", what="The first day of the new charges", on=on)
    _one_at_a_time()
    law = law_on(day, settings.COUNCIL_POLICY)
    policy = policy_on(law)
    what_for = said.sentence(what_for, ask="Say what it is called, such as “April 2027”.", field="what_for", least=1)
    if len(what_for) > WORDS_MOST:
        raise Refusal(f"Call it something of {WORDS_MOST} letters or fewer.", field="what_for")
    if missing := not_known_yet(law):
        raise Refusal(
            f"For the year of that day {len(missing)} figures of the law are not on record yet, such as {missing[0]}. "
            "Put them in first: income would go up, and what is left to live on would not.",
            field="day",
        )
    if other := Batch.objects.filter(state__in=[*BEFORE_APPLYING, State.APPLYING, State.UNDOING]).first():
        raise Refusal(f"{other} is not through yet. Finish or withdraw it first: two would change the same charges.")
    batch = Batch.objects.create(
        number=(Batch.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        day=day,
        what_for=what_for,
        puts_benefits_up=puts_benefits_up and policy.puts_benefits_up,
        takes_prices=takes_prices,
        letters_days_before=policy.letters_days_before,
        largest_rise_pence_per_week=policy.largest_rise_decided_together,
        made_by=by,
        made_on=on,
    )
    queue_errand(name=CARRY_ON, batch=str(batch.pk))
    return batch


@transaction.atomic
def look_at(*, batch: Batch, words: str, by: User, on: date) -> Batch:
    """Say what was seen of who gains and who loses, and what follows from it, before anybody approves."""
    check_can(by, Capability.START_BUDGETS)
    ask = "Say what you saw of who gains and who loses, also by age, sex and ethnicity, and what follows from it."
    words = said.sentence(words, ask=ask, field="words", least=said.REASON)
    return _step(batch, State.LOOKED_AT, looked_by=by, looked_on=on, looked_words=words)


@transaction.atomic
def approve(*, batch: Batch, by: User, on: date) -> Batch:
    """Approve a batch that somebody looked at: two do, neither of them its maker, the second a finance manager."""
    check_can(by, Capability.PAY)
    batch = locked(batch)
    if by.pk == batch.made_by_id:
        raise SecondOfficerNeeded("You drafted this batch, so two others of finance approve it.")
    if batch.state != State.CHECKED:
        return _step(batch, State.CHECKED, checked_by=by, checked_on=on)
    if by.pk == batch.checked_by_id:
        raise SecondOfficerNeeded("You approved this batch already, so another of finance approves it too.")
    check_can(by, Capability.APPROVE_LARGE_RUNS)
    return _step(batch, State.APPROVED, approved_by=by, approved_on=on)


@transaction.atomic
def begin_to_apply(*, batch: Batch, by: User, on: date) -> Batch:
    """Have an approved batch applied: each person whose facts are as they were pays what was approved, and no other."""
    check_can(by, Capability.START_BUDGETS)
    batch = _step(batch, State.APPLYING, applied_by=by, applied_on=on)
    queue_errand(name=CARRY_ON, batch=str(batch.pk))
    return batch


@transaction.atomic
def begin_to_tell(*, batch: Batch, late_because: str = "", by: User, on: date) -> Batch:
    """Have a letter written to everybody who pays another amount. Late ones say why, and that we are sorry.

    Refused later than the council's days before the first day, where no reason is given.
    """
    check_can(by, Capability.START_BUDGETS)
    batch = locked(batch)
    why = ""
    if on > batch.letters_by:
        ask = (
            f"These letters were to go out by {batch.letters_by:%-d %B %Y}. Say why they are late: each letter gives "
            "the reason, and says that we are sorry."
        )
        why = said.sentence(late_because, ask=ask, field="late_because", least=said.REASON)
    batch = _step(batch, State.WRITING, told_by=by, told_on=on, late_because=why)
    queue_errand(name=CARRY_ON, batch=str(batch.pk))
    return batch


@transaction.atomic
def begin_to_undo(*, batch: Batch, because: str, by: User, on: date) -> Batch:
    """Have a batch undone as one: everybody pays what they paid before, from the same day, and is told why."""
    check_can(by, Capability.APPROVE_LARGE_RUNS)
    ask = "Say why it is undone. Everybody who was told of it reads this."
    why = said.sentence(because, ask=ask, field="because", least=said.REASON)
    batch = _step(batch, State.UNDOING, undone_by=by, undone_on=on, undone_because=why)
    queue_errand(name=CARRY_ON, batch=str(batch.pk))
    return batch


@transaction.atomic
def withdraw(*, batch: Batch, because: str, by: User, on: date) -> Batch:
    """Give a batch up before anything of it was applied."""
    check_can(by, Capability.PAY)
    why = said.sentence(because, ask="Say why it is withdrawn.", field="because", least=said.FEW)
    return _step(batch, State.WITHDRAWN, withdrawn_by=by, withdrawn_on=on, withdrawn_because=why)


def locked(batch: Batch) -> Batch:
    """A batch as it stands once nobody else is at it."""
    return Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)


def _step(batch: Batch, to: State, **written: object) -> Batch:
    batch = locked(batch)
    require_move(MOVES, batch.state, to, of="This batch")
    batch.state = to
    for name, value in written.items():
        setattr(batch, name, value)
    batch.save(update_fields=["state", *written])
    return batch


def _one_at_a_time() -> None:
    """Let two who draft a batch at once come one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('leeway uprating'))")
