"""Reading people and cases. Every look at a person's record is noted as it is made.

A look is always now: `get_case` and `who_looked` read the clock themselves, so that nobody looks on another day.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from leeway.access.access import check_can
from leeway.access.looks import reason_given, record_look, require_reason
from leeway.access.models import Team, User
from leeway.access.queries import looks_at
from leeway.access.roles import Capability
from leeway.care.people.access import (
    IS_ASKED,
    LEADER,
    WAITS_ON,
    Tie,
    accounts_to_run,
    asked_to_help,
    can_work_on,
    cases_of,
    check_lives,
    is_anothers,
    is_own_care,
    is_own_case,
    is_task_of,
    is_the_person,
    leave_given,
    may_see_person,
)
from leeway.care.people.events import OF_MONEY
from leeway.care.people.models import (
    Authority,
    CapacityDecision,
    Case,
    Person,
    Relationship,
    RelationshipKind,
    StoryLine,
    Task,
)
from leeway.care.people.search import Has, read
from leeway.care.people.states import Stage
from leeway.files.models import File, FileKind, Owner
from leeway.files.queries import files_of
from leeway.law.births import Birth
from leeway.refusal import Refusal

FILES_OF_CASE = "people.case"
NO_BIRTHDAY = Q(date_of_birth=None, year_of_birth=None)
FILES_OF_MONEY = frozenset({FileKind.RECEIPT, FileKind.STATEMENT})


def get_case(
    case_id: UUID, *, seen_by: User, page: str = "Case", of_the_living: bool = False, of_care: bool = False
) -> Case:
    """The case, if this user may see it, with the look noted. A page `of_care` asks finance for a reason.

    Raises Http404 for a stranger, ReasonNeeded for staff whose own case it is not and who gave no reason, and a
    Refusal where a page has no use after the person's death.
    """
    case = Case.objects.select_related("person", "worker", "team", "cared_for").filter(pk=case_id).first()
    today = timezone.localdate()
    if case is None or not (seen_by.can(Capability.SEE_RECORDS) or may_see_person(seen_by, case.person, today)):
        raise Http404("There is no such case, or it is not one you may see.")
    own = (is_own_care if of_care else is_own_case)(seen_by, case, today)
    record_look(viewer=seen_by, person_id=case.person_id, page=page, own=own)
    if of_the_living:
        check_lives(case.person)
    return case


def get_case_of_account(case_id: UUID, *, seen_by: User, page: str) -> Case:
    """The same for the account of its direct payment, which may be run by somebody who sees nothing else of it."""
    runs = accounts_to_run(seen_by, timezone.localdate()).filter(person__cases=case_id)
    if not (seen_by.can(Capability.TAKE_PART) and runs.exists()):
        return get_case(case_id, seen_by=seen_by, page=page)
    case = Case.objects.select_related("person", "worker", "team").get(pk=case_id)
    record_look(viewer=seen_by, person_id=case.person_id, page=page, own=True)
    return case


def reads_care(case: Case, *, seen_by: User) -> bool:
    """Whether more than the money is shown: to whoever works on the case or lives it, and to who has said why."""
    own = is_own_care(seen_by, case, timezone.localdate())
    return own or bool(reason_given(viewer=seen_by, person_id=case.person_id))


def check_care_is_read(case: Case, *, seen_by: User) -> None:
    """Ask for a reason (ReasonNeeded) whoever looks after the money alone, before an assessment's result is shown."""
    if not is_own_care(seen_by, case, timezone.localdate()):
        require_reason(viewer=seen_by, person_id=case.person_id)


def about(case: Case, *, seen_by: User) -> dict:
    """What every page about a case knows: whose it is, whether the reader is that person, and may work on it."""
    return {
        "case": case,
        "name": case.person.called,
        "you": is_the_person(seen_by, case),
        "can_work": can_work_on(seen_by, case),
    }


def own_cases(user: User, on: date) -> QuerySet[Case]:
    """The cases of this user's own life on a day, and those they support, the longest open first; closed ones too."""
    theirs = Q(person__user=user) | Q(person__in=leave_given(user, on).values("person"))
    cases = Case.objects.filter(theirs) if user.can(Capability.TAKE_PART) else Case.objects.none()
    return cases.select_related("person", "worker").order_by("opened_on")


def accounts_run_by(user: User, on: date) -> list[Case]:
    """The cases of which this user runs the account for the direct payment, and sees nothing else."""
    people = accounts_to_run(user, on).values("person")
    held = {"plans__state": "agreed", "plans__lines__way": "direct_payment"}
    cases = Case.objects.filter(person__in=people, **held).distinct().select_related("person")
    return list(cases.order_by("person__family_name", "person__given_name", "opened_on"))


def cases_waiting(user: User, ties: Iterable[Tie] = WAITS_ON) -> QuerySet[Case]:
    """The open cases that wait on this user as a member of staff, the longest open first."""
    return cases_of(user, ties).exclude(stage=Stage.CLOSED).select_related("person", "worker").order_by("opened_on")


def own_tasks(user: User) -> QuerySet[Task]:
    """What this user has to do in cases, what is due first at the top."""
    mine = Q(pk__in=[])
    for whose, ties in IS_ASKED.items():
        mine |= Q(whose=whose, case__in=cases_of(user, ties))
    tasks = Task.objects.filter(mine, done_on=None)
    return tasks.select_related("case__person").order_by("due_on", "pk")


def get_task(task_id: UUID, *, seen_by: User) -> Task:
    """One task that is this user's to do."""
    task = Task.objects.select_related("case__person").filter(pk=task_id).first()
    if task is None or not is_task_of(seen_by, task):
        raise Http404("There is no such task, or it is not yours.")
    return task


def find_people(typed: str) -> QuerySet[Person]:
    """People whom all that was typed fits: words of any name or postcode, a birthday or its year, an NHS number.

    A birthday that nobody knows speaks against no name. Whole words stand before beginnings. Names only: opening one
    is a look.
    """
    asked = read(typed)
    fits, birthday_unknown = Q(), NO_BIRTHDAY if asked.words else Q(pk__in=[])
    if asked.nhs_number:
        fits &= Q(nhs_number=asked.nhs_number)
    if asked.born:
        fits &= Q(date_of_birth=asked.born) | Q(year_of_birth=asked.born.year) | birthday_unknown
    if asked.born_in:
        years = (asked.born_in[0], asked.born_in[-1])
        fits &= Q(date_of_birth__year__range=years) | Q(year_of_birth__range=years) | birthday_unknown
    if asked.words:
        fits &= Q(Has(asked.words))
    people = Person.objects.filter(fits) if fits else Person.objects.none()
    return people.prefetch_related(_with_cases()).order_by(
        Has(asked.words, whole=True).desc(), "family_name", "given_name", "date_of_birth"
    )


def people_called(words: str) -> QuerySet[Any]:
    """The keys of the people whom some words fit; of nobody where there is a day in them that is in no calendar."""
    try:
        return find_people(words).order_by().values("pk")
    except Refusal:
        return Person.objects.none().values("pk")


def _with_cases() -> Prefetch:
    """The cases of those found, with whom a carer cares for: it tells two cases of theirs apart."""
    return Prefetch("cases", Case.objects.select_related("cared_for"))


def people_alike(
    *, family_name: str, given_name: str = "", birth: Birth | None = None, postcode: str = ""
) -> list[Person]:
    """Who on record may be this person: one name and the birthday alike, or every name and nothing that speaks against.

    Against a name that is alike speaks a birthday that cannot be the same, unless the postcode is.
    """
    every_name = Q(Has(f"{given_name} {family_name}"))
    alike = every_name & _may_be_born(birth)
    if birth and birth.first == birth.last:
        one_name = Q(Has(family_name)) | (Q(Has(given_name)) if given_name else Q())
        alike |= one_name & Q(date_of_birth=birth.first)
    if given_name and postcode:
        alike |= every_name & Q(postcode=postcode)
    found = Person.objects.filter(alike).prefetch_related(_with_cases())
    return list(found.order_by("family_name", "given_name", "date_of_birth"))


def _may_be_born(birth: Birth | None) -> Q:
    """Whoever may have been born then, by all that is known of both."""
    if birth is None:
        return Q()
    years = Q(year_of_birth__range=(birth.first.year, birth.last.year))
    return NO_BIRTHDAY | years | Q(date_of_birth__range=(birth.first, birth.last))


def person_asking(person_id: UUID, *, seen_by: User) -> Person:
    """The person who asks for help, with the look noted: with a reason, where somebody else works with them."""
    person = get_name(person_id)
    own = not is_anothers(seen_by, person)
    record_look(viewer=seen_by, person_id=person_id, page="New request for help", own=own)
    return person


def get_name(person_id: UUID) -> Person:
    """The person whose name a search has shown already. Nothing else of the record may be shown from this."""
    person = Person.objects.filter(pk=person_id).only("given_name", "family_name", "known_as").first()
    if person is None:
        raise Http404("There is no such person.")
    return person


def who_looked(person_id: UUID, *, seen_by: User) -> tuple[Person, QuerySet]:
    """Everyone who saw a person's record, for the person, whom they gave leave, and their team's manager.

    Raises Http404 for anyone else.
    """
    person = Person.objects.filter(pk=person_id).first()
    today = timezone.localdate()
    if person is None or not (
        may_see_person(seen_by, person, today) or cases_of(seen_by, [LEADER]).filter(person=person).exists()
    ):
        raise Http404("There is no such record, or it is not one you may see.")
    record_look(viewer=seen_by, person_id=person_id, page="Who has seen this record", own=True)
    return person, looks_at(person_id).exclude(viewer_id=seen_by.pk)


def workers_of(team: Team) -> QuerySet[User]:
    """The assessors of a team who can take on a case."""
    return User.objects.who_can(Capability.HOLD_CASES).filter(team=team).order_by("name")


def story(case: Case, *, care_too: bool) -> QuerySet[StoryLine]:
    """The story so far, the latest first: the whole of it, or what is about money alone."""
    return case.story.all() if care_too else case.story.filter(kind__in=OF_MONEY)


def whose_messages(case: Case, *, seen_by: User) -> QuerySet | None:
    """To whom the messages about a case went that this user may read; None for staff, who read them all.

    The person reads those to them. Whom they gave leave reads those too, and those to themselves.
    """
    if seen_by.is_staff_member:
        return None
    own = case.person.relationships.filter(user=seen_by).order_by().values("pk")
    return Person.objects.filter(pk=case.person_id).order_by().values("pk").union(own)


def owner_of_files(case: Case) -> Owner:
    """The case as an owner of files."""
    return Owner(FILES_OF_CASE, case.pk)


def files(case: Case, *, care_too: bool) -> QuerySet[File]:
    """The files kept for a case, the latest first: all of them, or those about money alone."""
    kept = files_of(owner_of_files(case))
    return kept if care_too else kept.filter(kind__in=FILES_OF_MONEY)


def may_read_files(case_id: UUID, *, user: User, kind: str, page: str) -> bool:
    """Whether this user may read a file of a case: whoever may see the case may. The look is noted.

    Finance reads receipts and statements, and says why for another.
    """
    get_case(case_id, seen_by=user, page=page, of_care=kind not in FILES_OF_MONEY)
    return True


def asking_of(relationship_id: UUID, *, seen_by: User, on: date) -> Relationship | None:
    """An asking to help somebody that waits for this user's answer; None where it was answered, or taken back.

    Its page says nothing of the person. Whoever was never asked is told that there is nothing.
    """
    asking = asked_to_help(seen_by, on).filter(pk=relationship_id).first()
    if asking is None and not Relationship.objects.filter(pk=relationship_id, user=seen_by).exists():
        raise Http404("Nobody asks this of you.")
    return asking


def leave_of(person: Person, on: date) -> list[Relationship]:
    """Who may see a person's record on a day, and who was asked and has not answered."""
    return [one for one in people_around(person, on) if one.may_see_record or one.may_run_account or one.asked_on]


def acts_for_many(user: User) -> bool:
    """Whether a user who is not staff may act for more than one person, or for one in the name of an organisation."""
    today = timezone.localdate()
    given = (leave_given(user, today) | accounts_to_run(user, today)).exclude(person__user=user)
    return given.filter(kind=RelationshipKind.ORGANISATION).exists() or given.values("person").distinct().count() > 1


def people_around(person: Person, on: date) -> list[Relationship]:
    """Who is in the person's life on a day, with what they may do."""
    return list(person.relationships.exclude(ends_on__lt=on).filter(starts_on__lte=on).order_by("name"))


def capacity_decisions(person: Person) -> QuerySet[CapacityDecision]:
    """Every capacity decision about a person, the latest first."""
    return person.capacity_decisions.select_related("decided_by", "meanwhile").order_by("-decided_on", "-pk")


def latest_capacity(person: Person, question: str) -> CapacityDecision | None:
    """The latest capacity decision on one question, if any was made."""
    return person.capacity_decisions.filter(question=question).order_by("-decided_on", "-pk").first()


def cases_to_report(*, until: date, seen_by: User) -> QuerySet[Case]:
    """Every case opened by a day, for the national return. Whoever takes names from it notes the looks."""
    check_can(seen_by, Capability.ANALYSE)
    return Case.objects.filter(opened_on__lte=until)


def people_with_unpaid_carer(*, until: date, seen_by: User) -> QuerySet[Relationship]:
    """Who is recorded as somebody's unpaid carer on a day, for the national return."""
    check_can(seen_by, Capability.ANALYSE)
    caring = Relationship.objects.filter(authority=Authority.CARER, starts_on__lte=until)
    return caring.exclude(ends_on__lt=until)
