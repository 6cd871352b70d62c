"""People, who may act for them, and the case that holds their journey."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from leeway.access.models import Team, User
from leeway.care.people.events import Event
from leeway.care.people.search import Lexemes
from leeway.care.people.states import Stage
from leeway.guards import kept, kept_but, tracked
from leeway.law.births import Birth
from leeway.messages.recipients import Channel


class Gender(models.TextChoices):
    MALE = "Male"
    FEMALE = "Female"
    OTHER = "Other"
    UNKNOWN = "Unknown"


class Ethnicity(models.TextChoices):
    """The groups that the national return asks for."""

    WHITE_BRITISH = "White British", "White: English, Welsh, Scottish, Northern Irish or British"
    WHITE_IRISH = "White Irish", "White: Irish"
    WHITE_TRAVELLER = "Gypsy or Irish Traveller", "White: Gypsy or Irish Traveller"
    WHITE_ROMA = "Roma", "White: Roma"
    WHITE_OTHER = "White other", "White: any other background"
    MIXED_CARIBBEAN = "White and Black Caribbean", "Mixed: White and Black Caribbean"
    MIXED_AFRICAN = "White and Black African", "Mixed: White and Black African"
    MIXED_ASIAN = "White and Asian", "Mixed: White and Asian"
    MIXED_OTHER = "Mixed other", "Mixed: any other background"
    INDIAN = "Indian", "Asian: Indian"
    PAKISTANI = "Pakistani", "Asian: Pakistani"
    BANGLADESHI = "Bangladeshi", "Asian: Bangladeshi"
    CHINESE = "Chinese", "Asian: Chinese"
    ASIAN_OTHER = "Asian other", "Asian: any other background"
    AFRICAN = "African", "Black: African"
    CARIBBEAN = "Caribbean", "Black: Caribbean"
    BLACK_OTHER = "Black other", "Black: any other background"
    ARAB = "Arab", "Other: Arab"
    OTHER = "Other", "Other: any other ethnic group"
    REFUSED = "Refused", "Preferred not to say"
    UNKNOWN = "Unknown", "Not known"


class SupportReason(models.TextChoices):
    """The primary support reason, in the words of the national return."""

    ACCESS = "Physical Support: Access & mobility only", "Physical: getting about"
    PERSONAL_CARE = "Physical Support: Personal care support", "Physical: personal care"
    VISUAL = "Sensory Support: Support for visual impairment", "Sight loss"
    HEARING = "Sensory Support: Support for hearing impairment", "Hearing loss"
    DUAL = "Sensory Support: Support for dual impairment", "Sight and hearing loss"
    MEMORY = "Support with Memory & Cognition", "Memory and thinking, such as dementia"
    LEARNING_DISABILITY = "Learning Disability Support", "Learning disability"
    MENTAL_HEALTH = "Mental Health Support", "Mental health"
    SUBSTANCE = "Social Support: Substance misuse support", "Drug or alcohol use"
    ASYLUM = "Social Support: Asylum seeker support", "Seeking asylum"
    ISOLATION = "Social Support: Support for Social Isolation/Other", "Being isolated, or another social reason"
    CARER = "Social Support: Support to Carer", "Caring for someone"
    UNKNOWN = "Unknown", "Not known yet"


class CommunicationNeed(models.TextChoices):
    """What helps someone take part. Asked of everyone, shown on every page about them."""

    LARGE_PRINT = "large_print", "Large print"
    EASY_READ = "easy_read", "Easy read"
    BRAILLE = "braille", "Braille"
    AUDIO = "audio", "Audio or phone instead of letters"
    EMAIL = "email", "Email instead of paper"
    BSL = "bsl", "British Sign Language interpreter"
    LIPREADING = "lipreading", "Lip-reading or lipspeaker"
    DEAFBLIND = "deafblind", "Deafblind interpreter"
    MAKATON = "makaton", "Makaton"
    SPOKEN_INTERPRETER = "spoken_interpreter", "Spoken language interpreter"
    PICTURES = "pictures", "Pictures or objects of reference"
    MORE_TIME = "more_time", "More time, and one thing at a time"


#: How somebody may want to hear from the council. Printing a letter here is how the council makes it, not their wish.
HEARS_BY = [(channel.value, channel.label) for channel in (Channel.EMAIL, Channel.TEXT, Channel.POST)]


def date_of_death_agrees(name: str, *, person: str) -> pgtrigger.Trigger:
    """Refuse, when a transaction ends, a date of death that is not the day of the death on record, or the reverse."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        func=f"""
            IF (SELECT date_of_death FROM people_person WHERE id = {person}) IS DISTINCT FROM
               (SELECT died_on FROM circumstances_death WHERE person_id = {person} AND undone_on IS NULL) THEN
                RAISE EXCEPTION 'The date of death is not that of the death on record.';
            END IF;
            RETURN NULL;
        """,
    )


@tracked(exclude=["looked_for"])
class Person(models.Model):
    """Someone who draws on support, or cares for someone who does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    given_name = models.CharField(max_length=100, blank=True, help_text="Empty: they have one name only.")
    family_name = models.CharField(max_length=100)
    known_as = models.CharField(max_length=100, blank=True)
    date_of_birth = models.DateField(null=True, blank=True, help_text="Empty: nobody knows the day.")
    year_of_birth = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The year, where it alone is known or estimated."
    )
    date_of_death = models.DateField(null=True, blank=True)
    nhs_number = models.CharField(max_length=10, null=True, blank=True, unique=True)
    gender = models.CharField(max_length=10, choices=Gender, default=Gender.UNKNOWN)
    ethnicity = models.CharField(max_length=40, choices=Ethnicity, default=Ethnicity.UNKNOWN)
    address = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    hears_by = models.CharField(max_length=5, choices=HEARS_BY, blank=True, help_text="Empty: nobody has asked them.")
    language = models.CharField(max_length=60, default="English")
    communication_needs = ArrayField(
        models.CharField(max_length=20, choices=CommunicationNeed), default=list, blank=True
    )
    communication_note = models.CharField(max_length=500, blank=True)
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="person")
    version = models.PositiveIntegerField(default=1)
    looked_for = models.GeneratedField(
        expression=Lexemes("given_name", "family_name", "known_as", "postcode"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(date_of_death=None) | Q(date_of_death__gte=models.F("date_of_birth")),
                name="person_dies_after_birth",
            ),
            models.CheckConstraint(
                condition=Q(date_of_birth=None) | Q(year_of_birth=None), name="person_year_alone_or_the_day"
            ),
        ]
        indexes = [GinIndex(fields=["looked_for"], name="person_looked_for"), models.Index(fields=["date_of_birth"])]
        triggers = [date_of_death_agrees("date_of_death_is_told", person="NEW.id")]

    def __str__(self) -> str:
        first = self.known_as or self.given_name
        return f"{first} {self.family_name}" if first else self.family_name

    @property
    def called(self) -> str:
        """What they like to be called."""
        return self.known_as or self.given_name or self.family_name

    @property
    def full_name(self) -> str:
        """The name as it stands in documents: both names, or the only one."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def birth(self) -> Birth | None:
        """The days on which they may have been born; None where nobody knows even the year."""
        return Birth.known(self.date_of_birth, self.year_of_birth)

    @property
    def born(self) -> str:
        """When they were born, in words that follow their name."""
        if self.date_of_birth is not None:
            return f"born {self.date_of_birth:%-d %B %Y}"
        return f"born in {self.year_of_birth}, day not known" if self.year_of_birth else "birthday not known"


class RelationshipKind(models.TextChoices):
    """Who someone is to the person."""

    PARTNER = "partner", "Husband, wife, civil partner or partner"
    PARENT = "parent", "Parent"
    CHILD = "child", "Son or daughter"
    SIBLING = "sibling", "Brother or sister"
    OTHER_FAMILY = "other_family", "Other family"
    FRIEND = "friend", "Friend or neighbour"
    ADVOCATE = "advocate", "Advocate"
    PROFESSIONAL = "professional", "Solicitor or other professional"
    ORGANISATION = "organisation", "Organisation"


class Authority(models.TextChoices):
    """What someone may do for the person. Being family gives none of these by itself."""

    NONE = "none", "No authority: someone who matters to the person"
    CARER = "carer", "Unpaid carer"
    NOMINATED = "nominated", "Nominated person (the person has capacity and chose them)"
    AUTHORISED = "authorised", "Authorised person (the person lacks capacity to manage a direct payment)"
    ATTORNEY_PROPERTY = "attorney_property", "Attorney: property and money"
    ATTORNEY_WELFARE = "attorney_welfare", "Attorney: health and welfare"
    DEPUTY_PROPERTY = "deputy_property", "Court-appointed deputy: property and money"
    DEPUTY_WELFARE = "deputy_welfare", "Court-appointed deputy: health and welfare"
    APPOINTEE = "appointee", "Benefits appointee (no power over a direct payment)"
    ADVOCATE = "advocate", "Independent advocate under the Care Act"
    REPRESENTATIVE = "representative", "Settles what is left after a death (executor, administrator or next of kin)"


class LeaveFor(models.TextChoices):
    """What somebody is asked to see, and to help with."""

    RECORD = "record", "The whole record, as the person sees it"
    ACCOUNT = "account", "The account for the direct payment alone, such as a payroll firm"


@tracked()
class Relationship(models.Model):
    """Someone in the person's life, what they may do, from when until when, and whether they may see the record."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="relationships")
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=20, choices=RelationshipKind)
    authority = models.CharField(max_length=20, choices=Authority, default=Authority.NONE)
    evidence = models.CharField(max_length=300, blank=True, help_text="What was seen, and when.")
    same_household = models.BooleanField(default=False)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    may_see_record = models.BooleanField(default=False)
    may_run_account = models.BooleanField(
        default=False, help_text="Sees what the direct payment was spent on, and nothing else of the record."
    )
    leave_for = models.CharField(
        max_length=7, choices=LeaveFor, default=LeaveFor.RECORD, help_text="What they were asked to see last."
    )
    asked_on = models.DateField(
        null=True, blank=True, help_text="The day on which they were asked to help; none once they have answered."
    )
    names_tried = models.PositiveSmallIntegerField(
        default=0, help_text="Wrong names given since they were asked: nobody may try names until one fits."
    )
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="supports")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="relationship_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(authority__in=["none", "carer"]) | ~Q(evidence=""),
                name="relationship_authority_has_evidence",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def authority_in_short(self) -> str:
        """What they may do, without what the law says of it: “Authorised person”."""
        return self.get_authority_display().partition(" (")[0].partition(":")[0]


class CapacityQuestion(models.TextChoices):
    """Capacity is asked decision by decision, never in general."""

    CARE = "care", "How their care and support is arranged"
    DIRECT_PAYMENT = "direct_payment", "Managing a direct payment"
    MONEY = "money", "Managing their money"
    SHARING = "sharing", "Sharing their information"
    HOME = "home", "Where they live"


@tracked()
class CapacityDecision(models.Model):
    """Whether, at a time, the person could make one particular decision, and how they were helped to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="capacity_decisions")
    question = models.CharField(max_length=20, choices=CapacityQuestion)
    has_capacity = models.BooleanField()
    how_supported = models.TextField(help_text="What was done to help the person decide for themselves.")
    reasons = models.TextField()
    for_a_time = models.BooleanField(
        null=True, blank=True, help_text="Whether this is likely to hold for a time only. Null: nobody has said."
    )
    meanwhile = models.ForeignKey(
        Relationship,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who is willing to manage the direct payment until the person can again.",
    )
    decided_on = models.DateField()
    decided_by = models.ForeignKey(User, models.PROTECT)

    class Meta:
        triggers = kept("capacity_decision_is_kept")


class CaseKind(models.TextChoices):
    ADULT = "adult", "Adult who draws on support"
    CARER = "carer", "Carer in their own right"


class RequestRoute(models.TextChoices):
    """How the request came, in the words of the national return."""

    COMMUNITY = "Community / Other route", "Community or other route"
    HOSPITAL = "Discharge from Hospital", "Discharge from hospital"
    DIVERSION = "Diversion from Hospital Services", "Diversion from hospital services"
    TRANSITION = "Planned Entry (Transition)", "Planned move from children’s services"
    REABLEMENT = "Discharge from Reablement", "Discharge from reablement"
    SELF_FUNDER = "Self-Funder", "Self-funder whose money is running down"
    PRISON = "Prison", "Prison"
    OTHER_COUNCIL = "Transfer from Other LA", "Move from another council"


@tracked()
class Case(models.Model):
    """One person's journey, from a request for help until support ends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=10, choices=CaseKind, default=CaseKind.ADULT)
    cared_for = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="carers_cases")
    cared_for_name = models.CharField(
        max_length=100, blank=True, help_text="Whom a carer cares for, where that person is not on record."
    )
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.REQUEST)
    support_reason = models.CharField(max_length=60, choices=SupportReason, default=SupportReason.UNKNOWN)
    request_route = models.CharField(max_length=40, choices=RequestRoute, default=RequestRoute.COMMUNITY)
    request_words = models.TextField(help_text="What the person, or whoever asked, said, in their words.")
    team = models.ForeignKey(Team, models.PROTECT)
    worker = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="cases")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    closed_reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["worker", "stage"]), models.Index(fields=["team", "stage"])]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "cared_for", "cared_for_name"],
                condition=~Q(stage="closed"),
                nulls_distinct=False,
                name="case_one_open_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(stage="closed", closed_on__isnull=False) | (~Q(stage="closed") & Q(closed_on=None)),
                name="case_closed_has_date",
            ),
            models.CheckConstraint(
                condition=Q(kind="adult", cared_for=None, cared_for_name="")
                | Q(kind="carer", cared_for__isnull=False, cared_for_name="")
                | (Q(kind="carer", cared_for=None) & ~Q(cared_for_name="")),
                name="case_carer_has_cared_for",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_kind_display()})"

    @property
    def where_it_stands(self) -> str:
        """Its stage in words; when somebody has died, no support is in place and none is waited for."""
        if self.person.date_of_death is not None and self.stage != Stage.CLOSED:
            return "Being settled after a death"
        return self.get_stage_display()

    @property
    def looks_after(self) -> str:
        """The name of whom a carer cares for, on record or not."""
        return str(self.cared_for) if self.cared_for else self.cared_for_name


class Whose(models.TextChoices):
    """Whose work a task is."""

    WORKER = "worker", "The case’s worker"
    MANAGER = "manager", "The team’s manager"
    FINANCE = "finance", "The finance team"
    APPROVER = "approver", "A finance manager"


@tracked()
class Task(models.Model):
    """Something that somebody has to do in a case, by a day. Done by a person, or with what a person did."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=30, choices=Event, help_text="What happened that asks for it.")
    what = models.TextField()
    whose = models.CharField(max_length=10, choices=Whose)
    due_on = models.DateField()
    set_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_with = models.ForeignKey(
        "StoryLine", models.PROTECT, null=True, blank=True, related_name="+", help_text="What happened that ended it."
    )

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["whose", "due_on"], condition=Q(done_on=None), name="task_still_to_do")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "whose", "what"], condition=Q(done_on=None), name="task_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(done_on=None, done_by=None) | Q(done_on__isnull=False, done_by__isnull=False),
                name="task_done_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(ended_with=None) | Q(done_on__isnull=False), name="task_ended_with_is_done"
            ),
        ]
        triggers = kept_but("task_is_kept", "done_on", "done_by", "ended_with")


class StoryLine(models.Model):
    """One line of the whole story so far. Written once, never changed."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="story")
    at = models.DateTimeField(auto_now_add=True)
    happened_on = models.DateField()
    by_name = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30, choices=Event)
    sentence = models.TextField()

    class Meta:
        ordering = ["-happened_on", "-id"]
        triggers = kept("story_is_kept")
