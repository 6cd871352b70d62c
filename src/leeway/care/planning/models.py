"""The support plan, how each need is met, the offer of ways to hold the budget, the choice, and the agreement."""

import uuid
from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from leeway.access.models import User
from leeway.care.decisions.models import Decision
from leeway.care.people.models import CapacityDecision, Case, Relationship
from leeway.care.planning.kinds import LineChangeKind
from leeway.guards import filled_in_once, kept, kept_but, kept_with, tracked
from leeway.law.direct_payment_codes import NECESSARY_FOR, RELATIONSHIPS
from leeway.law.exemptions import PART_EXEMPTIONS
from leeway.market.contracts.models import Rate
from leeway.market.listings.models import Service
from leeway.market.units import Frequency, Unit

#: What a plan is once someone has agreed it, as the database asks it.
AGREED_ONCE = "state IN ('agreed', 'taken_back', 'replaced', 'ended')"


class PlanState(models.TextChoices):
    """Where a plan stands. Moves are in planning.states."""

    DRAFT = "draft", "Being written"
    SUBMITTED = "submitted", "Waiting for sign-off"
    SIGNED_OFF = "signed_off", "Signed off, waiting for agreement"
    AGREED = "agreed", "Agreed"
    TAKEN_BACK = "taken_back", "Agreed, and taken back before its budget began"
    REPLACED = "replaced", "Replaced by a later plan"
    ENDED = "ended", "Ended"
    SET_ASIDE = "set_aside", "Set aside before it was finished"


class Author(models.TextChoices):
    """Who wrote the plan."""

    PERSON = "person", "The person"
    PERSON_WITH_HELP = "person_with_help", "The person, with someone they chose"
    FAMILY = "family", "Family or friend"
    BROKER = "broker", "An independent broker or user-led organisation"
    WORKER = "worker", "The worker, with the person"


class Way(models.TextChoices):
    """The ways to hold a budget, or a part of it."""

    DIRECT_PAYMENT = "direct_payment", "Direct payment: money paid to you"
    COUNCIL_MANAGED = "council_managed", "Managed account: the council holds it and spends it as you say"
    SERVICE_FUND = "service_fund", "Individual service fund: a provider holds it for you"

    @property
    def short(self) -> str:
        """Its name alone: “Direct payment”."""
        return self.label.partition(":")[0]


class ChosenWay(models.TextChoices):
    """The four ways that everyone is offered."""

    DIRECT_PAYMENT = "direct_payment", "Direct payment"
    COUNCIL_MANAGED = "council_managed", "Managed account"
    SERVICE_FUND = "service_fund", "Individual service fund"
    MIXED = "mixed", "A mix of these"


#: What a line is that nothing makes free, and the law's reasons why one is free. Empty: not answered yet.
ORDINARY = "ordinary"
EXEMPTIONS = [(ORDINARY, "Ordinary support"), *((choice.code, choice.label) for choice in PART_EXEMPTIONS)]


@tracked()
class Plan(models.Model):
    """One version of a support plan. `version` counts saves, so that nobody overwrites another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="plans")
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=20, choices=PlanState, default=PlanState.DRAFT)
    started_on = models.DateField()
    starts_on = models.DateField(null=True, blank=True, help_text="When support starts.")
    author = models.CharField(max_length=20, choices=Author, blank=True)
    about_me = models.TextField(blank=True, help_text="What matters to the person, in their words.")
    contingency = models.TextField(blank=True, help_text="What happens if support falls through.")
    risks = models.TextField(blank=True, help_text="Risks the person chooses to take, and how to make them safer.")
    prevention = models.TextField(blank=True, help_text="Advice on what can prevent, reduce or delay need.")
    no_lines_reason = models.TextField(blank=True, help_text="Why no money is needed, where the plan has no lines.")
    received_by = models.ForeignKey(
        Relationship,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The nominated or authorised person who receives the direct payment, if not the person.",
    )
    written_by = models.ManyToManyField(User, related_name="+", help_text="Who wrote in it: they may not sign it off.")
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_on = models.DateField(null=True, blank=True)
    charges = models.ManyToManyField(
        Decision, related_name="charged_plans", help_text="What the person pays: a decision a stretch."
    )
    final_budget = models.OneToOneField(Decision, models.PROTECT, null=True, blank=True, related_name="plan")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="plan_numbered_once"),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=["draft", "submitted", "signed_off"]),
                name="plan_one_open_a_case",
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(state="agreed"), name="plan_one_agreed_a_case"),
            models.CheckConstraint(
                condition=~Q(state__in=["signed_off", "agreed", "taken_back", "replaced", "ended"])
                | Q(final_budget__isnull=False),
                name="plan_signed_off_has_budget",
            ),
            models.CheckConstraint(
                condition=Q(submitted_by=None, submitted_on=None)
                | Q(submitted_by__isnull=False, submitted_on__isnull=False),
                name="plan_submitted_by_and_on",
            ),
        ]


@tracked()
class Aim(models.Model):
    """Something the person wants to do or keep doing, and how they will know that it works."""

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="aims")
    outcomes = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, help_text="The assessed outcomes it serves."
    )
    words = models.TextField()
    how_we_know = models.TextField(blank=True)

    class Meta:
        triggers = kept_with("aim_of_agreed_plan_is_kept", table="planning_plan", key="plan_id", done=AGREED_ONCE)
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.words


@tracked()
class PlanLine(models.Model):
    """One thing the budget pays for: what, from whom, how much, how often, who funds it, who holds the money."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="lines")
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        help_text="The line of the plan before that it goes on from.",
    )
    aim = models.ForeignKey(Aim, models.PROTECT, null=True, blank=True, related_name="lines")
    what = models.CharField(max_length=200)
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="plan_lines")
    supplier = models.CharField(max_length=200, blank=True, help_text="Who gives it, if not from the directory.")
    way = models.CharField(max_length=20, choices=Way, blank=True)
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.HOUR)
    units = models.DecimalField(max_digits=7, decimal_places=2)
    unit_cost_pence = models.BigIntegerField()
    rate = models.ForeignKey(
        Rate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The recorded price that the cost of one was taken from.",
    )
    frequency = models.CharField(max_length=12, choices=Frequency, default=Frequency.WEEKLY)
    nhs_percent = models.PositiveSmallIntegerField(default=0, help_text="Share that the NHS pays.")
    exemption = models.CharField(
        max_length=30,
        choices=EXEMPTIONS,
        default=ORDINARY,
        blank=True,
        help_text="The rule by which nobody may be charged for this line; empty where that is still to be answered.",
    )
    reablement_from = models.DateField(null=True, blank=True, help_text="The first day of reablement.")
    reablement_until = models.DateField(
        null=True, blank=True, help_text="The last free day, where the council decided on longer than the law’s weeks."
    )
    reablement_agreed_by = models.CharField(max_length=200, blank=True, help_text="Who decided that.")
    reablement_why = models.TextField(blank=True, help_text="Why.")
    payee_relationship = models.CharField(
        max_length=30,
        choices=[(choice.code, choice.label) for choice in RELATIONSHIPS],
        default="not_related",
        help_text="Who is paid, to the person: the family bar on direct payments.",
    )
    payee_same_household = models.BooleanField(null=True, blank=True, help_text="Null: nobody has said.")
    payee_necessary_for = models.CharField(
        max_length=20,
        choices=[(choice.code, choice.label) for choice in NECESSARY_FOR],
        blank=True,
        help_text="What the council considers it necessary to pay them for.",
    )
    payee_necessary = models.TextField(blank=True, help_text="Why the council considers it necessary.")
    from_council = models.BooleanField(null=True, blank=True, help_text="Whether the council itself gives it.")
    from_council_because = models.TextField(blank=True, help_text="Why it is bought from the council, once.")
    in_care_home = models.BooleanField(
        null=True,
        blank=True,
        help_text="Whether something in own words is a stay in a care home. Null: nobody has said.",
    )
    care_home_nights = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Nights in a row of each stay in a care home."
    )
    care_home_days_between = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Days at home between two stays in a care home."
    )

    class Meta:
        triggers = kept_with("line_of_agreed_plan_is_kept", table="planning_plan", key="plan_id", done=AGREED_ONCE)
        ordering = ["what", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="plan_line_units_positive"),
            models.CheckConstraint(condition=Q(unit_cost_pence__gte=0), name="plan_line_cost_positive"),
            models.CheckConstraint(condition=Q(nhs_percent__lte=100), name="plan_line_nhs_share"),
            models.CheckConstraint(
                condition=Q(payee_necessary_for="", payee_necessary="")
                | ~Q(payee_necessary_for="") & ~Q(payee_necessary=""),
                name="plan_line_necessary_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(exemption="reablement", reablement_from__isnull=False)
                | ~Q(exemption="reablement") & Q(reablement_from=None, reablement_until=None),
                name="plan_line_reablement_has_first_day",
            ),
            models.CheckConstraint(
                condition=Q(reablement_until=None, reablement_agreed_by="", reablement_why="")
                | Q(reablement_until__isnull=False) & ~Q(reablement_agreed_by="") & ~Q(reablement_why=""),
                name="plan_line_longer_by_decision",
            ),
        ]


class LineChange(models.Model):
    """That one line of an agreed plan ends, stops for a time, or costs another price, from a day on.

    The plan stays as agreed. That it ends or stops is decided by whoever works on the case, and carried out by finance;
    to stop for a time is two changes, that it stops and that it goes on again, which names the first as its `pause`. A
    price that is recorded is taken by finance at once, for all lines of the plan that rest on it from that day.
    `final_budget` says what the personal budget is from then, and on which lines; `charge` what is paid of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(PlanLine, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=LineChangeKind, default=LineChangeKind.ENDS)
    starts_on = models.DateField(help_text="The first day on which it is so.")
    rate = models.ForeignKey(
        Rate, models.PROTECT, null=True, related_name="+", help_text="The recorded price that counts from then."
    )
    pause = models.OneToOneField("self", models.PROTECT, null=True, related_name="again")
    reason = models.TextField()
    made_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_on = models.DateField()
    final_budget = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="line_changes")
    charge = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    carried_out_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    carried_out_on = models.DateField(null=True)
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_back_on = models.DateField(null=True)

    class Meta:
        ordering = ["starts_on", "made_at", "pk"]
        triggers = [
            *kept_but(
                "line_change_is_kept", "final_budget", "charge", "carried_out_by", "carried_out_on", "taken_back_by",
                "taken_back_on",
            ),
            filled_in_once("line_change_carried_out_once", "carried_out_on"),
            filled_in_once("line_change_taken_back_once", "taken_back_on"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(kind="ends", taken_back_on=None), name="line_ends_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="price") & Q(rate=None)
                | Q(kind="price", rate__isnull=False, carried_out_on__isnull=False),
                name="line_change_of_a_price_names_it",
            ),
            models.CheckConstraint(condition=Q(kind="resumes") ^ Q(pause=None), name="line_goes_on_after_its_pause"),
            models.CheckConstraint(
                condition=Q(final_budget=None, charge=None, carried_out_by=None, carried_out_on=None)
                | Q(
                    final_budget__isnull=False, charge__isnull=False, carried_out_by__isnull=False,
                    carried_out_on__isnull=False,
                ),
                name="line_change_carried_out_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind="price") | Q(carried_out_on=None) | Q(taken_back_on=None),
                name="line_that_ended_is_not_taken_back",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_by=None, taken_back_on=None)
                | Q(taken_back_by__isnull=False, taken_back_on__isnull=False),
                name="line_change_taken_back_by_somebody",
            ),
        ]  # fmt: skip

    @property
    def ends(self) -> bool:
        """Whether the line is bought no longer."""
        return self.kind == LineChangeKind.ENDS

    @property
    def pauses(self) -> bool:
        """Whether the line stops for a time."""
        return self.kind == LineChangeKind.PAUSES

    @property
    def stops(self) -> bool:
        """Whether the line is not bought from then on, or for a time: decided by care, and carried out by finance."""
        return self.ends or self.pauses

    @property
    def last_day(self) -> date:
        """The last day on which the line is bought as before."""
        return self.starts_on - timedelta(days=1)

    @property
    def told(self) -> str:
        """What the story of the case says of it."""
        if self.pauses:
            return f"“{self.line.what}” stops for a time after {self.last_day:%-d %B %Y}. {self.reason}"
        if not self.ends:
            return self.reason
        return f"“{self.line.what}” ends after {self.last_day:%-d %B %Y}. {self.reason}"


class Offer(models.Model):
    """That the ways to hold the budget were explained: when, how, to whom, with what advice. Kept as it was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="offers")
    offered_on = models.DateField()
    ways_explained = ArrayField(models.CharField(max_length=20, choices=ChosenWay))
    how_explained = models.CharField(max_length=300, help_text="Talked through, leaflet, easy read, film…")
    why_not_explained = models.TextField(blank=True, help_text="Why a way was left out, where one was.")
    amount_told = models.BooleanField(help_text="Whether the person knew the amount before choosing.")
    why_not_told = models.TextField(blank=True, help_text="Why the amount was not told, where it was not.")
    independent_advice = models.CharField(max_length=300, blank=True, help_text="Who offered it; blank if nobody.")
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(auto_now_add=True)
    rests_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", help_text="The one that this is a copy of."
    )

    class Meta:
        ordering = ["-offered_on", "-offered_at"]
        triggers = kept("offer_is_kept")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_told=True, why_not_told="") | (Q(amount_told=False) & ~Q(why_not_told="")),
                name="offer_amount_told_or_why_not",
            )
        ]


class NotChosen(models.TextChoices):
    """Why another way was not chosen."""

    NOT_WANTED = "not_wanted", "Did not want it"
    PAPERWORK = "paperwork", "Too much paperwork or worry"
    NO_HELP = "no_help", "Nobody to help manage it"
    HAPPY_NOW = "happy_now", "Happy with how support is arranged now"
    NO_SUPPLY = "no_supply", "Nothing suitable to buy near here"
    NOT_APPROPRIATE = "not_appropriate", "The council judged it not appropriate"
    TOO_RISKY = "too_risky", "Said to be too complex or too risky"
    NOT_SAID = "not_said", "Did not say"


class Choice(models.Model):
    """The person's decision on how to hold the budget, by whom and in whose words. Kept as it was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offer = models.OneToOneField(Offer, models.PROTECT, related_name="choice")
    way = models.CharField(max_length=20, choices=ChosenWay)
    words = models.TextField(blank=True, help_text="Why, in the person’s words or those of whoever decided for them.")
    not_said = models.BooleanField(default=False, help_text="They could not or did not want to say why.")
    seen_instead = models.TextField(blank=True, help_text="Then: what the worker saw of what they want.")
    decided_by_person = models.BooleanField()
    decided_by = models.ForeignKey(
        Relationship, models.PROTECT, null=True, blank=True, related_name="+", help_text="If not the person."
    )
    best_interests = models.ForeignKey(
        CapacityDecision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The capacity decision behind a best-interests decision, where nobody else may decide.",
    )
    why_not_direct_payment = models.CharField(max_length=20, choices=NotChosen, blank=True)
    chosen_on = models.DateField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    rests_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", help_text="The one that this is a copy of."
    )

    class Meta:
        triggers = kept("choice_is_kept")
        constraints = [
            models.CheckConstraint(
                condition=Q(not_said=True, words="") | (Q(not_said=False, seen_instead="") & ~Q(words="")),
                name="choice_has_words_or_says_why_none",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_person=True, decided_by=None, best_interests=None)
                | Q(decided_by_person=False, decided_by__isnull=False, best_interests=None)
                | Q(decided_by_person=False, decided_by=None, best_interests__isnull=False),
                name="choice_has_one_decider",
            ),
        ]


class WayAsked(models.TextChoices):
    """How somebody who changed their mind would like the budget to be held."""

    DIRECT_PAYMENT = ChosenWay.DIRECT_PAYMENT.value, ChosenWay.DIRECT_PAYMENT.label
    COUNCIL_MANAGED = ChosenWay.COUNCIL_MANAGED.value, ChosenWay.COUNCIL_MANAGED.label
    SERVICE_FUND = ChosenWay.SERVICE_FUND.value, ChosenWay.SERVICE_FUND.label
    MIXED = ChosenWay.MIXED.value, ChosenWay.MIXED.label
    NOT_SURE = "not_sure", "Not sure yet: to talk it through"


class Settled(models.TextChoices):
    """What came of a change of mind."""

    CHOSEN = "chosen", "A new choice was made"
    STAYS = "stays", "It stays as it was"
    WITHDRAWN = "withdrawn", "Taken back"


@tracked()
class ChangeOfMind(models.Model):
    """That somebody asked for the budget to be held in another way, in their words, and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="changes_of_mind")
    instead_of = models.ForeignKey(Choice, models.PROTECT, related_name="+", help_text="The choice that stood then.")
    way = models.CharField(max_length=20, choices=WayAsked)
    words = models.TextField(blank=True, help_text="What they said of it, if they wanted to.")
    asked_on = models.DateField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_by_name = models.TextField()
    settled_on = models.DateField(null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled = models.CharField(max_length=10, choices=Settled, blank=True)
    choice = models.OneToOneField(Choice, models.PROTECT, null=True, blank=True, related_name="asked_for")
    answer = models.TextField(blank=True, help_text="Why it stays as it was, where it does.")
    agreed = models.BooleanField(null=True, blank=True, help_text="Whether the person agrees that it stays as it was.")

    class Meta:
        ordering = ["-asked_on", "-pk"]
        triggers = kept_but(
            "change_of_mind_is_kept", "settled_on", "settled_by", "settled", "choice", "answer", "agreed",
            once="settled_on",
        )  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(settled_on=None), name="mind_changed_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(settled_on=None, settled_by=None, settled="")
                | (Q(settled_on__isnull=False, settled_by__isnull=False) & ~Q(settled="")),
                name="change_of_mind_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(settled="chosen", choice__isnull=False) | ~Q(settled="chosen") & Q(choice=None),
                name="change_of_mind_led_to_a_choice",
            ),
            models.CheckConstraint(
                condition=(Q(settled="stays", agreed__isnull=False) & ~Q(answer=""))
                | ~Q(settled="stays") & Q(answer="", agreed=None),
                name="change_of_mind_is_answered",
            ),
        ]


class ChallengeAnswer(models.Model):
    """What a manager found where a direct payment was said to be too risky, and what would make it safe enough."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    choice = models.OneToOneField(Choice, models.PROTECT, related_name="challenge")
    accepted = models.BooleanField(help_text="The choice stands; otherwise a direct payment is offered again.")
    words = models.TextField(help_text="What the manager found, and why.")
    safer = models.TextField(help_text="What would make a direct payment safe enough.")
    by_when = models.DateField(help_text="When that is in place, or is looked at again.")
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_on = models.DateField()
    answered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = kept("challenge_answer_is_kept")


class MetBy(models.TextChoices):
    """How an eligible need is met where nothing that the budget pays for meets it."""

    SOMEBODY = "somebody", "Somebody is willing and able to meet it, unpaid"
    REASON = "reason", "This plan does not meet it, for a reason"


@tracked()
class NeedAnswer(models.Model):
    """How one eligible need is met that no line of the plan meets: by whom, unpaid, or why it is not met here."""

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="need_answers")
    outcome = models.CharField(max_length=30)
    met_by = models.CharField(max_length=10, choices=MetBy)
    who = models.CharField(max_length=200, blank=True, help_text="Who meets it, unpaid.")
    asked_on = models.DateField(null=True, blank=True, help_text="When they were asked.")
    words = models.TextField(help_text="What they said when they were asked, or the reason.")
    rests_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", help_text="The one that this is a copy of."
    )

    class Meta:
        triggers = kept_with(
            "need_answer_of_agreed_plan_is_kept", table="planning_plan", key="plan_id", done=AGREED_ONCE
        )
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "outcome"], name="need_answered_once_a_plan"),
            models.CheckConstraint(
                condition=Q(met_by="reason", who="", asked_on=None)
                | (Q(met_by="somebody", asked_on__isnull=False) & ~Q(who="")),
                name="need_met_by_somebody_asked_or_reason",
            ),
        ]


class Agreement(models.Model):
    """That the person, or someone with authority, agreed the plan and the terms. Kept as it was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.OneToOneField(Plan, models.PROTECT, related_name="agreement")
    agreed_on = models.DateField()
    agreed_by_name = models.TextField()
    agreed_by_person = models.BooleanField()
    agreed_by = models.ForeignKey(Relationship, models.PROTECT, null=True, blank=True, related_name="+")
    best_interests = models.ForeignKey(CapacityDecision, models.PROTECT, null=True, blank=True, related_name="+")
    how = models.CharField(max_length=300, help_text="Signed in here, on paper, said so at a visit…")
    comment = models.TextField(blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        triggers = kept("agreement_is_kept")
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by_person=True, agreed_by=None, best_interests=None)
                | Q(agreed_by_person=False, agreed_by__isnull=False, best_interests=None)
                | Q(agreed_by_person=False, agreed_by=None, best_interests__isnull=False),
                name="agreement_has_one_decider",
            )
        ]


class SentBack(models.Model):
    """That a plan went back to be written again: a manager's reasons, or the words of whoever disagreed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="sent_back")
    disagreed = models.BooleanField(help_text="By the person or someone for them; otherwise by a manager.")
    said_by_name = models.TextField()
    words = models.TextField(blank=True)
    not_said = models.BooleanField(default=False, help_text="They could not or did not want to say what is not right.")
    seen_instead = models.TextField(blank=True, help_text="Then: what the worker saw of what is not right.")
    how = models.CharField(max_length=300, blank=True, help_text="How it was said that they do not agree.")
    final_budget = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="+")
    sent_on = models.DateField()
    sent_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-sent_at"]
        triggers = kept("sent_back_is_kept")
        constraints = [
            models.CheckConstraint(
                condition=Q(not_said=True, words="") | (Q(not_said=False, seen_instead="") & ~Q(words="")),
                name="sent_back_has_words_or_says_why_none",
            )
        ]
