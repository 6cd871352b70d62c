"""Every write about people, those around them, and the stage of their case."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.core.files.base import File as DjangoFile
from django.db import transaction
from django.db.models import Q, QuerySet

from leeway import said
from leeway.access.access import check_can
from leeway.access.actions import invite
from leeway.access.alike import plain_name
from leeway.access.invitations import is_locked, unlock
from leeway.access.looks import record_looks
from leeway.access.models import User
from leeway.access.roles import Capability
from leeway.care.people.access import (
    can_work_on,
    check_can_add_file,
    check_can_work_on,
    check_lives,
    check_reason,
    is_task_of,
    leads,
)
from leeway.care.people.events import Event, follow
from leeway.care.people.locks import lock_case, lock_cases
from leeway.care.people.models import (
    Authority,
    CapacityDecision,
    Case,
    CaseKind,
    Person,
    Relationship,
    StoryLine,
    Task,
    Whose,
)
from leeway.care.people.queries import latest_capacity, owner_of_files
from leeway.care.people.recipients import recipient_for, recipient_of
from leeway.care.people.states import MOVES, Stage
from leeway.days import BORN, LASTING, PLANNED, check_day
from leeway.files.actions import keep_file
from leeway.files.models import File, FileKind
from leeway.law.births import Birth
from leeway.messages import actions as outbox
from leeway.messages.models import Message
from leeway.messages.queries import in_need_of_somebody
from leeway.messages.recipients import About, Recipient, check_phone
from leeway.messages.states import State as MessageState
from leeway.moves import require_move
from leeway.refusal import NotAllowed, Refusal
from leeway.versions import claim_version, lock_as_seen

NEEDS_CAPACITY = frozenset({Authority.NOMINATED})
#: What somebody may still be to a person who has died.
AFTER_DEATH = frozenset({Authority.NONE, Authority.REPRESENTATIVE})
NEEDS_LACK_OF_CAPACITY = frozenset({Authority.AUTHORISED})
#: What the pages that give out a case, and that close it, were made from.
HOLDER, WHERE_IT_STANDS = ("worker",), ("stage",)


@transaction.atomic
def tell(*, case: Case, kind: Event, sentence: str, by: User, on: date) -> StoryLine:
    """Write one line of the case's story, and let what follows from its kind happen with it, or neither.

    Other actions call this. A line is never changed afterwards.
    """
    line = StoryLine.objects.create(case=case, kind=kind, sentence=sentence, by=by, by_name=by.name, happened_on=on)
    follow(line)
    return line


def tell_of_words(*, case: Case, where: str, by: User, on: date) -> None:
    """Let the worker know that the person, or who helps them, wrote something: once, until that is read."""
    if not by.is_staff_member and not case.tasks.filter(kind=Event.OWN_WORDS, done_on=None).exists():
        tell(case=case, kind=Event.OWN_WORDS, sentence=f"{by.name} wrote in {where}.", by=by, on=on)


def tell_every_case(person: Person, *, kind: Event, sentence: str, by: User, on: date) -> None:
    """Write the same line in all of a person's cases, since it touches whoever works on any of them."""
    for case in person.cases.all():
        tell(case=case, kind=kind, sentence=sentence, by=by, on=on)


def set_task(*, case: Case, kind: Event, what: str, whose: Whose, due_on: date, on: date) -> Task:
    """Ask somebody to do something in a case by a day. Asked twice, it stands once."""
    check_day(due_on, PLANNED, field="due_on", what="The day by which it is due", on=on)
    task, _new = Task.objects.get_or_create(
        case=case, kind=kind, whose=whose, what=what, done_on=None, defaults={"due_on": due_on, "set_on": on}
    )
    return task


def set_tasks(*, tasks: Iterable[tuple[Case, str]], kind: Event, whose: Whose, due_on: date, on: date) -> None:
    """Ask somebody to do something in many cases at once: pairs of the case and what is to be done."""
    check_day(due_on, PLANNED, field="due_on", what="The day by which it is due", on=on)
    new = [Task(case=case, kind=kind, whose=whose, what=what, due_on=due_on, set_on=on) for case, what in tasks]
    Task.objects.bulk_create(new, ignore_conflicts=True)


def finish_tasks(*, case: Case, kinds: Collection[Event], by: User, on: date) -> None:
    """Finish the tasks of some kinds in a case, since what was just done leaves nothing of them."""
    finish_tasks_of_many(cases=Case.objects.filter(pk=case.pk), kinds=kinds, by=by, on=on)


def finish_tasks_of_many(*, cases: QuerySet[Case], kinds: Collection[Event], by: User, on: date) -> None:
    """Finish the tasks of some kinds in many cases at once."""
    Task.objects.filter(case__in=cases, kind__in=kinds, done_on=None).update(done_by=by, done_on=on)


def end_tasks(*, case: Case, kinds: Collection[Event], whose: Collection[Whose], line: StoryLine) -> None:
    """End what is still to be done because of earlier events, since what just happened leaves nothing of it.

    What a death had ended is ended for this reason now: undoing the death does not bring it back.
    """
    tasks = Task.objects.filter(Q(done_on=None) | Q(ended_with__kind=Event.DIED), case=case)
    ended = tasks.filter(kind__in=kinds, whose__in=whose)
    ended.update(done_by=line.by_id, done_on=line.happened_on, ended_with=line)


def open_tasks_again(*, case: Case, ended_by: Event) -> None:
    """Open the tasks again that an event ended, since it did not happen after all."""
    ended = Task.objects.filter(case=case, ended_with__kind=ended_by)
    again = {(task.kind, task.whose, task.what): task for task in ended.order_by("-done_on")}
    standing = case.tasks.filter(done_on=None).values_list("kind", "whose", "what")
    for key in set(again) - set(standing):
        task = again[key]
        task.done_by = task.done_on = task.ended_with = None
        task.save(update_fields=["done_by", "done_on", "ended_with"])


def tell_many(*, lines: Iterable[tuple[UUID, str]], kind: Event, by: User, on: date) -> None:
    """Write a line in each of many cases' stories at once: pairs of the case's id and the sentence."""
    new = [
        StoryLine(case_id=case, kind=kind, sentence=sentence, by=by, by_name=by.name, happened_on=on)
        for case, sentence in lines
    ]
    for line in StoryLine.objects.bulk_create(new, batch_size=5000):
        follow(line)


@transaction.atomic
def finish_task(*, task: Task, by: User, on: date) -> Task:
    """Say that a task is done, by whoever it belongs to."""
    task = Task.objects.select_for_update().select_related("case").get(pk=task.pk)
    if not is_task_of(by, task):
        raise NotAllowed(f"This is for {task.get_whose_display().lower()} to do.")
    if task.done_on is not None:
        raise Refusal(f"This was done on {task.done_on:%-d %B %Y} already.")
    task.done_by, task.done_on = by, on
    task.save(update_fields=["done_by", "done_on"])
    return task


@transaction.atomic
def add_person(*, details: dict, by: User, on: date) -> Person:
    """Put a person on record. Refused when the NHS number is already someone's, saying whose to look for."""
    check_can(by, Capability.WORK_ON_CASES)
    number = details.get("nhs_number")
    if number and Person.objects.filter(nhs_number=number).exists():
        raise Refusal("Someone with this NHS number is already on record. Search for it.", field="nhs_number")
    return Person.objects.create(**_checked(details, None, on))


def _checked(details: dict, birth: Birth | None, on: date) -> dict:
    """The details of a person, once they can be meant. A child is asked about, unless that birth is on record."""
    said = {name: value for name, value in details.items() if name != "young"}
    born, year = said["date_of_birth"], said.get("year_of_birth")
    check_day(born, BORN, field="date_of_birth", what="The date of birth", on=on)
    if born and year:
        raise Refusal("Enter the date of birth, or the year where it alone is known.", field="year_of_birth")
    if year and not on.year - BORN.years_back <= year <= on.year:
        raise Refusal(f"Year of birth: {year} cannot be meant. Enter it with four digits.", field="year_of_birth")
    new = Birth.known(born, year)
    if new and new != birth and not new.has_turned(18, on) and not details.get("young"):
        years = new.least_age(on)
        raise Refusal(
            f"Somebody born then is {'not a year' if years < 1 else f'{years} years'} old. Check the year. If they are "
            "moving on to adult services, say so here.",
            field="young",
        )
    if said.get("phone"):
        check_phone(said["phone"])
    return said


@transaction.atomic
def change_person(*, person: Person, details: dict, version: int, by: User, on: date) -> Person:
    """Correct a person's details, by whoever works on one of their cases. Every earlier version is kept.

    Raises EditedMeanwhile when someone saved after `version`.
    """
    cases = list(person.cases.all())
    if not any(can_work_on(by, case) for case in cases):
        raise NotAllowed("Only the worker of the person’s case or the manager of its team can change these details.")
    details = _checked(details, person.birth, on)
    number = details.get("nhs_number")
    if number and Person.objects.filter(nhs_number=number).exclude(pk=person.pk).exists():
        raise Refusal("Someone else with this NHS number is already on record.", field="nhs_number")
    claim_version(person, version, **details)
    for case in cases:
        if case.stage != Stage.CLOSED:
            tell(case=case, kind=Event.DETAILS, sentence="Details brought up to date.", by=by, on=on)
    if person.date_of_death is None:
        write_anew(person, recipient_for(person), by, on)
    return person


@transaction.atomic
def open_case(*, person: Person, details: dict, by: User, on: date) -> Case:
    """Start a person's journey from a request for help. One open case for themselves, one for each they care for.

    It is open since it was asked for: today, or the day `opened_on` of the details.

    Asks for a reason where somebody else works with the person, and tells their cases of it.
    """
    check_can(by, Capability.WORK_ON_CASES)
    check_reason(by, person)
    check_lives(person)
    kind = details.get("kind", CaseKind.ADULT)
    cared_for, cared_for_name = details.get("cared_for"), details.get("cared_for_name", "")
    others = list(person.cases.exclude(stage=Stage.CLOSED))
    if any((case.kind, case.cared_for, case.cared_for_name) == (kind, cared_for, cared_for_name) for case in others):
        of = f" as a carer of {cared_for or cared_for_name}" if kind == CaseKind.CARER else ""
        raise Refusal(f"{person} already has an open case{of}. Carry on with that one.")
    if details.get("team") is None:
        raise Refusal("You have no team yet, and every case has one. Ask an administrator to put you in a team.")
    if kind == CaseKind.CARER and not (cared_for or cared_for_name):
        raise Refusal("Say whom this person cares for.", field="cared_for_name")
    if kind == CaseKind.CARER and cared_for == person:
        raise Refusal("A carer cares for somebody else. Choose the person they care for.", field="cared_for")
    if cared_for is not None and cared_for.date_of_death is not None:
        raise Refusal(f"{cared_for} has died. Ask for {person} in their own right.", field="cared_for")
    case = Case.objects.create(person=person, **{"opened_on": on} | details)
    if case.cared_for_id is not None:
        record_looks(viewer=by, person_ids=[case.cared_for_id], page="Named as cared for, in a carer’s request")
    for other in others:
        sentence = f"{case.team} took down another request: {case.get_kind_display().lower()}."
        tell(case=other, kind=Event.REQUEST, sentence=sentence, by=by, on=on)
    sentence = f"Asked for help: {case.get_request_route_display().lower()}."
    tell(case=case, kind=Event.REQUEST, sentence=sentence, by=by, on=on)
    return case


@transaction.atomic
def give_case(*, case: Case, worker: User, version: int, by: User, on: date) -> Case:
    """Give a case to a worker: a manager to anyone of the case's team, an assessor to themselves.

    `version` is `version_of` the HOLDER whom the user saw. Raises EditedMeanwhile.
    """
    lock_as_seen(case, version, *HOLDER)
    takes_on = by.can(Capability.HOLD_CASES) and by == worker and case.worker_id is None
    if not takes_on and not leads(by, case):
        raise NotAllowed("The manager of the team gives out its cases; an assessor can take one that is free.")
    if not worker.can(Capability.HOLD_CASES) or worker.team_id != case.team_id:
        raise Refusal(f"{worker.name} is not an assessor of {case.team}.", field="worker")
    case.worker = worker
    case.save(update_fields=["worker"])
    tell(case=case, kind=Event.GIVEN, sentence=f"{worker.name} is the worker from now on.", by=by, on=on)
    return case


@transaction.atomic
def move_case(*, case: Case, to: Stage, kind: Event, sentence: str, by: User, on: date) -> Case:
    """Move a case to its next stage and say so in its story. The only place that changes a stage.

    Called by the actions of the stage that ends, which have checked that this user may end it.
    """
    locked = lock_case(case.pk)
    died_on = locked.person.date_of_death
    if died_on is not None and to != Stage.CLOSED:
        raise Refusal(
            f"{locked.person} died on {died_on:%-d %B %Y}, so this goes no further. Close the case once everything "
            "is settled. If the death was recorded by mistake, undo it first."
        )
    require_move(MOVES, locked.stage, to, of="This case")
    case.stage = to
    case.closed_on, case.closed_reason = (on, sentence) if to == Stage.CLOSED else (None, "")
    case.save(update_fields=["stage", "closed_on", "closed_reason"])
    tell(case=case, kind=kind, sentence=sentence, by=by, on=on)
    return case


@transaction.atomic
def close_case(*, case: Case, reason: str, version: int, by: User, on: date) -> Case:
    """End a case before support starts, or after the person's death, with the reason.

    `version` is `version_of` WHERE_IT_STANDS, as the user saw it. Raises EditedMeanwhile.
    """
    check_can_work_on(by, case)
    lock_as_seen(case, version, *WHERE_IT_STANDS)
    why = said.sentence(reason, ask="Say why the case is closed, in a few words.", field="reason", least=said.FEW)
    settled = case.person.date_of_death is not None
    if not settled and case.stage in {Stage.ACTIVE, Stage.REVIEW, Stage.ARRANGING}:
        raise Refusal("Support is in place or being set up. Hold a review and end it there.")
    sentence = f"Closed: {why}"
    return move_case(case=case, to=Stage.CLOSED, kind=Event.CLOSED, sentence=sentence, by=by, on=on)


@transaction.atomic
def reopen_case(*, case: Case, reason: str, version: int, by: User, on: date) -> Case:
    """Open a closed case again, with the reason. It stands where a request does; all that was written is there.

    `version` is `version_of` WHERE_IT_STANDS, as the user saw it. Raises EditedMeanwhile.
    """
    check_can_work_on(by, case)
    check_lives(case.person)
    lock_as_seen(case, version, *WHERE_IT_STANDS)
    why = said.sentence(reason, ask="Say why the case is opened again, in a few words.", field="reason", least=said.FEW)
    same = Q(kind=case.kind, cared_for=case.cared_for_id, cared_for_name=case.cared_for_name)
    if case.person.cases.filter(same).exclude(stage=Stage.CLOSED).exists():
        raise Refusal(f"{case.person} has another case of this kind, which is open. Carry on with that one.")
    sentence = f"Opened again: {why}"
    return move_case(case=case, to=Stage.REQUEST, kind=Event.REOPENED, sentence=sentence, by=by, on=on)


@transaction.atomic
def add_relationship(*, case: Case, details: dict, by: User, on: date) -> Relationship:
    """Record someone in the person's life and what they may do, with the evidence for it.

    A nominated person needs the person's capacity to choose them; an authorised person needs that the person
    lacks it. The two are never mixed. Asks for a reason where somebody else works with the person too.
    """
    check_can_work_on(by, case)
    check_reason(by, case.person)
    check_day(details.get("starts_on"), LASTING, field="starts_on", what="The first day", on=on)
    if details.get("phone"):
        check_phone(details["phone"])
    authority = details.get("authority", Authority.NONE)
    if authority not in AFTER_DEATH:
        check_lives(case.person)
    if authority == Authority.REPRESENTATIVE and details["starts_on"] > on:
        raise Refusal("Record them once they settle what is left: this day is in the future.", field="starts_on")
    if authority not in {Authority.NONE, Authority.CARER}:
        ask = "Say what shows this authority: the document seen, and when."
        said.sentence(details.get("evidence", ""), ask=ask, field="evidence", least=said.FEW)
    capacity = latest_capacity(case.person, "direct_payment")
    if authority in NEEDS_LACK_OF_CAPACITY and (capacity is None or capacity.has_capacity):
        raise Refusal(
            "An authorised person is for someone who lacks capacity to manage a direct payment. "
            "Record that capacity decision first, or choose a nominated person.",
            field="authority",
        )
    if authority in NEEDS_CAPACITY and capacity is not None and not capacity.has_capacity:
        raise Refusal(
            "A nominated person is chosen by someone who has capacity. The latest decision says otherwise: "
            "record an authorised person instead.",
            field="authority",
        )
    relationship = Relationship.objects.create(person=case.person, **details)
    tell(
        case=case,
        kind=Event.RELATIONSHIP,
        sentence=f"{relationship.name} recorded: {relationship.authority_in_short}.",
        by=by,
        on=on,
    )
    return relationship


@transaction.atomic
def end_relationship(
    *, case: Case, relationship: Relationship, ends_on: date, version: int, by: User, on: date
) -> None:
    """End what someone may do for the person, from a day. Raises EditedMeanwhile."""
    claim_relationship(case, relationship, version, by)
    if ends_on < relationship.starts_on:
        raise Refusal("It cannot end before it started.", field="ends_on")
    check_day(ends_on, LASTING, field="ends_on", what="The last day", on=on)
    relationship.ends_on = ends_on
    relationship.save(update_fields=["ends_on"])
    held_the_money = relationship.authority in NEEDS_CAPACITY | NEEDS_LACK_OF_CAPACITY
    tell(
        case=case,
        kind=Event.AUTHORITY_ENDED if held_the_money else Event.RELATIONSHIP,
        sentence=f"{relationship.name}, {relationship.authority_in_short}: ends on {ends_on:%-d %B %Y}.",
        by=by,
        on=on,
    )


@transaction.atomic
def decide_capacity(*, case: Case, details: dict, by: User, on: date) -> CapacityDecision:
    """Record whether the person could make one decision, how they were helped to, and why it was so judged."""
    check_can_work_on(by, case)
    check_lives(case.person)
    if not details["has_capacity"]:
        helped = "Say first, in a sentence, how the person was helped to decide for themselves."
        said.sentence(details["how_supported"], ask=helped, field="how_supported", least=said.FEW)
    why = "Say in a sentence why it was so judged: what they could or could not understand, keep in mind, weigh or say."
    said.sentence(details["reasons"], ask=why, field="reasons")
    meanwhile = details.get("meanwhile")
    if meanwhile is not None and (meanwhile.person_id != case.person_id or details["has_capacity"]):
        raise Refusal(
            "Somebody around the person manages the direct payment until the person can again, so only where they "
            "cannot now.",
            field="meanwhile",
        )
    decision = CapacityDecision.objects.create(person=case.person, decided_on=on, decided_by=by, **details)
    verdict = "can decide" if decision.has_capacity else "cannot decide, even with support"
    question = decision.get_question_display().lower()
    sentence = f"Capacity: {case.person} {verdict} {question}."
    tell(case=case, kind=Event.CAPACITY, sentence=sentence, by=by, on=on)
    return decision


def claim_relationship(case: Case, relationship: Relationship, version: int, by: User) -> None:
    """Lock one of the people around the person of a case, to be changed as the user saw them."""
    check_can_work_on(by, case)
    if relationship.person_id != case.person_id:
        raise NotAllowed("This relationship belongs to another person’s record.")
    lock_as_seen(relationship, version)


@transaction.atomic
def invite_person(*, case: Case, email: str, site_address: str, try_again: str = "", by: User, on: date) -> Person:
    """Invite the person to see their own record, and to take part in it; again, while they never signed in.

    A mistyped address is put right by inviting again: it opens nothing any more. Whoever signs in with the address
    already must have the person's name. Where too many birthdays were tried, `try_again` says why more may be.
    """
    check_can_work_on(by, case)
    person = Person.objects.select_for_update(no_key=True).get(pk=case.person_id)
    check_lives(person)
    before = person.user
    if before is not None and before.has_usable_password():
        raise Refusal(f"{person} signs in already, as {before.email}.")
    locked = before is not None and is_locked(before)
    if locked:
        ask = "Say in a sentence how you know that it is they who tried, and not somebody else."
        try_again = said.sentence(try_again, ask=ask, field="try_again")
    user = invite(email=email, name=str(person), site_address=site_address, by=by, on=on)
    if not locked and user == before and case.story.filter(kind=Event.INVITED, happened_on=on).exists():
        raise Refusal(f"{person} was invited today already. The email is on its way.", field="email")
    if Person.objects.filter(user=user).exclude(pk=person.pk).exists():
        raise Refusal("Someone else on record signs in with this address. Ask for another one.", field="email")
    if person.relationships.filter(user=user).exists():
        raise Refusal("A supporter signs in with this address. The person needs one of their own.", field="email")
    if plain_name(user.name) != plain_name(str(person)):
        raise Refusal(
            "Somebody of another name signs in with this address. Check it with the person, letter by letter. If it is "
            "theirs, an administrator can correct the name.",
            field="email",
        )
    person.user = user
    person.save(update_fields=["user"])
    sentence = f"{person} was invited to sign in."
    if before is not None and locked:
        unlock(before)
        sentence += f" They can try their birthday again: {try_again}"
    tell(case=case, kind=Event.INVITED, sentence=sentence, by=by, on=on)
    return person


@transaction.atomic
def add_file(*, case: Case, upload: DjangoFile, kind: FileKind, words: str, by: User, on: date) -> File:
    """Keep a file for a case, with what it is in the words of whoever brings it, and tell the story."""
    check_can_add_file(by, case, on)
    said.sentence(words, ask="Say in a few words what it is.", field="words", least=said.A_WORD)
    file = keep_file(upload=upload, kind=kind, words=words, owner=owner_of_files(case), by=by, on=on)
    sentence = f"Added a file: {file.get_kind_display().lower()}, “{file}”."
    tell(case=case, kind=Event.FILE, sentence=sentence, by=by, on=on)
    return file


@transaction.atomic
def write_to_person(
    *, case: Case, template: str, data: Mapping[str, str], key: str, by: User | None, on: date
) -> Message:
    """Write to the person of a case, once for each `key`. Raises HasDied for somebody who has died.

    Called by the actions that have something to tell, which have checked that this user may; at night nobody asks.
    """
    about = About(case.person_id, case.pk)
    to = recipient_for(lock_case(case.pk).person)  # whoever records their death waits, and stops what is written
    return outbox.write_message(template=template, to=to, data=data, about=about, key=key, by=by, on=on)


@transaction.atomic
def write_to_people(
    *, new: Sequence[tuple[Case, Mapping[str, str], str]], template: str, by: User | None, on: date
) -> list[Message]:
    """Write to the people of many cases at once, once for each key: the case, the fields and the key.

    Who has died meanwhile is left out.
    """
    cases = Case.objects.filter(pk__in=[case.pk for case, _data, _key in new])
    lock_cases(cases)
    now = cases.select_related("person").in_bulk()
    rows = [
        outbox.NewMessage(template, recipient_for(now[case.pk].person), data, About(case.person_id, case.pk), key)
        for case, data, key in new
        if now[case.pk].person.date_of_death is None
    ]
    return outbox.write_messages(new=rows, by=by, on=on)


@transaction.atomic
def write_to_supporter(
    *, case: Case, to: Relationship, template: str, data: Mapping[str, str], key: str, by: User, on: date
) -> Message:
    """Write to somebody in the person's life, such as whoever speaks for them after their death."""
    about = About(case.person_id, case.pk)
    recipient = recipient_of(to)
    return outbox.write_message(template=template, to=recipient, data=data, about=about, key=key, by=by, on=on)


@transaction.atomic
def send_again(*, case: Case, message: Message, by: User, on: date) -> Message:
    """Send a message that did not arrive, or that a mistaken death stopped, to what is on record of its recipient now.

    Supporters are written to about a death alone: where the person lives, that is not sent again.
    """
    check_can_work_on(by, case)
    supporter = case.person.relationships.filter(pk=message.recipient_id).first()
    if supporter and case.person.date_of_death is None:
        raise Refusal(f"This tells {supporter} of a death that was recorded by mistake, so it is not sent again.")
    to = recipient_of(supporter) if supporter else recipient_for(case.person)
    again = outbox.write_again(message=message, to=to, by=by, on=on)
    finish_message_tasks(case=case, by=by, on=on)
    return again


@transaction.atomic
def record_posted(*, case: Case, message: Message, by: User, on: date) -> Message:
    """Say that a letter was printed and posted, or that they were told in the way they need."""
    check_can_work_on(by, case)
    posted = outbox.record_posted(message=message, by=by, on=on)
    finish_message_tasks(case=case, by=by, on=on)
    return posted


@transaction.atomic
def record_returned(*, case: Case, message: Message, reason: str, by: User, on: date) -> Message:
    """Say that a message came back, or never arrived, and how one knows."""
    check_can_work_on(by, case)
    return outbox.record_returned(message=message, reason=reason, by=by, on=on)


def write_anew(person: Person, to: Recipient, by: User, on: date) -> None:
    """Have what has not left yet for somebody go to the address that is on record now."""
    if outbox.write_anew(to=to, by=by, on=on):
        for case in person.cases.all():
            finish_message_tasks(case=case, by=by, on=on)


def finish_message_tasks(*, case: Case, by: User, on: date) -> None:
    """Finish the tasks that asked for what was just done, where no other message of the case asks for it too."""
    stuck = set(in_need_of_somebody([case.pk]).values_list("state", flat=True))
    kinds = {MessageState.FAILED: Event.MESSAGE_FAILED, MessageState.TO_PRINT: Event.LETTER_TO_POST}
    over = [kind for state, kind in kinds.items() if state not in stuck]
    finish_tasks(case=case, kinds=over, by=by, on=on)
