"""Every write of a recovery. Each step is one action, and none can be left out, by anybody: see `states.STEPS`."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import lives
from leeway.care.people.actions import finish_tasks, set_task, tell, write_to_person, write_to_supporter
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case, StoryLine, Whose
from leeway.days import HAPPENED, check_day
from leeway.law import law_on
from leeway.law.numbers import pounds
from leeway.law.outcome import Outcome
from leeway.money.bills.payers import representatives_of
from leeway.money.budgets.models import Ending
from leeway.money.ledger.actions import NewTransfer, give_back, open_account, transfer
from leeway.money.ledger.models import Kind, Reason, Transfer
from leeway.money.ledger.queries import balance, held_by_person
from leeway.money.recovery import queries
from leeway.money.recovery.access import check_can_answer_challenge, check_is_theirs
from leeway.money.recovery.models import Because, Item, Recovery, Step
from leeway.money.recovery.queries import OF_A_PAYMENT, Standing
from leeway.money.recovery.states import OPEN, STEPS, Did
from leeway.money.statements.models import StatementLine
from leeway.refusal import Refusal

#: Nobody is written to with whom nobody spoke; after so many attempts on different days, they are.
TRIES = 2
#: How soon somebody reads why a second person did not agree, in days.
ASKED_AGAIN_WITHIN = 5
#: What is written after a death instead, to whoever settles what was left.
AFTER_DEATH = {
    "recovery_question": "recovery_after_death",
    "recovery_notice": "recovery_notice_after_death",
    "recovery_answered": "recovery_answered_after_death",
}
WHY = "Say in a sentence why, in words that the person can read."
ITS_PAYMENT_CAME_BACK = "The payment that it was of came back to us. What was given was their own money."
MOVED = "Something happened here since you opened this page. Here is how it stands now."


@transaction.atomic
def ask_about(
    *,
    case: Case,
    line: StatementLine | None,
    because: str,
    pence: int,
    what: str,
    day: date | None,
    reason: str,
    by: User,
    on: date,
) -> Item:
    """Ask the person about something in the account of their direct payment, kindly, before anything else.

    A payment is asked about once, and for no more than it was. The person is written to, and has time to answer.
    """
    check_can(by, Capability.KEEP_RECOVERIES)
    case = lock_case(case.pk)
    because = Because(because)
    if (because in OF_A_PAYMENT) != (line is not None):
        raise Refusal("Choose the payment on the account that this is about.", field="because")
    reason = said.sentence(reason, ask=WHY, field="reason", least=said.REASON)
    if line is not None:
        _check_payment(case, line, pence)
        day = line.booked_on
    if not pence > 0:
        raise Refusal("Enter an amount of a penny or more.", field="pence")
    if because == Because.AFTER_END and day is None:
        raise Refusal("Enter the day for which it was paid.", field="day")
    check_day(day, HAPPENED, field="day", what="The day", on=on)
    if because == Because.AFTER_END:
        _check_after_end(case, day, pence)
    if because == Because.SURPLUS:
        day = None
        asked = queries.asked_already(case).filter(because=because).select_related("recovery")
        if any(queries.standing(each.recovery, on).state in OPEN for each in asked):
            raise Refusal("What is left over is asked about already. Go on with that, or withdraw it first.")
    what = said.sentence(what, ask="Say in a few words what it was.", field="what", least=said.A_WORD)
    item = Item.objects.create(
        recovery=_open_for(case, by, on), line=line, because=because, day=day, pence=pence, what=what, reason=reason,
        asked_by=by, asked_on=on,
    )  # fmt: skip
    sentence = f"{by.name} asked about something in the account of the direct payment: {pounds(pence)}."
    tell(case=case, kind=Event.RECOVERY_ASKED, sentence=sentence, by=by, on=on)
    _write(case, "recovery_question", {}, f"recovery-asked:{item.pk}", by, on)
    return item


def _check_after_end(case: Case, day: date | None, pence: int) -> None:
    """Refuse what was not paid for days after an end, or more than that."""
    endings = Ending.objects.filter(budget__case=case, ends_on__lt=day, replaced=False)
    beyond = sum(endings.values_list("paid_beyond_pence", flat=True))
    asked = queries.asked_already(case).filter(because=Because.AFTER_END)
    left = beyond - sum(asked.values_list("pence", flat=True))
    if pence > left:
        raise Refusal(
            f"{pounds(max(0, left))} was paid for days after an end, and is not asked about yet. Enter that or less."
            if beyond
            else "No budget ended before that day, so that nothing was paid for days after an end.",
            field="pence",
        )


def _check_payment(case: Case, line: StatementLine, pence: int) -> None:
    if line.account.case_id != case.pk:
        raise Refusal("This payment is not on this person’s account.")
    if line.amount_pence > 0:
        raise Refusal("This is money that came in. Only a payment out is asked about.")
    if pence > -line.amount_pence:
        raise Refusal(f"The payment was {pounds(-line.amount_pence)}. Enter that or less.", field="pence")
    if queries.asked_already(case).filter(line=line).exists():
        raise Refusal("This payment is asked about already.")


def _open_for(case: Case, by: User, on: date) -> Recovery:
    """The recovery of a case in which things are still being understood, or a new one."""
    for recovery in case.recoveries.order_by("-opened_on", "-pk"):
        state = queries.standing(recovery, on).state
        if state == state.ASKING:
            return recovery
    return Recovery.objects.create(case=case, opened_by=by, opened_on=on)


@transaction.atomic
def answer(*, item: Item, words: str, by: User, on: date) -> Item:
    """Answer what was asked about the account, in one's own words: by the person, or whom they gave leave."""
    case = item.recovery.case
    check_is_theirs(by, case, on)
    lock_case(case.pk)
    words = said.sentence(words, ask="Write what it was, in your own words.", field="words", least=said.FEW)
    item = Item.objects.select_related("recovery__case__person").get(pk=item.pk)
    if item.dropped_on is not None:
        raise Refusal("This is settled: nothing is asked of you any more.")
    if queries.standing(item.recovery, on).state not in OPEN:
        raise Refusal("This is settled: nothing is asked of you any more.")
    if item.answered_on is not None:
        raise Refusal("You answered this already. To say more, ring us, or challenge it if it is asked back.")
    item.answer, item.answered_by, item.answered_on = words, by, on
    item.save(update_fields=["answer", "answered_by", "answered_on"])
    tell(case=case, kind=Event.RECOVERY_ANSWERED, sentence=f"{by.name} answered what was asked about.", by=by, on=on)
    return item


@transaction.atomic
def drop(*, item: Item, reason: str, by: User, on: date) -> Item:
    """Settle something that was asked about: it is all right, and nothing is asked back for it."""
    check_can(by, Capability.KEEP_RECOVERIES)
    lock_case(item.recovery.case_id)
    reason = said.sentence(reason, ask=WHY, field="reason")
    item = Item.objects.select_related("recovery__case__person").get(pk=item.pk)
    if item.dropped_on is not None:
        raise Refusal("This is settled already.")
    now = queries.standing(item.recovery, on)
    if now.state != now.state.ASKING:
        raise Refusal("This was proposed already. Withdraw the whole, or have it sent back first.")
    item.dropped_by, item.dropped_on, item.dropped_because = by, on, reason
    item.save(update_fields=["dropped_by", "dropped_on", "dropped_because"])
    sentence = f"Something that was asked about is all right: {said.ended(reason)}"
    tell(case=item.recovery.case, kind=Event.RECOVERY_SETTLED, sentence=sentence, by=by, on=on)
    return item


@transaction.atomic
def talk(*, recovery: Recovery, reached: bool, happened_on: date, words: str, by: User, on: date) -> Step:
    """Put on record that somebody spoke with the person about it, and what they said; or tried to."""
    check_can(by, Capability.KEEP_RECOVERIES)
    now = _now(recovery, on, Did.TALKED)
    check_day(happened_on, HAPPENED, field="happened_on", what="The day", on=on)
    if happened_on < now.recovery.opened_on:
        raise Refusal(f"This was begun on {now.recovery.opened_on:%-d %B %Y}. Enter that day or a later one.",
                      field="happened_on")  # fmt: skip
    ask = "Say with whom you spoke and what they said, or how you tried."
    words = said.sentence(words, ask=ask, field="words", least=said.REASON)
    return _step(now, Did.TALKED if reached else Did.TRIED, by, on, happened_on=happened_on, words=words)


@transaction.atomic
def propose(*, recovery: Recovery, words: str, seen: str, by: User, on: date) -> Step:
    """Propose that money is asked back: what is left of it once all that speaks against it is taken off."""
    check_can(by, Capability.KEEP_RECOVERIES)
    now = _now(recovery, on, Did.PROPOSED, seen)
    words = said.sentence(words, ask=WHY, field="words", least=said.REASON)
    _require_understood(now)
    outcome = _weighed(now)
    step = _step(now, Did.PROPOSED, by, on, words=words, pence=outcome.result["back_pence"], outcome=outcome)
    sentence = (
        f"{by.name} proposed that {pounds(step.pence)} of the direct payment is given back. A second person looks."
    )
    tell(case=now.case, kind=Event.RECOVERY_PROPOSED, sentence=sentence, by=by, on=on)
    return step


def _require_understood(now: Standing) -> None:
    """Refuse to propose before the person was asked, had time to answer, and was spoken with."""
    if not now.standing_items:
        raise Refusal("Nothing is asked about. Name what it is first.")
    wait = timedelta(days=law_on(now.on, settings.COUNCIL_POLICY)["recovery.wait_for_reply_days"])
    waiting = [item for item in now.standing_items if item.answered_on is None and item.asked_on + wait > now.on]
    if waiting:
        until = max(item.asked_on for item in waiting) + wait
        raise Refusal(f"They were asked and have not answered yet. Wait until {until:%-d %B %Y}, or until they do.")
    since = max(item.asked_on for item in now.standing_items)
    spoke = any(step.did == Did.TALKED and step.happened_on >= since for step in now.steps)
    tries = {step.happened_on for step in now.steps if step.did == Did.TRIED and step.happened_on >= since}
    if not spoke and len(tries) < TRIES:
        raise Refusal(f"Speak with them first, and put on record what they said; or try on {TRIES} days and say how.")


def _weighed(now: Standing) -> Outcome:
    outcome = queries.weigh(now)
    if not outcome.result["back_pence"]:
        raise Refusal(
            "Once everything that speaks against it is taken off, nothing is left to ask back. Settle it, or withdraw "
            "it, and say that it is all right."
        )
    return outcome


@transaction.atomic
def send_back(*, recovery: Recovery, words: str, seen: str, by: User, on: date) -> Step:
    """Do not agree that money is asked back as it was proposed: it is understood better first."""
    check_can(by, Capability.APPROVE_RECOVERIES)
    now = _now(recovery, on, Did.SENT_BACK, seen)
    words = said.sentence(words, ask=WHY, field="words", least=said.REASON)
    step = _step(now, Did.SENT_BACK, by, on, words=words)
    finish_tasks(case=now.case, kinds=[Event.RECOVERY_PROPOSED], by=by, on=on)
    what = f"What {now.case.person} was to give back was not agreed by the second person. Read why."
    due_on = on + timedelta(days=ASKED_AGAIN_WITHIN)
    set_task(case=now.case, kind=Event.RECOVERY_ANSWERED, what=what, whose=Whose.FINANCE, due_on=due_on, on=on)
    return step


@transaction.atomic
def approve(*, recovery: Recovery, seen: str, by: User, on: date) -> Step:
    """Agree as a second person that money is asked back, by all that is known today; the person is written to."""
    check_can(by, Capability.APPROVE_RECOVERIES)
    now = _now(recovery, on, Did.APPROVED, seen)
    _require_another(now, by)
    proposed = now.last(Did.PROPOSED)
    outcome = _weighed(now)
    if proposed is None or outcome.result["back_pence"] != proposed.pence:
        raise Refusal("By what is known today another amount comes out than was proposed. Send it back.")
    step = _step(now, Did.APPROVED, by, on, pence=proposed.pence, outcome=outcome)
    days = law_on(on, settings.COUNCIL_POLICY)["recovery.notice_days"]
    sentence = f"The person is asked to give back {pounds(step.pence)}, and has {days} days to answer."
    tell(case=now.case, kind=Event.RECOVERY_WRITTEN, sentence=sentence, by=by, on=on)
    answer_by = f"{on + timedelta(days=days):%-d %B %Y}"
    _write(now.case, "recovery_notice", {"day": answer_by}, f"recovery-notice:{step.pk}", by, on)
    return step


def _require_another(now: Standing, by: User) -> None:
    proposed = now.last(Did.PROPOSED)
    if now.recovery.opened_by_id == by.pk or (proposed and proposed.by_id == by.pk):
        raise Refusal("You asked about this or proposed it. Another person looks at it.")


@transaction.atomic
def reply(*, recovery: Recovery, agrees: bool, monthly_pence: int, words: str, by: User, on: date) -> Step:
    """Answer the notice: agree to give it back, at once or so much a month, or say that it would be hard."""
    check_is_theirs(by, recovery.case, on)
    now = _now(recovery, on, Did.AGREED)
    if not agrees:
        words = said.sentence(words, ask="Say what would make it hard.", field="words", least=said.FEW)
    asked = now.last(Did.APPROVED)
    if asked is not None and monthly_pence > asked.pence:
        raise Refusal(f"It is {pounds(asked.pence)} in all. Offer that or less a month.", field="monthly")
    step = _step(now, Did.AGREED if agrees else Did.HARD, by, on, words=words.strip(), pence=monthly_pence)
    says = "agrees to give it back" if agrees else "says that giving it back would be hard"
    tell(case=now.case, kind=Event.RECOVERY_ANSWERED, sentence=f"{by.name} {says}.", by=by, on=on)
    return step


@transaction.atomic
def challenge(*, recovery: Recovery, words: str, by: User, on: date) -> Step:
    """Challenge that money is asked back: the clock stands still until a manager who had no part in it answers."""
    check_is_theirs(by, recovery.case, on)
    now = _now(recovery, on, Did.CHALLENGED)
    words = said.sentence(words, ask="Say why it is not right, in your own words.", field="words", least=said.FEW)
    step = _step(now, Did.CHALLENGED, by, on, words=words)
    sentence = f"{by.name} challenges that money is asked back. Nothing more happens until a manager has answered."
    tell(case=now.case, kind=Event.RECOVERY_CHALLENGED, sentence=sentence, by=by, on=on)
    return step


@transaction.atomic
def answer_challenge(*, recovery: Recovery, upheld: bool | None, words: str, by: User, on: date) -> Step:
    """Answer a challenge with reasons, as a manager who had no part in it: it was right, or it stands."""
    check_can_answer_challenge(by, recovery)
    now = _now(recovery, on, Did.STANDS)
    if upheld is None:
        raise Refusal("Say whether the challenge is right.", field="upheld")
    words = said.sentence(words, ask=WHY, field="words", least=said.REASON)
    step = _step(now, Did.UPHELD if upheld else Did.STANDS, by, on, words=words)
    says = "was right: nothing is asked back" if upheld else "was answered, and what is asked back stands"
    tell(case=now.case, kind=Event.RECOVERY_CHALLENGE_ANSWERED, sentence=f"The challenge {says}.", by=by, on=on)
    _write(now.case, "recovery_answered", {}, f"recovery-challenge:{step.pk}", by, on)
    return step


@transaction.atomic
def decide(*, recovery: Recovery, seen: str, by: User, on: date) -> Step:
    """Decide what is to be given back, once the notice is over or the person agreed: never more than was written.

    Where they offered an amount a month, it is given back so; where it would be hard and none was offered, not at all.
    """
    check_can(by, Capability.KEEP_RECOVERIES)
    now = _now(recovery, on, Did.DECIDED, seen)
    reply = now.reply
    if not now.notice_is_over and (reply is None or reply.did != Did.AGREED):
        raise Refusal(f"They have until {now.answer_by:%-d %B %Y} to answer. Decide then, or once they agree.")
    if reply is not None and reply.did == Did.HARD and not reply.pence:
        raise Refusal(
            "They say that it would be hard, and offered no amount. Speak with them about one, or withdraw it."
        )
    written, outcome = now.last(Did.APPROVED), _weighed(now)
    assert written is not None, "nothing is decided that was not written of"
    pence = min(written.pence, outcome.result["back_pence"])
    words = f"At {pounds(reply.pence)} a month, as was offered." if reply is not None and reply.pence else ""
    step = _step(now, Did.DECIDED, by, on, pence=pence, words=words, outcome=outcome)
    sentence = f"Decided: {pounds(pence)} of the direct payment is to be given back."
    tell(case=now.case, kind=Event.RECOVERY_DECIDED, sentence=sentence, by=by, on=on)
    _write(now.case, "recovery_answered", {}, f"recovery-decided:{step.pk}", by, on)
    return step


@transaction.atomic
def give_back_money(*, recovery: Recovery, pence: int, received_on: date, words: str, by: User, on: date) -> Step:
    """Put on record that money came back, and how it was seen: it is no longer held by the person."""
    check_can(by, Capability.KEEP_RECOVERIES)
    now = _now(recovery, on, Did.GIVEN_BACK)
    check_day(received_on, HAPPENED, field="received_on", what="The day on which it came", on=on)
    decided = now.last(Did.DECIDED)
    if decided is not None and received_on < decided.on:
        raise Refusal(f"It was decided on {decided.on:%-d %B %Y}. Enter that day or a later one.", field="received_on")
    words = said.sentence(words, ask="Say how you know: the day and line of the bank.", field="words", least=said.FEW)
    if not 0 < pence <= now.left_pence:
        raise Refusal(f"{pounds(now.left_pence)} is still to be given back. Enter that or less.", field="pence")
    held = open_account(kind=Kind.HELD_BY_PERSON, case=now.case, by=by, on=on)
    if balance(held) < pence:
        raise Refusal("The books have less than that in the person’s hands: look at what was said to be spent first.")
    step = _step(now, Did.GIVEN_BACK, by, on, happened_on=received_on, words=words, pence=pence)
    back = open_account(kind=Kind.RECLAIMED, case=now.case, by=by, on=on)
    new = NewTransfer(
        id=_transfer_of(step.pk), debit=back.pk, credit=held.pk, amount_pence=pence, reason=Reason.RECLAIMED,
        effective_date=received_on, about=step.pk,
    )  # fmt: skip
    transfer(new=new, by=by, on=on)
    sentence = f"{pounds(pence)} of the direct payment came back."
    tell(case=now.case, kind=Event.RECOVERY_GIVEN_BACK, sentence=sentence, by=by, on=on)
    return step


@transaction.atomic
def not_given_back(*, step: Step, words: str, by: User, on: date) -> Step:
    """Put right that money came back: it did not, or another amount did."""
    check_can(by, Capability.KEEP_RECOVERIES)
    now = _now(step.recovery, on, Did.NOT_GIVEN_BACK)
    words = said.sentence(words, ask=WHY, field="words")
    if step.did != Did.GIVEN_BACK or any(each.of_id == step.pk for each in now.steps):
        raise Refusal("This was put right already.")
    return _undo(now, step, words, by, on)


def _undo(now: Standing, step: Step, words: str, by: User, on: date) -> Step:
    """Keep that what a step said came back did not, here and in the ledger."""
    undone = _step(now, Did.NOT_GIVEN_BACK, by, on, words=words, pence=step.pence, of=step)
    original = Transfer.objects.get(pk=_transfer_of(step.pk))
    give_back(original=original, id=_transfer_of(undone.pk), amount_pence=step.pence, effective_date=on, by=by, on=on)
    return undone


@transaction.atomic
def give_less_back(line: StoryLine) -> list[Step]:
    """Count less as given back, the latest first, where a payment came back that was taken to have arrived.

    What the person gave was then their own money: finance is asked to pay it back to them.
    """
    case, by, on = line.case, line.by, line.happened_on
    undone: list[Step] = []
    for step in queries.given_back(case):
        if held_by_person(case) >= 0:
            break
        undone.append(_undo(queries.standing(step.recovery, on), step, ITS_PAYMENT_CAME_BACK, by, on))
    if undone:
        pence = pounds(sum(each.pence for each in undone))
        what = f"{case.person} gave back {pence} of a payment that came back to us. Pay it back to them."
        set_task(case=case, kind=Event.RECOVERY_GIVEN_BACK, what=what, whose=Whose.FINANCE, due_on=on, on=on)
    return undone


def _transfer_of(step: UUID) -> UUID:
    return uuid5(step, "reclaimed")


@transaction.atomic
def withdraw(*, recovery: Recovery, words: str, by: User, on: date) -> Step:
    """Ask nothing back after all, and say why; whoever was written to is told."""
    check_can(by, Capability.KEEP_RECOVERIES)
    now = _now(recovery, on, Did.WITHDRAWN)
    words = said.sentence(words, ask=WHY, field="words")
    step = _step(now, Did.WITHDRAWN, by, on, words=words)
    sentence = f"Nothing is asked back of the direct payment: {said.ended(words)}"
    tell(case=now.case, kind=Event.RECOVERY_SETTLED, sentence=sentence, by=by, on=on)
    if now.items:
        _write(now.case, "recovery_answered", {}, f"recovery-withdrawn:{step.pk}", by, on)
    return step


def _now(recovery: Recovery, on: date, did: Did, seen: str | None = None) -> Standing:
    """A recovery whose case is locked, as it stands; refused where it is not at this step, or was seen otherwise."""
    lock_case(recovery.case_id)
    recovery = Recovery.objects.select_related("case__person", "case__worker", "case__team").get(pk=recovery.pk)
    now = queries.standing(recovery, on)
    if seen is not None and now.seen != seen:
        raise Refusal(MOVED)
    if now.state not in STEPS[did][0]:
        raise Refusal(f"This cannot be done now. It stands so: {now.state.label.lower()}.")
    return now


def _step(now: Standing, did: Did, by: User, on: date, *, outcome: Outcome | None = None, **given: Any) -> Step:
    """Keep one step."""
    weighed = queries.as_weighed(outcome, on) if outcome else None
    return Step.objects.create(
        recovery=now.recovery, number=len(now.steps) + 1, did=did, by=by, on=on, weighed=weighed,
        **({"happened_on": on} | given),
    )  # fmt: skip


def _write(case: Case, template: str, data: Mapping[str, str], key: str, by: User, on: date) -> None:
    """Write to the person; after a death to whoever settles what they leave, in other words, or refuse."""
    about = {"worker": case.worker.name if case.worker else case.team.name, **data}
    if lives(case.person):
        write_to_person(case=case, template=template, data=about, key=key, by=by, on=on)
        return
    settles = next(iter(representatives_of(case, on)), None)
    if settles is None:
        raise Refusal(f"{case.person} has died. Put on record who settles what they leave first: they are written to.")
    about |= {"person": str(case.person)}
    template = AFTER_DEATH[template]
    write_to_supporter(case=case, to=settles, template=template, data=about, key=key, by=by, on=on)
