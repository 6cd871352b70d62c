"""The conversation, the needs assessment outcome by outcome, and the financial assessment."""

import uuid
from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from leeway.access.models import User
from leeway.care.decisions.models import Decision
from leeway.care.people.models import Case
from leeway.guards import kept_but, kept_once, kept_with, tracked


class TookPart(models.TextChoices):
    """Who took part, in the words of the national return."""

    PERSON = "Service user only", "The person alone"
    PERSON_AND_CARER = "Service user and carer", "The person and their carer"
    CARER = "Carer only", "The carer alone"


class Advocacy(models.TextChoices):
    """Whether an independent advocate was needed, and had."""

    NOT_NEEDED = "not_needed", "Not needed: the person can take part"
    APPROPRIATE_PERSON = "appropriate_person", "Not needed: family or a friend helps them take part"
    ADVOCATE = "advocate", "An independent advocate helped"
    WAITING = "waiting", "Needed, and being arranged"


@tracked()
class Assessment(models.Model):
    """A needs assessment. A draft until completed; `version` counts saves, so that nobody overwrites another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="assessments")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    started_on = models.DateField()
    completed_on = models.DateField(null=True, blank=True)
    what_matters = models.TextField(blank=True, help_text="What matters most, in the person’s own words.")
    good_day = models.TextField(blank=True, help_text="What a good day looks like, in the person’s own words.")
    took_part = models.CharField(max_length=30, choices=TookPart, blank=True)
    advocacy = models.CharField(max_length=20, choices=Advocacy, blank=True)
    impairment = models.BooleanField(null=True, help_text="Needs come from an impairment or illness (adult).")
    contract_or_voluntary_work = models.BooleanField(
        null=True, help_text="The care is given under a contract or as voluntary work (carer)."
    )
    regarded_as_carer = models.BooleanField(null=True, help_text="The council regards them as a carer all the same.")
    regarded_reason = models.TextField(blank=True, help_text="Why the council does so, or does not.")
    necessary_care = models.BooleanField(null=True, help_text="The care given is necessary (carer).")
    health_at_risk = models.BooleanField(null=True, help_text="The carer’s health is at risk (carer).")
    fluctuates = models.BooleanField(null=True, help_text="The level of need goes up and down.")
    weeks_looked_at = models.PositiveSmallIntegerField(null=True, blank=True)
    ups_and_downs = models.TextField(blank=True, help_text="How it goes up and down.")
    long_enough = models.TextField(blank=True, help_text="Why so few weeks show how it goes up and down.")
    wellbeing_impact = models.BooleanField(null=True)
    wellbeing_areas = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    wellbeing_words = models.TextField(blank=True)
    funding = models.CharField(
        max_length=40, blank=True, help_text="NHS-funded, section 117, or nobody; blank: not asked."
    )
    allocation_answers = models.JSONField(default=dict, blank=True)
    allocation_help = models.JSONField(
        default=dict, blank=True, help_text="By budget question: how much of it family and friends do."
    )
    helpers_willing = models.BooleanField(
        null=True, help_text="Whoever helps was asked, and is willing and able to go on."
    )
    helpers_words = models.TextField(blank=True, help_text="Who helps, and what they said about going on.")
    explained = models.JSONField(
        default=dict, blank=True, help_text="A sentence for each thing that does not fit, by question or outcome."
    )
    advice_given = models.TextField(
        blank=True, help_text="Information, advice and help to prevent or delay needs, where they are not eligible."
    )
    eligibility = models.OneToOneField(Decision, models.PROTECT, null=True, blank=True, related_name="+")
    indicative_budget = models.OneToOneField(Decision, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        triggers = kept_once("completed_assessment_is_kept", "completed_on")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(completed_on=None), name="assessment_one_draft_a_case")
        ]


@tracked()
class OutcomeNote(models.Model):
    """One outcome of the assessment: the person's words beside the assessor's. `version` counts its own saves."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="outcomes")
    version = models.PositiveIntegerField(default=1)
    outcome = models.CharField(max_length=30)
    person_words = models.TextField(blank=True)
    assessor_words = models.TextField(blank=True)
    unable = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    help_now = models.TextField(blank=True, help_text="Who helps today, unpaid. Never part of eligibility.")
    answered = models.BooleanField(default=False)

    class Meta:
        triggers = kept_with(
            "outcome_of_completed_assessment_is_kept",
            table="assessment_assessment",
            key="assessment_id",
            done="completed_on IS NOT NULL",
        )
        constraints = [models.UniqueConstraint(fields=["assessment", "outcome"], name="outcome_noted_once")]


class Basis(models.TextChoices):
    """How the person's means are looked at."""

    FULL = "full", "A full money check"
    LIGHT_TOUCH = "light_touch", "A lighter check: the figures the person gives are accepted"
    NOT_DISCLOSED = "not_disclosed", "The person prefers not to say, and pays the full cost"
    FREE = "free", "The person has Creutzfeldt-Jakob disease, and the law makes all support free then"


class LightTouch(models.TextChoices):
    """What satisfies the council without a full check (SI 2014/2672, reg. 10(2) and (3))."""

    ABOVE_LIMIT = "above_limit", "What they own is clearly over the upper limit"
    WITHIN_LIMIT = "within_limit", "They are clearly within the limit: for example, a benefit that proves it"
    SMALL_CHARGE = "small_charge", "The charge is small, and they can clearly pay it"


@tracked()
class FinancialAssessment(models.Model):
    """What the person has coming in, saved and must pay out; gives the charge once the cost of support is known.

    `means` holds fields of the charging rule (`leeway.law.charging.CASE_FIELDS`), a part once it is answered; age
    and pension age come from the date of birth on the day of the charge. `lines` holds what was typed, as typed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="financial_assessments")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    started_on = models.DateField()
    completed_on = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=20, choices=Basis, blank=True)
    basis_reason = models.CharField(max_length=500, blank=True)
    light_touch = models.CharField(max_length=20, choices=LightTouch, blank=True)
    consented = models.BooleanField(null=True, help_text="The person agrees to a lighter check.")
    told_of_full_check = models.BooleanField(
        null=True, help_text="They were told what follows, and that they can have a full check at any time."
    )
    partner_born_on = models.DateField(null=True, blank=True, help_text="For the day of the partner’s pension age.")
    means = models.JSONField(default=dict, blank=True)
    lines = models.JSONField(default=dict, blank=True)
    evidence = models.TextField(blank=True, help_text="What was seen: letters, statements, a benefits check.")
    to_confirm = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        help_text="The parts that still have the answers of the last check, which nobody has confirmed.",
    )

    class Meta:
        triggers = kept_once("completed_money_check_is_kept", "completed_on")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(completed_on=None), name="financial_assessment_one_draft_a_case"
            )
        ]

    @cached_property
    def put_up(self) -> list["PutUp"]:
        """The incomes of it that were put up since, and stand: read once."""
        return [each for each in self.raised.all() if each.taken_back_on is None]


class PutUp(models.Model):
    """That benefits of a money check stand at the new rates of a year from a day on, without anybody having been asked.

    `incomes` are rows of `law.uprating.Raised`: which row of the check, from what and to what. Where it was a mistake,
    or the person says otherwise, it is taken back; the check itself stays as it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    financial = models.ForeignKey(FinancialAssessment, models.PROTECT, related_name="raised")
    starts_on = models.DateField()
    incomes = models.JSONField()
    put_up_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    put_up_on = models.DateField()
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_back_on = models.DateField(null=True)

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["financial", "starts_on"], condition=Q(taken_back_on=None), name="income_put_up_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_on=None, taken_back_by=None)
                | Q(taken_back_on__isnull=False, taken_back_by__isnull=False),
                name="income_taken_back_by_someone",
            ),
        ]
        triggers = kept_but("put_up_is_kept", "taken_back_by", "taken_back_on", once="taken_back_on")
