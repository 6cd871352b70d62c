"""Leave to help a person and see their record: asked for, accepted or not, and taken back."""

from datetime import date

from django.db import transaction

from leeway import said
from leeway.access.actions import invite
from leeway.access.alike import plain_name
from leeway.access.invitations import send_asking
from leeway.access.models import User
from leeway.care.people.access import asked_to_help, check_can_work_on, check_reason, may_take_back
from leeway.care.people.actions import claim_relationship, tell_every_case, write_anew
from leeway.care.people.events import Event
from leeway.care.people.models import Case, LeaveFor, Relationship
from leeway.care.people.recipients import recipient_of
from leeway.refusal import NotAllowed, Refusal
from leeway.versions import lock_as_seen

#: How many names whoever is asked may give: a spelling may go wrong, but names must not be tried until one fits.
NAMES_MOST = 5
#: What is open to whoever was given leave: one of the two.
LEAVE = ("may_see_record", "may_run_account")


@transaction.atomic
def give_leave(
    *,
    case: Case,
    relationship: Relationship,
    email: str,
    agreed: str,
    leave_for: LeaveFor = LeaveFor.RECORD,
    site_address: str,
    version: int,
    by: User,
    on: date,
) -> Relationship:
    """Ask someone in the person's life to help and see the record, with the words in which the person agreed.

    Or to run the account for the direct payment, of which they see what it was spent on, and nothing else.

    Nothing is shown to them until they say who it is that they help (`accept_leave`): an address may be mistyped, or
    somebody else's sign-in. The leave ends with the relationship, or when it is taken back. It opens all of the
    person's cases, so that each tells of it, and where somebody else has one of them a reason is asked for. Raises
    EditedMeanwhile.
    """
    check_can_work_on(by, case)
    check_reason(by, case.person)
    claim_relationship(case, relationship, version, by)
    if relationship.ends_on is not None and relationship.ends_on < on:
        raise Refusal(f"What {relationship.name} does for the person has ended.")
    how = said.sentence(
        agreed, ask="Say in a sentence how the person agreed that their record is seen.", field="agreed"
    )
    user = invite(email=email, name=relationship.name, site_address=site_address, by=by, on=on)
    if user.pk == case.person.user_id:
        raise Refusal("This is the person’s own sign-in. Each needs an email address of their own.", field="email")
    relationship.user, relationship.email = user, email
    relationship.may_see_record = relationship.may_run_account = False
    relationship.leave_for, relationship.asked_on, relationship.names_tried = leave_for, on, 0
    if user.has_usable_password():  # whoever has none yet has an invitation
        transaction.on_commit(lambda: send_asking(user=user, site_address=site_address))
    relationship.save(update_fields=["user", "email", *LEAVE, "leave_for", "asked_on", "names_tried"])
    write_anew(case.person, recipient_of(relationship), by, on)
    sentence = f"{relationship.name} was asked to help, and may see {_what(relationship)} once they accept: {how}"
    tell_every_case(case.person, kind=Event.LEAVE, sentence=sentence, by=by, on=on)
    return relationship


@transaction.atomic
def accept_leave(*, relationship: Relationship, family_name: str, version: int, by: User, on: date) -> bool:
    """Accept to help somebody, whom one names: from now on the record can be seen. False where the name was wrong.

    A wrong name is counted, and after `NAMES_MOST` of them the asking ends. Raises EditedMeanwhile.
    """
    _claim_asking(relationship, version, by, on)
    person = relationship.person
    if plain_name(family_name) != plain_name(person.family_name or person.given_name):
        _count_wrong_name(relationship, by, on)
        return False
    of_account = relationship.leave_for == LeaveFor.ACCOUNT
    relationship.may_see_record, relationship.may_run_account = not of_account, of_account
    relationship.asked_on = None
    relationship.save(update_fields=[*LEAVE, "asked_on"])
    sentence = f"{relationship.name} accepted to help, and may see {_what(relationship)}."
    tell_every_case(person, kind=Event.LEAVE, sentence=sentence, by=by, on=on)
    return True


def _count_wrong_name(relationship: Relationship, by: User, on: date) -> None:
    relationship.names_tried += 1
    if relationship.names_tried >= NAMES_MOST:
        relationship.asked_on = None
        sentence = (
            f"{relationship.name} was asked to help and gave {NAMES_MOST} wrong names, so they do not see this record. "
            "Check the address with them before they are asked again."
        )
        tell_every_case(relationship.person, kind=Event.LEAVE, sentence=sentence, by=by, on=on)
    relationship.save(update_fields=["asked_on", "names_tried"])


@transaction.atomic
def decline_leave(*, relationship: Relationship, version: int, by: User, on: date) -> None:
    """Say no to helping somebody. Nothing of theirs was shown. Raises EditedMeanwhile."""
    _claim_asking(relationship, version, by, on)
    relationship.asked_on, relationship.user = None, None
    relationship.save(update_fields=["asked_on", "user"])
    sentence = f"{relationship.name} was asked to help and said no, so they do not see this record."
    tell_every_case(relationship.person, kind=Event.LEAVE, sentence=sentence, by=by, on=on)


def _claim_asking(relationship: Relationship, version: int, by: User, on: date) -> None:
    """Lock an asking that has not been answered, as its page showed it."""
    if not asked_to_help(by, on).filter(pk=relationship.pk).exists():
        raise NotAllowed("You were not asked this, or it was answered or taken back. Ask whoever invited you.")
    lock_as_seen(relationship, version)


@transaction.atomic
def end_leave(*, case: Case, relationship: Relationship, version: int, by: User, on: date) -> None:
    """Take back the leave to see the record, or the asking, at once. Raises EditedMeanwhile.

    The person may, whose record it is; whoever has the leave may, for themselves; and the council.
    """
    if relationship.person_id != case.person_id or not may_take_back(by, case, relationship):
        raise NotAllowed(f"Only {case.person}, {relationship.name} or the case’s worker can take this back.")
    lock_as_seen(relationship, version)
    relationship.may_see_record = relationship.may_run_account = False
    relationship.asked_on = None
    relationship.save(update_fields=[*LEAVE, "asked_on"])
    sentence = f"{relationship.name} may no longer see {_what(relationship)}."
    tell_every_case(case.person, kind=Event.LEAVE, sentence=sentence, by=by, on=on)


def _what(relationship: Relationship) -> str:
    """What they were asked to see, as the story tells it."""
    of_account = relationship.leave_for == LeaveFor.ACCOUNT
    return "the account for the direct payment, and nothing else" if of_account else "this record"
