"""When nothing is asked of somebody: a disputed bill, a doubt who manages the money, the statutory breathing space."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from leeway import said
from leeway.access.access import check_can
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import can_take_part
from leeway.care.people.actions import set_task, tell
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case, Whose
from leeway.days import HAPPENED, PLANNED, check_day
from leeway.law import law_on
from leeway.messages.actions import stop_messages
from leeway.money.bills.kinds import BecauseOf, Every, SpaceKind
from leeway.money.bills.models import BreathingSpace, Pause
from leeway.money.bills.payers import payers_of
from leeway.money.bills.standing import nth_day
from leeway.refusal import NotAllowed, Refusal

#: The messages that ask somebody to pay.
ASKING = ("bill_ready", "bill_late", "bill_reminder")
ANSWERED = {
    BecauseOf.DISPUTE: "The dispute is answered",
    BecauseOf.CAPACITY: "It is known who manages the money",
    BecauseOf.BEFORE: "What was owed before is looked at",
}
SCHEME_STARTED = date(2021, 5, 4)  # SI 2020/1311, reg. 1
DAY = timedelta(days=1)


@transaction.atomic
def pause(*, case: Case, because_of: BecauseOf, words: str, by: User, on: date) -> Pause:
    """Have nobody reminded: the person disputes a bill, or may not be able to manage their money.

    The person, whoever helps them with leave, their worker and finance can say so.
    """
    if not (by.can(Capability.CONFIRM_RECEIPTS) or can_take_part(by, case, on)):
        raise NotAllowed(f"{case.person}, anyone they gave leave, their worker or finance can say this.")
    case = lock_case(case.pk)
    if case.pauses.filter(because_of=because_of, ended_on=None).exists():
        raise Refusal("This is on record already, and waits for an answer.")
    dispute = because_of == BecauseOf.DISPUTE
    ask = "Say what looks wrong." if dispute else "Say what was seen or heard."
    words = said.sentence(words, ask=ask, field="words")
    found = Pause.objects.create(case=case, because_of=because_of, words=words, starts_on=on, started_by=by)
    if because_of == BecauseOf.CAPACITY:
        _stop_asking(case, "It is not known who manages the money.", by, on)
    sentence = "A bill is disputed" if dispute else "They may not be able to manage their money"
    tell(case=case, kind=Event.BILLS, sentence=f"{sentence}: {words} Nobody is reminded meanwhile.", by=by, on=on)
    what = f"{case.person} disputes a bill. Look at it, and answer." if dispute else (
        f"Find out who manages {case.person}’s money, and what help they need."
    )  # fmt: skip
    due_on = on + timedelta(days=10)
    whose = Whose.FINANCE if dispute else Whose.WORKER
    set_task(case=case, kind=Event.BILLS, what=what, whose=whose, due_on=due_on, on=on)
    return found


@transaction.atomic
def go_on(*, pause: Pause, outcome: str, by: User, on: date) -> Pause:
    """Say what came of it: the dispute is answered, or it is known who manages the money. Then bills go on."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    case = lock_case(pause.case_id)
    pause = Pause.objects.get(pk=pause.pk)
    if pause.ended_on is not None:
        raise Refusal("This was settled already.")
    ask = "Say what came of it. The person can read this."
    pause.outcome = said.sentence(outcome, ask=ask, field="outcome", least=said.REASON)
    pause.ended_on, pause.ended_by = on, by
    pause.save(update_fields=["outcome", "ended_on", "ended_by"])
    sentence = f"{ANSWERED[BecauseOf(pause.because_of)]}: {pause.outcome}"
    tell(case=case, kind=Event.BILLS, sentence=sentence, by=by, on=on)
    return pause


@transaction.atomic
def start_breathing_space(
    *, case: Case, kind: SpaceKind, register_reference: str, starts_on: date, by: User, on: date
) -> BreathingSpace:
    """Record a breathing space as the register told of it. From its first day nothing is asked and no clock runs.

    What was written and has not left does not leave. Refused: a second standard one within twelve months, and one
    beside another.
    """
    check_can(by, Capability.CONFIRM_RECEIPTS)
    check_day(starts_on, HAPPENED, field="starts_on", what="The day on which it starts", on=on + DAY)
    case = lock_case(case.pk)
    if starts_on < SCHEME_STARTED:
        raise Refusal("There are breathing spaces from 4 May 2021 on. Check the day.", field="starts_on")
    reference = register_reference.strip()
    if len(reference) < 4:
        raise Refusal("Enter the reference of the register’s notice.", field="register_reference")
    law = law_on(starts_on, settings.COUNCIL_POLICY)
    _require_free(case, kind, starts_on, law["debt_respite.months_between_standard"])
    standard = kind == SpaceKind.STANDARD
    space = BreathingSpace.objects.create(
        case=case,
        kind=kind,
        register_reference=reference,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=law["debt_respite.standard_days"] - 1) if standard else None,
        told_on=on,
        told_by=by,
        review_by=starts_on + timedelta(days=law["debt_respite.midway_review_until_day"] - 1) if standard else None,
    )
    _stop_asking(case, "A breathing space began.", by, on)
    until = f"until {space.ends_on:%-d %B %Y}" if space.ends_on else "until 30 days after the treatment ends"
    sentence = f"A breathing space began on {starts_on:%-d %B %Y}, {until}. Nothing about what is owed is sent."
    tell(case=case, kind=Event.BILLS, sentence=sentence, by=by, on=on)
    if space.ends_on:
        what = f"{case.person}’s breathing space is over. Ask what help they need before anything is sent."
        _set_task(case, what, max(space.ends_on + DAY, on), on)
    return space


@transaction.atomic
def record_midway_review(
    *, space: BreathingSpace, reviewed_on: date, goes_on: bool, by: User, on: date
) -> BreathingSpace:
    """Record what the debt adviser's midway review said: a standard breathing space goes on, or ends that day."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    check_day(reviewed_on, HAPPENED, field="reviewed_on", what="The day of the review", on=on)
    space = _locked(space)
    law = law_on(space.starts_on, settings.COUNCIL_POLICY)
    first = space.starts_on + timedelta(days=law["debt_respite.midway_review_from_day"] - 1)
    if space.kind != SpaceKind.STANDARD or space.reviewed_on is not None:
        raise Refusal("A standard breathing space has one midway review. That in a crisis has none.")
    if reviewed_on < first:
        raise Refusal(f"The midway review is from {first:%-d %B %Y} on. Check the day.", field="reviewed_on")
    if space.ends_on is not None and reviewed_on > space.ends_on:
        raise Refusal(
            f"The breathing space was over on {space.ends_on:%-d %B %Y}, before this review. Check the day.",
            field="reviewed_on",
        )
    space.reviewed_on = reviewed_on
    space.save(update_fields=["reviewed_on"])
    if not goes_on:
        _end(space, reviewed_on, "The debt adviser ended it at the midway review.", by, on)
    return space


@transaction.atomic
def end_treatment(*, space: BreathingSpace, treatment_ended_on: date, by: User, on: date) -> BreathingSpace:
    """Record that the treatment in a mental health crisis has ended: the breathing space lasts thirty days more."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    check_day(treatment_ended_on, HAPPENED, field="treatment_ended_on", what="The day on which it ended", on=on)
    space = _locked(space)
    if space.kind != SpaceKind.CRISIS or space.treatment_ended_on is not None:
        raise Refusal("This is no crisis whose treatment goes on.")
    if space.ended_early_because:
        raise Refusal("This breathing space ended early already, as the register told.")
    if treatment_ended_on < space.starts_on:
        raise Refusal("The treatment ended after the breathing space began. Check the day.", field="treatment_ended_on")
    days = law_on(treatment_ended_on, settings.COUNCIL_POLICY)["debt_respite.crisis_days_after_treatment"]
    space.treatment_ended_on = treatment_ended_on
    space.ends_on = treatment_ended_on + timedelta(days=days)
    space.save(update_fields=["treatment_ended_on", "ends_on"])
    sentence = f"The treatment ended on {treatment_ended_on:%-d %B %Y}. The breathing space lasts until "
    tell(case=space.case, kind=Event.BILLS, sentence=f"{sentence}{space.ends_on:%-d %B %Y}.", by=by, on=on)
    what = f"{space.case.person}’s breathing space is over. Ask what help they need before anything is sent."
    _set_task(space.case, what, max(space.ends_on + DAY, on), on)
    return space


@transaction.atomic
def end_breathing_space(*, space: BreathingSpace, ends_on: date, because: str, by: User, on: date) -> BreathingSpace:
    """Record that the register told of an earlier end: cancelled, or a court or the adviser ended it."""
    check_can(by, Capability.CONFIRM_RECEIPTS)
    check_day(ends_on, PLANNED, field="ends_on", what="The last day", on=on)
    space = _locked(space)
    if ends_on < space.starts_on or (space.ends_on is not None and ends_on >= space.ends_on):
        raise Refusal("The new last day lies between its first day and the last that is on record.", field="ends_on")
    ask = "Say what the register told, and how you know."
    because = said.sentence(because, ask=ask, field="because", least=said.REASON)
    return _end(space, ends_on, because, by, on)


def _end(space: BreathingSpace, ends_on: date, because: str, by: User, on: date) -> BreathingSpace:
    space.ends_on, space.ended_early_because = ends_on, because
    space.save(update_fields=["ends_on", "ended_early_because"])
    sentence = f"The breathing space ends early, on {ends_on:%-d %B %Y}: {because}"
    tell(case=space.case, kind=Event.BILLS, sentence=sentence, by=by, on=on)
    return space


def _require_free(case: Case, kind: SpaceKind, starts_on: date, months: int) -> None:
    """Refuse one beside another, and a second standard one too soon after the first."""
    beside = case.breathing_spaces.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
    if beside.exists():
        raise Refusal("There is a breathing space on record that holds on this day.", field="starts_on")
    last = case.breathing_spaces.filter(kind=SpaceKind.STANDARD).order_by("-ends_on").first()
    if kind == SpaceKind.STANDARD and last is not None and last.ends_on is not None:
        again = nth_day(last.ends_on, Every.MONTH, months)
        if starts_on < again:
            raise Refusal(
                f"A standard breathing space ended on {last.ends_on:%-d %B %Y}. There is no second one before "
                f"{again:%-d %B %Y}: ask whoever sent the notice.",
                field="starts_on",
            )


def _stop_asking(case: Case, because: str, by: User, on: date) -> None:
    """What asks them, or whoever pays for them, to pay and has not left does not leave."""
    payer = payers_of([case], on).get(case.pk)
    for recipient in (case.person_id, *([payer.pk] if payer else [])):
        stop_messages(recipient_id=recipient, because=because, templates=ASKING, by=by, on=on)


def _set_task(case: Case, what: str, due_on: date, on: date) -> None:
    set_task(case=case, kind=Event.BILLS, what=what, whose=Whose.FINANCE, due_on=due_on, on=on)


def _locked(space: BreathingSpace) -> BreathingSpace:
    case = lock_case(space.case_id)
    found = BreathingSpace.objects.get(pk=space.pk)
    found.case = case
    return found
