"""Having an account checked: when it falls due, what is said of each flag, what the person answers, how often."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction

from leeway import said
from leeway.access.models import User
from leeway.care.people.access import lives
from leeway.care.people.actions import finish_tasks, set_task, tell, write_to_person
from leeway.care.people.events import Event
from leeway.care.people.locks import lock_case
from leeway.care.people.models import Case, Whose
from leeway.law.dated import Law
from leeway.money.monitoring import queries
from leeway.money.monitoring.access import check_can_check, check_can_reply, check_can_set_level
from leeway.money.monitoring.kinds import Answer, Outcome, Touch
from leeway.money.monitoring.models import Check, Flagged, Level
from leeway.money.monitoring.queries import DAY, Next
from leeway.money.monitoring.seeing import Seen, see
from leeway.refusal import EditedMeanwhile, Refusal

log = logging.getLogger(__name__)
#: How soon what the person answered is to be read, and what is looked further into to be talked about.
READ_WITHIN, TALK_WITHIN = timedelta(days=5), timedelta(days=14)
FINE_WORDS = "All is fine. There is nothing for you to do."
NOTHING_CHANGES = "Your payments go on as they are."


@dataclass(frozen=True)
class Said:
    """What whoever checks says of one thing pointed out, and in which words."""

    answer: Answer
    words: str


@dataclass(frozen=True)
class Night:
    """What one night did: how many checks fell due, how many open ones were looked at anew, what was in trouble."""

    new: int
    again: int
    troubled: tuple[UUID, ...]


def make_due(*, on: date) -> Night:
    """Have the accounts checked whose time has come, and look anew at those whose check is open. Nightly work.

    Each by itself: one with a fault in its record holds up no other.
    """
    law = queries.policy_on(on)
    open_before, coming, troubled = list(Check.objects.filter(finished_on=None)), queries.falling_due(law), []
    works = [(check.case_id, partial(_look_anew, check, on)) for check in open_before]
    works += [(case.pk, partial(_fall_due, case, next_, law)) for case, next_ in coming]
    for case_id, work in works:
        try:
            with transaction.atomic():
                work()
        except Exception as problem:
            log.error("The account of case %s could not be looked at: %s.", case_id, type(problem).__name__)
            troubled.append(case_id)
    return Night(len(coming), len(open_before), tuple(troubled))


def _look_anew(check: Check, on: date) -> None:
    """Look again at an account whose check is open, if it still is."""
    check = queries.get_check(lock_case(check.case_id), check.pk)
    if check.finished_on is None:
        _keep_seen(see(check, on), on)


def _fall_due(case: Case, next_: Next, law: Law) -> None:
    """Have an account checked: of the days since the last check, or since the first payment."""
    within = timedelta(days=law["monitoring.within_days"])
    check = Check.objects.create(
        case=lock_case(case.pk),
        because=next_.because,
        from_on=next_.starts_on,
        until_on=max(next_.starts_on, law.on - DAY),
        made_on=law.on,
        due_on=law.on + within,
    )
    _keep_seen(see(check, law.on), law.on)
    missing = queries.statement_missing(case, check.until_on)
    if missing is not None:
        days = {"days": missing, "by": f"{check.due_on:%-d %B %Y}"}
        _write(case, "statement_asked", days, f"statement_asked:{check.pk}", None, law.on)


def _keep_seen(seen: Seen, on: date) -> dict[str, Flagged]:
    """Keep what is pointed out now beside what was before: new, still there, or gone. Gives what stands."""
    before = queries.said_of(seen.check)
    there = {flag.kind.value: flag for flag in seen.flags}
    for kind, flag in there.items():
        told = {"lines": list(flag.lines), "seen": flag.seen, "perhaps": flag.perhaps, "ask": flag.ask}
        known = before.get(kind)
        if known is None:
            before[kind] = Flagged.objects.create(check_of=seen.check, kind=kind, found_on=on, **told)
        elif known.gone_on is not None or any(getattr(known, name) != value for name, value in told.items()):
            _fill(known, gone_on=None, **told)
    for kind in before.keys() - there.keys():
        if before[kind].gone_on is None:
            _fill(before[kind], gone_on=on)
    return {kind: before[kind] for kind in there}


@transaction.atomic
def answer(*, check: Check, answers: Mapping[str, Said], version: int, by: User, on: date) -> Check:
    """Say of each thing pointed out that it is explained, ask the person, or look further.

    Where nobody is asked, the check is finished with this: all fine where all is explained. The person is told either
    way. `version` is `queries.version_said` of the check, as the user saw it. Raises EditedMeanwhile.
    """
    case = lock_case(check.case_id)
    check_can_check(by, case)
    check = queries.get_check(case, check.pk)
    if check.finished_on is not None:
        raise Refusal("This check was finished already. Open it again to see what came of it.")
    if queries.version_said(check, queries.said_of(check)) != version:
        raise EditedMeanwhile
    seen = see(check, on)
    standing = _keep_seen(seen, on)
    for kind, flagged in standing.items():
        if kind not in answers:
            raise Refusal(f"Something was pointed out meanwhile: “{flagged.label}”. Say of it what you think.")
    asked = [kind for kind, flagged in standing.items() if _say(flagged, answers[kind], by, on)]
    given = [answers[kind] for kind in standing]
    if asked:
        _ask(check, by, on)
    elif any(each.answer == Answer.ASK for each in given):
        raise Refusal("They were asked, and have not answered yet. Wait for the answer, or say something else of it.")
    else:
        _finish(seen, given, by, on)
    return check


def _say(flagged: Flagged, given: Said, by: User, on: date) -> bool:
    """Keep what is said of one thing pointed out. Gives whether the person is asked something by it."""
    ask = "Say in a few words what explains it, what to ask, or what to look into."
    words = said.sentence(given.words, ask=ask, field=f"words_{flagged.kind}", least=said.FEW)
    asks = given.answer == Answer.ASK
    if asks and flagged.answer == Answer.ASK and words == flagged.words:
        if not flagged.reply:
            return False
        raise Refusal(
            "The person answered this. Say that it is explained, look further, or ask something else.",
            field=f"answer_{flagged.kind}",
        )
    _fill(flagged, answer=given.answer, words=words, answered_by=by, answered_on=on)
    if asks:
        _fill(flagged, question=words, asked_by=by, asked_on=on, reply="", replied_by=None, replied_on=None)
    return asks


def _ask(check: Check, by: User, on: date) -> None:
    """The person has something to answer: they are told, and the check waits."""
    finish_tasks(case=check.case, kinds=[Event.ACCOUNT_ANSWERED], by=by, on=on)
    sentence = f"{by.name} asked something about the account of the direct payment."
    line = tell(case=check.case, kind=Event.ACCOUNT_CHECK, sentence=sentence, by=by, on=on)
    _write(check.case, "account_asked", {}, f"account_asked:{line.pk}", by, on)
    person = check.case.person
    if person.user_id is None and lives(person):
        what = f"{person} does not sign in: ask what finance asked about the account, and put down the answer."
        due_on = on + TALK_WITHIN
        set_task(case=check.case, kind=Event.ACCOUNT_ANSWERED, what=what, whose=Whose.WORKER, due_on=due_on, on=on)


def _finish(seen: Seen, given: list[Said], by: User, on: date) -> None:
    check, case = seen.check, seen.check.case
    further = [each.words for each in given if each.answer == Answer.FURTHER]
    if not further and not seen.is_known:
        raise Refusal("No line of these days is here, so nobody can say that all is fine. Read a statement first.")
    check.finished_by, check.finished_on = by, on
    check.outcome = Outcome.FURTHER if further else Outcome.FINE
    check.words = " ".join(said.ended(words) for words in further) or FINE_WORDS
    check.save(update_fields=["finished_by", "finished_on", "outcome", "words"])
    finish_tasks(case=case, kinds=[Event.ACCOUNT_ANSWERED], by=by, on=on)
    came = "all is fine" if not further else "there is something to talk about"
    line = tell(case=case, kind=Event.ACCOUNT_CHECK, sentence=f"{by.name} checked the account: {came}.", by=by, on=on)
    worker = case.worker.name if case.worker else f"the {case.team}"
    result = FINE_WORDS
    if further:
        what = f"Talk with {case.person} about the account: {check.words}"
        set_task(case=case, kind=Event.ACCOUNT_CHECK, what=what, whose=Whose.WORKER, due_on=on + TALK_WITHIN, on=on)
        result = f"There is something that {worker} will talk about with you. {NOTHING_CHANGES}"
    _write(case, "account_checked", {"result": result}, f"account_checked:{line.pk}", by, on)


@transaction.atomic
def reply(*, flagged: Flagged, reply: str, by: User, on: date) -> Flagged:
    """Answer what was asked in a check: the person, somebody for them, or the worker whom they told."""
    case = lock_case(flagged.check_of.case_id)
    check_can_reply(by, case, on)
    words = said.sentence(reply, ask="Write your answer in a few words.", field="reply", least=said.FEW)
    flagged = queries.get_question(case, flagged.pk)
    if flagged.check_of.finished_on is not None or flagged.gone_on is not None:
        raise Refusal("This needs no answer any more.")
    if flagged.reply:
        raise Refusal("This was answered already. If something is wrong, ask us.")
    _fill(flagged, reply=words, replied_by=by, replied_on=on)
    if not queries.questions_to(case).exists():
        sentence = f"{by.name} answered what was asked about the account."
        tell(case=case, kind=Event.ACCOUNT_ANSWERED, sentence=sentence, by=by, on=on)
        finish_tasks(case=case, kinds=[Event.ACCOUNT_ANSWERED], by=by, on=on)
        what = f"Read what was answered about {case.person}’s account, and finish the check."
        set_task(case=case, kind=Event.ACCOUNT_ANSWERED, what=what, whose=Whose.FINANCE, due_on=on + READ_WITHIN, on=on)
    return flagged


@transaction.atomic
def set_level(*, case: Case, level: Touch, reason: str, by: User, on: date) -> Level:
    """Say how often an account is checked from now on, and why, in words that the person reads."""
    case = lock_case(case.pk)
    check_can_set_level(by, case)
    before = queries.level_of(case)
    if level == (before.level if before else Touch.LOW):
        raise Refusal("It is checked this often already.", field="level")
    ask = "Say in a sentence why, for the person to read."
    reason = said.sentence(reason, ask=ask, field="reason", least=said.REASON)
    found = Level.objects.create(case=case, level=level, reason=reason, set_by=by, set_on=on)
    how = found.get_level_display().lower()
    sentence = f"{by.name} set how often the account is checked: {how}. {said.ended(reason)}"
    tell(case=case, kind=Event.ACCOUNT_CHECK, sentence=sentence, by=by, on=on)
    _write(case, "account_level", {"how": how}, f"account_level:{found.pk}", by, on)
    return found


def _write(case: Case, template: str, data: Mapping[str, str], key: str, by: User | None, on: date) -> None:
    """Write to the person, where they live: after a death nobody is written to by this."""
    if case.person.date_of_death is None:
        write_to_person(case=case, template=template, data=data, key=key, by=by, on=on)


def _fill(flagged: Flagged, **values) -> None:
    for name, value in values.items():
        setattr(flagged, name, value)
    flagged.save(update_fields=list(values))
