"""What was said of an account's lines, receipts, questions, what is set aside, and who runs it. The lines stay."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q

from leeway.access.models import User
from leeway.care.people.models import Case
from leeway.care.planning.models import PlanLine
from leeway.files.models import File
from leeway.guards import kept, kept_but, tracked
from leeway.money.spending.kinds import ForWhat, Kept, Running, WhoDoes
from leeway.money.statements.models import StatementLine

TAKEN_BACK = Q(taken_back_by=None, taken_back_on=None) | Q(taken_back_by__isnull=False, taken_back_on__isnull=False)


@tracked()
class Purpose(models.Model):
    """What a payment out of an account was for, as somebody said it. Said anew, the earlier one is taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(StatementLine, models.PROTECT, related_name="purposes")
    kind = models.CharField(max_length=9, choices=ForWhat)
    plan_line = models.ForeignKey(PlanLine, models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=200, blank=True)
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_on = models.DateField()
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_back_on = models.DateField(null=True)

    class Meta:
        ordering = ["said_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(taken_back_on=None), name="purpose_once_a_line"),
            models.CheckConstraint(
                condition=Q(kind=ForWhat.PLAN_LINE, plan_line__isnull=False)
                | ~Q(kind=ForWhat.PLAN_LINE) & Q(plan_line=None),
                name="purpose_names_its_line_of_the_plan",
            ),
            models.CheckConstraint(condition=~Q(kind=ForWhat.ELSE, words=""), name="purpose_of_another_kind_in_words"),
            models.CheckConstraint(condition=TAKEN_BACK, name="purpose_taken_back_by_somebody"),
        ]
        triggers = kept_but("purpose_is_kept", "taken_back_by", "taken_back_on", once="taken_back_on")

    @property
    def in_words(self) -> str:
        """What it was for: “Swimming”, “Wages”, “Something else: a wheel for the chair”."""
        what = self.plan_line.what if self.plan_line else self.get_kind_display()
        return f"{what}: {self.words}" if self.words else what

    @property
    def in_short(self) -> str:
        """What it was for, as a list names it: “Swimming”, “A wheel for the chair”."""
        return self.words or (self.plan_line.what if self.plan_line else self.get_kind_display())


@tracked()
class AttachedReceipt(models.Model):
    """That a receipt belongs to a payment. Taken off again by a later day; the file stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(StatementLine, models.PROTECT, related_name="attached_receipts")
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    attached_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    attached_on = models.DateField()
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_back_on = models.DateField(null=True)

    class Meta:
        ordering = ["attached_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "file"], condition=Q(taken_back_on=None), name="receipt_attached_once"
            ),
            models.CheckConstraint(condition=TAKEN_BACK, name="receipt_taken_off_by_somebody"),
        ]
        triggers = kept_but("attached_receipt_is_kept", "taken_back_by", "taken_back_on", once="taken_back_on")


@tracked()
class SetAside(models.Model):
    """Money that is kept for something, why, and until when. No longer set aside from the day it is taken back on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="set_aside")
    kind = models.CharField(max_length=10, choices=Kept)
    amount_pence = models.BigIntegerField()
    reason = models.TextField(help_text="What for, in words.")
    until = models.DateField(null=True, blank=True, help_text="The last day on which it is set aside, where known.")
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_on = models.DateField()
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_back_on = models.DateField(null=True)
    taken_back_because = models.TextField(blank=True)

    class Meta:
        ordering = ["set_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="set_aside_is_money"),
            models.CheckConstraint(condition=~Q(reason=""), name="set_aside_says_why"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("set_on")), name="set_aside_lasts"),
            models.CheckConstraint(condition=TAKEN_BACK, name="set_aside_taken_back_by_somebody"),
        ]
        triggers = kept_but(
            "set_aside_is_kept", "taken_back_by", "taken_back_on", "taken_back_because", once="taken_back_on"
        )

    def holds_on(self, day: date) -> bool:
        """Whether the money is set aside on a day."""
        begun = self.set_on <= day and (self.until is None or self.until >= day)
        return begun and (self.taken_back_on is None or self.taken_back_on > day)


@tracked()
class Question(models.Model):
    """What somebody asks the worker about a payment, and the answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(StatementLine, models.PROTECT, related_name="questions")
    words = models.TextField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(null=True)

    class Meta:
        ordering = ["asked_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="question_has_words"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_on=None)
                | Q(answered_by__isnull=False, answered_on__isnull=False) & ~Q(answer=""),
                name="question_answered_whole",
            ),
        ]
        triggers = kept_but("question_is_kept", "answer", "answered_by", "answered_on", once="answered_on")


class Doing(models.Model):
    """Who does a part of running a direct payment from a day on, as somebody said it. The latest of a part holds.

    So somebody who begins with an account that another runs for them takes over part by part, as far as they want.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="who_does_what")
    part = models.CharField(max_length=9, choices=Running)
    who = models.CharField(max_length=8, choices=WhoDoes)
    words = models.CharField(max_length=200, blank=True, help_text="Who helps, or does it.")
    step = models.CharField(max_length=200, blank=True, help_text="What the person wants to take over next.")
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_on = models.DateField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(who=WhoDoes.ALONE) | ~Q(words=""), name="doing_says_who"),
        ]
        triggers = kept("doing_is_kept")
